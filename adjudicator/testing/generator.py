"""Generate valid claims of any shape."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from enum import StrEnum
from typing import Any, Final

import attrs

from adjudicator.analysis.edits import values_of
from adjudicator.model.enumerations import Badge, Channel, Demand, Programme, Service, SettlementKind
from adjudicator.model.limits import LARGEST
from adjudicator.model.time import DAY, HOUR, SECOND, Instant
from adjudicator.testing.builders import BARCODE, BRAND, PLACED_AT
from adjudicator.testing.choices import Json, Trouble
from adjudicator.testing.evidence import EvidenceAuthor
from adjudicator.testing.own_fields import own_fields
from adjudicator.wire.pointer import put

NUDGES: Final = (0, 1, -1, SECOND, -SECOND, DAY, -DAY)
MOSTLY: Final = 6
"""How many times a pack's own field has its usual value for each time it has any value of its type."""


class Author(EvidenceAuthor):
    """Generates one case: its order, claim, settlements and evidence."""

    def case(self, policy: str) -> Json:
        """The whole case."""
        placed_at = self.placed_at()
        lines = [self.line(f"L{number + 1}", placed_at) for number in range(self.any(1, 2, 2, 3))]
        parcels = self.parcels(lines, placed_at)
        starts = known_starts(lines, parcels)
        edges = self.edges(starts)
        filed_at = self.filed_at(placed_at, starts, edges)
        as_of = self.as_of(filed_at, edges)
        claim = self.claim(lines, filed_at, as_of)
        count = self.any(2, 3, 5) if Trouble.SAYS in self.out_of_order else self.any(1, 2, 3, 0)
        document = {
            "id": "case-1",
            "policy": policy,
            "as_of": as_of,
            "claim": claim,
            "order": {
                "id": "O1",
                "buyer_id": "buyer-7",
                "placed_at": placed_at,
                "market": self.usually(Trouble.FACTS, "CN", "HK", "TW", "US", None),
                "currency": "CNY",
                "postage_paid": self.any(1200, 0, 1),
                "merchant": self.merchant(),
                "lines": lines,
                "parcels": parcels,
            },
            "evidence": [
                *(self.document(f"E{n + 1}", self.kind(), lines, claim, parcels, as_of) for n in range(count)),
                *self.objections(lines, claim, parcels, as_of),
            ],
            "settlements": self.settlements(lines, as_of),
            "metadata": self.any({"ticket": "CS-1"}, None),
        }
        for pointer, field in own_fields(policy, document):
            put(document, pointer, self.own_value(field, as_of))
        leaves_out = self.any(False, True)
        written: Json = json_value(document, self.text, leaves_out=leaves_out)
        return written

    def own_value(self, field: attrs.Attribute[Any], as_of: Instant) -> Any:
        """A value for a field of the pack's own: mostly the first of its type, which counts as the usual one."""
        first, *others = values_of(field.type, as_of)
        stated = self.any(*[first] * MOSTLY, self.any(first, *others))
        return self.usually(Trouble.FACTS, stated, None)

    def placed_at(self) -> Instant:
        """When the order was placed: after the first edition took effect."""
        first = max(PLACED_AT, self.steering.governs_from)
        return Instant(first + self.any(0, 5 * HOUR, 40 * DAY + 1))

    def line(self, line_id: str, placed_at: Instant) -> Json:
        """An order line."""
        return {
            "id": line_id,
            "sku": "cream-50",
            "brand": self.usually(Trouble.FACTS, BRAND, None, None, f" {BRAND.upper()} ", "Aurélie"),
            "category": self.usually(Trouble.FACTS, self.any(*self.steering.categories), None),
            "barcode": self.usually(Trouble.WORTH, BARCODE, None, None, "6909999999999"),
            "quantity": self.any(1, 2, 3, 4),
            "goods_paid": self.any(25900, 1000, 999, 100, 1, 0, LARGEST // 100),
            "tax_paid": self.any(2356, 100, 1, 0),
            "badges": self.usually(Trouble.FACTS, [*Badge], None, None, None, ["damage"], []),
            "completed_at": self.started(placed_at),
        }

    def started(self, placed_at: Instant) -> Instant | None:
        """The start of a period: usually some days after the order, otherwise not yet or unknown."""
        return self.usually(
            Trouble.FACTS, Instant(placed_at + self.any(6 * DAY, 5 * DAY + 1)), None, Instant(placed_at + 200 * DAY)
        )

    def parcels(self, lines: Sequence[Json], placed_at: Instant) -> list[Json]:
        """The parcels, of which the first usually contains everything."""
        return [
            {
                "waybill_no": self.usually(Trouble.WORTH, f"W{number}", None),
                "signed_at": self.started(placed_at),
                "line_ids": [line["id"] for line in lines if self.usually(Trouble.FACTS, number == 0, number != 0)],
            }
            for number in range(self.usually(Trouble.FACTS, 1, 2, 3))
        ]

    def edges(self, starts: Mapping[str, Sequence[Instant]]) -> list[Instant]:
        """Instants near the ends of the windows that the policy reports."""
        return [
            Instant(window.last_instant(start) + nudge)
            for window in self.steering.windows
            for start in starts.get(window.counted_from, ())
            for nudge in NUDGES
        ]

    def filed_at(
        self, placed_at: Instant, starts: Mapping[str, Sequence[Instant]], edges: Sequence[Instant]
    ) -> Instant:
        """When the claim was filed: soon after every period started, near an edge, early, or far too late."""
        lately = [start for each in starts.values() for start in each if start < placed_at + 10 * DAY]
        soon = Instant(max(lately, default=placed_at) + 2 * HOUR)
        sometime = self.usually(Trouble.TIME, soon, placed_at, Instant(placed_at + 400 * DAY))
        return max(placed_at, self.any(soon, soon, self.any(*edges, soon), sometime))

    def as_of(self, filed_at: Instant, edges: Sequence[Instant]) -> Instant:
        """When the case is decided: at once, soon after, or near an edge."""
        soon = Instant(filed_at + self.any(3 * HOUR, 0, 1, 5 * DAY))
        return max(filed_at, self.usually(Trouble.TIME, soon, *edges, Instant(filed_at + 300 * DAY)))

    def claim(self, lines: Sequence[Json], filed_at: Instant, as_of: Instant) -> Json:
        """The claim, for some of the lines."""
        claimed = [line for line in lines if self.usually(Trouble.PATH, True, False)] or lines[:1]
        closings = [Instant(as_of + moved) for moved in (self.any(*NUDGES), -1, -1, -DAY, 30 * DAY)]
        usual, *_ = reasons = self.steering.reasons
        reason = usual if "reason" in self.steering.reads else self.any(*reasons)
        paid = sum(line["goods_paid"] for line in claimed)
        return {
            "id": "A1",
            "claimant_id": self.usually(Trouble.PATH, "buyer-7", "somebody-else"),
            "filed_at": filed_at,
            "filed_through": self.usually(Trouble.PATH, Channel.ORDER_PAGE, Channel.OTHER),
            "reason": self.usually(Trouble.PATH, reason, *reasons),
            "service": self.usually(Trouble.PATH, Service.RETURN_REFUND, *Service),
            "demands": self.usually(
                Trouble.PATH, self.usually(Trouble.MONEY, [*Demand], ["tenfold_compensation"]), ["refund"], []
            ),
            "items": [
                {"line_id": line["id"], "quantity": self.any(*range(line["quantity"], 0, -1))} for line in claimed
            ],
            "requested_amount": self.usually(Trouble.MONEY, None, 0, 1, 5000, paid, paid + 1, 3 * paid),
            "merchant_reply": self.usually(
                Trouble.FACTS,
                {"decision": "agreed", "replied_at": as_of},
                {"decision": "refused"},
                {"decision": None},
                None,
            ),
            "evidence_closes_at": self.any(*closings) if Trouble.CLOSING in self.out_of_order else None,
        }

    def merchant(self) -> Json:
        """The seller."""
        addresses = [
            {"id": "R-CN", "market": "CN", "address": "杭州"},
            {"id": "R-HK", "market": "HK", "address": "香港"},
            {"id": "R-CN2", "market": "CN", "address": "宁波"},
            {"id": "R-US", "market": "US", "address": "Ontario"},
        ]
        return {
            "id": "shop-1",
            "programme": self.usually(Trouble.FACTS, Programme.GLOBAL, None, None, None, Programme.DOMESTIC),
            "return_addresses": self.usually(Trouble.FACTS, addresses, addresses[1:], addresses[1:2], [], None),
        }

    def settlements(self, lines: Sequence[Json], as_of: Instant) -> list[Json]:
        """The settlements of the order."""
        count = self.any(1, 2, 3) if Trouble.MONEY in self.out_of_order else 0
        return [self.settlement(lines, as_of) for _ in range(count)]

    def settlement(self, lines: Sequence[Json], as_of: Instant) -> Json:
        """An earlier payment for a line or for postage."""
        kind = self.any(*SettlementKind)
        line = self.any(*lines)
        paid = line["goods_paid"]
        settles_units = kind in (SettlementKind.REFUND, SettlementKind.COMPENSATION)
        return {
            "kind": kind,
            "line_id": None if kind is SettlementKind.POSTAGE else line["id"],
            "amount": self.any(1, paid, paid // 2, 500, 10 * paid, 10 * paid + 1),
            "settled_at": self.any(as_of, None),
            "claim_id": self.any(None, "A1", "A0"),
            "units": self.any(None, None, 1, 2) if settles_units else None,
            "reversed_at": self.any(None, None, None, as_of),
        }


def known_starts(lines: Iterable[Json], parcels: Iterable[Json]) -> dict[str, list[Instant]]:
    """The known starts of periods in an order, by field."""
    fields = {"completed_at": lines, "signed_at": parcels}
    return {name: [each[name] for each in of if each[name] is not None] for name, of in fields.items()}


def json_value(value: Any, text: Callable[[Instant], str], *, leaves_out: bool) -> Any:
    """A value as parsed JSON, with unknown fields either ``null`` or left out."""
    if isinstance(value, Mapping):
        return {
            name: json_value(each, text, leaves_out=leaves_out)
            for name, each in value.items()
            if not (leaves_out and each is None)
        }
    if isinstance(value, (list, tuple)):
        return [json_value(each, text, leaves_out=leaves_out) for each in value]
    if isinstance(value, StrEnum):
        return value.value
    return text(value) if isinstance(value, Instant) else value
