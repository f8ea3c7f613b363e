"""The record behind PgBouncer in transaction mode, where each transaction can get another PostgreSQL session."""

from __future__ import annotations

import os
import socket
import subprocess
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import URL, make_url

from adjudicator.store import DecisionStore, JobKind, JobLine, State, database, open_store
from adjudicator.store.database import LOCK_SECONDS, STATEMENT_SECONDS
from store.cases import ORDER, a_claim
from tools.set_up_programs import place_of_pgbouncer

DATABASE = f"pooled_{os.getpid()}"
SETTINGS = """
[databases]
{database} = host={host} port={port} user={user} {password}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {listen}
unix_socket_dir =
auth_type = any
pool_mode = transaction
default_pool_size = 3
{as_user}
"""


@pytest.fixture(scope="module")
def pooled(server: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of an empty database, through a PgBouncer with three sessions."""
    program = place_of_pgbouncer()
    assert program is not None, "make test installs it"
    direct = make_url(server).set(drivername="postgresql+psycopg")
    administration = sa.create_engine(direct, isolation_level="AUTOCOMMIT")
    with administration.connect() as connection:
        connection.exec_driver_sql(f"CREATE DATABASE {DATABASE}")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    file = tmp_path_factory.mktemp("pgbouncer") / "pgbouncer.ini"
    file.write_text(settings_for(direct, port), "utf-8")
    readable_by_all(file)
    running = subprocess.Popen([program, "-q", str(file)], stderr=subprocess.DEVNULL)
    try:
        wait_for(port, running)
        yield f"postgresql://anyone@127.0.0.1:{port}/{DATABASE}"
    finally:
        running.kill()
        running.wait()
        with administration.connect() as connection:
            connection.exec_driver_sql(f"DROP DATABASE {DATABASE} WITH (FORCE)")
        administration.dispose()


def settings_for(direct: URL, port: int) -> str:
    """The settings of PgBouncer. It does not run as root, and must be able to reach the server's socket."""
    host = str(direct.host or direct.query.get("host", "127.0.0.1"))
    owner = Path(host).owner() if host.startswith("/") else "nobody"
    return SETTINGS.format(
        database=DATABASE,
        host=host,
        port=direct.port or 5432,
        user=direct.username or "postgres",
        password="" if not direct.password else f"password={direct.password}",
        listen=port,
        as_user=f"user = {owner}" if os.geteuid() == 0 else "",
    )


def readable_by_all(file: Path) -> None:
    for each in file.parents:
        if each.stat().st_uid == os.geteuid():
            with suppress(PermissionError):
                each.chmod(each.stat().st_mode | 0o011)
    file.chmod(0o644)


def wait_for(port: int, running: subprocess.Popen[bytes]) -> None:
    for _ in range(500):
        assert running.poll() is None, "PgBouncer has stopped"
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.02)
    raise TimeoutError


@pytest.fixture(scope="module")
def record(pooled: str) -> Iterator[DecisionStore]:
    """A record that was migrated through PgBouncer."""
    opened = open_store(pooled)
    yield opened
    opened.close()


def test_many_callers_share_few_sessions(record: DecisionStore) -> None:
    """Each statement runs often enough for psycopg to prepare it, in whatever session."""

    def live(number: int) -> None:
        for claim in range(3):
            case = a_claim(f"AS-{claim}", order=f"O-{number}")
            given = record.decide(case, fill_settlements=True, idempotency_key=f"{number}-{claim}")
            again = record.decide(case, fill_settlements=True, idempotency_key=f"{number}-{claim}")
            assert (again.id, again.repeat) == (given.id, True)
        first = record.decisions().items[0].id
        assert record.rerun(first).agrees

    with ThreadPoolExecutor(6) as threads:
        list(threads.map(live, range(8)))
    assert record.verify() is None


def test_payouts_jobs_events_and_erasures_work(record: DecisionStore) -> None:
    given = record.decide(a_claim())
    payouts = record.reserve(given.id, idempotency_key="P")
    assert record.reserve(given.id, idempotency_key="P") == payouts
    assert {each.state for each in record.settle(given.id, State.CONFIRMED)} == {State.CONFIRMED}
    from adjudicator.service.jobs import JobRunner
    from adjudicator.service.settings import Settings

    jobs = record.jobs_of(None)
    upload = jobs.begin(JobKind.RECORD, most=1)
    jobs.add(upload, [JobLine(number, a_claim(order=f"J-{number}")) for number in range(1, 9)])
    jobs.complete(upload, 8, 8)
    runner = JobRunner(record, Settings())
    while runner.round():
        pass
    assert jobs.find(upload.job).decided == 8
    assert record.events.page().events
    assert record.erase(order_id=ORDER, reason="asked") == (given.id,)
    assert list(record.cases())
    assert record.verify() is None


def test_each_transaction_has_its_time_limits_and_leaves_none_behind(record: DecisionStore, pooled: str) -> None:
    names = ("statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout")
    asked = sa.select(*(sa.func.current_setting(name) for name in names))
    for transaction in (database.read_transaction, database.write_transaction):
        with transaction(record.engine) as connection:
            limits = tuple(connection.execute(asked).one())
            assert limits == (f"{STATEMENT_SECONDS}s", f"{LOCK_SECONDS}s", f"{STATEMENT_SECONDS}s")
            with database.without_timeouts(connection):
                assert tuple(connection.execute(asked).one()) == ("0", "0", "0")
    other = sa.create_engine(make_url(pooled).set(drivername="postgresql+psycopg"))
    with other.connect() as connection:
        assert tuple(connection.execute(asked).one()) == ("0", "0", "0")
    other.dispose()


def test_a_direct_connection_is_distinguished_from_a_pooled_one(record: DecisionStore, server: str) -> None:
    straight = database.engine_for(server)
    for engine, is_pooled in ((straight, False), (record.engine, True)):
        with engine.connect() as connection:
            driver: Any = connection.connection.driver_connection
            assert driver.is_pooled is is_pooled
            assert (driver.prepare_threshold is None) is is_pooled
    straight.dispose()
