"""Off-platform trading cases for tests: one with a finding, and a generator for all others."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any, Final, TypeVar

from hypothesis import strategies as st

from adjudicator.model.time import DAY, HOUR, Instant, day_of, start_of_day

POLICY: Final = "pinduoduo.off_platform_trading"

FOUND: Final[dict[str, Any]] = {
    "id": "trading-1",
    "policy": POLICY,
    "as_of": "2023-05-06T12:00:00+08:00",
    "opened_at": "2023-05-04T09:00:00+08:00",
    "incidents": [
        {
            "id": "incident-1",
            "act": "payment",
            "happened_at": "2023-05-03T20:00:00+08:00",
            "begun_by": "merchant",
            "channel": "third_party_payment",
            "official": False,
            "problems": [],
            "risks": [],
            "prohibited_goods": False,
            "other_violation": False,
            "grave_threat": False,
        }
    ],
    "shop": {
        "id": "shop-1",
        "deposit": {"standard": 200_000, "balance": 200_000, "top_ups": [], "raised": True},
        "earlier_findings": [],
        "notice": {"happened": True, "at": "2023-05-05T10:00:00+08:00"},
        "written_promise": {"happened": False},
        "closing": {"happened": False},
        "exit_application": {"happened": False},
    },
}
"""A payment outside the platform. The merchant received notice yesterday and has not reacted yet."""

ACTS: Final = ("payment", "account", "content", "parcel", "contact", "cash_on_delivery", "other")
PURPOSES: Final = ("off_platform_trade", "off_platform_payment", "delivery", "after_sales", "other")
TROUBLES: Final = ("payment", "logistics", "after_sales", "quality", "injury")
CHANNELS: Final = ("third_party_payment", "qr_code", "phone", "review_cashback_card", "other")
RAISE: Final = 10_000_000

Choose = Callable[[int], int]
"""Takes a count and returns a position below it, drawn by Hypothesis or a random number generator."""

T = TypeVar("T")


def trading_documents() -> st.SearchStrategy[dict[str, Any]]:
    """Valid cases of all kinds."""
    return st.composite(lambda draw: trading(lambda count: draw(st.integers(0, count - 1))))()


def trading(choose: Choose) -> dict[str, Any]:
    """A case of any kind, with its acts, the state of the shop, and instants on either side of the edges."""
    return Author(choose).case()


class Author:
    """Generates one case."""

    def __init__(self, choose: Choose) -> None:
        self.choose = choose
        self.forgets_one_in = self.any(1_000, 1_000, 12, 4)

    def any(self, *values: T) -> T:
        """One of these values, all equally likely."""
        return values[self.choose(len(values))]

    def known(self, value: T) -> T | None:
        """A value, or sometimes None."""
        return None if self.choose(self.forgets_one_in) == self.forgets_one_in - 1 else value

    def case(self) -> dict[str, Any]:
        """The whole case."""
        opened = start_of_day(17_870 + self.choose(3_000)) + self.any(0, DAY - 1, 9 * HOUR)
        notified = opened + self.any(0, HOUR, DAY, DAY - 1, 2 * DAY)
        closing = notified + self.any(HOUR, 2 * DAY, 4 * DAY)
        remedy_ends = end_of(notified, 3)
        closing_ends = end_of(closing, 45)
        edges = (notified, remedy_ends, closing_ends)
        now = max(opened, self.any(*edges) + self.any(0, -1, 1, -HOUR, HOUR))
        is_closing = now >= closing and self.any(True, False)
        document = {
            "id": "trading-1",
            "policy": POLICY,
            "as_of": text(now),
            "opened_at": text(opened),
            "incidents": [
                self.incident(f"incident-{number + 1}", opened, now) for number in range(self.any(1, 1, 1, 2, 3))
            ],
            "shop": {
                "id": "shop-1",
                "deposit": self.known(self.deposit(opened, notified, remedy_ends, now)),
                "earlier_findings": self.known(self.earlier(opened)),
                "notice": self.event(now >= notified and self.any(True, True, False), (notified,), now),
                "written_promise": self.event(self.any(True, False), (opened, notified, remedy_ends), now),
                "closing": self.event(is_closing, (closing,), now),
                "exit_application": self.event(is_closing and self.any(True, False), (closing, closing_ends), now),
            },
        }
        return json.loads(json.dumps(document))  # type: ignore[no-any-return]

    def event(self, happened: bool, moments: Sequence[int], now: int) -> dict[str, Any] | None:
        """An event near one of these moments, one that did not happen, or an unknown one."""
        if not happened:
            return self.known({"happened": False})
        at = min(now, self.any(*moments) + (self.any(0, -1, 1) if len(moments) > 1 else 0))
        return self.known({"happened": True, "at": self.known(text(max(at, min(moments))))})

    def incident(self, incident_id: str, opened: int, now: int) -> dict[str, Any]:
        """An act near the notice of an earlier finding or later, with its relevant fields and sometimes others."""
        trouble = self.any(False, False, True)
        happened = min(now, self.any(opened - DAY + self.any(0, 1, -1), opened))
        facts = {
            "happened_at": text(happened),
            "begun_by": self.any("merchant", "user"),
            "taken_up": self.any(True, True, False),
            "setting": self.any(None, "online", "offline"),
            "user_answered": self.any(None, True, False),
            "channel": self.any(*CHANNELS),
            "official": self.any(False, False, True),
            "needed_for_trade": self.any(False, False, True),
            "purpose": self.any(*PURPOSES),
            "platform_leave": self.any(True, False),
            "provider_approved": self.any(True, False),
            "problems": self.some() if trouble else [],
            "risks": self.some() if trouble else [],
            "prohibited_goods": trouble and self.any(False, True),
            "other_violation": trouble and self.any(False, True),
            "grave_threat": trouble and self.any(False, True),
        }
        stated = {name: self.known(value) for name, value in facts.items()}
        return {"id": incident_id, "act": self.any(*ACTS), **stated}

    def some(self) -> list[str]:
        """Some problems or risks, or none."""
        return self.any([], [self.any(*TROUBLES)], [*TROUBLES[:2]])

    def deposit(self, opened: int, notified: int, ends: int, now: int) -> dict[str, Any]:
        """A deposit that meets its standard, just misses it, or is raised and topped up near the last moment."""
        standard = self.any(200_000, 0, 1_000_000)
        raised = self.any(True, True, False)
        goal = standard + (RAISE if raised else 0)
        balance = self.any(standard, goal, 0, max(goal - 1, 0))
        lacking = max(goal - balance, 0)
        amounts = self.any((), (lacking,), (lacking, 1), (max(lacking - 1, 0),), (1, max(lacking - 1, 0)))
        top_ups = [
            {"amount": amount, "paid_at": text(min(now, max(opened, self.any(notified, ends) + self.any(0, -1, 1))))}
            for amount in amounts
        ]
        return {
            "standard": self.known(standard),
            "balance": self.known(balance),
            "top_ups": self.known(top_ups),
            "raised": self.known(raised),
        }

    def earlier(self, opened: int) -> list[dict[str, Any]]:
        """Earlier findings, with notice, without, or unknown."""
        of_notice = ({"happened": True, "at": text(opened - DAY)}, {"happened": True}, {"happened": False})
        return [
            {"id": f"finding-{number + 1}", "notice": self.known(self.any(*of_notice))}
            for number in range(self.any(0, 0, 1, 2))
        ]


def end_of(start: int, days: int) -> int:
    """The last instant of the Beijing day ``days`` days after an instant."""
    return start_of_day(day_of(Instant(start)) + days + 1) - 1


def text(moment: int) -> str:
    """An instant as text."""
    return str(Instant(moment))
