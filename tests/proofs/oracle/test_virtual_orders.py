"""R52 and R53: what a dispatch implies, and which feedback counts; worked out by hand."""

import pytest

from . import judge_any, other_faults
from .edges import put
from .plain_cases import ARRIVAL, DISPATCH, ELEVEN, NINE, TEN, asked, changed, dispatched, effects, feedback

# R52: which details imply a dispatch


@pytest.mark.parametrize(
    ("dispatch", "outcome", "asks"),
    [
        ({"at": "2022-06-01T10:00:00+08:00", "through": "order_page", "found_false": False}, "in_order", set()),
        ({"at": "2022-06-01T10:00:00+08:00"}, "needs_information", {"dispatch_way", "false_dispatch"}),
        ({"through": "order_page"}, "needs_information", {"dispatch", "false_dispatch"}),
        ({"through": "logistics"}, "against_the_rule", set()),
        ({"found_false": True}, "against_the_rule", set()),
        ({"at": "2022-06-02T00:00:00.000001+08:00"}, "against_the_rule", set()),
        ({"found_false": False}, "needs_information", {"dispatch", "dispatch_way"}),
        ({"happened": False}, "against_the_rule", set()),
    ],
)
def test_a_dispatch_with_any_details_has_happened(dispatch, outcome, asks):
    decision = judge_any(put(DISPATCH, "/dispatch", dispatch))
    assert decision["outcome"] == outcome
    assert {need for need, _ in asked(decision)} == asks


def test_an_implied_dispatch_was_in_stock():
    """Goods that were dispatched were in stock."""
    decision = judge_any(changed(DISPATCH, ("/dispatch", {"through": "order_page"}), ("/out_of_stock", True)))
    assert "goods_are_out_of_stock" in effects(decision, "supports")


# R53: which feedback counts


TICK_LATER = "2022-06-01T10:00:00.000001+08:00"
NOTHING = ("needs_information", [("proof_of_arrival", None)])
NOT_ARRIVED, ARRIVED, TO_A_PERSON = ("not_arrived", []), ("arrived", []), ("manual_review", [])


def asks_for(*needs):
    """More information is needed."""
    return "needs_information", list(needs)


@pytest.mark.parametrize(
    ("evidence", "right"),
    [
        pytest.param([feedback("not_arrived", NINE)], NOT_ARRIVED, id="the order alone bounds it"),
        pytest.param([feedback("not_arrived", "2022-06-01T08:59:59Z")], NOT_ARRIVED, id="in any zone"),
        pytest.param([feedback("arrived", "2022-06-01T08:59:59.999999+08:00")], NOTHING, id="before the order"),
        pytest.param([feedback("not_arrived", TEN), dispatched(TEN)], NOTHING, id="at the dispatch"),
        pytest.param([feedback("not_arrived", TICK_LATER), dispatched(TEN)], NOT_ARRIVED, id="right after it"),
        pytest.param([feedback("not_arrived", TEN), dispatched(None)], NOT_ARRIVED, id="a dispatch without an instant"),
        pytest.param(
            [feedback("not_arrived", TEN), dispatched(TEN, "rejected")], NOT_ARRIVED, id="a rejected proof of dispatch"
        ),
        pytest.param([feedback("arrived", NINE), dispatched(TEN)], ARRIVED, id="arrived, whenever dispatched"),
        pytest.param(
            [feedback("not_arrived", TEN), dispatched(TEN, "unverified")],
            asks_for(("verification", "D1")),
            id="a pending dispatch may bound it",
        ),
        pytest.param(
            [feedback("not_arrived", ELEVEN), dispatched(TEN, None)],
            NOT_ARRIVED,
            id="one that bounds nothing is not asked",
        ),
        pytest.param(
            [feedback("not_arrived", TEN), dispatched(NINE), dispatched(ELEVEN, evidence_id="D2")],
            NOTHING,
            id="the latest instant",
        ),
        pytest.param(
            [feedback("not_arrived", None)], asks_for(("observation_time", "E1")), id="it may be of before the order"
        ),
        pytest.param([feedback("arrived", None)], asks_for(("observation_time", "E1")), id="arrived may be, too"),
        pytest.param(
            [feedback("arrived", TEN), feedback("arrived", None, "E2")], ARRIVED, id="a time that does not matter"
        ),
        pytest.param(
            [feedback("arrived", TEN), feedback("not_arrived", None, "E2")],
            asks_for(("observation_time", "E2")),
            id="it may be later than another",
        ),
        pytest.param(
            [feedback("not_arrived", None), feedback("not_arrived", None, "E2")],
            asks_for(("observation_time", "E1"), ("observation_time", "E2")),
            id="one request a document",
        ),
        pytest.param(
            [feedback("not_arrived", None, verification="unverified")],
            asks_for(("verification", "E1"), ("observation_time", "E1")),
            id="both of one document",
        ),
        pytest.param([feedback("arrived", TEN), feedback("not_arrived", ELEVEN, "E2")], NOT_ARRIVED, id="the latest"),
        pytest.param([feedback("not_arrived", TEN), feedback("arrived", ELEVEN, "E2")], ARRIVED, id="either way"),
        pytest.param(
            [feedback("not_arrived", TEN), feedback("arrived", TEN, "E2")], TO_A_PERSON, id="two at one instant differ"
        ),
        pytest.param(
            [feedback("not_arrived", TEN), feedback("arrived", TEN, "E2"), feedback("arrived", ELEVEN, "E3")],
            ARRIVED,
            id="unless there is a later one",
        ),
        pytest.param(
            [feedback("not_arrived", TEN), feedback("arrived", TEN, "E2"), dispatched(TEN)],
            ARRIVED,
            id="what counts for nothing does not differ",
        ),
        pytest.param(
            [feedback("arrived", TEN), feedback("not_arrived", ELEVEN, "E2"), dispatched(ELEVEN, "unverified")],
            asks_for(("verification", "D1")),
            id="a pending dispatch may leave the earlier one standing",
        ),
    ],
)
def test_the_latest_feedback_in_time_counts(evidence, right):
    case = put(ARRIVAL, "/evidence", evidence)
    decision = judge_any(case)
    assert other_faults(case) == []
    assert (decision["outcome"], asked(decision)) == right


def test_after_closing_a_person_says_when_it_was_observed():
    case = changed(
        ARRIVAL, ("/evidence", [feedback("not_arrived", None)]), ("/evidence_closes_at", "2022-06-19T10:00:00Z")
    )
    assert judge_any(case)["outcome"] == "manual_review"
