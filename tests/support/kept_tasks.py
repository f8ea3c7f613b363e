"""Decisions on tasks with steps that are kept, and with every step judged in every case."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from unittest import mock

from attrs import evolve

from adjudicator import decide
from adjudicator.engine.policy import Edition
from adjudicator.kinds import histories, kept_steps
from adjudicator.kinds.kept_steps import KeptStep, KeptSteps, StepsTogether
from adjudicator.law import Fact, Glossary, SingleStep
from adjudicator.model.errors import InputError
from adjudicator.wire.codec import case_from, dump_decision
from douyin_xingtu.case import Stage, TaskStep
from douyin_xingtu.facts import GLOSSARY
from douyin_xingtu.task import EDITION
from tasks import CONFIRMED, NOTHING_YET, REJECTED_SCRIPT, START, task

KIND: Any = EDITION.case_kind
STEPS = KIND.process
WANTED = [
    task("rate", "client", *START),
    task("take_order", "client", *START[:1]),
    task("rate", "creator", *START, "upload_script", {"step": "reject_script", "changes_stated": None}),
    task("confirm_script", "client", *START, *REJECTED_SCRIPT * 3, "upload_script"),
    task("rate", "client", *START, *REJECTED_SCRIPT * 3, "upload_script"),
    task("rate", "client", *CONFIRMED, {"step": "set_publication", "set_for": "2024-06-01T00:00:00+08:00"}),
    task("take_order", "creator", client={**NOTHING_YET["client"], "payment_checked": False}),
]


@contextmanager
def nothing_kept() -> Iterator[None]:
    """Judge every step in every case."""
    with (
        mock.patch.object(KeptStep, "judged", return_value=None),
        mock.patch.object(KeptSteps, "judged", no_steps),
        mock.patch.object(histories, "moves_of", moves_of_which_none_is_surely_allowed),
    ):
        yield


def no_steps(*_: object) -> StepsTogether:
    return StepsTogether((None,) * len(STEPS.steps))


class Unsure(dict[Any, Any]):
    """Moves of which none is surely allowed."""

    def __init__(self, moves: Any) -> None:
        super().__init__()
        self.moves, self.stage = moves, moves.stage

    def __missing__(self, step: TaskStep) -> Any:
        place, counts, then, _, kept = self.moves[step]
        return place, counts, Unsure(then), False, kept


def moves_of_which_none_is_surely_allowed(edition: Edition, *of: Any) -> Any:
    moves = kept_steps.moves_of(edition, *of)
    return {stage: Unsure(moves[stage]) for stage in Stage}


def written(document: dict[str, Any], edition: Edition) -> bytes | str:
    """A decision under an edition, or the faults of a history that it does not allow."""
    case = case_from(document)
    try:
        return dump_decision(decide(case, edition))
    except InputError as error:
        return str(error)


def with_one_more_clause(
    step: TaskStep,
    clause: Callable[..., Any],
    pointers: tuple[str, ...] = ("/history",),
    /,
    **facts: Callable[[SingleStep], Any],
) -> Edition:
    """The edition with a clause, and facts for it from some places, that only one step has."""
    read = {name: Fact(each, pointers) for name, each in facts.items()}
    glossary = Glossary({**GLOSSARY.facts, **read})
    clauses = {**EDITION.clauses_by_question, step: (*EDITION.clauses_by_question[step], clause)}
    kind = evolve(KIND, glossary=glossary)
    return evolve(EDITION, case_kind=kind, requires=(*EDITION.requires, clause), clauses_by_question=clauses)
