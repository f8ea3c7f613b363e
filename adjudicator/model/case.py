"""A claim case: what is handed in to be decided. The names are those of the contract.

``None`` means *not known*, never false and never zero. Money is whole minor units of the order's currency.

What is said in the ``metadata`` of a field goes into the JSON Schema: ``means`` in words, and what limits it. A field that is
``personal`` (see :class:`~adjudicator.model.privacy.Personal`) is kept from readers whom it does not concern.
"""

from __future__ import annotations

import types
import typing
from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import Any, ClassVar, Final, NewType, TypeAlias, Union

from attrs import field, frozen

from adjudicator.model.errors import Fault
from adjudicator.model.limits import COUNT, CURRENCY, MARKET, PRICE, claim_faults
from adjudicator.model.privacy import Personal
from adjudicator.model.soundness import CaseBase
from adjudicator.model.time import Instant

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

    line_id: str = field(metadata={"means": "A line of the order; each is claimed once at most."})
    quantity: int = field(metadata={"means": "At most the line's.", "bounds": COUNT})


@frozen(kw_only=True)
class MerchantReply:
    """The merchant's own answer to the claim."""

    decision: ReplyDecision | None = None
    replied_at: Instant | None = None


@frozen(kw_only=True)
class Claim:
    """What the consumer filed."""

    id: str
    claimant_id: str = field(
        metadata={"means": "Who filed it, to be compared with the buyer of the order.", "personal": Personal.IDENTITY}
    )
    filed_at: Instant
    filed_through: Channel
    reason: Reason
    service: Service
    demands: tuple[Demand, ...]
    items: tuple[ClaimItem, ...] = field(metadata={"means": "What is claimed.", "not_empty": True})
    requested_amount: Minor | None = field(default=None, metadata={"means": "The consumer's own figure for all of it."})
    merchant_reply: MerchantReply | None = None
    evidence_closes_at: Instant | None = field(
        default=None, metadata={"means": "After it, evidence that is missing is not waited for any longer."}
    )


@frozen(kw_only=True)
class ReturnAddress:
    """An address that the merchant names for returns."""

    id: str | None = None
    market: str | None = field(default=None, metadata={"means": "Where it lies.", "code": MARKET})
    address: str | None = field(default=None, metadata={"personal": Personal.ADDRESS})


@frozen(kw_only=True)
class Merchant:
    """The seller, as at the order."""

    id: str
    programme: Programme | None = None
    return_addresses: tuple[ReturnAddress, ...] | None = field(
        default=None, metadata={"means": "Where goods may be sent back to; an empty list says that there is nowhere."}
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
        default=None, metadata={"means": "What was shown when it was ordered; an empty list says that nothing was."}
    )
    completed_at: Instant | None = field(
        default=None, metadata={"means": "When the transaction succeeded; null where it has not, or nobody knows."}
    )


@frozen(kw_only=True)
class Parcel:
    """A parcel, and the lines it carries."""

    line_ids: tuple[str, ...]
    waybill_no: str | None = field(default=None, metadata={"personal": Personal.WAYBILL})
    carrier: str | None = None
    signed_at: Instant | None = field(
        default=None, metadata={"means": "When it was signed for; null where it was not, or nobody knows."}
    )


@frozen(kw_only=True)
class Order:
    """The order under which the goods were bought."""

    id: str
    buyer_id: str = field(metadata={"personal": Personal.IDENTITY})
    placed_at: Instant = field(metadata={"means": "When it was placed; it picks the edition."})
    currency: str = field(metadata={"means": "The currency of every amount in the case.", "code": CURRENCY})
    postage_paid: Minor = field(metadata={"means": "What the consumer paid for postage."})
    merchant: Merchant
    lines: tuple[OrderLine, ...] = field(metadata={"means": "What was bought.", "not_empty": True})
    parcels: tuple[Parcel, ...]
    market: str | None = field(default=None, metadata={"means": "Where the goods were sold to.", "code": MARKET})


@frozen(kw_only=True)
class File:
    """A file behind a piece of evidence. The files themselves are never read."""

    name: str | None = field(default=None, metadata={"personal": Personal.DOCUMENT})
    sha256: str | None = field(default=None, metadata={"personal": Personal.DOCUMENT})
    media_type: str | None = None


@frozen(kw_only=True)
class Document:
    """What every piece of evidence says of itself, whatever kind of case it is handed in for."""

    kind: ClassVar[str]
    id: str
    submitted_by: Submitter
    submitted_at: Instant
    verification: Verification = field(
        default=Verification.UNVERIFIED, metadata={"means": "Its own mark; not stated means unverified."}
    )
    verified_by: str | None = field(default=None, metadata={"personal": Personal.IDENTITY})
    verified_at: Instant | None = None
    files: tuple[File, ...] = ()

    def concerns(self, line_id: str | None) -> bool:
        """Whether it speaks of a subject: of a case that is judged as a whole, always."""
        return True


def kinds_in(annotation: Any) -> Mapping[str, type[Document]]:
    """The kinds of evidence in a union of them, each by its name; none in any other type."""
    kinds = typing.get_args(annotation) if typing.get_origin(annotation) in (Union, types.UnionType) else ()
    if not kinds or not all(isinstance(each, type) and issubclass(each, Document) for each in kinds):
        return {}
    return {each.kind: each for each in kinds}


@frozen(kw_only=True)
class ClaimDocument(Document):
    """A piece of evidence for a claim. Empty ``line_ids`` means the whole order."""

    line_ids: tuple[str, ...] = field(
        metadata={"means": "The lines that it concerns; none named means the whole order."}
    )

    def concerns(self, line_id: str | None) -> bool:
        """Whether it speaks of a line."""
        return not self.line_ids or line_id in self.line_ids


METADATA: Final = {"means": "Repeated in the decision, and never read.", "personal": Personal.INTERNAL}
UNITS_COVERED: Final = {"means": "How many units it speaks for; not stated means that one is known.", "bounds": COUNT}


@frozen(kw_only=True)
class Issuer:
    """Who made an appraisal."""

    role: IssuerRole
    name: str | None = field(default=None, metadata={"personal": Personal.IDENTITY})


@frozen(kw_only=True)
class AppraisalReport(ClaimDocument):
    """An appraisal of the goods."""

    kind: ClassVar[str] = "appraisal_report"
    issuer: Issuer
    conclusion: Conclusion
    brand: str | None = None
    units_covered: int | None = field(default=None, metadata=UNITS_COVERED)
    issued_at: Instant | None = None


@frozen(kw_only=True)
class OfficialFinding(ClaimDocument):
    """A finding by a court or an enforcement body."""

    kind: ClassVar[str] = "official_finding"
    body: Body
    conclusion: Conclusion
    reference: str | None = field(default=None, metadata={"personal": Personal.DOCUMENT})
    final: bool | None = field(default=None, metadata={"means": "Whether nothing can be brought against it any more."})
    units_covered: int | None = field(default=None, metadata=UNITS_COVERED)
    issued_at: Instant | None = None


@frozen(kw_only=True)
class PackagePhoto(ClaimDocument):
    """A picture of the packaging with its waybill label."""

    kind: ClassVar[str] = "package_photo"
    waybill_no: str | None = field(
        default=None, metadata={"means": "The number as it is read off the label.", "personal": Personal.WAYBILL}
    )


@frozen(kw_only=True)
class DamagePhoto(ClaimDocument):
    """A close-up of the goods; ``None`` for what cannot be told from it."""

    kind: ClassVar[str] = "damage_photo"
    edited: bool = field(metadata={"means": "Whether the picture was worked on."})
    breakage: bool | None = None
    seal_failure: bool | None = None
    leak: bool | None = None
    soiling: bool | None = None
    barcode: str | None = field(default=None, metadata={"means": "The number as it is read off the picture."})
    units_covered: int | None = field(default=None, metadata=UNITS_COVERED)


@frozen(kw_only=True)
class CourierStatement(ClaimDocument):
    """The courier's written statement about a parcel."""

    kind: ClassVar[str] = "courier_statement"
    waybill_no: str = field(metadata={"personal": Personal.WAYBILL})
    stamped: bool = field(metadata={"means": "Whether it bears the courier's stamp."})
    carrier: str | None = None
    damaged_at_signing: bool | None = field(
        default=None, metadata={"means": "Whether the goods were damaged when the parcel was signed for."}
    )
    leak: bool | None = field(default=None, metadata={"means": "Whether they were leaking then."})
    units_covered: int | None = field(default=None, metadata=UNITS_COVERED)


@frozen(kw_only=True)
class BarFinding(ClaimDocument):
    """A statement that something about the consumer bars the claim."""

    kind: ClassVar[str] = "bar_finding"
    ground: Ground
    standard: Standard


@frozen(kw_only=True)
class PlatformRuling(ClaimDocument):
    """A ruling by the platform's customer service.

    On the wire ``in_favour_of`` is called ``for``.
    """

    kind: ClassVar[str] = "platform_ruling"
    on: RulingSubject
    in_favour_of: Side


@frozen(kw_only=True)
class OtherEvidence(ClaimDocument):
    """Anything else; no rule reads it."""

    kind: ClassVar[str] = "other"
    description: str = field(metadata={"personal": Personal.DOCUMENT})


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
    line_id: str | None = field(
        default=None, metadata={"means": "The line on which it was paid; null for postage, and only for postage."}
    )
    settled_at: Instant | None = None
    claim_id: str | None = field(default=None, metadata={"means": "The claim under which it was paid, if under one."})
    units: int | None = field(
        default=None,
        metadata={
            "means": "How many units of the line it settled; only of a refund or a compensation.",
            "bounds": COUNT,
        },
    )
    reversed_at: Instant | None = field(
        default=None, metadata={"means": "When it was taken back; what was taken back counts for nothing."}
    )

    @property
    def stands(self) -> bool:
        """Whether it was not taken back."""
        return self.reversed_at is None


@frozen(kw_only=True)
class Case(CaseBase):
    """A claim with everything that is before us at ``as_of``.

    A case that exists is sound: see :class:`~adjudicator.model.soundness.CaseBase`.
    """

    id: str
    policy: str
    as_of: Instant = field(metadata={"means": "The moment at which it is decided."})
    claim: Claim
    order: Order
    evidence: tuple[Evidence, ...]
    settlements: tuple[Settlement, ...]
    metadata: Mapping[str, str] | None = field(default=None, metadata=METADATA)

    def faults(self) -> Iterator[Fault]:
        """What makes it unsound: references, amounts and instants that cannot be."""
        return claim_faults(self)
