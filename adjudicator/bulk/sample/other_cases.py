"""Cases that are no claims about goods: applications, daily checks, listings, dispatches, top-ups, creators' tasks and conduct."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, TypeAlias

from adjudicator.bulk.sample.dice import DAY, HOUR, Dice, instant
from adjudicator.bulk.sample.world import Merchant, buyer

Document: TypeAlias = dict[str, Any]
CaseMaker: TypeAlias = Callable[[Dice, Merchant, int], Document]


def top_up(dice: Dice, _: Merchant, as_of: int) -> Document:
    """A top-up that is said not to have arrived."""
    account = buyer(dice)
    evidence = []
    if dice.chance(0.7):
        evidence.append(
            _document(dice, "official_feedback", as_of, "consumer")
            | {
                "shows": dice.pick(("arrived", "not_arrived", "not_arrived", "unclear")),
                "platform": "Starfold",
                "account": account,
                "observed_at": instant(as_of - 3 * HOUR),
            }
        )
    if dice.chance(0.3):
        shows = dice.pick(("arrived", "unclear"))
        evidence.append(_document(dice, "merchant_screenshot", as_of, "merchant") | {"shows": shows})
    return {
        "policy": "pinduoduo.virtual_arrival",
        "claim": {"id": f"A{dice.digits(10)}", "filed_at": instant(as_of - 4 * HOUR)},
        "order": {"id": f"23{dice.digits(15)}", "placed_at": instant(as_of - dice.between(6 * HOUR, 20 * DAY))},
        "top_up": {"account_platform": dice.known("Starfold", 0.95), "account": dice.known(account, 0.95)},
        "evidence": evidence,
        "evidence_closes_at": instant(as_of + 3 * DAY) if dice.chance(0.6) else None,
    }


def admission(dice: Dice, merchant: Merchant, as_of: int) -> Document:
    """A shop that applies to promote through the alliance."""
    product = {"id": f"product-{dice.digits(5)}", "virtual": dice.known(dice.chance(0.05), 0.95)}
    return {"policy": "douyin_alliance.admission", "shop": _shop(dice, merchant, as_of), "product": product}


def clearance(dice: Dice, merchant: Merchant, as_of: int) -> Document:
    """The daily check of a shop in the alliance."""
    checked = {
        "of": "merchant",
        "state": dice.pick(("promoted", "promoted", "promoted", "cleared")),
        "virtual": dice.known(False, 0.95),
        "brand_papers_in_order": dice.known(dice.chance(0.95), 0.9),
        "found_unfit": dice.known(dice.chance(0.03), 0.95),
    }
    return {"policy": "douyin_alliance.clearance", "checked": checked, "shop": _shop(dice, merchant, as_of)}


def task(dice: Dice, _: Merchant, as_of: int) -> Document:
    """A creator's task, at some stage of it, and the step that somebody wants to take."""
    steps = (
        "place_task",
        "take_order",
        "upload_script",
        "confirm_script",
        "upload_video",
        "approve_video",
        "confirm_video",
    )
    done = dice.between(0, len(steps) - 1)
    started = as_of - 10 * DAY
    is_placed = done > 0  # a task that was placed had passed every check
    return {
        "policy": "douyin_xingtu.task",
        "client": {
            "id": f"client-{dice.digits(4)}",
            "qualification_certified": dice.known(is_placed or dice.chance(0.95), 0.96),
            "payment_checked": dice.known(is_placed or dice.chance(0.95), 0.96),
            "agreement_signed": dice.known(is_placed or dice.chance(0.97), 0.97),
        },
        "history": [
            {"step": step, "happened_at": instant(started + number * DAY)} for number, step in enumerate(steps[:done])
        ],
        "wanted": {
            "step": steps[done],
            "by": "creator" if steps[done] in ("take_order", "upload_script") else "client",
        },
    }


def trading(dice: Dice, merchant: Merchant, as_of: int) -> Document:
    """A shop that is said to have traded outside the platform."""
    opened_at = as_of - dice.between(HOUR, 30 * DAY)
    no: Document = {"happened": False}
    return {
        "policy": "pinduoduo.off_platform_trading",
        "opened_at": instant(opened_at),
        "incidents": [_incident(dice, number) for number in range(1, dice.between(1, 2) + 1)],
        "shop": {
            "id": merchant.id,
            "deposit": {
                "standard": 200_000,
                "balance": dice.pick((0, 100_000, 200_000)),
                "top_ups": [],
                "raised": True,
            },
            "earlier_findings": [],
            "notice": {"happened": True, "at": instant(opened_at + HOUR // 2)} if dice.chance(0.6) else no,
            "written_promise": no,
            "closing": no,
            "exit_application": no,
        },
    }


def _incident(dice: Dice, number: int) -> Document:
    act = dice.pick(("payment", "contact", "account"))
    return {
        "id": f"incident-{number}",
        "act": act,
        "begun_by": dice.known("merchant" if dice.chance(0.8) else "user", 0.95),
        "channel": "third_party_payment" if act == "payment" else dice.pick(("phone", "app")),
        "official": dice.known(False, 0.95),
        "purpose": dice.known(dice.pick(("delivery", "off_platform_trade")), 0.7) if act == "contact" else None,
        "problems": ["quality"] if dice.chance(0.1) else [],
        "risks": [],
        "prohibited_goods": False,
        "other_violation": False,
        "grave_threat": dice.chance(0.03),
    }


def _shop(dice: Dice, merchant: Merchant, as_of: int) -> Document:
    penalties = [{"rule": "evasive_information", "imposed_at": instant(as_of - dice.between(DAY, 500 * DAY))}]
    return {
        "id": merchant.id,
        "opened": dice.known(True, 0.97),
        "state": dice.known("normal" if dice.chance(0.95) else "restricted", 0.97),
        "account_in_good_standing": dice.known(dice.chance(0.97), 0.96),
        "order_amount_30_days": dice.known(dice.between(0, 5_000_000), 0.95),
        "shop_score": dice.known(f"{3.6 + 1.4 * dice.share():.2f}", 0.95),
        "experience_score": dice.known(f"{3.2 + 1.8 * dice.share():.2f}", 0.95),
        "positive_review_rate": dice.known(f"{70 + 30 * dice.share():.1f}", 0.95),
        "warehouse_check_passed": dice.known(dice.chance(0.9), 0.92),
        "alliance_platform_connected": dice.known(True, 0.95),
        "erp_connected": dice.known(dice.chance(0.95), 0.95),
        "penalties": penalties if dice.chance(0.08) else [],
        "controller_shops": {"listed_serious_penalty": dice.chance(0.02), "grave_danger": False},
        "openings_so_far": dice.known(dice.between(0, 3), 0.95),
    }


def _document(dice: Dice, kind: str, as_of: int, by: str) -> Document:
    verification = "verified" if dice.chance(0.8) else "unverified"
    submitted_at = instant(as_of - 2 * HOUR)
    return {
        "id": f"E-{kind}",
        "kind": kind,
        "submitted_by": by,
        "submitted_at": submitted_at,
        "verification": verification,
    }


MAKERS: Final[tuple[CaseMaker, ...]] = (top_up, top_up, top_up, admission, clearance, clearance, task, trading)
"""The sorts of cases, each as often as it stands here."""


def other_case(dice: Dice, merchant: Merchant, as_of: int) -> Document:
    """A case of any of these sorts, as JSON without its id."""
    return dice.pick(MAKERS)(dice, merchant, as_of) | {"as_of": instant(as_of)}
