"""Whether the record of a soak is right: against what was answered, against what was owed, and against its own events."""

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
"""The most that may ever be paid for the one line of an order and its postage, however many claims there are on it, in minor units."""
BY_ENTRIES: Final = frozenset({"decision.recorded", "payout.reserved", "payout.confirmed", "payout.reversed"})
"""The types of events that come with an entry."""


@frozen
class Recorded:
    """What a record holds at the end.

    The entries, each with its digest, are chain by chain and in order; the events are in the order of the log. ``contents`` are the
    digests of the decisions that the record gives out, by id.
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
    """Read a record, and each decision that was answered as the record gives it out."""
    with database.read_transaction(record.engine) as connection:
        entries = tuple(without_content(entry) for entry in all_entries(connection))
    events = tuple(all_events(record))
    return Recorded(entries, events, dict(contents(record, {answer.id for answer in answers})))


def without_content(entry: Entry) -> Document:
    """An entry and its digest, without case and decision, of which there is not enough memory for all."""
    document = entry.document()
    return {name: document[name] for name in document.keys() - {"case", "decision"}} | {"digest": entry.digest}


def contents(record: DecisionStore, ids: Iterable[str]) -> Iterator[tuple[str, str]]:
    """The digests of the decisions with these ids; none for one that is missing."""
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
    """Answers that are not on record, or are there with other bytes, and decisions on record for which nobody asked twice over."""
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
    """What is reserved or paid on an order, by kind and line, and what has become of each payout."""

    counts: Counter[tuple[str, str | None]] = Factory(Counter)
    states: dict[tuple[str, int], str] = Factory(dict)

    def takes(self, step: Document) -> Iterator[str]:
        """Take one step of a payout; what is wrong with it."""
        payout, state = (step["key"], step["attempt"]), step["state"]
        before = self.states.get(payout)
        if before not in COMES_AFTER[state]:
            yield f"payout {payout} on {step['order_id']} became {state} when it was {before}"
        self.states[payout] = state
        place = step["award"], step["line_id"]
        if state == "reserved":
            self.counts[place] += step["amount"]
        elif state == "reversed":
            self.counts[place] -= step["amount"]
        if self.counts[place] > OWED.get(step["award"], 0):
            yield f"{step['order_id']}: {self.counts[place]} of {place}, where {OWED.get(step['award'], 0)} is owed"


COMES_AFTER: Final[Mapping[str, tuple[str | None, ...]]] = {
    "reserved": (None,),
    "confirmed": ("reserved",),
    "reversed": ("reserved", "confirmed"),
}
"""The states that a payout may have had before."""


def payouts_at_fault(ledger: Ledger, recorded: Recorded) -> Iterator[str]:
    """Steps that no payout may take, more money than is owed at any moment, and steps that were answered but are not on record."""
    accounts: dict[str, Account] = defaultdict(Account)
    taken = set()
    for step in recorded.payouts:
        yield from accounts[step["order_id"]].takes(step)
        taken.add((step["key"], step["attempt"], step["state"]))
    for asked, payouts in ledger.steps.items():
        for payout in payouts:
            if (payout.key, payout.attempt, payout.state.value) not in taken:
                yield f"{asked.key} was answered with {payout.key} as {payout.state}, which is not on record"


# Events


def events_at_fault(polled: Sequence[str], recorded: Recorded) -> Iterator[str]:
    """Entries without their event, events without an entry, events twice or out of order, and events that were polled otherwise.

    A review may have come due after the last poll.
    """
    logged = [event["id"] for event in recorded.events]
    for event, count in Counter(logged).items():
        if count > 1:
            yield f"event {event} is in the log {count} times"
    told = [identity_of(event) for event in recorded.events if event["type"] in BY_ENTRIES]
    entries = [identity_of_entry(entry) for entry in recorded.entries]
    for missing in sorted(set(entries) - set(told)):
        yield f"no event tells {' '.join(map(str, missing))}"
    for unknown in sorted(set(told) - set(entries)):
        yield f"no entry is behind the event of {' '.join(map(str, unknown))}"
    last: dict[str, int] = defaultdict(int)
    for order, sequence, *_ in told:
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
    """What an event tells: the order, the place in its chain, what happened, and the digest of the entry."""
    about = event["data"]
    return str(about["order_id"]), about["sequence"], event["type"], about["digest"]


def identity_of_entry(entry: Document) -> tuple[str, int, str, str]:
    """What the event of an entry must tell."""
    happened = "decision.recorded" if entry["kind"] == "decision" else f"payout.{entry['state']}"
    return str(entry["order_id"]), entry["number"], happened, entry["digest"]
