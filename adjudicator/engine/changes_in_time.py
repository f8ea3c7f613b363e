"""When time alone can change a decision, and which parts of it may not change without notice."""

from __future__ import annotations

import typing
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from typing import Any, Final, NamedTuple, NewType, TypeVar

from adjudicator.engine.branches import Branches
from adjudicator.engine.by_types import ByTypes
from adjudicator.engine.clause import UNSETTLED, getter, hints, members, plain_type
from adjudicator.engine.judgement import Judgement
from adjudicator.engine.moment_plan import AS_OF
from adjudicator.engine.policy import MOST_EDITIONS, Edition
from adjudicator.model.by_date import ByDate
from adjudicator.model.facts import Failed, Holds, Open, Repairable
from adjudicator.model.finding import Request
from adjudicator.model.source import changed
from adjudicator.model.time import Instant, Window

C = TypeVar("C")
T = TypeVar("T")


def turning_points(judgement: Judgement) -> set[Instant]:
    """The instants after the decision at which time alone could change the judgement.

    They come from the facts: ends of windows, future events, ends of answers, and the close of evidence. Between two of them
    nothing changes.
    """
    closes_at, as_of, facts = judgement.subject.closes_at, judgement.subject.as_of, judgement.facts
    of_clauses, others, unsettled, holding, of_settings = _facts_with_moments(judgement.edition)
    values = (*of_clauses(facts.found), *map(facts.found.get, others))
    instants, more = holding[tuple(map(type, values))]
    moments = [*of_settings]
    for position in instants:
        value = values[position]
        if value >= as_of:
            moments += (value, Instant(value + 1))
    for position in more:
        moments += _moments_in(values[position])
    if facts.unsettled:
        moments += _moments_among([facts.found[name] for name in facts.unsettled & unsettled])
    if closes_at is not None:
        moments.append(Instant(closes_at + 1))
    return {*filter(as_of.__lt__, moments)}


_MAY_CHANGE: Final = frozenset({Open, Failed, Holds})
_MAY_HOLD_OTHERS: Final = frozenset({Window, Repairable, Branches, ByDate, tuple}) | _MAY_CHANGE
_MAY_HOLD_MOMENTS: Final = _MAY_HOLD_OTHERS | {Instant}


class _FactsWithMoments(NamedTuple):
    """What takes the facts behind clauses whose values may hold an instant, and the names of other such facts, if asked for.

    Those of the ``unsettled`` ones hold an instant at most while they are no plain values. Given the types of the values, ``holding``
    tells the positions of those that are instants, and of those that may hold some.
    """

    of_clauses: Callable[[Mapping[str, Any]], tuple[Any, ...]]
    others: tuple[str, ...]
    unsettled: frozenset[str]
    holding: ByTypes[tuple[tuple[int, ...], tuple[int, ...]]]
    of_settings: tuple[Instant, ...]


def _holding(types: tuple[type, ...]) -> tuple[tuple[int, ...], tuple[int, ...]]:
    instants = tuple(position for position, kind in enumerate(types) if kind is Instant)
    return instants, tuple(position for position, kind in enumerate(types) if kind in _MAY_HOLD_OTHERS)


@lru_cache(maxsize=MOST_EDITIONS)
def _facts_with_moments(edition: Edition) -> _FactsWithMoments:
    """The facts whose type says that they may hold an instant.

    The moment of the decision is none of them. A fact that takes the place of another one, such as an answer that is open, holds
    no instant that the other one does not.
    """
    facts, nodes = edition.case_kind.glossary.facts, edition.nodes
    reads = {name: facts[name].read for node in nodes.values() for name in node.params if name in facts}
    functions = {**reads, **{name: node.function for name, node in nodes.items()}}
    types = {name: hints(function)["return"] for name, function in functions.items()}
    types.update(edition.case_kind.outcome_facts)
    dated = [name for name, annotation in types.items() if name != AS_OF and _may_hold_moments(annotation)]
    values = [name for name in dated if any(map(_may_hold_moments, _plain(types[name])))]
    behind_clauses = {*edition.always}
    return _FactsWithMoments(
        getter(tuple(name for name in values if name in behind_clauses)),
        tuple(name for name in values if name not in behind_clauses),
        frozenset(dated).difference(values),
        ByTypes(_holding),
        tuple(_moments_among(edition.settings.values())),
    )


def _plain(annotation: Any) -> list[Any]:
    """The types that a fact has while it is settled."""
    return [each for each in members(annotation) if plain_type(each) not in UNSETTLED]


def _may_hold_moments(annotation: Any) -> bool:
    """Whether a value of a type can hold an instant; in doubt, it can."""
    if isinstance(annotation, NewType):
        return False
    if typing.get_origin(annotation) is tuple:
        return any(_may_hold_moments(each) for each in typing.get_args(annotation) if each is not Ellipsis)
    if len(members(annotation)) > 1:
        return any(map(_may_hold_moments, members(annotation)))
    kind = plain_type(annotation)
    return not isinstance(kind, type) or any(issubclass(each, kind) for each in _MAY_HOLD_MOMENTS)


def _moments_in(value: Any) -> Iterable[Instant]:
    """The instants at which a value begins, ends or may change."""
    kind = type(value)
    if kind is Instant:
        return (value, Instant(value + 1))
    if kind is Window:
        return (Instant(value.ends_at + 1) if value.includes_end else value.ends_at,)
    if kind is Repairable:
        return () if value.until is None else (Instant(value.until + 1),)
    if kind in _MAY_CHANGE:
        return () if value.changes_at is None else (value.changes_at,)
    if kind is ByDate:
        return tuple(value.starts)
    return _moments_among(value if kind is tuple else value.objects)


def _moments_among(values: Iterable[Any]) -> list[Instant]:
    """The same of some values."""
    return [moment for each in values if type(each) in _MAY_HOLD_MOMENTS for moment in _moments_in(each)]


def first_change(now: Callable[[], T], at: Callable[[Instant], T | None], moments: Iterable[Instant]) -> Instant | None:
    """The first moment at which ``at(moment)`` differs from ``now()``; ``None`` if there is none.

    ``at`` returns ``None`` for a moment at which nothing can differ; ``now`` is called at most once.
    """
    is_now: T | None = None
    for moment in sorted(set(moments)):
        then = at(moment)
        if then is None:
            continue
        is_now = now() if is_now is None else is_now
        if then != is_now:
            return moment
    return None


def snapshot(judgement: Judgement, outcome: str, requests: Iterable[Request]) -> tuple[Any, ...]:
    """The parts of a judgement that may not change without notice, for comparison: outcome, effects, repairs and requests."""
    repairable = tuple([type(answer) is Repairable for answer in judgement.answers])
    needs = frozenset((each.to, each.need, each.line_id, each.evidence_id) for each in requests)
    return outcome, judgement.effects, repairable, needs


def at_moment(case: C, moment: Instant) -> C:
    """The case with a later ``as_of``. It needs no new check: what had happened earlier has still happened."""
    return changed(case, {AS_OF: moment})
