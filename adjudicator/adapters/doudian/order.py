"""What the two payloads tell of the order: its lines, what was paid for them, its parcels."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from adjudicator.adapters.doudian.codes import CANCELLED, CATEGORY_LEVELS, DISCOUNTS, SURCHARGES
from adjudicator.adapters.doudian.record import Record, is_code
from adjudicator.adapters.losses import LossKind
from adjudicator.adapters.payload import View, fen, flag, identifier, instant, text, whole
from adjudicator.model.limits import MOST_ITEMS


def order_of(record: Record) -> dict[str, Any]:
    """The order of the case, as far as it is told."""
    read, order = record.ledger.read, record.order
    _totals(record)
    return {
        "id": read("/order/id", order.at("order_id", "shop_order_id"), identifier),
        "buyer_id": read("/order/buyer_id", order.at("doudian_open_id"), text),
        "placed_at": record.moment("/order/placed_at", order.at("create_time")),
        "currency": None,
        "postage_paid": _postage(record),
        "merchant": {"id": read("/order/merchant/id", order.at("shop_id"), identifier)},
        "lines": [_line(record, index, *each) for index, each in enumerate(record.lines)],
        "parcels": list(_parcels(record)),
    }


def _line(record: Record, index: int, line_id: str | None, line: View) -> dict[str, Any]:
    at, read = f"/order/lines/{index}", record.ledger.read
    return {
        "id": line_id,
        "sku": read(f"{at}/sku", line.at("sku_id"), identifier),
        "title": read(f"{at}/title", line.at("product_name"), text),
        "category": _category(record, f"{at}/category", line),
        "quantity": read(f"{at}/quantity", line.at("item_num", "item_quantity"), whole),
        "goods_paid": _goods_paid(record, f"{at}/goods_paid", line),
        "tax_paid": _tax_paid(record, f"{at}/tax_paid", line),
        "completed_at": _completed_at(record, f"{at}/completed_at", line),
    }


def _category(record: Record, field: str, line: View) -> str | None:
    """The kind of goods by the narrowest category that the shop has mapped."""
    told = [(record.ledger.read(field, line.at(level), identifier), line.at(level)) for level in CATEGORY_LEVELS]
    known = [(category, view) for category, view in told if category is not None]
    for category, _ in known:
        if category in record.shop.categories:
            return record.shop.categories[category]
    for _, view in known:
        note = "the mapping does not say what kind of goods this is"
        record.ledger.lost(LossKind.UNKNOWN, view, "category_not_mapped", note, field)
    return None


def _goods_paid(record: Record, field: str, line: View) -> int | None:
    """What was paid for the goods alone: ``sku_pay_amount``, and ``pay_amount`` less postage and tax, which must agree."""
    stated, paid = (record.ledger.read(field, line.at(name), fen) for name in ("sku_pay_amount", "pay_amount"))
    postage, tax = record.ledger.read(field, line.at("post_amount"), fen), _tax_paid(record, field, line)
    reckoned = paid - postage - tax if paid is not None and postage is not None and tax is not None else None
    for name in DISCOUNTS if stated is not None and stated == reckoned else (*DISCOUNTS, *SURCHARGES):
        view = line.at(name) or record.order.at(name)
        if record.ledger.read(field, view, fen):
            note = "no document says whether this is inside what was paid"
            record.ledger.lost(LossKind.UNKNOWN, view, "not_the_goods", note, field)
    if reckoned is not None and (reckoned < 0 or stated not in (None, reckoned)):
        note = f"pay_amount less postage and tax leaves {reckoned}, sku_pay_amount says {stated}"
        both = line.at("pay_amount", "sku_pay_amount")
        record.ledger.lost(LossKind.CONTRADICTORY, both, "paid_differs", note, field)
    if record.ledger.doubts(field):
        return None
    return stated if stated is not None else reckoned


def _tax_paid(record: Record, field: str, line: View) -> int | None:
    """The tax that was charged separately: none where the price includes it."""
    included, tax = line.at("has_tax"), line.at("tax_amount")
    unfinished = record.order.at("tax_amount_not_come_out")
    is_included, amount = record.ledger.read(field, included, flag), record.ledger.read(field, tax, fen)
    if record.ledger.read(field, unfinished, flag):
        record.ledger.lost(LossKind.UNKNOWN, unfinished, "tax_not_reckoned", "the tax is not reckoned yet", field)
        return None
    if is_included and amount:
        note = "a price that includes the tax, and tax on top of it"
        record.ledger.lost(LossKind.CONTRADICTORY, included + tax, "tax_twice", note, field)
        return None
    if record.ledger.doubts(field):
        return None
    return 0 if is_included else amount


def _completed_at(record: Record, field: str, line: View) -> str | None:
    """When the transaction succeeded; the order's own time goes with a single line only."""
    view = line.at("finish_time") or (record.order.at("finish_time") if len(record.lines) == 1 else View())
    status = line.at("order_status") + record.order.at("order_status")
    found = record.moment(field, view)
    cancelled = View(tuple(each for each in status.nodes if is_code(each, CANCELLED)))
    if found is not None and cancelled:
        note = "a cancelled order has no success"
        record.ledger.lost(LossKind.CONTRADICTORY, view + cancelled, "cancelled_and_finished", note, field)
        return None
    return found


def _postage(record: Record) -> int | None:
    """What the buyer paid for postage: the order's figure and the sum over its lines, which must agree."""
    field, view = "/order/postage_paid", record.order.at("post_amount")
    parts = [record.ledger.read(field, line.at("post_amount"), fen) for _, line in record.lines]
    stated = record.ledger.read(field, view, fen)
    known = [part for part in parts if part is not None]
    reckoned = sum(known) if known and len(known) == len(parts) else None
    if None not in (stated, reckoned) and stated != reckoned:
        note = f"the order says {stated}, its lines make {reckoned}"
        of_the_lines = (each for _, line in record.lines for each in line.at("post_amount").nodes)
        both = view + View(tuple(of_the_lines))
        record.ledger.lost(LossKind.CONTRADICTORY, both, "postage_differs", note, field)
    if record.ledger.doubts(field):
        return None
    return stated if stated is not None else reckoned


def _totals(record: Record) -> None:
    """The order's own sums, which should be those of its lines."""
    for name in ("pay_amount", "tax_amount"):
        view = record.order.at(name)
        total = record.ledger.read("/order/lines", view, fen)
        parts = [record.ledger.read("/order/lines", line.at(name), fen) for _, line in record.lines]
        known = [part for part in parts if part is not None]
        if total is not None and len(known) == len(parts) and sum(known) != total:
            note = f"the lines of the order make {sum(known)}, and that is taken"
            record.ledger.lost(LossKind.CONTRADICTORY, view, "total_differs", note, "/order/lines")


# The parcels


def _parcels(record: Record) -> Iterator[dict[str, Any]]:
    """The parcels of the order, each signed for when the lines in it are told to be."""
    parcels = _packed(record)
    carried = Counter(line_id for _, line_ids, _ in parcels for line_id in line_ids)
    for index, (waybill_no, line_ids, entry) in enumerate(parcels):
        at = f"/order/parcels/{index}"
        alone = all(carried[line_id] == 1 for line_id in line_ids)
        yield {
            "waybill_no": waybill_no,
            "carrier": _carrier(record, f"{at}/carrier", entry),
            "signed_at": _signed_at(record, f"{at}/signed_at", line_ids, alone=alone),
            "line_ids": line_ids,
        }
    _sent_by_the_record(record, frozenset(waybill_no for waybill_no, _, _ in parcels))


def _sent_by_the_record(record: Record, waybills: frozenset[str | None]) -> None:
    """The after-sale record knows the parcels too: one that the order does not tell of is told."""
    for entry in record.process.at("logistics_info").at("order").items():
        view = entry.at("tracking_no")
        waybill_no = record.ledger.read("/order/parcels", view, text)
        if waybill_no is not None and waybill_no not in waybills:
            note = "a parcel that the order does not tell of"
            record.ledger.lost(LossKind.CONTRADICTORY, view, "parcel_of_one_payload", note, "/order/parcels")


def _packed(record: Record) -> list[tuple[str | None, list[str], View]]:
    """Waybill, lines and places of every parcel; one that is told of at several lines is one."""
    told = [(None, each) for each in record.order.at("logistics_info").items()]
    told_at_lines = [(line_id, each) for line_id, line in record.lines for each in line.at("logistics_info").items()]
    parcels: dict[object, tuple[str | None, dict[str, None], View]] = {}
    for line_id, entry in [*told, *told_at_lines][: MOST_ITEMS + 1]:
        field = f"/order/parcels/{len(parcels)}"
        waybill_no = record.ledger.read(f"{field}/waybill_no", entry.at("tracking_no"), text)
        key = waybill_no if waybill_no is not None else entry
        _, line_ids, before = parcels.get(key, (None, {}, View()))
        line_ids |= dict.fromkeys([line_id] if line_id is not None else _inside(record, f"{field}/line_ids", entry))
        parcels[key] = (waybill_no, line_ids, before + entry)
    return [(waybill_no, list(line_ids), entry) for waybill_no, line_ids, entry in parcels.values()]


def _inside(record: Record, field: str, entry: View) -> list[str]:
    """The lines in a parcel; of an order with one line it can be no other."""
    packed = entry.at("product_info").items()
    found = [record.ledger.read(field, item.at("sku_order_id", "order_id"), identifier) for item in packed]
    told = [line_id for line_id in found if line_id is not None]
    only = [line_id for line_id, _ in record.lines if line_id is not None and len(record.lines) == 1]
    if not told and not only:
        note = "it is not told which lines this parcel carries"
        record.ledger.lost(LossKind.UNKNOWN, entry.at("tracking_no"), "parcel_of_what", note, field)
    return told or only


def _carrier(record: Record, field: str, entry: View) -> str | None:
    """The carrier's name by the shop's mapping; else its code as it stands, for that is all that is known."""
    view = entry.at("company", "company_code")
    said = record.ledger.read(field, view, text)
    name = record.ledger.read(field, entry.at("company_name"), text)
    if said is not None and said not in record.shop.carriers and name is None:
        note = "the mapping does not name this carrier; the code stands as it is"
        record.ledger.lost(LossKind.UNKNOWN, view, "carrier_not_mapped", note, field)
    return record.shop.carriers.get(said or "", name or said)


def _signed_at(record: Record, field: str, line_ids: list[str], *, alone: bool) -> str | None:
    """When a parcel was signed for, where the lines in it say so with one voice and are in no other parcel."""
    inside = frozenset(line_ids)
    lines = [line for line_id, line in record.lines if line_id in inside]
    view = View(tuple(node for line in lines for node in line.at("logistics_receipt_time").nodes))
    signed_at = record.ledger.read(field, view, instant)
    placed_at = record.ledger.read("/order/placed_at", record.order.at("create_time"), instant)
    if signed_at is None:
        return None
    unsigned = View(tuple(node for node in view.nodes if is_code(node, "0")))
    if unsigned:
        note = "some of the lines in this parcel are told to be signed for, and some not"
        record.ledger.lost(LossKind.CONTRADICTORY, view, "signed_for_in_part", note, field)
        return None
    if not alone:
        note = "one time for lines that came in several parcels: it is not told which of them it is for"
        record.ledger.lost(LossKind.UNKNOWN, view, "signed_for_which", note, field)
        return None
    if placed_at is not None and signed_at < placed_at:
        note = "signed for before the order was placed"
        record.ledger.lost(LossKind.CONTRADICTORY, view, "signed_too_early", note, field)
        return None
    received = record.info.at("got_pkg")
    if record.ledger.read(field, received, flag) is False:
        note = "the buyer says that nothing came, the carrier that it was signed for, and that is taken"
        record.ledger.lost(LossKind.CONTRADICTORY, received, "signed_for_and_not_received", note, field)
    return str(signed_at)
