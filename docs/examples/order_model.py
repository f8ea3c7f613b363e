"""Builds a case from a shop's own order model: money, coupons, gifts, parcels, instants."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal

from adjudicator import Case, InputError, decide
from adjudicator.claims import (
    AppraisalReport,
    Claim,
    ClaimItem,
    Conclusion,
    Demand,
    Issuer,
    IssuerRole,
    Merchant,
    Minor,
    Order,
    OrderLine,
    Parcel,
    Settlement,
)

# What your shop has


@dataclass
class ShopLine:
    """A line of the shop's order; a gift has price 0."""

    sku: str
    title: str
    brand: str
    quantity: int
    list_price: Decimal
    is_gift: bool = False


@dataclass
class ShopOrder:
    """An order as the shop stores it: amounts in yuan, one coupon on the whole order."""

    number: str
    buyer: str
    seller: str
    placed_at: datetime
    completed_at: datetime | None
    lines: list[ShopLine]
    coupon: Decimal
    postage: Decimal
    shipments: dict[str, list[str]] = field(default_factory=dict)


# What a case needs


def minor(yuan: Decimal) -> Minor:
    """Yuan as fen. An amount that is not a whole number of fen is an error in the order; do not round it."""
    fen = yuan * 100
    if fen != fen.to_integral_value():
        raise ValueError(f"{yuan} yuan is no whole number of fen")
    return Minor(int(fen))


def shares(total: int, weights: list[int]) -> list[Minor]:
    """Split a total in proportion to weights, into whole units that add up to it exactly.

    The units left over after rounding down go to the largest remainders.
    """
    whole = sum(weights)
    if not whole:
        return [Minor(0) for _ in weights]
    rounded = [total * weight // whole for weight in weights]
    by_remainder = sorted(range(len(weights)), key=lambda index: -(total * weights[index] % whole))
    for index in by_remainder[: total - sum(rounded)]:
        rounded[index] += 1
    return [Minor(share) for share in rounded]


def order_of(shop: ShopOrder) -> Order:
    """The shop's order as part of a case: the amount paid for each line, after its share of the coupon."""
    prices = [0 if line.is_gift else minor(line.list_price) * line.quantity for line in shop.lines]
    off = shares(minor(shop.coupon), prices)
    lines = tuple(
        OrderLine(
            id=line.sku,
            sku=line.sku,
            title=line.title,
            brand=line.brand,
            quantity=line.quantity,
            goods_paid=Minor(price - less),
            tax_paid=Minor(0),
            completed_at=shop.completed_at,
        )
        for line, price, less in zip(shop.lines, prices, off, strict=True)
    )
    return Order(
        id=shop.number,
        buyer_id=shop.buyer,
        placed_at=shop.placed_at,
        currency="CNY",
        postage_paid=minor(shop.postage),
        merchant=Merchant(id=shop.seller, programme="global"),
        lines=lines,
        parcels=tuple(Parcel(waybill_no=waybill, line_ids=tuple(skus)) for waybill, skus in shop.shipments.items()),
        market="CN",
    )


def case_of(shop: ShopOrder, sku: str, filed_at: datetime, ledger: tuple[Settlement, ...]) -> Case:
    """A claim for one unit of a line. Enumerations take plain values, and instants take aware datetimes."""
    claim = Claim(
        id=f"claim-{shop.number}",
        claimant_id=shop.buyer,
        filed_at=filed_at,
        filed_through="order_page",
        reason="counterfeit",
        service="return_refund",
        demands=(Demand.REFUND, Demand.TENFOLD_COMPENSATION),
        items=(ClaimItem(line_id=sku, quantity=1),),
    )
    report = AppraisalReport(
        id="report-1",
        submitted_by="consumer",
        submitted_at=filed_at,
        verification="verified",
        line_ids=(sku,),
        issuer=Issuer(role=IssuerRole.BRAND_OWNER),
        brand="Aurora",
        conclusion=Conclusion.COUNTERFEIT,
    )
    return Case(
        id=f"case-{shop.number}",
        policy="douyin_global.authenticity",
        as_of=filed_at,
        claim=claim,
        order=order_of(shop),
        evidence=(report,),
        settlements=ledger,
    )


SHOP_ORDER = ShopOrder(
    number="9001",
    buyer="buyer-7",
    seller="seller-3",
    placed_at=datetime.fromisoformat("2022-03-20T10:00:00+08:00"),
    completed_at=datetime.fromisoformat("2022-04-02T10:00:00+08:00"),
    lines=[
        ShopLine("cream", "Face cream 50 ml", "Aurora", quantity=2, list_price=Decimal("299.00")),
        ShopLine("serum", "Serum 30 ml", "Aurora", quantity=1, list_price=Decimal("199.00")),
        ShopLine("sample", "Sample sachet", "Aurora", quantity=3, list_price=Decimal(0), is_gift=True),
    ],
    coupon=Decimal("100.00"),
    postage=Decimal("12.00"),
    shipments={"SF1": ["cream", "sample"], "SF2": ["cream", "serum"]},
)


def main() -> None:
    """Decide a claim on the order above, and show what mistakes look like."""
    filed_at = datetime.fromisoformat("2022-05-20T12:00:00+08:00")
    case = case_of(SHOP_ORDER, "cream", filed_at, ledger=())
    for line in case.order.lines:
        print(f"{line.id}: {line.goods_paid} fen paid for {line.quantity}")
    decision = decide(case)
    print(decision.outcome.value, [(award.kind.value, award.amount) for award in decision.awards])
    without_offset = replace(SHOP_ORDER, placed_at=SHOP_ORDER.placed_at.replace(tzinfo=None))
    try:
        case_of(without_offset, "perfume", filed_at, ledger=())
    except InputError as error:
        print(*error.faults, sep="\n")


if __name__ == "__main__":
    main()
