"""What the two payloads state of the order: its lines, what was paid for them, its parcels."""

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
)
from adjudicator.adapters.doudian.record import Line, Record, is_code
from adjudicator.adapters.losses import LossKind
from adjudicator.adapters.payload import View
from adjudicator.adapters.values import code_or_raw, flag, identifier, identifier_if_clear, text, whole
from adjudicator.model.limits import MOST_ITEMS

Goods: TypeAlias = dict[tuple[str, str | None], list[Line]]
"""By a name and what stands under it, the lines that have it."""


def order_of(record: Record) -> dict[str, Any]:
    """The order of the case, as far as it is stated."""
    require, order = record.ledger.require, record.order
    record.ledger.lacks("/order/lines", order.at("sku_order_list"))
    _totals(record)
    return {
        "id": require("/order/id", order.at("order_id", "shop_order_id"), identifier),
        "buyer_id": require("/order/buyer_id", order.at("doudian_open_id"), text),
        "placed_at": record.intake.required_moment("/order/placed_at", order.at("create_time")),
        "currency": None,
        "postage_paid": _postage(record),
        "merchant": {"id": require("/order/merchant/id", order.at("shop_id"), identifier)},
        "lines": [_line(record, index, *each) for index, each in enumerate(record.lines)],
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
    """The kind of goods by the narrowest category that the shop has mapped."""
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
    """What was paid for the goods alone: ``sku_pay_amount``, and ``pay_amount`` less postage and tax, which must agree."""
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
    if calculated is not None and (calculated < 0 or stated not in (None, calculated)):
        note = f"pay_amount less postage and tax leaves {calculated}, sku_pay_amount says {stated}"
        both = line.at("pay_amount", "sku_pay_amount")
        ledger.lost(LossKind.CONTRADICTORY, both, "paid_differs", note, field)
    if ledger.doubts(field):
        return None
    return stated if stated is not None else calculated


def _tax_for_goods(record: Record, field: str, line_id: str | None, line: View) -> int | None:
    """The tax inside what was paid: as given beside, or else as stated."""
    beside = record.tax_beside.get(line_id or "")
    return beside if type(beside) is int else _tax_paid(record, field, line)


def _extras(record: Record, field: str, line: View, *, settled: bool) -> None:
    """Discounts and surcharges: a doubt about the goods, except for surcharges where two figures agree without them."""
    for name in (*DISCOUNTS, *SURCHARGES):
        view = line.at(name) or record.order.at(name)
        if settled and name in SURCHARGES:
            if any(code_or_raw(node) not in (None, "0") for node in view.nodes):
                note = "neither goods nor postage nor tax: no part of what is given back"
                record.ledger.lost(LossKind.DROPPED, view, "surcharge", note, field)
        elif record.ledger.read(field, view, FEN):
            note = "no document says whether this is inside what was paid"
            record.ledger.lost(LossKind.UNKNOWN, view, "not_the_goods", note, field)


def _phases(record: Record, field: str, line_id: str | None, line: View, paid: int | None) -> None:
    """What is paid in phases: a doubt about the goods, unless the phases that were paid make up what was paid for the line."""
    phases = (*record.phases.get(line_id, ()), *(record.phases.get(None, ()) if line_id is not None else ()))
    sale = line.at("trade_type") or record.order.at("trade_type")
    deposit = View(tuple(node for node in sale.nodes if code_or_raw(node) in DEPOSIT_SALES))
    done = [each for each in phases if record.ledger.read(field, each.at("pay_success"), flag)]
    amounts = [record.ledger.read(field, each.at("phase_pay_amount"), FEN) for each in done]
    known = [amount for amount in amounts if amount is not None]
    if phases and (len(known) < len(phases) or sum(known) != paid):
        note = f"paid in phases, of which {len(done)} are paid and make {sum(known)}; pay_amount says {paid}"
        amounts_told = View(tuple(node for each in phases for node in each.at("phase_pay_amount").nodes))
        record.ledger.lost(LossKind.UNKNOWN, amounts_told, "phases_differ", note, field)
    elif deposit and not phases:
        note = "sold against a deposit, and no phases are stated: what pay_amount holds is not clear"
        record.ledger.lost(LossKind.UNKNOWN, deposit, "phases_not_told", note, field)


def _tax_paid(record: Record, field: str, line: View) -> int | None:
    """The tax that was charged separately: none where the price includes it."""
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
    """When the transaction succeeded; the order's own time counts where it has a single line."""
    alone = len(record.lines) == 1
    view = line.at("finish_time") or (record.order.at("finish_time") if alone else View())
    found = record.intake.moment(field, view)
    status = line.at("order_status") + record.order.at("order_status")
    closed = View(tuple(each for each in status.nodes if is_code(each, CLOSED)))
    if found is None or not closed:
        return found
    stage = line.at("main_status") or (record.order.at("main_status") if alone else View())
    early = View(tuple(each for each in stage.nodes if code_or_raw(each) in NOT_RECEIVED))
    if early:
        note = "closed before it was received, and yet finished"
        record.ledger.lost(LossKind.CONTRADICTORY, view + closed + early, "cancelled_and_finished", note, field)
        return None
    note = "4 is a cancelled line and also one that was refunded after it was finished; finish_time is taken"
    record.ledger.lost(LossKind.UNKNOWN, closed, "closed_and_finished", note, field)
    return found


def _postage(record: Record) -> int | None:
    """What the buyer paid for postage: the order's figure and the sum over its lines, which must agree."""
    field, view = "/order/postage_paid", record.order.at("post_amount")
    parts = [record.ledger.read(field, line.at("post_amount"), FEN) for _, line in record.lines]
    stated = record.ledger.read(field, view, FEN)
    known = [part for part in parts if part is not None]
    calculated = sum(known) if known and len(known) == len(parts) else None
    if None not in (stated, calculated) and stated != calculated:
        note = f"the order says {stated}, its lines make {calculated}"
        of_the_lines = (each for _, line in record.lines for each in line.at("post_amount").nodes)
        both = view + View(tuple(of_the_lines))
        record.ledger.lost(LossKind.CONTRADICTORY, both, "postage_differs", note, field)
    if record.ledger.doubts(field):
        return None
    record.ledger.lacks(field, view)
    return stated if stated is not None else calculated


def _totals(record: Record) -> None:
    """The order's own sums, which should be those of its lines."""
    for name in ("pay_amount", "tax_amount"):
        view = record.order.at(name)
        total = record.ledger.read("/order/lines", view, FEN)
        parts = [record.ledger.read("/order/lines", line.at(name), FEN) for _, line in record.lines]
        known = [part for part in parts if part is not None]
        if total is not None and len(known) == len(parts) and sum(known) != total:
            note = f"the lines of the order make {sum(known)}, and that is taken"
            record.ledger.lost(LossKind.CONTRADICTORY, view, "total_differs", note, "/order/lines")


# The parcels


def _parcels(record: Record) -> Iterator[dict[str, Any]]:
    """The parcels of the order, each signed for when the lines in it are."""
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
    _sent_by_the_record(record, frozenset(waybill_no for waybill_no, _, _ in parcels))


def _sent_by_the_record(record: Record, waybills: frozenset[str | None]) -> None:
    """The after-sale record states parcels too: one that the order does not is reported."""
    for entry in record.process.at("logistics_info").at("order").items():
        view = entry.at("tracking_no")
        waybill_no = record.ledger.read("/order/parcels", view, text)
        if waybill_no is not None and waybill_no not in waybills:
            note = "a parcel that the order does not state"
            record.ledger.lost(LossKind.CONTRADICTORY, view, "parcel_of_one_payload", note, "/order/parcels")


def _packed(record: Record) -> list[tuple[str | None, list[str], View]]:
    """Waybill, lines and places of every parcel; one that is stated at several lines is one."""
    of_the_order = [(None, each) for each in record.order.at("logistics_info").items()]
    of_the_lines = [(line_id, each) for line_id, line in record.lines for each in line.at("logistics_info").items()]
    parcels: dict[object, tuple[str | None, dict[str, None], View]] = {}
    having = _lines_by_goods(record)
    for line_id, entry in [*of_the_order, *of_the_lines][: MOST_ITEMS + 1]:
        field = f"/order/parcels/{len(parcels)}"
        waybill_no = record.ledger.read(f"{field}/waybill_no", entry.at("tracking_no"), text)
        key = waybill_no if waybill_no is not None else entry
        _, line_ids, before = parcels.get(key, (None, {}, View()))
        inside = [line_id] if line_id is not None else _inside(record, f"{field}/line_ids", entry, having)
        line_ids |= dict.fromkeys(inside)
        parcels[key] = (waybill_no, line_ids, before + entry)
    return [(waybill_no, list(line_ids), entry) for waybill_no, line_ids, entry in parcels.values()]


def _lines_by_goods(record: Record) -> Goods:
    """Which lines have which goods, by SKU and by product, and where that is stated."""
    found: Goods = {}
    for line_id, line in record.lines:
        for name in GOODS:
            view = line.at(name)
            for goods in {identifier_if_clear(node) for node in view.nodes} - {None}:
                found.setdefault((name, goods), []).append((line_id, view))
    return found


def _inside(record: Record, field: str, entry: View, having: Goods) -> list[str]:
    """The lines in a parcel: by their ids, or by the goods in it where only one line has them; the line, if there is just one."""
    found = [_packed_line(record, field, item, having) for item in entry.at("product_info").items()]
    stated = [line_id for line_id in found if line_id is not None]
    only = [line_id for line_id, _ in record.lines if line_id is not None and len(record.lines) == 1]
    if len(stated) < len(found) or not (stated or only):
        note = "it is not stated for all of it which lines this parcel carries"
        record.ledger.lost(LossKind.UNKNOWN, entry.at("tracking_no"), "parcel_of_what", note, field)
    return stated or only


def _packed_line(record: Record, field: str, item: View, having: Goods) -> str | None:
    """The line that goods in a parcel belong to."""
    line_id = record.ledger.read(field, item.at("sku_order_id", "order_id"), identifier)
    if line_id is not None:
        return line_id
    for name in GOODS:
        goods = record.ledger.read(field, item.at(name), identifier)
        if goods is not None:
            lines = having.get((name, goods), [])
            if len(lines) != 1:
                return None
            ((line_id, view),) = lines
            record.ledger.took(view, field)
            return line_id
    return record.lines[0][0] if len(record.lines) == 1 else None


def _carrier(record: Record, field: str, entry: View) -> str | None:
    """The carrier's name by the shop's mapping; else its code as it stands, for that is all that is known."""
    view = entry.at("company", "company_code")
    said = record.ledger.read(field, view, text)
    name = record.ledger.read(field, entry.at("company_name"), text)
    if said is not None and said not in record.intake.shop.carriers and name is None:
        note = "the mapping does not name this carrier; the code stands as it is"
        record.ledger.lost(LossKind.UNKNOWN, view, "carrier_not_mapped", note, field)
    return record.intake.shop.carriers.get(said or "", name or said)


def _signed_at(
    record: Record, field: str, by_id: dict[str | None, View], inside: list[str], whole_here: list[str]
) -> str | None:
    """When a parcel was signed for: by the lines that are whole in it, where they agree.

    A line that is split over several parcels has one time, and it is not stated for which of them.
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
