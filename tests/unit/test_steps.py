"""Steps of a process: their clauses, their order, and the possible states after a history."""

from __future__ import annotations

from enum import StrEnum
from types import SimpleNamespace

import pytest
from attrs import evolve

from adjudicator.kinds.progress import MOST_POSSIBILITIES, Progress, distinct, progress_by_stages, uncertain_events
from adjudicator.law import Counts, Need, Party, Process, SingleStep, Step, Turn, clauses_of, turn
from adjudicator.model.facts import Open
from adjudicator.wire.codec import case_from
from douyin_xingtu.case import Stage, TaskStep
from douyin_xingtu.task import EDITION, STEPS
from tasks import FIRST, START, task


class Ring(StrEnum):
    """Steps that lead round in a loop."""

    KNOCK = "knock"
    CALL = "call"


def test_each_clause_of_the_steps_is_listed_once_and_evaluated_step_by_step() -> None:
    """In the order in which the steps are declared."""

    def first() -> bool:
        """DX.2. First."""
        return True

    def second() -> bool:
        """DX.2. Second."""
        return True

    steps = (
        Step(name=Ring.KNOCK, by=(Party.CONSUMER,), at=(Stage.NO_TASK,), requires=(second, first), barred_by=(second,)),
        Step(name=Ring.CALL, by=(Party.CONSUMER,), at=(Stage.NO_TASK,), requires=(first,), barred_by=(second,)),
    )
    assert clauses_of(iter(steps)) == {
        "requires": (second, first),
        "barred_by": (second,),
        "clauses_by_question": {Ring.KNOCK: (second, first, second), Ring.CALL: (first, second)},
    }


def test_a_process_knows_the_steps_that_lead_towards_another() -> None:
    """Directly or through others, round a loop, and out of the process; never steps that come only afterwards."""
    process = Process(Stage.NO_TASK, STEPS)
    towards = process.steps_towards(process[TaskStep.UPLOAD_SCRIPT])
    assert [each.name.value for each in towards] == ["place_task", "take_order", "upload_script", "reject_script"]
    assert process.steps_towards(process[TaskStep.PLACE_TASK]) == ()
    towards = process.steps_towards(process[TaskStep.RATE])
    assert {*TaskStep} - {each.name for each in towards} == {TaskStep.END_TASK}


def test_the_state_of_a_process_counts_and_locates_each_step() -> None:
    (progress,) = progress_by_stages(Process(Stage.NO_TASK, STEPS), case_from(task("rate", "client", *START)))
    assert (progress.stage, progress.times[:3], progress.last[:3]) == (Stage.SCRIPT_AWAITED, (1, 1, 0), (0, 1, None))


def test_a_case_has_its_steps_as_subjects_at_the_end_of_its_history() -> None:
    """Whether or not it is their turn."""
    turns = [turn(each) for each in EDITION.case_kind.subjects(case_from(task("rate", "client", *START)))]
    assert [each.stage for each in turns if isinstance(each, Turn)] == [Stage.SCRIPT_AWAITED] * len(STEPS)


def test_a_state_reached_under_several_assumptions_is_listed_once() -> None:
    """If there is another one, it has them all."""
    process = Process(Stage.NO_TASK, STEPS)
    start = Progress.at_the_start(process)
    other = start.after(process, process[TaskStep.PLACE_TASK], 0).assuming(1, True)
    found = distinct(iter((start.assuming(1, True), start.assuming(1, False), start, other)))
    assert found == (start, other)
    assert [each.assumed for each in found] == [{(1, True), (1, False)}, {(1, True)}]


def test_by_stages_alone_an_event_at_no_possible_stage_is_ignored_or_impossible() -> None:
    process, case = Process(Stage.NO_TASK, STEPS), SimpleNamespace(history=[])
    start = progress_by_stages(process, case)
    case.history = [SimpleNamespace(step=TaskStep.RATE)]
    assert progress_by_stages(process, case) == start
    assert progress_by_stages(process, case, strictly=True) == ()


def test_what_led_to_the_only_possible_state_does_not_matter() -> None:
    start = Progress.at_the_start(Process(Stage.NO_TASK, STEPS))
    (found,) = distinct((start.assuming(1, True), start.assuming(1, False)))
    assert found == start
    assert found.assumed == frozenset()


def test_a_state_keeps_what_is_assumed_while_steps_are_taken() -> None:
    process = Process(Stage.NO_TASK, STEPS)
    taken = Progress.at_the_start(process).assuming(0, False).after(process, process[TaskStep.PLACE_TASK], 1)
    assert taken.assumed == {(0, False)}


def test_an_event_is_uncertain_if_possible_states_differ_in_what_they_assume_of_it() -> None:
    """Not if it counts in all that are left, or in none."""
    start = Progress.at_the_start(Process(Stage.NO_TASK, STEPS))
    counting = start.assuming(3, True).assuming(1, True).assuming(2, False)
    other = start.assuming(3, False).assuming(1, False).assuming(4, True)
    assert uncertain_events([counting, other]) == [1, 3]
    assert uncertain_events([counting]) == []


@pytest.mark.parametrize(
    ("leads", "could_be"),
    [
        ((Ring.KNOCK, Ring.KNOCK), 2),
        ((Ring.KNOCK, Ring.CALL), 0),
    ],
)
def test_steps_that_may_come_first_are_one_answer_only_if_they_are_one_step(
    leads: tuple[Ring, Ring], could_be: int
) -> None:
    """The process may be at either of two stages."""
    here, there, goal_at = Stage.OFFERED, Stage.SCRIPT_AWAITED, Stage.ENDED
    begins = Step(name=TaskStep.PLACE_TASK, by=(Party.CONSUMER,), at=(Stage.NO_TASK,), then=here)
    other = Step(name=TaskStep.TAKE_ORDER, by=(Party.CONSUMER,), at=(Stage.NO_TASK,), then=there)
    goal = Step(name=TaskStep.RATE, by=(Party.CONSUMER,), at=(goal_at,))
    towards = tuple(
        Step(
            name=name,
            by=(Party.CONSUMER,),
            at=tuple(at for at, each in zip((here, there), leads, strict=True) if each is name),
            then=goal_at,
        )
        for name in dict.fromkeys(leads)
    )
    process = Process(Stage.NO_TASK, (begins, other, *towards, goal))
    start = Progress.at_the_start(process)
    progress = (evolve(start, stage=here), evolve(start, stage=there))
    found = turn(SingleStep(None, process, goal, progress, FIRST))
    assert isinstance(found, Open)
    assert len(found.could_be) == could_be


def test_no_more_possibilities_are_followed_than_the_limit_allows() -> None:
    """Events that may not count multiply the possibilities, but a history of a hundred events can still be read."""
    at, need = (Stage.NO_TASK,), Need("heard", Party.PLATFORM)
    steps = tuple(Step(name=each, by=(Party.CONSUMER,), at=at, counts=Counts("heard", need)) for each in Ring)
    process = Process(Stage.NO_TASK, steps)
    history = [SimpleNamespace(step=[*Ring][index % 2], heard=None) for index in range(100)]
    assert len(progress_by_stages(process, SimpleNamespace(history=history))) == MOST_POSSIBILITIES
