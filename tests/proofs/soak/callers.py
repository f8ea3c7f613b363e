"""The users of the service in a soak, each in its own thread: they decide, pay, read and follow events."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from random import Random
from threading import Event
from typing import Any, Final, TypeVar

import orjson
from attrs import define, field
from httpx import Response

from adjudicator.client import Client, Patience, Problem, RecordedDecision, Unreachable
from adjudicator.client.requests import get, key_header, post
from adjudicator.wire.messages import PayoutStatus
from soak.exchanges import DEADLINE, OUTAGES, SLACK, Exchanges, Watched
from soak.ledger import Answer, Ledger, Question, Step, digest

T = TypeVar("T")

ORDERS_AT_ONCE: Final = 4
"""The number of orders that all callers use at the same time."""
TURNS: Final = 60
"""The number of turns, over all callers, before they move on to the next orders."""
SETTLED: Final = 4
"""Only the first few decisions on an order are paid, so that steps meet: the same money again, and what is paid or taken back already."""
SHARED_CLAIMS: Final = 5
"""The claims on an order that all callers use."""
REPEATED: Final = 0.2
"""The share of requests that are sent twice on purpose."""
LONGEST_REST: Final = 0.02
"""The pause between two turns of a caller, in seconds."""
UNANSWERED: Final = 180.0
"""Seconds after which a caller stops retrying."""
LATER: Final = frozenset({"still-running"}) | OUTAGES
"""The problems after which a caller retries."""


def a_client(url: str, token: str, exchanges: Exchanges) -> Client:
    """A client that retries unanswered requests a few times, as a program would, and records its exchanges."""
    patience = Patience(attempts=3, longest=1.0, chance=Random(0))
    return Client(url, token, timeout=DEADLINE + 2 * SLACK, patience=patience, transport=Watched(exchanges))


@define
class Caller:
    """Takes one turn after another until the soak is over, each on an order that other callers use too."""

    name: str
    client: Client
    ledger: Ledger
    chance: Random
    turns: Iterator[int]
    over: Event
    turn: int = field(init=False, default=0)

    def run(self) -> None:
        """Take turns until the soak is over."""
        while not self.over.wait(self.chance.uniform(0.0, LONGEST_REST)):
            self.turn = next(self.turns)
            order = f"order-{self.turn // TURNS}-{self.chance.randrange(ORDERS_AT_ONCE)}"
            (act,) = self.chance.choices([*ACTIONS], [*ACTIONS.values()])
            act(self, order)

    # Deciding

    def decide_shared(self, order: str) -> None:
        """Decide a claim that other callers also decide, with the same key."""
        number = self.chance.randrange(SHARED_CLAIMS)
        self.decide(Question(order, f"{order}-{number}", 1 + number % 3))

    def decide_own(self, order: str) -> None:
        """Decide a claim that is used in this turn only."""
        self.decide(Question(order, f"{order}-{self.name}-{self.turn}", 1 + self.turn % 3))

    def decide_later(self, order: str) -> None:
        """Decide a claim again at a later time, after other callers may have paid on it."""
        number = self.chance.randrange(SHARED_CLAIMS)
        self.decide(Question(order, f"{order}-{number}", 1 + number % 3, self.chance.randint(1, 9)))

    def decide(self, question: Question) -> None:
        """Decide a claim on record."""
        for _ in self._times():
            decide(self.client, self.ledger, question.key, question)

    def decide_many(self, order: str) -> None:
        """Decide claims on several orders as a stream of lines. If the stream breaks, repeat what is missing."""
        claims = range(self.chance.randint(3, 20))
        questions = [Question(f"{order}-{n % 3}", f"{order}-{self.name}-{self.turn}-{n}", 1 + n % 3) for n in claims]
        key = f"lines-{self.name}-{self.turn}"
        keys = [f"{key}\n{number}" for number in range(1, len(questions) + 1)]
        for each, question in zip(keys, questions, strict=True):
            self.ledger.asks(each, question)
        content = b"".join(question.case() + b"\n" for question in questions)
        headers = {**key_header(key), "Content-Type": "application/x-ndjson"}
        stream = post("/v1/decisions/stream", whole_stream, content, headers, fill_settlements=True)
        for _ in self._times():
            for line in insist(lambda: self.client.send(stream)) or ():
                given = Answer(line["id"], digest(orjson.dumps(line["decision"])))
                number = line["line"] - 1
                self.ledger.decided(keys[number], questions[number].order, given)

    # Paying

    def settle(self, order: str) -> None:
        """Reserve, confirm or reverse the awards of a decision, while other callers do the same."""
        if given := self.ledger.given_on(order)[:SETTLED]:
            (do,) = self.chance.choices(("reserve", "confirm", "reverse"), (5, 3, 2))
            step = Step(self.chance.choice(given).id, do, self.chance.randrange(3))
            for _ in self._times():
                settle(self.client, self.ledger, step)

    # Reading

    def read(self, order: str) -> None:
        """Read a decision and check that its bytes are unchanged."""
        if (given := self._a_decision(order)) is not None:
            content = insist(lambda: self.client.send(get(f"/v1/decisions/{given.id}", lambda got: got.content)))
            self.ledger.require(digest(content or b"") == given.digest, f"{given.id} was read with other bytes")

    def list_decisions(self, order: str) -> None:
        """List the decisions on an order and check that none of those answered before is missing."""
        known = {each.id for each in self.ledger.given_on(order)}
        listed = insist(lambda: {each.id for each in self.client.decisions(order_id=order, page_size=20)})
        missing = known - (listed or set())
        self.ledger.require(not missing, f"the list of {order} lacks {sorted(missing)}")

    def run_again(self, order: str) -> None:
        """Have a decision reproduced and explained."""
        if (given := self._a_decision(order)) is not None:
            again = insist(lambda: self.client.rerun(given.id))
            self.ledger.require(again is not None and again.agrees, f"{given.id} is now decided otherwise")
            insist(lambda: self.client.explain(given.id))

    def read_payouts(self, order: str) -> None:
        """Read the payouts and settlements of an order."""
        insist(lambda: self.client.payouts(order))
        insist(lambda: self.client.settlements(order))

    def _times(self) -> range:
        """How often to send a request: sometimes twice, on purpose."""
        return range(2 if self.chance.random() < REPEATED else 1)

    def _a_decision(self, order: str) -> Answer | None:
        given = self.ledger.given_on(order)
        return self.chance.choice(given) if given else None


ACTIONS: Final[Mapping[Callable[[Caller, str], None], int]] = {
    Caller.decide_shared: 6,
    Caller.decide_own: 3,
    Caller.decide_later: 3,
    Caller.decide_many: 1,
    Caller.settle: 10,
    Caller.read: 3,
    Caller.list_decisions: 2,
    Caller.run_again: 1,
    Caller.read_payouts: 2,
}
"""The actions of callers, and how often each is taken."""


def decide(client: Client, ledger: Ledger, key: str, question: Question) -> None:
    """Decide a claim on record, retrying until there is an answer."""
    ledger.asks(key, question)
    case = question.case()

    def ask() -> RecordedDecision:
        return client.decide(case, fill_settlements=True, idempotency_key=key)

    if (given := insist(ask)) is not None:
        ledger.decided(key, question.order, Answer(given.id, digest(given.content)))


def settle(client: Client, ledger: Ledger, step: Step) -> None:
    """Take a step with the awards of a decision, retrying until there is an answer."""
    granted, do = ledger.granted(step), getattr(client, step.do)

    def ask() -> tuple[PayoutStatus, ...]:
        paid: tuple[PayoutStatus, ...] = do(step.decision, idempotency_key=step.key)
        return paid

    payouts = insist(ask)
    ledger.settled(step, payouts)
    ledger.require(payouts is not None or not granted, f"{step.key} was granted, and is now refused")


@define
class Follower:
    """Follows the events page by page, whatever happens to the service."""

    client: Client
    ledger: Ledger
    over: Event
    cursor: str | None = None

    def run(self) -> None:
        """Follow events until the soak is over."""
        while not self.over.is_set():
            if not self.read_page():
                self.over.wait(0.2)

    def catch_up(self) -> None:
        """Read all events that exist."""
        while self.read_page():
            pass

    def read_page(self) -> bool:
        """Read one page. Returns whether there are more."""
        page = insist(lambda: self.client.events(self.cursor, limit=200))
        assert page is not None
        self.ledger.polled(page.events)
        self.cursor = page.next_cursor
        return page.has_more


def insist(ask: Callable[[], T]) -> T | None:
    """Ask until there is an answer; ``None`` if the answer is that nothing is payable. Raises any other problem."""
    last_call = time.monotonic() + UNANSWERED
    while True:
        try:
            return ask()
        except (Unreachable, Problem) as error:
            if isinstance(error, Problem):
                if error.name == "not-payable":
                    return None
                if error.name not in LATER:
                    raise
            if time.monotonic() > last_call:
                raise
        time.sleep(0.2)


class Cut(Unreachable):
    """A stream ended before its last line, or reported that it is incomplete."""


def whole_stream(response: Response) -> list[dict[str, Any]]:
    """The results of a stream. Raises :class:`Cut` unless all lines were decided."""
    try:
        *results, last = map(orjson.loads, response.content.splitlines())
    except (ValueError, orjson.JSONDecodeError):
        raise Cut("without a last line") from None
    if last.get("decided") != len(results) or "problem" in last:
        raise Cut(f"{last}")
    return results
