"""The claim, from the after-sale record."""

from __future__ import annotations

from typing import Any

from adjudicator.adapters.losses import LossKind
from adjudicator.adapters.payload import View
from adjudicator.adapters.pinduoduo.codes import AGREED, ALLOWED, EXCHANGE, MERCHANT, PIECES, REFUSED, SHARE
from adjudicator.adapters.pinduoduo.record import Record
from adjudicator.adapters.values import code, count, identifier, text
from adjudicator.model.enumerations import Reason, ReplyDecision


def filing_of(record: Record) -> dict[str, Any]:
    """The record's id, and when it was filed."""
    ledger, field = record.ledger, "/claim/filed_at"
    filed_at = record.intake.required_moment(field, record.filed)
    if filed_at is not None and not record.listed:
        note = "the application, or the latest one if it was made again; taken, unless the first is given beside"
        ledger.lost(LossKind.UNKNOWN, record.filed, "filed_again", note, field)
    return {"id": ledger.require("/claim/id", record.sale.at("id"), identifier), "filed_at": filed_at}


def claim_of(record: Record) -> dict[str, Any]:
    """The claim as far as the record states it; it does not state who applied, or where."""
    return {
        **filing_of(record),
        "claimant_id": None,
        "filed_through": None,
        "reason": _reason(record),
        "service": service_of(record),
        "demands": None,
        "items": [_item(record)],
        "merchant_reply": _reply(record),
    }


def service_of(record: Record) -> str | None:
    """The service that the buyer chose."""
    field, view = "/claim/service", record.sale.at("after_sales_type")
    type_code = record.ledger.require(field, view, code)
    service = record.intake.shop.services.get(type_code or "", record.services.get(type_code or ""))
    if type_code is not None and service is None:
        note = "a type of after-sale that is not known; the mapping can say which service it is"
        record.ledger.lost(LossKind.UNKNOWN, view, "type_not_known", note, field)
    return service


def claimed_line(record: Record) -> str | None:
    """The claimed line: the one with the record's SKU, or the only one."""
    field, view = "/claim/items/0/line_id", record.sale.at("sku_id")
    sku = record.ledger.read(field, view, identifier)
    if sku is not None:
        return sku
    if len(record.lines) == 1 and not record.ledger.doubts(field):
        return record.lines[0][0]
    record.ledger.lacks(field, view)
    return None


def _reason(record: Record) -> str | None:
    """The reason according to the shop's mapping of the words that the buyer saw."""
    field, view = "/claim/reason", record.sale.at("after_sales_reason", "after_sale_reason")
    words = record.ledger.require(field, view, text)
    reason = record.intake.shop.reason_texts.get(words or "")
    if words is not None and reason is None:
        note = f"the mapping does not say what it means: one of {', '.join(Reason)}"
        record.ledger.lost(LossKind.UNKNOWN, view, "reason_not_mapped", note, field)
    return reason


def _item(record: Record) -> dict[str, Any]:
    return {"line_id": claimed_line(record), "quantity": _quantity(record)}


def _quantity(record: Record) -> int | None:
    """How many units are claimed: the stated pieces, else the record's own number."""
    field, ledger, sale = "/claim/items/0/quantity", record.ledger, record.sale
    part, value = sale.at("part_after_sales_type"), sale.at("part_after_sales_value")
    kind = ledger.read(field, part, code)
    if kind == PIECES:
        return ledger.require(field, value, count)
    if kind == SHARE:
        ledger.lost(LossKind.UNKNOWN, part + value, "a_share", "a share of the price, not a number of units", field)
        return None
    exchanged = sale.at("exchange_shipping_detail").at("exchange_goods_number")
    if exchanged and service_of(record) == EXCHANGE:
        return ledger.require(field, exchanged, count)
    return ledger.require(field, sale.at("goods_number"), count)


def _reply(record: Record) -> dict[str, Any] | None:
    field, status = "/claim/merchant_reply/decision", record.sale.at("after_sales_status")
    status_code = record.ledger.read(field, status, code)
    operator = record.ledger.read(field, record.sale.at("refund_operator_role"), code)
    if status_code == REFUSED:
        return {"decision": ReplyDecision.REFUSED.value}
    if status_code == AGREED and operator == MERCHANT:
        return {"decision": ReplyDecision.AGREED.value}
    if status_code == AGREED or status_code in ALLOWED:
        note = "the application was allowed; it is not stated for certain that the merchant did so"
        record.ledger.lost(LossKind.UNKNOWN, View(status.nodes), "allowed_by_whom", note, field)
    return None
