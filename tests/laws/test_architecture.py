"""What holds the house up: a pure core, imports that point one way, and no law outside the policies.

Each check is shown to fail on a text that breaks it.
"""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
import textwrap
import tomllib
from collections import Counter
from collections.abc import Iterator, Mapping
from enum import Enum
from functools import cache
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any, Final

import grimp
import pytest

import adjudicator
from adjudicator.engine.registry import policies
from adjudicator.model import award, enumerations, evidence, finding
from adjudicator.model import decision as decision_module
from adjudicator.model import facts as facts_module
from tradings import FOUND

ROOT: Final = Path(__file__).parents[2]
ENGINE: Final = ROOT / "adjudicator"
PACKS: Final = sorted(path.parent for path in (ROOT / "policies").glob("*/__init__.py"))
EXAMPLES: Final = ROOT / "tests" / "data" / "examples"
CONTRACTS: Final[dict[str, Any]] = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"][
    "importlinter"
]

PURE_ROOMS: Final = frozenset({"analysis", "api", "claims", "engine", "kinds", "law", "model", "wire"})
"""The rooms that decide and look into decisions: no clock, file, network, environment or random source in any of them."""

VOCABULARY: Final = frozenset({"claims", "law"})
"""What packs import of the engine, and nothing else."""

PURE: Final = frozenset(
    {
        "__future__",
        "attrs",
        "collections",
        "datetime",
        "decimal",
        "enum",
        "fractions",
        "itertools",
        "math",
        "operator",
        "re",
        "typing",
    }
)
"""What any pure module may import besides its own kind: nothing here can reach a clock, a file, a random source."""

MAY_ALSO_IMPORT: Final[Mapping[str, Mapping[str, str]]] = {
    "model.digest": {
        "hashlib": "digests are SHA-256",
        "orjson": "writes text",
        "rfc8785": "writes canonical text",
    },
    "analysis.whatif.search": {
        "contextlib": "a search that is stopped ends there",
    },
    "analysis.whatif.questions": {
        "contextlib": "the same",
    },
    "kinds.claim": {
        "functools": "a case is indexed once",
    },
    "engine.branches": {
        "functools": "what a fact comes to is settled once",
    },
    "engine.amendment": {
        "inspect": "reads the signatures of new functions",
        "types": "tells functions from other values",
    },
    "engine.checks": {
        "functools": "a class is looked at once",
        "types": "takes annotations apart",
    },
    "engine.inspection": {
        "dis": "reads what a function calls and returns, once, when an edition is made",
        "functools": "a function is read once",
        "inspect": "tells generators from other functions",
        "types": "tells functions, modules and code apart",
    },
    "model.calendars": {
        "bisect": "working days are looked up, not counted one by one",
        "calendar": "how long months are",
    },
    "engine.clause": {
        "functools": "annotations and numberings are read once each",
        "inspect": "reads signatures and docstrings, once, when an edition is made",
        "types": "takes annotations apart",
    },
    "engine.sameness": {
        "functools": "a class is looked at once",
    },
    "model.source": {
        "functools": "a class is looked at once",
        "linecache": "source that is made can be read where an error is shown",
    },
    "wire.decisions": {
        "functools": "a class is looked at once",
        "hashlib": "digests are SHA-256",
        "orjson": "writes text",
    },
    "wire.findings": {
        "functools": "an edition is looked at once; it does not change while it runs",
        "json": "writes text",
        "orjson": "the same",
    },
    "wire.reader": {
        "functools": "a class is looked at once; cases are never kept",
    },
    "engine.changes_in_time": {
        "copy": "a case is looked at as it will be at a later moment",
    },
    "engine.acceptables": {
        "ast": "reads what a function says will do, once, when an edition is made",
        "functools": "a function is read once",
        "linecache": "finds the text of a function, once, when an edition is made",
        "textwrap": "the same",
        "types": "tells functions from other values",
    },
    "model.by_date": {
        "bisect": "entries are looked up, not searched",
        "types": "takes annotations apart",
    },
    "kinds.claimed_line": {
        "functools": "where things stand in a case is looked up once for each decision",
        "heapq": "documents of a line and of the whole order are read in the order of the case",
    },
    "kinds.conduct_judgement": {
        "functools": "how grave an incident can be is worked out once",
    },
    "kinds.consequences": {
        "functools": "an edition is taken apart once; it does not change while it runs",
    },
    "kinds.process": {
        "functools": "an edition is taken apart once; it does not change while it runs",
    },
    "kinds.steps": {
        "functools": "which steps lead from one stage to another is found once",
    },
    "model.evidence": {
        "types": "takes the annotations of the models apart",
    },
    "wire.annotations": {
        "cattrs": "is told what fields are called",
        "functools": "a class is looked at once",
        "types": "takes the annotations of the models apart",
    },
    "wire.codec": {
        "cattrs": "structures cases",
        "orjson": "writes text",
    },
    "wire.decoder": {
        "cattrs": "structures cases",
        "functools": "its converters are made once, when first asked for; cases are never kept",
    },
    "wire.encoder": {
        "cattrs": "writes cases",
        "functools": "the same",
    },
    "engine.registry": {
        "functools": "the packs are looked up once; an installation does not change while it runs",
        "importlib": "packs are found by entry point",
    },
    "wire.parser": {
        "json": "reads text that it is handed",
        "orjson": "the same, faster",
    },
    "wire.pointer": {
        "types": "takes the annotations of the models apart",
    },
    "model.soundness": {
        "functools": "how a class of cases is checked is worked out once",
        "types": "takes the annotations of the models apart",
    },
    "kinds.review": {
        "functools": "an edition is taken apart once; it does not change while it runs",
    },
    "engine.evaluation": {
        "functools": "what a fact comes to is settled once",
    },
    "engine.policy": {
        "inspect": "reads the docstring of the policy file, when an edition is made",
    },
}
"""What one engine module may import beyond that, and why."""

MAY_ALSO_DO: Final[Mapping[str, Mapping[str, str]]] = {
    "model.source": {
        "calls compile": "source is made of classes, and of nothing else",
        "calls exec": "the same",
    },
}
"""What one engine module may do that no other may, and why."""

IMPURE_CALLS: Final = frozenset(
    {
        "__import__",
        "breakpoint",
        "compile",
        "delattr",
        "eval",
        "exec",
        "globals",
        "hash",  # differs from process to process
        "id",  # the same
        "input",
        "open",
        "print",
        "setattr",
        "vars",
    }
)
IMPURE_METHODS: Final = frozenset({"fromtimestamp", "now", "today", "utcfromtimestamp", "utcnow"})
CHANGES_ITS_OBJECT: Final = frozenset(
    {
        "add",
        "append",
        "clear",
        "discard",
        "extend",
        "insert",
        "pop",
        "popitem",
        "remove",
        "reverse",
        "setdefault",
        "sort",
        "update",
    }
)

Function = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda


def python(code: str, *arguments: str) -> str:
    """What a program prints in a fresh interpreter; what it complains of, if it fails."""
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments], capture_output=True, text=True, check=False, timeout=120
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@cache
def engine_modules() -> dict[str, Path]:
    """The modules of the pure rooms by name."""
    return {
        ".".join(path.relative_to(ENGINE).with_suffix("").parts): path
        for path in sorted(ENGINE.rglob("*.py"))
        if path.relative_to(ENGINE).with_suffix("").parts[0] in PURE_ROOMS
    }


@cache
def pack_modules() -> dict[str, Path]:
    """The modules of the packs by name."""
    return {
        ".".join(path.relative_to(ROOT / "policies").with_suffix("").parts): path
        for pack in PACKS
        for path in sorted(pack.rglob("*.py"))
    }


# Purity, read off the syntax tree


def impurities(source: str, may_import: frozenset[str]) -> Iterator[str]:
    """Everything in a module's text by which it could reach the world or keep a memory, with its line."""
    tree = ast.parse(source)
    memory = {name for statement in tree.body for name in names_bound_by(statement)}
    hashing = {call for each in ast.walk(tree) if is_hash_of_a_class(each) for call in ast.walk(each)}
    for node in ast.walk(tree):
        if isinstance(node, (ast.stmt, ast.expr)) and node not in hashing:
            found = (*wrong_imports(node, may_import), *reaching_out(node), *inexact_numbers(node))
            yield from (f"line {node.lineno}: {what}" for what in found)
        if isinstance(node, Function):
            yield from (f"line {line}: changes {name}" for line, name in changes_to(memory, node))


def is_hash_of_a_class(node: ast.AST) -> bool:
    """Whether a node says how objects of a class are found in dictionaries, where it is of no account which numbers these are."""
    return isinstance(node, ast.FunctionDef) and node.name == "__hash__"


def wrong_imports(node: ast.AST, may_import: frozenset[str]) -> Iterator[str]:
    """What a node imports that its module may not."""
    match node:
        case ast.Import(names=names):
            yield from (f"imports {each.name}" for each in names if each.name.partition(".")[0] not in may_import)
        case ast.ImportFrom(module=module, level=level):
            if level or (module or "").partition(".")[0] not in may_import:
                yield f"imports {'.' * level}{module or ''}"


def reaching_out(node: ast.AST) -> Iterator[str]:
    """What in a node reaches for the clock, the machine, the running program or a global variable."""
    match node:
        case ast.Global(names=names):
            yield f"global {', '.join(names)}"
        case ast.Call(func=ast.Name(id=name)) if name in IMPURE_CALLS:
            yield f"calls {name}"
        case ast.Attribute(attr=name) if name in IMPURE_METHODS:
            yield f"asks for .{name}"
        case ast.Call(func=ast.Attribute(attr="astimezone"), args=[], keywords=[]):
            yield "asks for this machine's time zone"


def inexact_numbers(node: ast.AST) -> Iterator[str]:
    """What in a node is not exact to the last unit."""
    match node:
        case ast.Constant(value=float() as value):
            yield f"{value} is a float"
        case ast.Call(func=ast.Name(id="float")):
            yield "makes a float"
        case ast.BinOp(op=ast.Div()):
            yield "divides inexactly"


def names_bound_by(statement: ast.AST) -> Iterator[str]:
    """The names that a statement assigns to, imports or defines."""
    match statement:
        case ast.FunctionDef(name=name) | ast.ClassDef(name=name):
            yield name
        case ast.Import(names=names) | ast.ImportFrom(names=names):
            yield from (each.asname or each.name.partition(".")[0] for each in names)
        case _:
            for node in ast.walk(statement):
                if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                    yield node.id


def changes_to(memory: set[str], function: Function) -> Iterator[tuple[int, str]]:
    """Where a function changes something that outlives it: a value that stands in its module."""
    arguments = {each.arg for each in ast.walk(function.args) if isinstance(each, ast.arg)}
    own = {node.id for node in ast.walk(function) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
    outliving = memory - arguments - own
    for node in ast.walk(function):
        match node:
            case ast.Subscript(value=ast.Name(id=name), ctx=ast.Store() | ast.Del()):
                changed = name
            case ast.Attribute(value=ast.Name(id=name), ctx=ast.Store() | ast.Del()):
                changed = name
            case ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr=method)) if method in CHANGES_ITS_OBJECT:
                changed = name
            case _:
                continue
        if changed in outliving:
            yield node.lineno, changed


@pytest.mark.parametrize("module", engine_modules())
def test_the_engine_is_pure(module: str) -> None:
    may_import = PURE | {"adjudicator"} | MAY_ALSO_IMPORT.get(module, {}).keys()
    found = impurities(engine_modules()[module].read_text(encoding="utf-8"), may_import)
    assert {what.partition(": ")[2] for what in found} == MAY_ALSO_DO.get(module, {}).keys()


@pytest.mark.parametrize("module", pack_modules())
def test_the_policies_are_pure(module: str) -> None:
    may_import = PURE | {"adjudicator", module.partition(".")[0]}
    assert list(impurities(pack_modules()[module].read_text(encoding="utf-8"), may_import)) == []


def test_every_exception_is_still_needed() -> None:
    """An exception that nobody uses any more is a hole."""
    for module, also in MAY_ALSO_IMPORT.items():
        source = engine_modules()[module].read_text(encoding="utf-8")
        used = {each.removeprefix("imports ").partition(".")[0] for each in imports_beyond_pure(source)}
        assert used == also.keys(), module


def imports_beyond_pure(source: str) -> Iterator[str]:
    found = impurities(source, PURE | {"adjudicator"})
    return (what for _, _, what in (each.partition(": ") for each in found) if what.startswith("imports "))


@pytest.mark.parametrize(
    "source",
    [
        "import os",
        "import os.path as p",
        "from os import environ",
        "from time import time",
        "import random, re",
        "from . import shared",
        "def f():\n    import socket",
        "def f(path):\n    return open(path)",
        "def f(x):\n    return eval(x)",
        "def f(x):\n    print(x)",
        "def f(x):\n    return hash(x)",
        "import datetime as dt\ndef f():\n    return dt.datetime.now(dt.UTC)",
        "import datetime as dt\ntoday = dt.date.today",
        "def f(moment):\n    return moment.astimezone()",
        "SEEN = 0\ndef f():\n    global SEEN\n    SEEN += 1",
        "SEEN = []\ndef f(x):\n    SEEN.append(x)",
        "SEEN: dict = {}\ndef f(x):\n    SEEN[x] = True",
        "SEEN = {}\ndef f(x):\n    del SEEN[x]",
        "import attrs\ndef f(x):\n    attrs.secret = x",
        "SEEN = []\ng = lambda x: SEEN.append(x)",
        "RATE = 0.5",
        "def f(amount):\n    return amount / 2",
        "def f(text):\n    return float(text)",
    ],
)
def test_the_reader_sees_what_is_impure(source: str) -> None:
    assert list(impurities(source, PURE))


def test_the_reader_lets_pass_what_is_pure() -> None:
    source = """
    from __future__ import annotations
    import datetime as dt
    from collections.abc import Iterator
    KNOWN = {"a": 1}
    def f(seen, amount, units):
        found = []
        found.append(KNOWN["a"])
        found[0] = -(-amount * 2 // units)
        KNOWN = {}
        KNOWN["b"] = 2
        return dt.date(2022, 3, 15), found
    """
    assert list(impurities(textwrap.dedent(source), PURE)) == []


# Purity, watched from inside the interpreter

WATCHED: Final = """
import json, sys
from pathlib import Path

import adjudicator
from adjudicator.wire.codec import dump_decision
from adjudicator.wire.codec import load_case
from adjudicator.model import enumerations, evidence
from adjudicator.engine.registry import policies

texts = [json.dumps(json.loads(line)).encode() for line in Path(sys.argv[1]).read_text("utf-8").splitlines()]
sabotage = compile(sys.argv[2], "sabotage", "exec")
world = {"sys": sys, "remembered": {}}

def decide_them_all():
    for text in texts:
        case = load_case(text)
        decision = adjudicator.decide(case)
        dump_decision(decision)
        yield case.policy

decided = {*decide_them_all(), *decide_them_all()}
exec(sabotage, world)
world.get("work", lambda: None)()

events, watching = [], False

def watch(event, arguments):
    if watching:
        events.append(event)

sys.addaudithook(watch)
watching = True
list(decide_them_all())
world.get("work", lambda: None)()
watching = False
print(json.dumps({"decided": sorted(decided), "events": sorted(set(events))}))
"""
ADMISSION: Final = {
    "id": "A1",
    "policy": "douyin_alliance.admission",
    "as_of": "2026-01-02T03:04:05+08:00",
    "shop": {"id": "S1"},
    "product": {"id": "P1"},
}
ADMISSIONS: Final = (
    ADMISSION,
    ADMISSION | {"shop": {"id": "S1", "opened": False, "shop_score": "4.1", "penalties": []}},
)
TRADINGS: Final = (FOUND, FOUND | {"incidents": [{"id": "I1", "act": "contact"}], "shop": {"id": "S1"}})
HARMLESS: Final[Mapping[str, str]] = {
    "object.__setattr__": "a value just read becomes one of its frozen class (model.source)",
}
"""Audit events that reach nothing outside, and why."""


def watched(cases: Path, sabotage: str = "") -> dict[str, list[str]]:
    """Which policies were decided, and every audit event of deciding each case once more, when all is made that is made once."""
    found: dict[str, list[str]] = json.loads(python(WATCHED, str(cases), sabotage))
    return found


@pytest.fixture(scope="module")
def cases(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The case of every example, one a line, and what the examples lack."""
    path = tmp_path_factory.mktemp("cases") / "cases.ndjson"
    examples = [json.loads(each.read_text(encoding="utf-8"))["case"] for each in sorted(EXAMPLES.glob("*.json"))]
    of_packs = [json.loads(each.read_text("utf-8")) for pack in PACKS for each in sorted(pack.glob("examples/*.json"))]
    every = (*examples, *of_packs, *ADMISSIONS, *TRADINGS)
    path.write_text("".join(f"{json.dumps(each)}\n" for each in every), encoding="utf-8")
    return path


def test_deciding_reaches_nothing_outside(cases: Path) -> None:
    """No file, import, socket, process, generated code: what the interpreter would have to announce."""
    found = watched(cases)
    assert found["decided"] == sorted(policies())
    assert [event for event in found["events"] if event not in HARMLESS] == []


@pytest.mark.parametrize(
    ("sabotage", "event"),
    [
        ("import os\ndef work():\n    os.listdir()", "os.listdir"),
        ("def work():\n    open(sys.executable, 'rb').close()", "open"),
        ("import socket\ndef work():\n    socket.socket().close()", "socket.__new__"),
        ("def work():\n    exec('1')", "exec"),
        ("def work():\n    sys.modules.pop('colorsys', None)\n    import colorsys", "import"),
    ],
)
def test_the_watch_notices(cases: Path, sabotage: str, event: str) -> None:
    assert event in watched(cases, sabotage)["events"]


# Imports point one way


@pytest.fixture(scope="module")
def graph() -> grimp.ImportGraph:
    return grimp.build_graph("adjudicator", *(pack.name for pack in PACKS), cache_dir=None)


def imports_of(graph: grimp.ImportGraph, package: str) -> set[tuple[str, str]]:
    """Every import that leaves a package: who imports, and what."""
    inside = {package, *graph.find_descendants(package)}
    return {
        (one, other) for one in inside for other in graph.find_modules_directly_imported_by(one) if other not in inside
    }


def test_the_import_contracts_hold() -> None:
    """In a process of its own: the linter turns off the loggers of the process that it runs in."""
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


def test_every_room_says_what_it_is_for_in_one_sentence() -> None:
    rooms = [*ENGINE.glob("*/__init__.py"), *(path for path in ENGINE.glob("*.py") if path.stem != "__init__")]
    for room in rooms:
        docstring = ast.get_docstring(ast.parse(room.read_text(encoding="utf-8"))) or ""
        first = docstring.partition("\n\n")[0]
        assert first.endswith("."), f"{room} does not say what it is for"


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
def test_the_contracts_fail_when_broken(tmp_path: Path, path: str, line: str, contract: str) -> None:
    """A copy of the tree's imports passes; with one more import, the contract breaks that should."""
    for source in (*ENGINE.rglob("*.py"), *(ROOT / "policies").rglob("*.py")):
        copy = tmp_path / source.relative_to(ROOT)
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_text("\n".join(import_lines(source)), encoding="utf-8")
    assert contract_is_broken(tmp_path, contract) is False
    with (tmp_path / path).open("a", encoding="utf-8") as broken:
        broken.write(f"\n{line}\n")
    assert contract_is_broken(tmp_path, contract) is True


def contract_is_broken(tree: Path, contract: str) -> bool:
    """Whether a tree breaks one of the contracts."""
    done = subprocess.run(
        [sys.executable, "-c", LINT, str(ROOT / "pyproject.toml"), contract, str(tree), str(tree / "policies")],
        cwd=tree,
        check=False,
        **AS_TEXT,
    )
    kept, broken = re.findall(r"(\d+) kept, (\d+) broken", done.stdout)[0]
    assert int(kept) + int(broken) == 1, done.stdout + done.stderr
    return bool(int(broken))


AS_TEXT: Final[Mapping[str, Any]] = {"capture_output": True, "text": True, "timeout": 120}
LINT_ALL: Final = """
import sys
from importlinter import cli

sys.exit(cli.lint_imports(config_filename=sys.argv[1], no_cache=True))
"""
LINT: Final = """
import sys
from importlinter import cli

sys.path[:0] = sys.argv[3:]
sys.exit(cli.lint_imports(config_filename=sys.argv[1], limit_to_contracts=(sys.argv[2],), no_cache=True))
"""


def import_lines(source: Path) -> Iterator[str]:
    """The import statements of a module, without those for the type checker alone."""
    for statement in ast.parse(source.read_text(encoding="utf-8")).body:
        if isinstance(statement, (ast.Import, ast.ImportFrom)):
            yield ast.unparse(statement)


# The law is in the policies

CITATION: Final = re.compile(r"\b[A-Z]{2}\.\d|\bR\d+[a-z]?\b")
NUMBERS: Final[Mapping[str, tuple[frozenset[int], str]]] = {
    "kinds.process": (frozenset({100}), "how long a history gets"),
    "kinds.steps": (frozenset({64}), "in how many ways a history may have come"),
    "model.time": (frozenset({8, 24, 1000, 1970, 3600, 9900, 1_000_000}), "clock and calendar"),
    "model.errors": (frozenset({3, 10, 80, 100}), "how long a message gets"),
    "wire.parser": (frozenset({4, 32, 1024}), "limits on the size of an input"),
    "engine.clause": (frozenset({6}), "where a docstring is Chinese"),
    "model.calendars": (frozenset({7, 12, 200, 366}), "the calendar"),
    "analysis.whatif.questions": (frozenset({64}), "how many answers are told at most"),
    "model.limits": (frozenset({11, 53, 1000}), "the range of integers, and the length of lists, in the contract"),
    "analysis.whatif.trials": (frozenset({5}), "of how many things every selection is tried"),
    "analysis.work": (frozenset({10, 20_000}), "how much is tried if nobody says otherwise, and what a trial takes"),
    "analysis.entitlements.guarantees": (frozenset({20}), "how much work a line is under one guarantee"),
    "engine.acceptables": (frozenset({4}), "which parameter takes acceptable answers"),
    "engine.requests": (frozenset({64}), "how many combinations of answers a request lists"),
    "engine.evaluation": (frozenset({4096}), "in how many combinations unknowns are tried at most"),
    "analysis.whatif.search": (frozenset({3, 4, 6, 64}), "how far a search goes"),
    "wire.findings": (frozenset({256}), "for how many editions what is the same in every case is kept"),
}
"""The numbers in the engine, and what they are: none of them is a rule's. One and two (one, several) need no reason."""

LEDGER: Final = frozenset({"SettlementKind"})
"""The enumeration of a case whose values the engine may tell apart: under which heading money was paid before."""


TELLING: Final = frozenset({"cli", "explain", "rulebook", "words"})
"""The shells that tell of decisions: they know as little law as the engine. The others are about one platform, or examples."""

OF_ITS_OWN: Final[Mapping[str, tuple[frozenset[str], str]]] = {
    "analysis.entitlements.results": (frozenset({"closed"}), "of a window, and not of a shop"),
    "kinds.claimed_line": (frozenset({"parcel"}), "of a placeholder in pointers, and not of a parcel as evidence"),
    "engine.vocabulary": (frozenset({"unverified"}), "why a document waits, and not what its mark says"),
    "kinds.process_decision": (frozenset({"refused"}), "how a step stands, and not what a merchant answered"),
    "engine.judgement": (frozenset({"refused"}), "where a subject stands, and not what a merchant answered"),
    "words.moments": (frozenset({"closed"}), "of a time that is over, and not of a shop"),
}
"""Words that the law has too, and what they are where they stand."""

NAMED_IN_EXAMPLES: Final = frozenset({"cli.commands.demo", "cli.commands.rules"})
"""What may name a policy that comes along: the help of the command, and its demonstration."""

NAMED_AS_PLATFORMS: Final[Mapping[str, frozenset[str]]] = dict.fromkeys(
    ("adapters.__init__", "adapters.pinduoduo.__init__", "adapters.pinduoduo.adapter", "cli.commands.adapt"),
    frozenset({"pinduoduo"}),
)
"""Where a word names a platform whose payloads are adapted, and not the pack that is called the same."""


def citations_in(source: str) -> list[str]:
    """The citations of rules and readings in a text."""
    return [match.group() for match in CITATION.finditer(source)]


def numbers_in(source: str) -> set[int]:
    """The integers that stand in a module, from 3 up."""
    nodes = ast.walk(ast.parse(source))
    return {node.value for node in nodes if isinstance(node, ast.Constant) and type(node.value) is int} - {0, 1, 2}


def values_singled_out(source: str) -> list[str]:
    """The values of a case's enumerations that a module names, such as one role of an issuer or one kind of goods."""
    named = {
        name: each for name, each in vars(enumerations).items() if isinstance(each, type) and issubclass(each, Enum)
    }
    kinds = {name for name, each in named.items() if each.__module__ == enumerations.__name__}
    return [
        ast.unparse(node)
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and node.value.id in kinds - LEDGER
        and node.attr.isupper()
    ]


@cache
def all_modules() -> dict[str, Path]:
    """Every module of the engine and its shells by name."""
    return {".".join(path.relative_to(ENGINE).with_suffix("").parts): path for path in sorted(ENGINE.rglob("*.py"))}


@cache
def telling_modules() -> dict[str, Path]:
    """The modules of the engine and of the shells that tell of decisions."""
    return {name: path for name, path in all_modules().items() if name.partition(".")[0] in TELLING} | (
        engine_modules()
    )


def written_in(source: str) -> set[str]:
    """The texts that a module's code holds, what stands alone (a docstring) left out, and the classes that it names."""
    nodes = [*ast.walk(ast.parse(source))]
    alone = {id(node.value) for node in nodes if isinstance(node, ast.Expr)}
    texts = {
        node.value
        for node in nodes
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in alone
    }
    return texts | {node.id for node in nodes if isinstance(node, ast.Name) and node.id[0].isupper()}


def words_of(module: ModuleType) -> tuple[set[str], set[str]]:
    """What a module defines: the values of its enumerations, and its kinds of documents with their classes."""
    own = [each for each in vars(module).values() if isinstance(each, type) and each.__module__ == module.__name__]
    values = {value.value for each in own if issubclass(each, Enum) for value in each}
    documents = {each for each in own if isinstance(getattr(each, "kind", None), str)}
    return values, {text for each in documents for text in (each.__name__, vars(each)["kind"])}


@cache
def words_of_the_law() -> frozenset[str]:
    """Issuers, grounds, kinds of goods and of documents, acts and the like, that a claim or a case of a pack can hold."""
    of_packs = [import_module(name) for name in pack_modules() if "case" in name.rpartition(".")[2]]
    told = [words for module in (enumerations, evidence, *of_packs) for words in words_of(module)]
    vocabulary = [words for module in (award, decision_module, facts_module, finding) for words in words_of(module)]
    return frozenset[str]().union(*told).difference(*vocabulary)


@pytest.mark.parametrize(
    "module", sorted(telling_modules().keys() - {"claims", "kinds.claim_facts", "model.enumerations", "model.evidence"})
)
def test_no_issuer_and_no_document_of_the_law_is_named_in_the_engine(module: str) -> None:
    """By whatever name: the value of an enumeration, the kind of a document or its class, of claims and of every pack."""
    of_its_own, _ = OF_ITS_OWN.get(module, (frozenset(), ""))
    assert written_in(telling_modules()[module].read_text(encoding="utf-8")) & words_of_the_law() == of_its_own


def test_the_glossary_of_claims_hands_each_kind_of_document_on_and_prefers_none() -> None:
    """It names the class of each once as the type of a fact and once to pick them out, and none of their fields."""
    source = engine_modules()["kinds.claim_facts"].read_text(encoding="utf-8")
    values, _ = words_of(enumerations)
    _, documents = words_of(evidence)
    classes = {name for name in documents if name[0].isupper()} - {"OtherEvidence"}
    named = [node.id for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Name) and node.id in documents]
    assert Counter(named) == dict.fromkeys(classes, 2)
    assert written_in(source) & (values | documents) == classes


@pytest.mark.parametrize("module", all_modules())
def test_the_engine_and_its_shells_name_no_pack(module: str) -> None:
    source = all_modules()[module].read_text(encoding="utf-8")
    named = {pack.name for pack in PACKS if any(pack.name in text for text in written_in(source))}
    platforms = NAMED_AS_PLATFORMS.get(module, frozenset())
    assert named == ({"douyin_global"} if module in NAMED_IN_EXAMPLES else set()) | platforms
    assert not [text for text in written_in(source) for name in platforms if text.startswith(f"{name}.")]


@pytest.mark.parametrize(
    "path",
    [each for kind in ("*.py", "*.po", "*.html") for each in sorted(ENGINE.rglob(kind))],
    ids=lambda path: str(path.relative_to(ENGINE)),
)
def test_the_engine_cites_no_rule_and_no_reading(path: Path) -> None:
    """Neither in code and comments nor in words and pages."""
    assert citations_in(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("module", engine_modules())
def test_the_engine_holds_no_number_of_a_rule(module: str) -> None:
    known, _ = NUMBERS.get(module, (frozenset(), ""))
    assert numbers_in(engine_modules()[module].read_text(encoding="utf-8")) <= known


@pytest.mark.parametrize("module", sorted(telling_modules().keys() - {"model.enumerations", "model.evidence"}))
def test_the_engine_prefers_no_issuer_and_no_kind_of_goods(module: str) -> None:
    assert values_singled_out(telling_modules()[module].read_text(encoding="utf-8")) == []


def test_law_in_the_engine_would_be_seen() -> None:
    assert citations_in("# DG.1.3(2)\nx = 1  # by R9") == ["DG.1", "R9"]
    assert numbers_in("def hours(category):\n    return 24 if category else -72") == {24, 72}
    assert values_singled_out("if issuer.role is IssuerRole.BRAND_OWNER: pass") == ["IssuerRole.BRAND_OWNER"]
    spoken = '"""Of the brand_owner."""\nif role == "brand_owner" or type(document) is CourierStatement:\n    pass'
    assert written_in(spoken) & words_of_the_law() == {"brand_owner", "CourierStatement"}
    assert {"accredited_lab", "goods_swapped", "damage_photo", "milk_powder"} < words_of_the_law()
    assert {"cash_on_delivery", "official_feedback"} < words_of_the_law()
    assert not words_of_the_law() & {"consumer", "refund", "approved"}


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
    "cryptography",
    "cyclopts",
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
    """The modules that are loaded in a fresh interpreter after a statement."""
    return set(python(f"import sys\n{statement}\nprint(*sys.modules)").split())


def test_importing_the_library_loads_nothing_heavy() -> None:
    assert loaded_by("import adjudicator; adjudicator.decide") & {*HEAVY} == set()


def test_every_public_name_is_there_whenever_it_is_imported() -> None:
    assert [name for name in adjudicator.__all__ if not hasattr(adjudicator, name)] == []
    assert {*adjudicator.__all__} <= {*dir(adjudicator)}
    assert not hasattr(adjudicator, "guess")


def test_the_program_imports_a_command_when_it_is_typed() -> None:
    assert "adjudicator.cli.commands.decide" not in loaded_by("import adjudicator.cli.app")


def test_a_heavy_import_is_seen() -> None:
    assert "hypothesis" in loaded_by("import hypothesis")
