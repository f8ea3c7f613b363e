"""The dispatch of virtual goods: each period to its last instant, and the requests."""

from __future__ import annotations

from typing import Any

import pytest

from adjudicator import InputError, decide
from adjudicator.wire.codec import case_from
from oracle.edges import put
from virtual.deciding import (
    AFTER_NOW,
    AN_INSTANT,
    BEFORE_IT_WAS_PLACED,
    NOT_AFTER,
    NOT_BEFORE,
    TOO_LATE,
    against,
    asked,
    asked_where,
    decided,
    faults_of,
    reason,
)
from virtual_goods import A_DISPATCH, AN_ARRIVAL, FORMED, NOT_DISPATCHED, OTHERWISE_AGREED

NOT_YET = put(A_DISPATCH, "/dispatch", NOT_DISPATCHED)
LATE_NOW = ("/as_of", "2022-09-01T00:00:00+08:00")
AGREED = ("/goods/commitment", "agreed")
IN_48_HOURS = ("/goods/commitment", "hours_48")
ORDINARY = ("/goods/custom", False)


@pytest.mark.parametrize(
    ("changes", "last", "late"),
    [
        ((), "2022-08-01T12:30:00+08:00", "2022-08-01T12:30:00.000001+08:00"),
        ((IN_48_HOURS,), "2022-08-02T12:30:00+08:00", "2022-08-02T12:30:00.000001+08:00"),
        ((AGREED,), "2022-08-10T23:59:59.999999+08:00", "2022-08-11T00:00:00+08:00"),
        ((ORDINARY, ("/goods/ordinary_hours", 1)), "2022-07-31T13:30:00+08:00", "2022-07-31T13:30:00.000001+08:00"),
    ],
    ids=["24 hours", "48 hours", "10 days", "ordinary"],
)
def test_the_last_instant_of_each_period_is_in_time(changes: Any, last: str, late: str) -> None:
    """For a dispatch at that instant, and for one that is still due then."""
    in_time = decided(A_DISPATCH, LATE_NOW, *changes, ("/dispatch/at", last))
    assert in_time.outcome == "in_order"
    assert reason(decided(A_DISPATCH, LATE_NOW, *changes, ("/dispatch/at", late)), "dispatched_in_time") == "fails"
    due = decided(NOT_YET, *changes, ("/as_of", last))
    assert (due.outcome, asked(due), str(due.requests[0].due_at)) == ("dispatch_due", [("merchant", "dispatch")], last)
    assert str(due.reconsider_at) == late
    over = decided(NOT_YET, *changes, ("/as_of", late))
    assert (over.outcome, reason(over, "dispatched_in_time")) == ("against_the_rule", "not_dispatched")
    assert [each.code for each in over.remarks] == ["dealt_with_under_the_dispatch_rules"]


def test_agreed_days_replace_the_ten() -> None:
    """Three agreed days end with 3 August."""
    document = put(OTHERWISE_AGREED, "/dispatch", NOT_DISPATCHED)
    assert decided(document, ("/as_of", "2022-08-03T23:59:59+08:00")).outcome == "dispatch_due"
    assert decided(document, ("/as_of", "2022-08-04T00:00:00+08:00")).outcome == "against_the_rule"
    unknown = decided(document, ("/goods/agreed_days", None), ("/as_of", "2022-08-04T00:00:00+08:00"))
    assert (unknown.outcome, asked(unknown)) == ("needs_information", [("merchant", "agreed_time")])
    assert unknown.requests[0].accepts == ({"/goods/agreed_days": ()},)


@pytest.mark.parametrize(
    ("physical", "through", "outcome"),
    [
        (False, "order_page", "in_order"),
        (False, "batch_import", "in_order"),
        (False, "logistics", "against_the_rule"),
        (True, "logistics", "in_order"),
        (True, "order_page", "against_the_rule"),
        (True, "batch_import", "against_the_rule"),
    ],
)
def test_only_physical_goods_are_dispatched_by_logistics(physical: bool, through: str, outcome: str) -> None:
    """PV.3(1)."""
    assert decided(A_DISPATCH, ("/goods/physical", physical), ("/dispatch/through", through)).outcome == outcome


def test_false_dispatch_and_lack_of_stock_are_against_the_rule() -> None:
    """PV.3(2): the first after dispatch, the second before."""
    assert against(decided(A_DISPATCH, ("/dispatch/found_false", True))) == ["dispatch_was_false"]
    assert decided(NOT_YET, ("/out_of_stock", True)).outcome == "against_the_rule"
    assert decided(A_DISPATCH, ("/out_of_stock", True)).outcome == "in_order"


def test_an_order_that_is_not_formed_yet_is_not_late() -> None:
    """R5: nothing else is asked about the time, and the decision says when it will change, if that is known."""
    unknown = decided(NOT_YET, ("/order/formed_at", None), ("/goods/commitment", None))
    assert asked(unknown) == [("platform", "order_formed")]
    later = "2022-08-05T00:00:00+08:00"
    assert str(decided(NOT_YET, ("/order/formed_at", later)).reconsider_at) == later


def test_what_makes_no_difference_is_not_asked_for() -> None:
    """R9: after dispatch within 24 hours the promised time does not matter; while it runs, nor does the moment of dispatch."""
    assert decided(A_DISPATCH, ("/goods/commitment", None)).outcome == "in_order"
    while_it_lasts = decided(A_DISPATCH, ("/dispatch/at", None))
    assert (while_it_lasts.outcome, str(while_it_lasts.reconsider_at)) == (
        "in_order",
        "2022-08-01T12:30:00.000001+08:00",
    )
    assert asked(decided(A_DISPATCH, ("/dispatch/at", None), LATE_NOW)) == [("merchant", "dispatch")]


@pytest.mark.parametrize(
    ("document", "figures"),
    [
        (A_DISPATCH, (("/goods/ordinary_hours", 30),)),
        (OTHERWISE_AGREED, (("/goods/ordinary_hours", 15 * 24), ("/goods/agreed_days", 20))),
    ],
    ids=["24 or 30 hours", "15 or 20 days"],
)
def test_a_dispatch_between_two_possible_ends_needs_both_facts(document: Any, figures: Any) -> None:
    """R9: a dispatch between the two is in time for only one of them, so both the limit and the moment are asked for."""
    decision = decided(document, ("/dispatch/at", None), ("/goods/custom", None), *figures, LATE_NOW)
    assert {place for places in asked_where(decision).values() for place in places} == {"/dispatch/at", "/goods/custom"}


def test_reconsider_at_is_the_end_after_which_more_is_asked_even_if_already_open() -> None:
    """R9: the answer depends on the moment of dispatch, and after 24 hours also on the time that the merchant promised."""
    nothing = [(f"/goods/{each}", None) for each in ("custom", "commitment", "ordinary_hours")]
    end = "2022-08-01T12:30:00+08:00"
    after = end.replace("+", ".000001+")
    still = decided(A_DISPATCH, ("/dispatch/at", None), *nothing, ("/as_of", end))
    assert ("merchant", "commitment") not in asked(still)
    assert str(still.reconsider_at) == after
    assert ("merchant", "commitment") in asked(decided(A_DISPATCH, ("/dispatch/at", None), *nothing, ("/as_of", after)))


def test_if_the_time_is_unknown_the_nearest_end_is_given() -> None:
    """24 hours, 48 hours or ten days: nobody must be promised more time than there may be."""
    due = decided(NOT_YET, ("/goods/commitment", None))
    assert (due.outcome, str(due.requests[0].due_at)) == ("dispatch_due", "2022-08-01T12:30:00+08:00")
    after = decided(NOT_YET, ("/goods/commitment", None), ("/as_of", "2022-08-01T13:00:00+08:00"))
    assert asked(after) == [("merchant", "commitment")]


def test_everything_is_asked_about_an_unknown_dispatch() -> None:
    """Whether, when and how, and whether it was false; for the goods, the facts that determine the way and the time."""
    nothing = decided(A_DISPATCH, ("/dispatch", None), ("/goods", {}), ("/out_of_stock", None))
    assert asked_where(nothing) == {
        ("merchant", "dispatch"): ["/dispatch/happened", "/dispatch/at"],
        ("merchant", "dispatch_way"): ["/dispatch/through"],
        ("merchant", "goods"): ["/goods/physical", "/goods/custom"],
        ("platform", "ordinary_dispatch_time"): ["/goods/ordinary_hours"],
        ("platform", "false_dispatch"): ["/dispatch/found_false"],
        ("platform", "stock"): ["/out_of_stock"],
    }
    when = decided(A_DISPATCH, ("/dispatch/at", None), ("/order/formed_at", None))
    assert asked_where(when) == {("platform", "order_formed"): ["/order/formed_at"]}
    how_long = decided(NOT_YET, ("/goods/commitment", None), ("/as_of", "2022-08-05T00:00:00+08:00"))
    assert asked_where(how_long) == {("merchant", "commitment"): ["/goods/commitment"]}
    agreed = decided(NOT_YET, AGREED, ("/goods/agreed_otherwise", None), ("/as_of", "2022-08-12T00:00:00+08:00"))
    (request,) = agreed.requests
    assert request.accepts == (
        {"/goods/agreed_otherwise": (False,)},
        {"/goods/agreed_otherwise": (True,), "/goods/agreed_days": ()},
    )


def test_a_request_about_a_dispatch_asks_only_for_what_is_missing() -> None:
    """Nobody is asked again for what they stated, or for what follows from it."""
    after, nothing_of_it = ("/as_of", "2022-08-05T00:00:00+08:00"), ("/dispatch", None)
    in_time, neither, when = (
        decided(A_DISPATCH, *changes).requests[0]
        for changes in ((nothing_of_it,), (after, nothing_of_it), (after, ("/dispatch/at", None)))
    )
    assert {(each.to, each.need) for each in (in_time, neither, when)} == {("merchant", "dispatch")}
    assert in_time.accepts == neither.accepts == ({"/dispatch/happened": (True,), "/dispatch/at": ()},)
    assert when.accepts == ({"/dispatch/at": ()},)


@pytest.mark.parametrize(
    ("expected", "outcome"),
    [
        ({"at": "2022-08-01T11:00:00+08:00", "through": "order_page", "found_false": False}, "in_order"),
        ({"through": "logistics"}, "against_the_rule"),
        ({"found_false": True}, "against_the_rule"),
    ],
)
def test_a_dispatch_with_details_has_happened(expected: Any, outcome: str) -> None:
    """R52: ``happened`` need not be stated as well."""
    for happened in ({}, {"happened": True}):
        assert decided(A_DISPATCH, ("/dispatch", {**expected, **happened})).outcome == outcome


def test_the_time_is_counted_from_the_formation_of_the_order() -> None:
    """The deadline names that instant, and so does the request."""
    for changes in ((), (AGREED,)):
        due = decided(NOT_YET, *changes)
        (deadline,) = due.deadlines
        assert (deadline.counted_from, str(deadline.starts_at)) == ("formed_at", A_DISPATCH["order"]["formed_at"])
        assert reason(due, "dispatched_in_time") == "still_due"
        assert [request.accepts for request in due.requests] == [({"/dispatch/happened": (True,)},)]
    assert reason(decided(NOT_YET, ("/order/formed_at", None)), "dispatched_in_time") == "not_formed"
    at_once = decided(NOT_YET, ("/order/formed_at", A_DISPATCH["as_of"]))
    assert (at_once.outcome, str(at_once.reconsider_at)) == ("dispatch_due", "2022-08-02T12:00:00.000001+08:00")


NOT_HAPPENED = "nothing, because happened is false"


@pytest.mark.parametrize(
    ("place", "value", "pointer", "shown", "expected"),
    [
        ("/as_of", TOO_LATE, "/as_of", f'"{TOO_LATE}"', AN_INSTANT),
        ("/order/formed_at", TOO_LATE, "/order/formed_at", f'"{TOO_LATE}"', AN_INSTANT),
        ("/order/formed_at", BEFORE_IT_WAS_PLACED, "/order/formed_at", f'"{BEFORE_IT_WAS_PLACED}"', NOT_BEFORE),
        ("/dispatch", {"happened": False, "at": FORMED}, "/dispatch/at", f'"{FORMED}"', NOT_HAPPENED),
        ("/dispatch", {"happened": False, "through": "logistics"}, "/dispatch/through", '"logistics"', NOT_HAPPENED),
        ("/dispatch", {"happened": False, "found_false": True}, "/dispatch/found_false", "true", NOT_HAPPENED),
        ("/dispatch/at", AFTER_NOW, "/dispatch/at", f'"{AFTER_NOW}"', NOT_AFTER),
        ("/dispatch/at", BEFORE_IT_WAS_PLACED, "/dispatch/at", f'"{BEFORE_IT_WAS_PLACED}"', NOT_BEFORE),
        ("/goods/agreed_days", 3, "/goods/agreed_days", "3", "nothing, unless agreed_otherwise is true"),
        ("/goods/agreed_days", 0, "/goods/agreed_days", "0", "an integer from 1 to 3650"),
        ("/goods/ordinary_hours", 0, "/goods/ordinary_hours", "0", "an integer from 1 to 87600"),
        ("/goods/ordinary_hours", 87_601, "/goods/ordinary_hours", "87601", "an integer from 1 to 87600"),
    ],
)
def test_an_impossible_dispatch_is_a_fault(place: str, value: Any, pointer: str, shown: str, expected: str) -> None:
    """At its place, with the value and the expectation."""
    assert faults_of(put(A_DISPATCH, place, value)) == [(pointer, shown, expected)]


def test_an_order_placed_after_everything_else_is_a_fault_everywhere() -> None:
    """It is after ``as_of``, and everything that follows an order is before it; a missing order is reported once."""
    pointers = [pointer for pointer, _, _ in faults_of(put(A_DISPATCH, "/order/placed_at", AFTER_NOW))]
    assert pointers == ["/order/placed_at", "/order/formed_at", "/dispatch/at"]
    pointers = [pointer for pointer, _, _ in faults_of(put(AN_ARRIVAL, "/order/placed_at", AFTER_NOW))]
    assert pointers == ["/claim/filed_at", "/order/placed_at"]
    for document in (A_DISPATCH, AN_ARRIVAL):
        assert faults_of(put(document, "/order", None)) == [("/order", "null", "a value: it is required")]


def test_the_most_that_may_be_agreed_is_no_fault() -> None:
    """And a dispatch that has not happened may be stated not to be false."""
    case_from(put(OTHERWISE_AGREED, "/goods/agreed_days", 3650))
    case_from(put(A_DISPATCH, "/dispatch", {"happened": False, "found_false": False}))
    with pytest.raises(InputError):
        case_from(put(OTHERWISE_AGREED, "/goods/agreed_days", 3651))


IN_20_DAYS = {"agreed_otherwise": True, "agreed_days": 20}


@pytest.mark.parametrize(
    ("goods", "asked"),
    [
        ({"custom": True, "commitment": None, "ordinary_hours": 24, **IN_20_DAYS}, "commitment"),
        ({"custom": None, "commitment": "hours_24", "ordinary_hours": 5, **IN_20_DAYS}, "goods"),
        ({"custom": None, "commitment": "hours_48", "ordinary_hours": 24, **IN_20_DAYS}, "goods"),
        ({"custom": None, "commitment": "agreed", "agreed_otherwise": False, "ordinary_hours": 48}, "goods"),
    ],
)
def test_a_dispatch_of_unknown_time_can_be_between_two_possible_ends(goods: dict[str, Any], asked: str) -> None:
    """It is in time under one limit and late under the other, so the request asks which applies, though both are long over."""
    case = put(A_DISPATCH, "/dispatch/at", None)
    case = put(case, "/as_of", "2022-09-01T00:00:00+08:00")
    for name, value in goods.items():
        case = put(case, f"/goods/{name}", value)
    decision = decide(case_from(case))
    assert decision.outcome == "needs_information"
    assert {request.need for request in decision.requests} == {"dispatch", asked}
