"""The author: writes any valid claim, piece by piece."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from enum import Enum, StrEnum
from typing import Any, Final, TypeAlias, TypeVar

import attrs

from adjudicator.analysis.edits import values_of
from adjudicator.model.enumerations import (
    Badge,
    Body,
    Category,
    Channel,
    Conclusion,
    Demand,
    Ground,
    IssuerRole,
    Programme,
    Reason,
    RulingSubject,
    Service,
    SettlementKind,
    Side,
    Standard,
    Submitter,
    Verification,
)
from adjudicator.model.evidence import (
    AppraisalReport,
    BarFinding,
    CourierStatement,
    DamagePhoto,
    OfficialFinding,
    OtherEvidence,
    PackagePhoto,
    PlatformRuling,
)
from adjudicator.model.limits import LARGEST
from adjudicator.model.time import BEIJING, DAY, HOUR, SECOND, Instant
from adjudicator.testing.builders import BARCODE, BRAND, PLACED_AT
from adjudicator.testing.own_fields import own_fields
from adjudicator.testing.steering import Steering
from adjudicator.wire.pointer import put

Json: TypeAlias = dict[str, Any]
"""A case as it stands in JSON."""

T = TypeVar("T")

NUDGES: Final = (0, 1, -1, SECOND, -SECOND, DAY, -DAY)
MOSTLY: Final = 6
"""How often a field of a pack's own is in order, to each time that anything of its type will do."""
ZONES: Final = (BEIJING, dt.UTC, dt.timezone(dt.timedelta(hours=-9, minutes=-30)))


class Trouble(Enum):
    """A side of a case that can be out of order."""

    PATH = "how it was filed, and by whom"
    TIME = "when it was filed and is decided"
    FACTS = "what is known of the order"
    SAYS = "what the evidence says, and of which line"
    WORTH = "what the evidence is worth"
    MONEY = "what was paid before or asked for"
    CLOSING = "the time for evidence is over, or nearly"


TROUBLES: Final = (
    (),
    (Trouble.SAYS,),
    (Trouble.WORTH,),
    (Trouble.SAYS, Trouble.CLOSING),
    (Trouble.SAYS, Trouble.WORTH),
    (Trouble.WORTH, Trouble.CLOSING),
    (Trouble.FACTS,),
    (Trouble.FACTS, Trouble.CLOSING),
    (Trouble.PATH, Trouble.TIME),
    tuple(Trouble),
)
"""Which sides of a case are out of order together, money apart. None at all comes first."""


class Author:
    """Writes one case, piece by piece. What comes first among the choices is what is in order; shrinking tends to it.

    ``choose`` picks a position below a count; who chooses, Hypothesis or dice, is not the author's concern.
    """

    def __init__(self, choose: Callable[[int], int], steering: Steering) -> None:
        self.choose = choose
        self.steering = steering
        self.out_of_order = (*self.any(*TROUBLES), *self.any((), (Trouble.MONEY,)))
        self.zone = self.any(*ZONES)

    def any(self, *values: T) -> T:
        """One of some values, each as likely."""
        return values[self.choose(len(values))] if len(values) > 1 else values[0]

    def usually(self, side: Trouble, usual: T, *others: T) -> T:
        """What is in order; if this side of the case is out of order, something else one time in three."""
        return self.any(*others) if side in self.out_of_order and self.any(False, False, True) else usual

    def text(self, moment: Instant) -> str:
        """An instant in the zone that this case is written in."""
        return moment.datetime(self.zone).isoformat()

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
        """A value of a field of the pack's own: mostly the first of its type, which is taken to be in order."""
        first, *others = values_of(field.type, as_of)
        stated = self.any(*[first] * MOSTLY, self.any(first, *others))
        return self.usually(Trouble.FACTS, stated, None)

    def placed_at(self) -> Instant:
        """When the order was placed, once the first edition is in force."""
        first = max(PLACED_AT, self.steering.governs_from)
        return Instant(first + self.any(0, 5 * HOUR, 40 * DAY + 1))

    def line(self, line_id: str, placed_at: Instant) -> Json:
        """An order line."""
        return {
            "id": line_id,
            "sku": "cream-50",
            "brand": self.usually(Trouble.FACTS, BRAND, None, None, f" {BRAND.upper()} ", "Aurélie"),
            "category": self.usually(Trouble.FACTS, self.any(*Category), None),
            "barcode": self.usually(Trouble.WORTH, BARCODE, None, None, "6909999999999"),
            "quantity": self.any(1, 2, 3, 4),
            "goods_paid": self.any(25900, 1000, 999, 100, 1, 0, LARGEST // 100),
            "tax_paid": self.any(2356, 100, 1, 0),
            "badges": self.usually(Trouble.FACTS, [*Badge], None, None, None, ["damage"], []),
            "completed_at": self.started(placed_at),
        }

    def started(self, placed_at: Instant) -> Instant | None:
        """When a clock started: some days after the order, else not yet, or nobody knows."""
        return self.usually(
            Trouble.FACTS, Instant(placed_at + self.any(6 * DAY, 5 * DAY + 1)), None, Instant(placed_at + 200 * DAY)
        )

    def parcels(self, lines: Sequence[Json], placed_at: Instant) -> list[Json]:
        """Parcels, the first of which usually carries everything."""
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
        """Soon after every clock has started, or near an edge, or early, or far too late."""
        lately = [start for each in starts.values() for start in each if start < placed_at + 10 * DAY]
        soon = Instant(max(lately, default=placed_at) + 2 * HOUR)
        sometime = self.usually(Trouble.TIME, soon, placed_at, Instant(placed_at + 400 * DAY))
        return max(placed_at, self.any(soon, soon, self.any(*edges, soon), sometime))

    def as_of(self, filed_at: Instant, edges: Sequence[Instant]) -> Instant:
        """At once, or soon after, or when time is running out."""
        soon = Instant(filed_at + self.any(3 * HOUR, 0, 1, 5 * DAY))
        return max(filed_at, self.usually(Trouble.TIME, soon, *edges, Instant(filed_at + 300 * DAY)))

    def claim(self, lines: Sequence[Json], filed_at: Instant, as_of: Instant) -> Json:
        """The claim, for some of the lines."""
        claimed = [line for line in lines if self.usually(Trouble.PATH, True, False)] or lines[:1]
        closings = [Instant(as_of + moved) for moved in (self.any(*NUDGES), -1, -1, -DAY, 30 * DAY)]
        reason = Reason.COUNTERFEIT if "reason" in self.steering.reads else self.any(*Reason)
        paid = sum(line["goods_paid"] for line in claimed)
        return {
            "id": "A1",
            "claimant_id": self.usually(Trouble.PATH, "buyer-7", "somebody-else"),
            "filed_at": filed_at,
            "filed_through": self.usually(Trouble.PATH, Channel.ORDER_PAGE, Channel.OTHER),
            "reason": self.usually(Trouble.PATH, reason, *Reason),
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
        """What was paid before."""
        count = self.any(1, 2, 3) if Trouble.MONEY in self.out_of_order else 0
        return [self.settlement(lines, as_of) for _ in range(count)]

    def settlement(self, lines: Sequence[Json], as_of: Instant) -> Json:
        """An earlier payment, on a line or of postage."""
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

    def kind(self) -> str:
        """A kind of evidence, usually one that speaks for the claim."""
        speaks_for = self.steering.speaks_for or (OtherEvidence.kind,)
        proofs = [kind for kind in speaks_for if kind != PackagePhoto.kind]
        return self.usually(Trouble.WORTH, self.any(*proofs), *speaks_for, *speaks_for, *WRITERS)

    def document(
        self, document_id: str, kind: str, lines: Sequence[Json], claim: Json, parcels: Sequence[Json], as_of: Instant
    ) -> Json:
        """A piece of evidence of a kind."""
        line = self.any(*lines)
        verified = Verification.VERIFIED
        return {
            "id": document_id,
            "kind": kind,
            "submitted_by": self.usually(
                Trouble.WORTH,
                Submitter.PLATFORM if kind in SPOKEN_BY_THE_PLATFORM else Submitter.CONSUMER,
                *Submitter,
            ),
            "submitted_at": self.any(claim["filed_at"], as_of),
            "line_ids": [line["id"]] if self.speaks_of_one_line(kind) else [],
            "verification": self.usually(
                Trouble.WORTH, verified, Verification.UNVERIFIED, Verification.UNVERIFIED, "rejected", None
            ),
            **self.any({}, {"verified_by": "ops-1", "verified_at": as_of, "files": [{"name": "1.jpg"}]}),
            **WRITERS[kind](self, line, parcels),
        }

    def objections(self, lines: Sequence[Json], claim: Json, parcels: Sequence[Json], as_of: Instant) -> Iterable[Json]:
        """Now and then evidence of a kind that only ever speaks against a claim, by whoever may say so."""
        count = self.any(0, 0, 1, 2) if self.steering.speaks_against else 0
        for number in range(count):
            kind = self.any(*self.steering.speaks_against)
            yield {
                **self.document(f"B{number + 1}", kind, lines, claim, parcels, as_of),
                "submitted_by": self.any(Submitter.PLATFORM, Submitter.MERCHANT, Submitter.CONSUMER),
                "verification": self.any(*Verification),
            }

    def speaks_of_one_line(self, kind: str) -> bool:
        """Whether evidence is about one line alone, as what the platform says of only some of them is."""
        return Trouble.SAYS in self.out_of_order and (kind in SPOKEN_BY_THE_PLATFORM or self.any(True, True, False))

    def units(self) -> int | None:
        """How many units a proof covers."""
        return self.any(4, 3, 1, None)

    def conclusion(self) -> Conclusion:
        """What a report or a ruling concludes."""
        concluded: Conclusion = self.usually(
            Trouble.SAYS, Conclusion.COUNTERFEIT, Conclusion.NOT_ORIGINAL, Conclusion.GENUINE, *Conclusion
        )
        return concluded

    def appraisal(self, line: Json, parcels: Sequence[Json]) -> Json:
        """The own fields of an appraisal."""
        return {
            "issuer": {"role": self.usually(Trouble.WORTH, IssuerRole.BRAND_OWNER, *IssuerRole)},
            "brand": self.usually(Trouble.WORTH, line["brand"], BRAND, BRAND.lower(), "Aurélie", None),
            "conclusion": self.conclusion(),
            "units_covered": self.units(),
            "issued_at": self.any(None, PLACED_AT),
        }

    def official_finding(self, line: Json, parcels: Sequence[Json]) -> Json:
        """The own fields of a finding by a court or an enforcement body."""
        return {
            "body": self.any(*Body),
            "conclusion": self.conclusion(),
            "final": self.usually(Trouble.WORTH, True, False, None),
            "units_covered": self.units(),
        }

    def package_photo(self, line: Json, parcels: Sequence[Json]) -> Json:
        """The own fields of a packaging picture."""
        return {"waybill_no": self.usually(Trouble.WORTH, self.any(*parcels)["waybill_no"], "W9", None)}

    def damage_photo(self, line: Json, parcels: Sequence[Json]) -> Json:
        """The own fields of a close-up."""
        return {
            "breakage": self.usually(Trouble.SAYS, True, False, None),
            "seal_failure": self.any(None, True, False),
            "leak": self.usually(Trouble.SAYS, True, False, None),
            "soiling": None,
            "barcode": self.usually(Trouble.WORTH, line["barcode"], BARCODE, "6909999999999", None),
            "edited": self.usually(Trouble.WORTH, False, True),
            "units_covered": self.units(),
        }

    def courier_statement(self, line: Json, parcels: Sequence[Json]) -> Json:
        """The own fields of a courier's statement."""
        return {
            "waybill_no": self.usually(Trouble.WORTH, self.any(*parcels)["waybill_no"], "W9") or "W0",
            "stamped": self.usually(Trouble.WORTH, True, False),
            "damaged_at_signing": self.any(False, False, True, None) if Trouble.SAYS in self.out_of_order else True,
            "leak": self.usually(Trouble.SAYS, True, False, None),
            "units_covered": self.units(),
        }

    def bar_finding(self, line: Json, parcels: Sequence[Json]) -> Json:
        """The own fields of a finding against the consumer."""
        return {"ground": self.any(*Ground), "standard": self.any(*Standard)}

    def platform_ruling(self, line: Json, parcels: Sequence[Json]) -> Json:
        """The own fields of a ruling."""
        return {"on": RulingSubject.LOCAL_RETURN, "for": self.side(line)}

    def side(self, line: Json) -> Side:
        """For whom a ruling on a line is made: lines may fare differently."""
        if Trouble.SAYS not in self.out_of_order:
            return Side.CONSUMER
        its_own = Side.CONSUMER if line["id"] == "L1" else Side.MERCHANT
        subject_verdict: Side = self.usually(Trouble.SAYS, its_own, *Side)
        return subject_verdict

    def other(self, line: Json, parcels: Sequence[Json]) -> Json:
        """The own fields of anything else."""
        return {"description": "聊天记录"}


WRITERS: Final[Mapping[str, Callable[[Author, Json, Sequence[Json]], Json]]] = {
    AppraisalReport.kind: Author.appraisal,
    OfficialFinding.kind: Author.official_finding,
    PackagePhoto.kind: Author.package_photo,
    DamagePhoto.kind: Author.damage_photo,
    CourierStatement.kind: Author.courier_statement,
    BarFinding.kind: Author.bar_finding,
    PlatformRuling.kind: Author.platform_ruling,
    OtherEvidence.kind: Author.other,
}


def known_starts(lines: Iterable[Json], parcels: Iterable[Json]) -> dict[str, list[Instant]]:
    """When the clocks of an order started, as far as it is known, by the field that says so."""
    fields = {"completed_at": lines, "signed_at": parcels}
    return {name: [each[name] for each in of if each[name] is not None] for name, of in fields.items()}


SPOKEN_BY_THE_PLATFORM: Final = (BarFinding.kind, PlatformRuling.kind)


def json_value(value: Any, text: Callable[[Instant], str], *, leaves_out: bool) -> Any:
    """A value as it stands in JSON, with what is not known either ``null`` or left out."""
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
