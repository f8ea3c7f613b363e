"""What is still needed: of whom, which answers will do, and by when."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import cycle, islice, product
from math import prod
from typing import Any, Final

from attrs import evolve

from adjudicator.engine.judgement import Judgement, Standing, waits
from adjudicator.model.decision import SubjectVerdict
from adjudicator.model.facts import Acceptable, Ask, Need, Open, Repairable
from adjudicator.model.finding import (
    Request,
)
from adjudicator.model.json_value import json_value

MOST_COMBINATIONS: Final = 64
"""How many ways to answer several questions at once a request lists, each combination of theirs."""


def requests(judgement: Judgement, *, outline: bool = False) -> tuple[Request, ...]:
    """What is still needed where the subject waits for something; in ``outline`` without what would do, and by when."""
    if judgement.standing is not Standing.WAITING:
        return ()
    answers = (*judgement.answers, *judgement.besides)
    return asked(judgement, [answer for answer in answers if waits(answer, closed=judgement.closed)], outline=outline)


def asked(judgement: Judgement, waiting: Iterable[Open | Repairable], *, outline: bool = False) -> tuple[Request, ...]:
    """What some answers about a subject wait for; in ``outline`` without what would do, and by when."""
    return tuple(_requests(judgement, waiting, outline=outline))


def _requests(judgement: Judgement, waiting: Iterable[Open | Repairable], *, outline: bool) -> Iterator[Request]:
    """What is still needed, clause by clause, documents in the order of the case; each thing is asked for once."""
    subject = judgement.subject
    positions = subject.positions
    asked = [
        ask
        for answer in waiting
        for ask in sorted(
            (answer.ask,) if isinstance(answer, Repairable) else answer.asks,
            key=lambda ask: -1 if ask.evidence_id is None else positions[ask.evidence_id],
        )
    ]
    alike: dict[tuple[Need, str | None, str | None], list[Ask]] = {}
    for ask in asked:
        alike.setdefault((ask.need, ask.evidence_id, ask.part), []).append(ask)
    for asks in alike.values():
        ask = evolve(asks[0], accepts=(), due_at=None) if outline else _all_together(asks)
        ends = [end for end in (ask.due_at, subject.closes_at) if end is not None]
        yield Request(
            ask.need.to.value,
            ask.need.name,
            subject.line_id if ask.part is None else ask.part,
            tuple(_accepts(judgement, ask, each, positions) for each in ask.accepts),
            min(ends, default=None),
            ask.evidence_id,
        )


def _all_together(asks: Sequence[Ask]) -> Ask:
    """One ask for several facts of one need: with each way to answer one every way to answer the others, by when all are due."""
    first, *others = asks
    if not others:
        return first
    ends = [each.due_at for each in asks if each.due_at is not None]
    questions = [each.accepts for each in dict.fromkeys(evolve(each, due_at=None) for each in asks)]
    return evolve(first, accepts=_ways_together(questions), due_at=min(ends, default=None))


def _ways_together(questions: Sequence[tuple[Acceptable, ...]]) -> tuple[Acceptable, ...]:
    """The ways to answer several questions at once: every combination, while there are few.

    Combinations multiply with each question. Beyond the limit each way of a question is in one of them, and no more: every one of
    them is still a whole answer that will do.
    """
    if len(questions) == 1:
        return questions[0]
    several = [ways or ({},) for ways in questions]
    few = prod(map(len, several)) <= MOST_COMBINATIONS
    combined = product(*several) if few else islice(zip(*map(cycle, several), strict=False), max(map(len, several)))
    return tuple({name: values for way in each for name, values in way.items()} for each in combined)


def _accepts(
    judgement: Judgement, ask: Ask, acceptable: Mapping[str, tuple[Any, ...]], positions: Mapping[str, int]
) -> dict[str, tuple[Any, ...]]:
    glossary = judgement.edition.case_kind.glossary.facts
    fields: dict[str, tuple[Any, ...]] = {}
    for name, values in acceptable.items():
        if ask.evidence_id is not None:
            places: tuple[str, ...] = (f"/evidence/{positions[ask.evidence_id]}/{name}",)
        elif "kind" in acceptable or name not in glossary:
            places = (name,)
        else:
            places = glossary[name].where(judgement.subject.places())
        fields.update((place, tuple(json_value(each) for each in values)) for place in places)
    return fields


def subject_verdict(judgement: Judgement, outcome: str) -> SubjectVerdict:
    """What a subject comes to, in short."""
    effects = {clause.name: effect for clause, _, effect in judgement.clauses}
    return SubjectVerdict(judgement.subject.line_id, outcome, effects, requests(judgement))
