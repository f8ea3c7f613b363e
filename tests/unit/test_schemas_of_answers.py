"""The schemas of what-if, checks, entitlements and differences: every answer is valid, and one without a required field is not."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any, Final

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from adjudicator import Case, Instant, check, decide, diff, load_case, what_if
from adjudicator.analysis.check import check_document
from adjudicator.analysis.diff import difference_document
from adjudicator.analysis.entitlements import OrderInquiry, entitlements, entitlements_document
from adjudicator.analysis.promises import reply_check_document
from adjudicator.analysis.schemas import SCHEMAS
from adjudicator.analysis.whatif import what_if_document
from adjudicator.cli import main
from adjudicator.engine.registry import policies
from adjudicator.replies import check_reply
from adjudicator.testing import cases
from adjudicator.wire.codec import document_of
from validating import Validator

EXAMPLES: Final = sorted((Path(__file__).parents[1] / "data" / "examples").glob("*.json"))
CLAIMS: Final = tuple(name for name in policies() if name.startswith("douyin_global"))


def answers(case: Case) -> dict[str, Any]:
    """The answers about a case, by the names of their schemas."""
    later = evolve(case, as_of=Instant(case.as_of + 86_400_000_000))
    asked = OrderInquiry(as_of=case.as_of, order=case.order, settlements=case.settlements)
    return {
        "what-if": what_if_document(what_if(case)),
        "check": check_document(check(case)),
        "difference": difference_document(diff(decide(case), decide(later), cases=(case, later))),
        "inquiry": document_of(asked),
        "reply-check": reply_check_document(check_reply("We will refund ¥1, is that all right?", decide(case), case)),
        "entitlements": entitlements_document(entitlements(case.order, case.as_of, settlements=case.settlements)),
    }


@cache
def validator(name: str) -> Validator:
    """A validator for a schema."""
    return Validator(SCHEMAS[name]())


def test_there_is_a_test_for_every_schema() -> None:
    case = load_case(json.dumps(json.loads(EXAMPLES[0].read_text("utf-8"))["case"]))
    assert answers(case).keys() == SCHEMAS.keys()


@given(case=st.sampled_from(CLAIMS).flatmap(cases))
def test_every_answer_fits_its_schema(case: Case) -> None:
    for name, answer in answers(case).items():
        assert validator(name).messages(json.loads(json.dumps(answer))) == [], name


@pytest.mark.parametrize("name", SCHEMAS)
def test_an_answer_that_lacks_a_field_does_not_fit(name: str) -> None:
    case = load_case(json.dumps(json.loads(EXAMPLES[0].read_text("utf-8"))["case"]))
    answer = answers(case)[name]
    for field in validator(name).schema["required"]:
        assert not validator(name).is_valid({key: value for key, value in answer.items() if key != field}), field


@pytest.mark.parametrize("name", SCHEMAS)
def test_the_command_writes_the_schema(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["schema", name]) == 0
    assert json.loads(capsys.readouterr().out) == json.loads(json.dumps(SCHEMAS[name]()))
    assert main(["schema", name, "--policy", "douyin_global.damage"]) == 2
    assert "case or decision" in capsys.readouterr().err
