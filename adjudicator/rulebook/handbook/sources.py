"""The source of a policy's functions, and of the definitions in their packs that they use."""

from __future__ import annotations

import ast
import inspect
import sys
import textwrap
from collections.abc import Iterator
from functools import cache, lru_cache
from importlib.util import resolve_name
from types import ModuleType
from typing import Final, TypeAlias

from attrs import frozen

from adjudicator.engine.inspection import Function
from adjudicator.engine.policy import Edition

ENGINE = __name__.partition(".")[0]

MOST_KEPT: Final = 1024
"""Functions whose source is kept: more than all installed packs have, since pages and redlines ask for it several times."""

_Definitions: TypeAlias = "dict[str, ast.stmt]"


@frozen
class Definition:
    """A function, class or constant that a function of a policy uses: its module, name and code."""

    module: str
    name: str
    code: str
    called: bool


@lru_cache(MOST_KEPT)
def code_of(function: Function) -> str:
    """The source of a function, including its docstring."""
    return textwrap.dedent(inspect.getsource(function)).rstrip()


@lru_cache(MOST_KEPT)
def body_of(code: str) -> str:
    """The code without docstring and comments, in a normalised layout."""
    tree = ast.parse(code)
    for node in ast.walk(tree):
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)) and ast.get_docstring(node) is not None:
            node.body = node.body[1:] or [ast.Pass()]
    return ast.unparse(tree)


def packages_of(edition: Edition) -> frozenset[str]:
    """The packages that an edition's functions come from, without the engine."""
    modules = (node.function.__module__ for node in edition.nodes.values())
    return frozenset(module.partition(".")[0] for module in modules) - {ENGINE}


@lru_cache(MOST_KEPT)
def definitions_behind(function: Function, packages: frozenset[str]) -> tuple[Definition, ...]:
    """The definitions in these packages that a function uses, directly or indirectly, in the order in which a reader meets them."""
    found: dict[tuple[str, str], Definition] = {}

    def visit(module: str, statement: ast.stmt) -> None:
        for holder, called in _names_used(module, statement):
            owner, name, used = _definition(holder, called, packages)
            if used is None or (owner, name) in found or (owner, name) == (function.__module__, function.__name__):
                continue
            code = _text_of(owner, used)
            found[owner, name] = Definition(owner, name, code, isinstance(used, ast.FunctionDef))
            visit(owner, used)

    visit(function.__module__, ast.parse(code_of(function)).body[0])
    return tuple(found.values())


def _names_used(module: str, statement: ast.stmt) -> Iterator[tuple[str, str]]:
    """The free names in a definition, each with the module to look it up in."""
    known, nodes = vars(sys.modules[module]), tuple(ast.walk(statement))
    own = {node.arg for node in nodes if isinstance(node, ast.arg)}
    own |= {node.id for node in nodes if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
    for node in nodes:
        match node:
            case ast.Attribute(value=ast.Name(id=holder), attr=name) if isinstance(known.get(holder), ModuleType):
                yield known[holder].__name__, name
            case ast.Name(id=name, ctx=ast.Load()) if name not in own:
                yield module, name


def _definition(module: str, name: str, packages: frozenset[str]) -> tuple[str, str, ast.stmt | None]:
    """Where a name is defined; imports are followed within these packages."""
    if module.partition(".")[0] not in packages or module not in sys.modules:
        return module, name, None
    statement = _defined_in(module).get(name)
    if not isinstance(statement, ast.ImportFrom):
        return module, name, statement
    package = sys.modules[module].__package__ or ""
    source = resolve_name("." * statement.level + (statement.module or ""), package)
    original = next(each.name for each in statement.names if name in (each.asname, each.name))
    return _definition(source, original, packages)


@cache
def _defined_in(module: str) -> _Definitions:
    found: _Definitions = {}
    for statement in ast.parse(_source_of(module)).body:
        match statement:
            case ast.FunctionDef(name=name) | ast.ClassDef(name=name):
                found[name] = statement
            case ast.Assign(targets=[ast.Name(id=name)]) | ast.AnnAssign(target=ast.Name(id=name)):
                found[name] = statement
            case ast.ImportFrom(names=names):
                found |= {each.asname or each.name: statement for each in names}
    return found


@cache
def _source_of(module: str) -> str:
    return inspect.getsource(sys.modules[module])


def _text_of(module: str, statement: ast.stmt) -> str:
    """The source of a definition, including its decorators."""
    lines = _source_of(module).splitlines()
    decorators = getattr(statement, "decorator_list", ())
    first = min((each.lineno for each in decorators), default=statement.lineno)
    return "\n".join(lines[first - 1 : statement.end_lineno])
