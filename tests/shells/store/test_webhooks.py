"""Deliveries to webhooks: shared by workers, in order within each order, repeated until they succeed, and never lost."""

from __future__ import annotations

import base64
import random
from threading import Barrier, Thread
from typing import Any

import pytest
from attrs import define

from adjudicator import Instant
from adjudicator.store import DecisionStore, EventsDropped, NotFound
from adjudicator.store import webhooks as webhooks_
from adjudicator.store.deliveries import HOUR, LEASE, PER_WEBHOOK, SECOND, WAITS, Claimed, DeliveryQueue, Outcome
from adjudicator.store.events import LoggedEvent
from adjudicator.store.webhooks import Delivering, DeliveryState
from store.cases import ORDER, a_claim

only_sqlite = pytest.mark.parametrize("url", ["sqlite"], indirect=True)
URL = "https://claims.example/hooks"
BROKEN = Outcome("status 500")
DONE = Outcome()


@define
class Clock:
    """A clock that tests advance."""

    at: int = int(Instant.parse("2026-07-01T00:00:00Z"))

    def __call__(self) -> Instant:
        """The time now."""
        return Instant(self.at)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def queue(record: DecisionStore, clock: Clock) -> DeliveryQueue:
    """The queue, as one worker sees it."""
    return DeliveryQueue(record.engine, clock, random.Random(7))


def a_webhook(record: DecisionStore, **fields: Any) -> str:
    return record.webhooks.create(URL, **fields).webhook.id


def decide(record: DecisionStore, *orders: str) -> None:
    """Record a decision on each order, and give their events positions in the log."""
    for number, order in enumerate(orders):
        record.decide(a_claim(f"AS-{number}", order=order))
    record.events.number()


def orders_in(claimed: list[Claimed]) -> list[str]:
    return [each.event.chain.partition("/")[2] for each in claimed]


def test_events_of_an_order_are_delivered_one_after_the_other(record: DecisionStore, queue: DeliveryQueue) -> None:
    a_webhook(record)
    decide(record, "O-1", "O-2", "O-1", "O-1")
    assert queue.plan() == 4
    first, other = queue.claim(10)
    assert orders_in([first, other]) == ["O-1", "O-2"]
    assert queue.claim(10) == []
    assert queue.finish(other, DONE)
    assert queue.claim(10) == []
    assert queue.finish(first, DONE)
    (second,) = queue.claim(10)
    assert second.event.position == 3
    assert queue.finish(second, DONE)
    assert [each.event.position for each in queue.claim(10)] == [4]


def test_a_failed_delivery_delays_only_its_order_and_is_retried(
    record: DecisionStore, queue: DeliveryQueue, clock: Clock
) -> None:
    webhook = a_webhook(record)
    decide(record, "O-1", "O-1", "O-2")
    queue.plan()
    first, other = queue.claim(10)
    assert queue.finish(first, BROKEN)
    assert queue.finish(other, DONE)
    assert queue.claim(10) == []
    (waiting, blocked), _ = record.webhooks.deliveries(webhook)
    assert (waiting.attempts, waiting.last_failure, blocked.attempts) == (1, "status 500", 0)
    assert waiting.next_at is not None
    assert WAITS[0] * 0.8 <= waiting.next_at - clock() <= WAITS[0] * 1.2
    clock.at = int(waiting.next_at)
    (again,) = queue.claim(10)
    assert (again.event, again.attempts) == (first.event, 2)
    assert queue.finish(again, Outcome("status 503", wait=HOUR))
    clock.at += HOUR - 1
    assert queue.claim(10) == []
    clock.at += 1
    assert [each.event for each in queue.claim(10)] == [first.event]


def attempt_until_given_up(queue: DeliveryQueue, clock: Clock, event: LoggedEvent, *, others: Outcome) -> int:
    """Fail an event at every attempt, while others succeed or fail. Returns the number of attempts."""
    attempts = 0
    for _ in range(len(WAITS) + 1):
        while claimed := queue.claim(10):
            for each in claimed:
                attempts += each.event == event
                queue.finish(each, BROKEN if each.event == event else others)
        clock.at += 30 * HOUR
        queue.plan()
    return attempts


@only_sqlite
def test_an_event_that_never_succeeds_is_given_up_if_others_succeed(
    record: DecisionStore, queue: DeliveryQueue, clock: Clock
) -> None:
    webhook = a_webhook(record)
    decide(record, "O-1", "O-1")
    queue.plan()
    (poison,) = queue.claim(1)
    queue.finish(poison, BROKEN)
    decide(record, "O-3")
    queue.plan()
    (other,) = queue.claim(5)
    queue.finish(other, DONE)
    clock.at += 1
    assert attempt_until_given_up(queue, clock, poison.event, others=DONE) == len(WAITS)
    state = record.webhooks.find(webhook)
    assert (state.state, state.waiting, state.given_up) == (Delivering.ENABLED, 0, 1)
    ((given_up,), _) = record.webhooks.deliveries(webhook)
    assert (given_up.state, given_up.attempts, given_up.next_at) == (DeliveryState.GIVEN_UP, len(WAITS) + 1, None)
    record.webhooks.replay(webhook, cursor=str(poison.event.position - 1))
    queue.plan()
    assert poison.event in [each.event for each in queue.claim(5)]


@only_sqlite
def test_a_receiver_that_is_down_for_days_fails_and_later_resumes(
    record: DecisionStore, queue: DeliveryQueue, clock: Clock
) -> None:
    webhook = a_webhook(record)
    decide(record, "O-1", "O-2")
    queue.plan()
    (first, second) = queue.claim(5)
    queue.finish(first, BROKEN)
    queue.finish(second, BROKEN)
    attempt_until_given_up(queue, clock, first.event, others=BROKEN)
    failed = record.webhooks.find(webhook)
    assert (failed.state, failed.given_up, failed.waiting, failed.last_failure) == (
        Delivering.FAILED,
        0,
        2,
        "status 500",
    )
    assert failed.failing_since is not None
    decide(record, "O-3")
    assert (queue.plan(), queue.claim(5)) == (0, [])
    assert record.webhooks.find(webhook).behind == 1
    clock.at = int(record.now())
    record.webhooks.change(webhook, enabled=True)
    clock.at = int(record.now())
    queue.plan()
    assert sorted(orders_in(queue.claim(5))) == ["O-1", "O-2", "O-3"]


@only_sqlite
def test_a_receiver_that_is_failing_gets_one_attempt_at_a_time(record: DecisionStore, queue: DeliveryQueue) -> None:
    a_webhook(record)
    decide(record, *(f"O-{number}" for number in range(8)))
    queue.plan()
    claimed = queue.claim(10)
    assert len(claimed) == PER_WEBHOOK
    for each in claimed:
        queue.finish(each, BROKEN)
    (probe,) = queue.claim(10)
    assert queue.claim(10) == []
    queue.finish(probe, DONE)
    assert len(queue.claim(10)) == 3


@only_sqlite
def test_a_receiver_that_is_gone_gets_no_more(record: DecisionStore, queue: DeliveryQueue) -> None:
    webhook = a_webhook(record)
    decide(record, "O-1")
    queue.plan()
    (only,) = queue.claim(5)
    queue.finish(only, Outcome("status 410", gone=True))
    assert record.webhooks.find(webhook).state is Delivering.FAILED


# Workers


def test_deliveries_of_a_killed_worker_are_attempted_by_another(
    record: DecisionStore, queue: DeliveryQueue, clock: Clock
) -> None:
    a_webhook(record)
    decide(record, "O-1")
    queue.plan()
    (held,) = queue.claim(5)
    clock.at += LEASE - 1
    assert queue.claim(5) == []
    clock.at += 1
    (taken,) = queue.claim(5)
    assert taken.event == held.event
    assert not queue.finish(held, DONE)
    assert queue.finish(taken, DONE)
    assert queue.claim(5) == []


def test_deliveries_that_were_claimed_or_planned_by_a_wrong_clock_are_not_held_until_then(
    record: DecisionStore, queue: DeliveryQueue
) -> None:
    a_webhook(record)
    decide(record, *(f"O-{number}" for number in range(2 * PER_WEBHOOK)))
    ahead = DeliveryQueue(record.engine, Clock(int(Instant.parse("2036-01-01T00:00:00Z"))))
    ahead.plan()
    assert len(ahead.claim(100)) == PER_WEBHOOK
    taken = queue.claim(100)
    assert len(taken) == PER_WEBHOOK
    assert all(queue.finish(each, DONE) for each in taken)
    assert len(queue.claim(100)) == PER_WEBHOOK


@only_sqlite
def test_a_worker_that_stops_returns_its_deliveries(record: DecisionStore, queue: DeliveryQueue) -> None:
    a_webhook(record)
    decide(record, "O-1")
    queue.plan()
    (held,) = queue.claim(5)
    queue.release(held)
    (taken,) = queue.claim(5)
    assert (taken.event, taken.attempts) == (held.event, 1)
    assert not queue.finish(held, DONE)


def test_workers_that_claim_at_once_never_claim_the_same(record: DecisionStore, clock: Clock) -> None:
    for _ in range(3):
        a_webhook(record)
    decide(record, *(f"O-{number}" for number in range(6)))
    claimed: list[Claimed] = []
    together = Barrier(4)

    def work() -> None:
        queue = DeliveryQueue(record.engine, clock)
        together.wait()
        for _ in range(6):
            queue.plan()
            for each in queue.claim(3):
                claimed.append(each)
                queue.finish(each, DONE)

    workers = [Thread(target=work) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    last = DeliveryQueue(record.engine, clock)
    last.plan()
    while more := last.claim(10):
        claimed += more
        for each in more:
            last.finish(each, DONE)
    seen = [(each.webhook, each.event.position) for each in claimed]
    assert len(seen) == len(set(seen)) == 18


# Administering


def test_a_webhook_gets_events_of_its_types_from_its_creation_on(record: DecisionStore, queue: DeliveryQueue) -> None:
    decide(record, "O-0")
    webhook = a_webhook(record, types=["payout.reserved"])
    record.reserve(record.decide(a_claim()).id)
    record.events.number()
    queue.plan()
    (only,) = queue.claim(10)
    assert (only.event.type, only.url) == ("payout.reserved", URL)
    assert record.webhooks.find(webhook).waiting == 3
    record.webhooks.change(webhook, types=None, url=f"{URL}/2", enabled=False)
    decide(record, "O-1")
    assert queue.claim(10) == []
    changed = record.webhooks.find(webhook)
    assert (changed.state, changed.types, changed.behind) == (Delivering.DISABLED, None, 1)
    assert record.webhooks.delete(webhook) == changed
    with pytest.raises(NotFound):
        record.webhooks.find(webhook)
    assert not queue.finish(only, DONE)


def test_a_replay_delivers_again_from_a_place_in_the_log_with_the_same_ids(
    record: DecisionStore, queue: DeliveryQueue
) -> None:
    decide(record, "O-1", "O-2", "O-3")
    events = record.events.page().events
    webhook = a_webhook(record)
    assert queue.plan() == 0
    assert record.webhooks.replay(webhook, cursor="1").behind == 2
    queue.plan()
    assert [each.event for each in queue.claim(5)] == list(events[1:])
    third = Instant.parse("2026-06-01T00:00:00Z")
    assert record.webhooks.replay(webhook, since=third).behind == 3
    record.events.drop(Instant(third + 10**12))
    with pytest.raises(EventsDropped):
        record.webhooks.replay(webhook, cursor="1")
    assert (record.webhooks.replay(webhook).behind, record.webhooks.find(webhook).waiting) == (0, 0)
    with pytest.raises(ValueError, match="is not a cursor"):
        record.webhooks.replay(webhook, cursor="9")


@only_sqlite
def test_two_secrets_are_used_until_the_overlap_ends(record: DecisionStore) -> None:
    made = record.webhooks.create(URL)
    assert len(base64.b64decode(made.secret.removeprefix("whsec_"))) == 32
    rotated = record.webhooks.rotate(made.webhook.id, 3600)
    assert record.webhooks.secrets(made.webhook.id) == (URL, (rotated.secret, made.secret))
    again = record.webhooks.rotate(made.webhook.id, 0)
    assert record.webhooks.secrets(made.webhook.id) == (URL, (again.secret,))
    for shown in (repr(made), repr(record.webhooks.find(made.webhook.id))):
        assert made.secret not in shown
    with pytest.raises(ValueError, match="overlap"):
        record.webhooks.rotate(made.webhook.id, -1)


@only_sqlite
def test_an_invalid_webhook_is_refused(record: DecisionStore, monkeypatch: pytest.MonkeyPatch) -> None:
    wrong: tuple[dict[str, Any], ...] = ({"types": ["x"]}, {"types": []}, {"description": "x" * 256})
    for fields in wrong:
        with pytest.raises(ValueError, match=r"webhook|description"):
            record.webhooks.create(URL, **fields)
    with pytest.raises(ValueError, match="an address has"):
        record.webhooks.create("https://x/" + "x" * 2_048)
    monkeypatch.setattr(webhooks_, "MOST_WEBHOOKS", 1)
    a_webhook(record)
    with pytest.raises(ValueError, match="at most 1"):
        a_webhook(record)
    with pytest.raises(NotFound):
        record.webhooks.deliveries("nothing")


@only_sqlite
def test_waiting_deliveries_are_bounded_and_the_rest_waits_in_the_log(
    record: DecisionStore, queue: DeliveryQueue, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("adjudicator.store.deliveries.MOST_WAITING", 2)
    webhook = a_webhook(record)
    decide(record, "O-1", "O-2", "O-3")
    assert (queue.plan(), queue.plan()) == (2, 0)
    state = record.webhooks.find(webhook)
    assert (state.waiting, state.behind) == (2, 1)
    queue.finish(queue.claim(1)[0], DONE)
    assert queue.plan() == 1


@only_sqlite
def test_webhooks_and_deliveries_are_paged(record: DecisionStore, queue: DeliveryQueue) -> None:
    made = sorted(a_webhook(record) for _ in range(3))
    first, more = record.webhooks.page(None, 2)
    rest, end = record.webhooks.page(first[-1].id, 2)
    assert ([each.id for each in (*first, *rest)], more, end) == (made, True, False)
    decide(record, "O-1", "O-2", ORDER)
    queue.plan()
    one, more = record.webhooks.deliveries(made[0], None, 2)
    others, end = record.webhooks.deliveries(made[0], str(one[-1].position), 2)
    assert ([each.position for each in (*one, *others)], more, end) == ([1, 2, 3], True, False)
    with pytest.raises(ValueError, match="is not a cursor"):
        record.webhooks.deliveries(made[0], "x")
    assert WAITS[0] == SECOND * 5
