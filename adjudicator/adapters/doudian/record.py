"""An after-sale record and its order, as Doudian states them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from attrs import frozen

from adjudicator.adapters.assembly import Intake
from adjudicator.adapters.losses import Ledger
from adjudicator.adapters.payload import Node, View
from adjudicator.adapters.values import code_or_raw, identifier

Line = tuple[str | None, View]
"""A line of the order: its id, and all places that speak of it."""


@frozen(eq=False)
class Record:
    """One after-sale record and its order, found in what was given."""

    intake: Intake
    process: View
    info: View
    claimed_under: View
    order: View
    lines: tuple[Line, ...]
    """The lines of the order; what the after-sale record says of one stands with it."""
    claimed: tuple[Line, ...]
    reads: frozenset[str]
    """The facts that the policy reads."""
    phases: Mapping[str | None, tuple[View, ...]]
    """What is paid in phases, by line; what names no line stands under ``None``."""
    tax_beside: Mapping[str, Any]
    """The tax that is given beside, by line."""

    @classmethod
    def of(cls, intake: Intake) -> Record:
        """Find the parts of two answers."""
        process, claimed_under = intake.sale.at("process_info"), intake.sale.at("order_info")
        order = intake.bought.at("shop_order_detail")
        if not order and intake.bought.at("sku_order_list"):
            order = intake.bought  # as gateways hand it on
        claimed = _by_id(intake.ledger, "/claim/items/{}/line_id", claimed_under.at("sku_order_infos"))
        told_twice = {line_id: view for line_id, view in claimed if line_id is not None}
        lines = tuple(
            (line_id, view + told_twice.get(line_id or "", View()))
            for line_id, view in _by_id(intake.ledger, "/order/lines/{}/id", order.at("sku_order_list"))
        )
        info, reads = process.at("after_sale_info"), intake.facts_read(order.at("create_time"))
        phases = _by_line(intake.ledger, order.at("order_phase_list").items())
        tax_beside = intake.stated_of_lines("tax_paid")
        return cls(intake, process, info, claimed_under, order, lines, claimed, reads, phases, tax_beside)

    @property
    def ledger(self) -> Ledger:
        """Where it is written down what becomes of each value."""
        return self.intake.ledger

    def claimed_ids(self) -> list[str]:
        """The ids of the claimed lines."""
        return [line_id for line_id, _ in self.claimed if line_id is not None]


def _by_id(ledger: Ledger, field: str, listed: View) -> tuple[Line, ...]:
    """The items of a list of lines, each with its id."""
    items = enumerate(listed.items())
    return tuple(
        (ledger.require(field.format(index), each.at("sku_order_id", "order_id"), identifier), each)
        for index, each in items
    )


def _by_line(ledger: Ledger, phases: tuple[View, ...]) -> dict[str | None, tuple[View, ...]]:
    found: dict[str | None, list[View]] = {}
    for each in phases:
        found.setdefault(ledger.read("/order/lines", each.at("sku_order_id"), identifier), []).append(each)
    return {line_id: tuple(views) for line_id, views in found.items()}


def is_code(node: Node, wanted: str) -> bool:
    """Whether a place holds a certain code."""
    return code_or_raw(node) == wanted
