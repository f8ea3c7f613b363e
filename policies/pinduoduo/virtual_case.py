"""The cases of virtual goods: a product to be listed, an order to be dispatched, a top-up that is said not to have arrived.

``None`` means *not known*. Rates are exact decimals, as text in JSON; money is whole fen.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from enum import StrEnum
from typing import ClassVar, Final, TypeAlias

from attrs import field, frozen

from adjudicator.law import (
    AMOUNT,
    COUNT,
    METADATA,
    Bounds,
    CaseBase,
    Document,
    Fault,
    Instant,
    Minor,
    Personal,
    an_instant,
    each_once,
    happened_by,
    not_before,
    shown,
    within_bounds,
)

PERCENT: Final = Bounds(0, 100, Decimal)
AGREED_DAYS: Final = Bounds(1, 3650)
ORDINARY_HOURS: Final = Bounds(1, 87600)


# Listing


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

    A case that exists is sound: see :class:`~adjudicator.law.CaseBase`.
    """

    id: str
    policy: str
    as_of: Instant = field(metadata={"means": "The moment at which it is decided; it picks the edition."})
    shop: ListingShop
    product: ListedProduct
    metadata: Mapping[str, str] | None = field(default=None, metadata=METADATA)

    def faults(self) -> Iterable[Fault]:
        """What makes it unsound: references, amounts and instants that cannot be."""
        return listing_faults(self)


def listing_faults(case: ListingCase) -> Iterator[Fault]:
    """Everything that makes a case of listing unsound; what could not be read is passed over."""
    yield from an_instant("/as_of", case.as_of)
    yield from within_bounds("/shop", case.shop)
    yield from within_bounds("/product", case.product)


# Dispatch


class Commitment(StrEnum):
    """Which time for dispatch custom goods carry."""

    HOURS_24 = "hours_24"
    HOURS_48 = "hours_48"
    AGREED = "agreed"


class DispatchWay(StrEnum):
    """How an order is dispatched: with a waybill, or without logistics."""

    LOGISTICS = "logistics"
    BATCH_IMPORT = "batch_import"
    ORDER_PAGE = "order_page"


@frozen(kw_only=True)
class DispatchOrder:
    """The order that is to be dispatched."""

    id: str
    placed_at: Instant = field(metadata={"means": "When it was placed; it picks the edition."})
    formed_at: Instant | None = field(
        default=None,
        metadata={"means": "When it came about: paid, and its group complete; null where it has not, or nobody knows."},
    )


@frozen(kw_only=True)
class DispatchGoods:
    """What is to be dispatched, and in which time."""

    physical: bool | None = field(default=None, metadata={"means": "Whether there are physical goods to send."})
    custom: bool | None = field(default=None, metadata={"means": "Whether they are custom, design or DIY goods."})
    commitment: Commitment | None = None
    agreed_otherwise: bool | None = field(
        default=None, metadata={"means": "Whether a number of days was agreed, where the time is an agreed one."}
    )
    agreed_days: int | None = field(
        default=None, metadata={"means": "How many days were agreed.", "bounds": AGREED_DAYS}
    )
    ordinary_hours: int | None = field(
        default=None,
        metadata={"means": "The time that the ordinary dispatch rules give these goods.", "bounds": ORDINARY_HOURS},
    )


@frozen(kw_only=True)
class Dispatch:
    """What is known of the dispatch."""

    happened: bool | None = field(
        default=None, metadata={"means": "Whether it was dispatched by the moment of the decision."}
    )
    at: Instant | None = field(default=None, metadata={"means": "When; never where it has not happened."})
    through: DispatchWay | None = field(default=None, metadata={"means": "How; never where it has not happened."})
    found_false: bool | None = field(default=None, metadata={"means": "Whether the platform found the dispatch false."})


@frozen(kw_only=True)
class DispatchCase(CaseBase):
    """An order of virtual goods that is to be dispatched, with everything that is known at ``as_of``.

    A case that exists is sound: see :class:`~adjudicator.law.CaseBase`.
    """

    id: str
    policy: str
    as_of: Instant = field(metadata={"means": "The moment at which it is decided."})
    order: DispatchOrder
    goods: DispatchGoods | None = None
    dispatch: Dispatch | None = None
    out_of_stock: bool | None = field(default=None, metadata={"means": "Whether the merchant lacks the goods."})
    metadata: Mapping[str, str] | None = field(default=None, metadata=METADATA)

    def faults(self) -> Iterable[Fault]:
        """What makes it unsound: references, amounts and instants that cannot be."""
        return dispatch_faults(self)


def dispatch_faults(case: DispatchCase) -> Iterator[Fault]:
    """Everything that makes a case of dispatch unsound; what could not be read is passed over."""
    yield from an_instant("/as_of", case.as_of)
    placed_at = case.order.placed_at if case.order is not None else None
    if case.order is not None:
        yield from happened_by("/order/placed_at", placed_at, case.as_of)
        yield from an_instant("/order/formed_at", case.order.formed_at)
        yield from not_before("/order/formed_at", case.order.formed_at, placed_at, "order.placed_at")
    yield from within_bounds("/goods", case.goods)
    if case.goods is not None and case.goods.agreed_days is not None and case.goods.agreed_otherwise is not True:
        yield Fault("/goods/agreed_days", shown(case.goods.agreed_days), "nothing, unless agreed_otherwise is true")
    if case.dispatch is not None:
        yield from happened_by("/dispatch/at", case.dispatch.at, case.as_of)
        yield from not_before("/dispatch/at", case.dispatch.at, placed_at, "order.placed_at")
        yield from _nothing_of_what_has_not_happened(case.dispatch)


def _nothing_of_what_has_not_happened(dispatch: Dispatch) -> Iterator[Fault]:
    if dispatch.happened is not False:
        return
    for name, told in (
        ("at", dispatch.at),
        ("through", dispatch.through),
        ("found_false", dispatch.found_false or None),
    ):
        if told is not None:
            value = str(told) if isinstance(told, Instant) else told
            yield Fault(f"/dispatch/{name}", shown(value), "nothing of the kind, for it has not happened")


# Arrival


class Shows(StrEnum):
    """What a document shows of a top-up."""

    ARRIVED = "arrived"
    NOT_ARRIVED = "not_arrived"
    UNCLEAR = "unclear"


@frozen(kw_only=True)
class ArrivalClaim:
    """What the consumer filed."""

    id: str
    filed_at: Instant


@frozen(kw_only=True)
class ArrivalOrder:
    """The order under which the top-up was bought."""

    id: str
    placed_at: Instant = field(metadata={"means": "When it was placed; it picks the edition."})


@frozen(kw_only=True)
class OrderedTopUp:
    """The account that was to be topped up."""

    account_platform: str | None = field(default=None, metadata={"means": "The platform that the account belongs to."})
    account: str | None = field(
        default=None, metadata={"means": "The account, as on the order.", "personal": Personal.IDENTITY}
    )


@frozen(kw_only=True)
class OfficialFeedback(Document):
    """What the platform of an account says itself, such as a screenshot of its official site."""

    kind: ClassVar[str] = "official_feedback"
    shows: Shows
    platform: str | None = field(default=None, metadata={"means": "The platform that it names."})
    account: str | None = field(
        default=None, metadata={"means": "The account that it shows.", "personal": Personal.IDENTITY}
    )
    observed_at: Instant | None = field(default=None, metadata={"means": "Of when it is."})


@frozen(kw_only=True)
class MerchantScreenshot(Document):
    """A screenshot of the merchant's own system."""

    kind: ClassVar[str] = "merchant_screenshot"
    shows: Shows


@frozen(kw_only=True)
class DispatchProof(Document):
    """The merchant's proof that it dispatched the top-up."""

    kind: ClassVar[str] = "dispatch_proof"
    dispatched_at: Instant | None = None
    reference: str | None = field(default=None, metadata={"personal": Personal.DOCUMENT})


@frozen(kw_only=True)
class OtherDocument(Document):
    """Anything else; the rule does not read it."""

    kind: ClassVar[str] = "other"
    description: str = field(metadata={"personal": Personal.DOCUMENT})


ArrivalEvidence: TypeAlias = OfficialFeedback | MerchantScreenshot | DispatchProof | OtherDocument


@frozen(kw_only=True)
class ArrivalCase(CaseBase):
    """A claim that a top-up did not arrive, with everything that is before us at ``as_of``.

    A case that exists is sound: see :class:`~adjudicator.law.CaseBase`.
    """

    id: str
    policy: str
    as_of: Instant = field(metadata={"means": "The moment at which it is decided."})
    claim: ArrivalClaim
    order: ArrivalOrder
    top_up: OrderedTopUp | None = None
    evidence: tuple[ArrivalEvidence, ...]
    evidence_closes_at: Instant | None = field(
        default=None, metadata={"means": "After it, evidence that is missing is not waited for any longer."}
    )
    metadata: Mapping[str, str] | None = field(default=None, metadata=METADATA)

    def faults(self) -> Iterable[Fault]:
        """What makes it unsound: references, amounts and instants that cannot be."""
        return arrival_faults(self)


def arrival_faults(case: ArrivalCase) -> Iterator[Fault]:
    """Everything that makes a case of arrival unsound; what could not be read is passed over."""
    yield from an_instant("/as_of", case.as_of)
    placed_at = case.order.placed_at if case.order is not None else None
    if case.claim is not None:
        yield from happened_by("/claim/filed_at", case.claim.filed_at, case.as_of)
        yield from not_before("/claim/filed_at", case.claim.filed_at, placed_at, "order.placed_at")
    yield from happened_by("/order/placed_at", placed_at, case.as_of)
    yield from an_instant("/evidence_closes_at", case.evidence_closes_at)
    for index, each in enumerate(case.evidence or ()):
        if each is not None:
            yield from _evidence_faults(f"/evidence/{index}", each, case.as_of)
    yield from each_once("/evidence", "id", case.evidence)


def _evidence_faults(pointer: str, document: ArrivalEvidence, as_of: Instant | None) -> Iterator[Fault]:
    yield from an_instant(f"{pointer}/verified_at", document.verified_at)
    for name in ("submitted_at", "observed_at", "dispatched_at"):
        yield from happened_by(f"{pointer}/{name}", getattr(document, name, None), as_of)
