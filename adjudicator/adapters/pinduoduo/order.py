"""The order: its lines, the amounts paid for them, its parcels."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from adjudicator.adapters.losses import LossKind
from adjudicator.adapters.payload import View
from adjudicator.adapters.pinduoduo.codes import (
    CATEGORY_LEVELS,
    CROSS_BORDER,
    DEPOSIT_SALE,
    EXTRAS,
    NOT_CONCLUDED,
    PAID_IN_FULL,
    TAX_NOT_STATED,
    YUAN,
)
from adjudicator.adapters.pinduoduo.record import Record
from adjudicator.adapters.values import code, identifier, text, whole


def placing_of(record: Record) -> dict[str, Any]:
    """The order's id, and when it was placed."""
    return {
        "id": record.ledger.require("/order/id", record.order.at("order_sn"), identifier),
        "placed_at": record.intake.required_moment("/order/placed_at", record.order.at("created_time")),
    }


def order_of(record: Record) -> dict[str, Any]:
    """The order as far as the payload states it; it does not state the buyer or the shop."""
    record.ledger.lacks("/order/lines", record.order.at("item_list"))
    return {
        **placing_of(record),
        "buyer_id": None,
        "currency": None,
        "postage_paid": record.ledger.require("/order/postage_paid", record.order.at("postage"), YUAN),
        "merchant": {"id": None},
        "lines": [_line(record, index, line_id, line) for index, (line_id, line) in enumerate(record.lines)],
        "parcels": list(_parcels(record)),
    }


def cross_border_signs(record: Record) -> View:
    """The places that only a cross-border order has."""
    views = [record.order.at(name) for name in CROSS_BORDER]
    return View(tuple(node for view in views for node in view.nodes if node.value not in (None, "", "0")))


def _line(record: Record, index: int, line_id: str | None, line: View) -> dict[str, Any]:
    at, ledger = f"/order/lines/{index}", record.ledger
    return {
        "id": line_id,
        "sku": ledger.read(f"{at}/sku", line.at("sku_id"), identifier),
        "title": ledger.read(f"{at}/title", line.at("goods_name"), text),
        "category": _category(record, f"{at}/category"),
        "quantity": ledger.require(f"{at}/quantity", line.at("goods_count"), whole),
        "goods_paid": _goods_paid(record, f"{at}/goods_paid"),
        "tax_paid": None,
    }


def _category(record: Record, field: str) -> str | None:
    """The narrowest category that the shop has mapped, if the order has a single line."""
    views = [record.order.at(level) for level in CATEGORY_LEVELS]
    known = [
        (category, view) for view in views if (category := record.ledger.read(field, view, identifier)) is not None
    ]
    alone, categories = len(record.lines) == 1, record.intake.shop.categories
    if alone and (found := next((categories[category] for category, _ in known if category in categories), None)):
        return found
    for _, view in known:
        note = "the mapping does not say what kind of goods this is" if alone else "one category for several lines"
        record.ledger.lost(LossKind.UNKNOWN, view, "category_not_mapped", note, field)
    return None


def _goods_paid(record: Record, field: str) -> int | None:
    """The amount paid for the goods of the only line: ``pay_amount`` less postage, which must equal goods less discounts."""
    ledger, order = record.ledger, record.order
    names = ("pay_amount", "postage", "goods_amount", "discount_amount")
    paid, postage, goods, discount = (ledger.read(field, order.at(name), YUAN) for name in names)
    if len(record.lines) > 1:
        note = "one amount for several lines"
        ledger.lost(LossKind.UNKNOWN, order.at("pay_amount"), "paid_for_several", note, field)
    _extras(record, field)
    _phases(record, field, paid)
    _cross_border(record, field)
    if paid is None or postage is None:
        ledger.lacks(field, *(order.at(name) for name in names[:2]))
        return None
    calculated = None if goods is None or discount is None else goods - discount
    if paid < postage or calculated not in (None, paid - postage):
        note = f"pay_amount less postage leaves {paid - postage} fen, goods_amount less discounts {calculated}"
        both = order.at("pay_amount") + order.at("goods_amount")
        ledger.lost(LossKind.CONTRADICTORY, both, "paid_differs", note, field)
    return None if ledger.doubts(field) else paid - postage


def _extras(record: Record, field: str) -> None:
    """Fees and discounts cast doubt on the goods amount, because the amount paid may include them."""
    views = [record.order.at(name) for name in EXTRAS]
    views += [subsidy.at("amount") for subsidy in record.order.at("government_subsidy_settle_details").items()]
    fees = record.order.at("service_fee_detail") + record.intake.bought.at("service_fee_detail")
    views += [fee.at("service_fee") for fee in fees.items()]
    for view in views:
        if record.ledger.read(field, view, YUAN):
            note = "no document says whether this is inside what was paid"
            record.ledger.lost(LossKind.UNKNOWN, view, "not_the_goods", note, field)


def _phases(record: Record, field: str, paid: int | None) -> None:
    """A payment still to come, and phases that do not add up to the amount paid, cast doubt on the goods amount."""
    phases, ledger = record.order.at("step_order_info"), record.ledger
    paid_in_phases, stage = phases.at("step_paid_fee"), phases.at("step_trade_status")
    sale, concluded = record.order.at("trade_type"), record.order.at("confirm_status")
    amount = ledger.read(field, paid_in_phases, YUAN)
    if amount and amount != paid:
        note = f"paid in phases that make {amount} fen; pay_amount says {paid}"
        ledger.lost(LossKind.UNKNOWN, paid_in_phases, "phases_differ", note, field)
    is_in_phases = bool(amount) or ledger.read(field, sale, code) == DEPOSIT_SALE
    if ledger.read(field, stage, code) not in (None, PAID_IN_FULL) and is_in_phases:
        ledger.lost(LossKind.UNKNOWN, stage, "not_paid_yet", "deposit and rest are not both paid yet", field)
    if ledger.read(field, sale, code) == DEPOSIT_SALE and not amount:
        note = "sold against a deposit, and no payment in phases is stated: what pay_amount holds is not clear"
        ledger.lost(LossKind.UNKNOWN, sale, "phases_not_told", note, field)
    if ledger.read(field, concluded, code) == NOT_CONCLUDED:
        note = "not concluded yet: what pay_amount holds is not clear"
        ledger.lost(LossKind.UNKNOWN, concluded, "not_paid_yet", note, field)


def _cross_border(record: Record, field: str) -> None:
    if signs := cross_border_signs(record):
        record.ledger.lost(LossKind.UNKNOWN, signs, "tax_not_told", TAX_NOT_STATED, field)


# The parcels


def _parcels(record: Record) -> Iterator[dict[str, Any]]:
    """The parcels of the order. No signing time is stated: ``receive_time`` is the buyer's own confirmation."""
    entries = [entry for entry in (record.order, *record.order.at("extra_delivery_list").items()) if _sent(entry)]
    ids = [line_id for line_id, _ in record.lines if line_id is not None]
    for index, entry in enumerate(entries):
        at = f"/order/parcels/{index}"
        waybill = entry.at("tracking_number")
        inside = ids if len(entries) == 1 or len(record.lines) == 1 else []
        if ids and not inside:
            note = "several parcels and several lines: it is not stated which lines this parcel carries"
            record.ledger.lost(LossKind.UNKNOWN, waybill, "parcel_of_what", note, f"{at}/line_ids")
        yield {
            "waybill_no": record.ledger.read(f"{at}/waybill_no", waybill, text),
            "carrier": _carrier(record, f"{at}/carrier", entry),
            "signed_at": None,
            "line_ids": inside,
        }


def _sent(entry: View) -> bool:
    return any(node.value not in (None, "") for node in entry.at("tracking_number").nodes)


def _carrier(record: Record, field: str, entry: View) -> str | None:
    """The carrier's name in the shop's mapping, else its number."""
    view = entry.at("logistics_id")
    number = record.ledger.read(field, view, identifier)
    if number is not None and number not in record.intake.shop.carriers:
        note = "the mapping does not name this carrier; the number stands as it is"
        record.ledger.lost(LossKind.UNKNOWN, view, "carrier_not_mapped", note, field)
    return record.intake.shop.carriers.get(number or "", number)
