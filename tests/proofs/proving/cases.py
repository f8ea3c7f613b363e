"""Numbered cases: case n of seed s is the same on every machine, in every run.

Hypothesis steers the same author, but takes several times as long and does not number its cases. Here a random generator makes the
choices, and the finished document is then changed in ways that the author does not consider.
"""

from __future__ import annotations

import copy
import datetime as dt
import json
from collections.abc import Callable, Iterator, Sequence
from random import Random
from typing import Any, Final

from attrs import frozen

from adjudicator.model.time import BEIJING, DAY, HOUR, SECOND, Instant, day_of, start_of_day
from adjudicator.testing import (
    BRAND,
    NUDGES,
    PLACED_AT,
    Author,
    Json,
    NearlyValid,
    Trouble,
    breakages,
    steering,
)
from adjudicator.wire.pointer import at, put
from admissions import APPLICATIONS, IN_ORDER, penalty
from proving.clearance_cases import CLEARANCE, clearance_case
from proving.task_cases import TASK, task_case
from proving.trading_cases import OFF_PLATFORM, off_platform_case
from proving.virtual_cases import ARRIVAL, DISPATCH, LISTING, arrival_case, dispatch_case, listing_case
from tradings import trading
from virtual_goods import A_LISTING, OF_A_LISTING, OF_ITS_API

AUTHENTICITY: Final = "douyin_global.authenticity"
DAMAGE: Final = "douyin_global.damage"
LOCAL_RETURN: Final = "douyin_global.local_return"
ADMISSION: Final = "douyin_alliance.admission"
SEVEN_DAYS: Final = "consumer_law.seven_day_return"
GUARANTEES: Final = (AUTHENTICITY, DAMAGE, LOCAL_RETURN, SEVEN_DAYS)
OTHERS: Final = (CLEARANCE, OFF_PLATFORM, LISTING, DISPATCH, ARRIVAL, TASK)
POLICIES: Final = (*GUARANTEES, ADMISSION, *OTHERS)

TURNS: Final = (AUTHENTICITY, DAMAGE, AUTHENTICITY, DAMAGE, LOCAL_RETURN, ADMISSION, *OTHERS, OFF_PLATFORM, SEVEN_DAYS)
"""The policies of successive numbers. More complex policies have more cases."""

BROKEN_ONE_IN: Final = 50
"""One claim in this many is broken."""


@frozen
class NumberedCase:
    """A reproducible case. ``broken`` says what is broken in it; without it, the case is valid."""

    seed: int
    number: int
    policy: str
    document: Any
    broken: NearlyValid | None = None


def numbered_case(seed: int, number: int, policy: str | None = None) -> NumberedCase:
    """Case ``number`` of a seed, of the given policy or of the one whose turn it is."""
    policy = policy or TURNS[number % len(TURNS)]
    dice = Random(f"{seed}/{policy}/{number}")
    if policy == ADMISSION:
        return NumberedCase(seed, number, policy, application(dice))
    if policy in BY_DICE:
        return NumberedCase(seed, number, policy, BY_DICE[policy](dice))
    document = BroadAuthor(dice, policy).case(policy)
    if dice.randrange(BROKEN_ONE_IN):
        return NumberedCase(seed, number, policy, document)
    broken = dice.choice(tuple(breakages(document))).done_to(document)
    return NumberedCase(seed, number, policy, broken.document, broken)


def listing(dice: Random) -> Json:
    """A listing with any values, or a valid one with a few changes."""
    if dice.randrange(2):
        return listing_case(dice)
    document: Json = json.loads(json.dumps(A_LISTING))
    others = {**OF_A_LISTING, **OF_ITS_API}
    for place in dice.sample([*others], dice.randrange(4)):
        put(document, place, copy.deepcopy(dice.choice(others[place])))
    return document


def conduct(dice: Random) -> Json:
    """A case of off-platform trading, by one of the two authors."""
    return off_platform_case(dice) if dice.randrange(2) else trading(dice.randrange)


BY_DICE: Final[dict[str, Callable[[Random], Json]]] = {
    CLEARANCE: clearance_case,
    OFF_PLATFORM: conduct,
    LISTING: listing,
    DISPATCH: dispatch_case,
    ARRIVAL: arrival_case,
    TASK: task_case,
}
"""The functions that make the cases of the other rulebooks."""

# Claims

ZONES: Final = (
    BEIJING,
    *(
        dt.timezone(dt.timedelta(minutes=minutes))
        for minutes in (0, 14 * 60, -12 * 60, 5 * 60 + 45, -(9 * 60 + 30), 23 * 60 + 59)
    ),
)
BRANDS: Final = (BRAND, None, f"\u3000{BRAND.upper()} ", "Aurélie", "Lumie\u0300re", "")
"""The line's own brand, another spelling of it, another brand, one that only looks the same, and an unreadable one."""


class BroadAuthor(Author):
    """Writes cases like the author it extends, with more amounts, instants and spellings."""

    def __init__(self, dice: Random, policy: str) -> None:
        roll = dice.random
        super().__init__(lambda count: int(roll() * count), steering(policy))
        self.dice = dice

    def case(self, policy: str) -> Json:
        """The whole case, sometimes with a change to the finished document."""
        document = super().case(policy)
        for twist in TWISTS:
            if self.choose(4) == 0:
                twist(self, document)
        return document

    def text(self, moment: Instant) -> str:
        """The text of an instant, in a random zone and spelling."""
        text = moment.datetime(self.any(self.zone, self.zone, *ZONES)).isoformat()
        return self.any(text, text, text.replace("T", "t"), text.replace("+00:00", "Z"))

    def placed_at(self) -> Instant:
        """A moment in any of ten years, leap days included."""
        some_day = Instant(PLACED_AT + self.choose(3_650) * DAY + self.choose(DAY))
        return self.any(super().placed_at(), some_day)

    def started(self, placed_at: Instant) -> Instant | None:
        """A moment at any time of day, often the first or last instant."""
        start = super().started(placed_at)
        if start is None:
            return None
        midnight = start_of_day(day_of(start))
        return self.any(start, midnight, Instant(midnight - 1), Instant(midnight + self.choose(DAY)))

    def edges(self, starts: Any) -> list[Instant]:
        """The ends and starts of windows."""
        begins = [Instant(start + nudge) for each in starts.values() for start in each for nudge in (0, 1, -1, -SECOND)]
        return [*super().edges(starts), *begins]

    def as_of(self, filed_at: Instant, edges: Sequence[Instant]) -> Instant:
        """The moment of the decision: as the author chooses it, or on an edge regardless of the rest."""
        usual = super().as_of(filed_at, edges)
        return max(filed_at, self.any(usual, usual, usual, self.any(*edges, usual)))

    def line(self, line_id: str, placed_at: Instant) -> Json:
        """An order line with any price and quantity."""
        line = super().line(line_id, placed_at)
        return line | {
            "brand": self.usually(Trouble.FACTS, line["brand"], *BRANDS),
            "quantity": self.any(line["quantity"], 1 + self.choose(12)),
            "goods_paid": self.any(line["goods_paid"], self.choose(12), self.choose(1_000_000)),
            "tax_paid": self.any(line["tax_paid"], self.choose(12), self.choose(100_000)),
        }

    def settlement(self, lines: Sequence[Json], as_of: Instant) -> Json:
        """An earlier payment, often of an amount at which a limit is used up."""
        settlement = super().settlement(lines, as_of)
        line = next((each for each in lines if each["id"] == settlement["line_id"]), lines[0])
        sum_of_note = self.any(*figures(line, 1 + self.choose(line["quantity"])))
        return settlement | {
            "amount": self.any(settlement["amount"], beside(self, sum_of_note)),
            "units": self.units_settled(settlement["kind"], line),
            "reversed_at": self.any(None, None, None, self.text(as_of)),
        }

    def units_settled(self, kind: str, line: Json) -> int | None:
        """How many units the payment settled, where it has units and states them."""
        return self.any(None, 1 + self.choose(line["quantity"])) if kind in ("refund", "compensation") else None

    def units(self) -> int | None:
        """How many units a proof covers."""
        return self.any(super().units(), 1 + self.choose(12))


def figures(line: Json, units: int) -> tuple[int, ...]:
    """Notable sums for some units of a line: their price, ten times that, both; the whole line; its tax."""
    share = -(-line["goods_paid"] * units // line["quantity"])
    tax = -(-line["tax_paid"] * units // line["quantity"])
    whole = line["goods_paid"]
    return (share, tax, share + tax, 10 * share, 11 * share, whole, whole - share, 10 * whole, line["tax_paid"], 1_200)


def beside(author: Author, amount: int) -> int:
    """An amount, or one minor unit more or less."""
    return max(0, amount + author.any(0, 1, -1))


# Changes to a finished claim


def was_compensated_before(author: BroadAuthor, document: Json) -> None:
    """Add a compensation for a claimed line, mostly under another claim, for stated units or a notable sum."""
    lines = {line["id"]: line for line in document["order"]["lines"]}
    line = lines[author.any(*document["claim"]["items"])["line_id"]]
    units = author.choose(line["quantity"] + 1)
    tenfold = 10 * -(-line["goods_paid"] * units // line["quantity"])
    own = document["claim"]["id"]
    document["settlements"].append(
        {
            "kind": "compensation",
            "line_id": line["id"],
            "amount": beside(author, tenfold),
            "settled_at": author.any(document["as_of"], None),
            "claim_id": author.any(None, "A0", "A0", "A0", own),
            "units": author.any(None, max(1, units), 1 + author.choose(3)),
            "reversed_at": author.any(None, None, None, document["as_of"]),
        }
    )


def asks_for_a_figure(author: Author, document: Json) -> None:
    """Set the consumer's own figure so that an amount is just paid in full, or just not."""
    lines = {line["id"]: line for line in document["order"]["lines"]}
    sums = zip(*(figures(lines[item["line_id"]], item["quantity"]) for item in document["claim"]["items"]), strict=True)
    amount = author.any(*map(sum, sums)) + author.any(0, document["order"]["postage_paid"])
    document["claim"]["requested_amount"] = beside(author, amount)


def hands_in_a_twin(author: Author, document: Json) -> None:
    """Repeat a piece of evidence with one member changed to that of another of its kind, or with another verification mark."""
    if not document["evidence"]:
        return
    one = author.any(*document["evidence"])
    other = author.any(*(each for each in document["evidence"] if each["kind"] == one["kind"]))
    name = author.any(*other)
    mark = author.any({}, {"verification": author.any("verified", "unverified", "rejected")})
    document["evidence"].append(one | {name: other[name]} | mark | {"id": "T1"})


def reorders(author: BroadAuthor, document: Json) -> None:
    """Shuffle the lists."""
    order = document["order"]
    for items in (
        document["claim"]["items"],
        order["lines"],
        order["parcels"],
        document["evidence"],
        document["settlements"],
    ):
        author.dice.shuffle(items)


def forgets(author: Author, document: Json) -> None:
    """Remove a fact that need not be known, regardless of the rest."""
    place = author.any(*may_be_unknown(document))
    parent, _, name = place.rpartition("/")
    at(document, parent)[name] = None


def may_be_unknown(document: Json) -> Iterator[str]:
    """The paths of facts that bear on a claim and can be unknown."""
    yield from ("/order/market", "/order/merchant/programme", "/order/merchant/return_addresses")
    yield from ("/claim/merchant_reply", "/claim/requested_amount", "/claim/evidence_closes_at")
    for group, names in OPTIONAL.items():
        for index, each in enumerate(at(document, group)):
            yield from (f"{group}/{index}/{name}" for name in names if each.get(name) is not None)


OPTIONAL: Final = {
    "/order/lines": ("brand", "category", "barcode", "badges", "completed_at"),
    "/order/parcels": ("signed_at", "waybill_no"),
    "/evidence": (
        "verification",
        "brand",
        "final",
        "units_covered",
        "barcode",
        "breakage",
        "leak",
        "damaged_at_signing",
    ),
    "/settlements": ("claim_id", "units", "reversed_at"),
}


def names_several_lines(author: BroadAuthor, document: Json) -> None:
    """Make a piece of evidence or a parcel name several of the lines."""
    ids = [line["id"] for line in document["order"]["lines"]]
    holder = author.any(*document["evidence"], *document["order"]["parcels"])
    holder["line_ids"] = author.dice.sample(ids, author.choose(len(ids) + 1))


def closes_about_now(author: Author, document: Json) -> None:
    """End the time for evidence at the moment of the decision, or at the very instant of filing."""
    moment = author.any(document["as_of"], document["as_of"], document["claim"]["filed_at"])
    closes = Instant(Instant.parse(moment) + author.any(0, -1, 1, SECOND, -SECOND, HOUR))
    document["claim"]["evidence_closes_at"] = author.text(closes)


def is_decided_on_an_edge(author: Author, document: Json) -> None:
    """Move the decision to the end of the time for evidence or the start of a clock, if that is after everything in the case."""
    claim, order = document["claim"], document["order"]
    stated = (claim.get("evidence_closes_at"), *(each.get("completed_at") for each in order["lines"]))
    moments = [Instant.parse(each) for each in (*stated, *(each.get("signed_at") for each in order["parcels"])) if each]
    now = Instant.parse(document["as_of"])
    later = [Instant(each + author.any(*NUDGES)) for each in moments]
    document["as_of"] = author.text(author.any(now, *(each for each in later if each >= now)))


TWISTS: Final[tuple[Callable[[BroadAuthor, Json], None], ...]] = (
    was_compensated_before,
    asks_for_a_figure,
    hands_in_a_twin,
    reorders,
    forgets,
    names_several_lines,
    closes_about_now,
    is_decided_on_an_edge,
)


# Applications


def application(dice: Random) -> Json:
    """An application for admission with some other values, and figures close to their thresholds."""
    others, counts = dice.choice(APPLICATIONS)
    document: Json = json.loads(json.dumps(IN_ORDER))
    changed: dict[str, Any] = {
        place: dice.choice(others[place]) for place in dice.sample([*others], dice.choice(counts))
    }
    for beside_the_threshold in (scores, dates):
        if dice.randrange(2):
            changed |= beside_the_threshold(dice)
    for place, value in changed.items():
        put(document, place, value)
    if dice.randrange(2):
        document["shop"] = {name: value for name, value in document["shop"].items() if value is not None}
    return document


def scores(dice: Random) -> Json:
    """Scores that differ from their thresholds in a far digit, or not at all."""
    digits = dice.randrange(1, 14)
    step = dice.choice(("", "0" * digits, "0" * digits + "1"))
    return {
        "/shop/shop_score": dice.choice((f"4.1{step}", "4.0" + "9" * digits, "4.2")),
        "/shop/positive_review_rate": dice.choice((f"75.0{step}", "74." + "9" * digits, "76")),
        "/shop/order_amount_30_days": dice.choice((0, 1, dice.randrange(10**9))),
    }


def dates(dice: Random) -> Json:
    """A penalty on either side of the day on which it stops counting, on any day of some years."""
    today = day_of(APPLIED_AT) + dice.randrange(2_000)
    as_of = Instant(start_of_day(today) + dice.choice((0, DAY - 1, dice.randrange(DAY))))
    imposed_at = Instant(start_of_day(today - 365) + dice.choice(NUDGES))
    rule = dice.choice(("evasive_information", "evasive_information", "other"))
    return {
        "/as_of": as_of.datetime(dice.choice(ZONES)).isoformat(),
        "/shop/penalties": penalty(imposed_at.datetime(dice.choice(ZONES)).isoformat(), rule),
    }


APPLIED_AT: Final = Instant.parse(IN_ORDER["as_of"])
