"""Whether a claim case is sound at first sight, as nearly every case is.

A case that is plainly sound has no fault by :func:`adjudicator.model.consistency.claim_faults`, which finds every fault and its
place. Asking about everything at once takes a fraction of the time.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import product
from string import ascii_uppercase
from typing import Final

from adjudicator.model.claim import Claim, Settlement
from adjudicator.model.consistency import ClaimCase
from adjudicator.model.enumerations import SettlementKind
from adjudicator.model.evidence import Evidence
from adjudicator.model.limits import CURRENCY, LARGEST, LATEST, PRICE, ROOM
from adjudicator.model.order import Order
from adjudicator.model.time import Instant


def is_plainly_sound(case: ClaimCase) -> bool:
    """Whether a case whose fields have the right types has no fault; false also for one that needs a closer look."""
    claim, order, as_of = case.claim, case.order, case.as_of
    quantities = _quantities_if_plain(order)
    return (
        len(quantities) > 0
        and order.placed_at <= claim.filed_at <= as_of < LATEST
        and _is_plain_claim(claim, quantities, as_of)
        and _is_plain_order(order, quantities)
        and _is_plain_evidence(case.evidence, quantities, as_of)
        and (not case.settlements or _are_plain_settlements(case.settlements, quantities, as_of))
    )


def plainly_sound_beside(sound: ClaimCase) -> Callable[[ClaimCase], bool]:
    """The same for copies of a plainly sound case; parts that are the same objects in a copy are not looked at again."""
    order, claim, evidence, settlements, as_of = (
        sound.order,
        sound.claim,
        sound.evidence,
        sound.settlements,
        sound.as_of,
    )
    placed_at, quantities = order.placed_at, _quantities_if_plain(order)

    def is_sound(case: ClaimCase) -> bool:
        if case.order is not order or case.as_of is not as_of:
            return is_plainly_sound(case)
        return (
            (case.evidence is evidence or _is_plain_evidence(case.evidence, quantities, as_of))
            and (
                case.claim is claim
                or (placed_at <= case.claim.filed_at <= as_of and _is_plain_claim(case.claim, quantities, as_of))
            )
            and (case.settlements is settlements or _are_plain_settlements(case.settlements, quantities, as_of))
        )

    return is_sound


def _quantities_if_plain(order: Order) -> Mapping[str, int]:
    """The quantity of each line by its id, if all lines are plain, and what they cost."""
    most: int = order.postage_paid
    quantities: dict[str, int] = {}
    for line in order.lines:
        quantity, goods_paid, tax_paid, completed_at = line.quantity, line.goods_paid, line.tax_paid, line.completed_at
        if quantity < 1 or tax_paid < 0 or not 0 <= goods_paid <= _HIGHEST_PRICE:
            return _NOT_PLAIN
        if completed_at is not None and completed_at >= LATEST:
            return _NOT_PLAIN
        quantities[line.id] = quantity
        most += ROOM * goods_paid + tax_paid
    is_plain = most <= LARGEST and order.postage_paid >= 0 and len(quantities) == len(order.lines)
    return quantities if is_plain else _NOT_PLAIN


def _is_plain_claim(claim: Claim, quantities: Mapping[str, int], as_of: Instant) -> bool:
    items, reply = claim.items, claim.merchant_reply
    closes_at, requested = claim.evidence_closes_at, claim.requested_amount
    for item in items:
        if not 0 < item.quantity <= quantities.get(item.line_id, 0):
            return False
    return (
        (reply is None or reply.replied_at is None or reply.replied_at <= as_of)
        and (requested is None or requested >= 0)
        and (closes_at is None or closes_at < LATEST)
        and (len(items) == 1 or 0 < len({item.line_id for item in items}) == len(items))
    )


def _is_plain_order(order: Order, quantities: Mapping[str, int]) -> bool:
    currency, market, addresses = order.currency, order.market, order.merchant.return_addresses
    if currency not in _USUAL_CURRENCIES and not CURRENCY.fullmatch(currency):
        return False
    if market is not None and market not in _MARKETS:
        return False
    for parcel in order.parcels:
        if parcel.signed_at is not None and parcel.signed_at >= LATEST:
            return False
        for line_id in parcel.line_ids:
            if line_id not in quantities:
                return False
    if not addresses:
        return True
    for address in addresses:
        if address.market is not None and address.market not in _MARKETS:
            return False
    return len(addresses) == 1 or len({address.id for address in addresses}) == len(addresses)


def _is_plain_evidence(evidence: tuple[Evidence, ...], quantities: Mapping[str, int], as_of: Instant) -> bool:
    for each in evidence:
        issued_at, units = getattr(each, "issued_at", None), getattr(each, "units_covered", None)
        if each.submitted_at > as_of or (each.verified_at is not None and each.verified_at >= LATEST):
            return False
        if (issued_at is not None and issued_at > as_of) or (units is not None and units < 1):
            return False
        for line_id in each.line_ids:
            if line_id not in quantities:
                return False
    return len(evidence) <= 1 or len({each.id for each in evidence}) == len(evidence)


def _are_plain_settlements(settlements: tuple[Settlement, ...], quantities: Mapping[str, int], as_of: Instant) -> bool:
    total = 0
    for each in settlements:
        settled_at, reversed_at, units = each.settled_at, each.reversed_at, each.units
        if each.amount < 0 or (each.line_id is not None if each.kind is _POSTAGE else each.line_id not in quantities):
            return False
        if (settled_at is not None and settled_at > as_of) or (reversed_at is not None and reversed_at > as_of):
            return False
        if units is not None and (units < 1 or each.kind not in _KINDS_WITH_UNITS):
            return False
        total += each.amount
    return total <= LARGEST


_NOT_PLAIN: Final[Mapping[str, int]] = {}
_HIGHEST_PRICE: Final = PRICE.most
_MARKETS: Final = frozenset(map("".join, product(ascii_uppercase, repeat=2)))
_USUAL_CURRENCIES: Final = frozenset(("CNY", "EUR", "HKD", "JPY", "TWD", "USD"))
"""Some that need not be looked at letter by letter."""
_POSTAGE: Final = SettlementKind.POSTAGE
_KINDS_WITH_UNITS: Final = (SettlementKind.REFUND, SettlementKind.COMPENSATION)
