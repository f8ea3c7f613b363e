"""The ladder: the money functions that were called, in order, as the steps of a calculation."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Final, NamedTuple

import attrs

from adjudicator.engine.clause import Node, hints, members, plain_type
from adjudicator.model.award import Step
from adjudicator.model.finding import JsonValue
from adjudicator.model.json_value import FORMS, json_value
from adjudicator.model.source import Made, Source, lines_making

MOST_SEQUENCES: Final = 4096
"""The number of sequences of money functions for which is kept what makes their steps."""


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
        made: list[Step] = _made(self.nodes)(self.facts, self.line_id)
        return made


@lru_cache(maxsize=MOST_SEQUENCES)
def _made(nodes: tuple[Node, ...]) -> Made:
    return steps_source(nodes).made("steps")


def steps_source(nodes: tuple[Node, ...]) -> Source:
    """The source of what makes the steps of some functions: each input once, then each step."""
    source = Source(f"the steps of {', '.join([node.name for node in nodes])}")
    source.values.update(as_it_is=_AS_IT_IS, forms=FORMS, with_tables=_with_tables)
    source.add("def steps(facts, line_id):")
    for name in dict.fromkeys([name for node in nodes for name in node.params]):
        value = f"the_{name}"
        source.add(f"    {value} = facts[{name!r}]", f"    if type({value}) not in as_it_is:")
        source.add(f"        {value} = forms[type({value})]({value})")
    for node in nodes:
        source.add(*[f"    {line}" for line in _step_source(node, source)])
    source.add(f"    return [{', '.join([f'step_{node.name}' for node in nodes])}]")
    return source


def _step_source(node: Node, source: Source) -> list[str]:
    """Lines that make the step of a function."""
    inputs = f"{{{', '.join([f'{name!r}: the_{name}' for name in node.params])}}}"
    fields = {
        "step": repr(node.name),
        "cites": source.named(f"cites_{node.name}", node.cites),
        "line_id": "line_id",
        "inputs": f"with_tables({inputs})" if _asks_for_a_table(node) else inputs,
        "amount": f"facts[{node.name!r}]",
    }
    return lines_making(f"step_{node.name}", Step, fields, source)


def _asks_for_a_table(node: Node) -> bool:
    annotations = hints(node.function)
    return any(plain_type(each) is tuple for name in node.params for each in members(annotations[name]))


def _with_tables(inputs: dict[str, Any]) -> dict[str, JsonValue]:
    """Inputs with the fields of tables in their place; tables last."""
    tables = {name: value for name, value in inputs.items() if type(value) is Table}
    for name, table in tables.items():
        del inputs[name]
        inputs |= table.inputs(name)
    return inputs


_AS_IT_IS: Final = frozenset({int, str, bool, Table})
"""The types of inputs that need no other form, or get one later."""


class Ladder(tuple[LadderPart, ...]):
    """Parts whose steps are made when you first read them."""

    __slots__ = ()

    def __call__(self, _: object) -> tuple[Step, ...]:
        """All steps, in order."""
        return tuple([step for part in self for step in part.steps()])
