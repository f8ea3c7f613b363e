"""精选联盟清退, clearance from the Select Alliance, as published on 25 July 2024 (DA.2): the daily check of merchants and products."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from adjudicator.law import BEIJING, Edition, Question, ReviewKind, glossary_of
from douyin_alliance import sentences
from douyin_alliance.admission import ADMISSION, three_openings_are_used_up
from douyin_alliance.case import CheckedKind, CheckedState, ClearanceCase

# What a check asks: whether a member may be removed, or whether a removed one may come back

MERCHANT_STAYS = Question(name="merchant_stays", granted="stays", refused="may_be_cleared")
MERCHANT_REOPENS = Question(name="merchant_reopens", granted="may_reopen", refused="stays_out")
PRODUCT_STAYS = Question(name="product_stays", granted="stays", refused="may_be_cleared")
PRODUCT_RETURNS = Question(name="product_returns", granted="may_be_promoted_again", refused="stays_out")

QUESTIONS = {
    (CheckedKind.MERCHANT, CheckedState.PROMOTED): MERCHANT_STAYS,
    (CheckedKind.MERCHANT, CheckedState.CLEARED): MERCHANT_REOPENS,
    (CheckedKind.PRODUCT, CheckedState.PROMOTED): PRODUCT_STAYS,
    (CheckedKind.PRODUCT, CheckedState.CLEARED): PRODUCT_RETURNS,
}

# The answers


def experience_score_below_3_5(experience_score: Decimal) -> bool:
    """DA.2(1). The merchant's experience score is below 3.5; 3.5 itself is not. The shop score is another figure.

    商家体验分低于 3.5，等于 3.5 不清退；店铺评分与商家体验分是两项不同的分数。Readings R49, R54.
    """
    return experience_score < Decimal("3.5")


def brand_papers_fall_short(brand_papers_in_order: bool) -> bool:
    """DA.2(2). The brand papers do not meet the admission standard.

    品牌资质不符合准入标准。
    """
    return not brand_papers_in_order


def found_unfit_for_promotion(found_unfit: bool) -> bool:
    """DA.2(3). The platform finds the merchant or the goods unfit for further promotion.

    平台认定该商家或商品不适合继续推广。
    """
    return found_unfit


def clearing_is_a_right(denied: bool, checked_state: CheckedState) -> bool:
    """DA.2, R45. That it may be cleared is a measure that is available to the platform, and not one that is applied by this.

    可以清退是平台可采取的措施，并非由本决定执行。
    """
    return denied and checked_state is CheckedState.PROMOTED


def checked_again_every_day() -> bool:
    """DA.2(4), DA.2(5). Merchants and products are checked every day, and each check goes by the figures of its day.

    商家和商品每日核查，每次以当日数据为准。
    """
    return True


FOR_WHICH_ANYTHING_IS_CLEARED = (brand_papers_fall_short, found_unfit_for_promotion)

EDITION = Edition(
    policy="douyin_alliance.clearance",
    about=__doc__,
    article="DA.2",
    sentences=sentences.CLEARANCE,
    effective_from=dt.date(2024, 7, 25),
    revision=2,
    case_kind=ReviewKind(
        case_type=ClearanceCase,
        zone=BEIJING,
        glossary=glossary_of(ClearanceCase),
        questions=tuple(QUESTIONS.values()),
        asked=lambda case: QUESTIONS[case.checked.of, case.checked.state],
    ),
    requires=ADMISSION,
    barred_by=(experience_score_below_3_5, *FOR_WHICH_ANYTHING_IS_CLEARED, three_openings_are_used_up),
    clauses_by_question={
        MERCHANT_STAYS: (experience_score_below_3_5, *FOR_WHICH_ANYTHING_IS_CLEARED),
        MERCHANT_REOPENS: (*ADMISSION, three_openings_are_used_up),
        PRODUCT_STAYS: FOR_WHICH_ANYTHING_IS_CLEARED,
        PRODUCT_RETURNS: FOR_WHICH_ANYTHING_IS_CLEARED,
    },
    remarks=(clearing_is_a_right, checked_again_every_day),
)
