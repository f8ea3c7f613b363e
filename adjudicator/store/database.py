"""The database: an engine for a URL, transactions that read or write, and the schema that has to be there."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from threading import Lock
from typing import Any, Final

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import URL, make_url

from adjudicator.store.errors import NoRecord, RecordError, SchemaMismatch

DEFAULT_URL: Final = "sqlite:///adjudicator.db"
"""Where the record is kept if nobody says anything: a file in the current directory."""
PATIENCE: Final = 30.0
"""How many seconds a writer waits for another one before it gives up."""
CONNECT_SECONDS: Final = 5
"""How long PostgreSQL may take to let us in, and how long a thread waits for one of the connections."""
STATEMENT_SECONDS: Final = 20
"""How long PostgreSQL may work on a statement."""
LOCK_SECONDS: Final = 10
"""How long a statement may wait for a lock."""
LEAST_FREE: Final = 16 * 1024 * 1024
"""How many bytes have to be free on the disk of a file for the record to be ready: less, and a write would fail."""
MIGRATING: Final = 6_107_348_651_237_910_345
"""The number of the lock under which PostgreSQL lets one worker at a time migrate."""


def engine_for(url: str) -> sa.Engine:
    """An engine for ``sqlite:///FILE`` or ``postgresql://...``. Raises :class:`ValueError` for anything else."""
    parsed = make_url(url)
    match parsed.get_backend_name():
        case "sqlite":
            return _sqlite(parsed)
        case "postgresql" | "postgres":
            return _postgresql(parsed)
        case other:
            raise ValueError(f"a record is kept in sqlite or postgresql, not in {other}")


def _postgresql(url: URL) -> sa.Engine:
    """An engine that waits for nothing without a bound, neither for the server nor for a connection to it."""
    from adjudicator.store.postgresql import BoundedConnection  # noqa: PLC0415 - an extra of its own

    engine = sa.create_engine(
        url.set(drivername="postgresql+psycopg"),
        pool_pre_ping=True,
        pool_timeout=CONNECT_SECONDS,
        connect_args={"connect_timeout": CONNECT_SECONDS},
    )

    @sa.event.listens_for(engine, "do_connect")
    def connect(_: Any, __: Any, arguments: Any, named: Any) -> Any:
        connection = BoundedConnection.connect(*arguments, **named)
        bounds = {
            "statement_timeout": STATEMENT_SECONDS,
            "lock_timeout": LOCK_SECONDS,
            "idle_in_transaction_session_timeout": STATEMENT_SECONDS,
        }
        try:
            for name, seconds in bounds.items():
                connection.execute("SELECT set_config(%s, %s, false)", (name, f"{seconds}s"))
            connection.commit()
        except BaseException:
            connection.close()
            raise
        return connection

    return engine


@contextmanager
def without_bounds(connection: sa.Connection) -> Iterator[None]:
    """Let a transaction take as long as it takes: a migration, which nobody waits for."""
    if connection.dialect.name == "sqlite":
        yield
        return
    driver: Any = connection.connection.driver_connection
    for name in ("statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout"):
        connection.execute(sa.select(sa.func.set_config(name, "0", True)))
    driver.bounded = False
    try:
        yield
    finally:
        driver.bounded = True


def _sqlite(url: URL) -> sa.Engine:
    if not url.database or url.database == ":memory:":
        raise ValueError("a record is kept in a file: sqlite:///FILE")
    engine = sa.create_engine(url, connect_args={"timeout": PATIENCE})

    @sa.event.listens_for(engine, "connect")
    def connected(connection: Any, _: object) -> None:
        connection.isolation_level = None  # transactions begin where we say so, not where the driver guesses
        for pragma in ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON", "secure_delete = ON"):
            connection.execute(f"PRAGMA {pragma}")

    @sa.event.listens_for(engine, "begin")
    def begun(connection: sa.Connection) -> None:
        writes = connection.get_execution_options().get("writes")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine.execution_options(turn=Lock())


@contextmanager
def reading(engine: sa.Engine) -> Iterator[sa.Connection]:
    """A transaction that sees the record as it was at one moment."""
    options = {} if engine.dialect.name == "sqlite" else {"isolation_level": "REPEATABLE READ"}
    with engine.connect().execution_options(**options) as connection, connection.begin():
        yield connection


@contextmanager
def writing(engine: sa.Engine) -> Iterator[sa.Connection]:
    """A transaction that writes all that it writes, or nothing. In SQLite, writers take turns from its beginning.

    The threads of a process stand in line for their turn; other processes try again until it is theirs.
    """
    turn = engine.get_execution_options().get("turn", nullcontext())
    with turn, engine.connect().execution_options(writes=True) as connection, connection.begin():
        yield connection


def insert_if_new(connection: sa.Connection, table: sa.Table, **values: Any) -> None:
    """Insert a row unless there is one with its key."""
    insert = sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert
    connection.execute(insert(table).on_conflict_do_nothing(), values)


def only_one_runs(connection: sa.Connection, digest: str) -> bool:
    """Whether nobody else works under this digest, until the transaction ends; in SQLite nobody else writes at all."""
    if connection.dialect.name == "sqlite":
        return True
    number = int.from_bytes(bytes.fromhex(digest)[:8], signed=True)
    return bool(connection.scalar(sa.select(sa.func.pg_try_advisory_xact_lock(number))))


def scrub(engine: sa.Engine) -> None:
    """Leave nothing of what was deleted in the files of SQLite. PostgreSQL does that with ``VACUUM FULL``, when it is told to.

    Raises :class:`~adjudicator.store.errors.RecordError` while somebody still reads what was there before.
    """
    if engine.dialect.name != "sqlite":
        return
    with engine.connect() as connection:
        driver: Any = connection.connection.driver_connection
        try:
            driver.execute("VACUUM")
            held_back, _, _ = driver.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        except sqlite3.OperationalError:
            held_back = True
    if held_back:
        raise RecordError("erased, but someone still reads the files as they were: erase again to clear them too")


# The schema


def migrate(engine: sa.Engine, revision: str = "head") -> None:
    """Bring the schema to a revision, the newest unless another is named. One worker migrates, the others wait."""
    with writing(engine) as connection, without_bounds(connection):
        if connection.dialect.name == "postgresql":
            connection.execute(sa.select(sa.func.pg_advisory_xact_lock(MIGRATING)))
        config = _config(connection)
        known = [each.revision for each in ScriptDirectory.from_config(config).walk_revisions()]
        target = known[0] if revision == "head" else revision
        there = revision_of(connection)
        if there is not None and there not in known:
            raise SchemaMismatch(there, known[0])
        if there is None or (target in known and known.index(target) < known.index(there)):
            command.upgrade(config, target)
        elif target != there:
            command.downgrade(config, target)


def must_exist(engine: sa.Engine) -> None:
    """Raises :class:`~adjudicator.store.errors.RecordError` where there is no file: to look at a record must not make one."""
    if engine.dialect.name == "sqlite" and not Path(str(engine.url.database)).exists():
        raise NoRecord(f"there is no record in {engine.url.database}: run adjudicator migrate")


def must_have_space(engine: sa.Engine) -> None:
    """Raises :class:`~adjudicator.store.errors.RecordError` where the disk of a file is so full that nothing can be written."""
    if engine.dialect.name == "sqlite":
        free = shutil.disk_usage(Path(str(engine.url.database)).resolve().parent).free
        if free < LEAST_FREE:
            raise RecordError(f"the disk has {free} bytes left, and the record needs {LEAST_FREE}")


def check_schema(engine: sa.Engine) -> None:
    """Raises :class:`~adjudicator.store.errors.SchemaMismatch` unless the schema is the newest that this program knows."""
    with reading(engine) as connection:
        newest = ScriptDirectory.from_config(_config(connection)).get_current_head()
        there = revision_of(connection)
    if there != newest:
        raise SchemaMismatch(there, newest)


def revision_of(connection: sa.Connection) -> str | None:
    """The revision of the schema, ``None`` where there is none."""
    if not sa.inspect(connection).has_table("alembic_version"):
        return None
    found: str | None = connection.scalar(sa.text("SELECT version_num FROM alembic_version"))
    return found


def _config(connection: sa.Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    config.attributes["connection"] = connection
    return config
