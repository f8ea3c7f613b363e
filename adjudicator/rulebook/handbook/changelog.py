"""Redlines: what differs between two editions of a policy, and which worked examples they decide differently."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from enum import StrEnum
from itertools import chain
from typing import Final, TypeAlias

from attrs import frozen

from adjudicator.engine.inspection import Function
from adjudicator.engine.policy import Edition
from adjudicator.model.decision import Decision
from adjudicator.model.json_value import json_value
from adjudicator.rulebook.handbook.examples import Example
from adjudicator.rulebook.handbook.sources import body_of, code_of, definitions_behind, packages_of

Aspects: TypeAlias = "Mapping[Aspect, str]"


class Kind(StrEnum):
    """The kind of thing that changed."""

    HEAD = "head"
    NOT_ADJUDICATED = "not_adjudicated"
    CLAUSE = "clause"
    FACT = "fact"
    STEP = "step"
    REMARK = "remark"
    SETTING = "setting"
    DEFINITION = "definition"


class Aspect(StrEnum):
    """The aspect of it that changed."""

    PLACE = "place"
    CITES = "cites"
    READINGS = "readings"
    ENGLISH = "english"
    CHINESE = "chinese"
    VALUE = "value"
    CODE = "code"


class Manner(StrEnum):
    """How it changed."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"


ORDER: Final = "order"
"""The name of a change in the order of all things of a kind."""

_IN_ORDER: Final = frozenset({Kind.CLAUSE, Kind.STEP})


@frozen
class Difference:
    """One aspect before and after; an empty text means that it was, or is, absent."""

    aspect: Aspect
    before: str
    after: str


@frozen
class Change:
    """Something that one edition adds, removes or changes."""

    kind: Kind
    name: str
    manner: Manner
    differences: tuple[Difference, ...]


@frozen
class Turn:
    """An example that the new edition decides differently."""

    example: Example
    before: Decision
    after: Decision


@frozen
class Redline:
    """Everything that differs between two editions. ``turns`` are the examples they decide differently, out of ``tried``."""

    old: Edition
    new: Edition
    changes: tuple[Change, ...]
    turns: tuple[Turn, ...]
    tried: int


def redline(old: Edition, new: Edition, examples: Sequence[Example] = ()) -> Redline:
    """Compare two editions, and their decisions on some examples. Changes of layout and comments are ignored."""
    before, after = _parts(old), _parts(new)
    changes = tuple(change for kind in Kind for change in _changes(kind, before[kind], after[kind]))
    return Redline(old, new, changes, tuple(_turns(old, new, examples)), len(examples))


def _result(decision: Decision) -> tuple[object, ...]:
    """What a reader would call the result: outcomes, awards, returns and measures."""
    awards = tuple((each.kind, each.line_id, each.amount) for each in decision.awards)
    return decision.outcome, decision.parts, decision.lines, awards, decision.return_authorisation, decision.measures


def _turns(old: Edition, new: Edition, examples: Iterable[Example]) -> Iterator[Turn]:
    for example in examples:
        before, after = example.decided(old), example.decided(new)
        if _result(before) != _result(after):
            yield Turn(example, before, after)


def _changes(kind: Kind, before: Mapping[str, Aspects], after: Mapping[str, Aspects]) -> Iterator[Change]:
    """The changes of one kind; last, a changed order of what both editions have."""
    for name in dict.fromkeys(chain(before, after)):
        yield from _changed(kind, name, before.get(name), after.get(name))
    one, other = (", ".join(name for name in each if name in before and name in after) for each in (before, after))
    if kind in _IN_ORDER and one != other:
        yield Change(kind, ORDER, Manner.CHANGED, (Difference(Aspect.PLACE, one, other),))


def _changed(kind: Kind, name: str, before: Aspects | None, after: Aspects | None) -> Iterator[Change]:
    manner = Manner.ADDED if before is None else Manner.REMOVED if after is None else Manner.CHANGED
    differences = tuple(
        Difference(aspect, one, other)
        for aspect in Aspect
        for one, other in [((before or {}).get(aspect, ""), (after or {}).get(aspect, ""))]
        if one != other
    )
    if differences:
        yield Change(kind, name, manner, differences)


def _parts(edition: Edition) -> Mapping[Kind, Mapping[str, Aspects]]:
    """Everything in an edition, by kind and name."""
    return {
        Kind.HEAD: {name: {Aspect.VALUE: value} for name, value in _head(edition).items()},
        Kind.NOT_ADJUDICATED: {
            sentence: {Aspect.VALUE: reason} for sentence, reason in edition.not_adjudicated.items()
        },
        Kind.CLAUSE: {
            clause.name: {**_function(edition, clause.node.function), Aspect.PLACE: clause.role.value}
            for clause in edition.clauses
        },
        Kind.FACT: {function.__name__: _function(edition, function) for function in edition.facts},
        Kind.STEP: {
            function.__name__: {**_function(edition, function), Aspect.PLACE: place}
            for place, function in (edition.grants.places() if edition.grants else ())
        },
        Kind.REMARK: {function.__name__: _function(edition, function) for function in edition.remarks},
        Kind.SETTING: {name: {Aspect.VALUE: str(json_value(value))} for name, value in edition.settings.items()},
        Kind.DEFINITION: {name: {Aspect.CODE: code} for name, code in _definitions(edition).items()},
    }


def _head(edition: Edition) -> dict[str, str]:
    """The article and terms of an edition."""
    return {"article": edition.article, **(edition.grants.terms if edition.grants else {})}


def _definitions(edition: Edition) -> dict[str, str]:
    """The code of other definitions that the functions use, by name. Definitions with the same name are joined."""
    found: dict[str, dict[str, None]] = {}
    for node in edition.nodes.values():
        for each in definitions_behind(node.function, packages_of(edition)):
            if each.name not in edition.nodes:
                found.setdefault(each.name, {})[body_of(each.code)] = None
    return {name: "\n".join(codes) for name, codes in found.items()}


def _function(edition: Edition, function: Function) -> Aspects:
    citation = edition.nodes[function.__name__].citation
    return {
        Aspect.CITES: ", ".join(citation.within(edition.article)),
        Aspect.READINGS: ", ".join(citation.readings),
        Aspect.ENGLISH: citation.english,
        Aspect.CHINESE: citation.chinese,
        Aspect.CODE: body_of(code_of(function)),
    }
