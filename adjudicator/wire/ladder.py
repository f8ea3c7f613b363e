"""The ladder of a decision in JSON, without making its steps: text with gaps for each sequence of money functions.

A field added to a step has to be added here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from typing import Any, Final, TypeAlias

from orjson import Fragment, dumps

from adjudicator.engine.clause import Node, getter
from adjudicator.engine.ladder import LadderPart, Table
from adjudicator.model.award import Step
from adjudicator.wire.findings import check_fields
from adjudicator.wire.template import Part, Template, Texts, object_of, separated
from adjudicator.wire.writer import Writer, writer_of

MOST_SEQUENCES: Final = 4096
"""The number of sequences of money functions for which what is the same in their steps is kept."""

check_fields(Step, ("step", "cites", "line_id", "inputs", "amount"))

Steps: TypeAlias = list[Fragment | dict[str, Any]]
"""Some steps, for orjson: text for several with commas between them, or a document for each."""


def ladder_written(parts: Iterable[LadderPart], texts: Texts) -> tuple[Steps, Steps]:
    """All steps in both orders, for orjson."""
    plain: Steps = []
    canonical: Steps = []
    for nodes, line_id, facts in parts:
        read, template = template_of(nodes)
        values = read(facts)
        if Table in map(type, values):
            steps = [_step_writer()(step, texts.instants) for step in LadderPart(nodes, line_id, facts).steps()]
            plain += steps
            canonical += steps
        else:
            written = template.filled(texts.of((line_id, *values)))
            plain.append(Fragment(written[0]))
            canonical.append(Fragment(written[1]))
    return plain, canonical


@lru_cache(maxsize=1)
def _step_writer() -> Writer:
    return writer_of(Step)


@lru_cache(maxsize=MOST_SEQUENCES)
def template_of(nodes: tuple[Node, ...]) -> tuple[Callable[[Mapping[str, Any]], tuple[Any, ...]], Template]:
    """What takes the inputs and amounts of some functions from the facts, and their steps with gaps for the line and for these."""
    names = tuple(dict.fromkeys([name for node in nodes for name in (*node.params, node.name)]))
    gaps = {name: at for at, name in enumerate(names, 1)}
    steps = [_step(node, gaps) for node in nodes]
    return getter(names), Template.of(
        separated([object_of(step) for step in steps]), separated([object_of(step, in_order=True) for step in steps])
    )


def _step(node: Node, gaps: Mapping[str, int]) -> dict[str, Part | dict[str, Part]]:
    """The members of a step."""
    inputs: dict[str, Part] = {name: gaps[name] for name in node.params}
    named: dict[str, Part] = {"step": dumps(node.name), "cites": dumps(node.cites), "line_id": 0}
    return {**named, "inputs": inputs, "amount": gaps[node.name]}
