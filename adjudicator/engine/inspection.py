"""Inspect compiled functions without running them: their calls, what they read, constants, and paths that return nothing."""

from __future__ import annotations

import dis
import inspect
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from types import CodeType, FunctionType, ModuleType
from typing import Any, Final, TypeAlias

from attrs import frozen

Function: TypeAlias = Callable[..., Any]
"""A function of a policy."""
_MISSING: Final = object()


def location(function: Function) -> str:
    """A function with its file and line, for messages."""
    code: CodeType | None = getattr(function, "__code__", None)
    name = f"{function.__module__}.{function.__name__}"
    return f"{name} ({code.co_filename}:{code.co_firstlineno})" if code else name


# What a function calls


@frozen(eq=False)
class Call:
    """A reference to a function: ``through``, the caller or one of its helpers, names ``callee`` at ``line``."""

    callee: FunctionType
    through: FunctionType
    line: int


def calls_behind(function: Function) -> Iterator[Call]:
    """Every function that a function calls in Python: directly, or through helpers of the same pack."""
    seen: set[object] = {function}
    waiting = [function]
    while waiting:
        caller = waiting.pop()
        for call in _direct_calls(caller):
            if call.callee not in seen:
                seen.add(call.callee)
                yield call
                if _pack_of(call.callee) == _pack_of(function):
                    waiting.append(call.callee)


def helpers_of(function: Function) -> Iterator[Function]:
    """The functions of the same pack that a function calls in Python."""
    for call in calls_behind(function):
        if _pack_of(call.callee) == _pack_of(function):
            yield call.callee


@cache
def _direct_calls(function: Function) -> tuple[Call, ...]:
    if not isinstance(function, FunctionType):
        return ()
    # A decorator may keep what it wraps out of sight of its own code.
    bodies = dict.fromkeys((function, inspect.unwrap(function)))
    named = [pair for body in bodies if isinstance(body, FunctionType) for pair in values_named(body)]
    return tuple(Call(callee, function, line) for value, line in named for callee in _functions_in(value))


@cache
def values_named(function: FunctionType) -> tuple[tuple[Any, int], ...]:
    """Every outside value that a function's code names, with the line: from its module, its closure, or an imported module."""
    return tuple(_values_named(function))


def _values_named(function: FunctionType) -> Iterator[tuple[Any, int]]:
    closure = dict(zip(function.__code__.co_freevars, function.__closure__ or (), strict=True))
    for code in (each for each in _code_within(function.__code__) if each.co_names or each.co_freevars):
        held: Any = _MISSING
        line = code.co_firstlineno
        for step in dis.get_instructions(code):
            line = step.positions.lineno if step.positions and step.positions.lineno else line
            held = _next_value(step, held, function.__globals__, closure)
            if held is not _MISSING:
                yield held, line


def _next_value(step: dis.Instruction, held: Any, names: Mapping[str, Any], closure: Mapping[str, Any]) -> Any:
    """The value that an instruction loads from outside the function or from a module; else ``_MISSING``."""
    if step.opname in ("LOAD_GLOBAL", "LOAD_NAME"):
        return names.get(step.argval, _MISSING)
    if step.opname in ("LOAD_DEREF", "LOAD_CLASSDEREF") and step.argval in closure:
        return _contents(closure[step.argval])
    if step.opname in ("LOAD_ATTR", "LOAD_METHOD") and isinstance(held, ModuleType):
        return getattr(held, step.argval, _MISSING)
    if step.opname in ("CACHE", "PUSH_NULL", "EXTENDED_ARG"):
        return held
    return _MISSING


def _contents(cell: Any) -> Any:
    try:
        return cell.cell_contents
    except ValueError:  # its value is defined later
        return _MISSING


def _code_within(code: CodeType) -> Iterator[CodeType]:
    """A code object and those of the functions, lambdas and comprehensions within it."""
    yield code
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _code_within(constant)


def _functions_in(value: Any) -> Iterator[FunctionType]:
    """The functions that a value is, wraps or contains: code that uses a table may call each of them."""
    if isinstance(value, FunctionType):
        yield value
    elif isinstance(value, (tuple, list, frozenset)):
        yield from (each for each in value if isinstance(each, FunctionType))
    elif isinstance(value, Mapping):
        yield from (each for each in value.values() if isinstance(each, FunctionType))
    elif isinstance(wrapped := getattr(value, "func", None), FunctionType):
        yield wrapped


def _pack_of(function: Function) -> str:
    return function.__module__.partition(".")[0]


# What a function reads


def attributes_read(function: Function) -> str | None:
    """The attributes that a function takes from its only argument, one from another, joined by dots; ``None`` if it does more or else."""
    if not isinstance(function, FunctionType) or function.__code__.co_argcount != 1:
        return None
    steps = [step for step in dis.get_instructions(function.__code__) if step.opname not in ("RESUME", "CACHE")]
    first, path, last = steps[0], steps[1:-1], steps[-1]
    takes_it = first.opname in ("LOAD_FAST", "LOAD_FAST_BORROW") and first.argval == function.__code__.co_varnames[0]
    if not takes_it or last.opname != "RETURN_VALUE" or {step.opname for step in path} != {"LOAD_ATTR"}:
        return None
    return ".".join([step.argval for step in path])


# The constants of a function


def constants_in(function: Function) -> Iterator[Any]:
    """The constants in a function's code except its docstring; tuples and sets are unpacked."""
    if isinstance(function, FunctionType):
        for code in _code_within(function.__code__):
            for constant in code.co_consts:
                if constant is not None and constant != function.__doc__:
                    yield from _each_constant(constant)


def _each_constant(constant: Any) -> Iterator[Any]:
    if isinstance(constant, (tuple, frozenset)):
        for each in constant:
            yield from _each_constant(each)
    elif not isinstance(constant, CodeType):
        yield constant


# Paths without a value


def line_without_value(function: Function) -> int | None:
    """The first line at which a function ends without a value or returns a bare ``None``; else ``None``."""
    if not isinstance(function, FunctionType) or inspect.isgeneratorfunction(function):
        return None
    if None not in function.__code__.co_consts:
        return None
    before: dis.Instruction | None = None
    for step in dis.get_instructions(function.__code__):
        nothing_loaded = before is not None and before.opname == "LOAD_CONST" and before.argval is None
        if (step.opname == "RETURN_CONST" and step.argval is None) or (
            step.opname == "RETURN_VALUE" and nothing_loaded
        ):
            return (
                step.positions.lineno if step.positions and step.positions.lineno else function.__code__.co_firstlineno
            )
        before = step
    return None
