"""Operating the service: its first output, refusals to start, probes, metrics, hostile connections."""

from __future__ import annotations

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
    HASTY,
    PATIENCE,
    Running,
    connections,
    events,
    everything_from,
    outside,
    running,
    started,
    until,
    wait_until_ready,
)


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


def requests_logged(server: Running, ids: set[str]) -> dict[str, dict[str, Any]]:
    """The log lines of requests by their ids. A line is written after its answer is sent, so this waits."""

    def logged() -> dict[str, dict[str, Any]]:
        return {each["request_id"]: each for each in events(server) if each["event"] == "request"}

    until(lambda: ids <= logged().keys())
    return logged()


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}
