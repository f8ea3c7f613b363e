"""Doudian: the answers to ``afterSale.Detail`` and ``order.orderDetail``, made into a case.

Nothing is guessed. What the payloads tell in so many words goes into the case; what they tell unclearly, twice or under a code
that nobody has explained is left unknown and reported; what a case must have and they do not tell has to be given beside them.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from attrs import frozen

from adjudicator.adapters.beside import Overlay, load_beside
from adjudicator.adapters.doudian.claim import claim_of
from adjudicator.adapters.doudian.codes import (
    AFTER_SALE,
    BUYER,
    CROSS_BORDER,
    CURRENCY,
    ENVELOPES,
    OPEN,
    ORDER,
    OVER,
    REFUNDING,
    UNPAID,
    WHY_DROPPED,
)
from adjudicator.adapters.doudian.evidence import evidence_of
from adjudicator.adapters.doudian.order import order_of
from adjudicator.adapters.doudian.record import Record, code_of, is_code
from adjudicator.adapters.losses import Ledger, LossKind, LossReport, doubt_as_fault
from adjudicator.adapters.mapping import load_mapping
from adjudicator.adapters.needs import not_told
from adjudicator.adapters.payload import Node, View, code, fen, identifier, opened, whole
from adjudicator.engine.registry import policies
from adjudicator.model.case import Case, Channel, Demand, Programme
from adjudicator.model.errors import NOTHING, Fault, InputError, shown
from adjudicator.model.time import SECOND, Instant
from adjudicator.wire.codec import case_document, case_from


@frozen(kw_only=True)
class Adapted:
    """A case as a JSON document, what was lost on the way, and the version of the after-sale record that it was made from.

    ``update_time`` is what the platform's operations take as their optimistic lock, as text; ``None`` if it was not told.
    """

    case_document: dict[str, Any]
    report: LossReport
    update_time: str | None


def adapt_doudian(
    after_sale: str | bytes,
    order: str | bytes,
    *,
    policy: str,
    as_of: Instant | str,
    beside: str | bytes | None = None,
    mapping: str | bytes | None = None,
) -> Adapted:
    """Make a case of two payloads and of what the caller knows beside them.

    Raises :class:`~adjudicator.model.errors.InputError` with every fault of its four inputs; in its pointers the input stands before
    the ``#``: ``after-sale``, ``order``, ``beside``, ``map``, or ``case`` for what none of them tells.
    """
    faults: list[Fault] = []
    roots = [_gathered(faults, opened, *each) for each in ((AFTER_SALE, after_sale), (ORDER, order))]
    stated = _gathered(faults, load_beside, beside)
    shop = _gathered(faults, load_mapping, mapping)
    moment = _gathered(faults, _moment_of, as_of)
    if policy not in policies() or policies()[policy][0].case_kind.case_type is not Case:
        faults.append(Fault("case#/policy", shown(policy), _one_of_the_claims()))
    if faults:
        raise InputError(faults)
    ledger = Ledger(tuple(roots))
    sale, bought = (_data(ledger, root, faults) for root in roots)
    if faults:
        raise InputError(faults)
    return _adapted(Record.of(policy, moment, shop, stated, ledger, sale, bought))


def _gathered(faults: list[Fault], read: Any, *given: Any) -> Any:
    """What can be read; its faults go to the others."""
    try:
        return read(*given)
    except InputError as error:
        faults += error.faults
        return None


def _moment_of(as_of: Instant | str) -> Instant:
    try:
        return as_of if isinstance(as_of, Instant) else Instant.parse(as_of)
    except ValueError:
        raise InputError([Fault("case#/as_of", shown(as_of), "an RFC 3339 instant with an offset")]) from None


def _one_of_the_claims() -> str:
    claims = [policy for policy, editions in policies().items() if editions[0].case_kind.case_type is Case]
    return f"one of {', '.join(claims)}" if claims else "a policy for claims, and no pack is installed that has one"


def _data(ledger: Ledger, root: Node, faults: list[Fault]) -> View:
    """What an answer holds, if it is one."""
    envelope = View((root,))
    told = {name: view for name in ENVELOPES if (view := envelope.at(name))}
    for name, view in told.items():
        if ledger.read("", view, code) != ENVELOPES[name]:
            words = [_words(envelope, each) for each in ("sub_msg", "msg", "message")]
            said = "; ".join((view.nodes[0].raw, *filter(None, words)))
            faults.append(
                Fault(f"{root.source}#/{name}", shown(said)[1:-1], f"{ENVELOPES[name]}, a call that succeeded")
            )
    if not told:
        expected = "an answer of the open platform: code 10000, or err_no 0"
        faults.append(Fault(f"{root.source}#", shown(root.value), expected))
    return envelope.at("data")


def _words(envelope: View, name: str) -> str | None:
    """What an envelope says in words, if it does."""
    return next((str(node.value) for node in envelope.at(name).nodes if isinstance(node.value, str)), None)


def _adapted(record: Record) -> Adapted:
    """The case, if there can be one."""
    faults = [*_not_open(record), *_other_order(record)]
    overlay = Overlay(record.ledger)
    document = overlay.over(_draft(record), record.beside)
    _suggested_programme(record, document)
    _defaults(record, document)
    faults += overlay.faults
    try:
        case = case_from(document)
    except InputError as error:
        raise InputError(_each_once([*faults, *_traced(record, error.faults, overlay)])) from None
    if faults:
        raise InputError(faults)
    _missing(record, case)
    return Adapted(
        case_document=case_document(case),
        report=record.ledger.report(_why_dropped),
        update_time=document["metadata"].get("update_time"),
    )


# Whether there is a claim to decide


def _not_open(record: Record) -> Iterator[Fault]:
    """A fault for a record that is over, or of which nobody can say whether it is."""
    status = record.info.at("after_sale_status")
    found = record.ledger.read("/metadata/after_sale_status", status, code)
    if found not in OPEN:
        place = f"{AFTER_SALE}#{status.nodes[0].pointer if status else '/data/process_info/after_sale_info'}"
        why = OVER.get(found or "", "no status that is known to be open")
        told = status.nodes[0].raw if status else shown(NOTHING)
        yield Fault(place, told, f"an after-sale record that is open; this is not: {why}")


def _other_order(record: Record) -> Iterator[Fault]:
    """A fault for each place that speaks of another order than the order itself does."""
    order_id = record.ledger.read("/order/id", record.order.at("order_id", "shop_order_id"), identifier)
    parents = (each for _, line in record.lines for each in line.at("parent_order_id", "shop_order_id").nodes)
    for node in (*record.claimed_under.at("shop_order_id", "order_id").nodes, *parents):
        told = record.ledger.read("/order/id", View((node,)), identifier)
        if order_id is not None and told not in (None, order_id):
            expected = f"{shown(order_id)}, the order of the other payload: these are two orders"
            yield Fault(f"{node.source}#{node.pointer}", shown(told), expected)


# The draft


def _draft(record: Record) -> dict[str, Any]:
    """What the payloads tell, in the shape of a case."""
    return {
        "id": None,
        "policy": record.policy,
        "as_of": str(record.as_of),
        "claim": claim_of(record),
        "order": order_of(record),
        "evidence": evidence_of(record),
        "settlements": None,
        "metadata": _metadata(record),
    }


def _metadata(record: Record) -> dict[str, str]:
    """What the caller may want back with the decision: the record's version and state."""
    update_time = record.ledger.read("/metadata/update_time", record.info.at("update_time"), whole)
    if not update_time:
        note = "the platform's operations take it as their lock"
        record.ledger.lost(LossKind.MISSING, View(), "no_update_time", note, "/metadata/update_time")
    elif update_time * SECOND > record.as_of:
        note = "the record tells what came after the moment of the decision, too"
        record.ledger.lost(LossKind.CONTRADICTORY, record.info.at("update_time"), "record_is_later", note, "/as_of")
    status = record.ledger.read("/metadata/after_sale_status", record.info.at("after_sale_status"), code)
    told = {"platform": "doudian", "after_sale_status": status, "update_time": update_time or None}
    return {name: str(value) for name, value in told.items() if value is not None}


# What the payloads and the caller say together


def _suggested_programme(record: Record, document: dict[str, Any]) -> None:
    """Signs of a cross-border order are no proof of the merchant's programme; against what is stated they are told."""
    field = "/order/merchant/programme"
    places = (record.order, *(line for _, line in record.lines))
    business = (node for view in places for node in view.at("biz").nodes if code_of(node) in CROSS_BORDER)
    oversea = [node for view in places for node in view.at("is_oversea_order").nodes]
    signs = View((*business, *(node for node in oversea if is_code(node, "1"))))
    against = View(tuple(node for node in oversea if is_code(node, "0")))
    stated = _at(document, "order", "merchant", "programme")
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


def _defaults(record: Record, document: dict[str, Any]) -> None:
    """What a case must have and nobody has told, where one value is safe to take."""
    claim, order = document["claim"], document["order"]
    if not isinstance(claim, dict) or not isinstance(order, dict):
        return
    _default(record, document, "id", "", claim.get("id"), "a case is called like its claim")
    _default(record, order, "currency", "/order", CURRENCY, "payloads name no currency; their amounts are fen")
    if "demands" not in record.reads:
        demands = [Demand.REFUND.value] if claim.get("service") in [*REFUNDING] else []
        note = "what the chosen service asks for; this guarantee does not read it"
        _default(record, claim, "demands", "/claim", demands, note)
    if record.ledger.read("/claim/filed_through", record.info.at("apply_role"), code) == BUYER:
        note = "the buyer applied, and an after-sale record is applied for on the order page"
        _default(record, claim, "filed_through", "/claim", Channel.ORDER_PAGE.value, note)
    _paid_before(record, document)
    _requested(record, claim)


def _default(record: Record, place: dict[str, Any], name: str, field: str, value: Any, note: str) -> None:
    if place.get(name) is None:
        place[name] = value
        record.ledger.lost(LossKind.DEFAULTED, View(), "defaulted", f"{note}: {_told(value)}", f"{field}/{name}")


def _paid_before(record: Record, document: dict[str, Any]) -> None:
    """Nothing was settled before, unless the payloads show that something was: then the caller has to say what."""
    field = "/settlements"
    states = record.info.at("refund_status").nodes
    states += tuple(n for _, line in record.lines for n in line.at("after_sale_info").at("refund_status").nodes)
    paid = tuple(node for node in states if code_of(node) not in (None, *UNPAID))
    paid += tuple(n for n in record.info.at("real_refund_amount").nodes if code_of(n) not in (None, "0"))
    for node in states:
        record.ledger.read(field, View((node,)), code)
    if document.get("settlements") is not None:
        record.ledger.took(View(paid), field)
    elif paid:
        note = "something was paid back, or is being paid; which money it was has to be given beside"
        record.ledger.lost(LossKind.UNKNOWN, View(paid), "paid_before", note, field)
    else:
        _default(record, document, "settlements", "", [], "the payloads show no earlier payment")


def _requested(record: Record, claim: dict[str, Any]) -> None:
    """The refund applied for, freight included, is the consumer's figure for the whole claim, if only a refund is asked."""
    field, view = "/claim/requested_amount", record.info.at("refund_total_amount")
    if claim.get("requested_amount") is not None:
        return
    if Demand.TENFOLD_COMPENSATION in _listed(claim.get("demands")):
        note = "the refund applied for, which is not the figure for a claim that demands compensation too"
        record.ledger.lost(LossKind.DROPPED, view, "refund_only", note, field)
        return
    freight = record.ledger.read(field, record.info.at("refund_post_amount"), fen)
    total = record.ledger.read(field, view, fen)
    if total is not None and freight is not None and freight > total:
        both = view + record.info.at("refund_post_amount")
        note = "freight inside the refund that is more than the refund"
        record.ledger.lost(LossKind.CONTRADICTORY, both, "freight_above_refund", note, field)
    elif total:
        claim["requested_amount"] = total


# What is told at the end


def _missing(record: Record, case: Case) -> None:
    """What this guarantee reads and the case does not tell."""
    for field, fact in not_told(case):
        explained = field == "/evidence" or record.ledger.doubts(field)
        view = View() if explained else View(record.ledger.origins(field))
        note = f"{fact}: {record.policy} reads it"
        record.ledger.lost(LossKind.MISSING, view, "not_told", note, field)


def _traced(record: Record, faults: tuple[Fault, ...], overlay: Overlay) -> Iterator[Fault]:
    """The faults of a case, each told of the input that it came from."""
    for fault in faults:
        if fault.pointer == "/id" and fault.pointer not in overlay.placed:
            continue  # it goes without an id of the claim, which is told
        beside = overlay.source_of(fault.pointer)
        doubts = record.ledger.doubts(fault.pointer)
        origins = record.ledger.origins(fault.pointer)
        if beside is not None:
            yield Fault(beside, fault.value, fault.expected)
        elif doubts:
            yield from map(doubt_as_fault, doubts)
        elif origins:
            expected = f"{fault.expected} ({fault.pointer} of the case; it may be given beside)"
            yield from (Fault(f"{each.source}#{each.pointer}", fault.value, expected) for each in origins)
        else:
            expected = f"{fault.expected}: no payload tells it, give it beside"
            yield Fault(f"case#{fault.pointer}", fault.value, expected)


def _each_once(faults: list[Fault]) -> Iterator[Fault]:
    return iter(dict.fromkeys(faults))


def _at(document: Any, *steps: str) -> Any:
    for step in steps:
        document = document.get(step) if isinstance(document, dict) else None
    return document


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _told(value: Any) -> str:
    return ", ".join(map(str, value)) or "none" if isinstance(value, list) else shown(value)


def _why_dropped(leaf: Node) -> str:
    """Why a value of the payloads is not in the case."""
    names = [step for step in reversed(leaf.path) if isinstance(step, str)]
    if len(leaf.path) == 1:
        return "the envelope"
    return next((WHY_DROPPED[name] for name in names if name in WHY_DROPPED), "no part of a case")
