"""The cases of a record batch as JSON: from a column of JSON, or from nested columns with the fields of a case.

In nested columns null means not known, as in JSON, so members that are null are left out. Nothing is coerced: a number that is text, or
an instant without a time zone, is a fault of its case.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from math import isfinite
from typing import Any, Final

import orjson
import pyarrow as pa
import pyarrow.compute as pc

from adjudicator.bulk.errors import UnusableInput
from adjudicator.model.errors import Fault, InputError, safe
from adjudicator.model.json_names import pointer_step

CASE_COLUMN: Final = "case"
"""The column that holds the cases if none is named and there is one of this name."""
IN_JSON: Final = "a value that JSON has"
FIELDS_OF_EVERY_CASE: Final = ("id", "policy", "as_of")


def case_column(schema: pa.Schema, column: str | None = None) -> str | None:
    """The column with the cases; ``None`` if each field of a case has a column of its own.

    Raises :class:`~adjudicator.bulk.errors.UnusableInput` if there is no such column, or it holds something else.
    """
    name = CASE_COLUMN if column is None else column
    if schema.names.count(name) > 1:
        raise UnusableInput(f"there are several columns {safe(name)}")
    if name in schema.names:
        kind = _storage(schema.field(name).type)
        if not (_is_text(kind) or pa.types.is_struct(kind)):
            raise UnusableInput(f"the column {safe(name)} holds {kind}; cases are JSON text or structs")
        return name
    there_are = f"there are: {', '.join(map(safe, schema.names)) or 'none'}"
    if column is not None:
        raise UnusableInput(f"there is no column {safe(name)}; {there_are}")
    if missing := [each for each in FIELDS_OF_EVERY_CASE if each not in schema.names]:
        raise UnusableInput(
            f"there is no column {CASE_COLUMN}, and no {' and no '.join(missing)} as in columns with the fields of a case; {there_are}"
        )
    if repeated := [each for each in schema.names if schema.names.count(each) > 1]:
        raise UnusableInput(f"there are several columns {safe(repeated[0])}")
    return None


def case_texts(batch: pa.RecordBatch, column: str | None = None) -> Iterator[bytes | InputError]:
    """Each case of a batch as JSON; an :class:`~adjudicator.model.errors.InputError` for a row that JSON cannot express."""
    name = case_column(batch.schema, column)
    if name is None:
        return map(_text, _documents(batch))
    cells = _plain(batch.column(name))
    if pa.types.is_struct(cells.type):
        return map(_text, _documents(pa.record_batch([cells], names=[name]), name))
    return map(_given, pc.cast(cells, pa.large_binary()).to_pylist())


def _storage(kind: pa.DataType) -> pa.DataType:
    """A type without its extension or dictionary."""
    while isinstance(kind, pa.BaseExtensionType | pa.DictionaryType):
        kind = kind.storage_type if isinstance(kind, pa.BaseExtensionType) else kind.value_type
    return kind


def _plain(cells: pa.Array) -> pa.Array:
    """An array without its extension or dictionary."""
    while isinstance(cells.type, pa.BaseExtensionType | pa.DictionaryType):
        cells = cells.storage if isinstance(cells.type, pa.BaseExtensionType) else cells.dictionary_decode()
    return cells


def _is_text(kind: pa.DataType) -> bool:
    checks = (pa.types.is_string, pa.types.is_large_string, pa.types.is_string_view)
    return any(
        check(kind) for check in (*checks, pa.types.is_binary, pa.types.is_large_binary, pa.types.is_binary_view)
    )


def _given(text: bytes | None) -> bytes | InputError:
    return InputError([Fault("", "null", "a case as JSON")]) if text is None else text


def _documents(batch: pa.RecordBatch, member: str | None = None) -> Iterator[Any]:
    """The rows of a batch as Python values, or one member of each; an error in the place of a row that has none."""
    rows: Sequence[Any]
    try:
        rows = batch.to_pylist(maps_as_pydicts="strict")
    except (ValueError, KeyError, pa.ArrowException) as error:
        if batch.num_rows == 1:
            yield InputError([Fault("", safe(str(error)), IN_JSON)])
            return
        for index in range(batch.num_rows):
            yield from _documents(batch.slice(index, 1), member)
        return
    yield from rows if member is None else (row[member] for row in rows)


def _text(document: Any) -> bytes | InputError:
    if isinstance(document, InputError):
        return document
    try:
        return orjson.dumps(_stated(document), default=_in_json)
    except (TypeError, ValueError) as error:
        place = next(_without_json(document, ""), Fault("", safe(str(error)), IN_JSON))
        return InputError([place])


def _stated(value: Any) -> Any:
    """A value without the members that are null. Raises :class:`ValueError` for a number that is none in JSON, which null must not stand for."""
    if isinstance(value, dict):
        return {name: _stated(each) for name, each in value.items() if each is not None}
    if isinstance(value, float) and not isfinite(value):
        raise ValueError(value)
    return [_stated(each) for each in value] if isinstance(value, list) else value


def _in_json(value: Any) -> Any:
    """Bytes are text in UTF-8; what JSON has no form for is written out, so that the fault shows it."""
    if isinstance(value, dt.datetime):
        return value.isoformat()  # of pandas, which Arrow takes for nanoseconds if it is installed
    return value.decode() if isinstance(value, bytes) else str(value)


def _without_json(value: Any, pointer: str) -> Iterator[Fault]:
    """The places of a document at which there is something that JSON has no form for."""
    if isinstance(value, dict):
        for name, each in value.items():
            yield from _without_json(each, f"{pointer}/{pointer_step(name)}")
    elif isinstance(value, list):
        for index, each in enumerate(value):
            yield from _without_json(each, f"{pointer}/{index}")
    elif isinstance(value, float) and not isfinite(value):
        yield Fault(pointer, str(value), IN_JSON)
    elif isinstance(value, bytes) and value.decode(errors="ignore").encode() != value:
        yield Fault(pointer, "bytes that are not", "text in UTF-8")
