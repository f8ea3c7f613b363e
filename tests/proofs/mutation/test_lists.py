"""The lists of mutants that survive, and of code that is never mutated, match the code."""

from __future__ import annotations

import ast
import inspect
import tomllib
from collections.abc import Iterator
from fnmatch import fnmatch
from importlib import import_module
from pathlib import Path
from typing import Any, Final

import pytest

ROOT: Final = Path(__file__).parents[3]
HERE: Final = Path(__file__).parent
MUTMUT: Final[dict[str, Any]] = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["mutmut"]
SURVIVORS: Final[list[dict[str, Any]]] = tomllib.loads((HERE / "survivors.toml").read_text("utf-8"))["survivor"]
UNSEEN: Final[dict[str, dict[str, str | list[str]]]] = tomllib.loads((HERE / "unseen.toml").read_text("utf-8"))
SEEN_IN_SPITE_OF_IT: Final = {"classmethod", "staticmethod"}
"""The decorators under which mutmut still changes code."""


def path_in_copy(module: Path) -> str:
    """The path of a module in the mutated copy, where every package is under ``src``."""
    return "src/" + module.relative_to(ROOT).as_posix().removeprefix("policies/")


def mutated() -> Iterator[tuple[str, Path]]:
    """The source of every module that is mutated, by its name."""
    for path in sorted((*ROOT.glob("adjudicator/*/*.py"), *ROOT.glob("policies/*/*.py"))):
        if any(fnmatch(path_in_copy(path), pattern) for pattern in MUTMUT["only_mutate"]):
            yield (
                path_in_copy(path).removeprefix("src/").removesuffix(".py").replace("/", ".").removesuffix(".__init__"),
                path,
            )


MODULES: Final = dict(mutated())


def not_mutated(body: list[ast.stmt], within: str = "") -> Iterator[str]:
    """The names that mutmut does not change: values outside functions, and decorated functions."""
    for node in body:
        if isinstance(node, ast.ClassDef):
            yield from not_mutated(node.body, f"{within}{node.name}.")
        elif isinstance(node, ast.FunctionDef):
            decorated = {ast.unparse(each) for each in node.decorator_list}
            if decorated - SEEN_IN_SPITE_OF_IT and not stub(node):
                yield within + node.name
        elif isinstance(node, (ast.Assign, ast.AnnAssign)) and is_value(node):
            yield within + ast.unparse(node.targets[0] if isinstance(node, ast.Assign) else node.target)


def stub(function: ast.FunctionDef) -> bool:
    """Whether a function consists only of a docstring, as in a protocol."""
    return len(function.body) == 1 and ast.get_docstring(function) is not None


def is_value(node: ast.Assign | ast.AnnAssign) -> bool:
    """Whether a name is a value, and not a type or something that only Python reads."""
    target = node.targets[0] if isinstance(node, ast.Assign) else node.target
    is_type = isinstance(node, ast.AnnAssign) and ast.unparse(node.annotation) == "TypeAlias"
    is_type |= isinstance(node.value, ast.Call) and ast.unparse(node.value.func) == "TypeVar"
    return node.value is not None and not is_type and not ast.unparse(target).startswith("__")


def named_tests(place: str) -> set[str]:
    """The names of the tests in a file, or in all files of a folder."""
    path = ROOT / place
    trees = (ast.parse(file.read_text("utf-8")) for file in (path.glob("test_*.py") if path.is_dir() else (path,)))
    nodes = (node for tree in trees for node in tree.body)
    return {node.name for node in nodes if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")}


def test_every_pack_and_every_configured_module_is_mutated() -> None:
    """No pack is left out, and no pattern matches nothing."""
    assert set(ROOT.glob("policies/*/*.py")) <= set(MODULES.values())
    assert {"/".join(path_in_copy(path).split("/")[:2]) for path in MODULES.values()} == set(MUTMUT["source_paths"])
    for pattern in MUTMUT["only_mutate"]:
        assert any(fnmatch(path_in_copy(path), pattern) for path in MODULES.values()), pattern
    for test in MUTMUT["pytest_add_cli_args_test_selection"]:
        file, _, name = test.removeprefix("--deselect=").partition("::")
        assert not name or name in named_tests(file), test
        assert (ROOT / file).exists(), test


@pytest.mark.parametrize("survivor", SURVIVORS, ids=lambda survivor: str(survivor["function"]))
def test_a_survivor_changes_an_existing_function(survivor: dict[str, Any]) -> None:
    """The lines that it removes are still in the function, and its reason is not empty."""
    module = next(
        name for name in sorted(MODULES, key=len, reverse=True) if survivor["function"].startswith(f"{name}.")
    )
    found: Any = import_module(module)
    for name in survivor["function"].removeprefix(f"{module}.").split("."):
        found = getattr(found, name)
    lines = [line.strip() for line in inspect.getsource(found).splitlines()]
    changed = [line for each in survivor["changes"] for line in each.strip().splitlines()]
    assert {line[:2] for line in changed} <= {"- ", "+ ", "-", "+"}
    assert [line[2:] for line in changed if line.startswith("- ") and line[2:] not in lines] == []
    assert len(survivor["reason"].split()) > 3
    assert survivor["reason"].endswith(".")


def test_a_survivor_is_listed_once() -> None:
    """Each change has one reason."""
    listed = [(survivor["function"], each) for survivor in SURVIVORS for each in survivor["changes"]]
    assert len(set(listed)) == len(listed)


@pytest.mark.parametrize("module", MODULES)
def test_no_code_is_excluded_from_mutation(module: str) -> None:
    """Reasons are in the list, not in the code."""
    assert "no mutate" not in MODULES[module].read_text("utf-8")


@pytest.mark.parametrize("module", MODULES)
def test_code_that_is_not_mutated_is_listed_with_the_tests_that_check_it(module: str) -> None:
    """The list has constants, class bodies and decorated functions. Each test it names exists; a name without tests has a reason."""
    names = set(not_mutated(ast.parse(MODULES[module].read_text("utf-8")).body))
    listed = UNSEEN.get(module, {})
    assert {name for name in names if not any(fnmatch(name, each) for each in listed)} == set()
    assert {each for each in listed if not any(fnmatch(name, each) for name in names)} == set()
    for kept in listed.values():
        for each in [kept] if isinstance(kept, str) else kept:
            file, _, test = each.partition("::")
            is_a_reason = each.endswith(".") and not test
            assert is_a_reason or (test in named_tests(file) if test else named_tests(file)), each


def test_only_mutated_modules_are_listed() -> None:
    """The list covers only modules that mutmut changes."""
    assert UNSEEN.keys() <= MODULES.keys()
