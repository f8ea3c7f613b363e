"""Operating the service: its first output, refusals to start, probes, shutdown."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import httpx
import pytest

import interrupting
from adjudicator.store import Scope, open_store
from service.running import (
    PATIENCE,
    Running,
    connections,
    everything_from,
    outside,
    running,
    started,
    until,
    wait_until_ready,
)
from store.cases import a_claim


def refused(
    programs: Path, folder: Path, *arguments: str, environment: dict[str, str] | None = None, status: int = 2
) -> list[str]:
    """The output of a server that does not start. The exit status is 2 if its settings are at fault, else 1."""
    done = subprocess.run(
        [programs / "adjudicator", "serve", *arguments],
        cwd=folder,
        env=outside() | (environment or {}),
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE,
    )
    assert done.returncode == status
    assert done.stdout == ""
    return done.stderr.splitlines()


def test_a_first_start_prints_the_address_and_how_to_create_a_key(tmp_path: Path) -> None:
    server = started(tmp_path, fresh=True)
    try:
        wait_until_ready(server)
        first = server.log_text().splitlines()[:4]
        assert first == [
            f"adjudicator: serving {server.url} with the record in sqlite:///{tmp_path}/record.db",
            "adjudicator: there is no API key yet, so every request is refused. Create one:",
            f"  adjudicator keys create 'my service' --scope decide --scope read --scope pay --database sqlite:///{tmp_path}/record.db",
            "adjudicator: Control-C stops it.",
        ]
        assert httpx.get(f"{server.url}/metrics").status_code == 401
    finally:
        server.kill()


def test_development_mode_prints_a_warning(shared: Running) -> None:
    assert "DEVELOPMENT MODE: no keys are needed" in shared.log_text()
    assert httpx.get(f"{shared.url}/v1/policies").headers["adjudicator-mode"] == "development"


def test_each_fault_is_reported_in_one_line(programs: Path, tmp_path: Path) -> None:
    (tmp_path / "settings.toml").write_text("port = 99999\n")
    assert refused(
        programs, tmp_path, "--config", "settings.toml", "--workers", "many", "--development", "--host", "0.0.0.0"
    ) == [
        "adjudicator serve: settings.toml: port: expected a whole number from 0 to 65535, got 99999",
        'adjudicator serve: --workers: expected a whole number from 1 to 256, got "many"',
        'adjudicator serve: --host: expected 127.0.0.1, ::1 or localhost in development mode, which needs no key, got "0.0.0.0"',
    ]
    assert refused(programs, tmp_path, environment={"ADJUDICATOR_CONFIG": "nowhere.toml"}) == [
        "adjudicator serve: nowhere.toml: No such file or directory"
    ]


def test_a_port_in_use_is_reported(programs: Path, tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        assert refused(programs, tmp_path, "--port", port, status=1) == [
            f"adjudicator serve: cannot listen on 127.0.0.1, port {port}: Address already in use"
        ]


def test_the_folder_for_evidence_files_is_created_unless_more_than_itself_is_missing(
    programs: Path, tmp_path: Path
) -> None:
    """A path with more missing is perhaps on a disk that is not there."""
    nowhere = {"ADJUDICATOR_EVIDENCE_FILES": str(tmp_path / "disk" / "kept")}
    assert refused(programs, tmp_path, environment=nowhere, status=1) == [
        f"adjudicator serve: evidence_files: expected a folder that the service can write to, got {tmp_path}/disk/kept"
    ]
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        kept = {"ADJUDICATOR_EVIDENCE_FILES": str(tmp_path / "kept")}
        refused(programs, tmp_path, "--port", port, environment=kept, status=1)
    assert (tmp_path / "kept").stat().st_mode & 0o777 == 0o700


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


HASTY = """
import sys
from adjudicator.service import connections
connections.HEAD_SECONDS, connections.SEND_SECONDS = 1.0, 0.5
from adjudicator.cli import main
sys.exit(main())
"""


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
        os.kill(hanging, signal.SIGSTOP)
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


def test_readiness_needs_the_record_and_liveness_does_not(tmp_path: Path) -> None:
    with running(tmp_path) as server:
        assert httpx.get(f"{server.url}/healthz").json() == {"status": "alive"}
        assert httpx.get(f"{server.url}/readyz").json() == {"status": "ready"}
        record = open_store(f"sqlite:///{tmp_path}/record.db")
        with record.engine.begin() as connection:
            connection.exec_driver_sql("UPDATE alembic_version SET version_num = 'another'")
            connection.exec_driver_sql("UPDATE compatibility SET oldest = 'another'")
        record.close()
        answer = httpx.get(f"{server.url}/readyz")
        assert answer.status_code == 503
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.json()["status"] == 503
        assert httpx.get(f"{server.url}/healthz").status_code == 200


def test_metrics_are_read_with_a_key_for_metrics(tmp_path: Path) -> None:
    server = started(tmp_path)
    try:
        wait_until_ready(server)
        record = open_store(f"sqlite:///{tmp_path}/record.db")
        tokens = {scope: record.api_keys.create(scope.value, [scope]).token for scope in Scope}
        record.close()
        status = {scope: httpx.get(f"{server.url}/metrics", headers=bearer(token)) for scope, token in tokens.items()}
        assert {scope.value for scope, answer in status.items() if answer.status_code == 200} == {"admin", "metrics"}
        assert {answer.status_code for answer in status.values()} == {200, 403}
        assert 'scope="metrics"' in status[Scope.READ].headers["www-authenticate"]
        assert httpx.get(f"{server.url}/metrics", headers=bearer("adj_0_0")).status_code == 401
        assert httpx.get(f"{server.url}/metrics").headers["www-authenticate"] == "Bearer"
    finally:
        server.kill()


def test_metrics_cover_all_workers_and_have_only_known_labels(tmp_path: Path) -> None:
    """And Control-C also ends several workers cleanly."""
    with interrupting.interruptible(), running(tmp_path, "--workers", "2", fresh=True) as server:
        for number in range(40):  # each on its own connection, so that both workers get some
            httpx.get(f"{server.url}/healthz")
            httpx.get(f"{server.url}/nowhere/{number}")
            httpx.request(f"METHOD{number}", f"{server.url}/healthz")
        counted = (
            'http_requests_total{method="GET",route="/healthz",status="200"} 40.0',
            'http_requests_total{method="GET",route="other",status="404"} 40.0',
            'duration_seconds_count{method="GET",route="/healthz"} 40.0',
        )
        until(lambda: all(each in httpx.get(f"{server.url}/metrics").text for each in counted))  # after the answers
        text = httpx.get(f"{server.url}/metrics").text
        assert "nowhere" not in text
        assert "METHOD" not in text
        assert server.stop(signal.SIGINT) == 0
        assert "Traceback" not in server.log_text()


def test_a_request_has_an_id_and_a_trace(shared: Running) -> None:
    trace, span = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"
    given = {"X-Request-Id": "mine-1", "traceparent": f"00-{trace}-{span}-01"}
    assert httpx.get(f"{shared.url}/healthz", headers=given).headers["x-request-id"] == "mine-1"
    insane = {b"X-Request-Id": b"bad id\xe9" + b"x" * 200, b"traceparent": b"00-%b-%b-01" % (b"0" * 32, span.encode())}
    made = httpx.get(f"{shared.url}/healthz", headers=insane).headers["x-request-id"]
    assert re.fullmatch("[0-9a-f]{32}", made)
    nowhere = httpx.get(f"{shared.url}/nowhere").headers["x-request-id"]
    logged = requests_logged(shared, {"mine-1", made, nowhere})
    assert (logged["mine-1"]["trace_id"], logged["mine-1"]["span_id"]) == (trace, span)
    assert logged["mine-1"]["route"] == "/healthz"
    assert "trace_id" not in logged[made]
    assert logged[nowhere]["route"] is None


# Hostile connections


def test_an_endless_head_is_not_waited_for(tmp_path: Path) -> None:
    """One sends nothing, one stops in the middle, one trickles; meanwhile others are served."""
    with (
        running(tmp_path, program=HASTY) as server,
        connections(server, 4) as (silent, halted, trickling, blank),
    ):
        halted.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\nX-Slow: ")
        trickling.sendall(b"GET /healthz HTTP/1.1\r\n")
        before = time.monotonic()
        ended = False
        while not ended and time.monotonic() - before < PATIENCE:
            time.sleep(0.2)
            try:
                trickling.sendall(b"a: b\r\n")
                blank.sendall(b"\r\n")
            except OSError:
                ended = True
            assert httpx.get(f"{server.url}/healthz").status_code == 200
        assert time.monotonic() - before < 20
        assert everything_from(silent) == b""
        assert everything_from(halted).startswith(b"HTTP/1.1 408 ")


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", b"400"),
        (b"GET / HTTP/9.9\r\n\r\n", b"400"),
        (b"GET /\xff HTTP/1.1\r\nHost: x\r\n\r\n", b"400"),
        (b"POST /v1/decisions HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n", b"400"),
        (b"POST /v1/decisions HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n", b"400"),
        (b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", b"400"),
        (b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", b"400"),
        (b"GET / HTTP/1.1\r\nHost: x\r\n" + b"".join(b"h%d: %s\r\n" % (n, b"y" * 900) for n in range(400)), b"431"),
        (b"GET / HTTP/1.1\r\nHost: x\r\nh: " + b"y" * 900_000, b"431"),
        (b"GET /" + b"y" * 900_000, b"431"),
        (b"GET / HTTP/1.1\r\nHost: x\r\nh: " + b"y" * 40_000 + b"\r\n\r\n", b"431"),
    ],
)
def test_input_that_is_not_http_is_refused_as_a_problem(shared: Running, sent: bytes, status: bytes) -> None:
    with connections(shared, 1) as (connection,):
        with suppress(OSError):  # it may have sent its answer already
            connection.sendall(sent)
        answer = everything_from(connection)
    assert answer.split(b" ")[1] == status or answer == b"", answer[:200]
    if answer:
        assert b"content-type: application/problem+json" in answer
    assert httpx.get(f"{shared.url}/healthz").status_code == 200


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with running(tmp_path_factory.mktemp("server")) as started_one:
        yield started_one


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


def requests_logged(server: Running, ids: set[str]) -> dict[str, dict[str, Any]]:
    """The log lines of requests by their ids. A line is written after its answer is sent, so this waits."""

    def logged() -> dict[str, dict[str, Any]]:
        return {each["request_id"]: each for each in events(server) if each["event"] == "request"}

    until(lambda: ids <= logged().keys())
    return logged()


def events(server: Running) -> list[dict[str, Any]]:
    """The lines of a log, except an incomplete last one."""
    whole = server.log_text().splitlines(keepends=True)
    return [json.loads(line) for line in whole if line.startswith("{") and line.endswith("\n")]


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}
