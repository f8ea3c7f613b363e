"""An import into a record that is in use: neither it nor those who decide meanwhile lose anything to the other."""

from __future__ import annotations

import io
import os
import time
from collections.abc import Iterator
from functools import partial
from itertools import count
from pathlib import Path
from threading import Thread
from typing import Any

import orjson
import pytest
import sqlalchemy as sa

from adjudicator.store import DecisionStore, NotImportable, Recorded, chain, open_store, transfer
from adjudicator.store.database import ATTEMPTS, DEADLOCK
from adjudicator.store.transfer import VERSION, _Lines
from store.cases import a_claim
from store.test_groups import together

only_postgresql = pytest.mark.parametrize("url", ["postgresql"], indirect=True)
FIRST, SECOND = "O-1", "O-2"
SOON = "SET deadlock_timeout = '300ms'"


@pytest.fixture
def other(tmp_path: Path) -> Iterator[DecisionStore]:
    """The record that is moved."""
    opened = open_store(f"sqlite:///{tmp_path}/other.db")
    yield opened
    opened.close()


def exported(record: DecisionStore) -> list[bytes]:
    """The lines of an export."""
    stream = io.BytesIO()
    record.export(stream)
    return stream.getvalue().splitlines(keepends=True)


def the_other_way_round(record: DecisionStore) -> list[bytes]:
    """The lines of an export with its chains in reverse, as one from a database of another language may be."""
    first, *entries, _ = map(orjson.loads, exported(record))
    lines = _Lines(io.BytesIO())
    for each in (first, *reversed(entries)):
        lines.write(each)
    lines.write({**lines.end(VERSION), "signature": None})
    assert isinstance(lines.stream, io.BytesIO)
    return lines.stream.getvalue().splitlines(keepends=True)


class Held(io.BytesIO):
    """An export that is read until its second chain, and then only goes on once a writer of the database has waited for some time."""

    def __init__(self, lines: list[bytes], record: DecisionStore, waits: float) -> None:
        super().__init__(b"".join(lines))
        self.record, self.waits, self.held = record, waits, False

    def __iter__(self) -> Iterator[bytes]:
        for line in iter(self.readline, b""):
            if FIRST.encode() in line and not self.held:
                self.held = True
                wait_for_a_waiting_writer(self.record)
                time.sleep(self.waits)
            yield line


def wait_for_a_waiting_writer(record: DecisionStore) -> None:
    """Until a transaction waits for another."""
    waiting = sa.text("SELECT count(*) FROM pg_locks WHERE NOT granted AND locktype = 'transactionid'")
    deadline = time.monotonic() + 20
    with record.engine.connect() as connection:
        while not connection.scalar(waiting):
            assert time.monotonic() < deadline
            time.sleep(0.01)


@only_postgresql
@pytest.mark.parametrize("waits", [0.0, 0.8])
def test_an_import_and_a_group_that_create_the_same_orders_both_get_their_outcome(
    record: DecisionStore, other: DecisionStore, waits: float
) -> None:
    """Whichever finds out that the two wait for each other is ended by PostgreSQL. Either way, it is as if one had come before the other."""
    sa.event.listen(record.engine, "begin", lambda connection: connection.exec_driver_sql(SOON))
    for order in (FIRST, SECOND):
        other.decide(a_claim("moved", order=order))
    held = Held(the_other_way_round(other), record, waits)
    outcome: list[Any] = []

    def import_() -> None:
        try:
            outcome.append(record.import_(held))
        except Exception as error:  # noqa: BLE001 - the test looks at it
            outcome.append(error)

    importing = Thread(target=import_)
    importing.start()
    wait_until_held(held)
    calls = [partial(record.decide, a_claim("new", order=order)) for order in (FIRST, SECOND)]
    given = together(record, calls)
    importing.join(60)
    assert all(isinstance(each, Recorded) and not each.repeat for each in given), given
    claims = {(each.order_id, each.claim_id) for each in record.decisions().items}
    decided = {(FIRST, "new"), (SECOND, "new")}
    if outcome == [2]:
        assert claims == decided | {(FIRST, "moved"), (SECOND, "moved")}
    else:
        assert [type(each) for each in outcome] == [NotImportable]
        assert "differs from the one on record" in str(outcome[0])
        assert claims == decided
    assert record.verify() is None


def wait_until_held(held: Held) -> None:
    """Until the import has created its first chain."""
    deadline = time.monotonic() + 20
    while not held.held:
        assert time.monotonic() < deadline
        time.sleep(0.01)


@pytest.mark.parametrize(
    ("code", "undone", "begun"), [(DEADLOCK, ATTEMPTS - 1, ATTEMPTS), (DEADLOCK, ATTEMPTS, ATTEMPTS), ("57014", 1, 1)]
)
def test_an_import_that_is_undone_because_of_others_is_begun_again_but_not_for_ever(
    record: DecisionStore, other: DecisionStore, monkeypatch: pytest.MonkeyPatch, code: str, undone: int, begun: int
) -> None:
    other.decide(a_claim("moved", order=FIRST))
    stream = io.BytesIO(b"before")
    stream.seek(0, io.SEEK_END)
    other.export(stream)
    stream.seek(len(b"before"))
    attempts = count(1)

    def at_last(*arguments: Any) -> int:
        imported = transfer.import_(*arguments)
        if next(attempts) <= undone:
            raise an_error(code)
        return imported

    monkeypatch.setattr("adjudicator.store.auditing.import_", at_last)
    if undone < begun:
        assert record.import_(stream) == 1
    else:
        with pytest.raises(sa.exc.OperationalError):
            record.import_(stream)
    assert next(attempts) == begun + 1
    assert len(record.decisions().items) == (undone < begun)


def an_error(code: str) -> sa.exc.OperationalError:
    """An error to which PostgreSQL gives this code."""
    cause = Exception("undone")
    cause.sqlstate = code  # type: ignore[attr-defined]
    return sa.exc.OperationalError("statement", {}, cause)


def test_an_import_from_a_slow_pipe_holds_nobody_up(record: DecisionStore, other: DecisionStore) -> None:
    other.decide(a_claim("moved", order=FIRST))
    lines = exported(other)
    reader, writer = os.pipe()
    imported: list[int] = []
    with os.fdopen(reader, "rb") as pipe, os.fdopen(writer, "wb", buffering=0) as sender:
        importing = Thread(target=lambda: imported.append(record.import_(pipe)), daemon=True)
        importing.start()
        sender.write(b"".join(lines[:2]))
        time.sleep(0.2)  # as long as an import would need to write what is there
        deciding = Thread(target=lambda: record.decide(a_claim("new", order=SECOND)), daemon=True)
        deciding.start()
        deciding.join(5)
        was_held_up = deciding.is_alive()
        sender.write(b"".join(lines[2:]))
        sender.close()
        importing.join(20)
        deciding.join(20)
    assert not was_held_up
    assert imported == [1]
    assert {each.order_id for each in record.decisions().items} == {FIRST, SECOND}


# The order of an export


def test_an_export_has_the_order_of_bytes_and_is_read_a_few_chains_at_a_time(
    record: DecisionStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So it can be compared with that of another database, and an import locks orders as groups of callers do."""
    monkeypatch.setattr(chain, "CHAINS_AT_ONCE", 2)
    for order in ("b", "B", "a-1", "A", "a1"):
        for claim in "12":
            record.decide(a_claim(claim, order=order))
    statements: list[str] = []
    sa.event.listen(record.engine, "before_cursor_execute", lambda *call: statements.append(call[2]))
    lines = exported(record)
    entries = [each for each in map(orjson.loads, lines) if each["kind"] == "entry"]
    assert [(each["chain"], each["number"]) for each in entries] == [
        (f"order/{order}", number) for order in ("A", "B", "a-1", "a1", "b") for number in (1, 2)
    ]
    if record.engine.dialect.name == "postgresql":  # whose own order may be that of a language
        sorted_by = [each.partition("ORDER BY ")[2] for each in statements if "chain" in each.partition("ORDER BY ")[2]]
        assert len(sorted_by) == 5
        assert all('.chain COLLATE "C"' in each for each in sorted_by)
