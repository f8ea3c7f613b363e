"""A small refund service: it decides a claim, pays the awards, and pays nothing twice."""

from __future__ import annotations

import json
import sqlite3
import sys
from pathlib import Path
from typing import Any

from adjudicator import ClaimDecision, decide, load_case


class LostConnection(Exception):
    """The payment provider's response never arrived."""


class Provider:
    """Stands in for the payment provider. It pays once for each key; a retry returns the amount of the first payment."""

    def __init__(self) -> None:
        self.paid: dict[str, int] = {}
        self.loses_the_next_answer = False

    def pay(self, key: str, amount: int, currency: str) -> int:
        """Pay, unless this key was paid before; returns the amount paid under the key."""
        paid = self.paid.setdefault(key, amount)
        if self.loses_the_next_answer:
            self.loses_the_next_answer = False
            raise LostConnection
        return paid


class Ledger:
    """The payments for every order, under any claim."""

    def __init__(self, path: str) -> None:
        self.database = sqlite3.connect(path)
        self.database.execute(
            "CREATE TABLE IF NOT EXISTS settlements (key TEXT PRIMARY KEY, order_id TEXT NOT NULL,"
            " claim_id TEXT, kind TEXT NOT NULL, line_id TEXT, amount INTEGER NOT NULL, settled_at TEXT,"
            " units INTEGER, reversed_at TEXT)"
        )

    def of_the_order(self, order_id: str) -> list[dict[str, Any]]:
        """The settlements of an order as a case holds them, including reversed ones, so that their keys do not return."""
        names = ("kind", "line_id", "amount", "settled_at", "claim_id", "units", "reversed_at")
        rows = self.database.execute(
            f"SELECT {', '.join(names)} FROM settlements WHERE order_id = ? ORDER BY rowid",  # noqa: S608 - our own names
            (order_id,),
        )
        return [dict(zip(names, row, strict=True)) for row in rows]

    def record(self, key: str, order_id: str, claim_id: str, paid: dict[str, Any]) -> None:
        """Record a payment, once for each key."""
        names = ("kind", "line_id", "amount", "settled_at", "units")
        with self.database:
            self.database.execute(
                "INSERT INTO settlements VALUES (?, ?, ?, ?, ?, ?, ?, ?, NULL) ON CONFLICT (key) DO NOTHING",
                (key, order_id, claim_id, *(paid[name] for name in names)),
            )

    def reverse(self, key: str, reversed_at: str) -> None:
        """Record that a payment came back."""
        with self.database:
            self.database.execute("UPDATE settlements SET reversed_at = ? WHERE key = ?", (reversed_at, key))


def decide_and_pay(claim: dict[str, Any], as_of: str, ledger: Ledger, provider: Provider) -> ClaimDecision:
    """Decide a claim at an instant, given all payments on its order, and pay the awards."""
    order_id, claim_id = claim["order"]["id"], claim["claim"]["id"]
    document = {**claim, "as_of": as_of, "settlements": ledger.of_the_order(order_id)}
    decision: ClaimDecision = decide(load_case(json.dumps(document)))
    for award in decision.awards:
        amount = provider.pay(award.key, award.amount, decision.currency)
        paid = {"kind": award.kind.value, "line_id": award.line_id, "amount": amount, "settled_at": as_of}
        # None if the units are uncertain: an earlier payment, or the rest of a unit (0), may have settled other units.
        units = (award.units or None) if amount == award.amount else None
        ledger.record(award.key, order_id, claim_id, {**paid, "units": units})
        print(f"  paid {award.kind.value} {amount} {decision.currency}")
    print(f"  {decision.outcome.value}, {decision.total} {decision.currency} was payable")
    return decision


def main(path: str) -> None:
    """Simulate a day on which things go wrong."""
    claim = json.loads(Path(path).read_text("utf-8"))
    ledger, provider = Ledger(":memory:"), Provider()

    print("12:00, and the provider's first answer is lost")
    provider.loses_the_next_answer = True
    try:
        decide_and_pay(claim, "2022-05-20T12:00:00+08:00", ledger, provider)
    except LostConnection:
        print("  nothing is in the ledger, though something was paid")

    print("12:05, the job is run again")
    decide_and_pay(claim, "2022-05-20T12:05:00+08:00", ledger, provider)

    print("the next day, decided once more")
    decide_and_pay(claim, "2022-05-21T12:00:00+08:00", ledger, provider)

    print("a week later, with proof for the third unit")
    claim["evidence"][0]["units_covered"] = 3
    last = decide_and_pay(claim, "2022-05-28T12:00:00+08:00", ledger, provider)

    print("the same proof, under another claim")
    another = {**claim, "claim": {**claim["claim"], "id": "AS-60232"}}
    decide_and_pay(another, "2022-05-28T12:05:00+08:00", ledger, provider)

    print("the bank sends the last refund back, and it is paid again")
    ledger.reverse(last.awards[0].key, "2022-05-29T09:00:00+08:00")
    decide_and_pay(claim, "2022-05-29T12:00:00+08:00", ledger, provider)

    print(f"in all {sum(provider.paid.values())} went out, in {len(provider.paid)} payments")


if __name__ == "__main__":
    main(sys.argv[1])
