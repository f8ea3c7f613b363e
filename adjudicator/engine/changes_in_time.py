"""When time alone can change a decision, and which parts of it may not change without notice."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import cache
from typing import Any, Final, TypeVar, cast

import attrs
from attrs import AttrsInstance

from adjudicator.engine.branches import Branches
from adjudicator.engine.judgement import Judgement
from adjudicator.model.by_date import ByDate
from adjudicator.model.facts import Failed, Holds, Open, Repairable
from adjudicator.model.finding import Request
from adjudicator.model.time import Instant, Window

C = TypeVar("C")
T = TypeVar("T")


def turning_points(judgement: Judgement) -> Iterator[Instant]:
    """The instants after the decision at which time alone could change the judgement.

    They come from the facts: ends of windows, future events, ends of answers, and the close of evidence. Between two of them
    nothing changes.
    """
    closes_at, as_of = judgement.subject.closes_at, judgement.subject.as_of
    moments = [] if closes_at is None else [Instant(closes_at + 1)]
    for name, value in judgement.facts.items():
        if type(value) in _MAY_HOLD_MOMENTS and name != AS_OF:
            moments.extend(_moments_in(value))
    return (moment for moment in moments if moment > as_of)


AS_OF: Final = "as_of"
"""The name of the decision's own moment in every glossary: you cannot wait for it."""

_MAY_HOLD_MOMENTS: Final = frozenset({Instant, Window, Repairable, Open, Failed, Holds, Branches, ByDate, tuple})


def _moments_in(value: Any) -> Iterable[Instant]:
    """The instants at which a value begins, ends or may change."""
    kind = type(value)
    if kind is Instant:
        return (value, Instant(value + 1))
    if kind is Window:
        return (Instant(value.last_instant + 1),)
    if kind is Repairable:
        return () if value.until is None else (Instant(value.until + 1),)
    if kind in (Open, Failed, Holds):
        return () if value.changes_at is None else (value.changes_at,)
    if kind is ByDate:
        return tuple(value.starts)
    inner = value if kind is tuple else [branch.value for branch in value.branches]
    return [moment for each in inner if type(each) in _MAY_HOLD_MOMENTS for moment in _moments_in(each)]


def first_change(
    now: T, at: Callable[[Instant], T], moments: Iterable[Instant], before: Instant | None = None
) -> Instant | None:
    """The first moment at which ``at(moment)`` differs from ``now``; ``before`` if nothing changes earlier."""
    for moment in sorted(set(moments)):
        if before is not None and moment >= before:
            break
        if at(moment) != now:
            return moment
    return before


def snapshot(judgement: Judgement, outcome: str, requests: Iterable[Request]) -> tuple[Any, ...]:
    """The parts of a judgement that may not change without notice, for comparison: outcome, effects, repairs and requests."""
    repairable = tuple([type(answer) is Repairable for answer in judgement.answers])
    needs = frozenset((each.to, each.need, each.line_id, each.evidence_id) for each in requests)
    return outcome, judgement.effects, repairable, needs


def at_moment(case: C, moment: Instant) -> C:
    """The case with a later ``as_of``. It needs no new check: what had happened earlier has still happened."""
    kind: Any = type(case)
    later = object.__new__(kind)
    for name in _field_names(kind):
        object.__setattr__(later, name, getattr(case, name))
    object.__setattr__(later, AS_OF, moment)
    return cast(C, later)


@cache
def _field_names(kind: type[AttrsInstance]) -> tuple[str, ...]:
    return tuple(each.name for each in attrs.fields(kind))
