"""Erasing during normal operation: nothing stays in any file, nobody is blocked, and an interrupted erasure continues."""

from __future__ import annotations

import io
import json
import random
import sqlite3
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from pathlib import Path
from threading import Event

import pytest
import sqlalchemy as sa

from adjudicator.model.digest import digest
from adjudicator.store import DecisionStore, NotFound, Stage, database, erasures, open_store
from adjudicator.store.chain import ERASED_SALT, erase_seals
from adjudicator.store.columns import METADATA
from adjudicator.store.database import clear_log, migrate, read_transaction, write_transaction
from adjudicator.store.tables import CHAINS, ENTRIES, ERASURE_TARGETS, REQUESTS, SEALED
from adjudicator.store.tenancy import across_tenants
from adjudicator.wire.codec import load_case, normalised
from store.cases import a_claim
from store.test_erasure import MARKERS, a_marked_case

only_sqlite = pytest.mark.parametrize("url", ["sqlite"], indirect=True)


def everything(record: DecisionStore, folder: Path) -> bytes:
    """Every stored byte: the files of SQLite or all rows of PostgreSQL, and the content of an export and a backup."""
    stream = io.BytesIO()
    record.export(stream)
    if record.engine.dialect.name == "sqlite":
        with sqlite3.connect(folder / "record.db") as live, sqlite3.connect(folder / "backup.db") as backup:
            live.backup(backup)
        live.close()
        backup.close()
        return stream.getvalue() + b"".join(path.read_bytes() for path in folder.glob("*.db*"))
    with record.engine.connect() as connection:
        rows = [tuple(row) for table in METADATA.sorted_tables for row in connection.execute(sa.select(table))]
    return stream.getvalue() + repr(rows).encode()


# Nothing is left


@only_sqlite
def test_rows_of_any_size_leave_no_copy_in_any_page(record: DecisionStore, tmp_path: Path) -> None:
    """With this seed, deleting the rows instead leaves two of them in pages that SQLite continues to use."""
    chance = random.Random(5)
    live: dict[str, bytes] = {}
    erased: list[bytes] = []
    numbers = iter(range(1, 10_000))
    for first in [True, *[False] * 79]:
        with write_transaction(record.engine) as connection:
            if first:
                connection.execute(CHAINS.insert().values(chain="C", length=0, head="0" * 64))
            live |= dict(some_rows(connection, chance, numbers))
            gone = [chance.choice([*live]) for _ in range(chance.randrange(14)) if live]
            erase_seals(connection, gone)
            erased += [live.pop(each) for each in dict.fromkeys(gone)]
    assert clear_log(record.engine)
    found = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert [each for each in erased if each in found] == []
    assert [each for each in live.values() if each not in found] == []


def some_rows(connection: sa.Connection, chance: random.Random, numbers: Iterator[int]) -> Iterator[tuple[str, bytes]]:
    """Ten entries with personal data of any size, with their ids and the texts to look for."""
    for _ in range(10):
        number = next(numbers)
        new, mark = f"{number:08}-{chance.getrandbits(64):016x}", f"<{number}>"
        size = chance.randrange(20, chance.choice([200, 400, 800, 1500, 4000, 9000]))
        entry = {"chain": "C", "number": number, "id": new, "body": "{}", "previous": "0" * 64, "digest": "0" * 64}
        connection.execute(ENTRIES.insert().values(**entry))
        content = f"{mark}é" * (size // len(mark) + 1)
        connection.execute(SEALED.insert().values(id=new, salt=f"{chance.getrandbits(256):064x}", content=content))
        yield new, mark.encode()


def test_neither_personal_texts_nor_their_digests_survive_anywhere(record: DecisionStore, tmp_path: Path) -> None:
    text = a_marked_case()
    given = record.decide(text, idempotency_key="K", caller="shop")
    record.take_up("B", ["batch", 1, False], caller="shop")
    record.decide(a_marked_case(claim="AS-2"), idempotency_key="B\n0", caller="shop", fill_settlements=True)
    found = json.loads(given.decision)["digests"]
    content = digest(normalised(load_case(text)))
    never = [text, sha256(text).hexdigest(), content, digest([content, False, None]), *found.values()]
    never += [sha256(MARKERS[0].encode()).hexdigest()]
    assert MARKERS[0].encode() in everything(record, tmp_path)

    erasure = record.erasures.request(subject=MARKERS[0], reason="asked for")
    assert record.erasures.finish(erasure.id, 5).erased == tuple(entry.id for entry in record.entries("O-1")[:2])
    left = everything(record, tmp_path)
    for each in (*MARKERS, *never):
        assert (each if isinstance(each, bytes) else each.encode()) not in left, each
    assert record.verify() is None


@only_sqlite
def test_the_tables_have_blanks_and_no_salt(record: DecisionStore) -> None:
    record.decide(a_marked_case(), idempotency_key="K")
    record.erase(order_id="O-1", reason="asked for")
    with record.engine.connect() as connection:
        (row,) = connection.execute(sa.select(SEALED)).all()
        (target,) = connection.scalars(sa.select(ERASURE_TARGETS.c.target))
        (payload,) = connection.scalars(sa.select(REQUESTS.c.payload))
    assert (row.salt, row.content.strip(" "), target.strip(" ")) == (ERASED_SALT, "", "")
    assert len(payload) == 64


# Nobody is blocked


def test_readers_and_writers_continue_while_a_person_is_erased(record: DecisionStore) -> None:
    for number in range(12):
        record.decide(a_marked_case(f"O-{number}"))
    other = record.decide(a_claim(order="other"))
    done = Event()
    longest = [0.0]

    def again_and_again(work: Callable[[int], object]) -> int:
        for number in range(10_000):
            before = time.monotonic()
            work(number)
            longest.append(time.monotonic() - before)
            if done.is_set():
                break
        return number + 1

    with ThreadPoolExecutor(4) as threads:
        others = [
            threads.submit(again_and_again, work)
            for work in (
                lambda number: record.decide(a_claim(f"AS-{number}", order=f"one-{number}")),
                lambda number: record.decide(a_claim(f"AS-{number}", order=f"two-{number}")),
                lambda _: record.decision(other.id),
                lambda _: record.decisions(limit=1_000),
            )
        ]
        erasure = record.erasures.request(subject=MARKERS[0], reason="asked for")
        finished = record.erasures.finish(erasure.id, 20)
        done.set()
        counts = [each.result() for each in others]
    assert (len(finished.erased), finished.state) == (12, Stage.DONE)
    assert min(counts) > 1
    assert max(longest) < 5
    assert record.verify() is None


@only_sqlite
def test_the_files_are_cleared_once_nobody_reads_an_older_state(record: DecisionStore, tmp_path: Path) -> None:
    record.decide(a_marked_case())
    with read_transaction(record.engine) as reader:
        reader.execute(sa.text("SELECT count(*) FROM entries")).all()
        erasure = record.erasures.request(order_id="O-1", reason="asked for")
        record.erasures.proceed(1)
        assert record.erasures.find(erasure.id).state is Stage.CLEARING
        assert record.decide(a_claim()).id
    record.erasures.proceed(1)
    assert record.erasures.find(erasure.id).state is Stage.DONE
    assert MARKERS[0].encode() not in b"".join(path.read_bytes() for path in tmp_path.iterdir())


# It continues


def test_an_interrupted_erasure_continues_in_small_steps(
    record: DecisionStore, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(erasures, "SEARCHED", 3)
    ids = [record.decide(a_marked_case(f"O-{number}")).id for number in range(8)]
    other = record.decide(a_claim(order="other"))
    erasure = record.erasures.request(subject=MARKERS[0], reason="asked for", caller="privacy")
    seen = []
    for _ in range(10):
        after_a_crash = open_store(url, now=record.now)
        moved = after_a_crash.erasures.advance(erasure.id)
        found = after_a_crash.erasures.find(erasure.id)
        after_a_crash.close()
        seen.append((found.state.value, len(found.erased)))
        if not moved:
            break
    stages = ["erasing", "erasing", "erasing", "erasing", "clearing", "done", "done"]  # the lines of jobs come first
    assert seen == list(zip(stages, [0, 3, 6, 8, 8, 8, 8], strict=True))
    assert record.erasures.find(erasure.id).erased == tuple(sorted(ids))
    assert record.erasures.unfinished() == ()
    assert record.rerun(other.id).agrees
    assert {entry.document()["by"] for entry in record.entries("O-0")[1:]} == {"privacy"}


def test_an_order_with_many_decisions_is_erased_in_batches(
    record: DecisionStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(erasures, "BATCH", 2)
    ids = [record.decide(a_marked_case(claim=f"AS-{number}")).id for number in range(3)]
    assert record.erase(order_id="O-1", reason="asked for") == tuple(ids)
    found = [entry.document() for entry in record.entries("O-1")[3:]]
    assert [each["erased"] for each in found] == [ids[:2], ids[2:]]
    assert record.verify() is None


def test_an_unknown_erasure_is_not_found(record: DecisionStore) -> None:
    with pytest.raises(NotFound):
        record.erasures.find("nothing")


# Between records


def test_data_erased_after_a_move_are_erased_in_the_copy_too(record: DecisionStore, tmp_path: Path) -> None:
    def exported() -> io.BytesIO:
        stream = io.BytesIO()
        record.export(stream)
        return io.BytesIO(stream.getvalue())

    record.decide(a_marked_case())
    folder = tmp_path / "moved"
    folder.mkdir()
    moved = open_store(f"sqlite:///{folder}/record.db")
    moved.import_(exported())
    record.erase(order_id="O-1", reason="asked for")
    moved.import_(exported())
    assert moved.decision(record.entries("O-1")[0].id).erased
    assert moved.verify() is None
    assert MARKERS[0].encode() not in everything(moved, folder)
    moved.close()


def test_an_upgrade_leaves_no_digest_without_a_salt(record: DecisionStore, tmp_path: Path) -> None:
    """Neither in the tables nor in pages of the file, wherever an older version had written them."""
    given = record.decide(a_marked_case())
    content = digest(normalised(load_case(a_marked_case())))
    request, batch = digest([content, False, None]), sha256(b"a batch").hexdigest()
    unsalted = [request, batch, sha256(MARKERS[0].encode()).hexdigest()]
    migrate(record.engine, "0004")
    rows = [
        {"request": digest(["shop", "K"]), "payload": request, "decision_id": given.id, "answer": None},
        {"request": digest(["shop", "B"]), "payload": batch, "decision_id": None, "answer": ""},
    ]
    with across_tenants(record.engine).connect().execution_options(writes=True) as connection, connection.begin():
        connection.execute(REQUESTS.insert(), rows)
    database._migrate(record.engine, "head")  # and the process is killed before it rebuilds the file
    migrate(record.engine)
    left = everything(record, tmp_path)
    assert [each for each in unsalted if each.encode() in left] == []
    assert record.verify() is None
    assert record.decide(a_marked_case(), idempotency_key="K", caller="shop").id == given.id
    record.take_up("B", ["batch", 1, False], caller="shop")
    record.erase(order_id="O-1", reason="asked for")
    assert content.encode() not in everything(record, tmp_path)
