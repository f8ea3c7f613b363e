"""Read a function's source for the facts and fields that its acceptable answers name."""

from __future__ import annotations

import ast
import linecache
import textwrap
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache
from types import FunctionType, ModuleType
from typing import Any, Final

from attrs import frozen

from adjudicator.engine.inspection import Function
from adjudicator.engine.vocabulary import AnyOf, any_of, in_time, missing, repairable
from adjudicator.model.facts import Acceptable, Ask

_PARAMETERS: Final[Mapping[Callable[..., Any], tuple[int, str]]] = {
    missing: (1, "acceptable"),
    repairable: (1, "acceptable"),
    in_time: (4, "acceptable"),
    Ask: (1, "accepts"),
}
"""Functions with one parameter for acceptable answers: its position and name. Every argument of :func:`any_of` is one."""
_RETURN_TYPES: Final = ("AnyOf", "Acceptable")
"""Types whose name in a return annotation marks a function that returns acceptable answers."""


@frozen
class AcceptedName:
    """The name of a fact or field in an acceptable answer, and the line where it stands."""

    name: str
    line: int


@cache
def accepted_names(function: Function) -> tuple[AcceptedName, ...]:
    """The names that a function's own source accepts. Names built at run time are not found, nor any without source."""
    if not isinstance(function, FunctionType):
        return ()
    returns_acceptable = _returns_acceptable(function)
    if not returns_acceptable and not any(
        _may_take_acceptable(function.__globals__.get(name)) for name in function.__code__.co_names
    ):
        return ()
    tree = syntax_tree(function)
    if tree is None:
        return ()
    offset = function.__code__.co_firstlineno - 1
    return tuple(
        AcceptedName(name, offset + line) for name, line in _names(tree, function.__globals__, returns_acceptable)
    )


def _returns_acceptable(function: FunctionType) -> bool:
    """Whether the annotation says that a function returns acceptable answers. It stays unresolved: resolving takes time."""
    annotation = function.__annotations__.get("return")
    return annotation in (AnyOf, Acceptable) or any(name in str(annotation) for name in _RETURN_TYPES)


def _may_take_acceptable(value: object) -> bool:
    """Whether a value takes acceptable answers, or is a module that may hold a function that does."""
    return isinstance(value, ModuleType) or (callable(value) and (value is any_of or value in _PARAMETERS))


def syntax_tree(function: FunctionType) -> ast.Module | None:
    """The source of a function as a tree; ``None`` if there is none."""
    code = function.__code__
    last = max((end for _, end, _, _ in code.co_positions() if end), default=code.co_firstlineno)
    lines = linecache.getlines(code.co_filename, function.__globals__)[code.co_firstlineno - 1 : last]
    try:
        return ast.parse(textwrap.dedent("".join(lines)))
    except SyntaxError:
        return None


def _names(tree: ast.Module, scope: Mapping[str, Any], returns_acceptable: bool) -> Iterator[tuple[str, int]]:
    """The keys of each dictionary used as an acceptable answer, directly or by name, with their lines."""
    nodes = tuple(ast.walk(tree))
    assigned = {name: value for node in nodes for name, value in _assigned_in(node)}
    answers = [each for node in nodes if isinstance(node, ast.Call) for each in _answers_in(node, scope)]
    if returns_acceptable:
        answers += [node.value for node in nodes if isinstance(node, ast.Return) and node.value is not None]
    while answers:
        for node in ast.walk(answers.pop()):
            if isinstance(node, ast.Dict):
                yield from _texts_in(node.keys)
            elif isinstance(node, ast.Name) and node.id in assigned:
                answers.append(assigned.pop(node.id))
            elif isinstance(node, ast.Name):
                yield from ((name, node.lineno) for name in _keys_of(scope.get(node.id)))


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


def _answers_in(call: ast.Call, scope: Mapping[str, Any]) -> Iterator[ast.expr]:
    """The arguments of a call that are acceptable answers."""
    function = called(call, scope)
    if function is any_of:
        yield from call.args
    elif isinstance(function, (FunctionType, type)) and function in _PARAMETERS:
        position, name = _PARAMETERS[function]
        yield from call.args[position : position + 1]
        yield from (each.value for each in call.keywords if each.arg == name)


def called(call: ast.Call, scope: Mapping[str, Any]) -> object:
    """What a call calls, if it is named by itself or as part of a module."""
    match call.func:
        case ast.Name(id=name):
            return scope.get(name)
        case ast.Attribute(value=ast.Name(id=module), attr=name):
            return getattr(scope.get(module), name, None)
    return None


def _keys_of(value: object) -> Iterator[str]:
    """The names in one or more acceptable answers that are defined outside the function."""
    for each in value if isinstance(value, tuple) else (value,):
        if isinstance(each, Mapping):
            yield from (key for key in each if isinstance(key, str))
