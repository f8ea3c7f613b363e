"""Acceptable answers as they are written: the names of facts and fields that a function's source says will do for what it asks."""

from __future__ import annotations

import ast
import linecache
import textwrap
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache
from types import FunctionType, ModuleType
from typing import Any, Final

from attrs import frozen

from adjudicator.engine.clause import Function
from adjudicator.engine.vocabulary import AnyOf, any_of, in_time, missing, repairable
from adjudicator.model.facts import Acceptable, Ask

_WORDS: Final[Mapping[Callable[..., Any], tuple[int, str]]] = {
    missing: (1, "acceptable"),
    repairable: (1, "acceptable"),
    in_time: (4, "acceptable"),
    Ask: (1, "accepts"),
}
"""What takes acceptable answers, with the place and the name of the parameter; :func:`any_of` takes nothing else."""
_RETURNED: Final = ("AnyOf", "Acceptable")
"""What the annotation of a function names that returns acceptable answers."""


@frozen
class AcceptedName:
    """The name of a fact or field in an acceptable answer, and the line where it stands."""

    name: str
    line: int


@cache
def accepted_names(function: Function) -> tuple[AcceptedName, ...]:
    """The names that a function's own source accepts: none where there is no source, and none that are put together at run time."""
    if not isinstance(function, FunctionType):
        return ()
    returned = _returns_an_answer(function)
    if not returned and not any(_is_a_word(function.__globals__.get(name)) for name in function.__code__.co_names):
        return ()
    tree = _tree_of(function)
    if tree is None:
        return ()
    above = function.__code__.co_firstlineno - 1
    return tuple(AcceptedName(name, above + line) for name, line in _names(tree, function.__globals__, returned))


def _returns_an_answer(function: FunctionType) -> bool:
    """Whether a function is said to return acceptable answers. Its annotation is read as it is written: to resolve it takes time."""
    written = function.__annotations__.get("return")
    return written in (AnyOf, Acceptable) or any(name in str(written) for name in _RETURNED)


def _is_a_word(value: object) -> bool:
    """Whether a value takes acceptable answers, or is a module that may hold what does."""
    return isinstance(value, ModuleType) or (callable(value) and (value is any_of or value in _WORDS))


def _tree_of(function: FunctionType) -> ast.Module | None:
    code = function.__code__
    last = max((end for _, end, _, _ in code.co_positions() if end), default=code.co_firstlineno)
    lines = linecache.getlines(code.co_filename, function.__globals__)[code.co_firstlineno - 1 : last]
    try:
        return ast.parse(textwrap.dedent("".join(lines)))
    except SyntaxError:
        return None


def _names(tree: ast.Module, known: Mapping[str, Any], returned: bool) -> Iterator[tuple[str, int]]:
    """The keys of every dictionary that stands where an acceptable answer is expected, or that a name there refers to."""
    nodes = tuple(ast.walk(tree))
    assigned = {name: value for node in nodes for name, value in _assigned_in(node)}
    waiting = [each for node in nodes if isinstance(node, ast.Call) for each in _answers_in(node, known)]
    if returned:
        waiting += [node.value for node in nodes if isinstance(node, ast.Return) and node.value is not None]
    while waiting:
        for node in ast.walk(waiting.pop()):
            if isinstance(node, ast.Dict):
                yield from _texts_in(node.keys)
            elif isinstance(node, ast.Name) and node.id in assigned:
                waiting.append(assigned.pop(node.id))
            elif isinstance(node, ast.Name):
                yield from ((name, node.lineno) for name in _keys_of(known.get(node.id)))


def _texts_in(nodes: Iterable[ast.expr | None]) -> Iterator[tuple[str, int]]:
    for node in nodes:
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value, node.lineno


def _assigned_in(node: ast.AST) -> Iterator[tuple[str, ast.expr]]:
    match node:
        case ast.Assign(targets=[ast.Name(id=name)], value=value):
            yield name, value
        case ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value):
            yield name, value


def _answers_in(call: ast.Call, known: Mapping[str, Any]) -> Iterator[ast.expr]:
    """The arguments of a call that are acceptable answers."""
    word = _called(call, known)
    if word is any_of:
        yield from call.args
    elif isinstance(word, (FunctionType, type)) and word in _WORDS:
        place, name = _WORDS[word]
        yield from call.args[place : place + 1]
        yield from (each.value for each in call.keywords if each.arg == name)


def _called(call: ast.Call, known: Mapping[str, Any]) -> object:
    match call.func:
        case ast.Name(id=name):
            return known.get(name)
        case ast.Attribute(value=ast.Name(id=module), attr=name):
            return getattr(known.get(module), name, None)
    return None


def _keys_of(value: object) -> Iterator[str]:
    """The names in an acceptable answer, or in several, that stand outside the function."""
    for each in value if isinstance(value, tuple) else (value,):
        if isinstance(each, Mapping):
            yield from (key for key in each if isinstance(key, str))
