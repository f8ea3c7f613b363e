"""Start programs at once, by forking a process that has already imported everything.

A test of what a program prints, or of several processes at once, then need not wait seconds for imports. A server forks for each request,
and the copy becomes the program, with the caller's arguments, directory, environment and streams, its own first entry on ``sys.path``,
and no state of other runs. ``Server.programs_in`` creates an ``adjudicator`` and a ``python`` that ask the server, for the ``PATH`` of a
shell. ``Server.start`` is for tests that send signals to the process. A test of starting a process or of its imports starts a real one.
"""

from __future__ import annotations

import json
import os
import select
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import mkdtemp
from typing import IO, Final

from attrs import define, frozen

from adjudicator.cli.commands import COMMANDS

SERVER: Final = Path(__file__).with_name("server.py")
CLIENT: Final = Path(__file__).with_name("client.py")
WITH_TOOLS_FOR_TESTS: Final = frozenset({"propose"})
"""Commands that import Hypothesis, which pytest must import itself."""
BEFOREHAND: Final = (
    *(command.function.partition(":")[0] for name, command in COMMANDS.items() if name not in WITH_TOOLS_FOR_TESTS),
    "adjudicator.cli.app",
    "adjudicator.rulebook.handbook.site",
    "adjudicator.service.settings",
    "adjudicator.store",
    "consumer_law",
    "douyin_alliance",
    "douyin_global",
    "douyin_xingtu",
    "pinduoduo",
    "_pytest.config",
    "alembic.command",
    "httpx",
    "rich.markdown",
    "rich.progress_bar",
    "sqlalchemy.dialects.postgresql.psycopg",
    "sqlalchemy.dialects.sqlite",
    "yaml",
    # imports of the service, except its own modules: they look for the metrics folder when they are imported
    "litestar",
    "litestar.exceptions.responses",
    "litestar.openapi.plugins",
    "structlog",
    "uvicorn",
    "uvicorn.protocols.http.httptools_impl",
    "uvicorn.supervisors",
    "uvloop",
)
"""The modules that the server imports in advance: those of the commands, and those of pytest and its plugins where possible."""


@define
class Process:
    """A started program, with the parts of :class:`subprocess.Popen` that the tests need."""

    pid: int
    status: socket.SocketIO
    returncode: int | None = None

    def poll(self) -> int | None:
        """The exit status, or None while it is running."""
        try:
            return self.wait(0)
        except subprocess.TimeoutExpired:
            return None

    def wait(self, timeout: float) -> int:
        """Wait until it has ended, and return its exit status."""
        if self.returncode is None:
            if not select.select([self.status], [], [], timeout)[0]:
                raise subprocess.TimeoutExpired(f"process {self.pid}", timeout)
            with self.status:
                self.returncode = int(self.status.read())
        return self.returncode

    def send_signal(self, number: int) -> None:
        """Send it a signal, unless it has ended."""
        if self.poll() is None:
            os.kill(self.pid, number)


@frozen
class Server:
    """A process that forks itself for each request at its address."""

    address: str

    def programs_in(self, folder: Path) -> Path:
        """Create a folder with an ``adjudicator`` and a ``python``. The folder must not exist."""
        folder.mkdir()
        for name in ("adjudicator", "python"):
            program = folder / name
            program.write_text(
                f'#!/bin/sh\nexec "{sys.executable}" -IS "{CLIENT}" "{self.address}" "$0" "$@"\n', "utf-8"
            )
            program.chmod(0o755)
        return folder

    def start(
        self, arguments: Sequence[str], *, directory: Path, environment: Mapping[str, str], output: IO[bytes]
    ) -> Process:
        """Start a program in a process group of its own, as ``python`` with these arguments would."""
        request = {
            "arguments": ["python", *arguments],
            "directory": str(directory),
            "environment": {**environment},
            "apart": True,
        }
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as server:
            server.connect(self.address)
            with Path(os.devnull).open("rb") as nothing:
                socket.send_fds(server, [b"."], [nothing.fileno(), output.fileno(), output.fileno()])
            server.sendall(json.dumps(request).encode() + b"\n")
            status = server.makefile("rb", buffering=0)
        return Process(int(status.readline()), status)


@contextmanager
def serving(
    *, beforehand: Sequence[str] = BEFOREHAND, environment: Mapping[str, str] | None = None
) -> Iterator[Server]:
    """Run a server of programs. ``environment`` extends the inherited one. The server ends with this process at the latest."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "PYTEST"))}
    short = mkdtemp(prefix="warm-")  # the path of a socket must be short
    address = f"{short}/socket"
    server = subprocess.Popen(
        [sys.executable, str(SERVER), address, *beforehand],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=inherited | {**(environment or {})},
        cwd=short,
    )
    try:
        assert server.stdout is not None
        assert server.stdout.readline() == b"ready\n"
        yield Server(address)
    finally:
        server.kill()
        server.communicate()
        shutil.rmtree(short)
