"""Letters, rulings and what-if about creators' tasks."""

from __future__ import annotations

from typing import Any

import pytest

from adjudicator import decide
from adjudicator.analysis.whatif import what_if
from adjudicator.explain import explain
from adjudicator.wire.codec import case_from
from douyin_xingtu.task import EDITION
from task.deciding import decided, finding
from tasks import START, task

# Letters


@pytest.mark.parametrize(
    ("by", "expected"),
    [
        ("creator", "This comes first, and it is for you to do: the script."),
        ("client", "This is waiting for the creator: the script."),
    ],
)
def test_a_letter_is_addressed_to_the_party_that_wants_the_step(by: str, expected: str) -> None:
    """Requests to the reader appear as requests, those to the other side as something to wait for."""
    case = case_from(task("rate", by, *START))
    assert expected in explain(decide(case), case)


@pytest.mark.parametrize(
    ("document", "heading", "expected"),
    [
        (task("confirm_script", "client", *START, "upload_script"), "WHY", "All conditions are met"),
        (task("confirm_script", "client", *START), "WHY", "Condition: The client confirms or rejects the script"),
        (task("confirm_script", "creator", *START), "WHY", "This step is not yours to take."),
        (task("end_task", "client", *START), "WHAT OUR TEAM WILL REVIEW", "how a task is ended"),
    ],
)
def test_a_letter_explains_only_the_wanted_step(document: Any, heading: str, expected: str) -> None:
    case = case_from(document)
    (section,) = (part for part in explain(decide(case), case).split("\n\n") if part.startswith(heading))
    assert expected in section
    assert section.count("):\n") == 0
    assert len([line for line in section.splitlines() if line.endswith(":")]) <= 1


def test_the_step_is_named_in_every_language() -> None:
    decision = decide(case_from(task("confirm_script", "client", *START, "upload_script")))
    for locale, found in {
        "en": "Confirming the script: Open.",
        "zh-CN": "确认脚本：可操作。",
        "zh-TW": "確認腳本：可操作。",
    }.items():
        assert found in explain(decision, locale=locale)


# What-if


@pytest.mark.parametrize("wanted", ["upload_script", "confirm_script", "rate", "end_task"])
def test_a_ruling_summarizes_the_decision(wanted: str) -> None:
    """The outcome of every step; requests only for the wanted one."""
    case = case_from(task(wanted, "client", *START))
    decision, ruling = decided(task(wanted, "client", *START)), EDITION.case_kind.rule(EDITION, case)
    assert (ruling.outcome, ruling.requests) == (decision.outcome, decision.requests)
    assert tuple((each.line_id, each.outcome) for each in ruling.subjects) == decision.parts


def test_what_if_takes_further_steps() -> None:
    """Each by the party that takes it, at the end of the history."""
    found = what_if(case_from(task("upload_video", "creator", *START, "upload_script")))
    ways = [
        [(change.pointer, change.to["step"]) for change in each.changes]
        for each in found.alternatives
        if each.line_id == "upload_video"
    ]
    assert ways == [[("/history/-", "confirm_script")]]
    assert [each.by for each in found.alternatives if each.line_id == "upload_video"] == [("client",)]


def test_a_step_out_of_turn_names_the_stage_of_the_process() -> None:
    """In the stage that its clause was given; another step comes first."""
    answer = finding(task("rate", "client", *START), "upload_video", "a_video_is_awaited")
    assert answer.because.code == "a_video_is_awaited.repairable"
    assert {each.name: each.value for each in answer.facts}["turn"] == "script_awaited"
    over = finding(task("rate", "client", *START), "place_task", "the_task_is_new")
    assert (over.effect.value, {each.name: each.value for each in over.facts}["turn"]) == ("defeats", "script_awaited")
