"""When time alone may change a decision, and what of it must not change unannounced."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from copy import copy
from typing import Any, Final, TypeVar

from adjudicator.engine.branches import Branches
from adjudicator.engine.judgement import Judgement
from adjudicator.model.by_date import ByDate
from adjudicator.model.facts import Failed, Holds, Open, Repairable
from adjudicator.model.finding import (
    Request,
)
from adjudicator.model.time import Instant, Window

C = TypeVar("C")
T = TypeVar("T")


def turning_points(judgement: Judgement) -> Iterator[Instant]:
    """The instants after the moment of the decision at which time alone could make a difference to a subject.

    They are read off whatever was worked out about it: the ends of windows, what is still to happen, until when an answer lasts,
    and when evidence closes. Between two of them everything stays as it is.
    """
    closes_at = judgement.subject.closes_at
    worked_out = (value for name, value in judgement.facts.items() if name != AS_OF)
    for moment in (*([] if closes_at is None else [Instant(closes_at + 1)]), *_moments_in(worked_out)):
        if moment > judgement.subject.as_of:
            yield moment


AS_OF: Final = "as_of"
"""What every glossary calls the moment of the decision: it passes, and is no point in time to wait for."""


_MAY_HOLD_MOMENTS: Final = frozenset({Instant, Window, Repairable, Open, Failed, Holds, Branches, ByDate, tuple})


def _moments_in(values: Iterable[Any]) -> Iterator[Instant]:
    """The instants at which something in some values begins, ends, or may be otherwise."""
    for value in values:
        kind = type(value)
        if kind not in _MAY_HOLD_MOMENTS:
            continue
        if kind is Instant:
            yield from (value, Instant(value + 1))
        elif kind is Window:
            yield Instant(value.last_instant + 1)
        elif kind is Repairable and value.until is not None:
            yield Instant(value.until + 1)
        elif kind in (Open, Failed, Holds) and value.changes_at is not None:
            yield value.changes_at
        elif kind is Branches:
            yield from _moments_in(branch.value for branch in value.branches)
        elif kind is ByDate:
            yield from value.starts
        elif kind is tuple:
            yield from _moments_in(value)


def first_change(
    now: T, at: Callable[[Instant], T], moments: Iterable[Instant], before: Instant | None = None
) -> Instant | None:
    """The first of some moments at which something is another than it is now; ``before`` where none comes before that."""
    for moment in sorted(set(moments)):
        if before is not None and moment >= before:
            break
        if at(moment) != now:
            return moment
    return before


def as_told(judgement: Judgement, outcome: str, asked_for: Iterable[Request]) -> tuple[Any, ...]:
    """What of a judgement may not change unannounced: the outcome, the effects (what can still be put right apart), and who is asked what."""
    repairable = tuple([type(answer) is Repairable for answer in judgement.answers])
    wanted = frozenset((each.to, each.need, each.line_id, each.evidence_id) for each in asked_for)
    return outcome, judgement.effects, repairable, wanted


def at_a_later_moment(case: C, moment: Instant) -> C:
    """The same case, to be decided at a later moment. Whatever happened by the earlier one happened by the later: it stays sound."""
    later = copy(case)
    object.__setattr__(later, AS_OF, moment)
    return later
