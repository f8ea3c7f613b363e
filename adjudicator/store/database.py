"""The database: engines, read and write transactions, and the schema."""

from __future__ import annotations

import shutil
import sqlite3
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from functools import cache
from pathlib import Path
from threading import Lock
from typing import Any, Final, TypeVar

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import URL, make_url

from adjudicator.store.errors import NoRecord, RecordError, SchemaMismatch, database_code
from adjudicator.store.tables import COMPATIBILITY
from adjudicator.store.tenancy import across_tenants, restrict_statements

T = TypeVar("T")

DEFAULT_URL: Final = "sqlite:///adjudicator.db"
"""The default record: a file in the current directory."""
WRITE_LOCK_SECONDS: Final = 30.0
"""How long a SQLite writer waits for another before it gives up."""
WRITE_LOCK_PAUSE: Final = 0.001
"""After how many seconds a SQLite writer looks again whether another is done."""
CLEAR_SECONDS: Final = 0.2
"""How long readers and writers of SQLite may hold up the clearing of its log, and it them."""
CONNECT_SECONDS: Final = 5
"""The time limit for connecting to PostgreSQL, and for getting a connection from the pool."""
STATEMENT_SECONDS: Final = 20
"""PostgreSQL's time limit for a statement."""
LOCK_SECONDS: Final = 10
"""PostgreSQL's time limit for getting a lock."""
TIMEOUTS: Final = {
    "statement_timeout": STATEMENT_SECONDS,
    "lock_timeout": LOCK_SECONDS,
    "idle_in_transaction_session_timeout": STATEMENT_SECONDS,
}
"""PostgreSQL's time limits by the names of its settings, in seconds."""
MIN_FREE_BYTES: Final = 16 * 1024 * 1024
"""The disk space a SQLite record needs to be ready. With less, a write could fail."""
ATTEMPTS: Final = 5
"""How often a transaction that is undone because of others is begun in all."""
DEADLOCK: Final = "40P01"
"""PostgreSQL's code of the error that undoes one of several transactions that wait for each other."""
TO_REBUILD: Final = 1
"""The ``user_version`` of a SQLite file that was migrated and must still be rebuilt."""
MIGRATION_LOCK: Final = 6_107_348_651_237_910_345
"""The PostgreSQL advisory lock that lets one worker migrate at a time."""

GROUPS: Final = "groups"
"""The execution option of an engine that holds the groups of callers who write together, by tenant."""


def engine_for(url: str) -> sa.Engine:
    """An engine for ``sqlite:///FILE`` or ``postgresql://...``. Raises :class:`ValueError` for anything else."""
    parsed = make_url(url)
    match parsed.get_backend_name():
        case "sqlite":
            engine = _sqlite(parsed)
        case "postgresql" | "postgres":
            engine = _postgresql(parsed)
        case other:
            raise ValueError(f"the record needs sqlite or postgresql, not {other}")
    return engine.execution_options(**{GROUPS: {}})


def _postgresql(url: URL) -> sa.Engine:
    """An engine with a time limit on every wait, for the server and for the pool."""
    from adjudicator.store.postgresql import connected  # noqa: PLC0415 - an extra of its own

    engine = sa.create_engine(
        url.set(drivername="postgresql+psycopg"),
        pool_pre_ping=True,
        pool_timeout=CONNECT_SECONDS,
        connect_args={"connect_timeout": CONNECT_SECONDS},
    )

    restrict_statements(engine)

    @sa.event.listens_for(engine, "do_connect")
    def connect(_: Any, __: Any, arguments: Any, named: Any) -> Any:
        return connected(TIMEOUTS, *arguments, **named)

    @sa.event.listens_for(engine, "begin")
    def begun(connection: sa.Connection) -> None:
        driver: Any = connection.connection.driver_connection
        if driver.is_pooled:  # another client may have had the session in between
            connection.execute(_SET_TIMEOUTS)

    return engine


_SET_TIMEOUTS: Final = sa.select(*(sa.func.set_config(name, f"{seconds}s", True) for name, seconds in TIMEOUTS.items()))


@contextmanager
def without_timeouts(connection: sa.Connection) -> Iterator[None]:
    """Lift the time limits for a migration, which no request waits for."""
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
        raise ValueError("the record needs a file: sqlite:///FILE")
    engine = sa.create_engine(url, connect_args={"timeout": WRITE_LOCK_SECONDS})

    restrict_statements(engine)

    @sa.event.listens_for(engine, "connect")
    def connected(connection: Any, _: object) -> None:
        connection.isolation_level = None  # we begin transactions ourselves; the driver would guess
        for pragma in ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON", "secure_delete = ON"):
            connection.execute(f"PRAGMA {pragma}")

    @sa.event.listens_for(engine, "begin")
    def begun(connection: sa.Connection) -> None:
        driver: Any = connection.connection.driver_connection
        if connection.get_execution_options().get("writes"):
            _take_write_lock(driver)
        else:
            driver.execute("BEGIN")

    return engine.execution_options(turn=Lock())


def _take_write_lock(driver: sqlite3.Connection) -> None:
    """Begin a transaction that writes, as soon as nobody else does.

    SQLite would look again after pauses that grow to a tenth of a second. Meanwhile another process can take the lock over and over.
    """
    begin, until = "BEGIN IMMEDIATE", time.monotonic() + WRITE_LOCK_SECONDS
    driver.execute("PRAGMA busy_timeout = 0")
    try:
        while not _has_begun(driver, begin, time.monotonic() < until):
            time.sleep(WRITE_LOCK_PAUSE)
    except sqlite3.OperationalError as error:
        raise sa.exc.OperationalError(begin, None, error) from error
    finally:
        driver.execute(f"PRAGMA busy_timeout = {int(WRITE_LOCK_SECONDS * 1000)}")


def _has_begun(driver: sqlite3.Connection, begin: str, may_wait: bool) -> bool:
    try:
        driver.execute(begin)
    except sqlite3.OperationalError as error:
        if may_wait and error.sqlite_errorcode & _KIND_OF_ERROR == sqlite3.SQLITE_BUSY:
            return False
        raise
    return True


_KIND_OF_ERROR: Final = 0xFF
"""The part of SQLite's error codes that says what kind it is; the rest is about why."""


@contextmanager
def read_transaction(engine: sa.Engine) -> Iterator[sa.Connection]:
    """A read transaction on one consistent snapshot."""
    options = {} if engine.dialect.name == "sqlite" else {"isolation_level": "REPEATABLE READ"}
    with engine.connect().execution_options(**options) as connection, connection.begin():
        yield connection


@contextmanager
def write_transaction(engine: sa.Engine) -> Iterator[sa.Connection]:
    """An atomic write transaction. In SQLite it takes the write lock at the start.

    Threads of this process queue for the lock; other processes retry until they get it.
    """
    turn = engine.get_execution_options().get("turn", nullcontext())
    with turn, engine.connect().execution_options(writes=True) as connection, connection.begin():
        yield connection


def unless_deadlocked(work: Callable[[], T]) -> T:
    """Do a whole transaction, and do it again if PostgreSQL has undone it because it and another waited for each other.

    The other one goes on then, so the same seldom happens twice; after :data:`ATTEMPTS` the error is raised.
    """
    for _ in range(ATTEMPTS - 1):
        try:
            return work()
        except sa.exc.OperationalError as error:
            if database_code(error) != DEADLOCK:
                raise
    return work()


def insert_if_new(connection: sa.Connection, table: sa.Table, **values: Any) -> bool:
    """Insert a row unless its key exists. Returns whether it did not."""
    return connection.execute(insert_new(connection.dialect.name, table), values).rowcount == 1


@cache
def insert_new(dialect: str, table: sa.Table) -> Any:
    """An insert that skips rows whose keys exist."""
    insert = sqlite.insert if dialect == "sqlite" else postgresql.insert
    return insert(table).on_conflict_do_nothing().execution_options(preserve_rowcount=True)


def in_byte_order(connection: sa.Connection, column: sa.Column[str]) -> sa.ColumnElement[Any]:
    """Texts in the order of their bytes, as Python and SQLite have them. PostgreSQL's own depends on the language of the database."""
    return column if connection.dialect.name == "sqlite" else column.collate("C")


def blank(column: sa.Column[str]) -> sa.ColumnElement[str]:
    """In SQLite: as many spaces as a text has bytes, so that its row keeps its size and place."""
    return sa.func.printf("%.*c", sa.func.length(sa.cast(column, sa.LargeBinary)), " ")


def rebuild_indexes(connection: sa.Connection, table: sa.Table) -> None:
    """Rebuild the indexes of a table, so that with ``secure_delete`` nothing is left of their old pages. Does nothing in PostgreSQL."""
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql(f"REINDEX {table.name}")


def try_locks(connection: sa.Connection, digests: Sequence[str]) -> frozenset[str]:
    """Try to lock digests until the transaction ends, with one statement. Returns those that are locked now."""
    if connection.dialect.name == "sqlite" or not digests:
        return frozenset(digests)
    number = sa.func.unnest(sa.bindparam("numbers", type_=postgresql.ARRAY(sa.BigInteger))).column_valued("number")
    tried = sa.select(number, sa.func.pg_try_advisory_xact_lock(number))
    locked = {row[0] for row in connection.execute(tried, {"numbers": list(map(_lock_number, digests))}) if row[1]}
    return frozenset(each for each in digests if _lock_number(each) in locked)


def try_lock(connection: sa.Connection, digest: str) -> bool:
    """Try to lock a digest until the transaction ends. SQLite has one writer at a time, so there it always succeeds."""
    if connection.dialect.name == "sqlite":
        return True
    return bool(connection.scalar(sa.select(sa.func.pg_try_advisory_xact_lock(_lock_number(digest)))))


def _lock_number(digest: str) -> int:
    return int.from_bytes(bytes.fromhex(digest)[:8], signed=True)


def clear_log(engine: sa.Engine) -> bool:
    """Move the write-ahead log of SQLite into the database and empty it. Returns whether that was possible.

    It is not while someone reads an older state. Nobody waits for that longer than :data:`CLEAR_SECONDS`. In PostgreSQL, there is nothing
    to do: run ``VACUUM`` yourself.
    """
    if engine.dialect.name != "sqlite":
        return True
    turn = engine.get_execution_options()["turn"]
    with engine.connect() as connection:
        driver: Any = connection.connection.driver_connection
        driver.execute("PRAGMA wal_checkpoint(PASSIVE)")
        driver.execute(f"PRAGMA busy_timeout = {int(CLEAR_SECONDS * 1000)}")
        try:
            with turn:
                blocked, _, _ = driver.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        except sqlite3.OperationalError:
            return False
        finally:
            driver.execute(f"PRAGMA busy_timeout = {int(WRITE_LOCK_SECONDS * 1000)}")
    return not blocked


# The schema


def migrate(engine: sa.Engine, revision: str = "head") -> None:
    """Upgrade or downgrade the schema to a revision, the newest by default. One worker migrates while the others wait."""
    _migrate(engine, revision)
    if engine.dialect.name == "sqlite":
        _rebuild_if_needed(engine)


def _migrate(engine: sa.Engine, revision: str) -> None:
    with write_transaction(across_tenants(engine)) as connection, without_timeouts(connection):
        if connection.dialect.name == "postgresql":
            connection.execute(sa.select(sa.func.pg_advisory_xact_lock(MIGRATION_LOCK)))
        config, revisions = _config(connection), _revisions()
        target = revisions[0] if revision == "head" else revision
        current = schema_revision(connection)
        if current is not None and current not in revisions:
            if _serves_older_programs(connection, revisions):
                return
            raise SchemaMismatch(current, revisions[0])
        if current is None or (target in revisions and revisions.index(target) < revisions.index(current)):
            command.upgrade(config, target)
        elif target != current:
            command.downgrade(config, target)
        if connection.dialect.name == "sqlite" and current not in (None, target):
            connection.exec_driver_sql(f"PRAGMA user_version = {TO_REBUILD}")


def _rebuild_if_needed(engine: sa.Engine) -> None:
    """After a migration, rebuild the file of SQLite, so that no page keeps copies of rows that were moved. Writers wait meanwhile."""
    with engine.connect() as connection:
        driver: Any = connection.connection.driver_connection
        if driver.execute("PRAGMA user_version").fetchone() != (TO_REBUILD,):
            return
        driver.execute("VACUUM")
        driver.execute("PRAGMA user_version = 0")
    clear_log(engine)


def check_exists(engine: sa.Engine) -> None:
    """Raises :class:`~adjudicator.store.errors.NoRecord` if the SQLite file does not exist: opening it would create one."""
    if engine.dialect.name == "sqlite" and not Path(str(engine.url.database)).exists():
        raise NoRecord(
            f"there is no record in {engine.url.database}: check the name; to make a new record there, run adjudicator migrate"
        )


def check_space(engine: sa.Engine) -> None:
    """Raises :class:`~adjudicator.store.errors.RecordError` if the disk of a SQLite record is nearly full."""
    if engine.dialect.name == "sqlite":
        free = shutil.disk_usage(Path(str(engine.url.database)).resolve().parent).free
        if free < MIN_FREE_BYTES:
            raise RecordError(f"the disk has {free} bytes left, but the record needs {MIN_FREE_BYTES}")


def check_schema(engine: sa.Engine) -> None:
    """Raises :class:`~adjudicator.store.errors.SchemaMismatch` unless this program can use the schema: its own, or a later one that serves it."""
    with read_transaction(engine) as connection:
        newest, *older = _revisions()
        current = schema_revision(connection)
        is_later = current is not None and current not in (newest, *older)
        usable = current == newest or (is_later and _serves_older_programs(connection, [newest, *older]))
    if not usable:
        raise SchemaMismatch(current, newest)


def _serves_older_programs(connection: sa.Connection, revisions: Sequence[str]) -> bool:
    """Whether a schema that is later than all of a program's revisions still serves it."""
    if not sa.inspect(connection).has_table(COMPATIBILITY.name):
        return False
    return connection.scalar(sa.select(COMPATIBILITY.c.oldest)) in revisions


def schema_revision(connection: sa.Connection) -> str | None:
    """The schema's revision, or ``None`` for an empty database."""
    if not sa.inspect(connection).has_table("alembic_version"):
        return None
    revision: str | None = connection.scalar(sa.text("SELECT version_num FROM alembic_version"))
    return revision


@cache
def _revisions() -> tuple[str, ...]:
    """The revisions that this program knows, newest first. Read once: loading the scripts takes longer than most requests."""
    return tuple(script.revision for script in ScriptDirectory.from_config(_config(None)).walk_revisions())


def _config(connection: sa.Connection | None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    config.attributes["connection"] = connection
    return config
