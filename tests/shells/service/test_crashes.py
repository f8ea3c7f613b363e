"""A crash or a signal to stop during many requests: nothing that was answered is lost, and nothing is done twice."""

from __future__ import annotations

import signal
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from attrs import define, field

from adjudicator.client import Client, Patience, Problem, RecordedDecision, Unreachable
from adjudicator.store import DecisionStore, Summary, open_store
from adjudicator.wire.messages import PayoutStatus
from service.running import Running, running, until
from store.cases import UNIT, a_claim

ORDERS = 12
CALLERS = 6
ONCE = Patience(attempts=1)


@define
class Asked:
    """All requests by idempotency key, and the answers so far."""

    cases: dict[str, bytes] = field(factory=dict)
    given: dict[str, RecordedDecision] = field(factory=dict)
    reserved: dict[str, tuple[str, tuple[PayoutStatus, ...]]] = field(factory=dict)
    refused: list[Problem] = field(factory=list)
    broken: list[BaseException] = field(factory=list)

    def go_on_asking(self, url: str, name: int) -> None:
        """Decide claims, each for two of the three units of an order, and reserve the awards, until nobody answers."""
        try:
            with Client(url, patience=ONCE) as client:
                for number in range(10_000):
                    self.ask(client, f"{name}-{number}", f"order-{number % ORDERS}")
        except Unreachable:
            return
        except BaseException as error:  # noqa: BLE001 - whatever it is, the test says so
            self.broken.append(error)

    def ask(self, client: Client, key: str, order: str) -> None:
        """Send one claim, and record the answer."""
        case = self.cases.setdefault(key, a_claim(f"claim-{key}", order=order))
        given = client.decide(case, fill_settlements=True, idempotency_key=key)
        self.given[key] = given
        try:
            self.reserved[key] = given.id, client.reserve(given.id, idempotency_key=f"reserve-{key}")
        except Problem as problem:
            if problem.name != "not-payable":
                raise
            self.refused.append(problem)


@contextmanager
def asked_by_many(server: Running, seconds: float) -> Iterator[Asked]:
    """Send many requests for some seconds. The block must end the server."""
    asked = Asked()
    callers = [threading.Thread(target=asked.go_on_asking, args=(server.url, name)) for name in range(CALLERS)]
    for each in callers:
        each.start()
    until(lambda: len(asked.given) > CALLERS or asked.broken != [])
    time.sleep(seconds)
    yield asked
    for each in callers:
        each.join()
    assert asked.broken == []


def pulled_the_plug(server: Running) -> None:
    server.kill()


def sent_a_signal_to_stop(server: Running) -> None:
    assert server.stop(signal.SIGTERM) == 0


@pytest.mark.parametrize("end", [pulled_the_plug, sent_a_signal_to_stop])
def test_nothing_that_was_answered_is_lost_and_nothing_is_done_twice(
    url: str, tmp_path: Path, end: Callable[[Running], None]
) -> None:
    workers = ("--workers", "2")
    with running(tmp_path, *workers, database=url) as server, asked_by_many(server, 0.2) as asked:
        end(server)
    record = open_store(url)
    try:
        assert every_answer_is_on_record(asked, record)
        if end is sent_a_signal_to_stop:
            assert {each.id for each in listed(record)} == {each.id for each in asked.given.values()}
        with running(tmp_path, *workers, database=url) as server, Client(server.url) as client:
            every_repeated_key_gives_the_same_answer(asked, client)
        assert len({each.id for each in listed(record)}) == len(asked.cases)
        no_money_is_lost_or_doubled(asked, record)
        assert record.verify() is None
    finally:
        record.close()


def every_answer_is_on_record(asked: Asked, record: DecisionStore) -> bool:
    for given in asked.given.values():
        assert record.decision(given.id).content == given.content
    for decided, payouts in asked.reserved.values():
        kept = {each.key: each for each in record.payouts(record.summary(decided).order_id or "")}
        assert all(kept[each.key].amount == each.amount and kept[each.key].decision_id == decided for each in payouts)
    return len(asked.given) > CALLERS


def every_repeated_key_gives_the_same_answer(asked: Asked, client: Client) -> None:
    """Including keys that got no answer: now there is one, and it stays the same."""
    for key, case in asked.cases.items():
        again = client.decide(case, fill_settlements=True, idempotency_key=key)
        assert (again.id, again.content) == (
            (asked.given[key].id, asked.given[key].content) if key in asked.given else (again.id, again.content)
        )
    for key, (decided, payouts) in asked.reserved.items():
        assert client.reserve(decided, idempotency_key=f"reserve-{key}") == payouts


def no_money_is_lost_or_doubled(asked: Asked, record: DecisionStore) -> None:
    """On every order with a reservation, at most three units, and everything that was answered as reserved."""
    found: dict[str, int] = defaultdict(int)
    for decided, payouts in asked.reserved.values():
        found[record.summary(decided).order_id or ""] += sum(each.amount for each in payouts if each.kind == "refund")
    assert found
    for order, amount in found.items():
        refunds = sum(each.amount for each in record.payouts(order) if each.kind == "refund")
        assert amount <= refunds <= 3 * UNIT


def listed(record: DecisionStore) -> Iterator[Summary]:
    """Every decision on record."""
    cursor = None
    while True:
        page = record.decisions(cursor=cursor)
        yield from page.items
        cursor = page.cursor
        if cursor is None:
            return
