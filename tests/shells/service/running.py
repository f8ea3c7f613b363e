"""The service as a separate process, as ``adjudicator serve`` starts it.

It is a fork of a process that has imported everything (:mod:`warm`), workers included, unless a test asks for a fresh one.
"""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager, suppress
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any, Final

from attrs import define

import warm

PATIENCE: Final = 60.0
"""The maximum time in seconds for a process to start or end, long enough for a busy machine."""
SERVE: Final = "import sys; from adjudicator.cli import main; sys.exit(main())"
HASTY: Final = """
import sys
from adjudicator.service import connections
connections.HEAD_SECONDS, connections.SEND_SECONDS = 1.0, 0.5
from adjudicator.cli import main
sys.exit(main())
"""
"""A server that gives up slow clients soon."""
WARMED: Final[list[warm.Server]] = []
"""The fork server, set by ``conftest``."""


@define
class Running:
    """A server, the address that it printed, and the file with its output."""

    process: subprocess.Popen[bytes] | warm.Process
    output: Path
    url: str = ""

    @property
    def port(self) -> int:
        """The port of the server."""
        return int(self.url.rpartition(":")[2])

    def log_text(self) -> str:
        """The output so far."""
        return self.output.read_text("utf-8")

    def stop(self, number: int = signal.SIGTERM) -> int:
        """Send a signal to stop, wait for the end, and return the exit status."""
        self.process.send_signal(number)
        return self.process.wait(PATIENCE)

    def kill(self) -> None:
        """Kill it and its workers at once, like a power failure."""
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(PATIENCE)

    def found_address(self) -> bool:
        """Whether it has printed its address by now."""
        found = re.search(r"serving (http://\S+)\s", self.log_text())
        self.url = found[1] if found is not None else ""
        return found is not None

    def is_ready(self) -> bool:
        """Whether it is ready."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        with suppress(OSError, HTTPException), closing(connection):
            connection.request("GET", "/readyz")
            return connection.getresponse().status == HTTPStatus.OK
        return False


@contextmanager
def running(
    folder: Path,
    *arguments: str,
    database: str | None = None,
    environment: Mapping[str, str] | None = None,
    program: str = SERVE,
    fresh: bool = False,
) -> Iterator[Running]:
    """Run a server in development mode on a free port, ready to answer."""
    server = started(
        folder,
        "--development",
        *arguments,
        database=database,
        environment=environment,
        program=program,
        fresh=fresh,
    )
    try:
        wait_until_ready(server)
        yield server
    finally:
        server.kill()


def started(
    folder: Path,
    *arguments: str,
    database: str | None = None,
    port: int = 0,
    environment: Mapping[str, str] | None = None,
    program: str = SERVE,
    fresh: bool = False,
) -> Running:
    """Start a server in a process group of its own, without waiting. Use ``fresh`` if its start or its imports matter."""
    folder.mkdir(exist_ok=True)
    output = folder / f"server-{time.monotonic_ns()}.log"
    command = ["-c", program, "serve", "--port", f"{port}", "--database", database or f"sqlite:///{folder}/record.db"]
    whole = {**outside(), "ADJUDICATOR_LOG_FORMAT": "json", **(environment or {})}
    with output.open("wb") as stream:
        if not fresh:
            (server,) = WARMED
            process = server.start([*command, *arguments], directory=folder, environment=whole, output=stream)
            return Running(process, output)
        return Running(
            subprocess.Popen(
                [sys.executable, *command, *arguments],
                cwd=folder,
                env=whole,
                stdin=subprocess.DEVNULL,
                stdout=stream,
                stderr=stream,
                start_new_session=True,
            ),
            output,
        )


def outside() -> dict[str, str]:
    """The environment of the tests, without settings of the service."""
    return {name: value for name, value in os.environ.items() if not name.startswith(("ADJUDICATOR_", "DATABASE_URL"))}


def wait_until_ready(server: Running) -> None:
    """Wait until a server answers. If it ends or takes too long, raise an error with its output."""
    until(lambda: server.process.poll() is not None or (server.found_address() and server.is_ready()))
    assert server.process.poll() is None, f"the server has ended; it wrote:\n{server.log_text()}"


def until(condition: Callable[[], bool]) -> None:
    """Wait until a condition holds."""
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline, "waited for long enough"
        time.sleep(0.02)


@contextmanager
def connections(server: Running, count: int) -> Iterator[list[socket.socket]]:
    """Open connections to a server."""
    with ExitStack() as stack:
        yield [
            stack.enter_context(socket.create_connection(("127.0.0.1", server.port), timeout=PATIENCE))
            for _ in range(count)
        ]


def everything_from(connection: socket.socket) -> bytes:
    """Everything received until the other side closes the connection."""
    found = b""
    try:
        while piece := connection.recv(65536):
            found += piece
    except ConnectionResetError:
        pass
    return found


def events(server: Running) -> list[dict[str, Any]]:
    """The lines of a log, except an incomplete last one."""
    whole = server.log_text().splitlines(keepends=True)
    return [json.loads(line) for line in whole if line.startswith("{") and line.endswith("\n")]
