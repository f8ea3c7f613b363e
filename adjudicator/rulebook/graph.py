"""The graph of an edition: its functions and what each asks for, in the language of Graphviz."""

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
    """The lines of a DOT file. The same edition gives the same lines.

    An arrow leads from what is asked for to the function that asks. Facts of the case are ellipses, settings notes, functions boxes;
    requirements are bold, bars bold and dashed, what is granted is hexagonal.
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
    """What functions ask for that no function says: facts of the case, settings, and what follows from the judgement."""
    asked = (param for node in edition.nodes.values() for param in node.params)
    return tuple(dict.fromkeys(each for each in asked if each not in edition.nodes))


def _shapes(edition: Edition) -> dict[str, str]:
    granted = edition.grants.functions() if edition.grants else ()
    shapes = {each.__name__: GRANTED for each in (*granted, *edition.remarks)}
    return shapes | {clause.name: CLAUSE[clause.role] for clause in edition.clauses}


def _quoted(*parts: str, between: str = " ") -> str:
    """A name as Graphviz takes any, also one of its own words such as ``node``."""
    return json.dumps(between.join(parts), ensure_ascii=False)
