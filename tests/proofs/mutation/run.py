"""Mutate the packs and the engine, one small change at a time, and report the mutants that no test noticed.

``python tests/proofs/mutation/run.py FOLDER [PATTERN...]`` works in that folder and keeps its results there, so you can stop a run and
resume it. Survivors of an earlier run are tested again, because there may be new tests. With patterns, such as ``douyin_global.*``, only
the matching functions are mutated, from scratch: use another folder for that. Then mutmut prepares only their modules, and the tests
take down to half the time.

A mutant that no test notices is a survivor. It needs a test, or a reason in ``survivors.toml``. The exit status is 1 if a survivor has no
reason, or if a reason has no survivor.
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
from collections.abc import Iterator, Sequence
from fnmatch import fnmatch
from pathlib import Path
from typing import NamedTuple

HERE = Path(__file__).parent
ROOT = HERE.parents[2]
MUTMUT = str(Path(sys.executable).with_name("mutmut"))
KILLED = ("killed", "timeout")
COMPILED = shutil.ignore_patterns("__pycache__")
COLUMNS = ("mutants", "killed", "timeout", "with a reason", "without")


class Change(NamedTuple):
    """A change to a function: the removed and added lines, without indentation."""

    function: str
    diff: str


def main(tree: Path, only: Sequence[str]) -> int:
    """Copy the code, test every mutant, and report the results. Returns the exit status."""
    if only:
        shutil.rmtree(tree, ignore_errors=True)
    copy_packages(tree)
    if only:
        mutate_only(tree, only)
    before = survivors(states(tree))
    mutmut(tree, "run", "--max-children", "1", *only)
    if again := before & survivors(states(tree)):
        mutmut(tree, "run", "--max-children", "1", *sorted(again))
    found = states(tree)
    return report(found, {mutant: change(tree, mutant) for mutant in sorted(survivors(found))}, reasons())


def copy_packages(tree: Path) -> None:
    """Copy the packages to ``src`` under their import names, as mutmut needs them.

    Copies and no links: a tool that builds an archive of the project would follow links, and find every module here instead of in its own
    place.
    """
    for part in ("src", "tests"):
        shutil.rmtree(tree / part, ignore_errors=True)
    for package in (ROOT / "adjudicator", *(path.parent for path in ROOT.glob("policies/*/__init__.py"))):
        shutil.copytree(package, tree / "src" / package.name, ignore=COMPILED)
    shutil.copytree(ROOT / "tests", tree / "tests", ignore=COMPILED)
    shutil.copy2(ROOT / "pyproject.toml", tree)


def mutate_only(tree: Path, patterns: Sequence[str]) -> None:
    """Leave all modules out of the settings in the folder that have no function which matches one of these patterns."""
    settings = tree / "pyproject.toml"
    text = settings.read_text("utf-8")
    configured = tomllib.loads(text)["tool"]["mutmut"]["only_mutate"]
    modules = [
        path for path in modules_in(tree, configured) if any(can_match(name_of(path), each) for each in patterns)
    ]
    if not modules:
        sys.exit(f"No module that is mutated has a function that matches {' or '.join(patterns)}")
    settings.write_text(
        re.sub(r"(?m)^only_mutate = \[\n(?: .*\n)*\]", f"only_mutate = {json.dumps(modules)}", text), "utf-8"
    )


def modules_in(tree: Path, patterns: Sequence[str]) -> Iterator[str]:
    """The paths in the folder of the modules that match one of these patterns."""
    for path in sorted((tree / "src").rglob("*.py")):
        relative = path.relative_to(tree).as_posix()
        if any(fnmatch(relative, each) for each in patterns):
            yield relative


def name_of(path: str) -> str:
    """The name of the module at a path."""
    return path.removeprefix("src/").removesuffix(".py").removesuffix("/__init__").replace("/", ".")


def can_match(module: str, pattern: str) -> bool:
    """Whether a pattern can match the name of a function in a module; mutmut writes classes and methods without a dot."""
    begins = re.split(r"[*?[]", pattern)[0]
    within = f"{module}."
    if begins.startswith(within):
        return "." not in begins.removeprefix(within)
    return begins != pattern and within.startswith(begins)


def mutmut(tree: Path, *arguments: str) -> None:
    """Run mutmut in the folder of the copies. It prints its own progress."""
    environment = os.environ | {"HYPOTHESIS_PROFILE": "mutation", "PYTHONHASHSEED": "0"}
    subprocess.run([MUTMUT, *arguments], cwd=tree, env=environment, check=True)


def output_of(tree: Path, *arguments: str) -> str:
    """Return what a mutmut command prints."""
    return subprocess.run([MUTMUT, *arguments], cwd=tree, check=True, capture_output=True, text=True).stdout


def states(tree: Path) -> dict[str, str]:
    """The state of every mutant that has been tested, by its name."""
    if not (tree / "mutants").exists():
        return {}
    lines = (line.strip().rpartition(": ") for line in output_of(tree, "results", "--all", "true").splitlines())
    return {mutant: state for mutant, _, state in lines if mutant and state != "not checked"}


def survivors(found: dict[str, str]) -> set[str]:
    """The mutants that no test killed."""
    return {mutant for mutant, state in found.items() if state not in KILLED}


def module_of(mutant: str) -> str:
    """The module that a mutant belongs to."""
    return mutant.rpartition(".")[0]


def function_of(mutant: str) -> str:
    """The full name of the function that a mutant changes. A method's name includes its class."""
    name = mutant.rpartition(".")[2].partition("__mutmut_")[0]
    return f"{module_of(mutant)}.{'.'.join(name[2:].split('ǁ'))}"


def change(tree: Path, mutant: str) -> Change:
    """The function and the lines that a mutant changes."""
    lines = output_of(tree, "show", mutant).splitlines()
    changed = [f"{line[0]} {line[1:].strip()}" for line in lines if re.match(r"[-+](?![-+]{2} )", line)]
    return Change(function_of(mutant), "\n".join(changed))


def reasons() -> dict[Change, str]:
    """The survivors listed in ``survivors.toml``, each with its reason."""
    listed = tomllib.loads((HERE / "survivors.toml").read_text("utf-8"))["survivor"]
    return {Change(each["function"], change.strip()): each["reason"] for each in listed for change in each["changes"]}


def count_by_module(
    found: dict[str, str], changes: dict[str, Change], reasons: dict[Change, str]
) -> dict[str, Counter[str]]:
    """Count the mutants of each module, by state."""
    table: dict[str, Counter[str]] = {}
    for mutant, state in found.items():
        fate = state if state in KILLED else "with a reason" if changes[mutant] in reasons else "without"
        table.setdefault(module_of(mutant), Counter()).update(("mutants", fate))
    return table


def report(found: dict[str, str], changes: dict[str, Change], reasons: dict[Change, str]) -> int:
    """Print the results, and return the exit status."""
    table = count_by_module(found, changes, reasons)
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
    stale = {each for each in reasons if each.function in functions} - set(changes.values())
    if "PROVED_ROWS" in os.environ:
        write_row(Path(os.environ["PROVED_ROWS"]), rows[-1][1], holds=not unexplained and not stale)
    for each in sorted(stale):
        print(f"\nA reason is written for this, but it is no survivor:\n{each.function}\n{each.diff}")
    return 1 if unexplained or stale else 0


def write_row(file: Path, counts: Counter[str], *, holds: bool) -> None:
    """Write the row for the table of ``make prove``."""
    result = ", ".join(f"{counts[fate]:,} {fate}" for fate in COLUMNS[1:] if counts[fate])
    checked = "changes to packs and fold, noticed by a test or with a reason"
    row = {"proof": "mutation", "checked": checked, "count": counts["mutants"], "result": result, "holds": holds}
    file.write_text(f"{json.dumps(row)}\n", "utf-8")


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]).resolve(), sys.argv[2:]))
