"""Cases to test with: small builders for one that is in order, and Hypothesis strategies for all that can be handed in.

Needs the extra ``testing``. The builders make what a test does not care about::

    >>> from adjudicator.testing import a_case, a_line, an_order
    >>> a_case("acme.returns", order=an_order(a_line(quantity=3))).claim.items[0].quantity
    3

The strategies steer themselves by the edition that governs: they hand in the kinds of evidence that its clauses read, and draw
instants near the windows that its decisions report.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from enum import Enum, StrEnum
from functools import cache
from typing import Any, Final, TypeAlias, TypeVar

from attrs import evolve, frozen
from hypothesis import strategies as st

from adjudicator.case import (
    AppraisalReport,
    Badge,
    BarFinding,
    Body,
    Case,
    Category,
    Channel,
    Claim,
    ClaimItem,
    Conclusion,
    CourierStatement,
    DamagePhoto,
    Demand,
    Evidence,
    Ground,
    Issuer,
    IssuerRole,
    Merchant,
    MerchantReply,
    Minor,
    OfficialFinding,
    Order,
    OrderLine,
    OtherEvidence,
    PackagePhoto,
    Parcel,
    PlatformRuling,
    Programme,
    Reason,
    ReplyDecision,
    ReturnAddress,
    RulingSubject,
    Service,
    Settlement,
    SettlementKind,
    Side,
    Standard,
    Submitter,
    Verification,
)
from adjudicator.civil_time import BEIJING, DAY, HOUR, SECOND, Instant, day_of, start_of_day
from adjudicator.codec import case_document, case_from
from adjudicator.decision import Role
from adjudicator.governing import policies
from adjudicator.places import at, put
from adjudicator.policy import Edition
from adjudicator.requiring import kinds_of_evidence
from adjudicator.soundness import LARGEST

Json: TypeAlias = dict[str, Any]
"""A case as it stands in JSON."""

T = TypeVar("T")

PLACED_AT: Final = Instant.parse("2022-03-20T20:15:00+08:00")
SIGNED_AT: Final = Instant.parse("2022-03-26T18:30:00+08:00")
COMPLETED_AT: Final = Instant.parse("2022-03-26T20:00:00+08:00")
FILED_AT: Final = Instant.parse("2022-03-27T09:00:00+08:00")
AS_OF: Final = Instant.parse("2022-03-27T12:00:00+08:00")
BRAND: Final = "Lumière"
BARCODE: Final = "6901234567892"
WAYBILL: Final = "SF1234567890"


# Builders


def a_line(id: str = "L1", **changes: Any) -> OrderLine:
    """One unit of a branded cream, with every badge, whose transaction succeeded on 26 March 2022.

    >>> a_line("L2", quantity=3).brand
    'Lumière'
    """
    line = OrderLine(
        id=id,
        title="面霜 50ml",
        brand=BRAND,
        category=Category.OTHER,
        barcode=BARCODE,
        quantity=1,
        goods_paid=Minor(25900),
        tax_paid=Minor(2356),
        badges=tuple(Badge),
        completed_at=COMPLETED_AT,
    )
    return evolve(line, **changes)


def a_parcel(*line_ids: str, **changes: Any) -> Parcel:
    """A parcel that was signed for in the evening of 26 March 2022; it carries ``L1`` unless other lines are named.

    >>> a_parcel("L1", "L2", signed_at=None).line_ids
    ('L1', 'L2')
    """
    return evolve(
        Parcel(line_ids=line_ids or ("L1",), waybill_no=WAYBILL, carrier="sf", signed_at=SIGNED_AT), **changes
    )


def a_merchant(**changes: Any) -> Merchant:
    """A Global merchant with a return address in mainland China.

    >>> a_merchant().return_addresses[0].market
    'CN'
    """
    address = ReturnAddress(id="R-CN", market="CN", address="浙江省杭州市余杭区保税仓 3 号")
    return evolve(Merchant(id="shop-1", programme=Programme.GLOBAL, return_addresses=(address,)), **changes)


def an_order(*lines: OrderLine, **changes: Any) -> Order:
    """An order of these lines (one of :func:`a_line` if none is given), all in one parcel unless ``parcels`` says otherwise.

    >>> an_order(a_line("L1"), a_line("L2")).parcels[0].line_ids
    ('L1', 'L2')
    """
    lines = lines or (a_line(),)
    order = Order(
        id="4821780700279174718",
        buyer_id="buyer-7",
        placed_at=PLACED_AT,
        market="CN",
        currency="CNY",
        postage_paid=Minor(1200),
        merchant=a_merchant(),
        lines=lines,
        parcels=(a_parcel(*(line.id for line in lines)),),
    )
    return evolve(order, **changes)


def a_claim(*items: ClaimItem, **changes: Any) -> Claim:
    """A claim by the buyer, the morning after signing, for these items (one unit of ``L1`` if none is given).

    >>> a_claim().filed_through.value
    'order_page'
    """
    claim = Claim(
        id="A1",
        claimant_id="buyer-7",
        filed_at=FILED_AT,
        filed_through=Channel.ORDER_PAGE,
        reason=Reason.COUNTERFEIT,
        service=Service.RETURN_REFUND,
        demands=tuple(Demand),
        items=items or (ClaimItem(line_id="L1", quantity=1),),
        merchant_reply=MerchantReply(decision=ReplyDecision.AGREED),
    )
    return evolve(claim, **changes)


def an_appraisal(id: str = "E1", **changes: Any) -> AppraisalReport:
    """A verified report of the brand's owner that the goods are counterfeit, for one unit of the whole order.

    >>> an_appraisal(verification=Verification.UNVERIFIED).conclusion.value
    'counterfeit'
    """
    report = AppraisalReport(
        id=id,
        submitted_by=Submitter.CONSUMER,
        submitted_at=FILED_AT,
        line_ids=(),
        verification=Verification.VERIFIED,
        issuer=Issuer(name="Lumière 品牌方", role=IssuerRole.BRAND_OWNER),
        brand=BRAND,
        conclusion=Conclusion.COUNTERFEIT,
        units_covered=1,
    )
    return evolve(report, **changes)


def an_official_finding(id: str = "E1", **changes: Any) -> OfficialFinding:
    """A verified and final finding of a court that the goods are counterfeit, for one unit of the whole order.

    >>> an_official_finding(final=None).body.value
    'court'
    """
    finding = OfficialFinding(
        id=id,
        submitted_by=Submitter.CONSUMER,
        submitted_at=FILED_AT,
        line_ids=(),
        verification=Verification.VERIFIED,
        body=Body.COURT,
        conclusion=Conclusion.COUNTERFEIT,
        final=True,
        units_covered=1,
    )
    return evolve(finding, **changes)


def a_package_photo(id: str = "E1", **changes: Any) -> PackagePhoto:
    """A picture of the packaging on which the waybill of :func:`a_parcel` can be read.

    >>> a_package_photo().waybill_no
    'SF1234567890'
    """
    photo = PackagePhoto(id=id, submitted_by=Submitter.CONSUMER, submitted_at=FILED_AT, line_ids=(), waybill_no=WAYBILL)
    return evolve(photo, **changes)


def a_damage_photo(id: str = "E1", **changes: Any) -> DamagePhoto:
    """A close-up that shows one unit broken and leaking, with the barcode of :func:`a_line`.

    >>> a_damage_photo(leak=None).breakage
    True
    """
    photo = DamagePhoto(
        id=id,
        submitted_by=Submitter.CONSUMER,
        submitted_at=FILED_AT,
        line_ids=(),
        edited=False,
        breakage=True,
        leak=True,
        barcode=BARCODE,
        units_covered=1,
    )
    return evolve(photo, **changes)


def a_courier_statement(id: str = "E1", **changes: Any) -> CourierStatement:
    """A verified and stamped statement that one unit was damaged and leaking when the parcel was signed for.

    >>> a_courier_statement().stamped
    True
    """
    statement = CourierStatement(
        id=id,
        submitted_by=Submitter.CONSUMER,
        submitted_at=FILED_AT,
        line_ids=(),
        verification=Verification.VERIFIED,
        waybill_no=WAYBILL,
        stamped=True,
        damaged_at_signing=True,
        leak=True,
        units_covered=1,
    )
    return evolve(statement, **changes)


def a_bar_finding(ground: Ground, id: str = "E1", **changes: Any) -> BarFinding:
    """The platform's finding that something about the consumer is proven.

    >>> a_bar_finding(Ground.GOODS_SWAPPED).standard.value
    'proven'
    """
    finding = BarFinding(
        id=id,
        submitted_by=Submitter.PLATFORM,
        submitted_at=FILED_AT,
        line_ids=(),
        ground=ground,
        standard=Standard.PROVEN,
    )
    return evolve(finding, **changes)


def a_platform_ruling(in_favour_of: Side = Side.CONSUMER, id: str = "E1", **changes: Any) -> PlatformRuling:
    """The platform's ruling on a local return.

    >>> a_platform_ruling().in_favour_of.value
    'consumer'
    """
    ruling = PlatformRuling(
        id=id,
        submitted_by=Submitter.PLATFORM,
        submitted_at=FILED_AT,
        line_ids=(),
        on=RulingSubject.LOCAL_RETURN,
        in_favour_of=in_favour_of,
    )
    return evolve(ruling, **changes)


def a_settlement(amount: int, kind: SettlementKind = SettlementKind.REFUND, **changes: Any) -> Settlement:
    """Something paid before, under no claim that we know of; on ``L1`` unless it is postage.

    >>> a_settlement(500, SettlementKind.POSTAGE).line_id is None
    True
    """
    line_id = None if kind is SettlementKind.POSTAGE else "L1"
    return evolve(Settlement(kind=kind, amount=Minor(amount), line_id=line_id, settled_at=FILED_AT), **changes)


def a_case(
    policy: str,
    *evidence: Evidence,
    order: Order | None = None,
    claim: Claim | None = None,
    settlements: Iterable[Settlement] = (),
    **changes: Any,
) -> Case:
    """A claim for every unit of an order, with this evidence, decided three hours after it was filed.

    >>> a_case("acme.returns", a_damage_photo()).evidence[0].kind
    'damage_photo'
    """
    order = order or an_order()
    items = (ClaimItem(line_id=line.id, quantity=line.quantity) for line in order.lines)
    fields: dict[str, Any] = {
        "id": "case-1",
        "policy": policy,
        "as_of": AS_OF,
        "claim": claim or a_claim(*items),
        "order": order,
        "evidence": evidence,
        "settlements": tuple(settlements),
    }
    return Case(**(fields | changes))


# What the edition in force tells about where to look


@frozen
class WindowLength:
    """How long a window is, as a decision reported it: whole days where the end is left out, else by the clock."""

    counted_from: str
    length: int
    by_days: bool

    def last_instant(self, start: Instant) -> Instant:
        """The last instant in a window of this length."""
        if self.by_days:
            return Instant(start_of_day(day_of(start) + self.length) - 1)
        return Instant(start + self.length)


@frozen
class Steering:
    """What matters to a policy: since when it governs, what evidence speaks for a claim or against it, what is read and when."""

    governs_from: Instant
    speaks_for: tuple[str, ...]
    speaks_against: tuple[str, ...]
    reads: frozenset[str]
    windows: tuple[WindowLength, ...]


@cache
def steering(policy: str) -> Steering:
    """What the editions of a policy read, and how long the windows are that they report.

    Raises :class:`KeyError` for a policy that no installed pack holds, and :class:`TypeError` for one that decides no claims.
    """
    editions = policies()[policy]
    if editions[0].decides.case_type is not Case:
        raise TypeError(f"{policy} decides no claims: see variations() for other cases")
    required, barring = (
        [clause for edition in editions for clause in edition.clauses if clause.role is role]
        for role in (Role.REQUIREMENT, Role.BAR)
    )
    speaks_for = kinds_of_evidence(editions[0], [name for clause in required for name in clause.reads])
    speaks_against = kinds_of_evidence(editions[0], [name for clause in barring for name in clause.reads])
    return Steering(
        editions[0].governs_from,
        speaks_for,
        tuple(kind for kind in speaks_against if kind not in speaks_for),
        frozenset(name for clause in (*required, *barring) for name in clause.reads),
        tuple(dict.fromkeys(window for edition in editions for window in windows_reported(edition))),
    )


def windows_reported(edition: Edition) -> Iterable[WindowLength]:
    """The windows that decisions under an edition report, whatever the goods are."""
    for category in Category:
        decision = edition.decides.decide(edition, a_case(edition.policy, order=an_order(a_line(category=category))))
        for deadline in decision.deadlines:
            by_days = not deadline.includes_end
            length = (
                day_of(deadline.ends_at) - day_of(deadline.starts_at)
                if by_days
                else deadline.ends_at - deadline.starts_at
            )
            yield WindowLength(deadline.counted_from, length, by_days)


# Strategies: valid cases

NUDGES: Final = (0, 1, -1, SECOND, -SECOND, DAY, -DAY)
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


def cases(policy: str) -> st.SearchStrategy[Case]:
    """Valid cases of a policy that decides claims.

    Like this::

    @given(cases("acme.returns"))
    def test_nothing_is_asked_after_closing(case):
        laws.nothing_is_asked_after_closing(case)
    """
    return case_documents(policy).map(case_from)


def case_documents(policy: str) -> st.SearchStrategy[Json]:
    """Valid cases of a policy that decides claims, as they stand in JSON.

    In some everything is in order but for instants, amounts and quantities; in the others one side of the case or several are
    unknown, contested, late or odd. Orders are
    placed once the first edition is in force::

        @given(case_documents("acme.returns"))
        def test_my_own_model_agrees(document):
            assert my_own_model(document) == decide(case_from(document)).outcome
    """
    return _claim_documents(policy)


@st.composite
def _claim_documents(draw: st.DrawFn, policy: str) -> Json:
    return Author(lambda count: draw(position(count)), steering(policy)).case(policy)


def variations(
    document: Json, others: Mapping[str, Sequence[Any]], *, changes: Sequence[int] = (0, 1, 2, 3)
) -> st.SearchStrategy[Json]:
    """A valid document with some places (JSON pointers) changed to other values: for cases that are not claims.

    Like this::

    variations({"shop": {"score": "4.5"}}, {"/shop/score": ["4.1", None]})
    """

    def changed(chosen: Iterable[tuple[str, Any]]) -> Json:
        result: Json = json.loads(json.dumps(document))
        for pointer, value in chosen:
            put(result, pointer, value)
        return result

    one = st.sampled_from([(pointer, value) for pointer, values in others.items() for value in values])
    return st.sampled_from(changes).flatmap(
        lambda count: st.lists(one, min_size=count, max_size=count, unique_by=lambda change: change[0]).map(changed)
    )


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
        leaves_out = self.any(False, True)
        written: Json = json_value(document, self.text, leaves_out=leaves_out)
        return written

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
            "demands": self.usually(Trouble.PATH, [*Demand], ["tenfold_compensation"], ["refund"], []),
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
        return {
            "kind": kind,
            "line_id": None if kind is SettlementKind.POSTAGE else line["id"],
            "amount": self.any(1, paid, paid // 2, 500, 10 * paid, 10 * paid + 1),
            "settled_at": self.any(as_of, None),
            "claim_id": self.any(None, "A1", "A0"),
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
        ruled: Side = self.usually(Trouble.SAYS, its_own, *Side)
        return ruled

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


@cache
def position(length: int) -> st.SearchStrategy[int]:
    """A position in a tuple. Strategies are costly to make, and a case draws a hundred times."""
    return st.sampled_from(range(length))


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


# Strategies: what must be refused

LEFT_OUT: Final = object()
INSTANTS: Final = frozenset(
    [
        "as_of",
        "filed_at",
        "replied_at",
        "evidence_closes_at",
        "placed_at",
        "completed_at",
        "signed_at",
        "submitted_at",
        "verified_at",
        "issued_at",
        "settled_at",
    ]
)
PAST: Final = INSTANTS - {"as_of", "evidence_closes_at", "completed_at", "signed_at", "verified_at"}
AT_LEAST_ONE: Final = frozenset(("quantity", "units_covered"))
AMOUNTS: Final = frozenset(("goods_paid", "tax_paid", "postage_paid", "requested_amount", "amount"))
CHOICES: Final = frozenset(
    [
        "filed_through",
        "reason",
        "service",
        "decision",
        "programme",
        "category",
        "submitted_by",
        "verification",
        "role",
        "body",
        "conclusion",
        "ground",
        "standard",
        "on",
        "for",
        "kind",
    ]
)
REQUIRED: Final[Mapping[str, str]] = {
    "": "id policy as_of claim order evidence settlements",
    "/claim": "id claimant_id filed_at filed_through reason service demands items",
    "/claim/items/*": "line_id quantity",
    "/order": "id buyer_id placed_at currency postage_paid merchant lines parcels",
    "/order/merchant": "id",
    "/order/lines/*": "id quantity goods_paid tax_paid",
    "/order/parcels/*": "line_ids",
    "/evidence/*": "id kind submitted_by submitted_at line_ids issuer conclusion body edited stamped ground standard on for"
    " description",
    "/evidence/*/issuer": "role",
    "/settlements/*": "kind amount",
}
"""The members that must be there, by the place of their object; of evidence those that no kind has as unknown."""

UNREADABLE_INSTANTS: Final = (
    "2022-03-20T20:15:00",
    "2022-03-20T20:15:00.1234567+08:00",
    "2022-02-30T00:00:00Z",
    "2022-03-20T20:60:00+08:00",
    "2022-03-20",
    "",
)


@frozen
class NearlyValid:
    """A valid document with one thing broken, and the place at which a fault must be reported.

    ``well_formed`` says that every type is right, and only what is said cannot be.
    """

    document: Any
    pointer: str
    broken: str
    well_formed: bool


@frozen
class Breakage:
    """One way to break a valid document: a value to put somewhere, and the place where that is reported."""

    place: str
    value: Any
    broken: str
    well_formed: bool = False
    reported_at: str | None = None

    def done_to(self, document: Json) -> NearlyValid:
        """The document, broken in this way."""
        broken: Any = json.loads(json.dumps(document))
        if self.value is LEFT_OUT:
            parent, _, name = self.place.rpartition("/")
            del at(broken, parent)[name]
        elif self.place:
            put(broken, self.place, self.value)
        else:
            broken = self.value
        pointer = self.place if self.reported_at is None else self.reported_at
        return NearlyValid(broken, pointer, self.broken, self.well_formed)


def nearly_valid_documents(policy: str) -> st.SearchStrategy[NearlyValid]:
    """Valid claims of a policy with exactly one thing broken.

    Like this::

    @given(nearly_valid_documents("acme.returns"))
    def test_a_fault_is_told_where_it_is(nearly):
        with pytest.raises(InputError) as refused:
            load_case(json.dumps(nearly.document))
        assert nearly.pointer in {fault.pointer for fault in refused.value.faults}
    """
    return case_documents(policy).flatmap(
        lambda document: st.sampled_from(tuple(breakages(document))).map(lambda each: each.done_to(document))
    )


def invalid_documents() -> st.SearchStrategy[bytes]:
    """Anything at all: JSON of every shape, JSON cut short or garbled, and bytes that are no text.

    Like this::

    @given(invalid_documents())
    def test_nothing_ends_in_a_traceback(text):
        with suppress(InputError):
            load_case(text)
    """
    leaves = st.none() | st.booleans() | st.integers() | st.floats() | st.text()
    names = st.sampled_from([*REQUIRED[""].split(), "metadata"]) | st.text()
    anything = st.recursive(leaves, lambda inner: st.lists(inner) | st.dictionaries(names, inner), max_leaves=20).map(
        lambda value: json.dumps(value).encode()
    )
    return anything | st.binary() | st.text().map(str.encode) | _garbled()


@st.composite
def _garbled(draw: st.DrawFn) -> bytes:
    """A valid case in JSON in which some bytes were replaced, cut out or put twice."""
    text = json.dumps(case_document(a_case("no.such.policy"))).encode()
    start = draw(st.integers(0, len(text)))
    end = draw(st.integers(start, min(len(text), start + 40)))
    return text[:start] + draw(st.binary(max_size=3) | st.just(text[start:end] * 2)) + text[end:]


def breakages(document: Json) -> Iterable[Breakage]:
    """Every way in which a valid claim can be broken at one place."""
    for pointer, name, value in places(document):
        yield from wrong_types(pointer, value)
        yield from wrong_values(pointer, name, value, document)
    for shape, names in REQUIRED.items():
        for pointer, _, value in places(document):
            if shape_of(pointer) == shape:
                yield from missing(pointer, value, names.split())
    yield from unsound(document)


def places(value: Any, pointer: str = "", name: str = "") -> Iterable[tuple[str, str, Any]]:
    """Every place in a document that is not null, the metadata's own members apart: pointer, name and value."""
    if value is not None:
        yield pointer, name, value
    if isinstance(value, dict) and name != "metadata":
        for inner, each in value.items():
            yield from places(each, f"{pointer}/{inner}", inner)
    elif isinstance(value, list):
        for index, each in enumerate(value):
            yield from places(each, f"{pointer}/{index}", name)


def shape_of(pointer: str) -> str:
    """A pointer with ``*`` for every position in a list."""
    return "/".join("*" if part.isdigit() else part for part in pointer.split("/"))


def wrong_types(pointer: str, value: Any) -> Iterable[Breakage]:
    """A value of another type, or a field that nobody knows."""
    others: tuple[Any, ...] = (5, True, [], {}) if isinstance(value, str) else ("5", [], {})
    if isinstance(value, bool):
        others = ("true", 1, 0, [], {})
    elif isinstance(value, int):
        others = ("5", 5.0, True, [], {})
    elif isinstance(value, list):
        others = ({}, "x", 0, False)
    elif isinstance(value, dict):
        others = ([], "x", 0, False)
        if pointer != "/metadata":
            yield Breakage(f"{pointer}/nonsense", 1, "an unknown field")
    for other in others:
        yield Breakage(pointer, other, f"{other!r} in place of {type(value).__name__}")


def wrong_values(pointer: str, name: str, value: Any, document: Json) -> Iterable[Breakage]:
    """A value of the right type that cannot be."""
    if name in INSTANTS:
        for text in UNREADABLE_INSTANTS:
            yield Breakage(pointer, text, "no instant to the microsecond with an offset", well_formed=True)
    if name in PAST:
        later = Instant(Instant.parse(document["as_of"]) + 1)
        yield Breakage(pointer, str(later), "later than as_of", well_formed=True)
    if isinstance(value, str) and name in CHOICES | {"demands", "badges"}:
        yield Breakage(pointer, "no_such_value", "not one of the values that there are")
    if name in AT_LEAST_ONE | AMOUNTS:
        least = 1 if name in AT_LEAST_ONE else 0
        for number in (least - 1, LARGEST + 1):
            yield Breakage(pointer, number, "out of bounds", well_formed=True)
    if isinstance(value, str) and name in ("market", "currency"):
        yield Breakage(pointer, "nowhere", "no code")


def missing(pointer: str, value: Json, names: Iterable[str]) -> Iterable[Breakage]:
    """Something required left out, or null."""
    for name in names:
        if value.get(name) is not None:
            yield Breakage(f"{pointer}/{name}", LEFT_OUT, "left out")
            yield Breakage(f"{pointer}/{name}", None, "not known")


def unsound(document: Json) -> Iterable[Breakage]:
    """What is said of lines, ids and instants that do not fit together."""
    claim, order = document["claim"], document["order"]
    for index, item in enumerate(claim["items"]):
        line = next(line for line in order["lines"] if line["id"] == item["line_id"])
        yield _unsound(f"/claim/items/{index}/quantity", line["quantity"] + 1, "more than were bought")
    for pointer, name, value in places(document):
        if name in ("line_id", "line_ids") and isinstance(value, str):
            yield _unsound(pointer, "no such line", "a line that the order does not have")
    for index, settlement in enumerate(document["settlements"]):
        of_postage = settlement["kind"] == "postage"
        other = order["lines"][0]["id"] if of_postage else None
        yield _unsound(f"/settlements/{index}/line_id", other, "postage has no line, and all else has one")
    for pointer, items, field in (
        ("/claim/items", claim["items"], "line_id"),
        ("/order/lines", order["lines"], "id"),
        ("/evidence", document["evidence"], "id"),
    ):
        if items:
            again = f"{pointer}/{len(items)}"
            yield Breakage(again, items[0], "an id that stands twice", True, f"{again}/{field}")
    if order["postage_paid"]:
        yield Breakage("/order/lines/0/tax_paid", LARGEST, "too much in all", True, "/order/lines")
    yield _unsound("/claim/items", [], "nothing claimed")
    placed_at = Instant.parse(order["placed_at"])
    yield _unsound("/claim/filed_at", str(Instant(placed_at - 1)), "filed before the order was placed")
    first = policies()[document["policy"]][0]
    yield _unsound("/order/placed_at", str(Instant(first.governs_from - 1)), "before the first edition")
    yield Breakage("/policy", "no.such.policy", "a policy that nobody has")


def _unsound(place: str, value: Any, broken: str) -> Breakage:
    return Breakage(place, value, broken, well_formed=True)
