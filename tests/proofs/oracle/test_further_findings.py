"""R56 to R58: findings of off-platform trading, and when one is a further finding; worked out by hand."""

import pytest

from . import judge_any, other_faults
from .edges import put
from .plain_cases import (
    AFTER_NOTICE,
    BEFORE_OPENING,
    NOT_RECEIVED,
    NOTICED,
    RECEIVED,
    TRADING,
    act,
    asked,
    changed,
    earlier,
    effects,
)


@pytest.mark.parametrize(
    ("incident", "outcome", "asks"),
    [
        ({"platform_leave": False}, "serious", set()),
        ({"provider_approved": False}, "serious", set()),
        ({"platform_leave": True, "provider_approved": True}, "not_found", set()),
        ({"platform_leave": True}, "needs_information", {"provider_approval"}),
        ({"platform_leave": False, "begun_by": "user", "taken_up": False}, "serious", set()),
    ],
)
def test_cash_on_delivery_is_serious_no_matter_who_began(incident, outcome, asks):
    decision = judge_any(put(TRADING, "/incidents", [{"id": "I", "act": "cash_on_delivery", **incident}]))
    assert decision["incidents"][0]["outcome"] == outcome
    assert {need for need, _ in asked(decision)} == asks


@pytest.mark.parametrize("channel", [None, "review_cashback_card", "website"])
@pytest.mark.parametrize(
    ("facts", "outcome", "asks"),
    [
        ({"official": True, "needed_for_trade": False}, "not_found", set()),
        ({"official": False, "needed_for_trade": True}, "not_found", set()),
        ({"official": False, "needed_for_trade": False}, "ordinary", set()),
        ({"official": None, "needed_for_trade": True}, "not_found", set()),
        ({"official": None, "needed_for_trade": False}, "needs_information", {"official_channel"}),
    ],
)
def test_a_cashback_card_is_information_like_any_other(channel, facts, outcome, asks):
    decision = judge_any(put(TRADING, "/incidents", [act("parcel", channel=channel, **facts)]))
    assert decision["incidents"][0]["outcome"] == outcome
    assert {need for need, _ in asked(decision)} == asks


AT_ONCE = {"end_agreement_at_once", "forfeit_deposit"}
FURTHER, FIRST, OPEN = ("defeats", 2), ("supports", 1), ("undecided", None)
TIME, EARLIER = ("platform", "incident_time", "I"), ("platform", "earlier_findings", None)


@pytest.mark.parametrize(
    ("incidents", "findings", "right", "asks"),
    [
        pytest.param([act(happened_at=AFTER_NOTICE)], earlier(RECEIVED), FURTHER, [], id="right after the notice"),
        pytest.param([act(happened_at=NOTICED)], earlier(RECEIVED), FIRST, [], id="at the notice"),
        pytest.param([act(happened_at=BEFORE_OPENING)], earlier(NOT_RECEIVED), FIRST, [], id="without notice"),
        pytest.param([act()], [], FIRST, [], id="no earlier finding: the time does not matter"),
        pytest.param([act()], earlier(RECEIVED), OPEN, [TIME], id="of unknown time"),
        pytest.param([act()], None, OPEN, [EARLIER, TIME], id="also while an earlier finding is unknown"),
        pytest.param([act(happened_at=BEFORE_OPENING)], None, OPEN, [EARLIER], id="whatever findings there were"),
        pytest.param(
            [act(happened_at=BEFORE_OPENING)],
            earlier({"happened": True}),
            OPEN,
            [EARLIER],
            id="notice of unknown time",
        ),
        pytest.param(
            [act(happened_at="2022-06-01T00:00:00.000001+08:00")],
            earlier({"happened": True}),
            FURTHER,
            [],
            id="notice is not after the opening, and the act is",
        ),
        pytest.param(
            [act(happened_at=AFTER_NOTICE)],
            earlier({"happened": True, "at": BEFORE_OPENING}, RECEIVED),
            ("defeats", 3),
            [],
            id="after some earlier notice; all with notice count",
        ),
        pytest.param(
            [act(happened_at=AFTER_NOTICE)], earlier(RECEIVED, NOT_RECEIVED), FURTHER, [], id="those without do not"
        ),
        pytest.param(
            [act(happened_at=AFTER_NOTICE)], earlier(RECEIVED, None), ("defeats", None), [], id="how many is not asked"
        ),
        pytest.param(
            [act(happened_at=NOTICED), act(incident_id="J", happened_at=AFTER_NOTICE)],
            earlier(RECEIVED),
            FURTHER,
            [],
            id="one such act is enough",
        ),
        pytest.param(
            [act(), act(incident_id="J", happened_at=AFTER_NOTICE)],
            earlier(RECEIVED),
            FURTHER,
            [],
            id="and no more asked",
        ),
        pytest.param(
            [act(happened_at=NOTICED), act(incident_id="J", official=True, happened_at=AFTER_NOTICE)],
            earlier(RECEIVED),
            FIRST,
            [],
            id="an act that is not found is none",
        ),
        pytest.param(
            [act(happened_at=NOTICED), act(incident_id="J", official=None, happened_at=AFTER_NOTICE)],
            earlier(RECEIVED),
            OPEN,
            [("platform", "official_channel", "J")],
            id="whether it is found matters",
        ),
        pytest.param(
            [act(happened_at=NOTICED), act(incident_id="J", official=None, happened_at=NOTICED)],
            earlier(RECEIVED),
            FIRST,
            [],
            id="and does not where it was before the notice",
        ),
    ],
)
def test_a_further_finding_needs_an_act_after_notice(incidents, findings, right, asks):
    case = changed(TRADING, ("/incidents", incidents), ("/shop/earlier_findings", findings))
    decision = judge_any(case)
    effect, time = right
    measures = {each["measure"] for each in decision["measures"]}
    assert other_faults(case) == []
    assert "found_for_the_first_time" in effects(decision, effect)
    assert decision["time"] == time
    assert (measures >= AT_ONCE) == (effect == "defeats")
    assert sorted((each["to"], each["need"], each["line_id"] or "") for each in decision["requests"]) == sorted(
        (to, need, line_id or "") for to, need, line_id in asks
    )


def test_where_nothing_is_found_it_is_no_further_finding():
    case = changed(TRADING, ("/incidents", [act(official=True)]), ("/shop/earlier_findings", earlier(RECEIVED)))
    decision = judge_any(case)
    assert (decision["outcome"], decision["requests"], effects(decision, "defeats")) == ("not_found", [], [])


def test_what_a_person_has_to_find_leaves_open_whether_it_is_a_further_finding():
    incidents = [act("other", happened_at=AFTER_NOTICE)]
    case = changed(TRADING, ("/incidents", incidents), ("/shop/earlier_findings", earlier(RECEIVED)))
    decision = judge_any(case)
    assert (decision["outcome"], decision["requests"]) == ("manual_review", [])
    assert "found_for_the_first_time" in effects(decision, "undecided")


def test_the_present_finding_needs_no_notice():
    case = changed(
        TRADING,
        ("/incidents", [act(happened_at=AFTER_NOTICE)]),
        ("/shop/earlier_findings", earlier(RECEIVED)),
        ("/shop/notice", None),
    )
    assert {each["measure"] for each in judge_any(case)["measures"]} >= AT_ONCE
