"""Rows as written in a table, and the faults of a table."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from attrs import frozen

from adjudicator.model.errors import safe

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
    """One fault of a table. Rows count from 1; ``None`` means the table as a whole."""

    row: int | None
    column: str | None
    message: str

    def __str__(self) -> str:
        row = "" if self.row is None else f"row {self.row}"
        column = "" if self.column is None else f"column {safe(self.column)}"
        place = ", ".join(filter(None, (row, column)))
        return f"{place}: {self.message}" if place else self.message


class TableError(ValueError):
    """A table of cases is invalid; the message has a line for each fault, with file, row and column."""

    def __init__(self, file: str, faults: Iterable[TableFault]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(f"{file}{',' if each.row else ':'} {each}" for each in self.faults))


@frozen
class RawRow:
    """A row as written. ``facts`` are the columns that differ from the base case.

    ``money`` and ``needs`` are ``None`` if the row does not mention them. ``is_text`` means that every value is text, as in CSV.
    """

    number: int
    name: Any
    case: Any
    facts: Mapping[str, Any]
    outcome: Any
    money: Mapping[str, Any] | None
    needs: Any
    is_text: bool
