"""Build one valid case; a test changes what it is about."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from attrs import evolve

from adjudicator.engine.registry import policies
from adjudicator.model.case import Case
from adjudicator.model.claim import Claim, ClaimItem, MerchantReply, Settlement
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
    ReplyDecision,
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
    Evidence,
    Issuer,
    OfficialFinding,
    PackagePhoto,
    PlatformRuling,
)
from adjudicator.model.money import Minor
from adjudicator.model.order import Merchant, Order, OrderLine, Parcel, ReturnAddress
from adjudicator.model.time import Instant

PLACED_AT: Final = Instant.parse("2022-03-20T20:15:00+08:00")
SIGNED_AT: Final = Instant.parse("2022-03-26T18:30:00+08:00")
COMPLETED_AT: Final = Instant.parse("2022-03-26T20:00:00+08:00")
FILED_AT: Final = Instant.parse("2022-03-27T09:00:00+08:00")
AS_OF: Final = Instant.parse("2022-03-27T12:00:00+08:00")
BRAND: Final = "Lumière"
BARCODE: Final = "6901234567892"
WAYBILL: Final = "SF1234567890"


def a_line(id: str = "L1", **changes: Any) -> OrderLine:
    """One unit of a branded cream with every badge; its transaction succeeded on 26 March 2022.

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
    """A parcel that was signed for on the evening of 26 March 2022. It contains ``L1`` unless you name other lines.

    >>> a_parcel("L1", "L2", signed_at=None).line_ids
    ('L1', 'L2')
    """
    return evolve(
        Parcel(line_ids=line_ids or ("L1",), waybill_no=WAYBILL, carrier="sf", signed_at=SIGNED_AT), **changes
    )


def a_merchant(**changes: Any) -> Merchant:
    """A merchant of the Global programme with a return address in mainland China.

    >>> a_merchant().return_addresses[0].market
    'CN'
    """
    address = ReturnAddress(id="R-CN", market="CN", address="浙江省杭州市余杭区保税仓 3 号")
    return evolve(Merchant(id="shop-1", programme=Programme.GLOBAL, return_addresses=(address,)), **changes)


def an_order(*lines: OrderLine, **changes: Any) -> Order:
    """An order of these lines (by default one :func:`a_line`), all in one parcel unless you pass ``parcels``.

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
    """A claim by the buyer for these items (by default one unit of ``L1``), filed on the morning after delivery.

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
    """A verified report by the brand's owner that the goods are counterfeit; it covers one unit and names no line.

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
    """A verified and final court finding that the goods are counterfeit; it covers one unit and names no line.

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
    """A photo of the packaging that shows the waybill number of :func:`a_parcel`.

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
    """The platform's finding that a ground against the consumer is proven.

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
    """An earlier payment without a claim; for ``L1`` unless it is postage.

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
    """A case with a claim for every unit of an order, to be decided three hours after filing.

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
    case: Case = _case_type(policy)(**(fields | changes))
    return case


def _case_type(policy: str) -> type[Case]:
    """The class of a policy's cases; :class:`Case` if it is not installed or does not decide claims."""
    kind = policies()[policy][0].case_kind.case_type if policy in policies() else Case
    return kind if issubclass(kind, Case) else Case
