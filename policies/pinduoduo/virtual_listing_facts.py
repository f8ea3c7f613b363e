"""The glossary of a listing of virtual goods: each fact, its place in a case and its supplier.

``could_be`` lists the possible values, the one that helps the case least first. For numbers, the two ends represent all.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from adjudicator.law import (
    AMOUNT,
    COUNT,
    Fact,
    Glossary,
    Minor,
    Missing,
    Need,
    Party,
    Question,
    ReviewKind,
    WholeCase,
    stated,
)
from pinduoduo.virtual_facts import GOODS, NO_OR_YES, YES_OR_NO
from pinduoduo.virtual_listing_case import (
    ApiConnection,
    Category,
    Goods,
    ListedProduct,
    ListingCase,
    ListingShop,
    ShopType,
)

SHOP_TYPE = Need("shop_type", Party.PLATFORM)
AGREEMENT_ACCEPTANCE = Need("agreement_acceptance", Party.MERCHANT)
ENTRY_REVIEW = Need("entry_review", Party.PLATFORM)
VIRTUAL_DEPOSIT = Need("virtual_deposit", Party.PLATFORM)
OPERATIONS_CONTACT = Need("operations_contact", Party.PLATFORM)
CATEGORY = Need("category", Party.MERCHANT)
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

MANY_DAYS_OR_NONE: Final = (AMOUNT.most, AMOUNT.least)
MANY_DAYS_OR_ONE: Final = (COUNT.most, COUNT.least)


def _shop(at: WholeCase) -> ListingShop:
    shop: ListingShop = at.case.shop
    return shop


def _product(at: WholeCase) -> ListedProduct:
    product: ListedProduct = at.case.product
    return product


def _api(at: WholeCase) -> ApiConnection:
    return _product(at).api or ApiConnection()


def shop_type(at: WholeCase) -> ShopType | Missing:
    """What kind of shop it is."""
    return stated(_shop(at).type, SHOP_TYPE, "shop_type", reversed(ShopType))


def agreement_accepted(at: WholeCase) -> bool | Missing:
    """Whether the agreement of the category is accepted."""
    return stated(_shop(at).agreement_accepted, AGREEMENT_ACCEPTANCE, "agreement_accepted", NO_OR_YES)


def entry_review_passed(at: WholeCase) -> bool | Missing:
    """Whether the entry review is passed."""
    return stated(_shop(at).entry_review_passed, ENTRY_REVIEW, "entry_review_passed", NO_OR_YES)


def virtual_deposit(at: WholeCase) -> Minor | Missing:
    """The virtual deposit paid, in fen."""
    return stated(_shop(at).virtual_deposit, VIRTUAL_DEPOSIT, "virtual_deposit")


def operations_contact_complete(at: WholeCase) -> bool | Missing:
    """Whether the contact with operations is complete."""
    known = _shop(at).operations_contact_complete
    return stated(known, OPERATIONS_CONTACT, "operations_contact_complete", NO_OR_YES)


def diverts_users(at: WholeCase) -> bool | None:
    """Whether the shop diverts users to other channels, if known."""
    return _shop(at).diverts_users


def hoards_users(at: WholeCase) -> bool | None:
    """Whether the shop hoards users, if known."""
    return _shop(at).hoards_users


def unconfirmed_pushes(at: WholeCase) -> bool | None:
    """Whether the shop pushes messages that operations have not confirmed, if known."""
    return _shop(at).unconfirmed_pushes


def reply_rate(at: WholeCase) -> Decimal | None:
    """The share of users' messages that are replied to, in percent, if known."""
    return _shop(at).reply_rate


def required_reply_rate(at: WholeCase) -> Decimal | None:
    """The share of messages that the platform requires to be replied to, in percent, if known."""
    return _shop(at).required_reply_rate


def category(at: WholeCase) -> Category | Missing:
    """The second-level category of the product."""
    return stated(_product(at).category, CATEGORY, "category", reversed(Category))


def goods(at: WholeCase) -> Goods | Missing:
    """What is sold."""
    return stated(_product(at).goods, GOODS, "goods", Goods)


def follows_platform_rules(at: WholeCase) -> bool | Missing:
    """Whether the product complies with the platform's rules for all goods."""
    return stated(_product(at).follows_platform_rules, PLATFORM_RULES, "follows_platform_rules", NO_OR_YES)


def direct_top_up(at: WholeCase) -> bool | Missing:
    """Whether the product goes straight to the user's account."""
    return stated(_product(at).direct_top_up, GOODS, "direct_top_up", NO_OR_YES)


def through_api(at: WholeCase) -> bool | Missing:
    """Whether the product is listed through an API connection."""
    return stated(_product(at).through_api, API_CONNECTION, "through_api", YES_OR_NO)


def trades_there(at: WholeCase) -> bool | Missing:
    """Whether the merchant trades on Taobao, WeChat or JD."""
    return stated(_api(at).trades_there, API_TRADE, "trades_there", NO_OR_YES)


def supplies_there(at: WholeCase) -> bool | Missing:
    """Whether the merchant supplies those who trade on Taobao, WeChat or JD."""
    return stated(_api(at).supplies_there, API_TRADE, "supplies_there", NO_OR_YES)


def authorised(at: WholeCase) -> bool | Missing:
    """Whether the merchant has the authorisation."""
    return stated(_api(at).authorised, API_AUTHORISATION, "authorised", NO_OR_YES)


def reviewed(at: WholeCase) -> bool | Missing:
    """Whether operations reviewed and approved the connection."""
    return stated(_api(at).reviewed, API_REVIEW, "reviewed", NO_OR_YES)


def price_advantage(at: WholeCase) -> bool | Missing:
    """Whether the prices are competitive."""
    return stated(_api(at).price_advantage, PRICE_ADVANTAGE, "price_advantage", NO_OR_YES)


def fulfilment_days(at: WholeCase) -> int | Missing:
    """Within how many days of dispatch the product is fulfilled, at the latest."""
    return stated(_product(at).fulfilment_days, TERM, "fulfilment_days", MANY_DAYS_OR_NONE)


def validity_days(at: WholeCase) -> int | Missing:
    """The number of days for which stored value is valid."""
    return stated(_product(at).validity_days, TERM, "validity_days", MANY_DAYS_OR_ONE)


def rental_days(at: WholeCase) -> int | Missing:
    """The number of days for which an account is rented out."""
    return stated(_product(at).rental_days, TERM, "rental_days", MANY_DAYS_OR_ONE)


def mass_market_brand(at: WholeCase) -> bool | Missing:
    """Whether it is a mass-market brand."""
    return stated(_product(at).mass_market_brand, BRAND_KIND, "mass_market_brand", NO_OR_YES)


def longer_term_approved(at: WholeCase) -> bool | Missing:
    """Whether operations approved the longer term."""
    return stated(_product(at).longer_term_approved, TERM_APPROVAL, "longer_term_approved", NO_OR_YES)


def fully_bindable(at: WholeCase) -> bool | Missing:
    """Whether the account or password can be bound fully to its user."""
    return stated(_product(at).fully_bindable, GOODS, "fully_bindable", NO_OR_YES)


def needs_app_download(at: WholeCase) -> bool | Missing:
    """Whether users have to download an app."""
    return stated(_product(at).needs_app_download, GOODS, "needs_app_download", YES_OR_NO)


def asks_for_number(at: WholeCase) -> bool | Missing:
    """Whether the product type asks for the number."""
    return stated(_product(at).asks_for_number, PRODUCT_TYPE, "asks_for_number", NO_OR_YES)


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
