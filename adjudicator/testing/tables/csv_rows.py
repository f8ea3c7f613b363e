"""Tables in CSV: a header with the columns, then one line for each row."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Mapping
from io import StringIO

from adjudicator.testing.tables.raw import CASE, MONEY, NAME, NEEDS, OUTCOME, RawRow, TableError, TableFault


def rows_of_csv(file: str, text: str) -> Iterator[RawRow]:
    """A row for each line below the header. An empty cell means the value of the base case; in ``case``, that of the row above."""
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
