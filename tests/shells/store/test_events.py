"""The event log: everything recorded has an event, no reader misses one, and none has personal data."""

from __future__ import annotations

import io
import json
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from attrs import evolve

from adjudicator import Instant, load_case
from adjudicator.store import DecisionStore, EventFilter, EventsDropped, NotFound, database, open_store
from adjudicator.store import events as log
from adjudicator.store.chain import lock_chain
from adjudicator.store.entries import PreparedDecision, Writer
from adjudicator.store.event_tables import EVENTS, OUTBOX, REVIEWS
from adjudicator.store.events import announce_reviews
from adjudicator.wire.codec import part_of
from adjudicator.wire.events import Event
from store.cases import ADMISSION, DEMO, ORDER, a_claim

only_postgresql = pytest.mark.parametrize("url", ["postgresql"], indirect=True)
only_sqlite = pytest.mark.parametrize("url", ["sqlite"], indirect=True)


def events_of(record: DecisionStore, cursor: str | None = None) -> list[dict[str, Any]]:
    """Every event after a cursor."""
    return [json.loads(event.body) for event in record.events.page(cursor, 1_000).events]


def types_of(record: DecisionStore, cursor: str | None = None) -> list[str]:
    return [event["type"] for event in events_of(record, cursor)]


def waiting_whisky() -> bytes:
    """A case that is to be reconsidered at one instant, and needs something by another."""
    from importlib.resources import files

    return (files("adjudicator") / "demo" / "leaking-whisky.json").read_bytes()


def test_every_entry_has_an_event_with_its_number_and_digest(record: DecisionStore) -> None:
    given = record.decide(a_claim())
    assert record.decide(a_claim()).repeat
    refund, compensation, *_ = record.reserve(given.id)
    record.confirm(refund.key)
    record.reverse(compensation.key)
    record.erase(order_id=ORDER, reason="asked")
    found = events_of(record)
    entries = record.entries(ORDER)
    assert [event["id"] for event in found] == [entry.id for entry in entries]
    assert [(event["data"]["sequence"], event["data"]["digest"]) for event in found] == [
        (entry.number, entry.digest) for entry in entries
    ]
    reserved = ["payout.reserved"] * 3
    assert types_of(record) == [
        "decision.recorded",
        *reserved,
        "payout.confirmed",
        "payout.reversed",
        "erasure.recorded",
    ]
    assert {event["data"]["order_id"] for event in found} == {ORDER}
    assert {event["data"]["decision_id"] for event in found[:-1]} == {given.id}
    assert found[-1]["data"]["erased"] == [given.id]
    assert found[4]["data"]["payout_key"] == refund.key
    for event in found:
        part_of(event, Event)


@only_sqlite
def test_an_event_holds_nothing_personal(record: DecisionStore) -> None:
    given = record.decide(a_claim(ticket="someone-in-particular"))
    record.reserve(given.id)
    record.decide(json.dumps(ADMISSION).encode())
    decision = json.loads(given.decision)
    text = json.dumps(events_of(record))
    secret = {DEMO["order"]["buyer_id"], "someone-in-particular", *decision["digests"].values()}
    assert [each for each in secret if each in text] == []


def test_a_refused_or_interrupted_writing_leaves_no_event(record: DecisionStore) -> None:
    given = record.decide(a_claim())
    cursor = record.events.page().cursor
    with pytest.raises(NotFound):
        record.decide(a_claim(ticket="T-2"), supersedes="nothing")
    decided = PreparedDecision.of(load_case(a_claim(ticket="T-3")))
    with suppress(RuntimeError), database.write_transaction(record.engine) as connection:
        Writer(connection, record.now, None).decision(lock_chain(connection, f"order/{ORDER}"), decided, None)
        raise RuntimeError
    page = record.events.page(cursor)
    assert (page.events, page.cursor, page.has_more) == ((), cursor, False)
    assert events_of(record)[0]["id"] == given.id


@only_postgresql
def test_an_event_committed_late_is_not_missed(record: DecisionStore) -> None:
    """Its row has a lower number than that of the other, which is read first."""
    late = PreparedDecision.of(load_case(a_claim(order="O-late")))
    with database.write_transaction(record.engine) as connection:
        head = lock_chain(connection, "order/O-late")
        late_id = Writer(connection, record.now, None).decision(head, late, None)
        early_id = record.decide(a_claim(order="O-early")).id
        first = record.events.page()
        assert [event.id for event in first.events] == [early_id]
    second = record.events.page(first.cursor)
    assert [event.id for event in second.events] == [late_id]
    assert second.cursor != first.cursor


@only_postgresql
def test_concurrent_numbering_takes_turns(record: DecisionStore) -> None:
    """The second waits for the first, so that no position becomes visible after a higher one."""
    from threading import Thread

    record.decide(a_claim(order="O-1"))
    with database.write_transaction(record.engine) as connection:
        assert log._number_some(connection) == 1
        record.decide(a_claim(order="O-2"))
        other = Thread(target=record.events.number)
        other.start()
        other.join(0.3)
        assert other.is_alive()
    other.join()
    assert [event.position for event in record.events.page().events] == [1, 2]


def test_a_cursor_reads_everything_once_and_never_ends(record: DecisionStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(log, "NUMBERED", 2)
    ids = [record.decide(a_claim(order=f"O-{number}")).id for number in range(5)]
    seen: list[str] = []
    cursor, more = None, True
    while more:
        page = record.events.page(cursor, 2)
        seen += [event.id for event in page.events]
        cursor, more = page.cursor, page.has_more
    assert seen == ids
    assert record.events.page(cursor).cursor == cursor
    later = record.decide(a_claim(order="O-9")).id
    assert [event.id for event in record.events.page(cursor).events] == [later]


@only_sqlite
def test_events_are_filtered_by_type_and_order(record: DecisionStore, monkeypatch: pytest.MonkeyPatch) -> None:
    given = [record.decide(a_claim(order=f"O-{number}")).id for number in range(4)]
    record.reserve(given[2])
    reserved = record.events.page(filter=EventFilter(types=frozenset({"payout.reserved"})))
    assert [event.type for event in reserved.events] == ["payout.reserved"] * 3
    of_order = record.events.page(filter=EventFilter(order_id="O-2"))
    assert len(of_order.events) == 4
    monkeypatch.setattr(log, "WINDOW", 3)
    page = record.events.page(filter=EventFilter(order_id="O-nothing"))
    assert (page.events, page.cursor, page.has_more) == ((), "3", True)


@only_sqlite
def test_reading_can_begin_at_an_instant(record: DecisionStore) -> None:
    for number in range(3):
        record.decide(a_claim(order=f"O-{number}"))
    second = Instant.parse(events_of(record)[1]["timestamp"])
    assert [event.position for event in record.events.page(since=second).events] == [2, 3]
    future = record.events.page(since=Instant(second + 10**12))
    assert (future.events, future.cursor) == ((), "3")


@only_sqlite
@pytest.mark.parametrize("cursor", ["x", "-1", "", "٣", "1.0", "9" * 30, "2", "None"])
def test_a_cursor_from_elsewhere_is_refused(record: DecisionStore, cursor: str) -> None:
    record.decide(a_claim())
    with pytest.raises(ValueError, match="is not a cursor of this log"):
        record.events.page(cursor)


def test_old_events_are_dropped_and_their_cursors_say_so(
    record: DecisionStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(log, "DROPPED", 2)
    ids = [record.decide(a_claim(order=f"O-{number}")).id for number in range(5)]
    fourth = Instant.parse(events_of(record)[3]["timestamp"])
    assert [record.events.drop(fourth) for _ in range(3)] == [2, 1, 0]
    with pytest.raises(EventsDropped, match="after cursor 3"):
        record.events.page("2")
    assert [event.id for event in record.events.page().events] == ids[3:]
    assert [event.id for event in record.events.page("3").events] == ids[3:]
    record.events.drop(Instant(fourth + 10**12))
    record.events.drop(Instant(fourth + 10**12))
    assert (record.events.page().events, record.events.page().cursor) == ((), "5")
    later = record.decide(a_claim(order="O-9")).id
    assert [event.position for event in record.events.page("5").events] == [6]
    assert events_of(record)[0]["id"] == later


# Reviews


def test_a_review_is_announced_once_when_its_time_comes(record: DecisionStore) -> None:
    given = record.decide(waiting_whisky())
    decision = json.loads(given.decision)
    texts = {decision["reconsider_at"], *(each["due_at"] for each in decision["requests"])} - {None}
    due = sorted(int(Instant.parse(text)) for text in texts)
    assert due
    cursor = record.events.page().cursor
    for moment in due:
        assert announce_reviews(record.engine, Instant(moment - 1)) == 0
        assert announce_reviews(record.engine, Instant(moment)) == 1
        assert announce_reviews(record.engine, Instant(moment)) == 0
    found = events_of(record, cursor)
    assert [Instant.parse(event["data"]["due_at"]) for event in found] == due
    for event in found:
        assert event["type"] == "review.due"
        assert event["data"]["decision_id"] == given.id
        assert event["data"]["sequence"] == 1
        part_of(event, Event)


@only_sqlite
def test_a_review_of_a_decision_that_a_newer_one_replaced_is_not_announced(record: DecisionStore) -> None:
    given = record.decide(waiting_whisky())
    case = json.loads(waiting_whisky()) | {"metadata": {"ticket": "T-2"}}
    newer = record.decide(json.dumps(case).encode(), supersedes=given.id)
    cursor = record.events.page().cursor
    far = Instant.parse("2100-01-01T00:00:00Z")
    while announce_reviews(record.engine, far):
        pass
    found = events_of(record, cursor)
    assert found
    assert {event["data"]["decision_id"] for event in found} == {newer.id}


@only_postgresql
def test_two_workers_announce_a_review_once(record: DecisionStore) -> None:
    from threading import Thread

    record.decide(waiting_whisky())
    cursor = record.events.page().cursor
    with database.read_transaction(record.engine) as connection:
        count = connection.scalars(sa.select(sa.func.count()).select_from(REVIEWS)).one()
    far = Instant.parse("2100-01-01T00:00:00Z")
    workers = [Thread(target=announce_reviews, args=(record.engine, far)) for _ in range(4)]
    for each in workers:
        each.start()
    for each in workers:
        each.join()
    assert types_of(record, cursor) == ["review.due"] * count


@only_sqlite
def test_an_import_announces_only_future_reviews(record: DecisionStore, tmp_path: Path) -> None:
    given = record.decide(waiting_whisky())
    stream = io.BytesIO()
    record.export(stream)
    decision = json.loads(given.decision)
    before = Instant.parse(decision["as_of"])
    target = open_store(f"sqlite:///{tmp_path}/other.db", now=lambda: before)
    assert target.import_(io.BytesIO(stream.getvalue())) == 1
    assert events_of(target) == []
    while announce_reviews(target.engine, Instant.parse("2100-01-01T00:00:00Z")):
        pass
    assert {(each["type"], each["data"]["decision_id"]) for each in events_of(target)} == {("review.due", given.id)}
    target.close()


# Beside an older version


def test_entries_of_an_older_worker_leave_only_a_gap_in_the_sequence(
    record: DecisionStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    record.decide(a_claim(ticket="T-1"))
    with monkeypatch.context() as older:
        older.setattr("adjudicator.store.chain.announce", lambda *_: None)
        record.decide(a_claim(ticket="T-2"))
    record.decide(a_claim(ticket="T-3"))
    assert [event["data"]["sequence"] for event in events_of(record)] == [1, 3]
    assert record.verify() is None


def test_the_log_can_be_removed_and_restored(record: DecisionStore) -> None:
    record.decide(a_claim())
    database.migrate(record.engine, "0006")
    database.migrate(record.engine)
    assert events_of(record) == []
    assert record.verify() is None
    assert evolve(record).decide(a_claim(ticket="T-2")).id == events_of(record)[0]["id"]
    with database.read_transaction(record.engine) as connection:
        assert connection.scalar(sa.select(sa.func.count()).select_from(OUTBOX)) == 0
        assert connection.scalar(sa.select(sa.func.count()).select_from(EVENTS)) == 1
