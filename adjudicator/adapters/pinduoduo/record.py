"""An after-sale record and its order, as Pinduoduo states them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from attrs import frozen

from adjudicator.adapters.assembly import AFTER_SALE, Intake
from adjudicator.adapters.losses import Ledger, LossKind
from adjudicator.adapters.payload import Node, View
from adjudicator.adapters.pinduoduo.codes import FEN, PAID, SERVICES, SERVICES_IN_LISTS, YUAN
from adjudicator.adapters.values import Amount, code_or_raw, identifier
from adjudicator.model.errors import Fault, InputError, shown

Line = tuple[str | None, View]
"""A line of the order: its id, and where it is stated."""


@frozen(eq=False)
class Record:
    """One after-sale record and its order, found in what was given.

    The record comes from the call for a single one, or from a list: then it is ``listed``, and has other names, codes and units.
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
        """Find the parts of two answers. Raises :class:`~adjudicator.model.errors.InputError` unless a list holds just one record."""
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
        """Where it is written down what becomes of each value."""
        return self.intake.ledger

    @property
    def filed(self) -> View:
        """Where the record states when it was filed."""
        return self.sale.at("created_time" if self.listed else "recreated_at")

    @property
    def money(self) -> Amount:
        """How the record writes amounts: in fen, but in yuan in a list."""
        return YUAN if self.listed else FEN

    @property
    def services(self) -> dict[str, str]:
        """What the types of after-sale mean here."""
        return dict(SERVICES_IN_LISTS if self.listed else SERVICES)

    def paid_under_others(self) -> Iterator[Node]:
        """The status of each other record of this order that was paid, or is being paid."""
        for row in self.others:
            if _about(self.intake, row, self.order):
                yield from (node for node in row.at("after_sales_status").nodes if code_or_raw(node) in PAID)


def _order(bought: View) -> View:
    """The order, also where a gateway has taken off what is around it."""
    if bought.at("order_sn"):
        return bought
    return bought.at("order_info") or bought.at("order_info_get_response").at("order_info")


def _about(intake: Intake, row: View, order: View) -> bool:
    """Whether a record of a list is about the order."""
    order_sn = intake.ledger.read("/order/id", order.at("order_sn"), identifier) or intake.stated("order", "id")
    return any(code_or_raw(node) == order_sn or node.value == order_sn for node in row.at("order_sn").nodes)


def _is_own(intake: Intake, row: View, order: View) -> bool:
    """Whether a record of a list is the one to decide: about the order, and the claim named beside, if one is named."""
    claim: Any = intake.stated("claim", "id")
    named = claim is None or any(str(node.value) == claim for node in row.at("id").nodes)
    return named and _about(intake, row, order)


def _list_faults(intake: Intake, answer: View, own: list[View]) -> Iterator[Fault]:
    """A fault for a list that tells of an error, and for one in which not just one record is meant."""
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
    """The lines of the order. They have no ids of their own: each is named after its SKU, where no two are alike."""
    skus = [
        ledger.require(f"/order/lines/{index}/id", each.at("sku_id"), identifier) for index, each in enumerate(items)
    ]
    alike = Counter(skus)
    return tuple((sku if alike[sku] == 1 else None, each) for sku, each in zip(skus, items, strict=True))
