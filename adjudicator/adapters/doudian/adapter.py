"""Doudian: makes a case from the responses to ``afterSale.Detail`` and ``order.orderDetail``.

The adapter never guesses. Explicit statements go into the case. Unclear or contradictory values and unmapped codes stay unknown
and are reported. You must supply what a case needs and the payloads do not state.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

from adjudicator.adapters.assembly import (
    AFTER_SALE,
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
from adjudicator.adapters.doudian.claim import claim_of
from adjudicator.adapters.doudian.codes import (
    BUYER,
    CLOCK,
    CLOSED,
    CROSS_BORDER,
    CURRENCY,
    ENVELOPE,
    FEN,
    OPEN,
    OVER,
    REFUNDED,
    REFUNDING,
    SPELLINGS,
    SUCCEEDED,
    UNPAID,
    WHY_DROPPED,
)
from adjudicator.adapters.doudian.evidence import evidence_of
from adjudicator.adapters.doudian.order import order_of
from adjudicator.adapters.doudian.record import Record, is_code
from adjudicator.adapters.losses import LossKind
from adjudicator.adapters.payload import Node, View
from adjudicator.adapters.values import code, code_or_raw, whole
from adjudicator.model.case import Case
from adjudicator.model.enumerations import Channel, Demand, Programme
from adjudicator.model.errors import Fault
from adjudicator.model.time import SECOND, Instant

DOUDIAN = Platform(
    name="doudian",
    envelope=ENVELOPE,
    clock=CLOCK,
    case_kind=lambda case_type: issubclass(case_type, Case),
    cases="claims",
    spellings=SPELLINGS,
    why_dropped=WHY_DROPPED,
)


def adapt_doudian(
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

    ``envelope`` names the envelope of both responses, and ``order_envelope`` that of the order if it differs: one of
    :data:`~adjudicator.adapters.envelopes.GATEWAYS`, by default the platform's own.

    Raises :class:`~adjudicator.model.errors.InputError` with every fault in the four inputs. Pointers start with the input and a
    ``#``: ``after-sale``, ``order``, ``beside``, ``map``, or ``case`` for what no input states.
    """
    intake = Intake.of(
        DOUDIAN,
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
    faults = [
        *_not_open(record),
        *other_order(intake, record.order.at("order_id", "shop_order_id"), _order_ids(record)),
    ]
    return assembled(intake, _draft(record), faults, partial(_complete, record))


# Whether there is a claim to decide


def _not_open(record: Record) -> Iterator[Fault]:
    """A fault if the record is closed, or may be."""
    status = record.info.at("after_sale_status")
    found = record.ledger.read("/metadata/after_sale_status", status, code)
    if found not in OPEN:
        place = status.nodes[0].pointer if status else "/data/process_info/after_sale_info/after_sale_status"
        why = OVER.get(found or "", "no status that is known to be open")
        stated = status.nodes[0].raw if status else "nothing"
        yield Fault(f"{AFTER_SALE}#{place}", stated, f"an after-sale record that is open; this is not: {why}")


def _order_ids(record: Record) -> View:
    """The places outside the order itself that name it."""
    parents = (node for _, line in record.lines for node in line.at("parent_order_id", "shop_order_id").nodes)
    return View((*record.claimed_under.at("shop_order_id", "order_id").nodes, *parents))


# The draft


def _draft(record: Record) -> dict[str, Any]:
    """The case as far as the payloads state it."""
    return {
        "id": None,
        "policy": record.intake.policy,
        "as_of": str(record.intake.as_of),
        "claim": claim_of(record),
        "order": order_of(record),
        "evidence": evidence_of(record),
        "settlements": None,
        "metadata": _metadata(record),
    }


def _metadata(record: Record) -> dict[str, str]:
    """The record's version and status, which the decision returns to the caller."""
    ledger, view = record.ledger, record.info.at("update_time")
    update_time = ledger.read("/metadata/update_time", view, whole)
    if not update_time:
        note = "the platform's operations take it as their lock"
        ledger.lost(LossKind.MISSING, View(), "no_update_time", note, "/metadata/update_time")
    elif update_time * SECOND > record.intake.as_of:
        note = "the record also states what came after the moment of the decision"
        ledger.lost(LossKind.CONTRADICTORY, view, "record_is_later", note, "/as_of")
    status = ledger.read("/metadata/after_sale_status", record.info.at("after_sale_status"), code)
    stated = {"platform": DOUDIAN.name, "after_sale_status": status, "update_time": update_time or None}
    return {name: str(value) for name, value in stated.items() if value is not None}


# What the payloads and the caller state together


def _complete(record: Record, document: dict[str, Any]) -> Iterator[Fault]:
    """Set safe defaults for required fields that nobody stated; yields a fault if the ledger omits a payment."""
    _suggested_programme(record, document)
    claim, order, ledger = document["claim"], document["order"], record.ledger
    if not isinstance(claim, dict) or not isinstance(order, dict):
        return
    default(ledger, document, "id", "", claim.get("id"), "a case is named after its claim")
    default(ledger, order, "currency", "/order", CURRENCY, "payloads name no currency; their amounts are fen")
    default_demands(record.intake, claim, REFUNDING, record.reads)
    if ledger.read("/claim/filed_through", record.info.at("apply_role"), code) == BUYER:
        note = "the buyer applied, and the buyer applies on the order page"
        default(ledger, claim, "filed_through", "/claim", Channel.ORDER_PAGE.value, note)
    hidden = "each line shows its newest after-sale record only, and earlier ones may have been paid"
    pays = record.intake.pays(record.order.at("create_time"))
    _requested(record, claim)
    if pays:
        yield from certain(ledger, "/claim/requested_amount")
    yield from settle(record.intake, document, _signs_of_payment(record), pays=pays, hidden=hidden)


def _suggested_programme(record: Record, document: dict[str, Any]) -> None:
    """Report signs of a cross-border order that suggest or contradict the merchant's programme; they do not prove it."""
    field = "/order/merchant/programme"
    places = (record.order, *(line for _, line in record.lines))
    business = (node for view in places for node in view.at("biz").nodes if code_or_raw(node) in CROSS_BORDER)
    oversea = [node for view in places for node in view.at("is_oversea_order").nodes]
    signs = View((*business, *(node for node in oversea if is_code(node, "1"))))
    against = View(tuple(node for node in oversea if is_code(node, "0")))
    stated = value_at(document, "order", "merchant", "programme")
    if stated is None and signs:
        note = "suggests the global programme and does not prove it: give it beside"
        record.ledger.lost(LossKind.UNKNOWN, signs, "programme_suggested", note, field)
    elif stated == Programme.DOMESTIC and signs:
        note = "suggests the global programme, but domestic is given beside, and that is taken"
        record.ledger.lost(LossKind.CONTRADICTORY, signs, "programme_against_signs", note, field)
    elif stated == Programme.GLOBAL and against and not signs:
        note = "suggests no cross-border order, but global is given beside, and that is taken"
        record.ledger.lost(LossKind.CONTRADICTORY, against, "programme_against_signs", note, field)
    else:
        record.ledger.took(signs, field)


def _signs_of_payment(record: Record) -> View:
    """The places that show a payment to the buyer, made or on its way: in the record, on the order, or on a line."""
    ordered = (record.order, *(line for _, line in record.lines))
    places = (record.info, record.claimed_under, *ordered, *(place.at("after_sale_info") for place in ordered))
    return View(tuple(node for place in places for node in _signs_in(record, place)))


def _signs_in(record: Record, place: View) -> Iterator[Node]:
    """The values in one place that show a payment."""
    states = place.at("refund_status")
    for node in states.nodes:
        record.ledger.read("/settlements", View((node,)), code)
    yield from (node for node in states.nodes if code_or_raw(node) not in (None, *UNPAID))
    yield from (node for node in place.at("real_refund_amount").nodes if code_or_raw(node) not in (None, "0"))
    yield from (node for node in place.at("order_status").nodes if is_code(node, CLOSED))
    yield from (node for node in place.at("main_status").nodes if code_or_raw(node) in (CLOSED, *REFUNDED))
    if not any(code_or_raw(node) for node in states.nodes):
        yield from (node for node in place.at("after_sale_status").nodes if code_or_raw(node) in SUCCEEDED)


def _requested(record: Record, claim: dict[str, Any]) -> None:
    """Take the refund applied for, with freight, as the requested amount, if the claim asks only for a refund."""
    field, view, ledger = "/claim/requested_amount", record.info.at("refund_total_amount"), record.ledger
    if claim.get("requested_amount") is not None:
        return
    demands = claim.get("demands")
    if isinstance(demands, list) and Demand.TENFOLD_COMPENSATION in demands:
        note = "the refund applied for, which is not the figure for a claim that demands compensation too"
        ledger.lost(LossKind.DROPPED, view, "refund_only", note, field)
        return
    freight = ledger.read(field, record.info.at("refund_post_amount"), FEN)
    total = ledger.read(field, view, FEN)
    if total is not None and freight is not None and freight > total:
        both = view + record.info.at("refund_post_amount")
        note = "freight inside the refund that is more than the refund"
        ledger.lost(LossKind.CONTRADICTORY, both, "freight_above_refund", note, field)
    elif total:
        claim["requested_amount"] = total
