"""The ladder of a decision as JSON text, without making its steps first. A field added to a step has to be added here."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from json.encoder import encode_basestring as quoted
from typing import Any, Final, NamedTuple

from adjudicator.engine.clause import Node, getter
from adjudicator.engine.ladder import LadderPart, Table
from adjudicator.model.award import Step
from adjudicator.wire.findings import check_fields
from adjudicator.wire.template import Part, Template, value_text, value_texts
from adjudicator.wire.writer import Text, json_text, list_of_pairs, one_after_another, writer_of

MOST_SEQUENCES: Final = 4096
"""The number of sequences of money functions for which the same of all steps is kept as text."""

check_fields(Step, ("step", "cites", "line_id", "inputs", "amount"))


def ladder_text(parts: Iterable[LadderPart]) -> Text:
    """All steps, as a list."""
    return Text(*list_of_pairs([_steps(each) for each in parts]))


def _steps(part: LadderPart) -> tuple[str, str]:
    """The steps of a part, one after another."""
    same = same_of(part.nodes)
    values = same.values(part.facts)
    if Table in map(type, values):
        return one_after_another([writer_of(Step)(step) for step in part.steps()])
    texts = value_texts(values)
    texts.append(value_text(part.line_id))
    return same.template.filled(texts)


class Same(NamedTuple):
    """What is the same of all steps of some functions. The gaps are for ``values``, which are taken from the facts, and for the line."""

    values: Callable[[Mapping[str, Any]], tuple[Any, ...]]
    template: Template


@lru_cache(maxsize=MOST_SEQUENCES)
def same_of(nodes: tuple[Node, ...]) -> Same:
    """What is the same of all steps of these functions: their inputs and amounts are the values of facts."""
    facts = tuple(dict.fromkeys(name for node in nodes for name in (*node.params, node.name)))
    gaps = {name: number for number, name in enumerate(facts)}
    line = len(facts)
    plain: list[Part] = []
    canonical: list[Part] = []
    for node in nodes:
        name, cites, amount = quoted(node.name), json_text(node.cites), gaps[node.name]
        inputs = _members({param: gaps[param] for param in node.params})
        ordered = _members({param: gaps[param] for param in sorted(node.params)})
        separator = "," if plain else ""
        plain += [f'{separator}{{"step":{name},"cites":{cites},"line_id":', line]
        plain += [',"inputs":', *inputs, ',"amount":', amount, "}"]
        canonical += [f'{separator}{{"amount":', amount, f',"cites":{cites},"inputs":', *ordered]
        canonical += [',"line_id":', line, f',"step":{name}}}']
    return Same(getter(facts), Template.of(plain, canonical, line + 1))


def _members(gaps: Mapping[str, int]) -> list[Part]:
    """An object with these values."""
    parts: list[Part] = ["{"]
    for name, gap in gaps.items():
        parts += ["," if len(parts) > 1 else "", f"{quoted(name)}:", gap]
    return [*parts, "}"]
