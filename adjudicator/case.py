"""A claim case: what is handed in to be decided. The names are those of the contract.

``None`` means *not known*, never false and never zero. Money is whole minor units of the order's currency.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import ClassVar, NewType, TypeAlias

from attrs import frozen

from adjudicator.civil_time import Instant
from adjudicator.faults import InputError
from adjudicator.soundness import claim_faults

Minor = NewType("Minor", int)
"""An amount in the currency's minor unit (fen, cents)."""


class Channel(StrEnum):
    """Where a claim was filed."""

    ORDER_PAGE = "order_page"
    OTHER = "other"


class Reason(StrEnum):
    """The refund reason that the consumer chose."""

    COUNTERFEIT = "counterfeit"
    DAMAGED = "damaged"
    DEFECTIVE = "defective"
    NOT_AS_DESCRIBED = "not_as_described"
    WRONG_ITEM = "wrong_item"
    CHANGED_MIND = "changed_mind"
    OTHER = "other"


class Service(StrEnum):
    """The after-sales service that the consumer chose."""

    REFUND_ONLY = "refund_only"
    RETURN_REFUND = "return_refund"
    EXCHANGE = "exchange"
    OTHER = "other"


class Demand(StrEnum):
    """What the consumer demands."""

    REFUND = "refund"
    TENFOLD_COMPENSATION = "tenfold_compensation"


class Programme(StrEnum):
    """The merchant's programme when the order was placed."""

    GLOBAL = "global"
    DOMESTIC = "domestic"


class Category(StrEnum):
    """What kind of goods a line holds; the first three are for people to eat or drink."""

    FOOD = "food"
    MILK_POWDER = "milk_powder"
    ALCOHOL = "alcohol"
    OTHER = "other"


class Badge(StrEnum):
    """A guarantee shown on the goods when they were ordered."""

    AUTHENTICITY = "authenticity"
    DAMAGE = "damage"
    LOCAL_RETURN = "local_return"


class Submitter(StrEnum):
    """Who handed a piece of evidence in."""

    CONSUMER = "consumer"
    MERCHANT = "merchant"
    PLATFORM = "platform"
    CARRIER = "carrier"
    THIRD_PARTY = "third_party"


class Verification(StrEnum):
    """A piece of evidence's own mark."""

    VERIFIED = "verified"
    UNVERIFIED = "unverified"
    REJECTED = "rejected"


class IssuerRole(StrEnum):
    """On whose behalf an appraisal was made."""

    BRAND_OWNER = "brand_owner"
    BRAND_AUTHORISED = "brand_authorised"
    ACCREDITED_LAB = "accredited_lab"
    OTHER = "other"


class Body(StrEnum):
    """Which kind of authority made an official finding."""

    COURT = "court"
    ENFORCEMENT = "enforcement"


class Conclusion(StrEnum):
    """What an appraisal or an official finding concludes."""

    COUNTERFEIT = "counterfeit"
    NOT_ORIGINAL = "not_original"
    GENUINE = "genuine"
    INCONCLUSIVE = "inconclusive"


class Ground(StrEnum):
    """What a bar finding says about the consumer."""

    BRAND_OWNER = "brand_owner"
    CONSUMER_CAUSED = "consumer_caused"
    NOT_PERSONAL_CONSUMPTION = "not_personal_consumption"
    GOODS_SWAPPED = "goods_swapped"


class Standard(StrEnum):
    """How firmly a bar finding says it."""

    ALLEGED = "alleged"
    SUSPECTED = "suspected"
    PROVEN = "proven"


class RulingSubject(StrEnum):
    """What a platform ruling is about."""

    LOCAL_RETURN = "local_return"


class Side(StrEnum):
    """For whom a platform ruling was made."""

    CONSUMER = "consumer"
    MERCHANT = "merchant"


class ReplyDecision(StrEnum):
    """What the merchant answered."""

    AGREED = "agreed"
    REFUSED = "refused"


class SettlementKind(StrEnum):
    """What an earlier payment was for."""

    REFUND = "refund"
    COMPENSATION = "compensation"
    TAX = "tax"
    POSTAGE = "postage"
    PRICE_ADJUSTMENT = "price_adjustment"


@frozen(kw_only=True)
class ClaimItem:
    """One order line that is claimed, and how many of its units."""

    line_id: str
    quantity: int


@frozen(kw_only=True)
class MerchantReply:
    """The merchant's own answer to the claim."""

    decision: ReplyDecision | None = None
    replied_at: Instant | None = None


@frozen(kw_only=True)
class Claim:
    """What the consumer filed."""

    id: str
    claimant_id: str
    filed_at: Instant
    filed_through: Channel
    reason: Reason
    service: Service
    demands: tuple[Demand, ...]
    items: tuple[ClaimItem, ...]
    requested_amount: Minor | None = None
    merchant_reply: MerchantReply | None = None
    evidence_closes_at: Instant | None = None


@frozen(kw_only=True)
class ReturnAddress:
    """An address that the merchant names for returns."""

    id: str | None = None
    market: str | None = None
    address: str | None = None


@frozen(kw_only=True)
class Merchant:
    """The seller, as at the order."""

    id: str
    programme: Programme | None = None
    return_addresses: tuple[ReturnAddress, ...] | None = None


@frozen(kw_only=True)
class OrderLine:
    """One kind of goods in the order. Amounts are for all its units together."""

    id: str
    quantity: int
    goods_paid: Minor
    tax_paid: Minor
    sku: str | None = None
    title: str | None = None
    brand: str | None = None
    category: Category | None = None
    barcode: str | None = None
    badges: tuple[Badge, ...] | None = None
    completed_at: Instant | None = None


@frozen(kw_only=True)
class Parcel:
    """A parcel, and the lines it carries."""

    line_ids: tuple[str, ...]
    waybill_no: str | None = None
    carrier: str | None = None
    signed_at: Instant | None = None


@frozen(kw_only=True)
class Order:
    """The order under which the goods were bought."""

    id: str
    buyer_id: str
    placed_at: Instant
    currency: str
    postage_paid: Minor
    merchant: Merchant
    lines: tuple[OrderLine, ...]
    parcels: tuple[Parcel, ...]
    market: str | None = None


@frozen(kw_only=True)
class File:
    """A file behind a piece of evidence. The files themselves are never read."""

    name: str | None = None
    sha256: str | None = None
    media_type: str | None = None


@frozen(kw_only=True)
class Document:
    """What every piece of evidence says of itself. Empty ``line_ids`` means the whole order."""

    id: str
    submitted_by: Submitter
    submitted_at: Instant
    line_ids: tuple[str, ...]
    verification: Verification = Verification.UNVERIFIED
    verified_by: str | None = None
    verified_at: Instant | None = None
    files: tuple[File, ...] = ()

    def concerns(self, line_id: str) -> bool:
        """Whether it speaks of a line."""
        return not self.line_ids or line_id in self.line_ids


@frozen(kw_only=True)
class Issuer:
    """Who made an appraisal."""

    role: IssuerRole
    name: str | None = None


@frozen(kw_only=True)
class AppraisalReport(Document):
    """An appraisal of the goods."""

    kind: ClassVar[str] = "appraisal_report"
    issuer: Issuer
    conclusion: Conclusion
    brand: str | None = None
    units_covered: int | None = None
    issued_at: Instant | None = None


@frozen(kw_only=True)
class OfficialFinding(Document):
    """A finding by a court or an enforcement body."""

    kind: ClassVar[str] = "official_finding"
    body: Body
    conclusion: Conclusion
    reference: str | None = None
    final: bool | None = None
    units_covered: int | None = None
    issued_at: Instant | None = None


@frozen(kw_only=True)
class PackagePhoto(Document):
    """A picture of the packaging with its waybill label."""

    kind: ClassVar[str] = "package_photo"
    waybill_no: str | None = None


@frozen(kw_only=True)
class DamagePhoto(Document):
    """A close-up of the goods; ``None`` for what cannot be told from it."""

    kind: ClassVar[str] = "damage_photo"
    edited: bool
    breakage: bool | None = None
    seal_failure: bool | None = None
    leak: bool | None = None
    soiling: bool | None = None
    barcode: str | None = None
    units_covered: int | None = None


@frozen(kw_only=True)
class CourierStatement(Document):
    """The courier's written statement about a parcel."""

    kind: ClassVar[str] = "courier_statement"
    waybill_no: str
    stamped: bool
    carrier: str | None = None
    damaged_at_signing: bool | None = None
    leak: bool | None = None
    units_covered: int | None = None


@frozen(kw_only=True)
class BarFinding(Document):
    """A statement that something about the consumer bars the claim."""

    kind: ClassVar[str] = "bar_finding"
    ground: Ground
    standard: Standard


@frozen(kw_only=True)
class PlatformRuling(Document):
    """A ruling by the platform's customer service. On the wire ``in_favour_of`` is called ``for``."""

    kind: ClassVar[str] = "platform_ruling"
    on: RulingSubject
    in_favour_of: Side


@frozen(kw_only=True)
class OtherEvidence(Document):
    """Anything else; no rule reads it."""

    kind: ClassVar[str] = "other"
    description: str


Evidence: TypeAlias = (
    AppraisalReport
    | OfficialFinding
    | PackagePhoto
    | DamagePhoto
    | CourierStatement
    | BarFinding
    | PlatformRuling
    | OtherEvidence
)


@frozen(kw_only=True)
class Settlement:
    """Something paid before, under any claim."""

    kind: SettlementKind
    amount: Minor
    line_id: str | None = None
    settled_at: Instant | None = None
    claim_id: str | None = None


@frozen(kw_only=True)
class Case:
    """A claim with everything that is before us at ``as_of``.

    A case that exists is sound: making one that is not raises :class:`~adjudicator.faults.InputError` with every fault in it.
    """

    id: str
    policy: str
    as_of: Instant
    claim: Claim
    order: Order
    evidence: tuple[Evidence, ...]
    settlements: tuple[Settlement, ...]
    metadata: Mapping[str, str] | None = None

    def __attrs_post_init__(self) -> None:
        if faults := tuple(claim_faults(self)):
            raise InputError(faults)
