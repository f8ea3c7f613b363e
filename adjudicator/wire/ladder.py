"""The ladder of a decision as JSON text, without making its steps first. A field added to a step has to be added here."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from json.encoder import encode_basestring as quoted
from typing import Final, NamedTuple

from adjudicator.engine.clause import Node
from adjudicator.engine.ladder import LadderStep
from adjudicator.model.award import Step
from adjudicator.wire.findings import check_fields
from adjudicator.wire.writer import Text, json_text, list_of_pairs, mapping_of_texts

MOST_FUNCTIONS: Final = 4096
"""The number of money functions whose names and citations are kept as text."""

check_fields(Step, ("step", "cites", "line_id", "inputs", "amount"))


class _Template(NamedTuple):
    """What is the same of a step in every case: its name, and what it cites."""

    name: str
    cites: str


@lru_cache(maxsize=MOST_FUNCTIONS)
def _template(node: Node) -> _Template:
    return _Template(quoted(node.name), json_text(node.cites))


def ladder_text(steps: Iterable[LadderStep]) -> Text:
    """All steps, as a list."""
    return Text(*list_of_pairs([_step(each) for each in steps]))


def _step(step: LadderStep) -> tuple[str, str]:
    name, cites = _template(step.node)
    line_id, amount = json_text(step.line_id), json_text(step.amount)
    inputs, canonical_inputs = mapping_of_texts({name: json_text(value) for name, value in step.inputs.items()})
    return (
        f'{{"step":{name},"cites":{cites},"line_id":{line_id},"inputs":{inputs},"amount":{amount}}}',
        f'{{"amount":{amount},"cites":{cites},"inputs":{canonical_inputs},"line_id":{line_id},"step":{name}}}',
    )
