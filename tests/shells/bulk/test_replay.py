"""A replay reads its inputs, writes every row once, and reports what is wrong with an input."""

from __future__ import annotations

import errno
import gzip
import io
import json
import os
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import orjson
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq
import pytest

from adjudicator import decide, dump_decision, load_case
from adjudicator.bulk.errors import UnusableInput
from adjudicator.bulk.files import WRITERS
from adjudicator.bulk.lines import Limits
from adjudicator.bulk.runs import Progress, Run
from adjudicator.bulk.sources import sources_at
from adjudicator.cli.progress import progress_line
from adjudicator.store import open_store
from adjudicator.wire.parser import MOST_BYTES
from bulk.conftest import sampled
from bulk.reading import manifest_of, rows_in, rows_of
from cli.running import DENIED, EXAMPLES, PAID, Result, in_bytes

Replay = Callable[..., Result]
OUT = Path("out")
LINES = b"".join(case + b"\n" for case in sampled())


def without_source(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{name: value for name, value in row.items() if name != "source"} for row in rows]


@pytest.fixture
def expected() -> list[dict[str, Any]]:
    """The rows of the small history."""
    return rows_of(sampled())


# Inputs


def test_one_case_is_counted_as_one(replay: Replay) -> None:
    Path("one.ndjson").write_bytes(LINES.partition(b"\n")[0])
    assert replay(Path("one.ndjson")).text.startswith("1 case, 1 row in out\n")


def test_lines_are_read_plain_and_compressed(replay: Replay, history: Path, expected: list[dict[str, Any]]) -> None:
    zipped, zstandard = history.with_suffix(".ndjson.gz"), history.with_suffix(".ndjson.zst")
    zipped.write_bytes(gzip.compress(LINES))
    with pa.CompressedOutputStream(str(zstandard), "zstd") as stream:
        stream.write(LINES)
    done = replay(history, zipped, zstandard)
    assert (done.status, done.err) == (0, "")
    assert done.text.startswith(f"180 cases, {3 * len(expected)} rows in out\n")
    rows = rows_in(OUT)
    for path in (history, zipped, zstandard):
        assert without_source([row for row in rows if row["source"] == str(path)]) == expected


def test_parquet_is_read_with_json_and_with_nested_columns(
    replay: Replay, tmp_path: Path, expected: list[dict[str, Any]]
) -> None:
    pq.write_table(
        pa.table({"payload": [text.decode() for text in sampled()], "day": [1] * 60}), tmp_path / "json.parquet"
    )
    assert replay("json.parquet", "--column", "payload", "--cases-per-part", 25).status == 0
    assert without_source(rows_in(OUT)) == expected
    assert [line["part"]["counts"]["cases"] for line in manifest_of(OUT)[1:-1]] == [25, 25, 10]


def test_row_groups_of_nested_columns_are_read(replay: Replay, tmp_path: Path) -> None:
    texts = [text for text in sampled() if b'"douyin_global.' in text]
    pq.write_table(
        pa.Table.from_pylist([orjson.loads(text) for text in texts]), tmp_path / "n.parquet", row_group_size=9
    )
    assert replay("n.parquet").status == 0
    assert without_source(rows_in(OUT)) == rows_of(texts)


def test_a_folder_is_read_file_by_file(replay: Replay, tmp_path: Path, expected: list[dict[str, Any]]) -> None:
    """In order of names, without the files that Spark and Hive hide."""
    folder = tmp_path / "cases"
    (folder / "day=2").mkdir(parents=True)
    cases = LINES.splitlines(keepends=True)
    (folder / "a.jsonl").write_bytes(b"".join(cases[:20]))
    (folder / "day=2" / "b.ndjson").write_bytes(b"".join(cases[20:]))
    (folder / "_SUCCESS").touch()
    (folder / ".part.crc").touch()
    assert replay("cases").status == 0
    rows = without_source(rows_in(OUT))
    assert [row | {"row": 0} for row in rows] == [row | {"row": 0} for row in expected]
    assert {line["name"] for line in manifest_of(OUT)[0]["inputs"]} == {"cases/a.jsonl", "cases/day=2/b.ndjson"}


def test_one_case_may_be_a_document_of_many_lines(replay: Replay, tmp_path: Path) -> None:
    (tmp_path / "case.json").write_bytes(in_bytes(EXAMPLES[DENIED], indent=2))
    assert replay("case.json").status == 0
    assert without_source(rows_in(OUT)) == rows_of([in_bytes(EXAMPLES[DENIED])])


def test_the_standard_input_is_read(replay: Replay, expected: list[dict[str, Any]]) -> None:
    assert replay("-", given=LINES).status == 0
    assert without_source(rows_in(OUT)) == expected


def test_a_record_is_replayed_without_its_erased_data_and_the_table_says_what_is_missing(
    replay: Replay, tmp_path: Path
) -> None:
    store = open_store(f"sqlite:///{tmp_path}/record.db")
    for case in (EXAMPLES[PAID], EXAMPLES[DENIED]):
        store.decide(in_bytes(case))
    store.erase(order_id=EXAMPLES[PAID]["order"]["id"], reason="asked for")
    kept_case = in_bytes(EXAMPLES["local-return-agreed"] | {"id": "kept"})
    store.decide(kept_case)
    store.close()
    done = replay(f"sqlite:///{tmp_path}/record.db", "--decisions")
    assert (done.status, done.err) == (0, "")
    assert "           2  decided without personal data that were erased: /claim/claimant_id (2)" in done.text
    rows = [row for row in rows_in(OUT) if row["part"] == 0]
    assert {row["case_id"]: row["erased"] and row["erased"][0] for row in rows} == {
        EXAMPLES[PAID]["id"]: "/claim/claimant_id",
        EXAMPLES[DENIED]["id"]: "/claim/claimant_id",
        "kept": None,
    }
    assert {row["case_outcome"] for row in rows if row["erased"]} == {"partially_approved", "denied"}
    (kept,) = [row for row in rows if row["case_id"] == "kept"]
    assert kept["decision"].encode() == dump_decision(decide(load_case(kept_case)))


def test_the_cases_of_another_tenant_are_replayed_only_if_it_is_named(replay: Replay, tmp_path: Path) -> None:
    store = open_store(f"sqlite:///{tmp_path}/record.db")
    store.tenants.create("acme")
    store.for_tenant("acme").decide(in_bytes(EXAMPLES[PAID]))
    store.decide(in_bytes(EXAMPLES[DENIED]))
    store.close()
    assert replay("sqlite:///record.db").status == 0
    assert {row["case_id"] for row in rows_in(OUT)} == {EXAMPLES[DENIED]["id"]}
    assert "out holds another replay" in replay("sqlite:///record.db", "--tenant", "acme").err
    shutil.rmtree(OUT)
    assert replay("sqlite:///record.db", "--tenant", "acme").status == 0
    assert {row["case_id"] for row in rows_in(OUT)} == {EXAMPLES[PAID]["id"]}
    assert 'there is no tenant "nobody"' in replay("sqlite:///record.db", "--tenant", "nobody").err


# Outputs


def test_the_table_is_written_as_parquet_json_lines_or_csv(
    replay: Replay, history: Path, expected: list[dict[str, Any]], tmp_path: Path
) -> None:
    tables: dict[str, list[dict[str, Any]]] = {}
    for kind in ("parquet", "ndjson", "csv"):
        assert replay(history, "--format", kind, "--decisions").status == 0
        (path,) = OUT.glob(f"part-*.{kind}")
        match kind:
            case "parquet":
                tables[kind] = pq.read_table(path).to_pylist()
            case "ndjson":
                tables[kind] = [json.loads(line) for line in path.read_bytes().splitlines()]
            case _:
                tables[kind] = pa.csv.read_csv(path).to_pylist()
        OUT.rename(tmp_path / kind)
    keys = [(row["case_id"], row["line_id"]) for row in expected]
    assert all([(row["case_id"], row["line_id"] or None) for row in rows] == keys for rows in tables.values())
    whole = dump_decision(decide(load_case(sampled()[0])))
    assert tables["parquet"][0]["decision"].encode() == whole
    assert tables["ndjson"][0]["decision"] == json.loads(whole) == json.loads(tables["csv"][0]["decision"])
    assert tables["ndjson"][0]["as_of"] == tables["parquet"][0]["as_of"].strftime("%Y-%m-%dT%H:%M:%SZ")
    assert json.loads(tables["csv"][0]["requests"]) == tables["parquet"][0]["requests"]


def test_an_invalid_case_is_a_row_and_the_exit_status_is_2(replay: Replay, tmp_path: Path) -> None:
    (tmp_path / "some.ndjson").write_bytes(b"\n{\n" + in_bytes(EXAMPLES[DENIED]) + b"\r\n\n" + in_bytes({"id": 1}))
    done = replay("some.ndjson")
    assert done.status == 2
    assert done.err == "adjudicator replay: 2 of 3 cases could not be decided: see error_pointer and error_message\n"
    assert [(row["row"], row["faults"] is None) for row in rows_in(OUT)] == [(2, False), (3, True), (5, False)]


def test_a_line_that_is_too_long_is_refused_without_being_kept(replay: Replay, tmp_path: Path) -> None:
    good = in_bytes(EXAMPLES[DENIED]) + b"\n"
    (tmp_path / "long.ndjson").write_bytes(good + b'"' + b"x" * (MOST_BYTES + 5) + b'"\n' + good)
    assert replay("long.ndjson").status == 2
    rows = rows_in(OUT)
    assert [row["row"] for row in rows] == [1, 2, 3]
    assert rows[1]["error_message"] == f"expected at most {MOST_BYTES} bytes, got {MOST_BYTES + 2} bytes"


def test_cases_of_other_policies_are_left_out_and_counted(replay: Replay, history: Path) -> None:
    done = replay("--policy", "douyin_global", "--policy", "pinduoduo.virtual_arrival", history)
    assert {row["policy"].partition(".")[0] for row in rows_in(OUT)} == {"douyin_global", "pinduoduo"}
    assert re.search(r"^ +\d+  left out: cases of other policies$", done.text, re.MULTILINE)


def test_editions_are_named_by_day_or_by_name(replay: Replay, history: Path, tmp_path: Path) -> None:
    assert replay(history, "--edition", "2022-12-31").status == 2  # the alliance had no rule yet
    without = {row["error_pointer"] for row in rows_in(OUT) if row["faults"]}
    assert without == {"/policy"}
    OUT.rename(tmp_path / "by day")
    assert replay(history, "--edition", "douyin_global:2022-03-15", "--as-of", "2027-01-01T00:00:00+08:00").status == 0
    for arguments, message in (
        (
            ("--edition", "douyin_global:2020-01-01"),
            "there is no edition 2020-01-01 of douyin_global; there are: 2022-03-15",
        ),
        (("--edition", "soon"), "--edition: expected a day such as 2026-01-31, or PACK:EDITION, got soon"),
        (("--edition", "acme:2022-03-15"), "there is no pack and no policy acme"),
        (("--policy", "acme"), "there is no pack and no policy acme"),
    ):
        refused = replay(history, *arguments)
        assert (refused.status, message in refused.err) == (2, True), refused.err
    assert replay(history, "--as-of", "noon").err.startswith("--as-of: expected an instant")


# Refusals


def damaged_parquet() -> bytes:
    """A Parquet file with a valid footer and damaged data."""
    stream = io.BytesIO()
    pq.write_table(pa.table({"case": [each.decode() for each in sampled()]}), stream)
    data = stream.getvalue()
    return data[:2000] + b"x" * 2000 + data[4000:]


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("short.gz", gzip.compress(LINES)[:-20], "short.gz: the compressed data are damaged, or end too soon"),
        ("bad.zst", b"\x28\xb5\x2f\xfd" + b"x" * 50, "bad.zst: the compressed data are damaged, or end too soon"),
        ("half.parquet", b"PAR1" + b"x" * 50, "half.parquet: not a whole Parquet file"),
        ("damaged.parquet", damaged_parquet(), "damaged.parquet: the data are damaged after row 0: Corrupt snappy"),
        ("empty.ndjson", b"\n \n", "there is no case in the input"),
        ("missing.ndjson", None, "missing.ndjson: No such file or directory"),
    ],
)
def test_files_that_cannot_be_read_are_named(
    replay: Replay, tmp_path: Path, name: str, content: bytes | None, message: str
) -> None:
    if content is not None:
        (tmp_path / name).write_bytes(content)
    done = replay(name)
    assert (done.status, done.text) == (2, "")
    assert done.err.startswith(f"adjudicator replay: {message}")
    assert done.err.count("\n") == 1


def test_a_place_for_the_table_where_none_can_be_is_refused(replay: Replay, history: Path) -> None:
    OUT.write_text("", "utf-8")
    assert replay(history).err == "adjudicator replay: out is a file; name a folder\n"
    OUT.unlink()
    message = "adjudicator replay: out is in the folder ., which is read; choose another for --out\n"
    assert replay(".").err == message
    assert not OUT.exists()


def test_a_pipe_that_has_a_name_is_refused(replay: Replay, tmp_path: Path) -> None:
    """A pipe can be read only once, and a replay reads the beginning twice."""
    os.mkfifo(tmp_path / "pipe")
    assert replay("pipe").err.startswith("adjudicator replay: pipe: not a file that can be read twice")


def test_there_may_be_no_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", None)
    with pytest.raises(UnusableInput, match="there is no standard input"):
        sources_at(["-"])


def test_rows_before_the_damage_in_a_file_are_kept(
    replay: Replay, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("adjudicator.bulk.lines._BUFFER", 1000)
    (tmp_path / "short.gz").write_bytes(gzip.compress(LINES)[:-20])
    assert replay("short.gz", "--cases-per-part", 10).status == 2
    assert [line["part"]["counts"]["cases"] for line in manifest_of(OUT)[1:]][:3] == [10, 10, 10]


def test_parquet_files_of_mixed_schemas_are_refused(replay: Replay, tmp_path: Path) -> None:
    pq.write_table(pa.table({"case": ["{}"]}), tmp_path / "a.parquet")
    pq.write_table(pa.table({"case": [1]}), tmp_path / "b.parquet")
    pq.write_table(pa.table({"id": ["1"], "policy": ["p"], "as_of": ["t"]}), tmp_path / "c.parquet")
    pq.write_table(pa.table({"id": [1], "policy": ["p"], "as_of": ["t"]}), tmp_path / "d.parquet")
    pq.write_table(pa.table({"text": ["t"]}), tmp_path / "e.parquet")
    for names, message in (
        (("a", "b"), "b.parquet: the column case holds int64"),
        (("a", "c"), "c.parquet: cases in other columns than in a.parquet"),
        (("c", "d"), "d.parquet: other columns than c.parquet: "),
        (("e",), "e.parquet: there is no column case, and no id and no policy and no as_of as in columns"),
    ):
        done = replay(*(f"{name}.parquet" for name in names))
        assert done.status == 2
        assert done.err.startswith(f"adjudicator replay: {message}"), done.err
    assert not OUT.exists()


def test_a_folder_with_other_files_is_refused(replay: Replay, tmp_path: Path) -> None:
    (tmp_path / "cases").mkdir()
    assert "no file in this folder ends in .ndjson" in replay("cases").err
    (tmp_path / "cases" / "a.ndjson").write_bytes(LINES)
    (tmp_path / "cases" / "notes.txt").touch()
    assert replay("cases").err.startswith("adjudicator replay: cases/notes.txt: not a file of cases")
    assert replay("cases/a.ndjson", "cases/a.ndjson").err == "adjudicator replay: named twice: cases/a.ndjson\n"
    again = replay("cases/a.ndjson", "cases/../cases/a.ndjson").err
    assert again == "adjudicator replay: named twice: cases/../cases/a.ndjson, also as cases/a.ndjson\n"
    assert replay().err.startswith("adjudicator replay: name at least one input")


def test_a_record_that_is_not_there_is_refused(replay: Replay) -> None:
    done = replay("sqlite:///nothing.db")
    assert (done.status, done.err) == (
        1,
        "adjudicator replay: there is no record in nothing.db: check the name; to make a new record there, run adjudicator migrate\n",
    )


def test_a_replay_stopped_by_a_full_disk_resumes_when_there_is_room(
    replay: Replay, history: Path, monkeypatch: pytest.MonkeyPatch, expected: list[dict[str, Any]]
) -> None:
    written = 0

    def write(table: pa.Table, file: io.BufferedWriter) -> None:
        nonlocal written
        written += 1
        if written == 3:
            file.write(b"half of")
            raise OSError(errno.ENOSPC, "No space left on device")
        pq.write_table(table, file)

    monkeypatch.setitem(WRITERS, "parquet", write)
    done = replay(history, "--cases-per-part", 20)
    assert (done.status, done.text) == (1, "")
    assert done.err == (
        "adjudicator replay: out: No space left on device; what is done is kept: start it again to go on\n"
    )
    assert sorted(path.name for path in OUT.iterdir()) == [
        *("manifest.ndjson", "part-00000-000000.parquet", "part-00000-000001.parquet")
    ]
    assert replay(history, "--cases-per-part", 20).status == 0
    assert written == 4
    assert without_source(rows_in(OUT)) == expected


# Progress


def test_the_progress_is_that_of_what_is_done_and_not_of_what_is_read_ahead(history: Path) -> None:
    seen: list[float | None] = []
    run = Run("replay", sources_at([str(history)]), lambda each: seen.append(each.share))
    tasks = list(run.tasks_left(Limits(cases=20)))
    for _ in tasks:
        run.report(20)
    assert len(tasks) == 3
    assert 0 < (seen[0] or 0) < (seen[1] or 0) < 1 == seen[2]


def test_progress_is_told_when_asked_for(replay: Replay, history: Path) -> None:
    assert replay(history).err == ""
    OUT.rename("quiet")
    output = replay(history, "--progress", "--cases-per-part", 20).err
    assert re.fullmatch(r"adjudicator replay: 20 cases, \d+%, [\d,]+ a second(, \d+ s left)?\n", output)


def test_the_remaining_time_is_estimated_from_this_run() -> None:
    line = progress_line(Progress(cases=1500, seconds=10.0, cases_of_this_run=500, share=0.75, share_before=0.5))
    assert line == "1,500 cases, 75%, 50 a second, 10 s left"
    unknown = progress_line(Progress(cases=2, seconds=0.5, cases_of_this_run=2, share=None, share_before=None))
    assert unknown == "2 cases, 4 a second"


def test_memory_does_not_grow_with_the_input(tmp_path: Path) -> None:
    """A part has a maximum number of cases and bytes, whatever the file."""
    (tmp_path / "long.ndjson").write_bytes(LINES * 3)
    (source,) = sources_at([str(tmp_path / "long.ndjson")])
    parts = list(source.parts(Limits(cases=1000, bytes=50_000)))
    longest = max(map(len, LINES.splitlines(keepends=True)))
    assert len(parts) > 3
    assert all(len(part.payload) < 50_000 + longest for part in parts)
    assert b"".join(part.payload for part in parts) == LINES * 3
