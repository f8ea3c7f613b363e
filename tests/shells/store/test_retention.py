"""Old data are removed, and nobody is paid twice because of that."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from attrs import evolve

from adjudicator import Instant
from adjudicator.cli import main
from adjudicator.store import (
    DecisionStore,
    EventsDropped,
    KeyExpired,
    KeyReused,
    NotPayable,
    State,
    database,
    date_answers,
    days_before,
    drop_events,
    expire_answers,
    retention,
)
from adjudicator.store import events as log
from adjudicator.store.event_tables import DELIVERIES
from adjudicator.store.tables import REQUESTS, SPENT
from store.cases import ORDER, UNIT, a_claim, settled

only_sqlite = pytest.mark.parametrize("url", ["sqlite"], indirect=True)
DAYS = 30


def aged(record: DecisionStore, days: int = DAYS + 1) -> DecisionStore:
    """The record some days later."""
    later = Instant(record.now() + days * retention.DAY)
    return evolve(record, now=lambda: later)


def expire(record: DecisionStore) -> int:
    """Remove all answers older than some days."""
    total = 0
    while removed := expire_answers(record, days_before(record.now(), DAYS)):
        total += removed
    return total


def request_rows(record: DecisionStore) -> list[dict[str, Any]]:
    with database.read_transaction(record.engine) as connection:
        return [dict(row) for row in connection.execute(sa.select(REQUESTS)).mappings()]


def test_an_answer_is_given_again_until_it_is_older_than_promised(record: DecisionStore) -> None:
    given = record.decide(a_claim(), idempotency_key="D")
    first = record.reserve(given.id, idempotency_key="P")
    record.take_up("B", ["batch", 2])
    assert expire(aged(record, DAYS - 1)) == 0
    assert record.reserve(given.id, idempotency_key="P") == first
    assert expire(aged(record)) == 3
    assert expire(aged(record)) == 0
    (left,) = request_rows(record)
    assert (left["decision_id"], left["answer"]) == (None, SPENT)


@pytest.mark.parametrize("fill", [False, True])
def test_a_payment_requested_again_after_retention_is_made_once(record: DecisionStore, fill: bool) -> None:
    """A client that starts over with its old keys: decide, reserve, confirm."""

    def pay(store: DecisionStore) -> None:
        given = store.decide(a_claim(), fill_settlements=fill, idempotency_key="D")
        keys = [award["key"] for award in json.loads(given.decision)["awards"]]
        if keys:
            store.settle(given.id, State.RESERVED, keys, idempotency_key="R")
            store.settle(given.id, State.CONFIRMED, keys, idempotency_key="C")

    pay(record)
    paid, payouts = settled(record), record.payouts(ORDER)
    later = aged(record)
    assert expire(later) == 3
    try:
        pay(later)
    except KeyExpired:
        assert not fill
    else:
        assert fill  # the payment was filled in, and nothing is left to award
    assert (settled(later), later.payouts(ORDER)) == (paid, payouts)
    again = later.decide(a_claim(), fill_settlements=fill)
    assert later.reserve(again.id) == (() if fill else payouts)  # with a new key
    assert settled(later)["refund", "AS-1"] == 2 * UNIT
    assert later.verify() is None


def test_a_late_repeat_of_a_reversal_does_not_free_money_reserved_again(record: DecisionStore) -> None:
    """It would reverse the second attempt, which may be paid by now, and the money could be awarded again."""
    given = record.decide(a_claim())
    record.reserve(given.id)
    record.settle(given.id, State.REVERSED, idempotency_key="R")
    record.reserve(given.id)
    record.settle(given.id, State.CONFIRMED)
    later = aged(record)
    before = settled(later)
    expire(later)
    for _ in range(2):
        with pytest.raises(KeyExpired):
            later.settle(given.id, State.REVERSED, idempotency_key="R")
    assert settled(later) == before
    with pytest.raises(KeyReused):
        later.settle(given.id, State.CONFIRMED, idempotency_key="R")


def test_a_late_repeat_of_another_claim_for_the_same_money_gets_the_rest(record: DecisionStore) -> None:
    one = record.decide(a_claim("AS-1", units=3), idempotency_key="one")
    two = record.decide(a_claim("AS-2", units=3), idempotency_key="two")
    record.reserve(one.id)
    later = aged(record)
    expire(later)
    again = later.decide(a_claim("AS-2", units=3), idempotency_key="two")
    assert (again.id, again.repeat) == (two.id, True)
    with pytest.raises(NotPayable):
        later.reserve(again.id)


def test_a_key_of_a_decision_can_be_used_for_another_case_after_retention(record: DecisionStore) -> None:
    record.decide(a_claim(), idempotency_key="D")
    with pytest.raises(KeyReused):
        record.decide(a_claim("AS-2"), idempotency_key="D")
    later = aged(record)
    expire(later)
    assert not later.decide(a_claim("AS-2"), idempotency_key="D").repeat


def test_answers_of_earlier_versions_are_kept_from_when_they_are_first_found(record: DecisionStore) -> None:
    record.decide(a_claim(), idempotency_key="D")
    with database.write_transaction(record.engine) as connection:
        connection.execute(REQUESTS.update().values(stored_at=None))
    later = aged(record)
    assert expire(later) == 0
    assert [date_answers(later), date_answers(later)] == [1, 0]
    assert expire(later) == 0
    assert expire(aged(later)) == 1


def test_answers_of_every_tenant_are_removed_some_at_a_time(
    record: DecisionStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retention, "EXPIRED", 2)
    record.tenants.create("acme")
    for each in (record, record.for_tenant("acme")):
        for number in range(2):
            each.take_up(f"K-{number}", ["batch", 1])
    later = aged(record)
    assert [expire_answers(later, days_before(later.now(), DAYS)) for _ in range(3)] == [2, 2, 0]


def test_answers_of_an_imported_record_are_kept_from_the_import_on(record: DecisionStore, tmp_path: Path) -> None:
    import io

    from adjudicator.store import open_store

    record.decide(a_claim(), idempotency_key="D")
    stream = io.BytesIO()
    record.export(stream)
    stream.seek(0)
    other = open_store(f"sqlite:///{tmp_path}/other.db", now=aged(record).now)
    other.import_(stream)
    assert expire(other) == 0
    other.close()


# Events


def test_events_are_archived_before_they_are_dropped(
    record: DecisionStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(log, "DROPPED", 3)
    record.tenants.create("acme")
    acme = record.for_tenant("acme")
    record.reserve(record.decide(a_claim()).id)
    acme.decide(a_claim())
    bodies = [event.body for event in record.events.page().events]
    theirs = [event.body for event in acme.events.page().events]
    webhook = record.webhooks.create("https://claims.example/").webhook.id
    record.webhooks.replay(webhook)
    from adjudicator.store.deliveries import DeliveryQueue

    DeliveryQueue(record.engine, record.now).plan()
    later = aged(record)
    before = days_before(later.now(), DAYS)
    assert [drop_events(later, before, tmp_path) for _ in range(3)] == [4, 1, 0]
    archived = {file.name: file.read_text("utf-8").splitlines() for file in tmp_path.glob("*.ndjson")}
    assert archived == {
        "events-default-0000000000000000001.ndjson": bodies[:3],
        "events-default-0000000000000000004.ndjson": bodies[3:],
        "events-acme-0000000000000000001.ndjson": theirs,
    }
    with database.read_transaction(record.engine) as connection:
        assert connection.scalar(sa.select(sa.func.count()).select_from(DELIVERIES)) == 0
    with pytest.raises(EventsDropped):
        record.events.page("1")
    assert record.verify() is None


@only_sqlite
def test_events_that_cannot_be_archived_are_not_dropped(record: DecisionStore, tmp_path: Path) -> None:
    record.decide(a_claim())
    record.events.number()
    later = aged(record)
    with pytest.raises(FileNotFoundError):
        drop_events(later, days_before(later.now(), DAYS), tmp_path / "nowhere")
    assert len(record.events.page().events) == 1


@only_sqlite
def test_an_archive_that_was_interrupted_has_each_event_once(
    record: DecisionStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A worker dies after writing and before deleting them."""

    def die(*_: object) -> None:
        raise RuntimeError

    record.decide(a_claim())
    record.events.number()
    later = aged(record)
    before = days_before(later.now(), DAYS)
    with monkeypatch.context() as patch:
        patch.setattr(log, "drop_until", die)
        with pytest.raises(RuntimeError):
            drop_events(later, before, tmp_path)
    (event,) = record.events.page().events
    assert drop_events(later, before, tmp_path) == 1
    (file,) = tmp_path.glob("events-*")
    assert file.read_text("utf-8") == event.body + "\n"


# The command


@only_sqlite
def test_the_command_removes_old_data(
    record: DecisionStore, url: str, tmp_path: Path, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    """The clock of the record is that of the tests, which is behind."""
    record.decide(a_claim(), idempotency_key="D")
    record.events.number()

    def run(*arguments: str) -> tuple[int, dict[str, Any]]:
        status = main(["prune", "--database", url, *arguments])
        out = capsysbinary.readouterr().out
        return status, json.loads(out) if out else {}

    assert run() == (2, {})
    assert run("--event-archive", str(tmp_path), "--idempotency-days", "1") == (2, {})
    assert run("--event-days", "1", "--event-archive", str(tmp_path / "nowhere")) == (1, {})
    arguments = ("--idempotency-days", "1", "--event-days", "1", "--event-archive", str(tmp_path))
    assert run(*arguments) == (0, {"answers": 1, "events": 1})
    assert run(*arguments) == (0, {"answers": 0, "events": 0})
    assert len(list(tmp_path.glob("events-default-*.ndjson"))) == 1
    assert main(["audit", "verify", "--database", url]) == 0
