"""Breaks the packs and the fold, one small change at a time, and tells which changes no test noticed.

``python tests/proofs/mutation/run.py FOLDER [PATTERN...]`` works in that folder and keeps there what it finds, so that a run can be broken
off and taken up again. Survivors of an earlier run are tried once more, for there may be new tests. With patterns, such as
``douyin_global.*``, only what matches one is broken, and anew.

A change that no test notices is a survivor: it needs a test, or a reason in ``survivors.toml``. The exit status is 1 while there is a
survivor without a reason, or a reason without its survivor.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

HERE = Path(__file__).parent
ROOT = HERE.parents[2]
MUTMUT = str(Path(sys.executable).with_name("mutmut"))
KILLED = ("killed", "timeout")
COMPILED = shutil.ignore_patterns("__pycache__")
COLUMNS = ("mutants", "killed", "timeout", "with a reason", "without")


class Change(NamedTuple):
    """A change to a function: the lines that went and those that came, without their indentation."""

    function: str
    diff: str


def main(tree: Path, only: Sequence[str]) -> int:
    """Lay the code out, break it, and tell what came of it."""
    lay_out(tree)
    before = survivors(tried(tree))
    mutmut(tree, "run", "--max-children", "1", *only)
    if again := before & survivors(tried(tree)):
        mutmut(tree, "run", "--max-children", "1", *sorted(again))
    found = tried(tree)
    return told(found, {mutant: change(tree, mutant) for mutant in sorted(survivors(found))}, reasons())


def lay_out(tree: Path) -> None:
    """The packages as mutmut wants them: copies, all of them under ``src``, named as they are imported.

    No links: who builds an archive of the project would follow them, and find every module here instead of in its place.
    """
    for part in ("src", "tests"):
        shutil.rmtree(tree / part, ignore_errors=True)
    for package in (ROOT / "adjudicator", *(path.parent for path in ROOT.glob("policies/*/__init__.py"))):
        shutil.copytree(package, tree / "src" / package.name, ignore=COMPILED)
    shutil.copytree(ROOT / "tests", tree / "tests", ignore=COMPILED)
    shutil.copy2(ROOT / "pyproject.toml", tree)


def mutmut(tree: Path, *arguments: str) -> None:
    """Run mutmut where the code is laid out; it tells on its own how far it is."""
    environment = os.environ | {"HYPOTHESIS_PROFILE": "mutation", "PYTHONHASHSEED": "0"}
    subprocess.run([MUTMUT, *arguments], cwd=tree, env=environment, check=True)


def asked(tree: Path, *arguments: str) -> str:
    """What mutmut answers to a question."""
    return subprocess.run([MUTMUT, *arguments], cwd=tree, check=True, capture_output=True, text=True).stdout


def tried(tree: Path) -> dict[str, str]:
    """What became of every mutant that was tried, by its name."""
    if not (tree / "mutants").exists():
        return {}
    lines = (line.strip().rpartition(": ") for line in asked(tree, "results", "--all", "true").splitlines())
    return {mutant: state for mutant, _, state in lines if mutant and state != "not checked"}


def survivors(found: dict[str, str]) -> set[str]:
    """The mutants that no test killed."""
    return {mutant for mutant, state in found.items() if state not in KILLED}


def module_of(mutant: str) -> str:
    """The module that a mutant belongs to."""
    return mutant.rpartition(".")[0]


def function_of(mutant: str) -> str:
    """The function that a mutant is a variant of, by its full name; of a method with its class."""
    name = mutant.rpartition(".")[2].partition("__mutmut_")[0]
    return f"{module_of(mutant)}.{'.'.join(name[2:].split('ǁ'))}"


def change(tree: Path, mutant: str) -> Change:
    """What a mutant changes."""
    lines = asked(tree, "show", mutant).splitlines()
    changed = [f"{line[0]} {line[1:].strip()}" for line in lines if re.match(r"[-+](?![-+]{2} )", line)]
    return Change(function_of(mutant), "\n".join(changed))


def reasons() -> dict[Change, str]:
    """Why survivors are let live."""
    listed = tomllib.loads((HERE / "survivors.toml").read_text("utf-8"))["survivor"]
    return {Change(each["function"], change.strip()): each["reason"] for each in listed for change in each["changes"]}


def counted(found: dict[str, str], changes: dict[str, Change], reasons: dict[Change, str]) -> dict[str, Counter[str]]:
    """How many mutants of each module there are, and what became of them."""
    table: dict[str, Counter[str]] = {}
    for mutant, state in found.items():
        fate = state if state in KILLED else "with a reason" if changes[mutant] in reasons else "without"
        table.setdefault(module_of(mutant), Counter()).update(("mutants", fate))
    return table


def told(found: dict[str, str], changes: dict[str, Change], reasons: dict[Change, str]) -> int:
    """Print what came of it, and return the exit status."""
    table = counted(found, changes, reasons)
    rows = [*sorted(table.items()), ("in all", sum(table.values(), Counter()))]
    print("\n" + f"{'':<36}" + "".join(f"{column:>15}" for column in COLUMNS))
    for module, counts in rows:
        print(f"{module:<36}" + "".join(f"{counts[column]:>15}" for column in COLUMNS))
    unexplained = {mutant: each for mutant, each in changes.items() if each not in reasons}
    for mutant, each in unexplained.items():
        print(
            f"\nNo test notices this, and no reason is written ({mutant}: {found[mutant]}):\n{each.function}\n{each.diff}"
        )
    functions = {function_of(mutant) for mutant in found}
    outlived = {each for each in reasons if each.function in functions} - set(changes.values())
    if "PROVED_ROWS" in os.environ:
        write_row(Path(os.environ["PROVED_ROWS"]), rows[-1][1], holds=not unexplained and not outlived)
    for each in sorted(outlived):
        print(f"\nA reason is written for this, but it is no survivor:\n{each.function}\n{each.diff}")
    return 1 if unexplained or outlived else 0


def write_row(file: Path, counts: Counter[str], *, holds: bool) -> None:
    """The one row that the table of ``make prove`` has of all this."""
    told = ", ".join(f"{counts[fate]:,} {fate}" for fate in COLUMNS[1:] if counts[fate])
    checked = "changes to packs and fold, noticed by a test or with a reason"
    row = {"proof": "mutation", "checked": checked, "count": counts["mutants"], "result": told, "holds": holds}
    file.write_text(f"{json.dumps(row)}\n", "utf-8")


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]).resolve(), sys.argv[2:]))
