"""Whether a claim case is sound at first sight, as nearly every case is.

A case that is plainly sound has no fault by :func:`adjudicator.model.consistency.claim_faults`, which finds every fault and its
place. Asking about everything at once takes a fraction of the time.
"""

from __future__ import annotations

from collections.abc import Mapping, Set
from typing import Final

from adjudicator.model.claim import Claim, Settlement
from adjudicator.model.consistency import ClaimCase
from adjudicator.model.enumerations import SettlementKind
from adjudicator.model.evidence import Evidence
from adjudicator.model.limits import CURRENCY, LARGEST, LATEST, MARKET, PRICE, ROOM
from adjudicator.model.order import Order
from adjudicator.model.time import Instant


def is_plainly_sound(case: ClaimCase) -> bool:
    """Whether a case whose fields have the right types has no fault; false also for one that needs a closer look."""
    claim, order, as_of = case.claim, case.order, case.as_of
    quantities = {line.id: line.quantity for line in order.lines}
    return (
        as_of < LATEST
        and order.placed_at <= claim.filed_at <= as_of
        and 0 < len(quantities) == len(order.lines)
        and _is_plain_claim(claim, quantities, as_of)
        and _is_plain_order(order, quantities.keys())
        and _is_plain_evidence(case.evidence, quantities.keys(), as_of)
        and _are_plain_settlements(case.settlements, quantities.keys(), as_of)
    )


def _is_plain_claim(claim: Claim, quantities: Mapping[str, int], as_of: Instant) -> bool:
    closes_at, named = claim.evidence_closes_at, {item.line_id for item in claim.items}
    replied_at = claim.merchant_reply.replied_at if claim.merchant_reply else None
    return (
        (replied_at is None or replied_at <= as_of)
        and (claim.requested_amount is None or claim.requested_amount >= 0)
        and (closes_at is None or closes_at < LATEST)
        and 0 < len(named) == len(claim.items)
        and all(0 < item.quantity <= quantities.get(item.line_id, 0) for item in claim.items)
    )


def _is_plain_order(order: Order, line_ids: Set[str]) -> bool:
    most = int(order.postage_paid)
    for line in order.lines:
        if line.quantity < 1 or not 0 <= line.goods_paid <= PRICE.most or line.tax_paid < 0:
            return False
        if line.completed_at is not None and line.completed_at >= LATEST:
            return False
        most += ROOM * line.goods_paid + line.tax_paid
    addresses = order.merchant.return_addresses or ()
    return (
        order.postage_paid >= 0
        and most <= LARGEST
        and CURRENCY.fullmatch(order.currency) is not None
        and (order.market is None or MARKET.fullmatch(order.market) is not None)
        and len({address.id for address in addresses}) == len(addresses)
        and all(address.market is None or MARKET.fullmatch(address.market) for address in addresses)
        and all(parcel.signed_at is None or parcel.signed_at < LATEST for parcel in order.parcels)
        and all(line_ids >= set(parcel.line_ids) for parcel in order.parcels)
    )


def _is_plain_evidence(evidence: tuple[Evidence, ...], line_ids: Set[str], as_of: Instant) -> bool:
    for each in evidence:
        issued_at, units = getattr(each, "issued_at", None), getattr(each, "units_covered", None)
        if each.submitted_at > as_of or (each.verified_at is not None and each.verified_at >= LATEST):
            return False
        if (issued_at is not None and issued_at > as_of) or (units is not None and units < 1):
            return False
        if not line_ids >= set(each.line_ids):
            return False
    return len({each.id for each in evidence}) == len(evidence)


def _are_plain_settlements(settlements: tuple[Settlement, ...], line_ids: Set[str], as_of: Instant) -> bool:
    for each in settlements:
        is_of_line = each.kind is not SettlementKind.POSTAGE
        if each.amount < 0 or (each.line_id in line_ids) is not is_of_line or (each.line_id is None) is is_of_line:
            return False
        if any(moment is not None and moment > as_of for moment in (each.settled_at, each.reversed_at)):
            return False
        if each.units is not None and (each.units < 1 or each.kind not in _KINDS_WITH_UNITS):
            return False
    return sum(each.amount for each in settlements) <= LARGEST


_KINDS_WITH_UNITS: Final = (SettlementKind.REFUND, SettlementKind.COMPENSATION)
