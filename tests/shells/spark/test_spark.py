"""Spark decides like a single machine: the same rows for the same cases, however they are partitioned."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pyarrow.dataset as ds
import pytest

from adjudicator.bulk import BulkOptions
from adjudicator.bulk.errors import BulkError
from adjudicator.bulk.replay import replay
from adjudicator.bulk.sources import sources_at
from adjudicator.spark.java import DEBIAN_PACKAGE, JavaMissing, java_version, require_java
from adjudicator.spark.job import main
from bulk.reading import rows_in, rows_of
from sharing import shared
from spark.runs import CASES, LATER, Lake, claims, run_all

Row = dict[str, Any]


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory) -> Lake:
    """The results of one Spark session, for all test processes."""
    return shared(tmp_path_factory, "spark", lambda: run_all(tmp_path_factory.mktemp("lake")))


def without(rows: list[Row], *names: str) -> list[Row]:
    return [{name: value for name, value in row.items() if name not in names} for row in rows]


def table_in(folder: Path) -> list[Row]:
    """The rows of a table written by the job, in the order of their cases."""
    rows: list[Row] = ds.dataset(folder, partitioning="hive").to_table().to_pylist()
    return sorted(rows, key=lambda row: (row["source"], row["row"], row["part"]))


def test_every_row_is_that_of_the_same_case_on_one_machine(lake: Lake) -> None:
    """With the bytes of every decision, and with the additional column."""
    expected = rows_of(CASES, options=BulkOptions(decisions=True))
    found = sorted(lake.rows["json"], key=lambda row: (row["ticket"], row["part"]))
    assert [row["ticket"] + 1 for row in found] == [row["row"] for row in expected]
    assert instants_as_numbers(without(found, "ticket")) == instants_as_numbers(without(expected, "row"))


def test_nested_columns_with_timestamps_give_the_same_rows(lake: Lake) -> None:
    """Even if the time zone of the session differs from the table's."""
    expected = rows_of(claims(), options=BulkOptions(as_of=LATER))
    key = [row["case_id"] for row in expected].index
    found = sorted(lake.rows["nested"], key=lambda row: (key(row["case_id"]), row["part"]))
    assert instants_as_numbers(found) == instants_as_numbers(without(expected, "row"))


def instants_as_numbers(rows: list[Row]) -> list[Row]:
    """Rows with instants as numbers, because Spark returns them in the machine's time zone without saying so."""
    return [{**row, "as_of": row["as_of"] and row["as_of"].timestamp()} for row in rows]


def test_the_job_writes_the_same_rows_as_a_replay(lake: Lake, tmp_path: Path) -> None:
    """Row for row and byte for byte, with the place of each case in its file; only the path is a URL."""
    done = lake.jobs["by-day"]
    options = BulkOptions(column="payload", decisions=True)
    counts = replay(sources_at([str(lake.folder / "history")], "payload"), tmp_path / "local", options, processes=1)
    expected = rows_in(tmp_path / "local")
    found = table_in(lake.folder / "by-day")
    assert without(found, "source", "ticket", "day", "status") == without(expected, "source")
    assert [urlsplit(row["source"]).path for row in found] == [row["source"] for row in expected]
    assert {row["day"] for row in found} == {1, 2}
    assert (done.status, done.out.splitlines()) == (0, counts.summary(f"{lake.folder}/by-day"))


def test_rejected_cases_are_set_aside_with_their_faults(lake: Lake) -> None:
    rejected = table_in(lake.folder / "by-day" / "status=rejected")
    assert [row["ticket"] for row in rejected] == [len(CASES) - 3, len(CASES) - 2, len(CASES) - 1]
    assert all(row["faults"] for row in rejected)
    assert all(row["faults"] is None for row in table_in(lake.folder / "by-day" / "status=decided"))
    assert lake.jobs["by-day"].message == (
        f"3 of {len(CASES)} cases are in {lake.folder}/by-day/status=rejected, with their faults"
    )
    failed = lake.jobs["too-many"]
    assert (failed.status, failed.message) == (2, "adjudicator.spark.job: too many cases were rejected")


def test_the_options_of_a_replay_choose_cases_day_and_edition(lake: Lake, tmp_path: Path) -> None:
    options = BulkOptions(policies=("consumer_law.seven_day_return",), as_of=LATER)
    counts = replay(sources_at([str(lake.folder / "lines")]), tmp_path / "local", options, processes=1)
    names = "source", "row", "status"
    key = lambda row: (row["case_id"], row["part"])  # noqa: E731 - lines of text have no numbers in Spark
    found = ds.dataset(lake.folder / "chosen", partitioning="hive").to_table().to_pylist()
    assert without(sorted(found, key=key), *names) == without(sorted(rows_in(tmp_path / "local"), key=key), *names)
    assert lake.jobs["chosen"].out.splitlines() == counts.summary(f"{lake.folder}/chosen")
    assert counts.left_out > 0


def test_a_table_is_replaced_only_on_request(lake: Lake) -> None:
    again = lake.jobs["by-day-again"]
    assert again.status == 2
    assert "by-day already exists" in again.message
    assert again.message.endswith("Here that is --overwrite.")
    assert lake.jobs["replaced"].status == 0
    assert {row["policy"].partition(".")[0] for row in table_in(lake.folder / "replaced")} == {"douyin_global"}


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("from-mixed", "[CANNOT_MERGE_SCHEMAS] Failed merging schemas: Initial schema:"),
        ("from-text", "there is no column case, and no id and no policy and no as_of as in columns with the fields"),
        ("from-numbers", "the column case holds bigint; cases are JSON text or structs"),
        ("from-none", "there is no case in the input"),
        ("from-broken", "too many cases were rejected"),
        ("from-half", "[FAILED_READ_FILE.CANNOT_READ_FILE_FOOTER] Encountered error while reading file file:"),
        ("from-nowhere", "[PATH_NOT_FOUND] Path does not exist: file:"),
        ("status", "the table has a column status of its own; rename yours"),
        ("own", "--overwrite would remove the input "),
    ],
)
def test_unreadable_input_is_named_on_one_line(lake: Lake, name: str, message: str) -> None:
    done = lake.jobs[name]
    assert done.status == 2
    assert done.message.startswith(f"adjudicator.spark.job: {message}")


def test_the_function_of_the_documentation_decides(lake: Lake) -> None:
    expected = rows_of(CASES, options=BulkOptions(policies=("douyin_global.damage",)))
    found = {(row["ticket"] + 1, row["part"], row["decision_digest"]) for row in lake.rows["page"]}
    assert found == {(row["row"], row["part"], row["decision_digest"]) for row in expected}
    assert any(row["edition"] == "2022-03-15" for row in lake.rows["page"])


def test_columns_are_checked_before_anything_runs(lake: Lake) -> None:
    assert lake.refused == {
        "column": "there is no column case, and no id and no policy and no as_of as in columns with the fields of a case; there are: payload, ticket",
        "type": "the column ticket holds bigint; cases are JSON text or structs",
        "keep": "there is no column day to keep; there are: payload, ticket",
        "taken": "the table has a column outcome of its own; rename yours to keep it",
    }


# Before Spark starts


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--edition", "soon"), "--edition: expected a day such as 2026-01-31, or PACK:EDITION, got soon"),
        (("--policy", "acme"), "there is no pack and no policy acme; there are: "),
        (("--as-of", "noon"), "--as-of: expected an instant with an offset"),
    ],
)
def test_options_are_checked_before_spark_is_started(
    arguments: tuple[str, ...], message: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("adjudicator.spark.job.session", lambda: pytest.fail("it was started"))
    assert main(["in", "--out", "out", *arguments]) == 2
    assert capsys.readouterr().err.startswith(f"adjudicator.spark.job: {message}")


def test_numbers_have_a_least_value(capsys: pytest.CaptureFixture[str]) -> None:
    for option, least in (("--partitions", 1), ("--max-rejected", 0)):
        with pytest.raises(SystemExit, match="2"):
            main(["in", "--out", "out", option, str(least - 1)])
        assert f"{option}: expected a whole number from {least} on, got {least - 1}" in capsys.readouterr().err


def java(folder: Path, version: str) -> None:
    """A program that pretends to be Java."""
    program = folder / "bin" / "java"
    program.parent.mkdir(parents=True)
    program.write_text(f"#!/bin/sh\necho '{version}' >&2\n", "utf-8")
    program.chmod(0o755)


def test_a_missing_java_is_named_with_its_package(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("JAVA_HOME", "PYSPARK_GATEWAY_PORT", "SPARK_REMOTE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert main(["in", "--out", "out"]) == 1
    assert capsys.readouterr().err == (
        f"adjudicator.spark.job: PySpark needs Java 17 or later, and none was found; on Debian: apt-get install {DEBIAN_PACKAGE}\n"
    )


@pytest.mark.parametrize(
    ("said", "version"),
    [
        ('openjdk version "17.0.15" 2025-04-15', 17),
        ('openjdk version "25" 2025-09-16', 25),
        ('java version "1.8.0_402"', 8),
        ("not for this machine", None),
    ],
)
def test_the_version_of_java_is_that_of_its_home(
    said: str, version: int | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    java(tmp_path, said)
    monkeypatch.setenv("JAVA_HOME", str(tmp_path))
    assert java_version() == version
    if version is None or version < 17:
        with pytest.raises(JavaMissing, match=DEBIAN_PACKAGE):
            require_java()
    else:
        require_java()
    assert issubclass(JavaMissing, BulkError)
    assert os.environ["JAVA_HOME"] == str(tmp_path)
