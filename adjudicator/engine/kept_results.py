"""Results of functions for facts that are the same in many cases, each found once for all of them.

These facts have few values: true, false, nothing, members of an enumeration, settings, an unknown field that could be the same in all
cases, and results of functions for such facts. They are told apart by identity. Nothing that differs from case to case is kept.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from enum import Enum, EnumType
from functools import lru_cache
from typing import Any, Final, Protocol, TypeAlias, runtime_checkable

from adjudicator.engine.branches import identities
from adjudicator.engine.clause import Node, hints, members
from adjudicator.engine.policy import MOST_EDITIONS, Edition
from adjudicator.model.facts import Open

MOST_KEPT: Final = 1024
"""The number of results that are kept for an edition."""

Values: TypeAlias = tuple[Any, ...]


@runtime_checkable
class HasUnknownOutcomes(Protocol):
    """A kind of case in which a fact about outcomes may be unknown, and is then one of a few objects, the same in all cases."""

    @property
    def unknown_outcomes(self) -> tuple[Open, ...]:
        """These objects."""


class KeptResults:
    """The results of functions of an edition.

    ``_in_many_cases`` are the facts that are the same in many cases, by identity: while something is here, nothing else has its identity.
    """

    __slots__ = ("_always", "_found", "_in_many_cases")

    def __init__(self, edition: Edition) -> None:
        kind = edition.case_kind
        unknown = [each for fact in kind.glossary.facts.values() for each in fact.unknown]
        outcomes = kind.unknown_outcomes if isinstance(kind, HasUnknownOutcomes) else ()
        few = (True, False, None, (), *edition.settings.values(), *_enumerated(edition))
        self._always = by_identity([*few, *unknown, *outcomes])
        self._forget()

    def _forget(self) -> None:
        self._in_many_cases = {**self._always}
        self._found: dict[tuple[Node, tuple[int, ...]], tuple[Any, Values]] = {}

    def result(self, node: Node, values: Values, find: Callable[[Node, Values], Any]) -> Any:
        """The result of a function for these values; what finds it is called if it is not kept."""
        identified = tuple(identities(values))
        key = node, identified
        kept = self._found.get(key)
        if kept is not None:
            return kept[0]
        result = find(node, values)
        if all(map(self._in_many_cases.__contains__, identified)):
            if len(self._found) >= MOST_KEPT:
                self._forget()
            self._in_many_cases.update(by_identity((result,)))
            self._found[key] = result, values
        return result


def _enumerated(edition: Edition) -> Iterator[Enum]:
    """The members of the enumerations that functions of an edition ask for."""
    asked = [hints(node.function)[name] for node in edition.nodes.values() for name in node.params]
    for kind in dict.fromkeys([each for annotation in asked for each in members(annotation)]):
        if isinstance(kind, EnumType):
            yield from kind


def by_identity(values: Sequence[Any]) -> dict[int, Any]:
    """Some values by what tells each from others that are equal."""
    return dict(zip(identities(values), values, strict=True))


@lru_cache(maxsize=MOST_EDITIONS)
def kept_results(edition: Edition) -> KeptResults:
    """What is kept for an edition."""
    return KeptResults(edition)
