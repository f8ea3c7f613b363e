"""A PostgreSQL that hangs: whatever waits for it gives up in time, and continues when it is back."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

import pytest
import sqlalchemy as sa

from adjudicator.service.problems import problem_for
from adjudicator.store import DecisionStore, database, open_store
from adjudicator.store.postgresql import BoundedConnection
from adjudicator.store.tables import CHAINS

pytestmark = pytest.mark.parametrize("url", ["postgresql"], indirect=True)


@contextmanager
def stopped(record: DecisionStore) -> Iterator[None]:
    """Pause the process that serves the connection of a record."""
    with record.engine.connect() as connection:
        process: int = connection.scalar(sa.text("SELECT pg_backend_pid()"))
    os.kill(process, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(process, signal.SIGCONT)


def seconds_of(ask: Callable[[], object]) -> float:
    before = time.monotonic()
    with pytest.raises(sa.exc.OperationalError):
        ask()
    return time.monotonic() - before


def test_nothing_waits_for_a_server_that_hangs(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(BoundedConnection, "seconds", 1.0)
    record = open_store(url)
    record.check()

    def ask() -> None:
        with record.engine.connect() as connection:
            process: int = connection.scalar(sa.text("SELECT pg_backend_pid()"))
            os.kill(process, signal.SIGSTOP)
            try:
                connection.scalar(sa.text("SELECT 1"))
            finally:
                os.kill(process, signal.SIGCONT)

    assert seconds_of(ask) < 10
    record.check()  # with another connection
    record.close()


def test_a_connection_that_hung_is_not_used_again(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    record = open_store(url)
    record.check()
    monkeypatch.setattr(BoundedConnection, "seconds", 1.0)
    with stopped(record):
        before = time.monotonic()
        record.check()  # the connection is tried and abandoned, and a new one is made
        assert time.monotonic() - before < 10
    record.close()


def test_the_server_bounds_statements_and_waits_for_locks(url: str) -> None:
    record = open_store(url)
    with record.engine.connect() as connection:
        for name in ("statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout"):
            assert connection.scalar(sa.text(f"SHOW {name}")) not in ("0", None)
    record.close()


STATES = {
    "a session that was ended because its transaction stood still": "SET LOCAL idle_in_transaction_session_timeout = '20ms'",
    "a server that only reads": "SET TRANSACTION READ ONLY",
}


@pytest.mark.parametrize("state", STATES)
def test_a_state_that_passes_is_no_bug(url: str, state: str) -> None:
    """As when a worker was stopped for a while, or another server has taken over."""
    record = open_store(url)

    def write_late(first: str) -> None:
        with database.write_transaction(record.engine) as connection:
            with suppress(sa.exc.ProgrammingError):
                connection.exec_driver_sql(first)
            time.sleep(0.2)
            connection.execute(sa.insert(CHAINS), {"chain": "order/O", "length": 0, "head": ""})

    with pytest.raises(sa.exc.InternalError) as raised:
        write_late(STATES[state])
    assert problem_for(raised.value).type.name == "unavailable"
    record.check()  # with another connection
    with pytest.raises(sa.exc.InternalError) as raised:
        write_late("nonsense")
    assert problem_for(raised.value).type.name == "internal"
    record.close()
