"""The ladder: the money functions that were called, in order, as the steps of a calculation."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, NamedTuple

import attrs

from adjudicator.engine.clause import Node
from adjudicator.model.award import Step
from adjudicator.model.finding import JsonValue
from adjudicator.model.json_value import FORMS, json_value
from adjudicator.model.source import maker


class Table(tuple[Any, ...]):
    """A fact with a row for each line, an attrs object with its ``line_id``. Each field of a row is an input of its own: ``order_lines/L1/goods_paid``."""

    __slots__ = ()

    def inputs(self, name: str) -> dict[str, JsonValue]:
        """The inputs, for a fact of this name."""
        return {
            f"{name}/{row.line_id}/{each.name}": json_value(getattr(row, each.name))
            for row in self
            for each in attrs.fields(type(row))
            if each.name != "line_id"
        }


class LadderPart(NamedTuple):
    """Money functions that were called on the same facts, one after another. The inputs and amounts are those in the facts."""

    nodes: tuple[Node, ...]
    line_id: str | None
    facts: Mapping[str, Any]

    def steps(self) -> list[Step]:
        """The steps as decisions have them."""
        nodes, line_id, facts = self
        return [_make_step(node.name, node.cites, line_id, _inputs(node, facts), facts[node.name]) for node in nodes]


def _inputs(node: Node, facts: Mapping[str, Any]) -> dict[str, JsonValue]:
    """The inputs of a function by name; tables last."""
    inputs: dict[str, JsonValue] = {}
    tables: dict[str, JsonValue] = {}
    for name in node.params:
        value = facts[name]
        kind = type(value)
        if kind is int:
            inputs[name] = value
        elif kind is Table:
            tables |= value.inputs(name)
        else:
            inputs[name] = FORMS[kind](value)
    return inputs | tables if tables else inputs


_make_step: Final = maker(Step)


class Ladder(tuple[LadderPart, ...]):
    """Parts whose steps are made when you first read them."""

    __slots__ = ()

    def __call__(self, _: object) -> tuple[Step, ...]:
        """All steps, in order."""
        return tuple([step for part in self for step in part.steps()])
