"""Whether a claim case is sound at first sight, as nearly every case is.

A case that is plainly sound has no fault by :func:`adjudicator.model.consistency.claim_faults`, which finds every fault and its
place. Asking about everything at once takes a fraction of the time.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from adjudicator.model.claim import Claim, Settlement
from adjudicator.model.consistency import ClaimCase
from adjudicator.model.enumerations import SettlementKind
from adjudicator.model.evidence import Evidence
from adjudicator.model.limits import CURRENCY, LARGEST, LATEST, MARKET, PRICE, ROOM
from adjudicator.model.order import Order, ReturnAddress
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
        and _is_plain_order(order, quantities)
        and _is_plain_evidence(case.evidence, quantities, as_of)
        and (not case.settlements or _are_plain_settlements(case.settlements, quantities, as_of))
    )


def _is_plain_claim(claim: Claim, quantities: Mapping[str, int], as_of: Instant) -> bool:
    closes_at, requested, items = claim.evidence_closes_at, claim.requested_amount, claim.items
    for item in items:
        if not 0 < item.quantity <= quantities.get(item.line_id, 0):
            return False
    if claim.merchant_reply is not None:
        replied_at = claim.merchant_reply.replied_at
        if replied_at is not None and replied_at > as_of:
            return False
    return (
        (requested is None or requested >= 0)
        and (closes_at is None or closes_at < LATEST)
        and (len(items) == 1 or 0 < len({item.line_id for item in items}) == len(items))
    )


def _is_plain_order(order: Order, quantities: Mapping[str, int]) -> bool:
    if _IS_CURRENCY(order.currency) is None or (order.market is not None and _IS_MARKET(order.market) is None):
        return False
    for parcel in order.parcels:
        signed_at = parcel.signed_at
        if not (signed_at is None or signed_at < LATEST) or not quantities.keys() >= set(parcel.line_ids):
            return False
    addresses = order.merchant.return_addresses
    return _are_plain_amounts(order) and (not addresses or _are_plain_addresses(addresses))


def _are_plain_amounts(order: Order) -> bool:
    most: int = order.postage_paid
    if most < 0:
        return False
    for line in order.lines:
        goods_paid, tax_paid, completed_at = line.goods_paid, line.tax_paid, line.completed_at
        if line.quantity < 1 or tax_paid < 0 or not 0 <= goods_paid <= PRICE.most:
            return False
        if completed_at is not None and completed_at >= LATEST:
            return False
        most += ROOM * goods_paid + tax_paid
    return most <= LARGEST


def _are_plain_addresses(addresses: tuple[ReturnAddress, ...]) -> bool:
    for address in addresses:
        if address.market is not None and _IS_MARKET(address.market) is None:
            return False
    return _is_each_once(addresses)


def _is_plain_evidence(evidence: tuple[Evidence, ...], quantities: Mapping[str, int], as_of: Instant) -> bool:
    for each in evidence:
        issued_at, units = getattr(each, "issued_at", None), getattr(each, "units_covered", None)
        verified_at = each.verified_at
        if each.submitted_at > as_of or (verified_at is not None and verified_at >= LATEST):
            return False
        if (issued_at is not None and issued_at > as_of) or (units is not None and units < 1):
            return False
        if not quantities.keys() >= set(each.line_ids):
            return False
    return _is_each_once(evidence)


def _is_each_once(items: tuple[Evidence, ...] | tuple[ReturnAddress, ...]) -> bool:
    return len(items) < 2 or len({each.id for each in items}) == len(items)


def _are_plain_settlements(settlements: tuple[Settlement, ...], quantities: Mapping[str, int], as_of: Instant) -> bool:
    for each in settlements:
        is_of_line = each.kind is not SettlementKind.POSTAGE
        if each.amount < 0 or (each.line_id in quantities) is not is_of_line or (each.line_id is None) is is_of_line:
            return False
        if any(moment is not None and moment > as_of for moment in (each.settled_at, each.reversed_at)):
            return False
        if each.units is not None and (each.units < 1 or each.kind not in _KINDS_WITH_UNITS):
            return False
    return sum(each.amount for each in settlements) <= LARGEST


_IS_CURRENCY: Final = CURRENCY.fullmatch
_IS_MARKET: Final = MARKET.fullmatch
_KINDS_WITH_UNITS: Final = (SettlementKind.REFUND, SettlementKind.COMPENSATION)
