"""Packs that a test writes: a rule of claims, with what stands beside it."""

from __future__ import annotations

import sys
from importlib import import_module
from pathlib import Path
from typing import Final

import pytest

from adjudicator.engine.policy import Edition

RULE: Final = '''"""Of lamps."""
import datetime as dt
from adjudicator.claims import CLAIMS
from adjudicator.law import Edition


def is_claimed(quantity_claimed: int) -> bool:
    """ZZ.1. A lamp is claimed."""
    return quantity_claimed > 0


def lamps_are_fragile(quantity_claimed: int) -> bool:
    """ZZ.1. Lamps are fragile."""
    return quantity_claimed > 0


EDITION = Edition(
    policy="lit.lamps",
    article="ZZ.1",
    effective_from=dt.date(2022, 3, 15),
    case_kind=CLAIMS,
    requires=(is_claimed,),
    remarks=(lamps_are_fragile,),
)
'''
NUMBERS: Final = iter(range(1000))


def pack_with(files: dict[str, bytes], folder: Path, monkeypatch: pytest.MonkeyPatch) -> Edition:
    """The edition of a pack with these files, written in a folder. It can be imported until the test ends, under a new name."""
    package = folder / f"lit_lamps_{next(NUMBERS)}"
    for name, content in {"__init__.py": b"", "rule.py": RULE.encode(), **files}.items():
        (package / name).parent.mkdir(parents=True, exist_ok=True)
        (package / name).write_bytes(content)
    monkeypatch.syspath_prepend(str(folder))
    edition: Edition = import_module(f"{package.name}.rule").EDITION
    for each in (package.name, f"{package.name}.rule"):
        monkeypatch.delitem(sys.modules, each)
    return edition
