"""The vocabulary of rules: the words in which a policy says what is in time, what is missing, what counts and what is due.

Each word makes one of the plain values of :mod:`adjudicator.model.facts`, so that an author need not.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from enum import StrEnum
from typing import Any, Final, Generic, Protocol, TypeAlias, TypeVar

from attrs import evolve, frozen

from adjudicator.model.evidence import VERIFIED, Document
from adjudicator.model.facts import (
    Acceptable,
    Admissibility,
    Ask,
    Disputed,
    EvidencePool,
    Failed,
    Holds,
    Need,
    NotCovered,
    Open,
    Party,
    Repairable,
)
from adjudicator.model.money import Minor
from adjudicator.model.time import Instant, Window

D = TypeVar("D", bound=Document)
F = TypeVar("F")
T = TypeVar("T")

VERIFICATION: Final = Need("verification", Party.PLATFORM)
ANY: Final = ()
"""Any value will do: ``{"completed_at": ANY}``."""

Missing: TypeAlias = Open
"""Not known, and someone can still supply it."""

Repair: TypeAlias = Repairable | Failed
"""Whether what defeats a claim can still be put right."""

Answer: TypeAlias = bool | Holds | Failed | Repairable | Disputed | NotCovered | Open
"""What a clause can answer: yes or no, with or without a reason; not yet; not this way; or that a person must judge."""

Undisputed: TypeAlias = F | Open | Failed | Repairable | NotCovered
"""A fact, or why it is not established; where documents contradict each other, the engine answers instead."""

Established: TypeAlias = F | Open | Failed | Repairable | Disputed | NotCovered
"""A fact, or why it is not established."""

Heard: TypeAlias = tuple[Admissibility, ...]
"""Of each of some documents, in their order, whether it counts, and why not."""

Proofs: TypeAlias = EvidencePool[F]
"""What the documents say that count, and those that may come to count. A clause asks for it as ``tuple[F, ...]``."""

AnyOf: TypeAlias = Acceptable | tuple[Acceptable, ...]
"""What will do where something is needed, field by field the values that will; or several such ways, each of which will do."""


class Carrier(Protocol):
    """What one document says; ``evidence`` is the id of the document."""

    @property
    def evidence(self) -> str:
        """The id of the document."""


Source: TypeAlias = Carrier | Document | str
"""A document, what was made of it, or its id."""


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
    """Not known: what is needed, what will do, and why it is asked for.

    At ``changes_at`` time alone settles it. Where ``as_good_as_failed``, what could only make it fail is not asked for. ``part``
    names the part of the case that it is about, such as an incident, where that is not what is judged; ``about`` is the document
    that it is about.
    """
    ask = Ask(need, any_of(acceptable), about.id if about else None, part=part)
    return Open((ask,), because, changes_at=changes_at, as_good_as_failed=as_good_as_failed)


def either_way(lacking: Iterable[Open], turns_on: Iterable[str] = ()) -> Open:
    """Yes or no, depending on what is lacking and on what the parts of the case come to that it ``turns_on``, each named by its id."""
    asks = dict.fromkeys(ask for each in lacking for ask in each.asks)
    return Open(tuple(asks), "pending", could_be=(False, True), turns_on=tuple(turns_on))


def repairable(need: Need, acceptable: AnyOf, until: Instant | None, because: str = "repairable") -> Repairable:
    """It fails as it stands, but can be put right until an instant (``None``: without end)."""
    return Repairable(Ask(need, any_of(acceptable), due_at=until), until, because)


def fails(because: str = "fails", evidence: Iterable[Source] = (), *, changes_at: Instant | None = None) -> Failed:
    """It is known to fail, for this reason, on the strength of these documents; at ``changes_at`` time alone may undo it."""
    return Failed(because, ids_of(evidence), changes_at)


def holds(because: str = "holds", evidence: Iterable[Source] = (), *, changes_at: Instant | None = None) -> Holds:
    """It holds, for this reason, on the strength of these documents; at ``changes_at`` time alone may make that unknown."""
    return Holds(because, ids_of(evidence), changes_at)


def disputed(because: str, *evidence: Iterable[Source]) -> Disputed:
    """The documents contradict each other: a person must judge."""
    return Disputed(because, tuple([each for some in evidence for each in ids_of(some)]))


def for_a_person(because: str, *evidence: Iterable[Source]) -> NotCovered:
    """The rule does not say: a person must judge."""
    return NotCovered(because, tuple([each for some in evidence for each in ids_of(some)]))


def any_of(*ways: AnyOf | None) -> tuple[Acceptable, ...]:
    """The ways to supply something, those left out that do not apply (``None``)."""
    found: list[Acceptable] = []
    for way in ways:
        if isinstance(way, tuple):
            found.extend(way)
        elif way is not None:
            found.append(way)
    return tuple(found)


def ids_of(evidence: Iterable[Source]) -> tuple[str, ...]:
    """The ids of some documents, in their order."""
    return tuple([_id_of(each) for each in evidence])


def _id_of(source: Source) -> str:
    if isinstance(source, str):
        return source
    return source.id if isinstance(source, Document) else source.evidence


# Facts that may be unknown


def stated(value: T | None, need: Need, fact: str, could_be: Iterable[T] = ()) -> T | Missing:
    """What a case states of a fact; where it states nothing, any value is asked for, and those that it ``could_be`` are tried.

    They are listed from the one that says least on, and stand for all others: of an amount the ends, of a list none and some.
    """
    return Open((Ask(need, ({fact: ANY},)),), could_be=tuple(could_be)) if value is None else value


def known(fact: Established[F], otherwise: T) -> F | T:
    """A fact if it is established, else something in its place."""
    return otherwise if isinstance(fact, (Open, Failed, Repairable, Disputed, NotCovered)) else fact


def supposing(fact: F, *values: T) -> F | T:
    """A fact; where it is unknown, these values are tried as well, the one that says least first."""
    if not isinstance(fact, Open):
        return fact
    return evolve(fact, could_be=tuple(dict.fromkeys((*fact.could_be, *values))))


def lacks_only(fact: object, need: Need) -> bool:
    """Whether a fact is unknown, and nothing is asked for but this need."""
    return isinstance(fact, Open) and all(ask.need is need for ask in fact.asks)


# Evidence


def heard(
    documents: Iterable[D],
    *,
    once_verified: bool | Callable[[D], bool] = False,
    at_once: bool = False,
    **objections: Callable[[D], bool | Open],
) -> Heard:
    """Of each document whether it counts, and if not, why: the first objection, by its name.

    An objection is a condition on the document: ``True`` rejects it for good, ``missing(...)`` until what is missing is supplied.
    ``once_verified`` says which documents count only once they are verified. Several things that are missing are asked for one
    after another, verification first, or all ``at_once``.
    """
    return tuple([_heard(each, once_verified, at_once, objections) for each in documents])


def _heard(
    document: D,
    once_verified: bool | Callable[[D], bool],
    at_once: bool,
    objections: Mapping[str, Callable[[D], bool | Open]],
) -> Admissibility:
    lacking: dict[str, Open] = {}
    for because, objection in objections.items():
        found = objection(document)
        if found is True:
            return Admissibility(document.id, because)
        if isinstance(found, Open):
            lacking[because] = found
    needs_verification = once_verified if isinstance(once_verified, bool) else once_verified(document)
    if needs_verification and (unverified := verification_of(document)):
        lacking = {"unverified": unverified, **lacking}
    if not lacking:
        return Admissibility(document.id)
    because, first = next(iter(lacking.items()))
    asks = [ask for what in lacking.values() for ask in what.asks] if at_once else first.asks
    return Admissibility(document.id, because, tuple([evolve(ask, evidence_id=document.id) for ask in asks]))


def verification_of(document: Document) -> Open | None:
    """What is missing before a document is verified; nothing if its own mark says that it is."""
    return None if document.is_verified else missing(VERIFICATION, VERIFIED, about=document)


def proofs(documents: Iterable[D], heard: Heard, says: Callable[[D], T]) -> Proofs[T]:
    """What the documents say that count or may come to; ``heard`` tells which do, document by document."""
    return EvidencePool.of(
        (says(document), of_it.asks) for document, of_it in zip(documents, heard, strict=True) if of_it.may_count
    )


def gathered(said: Iterable[tuple[T, Open | None]]) -> Proofs[T]:
    """What was said, each with what is still missing before it counts, if anything."""
    return EvidencePool.of((says, lacks.asks if lacks else ()) for says, lacks in said)


def standing(documents: Iterable[D], heard: Heard) -> tuple[D, ...]:
    """The documents that count as they are; ``heard`` tells which do, document by document."""
    return tuple([document for document, of_it in zip(documents, heard, strict=True) if of_it.stands])


def pending(proofs: Proofs[Any]) -> Open:
    """Not known until it is known which of the pending documents count."""
    return Open(tuple([ask for each in proofs.pending for ask in each.asks]), "pending")


@frozen
class Voices(Generic[T]):
    """What several documents say to one question: those that say yes, those that say no, and those that are silent."""

    yes: tuple[T, ...]
    no: tuple[T, ...]
    silent: tuple[T, ...]

    @property
    def is_yes(self) -> bool:
        """Whether some say yes and none no."""
        return bool(self.yes) and not self.no

    @property
    def is_no(self) -> bool:
        """Whether some say no and none yes."""
        return bool(self.no) and not self.yes

    @property
    def disagree(self) -> bool:
        """Whether some say yes and others no."""
        return bool(self.yes and self.no)


def voices(proofs: Iterable[T], question: Callable[[T], bool | None]) -> Voices[T]:
    """What some proofs say to a question."""
    said: dict[bool | None, list[T]] = {True: [], False: [], None: []}
    for each in proofs:
        said[question(each)].append(each)
    return Voices(tuple(said[True]), tuple(said[False]), tuple(said[None]))


# Money


def share(amount: Minor, units: int, of: int) -> Minor:
    """``amount x units / of``, rounded up to the minor unit, so that the parts of a line add up to no less than the line."""
    return Minor(-(-amount * units // of))


def still_due(entitled: Minor, paid_to_this_claim: Minor, paid_to_anyone: Minor, ceiling: Minor) -> Minor:
    """What is due beyond what this claim was paid before, as far as it is left under the ceiling."""
    return Minor(max(min(entitled - paid_to_this_claim, ceiling - paid_to_anyone), 0))


# Duties


class Duty(StrEnum):
    """How something stands that has to be done in time."""

    NOT_DUE = "not_due"
    OPEN = "open"
    DONE = "done"
    MISSED = "missed"


def duty(done_at: Instant | None, window: Established[Window | None], as_of: Instant) -> Established[Duty]:
    """How something stands, given when it was done and the window for it; any way where the window is not known."""
    if window is None:
        return Duty.NOT_DUE
    if not isinstance(window, Window):
        return supposing(window, *Duty)
    if done_at is not None and done_at in window:
        return Duty.DONE
    return Duty.OPEN if as_of in window else Duty.MISSED


def in_time(
    done_at: Instant | None, duty: Duty, window: Window | None, need: Need, acceptable: AnyOf
) -> bool | Holds | Repairable:
    """Nothing is due before its window opens; what is not done yet can be done until the window ends."""
    if window is None:
        return Holds("not_due")
    if duty is Duty.OPEN:
        return repairable(need, acceptable, window.last_instant)
    return done_at is not None and done_at in window
