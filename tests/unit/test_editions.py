"""Each edition matches the contract: its clauses in order, with role and citation, its switches and remarks."""

from __future__ import annotations

import datetime as dt
from typing import Final

import pytest

from adjudicator import Instant
from adjudicator.engine.policy import Edition
from adjudicator.engine.registry import editions_named, policies

REQUIREMENT, BAR = "requirement", "bar"

AUTHENTICITY: Final = (
    ("against_a_global_merchant", REQUIREMENT, ("DG.1.3(1)",)),
    ("filed_on_the_authenticity_path", REQUIREMENT, ("DG.1.2(1)", "DG.1.3(3)")),
    ("filed_within_ninety_days", REQUIREMENT, ("DG.1.3(2)",)),
    ("filed_in_due_form", REQUIREMENT, ("DG.1.3(3)",)),
    ("counterfeit_is_proven", REQUIREMENT, ("DG.1.3(4)",)),
    ("claimant_is_the_brand_owner", BAR, ("DG.1.4(1)",)),
    ("claimant_caused_the_fake", BAR, ("DG.1.4(2)",)),
    ("not_for_personal_consumption", BAR, ("DG.1.4(3)",)),
    ("goods_were_swapped", BAR, ("DG.1.4(4)",)),
    ("evidence_is_inconclusive", BAR, ("DG.1.4(5)",)),
)
DAMAGE: Final = (
    ("against_a_global_merchant", REQUIREMENT, ("DG.3.1",)),
    ("goods_carry_the_damage_badge", REQUIREMENT, ("DG.3.3(1)",)),
    ("filed_on_the_order_page", REQUIREMENT, ("DG.3.2(1)",)),
    ("filed_within_the_damage_window", REQUIREMENT, ("DG.3.3(2)",)),
    ("filed_in_due_form", REQUIREMENT, ("DG.3.1",)),
    ("damage_proof_is_usable", REQUIREMENT, ("DG.3.3(3)",)),
    ("broken_and_leaking_on_arrival", REQUIREMENT, ("DG.3.1",)),
)
LOCAL_RETURN: Final = (
    ("against_a_global_merchant", REQUIREMENT, ("DG.2.2(2)",)),
    ("filed_as_return_and_refund", REQUIREMENT, ("DG.2.2(1)",)),
    ("filed_in_due_form", REQUIREMENT, ("DG.2.1",)),
    ("sold_to_a_named_territory", REQUIREMENT, ("DG.2.1",)),
    ("merchant_names_a_local_address", REQUIREMENT, ("DG.2.1",)),
    ("parties_agreed", REQUIREMENT, ("DG.2.1",)),
)
SEVEN_DAYS: Final = (
    ("returned_by_the_buyer", REQUIREMENT, ("CL.25(1)",)),
    ("claimed_as_a_return", REQUIREMENT, ("CL.25(1)",)),
    ("claimed_within_seven_days", REQUIREMENT, ("CL.25(1)",)),
    ("goods_are_back", REQUIREMENT, ("CL.25(3)",)),
    ("goods_are_intact", REQUIREMENT, ("CL.25(3)",)),
    ("made_to_order", BAR, ("CL.25(1)",)),
    ("fresh_and_perishable", BAR, ("CL.25(1)",)),
    ("unsealed_digital_goods", BAR, ("CL.25(1)",)),
    ("newspapers_and_periodicals", BAR, ("CL.25(1)",)),
    ("excluded_at_purchase", BAR, ("CL.25(2)",)),
)
ADMISSION: Final = (
    ("shop_is_opened", REQUIREMENT, ("DA.1(1)",)),
    ("shop_is_in_normal_state", REQUIREMENT, ("DA.1(2)",)),
    ("account_in_good_standing", REQUIREMENT, ("DA.1(3)",)),
    ("orders_in_the_last_30_days", REQUIREMENT, ("DA.1(4)",)),
    ("shop_score_above_4_1", REQUIREMENT, ("DA.1(5)",)),
    ("positive_reviews_above_75_percent", REQUIREMENT, ("DA.1(6)",)),
    ("warehouse_check_passed", REQUIREMENT, ("DA.1(7)",)),
    ("platform_and_erp_connected", REQUIREMENT, ("DA.1(8)",)),
    ("no_evasion_penalty_in_365_days", REQUIREMENT, ("DA.1(9)",)),
    ("controllers_other_shops_are_clean", REQUIREMENT, ("DA.1(10)",)),
    ("three_openings_are_used_up", BAR, ("DA.2(4)",)),
)
CLEARANCE: Final = (
    *ADMISSION[:-1],
    ("experience_score_below_3_5", BAR, ("DA.2(1)",)),
    ("brand_papers_fall_short", BAR, ("DA.2(2)",)),
    ("found_unfit_for_promotion", BAR, ("DA.2(3)",)),
    ADMISSION[-1],
)
LISTING: Final = (
    ("agreement_is_accepted", REQUIREMENT, ("PV.1",)),
    ("entry_review_is_passed", REQUIREMENT, ("PV.1",)),
    ("virtual_deposit_is_paid", REQUIREMENT, ("PV.1",)),
    ("contact_with_operations_is_complete", REQUIREMENT, ("PV.1",)),
    ("in_one_of_the_ten_categories", REQUIREMENT, ("PV.2(1)",)),
    ("goods_keep_the_platform_rules", REQUIREMENT, ("PV.2(1)",)),
    ("api_for_direct_top_up_only", REQUIREMENT, ("PV.2(2)",)),
    ("api_merchant_trades_where_it_must", REQUIREMENT, ("PV.2(2)",)),
    ("api_is_authorised", REQUIREMENT, ("PV.2(2)",)),
    ("api_from_an_enterprise_shop", REQUIREMENT, ("PV.2(2)",)),
    ("api_is_reviewed", REQUIREMENT, ("PV.2(2)",)),
    ("api_has_a_price_advantage", REQUIREMENT, ("PV.2(2)",)),
    ("travel_from_an_enterprise_shop", REQUIREMENT, ("PV.2(3)",)),
    ("travel_is_fulfilled_in_15_days", REQUIREMENT, ("PV.2(3)",)),
    ("offline_service_is_fulfilled_in_15_days", REQUIREMENT, ("PV.2(4)",)),
    ("stored_value_is_short_or_approved", REQUIREMENT, ("PV.2(5)",)),
    ("rental_lasts_15_days_at_most", REQUIREMENT, ("PV.2(6)",)),
    ("number_is_asked_for", REQUIREMENT, ("PV.2(8)",)),
    ("internet_phone_needs_an_app", BAR, ("PV.2(7)",)),
)
DISPATCH: Final = (
    ("dispatched_in_the_right_way", REQUIREMENT, ("PV.3(1)",)),
    ("dispatched_in_time", REQUIREMENT, ("PV.3(1)", "PV.3(3)")),
    ("dispatch_was_false", BAR, ("PV.3(2)",)),
    ("goods_are_out_of_stock", BAR, ("PV.3(2)",)),
)
ARRIVAL: Final = (("top_up_did_not_arrive", REQUIREMENT, ("PV.4",)),)
TASK: Final = (
    ("taken_by_the_right_side", REQUIREMENT, ("DX.1", "DX.2")),
    ("qualification_is_certified", REQUIREMENT, ("DX.1(1)",)),
    ("payment_is_checked", REQUIREMENT, ("DX.1(2)",)),
    ("agreement_is_signed", REQUIREMENT, ("DX.1(3)",)),
    ("the_task_is_new", REQUIREMENT, ("DX.1",)),
    ("a_task_is_offered", REQUIREMENT, ("DX.2",)),
    ("a_script_is_awaited", REQUIREMENT, ("DX.2(1)",)),
    ("a_script_is_before_the_client", REQUIREMENT, ("DX.2(1)",)),
    ("changes_are_stated", REQUIREMENT, ("DX.2(1)",)),
    ("a_video_is_awaited", REQUIREMENT, ("DX.2(2)",)),
    ("a_video_is_in_review", REQUIREMENT, ("DX.2(2)",)),
    ("the_review_is_passed", REQUIREMENT, ("DX.2(2)",)),
    ("a_video_is_before_the_client", REQUIREMENT, ("DX.2(2)",)),
    ("the_video_is_confirmed", REQUIREMENT, ("DX.2(3)",)),
    ("the_content_is_published", REQUIREMENT, ("DX.2(4)",)),
    ("the_content_is_public", REQUIREMENT, ("DX.2(3)", "DX.2(4)")),
    ("the_content_is_accepted", REQUIREMENT, ("DX.2(5)",)),
    ("ending_is_agreed_or_decided", REQUIREMENT, ("DX.2",)),
    ("three_rejections_of_the_script_are_used_up", BAR, ("DX.2(1)",)),
    ("two_rejections_of_the_video_are_used_up", BAR, ("DX.2(2)",)),
)
CLAUSES: Final = {
    "consumer_law.seven_day_return": SEVEN_DAYS,
    "douyin_alliance.admission": ADMISSION,
    "douyin_alliance.clearance": CLEARANCE,
    "douyin_global.authenticity": AUTHENTICITY,
    "douyin_global.damage": DAMAGE,
    "douyin_global.local_return": LOCAL_RETURN,
    "douyin_xingtu.task": TASK,
    "pinduoduo.virtual_listing": LISTING,
    "pinduoduo.virtual_dispatch": DISPATCH,
    "pinduoduo.virtual_arrival": ARRIVAL,
}
GLOBAL_FROM: Final = dt.date(2022, 3, 15)
ALLIANCE_FROM: Final = dt.date(2024, 7, 25)
VIRTUAL_FROM: Final = dt.date(2018, 10, 24)
BEGINS: Final = dict.fromkeys(CLAUSES, GLOBAL_FROM) | {
    "consumer_law.seven_day_return": dt.date(2014, 3, 15),
    "douyin_alliance.admission": ALLIANCE_FROM,
    "douyin_alliance.clearance": ALLIANCE_FROM,
    "pinduoduo.virtual_listing": VIRTUAL_FROM,
    "pinduoduo.virtual_dispatch": VIRTUAL_FROM,
    "pinduoduo.virtual_arrival": VIRTUAL_FROM,
}
REVISIONS: Final = dict.fromkeys(CLAUSES, 2) | {
    "consumer_law.seven_day_return": 1,
    "douyin_global.damage": 1,
    "douyin_global.local_return": 1,
    "douyin_xingtu.task": 3,
    "pinduoduo.off_platform_trading": 4,
    "pinduoduo.virtual_arrival": 5,
}
"""The revision of each policy: the number of corrections that changed a verdict, plus one, as in the changelog."""

SETTINGS: Final[dict[str, dict[str, object]]] = {
    "douyin_global.authenticity": {"last_day_rolls_over": False, "holidays": frozenset()},
    "douyin_global.damage": {"leak_required": True},
}
REMARKS: Final[dict[str, dict[str, tuple[str, ...]]]] = {
    "consumer_law.seven_day_return": {
        "price_is_due_in_seven_days": ("CL.25(3)",),
        "consumer_pays_the_return": ("CL.25(3)",),
        "merchant_pays_the_return": ("CL.25(3)",),
        "other_rights_remain": ("R46",),
    },
    "douyin_global.authenticity": {
        "counted_in_calendar_days": ("R1",),
        "share_rounded_up": ("R12",),
        "price_adjustment_lowers_the_base": ("R11",),
        "more_units_may_follow": ("R28",),
        "units_are_counted_by_amount": ("R50",),
        "platform_may_turn_down": ("DG.1.4", "R45"),
        "rights_by_law_remain": ("R46",),
    },
    "douyin_global.damage": {
        "seal_failure_counts_as_broken": ("R32",),
        "leak_is_required": ("R32",),
        "share_rounded_up": ("R12",),
        "price_adjustment_lowers_the_base": ("R11",),
        "more_units_may_follow": ("R28",),
        "rights_by_law_remain": ("R46",),
    },
    "douyin_global.local_return": {"rights_by_law_remain": ("R46",)},
    "douyin_alliance.clearance": {
        "clearing_is_a_right": ("DA.2", "R45"),
        "checked_again_every_day": ("DA.2(4)", "DA.2(5)"),
    },
    "douyin_xingtu.task": {"the_client_may_still_confirm": ("DX.2(1)", "DX.2(2)", "R61")},
    "pinduoduo.virtual_listing": {
        "nationwide_loses_promotion_slots": ("PV.2(9)", "R45", "R55"),
        "replies_below_the_required_rate": ("PV.5", "R59"),
        "users_are_diverted": ("PV.5", "R59"),
        "users_are_hoarded": ("PV.5", "R59"),
        "pushes_are_not_confirmed": ("PV.5", "R59"),
        "listing_rules_also_bind_later": ("PV.5",),
    },
    "pinduoduo.virtual_dispatch": {"dealt_with_under_the_dispatch_rules": ("PV.3(2)", "R45")},
    "pinduoduo.virtual_arrival": {
        "merchant_keeps_proof_of_dispatch": ("PV.4",),
        "own_screenshot_proves_nothing": ("PV.4",),
    },
}


@pytest.fixture(params=CLAUSES)
def edition(request: pytest.FixtureRequest) -> Edition:
    """The one edition of each policy."""
    (found,) = policies()[request.param]
    return found


def test_the_clauses_are_those_of_the_contract_in_its_order(edition: Edition) -> None:
    """Name, role and citation."""
    found = tuple((clause.name, clause.role.value, clause.cites) for clause in edition.clauses)
    assert found == CLAUSES[edition.policy]


def test_an_edition_governs_from_the_first_instant_of_its_day_in_beijing(edition: Edition) -> None:
    """It is named after that day; its revision counts the corrections that changed a verdict."""
    begins = BEGINS[edition.policy]
    assert (edition.name, edition.revision) == (begins.isoformat(), REVISIONS[edition.policy])
    assert edition.governs_from == Instant.parse(f"{begins}T00:00:00+08:00")


def test_the_switches_are_set_as_the_readings_say(edition: Edition) -> None:
    """R4 and R32: no roll over holidays, and the leak is required."""
    assert dict(edition.settings) == SETTINGS.get(edition.policy, {})


def test_the_remarks_rest_on_their_readings(edition: Edition) -> None:
    """In the order in which they are made."""
    found = {
        each.__name__: edition.nodes[each.__name__].citation.citations(edition.article) for each in edition.remarks
    }
    assert list(found.items()) == list(REMARKS.get(edition.policy, {}).items())


def test_an_edition_has_the_title_of_its_file(edition: Edition) -> None:
    """The first line of the file is its title, and names the part of the rule that it implements."""
    assert edition.title == (edition.about or "").splitlines()[0]
    assert f"({edition.article.replace('; ', ', ')})" in edition.title


def test_editions_are_found_by_the_name_of_their_policy_or_their_pack(monkeypatch: pytest.MonkeyPatch) -> None:
    assert editions_named("douyin_global.damage") == policies()["douyin_global.damage"]
    assert {each.policy.partition(".")[0] for each in editions_named("douyin_global")} == {"douyin_global"}
    assert len({each.policy for each in editions_named("douyin_global")}) == 3
    known = ", ".join(("consumer_law, douyin_alliance, douyin_global, douyin_xingtu, pinduoduo", *policies()))
    with pytest.raises(LookupError, match=rf"^there is no pack and no policy acme; there are: {known}$"):
        editions_named("acme")
    monkeypatch.setattr("adjudicator.engine.registry.policies", dict)
    monkeypatch.setattr("importlib.metadata.entry_points", lambda **_: ())
    with pytest.raises(LookupError, match=r"^there is no pack acme; no pack of policies is installed$"):
        editions_named("acme")
