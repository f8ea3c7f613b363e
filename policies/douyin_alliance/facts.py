"""The glossary of admission: each fact of a shop and its product, where it stands and who can supply it."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import TypeVar

from adjudicator.case import Minor
from adjudicator.civil_time import Instant
from adjudicator.facts import Ask, Fact, Glossary, Need, Open, Party
from adjudicator.reviews import ReviewDocket, WholeCase
from douyin_alliance.case import AdmissionCase, Penalty, Shop, ShopState

T = TypeVar("T")


def _of_the_shop(at: WholeCase) -> Shop:
    shop: Shop = at.case.shop
    return shop


def _known(value: T | None, need: str, fact: str, could_be: Iterable[T] = ()) -> T | Open:
    if value is not None:
        return value
    return Open((Ask(Need(need, Party.PLATFORM), ({fact: ()},)),), could_be=tuple(could_be))


def as_of(at: WholeCase) -> Instant:
    """The moment at which the case is decided."""
    return at.as_of


def opened(at: WholeCase) -> bool | Open:
    """Whether the shop is open for business."""
    return _known(_of_the_shop(at).opened, "shop_opened", "opened", (False, True))


def shop_state(at: WholeCase) -> ShopState | Open:
    """The state that the shop is in."""
    return _known(_of_the_shop(at).state, "shop_state", "shop_state", reversed(ShopState))


def good_standing(at: WholeCase) -> bool | Open:
    """Whether the account is in good standing."""
    return _known(_of_the_shop(at).account_in_good_standing, "account_standing", "good_standing", (False, True))


def order_amount(at: WholeCase) -> Minor | Open:
    """What the shop's orders of the last 30 days came to."""
    return _known(_of_the_shop(at).order_amount_30_days, "order_amount", "order_amount")


def score(at: WholeCase) -> Decimal | Open:
    """The shop score."""
    return _known(_of_the_shop(at).score, "shop_score", "score")


def positive_reviews(at: WholeCase) -> Decimal | Open:
    """The rate of positive reviews, in percent."""
    return _known(_of_the_shop(at).positive_review_rate, "positive_review_rate", "positive_reviews")


def warehouse_check(at: WholeCase) -> bool | Open:
    """Whether the third-party warehouse check was passed."""
    return _known(_of_the_shop(at).warehouse_check_passed, "warehouse_check", "warehouse_check", (False, True))


def platform_connected(at: WholeCase) -> bool | Open:
    """Whether the alliance platform is connected."""
    connected = _of_the_shop(at).alliance_platform_connected
    return _known(connected, "alliance_connection", "platform_connected", (False, True))


def erp_connected(at: WholeCase) -> bool | Open:
    """Whether the ERP is connected."""
    return _known(_of_the_shop(at).erp_connected, "erp_connection", "erp_connected", (False, True))


def penalties(at: WholeCase) -> tuple[Penalty, ...] | Open:
    """The penalties that the shop received."""
    return _known(_of_the_shop(at).penalties, "penalties", "penalties")


def serious_penalty_elsewhere(at: WholeCase) -> bool | Open:
    """Whether another shop of the same controller carries a listed serious penalty."""
    shops = _of_the_shop(at).controller_shops
    known = shops.listed_serious_penalty if shops else None
    return _known(known, "controller_shops", "serious_penalty_elsewhere", (True, False))


def grave_danger_elsewhere(at: WholeCase) -> bool | Open:
    """Whether another shop of the same controller gravely endangers the safety of trade."""
    shops = _of_the_shop(at).controller_shops
    return _known(shops.grave_danger if shops else None, "controller_shops", "grave_danger_elsewhere", (True, False))


def openings_so_far(at: WholeCase) -> int | Open:
    """How many times the shop has been opened to the alliance before."""
    return _known(_of_the_shop(at).openings_so_far, "openings_so_far", "openings_so_far")


def virtual(at: WholeCase) -> bool | Open:
    """Whether the product is a virtual one."""
    product = at.case.product
    return _known(product.virtual, "product_kind", "virtual", (False, True))


ADMISSIONS = ReviewDocket(
    case_type=AdmissionCase,
    glossary=Glossary.of(
        Fact(as_of, ("/as_of",)),
        Fact(opened, ("/shop/opened",), Party.PLATFORM),
        Fact(shop_state, ("/shop/state",), Party.PLATFORM),
        Fact(good_standing, ("/shop/account_in_good_standing",), Party.PLATFORM),
        Fact(order_amount, ("/shop/order_amount_30_days",), Party.PLATFORM),
        Fact(score, ("/shop/score",), Party.PLATFORM),
        Fact(positive_reviews, ("/shop/positive_review_rate",), Party.PLATFORM),
        Fact(warehouse_check, ("/shop/warehouse_check_passed",), Party.PLATFORM),
        Fact(platform_connected, ("/shop/alliance_platform_connected",), Party.PLATFORM),
        Fact(erp_connected, ("/shop/erp_connected",), Party.PLATFORM),
        Fact(penalties, ("/shop/penalties",), Party.PLATFORM),
        Fact(serious_penalty_elsewhere, ("/shop/controller_shops/listed_serious_penalty",), Party.PLATFORM),
        Fact(grave_danger_elsewhere, ("/shop/controller_shops/grave_danger",), Party.PLATFORM),
        Fact(openings_so_far, ("/shop/openings_so_far",), Party.PLATFORM),
        Fact(virtual, ("/product/virtual",), Party.PLATFORM),
    ),
    granted="admitted",
    refused="refused",
)
