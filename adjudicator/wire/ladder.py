"""The ladder of a decision as JSON text, without making its steps first. A field added to a step has to be added here."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from json.encoder import encode_basestring as quoted
from typing import Final

from adjudicator.engine.clause import Node
from adjudicator.engine.ladder import LadderStep, Table
from adjudicator.model.award import Step
from adjudicator.wire.findings import check_fields
from adjudicator.wire.template import Part, Template, value_text, value_texts
from adjudicator.wire.writer import Text, json_text, list_of_pairs, writer_of

MOST_FUNCTIONS: Final = 4096
"""The number of money functions for which the same of all steps is kept as text."""

check_fields(Step, ("step", "cites", "line_id", "inputs", "amount"))


def ladder_text(steps: Iterable[LadderStep]) -> Text:
    """All steps, as a list."""
    return Text(*list_of_pairs([_step(each) for each in steps]))


def _step(step: LadderStep) -> tuple[str, str]:
    inputs = step.node.arguments(step.facts)
    if Table in map(type, inputs):
        return writer_of(Step)(step.step())
    values = value_texts(inputs)
    values.append(value_text(step.line_id))
    values.append(value_text(step.amount))
    return template_of(step.node).filled(values)


@lru_cache(maxsize=MOST_FUNCTIONS)
def template_of(node: Node) -> Template:
    """The template for a step: the values are its inputs, the line and the amount."""
    name, cites = quoted(node.name), json_text(node.cites)
    positions = {param: number for number, param in enumerate(node.params)}
    line, amount = len(positions), len(positions) + 1
    inputs = _members(positions)
    canonical_inputs = _members({param: positions[param] for param in sorted(positions)})
    return Template.of(
        [f'{{"step":{name},"cites":{cites},"line_id":', line, ',"inputs":', *inputs, ',"amount":', amount, "}"],
        [
            '{"amount":',
            amount,
            f',"cites":{cites},"inputs":',
            *canonical_inputs,
            ',"line_id":',
            line,
            f',"step":{name}}}',
        ],
        amount + 1,
    )


def _members(positions: dict[str, int]) -> list[Part]:
    """An object with these values."""
    parts: list[Part] = ["{"]
    for name, position in positions.items():
        parts += ["," if len(parts) > 1 else "", f"{quoted(name)}:", position]
    return [*parts, "}"]
