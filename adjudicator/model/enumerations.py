"""What the fields of a claim case may say: its enumerations, by their names in the contract."""

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
