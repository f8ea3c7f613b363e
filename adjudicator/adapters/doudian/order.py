"""The order, from both payloads: its lines, the amounts paid for them, its parcels."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any, TypeAlias

from adjudicator.adapters.doudian.codes import (
    CATEGORY_LEVELS,
    CLOCK,
    CLOSED,
    DEPOSIT_SALES,
    DISCOUNTS,
    FEN,
    GOODS,
    NOT_RECEIVED,
    SURCHARGES,
    UNFINISHED,
)
from adjudicator.adapters.doudian.record import Line, Record, is_code, total
from adjudicator.adapters.losses import LossKind
from adjudicator.adapters.payload import View
from adjudicator.adapters.values import code_or_raw, flag, identifier, identifier_if_clear, text, whole
from adjudicator.model.limits import MOST_ITEMS

Goods: TypeAlias = dict[tuple[str, str | None], list[Line]]
"""The lines by the name and value of their goods ids."""


def order_of(record: Record) -> dict[str, Any]:
    """The order as far as the payloads state it."""
    require, order = record.ledger.require, record.order
    record.ledger.lacks("/order/lines", order.at("sku_order_list"))
    _doubt_totals(record)
    return {
        "id": require("/order/id", order.at("order_id", "shop_order_id"), identifier),
        "buyer_id": require("/order/buyer_id", order.at("doudian_open_id"), text),
        "placed_at": record.intake.required_moment("/order/placed_at", order.at("create_time")),
        "currency": None,
        "postage_paid": _postage(record),
        "merchant": {"id": require("/order/merchant/id", order.at("shop_id"), identifier)},
        "lines": [_line(record, index, line_id, line) for index, (line_id, line) in enumerate(record.lines)],
        "parcels": list(_parcels(record)),
    }


def _line(record: Record, index: int, line_id: str | None, line: View) -> dict[str, Any]:
    at, ledger = f"/order/lines/{index}", record.ledger
    return {
        "id": line_id,
        "sku": ledger.read(f"{at}/sku", line.at("sku_id"), identifier),
        "title": ledger.read(f"{at}/title", line.at("product_name"), text),
        "category": _category(record, f"{at}/category", line),
        "quantity": ledger.require(f"{at}/quantity", line.at("item_num", "item_quantity"), whole),
        "goods_paid": _goods_paid(record, f"{at}/goods_paid", line_id, line),
        "tax_paid": _tax_paid(record, f"{at}/tax_paid", line),
        "completed_at": _completed_at(record, f"{at}/completed_at", line),
    }


def _category(record: Record, field: str, line: View) -> str | None:
    """The narrowest category that the shop has mapped."""
    levels = [(record.ledger.read(field, line.at(level), identifier), line.at(level)) for level in CATEGORY_LEVELS]
    known = [(category, view) for category, view in levels if category is not None]
    for category, _ in known:
        if category in record.intake.shop.categories:
            return record.intake.shop.categories[category]
    for _, view in known:
        note = "the mapping does not say what kind of goods this is"
        record.ledger.lost(LossKind.UNKNOWN, view, "category_not_mapped", note, field)
    return None


def _goods_paid(record: Record, field: str, line_id: str | None, line: View) -> int | None:
    """The amount paid for the goods alone: ``sku_pay_amount``, and ``pay_amount`` less postage and tax, which must agree."""
    ledger = record.ledger
    stated, paid = (ledger.read(field, line.at(name), FEN) for name in ("sku_pay_amount", "pay_amount"))
    postage, tax = ledger.read(field, line.at("post_amount"), FEN), _tax_for_goods(record, field, line_id, line)
    parts = (paid, postage, tax)
    calculated = None if paid is None or postage is None or tax is None else paid - postage - tax
    if stated is None and calculated is None:
        names = ("pay_amount", "post_amount", "tax_amount")
        ledger.lacks(field, *(line.at(name) for name, part in zip(names, parts, strict=True) if part is None))
    _extras(record, field, line, settled=stated is not None and stated == calculated)
    _phases(record, field, line_id, line, paid)
    _unfinished(record, field, line)
    if calculated is not None and (calculated < 0 or stated not in (None, calculated)):
        note = f"pay_amount less postage and tax leaves {calculated}, sku_pay_amount says {stated}"
        both = line.at("pay_amount", "sku_pay_amount")
        ledger.lost(LossKind.CONTRADICTORY, both, "paid_differs", note, field)
    if ledger.doubts(field):
        return None
    return stated if stated is not None else calculated


def _tax_for_goods(record: Record, field: str, line_id: str | None, line: View) -> int | None:
    """The tax within the amount paid: from the beside file, or else from the payloads."""
    beside = _tax_beside(record, line_id)
    return _tax_paid(record, field, line) if beside is None else beside


def _tax_beside(record: Record, line_id: str | None) -> int | None:
    beside = record.tax_beside.get(line_id or "")
    return beside if type(beside) is int else None


def _extras(record: Record, field: str, line: View, *, settled: bool) -> None:
    """Discounts and surcharges cast doubt on the goods amount, except surcharges if two figures agree without them."""
    own = tuple((name, line.at(name)) for name in (*DISCOUNTS, *SURCHARGES))
    for name, view in (*own, *record.unshared):
        if settled and name in SURCHARGES:
            if any(code_or_raw(node) not in (None, "0") for node in view.nodes):
                note = "neither goods nor postage nor tax: no part of what is given back"
                record.ledger.lost(LossKind.DROPPED, view, "surcharge", note, field)
        elif record.ledger.read(field, view, FEN):
            note = "no document says whether this is inside what was paid"
            record.ledger.lost(LossKind.UNKNOWN, view, "not_the_goods", note, field)


def _phases(record: Record, field: str, line_id: str | None, line: View, paid: int | None) -> None:
    """Payment phases cast doubt on the goods amount, unless the completed ones add up to the amount paid for the line."""
    phases = (*record.phases.get(line_id, ()), *(record.phases.get(None, ()) if line_id is not None else ()))
    sale = line.at("trade_type") or record.order.at("trade_type")
    deposit = View(tuple(node for node in sale.nodes if code_or_raw(node) in DEPOSIT_SALES))
    done = [phase for phase in phases if record.ledger.read(field, phase.at("pay_success"), flag)]
    amounts = [record.ledger.read(field, phase.at("phase_pay_amount"), FEN) for phase in done]
    known = [amount for amount in amounts if amount is not None]
    if phases and (len(known) < len(phases) or sum(known) != paid):
        note = f"paid in phases, of which {len(done)} are paid and make {sum(known)}; pay_amount says {paid}"
        all_amounts = View(tuple(node for phase in phases for node in phase.at("phase_pay_amount").nodes))
        record.ledger.lost(LossKind.UNKNOWN, all_amounts, "phases_differ", note, field)
    elif deposit and not phases:
        note = "sold against a deposit, and no phases are stated: what pay_amount holds is not clear"
        record.ledger.lost(LossKind.UNKNOWN, deposit, "phases_not_told", note, field)


def _unfinished(record: Record, field: str, line: View) -> None:
    """A payment that is still to come, in whole or in part, casts doubt on the goods amount."""
    both = line, record.order
    status = (node for place in both for name in ("order_status", "main_status") for node in place.at(name).nodes)
    pay_time = (node for place in both for node in place.at("pay_time").nodes)
    open_status = (node for node in status if code_or_raw(node) in UNFINISHED)
    for node in (*open_status, *(node for node in pay_time if is_code(node, "0"))):
        note = "not paid yet, or in part: what pay_amount holds is not clear"
        record.ledger.lost(LossKind.UNKNOWN, View((node,)), "not_paid_yet", note, field)


def _tax_paid(record: Record, field: str, line: View) -> int | None:
    """The tax charged separately: 0 if the price includes it."""
    included, tax, ledger = line.at("has_tax"), line.at("tax_amount"), record.ledger
    unfinished = record.order.at("tax_amount_not_come_out")
    is_included, amount = ledger.read(field, included, flag), ledger.read(field, tax, FEN)
    if ledger.read(field, unfinished, flag):
        ledger.lost(LossKind.UNKNOWN, unfinished, "tax_not_reckoned", "the tax is not calculated yet", field)
        return None
    if is_included and amount:
        note = "a price that includes the tax, and tax on top of it"
        ledger.lost(LossKind.CONTRADICTORY, included + tax, "tax_twice", note, field)
        return None
    if not is_included:
        ledger.lacks(field, tax)
    if ledger.doubts(field):
        return None
    return 0 if is_included else amount


def _completed_at(record: Record, field: str, line: View) -> str | None:
    """When the transaction succeeded; the order's own time is taken if it has a single line."""
    alone = len(record.lines) == 1
    view = line.at("finish_time") or (record.order.at("finish_time") if alone else View())
    completed_at = record.intake.moment(field, view)
    status = line.at("order_status") + record.order.at("order_status")
    closed = View(tuple(node for node in status.nodes if is_code(node, CLOSED)))
    if completed_at is None or not closed:
        return completed_at
    stage = line.at("main_status") or (record.order.at("main_status") if alone else View())
    early = View(tuple(node for node in stage.nodes if code_or_raw(node) in NOT_RECEIVED))
    if early:
        note = "closed before it was received, and yet finished"
        record.ledger.lost(LossKind.CONTRADICTORY, view + closed + early, "cancelled_and_finished", note, field)
        return None
    note = "4 is a cancelled line and also one that was refunded after it was finished; finish_time is taken"
    record.ledger.lost(LossKind.UNKNOWN, closed, "closed_and_finished", note, field)
    return completed_at


def _postage(record: Record) -> int | None:
    """The postage paid: the order's figure and the sum of its lines, which must agree."""
    field, view = "/order/postage_paid", record.order.at("post_amount")
    parts = [record.ledger.read(field, line.at("post_amount"), FEN) for _, line in record.lines]
    stated = record.ledger.read(field, view, FEN)
    calculated = total(parts)
    if None not in (stated, calculated) and stated != calculated:
        note = f"the order says {stated}, its lines make {calculated}"
        both = view + View(tuple(node for _, line in record.lines for node in line.at("post_amount").nodes))
        record.ledger.lost(LossKind.CONTRADICTORY, both, "postage_differs", note, field)
    _postage_discount(record, field, stated)
    if record.ledger.doubts(field):
        return None
    record.ledger.lacks(field, view)
    return stated if stated is not None else calculated


def _postage_discount(record: Record, field: str, stated: int | None) -> None:
    """The platform's own formula: the postage paid is the full postage less its discount."""
    names = ("post_origin_amount", "post_promotion_amount")
    full, less = (record.ledger.read(field, record.order.at(name), FEN) for name in names)
    if full is not None and less is not None and stated not in (None, full - less):
        note = f"the order says {stated}; the full postage less its discount leaves {full - less}"
        both = record.order.at("post_amount") + record.order.at("post_origin_amount")
        record.ledger.lost(LossKind.CONTRADICTORY, both, "postage_differs", note, field)


def _doubt_totals(record: Record) -> None:
    """Doubt the amounts of every line if the order states other totals than its lines make: any line may be wrong."""
    goods = [f"/order/lines/{index}/goods_paid" for index, _ in enumerate(record.lines)]
    taxes = [f"/order/lines/{index}/tax_paid" for index, _ in enumerate(record.lines)]
    untold = [goods[index] for index, (line_id, _) in enumerate(record.lines) if _tax_beside(record, line_id) is None]
    _doubt_total(record, "pay_amount", total(_payment(record, line) for _, line in record.lines), goods)
    for name, fields in (("promotion_amount", goods), ("tax_amount", [*taxes, *untold])):
        made = total(record.ledger.read("/order/lines", line.at(name), FEN) for _, line in record.lines)
        _doubt_total(record, name, made, fields)


def _doubt_total(record: Record, name: str, made: int | None, fields: list[str]) -> None:
    view = record.order.at(name)
    for field in fields:
        stated = record.ledger.read(field, view, FEN)
        if None not in (stated, made) and stated != made:
            note = f"the order says {stated}, its lines make {made}, and nothing says which line is wrong"
            record.ledger.lost(LossKind.CONTRADICTORY, view, "total_differs", note, field)


def _payment(record: Record, line: View) -> int | None:
    """All that was paid for a line: ``pay_amount``, or what it is made of."""
    names = ("pay_amount", "sku_pay_amount", "post_amount", "tax_amount")
    paid, *parts = (record.ledger.read("/order/lines", line.at(name), FEN) for name in names)
    return total(parts) if paid is None else paid


# The parcels


def _parcels(record: Record) -> Iterator[dict[str, Any]]:
    """The parcels of the order, with the signing time that their lines state."""
    parcels = _packed(record)
    carried, by_id = Counter(line_id for _, line_ids, _ in parcels for line_id in line_ids), dict(record.lines)
    for index, (waybill_no, line_ids, entry) in enumerate(parcels):
        at = f"/order/parcels/{index}"
        whole_here = [line_id for line_id in line_ids if carried[line_id] == 1]
        yield {
            "waybill_no": waybill_no,
            "carrier": _carrier(record, f"{at}/carrier", entry),
            "signed_at": _signed_at(record, f"{at}/signed_at", by_id, line_ids, whole_here),
            "line_ids": line_ids,
        }
    _report_extra_parcels(record, frozenset(waybill_no for waybill_no, _, _ in parcels))


def _report_extra_parcels(record: Record, waybills: frozenset[str | None]) -> None:
    """Report parcels that only the after-sale record states."""
    for entry in record.process.at("logistics_info").at("order").items():
        view = entry.at("tracking_no")
        waybill_no = record.ledger.read("/order/parcels", view, text)
        if waybill_no is not None and waybill_no not in waybills:
            note = "a parcel that the order does not state"
            record.ledger.lost(LossKind.CONTRADICTORY, view, "parcel_of_one_payload", note, "/order/parcels")


def _packed(record: Record) -> list[tuple[str | None, list[str], View]]:
    """The waybill, lines and places of each parcel; entries with the same waybill are merged."""
    order_entries = [(None, entry) for entry in record.order.at("logistics_info").items()]
    line_entries = [(line_id, entry) for line_id, line in record.lines for entry in line.at("logistics_info").items()]
    parcels: dict[object, tuple[str | None, dict[str, None], View]] = {}
    lines_by_goods = _lines_by_goods(record)
    for line_id, entry in [*order_entries, *line_entries][: MOST_ITEMS + 1]:
        field = f"/order/parcels/{len(parcels)}"
        waybill_no = record.ledger.read(f"{field}/waybill_no", entry.at("tracking_no"), text)
        key = waybill_no if waybill_no is not None else entry
        _, line_ids, before = parcels.get(key, (None, {}, View()))
        inside = [line_id] if line_id is not None else _lines_inside(record, f"{field}/line_ids", entry, lines_by_goods)
        line_ids |= dict.fromkeys(inside)
        parcels[key] = (waybill_no, line_ids, before + entry)
    return [(waybill_no, list(line_ids), entry) for waybill_no, line_ids, entry in parcels.values()]


def _lines_by_goods(record: Record) -> Goods:
    """The lines by SKU and by product, each with the place that states it."""
    lines: Goods = {}
    for line_id, line in record.lines:
        for name in GOODS:
            view = line.at(name)
            for goods in {identifier_if_clear(node) for node in view.nodes} - {None}:
                lines.setdefault((name, goods), []).append((line_id, view))
    return lines


def _lines_inside(record: Record, field: str, entry: View, lines_by_goods: Goods) -> list[str]:
    """The lines in a parcel: by id, or by goods that only one line has; the order's only line if nothing is stated."""
    packed = [_packed_line(record, field, item, lines_by_goods) for item in entry.at("product_info").items()]
    stated = [line_id for line_id in packed if line_id is not None]
    only = [line_id for line_id, _ in record.lines if line_id is not None and len(record.lines) == 1]
    if len(stated) < len(packed) or not (stated or only):
        note = "it is not stated for all of it which lines this parcel carries"
        record.ledger.lost(LossKind.UNKNOWN, entry.at("tracking_no"), "parcel_of_what", note, field)
    return stated or only


def _packed_line(record: Record, field: str, item: View, lines_by_goods: Goods) -> str | None:
    """The line that an item in a parcel belongs to."""
    line_id = record.ledger.read(field, item.at("sku_order_id", "order_id"), identifier)
    if line_id is not None:
        return line_id
    for name in GOODS:
        goods = record.ledger.read(field, item.at(name), identifier)
        if goods is not None:
            lines = lines_by_goods.get((name, goods), [])
            if len(lines) != 1:
                return None
            ((line_id, view),) = lines
            record.ledger.took(view, field)
            return line_id
    return record.lines[0][0] if len(record.lines) == 1 else None


def _carrier(record: Record, field: str, entry: View) -> str | None:
    """The carrier's name in the shop's mapping or in the payload; else its code."""
    view = entry.at("company", "company_code")
    company = record.ledger.read(field, view, text)
    name = record.ledger.read(field, entry.at("company_name"), text)
    if company is not None and company not in record.intake.shop.carriers and name is None:
        note = "the mapping does not name this carrier; the code stands as it is"
        record.ledger.lost(LossKind.UNKNOWN, view, "carrier_not_mapped", note, field)
    return record.intake.shop.carriers.get(company or "", name or company)


def _signed_at(
    record: Record, field: str, by_id: dict[str | None, View], inside: list[str], whole_here: list[str]
) -> str | None:
    """When a parcel was signed for, according to the lines that are entirely in it, if they agree.

    A line split over several parcels has a single time, and nothing states which parcel it is for.
    """
    lines = [by_id[line_id] for line_id in (whole_here or inside) if line_id in by_id]
    view = View(tuple(node for line in lines for node in line.at("logistics_receipt_time").nodes))
    signed_at = record.ledger.read(field, view, CLOCK)
    placed_at = record.ledger.read("/order/placed_at", record.order.at("create_time"), CLOCK)
    if signed_at is None:
        return None
    unsigned = View(tuple(node for node in view.nodes if is_code(node, "0")))
    if unsigned:
        note = "some of the lines in this parcel were signed for, and some were not"
        record.ledger.lost(LossKind.CONTRADICTORY, view, "signed_for_in_part", note, field)
        return None
    if not whole_here:
        note = "one time for lines that came in several parcels: it is not stated which of them it is for"
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
