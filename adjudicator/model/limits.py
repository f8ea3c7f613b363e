"""What makes a case that is well formed unsound: references, amounts and instants that cannot be.

Every check passes over what is ``None``: what could not be read has a fault of its own already.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Set
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final, TypeVar

from attrs import AttrsInstance, fields, frozen

from adjudicator.model.errors import Fault, shown
from adjudicator.model.time import Instant

if TYPE_CHECKING:
    from adjudicator.model.case import Case, Order

LARGEST: Final = 2**53 - 1
"""The largest integer that every JSON reader keeps exact."""
MOST_ITEMS: Final = 1_000
"""How many items a list, or fields an object, of a case may hold."""
DECIMAL: Final = re.compile(r"-?(?:0|[1-9][0-9]{0,14})(?:\.[0-9]{1,15})?")
"""How a decimal is written."""
_LATEST: Final = Instant.parse("9000-01-01T00:00:00+08:00")
_ROOM: Final = 11
"""A line can pay its price back and ten times on top: all of that must stay exact."""


@frozen
class Bounds:
    """The numbers that may stand somewhere, both ends among them: whole ones, or exact decimals."""

    least: int
    most: int
    of: type[int] | type[Decimal] = int


COUNT: Final = Bounds(1, LARGEST)
"""Of what there is at least one."""
AMOUNT: Final = Bounds(0, LARGEST)
"""Of what there may be nothing."""
PRICE: Final = Bounds(0, LARGEST // _ROOM)
"""What is paid for goods."""
MARKET: Final = re.compile("[A-Z]{2}")
"""ISO 3166-1 alpha-2."""
CURRENCY: Final = re.compile("[A-Z]{3}")
"""ISO 4217."""

T = TypeVar("T")


def claim_faults(case: Case) -> Iterator[Fault]:
    """Everything that makes a claim case unsound, in the order of the case."""
    yield from an_instant("/as_of", case.as_of)
    yield from _claim_faults(case)
    if case.order is not None:
        yield from _order_faults(case.order, case.as_of)
    yield from _evidence_faults(case)
    yield from _settlement_faults(case)


def happened_by(pointer: str, moment: Instant | None, as_of: Instant | None) -> tuple[Fault, ...]:
    """A fault where something is said to have happened after the moment of the decision."""
    return (*an_instant(pointer, moment), *not_after(pointer, moment, as_of, "as_of"))


def not_after(pointer: str, moment: Instant | None, latest: Instant | None, name: str) -> tuple[Fault, ...]:
    """A fault where something is said to have happened after what stands in the case under a name."""
    if moment is None or latest is None or moment <= latest:
        return ()
    return (Fault(pointer, shown(str(moment)), f"an instant not after {name}, {latest}"),)


def not_before(pointer: str, moment: Instant | None, earliest: Instant | None, name: str) -> tuple[Fault, ...]:
    """A fault where something is said to have happened before what stands in the case under a name."""
    if moment is None or earliest is None or moment >= earliest:
        return ()
    return (Fault(pointer, shown(str(moment)), f"an instant not before {name}, {earliest}"),)


def a_number(pointer: str, value: int | Decimal | None, bounds: Bounds) -> tuple[Fault, ...]:
    """A fault where there is no number of the right type within bounds."""
    if value is None or (type(value) is bounds.of and not _is_nan(value) and bounds.least <= value <= bounds.most):
        return ()
    told, number = (value, "an integer") if bounds.of is int else (str(value), "a decimal")
    return (Fault(pointer, shown(told), f"{number} from {bounds.least} to {bounds.most}"),)


def _is_nan(value: int | Decimal) -> bool:
    return type(value) is Decimal and value.is_nan()


def within_bounds(pointer: str, part: AttrsInstance | None) -> Iterator[Fault]:
    """A fault for every number in a part of a case that is out of the bounds which its field gives."""
    for each in fields(type(part)) if part is not None else ():
        if bounds := each.metadata.get("bounds"):
            yield from a_number(f"{pointer}/{each.name}", getattr(part, each.name), bounds)


def each_once(pointer: str, field: str, items: Iterable[Any] | None) -> list[Fault]:
    """A fault for every item of which the field has a value that stood before in the same list."""
    faults = []
    seen: set[str] = set()
    for index, item in _there(items):
        value = getattr(item, field)
        if value in seen:
            faults.append(Fault(f"{pointer}/{index}/{field}", shown(value), "an id that stands only once"))
        if value is not None:
            seen.add(value)
    return faults


def an_instant(pointer: str, moment: Instant | None) -> tuple[Fault, ...]:
    """A fault where there is no instant, or one so late that what is counted from it could not be written any more."""
    if moment is None or (isinstance(moment, Instant) and moment < _LATEST):
        return ()
    return (Fault(pointer, shown(str(moment)), f"an instant before {_LATEST}"),)


def _there(items: Iterable[T | None] | None) -> list[tuple[int, T]]:
    """The items of a list that could be read, each with its position."""
    return [(index, item) for index, item in enumerate(items) if item is not None] if items else []


def _claim_faults(case: Case) -> Iterator[Fault]:
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
    quantities = {line.id: line.quantity for _, line in _there(order.lines)} if order is not None else {}
    known = order is not None and order.lines is not None
    for index, item in _there(claim.items):
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
        for index, address in _there(addresses):
            yield from _code(f"{pointer}/{index}/market", address.market, MARKET, "an ISO 3166-1 alpha-2 code")
        yield from each_once(pointer, "id", addresses)
    if order.lines is not None and not order.lines:
        yield Fault("/order/lines", "an empty list", "at least one line")
    for index, line in _there(order.lines):
        pointer = f"/order/lines/{index}"
        yield from a_number(f"{pointer}/quantity", line.quantity, COUNT)
        yield from a_number(f"{pointer}/goods_paid", line.goods_paid, PRICE)
        yield from a_number(f"{pointer}/tax_paid", line.tax_paid, AMOUNT)
        yield from an_instant(f"{pointer}/completed_at", line.completed_at)
    yield from each_once("/order/lines", "id", order.lines)
    known = _ids_of_lines(order)
    for index, parcel in _there(order.parcels):
        yield from an_instant(f"/order/parcels/{index}/signed_at", parcel.signed_at)
        yield from _line_ids(f"/order/parcels/{index}/line_ids", parcel.line_ids, known)
    yield from _all_can_be_paid(order)


def _all_can_be_paid(order: Order) -> Iterator[Fault]:
    """A fault where all that an order could ever pay, taken together, is no exact integer any more."""
    lines = [line for _, line in _there(order.lines)]
    amounts = [order.postage_paid, *(line.tax_paid for line in lines), *(line.goods_paid for line in lines)]
    if all(type(amount) is int for amount in amounts):
        most = order.postage_paid + sum(_ROOM * line.goods_paid + line.tax_paid for line in lines)
        if most > LARGEST and all(line.goods_paid <= PRICE.most for line in lines):
            yield Fault("/order/lines", f"amounts that can pay {most} in all", f"at most {LARGEST} in all")


def _evidence_faults(case: Case) -> Iterator[Fault]:
    known = _ids_of_lines(case.order)
    for index, each in _there(case.evidence):
        pointer = f"/evidence/{index}"
        yield from happened_by(f"{pointer}/submitted_at", each.submitted_at, case.as_of)
        yield from an_instant(f"{pointer}/verified_at", each.verified_at)
        yield from happened_by(f"{pointer}/issued_at", getattr(each, "issued_at", None), case.as_of)
        yield from a_number(f"{pointer}/units_covered", getattr(each, "units_covered", None), COUNT)
        yield from _line_ids(f"{pointer}/line_ids", each.line_ids, known)
    yield from each_once("/evidence", "id", case.evidence)


def _settlement_faults(case: Case) -> Iterator[Fault]:
    known = _ids_of_lines(case.order)
    for index, each in _there(case.settlements):
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
    amounts = [each.amount for _, each in _there(case.settlements)]
    if all(type(amount) is int for amount in amounts) and sum(amounts) > LARGEST >= max(amounts):
        yield Fault("/settlements", f"amounts of {sum(amounts)} in all", f"at most {LARGEST} in all")


def _ids_of_lines(order: Order | None) -> Set[str] | None:
    """The ids of the lines of an order, if they could be read."""
    return None if order is None or order.lines is None else {line.id for _, line in _there(order.lines)}


def _line_ids(
    pointer: str, ids: Iterable[str | None] | None, known: Set[str] | None, field: str = ""
) -> Iterator[Fault]:
    if known is None or not ids:
        return
    for index, each in _there(ids):
        if each not in known:
            yield Fault(f"{pointer}/{field or index}", shown(each), "the id of a line of the order")


def _code(pointer: str, value: Any, pattern: re.Pattern[str], expected: str) -> tuple[Fault, ...]:
    if value is None or (isinstance(value, str) and pattern.fullmatch(value)):
        return ()
    return (Fault(pointer, shown(value), expected),)
