"""Doudian: the answers to ``afterSale.Detail`` and ``order.orderDetail``, made into a case.

Nothing is guessed. What the payloads tell in so many words goes into the case; what they tell unclearly, twice or under a code
that nobody has explained is left unknown and reported; what a case must have and they do not tell has to be given beside them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any, Final

from attrs import frozen

from adjudicator.adapters.beside import Overlay, load_beside, pictures_explained
from adjudicator.adapters.losses import Ledger, LossKind, LossReport, doubt_as_fault
from adjudicator.adapters.mapping import ShopMapping, load_mapping
from adjudicator.adapters.needs import facts_read, not_told
from adjudicator.adapters.payload import Node, View, code, count, fen, flag, identifier, instant, opened, text, whole
from adjudicator.case import Case, Channel, Demand, Programme, Reason, ReplyDecision, Service, Side, Submitter
from adjudicator.civil_time import SECOND, Instant
from adjudicator.codec import case_document, case_from
from adjudicator.faults import NOTHING, Fault, InputError, shown
from adjudicator.governing import policies
from adjudicator.parsing import MOST_ITEMS

AFTER_SALE: Final = "after-sale"
ORDER: Final = "order"

ENVELOPES: Final[Mapping[str, str]] = {"code": "10000", "err_no": "0"}
"""How an answer says that it is one: the present envelope, and the one before it."""

OPEN: Final = frozenset({"6", "7", "8", "11", "13", "14", "27", "29"})
OVER: Final[Mapping[str, str]] = {
    "12": "it has succeeded",
    "28": "it was withdrawn or closed",
    "51": "the order was cancelled",
    "53": "it is completed",
}
REFUSED: Final = frozenset({"27", "29"})
"""The merchant has refused the application, or the refund after the goods came back."""
ALLOWED: Final = frozenset({"7", "8", "11", "13", "14"})
"""The application was allowed: by the merchant, by an assistant, by time running out or by the platform."""
UNPAID: Final = frozenset({"0", "1", "4"})
"""No refund, one that waits, one that failed."""

SERVICES: Final[Mapping[str, str]] = {
    "0": Service.RETURN_REFUND.value,
    "1": Service.REFUND_ONLY.value,
    "2": Service.REFUND_ONLY.value,
    "3": Service.EXCHANGE.value,
    "6": Service.OTHER.value,
    "7": Service.OTHER.value,
    "8": Service.OTHER.value,
}
REFUNDING: Final = frozenset({Service.RETURN_REFUND, Service.REFUND_ONLY})
BUYER: Final = "1"
SUBMITTERS: Final[Mapping[str, Submitter]] = {
    "1": Submitter.CONSUMER,
    "2": Submitter.MERCHANT,
    "3": Submitter.PLATFORM,
}
MEDIA: Final[Mapping[str, str]] = {"1": "image", "2": "video", "3": "audio", "4": "text", "5": "PDF"}
RULINGS: Final[Mapping[str, Side]] = {"2": Side.CONSUMER, "3": Side.MERCHANT}
BLAMED: Final[Mapping[str, Side]] = {"1": Side.MERCHANT, "2": Side.CONSUMER}
NO_RULING: Final = frozenset({"0", "1", "4", "5"})
"""No arbitration, or one that still goes on."""
CROSS_BORDER: Final = frozenset({"21", "22", "23", "102"})
CANCELLED: Final = "4"
CATEGORY_LEVELS: Final = ("fourth_cid", "third_cid", "second_cid", "first_cid")
"""From the narrowest to the widest: what the shop says of a narrow one goes before what it says of a wide one."""
DISCOUNTS: Final = ("promotion_pay_amount", "voucher_deduction_amount")
"""What somebody else paid at the till: no document says whether it is inside what the buyer paid."""
SURCHARGES: Final = ("packing_charge_amount", "post_insurance_amount")
"""What is neither goods nor postage nor tax, and may be inside what the buyer paid."""
CURRENCY: Final = "CNY"

WHY_DROPPED: Final[Mapping[str, str]] = {
    "arbitrate_info": "only a clear ruling on a return is read, and only where the guarantee reads rulings",
    "extra_info": "free text, not a stated barcode: give that beside",
    "confirm_receipt_time": "the buyer's own click, not the signing for the parcel",
    "create_time": "the order's own create_time is taken",
    "got_pkg": "the buyer's word on whether it came, not the carrier's",
    "need_return_count": "what is to be sent back, not what is claimed",
    "pay_time": "an order is placed when it is made, not when it is paid",
    "price_protection_detail": "a price adjustment that was paid has to be given beside, among the settlements",
    "refund_post_amount": "inside refund_total_amount",
    "return_address": "no market stands with it; give return addresses beside",
    "ship_time": "when it was sent, not when it came",
    "tag_detail": "for display only, and not as at the order: give badges beside",
}
"""Why what looks like something is nothing for a case."""


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

    Raises :class:`~adjudicator.faults.InputError` with every fault of its four inputs; in its pointers the input stands before
    the ``#``: ``after-sale``, ``order``, ``beside``, ``map``, or ``case`` for what none of them tells.
    """
    faults: list[Fault] = []
    roots = [_gathered(faults, opened, *each) for each in ((AFTER_SALE, after_sale), (ORDER, order))]
    stated = _gathered(faults, load_beside, beside)
    shop = _gathered(faults, load_mapping, mapping)
    moment = _gathered(faults, _moment_of, as_of)
    if policy not in policies() or policies()[policy][0].decides.case_type is not Case:
        faults.append(Fault("case#/policy", shown(policy), f"one of {', '.join(_claim_policies())}"))
    if faults:
        raise InputError(faults)
    ledger = Ledger(tuple(roots))
    sale, bought = (_data(ledger, root, faults) for root in roots)
    if faults:
        raise InputError(faults)
    return _Adaptation.of(policy, moment, shop, stated, ledger, sale, bought).adapted()


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


def _claim_policies() -> list[str]:
    return [policy for policy, editions in policies().items() if editions[0].decides.case_type is Case]


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


@frozen(eq=False)
class _Adaptation:
    """One after-sale record and its order on their way into a case."""

    policy: str
    as_of: Instant
    shop: ShopMapping
    beside: Mapping[str, Any]
    ledger: Ledger
    process: View
    info: View
    claimed_under: View
    order: View
    lines: tuple[tuple[str | None, View], ...]
    """The lines of the order by id; what the after-sale record tells of one stands with it."""
    claimed: tuple[tuple[str | None, View], ...]
    reads: frozenset[str]
    """The facts that the guarantee reads."""

    @classmethod
    def of(
        cls,
        policy: str,
        as_of: Instant,
        shop: ShopMapping,
        beside: Mapping[str, Any],
        ledger: Ledger,
        sale: View,
        bought: View,
    ) -> _Adaptation:
        """Find one's way in two answers."""
        process, claimed_under, order = sale.at("process_info"), sale.at("order_info"), bought.at("shop_order_detail")
        claimed = _by_id(ledger, "/claim/items/{}/line_id", claimed_under.at("sku_order_infos"))
        told_twice = {line_id: view for line_id, view in claimed if line_id is not None}
        lines = tuple(
            (line_id, view + told_twice.get(line_id or "", View()))
            for line_id, view in _by_id(ledger, "/order/lines/{}/id", order.at("sku_order_list"))
        )
        placed_at = ledger.read("/order/placed_at", order.at("create_time"), instant)
        info = process.at("after_sale_info")
        reads = facts_read(policy, placed_at)
        return cls(policy, as_of, shop, beside, ledger, process, info, claimed_under, order, lines, claimed, reads)

    def adapted(self) -> Adapted:
        """The case, if there can be one."""
        faults = [*self._not_open(), *self._other_order()]
        overlay = Overlay(self.ledger)
        document = overlay.over(self._draft(), self.beside)
        self._suggested_programme(document)
        self._defaults(document)
        faults += overlay.faults
        try:
            case = case_from(document)
        except InputError as error:
            raise InputError(_each_once([*faults, *self._traced(error.faults, overlay)])) from None
        if faults:
            raise InputError(faults)
        self._missing(case)
        return Adapted(
            case_document=case_document(case),
            report=self.ledger.report(_why_dropped),
            update_time=document["metadata"].get("update_time"),
        )

    # Whether there is a claim to decide

    def _not_open(self) -> Iterator[Fault]:
        """A fault for a record that is over, or of which nobody can say whether it is."""
        status = self.info.at("after_sale_status")
        found = self.ledger.read("/metadata/after_sale_status", status, code)
        if found not in OPEN:
            place = f"{AFTER_SALE}#{status.nodes[0].pointer if status else '/data/process_info/after_sale_info'}"
            why = OVER.get(found or "", "no status that is known to be open")
            told = status.nodes[0].raw if status else shown(NOTHING)
            yield Fault(place, told, f"an after-sale record that is open; this is not: {why}")

    def _other_order(self) -> Iterator[Fault]:
        """A fault for each place that speaks of another order than the order itself does."""
        order_id = self.ledger.read("/order/id", self.order.at("order_id", "shop_order_id"), identifier)
        parents = (each for _, line in self.lines for each in line.at("parent_order_id", "shop_order_id").nodes)
        for node in (*self.claimed_under.at("shop_order_id", "order_id").nodes, *parents):
            told = self.ledger.read("/order/id", View((node,)), identifier)
            if order_id is not None and told not in (None, order_id):
                expected = f"{shown(order_id)}, the order of the other payload: these are two orders"
                yield Fault(f"{node.source}#{node.pointer}", shown(told), expected)

    # The draft

    def _draft(self) -> dict[str, Any]:
        """What the payloads tell, in the shape of a case."""
        read, order = self.ledger.read, self.order
        self._totals()
        return {
            "id": None,
            "policy": self.policy,
            "as_of": str(self.as_of),
            "claim": self._claim(),
            "order": {
                "id": read("/order/id", order.at("order_id", "shop_order_id"), identifier),
                "buyer_id": read("/order/buyer_id", order.at("doudian_open_id"), text),
                "placed_at": self._moment("/order/placed_at", order.at("create_time")),
                "currency": None,
                "postage_paid": self._postage(),
                "merchant": {"id": read("/order/merchant/id", order.at("shop_id"), identifier)},
                "lines": [self._line(index, *each) for index, each in enumerate(self.lines)],
                "parcels": list(self._parcels()),
            },
            "evidence": [*self._pictures(), *self._handed_in(), *self._ruling()],
            "settlements": None,
            "metadata": self._metadata(),
        }

    def _metadata(self) -> dict[str, str]:
        """What the caller may want back with the decision: the record's version and state."""
        update_time = self.ledger.read("/metadata/update_time", self.info.at("update_time"), whole)
        if not update_time:
            note = "the platform's operations take it as their lock"
            self.ledger.lost(LossKind.MISSING, View(), "no_update_time", note, "/metadata/update_time")
        elif update_time * SECOND > self.as_of:
            note = "the record tells what came after the moment of the decision, too"
            self.ledger.lost(LossKind.CONTRADICTORY, self.info.at("update_time"), "record_is_later", note, "/as_of")
        status = self.ledger.read("/metadata/after_sale_status", self.info.at("after_sale_status"), code)
        told = {"platform": "doudian", "after_sale_status": status, "update_time": update_time or None}
        return {name: str(value) for name, value in told.items() if value is not None}

    def _moment(self, field: str, view: View) -> str | None:
        found = self.ledger.read(field, view, instant)
        return None if found is None else str(found)

    # The claim

    def _claim(self) -> dict[str, Any]:
        read = self.ledger.read
        return {
            "id": read("/claim/id", self.info.at("after_sale_id"), identifier),
            "claimant_id": self._claimant(),
            "filed_at": self._moment("/claim/filed_at", self.info.at("apply_time")),
            "filed_through": None,
            "reason": self._reason(),
            "service": self._service(),
            "demands": None,
            "items": [self._item(index, *each) for index, each in enumerate(self.claimed)],
            "merchant_reply": self._reply(),
        }

    def _claimant(self) -> str | None:
        """The buyer, where the record says that the buyer applied; nobody knows who it was otherwise."""
        field, role = "/claim/claimant_id", self.info.at("apply_role")
        said = self.ledger.read("/claim/filed_through", role, code)
        if said == BUYER:
            return self.ledger.read(field, self.order.at("doudian_open_id"), text)
        if said is not None:
            note = "applied for by somebody else than the buyer (apply_role 1)"
            self.ledger.lost(LossKind.UNKNOWN, role, "applied_for_by_another", note, field)
        return None

    def _reason(self) -> str | None:
        """The reason by the shop's mapping: by code and by words, which must agree."""
        field, by_code, by_words = "/claim/reason", self.info.at("reason_code"), self.info.at("reason")
        told = {
            self.shop.reasons.get(self.ledger.read(field, by_code, code) or ""),
            self.shop.reason_texts.get(self.ledger.read(field, by_words, text) or ""),
        } - {None}
        if len(told) > 1:
            note = "code and words are mapped to different reasons"
            self.ledger.lost(LossKind.CONTRADICTORY, by_code + by_words, "reasons_differ", note, field)
        elif not told and (by_code or by_words):
            note = f"the mapping does not say what it means: one of {', '.join(Reason)}"
            self.ledger.lost(LossKind.UNKNOWN, by_code + by_words, "reason_not_mapped", note, field)
        return told.pop() if len(told) == 1 else None

    def _service(self) -> str | None:
        field, view = "/claim/service", self.info.at("after_sale_type")
        said = self.ledger.read(field, view, code)
        found = self.shop.services.get(said or "", SERVICES.get(said or ""))
        if said is not None and found is None:
            note = "a type of after-sale that is not known; the mapping may say which service it is"
            self.ledger.lost(LossKind.UNKNOWN, view, "type_not_known", note, field)
        return found

    def _item(self, index: int, line_id: str | None, line: View) -> dict[str, Any]:
        """A claimed line and how many units of it, the record's own count going with a single line only."""
        field, read = f"/claim/items/{index}/quantity", self.ledger.read
        of_the_line = line.at("after_sale_item_count")
        of_the_record = self.info.at("after_sale_apply_count") if len(self.claimed) == 1 else View()
        return {"line_id": line_id, "quantity": read(field, of_the_line + of_the_record, count)}

    def _reply(self) -> dict[str, Any] | None:
        field, status = "/claim/merchant_reply/decision", self.info.at("after_sale_status")
        said = self.ledger.read(field, status, code)
        if said in REFUSED:
            return {"decision": ReplyDecision.REFUSED.value}
        if said in ALLOWED:
            note = (
                "the application was allowed, but it is not told by whom: merchant, assistant, time limit or platform"
            )
            self.ledger.lost(LossKind.UNKNOWN, status, "allowed_by_whom", note, field)
        return None

    # The order

    def _line(self, index: int, line_id: str | None, line: View) -> dict[str, Any]:
        at, read = f"/order/lines/{index}", self.ledger.read
        return {
            "id": line_id,
            "sku": read(f"{at}/sku", line.at("sku_id"), identifier),
            "title": read(f"{at}/title", line.at("product_name"), text),
            "category": self._category(f"{at}/category", line),
            "quantity": read(f"{at}/quantity", line.at("item_num", "item_quantity"), whole),
            "goods_paid": self._goods_paid(f"{at}/goods_paid", line),
            "tax_paid": self._tax_paid(f"{at}/tax_paid", line),
            "completed_at": self._completed_at(f"{at}/completed_at", line),
        }

    def _category(self, field: str, line: View) -> str | None:
        """The kind of goods by the narrowest category that the shop has mapped."""
        told = [(self.ledger.read(field, line.at(level), identifier), line.at(level)) for level in CATEGORY_LEVELS]
        known = [(category, view) for category, view in told if category is not None]
        for category, _ in known:
            if category in self.shop.categories:
                return self.shop.categories[category]
        for _, view in known:
            note = "the mapping does not say what kind of goods this is"
            self.ledger.lost(LossKind.UNKNOWN, view, "category_not_mapped", note, field)
        return None

    def _goods_paid(self, field: str, line: View) -> int | None:
        """What was paid for the goods alone: ``sku_pay_amount``, and ``pay_amount`` less postage and tax, which must agree."""
        stated, paid = (self.ledger.read(field, line.at(name), fen) for name in ("sku_pay_amount", "pay_amount"))
        postage, tax = self.ledger.read(field, line.at("post_amount"), fen), self._tax_paid(field, line)
        reckoned = paid - postage - tax if paid is not None and postage is not None and tax is not None else None
        for name in DISCOUNTS if stated is not None and stated == reckoned else (*DISCOUNTS, *SURCHARGES):
            view = line.at(name) or self.order.at(name)
            if self.ledger.read(field, view, fen):
                note = "no document says whether this is inside what was paid"
                self.ledger.lost(LossKind.UNKNOWN, view, "not_the_goods", note, field)
        if reckoned is not None and (reckoned < 0 or stated not in (None, reckoned)):
            note = f"pay_amount less postage and tax leaves {reckoned}, sku_pay_amount says {stated}"
            both = line.at("pay_amount", "sku_pay_amount")
            self.ledger.lost(LossKind.CONTRADICTORY, both, "paid_differs", note, field)
        if self.ledger.doubts(field):
            return None
        return stated if stated is not None else reckoned

    def _tax_paid(self, field: str, line: View) -> int | None:
        """The tax that was charged separately: none where the price includes it."""
        included, tax = line.at("has_tax"), line.at("tax_amount")
        unfinished = self.order.at("tax_amount_not_come_out")
        is_included, amount = self.ledger.read(field, included, flag), self.ledger.read(field, tax, fen)
        if self.ledger.read(field, unfinished, flag):
            self.ledger.lost(LossKind.UNKNOWN, unfinished, "tax_not_reckoned", "the tax is not reckoned yet", field)
            return None
        if is_included and amount:
            note = "a price that includes the tax, and tax on top of it"
            self.ledger.lost(LossKind.CONTRADICTORY, included + tax, "tax_twice", note, field)
            return None
        if self.ledger.doubts(field):
            return None
        return 0 if is_included else amount

    def _completed_at(self, field: str, line: View) -> str | None:
        """When the transaction succeeded; the order's own time goes with a single line only."""
        view = line.at("finish_time") or (self.order.at("finish_time") if len(self.lines) == 1 else View())
        status = line.at("order_status") + self.order.at("order_status")
        found = self._moment(field, view)
        cancelled = View(tuple(each for each in status.nodes if _is_code(each, CANCELLED)))
        if found is not None and cancelled:
            note = "a cancelled order has no success"
            self.ledger.lost(LossKind.CONTRADICTORY, view + cancelled, "cancelled_and_finished", note, field)
            return None
        return found

    def _postage(self) -> int | None:
        """What the buyer paid for postage: the order's figure and the sum over its lines, which must agree."""
        field, view = "/order/postage_paid", self.order.at("post_amount")
        parts = [self.ledger.read(field, line.at("post_amount"), fen) for _, line in self.lines]
        stated = self.ledger.read(field, view, fen)
        known = [part for part in parts if part is not None]
        reckoned = sum(known) if known and len(known) == len(parts) else None
        if None not in (stated, reckoned) and stated != reckoned:
            note = f"the order says {stated}, its lines make {reckoned}"
            of_the_lines = (each for _, line in self.lines for each in line.at("post_amount").nodes)
            both = view + View(tuple(of_the_lines))
            self.ledger.lost(LossKind.CONTRADICTORY, both, "postage_differs", note, field)
        if self.ledger.doubts(field):
            return None
        return stated if stated is not None else reckoned

    def _totals(self) -> None:
        """The order's own sums, which should be those of its lines."""
        for name in ("pay_amount", "tax_amount"):
            view = self.order.at(name)
            total = self.ledger.read("/order/lines", view, fen)
            parts = [self.ledger.read("/order/lines", line.at(name), fen) for _, line in self.lines]
            known = [part for part in parts if part is not None]
            if total is not None and len(known) == len(parts) and sum(known) != total:
                note = f"the lines of the order make {sum(known)}, and that is taken"
                self.ledger.lost(LossKind.CONTRADICTORY, view, "total_differs", note, "/order/lines")

    # The parcels

    def _parcels(self) -> Iterator[dict[str, Any]]:
        """The parcels of the order, each signed for when the lines in it are told to be."""
        parcels = self._packed()
        carried = Counter(line_id for _, line_ids, _ in parcels for line_id in line_ids)
        for index, (waybill_no, line_ids, entry) in enumerate(parcels):
            at = f"/order/parcels/{index}"
            alone = all(carried[line_id] == 1 for line_id in line_ids)
            yield {
                "waybill_no": waybill_no,
                "carrier": self._carrier(f"{at}/carrier", entry),
                "signed_at": self._signed_at(f"{at}/signed_at", line_ids, alone=alone),
                "line_ids": line_ids,
            }
        self._sent_by_the_record(frozenset(waybill_no for waybill_no, _, _ in parcels))

    def _sent_by_the_record(self, waybills: frozenset[str | None]) -> None:
        """The after-sale record knows the parcels too: one that the order does not tell of is told."""
        for entry in self.process.at("logistics_info").at("order").items():
            view = entry.at("tracking_no")
            waybill_no = self.ledger.read("/order/parcels", view, text)
            if waybill_no is not None and waybill_no not in waybills:
                note = "a parcel that the order does not tell of"
                self.ledger.lost(LossKind.CONTRADICTORY, view, "parcel_of_one_payload", note, "/order/parcels")

    def _packed(self) -> list[tuple[str | None, list[str], View]]:
        """Waybill, lines and places of every parcel; one that is told of at several lines is one."""
        told = [(None, each) for each in self.order.at("logistics_info").items()]
        told_at_lines = [(line_id, each) for line_id, line in self.lines for each in line.at("logistics_info").items()]
        parcels: dict[object, tuple[str | None, dict[str, None], View]] = {}
        for line_id, entry in [*told, *told_at_lines][: MOST_ITEMS + 1]:
            field = f"/order/parcels/{len(parcels)}"
            waybill_no = self.ledger.read(f"{field}/waybill_no", entry.at("tracking_no"), text)
            key = waybill_no if waybill_no is not None else entry
            _, line_ids, before = parcels.get(key, (None, {}, View()))
            line_ids |= dict.fromkeys([line_id] if line_id is not None else self._inside(f"{field}/line_ids", entry))
            parcels[key] = (waybill_no, line_ids, before + entry)
        return [(waybill_no, list(line_ids), entry) for waybill_no, line_ids, entry in parcels.values()]

    def _inside(self, field: str, entry: View) -> list[str]:
        """The lines in a parcel; of an order with one line it can be no other."""
        packed = [item for each in (entry.at("product_info"),) for item in each.items()]
        found = [self.ledger.read(field, item.at("sku_order_id", "order_id"), identifier) for item in packed]
        told = [line_id for line_id in found if line_id is not None]
        only = [line_id for line_id, _ in self.lines if line_id is not None and len(self.lines) == 1]
        if not told and not only:
            note = "it is not told which lines this parcel carries"
            self.ledger.lost(LossKind.UNKNOWN, entry.at("tracking_no"), "parcel_of_what", note, field)
        return told or only

    def _carrier(self, field: str, entry: View) -> str | None:
        """The carrier's name by the shop's mapping; else its code as it stands, for that is all that is known."""
        view = entry.at("company", "company_code")
        said = self.ledger.read(field, view, text)
        name = self.ledger.read(field, entry.at("company_name"), text)
        if said is not None and said not in self.shop.carriers and name is None:
            note = "the mapping does not name this carrier; the code stands as it is"
            self.ledger.lost(LossKind.UNKNOWN, view, "carrier_not_mapped", note, field)
        return self.shop.carriers.get(said or "", name or said)

    def _signed_at(self, field: str, line_ids: list[str], *, alone: bool) -> str | None:
        """When a parcel was signed for, where the lines in it say so with one voice and are in no other parcel."""
        inside = frozenset(line_ids)
        lines = [line for line_id, line in self.lines if line_id in inside]
        view = View(tuple(node for line in lines for node in line.at("logistics_receipt_time").nodes))
        signed_at = self.ledger.read(field, view, instant)
        placed_at = self.ledger.read("/order/placed_at", self.order.at("create_time"), instant)
        if signed_at is None:
            return None
        if not alone:
            note = "one time for lines that came in several parcels: it is not told which of them it is for"
            self.ledger.lost(LossKind.UNKNOWN, view, "signed_for_which", note, field)
            return None
        if placed_at is not None and signed_at < placed_at:
            note = "signed for before the order was placed"
            self.ledger.lost(LossKind.CONTRADICTORY, view, "signed_too_early", note, field)
            return None
        received = self.info.at("got_pkg")
        if self.ledger.read(field, received, flag) is False:
            note = "the buyer says that nothing came, the carrier that it was signed for, and that is taken"
            self.ledger.lost(LossKind.CONTRADICTORY, received, "signed_for_and_not_received", note, field)
        return str(signed_at)

    # The evidence

    def _pictures(self) -> Iterator[dict[str, Any]]:
        """The buyer's pictures: nothing is known of what they show, unless it is said beside."""
        explained = pictures_explained(self.beside)
        submitted_at = self._moment("/claim/filed_at", self.info.at("apply_time"))
        for index, picture in enumerate(self.info.at("evidence").items()):
            address = self.ledger.read("/evidence", picture, text)
            if address is not None and address not in explained and submitted_at is not None:
                words = "A picture that the buyer handed in with the application; what it shows is not known."
                name = f"buyer-picture-{index + 1}"
                yield self._other(name, Submitter.CONSUMER, submitted_at, words, [address])

    def _handed_in(self) -> Iterator[dict[str, Any]]:
        """What was handed in later, by the record's log; what the pictures hold already is not told twice."""
        pictures = (node for picture in self.info.at("evidence").items() for node in picture.nodes)
        seen = {*pictures_explained(self.beside), *(node.value for node in pictures if isinstance(node.value, str))}
        for index, entry in enumerate(self.process.at("record_logs_list").items()):
            for part, each in enumerate(entry.at("all_evidence").items()):
                addresses = [self.ledger.read("/evidence", url, text) for url in each.at("urls").items()]
                files = [address for address in addresses if address is not None and address not in seen]
                words = self.ledger.read("/evidence", each.at("desc"), text)
                seen.update(files)
                if files or (words and not any(addresses)):
                    yield from self._logged(f"log-{index + 1}-{part + 1}", entry, each, words, files)

    def _logged(
        self, name: str, entry: View, part: View, words: str | None, files: list[str]
    ) -> Iterator[dict[str, Any]]:
        """A piece of evidence from the log, if it is told who handed it in, and when, and that is not later than now."""
        role = self.ledger.read("/evidence", entry.at("role"), code)
        moment = self.ledger.read("/evidence", entry.at("time"), instant)
        kind = self.ledger.read("/evidence", part.at("type"), code)
        if kind is not None and kind not in MEDIA:
            self.ledger.lost(
                LossKind.UNKNOWN, part.at("type"), "medium_not_known", "a type that is not known", "/evidence"
            )
        if role is None or role not in SUBMITTERS or moment is None:
            note = "it is not told for certain who handed this in, or when: left out"
            self.ledger.lost(LossKind.UNKNOWN, part, "handed_in_by_whom", note, "/evidence")
        elif moment > self.as_of:
            note = "handed in after the moment of the decision: left out"
            self.ledger.lost(LossKind.DROPPED, part, "handed_in_later", note, "/evidence")
        else:
            medium = MEDIA.get(kind or "", "something")
            told = words or f"Handed in on the platform ({medium}); what it shows is not known."
            yield self._other(name, SUBMITTERS[role], str(moment), told, files)

    def _ruling(self) -> Iterator[dict[str, Any]]:
        """The platform's ruling on a return, where the guarantee reads one and this one says clearly for whom it is."""
        view = self.process.at("arbitrate_info")
        status, blame, moment = (
            view.at("arbitrate_status"),
            view.at("arbitrate_blame"),
            view.at("arbitrate_update_time"),
        )
        if "platform_rulings" not in self.reads:
            return
        said = self.ledger.read("/evidence", status, code)
        side = RULINGS.get(said or "")
        if said is None or said in NO_RULING:
            return
        blamed = BLAMED.get(self.ledger.read("/evidence", blame, code) or "")
        made_at = self.ledger.read("/evidence", moment, instant)
        if side is not None and blamed is side:
            note = "ruled for the side that is held to blame"
            self.ledger.lost(LossKind.CONTRADICTORY, status + blame, "ruling_and_blame", note, "/evidence")
        elif side is None or made_at is None or self._service() != Service.RETURN_REFUND:
            note = "not a ruling on a return that says for whom it was made, and when"
            self.ledger.lost(LossKind.UNKNOWN, status, "no_clear_ruling", note, "/evidence")
        else:
            yield {
                "id": self.ledger.read("/evidence", view.at("arbitrate_id"), identifier) or "platform-ruling",
                "kind": "platform_ruling",
                "submitted_by": Submitter.PLATFORM.value,
                "submitted_at": str(made_at),
                "line_ids": self._claimed_ids(),
                "on": "local_return",
                "for": side.value,
            }

    def _other(self, name: str, by: Submitter, at: str | None, words: str, files: list[str]) -> dict[str, Any]:
        return {
            "id": name,
            "kind": "other",
            "submitted_by": by.value,
            "submitted_at": at,
            "line_ids": self._claimed_ids(),
            "description": words,
            "files": [{"name": address} for address in files],
        }

    def _claimed_ids(self) -> list[str]:
        return [line_id for line_id, _ in self.claimed if line_id is not None]

    # What the payloads and the caller say together

    def _suggested_programme(self, document: dict[str, Any]) -> None:
        """Signs of a cross-border order are no proof of the merchant's programme; against what is stated they are told."""
        field = "/order/merchant/programme"
        places = (self.order, *(line for _, line in self.lines))
        business = (node for view in places for node in view.at("biz").nodes if _code_of(node) in CROSS_BORDER)
        oversea = [node for view in places for node in view.at("is_oversea_order").nodes]
        signs = View((*business, *(node for node in oversea if _is_code(node, "1"))))
        against = View(tuple(node for node in oversea if _is_code(node, "0")))
        stated = _at(document, "order", "merchant", "programme")
        if stated is None and signs:
            note = "suggests the global programme and does not prove it: give it beside"
            self.ledger.lost(LossKind.UNKNOWN, signs, "programme_suggested", note, field)
        elif stated == Programme.DOMESTIC and signs:
            note = "suggests the global programme, but domestic is given beside, and that is taken"
            self.ledger.lost(LossKind.CONTRADICTORY, signs, "programme_against_signs", note, field)
        elif stated == Programme.GLOBAL and against and not signs:
            note = "suggests no cross-border order, but global is given beside, and that is taken"
            self.ledger.lost(LossKind.CONTRADICTORY, against, "programme_against_signs", note, field)
        else:
            self.ledger.took(signs, field)

    def _defaults(self, document: dict[str, Any]) -> None:
        """What a case must have and nobody has told, where one value is safe to take."""
        claim, order = document["claim"], document["order"]
        if not isinstance(claim, dict) or not isinstance(order, dict):
            return
        self._default(document, "id", "", claim.get("id"), "a case is called like its claim")
        self._default(order, "currency", "/order", CURRENCY, "payloads name no currency; their amounts are fen")
        if "demands" not in self.reads:
            demands = [Demand.REFUND.value] if claim.get("service") in [*REFUNDING] else []
            note = "what the chosen service asks for; this guarantee does not read it"
            self._default(claim, "demands", "/claim", demands, note)
        if self.ledger.read("/claim/filed_through", self.info.at("apply_role"), code) == BUYER:
            note = "the buyer applied, and an after-sale record is applied for on the order page"
            self._default(claim, "filed_through", "/claim", Channel.ORDER_PAGE.value, note)
        self._paid_before(document)
        self._requested(claim)

    def _default(self, place: dict[str, Any], name: str, field: str, value: Any, note: str) -> None:
        if place.get(name) is None:
            place[name] = value
            self.ledger.lost(LossKind.DEFAULTED, View(), "defaulted", f"{note}: {_told(value)}", f"{field}/{name}")

    def _paid_before(self, document: dict[str, Any]) -> None:
        """Nothing was settled before, unless the payloads show that something was: then the caller has to say what."""
        field = "/settlements"
        states = self.info.at("refund_status").nodes
        states += tuple(n for _, line in self.lines for n in line.at("after_sale_info").at("refund_status").nodes)
        paid = tuple(node for node in states if _code_of(node) not in (None, *UNPAID))
        paid += tuple(n for n in self.info.at("real_refund_amount").nodes if _code_of(n) not in (None, "0"))
        for node in states:
            self.ledger.read(field, View((node,)), code)
        if document.get("settlements") is not None:
            self.ledger.took(View(paid), field)
        elif paid:
            note = "something was paid back, or is being paid; which money it was has to be given beside"
            self.ledger.lost(LossKind.UNKNOWN, View(paid), "paid_before", note, field)
        else:
            self._default(document, "settlements", "", [], "the payloads show no earlier payment")

    def _requested(self, claim: dict[str, Any]) -> None:
        """The refund applied for, freight included, is the consumer's figure for the whole claim, if only a refund is asked."""
        field, view = "/claim/requested_amount", self.info.at("refund_total_amount")
        if claim.get("requested_amount") is not None:
            return
        if Demand.TENFOLD_COMPENSATION in _listed(claim.get("demands")):
            note = "the refund applied for, which is not the figure for a claim that demands compensation too"
            self.ledger.lost(LossKind.DROPPED, view, "refund_only", note, field)
            return
        freight = self.ledger.read(field, self.info.at("refund_post_amount"), fen)
        total = self.ledger.read(field, view, fen)
        if total is not None and freight is not None and freight > total:
            both = view + self.info.at("refund_post_amount")
            note = "freight inside the refund that is more than the refund"
            self.ledger.lost(LossKind.CONTRADICTORY, both, "freight_above_refund", note, field)
        elif total:
            claim["requested_amount"] = total

    # What is told at the end

    def _missing(self, case: Case) -> None:
        """What this guarantee reads and the case does not tell."""
        for field, fact in not_told(case):
            explained = field == "/evidence" or self.ledger.doubts(field)
            view = View() if explained else View(self.ledger.origins(field))
            note = f"{fact}: {self.policy} reads it"
            self.ledger.lost(LossKind.MISSING, view, "not_told", note, field)

    def _traced(self, faults: tuple[Fault, ...], overlay: Overlay) -> Iterator[Fault]:
        """The faults of a case, each told of the input that it came from."""
        for fault in faults:
            if fault.pointer == "/id" and fault.pointer not in overlay.placed:
                continue  # it goes without an id of the claim, which is told
            beside = overlay.source_of(fault.pointer)
            doubts = self.ledger.doubts(fault.pointer)
            origins = self.ledger.origins(fault.pointer)
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


def _by_id(ledger: Ledger, field: str, listed: View) -> tuple[tuple[str | None, View], ...]:
    """The items of a list of lines, each with its id."""
    items = enumerate(listed.items())
    return tuple(
        (ledger.read(field.format(index), each.at("sku_order_id", "order_id"), identifier), each)
        for index, each in items
    )


def _each_once(faults: list[Fault]) -> Iterator[Fault]:
    return iter(dict.fromkeys(faults))


def _code_of(node: Node) -> str | None:
    """A code, or the raw value where it is none."""
    try:
        return code(node)
    except ValueError:
        return node.raw


def _is_code(node: Node, wanted: str) -> bool:
    return _code_of(node) == wanted


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
