"""A case of each policy with all facts known, for results worked out by hand."""

import copy

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
    """A line with all facts known."""
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


def changed(case, *changes):
    """A copy of the case with other values at some paths, which need not exist yet."""
    case = copy.deepcopy(case)
    for place, value in changes:
        case = put(case, place, value)
    return case


def asked(decision):
    """The requests of a decision: what is asked, about which document."""
    return [(each["need"], each.get("evidence_id")) for each in decision["requests"]]


def effects(decision, effect):
    """The clauses with a given effect."""
    return sorted(each["clause"] for each in decision["findings"] if each["effect"] == effect)


DISPATCH = {
    "id": "x",
    "policy": "pinduoduo.virtual_dispatch",
    "as_of": "2022-06-05T00:00:00+08:00",
    "order": {"id": "O", "placed_at": "2022-06-01T00:00:00+08:00", "formed_at": "2022-06-01T00:00:00+08:00"},
    "goods": {"physical": False, "custom": True, "commitment": "hours_24"},
    "dispatch": {},
    "out_of_stock": False,
}
NINE, TEN, ELEVEN = (f"2022-06-01T{hour:02}:00:00+08:00" for hour in (9, 10, 11))


def feedback(shows, at, evidence_id="E1", verification="verified"):
    """Official feedback about the ordered account."""
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
OPENED, NOTICED = "2022-06-01T00:00:00+08:00", "2021-06-01T00:00:00+08:00"
AFTER_NOTICE, BEFORE_OPENING = "2021-06-01T00:00:00.000001+08:00", "2022-05-31T00:00:00+08:00"


def act(kind="payment", incident_id="I", **changes):
    """An act of the merchant without any grave circumstance."""
    plain = dict.fromkeys(("prohibited_goods", "other_violation", "grave_threat"), False)
    facts = {"begun_by": "merchant", "official": False, "problems": [], "risks": []}
    return {"id": incident_id, "act": kind, **plain, **facts, **changes}


def earlier(*notices):
    """Earlier findings, each with the time of its notice."""
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
