"""Programs that start at once, as forks of a process that has already imported everything.

A test that is about what a program prints, or about what several processes do at once, need not wait seconds for their imports.
A server copies itself (``fork``) for each that asks, and the copy becomes the program: with the caller's arguments, directory,
environment and streams, its own entry on ``sys.path``, and nothing that another run left. ``Server.programs_in`` puts
an ``adjudicator`` and a ``python`` that ask into a folder, for the ``PATH`` of a shell; ``Server.start`` is for tests that send
signals to the process. A test that is about the start of a process, or its imports, starts a real one.
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
"""Commands that import Hypothesis, which pytest wants to import itself."""
BEFOREHAND: Final = (
    *(where.partition(":")[0] for name, where in COMMANDS.items() if name not in WITH_TOOLS_FOR_TESTS),
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
    # what a service imports, but for its own modules: as they are imported, they look for the folder of its metrics
    "litestar",
    "litestar.exceptions.responses",
    "litestar.openapi.plugins",
    "structlog",
    "uvicorn",
    "uvicorn.protocols.http.httptools_impl",
    "uvicorn.supervisors",
    "uvloop",
)
"""The modules that the server imports in advance: those of the commands, and those of pytest and its plugins that allow it."""


@define
class Process:
    """A program that was started: as much of :class:`subprocess.Popen` as the tests need."""

    pid: int
    told: socket.SocketIO
    returncode: int | None = None

    def poll(self) -> int | None:
        """The exit status if it has ended."""
        try:
            return self.wait(0)
        except subprocess.TimeoutExpired:
            return None

    def wait(self, timeout: float) -> int:
        """Wait until it has ended; its exit status."""
        if self.returncode is None:
            if not select.select([self.told], [], [], timeout)[0]:
                raise subprocess.TimeoutExpired(f"process {self.pid}", timeout)
            with self.told:
                self.returncode = int(self.told.read())
        return self.returncode

    def send_signal(self, number: int) -> None:
        """Send it a signal, unless it has ended."""
        if self.poll() is None:
            os.kill(self.pid, number)


@frozen
class Server:
    """A process that copies itself for each that asks at its address."""

    address: str

    def programs_in(self, folder: Path) -> Path:
        """Put an ``adjudicator`` and a ``python`` into a folder that there is not yet."""
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
            told = server.makefile("rb", buffering=0)
        return Process(int(told.readline()), told)


@contextmanager
def serving(
    *, beforehand: Sequence[str] = BEFOREHAND, environment: Mapping[str, str] | None = None
) -> Iterator[Server]:
    """A server of programs; ``environment`` is its own, beside what it inherits. It ends with this process at the latest."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "PYTEST"))}
    short = mkdtemp(prefix="warm-")  # the path of a socket has to be short
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
