"""Tools for authors in tests: in English, in a folder of their own, and with other editions in a pack."""

from __future__ import annotations

from collections.abc import Callable
from importlib.metadata import entry_points
from pathlib import Path

import pytest

import adjudicator.engine.registry
from adjudicator.engine.policy import Edition
from adjudicator.engine.registry import GROUP

(PINDUODUO,) = entry_points(group=GROUP, name="pinduoduo")


@pytest.fixture(autouse=True)
def _in_english(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Compare messages in English, and write files to a temporary folder."""
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def linted(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Replace the editions of the pack ``pinduoduo``."""

    def put(*held: Edition) -> None:
        monkeypatch.setattr(adjudicator.engine.registry, "editions_of", {PINDUODUO: held}.__getitem__)

    return put
