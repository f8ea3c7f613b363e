"""The glossaries of admission and of clearance: each fact, its place in a case and its supplier."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from adjudicator.law import (
    Fact,
    Glossary,
    Instant,
    Minor,
    Missing,
    Need,
    Party,
    Question,
    ReviewKind,
    WholeCase,
    stated,
)
from douyin_alliance.case import (
    AdmissionCase,
    Checked,
    CheckedKind,
    CheckedState,
    ClearanceCase,
    Penalty,
    Shop,
    ShopState,
)

SHOP_OPENED = Need("shop_opened", Party.PLATFORM)
SHOP_STATE = Need("shop_state", Party.PLATFORM)
ACCOUNT_STANDING = Need("account_standing", Party.PLATFORM)
ORDER_AMOUNT = Need("order_amount", Party.PLATFORM)
SHOP_SCORE = Need("shop_score", Party.PLATFORM)
EXPERIENCE_SCORE = Need("experience_score", Party.PLATFORM)
POSITIVE_REVIEW_RATE = Need("positive_review_rate", Party.PLATFORM)
WAREHOUSE_CHECK = Need("warehouse_check", Party.PLATFORM)
ALLIANCE_CONNECTION = Need("alliance_connection", Party.PLATFORM)
ERP_CONNECTION = Need("erp_connection", Party.PLATFORM)
PENALTIES = Need("penalties", Party.PLATFORM)
CONTROLLER_SHOPS = Need("controller_shops", Party.PLATFORM)
OPENINGS_SO_FAR = Need("openings_so_far", Party.PLATFORM)
PRODUCT_KIND = Need("product_kind", Party.PLATFORM)
BRAND_PAPERS = Need("brand_papers", Party.PLATFORM)
FITNESS = Need("fitness", Party.PLATFORM)


def _of_the_shop(at: WholeCase) -> Shop:
    shop: Shop = at.case.shop
    return shop


def as_of(at: WholeCase) -> Instant:
    """The moment at which the case is decided."""
    return at.as_of


def opened(at: WholeCase) -> bool | Missing:
    """Whether the shop is open for business."""
    return stated(_of_the_shop(at).opened, SHOP_OPENED, "opened", (False, True))


def shop_state(at: WholeCase) -> ShopState | Missing:
    """The state that the shop is in."""
    return stated(_of_the_shop(at).state, SHOP_STATE, "shop_state", reversed(ShopState))


def good_standing(at: WholeCase) -> bool | Missing:
    """Whether the account is in good standing."""
    return stated(_of_the_shop(at).account_in_good_standing, ACCOUNT_STANDING, "good_standing", (False, True))


def order_amount(at: WholeCase) -> Minor | Missing:
    """The total of the shop's orders in the last 30 days."""
    return stated(_of_the_shop(at).order_amount_30_days, ORDER_AMOUNT, "order_amount")


def shop_score(at: WholeCase) -> Decimal | Missing:
    """The shop score, which counts for admission."""
    return stated(_of_the_shop(at).shop_score, SHOP_SCORE, "shop_score")


def experience_score(at: WholeCase) -> Decimal | Missing:
    """The experience score, which counts for clearance."""
    return stated(_of_the_shop(at).experience_score, EXPERIENCE_SCORE, "experience_score")


def positive_reviews(at: WholeCase) -> Decimal | Missing:
    """The rate of positive reviews, in percent."""
    return stated(_of_the_shop(at).positive_review_rate, POSITIVE_REVIEW_RATE, "positive_reviews")


def warehouse_check(at: WholeCase) -> bool | Missing:
    """Whether the third-party warehouse check was passed."""
    return stated(_of_the_shop(at).warehouse_check_passed, WAREHOUSE_CHECK, "warehouse_check", (False, True))


def platform_connected(at: WholeCase) -> bool | Missing:
    """Whether the alliance platform is connected."""
    connected = _of_the_shop(at).alliance_platform_connected
    return stated(connected, ALLIANCE_CONNECTION, "platform_connected", (False, True))


def erp_connected(at: WholeCase) -> bool | Missing:
    """Whether the ERP is connected."""
    return stated(_of_the_shop(at).erp_connected, ERP_CONNECTION, "erp_connected", (False, True))


def penalties(at: WholeCase) -> tuple[Penalty, ...] | Missing:
    """The penalties that the shop received."""
    return stated(_of_the_shop(at).penalties, PENALTIES, "penalties")


def serious_penalty_elsewhere(at: WholeCase) -> bool | Missing:
    """Whether another shop of the same controller carries a listed serious penalty."""
    shops = _of_the_shop(at).controller_shops
    known = shops.listed_serious_penalty if shops else None
    return stated(known, CONTROLLER_SHOPS, "serious_penalty_elsewhere", (True, False))


def grave_danger_elsewhere(at: WholeCase) -> bool | Missing:
    """Whether another shop of the same controller gravely endangers the safety of trade."""
    shops = _of_the_shop(at).controller_shops
    return stated(shops.grave_danger if shops else None, CONTROLLER_SHOPS, "grave_danger_elsewhere", (True, False))


def openings_so_far(at: WholeCase) -> int | Missing:
    """How many times the shop has been opened to the alliance before."""
    return stated(_of_the_shop(at).openings_so_far, OPENINGS_SO_FAR, "openings_so_far")


def virtual(at: WholeCase) -> bool | Missing:
    """Whether the goods are virtual."""
    case = at.case
    known = case.checked.virtual if isinstance(case, ClearanceCase) else case.product.virtual
    return stated(known, PRODUCT_KIND, "virtual", (False, True))


def promoted(at: WholeCase) -> bool:
    """Whether what is checked is in the alliance."""
    return _checked(at).state is CheckedState.PROMOTED


def brand_papers_in_order(at: WholeCase) -> bool | Missing:
    """Whether the brand papers meet the admission standard."""
    return stated(_checked(at).brand_papers_in_order, BRAND_PAPERS, "brand_papers_in_order", (False, True))


def found_unfit(at: WholeCase) -> bool | Missing:
    """Whether the platform finds what is checked unfit for further promotion."""
    return stated(_checked(at).found_unfit, FITNESS, "found_unfit", (True, False))


def _checked(at: WholeCase) -> Checked:
    checked: Checked = at.case.checked
    return checked


OF_THE_SHOP: Final = (
    Fact(as_of, ("/as_of",)),
    Fact(opened, ("/shop/opened",), Party.PLATFORM),
    Fact(shop_state, ("/shop/state",), Party.PLATFORM),
    Fact(good_standing, ("/shop/account_in_good_standing",), Party.PLATFORM),
    Fact(order_amount, ("/shop/order_amount_30_days",), Party.PLATFORM),
    Fact(shop_score, ("/shop/shop_score",), Party.PLATFORM),
    Fact(experience_score, ("/shop/experience_score",), Party.PLATFORM),
    Fact(positive_reviews, ("/shop/positive_review_rate",), Party.PLATFORM),
    Fact(warehouse_check, ("/shop/warehouse_check_passed",), Party.PLATFORM),
    Fact(platform_connected, ("/shop/alliance_platform_connected",), Party.PLATFORM),
    Fact(erp_connected, ("/shop/erp_connected",), Party.PLATFORM),
    Fact(penalties, ("/shop/penalties",), Party.PLATFORM),
    Fact(serious_penalty_elsewhere, ("/shop/controller_shops/listed_serious_penalty",), Party.PLATFORM),
    Fact(grave_danger_elsewhere, ("/shop/controller_shops/grave_danger",), Party.PLATFORM),
    Fact(openings_so_far, ("/shop/openings_so_far",), Party.PLATFORM),
)

ADMISSIONS = ReviewKind(
    case_type=AdmissionCase,
    glossary=Glossary.of(*OF_THE_SHOP, Fact(virtual, ("/product/virtual",), Party.PLATFORM)),
    questions=(Question(granted="admitted", refused="refused"),),
)

MERCHANT_STAYS = Question(name="merchant_stays", granted="stays", refused="may_be_cleared")
MERCHANT_REOPENS = Question(name="merchant_reopens", granted="may_reopen", refused="stays_out")
PRODUCT_STAYS = Question(name="product_stays", granted="stays", refused="may_be_cleared")
PRODUCT_RETURNS = Question(name="product_returns", granted="may_be_promoted_again", refused="stays_out")

_QUESTIONS: Final = {
    (CheckedKind.MERCHANT, CheckedState.PROMOTED): MERCHANT_STAYS,
    (CheckedKind.MERCHANT, CheckedState.CLEARED): MERCHANT_REOPENS,
    (CheckedKind.PRODUCT, CheckedState.PROMOTED): PRODUCT_STAYS,
    (CheckedKind.PRODUCT, CheckedState.CLEARED): PRODUCT_RETURNS,
}


def question_of(case: ClearanceCase) -> Question:
    """The question of a check: whether a member may be removed, or whether a removed one may come back."""
    return _QUESTIONS[case.checked.of, case.checked.state]


CLEARANCES = ReviewKind(
    case_type=ClearanceCase,
    glossary=Glossary.of(
        *OF_THE_SHOP,
        Fact(virtual, ("/checked/virtual",), Party.PLATFORM),
        Fact(promoted, ("/checked/state",)),
        Fact(brand_papers_in_order, ("/checked/brand_papers_in_order",), Party.PLATFORM),
        Fact(found_unfit, ("/checked/found_unfit",), Party.PLATFORM),
    ),
    questions=tuple(_QUESTIONS.values()),
    asked=question_of,
)
