"""Pinduoduo: makes a case from the responses to ``pdd.refund.information.get`` and ``pdd.order.information.get``.

The first may also be a list from ``pdd.refund.list.increment.get``. The policy determines whether the case is a claim or a top-up
that did not arrive. As in the other adapters, nothing is guessed.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

import attrs

from adjudicator.adapters.assembly import (
    Adapted,
    Intake,
    Platform,
    assembled,
    certain,
    default,
    default_demands,
    other_order,
    settle,
)
from adjudicator.adapters.beside import value_at
from adjudicator.adapters.losses import LossKind
from adjudicator.adapters.payload import View, pointer_to
from adjudicator.adapters.pinduoduo.claim import claim_of, claimed_line, filing_of, service_of
from adjudicator.adapters.pinduoduo.codes import (
    AT_ONCE,
    CALLED_OFF,
    CLOCK,
    CURRENCY,
    ENVELOPE,
    OPEN,
    ORDER_UNPAID,
    OVER,
    PAID,
    REFUNDING,
    TAX_NOT_STATED,
    WHY_DROPPED,
)
from adjudicator.adapters.pinduoduo.evidence import evidence_of
from adjudicator.adapters.pinduoduo.order import cross_border_signs, order_of, placing_of
from adjudicator.adapters.pinduoduo.record import Record
from adjudicator.adapters.values import code, code_or_raw, text
from adjudicator.engine.registry import policies
from adjudicator.model.case import Case
from adjudicator.model.enumerations import Demand
from adjudicator.model.errors import Fault
from adjudicator.model.time import Instant


def _is_about_a_top_up(case_type: type) -> bool:
    return attrs.has(case_type) and {"claim", "order", "top_up"} <= attrs.fields_dict(case_type).keys()


PINDUODUO = Platform(
    name="pinduoduo",
    envelope=ENVELOPE,
    clock=CLOCK,
    case_kind=lambda case_type: issubclass(case_type, Case) or _is_about_a_top_up(case_type),
    cases="claims or top-ups",
    why_dropped=WHY_DROPPED,
)


def adapt_pinduoduo(
    after_sale: str | bytes,
    order: str | bytes,
    *,
    policy: str,
    as_of: Instant | str,
    beside: str | bytes | None = None,
    mapping: str | bytes | None = None,
    envelope: str | None = None,
    order_envelope: str | None = None,
) -> Adapted:
    """Make a case from two payloads and what you know beyond them.

    Parameters and faults are those of :func:`~adjudicator.adapters.doudian.adapter.adapt_doudian`.
    """
    intake = Intake.of(
        PINDUODUO,
        after_sale,
        order,
        policy=policy,
        as_of=as_of,
        beside=beside,
        mapping=mapping,
        envelope=envelope,
        order_envelope=order_envelope,
    )
    record = Record.of(intake)
    faults = [*_not_open(record), *other_order(intake, record.order.at("order_sn"), record.sale.at("order_sn"))]
    if _is_about_a_top_up(policies()[policy][0].case_kind.case_type):
        return assembled(intake, _top_up_draft(record), faults, partial(_complete_top_up, record))
    return assembled(intake, _claim_draft(record), faults, partial(_complete_claim, record))


# Whether there is a claim to decide


def _not_open(record: Record) -> Iterator[Fault]:
    """A fault if the record is closed, or may be."""
    field, status = "/metadata/after_sale_status", record.sale.at("after_sales_status")
    status_code = record.ledger.read(field, status, code)
    order_status = record.order.at("after_sales_status")
    newest = {code_or_raw(node) for node in order_status.nodes} - {None}
    if newest - {status_code}:
        note = "the order shows another status: of another record, or of another moment"
        record.ledger.lost(LossKind.CONTRADICTORY, order_status, "status_differs", note, field)
    if status_code not in OPEN:
        source, path = status.nodes[0].place if status else status.absent[0]
        why = OVER.get(status_code or "", "no status that is known to be open")
        stated = status.nodes[0].raw if status else "nothing"
        yield Fault(f"{source}#{pointer_to(path)}", stated, f"an after-sale record that is open; this is not: {why}")


# The drafts


def _draft(record: Record) -> dict[str, Any]:
    return {
        "id": None,
        "policy": record.intake.policy,
        "as_of": str(record.intake.as_of),
        "evidence": evidence_of(record),
        "metadata": _metadata(record),
    }


def _claim_draft(record: Record) -> dict[str, Any]:
    """The claim as far as the payloads state it."""
    draft = _draft(record)
    claimed = claimed_line(record)
    for document in draft["evidence"]:
        document["line_ids"] = [claimed] if claimed is not None else []
    return {**draft, "claim": claim_of(record), "order": order_of(record), "settlements": None}


def _top_up_draft(record: Record) -> dict[str, Any]:
    """The top-up case as far as the payloads state it."""
    number = record.order.at("phone_number_chosen_by_user")
    if any(node.value not in (None, "") for node in number.nodes):
        note = "a number that the buyer chose; no document says that it is the account: give it beside"
        record.ledger.lost(LossKind.UNKNOWN, number, "account_suggested", note, "/top_up/account")
    return {**_draft(record), "claim": filing_of(record), "order": placing_of(record), "top_up": {}}


def _metadata(record: Record) -> dict[str, str]:
    """When the record changed, and its status, which the decision returns to the caller."""
    ledger, view = record.ledger, record.sale.at("updated_time")
    update_time, moment = ledger.read("/metadata/update_time", view, text), ledger.read("/as_of", view, CLOCK)
    if update_time is None:
        note = "nothing tells whether the record has changed since"
        ledger.lost(LossKind.MISSING, View(), "no_update_time", note, "/metadata/update_time")
    elif moment is not None and moment > record.intake.as_of:
        note = "the record also states what came after the moment of the decision"
        ledger.lost(LossKind.CONTRADICTORY, view, "record_is_later", note, "/as_of")
    status = ledger.read("/metadata/after_sale_status", record.sale.at("after_sales_status"), code)
    stated = {"platform": PINDUODUO.name, "after_sale_status": status, "update_time": update_time}
    return {name: value for name, value in stated.items() if value is not None}


# What the payloads and the caller state together


def _complete_top_up(record: Record, document: dict[str, Any]) -> Iterator[Fault]:
    claim_id = value_at(document, "claim", "id")
    default(record.ledger, document, "id", "", claim_id, "a case is named after its claim")
    return iter(())


def _complete_claim(record: Record, document: dict[str, Any]) -> Iterator[Fault]:
    """Set safe defaults for required fields that nobody stated; yields a fault if the ledger omits a payment."""
    claim, order, ledger = document["claim"], document["order"], record.ledger
    if not isinstance(claim, dict) or not isinstance(order, dict):
        return
    default(ledger, document, "id", "", claim.get("id"), "a case is named after its claim")
    default(ledger, order, "currency", "/order", CURRENCY, "payloads name no currency; their amounts are yuan and fen")
    default_demands(record.intake, claim, REFUNDING, record.reads)
    _untaxed(record, order)
    _requested(record, claim)
    pays = record.intake.pays(record.order.at("created_time"))
    if pays:
        yield from certain(ledger, "/claim/requested_amount")
    hidden = "the payloads show one after-sale record, and others of this order may have been paid"
    yield from settle(record.intake, document, _signs_of_payment(record), pays=pays, hidden=hidden)


def _untaxed(record: Record, order: dict[str, Any]) -> None:
    """Set the tax to 0 on a domestic order: no payload states it, and none is charged separately there."""
    lines, signs = order.get("lines"), cross_border_signs(record)
    for index, line in enumerate(lines if isinstance(lines, list) else ()):
        field = f"/order/lines/{index}"
        if signs and isinstance(line, dict) and line.get("tax_paid") is None:
            record.ledger.lost(LossKind.UNKNOWN, signs, "tax_not_told", TAX_NOT_STATED, f"{field}/tax_paid")
        elif isinstance(line, dict):
            default(record.ledger, line, "tax_paid", field, 0, "no payload states a tax, and nothing crosses a border")


def _signs_of_payment(record: Record) -> View:
    """The places that show a payment to the buyer, made or on its way."""
    states = (record.sale.at("after_sales_status") + record.order.at("after_sales_status")).nodes
    paid = [node for node in states if code_or_raw(node) in PAID]
    paid += [n for n in record.order.at("refund_status").nodes if code_or_raw(n) not in (None, *ORDER_UNPAID)]
    paid += [n for n in record.sale.at("speed_refund_status").nodes if code_or_raw(n) == AT_ONCE]
    called_off = record.order.at("confirm_status").nodes + record.order.at("group_status").nodes
    paid += [node for node in called_off if code_or_raw(node) == CALLED_OFF]
    return View((*paid, *record.paid_under_others()))


def _requested(record: Record, claim: dict[str, Any]) -> None:
    """Take the refund applied for as the requested amount, if the claim asks only for a refund."""
    field, view = "/claim/requested_amount", record.sale.at("refund_amount")
    if claim.get("requested_amount") is not None or service_of(record) not in REFUNDING:
        return
    demands = claim.get("demands")
    if isinstance(demands, list) and Demand.TENFOLD_COMPENSATION in demands:
        note = "the refund applied for, which is not the figure for a claim that demands compensation too"
        record.ledger.lost(LossKind.DROPPED, view, "refund_only", note, field)
        return
    amount = record.ledger.read(field, view, record.money)
    if amount:
        claim["requested_amount"] = amount
