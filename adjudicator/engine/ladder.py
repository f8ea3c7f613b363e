"""The ladder: the money functions that were called, in order, as the steps of a calculation."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import attrs
from attrs import frozen

from adjudicator.engine.clause import Node
from adjudicator.engine.evaluation import Facts
from adjudicator.model.award import Step
from adjudicator.model.finding import JsonValue
from adjudicator.model.json_value import json_value


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


@frozen(eq=False)
class LadderStep:
    """A money function that was called. Its inputs and amount are read from the facts when you ask for them."""

    node: Node
    line_id: str | None
    facts: Facts

    @property
    def inputs(self) -> dict[str, JsonValue]:
        """The inputs of the function by name; tables last."""
        inputs: dict[str, JsonValue] = {}
        tables: dict[str, JsonValue] = {}
        for name in self.node.params:
            value = self.facts[name]
            if type(value) is int:
                inputs[name] = value
            elif type(value) is Table:
                tables |= value.inputs(name)
            else:
                inputs[name] = json_value(value)
        return inputs | tables if tables else inputs

    @property
    def amount(self) -> Any:
        """The result of the function."""
        return self.facts[self.node.name]

    def step(self) -> Step:
        """The step as decisions have it."""
        return Step(self.node.name, self.node.cites, self.line_id, self.inputs, self.amount)


@frozen(eq=False)
class Ladder:
    """Makes the steps of a decision when you first read them."""

    steps: Sequence[LadderStep]

    def __call__(self, _: object) -> tuple[Step, ...]:
        """All steps, in order."""
        return tuple([each.step() for each in self.steps])
