"""Check how functions count days: from a fact that there is, and in the zone of their edition."""

from __future__ import annotations

import ast
from collections.abc import Callable, Collection, Iterator
from functools import cache
from types import FunctionType
from typing import TYPE_CHECKING, Any, Final

from attrs import frozen

from adjudicator.engine.acceptables import called, syntax_tree
from adjudicator.engine.clause import Node, PolicyError
from adjudicator.engine.inspection import Function, helpers_of, location
from adjudicator.model.calendars import within_months, within_working_days
from adjudicator.model.errors import did_you_mean
from adjudicator.model.time import BEIJING, day_of, start_of_day, within_days, within_hours

if TYPE_CHECKING:
    from adjudicator.engine.policy import Edition

_WINDOWS: Final[frozenset[Callable[..., Any]]] = frozenset(
    {within_hours, within_days, within_months, within_working_days}
)
"""The functions whose first argument names the fact that they count from."""
_OF_DAYS: Final[frozenset[Callable[..., Any]]] = frozenset(
    {within_days, within_months, within_working_days, day_of, start_of_day}
)
"""The functions that take a zone, by name or, those of single days, as the second argument."""


@frozen
class Counting:
    """A call that counts time: its function, the fact that it counts from if that is written out, and whether it names a zone."""

    function: str
    counted_from: str | None
    needs_zone: bool
    line: int


def check_counting(edition: Edition, node: Node, known: Collection[str]) -> None:
    """Refuse a window that is counted from no known fact, and days that are Beijing's by default in an edition of another zone."""
    for function in (node.function, *helpers_of(node.function)):
        for each in counting_in(function):
            if each.counted_from is not None and each.counted_from not in known:
                raise PolicyError(
                    f"{edition.policy}: {location(function)} counts from {each.counted_from} at line {each.line}, which is "
                    f"neither a fact nor a field{did_you_mean(each.counted_from, known)}"
                )
            if each.needs_zone and edition.zone is not BEIJING:
                raise PolicyError(
                    f"{edition.policy}: {location(function)} calls {each.function} at line {each.line} without a zone, so it "
                    f"counts Beijing's days, but the edition's are those of {edition.zone}; write zone=... there, or, if "
                    "Beijing's are meant, zone=BEIJING in the kind of case"
                )


@cache
def line_of_calculation(function: Function, name: str) -> int | None:
    """The first line at which a function calculates with a parameter, or compares it with something calculated; else ``None``."""
    tree = syntax_tree(function) if isinstance(function, FunctionType) else None
    lines = [] if tree is None else [node.lineno for node in _calculations(tree, name)]
    return function.__code__.co_firstlineno - 1 + min(lines) if lines else None


def _calculations(tree: ast.Module, name: str) -> Iterator[ast.expr]:
    for node in ast.walk(tree):
        if isinstance(node, ast.BinOp) and any(_is_named(each, name) for each in (node.left, node.right)):
            yield node
        elif isinstance(node, ast.Compare):
            sides = (node.left, *node.comparators)
            if any(_is_named(each, name) for each in sides) and any(isinstance(each, ast.BinOp) for each in sides):
                yield node


def _is_named(node: ast.expr, name: str) -> bool:
    """Whether an expression is a parameter, or a call with it."""
    if isinstance(node, ast.Call):
        return any(_is_named(each, name) for each in node.args)
    return isinstance(node, ast.Name) and node.id == name


@cache
def counting_in(function: Function) -> tuple[Counting, ...]:
    """The calls in a function's own source that count time; none without source."""
    if not isinstance(function, FunctionType) or not _may_count(function):
        return ()
    tree = syntax_tree(function)
    return () if tree is None else tuple(_calls(tree, function))


def _may_count(function: FunctionType) -> bool:
    """Whether a function names one of those that count, or an attribute with the name of one."""
    names = {each.__name__ for each in _WINDOWS | _OF_DAYS}
    scope = function.__globals__
    return any(
        each in names or getattr(scope.get(each), "__name__", "") in names for each in function.__code__.co_names
    )


def _calls(tree: ast.Module, function: FunctionType) -> Iterator[Counting]:
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        callee = called(node, function.__globals__)
        if isinstance(callee, FunctionType) and callee in _WINDOWS | _OF_DAYS:
            yield Counting(
                callee.__name__,
                _first_text(node),
                callee in _OF_DAYS and not _names_zone(node, by_position=callee not in _WINDOWS),
                function.__code__.co_firstlineno - 1 + node.lineno,
            )


def _first_text(call: ast.Call) -> str | None:
    """The name of the fact from which a window is counted, if it is a plain text."""
    named = [each.value for each in call.keywords if each.arg == "counted_from"]
    first = next(iter((*call.args, *named)), None)
    return first.value if isinstance(first, ast.Constant) and isinstance(first.value, str) else None


def _names_zone(call: ast.Call, *, by_position: bool) -> bool:
    is_named = any(each.arg in ("zone", None) for each in call.keywords)
    return is_named or (by_position and len(call.args) > 1)
