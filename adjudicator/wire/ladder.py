"""The ladder of a decision in JSON, without making its steps: a straight function for each sequence of money functions.

A field added to a step has to be added here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from types import NoneType
from typing import Any, Final, TypeAlias

from adjudicator.engine.clause import Node, getter, hints, members, plain_type
from adjudicator.engine.ladder import LadderPart, Table
from adjudicator.model.award import Step
from adjudicator.model.json_value import json_value
from adjudicator.model.source import Source
from adjudicator.wire.findings import Documents, check_fields
from adjudicator.wire.template import Texts
from adjudicator.wire.writer import Writer, writer_of

MOST_SEQUENCES: Final = 4096
"""The number of sequences of money functions whose writer is kept."""

check_fields(Step, ("step", "cites", "line_id", "inputs", "amount"))

StepsWriter: TypeAlias = Callable[[Mapping[str, Any], str | None], list[dict[str, Any]] | None]
"""Gives the steps for facts and a line; ``None`` if an input is a table."""
AS_THEY_ARE: Final = frozenset({int, str, bool, NoneType})
"""The types of values that are JSON values."""


def ladder_written(parts: Iterable[LadderPart], texts: Texts) -> Documents:
    """All steps, for orjson."""
    found: list[dict[str, Any]] = []
    for part in parts:
        found += steps_writer(part.nodes)(part.facts, part.line_id) or _one_by_one(part, texts)
    return found, found


def _one_by_one(part: LadderPart, texts: Texts) -> list[dict[str, Any]]:
    return [_step_writer()(step, texts.instants) for step in part.steps()]


@lru_cache(maxsize=1)
def _step_writer() -> Writer:
    return writer_of(Step)


@lru_cache(maxsize=MOST_SEQUENCES)
def steps_writer(nodes: tuple[Node, ...]) -> StepsWriter:
    """The writer of the steps of some functions: their inputs and amounts are the values of facts."""
    return source_of(nodes).made("write")


def source_of(nodes: tuple[Node, ...]) -> Source:
    """The source of that writer."""
    facts = {name: f"the_{name}" for node in nodes for name in (*node.params, node.name)}
    plain = tuple(name for name in facts if _types_of(name, nodes) <= AS_THEY_ARE)
    source = Source(f"the writer of the steps {', '.join(node.name for node in nodes)}")
    source.values.update(json_value=json_value, table=Table, as_they_are=AS_THEY_ARE, plain_values=getter(plain))
    source.add("def write(facts, line_id):")
    for name, place in facts.items():
        if name not in plain:
            source.add(f"    {place} = facts[{name!r}]", f"    if type({place}) is table:", "        return None")
            source.add(f"    {place} = json_value({place})")
    source.add("    plain = plain_values(facts)")
    source.add("    if not as_they_are.issuperset(map(type, plain)):", "        plain = map(json_value, plain)")
    source.add(f"    [{', '.join([facts[name] for name in plain])}] = plain")
    source.add("    return [", *[f"        {_step(source, node, facts)}," for node in nodes], "    ]")
    return source


def _step(source: Source, node: Node, facts: Mapping[str, str]) -> str:
    """The expression for a step."""
    cites = source.named(f"cites_{node.name}", node.cites)
    inputs = ", ".join(f"{name!r}: {facts[name]}" for name in node.params)
    members = f"'step': {node.name!r}, 'cites': {cites}, 'line_id': line_id"
    return f"{{{members}, 'inputs': {{{inputs}}}, 'amount': {facts[node.name]}}}"


def _types_of(fact: str, nodes: Iterable[Node]) -> frozenset[type]:
    """The types that a fact has in signatures."""
    annotations = [hints(each.function)[fact] for each in nodes if fact in each.params]
    annotations += [hints(each.function)["return"] for each in nodes if fact == each.name]
    return frozenset(plain_type(each) for annotation in annotations for each in members(annotation))
