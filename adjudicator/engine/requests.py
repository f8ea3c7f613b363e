"""Requests: what a case still needs, from whom, which answers will do, and by when."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import cycle, islice, product
from math import prod
from operator import attrgetter
from typing import Any, Final

from adjudicator.engine.judgement import Judgement, Subject, waits
from adjudicator.engine.standing import Standing
from adjudicator.model.decision import SubjectVerdict
from adjudicator.model.facts import Acceptable, Ask, Need, Open, Repairable
from adjudicator.model.finding import Request
from adjudicator.model.json_value import json_value
from adjudicator.model.lazy import lazy_maker
from adjudicator.model.source import changed, maker
from adjudicator.model.time import Instant

_WAITING: Final = Standing.WAITING
MOST_COMBINATIONS: Final = 64
"""The most combinations that a request lists when it asks several questions at once."""


def requests(judgement: Judgement, *, outline: bool = False) -> tuple[Request, ...]:
    """The requests of a waiting subject; in ``outline`` without acceptable answers and due dates."""
    if judgement.standing is not _WAITING:
        return ()
    answers = (*judgement.answers, *judgement.other_answers)
    return requests_for(
        judgement, [answer for answer in answers if waits(answer, closed=judgement.closed)], outline=outline
    )


def requests_for(
    judgement: Judgement, answers: Iterable[Open | Repairable], *, outline: bool = False
) -> tuple[Request, ...]:
    """The requests behind these answers; in ``outline`` without acceptable answers and due dates.

    Each request once, clause by clause, with documents in the order of the case.
    """
    subject = judgement.subject
    by_need: dict[tuple[Need, str | None, str | None], list[Ask]] = {}
    for answer in answers:
        for ask in _in_order(answer.asks, subject):
            by_need.setdefault((ask.need, ask.evidence_id, ask.part), []).append(ask)
    line_id, closes_at = subject.line_id, subject.closes_at
    return tuple([_request(judgement, asks, line_id, closes_at, outline=outline) for asks in by_need.values()])


def _in_order(asks: tuple[Ask, ...], subject: Subject) -> Sequence[Ask]:
    """Some asks: those about no document first, the others in the order of the case."""
    if len(asks) < 2:
        return asks
    positions = subject.positions
    return sorted(asks, key=lambda ask: -1 if ask.evidence_id is None else positions[ask.evidence_id])


def _request(
    judgement: Judgement, asks: Sequence[Ask], line_id: str | None, closes_at: Instant | None, *, outline: bool
) -> Request:
    """The request behind asks for the same."""
    ask = asks[0] if outline else _merged(asks)
    due_at = None if outline else ask.due_at
    return _make_request(
        ask.need.to.value,
        ask.need.name,
        line_id if ask.part is None else ask.part,
        () if outline else tuple([_accepts(judgement, ask, each) for each in ask.accepts]),
        closes_at if due_at is None else due_at if closes_at is None else min(due_at, closes_at),
        ask.evidence_id,
    )


_make_request: Final = maker(Request)


def _merged(asks: Sequence[Ask]) -> Ask:
    """Merge the asks of one need into one: every way to answer all of them together, due at the earliest date."""
    first, *others = asks
    if not others:
        return first
    ends = [each.due_at for each in asks if each.due_at is not None]
    endless = [each if each.due_at is None else changed(each, {"due_at": None}) for each in asks]
    questions = [each.accepts for each in dict.fromkeys(endless)]
    return changed(first, {"accepts": _combined_ways(questions), "due_at": min(ends, default=None)})


def _combined_ways(questions: Sequence[tuple[Acceptable, ...]]) -> tuple[Acceptable, ...]:
    """The ways to answer several questions at once.

    Up to :data:`MOST_COMBINATIONS` you get every combination. Beyond that, each way is in at least one: every combination
    listed is a complete answer.
    """
    if len(questions) == 1:
        return questions[0]
    choices = [ways or ({},) for ways in questions]
    are_few = prod(map(len, choices)) <= MOST_COMBINATIONS
    combined = product(*choices) if are_few else islice(zip(*map(cycle, choices), strict=False), max(map(len, choices)))
    return tuple({name: values for way in each for name, values in way.items()} for each in combined)


def _accepts(judgement: Judgement, ask: Ask, acceptable: Mapping[str, tuple[Any, ...]]) -> dict[str, tuple[Any, ...]]:
    glossary = judgement.edition.case_kind.glossary.facts
    fields: dict[str, tuple[Any, ...]] = {}
    for name, values in acceptable.items():
        if ask.evidence_id is not None:
            places: tuple[str, ...] = (f"/evidence/{judgement.subject.positions[ask.evidence_id]}/{name}",)
        elif "kind" in acceptable or name not in glossary:
            places = (name,)
        else:
            places = glossary[name].where(judgement.subject.places())
        for place in places:
            fields[place] = tuple([json_value(each) for each in values])
    return fields


_name_of: Final = attrgetter("name")


def subject_verdict(judgement: Judgement, outcome: str) -> SubjectVerdict:
    """The outcome of a subject, the effect of each clause, and the requests, which are made when they are first read."""
    effects = dict(zip(map(_name_of, judgement.edition.clauses), judgement.effects, strict=True))
    is_waiting = judgement.standing is Standing.WAITING
    work = {"requests": lambda _: requests(judgement)} if is_waiting else _NO_REQUESTS
    return _make_subject_verdict(judgement.subject.line_id, outcome, effects, work)


_make_subject_verdict: Final = lazy_maker(SubjectVerdict, ("requests",))
_NO_REQUESTS: Final[Mapping[str, Any]] = {"requests": lambda _: ()}
