"""Checkpoints are linked, are taken automatically, and a verification can continue from one."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from adjudicator.model.time import Instant
from adjudicator.store import BrokenAt, Checkpoint, DecisionStore, checkpoints, database, open_store, verification
from adjudicator.store.checkpoints import all_checkpoints
from adjudicator.store.tables import CHECKPOINT_HEADS, CHECKPOINTS, DECISIONS
from store.cases import a_claim

only_sqlite = pytest.mark.parametrize("url", ["sqlite"], indirect=True)


@pytest.fixture
def three(record: DecisionStore) -> list[Checkpoint]:
    """Three checkpoints of a record that grew between them."""
    taken = []
    for number in range(3):
        record.decide(a_claim(order=f"O-{number}"))
        record.decide(a_claim(f"B-{number}", order="O-0"))
        taken.append(record.checkpoint())
    assert record.verify() is None
    return taken


def change(record: DecisionStore, *statements: Any) -> BrokenAt | None:
    """Change the database as its administrator could, and return what a verification finds."""
    with record.engine.connect().execution_options(writes=True) as connection, connection.begin():
        for statement in statements:
            connection.execute(statement)
    return record.verify()


def test_each_checkpoint_holds_the_digest_of_the_one_before_and_what_has_grown(
    record: DecisionStore, three: list[Checkpoint]
) -> None:
    assert [each.number for each in three] == [1, 2, 3]
    assert [each.previous for each in three] == ["0" * 64, three[0].digest, three[1].digest]
    assert [[chain for chain, _, _ in each.chains] for each in three] == [
        ["order/O-0"],
        ["order/O-0", "order/O-1"],
        ["order/O-0", "order/O-2"],
    ]
    assert record.checkpoint() == three[2]
    with record.engine.connect() as connection:
        assert [*all_checkpoints(connection)] == three


def removed(number: int) -> list[sa.Delete]:
    return [table.delete().where(table.c.number == number) for table in (CHECKPOINT_HEADS, CHECKPOINTS)]


@pytest.mark.parametrize(
    ("tampers", "number", "what"),
    [
        (removed(1), 1, "missing"),
        (removed(2), 2, "missing"),
        ([CHECKPOINTS.update().where(CHECKPOINTS.c.number == 2).values(at="2020-01-01T00:00:00Z")], 2, "altered"),
        ([CHECKPOINT_HEADS.update().where(CHECKPOINT_HEADS.c.number == 2).values(length=1)], 2, "altered"),
        ([CHECKPOINT_HEADS.delete().where(CHECKPOINT_HEADS.c.number == 3)], 3, "altered"),
    ],
)
def test_a_removed_or_altered_checkpoint_is_found(
    record: DecisionStore, three: list[Checkpoint], tampers: list[Any], number: int, what: str
) -> None:
    assert three
    assert change(record, *tampers) == BrokenAt("checkpoints", number, what)


def test_an_altered_checkpoint_with_a_new_digest_is_found_at_the_next_one(
    record: DecisionStore, three: list[Checkpoint]
) -> None:
    second = three[1]
    forged = Checkpoint.of(2, second.at, second.previous, second.chains[:1])
    statements = [
        CHECKPOINT_HEADS.delete().where(
            CHECKPOINT_HEADS.c.number == 2, CHECKPOINT_HEADS.c.chain == second.chains[1][0]
        ),
        CHECKPOINTS.update().where(CHECKPOINTS.c.number == 2).values(digest=forged.digest),
    ]
    assert change(record, *statements) == BrokenAt("checkpoints", 3, "does not follow the one before it")


def test_removing_the_latest_checkpoints_is_found_with_a_copy(record: DecisionStore, three: list[Checkpoint]) -> None:
    kept = Checkpoint.load(three[2].dump())
    assert record.verify_checkpoint(kept) is None
    assert change(record, *removed(3)) is None
    fault = record.verify_checkpoint(kept)
    assert fault is not None
    assert (fault.chain, fault.number) == ("checkpoints", 3)
    assert fault.what.startswith("missing; every entry that it saw is there")
    record.decide(a_claim(order="O-9"))
    assert record.checkpoint().number == 3
    assert record.verify_checkpoint(kept) == BrokenAt("checkpoints", 3, "not the checkpoint that was taken")


def test_a_verification_continues_from_the_last_one_and_reads_only_new_entries(
    record: DecisionStore, three: list[Checkpoint], monkeypatch: pytest.MonkeyPatch
) -> None:
    record.decide(a_claim("AS-9", order="O-1"))
    read: list[str] = []
    whole = verification.chain_fault

    def noted(connection: sa.Connection, chain: str, length: int, head: str) -> BrokenAt | None:
        read.append(chain)
        return whole(connection, chain, length, head)

    monkeypatch.setattr(verification, "chain_fault", noted)
    assert record.verify(three[2]) is None
    assert read == ["order/O-1"]
    read.clear()
    assert record.verify(three[0]) is None
    assert read == ["order/O-0", "order/O-1", "order/O-2"]
    found = change(record, DECISIONS.update().where(DECISIONS.c.order_id == "O-1").values(outcome="none"))
    assert found == record.verify(three[2]) == BrokenAt("order/O-1", 1, "its row in the list of decisions is wrong")


def test_a_verification_refuses_a_checkpoint_of_another_record(record: DecisionStore, three: list[Checkpoint]) -> None:
    other = Checkpoint.of(3, three[2].at, three[1].digest, ())
    assert record.verify(other) == BrokenAt("checkpoints", 3, "not the checkpoint that was taken")


def test_a_checkpoint_is_taken_when_it_is_due_and_there_is_something_new(tmp_path: Path) -> None:
    clock = [Instant.parse("2026-06-01T00:00:00Z")]
    record = open_store(f"sqlite:///{tmp_path}/record.db", now=lambda: clock[0])
    record.decide(a_claim())
    first = record.checkpoint_if_due(60)
    assert first is not None
    record.decide(a_claim("AS-2"))
    assert record.checkpoint_if_due(60) is None
    clock[0] = Instant(clock[0] + 60 * 60_000_000)
    second = record.checkpoint_if_due(60)
    assert second is not None
    assert (second.number, second.previous) == (2, first.digest)
    clock[0] = Instant(clock[0] + 60 * 60_000_000)
    assert record.checkpoint_if_due(60) is None
    record.close()


@only_sqlite
def test_an_export_includes_checkpoints(record: DecisionStore, three: list[Checkpoint], tmp_path: Path) -> None:
    stream = io.BytesIO()
    record.export(stream)
    moved = open_store(f"sqlite:///{tmp_path}/moved.db")
    moved.import_(io.BytesIO(stream.getvalue()))
    assert moved.verify_checkpoint(three[2]) is None
    assert moved.checkpoint() == three[2]
    own = open_store(f"sqlite:///{tmp_path}/own.db")
    own.decide(a_claim(order="O-7"))
    first = own.checkpoint()
    own.import_(io.BytesIO(stream.getvalue()))
    assert own.verify_checkpoint(first) is None
    assert own.verify() is None
    for each in (moved, own):
        each.close()


@only_sqlite
def test_two_processes_take_one_checkpoint_at_the_same_moment(
    record: DecisionStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    record.decide(a_claim())
    write = database.write_transaction
    first: list[Checkpoint] = []

    def after_another(engine: sa.Engine) -> Any:
        monkeypatch.undo()
        first.append(record.checkpoint())
        return write(engine)

    monkeypatch.setattr(checkpoints, "write_transaction", after_another)
    assert record.checkpoint() == first[0] == record.checkpoint()
    assert record.verify() is None
