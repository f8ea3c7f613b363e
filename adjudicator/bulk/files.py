"""Part files: the rows of one part as Parquet, JSON lines or CSV, written under another name and renamed when they are whole."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO, Final, Literal, TypeAlias

import orjson
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq

from adjudicator.bulk.rows import DECISION

OutputFormat: TypeAlias = Literal["parquet", "ndjson", "csv"]
UNFINISHED: Final = ".*.unfinished"
"""The names of files that were never finished, as a pattern."""


def write_part(table: pa.Table, path: Path, format: OutputFormat) -> int:
    """Write a part file, all of it or nothing, and return its size."""
    with renamed_when_whole(path) as file:
        WRITERS[format](table, file)
        return file.tell()


@contextmanager
def renamed_when_whole(path: Path) -> Iterator[BinaryIO]:
    """A file to write that gets its name when all of it is on the disk; nothing is left of it if an error ends the block."""
    unfinished = path.with_name(f".{path.name}.{os.getpid()}.unfinished")
    try:
        with unfinished.open("wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(path)
    except BaseException:
        unfinished.unlink(missing_ok=True)
        raise


def _write_parquet(table: pa.Table, file: BinaryIO) -> None:
    pq.write_table(table, file, compression="zstd")


def _write_ndjson(table: pa.Table, file: BinaryIO) -> None:
    for batch in table.to_batches(max_chunksize=1000):
        file.writelines(orjson.dumps(_as_json(row), option=orjson.OPT_UTC_Z) + b"\n" for row in batch.to_pylist())


def _as_json(row: dict[str, Any]) -> dict[str, Any]:
    """A row with its decision as an object."""
    decision = row.get(DECISION)
    return row if decision is None else {**row, DECISION: orjson.Fragment(decision)}


def _write_csv(table: pa.Table, file: BinaryIO) -> None:
    for index, column in enumerate(table.schema):
        if pa.types.is_nested(column.type):
            texts = [None if each is None else orjson.dumps(each).decode() for each in table.column(index).to_pylist()]
            table = table.set_column(index, column.name, pa.array(texts, pa.large_string()))
    pyarrow.csv.write_csv(table, file)


WRITERS: Final[Mapping[OutputFormat, Callable[[pa.Table, BinaryIO], None]]] = {
    "parquet": _write_parquet,
    "ndjson": _write_ndjson,
    "csv": _write_csv,
}
"""How each format is written."""
