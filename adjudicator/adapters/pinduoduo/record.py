"""Pinduoduo's after-sale record and order: finds their parts in the payloads."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from attrs import frozen

from adjudicator.adapters.assembly import AFTER_SALE, Intake
from adjudicator.adapters.losses import Ledger, LossKind
from adjudicator.adapters.payload import Node, View
from adjudicator.adapters.pinduoduo.codes import AT_ONCE, FEN, PAID, SERVICES, SERVICES_IN_LISTS, YUAN
from adjudicator.adapters.values import Amount, code_or_raw, identifier
from adjudicator.model.errors import Fault, InputError, shown

Line = tuple[str | None, View]
"""A line of the order: its id, and where it is stated."""


@frozen(eq=False)
class Record:
    """The parts of one after-sale record and its order.

    A record from a list is ``listed``; it has other names, codes and units than one from the call for a single record.
    """

    intake: Intake
    sale: View
    listed: bool
    others: tuple[View, ...]
    """The other records of a list."""
    order: View
    lines: tuple[Line, ...]
    reads: frozenset[str]
    """The facts that the policy reads."""

    @classmethod
    def of(cls, intake: Intake) -> Record:
        """Find the parts of the two payloads.

        Raises :class:`~adjudicator.model.errors.InputError` for a list unless exactly one record in it is meant.
        """
        order = _order(intake.bought)
        answer = intake.sale.at("refund_increment_get_response")
        rows = answer.at("refund_list").items()
        listed = bool(answer)
        own = [row for row in rows if _is_own(intake, row, order)] if len(rows) > 1 else list(rows)
        if listed and (faults := tuple(_list_faults(intake, answer, own))):
            raise InputError(faults)
        sale = own[0] if listed else intake.sale
        others = tuple(row for row in rows if row is not sale)
        for row in others:
            intake.ledger.lost(LossKind.DROPPED, row, "another_record", "another after-sale record")
        lines, reads = (
            _by_sku(intake.ledger, order.at("item_list").items()),
            intake.facts_read(order.at("created_time")),
        )
        return cls(intake, sale, listed, others, order, lines, reads)

    @property
    def ledger(self) -> Ledger:
        """The intake's ledger."""
        return self.intake.ledger

    @property
    def filed(self) -> View:
        """The place of the filing time."""
        return self.sale.at("created_time" if self.listed else "recreated_at")

    @property
    def money(self) -> Amount:
        """The reader of amounts: yuan in a list, else fen."""
        return YUAN if self.listed else FEN

    @property
    def services(self) -> dict[str, str]:
        """The services by after-sale type."""
        return dict(SERVICES_IN_LISTS if self.listed else SERVICES)

    def paid_under_others(self) -> Iterator[Node]:
        """The status of each other record of this order whose refund was paid, or is on its way."""
        for row in self.others:
            if _about(self.intake, row, self.order):
                yield from (node for node in row.at("after_sales_status").nodes if code_or_raw(node) in PAID)
                yield from (node for node in row.at("speed_refund_status").nodes if code_or_raw(node) == AT_ONCE)


def _order(bought: View) -> View:
    """The order, even if a gateway has stripped the levels around it."""
    if bought.at("order_sn"):
        return bought
    return bought.at("order_info") or bought.at("order_info_get_response").at("order_info")


def _about(intake: Intake, row: View, order: View) -> bool:
    """Whether a record in a list is about the order."""
    order_sn = intake.ledger.read("/order/id", order.at("order_sn"), identifier) or intake.stated("order", "id")
    return any(code_or_raw(node) == order_sn or node.value == order_sn for node in row.at("order_sn").nodes)


def _is_own(intake: Intake, row: View, order: View) -> bool:
    """Whether to decide a record in a list: it is about the order, and the claim is the one the beside file names, if any."""
    claim: Any = intake.stated("claim", "id")
    named = claim is None or any(str(node.value) == claim for node in row.at("id").nodes)
    return named and _about(intake, row, order)


def _list_faults(intake: Intake, answer: View, own: list[View]) -> Iterator[Fault]:
    """A fault for a list that reports an error, and for one without exactly one matching record."""
    for node in answer.at("error_code").nodes:
        if code_or_raw(node) not in (None, "0"):
            yield Fault(f"{AFTER_SALE}#{node.pointer}", node.raw, "0, a call that succeeded")
        else:
            intake.ledger.took(View((node,)), "")
    if len(own) != 1:
        listed = answer.at("refund_list")
        place = listed.nodes[0].pointer if listed else "/refund_increment_get_response/refund_list"
        expected = "one record of the order; of several, name the one to decide beside, as claim.id"
        yield Fault(f"{AFTER_SALE}#{place}", shown([*own]), expected)


def _by_sku(ledger: Ledger, items: tuple[View, ...]) -> tuple[Line, ...]:
    """The lines of the order. They have no ids, so each is named after its SKU, if that is unique."""
    skus = [
        ledger.require(f"/order/lines/{index}/id", item.at("sku_id"), identifier) for index, item in enumerate(items)
    ]
    counts = Counter(skus)
    return tuple((sku if counts[sku] == 1 else None, item) for sku, item in zip(skus, items, strict=True))
