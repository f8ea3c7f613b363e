"""虚拟类目商品发布, listing virtual goods, as published on 24 October 2018 (PV.1, PV.2, PV.5): which shops may list what, and how."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from adjudicator.law import Edition, Minor
from pinduoduo import sentences
from pinduoduo.virtual_listing_case import LISTINGS, Category, Goods, ShopType

# Entry: PV.1


def agreement_is_accepted(agreement_accepted: bool) -> bool:
    """PV.1. The merchant has accepted the agreement of the category.

    商家已签署虚拟类目协议。
    """
    return agreement_accepted


def entry_review_is_passed(entry_review_passed: bool) -> bool:
    """PV.1. The merchant has passed the entry review.

    商家已通过入驻审核。
    """
    return entry_review_passed


def virtual_deposit_is_paid(virtual_deposit: Minor) -> bool:
    """PV.1. The virtual deposit of 10,000 yuan is paid in full.

    虚拟类目保证金 10,000 元已足额缴纳。
    """
    return virtual_deposit >= 10_000 * 100


def contact_with_operations_is_complete(operations_contact_complete: bool) -> bool:
    """PV.1. The contact with operations is complete; only then may the merchant list.

    已完成与运营的对接，方可发布商品。
    """
    return operations_contact_complete


# Listing: PV.2

DIRECT_TOP_UP = (Goods.PHONE_CREDIT, Goods.MOBILE_DATA, Goods.QQ_PRODUCT, Goods.VIDEO)
FOR_A_NUMBER = (Goods.PHONE_CREDIT, Goods.MOBILE_DATA, Goods.QQ_PRODUCT)
LONGEST_TERM = 15
"""R48. In days, inclusive."""


def in_one_of_the_ten_categories(category: Category) -> bool:
    """PV.2(1). The product is in one of the ten second-level categories of virtual goods.

    商品属于虚拟类目的十个二级类目之一。
    """
    return category is not Category.OUTSIDE


def goods_keep_the_platform_rules(follows_platform_rules: bool) -> bool:
    """PV.2(1). The goods keep the rules that the platform has for all goods.

    商品符合平台对所有商品的规定。
    """
    return follows_platform_rules


def api_for_direct_top_up_only(through_api: bool, goods: Goods, direct_top_up: bool) -> bool:
    """PV.2(2). Through an API only direct top-up goods are listed: phone credit, data, QQ products and video.

    API 对接仅限直充类商品：话费、流量、QQ 产品、视频。
    """
    return not through_api or (goods in DIRECT_TOP_UP and direct_top_up)


def api_merchant_trades_where_it_must(through_api: bool, trades_there: bool, supplies_there: bool) -> bool:
    """PV.2(2). Who lists through an API trades on Taobao, WeChat or JD, or supplies those who do.

    API 对接的商家须在淘宝、微信或京东经营，或为在其上经营者供货。
    """
    return not through_api or trades_there or supplies_there


def api_is_authorised(through_api: bool, authorised: bool) -> bool:
    """PV.2(2). Who lists through an API has the authorisation.

    API 对接须具备授权。
    """
    return not through_api or authorised


def api_from_an_enterprise_shop(through_api: bool, shop_type: ShopType) -> bool:
    """PV.2(2). Only an enterprise shop lists through an API.

    API 对接仅限企业店铺。
    """
    return not through_api or shop_type is ShopType.ENTERPRISE


def api_is_reviewed(through_api: bool, reviewed: bool) -> bool:
    """PV.2(2). Operations have reviewed the API connection and let it pass.

    API 对接须经运营审核通过。
    """
    return not through_api or reviewed


def api_has_a_price_advantage(through_api: bool, price_advantage: bool) -> bool:
    """PV.2(2). What is listed through an API has a price advantage.

    API 对接的商品须具有价格优势。
    """
    return not through_api or price_advantage


def travel_from_an_enterprise_shop(category: Category, shop_type: ShopType) -> bool:
    """PV.2(3). Only enterprise shops list travel.

    旅游类商品仅限企业店铺发布。
    """
    return category is not Category.TRAVEL or shop_type is ShopType.ENTERPRISE


def travel_is_fulfilled_in_15_days(category: Category, fulfilment_days: int) -> bool:
    """PV.2(3). Travel is fulfilled within 15 days of dispatch, without exception.

    旅游类商品须在发货后 15 天内履约，没有例外。Reading R48.
    """
    return category is not Category.TRAVEL or fulfilment_days <= LONGEST_TERM


def offline_service_is_fulfilled_in_15_days(goods: Goods, fulfilment_days: int) -> bool:
    """PV.2(4). Offline services are fulfilled within 15 days of dispatch.

    线下服务类商品须在发货后 15 天内履约。Reading R48.
    """
    return goods is not Goods.OFFLINE_SERVICE or fulfilment_days <= LONGEST_TERM


def stored_value_is_short_or_approved(
    goods: Goods, validity_days: int, mass_market_brand: bool, longer_term_approved: bool
) -> bool:
    """PV.2(5). Offline stored value is valid for 15 days at most; longer only for a mass-market brand, as operations approve.

    线下储值类商品有效期最长 15 天；仅大众品牌经运营同意可以更长。Reading R48.
    """
    may_be_longer = mass_market_brand and longer_term_approved
    return goods is not Goods.STORED_VALUE or validity_days <= LONGEST_TERM or may_be_longer


def rental_lasts_15_days_at_most(goods: Goods, fully_bindable: bool, rental_days: int) -> bool:
    """PV.2(6). Accounts and passwords that cannot be bound fully are rented out for 15 days at most, always.

    无法完全绑定的账号、密码租赁最长 15 天，一律如此。Reading R48.
    """
    return goods is not Goods.ACCOUNT_RENTAL or fully_bindable or rental_days <= LONGEST_TERM


def internet_phone_needs_an_app(goods: Goods, needs_app_download: bool) -> bool:
    """PV.2(7). Internet-phone goods that need an app to be downloaded may not be listed.

    需要下载 App 的网络电话类商品不得发布。
    """
    return goods is Goods.INTERNET_PHONE and needs_app_download


def number_is_asked_for(goods: Goods, asks_for_number: bool) -> bool:
    """PV.2(8). Phone, data and QQ goods use the product type that asks for the number.

    话费、流量、QQ 类商品须使用需填写号码的商品类型。
    """
    return goods not in FOR_A_NUMBER or asks_for_number


# What the reader should know


def nationwide_loses_promotion_slots(regional: bool | None, open_nationwide: bool | None) -> bool:
    """PV.2(9), R45, R55. A regional product that is opened nationwide loses its promotion slots and may be dealt with under the rules; opening it to its region only puts that right.

    区域性商品开放至全国的，取消推广资源位，并可按规则处理；改为仅对本区域开放即可纠正。
    """
    return regional is True and open_nationwide is True


def replies_below_the_required_rate(reply_rate: Decimal | None, required_reply_rate: Decimal | None) -> bool:
    """PV.5, R59. Users are replied to less often than the platform requires; that is about running the shop, and does not hold the listing up.

    对用户的回复率低于平台要求；这属于店铺经营行为，不影响商品发布。
    """
    return reply_rate is not None and required_reply_rate is not None and reply_rate < required_reply_rate


def users_are_diverted(diverts_users: bool | None) -> bool:
    """PV.5, R59. The shop leads users elsewhere; that is about running the shop, and does not hold the listing up.

    店铺将用户引流至其他平台；这属于店铺经营行为，不影响商品发布。
    """
    return diverts_users is True


def users_are_hoarded(hoards_users: bool | None) -> bool:
    """PV.5, R59. The shop hoards users; that is about running the shop, and does not hold the listing up.

    店铺囤积用户；这属于店铺经营行为，不影响商品发布。
    """
    return hoards_users is True


def pushes_are_not_confirmed(unconfirmed_pushes: bool | None) -> bool:
    """PV.5, R59. The shop pushes to users what operations have not confirmed; that is about running the shop, and does not hold the listing up.

    店铺向用户推送未经运营确认的内容；这属于店铺经营行为，不影响商品发布。
    """
    return unconfirmed_pushes is True


def listing_rules_also_bind_later(granted: bool) -> bool:
    """PV.5. What the rule asks of a shop's conduct goes on binding it once the product is listed.

    规则对店铺行为的要求在商品发布后仍然适用。
    """
    return granted


EDITION = Edition(
    policy="pinduoduo.virtual_listing",
    about=__doc__,
    article="PV.1; PV.2; PV.5",
    sentences=sentences.VIRTUAL_LISTING,
    effective_from=dt.date(2018, 10, 24),
    revision=2,
    case_kind=LISTINGS,
    requires=(
        agreement_is_accepted,
        entry_review_is_passed,
        virtual_deposit_is_paid,
        contact_with_operations_is_complete,
        in_one_of_the_ten_categories,
        goods_keep_the_platform_rules,
        api_for_direct_top_up_only,
        api_merchant_trades_where_it_must,
        api_is_authorised,
        api_from_an_enterprise_shop,
        api_is_reviewed,
        api_has_a_price_advantage,
        travel_from_an_enterprise_shop,
        travel_is_fulfilled_in_15_days,
        offline_service_is_fulfilled_in_15_days,
        stored_value_is_short_or_approved,
        rental_lasts_15_days_at_most,
        number_is_asked_for,
    ),
    barred_by=(internet_phone_needs_an_app,),
    remarks=(
        nationwide_loses_promotion_slots,
        replies_below_the_required_rate,
        users_are_diverted,
        users_are_hoarded,
        pushes_are_not_confirmed,
        listing_rules_also_bind_later,
    ),
)
