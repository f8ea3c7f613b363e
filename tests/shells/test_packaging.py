"""The distributions: a wheel and an sdist with the engine, the packs and their data, and locks that fit the project."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from configparser import ConfigParser
from email import message_from_string
from email.message import Message
from functools import partial
from pathlib import Path, PurePosixPath
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from sharing import shared_folder

ROOT = Path(__file__).parents[2]
PYPROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
PROJECT: dict[str, Any] = PYPROJECT["project"]
PACKS = sorted(path.parent.name for path in (ROOT / "policies").glob("*/__init__.py"))
SOURCE_ROOTS = {"adjudicator": ROOT / "adjudicator"} | {pack: ROOT / "policies" / pack for pack in PACKS}
LOCKS = ("core", "run", "build", "dev", "docs", "mutate", "serve")
WHERE_EVERYTHING_CAME_FROM = """
import importlib, pathlib
from adjudicator.cli import main
from adjudicator.engine.registry import policies

for name in ("adjudicator", *{policy.partition(".")[0] for policy in policies()}):
    print(pathlib.Path(importlib.import_module(name).__file__).parents[1].resolve(), callable(main))
"""


def built(source: Path, target: str, into: Path) -> Path:
    """The single archive that the build backend makes from a source tree."""
    command = [sys.executable, "-m", "hatchling", "build", "--target", target, "--directory", str(into)]
    subprocess.run(command, cwd=source, check=True, capture_output=True, timeout=120)
    (archive,) = into.iterdir()
    return archive


def wheel_of_the_project(factory: pytest.TempPathFactory) -> Path:
    """The wheel of this project, shared by several test files."""
    (archive,) = shared_folder(factory, "wheel", partial(built, ROOT, "wheel")).iterdir()
    return archive


@pytest.fixture(scope="module")
def sdist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return built(ROOT, "sdist", tmp_path_factory.mktemp("sdist"))


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return wheel_of_the_project(tmp_path_factory)


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the content of the wheel, as an installer would write it."""
    folder = tmp_path_factory.mktemp("installed")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder)
    return folder


def names_in_wheel(wheel: Path) -> set[str]:
    with zipfile.ZipFile(wheel) as archive:
        return set(archive.namelist())


def names_in_sdist(sdist: Path) -> set[str]:
    """The files of an sdist, without its top folder."""
    with tarfile.open(sdist) as archive:
        return {"/".join(PurePosixPath(member.name).parts[1:]) for member in archive.getmembers() if member.isfile()}


def shipped_sources() -> set[str]:
    """Every file of the engine and the packs, named as in a wheel: code, texts, demonstrations, ``py.typed``."""
    return {
        f"{package}/{path.relative_to(folder).as_posix()}"
        for package, folder in SOURCE_ROOTS.items()
        for path in folder.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }


def metadata_of(installed: Path) -> Message:
    (folder,) = installed.glob("*.dist-info")
    return message_from_string((folder / "METADATA").read_text(encoding="utf-8"))


def run_installed(installed: Path, code: str) -> str:
    """The output of a program that imports from the unpacked wheel first, outside this tree."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    done = subprocess.run(
        [sys.executable, "-c", f"import sys; sys.path.insert(0, {str(installed)!r})\n{code}"],
        cwd=installed,
        env=environment | {"PYTHONDONTWRITEBYTECODE": "1"},
        check=False,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_wheel_holds_every_file_of_the_engine_and_the_packs_and_nothing_else(wheel: Path) -> None:
    found = {name for name in names_in_wheel(wheel) if ".dist-info/" not in name}
    assert found == shipped_sources()
    assert "adjudicator/py.typed" in found


def test_each_pack_is_a_top_level_package_and_policies_is_not(wheel: Path) -> None:
    top = {PurePosixPath(name).parts[0] for name in names_in_wheel(wheel) if ".dist-info/" not in name}
    assert PACKS
    assert top == {"adjudicator", *PACKS}


def test_the_sdist_holds_what_is_needed_to_build_and_test_it(sdist: Path) -> None:
    names = names_in_sdist(sdist)
    expected = {name if name.startswith("adjudicator/") else f"policies/{name}" for name in shipped_sources()}
    expected |= {"LICENSE", "README.md", "CHANGELOG.md", "Makefile", "pyproject.toml", "tests/shells/test_packaging.py"}
    expected |= {f"requirements/{lock}.txt" for lock in LOCKS}
    assert expected <= names
    assert not [name for name in names if "__pycache__" in name or name.startswith((".venv", "dist", "build"))]


def test_the_sdist_builds_the_same_wheel(sdist: Path, wheel: Path, tmp_path: Path) -> None:
    with tarfile.open(sdist) as archive:
        archive.extraction_filter = getattr(tarfile, "data_filter", None)  # not in the first releases of Python 3.11
        archive.extractall(tmp_path / "source")
    (source,) = (tmp_path / "source").iterdir()
    again = built(source, "wheel", tmp_path / "wheel")
    assert again.name == wheel.name
    with zipfile.ZipFile(again) as ours, zipfile.ZipFile(wheel) as theirs:
        assert {name: ours.read(name) for name in ours.namelist()} == {
            name: theirs.read(name) for name in theirs.namelist()
        }


def test_every_pack_is_found_by_entry_point(installed: Path) -> None:
    (folder,) = installed.glob("*.dist-info")
    points = ConfigParser()
    points.read(folder / "entry_points.txt", encoding="utf-8")
    assert dict(points["adjudicator.policies"]) == {pack: pack for pack in PACKS}
    assert dict(points["console_scripts"]) == {"adjudicator": "adjudicator.cli:main"}


def test_the_unpacked_wheel_finds_its_own_packs_and_a_command_to_run(installed: Path) -> None:
    places = set(run_installed(installed, WHERE_EVERYTHING_CAME_FROM).splitlines())
    assert places == {f"{installed.resolve()} True"}


def test_the_metadata_says_what_it_is_and_what_it_needs(installed: Path) -> None:
    metadata = metadata_of(installed)
    assert metadata["Name"] == "claim-adjudicator"
    assert metadata["License-Expression"] == "Apache-2.0"
    assert metadata["Requires-Python"] == "<3.15,>=3.11"
    assert set(metadata.get_all("Provides-Extra", [])) == set(PROJECT["optional-dependencies"])
    assert (ROOT / "README.md").read_text(encoding="utf-8").strip() in str(metadata.get_payload())
    assert f"## {metadata['Version']}" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")


def locked(lock: str) -> dict[str, str]:
    """The versions that a lock pins, by canonical name."""
    text = (ROOT / "requirements" / f"{lock}.txt").read_text(encoding="utf-8")
    return {
        canonicalize_name(name): version for name, version in re.findall(r"^([\w.-]+)==([^\s;]+)", text, re.MULTILINE)
    }


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_pins_every_package_with_hashes_and_names_no_address(lock: str) -> None:
    text = (ROOT / "requirements" / f"{lock}.txt").read_text(encoding="utf-8")
    entries = re.sub(r"\\\n", "", re.sub(r"^\s*#.*\n", "", text, flags=re.MULTILINE)).splitlines()
    assert len(entries) >= len(locked(lock)) > 0
    for entry in entries:
        assert re.fullmatch(r"[\w.-]+==\S+( ; [^#]+?)?( +--hash=sha256:[0-9a-f]{64})+", entry)
    assert "//" not in text


def asked_for(*extras: str) -> list[str]:
    """The requirements of the project and some of its extras, including extras of extras."""
    found: list[str] = [*PROJECT["dependencies"]]
    for extra in extras:
        for each in PROJECT["optional-dependencies"][extra]:
            own = Requirement(each).name == PROJECT["name"]
            found += asked_for(*Requirement(each).extras) if own else [each]
    return found


def test_the_locks_fit_what_the_project_asks_for() -> None:
    """After a change to the dependencies in pyproject.toml: ``make lock``."""
    groups = PYPROJECT["dependency-groups"]
    wanted = {
        "core": asked_for(),
        "run": asked_for("cli"),
        "serve": asked_for("cli", "service", "postgresql", "telemetry"),
        "build": groups["build"],
        "dev": [
            *asked_for(*PROJECT["optional-dependencies"]),
            *groups["build"],
            *groups["prove"],
            *(each for each in groups["dev"] if isinstance(each, str)),
        ],
        "docs": groups["docs"],
        "mutate": [*groups["build"], *(each for each in groups["mutate"] if isinstance(each, str))],
    }
    assert wanted.keys() == {*LOCKS}
    for lock, requirements in wanted.items():
        pins = locked(lock)
        for requirement in map(Requirement, requirements):
            pin = pins.get(canonicalize_name(requirement.name))
            assert pin is not None, f"requirements/{lock}.txt lacks {requirement.name}"
            assert requirement.specifier.contains(pin), f"requirements/{lock}.txt: {requirement.name} {pin}"


def test_the_locks_agree_with_each_other() -> None:
    assert locked("core").items() <= locked("run").items()
    assert locked("run").items() <= locked("serve").items()
    assert locked("serve").items() <= locked("dev").items()
    assert locked("build").items() <= locked("dev").items()
    run, mutate = locked("run"), locked("mutate")  # installed together
    assert {name: run[name] for name in run.keys() & mutate.keys()}.items() <= mutate.items()
