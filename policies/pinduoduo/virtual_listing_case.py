"""A virtual product that is to be listed, and the shop that wants to list it.

``None`` means *not known*. The values that a field ``could_be`` begin with the one that helps the case least; the two ends of a number
represent all. Rates are exact decimals, as text in JSON; money is whole fen.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from enum import StrEnum
from typing import Final

from attrs import field, frozen

from adjudicator.law import (
    AMOUNT,
    BEIJING,
    COUNT,
    METADATA,
    Bounds,
    CaseBase,
    Instant,
    Minor,
    Party,
    Question,
    ReviewKind,
    asked_of,
    glossary_of,
    supplied,
)

MERCHANT, PLATFORM = Party.MERCHANT, Party.PLATFORM
PERCENT: Final = Bounds(0, 100, Decimal)


class ShopType(StrEnum):
    """What kind of shop it is."""

    ENTERPRISE = "enterprise"
    INDIVIDUAL = "individual"


class Category(StrEnum):
    """The second-level category of a product; all but the last are categories of virtual goods."""

    TOP_UP_CENTRE = "top_up_centre"
    CUSTOM = "custom"
    MEMBERSHIP = "membership"
    WEDDING_PHOTOGRAPHY = "wedding_photography"
    EDUCATION_ENTERTAINMENT = "education_entertainment"
    TRAVEL = "travel"
    HEALTH = "health"
    CARRIER_HALL = "carrier_hall"
    GAMES = "games"
    OTHER = "other"
    OUTSIDE = "outside"


class Goods(StrEnum):
    """What is sold."""

    PHONE_CREDIT = "phone_credit"
    MOBILE_DATA = "mobile_data"
    QQ_PRODUCT = "qq_product"
    VIDEO = "video"
    OFFLINE_SERVICE = "offline_service"
    STORED_VALUE = "stored_value"
    ACCOUNT_RENTAL = "account_rental"
    INTERNET_PHONE = "internet_phone"
    OTHER = "other"


@frozen(kw_only=True)
class ListingShop:
    """The shop that wants to list a virtual product."""

    id: str
    type: ShopType | None = asked_of(
        PLATFORM, "What kind of shop it is.", "shop_type", fact="shop_type", could_be=reversed(ShopType)
    )
    agreement_accepted: bool | None = asked_of(
        MERCHANT, "Whether the agreement of the category is accepted.", "agreement_acceptance"
    )
    entry_review_passed: bool | None = asked_of(PLATFORM, "Whether the entry review is passed.", "entry_review")
    virtual_deposit: Minor | None = asked_of(PLATFORM, "The virtual deposit paid, in fen.", bounds=AMOUNT)
    operations_contact_complete: bool | None = asked_of(
        PLATFORM, "Whether the contact with operations is complete.", "operations_contact"
    )
    diverts_users: bool | None = supplied(PLATFORM, "Whether the shop diverts users to other channels.", default=None)
    hoards_users: bool | None = supplied(PLATFORM, "Whether the shop hoards users.", default=None)
    unconfirmed_pushes: bool | None = supplied(
        PLATFORM, "Whether the shop pushes messages that operations have not confirmed.", default=None
    )
    reply_rate: Decimal | None = supplied(
        PLATFORM, "The share of users' messages that are replied to, in percent.", default=None, bounds=PERCENT
    )
    required_reply_rate: Decimal | None = supplied(
        PLATFORM,
        "The share of messages that the platform requires to be replied to, in percent.",
        default=None,
        bounds=PERCENT,
    )


@frozen(kw_only=True)
class ApiConnection:
    """What is known of an API connection through which a product is listed."""

    trades_there: bool | None = asked_of(MERCHANT, "Whether the merchant trades on Taobao, WeChat or JD.", "api_trade")
    supplies_there: bool | None = asked_of(
        MERCHANT, "Whether the merchant supplies those who trade on Taobao, WeChat or JD.", "api_trade"
    )
    authorised: bool | None = asked_of(MERCHANT, "Whether the merchant has the authorisation.", "api_authorisation")
    reviewed: bool | None = asked_of(PLATFORM, "Whether operations reviewed and approved the connection.", "api_review")
    price_advantage: bool | None = asked_of(PLATFORM, "Whether the prices are competitive.")


@frozen(kw_only=True)
class ListedProduct:
    """The product, as it is to be listed."""

    id: str
    category: Category | None = asked_of(
        MERCHANT, "The second-level category of the product.", could_be=reversed(Category)
    )
    goods: Goods | None = asked_of(MERCHANT, "What is sold.")
    follows_platform_rules: bool | None = asked_of(
        PLATFORM, "Whether the product complies with the platform's rules for all goods.", "platform_rules"
    )
    direct_top_up: bool | None = asked_of(MERCHANT, "Whether the product goes straight to the user's account.", "goods")
    through_api: bool | None = asked_of(
        MERCHANT,
        "Whether the product is listed through an API connection.",
        "api_connection",
        could_be=(True, False),
    )
    api: ApiConnection | None = None
    fulfilment_days: int | None = asked_of(
        MERCHANT,
        "Within how many days of dispatch the product is fulfilled, at the latest.",
        "term",
        bounds=AMOUNT,
        could_be=(AMOUNT.most, AMOUNT.least),
    )
    validity_days: int | None = asked_of(
        MERCHANT,
        "The number of days for which stored value is valid.",
        "term",
        bounds=COUNT,
        could_be=(COUNT.most, COUNT.least),
    )
    rental_days: int | None = asked_of(
        MERCHANT,
        "The number of days for which an account is rented out.",
        "term",
        bounds=COUNT,
        could_be=(COUNT.most, COUNT.least),
    )
    mass_market_brand: bool | None = asked_of(PLATFORM, "Whether it is a mass-market brand.", "brand_kind")
    longer_term_approved: bool | None = asked_of(
        PLATFORM, "Whether operations approved the longer term.", "term_approval"
    )
    fully_bindable: bool | None = asked_of(
        MERCHANT, "Whether the account or password can be bound fully to its user.", "goods"
    )
    needs_app_download: bool | None = asked_of(
        MERCHANT, "Whether users have to download an app.", "goods", could_be=(True, False)
    )
    asks_for_number: bool | None = asked_of(MERCHANT, "Whether the product type asks for the number.", "product_type")
    regional: bool | None = supplied(MERCHANT, "Whether the product serves one region only.", default=None)
    open_nationwide: bool | None = supplied(MERCHANT, "Whether the product is opened beyond its region.", default=None)


@frozen(kw_only=True)
class ListingCase(CaseBase):
    """A virtual product that a shop wants to list, with everything that is known at ``as_of``.

    Every instance is valid: see :class:`~adjudicator.law.CaseBase`.
    """

    id: str
    policy: str
    as_of: Instant = field(metadata={"means": "The moment at which it is decided; it picks the edition."})
    shop: ListingShop
    product: ListedProduct
    metadata: Mapping[str, str] | None = field(default=None, metadata=METADATA)


LISTINGS = ReviewKind(
    case_type=ListingCase,
    zone=BEIJING,
    currency="CNY",
    glossary=glossary_of(ListingCase),
    questions=(Question(granted="may_be_listed", refused="may_not_be_listed"),),
)
