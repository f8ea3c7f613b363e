"""Schemas of PostgreSQL for tests: empty ones, and one with the tables of the record, which is emptied after each test.

Creating the tables and dropping them takes several times as long as most tests of the record.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from typing import Any, Final

import psycopg
import sqlalchemy as sa
from attrs import define
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError

from adjudicator.store import database, open_store

NUMBERS = count(1)

KEPT: Final = ("alembic_version", "compatibility", "tenants")
"""The tables with rows in an empty record."""

HERE: Final = "current_schema()::regnamespace"
RELATIONS: Final = f"(SELECT oid FROM pg_class WHERE relnamespace = {HERE})"
CATALOGUES: Final = {
    "pg_class": f"relnamespace = {HERE}",
    "pg_proc": f"pronamespace = {HERE}",
    "pg_attribute": f"attrelid IN {RELATIONS}",
    "pg_trigger": f"tgrelid IN {RELATIONS}",
}
"""What statements such as ``ALTER TABLE`` change: each change adds a row, removes one, or writes one in a later transaction."""

STATE: Final = "SELECT " + ", ".join(
    [
        *(f"(SELECT json_agg(each)::text FROM {table} each)" for table in KEPT),
        *(
            f"(SELECT count(*) || ' ' || sum(xmin::text::bigint) FROM {catalogue} WHERE {of_this_schema})"
            for catalogue, of_this_schema in CATALOGUES.items()
        ),
    ]
)
"""The rows that an empty record has, and what tells whether the schema was changed."""


def schema_on(server: str) -> tuple[str, Callable[[], None]]:
    """The URL of an empty schema, and a function that drops it."""
    name = f"record_{os.getpid()}_{next(NUMBERS)}"
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


@define
class Migrated:
    """A schema with the tables of the record and no data, for one test after another."""

    server: str
    script: str
    _made: _Made | None = None

    @contextmanager
    def lent(self) -> Iterator[str]:
        """The URL of the schema. It is emptied afterwards, or dropped if it is not as it was then."""
        made = self._made or _Made.by(self.script, self.server)
        self._made = None
        yield made.address
        if made.is_emptied():
            self._made = made
        else:
            made.drop()

    def close(self) -> None:
        """Drop the schema."""
        if self._made is not None:
            self._made.drop()


@define
class _Made:
    """A schema with the tables of the record."""

    address: str
    engine: sa.Engine
    emptying: str
    state: tuple[Any, ...]
    drop_schema: Callable[[], None]

    @classmethod
    def by(cls, script: str, server: str) -> _Made:
        address, drop = schema_on(server)
        engine = database.engine_for(address)
        with engine.begin() as connection:
            driver: Any = connection.connection.driver_connection
            driver.execute(script)
            tables = sa.inspect(connection).get_table_names()
        with engine.begin() as connection:
            state = connection.exec_driver_sql(STATE).one()
        return cls(address, engine, _emptying(tables), tuple(state), drop)

    def is_emptied(self) -> bool:
        """Whether it could be emptied, and is then as it was at first."""
        try:
            with self.engine.begin() as connection:
                driver: Any = connection.connection.driver_connection
                driver.execute(self.emptying)
                return tuple(connection.exec_driver_sql(STATE).one()) == self.state
        except (DBAPIError, psycopg.Error):
            return False

    def drop(self) -> None:
        self.engine.dispose()
        self.drop_schema()


def _emptying(tables: list[str]) -> str:
    """A script that waits for other transactions to end, deletes all rows and starts all numbers from the beginning again."""
    numbers = "SELECT setval(format('%I.%I', schemaname, sequencename)::regclass, start_value, false) FROM pg_sequences"
    return ";\n".join(
        [
            f"LOCK TABLE {', '.join(tables)} IN ACCESS EXCLUSIVE MODE",
            "SET LOCAL session_replication_role = replica",  # no trigger protects entries
            *(f"DELETE FROM {each}" for each in tables if each not in KEPT),
            "DELETE FROM tenants WHERE name <> 'default'",
            f"{numbers} WHERE schemaname = current_schema()",
        ]
    )
