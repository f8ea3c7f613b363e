"""Read tables from CSV or YAML files."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Final

from adjudicator.testing.tables.csv_rows import rows_of_csv
from adjudicator.testing.tables.raw import RawRow, TableError, TableFault

MOST_BYTES: Final = 2**20
MOST_ROWS: Final = 10_000


def rows_in(path: Path) -> tuple[RawRow, ...]:
    """The rows of a table. Raises :class:`TableError` if the file is not a table."""
    content = path.read_bytes()
    if len(content) > MOST_BYTES:
        raise TableError(path.name, [TableFault(None, None, f"a table has at most {MOST_BYTES} bytes")])
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise TableError(path.name, [TableFault(None, None, "save the table as UTF-8")]) from None
    rows = tuple(islice(_read(path, text), MOST_ROWS + 1))
    if not rows:
        raise TableError(path.name, [TableFault(None, None, "the table has no rows")])
    if len(rows) > MOST_ROWS:
        raise TableError(path.name, [TableFault(None, None, f"a table has at most {MOST_ROWS} rows")])
    return rows


def _read(path: Path, text: str) -> Iterator[RawRow]:
    if path.suffix == ".csv":
        return rows_of_csv(path.name, text)
    from adjudicator.testing.tables.yaml_rows import rows_of_yaml  # noqa: PLC0415 - YAML needs a package, CSV does not

    return rows_of_yaml(path.name, text)
