"""Remarks in decisions on conduct."""

from __future__ import annotations

from typing import Any

import pytest

from trading.cases import PAST, PROMISED, decided, of_an_act, topped_up
from tradings import FOUND, RAISE


@pytest.mark.parametrize(
    ("changes", "remark"),
    [
        ((("/incidents/0/begun_by", "user"), ("/incidents/0/taken_up", True)), "asked_for_by_the_user"),
        ((("/incidents/0/user_answered", False),), "not_answered_by_the_user"),
        ((("/incidents/0/setting", "offline"),), "done_offline"),
    ],
)
def test_a_fact_without_effect_is_a_remark(changes: tuple[tuple[str, Any], ...], remark: str) -> None:
    """The remark is about the incident concerned; if nothing is found, there is none."""
    places: Any = FOUND
    for place, value in changes:
        places = {**places, "incidents": [{**places["incidents"][0], place.rpartition("/")[2]: value}]}
    decision = decided(of=places)
    assert [(each.code, each.line_id) for each in decision.remarks if each.line_id] == [(remark, "incident-1")]
    assert decision.outcome == decided().outcome
    assert [each.code for each in decided(("/incidents/0/official", True), of=places).remarks] == []


def test_there_is_no_remark_that_does_not_apply() -> None:
    """The merchant initiated, the user answered, it was online: no remark about the incident; measures are rights."""
    usual = {**FOUND["incidents"][0], "user_answered": True, "setting": "online", "taken_up": None}
    decision = decided(("/incidents", [usual]))
    assert [(each.code, each.line_id) for each in decision.remarks] == [("measures_are_rights", None)]
    assert decision.remarks[0].cites == ("PO.3", "R45")


def test_a_number_for_delivery_is_explained() -> None:
    decision = of_an_act("contact", purpose="delivery")
    assert [each.code for each in decision.remarks] == ["contact_for_something_else"]
    assert [each.code for each in of_an_act("contact", purpose="off_platform_trade").remarks] == ["measures_are_rights"]


@pytest.mark.parametrize(
    ("done", "expected"),
    [((PROMISED,), True), ((topped_up(RAISE),), True), ((), False), ((PROMISED, topped_up(RAISE)), False)],
)
def test_one_without_the_other_is_a_remark(done: tuple[tuple[str, Any], ...], expected: bool) -> None:
    codes = [each.code for each in decided(*done, ("/as_of", PAST)).remarks]
    assert ("one_without_the_other" in codes) is expected
