"""The record is tamper-evident: any change is found, with its place."""

from __future__ import annotations

import io
import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from hashlib import sha256
from typing import Any

import pytest
import sqlalchemy as sa
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from adjudicator.store import BadCheckpoint, BrokenAt, Checkpoint, DecisionStore, NotImportable, State, open_store
from adjudicator.store.chain import ERASED_SALT
from adjudicator.store.database import migrate
from adjudicator.store.tables import CHAINS, DECISIONS, ENTRIES, PAYOUTS, SEALED
from adjudicator.store.verification import first_fault
from store.cases import ADMISSION, ORDER, a_claim

ONE, OTHER = "order/O-1", "order/O-2"


@pytest.fixture
def full(record: DecisionStore) -> DecisionStore:
    """A record of everything that can happen."""
    first = record.decide(a_claim(order="O-1"), idempotency_key="K", caller="shop")
    refund, _, postage = record.reserve(first.id)
    record.confirm(refund.key)
    record.reverse(postage.key)
    record.decide(a_claim(order="O-1", units=3), fill_settlements=True, supersedes=first.id)
    record.decide(a_claim(order="O-2"))
    record.erase(order_id="O-2", reason="asked for")
    record.decide(a_claim(order="O-2", units=3))
    record.decide(json.dumps(ADMISSION))
    assert record.verify() is None
    return record


@contextmanager
def intruding(record: DecisionStore) -> Iterator[sa.Connection]:
    """Access of somebody who can change anything in the database. All changes are undone at the end."""
    with record.engine.connect().execution_options(writes=True) as connection:
        work = connection.begin()
        if connection.dialect.name == "sqlite":
            for act in ("UPDATE", "DELETE"):
                connection.exec_driver_sql(f"DROP TRIGGER entries_refuse_{act}")
            connection.exec_driver_sql("PRAGMA defer_foreign_keys = ON")
        else:
            connection.exec_driver_sql("SET LOCAL session_replication_role = replica")
        yield connection
        work.rollback()


def key_of(table: sa.Table, row: sa.RowMapping) -> sa.ColumnElement[bool]:
    return sa.and_(*(column == row[column.name] for column in table.primary_key.columns))


def another(value: Any, column: sa.Column[Any]) -> Any:
    if column.type.python_type is int:
        return 1 if value is None else value + 1000
    return ("9" if value[0] != "9" else "8") + value[1:] if value else "9"


TABLES = (CHAINS, ENTRIES, SEALED, DECISIONS, PAYOUTS)


@pytest.mark.parametrize("table", TABLES, ids=lambda each: str(each.name))
def test_any_change_of_any_row_is_found(full: DecisionStore, table: sa.Table) -> None:
    """Each value of each row is changed, one at a time, and each row is deleted."""
    with intruding(full) as connection:
        assert first_fault(connection) is None
        for row in connection.execute(sa.select(table)).mappings().all():
            where = key_of(table, row)
            tampers: list[Any] = [
                table.update().where(where).values({column.name: another(row[column.name], column)})
                for column in table.columns
            ]
            if table is SEALED and row["salt"] == ERASED_SALT:
                tampers = tampers[1:]  # there is no other entry to refer to, and nothing to delete
            else:
                tampers.append(table.delete().where(where))
            for tamper in tampers:
                undo = connection.begin_nested()
                connection.execute(tamper)
                fault = first_fault(connection)
                assert fault is not None, (table.name, dict(row), str(tamper))
                undo.rollback()
        assert first_fault(connection) is None


def altered(chain: str, number: int) -> sa.Update:
    return ENTRIES.update().where(ENTRIES.c.chain == chain, ENTRIES.c.number == number)


def removed(chain: str, number: int) -> sa.Delete:
    return ENTRIES.delete().where(ENTRIES.c.chain == chain, ENTRIES.c.number == number)


@pytest.mark.parametrize(
    ("tampers", "at"),
    [
        ([altered(ONE, 2).values(body=sa.func.replace(ENTRIES.c.body, "59200", "59201"))], (ONE, 2, "altered")),
        ([removed(ONE, 3)], (ONE, 3, "missing")),
        ([removed(ONE, 3), altered(ONE, 4).values(number=3)], (ONE, 3, "does not follow")),
        ([altered(ONE, 3).values(number=99), altered(ONE, 2).values(number=3), altered(ONE, 99).values(number=2)], (ONE, 2, "does not follow")),
        ([removed(ONE, 7)], (ONE, 7, "missing")),
        ([removed(OTHER, 1), altered(ONE, 5).values(body="{}")], (ONE, 5, "altered")),
        ([SEALED.delete().where(SEALED.c.id.in_(sa.select(ENTRIES.c.id).where(ENTRIES.c.chain == ONE, ENTRIES.c.number == 7)))], (ONE, 7, "no erasure")),
        ([PAYOUTS.update().values(amount=1)], (ONE, 3, "list of payouts")),
        ([DECISIONS.delete().where(DECISIONS.c.number == 7)], (ONE, 7, "list of decisions")),
    ],
    ids=lambda each: f"{each[0].split('/')[1]}-{each[1]}" if isinstance(each, tuple) else "",
)  # fmt: skip
def test_the_first_place_is_named(full: DecisionStore, tampers: list[Any], at: tuple[str, int, str]) -> None:
    with intruding(full) as connection:
        for tamper in tampers:
            connection.execute(tamper)
        fault = first_fault(connection)
    assert fault is not None
    assert (fault.chain, fault.number) == at[:2]
    assert at[2] in fault.what


def test_an_altered_entry_with_a_new_digest_is_found_at_the_next_one(full: DecisionStore) -> None:
    with intruding(full) as connection:
        row = connection.execute(sa.select(ENTRIES).where(ENTRIES.c.chain == ONE, ENTRIES.c.number == 2)).one()
        body = row.body.replace("59200", "59201")
        digest = sha256(f"{row.previous}\n{body}".encode()).hexdigest()
        connection.execute(altered(ONE, 2).values(body=body, digest=digest))
        assert first_fault(connection) == BrokenAt(ONE, 3, "does not follow the entry before it")


@pytest.mark.parametrize("statement", ["UPDATE entries SET body = ''", "DELETE FROM entries"])
def test_the_database_itself_refuses_to_change_an_entry(full: DecisionStore, statement: str) -> None:
    with full.engine.connect() as connection, connection.begin() as work:
        with pytest.raises(sa.exc.DBAPIError, match="entries are never changed"):
            connection.exec_driver_sql(statement)
        work.rollback()


# Checkpoints


def test_a_checkpoint_holds_while_the_record_grows(full: DecisionStore) -> None:
    checkpoint = full.checkpoint()
    full.decide(a_claim(order="O-3"))
    full.decide(a_claim(order="O-1", units=1))
    assert full.verify_checkpoint(Checkpoint.load(checkpoint.dump())) is None


def test_a_truncated_chain_is_found_by_a_checkpoint(full: DecisionStore) -> None:
    """An intruder who makes everything else consistent cannot make the checkpoint match."""
    checkpoint = full.checkpoint()
    cut = "case/AD-1"
    with intruding(full) as connection:
        ids = sa.select(ENTRIES.c.id).where(ENTRIES.c.chain == cut)
        connection.execute(SEALED.delete().where(SEALED.c.id.in_(ids)))
        for table in (DECISIONS, ENTRIES, CHAINS):
            connection.execute(table.delete().where(table.c.chain == cut))
        assert first_fault(connection) is None
        from adjudicator.store.checkpoints import first_mismatch

        assert first_mismatch(connection, checkpoint) == BrokenAt(cut, 1, "missing, though a checkpoint saw it")


def test_a_checkpoint_is_signed_and_any_change_is_detected(full: DecisionStore) -> None:
    private, stranger = Ed25519PrivateKey.generate(), Ed25519PrivateKey.generate()
    pem = private.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )

    def public(key: Ed25519PrivateKey) -> bytes:
        form = serialization.PublicFormat.SubjectPublicKeyInfo
        return key.public_key().public_bytes(serialization.Encoding.PEM, form)

    signed = full.checkpoint(pem)
    assert full.verify_checkpoint(signed, public(private)) is None
    with pytest.raises(BadCheckpoint, match="not signed with this key"):
        full.verify_checkpoint(signed, public(stranger))
    assert full.checkpoint() == signed  # nothing has changed
    full.decide(a_claim(order="O-4"))
    with pytest.raises(BadCheckpoint, match="not signed"):
        full.verify_checkpoint(full.checkpoint(), public(private))
    with pytest.raises(BadCheckpoint, match="altered"):
        full.verify_checkpoint(Checkpoint.load(signed.dump().replace(b"O-1", b"O-9")))
    for nonsense in (b"", b"[]", b'{"at":1,"chains":[[1]],"digest":""}'):
        with pytest.raises(BadCheckpoint):
            Checkpoint.load(nonsense)
    with pytest.raises(BadCheckpoint):
        full.checkpoint(b"nonsense")


# Export and import


def exported(record: DecisionStore) -> bytes:
    stream = io.BytesIO()
    record.export(stream)
    return stream.getvalue()


@pytest.fixture
def empty(url: str, request: pytest.FixtureRequest, tmp_path: Any) -> Iterator[DecisionStore]:
    """An empty record in the other kind of database."""
    if url.startswith("sqlite"):
        from store.schemas import schema_on

        other, drop = schema_on(request.getfixturevalue("server"))
    else:
        other, drop = f"sqlite:///{tmp_path}/other.db", lambda: None
    opened = open_store(other)
    yield opened
    opened.close()
    drop()


def test_an_export_is_imported_unchanged_into_the_other_database(full: DecisionStore, empty: DecisionStore) -> None:
    text = exported(full)
    assert empty.import_(io.BytesIO(text)) == text.count(b'"kind":"entry"')
    assert exported(empty) == text
    assert empty.verify() is None
    assert empty.decisions().items == full.decisions().items
    assert empty.payouts("O-1") == full.payouts("O-1")
    again = empty.decide(a_claim(order="O-1"), idempotency_key="K", caller="shop")
    assert again.repeat
    assert empty.import_(io.BytesIO(text)) == 0


def test_an_export_can_be_verified_with_a_few_lines_of_any_language(full: DecisionStore) -> None:
    previous: dict[str, str] = {}
    for line in map(json.loads, exported(full).splitlines()):
        if line["kind"] == "entry":
            assert line["previous"] == previous.get(line["chain"], "0" * 64)
            assert line["digest"] == sha256((line["previous"] + "\n" + line["body"]).encode()).hexdigest()
            previous[line["chain"]] = line["digest"]
    assert len(previous) == 3


def test_an_export_that_was_tampered_with_is_refused_and_leaves_nothing(
    full: DecisionStore, empty: DecisionStore
) -> None:
    lines = exported(full).splitlines(keepends=True)
    entries = [number for number, line in enumerate(lines) if b'"kind":"entry"' in line]
    for broken in (
        [*lines[:2], *lines[3:]],
        [*lines[:2], lines[3], lines[2], *lines[4:]],
        [line.replace(b'\\"amount\\":592000', b'\\"amount\\":592001') for line in lines],
        [line.replace(b"buyer-7", b"buyer-8") for line in lines],
        [lines[0], b"{}\n"],
        [lines[0], b"nonsense\n"],
        [lines[0], lines[entries[0]].replace(b'"seal":{', b'"seal":{"x":{},')[:-10] + b"\n"],
        lines[1:],
        [],
    ):
        for text in (b"".join(broken), with_its_end(broken)):
            with pytest.raises(NotImportable):
                empty.import_(io.BytesIO(text))
        assert exported(empty).count(b"\n") == 2


def with_its_end(lines: Iterable[bytes]) -> bytes:
    """An export with a matching last line, as an intruder would write it."""
    kept = [line for line in lines if b'"kind":"end"' not in line.replace(b" ", b"")]
    counts = {
        name: sum(b'"kind":"%b"' % name.encode() in line.replace(b" ", b"") for line in kept)
        for name in ("entry", "request")
    }
    end = {"kind": "end", "entries": counts["entry"], "requests": counts["request"]}
    return b"".join([*kept, json.dumps({**end, "sha256": sha256(b"".join(kept)).hexdigest()}).encode() + b"\n"])


def without_reservations(lines: list[bytes]) -> Iterator[bytes]:
    """A consistent export, except that payouts are confirmed and reversed without a reservation."""
    last: dict[str, tuple[int, str]] = {}
    for line in map(json.loads, lines):
        body = json.loads(line["body"]) if line["kind"] == "entry" else {}
        if body.get("state") != "reserved":
            if body:
                number, previous = last.get(line["chain"], (0, "0" * 64))
                text = json.dumps({**body, "number": number + 1}, separators=(",", ":"), ensure_ascii=False)
                digest = sha256(f"{previous}\n{text}".encode()).hexdigest()
                line |= {"number": number + 1, "body": text, "previous": previous, "digest": digest}
                last[line["chain"]] = (number + 1, digest)
            yield json.dumps(line).encode() + b"\n"


def test_an_impossible_history_is_refused_at_its_line(full: DecisionStore, empty: DecisionStore) -> None:
    """An event of a missing payout or decision is not ignored."""
    broken = with_its_end(without_reservations(exported(full).splitlines()))
    assert b'\\"state\\":\\"confirmed\\"' in broken
    with pytest.raises(NotImportable, match=r"^line \d+: "):
        empty.import_(io.BytesIO(broken))
    assert exported(empty).count(b"\n") == 2


def test_an_export_of_another_history_of_an_order_is_refused(full: DecisionStore, empty: DecisionStore) -> None:
    empty.decide(a_claim(order="O-1"))
    with pytest.raises(NotImportable, match="differs from the one on record"):
        empty.import_(io.BytesIO(exported(full)))


# Migrations


def entries_in(export: bytes) -> list[bytes]:
    return [line for line in export.splitlines() if b'"kind":"entry"' in line]


def test_data_survive_a_downgrade_and_an_upgrade(full: DecisionStore) -> None:
    before = exported(full)
    entries = entries_in(before)
    migrate(full.engine, "0001")
    assert not sa.inspect(full.engine).has_table("api_keys")
    assert not sa.inspect(full.engine).has_table("rates")
    migrate(full.engine)
    assert full.verify() is None
    assert entries_in(exported(full)) == entries
    migrate(full.engine, "base")
    assert set(sa.inspect(full.engine).get_table_names()) <= {"alembic_version"}
    migrate(full.engine)
    assert full.import_(io.BytesIO(before)) > 0
    assert exported(full) == before
    assert full.verify() is None


def test_requests_that_an_older_schema_cannot_hold_are_dropped_and_their_keys_freed(record: DecisionStore) -> None:
    given = record.decide(a_claim(), idempotency_key="D")
    first = record.reserve(given.id, idempotency_key="P")
    migrate(record.engine, "0002")
    migrate(record.engine)
    assert record.decide(a_claim(), idempotency_key="D").id == given.id
    assert record.settle(given.id, State.CONFIRMED, idempotency_key="P") == record.payouts(ORDER) != first


def test_the_migrations_make_the_tables_that_the_program_uses(record: DecisionStore) -> None:
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    from adjudicator.store.columns import METADATA

    with record.engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), METADATA) == []


def test_a_schema_from_the_future_is_left_alone(record: DecisionStore) -> None:
    from adjudicator.store import SchemaMismatch

    with record.engine.connect().execution_options(writes=True) as connection, connection.begin():
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
        connection.exec_driver_sql("UPDATE compatibility SET oldest = '9999'")
    for mode in (True, False):
        with pytest.raises(SchemaMismatch, match="9999"):
            open_store(record.engine.url.render_as_string(hide_password=False), migrate=mode)
