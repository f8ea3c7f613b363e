"""The command, run in this process, and a small history of cases."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest

from adjudicator.bulk.sample import sample_cases
from cli.conftest import _plain_environment, run
from cli.running import Result

__all__ = ["_plain_environment", "run"]


@cache
def sampled(cases: int = 60, seed: int = 1) -> tuple[bytes, ...]:
    """Some synthetic cases."""
    return tuple(sample_cases(cases, seed))


@pytest.fixture
def history(tmp_path: Path) -> Path:
    """A file with sixty cases."""
    path = tmp_path / "history.ndjson"
    path.write_bytes(b"".join(case + b"\n" for case in sampled()))
    return path


@pytest.fixture
def replay(run: Callable[..., Result], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    """Replay inputs into the folder ``out``, in this process and isolated from other records."""
    monkeypatch.chdir(tmp_path)

    def replay(*arguments: object, given: bytes = b"") -> Result:
        options = ("--out", "out", "--processes", "1")
        return run("replay", *map(str, arguments), *options, given=given)

    return replay
