"""The command in tests: in this process with bytes as standard input, or as a separate process."""

from __future__ import annotations

import io
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from adjudicator.cli import main
from cli.running import PLAIN_ENVIRONMENT, Result


@pytest.fixture(autouse=True)
def _plain_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make tests independent of the language, width and colours of your terminal."""
    for name in ("LC_ALL", "LC_MESSAGES", "LANG", "NO_COLOR", "FORCE_COLOR", "COLUMNS", "TTY_COMPATIBLE"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsysbinary: pytest.CaptureFixture[bytes]) -> Callable[..., Result]:
    """Run the command in this process, with bytes as standard input."""

    def run(*arguments: str, given: bytes = b"") -> Result:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(given)))
        capsysbinary.readouterr()
        status = main(arguments)
        out, err = capsysbinary.readouterr()
        return Result(status, out, err)

    return run


@pytest.fixture
def command(programs: Path) -> Callable[..., subprocess.CompletedProcess[bytes]]:
    """Run the command as a separate process."""

    def run(
        *arguments: str, given: bytes = b"", environment: Mapping[str, str] | None = None, stdout: Any = subprocess.PIPE
    ) -> subprocess.CompletedProcess[bytes]:
        return subprocess.run(
            [programs / "adjudicator", *arguments],
            input=given,
            env={**PLAIN_ENVIRONMENT, **(environment or {})},
            timeout=60,
            check=False,
            stdout=stdout,
            stderr=subprocess.PIPE,
        )

    return run
