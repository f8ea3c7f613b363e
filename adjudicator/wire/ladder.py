"""The ladder of a decision as JSON text, without making its steps first. A field added to a step has to be added here."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from itertools import repeat
from json.encoder import encode_basestring as quoted
from typing import Any, Final, NamedTuple

from adjudicator.engine.clause import Node, getter
from adjudicator.engine.ladder import LadderPart, Table
from adjudicator.model.award import Step
from adjudicator.wire.encoder import encoder
from adjudicator.wire.findings import check_fields
from adjudicator.wire.template import Fragments, Pair, Part, Template, Texts, fragments, json_text

MOST_SEQUENCES: Final = 4096
"""The number of sequences of money functions for which the same of all steps is kept as text."""

check_fields(Step, ("step", "cites", "line_id", "inputs", "amount"))


def ladder_written(parts: Iterable[LadderPart], texts: Texts) -> Fragments:
    """All steps in both orders, for orjson."""
    return fragments([*map(_steps, parts, repeat(texts))])


def _steps(part: LadderPart, texts: Texts) -> Pair:
    """The steps of a part, one after another."""
    same = same_of(part.nodes)
    values = same.values(part.facts)
    if Table in map(type, values):
        steps = [encoder(str).unstructure(step) for step in part.steps()]
        return json_text(steps)[1:-1], json_text(steps, ordered=True)[1:-1]
    return same.template.filled(texts.of((*values, part.line_id)))


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
        parts += [f"{',' if len(parts) > 1 else ''}{quoted(name)}:", gap]
    return [*parts, "}"]
