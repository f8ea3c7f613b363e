"""The claim, from the after-sale record."""

from __future__ import annotations

from typing import Any

from adjudicator.adapters.doudian.codes import ALLOWED, BUYER, REFUSED, SERVICES
from adjudicator.adapters.doudian.record import Record, total
from adjudicator.adapters.losses import LossKind
from adjudicator.adapters.payload import View
from adjudicator.adapters.values import code, count, identifier, text
from adjudicator.model.enumerations import Reason, ReplyDecision


def claim_of(record: Record) -> dict[str, Any]:
    """The claim as far as the record states it."""
    ledger, items = record.ledger, record.claimed_under.at("sku_order_infos")
    ledger.lacks("/claim/items", items)
    _doubt_counts(record)
    return {
        "id": ledger.require("/claim/id", record.info.at("after_sale_id"), identifier),
        "claimant_id": _claimant(record),
        "filed_at": record.intake.required_moment("/claim/filed_at", record.info.at("apply_time")),
        "filed_through": None,
        "reason": _reason(record),
        "service": service_of(record),
        "demands": None,
        "items": [_item(record, index, line_id, line) for index, (line_id, line) in enumerate(record.claimed)],
        "merchant_reply": _reply(record),
    }


def _claimant(record: Record) -> str | None:
    """The buyer, if the record says the buyer applied; it identifies nobody else."""
    field, role = "/claim/claimant_id", record.info.at("apply_role")
    applicant = record.ledger.require("/claim/filed_through", role, code)
    if applicant == BUYER:
        return record.ledger.require(field, record.order.at("doudian_open_id"), text)
    record.ledger.lacks(field, role)
    if applicant is not None:
        note = "someone other than the buyer (apply_role 1) applied"
        for unknown in (field, "/claim/filed_through"):
            record.ledger.lost(LossKind.UNKNOWN, role, "applied_for_by_another", note, unknown)
    return None


def _reason(record: Record) -> str | None:
    """The reason according to the shop's mapping; its code and its words must agree."""
    field, by_code, by_words = "/claim/reason", record.info.at("reason_code"), record.info.at("reason")
    if not by_code and not by_words:
        record.ledger.lacks(field, by_code, by_words)
    mapped = {
        record.intake.shop.reasons.get(record.ledger.read(field, by_code, code) or ""),
        record.intake.shop.reason_texts.get(record.ledger.read(field, by_words, text) or ""),
    } - {None}
    if len(mapped) > 1:
        note = "code and words are mapped to different reasons"
        record.ledger.lost(LossKind.CONTRADICTORY, by_code + by_words, "reasons_differ", note, field)
    elif not mapped and (by_code or by_words):
        note = f"the mapping does not say what it means: one of {', '.join(Reason)}"
        record.ledger.lost(LossKind.UNKNOWN, by_code + by_words, "reason_not_mapped", note, field)
    return mapped.pop() if len(mapped) == 1 else None


def service_of(record: Record) -> str | None:
    """The service that the buyer chose."""
    field, view = "/claim/service", record.info.at("after_sale_type")
    type_code = record.ledger.require(field, view, code)
    service = record.intake.shop.services.get(type_code or "", SERVICES.get(type_code or ""))
    if type_code is not None and service is None:
        note = "a type of after-sale that is not known; the mapping can say which service it is"
        record.ledger.lost(LossKind.UNKNOWN, view, "type_not_known", note, field)
    return service


def _item(record: Record, index: int, line_id: str | None, line: View) -> dict[str, Any]:
    """A claimed line and its quantity. The record's own count is for a line only if it is the only one."""
    field = f"/claim/items/{index}/quantity"
    line_count = line.at("after_sale_item_count")
    record_count = record.info.at("after_sale_apply_count") if len(record.claimed) == 1 else View()
    quantity = record.ledger.require(field, line_count + record_count, count)
    return {"line_id": line_id, "quantity": None if record.ledger.doubts(field) else quantity}


def _doubt_counts(record: Record) -> None:
    """Doubt the quantity of each of several claimed lines if the record counts another number of units in all."""
    view = record.info.at("after_sale_apply_count")
    if len(record.claimed) < 2:
        return
    made = total(
        record.ledger.read("/claim/items", line.at("after_sale_item_count"), count) for _, line in record.claimed
    )
    for index, _ in enumerate(record.claimed):
        field = f"/claim/items/{index}/quantity"
        stated = record.ledger.read(field, view, count)
        if None not in (stated, made) and stated != made:
            note = f"the record counts {stated}, its lines make {made}"
            record.ledger.lost(LossKind.CONTRADICTORY, view, "counts_differ", note, field)


def _reply(record: Record) -> dict[str, Any] | None:
    field, status = "/claim/merchant_reply/decision", record.info.at("after_sale_status")
    status_code = record.ledger.read(field, status, code)
    if status_code in REFUSED:
        return {"decision": ReplyDecision.REFUSED.value}
    if status_code in ALLOWED:
        note = "the application was allowed; it is not stated by whom: merchant, assistant, time limit or platform"
        record.ledger.lost(LossKind.UNKNOWN, status, "allowed_by_whom", note, field)
    return None
