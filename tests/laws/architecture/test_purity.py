"""Engine and policies are pure, checked in their syntax trees."""

from __future__ import annotations

import ast
import textwrap
from collections.abc import Iterator
from typing import Final

import pytest

from architecture.allowed import MAY_ALSO_DO, MAY_ALSO_IMPORT, PURE
from architecture.modules import engine_modules, pack_modules

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


def impurities(source: str, may_import: frozenset[str]) -> Iterator[str]:
    """Everything in a module's text that could reach outside or keep state, with its line."""
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
    """Whether a node defines the hash of a class, where the actual numbers do not matter."""
    return isinstance(node, ast.FunctionDef) and node.name == "__hash__"


def wrong_imports(node: ast.AST, may_import: frozenset[str]) -> Iterator[str]:
    """The imports in a node that its module may not use."""
    match node:
        case ast.Import(names=names):
            yield from (f"imports {each.name}" for each in names if each.name.partition(".")[0] not in may_import)
        case ast.ImportFrom(module=module, level=level):
            if level or (module or "").partition(".")[0] not in may_import:
                yield f"imports {'.' * level}{module or ''}"


def reaching_out(node: ast.AST) -> Iterator[str]:
    """Uses of the clock, the machine, the running program or global variables in a node."""
    match node:
        case ast.Global(names=names):
            yield f"global {', '.join(names)}"
        case ast.Call(func=ast.Name(id=name)) if name in IMPURE_CALLS:
            yield f"calls {name}"
        case ast.Call(func=ast.Name(id="map"), args=[ast.Name(id=name), *_]) if name in IMPURE_CALLS:
            yield f"calls {name}"
        case ast.Attribute(attr=name) if name in IMPURE_METHODS:
            yield f"asks for .{name}"
        case ast.Call(func=ast.Attribute(attr="astimezone"), args=[], keywords=[]):
            yield "asks for this machine's time zone"


def inexact_numbers(node: ast.AST) -> Iterator[str]:
    """Operations in a node that are not exact."""
    match node:
        case ast.Constant(value=float() as value):
            yield f"{value} is a float"
        case ast.Call(func=ast.Name(id="float")):
            yield "makes a float"
        case ast.BinOp(op=ast.Div()):
            yield "divides inexactly"


def names_bound_by(statement: ast.AST) -> Iterator[str]:
    """The names that a statement assigns, imports or defines."""
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
    """Where a function modifies something that outlives the call: a value of its module."""
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
    """An unused exception would be a gap."""
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
        "def f(x):\n    return map(id, x)",
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
def test_impure_code_is_detected(source: str) -> None:
    assert list(impurities(source, PURE))


def test_pure_code_passes() -> None:
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
