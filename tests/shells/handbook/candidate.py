"""A candidate: the damage return without the leak, and with 48 hours."""

from __future__ import annotations

import datetime as dt
from typing import Final

from adjudicator.engine.registry import policies
from adjudicator.law import Established, Repair, known
from adjudicator.model.enumerations import Category, Channel
from adjudicator.model.time import Instant, Window, within_hours
from adjudicator.rulebook.handbook.examples import examples_for
from douyin_global import shared
from douyin_global.damage import EDITION as DAMAGE
from douyin_global.damage import PERISHABLE, THE_PATH


def damage_window(category: Category, signing: Instant) -> Window:
    """DG.3.1, R2, R37. 48 hours from signing, 24 for food, milk powder and alcohol.

    自签收起 48 小时；食品、奶粉、酒类为 24 小时。
    """
    return within_hours("signed_at", signing, 24 if category in PERISHABLE else 48)


def filed_on_the_order_page(
    filed_through: Channel,
    as_of: Instant,
    evidence_closed: bool,
    category: Established[Category],
    signing: Established[Instant],
) -> bool | Repair:
    """DG.3.2(1). Filed from the order page.

    从订单页提出。Reading R21.
    """
    if filed_through is Channel.ORDER_PAGE:
        return True
    # R21: goods of unknown category have 48 hours.
    window = damage_window(known(category, Category.OTHER), signing) if isinstance(signing, Instant) else None
    return shared.chance_to_refile(THE_PATH, as_of, evidence_closed, window)


CANDIDATE: Final = DAMAGE.amended(
    effective_from=dt.date(2024, 7, 1),
    replacing=(damage_window, filed_on_the_order_page),
    settings={"leak_required": False},
    about=DAMAGE.about,
)
WITH_THE_CANDIDATE: Final = (*policies().values(), (DAMAGE, CANDIDATE))
DAMAGE_EXAMPLES: Final = examples_for([DAMAGE])
