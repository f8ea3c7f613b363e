"""Consistency of a claim case across fields: impossible references, amounts and instants.

Every check ignores ``None``: a value that could not be read has a fault of its own already.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Set
from typing import Any, Protocol

from adjudicator.model.claim import Claim, Settlement
from adjudicator.model.errors import Fault, shown
from adjudicator.model.evidence import Evidence
from adjudicator.model.limits import (
    AMOUNT,
    COUNT,
    CURRENCY,
    LARGEST,
    MARKET,
    PRICE,
    ROOM,
    Bounds,
    a_number,
    an_instant,
    each_once,
    happened_by,
    not_before,
    present,
)
from adjudicator.model.order import Order
from adjudicator.model.time import Instant


class ClaimCase(Protocol):
    """A claim case, as far as its parts must be consistent."""

    @property
    def as_of(self) -> Instant:
        """The moment of the decision."""

    @property
    def claim(self) -> Claim:
        """The claim."""

    @property
    def order(self) -> Order:
        """The order it was filed under."""

    @property
    def evidence(self) -> tuple[Evidence, ...]:
        """The evidence submitted."""

    @property
    def settlements(self) -> tuple[Settlement, ...]:
        """The earlier payments."""


def claim_faults(case: ClaimCase) -> Iterator[Fault]:
    """Every inconsistency in a claim case, in the order of the case."""
    yield from an_instant("/as_of", case.as_of)
    yield from _claim_faults(case)
    if case.order is not None:
        yield from _order_faults(case.order, case.as_of)
    yield from _evidence_faults(case)
    yield from _settlement_faults(case)


def _claim_faults(case: ClaimCase) -> Iterator[Fault]:
    claim, order = case.claim, case.order
    if claim is None:
        return
    yield from happened_by("/claim/filed_at", claim.filed_at, case.as_of)
    placed_at = order.placed_at if order is not None else None
    yield from not_before("/claim/filed_at", claim.filed_at, placed_at, "order.placed_at")
    yield from a_number("/claim/requested_amount", claim.requested_amount, AMOUNT)
    yield from an_instant("/claim/evidence_closes_at", claim.evidence_closes_at)
    if claim.merchant_reply is not None:
        yield from happened_by("/claim/merchant_reply/replied_at", claim.merchant_reply.replied_at, case.as_of)
    if claim.items is not None and not claim.items:
        yield Fault("/claim/items", "an empty list", "at least one claimed line")
    quantities = {line.id: line.quantity for _, line in present(order.lines)} if order is not None else {}
    known = order is not None and order.lines is not None
    for index, item in present(claim.items):
        most = quantities.get(item.line_id) if item.line_id is not None else None
        bounds = Bounds(COUNT.least, most) if type(most) is int and most >= COUNT.least else COUNT
        yield from a_number(f"/claim/items/{index}/quantity", item.quantity, bounds)
        if known and item.line_id is not None and item.line_id not in quantities:
            yield Fault(f"/claim/items/{index}/line_id", shown(item.line_id), "the id of a line of the order")
    yield from each_once("/claim/items", "line_id", claim.items)


def _order_faults(order: Order, as_of: Instant | None) -> Iterator[Fault]:
    yield from happened_by("/order/placed_at", order.placed_at, as_of)
    yield from _code("/order/market", order.market, MARKET, "an ISO 3166-1 alpha-2 code, two capital letters")
    yield from _code("/order/currency", order.currency, CURRENCY, "an ISO 4217 code, three capital letters")
    yield from a_number("/order/postage_paid", order.postage_paid, AMOUNT)
    if order.merchant is not None:
        addresses = order.merchant.return_addresses
        pointer = "/order/merchant/return_addresses"
        for index, address in present(addresses):
            yield from _code(f"{pointer}/{index}/market", address.market, MARKET, "an ISO 3166-1 alpha-2 code")
        yield from each_once(pointer, "id", addresses)
    if order.lines is not None and not order.lines:
        yield Fault("/order/lines", "an empty list", "at least one line")
    for index, line in present(order.lines):
        pointer = f"/order/lines/{index}"
        yield from a_number(f"{pointer}/quantity", line.quantity, COUNT)
        yield from a_number(f"{pointer}/goods_paid", line.goods_paid, PRICE)
        yield from a_number(f"{pointer}/tax_paid", line.tax_paid, AMOUNT)
        yield from an_instant(f"{pointer}/completed_at", line.completed_at)
    yield from each_once("/order/lines", "id", order.lines)
    known = _ids_of_lines(order)
    for index, parcel in present(order.parcels):
        yield from an_instant(f"/order/parcels/{index}/signed_at", parcel.signed_at)
        yield from _line_ids(f"/order/parcels/{index}/line_ids", parcel.line_ids, known)
    yield from _all_can_be_paid(order)


def _all_can_be_paid(order: Order) -> Iterator[Fault]:
    """A fault if the most that an order could ever pay is too large for an exact integer."""
    lines = [line for _, line in present(order.lines)]
    amounts = [order.postage_paid, *(line.tax_paid for line in lines), *(line.goods_paid for line in lines)]
    if all(type(amount) is int for amount in amounts):
        most = order.postage_paid + sum(ROOM * line.goods_paid + line.tax_paid for line in lines)
        if most > LARGEST and all(line.goods_paid <= PRICE.most for line in lines):
            yield Fault("/order/lines", f"amounts that can pay {most} in all", f"at most {LARGEST} in all")


def _evidence_faults(case: ClaimCase) -> Iterator[Fault]:
    known = _ids_of_lines(case.order)
    for index, each in present(case.evidence):
        pointer = f"/evidence/{index}"
        yield from happened_by(f"{pointer}/submitted_at", each.submitted_at, case.as_of)
        yield from an_instant(f"{pointer}/verified_at", each.verified_at)
        yield from happened_by(f"{pointer}/issued_at", getattr(each, "issued_at", None), case.as_of)
        yield from a_number(f"{pointer}/units_covered", getattr(each, "units_covered", None), COUNT)
        yield from _line_ids(f"{pointer}/line_ids", each.line_ids, known)
    yield from each_once("/evidence", "id", case.evidence)


def faults_of_settlements(settlements: Iterable[Settlement] | None, as_of: Instant | None) -> Iterator[Fault]:
    """The faults of settlements in a case judged as a whole, which must not name lines or units."""
    for index, each in present(settlements):
        pointer = f"/settlements/{index}"
        yield from a_number(f"{pointer}/amount", each.amount, PRICE)
        yield from happened_by(f"{pointer}/settled_at", each.settled_at, as_of)
        yield from happened_by(f"{pointer}/reversed_at", each.reversed_at, as_of)
        for name in ("line_id", "units"):
            if getattr(each, name) is not None:
                yield Fault(f"{pointer}/{name}", shown(getattr(each, name)), "nothing: the case is judged as a whole")


def _settlement_faults(case: ClaimCase) -> Iterator[Fault]:
    known = _ids_of_lines(case.order)
    for index, each in present(case.settlements):
        pointer = f"/settlements/{index}"
        yield from a_number(f"{pointer}/amount", each.amount, AMOUNT)
        yield from happened_by(f"{pointer}/settled_at", each.settled_at, case.as_of)
        yield from happened_by(f"{pointer}/reversed_at", each.reversed_at, case.as_of)
        yield from a_number(f"{pointer}/units", each.units, COUNT)
        if each.units is not None and each.kind not in (None, "refund", "compensation"):
            yield Fault(f"{pointer}/units", shown(each.units), "nothing: only a refund or a compensation settles units")
        if each.kind is None:
            continue
        if each.kind == "postage" and each.line_id is not None:
            yield Fault(f"{pointer}/line_id", shown(each.line_id), "no line: postage is settled for the order")
        elif each.kind != "postage" and each.line_id is None:
            yield Fault(f"{pointer}/line_id", "null", "the id of a line of the order: only postage has none")
        elif each.line_id is not None:
            yield from _line_ids(pointer, (each.line_id,), known, "line_id")
    amounts = [each.amount for _, each in present(case.settlements)]
    if all(type(amount) is int for amount in amounts) and sum(amounts) > LARGEST >= max(amounts):
        yield Fault("/settlements", f"amounts of {sum(amounts)} in all", f"at most {LARGEST} in all")


def _ids_of_lines(order: Order | None) -> Set[str] | None:
    """The ids of the lines of an order; ``None`` if they could not be read."""
    return None if order is None or order.lines is None else {line.id for _, line in present(order.lines)}


def _line_ids(
    pointer: str, ids: Iterable[str | None] | None, known: Set[str] | None, field: str = ""
) -> Iterator[Fault]:
    if known is None or not ids:
        return
    for index, each in present(ids):
        if each not in known:
            yield Fault(f"{pointer}/{field or index}", shown(each), "the id of a line of the order")


def _code(pointer: str, value: Any, pattern: re.Pattern[str], expected: str) -> tuple[Fault, ...]:
    if value is None or (isinstance(value, str) and pattern.fullmatch(value)):
        return ()
    return (Fault(pointer, shown(value), expected),)
