"""Claims about orders, with the evidence that people send: much of it good, some of it missing, pending or in vain."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, TypeAlias

from attrs import frozen

from adjudicator.bulk.sample.dice import DAY, HOUR, Dice
from adjudicator.bulk.sample.orders import Sold, sold
from adjudicator.bulk.sample.world import LABORATORIES, Merchant

Document: TypeAlias = dict[str, Any]


@frozen
class Filed:
    """A case about an order, as JSON without its id, and the second at which it is decided."""

    as_of: int
    order: Sold
    document: Document


ClaimMaker: TypeAlias = Callable[[Dice, Merchant, int], Filed]


def authenticity(dice: Dice, merchant: Merchant, filed_at: int) -> Filed:
    """A claim that goods are counterfeit."""
    order = sold(dice, merchant, filed_at - int(dice.share() ** 1.5 * 105 * DAY) - 12 * HOUR, filed_at)
    is_counterfeit = dice.chance(merchant.counterfeit)
    claim = _claim(dice, order, filed_at, "counterfeit", "refund_only")
    claim["demands"] = ["refund", "tenfold_compensation"] if dice.chance(0.9) else ["refund"]
    evidence = []
    line = order.document["lines"][0]
    if dice.chance(0.82):
        conclusion = (
            dice.pick(("counterfeit", "not_original")) if is_counterfeit else dice.pick(("genuine", "inconclusive"))
        )
        role = dice.pick(
            ("brand_owner", "brand_owner", "brand_authorised", "accredited_lab", "accredited_lab", "other")
        )
        evidence.append(
            _piece(dice, order, "appraisal_report", filed_at)
            | {
                "issuer": {"name": dice.pick(LABORATORIES), "role": role},
                "brand": dice.known(line["brand"], 0.94),
                "conclusion": conclusion,
                "units_covered": dice.known(dice.between(1, line["quantity"]), 0.8),
                "issued_at": order.at(filed_at - dice.between(HOUR, 5 * DAY)),
            }
        )
    if dice.chance(0.05):
        finding = {"body": "enforcement", "conclusion": "counterfeit", "final": dice.known(True, 0.7)}
        evidence.append(_piece(dice, order, "official_finding", filed_at) | finding)
    if dice.chance(0.04):
        standard = dice.pick(("alleged", "suspected", "proven"))
        bar = {"ground": dice.pick(("goods_swapped", "not_personal_consumption")), "standard": standard}
        evidence.append(_piece(dice, order, "bar_finding", filed_at) | bar | {"submitted_by": "merchant"})
    return _case(dice, "douyin_global.authenticity", order, claim, evidence, filed_at)


def damage(dice: Dice, merchant: Merchant, filed_at: int) -> Filed:
    """A claim that goods arrived broken and leaking."""
    order = sold(dice, merchant, filed_at - int(dice.share() ** 2 * 60 * HOUR) - HOUR // 2, filed_at)
    line = order.document["lines"][0]
    is_broken = dice.chance(merchant.broken)
    claim = _claim(dice, order, filed_at, "damaged", "refund_only")
    evidence = []
    if dice.chance(0.88):
        evidence.append(
            _piece(dice, order, "damage_photo", filed_at)
            | {
                "breakage": dice.known(is_broken, 0.9),
                "seal_failure": dice.known(False, 0.5),
                "leak": dice.known(is_broken and dice.chance(0.85), 0.9),
                "soiling": dice.known(is_broken, 0.6),
                "barcode": dice.known(line["barcode"], 0.85),
                "units_covered": dice.known(dice.between(1, line["quantity"]), 0.85),
                "edited": dice.chance(0.03),
            }
        )
    if dice.chance(0.45):
        waybill = order.document["parcels"][0]["waybill_no"]
        evidence.append(_piece(dice, order, "package_photo", filed_at) | {"waybill_no": dice.known(waybill, 0.9)})
    if dice.chance(0.12):
        statement = {
            "waybill_no": order.document["parcels"][0]["waybill_no"],
            "stamped": dice.chance(0.85),
            "damaged_at_signing": is_broken,
            "leak": dice.known(is_broken, 0.8),
        }
        evidence.append(_piece(dice, order, "courier_statement", filed_at) | statement | {"submitted_by": "carrier"})
    return _case(dice, "douyin_global.damage", order, claim, evidence, filed_at)


def local_return(dice: Dice, merchant: Merchant, filed_at: int) -> Filed:
    """A claim to return goods where they were sold."""
    order = sold(dice, merchant, filed_at - dice.between(HOUR, 20 * DAY), filed_at)
    reason = dice.pick(("defective", "not_as_described", "changed_mind", "wrong_item"))
    claim = _claim(dice, order, filed_at, reason, "return_refund" if dice.chance(0.88) else "exchange")
    evidence = []
    if dice.chance(0.85):
        agrees = dice.chance(merchant.agrees)
        replied_at = filed_at + dice.between(HOUR, 20 * HOUR)
        claim["merchant_reply"] = {"decision": "agreed" if agrees else "refused", "replied_at": order.at(replied_at)}
        if not agrees and dice.chance(0.5):
            ruling = {"on": "local_return", "for": dice.pick(("consumer", "consumer", "merchant"))}
            ruling |= {"submitted_by": "platform", "submitted_at": order.at(filed_at + DAY)}
            evidence.append(_piece(dice, order, "platform_ruling", filed_at) | ruling)
    return _case(dice, "douyin_global.local_return", order, claim, evidence, filed_at + DAY)


def seven_day_return(dice: Dice, merchant: Merchant, filed_at: int) -> Filed:
    """A return within seven days, for no reason."""
    order = sold(dice, merchant, filed_at - int(dice.share() ** 1.3 * 9.5 * DAY) - HOUR, filed_at)
    claim = _claim(dice, order, filed_at, "changed_mind", "return_refund")
    claim["free_return"] = dice.known(dice.chance(0.4), 0.8)
    for item in claim["items"]:
        back = dice.known(dice.chance(0.9), 0.95)
        item |= {"goods_back": back, "intact": dice.known(dice.chance(0.93), 0.85) if back else None}
    for line in order.document["lines"]:
        line["goods"] = dice.known("ordinary" if dice.chance(0.9) else dice.pick(("perishable", "digital")), 0.95)
        if line["goods"] == "digital":
            line["sealed"] = dice.known(dice.chance(0.5), 0.8)
    return _case(dice, "consumer_law.seven_day_return", order, claim, [], filed_at + 4 * DAY)


MAKERS: Final[tuple[ClaimMaker, ...]] = (
    *[authenticity] * 6,
    *[damage] * 7,
    *[local_return] * 3,
    *[seven_day_return] * 4,
)
"""What people claim, each as often as it stands here."""


def claim(dice: Dice, merchant: Merchant, filed_at: int) -> Filed:
    """A claim of any sort."""
    return dice.pick(MAKERS)(dice, merchant, filed_at)


def _claim(dice: Dice, order: Sold, filed_at: int, reason: str, service: str) -> Document:
    lines = order.document["lines"]
    claimed = lines if dice.chance(0.3) else lines[:1]
    quantities = [line["quantity"] if dice.chance(0.7) else dice.between(1, line["quantity"]) for line in claimed]
    return {
        "id": f"A{dice.digits(10)}",
        "claimant_id": order.buyer if dice.chance(0.985) else "gift_recipient",
        "filed_at": order.at(filed_at),
        "filed_through": "order_page" if dice.chance(0.95) else "other",
        "reason": reason if dice.chance(0.96) else "other",
        "service": service,
        "demands": [],
        "items": [
            {"line_id": line["id"], "quantity": quantity} for line, quantity in zip(claimed, quantities, strict=True)
        ],
        "requested_amount": dice.known(sum(line["goods_paid"] for line in claimed), 0.2),
        "evidence_closes_at": order.at(filed_at + 14 * DAY) if dice.chance(0.7) else None,
    }


def _piece(dice: Dice, order: Sold, kind: str, filed_at: int) -> Document:
    """What every piece of evidence has."""
    share = dice.share()
    return {
        "id": f"E-{kind}",
        "kind": kind,
        "submitted_by": "consumer",
        "submitted_at": order.at(filed_at),
        "line_ids": ["L1"] if dice.chance(0.9) else [],
        "verification": "verified" if share < 0.62 else "rejected" if share > 0.96 else "unverified",
    }


def _case(dice: Dice, policy: str, order: Sold, claim: Document, evidence: list[Document], earliest: int) -> Filed:
    as_of = earliest + dice.between(HOUR, 3 * DAY if dice.chance(0.8) else 21 * DAY)
    document = {
        "policy": policy,
        "as_of": order.at(as_of),
        "claim": claim,
        "order": order.document,
        "evidence": evidence,
        "settlements": [],
        "metadata": {"desk": dice.pick(("hangzhou", "singapore", "lisbon"))},
    }
    return Filed(as_of, order, document)


# What happens to a claim later


def decided_again(dice: Dice, filed: Filed, as_of: int) -> Filed:
    """The same claim, decided again when its documents have been verified."""
    verification = "verified" if dice.chance(0.8) else "rejected"
    verified = {"verification": verification, "verified_at": filed.order.at(as_of - HOUR)}
    evidence = [
        each | verified if each["verification"] == "unverified" else each for each in filed.document["evidence"]
    ]
    return Filed(as_of, filed.order, filed.document | {"as_of": filed.order.at(as_of), "evidence": evidence})


def claimed_again(dice: Dice, filed: Filed, as_of: int) -> Filed:
    """A second claim on the same order, after something was paid under the first."""
    first = filed.document["claim"]
    line = filed.document["order"]["lines"][0]
    paid = {
        "kind": "refund",
        "line_id": line["id"],
        "amount": line["goods_paid"] // line["quantity"],
        "settled_at": filed.order.at(filed.as_of + HOUR),
        "claim_id": first["id"],
        "units": 1,
    }
    filed_at = filed.order.at(as_of - 2 * HOUR)
    claim = first | {"id": f"A{dice.digits(10)}", "filed_at": filed_at, "evidence_closes_at": None}
    document = filed.document | {"as_of": filed.order.at(as_of), "claim": claim, "settlements": [paid]}
    return Filed(as_of, filed.order, document)
