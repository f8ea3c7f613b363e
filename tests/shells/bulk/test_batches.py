"""Cases come from a column of JSON or from nested columns. Columns that cannot hold cases are refused by name."""

from __future__ import annotations

import datetime as dt
from typing import Any

import orjson
import pyarrow as pa
import pytest

from adjudicator.bulk import BulkOptions, UnusableInput, decide_batches
from bulk.conftest import sampled
from bulk.reading import rows_of
from cli.running import DENIED, EXAMPLES, PAID, in_bytes


def decided(batch: pa.RecordBatch, column: str | None = None) -> list[dict[str, Any]]:
    (out,) = decide_batches([batch], BulkOptions(column=column))
    rows: list[dict[str, Any]] = out.to_pylist()
    return rows


@pytest.mark.parametrize("kind", [pa.string(), pa.large_string(), pa.binary(), pa.large_binary(), pa.string_view()])
def test_json_may_be_text_or_bytes_of_any_sort(kind: pa.DataType) -> None:
    texts = [in_bytes(EXAMPLES[PAID]), in_bytes(EXAMPLES[DENIED])]
    cells = pa.array([text.decode() for text in texts]).cast(kind)
    assert decided(pa.record_batch([cells], names=["case"])) == rows_of(texts)
    assert decided(pa.record_batch([cells], names=["claim"]), "claim") == rows_of(texts)


def test_json_may_be_dictionary_encoded_or_of_the_json_type() -> None:
    texts = [in_bytes(EXAMPLES[PAID])] * 2
    cells = pa.array([text.decode() for text in texts])
    assert decided(pa.record_batch([cells.dictionary_encode()], names=["case"])) == rows_of(texts)
    of_the_json_type = pa.ExtensionArray.from_storage(pa.json_(), cells)
    assert decided(pa.record_batch([of_the_json_type], names=["case"])) == rows_of(texts)


def test_nested_columns_give_the_same_rows_as_json() -> None:
    """Claims of several policies, with several kinds of evidence. Each item has the columns of all kinds, mostly null."""
    texts = [text for text in sampled() if b'"douyin_global.' in text or b'"consumer_law.' in text]
    documents = [orjson.loads(text) for text in texts]
    columns = pa.RecordBatch.from_pylist(documents)
    assert {"claim", "order", "evidence"} <= {*columns.schema.names}
    assert decided(columns) == rows_of(texts)
    assert decided(pa.record_batch([columns.to_struct_array()], names=["case"])) == rows_of(texts)


def test_an_instant_may_be_a_timestamp_with_a_time_zone_and_not_without_one() -> None:
    document = {**EXAMPLES[DENIED], "as_of": dt.datetime(2022, 3, 29, 12, tzinfo=dt.UTC)}
    with_zone = pa.RecordBatch.from_pylist([document])
    assert decided(with_zone)[0]["case_outcome"] == "denied"
    place = with_zone.schema.get_field_index("as_of")
    nanoseconds = with_zone.column(place).cast(pa.timestamp("ns", tz="UTC"))
    assert decided(with_zone.set_column(place, "as_of", nanoseconds))[0]["case_outcome"] == "denied"
    naive = pa.array([dt.datetime(2022, 3, 29, 12)], pa.timestamp("us"))  # noqa: DTZ001 - that is the point
    (row,) = decided(with_zone.set_column(place, "as_of", naive))
    assert row["error_pointer"] == "/as_of"


def test_a_map_may_hold_the_metadata() -> None:
    batch = pa.RecordBatch.from_pylist([{**EXAMPLES[DENIED], "metadata": None}])
    place = batch.schema.get_field_index("metadata")
    metadata = pa.array([[("ticket", "T1")]], pa.map_(pa.string(), pa.string()))
    (row,) = decided(batch.set_column(place, "metadata", metadata))
    assert row["faults"] is None
    twice = pa.array([[("ticket", "T1"), ("ticket", "T2")]], pa.map_(pa.string(), pa.string()))
    (row,) = decided(batch.set_column(place, "metadata", twice))
    assert row["faults"] is not None


def test_a_value_that_json_cannot_express_is_a_fault_of_its_row_only() -> None:
    """Text that is not UTF-8, a decimal number, and a document that is not a case."""
    good = in_bytes(EXAMPLES[DENIED])
    assert [row["faults"] is None for row in rows_of([good, b"\xff\xfe", good])] == [True, False, True]
    (row,) = decided(pa.record_batch([pa.array([None], pa.string())], names=["case"]))
    assert row["error_message"] == "expected a case as JSON, got null"
    batch = pa.RecordBatch.from_pylist([EXAMPLES[DENIED]] * 3)
    place = batch.schema.get_field_index("id")
    ids = pa.StringArray.from_buffers(3, *pa.array([b"a", b"\xff", b"c"], pa.binary()).buffers()[1:])
    assert [row["faults"] is None for row in decided(batch.set_column(place, "id", ids))] == [True, False, True]


@pytest.mark.parametrize(
    ("field", "value", "fault"),
    [
        ("completed_at", float("nan"), ("/order/lines/0/completed_at", "nan", "a value that JSON has")),
        ("completed_at", float("-inf"), ("/order/lines/0/completed_at", "-inf", "a value that JSON has")),
        ("title", b"caf\xe9", ("/order/lines/0/title", "bytes that are not", "text in UTF-8")),
    ],
)
def test_what_json_cannot_say_is_named_by_its_place_and_never_taken_for_null(
    field: str, value: object, fault: tuple[str, str, str]
) -> None:
    order = EXAMPLES[DENIED]["order"]
    odd = EXAMPLES[DENIED] | {"order": order | {"lines": [order["lines"][0] | {field: value}]}}
    (row,) = decided(pa.RecordBatch.from_pylist([odd]))
    assert [(each["pointer"], each["value"], each["expected"]) for each in row["faults"]] == [fault]


@pytest.mark.parametrize(
    ("columns", "column", "message"),
    [
        ({"text": ["{}"]}, "case", "there is no column case; there are: text"),
        ({"case": [1]}, None, "the column case holds int64; cases are JSON text or structs"),
        (
            {"id": ["1"], "as_of": ["2022-01-01T00:00:00Z"]},
            None,
            "there is no column case, and no policy as in columns with the fields of a case; there are: id, as_of",
        ),
    ],
)
def test_columns_without_cases_are_refused_by_name(columns: dict[str, Any], column: str | None, message: str) -> None:
    with pytest.raises(UnusableInput, match=f"^{message}$"):
        decided(pa.RecordBatch.from_pydict(columns), column)


def test_a_field_of_a_case_in_two_columns_is_refused() -> None:
    columns = pa.record_batch([pa.array(["a"])] * 4, names=["id", "policy", "as_of", "id"])
    with pytest.raises(UnusableInput, match=r"^there are several columns id$"):
        decided(columns)


def test_rows_are_counted_over_all_batches() -> None:
    batch = pa.record_batch([pa.array([in_bytes(EXAMPLES[DENIED])] * 2)], names=["case"])
    assert [row["row"] for out in decide_batches([batch, batch], first_row=7) for row in out.to_pylist()] == [
        7,
        8,
        9,
        10,
    ]
