"""Imports go in one direction, and importing the library loads nothing heavy."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import grimp
import pytest

import adjudicator
from architecture.modules import ENGINE, PACKS, ROOT, python

CONTRACTS: Final[dict[str, Any]] = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"][
    "importlinter"
]
VOCABULARY: Final = frozenset({"claims", "law"})
"""The only modules of the engine that packs import."""


# Imports point one way


@pytest.fixture(scope="module")
def graph() -> grimp.ImportGraph:
    return grimp.build_graph("adjudicator", *(pack.name for pack in PACKS), cache_dir=None)


def imports_of(graph: grimp.ImportGraph, package: str) -> set[tuple[str, str]]:
    """Every import out of a package, as (importer, imported)."""
    inside = {package, *graph.find_descendants(package)}
    return {
        (one, other) for one in inside for other in graph.find_modules_directly_imported_by(one) if other not in inside
    }


def test_the_import_contracts_hold() -> None:
    """In a separate process, because the linter disables the loggers of its own."""
    done = subprocess.run([sys.executable, "-c", LINT_ALL, str(ROOT / "pyproject.toml")], check=False, **AS_TEXT)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("pack", [pack.name for pack in PACKS])
def test_policies_import_the_vocabulary_and_nothing_else_of_the_engine(graph: grimp.ImportGraph, pack: str) -> None:
    allowed = {f"adjudicator.{name}" for name in VOCABULARY}
    assert {(one, other) for one, other in imports_of(graph, pack) if other not in allowed} == set()


def test_the_engine_imports_no_policy(graph: grimp.ImportGraph) -> None:
    assert imports_of(graph, "adjudicator") == set()


def test_every_pack_is_under_contract() -> None:
    by_id = {contract["id"]: contract for contract in CONTRACTS["contracts"]}
    packs = [pack.name for pack in PACKS]
    assert CONTRACTS["root_packages"] == ["adjudicator", *packs]
    assert by_id["engine"]["forbidden_modules"] == packs
    assert by_id["packs"]["modules"] == packs


def test_every_package_states_its_purpose_in_one_sentence() -> None:
    rooms = [*ENGINE.glob("*/__init__.py"), *(path for path in ENGINE.glob("*.py") if path.stem != "__init__")]
    for room in rooms:
        docstring = ast.get_docstring(ast.parse(room.read_text(encoding="utf-8"))) or ""
        first = docstring.partition("\n\n")[0]
        assert first.endswith("."), f"{room} does not say what it is for"


@pytest.fixture(scope="module")
def imports() -> dict[str, str]:
    """The import statements of every module, by its path."""
    return {
        str(source.relative_to(ROOT)): "\n".join(import_lines(source))
        for source in (*ENGINE.rglob("*.py"), *(ROOT / "policies").rglob("*.py"))
    }


def write(imports: Mapping[str, str], tree: Path) -> Path:
    """Write a tree of modules that contain only imports."""
    for path, lines in imports.items():
        (tree / path).parent.mkdir(parents=True, exist_ok=True)
        (tree / path).write_text(lines, encoding="utf-8")
    return tree


def test_the_imports_alone_break_no_contract(imports: dict[str, str], tmp_path: Path) -> None:
    """So in the test below, the contract is broken by the added import alone."""
    ids = {contract["id"] for contract in CONTRACTS["contracts"]}
    assert contracts_in(write(imports, tmp_path), *sorted(ids)) == (len(ids), 0)


@pytest.mark.parametrize(
    ("path", "line", "contract"),
    [
        ("policies/douyin_global/damage.py", "import douyin_alliance", "packs"),
        ("adjudicator/model/facts.py", "import douyin_global", "engine"),
        ("adjudicator/model/facts.py", "import adjudicator.api", "layers"),
        ("adjudicator/api.py", "import adjudicator.cli", "layers"),
        ("adjudicator/a_new_room.py", "", "layers"),
        ("adjudicator/client/clients.py", "import adjudicator.service", "layers"),
        ("adjudicator/model/time.py", "import adjudicator.engine", "layers"),
    ],
)
def test_the_contracts_fail_when_broken(
    imports: dict[str, str], tmp_path: Path, path: str, line: str, contract: str
) -> None:
    """One added import breaks the contract that forbids it."""
    more = imports | {path: f"{imports.get(path, '')}\n{line}\n"}
    assert contracts_in(write(more, tmp_path), contract) == (0, 1)


def contracts_in(tree: Path, *contracts: str) -> tuple[int, int]:
    """How many of the given contracts a tree keeps, and how many it breaks."""
    done = subprocess.run(
        [sys.executable, "-c", LINT, str(ROOT / "pyproject.toml"), str(tree), str(tree / "policies"), *contracts],
        cwd=tree,
        check=False,
        **AS_TEXT,
    )
    ((kept, broken),) = re.findall(r"(\d+) kept, (\d+) broken", done.stdout) or [("0", "0")]
    assert int(kept) + int(broken) == len(contracts), done.stdout + done.stderr
    return int(kept), int(broken)


AS_TEXT: Final[Mapping[str, Any]] = {"capture_output": True, "text": True, "timeout": 120}
LINT_ALL: Final = """
import sys
from importlinter import cli

sys.exit(cli.lint_imports(config_filename=sys.argv[1], no_cache=True))
"""
LINT: Final = """
import sys
from importlinter import cli

config, engine, packs, *contracts = sys.argv[1:]
sys.path[:0] = engine, packs
sys.exit(cli.lint_imports(config_filename=config, limit_to_contracts=tuple(contracts), no_cache=True))
"""


def import_lines(source: Path) -> Iterator[str]:
    """The import statements of a module, except those for type checkers."""
    for statement in ast.parse(source.read_text(encoding="utf-8")).body:
        if isinstance(statement, (ast.Import, ast.ImportFrom)):
            yield ast.unparse(statement)


# A light import


HEAVY: Final = (
    "IPython",
    "PIL",
    "adjudicator.adapters",
    "adjudicator.analysis",
    "adjudicator.cli",
    "adjudicator.rulebook.codes",
    "adjudicator.explain",
    "adjudicator.rulebook.handbook",
    "adjudicator.testing.laws",
    "adjudicator.cli.ndjson",
    "adjudicator.store",
    "adjudicator.cli.pages",
    "adjudicator.testing",
    "adjudicator.wire.schema",
    "adjudicator.words",
    "alembic",
    "asyncio",
    "babel",
    "cattrs",
    "cryptography",
    "cyclopts",
    "difflib",
    "duckdb",
    "httpx",
    "hypothesis",
    "jinja2",
    "litestar",
    "markdown",
    "numpy",
    "pandas",
    "pendulum",
    "polars",
    "psycopg",
    "pyarrow",
    "pygments",
    "pytest",
    "requests",
    "rich",
    "sqlalchemy",
    "sqlite3",
    "unittest",
)


def loaded_by(statement: str) -> set[str]:
    """The modules that a statement loads in a fresh interpreter."""
    return set(python(f"import sys\n{statement}\nprint(*sys.modules)").split())


def test_importing_the_library_loads_nothing_heavy() -> None:
    assert loaded_by("import adjudicator; adjudicator.decide") & {*HEAVY} == set()


def test_every_public_name_can_be_imported() -> None:
    assert [name for name in adjudicator.__all__ if not hasattr(adjudicator, name)] == []
    assert {*adjudicator.__all__} <= {*dir(adjudicator)}
    assert not hasattr(adjudicator, "guess")


def test_the_program_imports_a_command_only_when_it_runs() -> None:
    assert "adjudicator.cli.commands.decide" not in loaded_by("import adjudicator.cli.app")


def test_a_heavy_import_is_detected() -> None:
    assert "hypothesis" in loaded_by("import hypothesis")
