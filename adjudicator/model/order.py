"""The order under which the goods were bought."""

from __future__ import annotations

from attrs import field, frozen

from adjudicator.model.enumerations import Badge, Category, Programme
from adjudicator.model.limits import COUNT, CURRENCY, MARKET, PRICE
from adjudicator.model.money import Minor
from adjudicator.model.privacy import Personal
from adjudicator.model.time import Instant


@frozen(kw_only=True)
class ReturnAddress:
    """An address that the merchant names for returns."""

    id: str | None = None
    market: str | None = field(default=None, metadata={"means": "The market it is in.", "code": MARKET})
    address: str | None = field(default=None, metadata={"personal": Personal.ADDRESS})


@frozen(kw_only=True)
class Merchant:
    """The seller at the time of the order."""

    id: str
    programme: Programme | None = None
    return_addresses: tuple[ReturnAddress, ...] | None = field(
        default=None, metadata={"means": "Where goods may be returned to; an empty list means nowhere."}
    )


@frozen(kw_only=True)
class OrderLine:
    """One kind of goods in the order. Amounts are for all its units together."""

    id: str
    quantity: int = field(metadata={"means": "How many units were bought.", "bounds": COUNT})
    goods_paid: Minor = field(metadata={"means": "What was paid for the goods of the whole line.", "bounds": PRICE})
    tax_paid: Minor = field(metadata={"means": "What was charged separately as tax on the whole line."})
    sku: str | None = None
    title: str | None = None
    brand: str | None = None
    category: Category | None = None
    barcode: str | None = None
    badges: tuple[Badge, ...] | None = field(
        default=None, metadata={"means": "The guarantees shown when it was ordered; an empty list means none."}
    )
    completed_at: Instant | None = field(
        default=None, metadata={"means": "When the transaction succeeded; null if it has not, or that is not known."}
    )


@frozen(kw_only=True)
class Parcel:
    """A parcel, and the lines in it."""

    line_ids: tuple[str, ...]
    waybill_no: str | None = field(default=None, metadata={"personal": Personal.WAYBILL})
    carrier: str | None = None
    signed_at: Instant | None = field(
        default=None, metadata={"means": "When it was signed for; null if it was not, or that is not known."}
    )


@frozen(kw_only=True)
class Order:
    """The order under which the goods were bought."""

    id: str
    buyer_id: str = field(metadata={"personal": Personal.IDENTITY})
    placed_at: Instant = field(metadata={"means": "When it was placed; this determines the edition."})
    currency: str = field(metadata={"means": "The currency of every amount in the case.", "code": CURRENCY})
    postage_paid: Minor = field(metadata={"means": "What the consumer paid for postage."})
    merchant: Merchant
    lines: tuple[OrderLine, ...] = field(metadata={"means": "What was bought.", "not_empty": True})
    parcels: tuple[Parcel, ...]
    market: str | None = field(default=None, metadata={"means": "Where the goods were sold to.", "code": MARKET})
