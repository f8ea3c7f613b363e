"""Decide a claim with small changes: the helpers for the examples of the readings and pitfalls."""

from __future__ import annotations

import json
from typing import Any

from adjudicator import ClaimDecision, Instant, decide, load_case
from adjudicator.model.evidence import Evidence
from adjudicator.testing import a_case
from adjudicator.wire.codec import case_document
from adjudicator.wire.pointer import put


def authenticity(*evidence: Evidence, **changes: Any) -> ClaimDecision:
    """Decide a claim for one counterfeit cream, bought for 259.00 with 12.00 of postage, with this evidence and these changes."""
    return _decided("douyin_global.authenticity", evidence, changes)


def damage(*evidence: Evidence, **changes: Any) -> ClaimDecision:
    """The same cream, on which 23.56 of tax was paid, claimed as damaged."""
    return _decided("douyin_global.damage", evidence, changes)


def local_return(*evidence: Evidence, **changes: Any) -> ClaimDecision:
    """The same cream, to be sent back within the territory of sale; the merchant agreed."""
    return _decided("douyin_global.local_return", evidence, changes)


def show(decision: ClaimDecision) -> None:
    """Print a decision on one line: the outcome, what is payable now in minor units, and who is asked for what."""
    parts = [decision.outcome.value]
    parts += [f"{award.kind.value} {award.amount}" for award in decision.awards]
    parts += [f"{request.to} is asked for {request.need}" for request in decision.requests]
    print(", ".join(parts))


OF_THE_LINE = ("brand", "category", "barcode", "quantity", "goods_paid", "tax_paid", "badges", "completed_at")
PLACES = {
    "as_of": "/as_of",
    "settlements": "/settlements",
    "market": "/order/market",
    "placed_at": "/order/placed_at",
    "postage_paid": "/order/postage_paid",
    "programme": "/order/merchant/programme",
    "return_addresses": "/order/merchant/return_addresses",
    "parcels": "/order/parcels",
    "signed_at": "/order/parcels/0/signed_at",
    "claimed": "/claim/items/0/quantity",
    **{name: f"/order/lines/0/{name}" for name in OF_THE_LINE},
}
"""The place of each change in the case; any other change is to the claim."""


def _decided(policy: str, evidence: tuple[Evidence, ...], changes: dict[str, Any]) -> ClaimDecision:
    case = case_document(a_case(policy))
    for name, value in changes.items():
        put(case, PLACES.get(name, f"/claim/{name}"), value)
    if "as_of" not in changes:
        case["as_of"] = max(case["as_of"], case["claim"]["filed_at"])
    case["evidence"] = case_document(a_case(policy, *evidence, as_of=Instant.parse(case["as_of"])))["evidence"]
    decision: ClaimDecision = decide(load_case(json.dumps(case)))
    return decision
