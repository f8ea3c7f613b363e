"""A data frame of cases to a data frame of decisions, by the function that decides record batches everywhere else."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from typing import Final

import pyarrow as pa
from pyspark.sql import Column, DataFrame
from pyspark.sql.functions import col
from pyspark.sql.pandas.types import from_arrow_schema
from pyspark.sql.types import BinaryType, StringType, StructType

from adjudicator.bulk.cases import case_column
from adjudicator.bulk.deciding import AS_THEY_ARE, BulkOptions, decide_batches
from adjudicator.bulk.errors import UnusableInput
from adjudicator.bulk.rows import schema
from adjudicator.model.errors import safe

ROW: Final = "row"
"""The one column of the table that a data frame does not have: its rows have no order, so keep a column of yours that tells them apart."""


def decide_frame(frame: DataFrame, options: BulkOptions = AS_THEY_ARE, *, keep: Sequence[str] = ()) -> DataFrame:
    """Decide every case of a data frame: JSON in a column, or a column for each field of a case.

    The result has the columns ``keep`` of the input, which are no part of a case, and those of
    :data:`~adjudicator.bulk.rows.SCHEMA` but ``row``. An invalid case is a row with its faults.

    Raises :class:`~adjudicator.bulk.errors.UnusableInput`, before anything runs, if there are no such columns.
    """
    table = schema(decisions=options.decisions)
    decided = table.remove(table.get_field_index(ROW))
    check_kept(frame, keep)
    if taken := [each for each in keep if each in decided.names]:
        raise UnusableInput(f"the table has a column {safe(taken[0])} of its own; rename yours to keep it")
    read = [*keep, *cases_of(frame, options.column, keep)]
    types = StructType([*(frame.schema[name] for name in keep), *from_arrow_schema(decided).fields])
    decide = partial(_decide, options=options, kept=len(keep), names=types.names)
    return frame.select(*map(column, read)).mapInArrow(decide, types)


def cases_of(frame: DataFrame, name: str | None = None, keep: Sequence[str] = ()) -> list[str]:
    """The columns with the cases: the one that holds them, or those with their fields, which are all but ``keep``.

    Raises :class:`~adjudicator.bulk.errors.UnusableInput` if there are none.
    """
    others = [each for each in frame.columns if each not in keep]
    found = case_column(pa.schema([(each, pa.string()) for each in others]), name)
    if found is None:
        return others
    kind = frame.schema[found].dataType
    if not isinstance(kind, StringType | BinaryType | StructType):
        raise UnusableInput(f"the column {safe(found)} holds {kind.simpleString()}; cases are JSON text or structs")
    return [found]


def column(name: str) -> Column:
    """A column of that name, whatever its type."""
    return col(f"`{name.replace('`', '``')}`")


def check_kept(frame: DataFrame, keep: Sequence[str]) -> None:
    """Raises :class:`~adjudicator.bulk.errors.UnusableInput` if a column to keep is missing."""
    if missing := [each for each in keep if each not in frame.columns]:
        there_are = ", ".join(map(safe, frame.columns))
        raise UnusableInput(f"there is no column {safe(missing[0])} to keep; there are: {there_are}")


def _decide(
    batches: Iterable[pa.RecordBatch], *, options: BulkOptions, kept: int, names: list[str]
) -> Iterator[pa.RecordBatch]:
    """What runs in the workers: batches that begin with columns to keep, to batches that begin with them."""
    for batch in batches:
        cases = pa.RecordBatch.from_arrays(batch.columns[kept:], schema=pa.schema(list(batch.schema)[kept:]))
        for rows in decide_batches([cases], options, first_row=0):
            case_of_row = rows.column(ROW)
            beside = [each.take(case_of_row) for each in batch.columns[:kept]]
            decided = [rows.column(name) for name in rows.schema.names if name != ROW]
            yield pa.RecordBatch.from_arrays([*beside, *decided], names=names)
