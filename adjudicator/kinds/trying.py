"""Values that one rule tries while a fact of the case is unknown, where the kind of case cannot know them."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable
from functools import wraps
from typing import Any, Protocol, TypeAlias, TypeVar, cast

from attrs import evolve

from adjudicator.engine.clause import PolicyError, hints, members
from adjudicator.model.errors import did_you_mean
from adjudicator.model.facts import Fact, Glossary, Open
from adjudicator.model.source import changed


class HasFacts(Protocol):
    """A kind of case."""

    @property
    def glossary(self) -> Glossary:
        """Its facts."""


K = TypeVar("K", bound=HasFacts)
Tried: TypeAlias = Iterable[Any] | Callable[..., Iterable[Any]]


def trying(kind: K, **could_be: Tried) -> K:
    """A kind of case in which some facts, while they are unknown, could be certain values for this rule; the first says least.

    They are given by the name of the fact: one value for each way in which it can matter to the rule, or a function that finds these
    values, from facts of the case that it names as its parameters. Raises :class:`PolicyError` for a name that is no fact of the case,
    and for a fact that is never unknown.
    """
    facts = dict(kind.glossary.facts)
    for name, tried in could_be.items():
        facts[name] = _tried(kind.glossary, _known(kind.glossary, name), tried)
    return cast("K", evolve(cast(Any, kind), glossary=Glossary(facts)))


def _known(glossary: Glossary, name: str) -> Fact:
    if name not in glossary.facts:
        raise PolicyError(f"trying names {name}, which is no fact{did_you_mean(name, glossary.facts)}")
    return glossary.facts[name]


def _tried(glossary: Glossary, fact: Fact, tried: Tried) -> Fact:
    """A fact that could be these values while it is unknown."""
    if Open not in members(hints(fact.read)["return"]):
        raise PolicyError(f"trying names {fact.name}, which is never unknown")
    values = tried if callable(tried) else tuple(tried)
    found_from = () if not callable(values) else tuple(inspect.signature(values).parameters)
    found_in = [_known(glossary, each) for each in found_from]
    reads = tuple(each.read for each in found_in)

    @wraps(fact.read)
    def read(at: Any) -> Any:
        value = fact.read(at)
        if type(value) is not Open:
            return value
        could_be = values(*(of(at) for of in reads)) if callable(values) else values
        return changed(value, {"could_be": tuple(dict.fromkeys(could_be))})

    # Since Python 3.14, ``wraps`` does not copy annotations that were set.
    read.__annotations__ = fact.read.__annotations__
    tried_from = tuple(pointer for each in found_in for pointer in each.pointers or ("",))
    return evolve(fact, read=read, unknown=(), tried_from=tried_from)
