"""The command ``new-pack``: a pack to start from, which passes its own tests."""

from __future__ import annotations

import keyword
import re
import shlex
import sys
from collections.abc import Iterator, Mapping
from importlib.metadata import PackageNotFoundError, entry_points, version
from importlib.resources import files
from importlib.util import find_spec
from pathlib import Path
from string import Template
from typing import Annotated, Final

from cyclopts import Parameter

from adjudicator.cli.exits import DECIDED, UsageError
from adjudicator.cli.options import LocaleOption, output_language
from adjudicator.cli.streams import PROGRAM, console_on
from adjudicator.engine.registry import GROUP
from adjudicator.model.errors import printable, safe
from adjudicator.words import words_for

DISTRIBUTION: Final = "claim-adjudicator"
EXAMPLE: Final = "examples/within-seven-days.json"
FILES: Final[Mapping[str, str]] = {
    "pyproject.toml": "pyproject.toml",
    "returns.cases.yaml": "returns.cases.yaml",
    "test_pack.py": "test_$name.py",
    "package/__init__.py": "$name/__init__.py",
    "package/returns.py": "$name/returns.py",
    f"package/{EXAMPLE}": f"$name/{EXAMPLE}",
    "package/words/en.po": "$name/words/en.po",
    "package/words/zh_Hans.po": "$name/words/zh_Hans.po",
    "package/words/zh_Hant.po": "$name/words/zh_Hant.po",
}
"""The templates, each with the file that is made of it."""


def new_pack(
    name: str,
    /,
    *,
    out: Annotated[
        str | None, Parameter(help="The folder; by default, one called like the pack.", show_default=False)
    ] = None,
    locale: LocaleOption = None,
) -> int:
    """Write a small pack of policies to start from: a rule, its words, an example, a table of cases and tests that pass.

    The folder is created; one that holds anything is left alone.

    Parameters
    ----------
    name
        What the pack is imported as, such as `acme_returns`.
    """
    _check_name(name)
    folder = Path(name if out is None else out)
    _write(folder, name)
    console = console_on(sys.stdout)
    words = words_for(None, output_language(locale))
    console.print(words.say("new_pack.written", count=len(FILES), place=safe(str(folder))), soft_wrap=True)
    for step in _next_steps(folder, name):
        console.print(f"  {printable(shlex.join(step))}", style="cyan", soft_wrap=True)
    return DECIDED


def _check_name(name: str) -> None:
    if keyword.iskeyword(name):
        raise UsageError(f"{name} is a word of Python's own and no name for a pack; take another, such as acme_returns")
    if not re.fullmatch(r"[a-z][a-z0-9_]{0,60}", name):
        raise UsageError(
            f"{safe(name)} is no name for a pack; take lower-case letters, digits and _, such as acme_returns"
        )
    if entry_points(group=GROUP, name=name):
        raise UsageError(f"{name} is taken: a pack of that name is installed")
    found = find_spec(name)
    if found is not None and found.origin is not None:  # a folder without modules is nobody's package
        raise UsageError(f"{name} is taken: Python imports something else under that name")


def _write(folder: Path, name: str) -> None:
    if folder.exists() and not (folder.is_dir() and not any(folder.iterdir())):
        raise UsageError(f"{safe(str(folder))} is not an empty folder, and stays as it is")
    values = {
        "name": name,
        "title": name.replace("_", " ").title(),
        "distribution": name.replace("_", "-"),
        "adjudicator": _requirement(),
    }
    templates = files("adjudicator.cli") / "new_pack"
    for source, target in FILES.items():
        path = folder / Template(target).substitute(values)
        path.parent.mkdir(parents=True, exist_ok=True)
        text = Template((templates / f"{source}.txt").read_text("utf-8")).substitute(values)
        path.write_text(text, "utf-8", newline="\n")


def _requirement() -> str:
    """This version and its corrections, but not the next one that may change what packs rest on."""
    try:
        major, minor, *_ = version(DISTRIBUTION).split(".")
    except PackageNotFoundError:
        return DISTRIBUTION
    return f"{DISTRIBUTION}>={major}.{minor},<{major}.{int(minor) + 1}"


def _next_steps(folder: Path, name: str) -> Iterator[list[str]]:
    yield ["python", "-m", "pip", "install", "--editable", f"{folder if folder.is_absolute() else f'./{folder}'}[test]"]
    yield ["python", "-m", "pytest", str(folder)]
    yield [PROGRAM, "decide", str(folder / name / EXAMPLE)]
    yield [PROGRAM, "explain", str(folder / name / EXAMPLE)]
    yield [PROGRAM, "show", f"{name}.returns"]
