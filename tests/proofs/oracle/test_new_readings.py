"""The readings R50 to R60, each worked out by hand: a few plain cases, one change each, and what is right then."""

import copy
from datetime import datetime

import pytest

from . import faults, judge, judge_any, other_faults
from .edges import put


def report(evidence_id="E1", units=1, role="brand_owner", conclusion="counterfeit", **changes):
    """A verified appraisal of the line's own brand, unless changed."""
    return {
        "id": evidence_id,
        "kind": "appraisal_report",
        "submitted_by": "consumer",
        "submitted_at": "2022-04-10T09:00:00+08:00",
        "line_ids": ["L1"],
        "verification": "verified",
        "issuer": {"role": role},
        "brand": "Lumière",
        "conclusion": conclusion,
        "units_covered": units,
        **changes,
    }


def paid(kind, amount, claim_id="A1", line_id="L1", **changes):
    """An earlier payment."""
    return {"kind": kind, "line_id": line_id, "amount": amount, "claim_id": claim_id, **changes}


def line(line_id="L1", quantity=2, goods_paid=88_000):
    """A line of which everything is known."""
    return {
        "id": line_id,
        "brand": "Lumière",
        "category": "other",
        "barcode": "690",
        "quantity": quantity,
        "goods_paid": goods_paid,
        "tax_paid": 0,
        "badges": ["damage"],
        "completed_at": "2022-04-01T10:00:00+08:00",
    }


CLAIM = {
    "id": "case-1",
    "policy": "douyin_global.authenticity",
    "as_of": "2022-04-20T12:00:00+08:00",
    "claim": {
        "id": "A2",
        "claimant_id": "b",
        "filed_at": "2022-04-09T10:00:00+08:00",
        "filed_through": "order_page",
        "reason": "counterfeit",
        "service": "refund_only",
        "demands": ["refund", "tenfold_compensation"],
        "items": [{"line_id": "L1", "quantity": 1}],
    },
    "order": {
        "id": "O",
        "buyer_id": "b",
        "placed_at": "2022-03-20T10:00:00+08:00",
        "market": "CN",
        "currency": "CNY",
        "postage_paid": 0,
        "merchant": {"id": "M", "programme": "global", "return_addresses": []},
        "lines": [line(), line("L2")],
        "parcels": [{"waybill_no": "W", "signed_at": "2022-04-08T10:00:00+08:00", "line_ids": ["L1", "L2"]}],
    },
    "evidence": [report()],
    "settlements": [],
}
"""One unit is claimed of two that cost 88,000 fen, and one report covers one unit: 44,000 back, and 440,000 on top."""
CLOSED = ("/claim/evidence_closes_at", "2022-04-15T00:00:00+08:00")
USED = [paid("compensation", 440_000)]


def changed(case, *changes):
    """The case with other values at some places, also where there is nothing yet."""
    case = copy.deepcopy(case)
    for place, value in changes:
        case = put(case, place, value)
    return case


def asked(decision):
    """What is asked, of which document."""
    return [(each["need"], each.get("evidence_id")) for each in decision["requests"]]


def effects(decision, effect):
    """The clauses with an effect."""
    return sorted(each["clause"] for each in decision["findings"] if each["effect"] == effect)


# R50: a proof is used up

LEFT = ("approved", 1, [])
USED_UP = ("needs_information", 0, [("counterfeit_proof", None)])
BY_A_PERSON = ("manual_review", 0, [])


@pytest.mark.parametrize(
    ("covered", "settlements", "right"),
    [
        pytest.param(1, [], LEFT, id="nothing was compensated"),
        pytest.param(1, USED, USED_UP, id="the one unit was compensated"),
        pytest.param(2, USED, LEFT, id="another unit is covered"),
        pytest.param(None, USED, USED_UP, id="a report without a figure is known to carry one"),
        pytest.param(1, [paid("compensation", 440_000, None)], USED_UP, id="under a claim that is not stated"),
        pytest.param(1, [paid("compensation", 440_000, "A2")], LEFT, id="under this claim"),
        pytest.param(1, [paid("compensation", 440_000, line_id="L2")], LEFT, id="on another line"),
        pytest.param(1, [paid("refund", 44_000)], LEFT, id="a refund is no compensation"),
        pytest.param(2, [paid("compensation", 440_000, units=2)], USED_UP, id="the units are stated"),
        pytest.param(1, [paid("compensation", 0, units=1)], USED_UP, id="stated, though nothing was paid"),
        pytest.param(1, [paid("compensation", 0)], LEFT, id="nothing paid and no units is no unit"),
        pytest.param(1, [paid("compensation", 1)], USED_UP, id="a fen takes a unit"),
        pytest.param(2, [paid("compensation", 440_001)], USED_UP, id="a fen more than one unit takes two"),
        pytest.param(2, [paid("compensation", 880_001)], USED_UP, id="more than there is takes all units"),
        pytest.param(3, [paid("compensation", 880_001)], LEFT, id="and no more than all units"),
        pytest.param(
            2,
            [paid("compensation", 1), paid("compensation", 1, "A0")],
            USED_UP,
            id="each settlement is counted by itself",
        ),
        pytest.param(
            2,
            [*USED, paid("price_adjustment", 44_000, None)],
            USED_UP,
            id="on the base of today one unit counts as two",
        ),
        pytest.param(
            2,
            [paid("compensation", 440_000, units=1), paid("price_adjustment", 44_000, None)],
            LEFT,
            id="unless stated",
        ),
        pytest.param(1, [USED[0] | {"reversed_at": "2022-04-12T00:00:00Z"}], LEFT, id="taken back again (R51)"),
    ],
)
def test_units_that_were_compensated_are_taken_from_those_that_are_covered(covered, settlements, right):
    case = changed(CLAIM, ("/evidence", [report(units=covered)]), ("/settlements", settlements))
    decision = judge(case)
    assert faults(case) == []
    assert (decision["outcome"], decision["lines"][0]["units"], asked(decision)) == right


@pytest.mark.parametrize(
    ("evidence", "right"),
    [
        pytest.param(
            [report(), report("E2", 2, verification="unverified")],
            ("needs_information", 0, [("verification", "E2")]),
            id="a pending document that would leave units is waited for",
        ),
        pytest.param(
            [report(), report("E2", 1, verification="unverified")], USED_UP, id="one that would leave none is not"
        ),
        pytest.param(
            [report("E1", 1, verification="unverified"), report("E2", 2, verification="unverified")],
            ("needs_information", 0, [("verification", "E2")]),
            id="of two pending ones only the one that would leave units",
        ),
        pytest.param(
            [report("E1", 2), report("E2", 3, verification="unverified")],
            LEFT,
            id="a pending document that would only add units is not",
        ),
        pytest.param([report("E1", 2), report("E2", 1)], LEFT, id="the largest figure"),
        pytest.param([report("E1", 1), report("E2", 1)], USED_UP, id="never the sum"),
        pytest.param(
            [report(role="accredited_lab")], BY_A_PERSON, id="a finding from anyone else is for a person (R24)"
        ),
        pytest.param(
            [report(), report("E2", role="accredited_lab")],
            BY_A_PERSON,
            id="also beside a proof that is as if it were not there",
        ),
        pytest.param([report(), report("E2", conclusion="genuine")], BY_A_PERSON, id="documents still disagree (R26)"),
        pytest.param(
            [report(), report("E2", 2, conclusion="genuine", verification="unverified")],
            ("needs_information", 0, [("verification", "E2")]),
            id="a pending one that would disagree is waited for",
        ),
    ],
)
def test_what_else_is_handed_in_counts_as_before(evidence, right):
    decision = judge(changed(CLAIM, ("/evidence", evidence), ("/settlements", USED)))
    assert (decision["outcome"], decision["lines"][0]["units"], asked(decision)) == right


@pytest.mark.parametrize(
    ("evidence", "outcome", "undecided", "defeating"),
    [
        ([report()], "denied", ["counterfeit_is_proven"], ["evidence_is_inconclusive"]),
        ([report(), report("E2", 2, verification="unverified")], "manual_review", ["counterfeit_is_proven"], []),
        ([report(), report("E2", role="accredited_lab")], "manual_review", ["counterfeit_is_proven"], []),
        ([report("E1", 2)], "approved", [], []),
    ],
)
def test_after_closing_a_proof_used_up_is_as_if_there_were_none(evidence, outcome, undecided, defeating):
    decision = judge(changed(CLAIM, ("/evidence", evidence), ("/settlements", USED), CLOSED))
    assert decision["outcome"] == outcome
    assert (effects(decision, "undecided"), effects(decision, "defeats")) == (undecided, defeating)
    assert decision["requests"] == []


def test_the_units_that_are_left_are_approved():
    """Of three covered one was compensated: two of three, 2/3 of 90,000 and ten times that."""
    decision = judge(
        changed(
            CLAIM,
            ("/order/lines/0", line(quantity=3, goods_paid=90_000)),
            ("/claim/items/0/quantity", 3),
            ("/evidence", [report(units=3)]),
            ("/settlements", [paid("compensation", 300_000)]),
        )
    )
    assert decision["outcome"] == "partially_approved"
    assert [(each["kind"], each["amount"], each["units"]) for each in decision["awards"]] == [
        ("refund", 60_000, 2),
        ("compensation", 600_000, 2),
    ]


def test_a_line_with_a_used_up_proof_does_not_hold_the_other_up():
    decision = judge(
        changed(
            CLAIM,
            ("/claim/items", [{"line_id": "L1", "quantity": 1}, {"line_id": "L2", "quantity": 1}]),
            ("/evidence", [report(line_ids=[])]),
            ("/settlements", USED),
        )
    )
    assert [each["outcome"] for each in decision["lines"]] == ["needs_information", "approved"]
    assert {each["line_id"] for each in decision["awards"]} == {"L2"}


@pytest.mark.parametrize(
    ("settlements", "right"),
    [
        ([], [("refund", 88_000, 2), ("compensation", 880_000, 2)]),
        ([paid("refund", 44_000, "A2")], [("refund", 44_000, 1), ("compensation", 880_000, 2)]),
        ([paid("refund", 10_000, "A2", units=2)], [("refund", 78_000, 0), ("compensation", 880_000, 2)]),
        ([paid("refund", 10_000, "A2", units=3)], [("refund", 78_000, 0), ("compensation", 880_000, 2)]),
        ([paid("compensation", 440_001, "A2")], [("refund", 88_000, 2), ("compensation", 439_999, 0)]),
        ([paid("refund", 44_000, "A1")], [("refund", 44_000, 2), ("compensation", 880_000, 2)]),
    ],
)
def test_an_award_tells_the_units_that_it_settles(settlements, right):
    """The approved ones less those for which this claim was paid before."""
    decision = judge(
        changed(
            CLAIM,
            ("/claim/items/0/quantity", 2),
            ("/evidence", [report(units=2)]),
            ("/settlements", settlements),
        )
    )
    assert [(each["kind"], each["amount"], each["units"]) for each in decision["awards"]] == right


def test_postage_and_tax_have_no_units():
    decision = judge(changed(CLAIM, ("/order/postage_paid", 1_200)))
    assert [(each["kind"], each["units"]) for each in decision["awards"]][-1] == ("postage", None)


# R51: what was taken back

BACK = {"reversed_at": "2022-04-20T12:00:00+08:00"}


@pytest.mark.parametrize(
    "settlement",
    [
        paid("refund", 88_000),
        paid("refund", 44_000, "A2"),
        paid("compensation", 880_000, "A2"),
        paid("price_adjustment", 40_000, None),
        paid("postage", 1_200, None, line_id=None),
    ],
)
def test_what_was_taken_back_counts_for_nothing(settlement):
    """It changes what is paid as long as it stands, and nothing but keys once it was taken back, be it this very instant."""
    case = changed(CLAIM, ("/order/postage_paid", 1_200), ("/claim/requested_amount", 485_000))
    none, stands, back = (judge(put(case, "/settlements", some)) for some in ([], [settlement], [settlement | BACK]))
    for decision in (none, stands, back):
        decision["awards"] = [{**each, "key": None, "key_basis": None} for each in decision["awards"]]
    assert back == none
    assert stands["awards"] != none["awards"]


# R52: what implies what

DISPATCH = {
    "id": "x",
    "policy": "pinduoduo.virtual_dispatch",
    "as_of": "2022-06-05T00:00:00+08:00",
    "order": {"id": "O", "placed_at": "2022-06-01T00:00:00+08:00", "formed_at": "2022-06-01T00:00:00+08:00"},
    "goods": {"physical": False, "custom": True, "commitment": "hours_24"},
    "dispatch": {},
    "out_of_stock": False,
}


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
def test_a_dispatch_of_which_something_is_told_has_happened(dispatch, outcome, asks):
    decision = judge_any(put(DISPATCH, "/dispatch", dispatch))
    assert decision["outcome"] == outcome
    assert {need for need, _ in asked(decision)} == asks


def test_a_dispatch_that_is_implied_is_not_out_of_stock():
    """What was dispatched was there."""
    decision = judge_any(changed(DISPATCH, ("/dispatch", {"through": "order_page"}), ("/out_of_stock", True)))
    assert "goods_are_out_of_stock" in effects(decision, "supports")


# R53: which feedback counts

NINE, TEN, ELEVEN = (f"2022-06-01T{hour:02}:00:00+08:00" for hour in (9, 10, 11))
TICK_LATER = "2022-06-01T10:00:00.000001+08:00"


def feedback(shows, at, evidence_id="E1", verification="verified"):
    """Official feedback about the account in question."""
    return {
        "id": evidence_id,
        "kind": "official_feedback",
        "submitted_by": "consumer",
        "submitted_at": "2022-06-19T00:00:00+08:00",
        "verification": verification,
        "shows": shows,
        "platform": "p",
        "account": "a",
        "observed_at": at,
    }


def dispatched(at, verification="verified", evidence_id="D1"):
    """A proof of dispatch."""
    return {
        "id": evidence_id,
        "kind": "dispatch_proof",
        "submitted_by": "merchant",
        "submitted_at": "2022-06-19T00:00:00+08:00",
        "verification": verification,
        "dispatched_at": at,
    }


ARRIVAL = {
    "id": "x",
    "policy": "pinduoduo.virtual_arrival",
    "as_of": "2022-06-20T00:00:00+08:00",
    "claim": {"id": "C", "filed_at": "2022-06-19T00:00:00+08:00"},
    "order": {"id": "O", "placed_at": NINE},
    "top_up": {"account_platform": "p", "account": "a"},
    "evidence": [],
}
NOTHING = ("needs_information", [("proof_of_arrival", None)])
NOT_ARRIVED, ARRIVED, TO_A_PERSON = ("not_arrived", []), ("arrived", []), ("manual_review", [])


def asks_for(*needs):
    """More is needed."""
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
def test_the_latest_feedback_in_time_stands(evidence, right):
    case = put(ARRIVAL, "/evidence", evidence)
    decision = judge_any(case)
    assert other_faults(case) == []
    assert (decision["outcome"], asked(decision)) == right


def test_after_closing_a_person_says_when_it_was_observed():
    case = changed(
        ARRIVAL, ("/evidence", [feedback("not_arrived", None)]), ("/evidence_closes_at", "2022-06-19T10:00:00Z")
    )
    assert judge_any(case)["outcome"] == "manual_review"


# R54: what a reopening takes

CLEARED = {
    "id": "x",
    "policy": "douyin_alliance.clearance",
    "as_of": "2024-08-01T12:00:00+08:00",
    "checked": {"of": "merchant", "state": "cleared", "virtual": False},
    "shop": {
        "id": "S",
        "opened": True,
        "state": "normal",
        "account_in_good_standing": True,
        "order_amount_30_days": 1,
        "shop_score": "4.5",
        "positive_review_rate": "90",
        "warehouse_check_passed": True,
        "alliance_platform_connected": True,
        "erp_connected": True,
        "penalties": [],
        "controller_shops": {"listed_serious_penalty": False, "grave_danger": False},
        "openings_so_far": 1,
    },
}
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
def test_papers_and_fitness_hold_no_reopening_up_and_neither_score_stands_in_for_the_other(case, right):
    decision = judge_any(case)
    assert other_faults(case) == []
    assert (decision["outcome"], asked(decision)) == right


# R55 and R59: what never refuses a listing

LISTED = {
    "id": "x",
    "policy": "pinduoduo.virtual_listing",
    "as_of": "2022-08-01T12:00:00+08:00",
    "shop": {
        "id": "S",
        "type": "enterprise",
        "agreement_accepted": True,
        "entry_review_passed": True,
        "virtual_deposit": 1_000_000,
        "operations_contact_complete": True,
    },
    "product": {
        "id": "P",
        "category": "games",
        "goods": "other",
        "follows_platform_rules": True,
        "through_api": False,
    },
}


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


# R56 to R58: off-platform trading

OPENED, NOTICED = "2022-06-01T00:00:00+08:00", "2021-06-01T00:00:00+08:00"
AFTER_NOTICE, BEFORE_OPENING = "2021-06-01T00:00:00.000001+08:00", "2022-05-31T00:00:00+08:00"


def act(kind="payment", incident_id="I", **changes):
    """What a merchant did, nothing of it grave."""
    plain = dict.fromkeys(("prohibited_goods", "other_violation", "grave_threat"), False)
    told = {"begun_by": "merchant", "official": False, "problems": [], "risks": []}
    return {"id": incident_id, "act": kind, **plain, **told, **changes}


def earlier(*notices):
    """Earlier findings, each with its notice."""
    return [{"id": f"F{number}", "notice": notice} for number, notice in enumerate(notices)]


RECEIVED, NOT_RECEIVED = {"happened": True, "at": NOTICED}, {"happened": False}
TRADING = {
    "id": "x",
    "policy": "pinduoduo.off_platform_trading",
    "as_of": "2022-06-02T12:00:00+08:00",
    "opened_at": OPENED,
    "incidents": [act(happened_at=BEFORE_OPENING)],
    "shop": {
        "id": "S",
        "deposit": {"standard": 200_000, "balance": 200_000, "top_ups": [], "raised": False},
        "earlier_findings": [],
        "notice": {"happened": False},
        "written_promise": {"happened": False},
        "closing": {"happened": False},
        "exit_application": {"happened": False},
    },
}


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
def test_cash_on_delivery_is_serious_whoever_began(incident, outcome, asks):
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


# R60: when time alone matters


def at(text):
    """An instant."""
    return datetime.fromisoformat(text)


PENALTIES = [{"rule": "evasive_information", "imposed_at": "2023-08-05T23:59:59+08:00"}]
ADMISSION = {
    "id": "x",
    "policy": "douyin_alliance.admission",
    "as_of": "2024-08-01T12:00:00+08:00",
    "shop": put(CLEARED, "/shop/penalties", PENALTIES)["shop"],
    "product": {"id": "P", "virtual": False},
}
FORMED_LATER = changed(DISPATCH, ("/order/formed_at", "2022-06-06T00:00:00+08:00"), ("/dispatch", {"happened": False}))
LATER = "2022-05-01T00:00:00+08:00"


@pytest.mark.parametrize(
    ("case", "right"),
    [
        pytest.param(CLAIM, None, id="nothing changes any more"),
        pytest.param(
            changed(CLAIM, ("/evidence", []), ("/claim/evidence_closes_at", LATER)),
            "2022-05-01T00:00:00.000001+08:00",
            id="the time for evidence ends",
        ),
        pytest.param(
            changed(CLAIM, ("/claim/claimant_id", "c"), ("/order/lines/0/completed_at", LATER)),
            LATER,
            id="a clause comes to support where the claim is refused",
        ),
        pytest.param(
            changed(CLAIM, ("/claim/claimant_id", "c"), ("/claim/reason", "other")),
            "2022-07-01T00:00:00+08:00",
            id="what can be repaired cannot be any more, also where the claim is refused",
        ),
        pytest.param(
            changed(CLAIM, ("/claim/claimant_id", "c"), ("/evidence", []), ("/claim/evidence_closes_at", LATER)),
            "2022-05-01T00:00:00.000001+08:00",
            id="a bar comes to apply where the claim is refused",
        ),
        pytest.param(ADMISSION, "2024-08-05T00:00:00+08:00", id="a penalty lapses"),
        pytest.param(
            put(ADMISSION, "/shop/shop_score", "4.1"), "2024-08-05T00:00:00+08:00", id="one of two grounds lapses"
        ),
        pytest.param(
            put(CLEARED, "/shop/penalties", PENALTIES),
            "2024-08-05T00:00:00+08:00",
            id="reopening",
        ),
        pytest.param(LISTED, None, id="there is no time in a listing"),
        pytest.param(FORMED_LATER, "2022-06-06T00:00:00+08:00", id="the order comes about"),
        pytest.param(
            changed(FORMED_LATER, ("/order/formed_at", "2022-06-04T10:00:00+08:00")),
            "2022-06-05T10:00:00.000001+08:00",
            id="the time for dispatch is over",
        ),
        pytest.param(
            changed(
                FORMED_LATER,
                ("/order/formed_at", "2022-06-04T10:00:00+08:00"),
                ("/out_of_stock", True),
            ),
            "2022-06-05T10:00:00.000001+08:00",
            id="also where it is against the rule already",
        ),
        pytest.param(
            changed(ARRIVAL, ("/evidence_closes_at", "2022-07-01T00:00:00+08:00")),
            "2022-07-01T00:00:00.000001+08:00",
            id="a person decides from then on",
        ),
        pytest.param(
            changed(
                ARRIVAL, ("/evidence", [feedback("arrived", TEN)]), ("/evidence_closes_at", "2022-07-01T00:00:00Z")
            ),
            None,
            id="decided before the time for evidence is over",
        ),
        pytest.param(
            put(TRADING, "/shop/notice", {"happened": True, "at": "2022-06-01T10:00:00+08:00"}),
            "2022-06-05T00:00:00+08:00",
            id="the time for the promise is over",
        ),
        pytest.param(
            changed(
                TRADING,
                ("/incidents", [act(official=True)]),
                ("/shop/notice", {"happened": True, "at": "2022-06-01T10:00:00+08:00"}),
            ),
            "2022-06-05T00:00:00+08:00",
            id="also where nothing is found",
        ),
        pytest.param(
            changed(
                TRADING,
                ("/shop/notice", {"happened": True, "at": "2022-06-01T10:00:00+08:00"}),
                ("/shop/written_promise", {"happened": True, "at": "2022-06-02T10:00:00+08:00"}),
            ),
            None,
            id="nothing is left to be done",
        ),
    ],
)
def test_a_case_is_looked_at_again_when_time_alone_changes_it(case, right):
    assert judge_any(case)["reconsider_at"] == (None if right is None else at(right))


# Input faults


@pytest.mark.parametrize(
    ("settlement", "name"),
    [
        (paid("compensation", 1, units=0), "units"),
        (paid("tax", 1, units=1), "units"),
        (paid("price_adjustment", 1, units=1), "units"),
        (paid("postage", 1, line_id=None, units=1), "units"),
        (paid("refund", 1, reversed_at="2022-04-20T12:00:00.000001+08:00"), "reversed_at"),
        (paid("refund", 1, reversed_at="2022-04-20"), "reversed_at"),
    ],
)
def test_settlements_at_fault(settlement, name):
    assert faults(put(CLAIM, "/settlements", [settlement])) == [f"/settlements/0/{name}"]


@pytest.mark.parametrize(
    "settlement", [paid("refund", 1, units=1), paid("compensation", 1, units=9), paid("tax", 1, units=None)]
)
def test_settlements_with_units(settlement):
    assert faults(put(CLAIM, "/settlements", [settlement | {"reversed_at": CLAIM["as_of"]}])) == []


@pytest.mark.parametrize(
    ("case", "place", "value"),
    [
        (TRADING, "/incidents/0/happened_at", "2022-06-02T12:00:00.000001+08:00"),
        (TRADING, "/incidents/0/happened_at", "2022-06-02"),
        (CLEARED, "/shop/score", "4.5"),
        (CLEARED, "/shop/shop_score", "5.01"),
        (CLEARED, "/shop/experience_score", "-1"),
    ],
)
def test_other_cases_at_fault(case, place, value):
    assert other_faults(case) == []
    assert other_faults(put(case, place, value)) == [place]
