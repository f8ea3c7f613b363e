"""Programs that start at once, as forks of a process that has already imported everything.

A test about what a program prints should not wait a second for its imports. ``warm.serving`` puts an ``adjudicator`` and a
``python`` into a folder, for the ``PATH`` of a shell. Each asks a server to fork and to become the program, with the caller's
arguments, directory, environment and streams, its own entry on ``sys.path``, and no state of another run. Tests about the process
itself, its start or its imports, start a real one.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import mkdtemp
from typing import Final

from adjudicator.cli.commands import COMMANDS

SERVER: Final = Path(__file__).with_name("server.py")
CLIENT: Final = Path(__file__).with_name("client.py")
BEFOREHAND: Final = (
    *(where.partition(":")[0] for where in COMMANDS.values()),
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
    "sqlalchemy.dialects.sqlite",
    "yaml",
)
"""The modules that the server imports in advance: those of the commands, and those of pytest and its plugins that allow it."""


@contextmanager
def serving(
    directory: Path, *, beforehand: Sequence[str] = BEFOREHAND, environment: Mapping[str, str] | None = None
) -> Iterator[Path]:
    """A folder for the ``PATH`` with programs that start at once; ``environment`` adds to the server's inherited variables."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "PYTEST"))}
    short = mkdtemp(prefix="warm-")  # the path of a socket has to be short
    address = f"{short}/socket"
    server = subprocess.Popen(
        [sys.executable, str(SERVER), address, *beforehand],
        stdout=subprocess.PIPE,
        env=inherited | {**(environment or {})},
        cwd=directory,
    )
    try:
        assert server.stdout is not None
        assert server.stdout.readline() == b"ready\n"
        folder = directory / "bin"
        folder.mkdir()
        for name in ("adjudicator", "python"):
            program = folder / name
            program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -IS "{CLIENT}" "{address}" "$0" "$@"\n', "utf-8")
            program.chmod(0o755)
        yield folder
    finally:
        server.kill()
        server.communicate()
        shutil.rmtree(short)
