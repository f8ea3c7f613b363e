"""The service as a process of its own, as ``adjudicator serve`` starts it."""

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

PATIENCE: Final = 60.0
"""Seconds until a process has to have started or ended; a busy machine is no failure."""
SERVE: Final = (sys.executable, "-c", "import sys; from adjudicator.cli import main; sys.exit(main())", "serve")


@define
class Running:
    """A server, the address that it told and the file in which its output is."""

    process: subprocess.Popen[bytes]
    output: Path
    url: str = ""

    @property
    def port(self) -> int:
        """The port that it listens on."""
        return int(self.url.rpartition(":")[2])

    def told(self) -> str:
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
        found = re.search(r"serving (http://\S+)", self.told())
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
    program: str | None = None,
) -> Iterator[Running]:
    """A server in development mode on a free port, ready to answer; it is gone afterwards."""
    server = started(folder, "--development", *arguments, database=database, environment=environment, program=program)
    try:
        wait_until_ready(server)
        yield server
    finally:
        server.kill()


def started(
    folder: Path,
    *arguments: str,
    database: str | None = None,
    environment: Mapping[str, str] | None = None,
    program: str | None = None,
) -> Running:
    """A server that is about to start, in a process group of its own; ``program`` is run in its place."""
    serve = SERVE if program is None else (sys.executable, "-c", program, "serve")
    folder.mkdir(exist_ok=True)
    output = folder / f"server-{time.monotonic_ns()}.log"
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("ADJUDICATOR_", "DATABASE_URL"))}
    with output.open("wb") as stream:
        process = subprocess.Popen(
            [*serve, "--port", "0", "--database", database or f"sqlite:///{folder}/record.db", *arguments],
            cwd=folder,
            env={**kept, "ADJUDICATOR_LOG_FORMAT": "json", **(environment or {})},
            stdin=subprocess.DEVNULL,
            stdout=stream,
            stderr=stream,
            start_new_session=True,
        )
    return Running(process, output)


def wait_until_ready(server: Running) -> None:
    """Wait until a server answers; what it wrote instead, if it ends or takes too long."""
    until(lambda: server.process.poll() is not None or (server.found_address() and server.is_ready()))
    assert server.process.poll() is None, f"the server has ended; it wrote:\n{server.told()}"


def until(condition: Callable[[], bool]) -> None:
    """Wait until something is so."""
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline, "waited for long enough"
        time.sleep(0.05)


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
