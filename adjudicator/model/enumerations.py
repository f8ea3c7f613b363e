"""The enumerations of a claim case, with their names in the contract."""

from __future__ import annotations

from enum import StrEnum


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
    """The category of the goods on a line; the first three are food and drink."""

    FOOD = "food"
    MILK_POWDER = "milk_powder"
    ALCOHOL = "alcohol"
    OTHER = "other"


class Badge(StrEnum):
    """A guarantee shown with the goods when they were ordered."""

    AUTHENTICITY = "authenticity"
    DAMAGE = "damage"
    LOCAL_RETURN = "local_return"


class Submitter(StrEnum):
    """Who submitted a piece of evidence."""

    CONSUMER = "consumer"
    MERCHANT = "merchant"
    PLATFORM = "platform"
    CARRIER = "carrier"
    THIRD_PARTY = "third_party"


class Verification(StrEnum):
    """The verification status that a piece of evidence carries."""

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
    """The kind of authority that made an official finding."""

    COURT = "court"
    ENFORCEMENT = "enforcement"


class Conclusion(StrEnum):
    """What an appraisal or an official finding concludes."""

    COUNTERFEIT = "counterfeit"
    NOT_ORIGINAL = "not_original"
    GENUINE = "genuine"
    INCONCLUSIVE = "inconclusive"


class Ground(StrEnum):
    """What a finding about a bar says of the consumer."""

    BRAND_OWNER = "brand_owner"
    CONSUMER_CAUSED = "consumer_caused"
    NOT_PERSONAL_CONSUMPTION = "not_personal_consumption"
    GOODS_SWAPPED = "goods_swapped"


class Standard(StrEnum):
    """How certain a finding about a bar is."""

    ALLEGED = "alleged"
    SUSPECTED = "suspected"
    PROVEN = "proven"


class RulingSubject(StrEnum):
    """What a platform ruling is about."""

    LOCAL_RETURN = "local_return"


class Side(StrEnum):
    """The side that a platform ruling favours."""

    CONSUMER = "consumer"
    MERCHANT = "merchant"


class ReplyDecision(StrEnum):
    """The merchant's answer."""

    AGREED = "agreed"
    REFUSED = "refused"


class SettlementKind(StrEnum):
    """What an earlier payment was for."""

    REFUND = "refund"
    COMPENSATION = "compensation"
    TAX = "tax"
    POSTAGE = "postage"
    PRICE_ADJUSTMENT = "price_adjustment"
