"""The glossaries of virtual goods: each fact of a listing, a dispatch or an arrival, where it stands and who can supply it.

What could be is listed from what speaks least for the case on; of numbers both ends stand for all.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Final, TypeVar

from adjudicator.law import (
    AMOUNT,
    COUNT,
    Ask,
    Fact,
    Glossary,
    Instant,
    Minor,
    Need,
    Open,
    Party,
    Question,
    ReviewKind,
    WholeCase,
)
from pinduoduo.virtual_case import (
    AGREED_DAYS,
    ORDINARY_HOURS,
    ApiConnection,
    ArrivalCase,
    Category,
    Commitment,
    Dispatch,
    DispatchCase,
    DispatchGoods,
    DispatchProof,
    DispatchWay,
    Goods,
    ListedProduct,
    ListingCase,
    ListingShop,
    MerchantScreenshot,
    OfficialFeedback,
    OrderedTopUp,
    ShopType,
)

SHOP_TYPE = Need("shop_type", Party.PLATFORM)
AGREEMENT_ACCEPTANCE = Need("agreement_acceptance", Party.MERCHANT)
ENTRY_REVIEW = Need("entry_review", Party.PLATFORM)
VIRTUAL_DEPOSIT = Need("virtual_deposit", Party.PLATFORM)
OPERATIONS_CONTACT = Need("operations_contact", Party.PLATFORM)
CATEGORY = Need("category", Party.MERCHANT)
GOODS = Need("goods", Party.MERCHANT)
PLATFORM_RULES = Need("platform_rules", Party.PLATFORM)
API_CONNECTION = Need("api_connection", Party.MERCHANT)
API_TRADE = Need("api_trade", Party.MERCHANT)
API_AUTHORISATION = Need("api_authorisation", Party.MERCHANT)
API_REVIEW = Need("api_review", Party.PLATFORM)
PRICE_ADVANTAGE = Need("price_advantage", Party.PLATFORM)
TERM = Need("term", Party.MERCHANT)
BRAND_KIND = Need("brand_kind", Party.PLATFORM)
TERM_APPROVAL = Need("term_approval", Party.PLATFORM)
PRODUCT_TYPE = Need("product_type", Party.MERCHANT)

ORDER_FORMED = Need("order_formed", Party.PLATFORM)
COMMITMENT = Need("commitment", Party.MERCHANT)
AGREED_TIME = Need("agreed_time", Party.MERCHANT)
ORDINARY_DISPATCH_TIME = Need("ordinary_dispatch_time", Party.PLATFORM)
DISPATCH = Need("dispatch", Party.MERCHANT)
DISPATCH_WAY = Need("dispatch_way", Party.MERCHANT)
FALSE_DISPATCH = Need("false_dispatch", Party.PLATFORM)
STOCK = Need("stock", Party.PLATFORM)

PROOF_OF_ARRIVAL = Need("proof_of_arrival", Party.MERCHANT)
ACCOUNT_PLATFORM = Need("account_platform", Party.PLATFORM)
TOP_UP_ACCOUNT = Need("top_up_account", Party.PLATFORM)
OBSERVATION_TIME = Need("observation_time", Party.PLATFORM)

NO_OR_YES: Final = (False, True)
YES_OR_NO: Final = (True, False)
MANY_DAYS_OR_NONE: Final = (AMOUNT.most, AMOUNT.least)
MANY_DAYS_OR_ONE: Final = (COUNT.most, COUNT.least)
WHAT_WAS_AGREED: Final[tuple[Mapping[str, tuple[bool, ...]], ...]] = (
    {"agreed_otherwise": (False,)},
    {"agreed_otherwise": (True,), "agreed_days": ()},
)
"""The answers to what was agreed. A number of days is sound only beside the statement that one was agreed."""

T = TypeVar("T")


def _known(value: T | None, need: Need, fact: str, could_be: Iterable[T] = ()) -> T | Open:
    """A value, or what any value of the fact would answer."""
    return _known_or_asked(value, Ask(need, ({fact: ()},)), could_be)


def _known_or_asked(value: T | None, ask: Ask, could_be: Iterable[T]) -> T | Open:
    return Open((ask,), could_be=tuple(could_be)) if value is None else value


def as_of(at: WholeCase) -> Instant:
    """The moment at which the case is decided."""
    return at.as_of


def placed_at(at: WholeCase) -> Instant:
    """When the order was placed."""
    moment: Instant = at.case.order.placed_at
    return moment


# Listing


def _shop(at: WholeCase) -> ListingShop:
    shop: ListingShop = at.case.shop
    return shop


def _product(at: WholeCase) -> ListedProduct:
    product: ListedProduct = at.case.product
    return product


def _api(at: WholeCase) -> ApiConnection:
    return _product(at).api or ApiConnection()


def shop_type(at: WholeCase) -> ShopType | Open:
    """What kind of shop it is."""
    return _known(_shop(at).type, SHOP_TYPE, "shop_type", reversed(ShopType))


def agreement_accepted(at: WholeCase) -> bool | Open:
    """Whether the agreement of the category is accepted."""
    return _known(_shop(at).agreement_accepted, AGREEMENT_ACCEPTANCE, "agreement_accepted", NO_OR_YES)


def entry_review_passed(at: WholeCase) -> bool | Open:
    """Whether the entry review is passed."""
    return _known(_shop(at).entry_review_passed, ENTRY_REVIEW, "entry_review_passed", NO_OR_YES)


def virtual_deposit(at: WholeCase) -> Minor | Open:
    """What is paid as virtual deposit, in fen."""
    return _known(_shop(at).virtual_deposit, VIRTUAL_DEPOSIT, "virtual_deposit")


def operations_contact_complete(at: WholeCase) -> bool | Open:
    """Whether the contact with operations is complete."""
    known = _shop(at).operations_contact_complete
    return _known(known, OPERATIONS_CONTACT, "operations_contact_complete", NO_OR_YES)


def diverts_users(at: WholeCase) -> bool | None:
    """Whether the shop leads users elsewhere, if known."""
    return _shop(at).diverts_users


def hoards_users(at: WholeCase) -> bool | None:
    """Whether the shop hoards users, if known."""
    return _shop(at).hoards_users


def unconfirmed_pushes(at: WholeCase) -> bool | None:
    """Whether the shop pushes what operations have not confirmed, if known."""
    return _shop(at).unconfirmed_pushes


def reply_rate(at: WholeCase) -> Decimal | None:
    """The share of users' messages that are replied to, in percent, if known."""
    return _shop(at).reply_rate


def required_reply_rate(at: WholeCase) -> Decimal | None:
    """The share of messages that the platform requires to be replied to, in percent, if known."""
    return _shop(at).required_reply_rate


def category(at: WholeCase) -> Category | Open:
    """The second-level category of the product."""
    return _known(_product(at).category, CATEGORY, "category", reversed(Category))


def goods(at: WholeCase) -> Goods | Open:
    """What is sold."""
    return _known(_product(at).goods, GOODS, "goods", Goods)


def follows_platform_rules(at: WholeCase) -> bool | Open:
    """Whether the product keeps the platform's rules for all goods."""
    return _known(_product(at).follows_platform_rules, PLATFORM_RULES, "follows_platform_rules", NO_OR_YES)


def direct_top_up(at: WholeCase) -> bool | Open:
    """Whether the product goes straight to the user's account."""
    return _known(_product(at).direct_top_up, GOODS, "direct_top_up", NO_OR_YES)


def through_api(at: WholeCase) -> bool | Open:
    """Whether the product is listed through an API connection."""
    return _known(_product(at).through_api, API_CONNECTION, "through_api", YES_OR_NO)


def trades_there(at: WholeCase) -> bool | Open:
    """Whether the merchant trades on Taobao, WeChat or JD."""
    return _known(_api(at).trades_there, API_TRADE, "trades_there", NO_OR_YES)


def supplies_there(at: WholeCase) -> bool | Open:
    """Whether the merchant supplies those who trade on Taobao, WeChat or JD."""
    return _known(_api(at).supplies_there, API_TRADE, "supplies_there", NO_OR_YES)


def authorised(at: WholeCase) -> bool | Open:
    """Whether the merchant has the authorisation."""
    return _known(_api(at).authorised, API_AUTHORISATION, "authorised", NO_OR_YES)


def reviewed(at: WholeCase) -> bool | Open:
    """Whether operations reviewed the connection and let it pass."""
    return _known(_api(at).reviewed, API_REVIEW, "reviewed", NO_OR_YES)


def price_advantage(at: WholeCase) -> bool | Open:
    """Whether the prices have an advantage."""
    return _known(_api(at).price_advantage, PRICE_ADVANTAGE, "price_advantage", NO_OR_YES)


def fulfilment_days(at: WholeCase) -> int | Open:
    """Within how many days of dispatch the product is fulfilled, at the latest."""
    return _known(_product(at).fulfilment_days, TERM, "fulfilment_days", MANY_DAYS_OR_NONE)


def validity_days(at: WholeCase) -> int | Open:
    """For how many days stored value is valid."""
    return _known(_product(at).validity_days, TERM, "validity_days", MANY_DAYS_OR_ONE)


def rental_days(at: WholeCase) -> int | Open:
    """For how many days an account is rented out."""
    return _known(_product(at).rental_days, TERM, "rental_days", MANY_DAYS_OR_ONE)


def mass_market_brand(at: WholeCase) -> bool | Open:
    """Whether the brand is a mass-market one."""
    return _known(_product(at).mass_market_brand, BRAND_KIND, "mass_market_brand", NO_OR_YES)


def longer_term_approved(at: WholeCase) -> bool | Open:
    """Whether operations approved the longer term."""
    return _known(_product(at).longer_term_approved, TERM_APPROVAL, "longer_term_approved", NO_OR_YES)


def fully_bindable(at: WholeCase) -> bool | Open:
    """Whether the account or password can be bound fully to its user."""
    return _known(_product(at).fully_bindable, GOODS, "fully_bindable", NO_OR_YES)


def needs_app_download(at: WholeCase) -> bool | Open:
    """Whether users have to download an app."""
    return _known(_product(at).needs_app_download, GOODS, "needs_app_download", YES_OR_NO)


def asks_for_number(at: WholeCase) -> bool | Open:
    """Whether the product type asks for the number."""
    return _known(_product(at).asks_for_number, PRODUCT_TYPE, "asks_for_number", NO_OR_YES)


def regional(at: WholeCase) -> bool | None:
    """Whether the product serves one region only, if known."""
    return _product(at).regional


def open_nationwide(at: WholeCase) -> bool | None:
    """Whether the product is opened beyond its region, if known."""
    return _product(at).open_nationwide


LISTINGS = ReviewKind(
    case_type=ListingCase,
    currency="CNY",
    glossary=Glossary.of(
        Fact(shop_type, ("/shop/type",), Party.PLATFORM),
        Fact(agreement_accepted, ("/shop/agreement_accepted",), Party.MERCHANT),
        Fact(entry_review_passed, ("/shop/entry_review_passed",), Party.PLATFORM),
        Fact(virtual_deposit, ("/shop/virtual_deposit",), Party.PLATFORM),
        Fact(operations_contact_complete, ("/shop/operations_contact_complete",), Party.PLATFORM),
        Fact(diverts_users, ("/shop/diverts_users",), Party.PLATFORM),
        Fact(hoards_users, ("/shop/hoards_users",), Party.PLATFORM),
        Fact(unconfirmed_pushes, ("/shop/unconfirmed_pushes",), Party.PLATFORM),
        Fact(reply_rate, ("/shop/reply_rate",), Party.PLATFORM),
        Fact(required_reply_rate, ("/shop/required_reply_rate",), Party.PLATFORM),
        Fact(category, ("/product/category",), Party.MERCHANT),
        Fact(goods, ("/product/goods",), Party.MERCHANT),
        Fact(follows_platform_rules, ("/product/follows_platform_rules",), Party.PLATFORM),
        Fact(direct_top_up, ("/product/direct_top_up",), Party.MERCHANT),
        Fact(through_api, ("/product/through_api",), Party.MERCHANT),
        Fact(trades_there, ("/product/api/trades_there",), Party.MERCHANT),
        Fact(supplies_there, ("/product/api/supplies_there",), Party.MERCHANT),
        Fact(authorised, ("/product/api/authorised",), Party.MERCHANT),
        Fact(reviewed, ("/product/api/reviewed",), Party.PLATFORM),
        Fact(price_advantage, ("/product/api/price_advantage",), Party.PLATFORM),
        Fact(fulfilment_days, ("/product/fulfilment_days",), Party.MERCHANT),
        Fact(validity_days, ("/product/validity_days",), Party.MERCHANT),
        Fact(rental_days, ("/product/rental_days",), Party.MERCHANT),
        Fact(mass_market_brand, ("/product/mass_market_brand",), Party.PLATFORM),
        Fact(longer_term_approved, ("/product/longer_term_approved",), Party.PLATFORM),
        Fact(fully_bindable, ("/product/fully_bindable",), Party.MERCHANT),
        Fact(needs_app_download, ("/product/needs_app_download",), Party.MERCHANT),
        Fact(asks_for_number, ("/product/asks_for_number",), Party.MERCHANT),
        Fact(regional, ("/product/regional",), Party.MERCHANT),
        Fact(open_nationwide, ("/product/open_nationwide",), Party.MERCHANT),
    ),
    questions=(Question(granted="may_be_listed", refused="may_not_be_listed"),),
)


# Dispatch


def _goods(at: WholeCase) -> DispatchGoods:
    goods: DispatchGoods = at.case.goods or DispatchGoods()
    return goods


def _dispatch(at: WholeCase) -> Dispatch:
    dispatch: Dispatch = at.case.dispatch or Dispatch()
    return dispatch


def formed_at(at: WholeCase) -> Instant | None:
    """When the order came about, if it has and is known."""
    moment: Instant | None = at.case.order.formed_at
    return moment


def physical(at: WholeCase) -> bool | Open:
    """Whether there are physical goods to send."""
    return _known(_goods(at).physical, GOODS, "physical", NO_OR_YES)


def custom(at: WholeCase) -> bool | Open:
    """Whether they are custom, design or DIY goods."""
    return _known(_goods(at).custom, GOODS, "custom", NO_OR_YES)


def commitment(at: WholeCase) -> Commitment | Open:
    """Which time for dispatch custom goods carry."""
    return _known(_goods(at).commitment, COMMITMENT, "commitment", Commitment)


def agreed_otherwise(at: WholeCase) -> bool | Open:
    """Whether a number of days was agreed."""
    return _known_or_asked(_goods(at).agreed_otherwise, Ask(AGREED_TIME, WHAT_WAS_AGREED), NO_OR_YES)


def agreed_days(at: WholeCase) -> int | Open:
    """How many days were agreed."""
    goods = _goods(at)
    answers = WHAT_WAS_AGREED if goods.agreed_otherwise is None else ({"agreed_days": ()},)
    return _known_or_asked(goods.agreed_days, Ask(AGREED_TIME, answers), (AGREED_DAYS.least, AGREED_DAYS.most))


def ordinary_hours(at: WholeCase) -> int | Open:
    """The time that the ordinary dispatch rules give these goods, in hours."""
    could_be = (ORDINARY_HOURS.least, ORDINARY_HOURS.most)
    return _known(_goods(at).ordinary_hours, ORDINARY_DISPATCH_TIME, "ordinary_hours", could_be)


def dispatched(at: WholeCase) -> bool | Open:
    """Whether the order was dispatched: what has an instant or a way, or was found false, has happened (R52).

    Who says that it was also says when.
    """
    dispatch = _dispatch(at)
    if dispatch.happened is not None:
        return dispatch.happened
    if dispatch.at is not None or dispatch.through is not None or dispatch.found_false is True:
        return True
    return Open((Ask(DISPATCH, ({"dispatched": (True,), "dispatched_at": ()},)),), could_be=NO_OR_YES)


def dispatched_at(at: WholeCase) -> Instant | None | Open:
    """When the order was dispatched, if it was."""
    dispatch = _dispatch(at)
    if dispatch.at is not None or dispatch.happened is False:
        return dispatch.at
    return Open((Ask(DISPATCH, ({"dispatched_at": ()},)),))


def dispatched_through(at: WholeCase) -> DispatchWay | Open:
    """How the order was dispatched."""
    return _known(_dispatch(at).through, DISPATCH_WAY, "dispatched_through", DispatchWay)


def found_false(at: WholeCase) -> bool | Open:
    """Whether the platform found the dispatch false."""
    return _known(_dispatch(at).found_false, FALSE_DISPATCH, "found_false", YES_OR_NO)


def out_of_stock(at: WholeCase) -> bool | Open:
    """Whether the merchant lacks the goods."""
    lacking: bool | None = at.case.out_of_stock
    return _known(lacking, STOCK, "out_of_stock", YES_OR_NO)


DISPATCHES = ReviewKind(
    case_type=DispatchCase,
    glossary=Glossary.of(
        Fact(as_of, ("/as_of",)),
        Fact(placed_at, ("/order/placed_at",)),
        Fact(formed_at, ("/order/formed_at",), Party.PLATFORM),
        Fact(physical, ("/goods/physical",), Party.MERCHANT),
        Fact(custom, ("/goods/custom",), Party.MERCHANT),
        Fact(commitment, ("/goods/commitment",), Party.MERCHANT),
        Fact(agreed_otherwise, ("/goods/agreed_otherwise",), Party.MERCHANT),
        Fact(agreed_days, ("/goods/agreed_days",), Party.MERCHANT),
        Fact(ordinary_hours, ("/goods/ordinary_hours",), Party.PLATFORM),
        Fact(dispatched, ("/dispatch/happened",), Party.MERCHANT),
        Fact(dispatched_at, ("/dispatch/at",), Party.MERCHANT),
        Fact(dispatched_through, ("/dispatch/through",), Party.MERCHANT),
        Fact(found_false, ("/dispatch/found_false",), Party.PLATFORM),
        Fact(out_of_stock, ("/out_of_stock",), Party.PLATFORM),
    ),
    questions=(Question(granted="in_order", refused="against_the_rule", due="dispatch_due"),),
    governed_from="/order/placed_at",
)


# Arrival


def _top_up(at: WholeCase) -> OrderedTopUp:
    top_up: OrderedTopUp = at.case.top_up or OrderedTopUp()
    return top_up


def account_platform(at: WholeCase) -> str | Open:
    """The platform that the account belongs to."""
    return _known(_top_up(at).account_platform, ACCOUNT_PLATFORM, "account_platform")


def account(at: WholeCase) -> str | Open:
    """The account that was to be topped up."""
    return _known(_top_up(at).account, TOP_UP_ACCOUNT, "account")


def official_feedback(at: WholeCase) -> tuple[OfficialFeedback, ...]:
    """What the account's platform is said to show."""
    return tuple([each for each in at.case.evidence if type(each) is OfficialFeedback])


def merchant_screenshots(at: WholeCase) -> tuple[MerchantScreenshot, ...]:
    """The screenshots of the merchant's own system."""
    return tuple([each for each in at.case.evidence if type(each) is MerchantScreenshot])


def dispatch_proofs(at: WholeCase) -> tuple[DispatchProof, ...]:
    """The merchant's proofs of dispatch."""
    return tuple([each for each in at.case.evidence if type(each) is DispatchProof])


ARRIVALS = ReviewKind(
    case_type=ArrivalCase,
    glossary=Glossary.of(
        Fact(as_of, ("/as_of",)),
        Fact(placed_at, ("/order/placed_at",)),
        Fact(account_platform, ("/top_up/account_platform",), Party.PLATFORM),
        Fact(account, ("/top_up/account",), Party.PLATFORM),
        Fact(official_feedback, ("/evidence",), Party.MERCHANT),
        Fact(merchant_screenshots, ("/evidence",), Party.MERCHANT),
        Fact(dispatch_proofs, ("/evidence",), Party.MERCHANT),
    ),
    questions=(Question(granted="not_arrived", refused="arrived"),),
    governed_from="/order/placed_at",
    claimant=Party.CONSUMER,
    respondent=Party.MERCHANT,
)
