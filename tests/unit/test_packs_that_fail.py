"""Packs that cannot be loaded, or whose functions fail: the message names the pack, the reason and the line."""

from __future__ import annotations

import sys
from collections.abc import Callable
from importlib import import_module
from importlib.metadata import EntryPoint
from pathlib import Path
from typing import Any, TypeAlias

import pytest

import adjudicator.engine.registry
from adjudicator.engine.registry import GROUP, editions_of, failed_function, failure, installed_packs, policies
from adjudicator.law import PolicyError

LAMPS = EntryPoint("lamp", "lamps", GROUP)
ROOMS = EntryPoint("lamp", "lamps.rooms", GROUP)

Written: TypeAlias = Callable[..., Path]
"""Writes a module in a folder, from which it can be imported until the test ends, and returns its path."""


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch) -> Written:
    def write(folder: Path, text: str, name: str = "lamps.py") -> Path:
        module = folder / name
        module.parent.mkdir(parents=True, exist_ok=True)
        module.write_text(text, "utf-8")
        monkeypatch.syspath_prepend(folder)
        for each in ("lamps", "lamps.rooms"):
            monkeypatch.setitem(sys.modules, each, None)  # so that it is removed again
            del sys.modules[each]
        return module

    return write


def message(pack: EntryPoint) -> str:
    """The message with which a pack is refused."""
    with pytest.raises(PolicyError) as refused:
        editions_of(pack)
    return str(refused.value)


@pytest.mark.parametrize(
    ("module", "expected"),
    [
        ("def (", "cannot be loaded: SyntaxError: invalid syntax (lamps.py, line 1), at {lamps}:1"),
        ("1 / 0", "cannot be loaded: ZeroDivisionError: division by zero, at {lamps}:1"),
        ("EDITION = 1", "cannot be loaded: AttributeError: module 'lamps' has no attribute 'EDITIONS'"),
        ("EDITIONS = 1", "cannot be loaded: TypeError: 'int' object is not iterable"),
        (
            "from douyin_global.damage import EDITION as EDITIONS",
            "cannot be loaded: EDITIONS is an edition; write a tuple of them, such as (EDITION,)",
        ),
        ("EDITIONS = (1,)", "holds 1 among its EDITIONS, which is no edition"),
        ("raise OSError(f'see {__file__}')", "cannot be loaded: OSError: see {lamps}"),
        ("raise OSError(__file__.replace('lamps', 'rooms'))", "cannot be loaded: OSError: {rooms}, at {lamps}:1"),
    ],
)
def test_a_pack_that_cannot_be_loaded_is_named_with_the_reason(
    tmp_path: Path, written: Written, module: str, expected: str
) -> None:
    """And with the line, unless the reason names its file. A path can have a colon."""
    lamps = written(tmp_path / "of:us", module)
    of_the_pack = expected.format(lamps=lamps, rooms=lamps.with_name("rooms.py"))
    assert message(LAMPS) == f"the pack lamp (lamps) {of_the_pack}"


def test_a_pack_that_is_not_there_is_named_too() -> None:
    assert message(LAMPS) == "the pack lamp (lamps) cannot be loaded: ModuleNotFoundError: No module named 'lamps'"


def test_an_edition_that_is_refused_says_why_itself(tmp_path: Path, written: Written) -> None:
    written(tmp_path, "import attrs, douyin_global as theirs; EDITIONS = [attrs.evolve(theirs.EDITIONS[0], facts=())]")
    assert message(LAMPS).startswith("the pack lamp (lamps) cannot be loaded: douyin_global.")


def test_a_pack_cannot_take_over_a_policy_of_another(
    tmp_path: Path, written: Written, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither for the same day nor for a later one."""
    (theirs,) = (each for each in installed_packs() if each.name == "douyin_global")
    monkeypatch.setattr(adjudicator.engine.registry, "installed_packs", lambda: (theirs, LAMPS))
    for day in ("2022, 3, 15", "2024, 1, 1"):
        made = f"attrs.evolve(theirs.damage.EDITION, effective_from=dt.date({day}))"
        written(tmp_path, f"import attrs, douyin_global as theirs, datetime as dt; EDITIONS = [{made}]")
        with pytest.raises(PolicyError) as refused:
            policies.__wrapped__()
        assert str(refused.value) == (
            f"the pack douyin_global ({theirs.value}) and the pack lamp (lamps) both have editions of douyin_global.damage; "
            "a policy belongs to one pack, or else the other one would govern its cases"
        )


def failure_of(function: Callable[[], Any]) -> str | None:
    """What is said to have failed when a function fails."""
    with pytest.raises(ZeroDivisionError) as failed:
        function()
    return failed_function(failed.value)


def test_a_function_of_a_pack_that_fails_is_named_with_its_line(
    tmp_path: Path, written: Written, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In whichever module of an installed pack it is; not a function of anyone else."""
    text = "def light() -> float:\n    return 1 / 0\n"
    written(tmp_path, "", "lamps/__init__.py")
    rooms = written(tmp_path, text, "lamps/rooms.py")
    light = import_module("lamps.rooms").light
    assert failure_of(light) is None
    monkeypatch.setattr(adjudicator.engine.registry, "installed_packs", lambda: (ROOMS,))
    assert failure_of(light) == f"lamps.rooms.light ({rooms}:2)"
    assert failure_of(lambda: 1 / 0) is None


def test_a_function_beside_an_edition_is_named_though_its_pack_is_not_installed(
    tmp_path: Path, written: Written
) -> None:
    """A candidate, say."""
    text = "def light() -> float:\n    return 1 / 0\n\nfrom douyin_global.damage import EDITION\n"
    for holder in (text, f"{text}EDITIONS = (EDITION,)\n"):
        lamps = written(tmp_path, holder)
        assert failure_of(import_module("lamps").light) == f"lamps.light ({lamps}:2)"
    written(tmp_path, f"{text}EDITION = None\nEDITIONS = (EDITION,)\n")
    assert failure_of(import_module("lamps").light) is None


def test_an_error_of_an_edition_speaks_for_itself() -> None:
    assert failure(PolicyError("acme: light is out")) == "acme: light is out"
    assert failure(ValueError("no light"), "it went out") == "it went out: ValueError: no light"
