"""A date sweep: every day of ten years as the day on which a clock starts, at the edge of every window.

It is a third opinion: the edges are calculated here with ``datetime`` alone, from the words of the readings R1, R2 and R49.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Iterator
from typing import Final

from attrs import frozen

from adjudicator import Instant, dump_case
from adjudicator.model.enumerations import Category
from adjudicator.model.time import BEIJING
from adjudicator.testing import (
    Json,
    a_case,
    a_claim,
    a_damage_photo,
    a_line,
    a_parcel,
    an_appraisal,
    an_order,
)
from admissions import IN_ORDER, penalty
from proving.cases import AUTHENTICITY, DAMAGE
from proving.comparison import engine_decision, oracle_decision

DAYS: Final = 3_653
FIRST_DAY: Final = dt.date(2022, 3, 16)
FIRST_APPLICATION: Final = dt.date(2024, 7, 25)
TICK: Final = dt.timedelta(microseconds=1)
MIDNIGHT: Final = dt.time(0)


MOMENTS: Final = (
    dt.timedelta(0),
    dt.timedelta(days=1) - TICK,
    dt.timedelta(hours=8) - TICK,
    dt.timedelta(hours=8),
    dt.timedelta(hours=13, minutes=59, seconds=59, microseconds=999_999),
)
"""Times of day: the first and last instant of a day in Beijing, and times of other zones."""


@frozen
class Sweep:
    """A kind of window. ``edge`` takes the instant at which the clock starts and returns a case in time and one that is a microsecond late."""

    window: str
    clause: str
    first: dt.date
    edge: Callable[[dt.datetime], tuple[Json, Json]]

    def starts(self, step: int) -> list[dt.datetime]:
        """A start on every ``step``-th day of ten years, each at another time of day."""
        return [
            dt.datetime.combine(self.first + dt.timedelta(days=number), MIDNIGHT, BEIJING)
            + MOMENTS[number % len(MOMENTS)]
            for number in range(0, DAYS, step)
        ]

    def failures(self, start: dt.datetime) -> Iterator[str]:
        """Where engine, oracle and calendar disagree."""
        for document, effect in zip(self.edge(start), ("supports", "defeats"), strict=True):
            for name, decide in (("engine", engine_decision), ("oracle", oracle_decision)):
                if effect_of(self.clause, decide(document)) != effect:
                    yield f"{self.window} from {start}: the {name} does not say {effect}"


def effect_of(clause: str, decision: Json) -> str:
    """The effect of a clause in a decision."""
    return next(str(each["effect"]) for each in decision["findings"] if each["clause"] == clause)


def ninety_days(start: dt.datetime) -> tuple[Json, Json]:
    """The ninetieth day after the day of success lasts until midnight (R1)."""
    midnight = dt.datetime.combine(start.date() + dt.timedelta(days=91), MIDNIGHT, BEIJING)
    return filed(AUTHENTICITY, start, midnight - TICK), filed(AUTHENTICITY, start, midnight)


def hours(category: Category, count: int) -> Callable[[dt.datetime], tuple[Json, Json]]:
    """Hours count from the instant of signing, and their last instant is in time (R2)."""

    def edge(start: dt.datetime) -> tuple[Json, Json]:
        end = start + dt.timedelta(hours=count)
        return filed(DAMAGE, start, end, category), filed(DAMAGE, start, end + TICK, category)

    return edge


def look_back(start: dt.datetime) -> tuple[Json, Json]:
    """A penalty counts up to the 365th day before, that day included (R49)."""
    counts_from = dt.datetime.combine(start.date() - dt.timedelta(days=365), MIDNIGHT, BEIJING)
    return applied(start, counts_from - TICK), applied(start, counts_from)


def filed(policy: str, start: dt.datetime, filed_at: dt.datetime, category: Category = Category.OTHER) -> Json:
    """A claim that is valid except perhaps for the time of filing."""
    begun, moment = Instant.at(start), Instant.at(filed_at)
    line = a_line(category=category, completed_at=begun)
    order = an_order(line, placed_at=Instant.at(start - TICK), parcels=(a_parcel(signed_at=begun),))
    evidence = an_appraisal(submitted_at=moment) if policy == AUTHENTICITY else a_damage_photo(submitted_at=moment)
    case = a_case(policy, evidence, order=order, claim=a_claim(filed_at=moment), as_of=moment)
    document: Json = json.loads(dump_case(case))
    return document


def applied(as_of: dt.datetime, imposed_at: dt.datetime) -> Json:
    """An application that is valid except perhaps for a penalty."""
    shop = IN_ORDER["shop"] | {"penalties": penalty(imposed_at.isoformat())}
    return {**IN_ORDER, "shop": shop, "as_of": as_of.isoformat()}


SWEEPS: Final = (
    Sweep("90 days", "filed_within_ninety_days", FIRST_DAY, ninety_days),
    *(
        Sweep(
            f"{count} hours for {category.value}", "filed_within_the_damage_window", FIRST_DAY, hours(category, count)
        )
        for category, count in (
            (Category.FOOD, 24),
            (Category.MILK_POWDER, 24),
            (Category.ALCOHOL, 24),
            (Category.OTHER, 72),
        )
    ),
    Sweep("365 days back", "no_evasion_penalty_in_365_days", FIRST_APPLICATION, look_back),
)
