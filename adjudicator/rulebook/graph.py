"""The dependency graph of an edition's functions, for Graphviz."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Final

from adjudicator.engine.policy import Edition
from adjudicator.model.finding import Role

FACT: Final = "shape=ellipse"
SETTING: Final = "shape=note"
CLAUSE: Final = {Role.REQUIREMENT: "style=bold", Role.BAR: 'style="bold,dashed"'}
GRANTED: Final = "shape=hexagon"


def graph_of(edition: Edition) -> Iterator[str]:
    """The lines of a DOT file; always the same for the same edition.

    An arrow points from a dependency to the function that asks for it. Facts of the case are ellipses, settings are notes and
    functions are boxes. Requirements are bold, bars are bold and dashed, grants are hexagons.
    """
    yield f"digraph {_quoted(edition.policy, edition.name)} {{"
    yield "  rankdir=LR;"
    yield '  node [shape=box, fontname="sans-serif"];'
    for name in _asked_for(edition):
        yield f"  {_quoted(name)} [{SETTING if name in edition.settings else FACT}];"
    shapes = _shapes(edition)
    for node in edition.nodes.values():
        label = _quoted(node.name, ", ".join(node.cites), between="\n")
        yield f"  {_quoted(node.name)} [{shapes.get(node.name, 'shape=box')}, label={label}];"
    for node in edition.nodes.values():
        yield from (f"  {_quoted(param)} -> {_quoted(node.name)};" for param in node.params)
    yield "}"


def _asked_for(edition: Edition) -> tuple[str, ...]:
    """What functions ask for besides each other: facts of the case, settings, and results of the judgement."""
    asked = (param for node in edition.nodes.values() for param in node.params)
    return tuple(dict.fromkeys(each for each in asked if each not in edition.nodes))


def _shapes(edition: Edition) -> dict[str, str]:
    granted = edition.grants.functions() if edition.grants else ()
    shapes = {each.__name__: GRANTED for each in (*granted, *edition.remarks)}
    return shapes | {clause.name: CLAUSE[clause.role] for clause in edition.clauses}


def _quoted(*parts: str, between: str = " ") -> str:
    """A quoted DOT name: safe for any text, even a keyword such as ``node``."""
    return json.dumps(between.join(parts), ensure_ascii=False)
