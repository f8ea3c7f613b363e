"""Read tables in YAML, with ``case`` and ``rows``."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, ClassVar

from adjudicator.extras import importing
from adjudicator.model.errors import safe, shown
from adjudicator.testing.tables.raw import (
    CASE,
    FACTS,
    MONEY,
    NAME,
    NEEDS,
    OF_A_ROW,
    OUTCOME,
    ROWS,
    RawRow,
    TableError,
    TableFault,
)

with importing("testing"):
    import yaml  # type: ignore[import-untyped]  # it ships no types


class _Loader(yaml.SafeLoader):  # type: ignore[misc]  # it ships no types
    """A stricter YAML: dates and ``no`` are text, duplicate keys are errors, and there are no anchors or aliases."""

    yaml_implicit_resolvers: ClassVar[dict[str, list[tuple[str, re.Pattern[str]]]]] = {}

    def compose_node(self, parent: Any, index: Any) -> Any:
        if self.check_event(yaml.AliasEvent):
            raise yaml.YAMLError(
                f"line {self.peek_event().start_mark.line + 1}: write the value again instead of an alias"
            )
        return super().compose_node(parent, index)

    def construct_mapping(self, node: Any, deep: bool = False) -> Any:
        seen = set[str]()
        for key, _ in node.value:
            if isinstance(key, yaml.ScalarNode) and key.value in seen:
                raise yaml.YAMLError(f"line {key.start_mark.line + 1}: {safe(key.value)} stands there twice")
            seen.add(str(key.value))
        return super().construct_mapping(node, deep)


for _tag, _pattern, _first in (
    ("null", r"null", "n"),
    ("bool", r"true|false", "tf"),
    ("int", r"-?(?:0|[1-9][0-9]{0,18})", "-0123456789"),
):
    _Loader.add_implicit_resolver(f"tag:yaml.org,2002:{_tag}", re.compile(rf"(?:{_pattern})\Z"), [*_first])


def rows_of_yaml(file: str, text: str) -> Iterator[RawRow]:
    """A row for each item of ``rows``; the top-level ``case`` is the base case of rows that name none."""
    try:
        table = yaml.load(text, _Loader)  # noqa: S506 - a safe loader, made stricter
    except (yaml.YAMLError, RecursionError) as error:
        message = " ".join(str(error).split()) or type(error).__name__
        raise TableError(file, [TableFault(None, None, f"this is no YAML: {message}")]) from None
    if not isinstance(table, dict) or not isinstance(table.get(ROWS), list):
        raise TableError(file, [TableFault(None, ROWS, "expected a list of rows")])
    if unknown := table.keys() - {CASE, ROWS}:
        raise TableError(
            file, [TableFault(None, str(each), "a table has no such field") for each in sorted(unknown, key=str)]
        )
    for number, row in enumerate(table[ROWS], start=1):
        if faults := [*_faults_of_a_row(number, row)]:
            raise TableError(file, faults)
        yield RawRow(
            number=number,
            name=row.get(NAME),
            case=row.get(CASE, table.get(CASE)),
            facts=row.get(FACTS) or {},
            outcome=row.get(OUTCOME),
            money=row.get(MONEY),
            needs=row.get(NEEDS),
            is_text=False,
        )


def _faults_of_a_row(number: int, row: object) -> Iterator[TableFault]:
    if not isinstance(row, dict):
        yield TableFault(number, None, f"expected fields such as {NAME} and {OUTCOME}, got {shown(row)}")
        return
    for each in sorted(row.keys() - {*OF_A_ROW}, key=str):
        yield TableFault(number, str(each), f"a row has no such field; facts stand below {FACTS}")
    for each in (FACTS, MONEY):
        held = row.get(each)
        if held is not None and not (isinstance(held, dict) and all(isinstance(name, str) for name in held)):
            yield TableFault(number, each, f"expected names with values, got {shown(held)}")
    needs = row.get(NEEDS)
    if needs is not None and not (isinstance(needs, list) and all(isinstance(each, str) for each in needs)):
        yield TableFault(number, NEEDS, f"expected a list of needs, got {shown(needs)}")
