"""A virtual product that is to be listed, and the shop that wants to list it.

``None`` means *not known*. Rates are exact decimals, as text in JSON; money is whole fen.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from enum import StrEnum
from typing import Final

from attrs import field, frozen

from adjudicator.law import (
    AMOUNT,
    COUNT,
    METADATA,
    Bounds,
    CaseBase,
    Fault,
    Instant,
    Minor,
    an_instant,
    within_bounds,
)

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
    type: ShopType | None = None
    agreement_accepted: bool | None = field(
        default=None, metadata={"means": "Whether the agreement of the category is accepted."}
    )
    entry_review_passed: bool | None = field(default=None, metadata={"means": "Whether the entry review is passed."})
    virtual_deposit: Minor | None = field(
        default=None, metadata={"means": "What is paid as virtual deposit, in fen.", "bounds": AMOUNT}
    )
    operations_contact_complete: bool | None = field(
        default=None, metadata={"means": "Whether the contact with operations is complete."}
    )
    diverts_users: bool | None = field(default=None, metadata={"means": "Whether it leads users elsewhere."})
    hoards_users: bool | None = field(default=None, metadata={"means": "Whether it hoards users."})
    unconfirmed_pushes: bool | None = field(
        default=None, metadata={"means": "Whether it pushes what operations have not confirmed."}
    )
    reply_rate: Decimal | None = field(
        default=None, metadata={"means": "The share of messages that are replied to, in percent.", "bounds": PERCENT}
    )
    required_reply_rate: Decimal | None = field(
        default=None, metadata={"means": "The rate that the platform requires, in percent.", "bounds": PERCENT}
    )


@frozen(kw_only=True)
class ApiConnection:
    """What is known of an API connection through which a product is listed."""

    trades_there: bool | None = field(
        default=None, metadata={"means": "Whether the merchant trades on Taobao, WeChat or JD."}
    )
    supplies_there: bool | None = field(default=None, metadata={"means": "Whether it supplies those who do."})
    authorised: bool | None = field(default=None, metadata={"means": "Whether it has the authorisation."})
    reviewed: bool | None = field(default=None, metadata={"means": "Whether operations reviewed it and let it pass."})
    price_advantage: bool | None = field(default=None, metadata={"means": "Whether its prices have an advantage."})


@frozen(kw_only=True)
class ListedProduct:
    """The product, as it is to be listed."""

    id: str
    category: Category | None = None
    goods: Goods | None = None
    follows_platform_rules: bool | None = field(
        default=None, metadata={"means": "Whether it keeps the platform's rules for all goods."}
    )
    direct_top_up: bool | None = field(
        default=None, metadata={"means": "Whether it goes straight to the user's account."}
    )
    through_api: bool | None = field(
        default=None, metadata={"means": "Whether it is listed through an API connection."}
    )
    api: ApiConnection | None = None
    fulfilment_days: int | None = field(
        default=None,
        metadata={"means": "Within how many days of dispatch it is fulfilled, at the latest.", "bounds": AMOUNT},
    )
    validity_days: int | None = field(
        default=None, metadata={"means": "For how many days stored value is valid.", "bounds": COUNT}
    )
    rental_days: int | None = field(
        default=None, metadata={"means": "For how many days an account is rented out.", "bounds": COUNT}
    )
    mass_market_brand: bool | None = field(default=None, metadata={"means": "Whether the brand is a mass-market one."})
    longer_term_approved: bool | None = field(
        default=None, metadata={"means": "Whether operations approved the longer term."}
    )
    fully_bindable: bool | None = field(
        default=None, metadata={"means": "Whether the account or password can be bound fully to its user."}
    )
    needs_app_download: bool | None = field(default=None, metadata={"means": "Whether users have to download an app."})
    asks_for_number: bool | None = field(
        default=None, metadata={"means": "Whether its product type asks for the number."}
    )
    regional: bool | None = field(default=None, metadata={"means": "Whether it serves one region only."})
    open_nationwide: bool | None = field(default=None, metadata={"means": "Whether it is opened beyond its region."})


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

    def faults(self) -> Iterable[Fault]:
        """The faults of the case as a whole: impossible references, amounts and instants."""
        return listing_faults(self)


def listing_faults(case: ListingCase) -> Iterator[Fault]:
    """The faults of a listing case. Values that could not be read are skipped."""
    yield from an_instant("/as_of", case.as_of)
    yield from within_bounds("/shop", case.shop)
    yield from within_bounds("/product", case.product)
