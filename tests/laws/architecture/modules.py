"""The modules of the engine and of the packs, with their paths."""

from __future__ import annotations

import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[3]
ENGINE: Final = ROOT / "adjudicator"
PACKS: Final = sorted(path.parent for path in (ROOT / "policies").glob("*/__init__.py"))
PURE_ROOMS: Final = frozenset({"analysis", "api", "claims", "engine", "kinds", "law", "model", "wire"})
"""The packages that decide and analyse decisions: none of them uses a clock, file, network, environment or random source."""


def python(code: str, *arguments: str) -> str:
    """Run a program in a fresh interpreter and return its output; if it fails, its error output."""
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments], capture_output=True, text=True, check=False, timeout=120
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@cache
def engine_modules() -> dict[str, Path]:
    """The modules of the pure packages, by name."""
    return {
        ".".join(path.relative_to(ENGINE).with_suffix("").parts): path
        for path in sorted(ENGINE.rglob("*.py"))
        if path.relative_to(ENGINE).with_suffix("").parts[0] in PURE_ROOMS
    }


@cache
def pack_modules() -> dict[str, Path]:
    """The modules of the packs, by name."""
    return {
        ".".join(path.relative_to(ROOT / "policies").with_suffix("").parts): path
        for pack in PACKS
        for path in sorted(pack.rglob("*.py"))
    }
