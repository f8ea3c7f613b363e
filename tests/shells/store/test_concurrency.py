"""True concurrency: processes that reserve the same money at the same time."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from threading import Barrier, Event, Thread
from time import monotonic

import pytest
import sqlalchemy as sa

from adjudicator.store import DecisionStore, NotPayable, database, database_code, open_store
from store.cases import ORDER, UNIT, a_claim

WORKER = """
import json, sys
from adjudicator.store import NotPayable
from adjudicator.store import open_store

url, text, claims = sys.argv[1], sys.stdin.readline(), sys.argv[2:]
record = open_store(url)
given = [record.decide(text.replace("AS-?", claim), fill_settlements=True) for claim in claims]
print("ready", flush=True)
sys.stdin.readline()
payouts = []
for each in given:
    try:
        payouts.append({payout.kind: payout.amount for payout in record.reserve(each.id)})
    except NotPayable as refused:
        payouts.append({award.kind.value: award.amount for award in refused.left})
print(json.dumps(payouts))
"""
WORKERS = 4


def test_money_reserved_by_several_processes_is_reserved_once(url: str, programs: Path) -> None:
    """Four workers and four claims, each decided before any payment, with the same report for two of three units."""
    open_store(url).close()
    command = [str(programs / "python"), "-c", WORKER, url]
    running = [
        subprocess.Popen([*command, f"AS-{n}"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        for n in range(WORKERS)
    ]
    for each in running:
        assert each.stdin is not None
        each.stdin.write(a_claim("AS-?").decode() + "\n")
        each.stdin.flush()
    for each in running:
        assert each.stdout is not None
        assert each.stdout.readline() == "ready\n"
    output = [json.loads(each.communicate("go\n", timeout=120)[0])[0] for each in running]
    assert [each.returncode for each in running] == [0] * WORKERS

    assert sorted(each.get("refund", 0) for each in output) == [0] * (WORKERS - 1) + [2 * UNIT]
    record = open_store(url)
    assert {each.kind: each.amount for each in record.payouts(ORDER)} == {
        "refund": 2 * UNIT,
        "compensation": 20 * UNIT,
        "postage": 1200,
    }
    assert record.verify() is None
    record.close()


def test_threads_that_write_at_once_wait_for_each_other(record: DecisionStore) -> None:
    """Six threads decide and reserve as fast as they can. The only refusals are for money that another thread reserved."""
    broken: list[BaseException] = []
    start = Barrier(6)

    def work(name: int) -> None:
        start.wait()
        try:
            for number in range(8):
                given = record.decide(a_claim(f"AS-{name}-{number}", units=1 + number % 3), fill_settlements=True)
                with suppress(NotPayable):
                    record.reserve(given.id)
        except BaseException as error:  # noqa: BLE001 - whatever it is, the test says so
            broken.append(error)

    threads = [Thread(target=work, args=(name,)) for name in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert broken == []
    assert sum(each.amount for each in record.payouts(ORDER) if each.kind == "refund") == 3 * UNIT
    assert record.verify() is None


def test_a_killed_writer_loses_nothing_that_it_reported(url: str, tmp_path: Path) -> None:
    found = tmp_path / "ids"
    command = [sys.executable, "-c", KILLED, url, str(found)]
    running = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert running.stdin is not None
    assert running.stdout is not None
    running.stdin.write(a_claim("AS-?").decode() + "\n")
    running.stdin.flush()
    for _ in range(12):
        running.stdout.readline()
    running.kill()
    running.communicate(timeout=60)

    record = open_store(url)
    ids = found.read_text("utf-8").split()
    assert len(ids) >= 12
    for each in ids:
        assert record.rerun(each).agrees
    assert record.verify() is None
    assert not record.decide(a_claim("AS-after")).repeat
    record.close()


KILLED = """
import sys
from adjudicator.store import open_store

record, text = open_store(sys.argv[1]), sys.stdin.readline()
with open(sys.argv[2], "w", encoding="utf-8") as file:
    for number in range(100_000):
        given = record.decide(text.replace("AS-?", f"AS-{number}"), idempotency_key=str(number))
        record.reserve(given.id) if number == 0 else None
        file.write(given.id + "\\n")
        file.flush()
        print(number, flush=True)
"""


def test_a_writer_of_sqlite_begins_soon_after_another_process_is_done(tmp_path: Path) -> None:
    """It looks again after a millisecond, however long it has waited; SQLite alone would then do so every tenth of a second."""
    record = open_store(f"sqlite:///{tmp_path}/record.db")
    other = sqlite3.connect(tmp_path / "record.db", isolation_level=None)
    late = []
    for _ in range(3):
        other.execute("BEGIN IMMEDIATE")
        begun = Event()
        writer = Thread(target=_note_when_begun, args=(record, begun))
        writer.start()
        assert not begun.wait(0.34)
        done_at = monotonic()
        other.execute("COMMIT")
        assert begun.wait(20)
        late.append(monotonic() - done_at)
        writer.join(20)
    other.close()
    record.close()
    assert min(late) < 0.03


def _note_when_begun(record: DecisionStore, begun: Event) -> None:
    with database.write_transaction(record.engine):
        begun.set()


def test_a_writer_of_sqlite_gives_up_in_the_end_and_can_then_try_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    record = open_store(f"sqlite:///{tmp_path}/record.db")
    other = sqlite3.connect(tmp_path / "record.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    monkeypatch.setattr(database, "WRITE_LOCK_SECONDS", 0.05)
    with pytest.raises(sa.exc.OperationalError) as refused, database.write_transaction(record.engine):
        pass
    assert database_code(refused.value) == "SQLITE_BUSY"
    other.close()
    with database.write_transaction(record.engine) as connection:
        assert connection.exec_driver_sql("PRAGMA busy_timeout").scalar() == 50
    record.close()
