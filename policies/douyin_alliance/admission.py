"""精选联盟准入, admission to the Select Alliance, as published on 25 July 2024 (DA.1)."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from adjudicator.law import (
    BEIJING,
    Answer,
    Edition,
    Instant,
    Minor,
    Question,
    ReviewKind,
    day_of,
    fails,
    glossary_of,
    start_of_day,
)
from douyin_alliance import sentences
from douyin_alliance.case import AdmissionCase, Penalty, PenaltyRule, ShopState


def shop_is_opened(opened: bool) -> bool:
    """DA.1(1). The shop is open for business.

    店铺已开通营业。
    """
    return opened


def shop_is_in_normal_state(shop_state: ShopState) -> bool:
    """DA.1(2). The shop is in its normal state.

    店铺处于正常状态。
    """
    return shop_state is ShopState.NORMAL


def account_in_good_standing(good_standing: bool) -> bool:
    """DA.1(3). The account is in good standing.

    账号状态良好。
    """
    return good_standing


def orders_in_the_last_30_days(order_amount: Minor) -> bool:
    """DA.1(4). Orders of the last 30 days came to more than nothing.

    近 30 天订单金额大于 0。
    """
    return order_amount > 0


def shop_score_above_4_1(shop_score: Decimal) -> bool:
    """DA.1(5). The shop score is above 4.1; 4.1 itself is not. The experience score is another figure.

    店铺评分高于 4.1，等于 4.1 不符合；店铺评分与商家体验分是两项不同的分数。Readings R49, R54.
    """
    return shop_score > Decimal("4.1")


def positive_reviews_above_75_percent(positive_reviews: Decimal) -> bool:
    """DA.1(6). More than 75 % of reviews are positive; 75 % itself is not enough.

    好评率高于 75%，等于 75% 不符合。Reading R49.
    """
    return positive_reviews > 75


def warehouse_check_passed(warehouse_check: bool, virtual: bool) -> bool:
    """DA.1(7). The third-party warehouse check is passed; virtual goods are exempt.

    通过第三方仓储核验；虚拟商品除外。
    """
    return warehouse_check or virtual


def platform_and_erp_connected(platform_connected: bool, erp_connected: bool, virtual: bool) -> bool:
    """DA.1(8). The alliance platform and the ERP are connected; virtual goods are exempt.

    已对接联盟平台和 ERP 系统；虚拟商品除外。
    """
    return (platform_connected and erp_connected) or virtual


def no_evasion_penalty_in_365_days(penalties: tuple[Penalty, ...], as_of: Instant) -> Answer:
    """DA.1(9). No penalty under the evasive-information rule in the last 365 days, the 365th day included.

    近 365 天内（含第 365 天）未因违反规避信息规则受到处罚。Readings R1, R49.
    """
    days = [day_of(penalty.imposed_at) for penalty in penalties if penalty.rule is PenaltyRule.EVASIVE_INFORMATION]
    if not days or max(days) + 365 < day_of(as_of):
        return True
    return fails(changes_at=start_of_day(max(days) + 366))


def controllers_other_shops_are_clean(serious_penalty_elsewhere: bool, grave_danger_elsewhere: bool) -> bool:
    """DA.1(10). The controller's other shops carry no listed serious penalty and no grave danger to the safety of trade.

    实际控制人名下其他店铺没有所列严重处罚，也不存在严重危害交易安全的情形。
    """
    return not serious_penalty_elsewhere and not grave_danger_elsewhere


def three_openings_are_used_up(openings_so_far: int) -> bool:
    """DA.2(4). A shop is opened to the alliance three times at most; the fourth opening is refused.

    同一商家最多开通三次，第四次不予开通。Reading R49.
    """
    return openings_so_far >= 3


ADMISSION = (
    shop_is_opened,
    shop_is_in_normal_state,
    account_in_good_standing,
    orders_in_the_last_30_days,
    shop_score_above_4_1,
    positive_reviews_above_75_percent,
    warehouse_check_passed,
    platform_and_erp_connected,
    no_evasion_penalty_in_365_days,
    controllers_other_shops_are_clean,
)
"""All that DA.1 requires."""

EDITION = Edition(
    policy="douyin_alliance.admission",
    about=__doc__,
    article="DA.1",
    sentences=sentences.ADMISSION,
    effective_from=dt.date(2024, 7, 25),
    revision=2,
    case_kind=ReviewKind(
        case_type=AdmissionCase,
        zone=BEIJING,
        glossary=glossary_of(AdmissionCase),
        questions=(Question(granted="admitted", refused="refused"),),
    ),
    requires=ADMISSION,
    barred_by=(three_openings_are_used_up,),
    not_adjudicated={"DA.1, closing remark": "a_description"},
)
