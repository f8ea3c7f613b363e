"""Check the record of a soak against the answers, against what was owed, and against its own events."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

import orjson
from attrs import Factory, define, frozen

from adjudicator.store import DecisionStore, NotFound, database
from adjudicator.store.chain import Entry, all_entries
from soak.ledger import Answer, Ledger, digest
from store.cases import DEMO

Document = Mapping[str, Any]

LINE: Final = DEMO["order"]["lines"][0]
OWED: Final = {
    "refund": LINE["goods_paid"],
    "compensation": 10 * LINE["goods_paid"],
    "postage": DEMO["order"]["postage_paid"],
}
"""The most that may ever be paid for the single line of an order and its postage, over all its claims, in minor units."""
BY_ENTRIES: Final = frozenset({"decision.recorded", "payout.reserved", "payout.confirmed", "payout.reversed"})
"""The types of events that belong to an entry."""


@frozen
class Recorded:
    """The contents of a record at the end.

    The entries, each with its digest, are in order within each chain; the events are in the order of the log. ``contents`` maps the ids
    of decisions to the digests of their bytes as the record returns them.
    """

    entries: tuple[Document, ...]
    events: tuple[Document, ...]
    contents: Mapping[str, str]

    @property
    def decisions(self) -> set[str]:
        """The ids of all decisions."""
        return {entry["id"] for entry in self.entries if entry["kind"] == "decision"}

    @property
    def payouts(self) -> list[Document]:
        """The steps of all payouts."""
        return [entry for entry in self.entries if entry["kind"] == "payout"]


def read(record: DecisionStore, answers: Iterable[Answer]) -> Recorded:
    """Read a record, including every decision that was answered."""
    with database.read_transaction(record.engine) as connection:
        entries = tuple(without_content(entry) for entry in all_entries(connection))
    events = tuple(all_events(record))
    return Recorded(entries, events, dict(contents(record, {answer.id for answer in answers})))


def without_content(entry: Entry) -> Document:
    """An entry and its digest, without case and decision: memory would not hold those of all entries."""
    document = entry.document()
    return {name: document[name] for name in document.keys() - {"case", "decision"}} | {"digest": entry.digest}


def contents(record: DecisionStore, ids: Iterable[str]) -> Iterator[tuple[str, str]]:
    """The digests of the decisions with these ids. Missing decisions are left out."""
    for each in ids:
        try:
            yield each, digest(record.decision(each).content)
        except NotFound:
            continue


def all_events(record: DecisionStore) -> Iterator[Document]:
    """The whole log of events."""
    cursor = None
    while True:
        page = record.events.page(cursor, limit=1_000)
        yield from (orjson.loads(event.body) for event in page.events)
        cursor = page.cursor
        if not page.has_more:
            return


# Decisions


def decisions_at_fault(ledger: Ledger, recorded: Recorded) -> Iterator[str]:
    """Answers that are not on record or have other bytes there, decisions on record that answer no request, and unanswered requests."""
    for key, answer in ledger.answers.items():
        if answer.id not in recorded.contents:
            yield f"{key} was answered by {answer.id}, which is not on record"
        elif recorded.contents[answer.id] != answer.digest:
            yield f"{key} was answered by {answer.id}, which is on record with other bytes"
    for unasked in sorted(recorded.decisions - {answer.id for answer in ledger.answers.values()}):
        yield f"decision {unasked} is on record, and is the answer to no request"
    for key in sorted(ledger.asked.keys() - ledger.answers.keys()):
        yield f"{key} was never answered"


# Money


@define
class Account:
    """What is reserved or paid on an order, by kind and line and by kind and claim, and what has become of each payout.

    ``units`` is how many units are proven by each claim.
    """

    units: Mapping[str, int]
    counts: Counter[tuple[str, str | None]] = Factory(Counter)
    by_claim: Counter[tuple[str, str]] = Factory(Counter)
    states: dict[tuple[str, int], str] = Factory(dict)

    def takes(self, step: Document) -> Iterator[str]:
        """Take one step of a payout; what is wrong with it."""
        yield from self._moves(step)
        change = {"reserved": step["amount"], "reversed": -step["amount"]}.get(step["state"], 0)
        place, claim = (step["award"], step["line_id"]), (step["award"], step["claim_id"])
        self.counts[place] += change
        self.by_claim[claim] += change
        owed = OWED.get(step["award"], 0)
        if self.counts[place] > owed:
            yield f"{step['order_id']}: {self.counts[place]} of {place}, where {owed} is owed"
        elif self.by_claim[claim] > (owed := self._owed(*claim)):
            yield f"{step['order_id']}: {self.by_claim[claim]} of {claim}, where {owed} is owed"

    def _moves(self, step: Document) -> Iterator[str]:
        """Move a payout to another state. Only one attempt at it may count at a time."""
        payout, state = (step["key"], step["attempt"]), step["state"]
        before = self.states.get(payout)
        if before not in COMES_AFTER[state]:
            yield f"payout {payout} on {step['order_id']} became {state} when it was {before}"
        others = ((key, attempt) for key, attempt in self.states if key == step["key"] and attempt != step["attempt"])
        if state == "reserved" and any(self.states[other] != "reversed" for other in others):
            yield f"payout {payout} on {step['order_id']} was reserved while an earlier attempt counted"
        self.states[payout] = state

    def _owed(self, award: str, claim: str) -> int:
        """What is owed on a claim at most, if no other claim was paid before."""
        owed: int = OWED.get(award, 0)
        return owed if award == "postage" else -(-owed * self.units.get(claim, 0) // LINE["quantity"])


COMES_AFTER: Final[Mapping[str, tuple[str | None, ...]]] = {
    "reserved": (None,),
    "confirmed": ("reserved",),
    "reversed": ("reserved", "confirmed"),
}
"""For each state of a payout, the possible states before it."""


def payouts_at_fault(ledger: Ledger, recorded: Recorded) -> Iterator[str]:
    """Steps that no payout may take, more money than is owed at any moment, and steps that were answered or are on record, but not both."""
    units = {question.claim: question.units for question in ledger.asked.values()}
    accounts: dict[str, Account] = defaultdict(lambda: Account(units))
    taken = set()
    for step in recorded.payouts:
        yield from accounts[step["order_id"]].takes(step)
        taken.add((step["key"], step["attempt"], step["state"]))
    answered = set()
    for asked, payouts in ledger.steps.items():
        for payout in payouts:
            answered.add(now := (payout.key, payout.attempt, payout.state.value))
            if now not in taken:
                yield f"{asked.key} was answered with {payout.key} as {payout.state}, which is not on record"
    for key, attempt, state in sorted(taken - answered):
        yield f"payout {(key, attempt)} is on record as {state}, and in the answer to no request"


# Events


def events_at_fault(polled: Sequence[str], recorded: Recorded) -> Iterator[str]:
    """Entries without an event, events without an entry, duplicate or misordered events, and differences from the polled events.

    A review can have come due after the last poll.
    """
    logged = [event["id"] for event in recorded.events]
    for event, count in Counter(logged).items():
        if count > 1:
            yield f"event {event} is in the log {count} times"
    published = [identity_of(event) for event in recorded.events if event["type"] in BY_ENTRIES]
    entries = [identity_of_entry(entry) for entry in recorded.entries]
    for missing in sorted(set(entries) - set(published)):
        yield f"no event tells {' '.join(map(str, missing))}"
    for unknown in sorted(set(published) - set(entries)):
        yield f"no entry is behind the event of {' '.join(map(str, unknown))}"
    last: dict[str, int] = defaultdict(int)
    for order, sequence, *_ in published:
        if sequence != last[order] + 1:
            yield f"the events of {order} have {sequence} after {last[order]}"
        last[order] = sequence
    ahead = len(polled)
    if [*polled] != logged[:ahead]:
        yield f"{ahead} events were polled, and the log begins with others"
    for event in recorded.events[ahead:]:
        if event["type"] in BY_ENTRIES:
            yield f"event {event['id']} was not polled"


def identity_of(event: Document) -> tuple[str, int, str, str]:
    """What an event says: the order, the position in its chain, what happened, and the digest of the entry."""
    about = event["data"]
    return str(about["order_id"]), about["sequence"], event["type"], about["digest"]


def identity_of_entry(entry: Document) -> tuple[str, int, str, str]:
    """What the event of an entry must say."""
    happened = "decision.recorded" if entry["kind"] == "decision" else f"payout.{entry['state']}"
    return str(entry["order_id"]), entry["number"], happened, entry["digest"]
