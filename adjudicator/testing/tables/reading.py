"""Tables as text: CSV or YAML in, one mapping of columns to values for each row out."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator, Mapping
from io import StringIO
from itertools import islice
from pathlib import Path
from typing import Any, ClassVar, Final

from attrs import frozen

from adjudicator.extras import importing
from adjudicator.model.errors import safe, shown

with importing("testing"):
    import yaml  # type: ignore[import-untyped]  # it ships no types

MOST_BYTES: Final = 4 * 2**20
MOST_ROWS: Final = 10_000

NAME: Final = "name"
CASE: Final = "case"
OUTCOME: Final = "outcome"
NEEDS: Final = "needs"
MONEY: Final = "money"
FACTS: Final = "facts"
ROWS: Final = "rows"
OF_A_ROW: Final = (NAME, CASE, FACTS, OUTCOME, MONEY, NEEDS)


@frozen
class TableFault:
    """One fault of a table: the row, counted from 1 (``None``: the table as a whole), the column, and what is wrong there."""

    row: int | None
    column: str | None
    message: str

    def __str__(self) -> str:
        row = "" if self.row is None else f"row {self.row}"
        column = "" if self.column is None else f"column {safe(self.column)}"
        place = ", ".join(filter(None, (row, column)))
        return f"{place}: {self.message}" if place else self.message


class TableError(ValueError):
    """A table of cases that cannot be run; the message has a line for each fault, with file, row and column."""

    def __init__(self, file: str, faults: Iterable[TableFault]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(f"{file}{',' if each.row else ':'} {each}" for each in self.faults))


@frozen
class RawRow:
    """A row as it was written. ``facts`` are the columns that differ from the base case.

    ``money`` and ``needs`` are ``None`` where nothing is said of them. ``is_text`` says that every value is a text, as in CSV.
    """

    number: int
    name: Any
    case: Any
    facts: Mapping[str, Any]
    outcome: Any
    money: Mapping[str, Any] | None
    needs: Any
    is_text: bool


def rows_in(path: Path) -> tuple[RawRow, ...]:
    """The rows of a table. Raises :class:`TableError` where it is no table."""
    content = path.read_bytes()
    if len(content) > MOST_BYTES:
        raise TableError(path.name, [TableFault(None, None, f"a table has at most {MOST_BYTES} bytes")])
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise TableError(path.name, [TableFault(None, None, "save the table as UTF-8")]) from None
    read = _from_csv if path.suffix == ".csv" else _from_yaml
    rows = tuple(islice(read(path.name, text), MOST_ROWS + 1))
    if not rows:
        raise TableError(path.name, [TableFault(None, None, "the table has no rows")])
    if len(rows) > MOST_ROWS:
        raise TableError(path.name, [TableFault(None, None, f"a table has at most {MOST_ROWS} rows")])
    return rows


# CSV


def _from_csv(file: str, text: str) -> Iterator[RawRow]:
    """One row for each line below the header. An empty cell means: as in the base case; for ``case``: as in the row above."""
    lines = csv.reader(StringIO(text, newline=""), strict=True)
    try:
        header = [each.strip() for each in next(lines, [])]
        _check_header(file, header)
        case: str | None = None
        for number, line in enumerate((each for each in lines if any(map(str.strip, each))), start=1):
            if len(line) > len(header):
                raise TableError(file, [TableFault(number, None, f"{len(line)} cells, but {len(header)} columns")])
            cells = {column: cell.strip() for column, cell in zip(header, line, strict=False)}
            case = cells.get(CASE) or case
            yield _row_of_cells(number, cells, case)
    except csv.Error as error:
        raise TableError(file, [TableFault(None, None, f"line {lines.line_num} is no CSV: {error}")]) from None


def _check_header(file: str, header: list[str]) -> None:
    twice = sorted({each for each in header if header.count(each) > 1})
    faults = [TableFault(None, each, "the header names it twice") for each in twice]
    faults += [TableFault(None, each, "the header lacks it") for each in (NAME, CASE) if each not in header]
    if "" in header:
        faults.append(TableFault(None, None, f"column {header.index('') + 1} has no name in the header"))
    if faults:
        raise TableError(file, faults)


def _row_of_cells(number: int, cells: Mapping[str, str], case: str | None) -> RawRow:
    money = {column.partition(".")[2]: cell for column, cell in cells.items() if column.startswith(f"{MONEY}.")}
    other = (NAME, CASE, OUTCOME, NEEDS, *(f"{MONEY}.{kind}" for kind in money))
    return RawRow(
        number=number,
        name=cells[NAME],
        case=case,
        facts={column: cell for column, cell in cells.items() if column not in other and cell},
        outcome=cells.get(OUTCOME) or None,
        money={kind: cell for kind, cell in money.items() if cell} if money else None,
        needs=re.findall(r"[^\s,;]+", cells[NEEDS]) if NEEDS in cells else None,
        is_text=True,
    )


# YAML


class _Loader(yaml.SafeLoader):  # type: ignore[misc]  # it ships no types
    """YAML without surprises: dates and ``no`` are texts, a key stands once, and nothing refers to something else."""

    yaml_implicit_resolvers: ClassVar[dict[str, list[tuple[str, re.Pattern[str]]]]] = {}

    def compose_node(self, parent: Any, index: Any) -> Any:
        if self.check_event(yaml.AliasEvent):
            raise yaml.YAMLError(
                f"line {self.peek_event().start_mark.line + 1}: write the value again instead of an alias"
            )
        return super().compose_node(parent, index)

    def construct_mapping(self, node: Any, deep: bool = False) -> Any:
        keys = [key.value for key, _ in node.value]
        for key, (place, _) in zip(keys, node.value, strict=True):
            if keys.count(key) > 1:
                raise yaml.YAMLError(f"line {place.start_mark.line + 1}: {safe(str(key))} stands there twice")
        return super().construct_mapping(node, deep)


for _tag, _pattern, _first in (
    ("null", r"~|null", "~n"),
    ("bool", r"true|false", "tf"),
    ("int", r"-?(?:0|[1-9][0-9]{0,18})", "-0123456789"),
):
    _Loader.add_implicit_resolver(f"tag:yaml.org,2002:{_tag}", re.compile(rf"(?:{_pattern})\Z"), [*_first])


def _from_yaml(file: str, text: str) -> Iterator[RawRow]:
    """One row for each item of ``rows``; ``case`` beside them is the base case of the rows that name none."""
    try:
        table = yaml.load(text, _Loader)  # noqa: S506 - a safe loader with less in it
    except (yaml.YAMLError, RecursionError) as error:
        told = " ".join(str(error).split()) or type(error).__name__
        raise TableError(file, [TableFault(None, None, f"this is no YAML: {told}")]) from None
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
