"""A candidate edition in a file, and its effect on a small history."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path
from textwrap import dedent

import pytest

from adjudicator.bulk.candidates import Candidate
from adjudicator.comparison.comparing import Comparer, Rows
from adjudicator.comparison.sides import Pair, Side
from adjudicator.comparison.tally import Tally
from bulk.conftest import sampled
from cli.conftest import _plain_environment, run

__all__ = ["_plain_environment", "run"]

DAMAGE = "douyin_global.damage"
CASES = 240
GENTLER = '''
    """The damage guarantee without the leak: breakage is enough."""

    import datetime as dt

    from douyin_global.damage import EDITION as IN_FORCE

    EDITION = IN_FORCE.amended(effective_from=dt.date(2026, 7, 1), settings={"leak_required": False})
'''


@pytest.fixture
def write(tmp_path: Path) -> Callable[[str, str], Path]:
    """Write a Python file."""

    def write(name: str, text: str) -> Path:
        path = tmp_path / name
        path.write_text(dedent(text).lstrip("\n"), "utf-8")
        return path

    return write


@pytest.fixture
def gentler(write: Callable[[str, str], Path]) -> Path:
    """A candidate under which breakage is enough."""
    return write("gentler.py", GENTLER)


@pytest.fixture
def history(tmp_path: Path) -> Path:
    """A file with a small history."""
    path = tmp_path / "history.ndjson"
    path.write_bytes(b"".join(case + b"\n" for case in sampled(CASES)))
    return path


@pytest.fixture(scope="session")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Pair:
    """The edition in force, and the candidate."""
    path = tmp_path_factory.mktemp("candidate") / "gentler_still.py"
    path.write_text(dedent(GENTLER).lstrip("\n"), "utf-8")
    return Pair.of(Side("in force"), Side("gentler", candidate=Candidate.at(path)))


@pytest.fixture(scope="session")
def compared(pair: Pair) -> tuple[Tally, Rows]:
    """The small history under both editions, with examples in English, and all lines."""
    rows = Rows()
    return Comparer(pair, "en").compare("history", enumerate(sampled(CASES), 1), rows=rows), rows


@cache
def of_damage() -> tuple[bytes, ...]:
    """The cases of the history under the candidate's policy."""
    return tuple(case for case in sampled(CASES) if DAMAGE.encode() in case)
