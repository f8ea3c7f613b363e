"""Stopping the service, and workers that die or hang."""

from __future__ import annotations

import os
import re
import signal
import socket
import sqlite3
import time
from contextlib import closing, suppress
from pathlib import Path

import httpx
import pytest

from adjudicator.store import open_store
from service.running import (
    HASTY,
    PATIENCE,
    Running,
    connections,
    events,
    everything_from,
    running,
    started,
    until,
)
from store.cases import a_claim


def test_control_c_ends_the_service_cleanly(tmp_path: Path) -> None:
    with running(tmp_path) as server:
        assert server.stop(signal.SIGINT) == 0
        assert "Traceback" not in server.log_text()


@pytest.mark.parametrize("workers", ["1", "2"])
def test_requests_accepted_before_a_signal_are_answered_and_no_new_ones_accepted(tmp_path: Path, workers: str) -> None:
    """Half of each body has arrived when the signal comes."""
    with running(tmp_path, "--workers", workers) as server, connections(server, 8) as taken:
        bodies = {connection: a_claim(order=f"order-{number}") for number, connection in enumerate(taken)}
        for connection, body in bodies.items():
            connection.sendall(head_of(body, b"Expect: 100-continue\r\n"))
        for connection, body in bodies.items():
            assert connection.recv(1000) == b"HTTP/1.1 100 Continue\r\n\r\n"  # the request is accepted
            connection.sendall(body[:1000])
        server.process.send_signal(signal.SIGTERM)
        until(lambda: not lets_in(server))
        assert server.process.poll() is None
        for connection, body in bodies.items():
            connection.sendall(body[1000:])
        assert [everything_from(each).split(b" ")[1] for each in taken] == [b"200"] * len(taken)
        assert server.process.wait(PATIENCE) == 0
    record = open_store(f"sqlite:///{tmp_path}/record.db")
    assert {each.order_id for each in record.decisions().items} == {f"order-{number}" for number in range(8)}
    record.close()


ENDLESS = """
import sys, threading
from adjudicator.service import settings
from adjudicator.service.monitoring import probes
from adjudicator.store import DecisionStore

probes.PROBE_SECONDS = 0.5

def never(self):
    threading.Event().wait()

DecisionStore.check = never
from adjudicator.cli import main
sys.exit(main())
"""


def test_a_signal_ends_a_worker_in_time_even_with_blocked_threads(tmp_path: Path) -> None:
    server = started(tmp_path, "--development", environment={"ADJUDICATOR_SHUTDOWN_SECONDS": "1"}, program=ENDLESS)
    try:
        until(server.found_address)
        until(lambda: lets_in(server))
        before = time.monotonic()
        assert httpx.get(f"{server.url}/readyz", timeout=30).status_code == 503  # and its thread waits forever
        assert time.monotonic() - before < 10
        before = time.monotonic()
        assert server.stop() == 0
        assert time.monotonic() - before < 10
    finally:
        server.kill()


def test_leftovers_of_a_killed_server_are_removed_by_the_next(tmp_path: Path) -> None:
    folder = {"TMPDIR": str(tmp_path)}
    with running(tmp_path / "one", "--workers", "2", environment=folder):
        (left,) = tmp_path.glob("adjudicator-metrics-*")
    assert left.exists()
    with running(tmp_path / "two", "--workers", "2", environment=folder):
        (mine,) = tmp_path.glob("adjudicator-metrics-*")
        assert mine != left


def test_a_client_that_reads_no_answer_does_not_delay_the_shutdown(tmp_path: Path) -> None:
    """It requests a large answer many times and reads none of it. The server waits for less than its time limit."""
    with running(tmp_path, program=HASTY) as server, connections(server, 1) as (lazy,):
        lazy.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        lazy.sendall(b"GET /v1/openapi.json HTTP/1.1\r\nHost: x\r\n\r\n" * 100)
        time.sleep(1)
        with pytest.raises(OSError, match=r"Connection reset|Broken pipe"):
            go_on_sending(lazy)
        assert server.stop() == 0
        assert "Exception" not in server.log_text()


def go_on_sending(connection: socket.socket) -> None:
    """Send a little for some seconds. That soon fails if the other side has closed the connection."""
    for _ in range(50):
        connection.sendall(b"x")
        time.sleep(0.1)


def ended(connection: socket.socket) -> bool:
    """Whether the other side has closed a connection."""
    try:
        return connection.recv(1) == b""
    except ConnectionError:
        return True


def test_an_endless_request_does_not_delay_the_shutdown_forever(tmp_path: Path) -> None:
    bound = {"ADJUDICATOR_SHUTDOWN_SECONDS": "1"}
    with running(tmp_path, environment=bound) as server, connections(server, 1) as (never,):
        never.sendall(head_of(b"x" * 100))
        time.sleep(0.3)
        before = time.monotonic()
        server.stop()
        assert time.monotonic() - before < 10


def test_a_worker_that_dies_is_replaced_and_workers_do_not_outlive_their_supervisor(tmp_path: Path) -> None:
    with running(tmp_path, "--workers", "2", fresh=True) as server:
        until(lambda: len(workers_of(server)) == 2)
        os.kill(workers_of(server)[0], signal.SIGKILL)
        until(lambda: len(workers_of(server)) == 3)
        until(server.is_ready)
        os.kill(server.process.pid, signal.SIGKILL)
        server.process.wait(PATIENCE)
        until(lambda: not server.is_ready())


def test_a_hanging_worker_delays_neither_a_replacement_nor_the_shutdown(tmp_path: Path) -> None:
    bound = {"ADJUDICATOR_SHUTDOWN_SECONDS": "1"}
    with running(tmp_path, "--workers", "2", environment=bound) as server:
        until(lambda: len(workers_of(server)) == 2)
        hanging, other = workers_of(server)
        until(lambda: hangs_without_a_lock(hanging, tmp_path / "record.db"))
        time.sleep(1)  # by then the supervisor asks it for a sign of life
        before = time.monotonic()
        os.kill(other, signal.SIGKILL)
        until(lambda: len(workers_of(server)) == 3)
        assert server.stop() == 0
        assert time.monotonic() - before < 15


IMPATIENT = """
import sys
from adjudicator.service import server
server.WORKER_SECONDS = 3
from adjudicator.cli import main
sys.exit(main())
"""


def test_a_worker_that_hangs_for_too_long_is_replaced(tmp_path: Path) -> None:
    with running(tmp_path, "--workers", "2", program=IMPATIENT) as server:
        until(lambda: len(workers_of(server)) == 2)
        hanging = workers_of(server)[0]
        os.kill(hanging, signal.SIGSTOP)
        until(lambda: len(workers_of(server)) == 3)
        with pytest.raises(ProcessLookupError):
            os.kill(hanging, 0)


def head_of(body: bytes, more: bytes = b"") -> bytes:
    """The head of a request to decide a case; ``more`` has further headers."""
    return (
        b"POST /v1/decisions HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
        b"Content-Length: %d\r\n%b\r\n" % (len(body), more)
    )


def lets_in(server: Running) -> bool:
    """Whether a new connection is accepted."""
    with suppress(ConnectionRefusedError), socket.create_connection(("127.0.0.1", server.port), timeout=PATIENCE):
        return True
    return False


def workers_of(server: Running) -> list[int]:
    """The processes that have started to answer requests, by the log."""
    begun = (re.fullmatch(r"Started server process \[(\d+)]", each["event"]) for each in events(server))
    return [int(found[1]) for found in begun if found is not None]


def hangs_without_a_lock(worker: int, record: Path) -> bool:
    """Stop a worker, unless it is writing: while it locks the record, no other can start."""
    os.kill(worker, signal.SIGSTOP)
    connection = sqlite3.connect(record, timeout=0, isolation_level=None)
    with closing(connection), suppress(sqlite3.OperationalError):
        connection.execute("BEGIN IMMEDIATE")
        return True
    os.kill(worker, signal.SIGCONT)
    return False
