"""Checks of the alliance: invalid cases, which clauses apply to whom, and the edges by hand."""

from __future__ import annotations

from typing import Any

import pytest

from adjudicator import Decision, InputError, decide
from adjudicator.model.errors import Fault
from adjudicator.model.finding import Effect
from adjudicator.wire.codec import case_from
from admissions import penalty
from clearances import A_MERCHANT, A_PRODUCT, ONE_THAT_MAY_RETURN, ONE_THAT_WAS_CLEARED
from oracle.edges import put

CLEARED = ("brand_papers_fall_short", "found_unfit_for_promotion")


def decided(document: Any, *changes: tuple[str, Any]) -> Decision:
    """A check decided with these places changed."""
    for place, value in changes:
        document = put(document, place, value)
    decision: Decision = decide(case_from(document))
    return decision


def against(decision: Decision) -> list[str]:
    """The clauses that do not support it."""
    return [finding.clause for finding in decision.findings if finding.effect is not Effect.SUPPORTS]


def test_each_question_has_its_clauses() -> None:
    """For members, admission is not checked again; for products, the merchant's clauses are not."""
    judged = {
        name: [finding.clause for finding in decided(document).findings]
        for name, document in {
            "merchant": A_MERCHANT,
            "cleared": ONE_THAT_WAS_CLEARED,
            "product": A_PRODUCT,
            "returning": ONE_THAT_MAY_RETURN,
        }.items()
    }
    assert judged["merchant"] == ["experience_score_below_3_5", *CLEARED]
    assert judged["product"] == judged["returning"] == [*CLEARED]
    assert judged["cleared"][0] == "shop_is_opened"
    assert judged["cleared"][10:] == ["three_openings_are_used_up"]


@pytest.mark.parametrize(
    ("document", "granted", "refused"),
    [
        (A_MERCHANT, "stays", "may_be_cleared"),
        (ONE_THAT_WAS_CLEARED, "may_reopen", "stays_out"),
        (A_PRODUCT, "stays", "may_be_cleared"),
        (ONE_THAT_MAY_RETURN, "may_be_promoted_again", "stays_out"),
    ],
    ids=["merchant", "cleared merchant", "product", "cleared product"],
)
def test_the_answers_are_those_to_the_question(document: Any, granted: str, refused: str) -> None:
    """Insufficient papers and unfitness count except for reopening (R54), and unknown facts about them are asked for."""
    assert decided(document).outcome == granted
    for place, bad in (("/checked/brand_papers_in_order", False), ("/checked/found_unfit", True)):
        if document is ONE_THAT_WAS_CLEARED:
            assert [decided(document, (place, value)).outcome for value in (bad, None)] == [granted, granted]
            continue
        assert decided(document, (place, bad)).outcome == refused
        unknown = decided(document, (place, None))
        assert (unknown.outcome, len(unknown.requests)) == ("needs_information", 1)
        assert unknown.requests[0].accepts == ({place: ()},)


@pytest.mark.parametrize(
    ("score", "outcome"),
    [("3.5", "stays"), ("3.50", "stays"), ("3.4999999999", "may_be_cleared"), ("0", "may_be_cleared"), ("5", "stays")],
)
def test_a_score_of_exactly_3_5_is_not_cleared(score: str, outcome: str) -> None:
    """R49, exact to the last digit."""
    assert decided(A_MERCHANT, ("/shop/experience_score", score)).outcome == outcome


def test_a_missing_score_is_asked_for() -> None:
    """For a merchant; a product is not cleared because of it."""
    decision = decided(A_MERCHANT, ("/shop/experience_score", None))
    assert [(request.to, request.need) for request in decision.requests] == [("platform", "experience_score")]
    assert decided(A_PRODUCT, ("/shop/experience_score", None)).outcome == "stays"
    assert decided(A_PRODUCT, ("/shop/experience_score", "0")).outcome == "stays"


@pytest.mark.parametrize(
    ("place", "value", "outcome"),
    [
        ("/shop/shop_score", "4.1", "stays_out"),
        ("/shop/shop_score", "4.1000000001", "may_reopen"),
        ("/shop/positive_review_rate", "75", "stays_out"),
        ("/shop/positive_review_rate", "75.000001", "may_reopen"),
        ("/shop/openings_so_far", 2, "may_reopen"),
        ("/shop/openings_so_far", 3, "stays_out"),
        ("/shop/penalties", penalty("2023-08-02T00:00:00+08:00"), "stays_out"),
        ("/shop/penalties", penalty("2023-08-01T23:59:59.999999+08:00"), "may_reopen"),
        ("/shop/warehouse_check_passed", False, "stays_out"),
    ],
)
def test_a_merchant_reopens_if_admission_is_met_again(place: str, value: Any, outcome: str) -> None:
    """The thresholds of admission, the look-back of 365 days and the fourth opening, each at its edge."""
    assert decided(ONE_THAT_WAS_CLEARED, (place, value)).outcome == outcome


def test_virtual_goods_need_no_warehouse() -> None:
    """As in admission. Whether goods are virtual is asked only if it matters."""
    unchecked = put(ONE_THAT_WAS_CLEARED, "/shop/warehouse_check_passed", False)
    assert decided(unchecked, ("/checked/virtual", True)).outcome == "may_reopen"
    unknown = decided(unchecked, ("/checked/virtual", None))
    assert [request.need for request in unknown.requests] == ["product_kind"]
    assert decided(ONE_THAT_WAS_CLEARED, ("/checked/virtual", None)).outcome == "may_reopen"


def test_time_alone_lifts_a_penalty() -> None:
    """The decision says when, even if something else prevents it too."""
    one = ("/shop/penalties", penalty("2024-02-29T10:00:00+08:00"))
    assert str(decided(ONE_THAT_WAS_CLEARED, one).reconsider_at) == "2025-03-01T00:00:00+08:00"
    beside = decided(ONE_THAT_WAS_CLEARED, one, ("/shop/opened", False))
    assert str(beside.reconsider_at) == "2025-03-01T00:00:00+08:00"
    assert decided(A_MERCHANT, one).reconsider_at is None


def test_the_decision_says_that_clearing_is_a_right() -> None:
    """When clearing is open, and never otherwise; the daily check is always mentioned."""
    low = ("/shop/experience_score", "3")
    assert [each.code for each in decided(A_MERCHANT, low).remarks] == [
        "clearing_is_a_right",
        "checked_again_every_day",
    ]
    for decision in (decided(A_MERCHANT), decided(ONE_THAT_WAS_CLEARED, low)):
        assert [each.code for each in decision.remarks] == ["checked_again_every_day"]
    assert against(decided(A_MERCHANT, low)) == ["experience_score_below_3_5"]


@pytest.mark.parametrize(
    ("document", "place", "value", "fault"),
    [
        (A_PRODUCT, "/checked/product_id", None, Fault("/checked/product_id", "nothing", "a value, because of is product")),
        (A_MERCHANT, "/checked/product_id", "P1", Fault("/checked/product_id", '"P1"', "nothing, unless of is product")),
        (A_MERCHANT, "/shop/shop_score", "5.01", Fault("/shop/shop_score", '"5.01"', "a decimal from 0 to 5")),
        (A_MERCHANT, "/shop/openings_so_far", -1, Fault("/shop/openings_so_far", "-1", f"an integer from 0 to {2**53 - 1}")),
    ],
)  # fmt: skip
def test_impossible_values_are_faults_at_their_places(document: Any, place: str, value: Any, fault: Fault) -> None:
    """With its path, its value and what was expected."""
    with pytest.raises(InputError) as error:
        case_from(put(document, place, value))
    assert error.value.faults == (fault,)


def test_a_check_without_its_object_still_reports_its_other_faults() -> None:
    """A missing object hides nothing."""
    with pytest.raises(InputError) as error:
        case_from(put(put(A_MERCHANT, "/checked", None), "/shop/shop_score", "9"))
    assert [each.pointer for each in error.value.faults] == ["/checked", "/shop/shop_score"]
