"""The service as a process of its own, as ``adjudicator serve`` starts it.

It is the copy of a process that has imported everything (:mod:`warm`), workers and all, unless a test asks for a fresh one.
"""

from __future__ import annotations

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
from typing import Final

from attrs import define

import warm

PATIENCE: Final = 60.0
"""Seconds until a process has to have started or ended; a busy machine is no failure."""
SERVE: Final = "import sys; from adjudicator.cli import main; sys.exit(main())"
WARMED: Final[list[warm.Server]] = []
"""The server of copies, which ``conftest`` puts here."""


@define
class Running:
    """A server, the address that it told and the file in which its output is."""

    process: subprocess.Popen[bytes] | warm.Process
    output: Path
    url: str = ""

    @property
    def port(self) -> int:
        """The port that it listens on."""
        return int(self.url.rpartition(":")[2])

    def log_text(self) -> str:
        """What it has written so far."""
        return self.output.read_text("utf-8")

    def stop(self, number: int = signal.SIGTERM) -> int:
        """Tell it to stop, and wait until it has; its exit status."""
        self.process.send_signal(number)
        return self.process.wait(PATIENCE)

    def kill(self) -> None:
        """End it and its workers at once, as if the plug was pulled."""
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(PATIENCE)

    def found_address(self) -> bool:
        """Whether it has told its address by now."""
        found = re.search(r"serving (http://\S+)\s", self.log_text())
        self.url = found[1] if found is not None else ""
        return found is not None

    def is_ready(self) -> bool:
        """Whether it answers."""
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
    """A server in development mode on a free port, ready to answer; it is gone afterwards."""
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
    """A server that is about to start, in a process group of its own; ``fresh`` if its start or its imports matter."""
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
    """The environment of the tests, without what sets up a service."""
    return {name: value for name, value in os.environ.items() if not name.startswith(("ADJUDICATOR_", "DATABASE_URL"))}


def wait_until_ready(server: Running) -> None:
    """Wait until a server answers; what it wrote instead, if it ends or takes too long."""
    until(lambda: server.process.poll() is not None or (server.found_address() and server.is_ready()))
    assert server.process.poll() is None, f"the server has ended; it wrote:\n{server.log_text()}"


def until(condition: Callable[[], bool]) -> None:
    """Wait until something is so."""
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline, "waited for long enough"
        time.sleep(0.02)


@contextmanager
def connections(server: Running, count: int) -> Iterator[list[socket.socket]]:
    """Some connections to a server."""
    with ExitStack() as stack:
        yield [
            stack.enter_context(socket.create_connection(("127.0.0.1", server.port), timeout=PATIENCE))
            for _ in range(count)
        ]


def everything_from(connection: socket.socket) -> bytes:
    """All that comes until the other side ends the connection."""
    found = b""
    try:
        while piece := connection.recv(65536):
            found += piece
    except ConnectionResetError:
        pass
    return found
