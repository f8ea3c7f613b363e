"""The vocabulary of rules: functions that you write policies with.

Each builds a value of :mod:`adjudicator.model.facts` for you: what is missing, repairable, disputed, in time or due.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from functools import lru_cache
from typing import Final, Protocol, TypeAlias, TypeVar

from adjudicator.model.evidence import Document
from adjudicator.model.facts import (
    Acceptable,
    Ask,
    Disputed,
    Failed,
    Holds,
    Need,
    NotCovered,
    Open,
    Repairable,
)
from adjudicator.model.money import Minor
from adjudicator.model.source import changed, maker
from adjudicator.model.time import Instant, Window

F = TypeVar("F")
T = TypeVar("T")

ANY: Final = ()
"""Any value will do: ``{"completed_at": ANY}``."""

Missing: TypeAlias = Open
"""Not known, and someone can still supply it."""

Repair: TypeAlias = Repairable | Failed
"""Whether what defeats a claim can still be put right."""

Answer: TypeAlias = bool | Holds | Failed | Repairable | Disputed | NotCovered | Open
"""The possible answers of a clause: yes or no, with or without a reason; not yet; repairable; or for a person to judge."""

Undisputed: TypeAlias = F | Open | Failed | Repairable | NotCovered
"""A fact, or why it is not established; if documents contradict each other, the engine answers for the function."""

Established: TypeAlias = F | Open | Failed | Repairable | Disputed | NotCovered
"""A fact, or why it is not established."""

_NOT_ESTABLISHED: Final = (Open, Failed, Repairable, Disputed, NotCovered)

AnyOf: TypeAlias = Acceptable | tuple[Acceptable, ...]
"""Acceptable values, field by field; or several such ways, each of them enough."""


# Rules make these by the dozen for each case.
_ask: Final = maker(Ask)
_open: Final = maker(Open)
_failed: Final = maker(Failed)
_repairable: Final = maker(Repairable)
_holds: Final = maker(Holds)


class Carrier(Protocol):
    """A statement with the document that it comes from."""

    @property
    def evidence(self) -> str:
        """The id of the document."""


Source: TypeAlias = Carrier | Document | str
"""A document, a statement from it, or its id."""


# Answers


def missing(
    need: Need,
    acceptable: AnyOf,
    because: str = "unknown",
    *,
    changes_at: Instant | None = None,
    as_good_as_failed: bool = False,
    part: str | None = None,
    about: Document | None = None,
) -> Open:
    """Not known: the need, the acceptable answers, and the reason to ask.

    At ``changes_at`` time alone settles it. With ``as_good_as_failed`` nobody is asked for what could only make it fail.
    ``part`` names the part of the case that it is about, such as an incident, if that is not the subject; ``about`` is the
    document that it is about.
    """
    ways = acceptable if isinstance(acceptable, tuple) else (acceptable,)
    ask = _ask(need, ways, about.id if about else None, None, part)
    return _open((ask,), because, (), changes_at, as_good_as_failed)


def either_way(lacking: Iterable[Open], turns_on: Iterable[str] = ()) -> Open:
    """Yes or no, depending on what is lacking, and on the outcomes of the parts in ``turns_on``, named by id."""
    asks = dict.fromkeys(ask for each in lacking for ask in each.asks)
    return Open(tuple(asks), "pending", could_be=(False, True), turns_on=tuple(turns_on))


def repairable(need: Need, acceptable: AnyOf, until: Instant | None, because: str = "repairable") -> Repairable:
    """It fails now, but someone can repair it until an instant (``None``: without end)."""
    ways = acceptable if isinstance(acceptable, tuple) else (acceptable,)
    return _repairable(_ask(need, ways, None, until), until, because)


def fails(because: str = "fails", evidence: Iterable[Source] = (), *, changes_at: Instant | None = None) -> Failed:
    """It fails for this reason, according to these documents; at ``changes_at`` time alone may undo that."""
    if changes_at is None and not evidence:
        return _fails_plainly(because)
    return _failed(because, ids_of(evidence), changes_at)


@lru_cache(maxsize=256)
def _fails_plainly(because: str) -> Failed:
    """One object for all failures for the same reason: branches that have it in common are quickly compared."""
    return Failed(because)


def holds(because: str = "holds", evidence: Iterable[Source] = (), *, changes_at: Instant | None = None) -> Holds:
    """It holds for this reason, according to these documents; from ``changes_at`` that may be unknown again."""
    return _holds(because, ids_of(evidence) if evidence else (), changes_at)


def disputed(because: str, *evidence: Iterable[Source]) -> Disputed:
    """The documents contradict each other: a person must judge."""
    return Disputed(because, tuple([each for some in evidence for each in ids_of(some)]))


def for_a_person(because: str, *evidence: Iterable[Source]) -> NotCovered:
    """The rule does not say: a person must judge."""
    return NotCovered(because, tuple([each for some in evidence for each in ids_of(some)]))


def any_of(*ways: AnyOf | None) -> tuple[Acceptable, ...]:
    """All these ways to supply something, without those that do not apply (``None``)."""
    combined: list[Acceptable] = []
    for way in ways:
        if isinstance(way, tuple):
            combined.extend(way)
        elif way is not None:
            combined.append(way)
    return tuple(combined)


def ids_of(evidence: Iterable[Source]) -> tuple[str, ...]:
    """The ids of these documents, in order."""
    return tuple(
        [
            each if isinstance(each, str) else each.id if isinstance(each, Document) else each.evidence
            for each in evidence
        ]
    )


# Facts that may be unknown


def known(fact: Established[F], otherwise: T) -> F | T:
    """A fact if it is established, else ``otherwise``."""
    return otherwise if isinstance(fact, _NOT_ESTABLISHED) else fact


def supposing(fact: F, *values: T) -> F | T:
    """A fact; while it is unknown, the engine also tries these values. List the one that says least first."""
    if not isinstance(fact, Open):
        return fact
    return changed(fact, {"could_be": tuple(dict.fromkeys((*fact.could_be, *values)))})


def how_many(answers: Iterable[bool | Open]) -> int | Open:
    """How many answers are yes; while some are unknown, it could be as few as now or as many as there may be."""
    given = tuple(answers)
    least, unknown = given.count(True), [each for each in given if isinstance(each, Open)]
    if not unknown:
        return least
    asks = dict.fromkeys(ask for each in unknown for ask in each.asks)
    return Open(tuple(asks), could_be=(least, least + len(unknown)))


def possible(fact: Established[F]) -> tuple[F, ...]:
    """The values that a fact could have: its own, or while it is unknown those that the engine tries."""
    if isinstance(fact, Open):
        return fact.could_be
    return () if isinstance(fact, _NOT_ESTABLISHED) else (fact,)


def at_some_time(
    moment: Established[Instant], since: Instant, until: Instant, windows: Iterable[Window] = ()
) -> Established[Instant]:
    """An instant; while it is unknown, it could be any from ``since`` to ``until``: in each of these windows, or after it."""
    if not isinstance(moment, Open):
        return moment
    ends = [each.last_instant for each in windows]
    return supposing(moment, until, *(end for end in ends if since < end < until), since)


def lacks_only(fact: object, need: Need) -> bool:
    """Whether a fact is unknown for this need alone."""
    return isinstance(fact, Open) and all(ask.need is need for ask in fact.asks)


# Money


def share(amount: Minor, units: int, of: int) -> Minor:
    """``amount x units / of``, rounded up to the minor unit, so that the parts of a line add up to at least the line."""
    return Minor(-(-amount * units // of))


def still_due(entitled: Minor, paid_to_this_claim: Minor, paid_to_anyone: Minor, ceiling: Minor) -> Minor:
    """The amount still due after earlier payments to this claim, within what the ceiling leaves."""
    return Minor(max(min(entitled - paid_to_this_claim, ceiling - paid_to_anyone), 0))


# Duties


class Duty(StrEnum):
    """The state of something that has to be done in time."""

    NOT_DUE = "not_due"
    OPEN = "open"
    DONE = "done"
    MISSED = "missed"


_DUTIES: Final = tuple(Duty)


def duty(done_at: Instant | None, window: Established[Window | None], as_of: Instant) -> Established[Duty]:
    """The state of a duty, from the time it was done and its window; any state while the window is unknown."""
    if window is None:
        return Duty.NOT_DUE
    if not isinstance(window, Window):
        return supposing(window, *_DUTIES)
    if done_at is not None and done_at in window:
        return Duty.DONE
    return Duty.OPEN if as_of in window else Duty.MISSED


def in_time(
    done_at: Instant | None, duty: Duty, window: Window | None, need: Need, acceptable: AnyOf
) -> bool | Holds | Repairable:
    """Whether a duty was met in time. It holds while nothing is due, and is repairable until its window ends."""
    if window is None:
        return Holds("not_due")
    if duty is Duty.OPEN:
        return repairable(need, acceptable, window.last_instant)
    return done_at is not None and done_at in window
