"""Doudian's after-sale record and order: finds their parts in the payloads."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from attrs import frozen

from adjudicator.adapters.assembly import Intake
from adjudicator.adapters.doudian.codes import DISCOUNTS, FEN, SURCHARGES
from adjudicator.adapters.losses import Ledger
from adjudicator.adapters.payload import Node, View
from adjudicator.adapters.values import code_or_raw, identifier

Line = tuple[str | None, View]
"""A line of the order: its id, and all places that state something of it."""


@frozen(eq=False)
class Record:
    """The parts of one after-sale record and its order."""

    intake: Intake
    process: View
    info: View
    claimed_under: View
    order: View
    lines: tuple[Line, ...]
    """The lines of the order, each with what the after-sale record states of it."""
    claimed: tuple[Line, ...]
    reads: frozenset[str]
    """The facts that the policy reads."""
    phases: Mapping[str | None, tuple[View, ...]]
    """The payment phases by line id; those that name no line are under ``None``."""
    tax_beside: Mapping[str, Any]
    """The tax in the beside file, by line id."""
    unshared: tuple[tuple[str, View], ...]
    """The discounts and surcharges of the order that its lines do not add up to, by name."""

    @classmethod
    def of(cls, intake: Intake) -> Record:
        """Find the parts of the two payloads."""
        process, claimed_under = intake.sale.at("process_info"), intake.sale.at("order_info")
        order = intake.bought.at("shop_order_detail")
        if not order and intake.bought.at("sku_order_list"):
            order = intake.bought  # some gateways strip the level around it
        claimed = _by_id(intake.ledger, "/claim/items/{}/line_id", claimed_under.at("sku_order_infos"))
        claimed_views = {line_id: view for line_id, view in claimed if line_id is not None}
        lines = tuple(
            (line_id, view + claimed_views.get(line_id or "", View()))
            for line_id, view in _by_id(intake.ledger, "/order/lines/{}/id", order.at("sku_order_list"))
        )
        info, reads = process.at("after_sale_info"), intake.facts_read(order.at("create_time"))
        phases = _by_line(intake.ledger, order.at("order_phase_list").items())
        tax_beside = intake.stated_of_lines("tax_paid")
        unshared = tuple(
            (name, order.at(name))
            for name in (*DISCOUNTS, *SURCHARGES)
            if intake.ledger.read("/order/lines", order.at(name), FEN)
            != total(intake.ledger.read("/order/lines", line.at(name), FEN) for _, line in lines)
        )
        return cls(intake, process, info, claimed_under, order, lines, claimed, reads, phases, tax_beside, unshared)

    @property
    def ledger(self) -> Ledger:
        """The intake's ledger."""
        return self.intake.ledger

    def claimed_ids(self) -> list[str]:
        """The ids of the claimed lines."""
        return [line_id for line_id, _ in self.claimed if line_id is not None]


def _by_id(ledger: Ledger, field: str, listed: View) -> tuple[Line, ...]:
    """The items of a list of lines, each with its id."""
    return tuple(
        (ledger.require(field.format(index), line.at("sku_order_id", "order_id"), identifier), line)
        for index, line in enumerate(listed.items())
    )


def _by_line(ledger: Ledger, phases: tuple[View, ...]) -> dict[str | None, tuple[View, ...]]:
    by_line: dict[str | None, list[View]] = {}
    for phase in phases:
        by_line.setdefault(ledger.read("/order/lines", phase.at("sku_order_id"), identifier), []).append(phase)
    return {line_id: tuple(views) for line_id, views in by_line.items()}


def total(amounts: Iterable[int | None]) -> int | None:
    """The sum of amounts; ``None`` if one is not known, or if there are none."""
    found = tuple(amounts)
    known = [amount for amount in found if amount is not None]
    return sum(known) if known and len(known) == len(found) else None


def is_code(node: Node, wanted: str) -> bool:
    """Whether a node holds this code."""
    return code_or_raw(node) == wanted
