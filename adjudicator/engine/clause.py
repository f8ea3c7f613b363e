"""Clauses: functions of a policy, read from their signatures and docstrings."""

from __future__ import annotations

import inspect
import re
import types
import typing
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache
from operator import itemgetter
from typing import Any, Final, Union

from attrs import field, frozen

from adjudicator.engine.inspection import Function, location
from adjudicator.model.by_date import ByDate
from adjudicator.model.errors import did_you_mean
from adjudicator.model.facts import (
    Admissibility,
    Disputed,
    EvidencePool,
    Failed,
    Glossary,
    NotCovered,
    Open,
    Repairable,
)
from adjudicator.model.finding import Because, Effect, Role
from adjudicator.model.time import Instant, Window

UNSETTLED: Final = frozenset({Open, Failed, Repairable, Disputed, NotCovered, EvidencePool})
"""The types that can stand in for a fact's value; a clause gets these only if its annotation admits them."""

NUMBERING: Final = r"\b[A-Z]{2}\.\d+(?:\.\d+)*(?:\([0-9a-z]+\))*"
"""The default numbering of sentences as a regular expression: two capitals, a number, and its parts."""
_READING: Final = re.compile(r"\bR\d+[a-z]?\b")
_TAIL: Final = re.compile(r" ?Readings? (?:R\d+[a-z]?(?:[,. ]|and|to)*)+$")
_HAN: Final = re.compile(r"[\u4e00-\u9fff]")
_BREAK_IN_CHINESE: Final = re.compile(r"(?<=[\u3000-\u9fff\uff00-\uffef])\n(?=[\u3000-\u9fff\uff00-\uffef])")


class PolicyError(Exception):
    """An edition has an error and cannot run."""


@frozen
class Citation:
    """The docstring of a function: its citations, and the rule restated in English and Chinese."""

    cites: tuple[str, ...]
    readings: tuple[str, ...]
    english: str
    chinese: str

    @classmethod
    def of(cls, function: Function, numbering: str = NUMBERING) -> Citation:
        """Read the docstring of a clause, fact, money function or remark."""
        text = inspect.getdoc(function) or ""
        cites = tuple(each.group() for each in numbered_by(numbering).finditer(text))
        readings = tuple(dict.fromkeys(_READING.findall(text)))
        if not cites and not readings:
            raise PolicyError(f"{location(function)} cites neither a rule nor a reading in its docstring")
        lines = (" ".join(_BREAK_IN_CHINESE.sub("", each).split()) for each in text.split("\n\n"))
        paragraphs = [_TAIL.sub("", each) for each in lines]
        english = " ".join(each for each in paragraphs if each and not _HAN.search(each[:6]))
        chinese = "".join(each for each in paragraphs if _HAN.search(each[:6]))
        return cls(cites, readings, _head(numbering).sub("", english), chinese)

    def within(self, article: str) -> tuple[str, ...]:
        """The citations that belong to an article; all of them if none does."""
        own = tuple(each for each in self.cites if is_part_of(each, article))
        return own or self.cites

    def citations(self, article: str) -> tuple[str, ...]:
        """Everything cited under an article: the rule's own numbers, then the readings."""
        return (*self.within(article), *self.readings)


@cache
def numbered_by(numbering: str) -> re.Pattern[str]:
    """The compiled pattern of sentence numbers."""
    return re.compile(numbering)


@cache
def _head(numbering: str) -> re.Pattern[str]:
    """The pattern of the citations in front of a restatement, with the words between them."""
    return re.compile(rf"^(?:(?:(?:{numbering})|R\d+[a-z]?|and|to)[,.]?\s+)+")


@frozen(eq=False)
class Node:
    """A function of a policy, ready for the engine to call."""

    name: str
    function: Function
    params: tuple[str, ...]
    admits: tuple[frozenset[type], ...]
    citation: Citation
    cites: tuple[str, ...]
    window: str | None
    moment: str | None
    arguments: Callable[[Mapping[str, Any]], tuple[Any, ...]] = field(init=False)

    def __attrs_post_init__(self) -> None:
        object.__setattr__(self, "arguments", getter(self.params))

    def given(self, values: tuple[Any, ...]) -> Iterator[tuple[str, Any, frozenset[type]]]:
        """Each parameter with its value, and the stand-in types that it admits."""
        return zip(self.params, values, self.admits, strict=True)


@frozen(eq=False)
class Clause:
    """A requirement or a bar; ``reads`` are the facts of the case behind it, direct or indirect."""

    name: str
    node: Node
    role: Role
    cites: tuple[str, ...]
    reads: tuple[str, ...]
    plainly: Mapping[bool, Because] = field(init=False)
    effects: Mapping[bool, Effect] = field(init=False)

    def __attrs_post_init__(self) -> None:
        is_required = self.role is Role.REQUIREMENT
        object.__setattr__(self, "plainly", {True: Because(f"{self.name}.holds"), False: Because(f"{self.name}.fails")})
        object.__setattr__(self, "effects", {is_required: Effect.SUPPORTS, not is_required: Effect.DEFEATS})


def node_of(function: Function, article: str, numbering: str = NUMBERING) -> Node:
    """Read a function's signature and docstring, with its citations for this article and numbering."""
    annotations = hints(function)
    params = tuple(inspect.signature(function).parameters)
    untyped = [name for name in (*params, "return") if name not in annotations]
    if untyped:
        raise PolicyError(f"{location(function)} has no type for {', '.join(untyped)}")
    admits = {name: frozenset(plain_type(each) for each in members(annotations[name])) & UNSETTLED for name in params}
    settled = [name for name in params if not admits[name]]
    of_type = {kind: [name for name in settled if kind in members(annotations[name])] for kind in (Window, Instant)}
    measured = all(len(names) == 1 for names in of_type.values())
    citation = Citation.of(function, numbering)
    return Node(
        function.__name__,
        function,
        params,
        tuple(admits.values()),
        citation,
        citation.citations(article),
        of_type[Window][0] if measured else None,
        of_type[Instant][0] if measured else None,
    )


def is_part_of(citation: str, whole: str) -> bool:
    """Whether a citation names ``whole`` or a part of it: a sentence, an article, or several joined by semicolons."""
    return any(
        citation == each or citation.startswith((f"{each}.", f"{each}(", f"{each},", f"{each} "))
        for each in whole.split("; ")
    )


def facts_behind(nodes: Mapping[str, Node], name: str, glossary: Glossary) -> tuple[str, ...]:
    """The facts of the case behind a function, direct or indirect, in the order of its parameters."""
    facts: list[str] = []
    waiting, seen = [name], set[str]()
    while waiting:
        behind = waiting.pop()
        if behind not in seen:
            seen.add(behind)
            if behind in nodes:
                waiting.extend(reversed(nodes[behind].params))
            elif behind in glossary.facts:
                facts.append(behind)
    return tuple(facts)


def handed_to(nodes: Mapping[str, Node], name: str, settings: Mapping[str, object]) -> tuple[str, ...]:
    """All inputs behind a function, direct or indirect, that are neither functions of the policy nor settings."""
    behind = in_order(nodes, (name,))
    return tuple(
        dict.fromkeys(each for node in behind for each in node.params if each not in nodes and each not in settings)
    )


def in_order(nodes: Mapping[str, Node], names: Iterable[str]) -> tuple[Node, ...]:
    """These functions and all functions behind them, each after those that it asks for."""
    ordered: dict[str, Node] = {}

    def visit(name: str) -> None:
        if name in nodes and name not in ordered:
            for each in nodes[name].params:
                visit(each)
            ordered[name] = nodes[name]

    for name in names:
        visit(name)
    return tuple(ordered.values())


def getter(names: tuple[str, ...]) -> Callable[[Mapping[str, Any]], tuple[Any, ...]]:
    """A function that takes the values of these names from a mapping."""
    if len(names) == 1:
        (name,) = names
        return lambda mapping: (mapping[name],)
    return itemgetter(*names) if names else lambda _: ()


@cache
def hints(function: Function) -> Mapping[str, Any]:
    """The resolved annotations of a function; cached, as resolving compiles each string.

    Raises :class:`PolicyError` for one that cannot be resolved, such as a misspelled name.
    """
    try:
        return types.MappingProxyType(typing.get_type_hints(function))
    except Exception as error:  # an annotation is code of the author's and can raise anything
        misspelled = isinstance(error, NameError) and error.name
        meant = did_you_mean(misspelled, getattr(function, "__globals__", ())) if misspelled else ""
        cause = f"{type(error).__name__}: {error}{meant}"
        raise PolicyError(f"{location(function)} has a type that cannot be resolved: {cause}") from error


def returns_admissibility(function: Function) -> bool:
    """Whether a function says of each document if it counts."""
    return bool(hints(function)["return"] == tuple[Admissibility, ...])


def members(annotation: Any) -> frozenset[Any]:
    """The members of a union; anything else alone."""
    if typing.get_origin(annotation) in (Union, types.UnionType):
        return frozenset(typing.get_args(annotation))
    return frozenset({annotation})


def plain_type(annotation: Any) -> type:
    """The class behind an annotation."""
    origin = typing.get_origin(annotation) or annotation
    kind: type = getattr(origin, "__supertype__", origin)
    return kind


def is_a(value: object, annotation: Any) -> bool:
    """Whether a setting fits an annotation; in a table by date, whether each value does too."""
    if not isinstance(value, plain_type(annotation)):
        return False
    if not isinstance(value, ByDate) or not typing.get_args(annotation):
        return True
    (value_type,) = typing.get_args(annotation)
    return all(any(is_a(each, one) for one in members(value_type)) for each in value.values())


def fits(given: Any, wanted: frozenset[Any]) -> bool:
    """Whether a parameter accepts this type of fact, directly or after the engine has resolved it to a value."""
    if given in wanted or given in UNSETTLED:
        return True
    return plain_type(given) is EvidencePool and any(
        plain_type(each) is tuple and typing.get_args(each) == (*typing.get_args(given), ...) for each in wanted
    )
