"""An after-sale record and its order, as they are read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from attrs import frozen

from adjudicator.adapters.losses import Ledger
from adjudicator.adapters.mapping import ShopMapping
from adjudicator.adapters.needs import facts_read
from adjudicator.adapters.payload import Node, View, code, identifier, instant
from adjudicator.model.time import Instant


@frozen(eq=False)
class Record:
    """One after-sale record and its order, with everything that is known when reading them."""

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
    ) -> Record:
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

    def moment(self, field: str, view: View) -> str | None:
        """The instant that a view tells for a field, as the contract writes it."""
        found = self.ledger.read(field, view, instant)
        return None if found is None else str(found)

    def claimed_ids(self) -> list[str]:
        """The ids of the claimed lines."""
        return [line_id for line_id, _ in self.claimed if line_id is not None]


def _by_id(ledger: Ledger, field: str, listed: View) -> tuple[tuple[str | None, View], ...]:
    """The items of a list of lines, each with its id."""
    items = enumerate(listed.items())
    return tuple(
        (ledger.read(field.format(index), each.at("sku_order_id", "order_id"), identifier), each)
        for index, each in items
    )


def code_of(node: Node) -> str | None:
    """A code, or the raw value where it is none."""
    try:
        return code(node)
    except ValueError:
        return node.raw


def is_code(node: Node, wanted: str) -> bool:
    """Whether a place tells a certain code."""
    return code_of(node) == wanted
