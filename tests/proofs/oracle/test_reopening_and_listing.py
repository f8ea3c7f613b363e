"""R54, R55 and R59: what reopening requires, and what never refuses a listing; worked out by hand."""

import pytest

from . import judge_any, other_faults
from .edges import put
from .plain_cases import CLEARED, LISTED, asked, changed

# R54: what reopening requires


PROMOTED = put(CLEARED, "/checked/state", "promoted")
IN_ORDER = (("/checked/brand_papers_in_order", True), ("/checked/found_unfit", False))


@pytest.mark.parametrize(
    ("case", "right"),
    [
        (CLEARED, ("may_reopen", [])),
        (
            changed(CLEARED, ("/checked/brand_papers_in_order", False), ("/checked/found_unfit", True)),
            ("may_reopen", []),
        ),
        (put(CLEARED, "/shop/experience_score", "0"), ("may_reopen", [])),
        (put(CLEARED, "/shop/shop_score", None), ("needs_information", [("shop_score", None)])),
        (put(CLEARED, "/shop/shop_score", "4.1"), ("stays_out", [])),
        (put(CLEARED, "/shop/openings_so_far", 3), ("stays_out", [])),
        (changed(PROMOTED, *IN_ORDER), ("needs_information", [("experience_score", None)])),
        (changed(PROMOTED, *IN_ORDER, ("/shop/experience_score", "3.5")), ("stays", [])),
        (changed(PROMOTED, *IN_ORDER, ("/shop/experience_score", "3.49")), ("may_be_cleared", [])),
        (changed(PROMOTED, *IN_ORDER, ("/shop/experience_score", "3.5"), ("/shop/shop_score", "0")), ("stays", [])),
    ],
)
def test_papers_and_fitness_do_not_prevent_reopening_and_neither_score_replaces_the_other(case, right):
    decision = judge_any(case)
    assert other_faults(case) == []
    assert (decision["outcome"], asked(decision)) == right


# R55 and R59: what never refuses a listing


@pytest.mark.parametrize(
    ("changes", "remarks"),
    [
        ([], []),
        ([("/product/regional", True)], []),
        ([("/product/regional", True), ("/product/open_nationwide", True)], ["nationwide_loses_promotion_slots"]),
        ([("/product/open_nationwide", True)], []),
        ([("/shop/diverts_users", True)], ["users_are_diverted"]),
        ([("/shop/hoards_users", True)], ["users_are_hoarded"]),
        ([("/shop/unconfirmed_pushes", True)], ["pushes_are_not_confirmed"]),
        ([("/shop/required_reply_rate", "90"), ("/shop/reply_rate", "90.0")], []),
        ([("/shop/required_reply_rate", "90"), ("/shop/reply_rate", "89.9")], ["replies_below_the_required_rate"]),
        ([("/shop/reply_rate", "0")], []),
    ],
)
def test_conduct_and_region_are_remarks(changes, remarks):
    decision = judge_any(changed(LISTED, *changes))
    assert (decision["outcome"], asked(decision)) == ("may_be_listed", [])
    assert decision["remarks"] == [*remarks, "listing_rules_also_bind_later"]
