"""The command ``compare``: editions, candidates and tables from ``replay``, in the terminal, as Parquet and as a page."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from adjudicator.bulk.erased import STAND_IN
from adjudicator.bulk.lines import Limits
from adjudicator.bulk.sources import RecordedCases, sources_at
from adjudicator.comparison.comparing import SCHEMA, Comparer
from adjudicator.comparison.running import compare as compare_sources
from adjudicator.comparison.sides import Pair
from adjudicator.comparison.tally import Tally
from adjudicator.store import open_store
from bulk.conftest import sampled
from cli.running import EXAMPLES, PAID, Result, in_bytes
from cli.running import case as case_of
from comparison.conftest import CASES, of_damage

Run = Callable[..., Result]


@pytest.fixture
def compare(run: Run) -> Run:
    """Run ``compare`` in this process."""

    def compare(*arguments: object) -> Result:
        return run("compare", *map(str, arguments))

    return compare


def test_a_candidate_is_compared_with_the_edition_in_force(
    compare: Run, history: Path, gentler: Path, tmp_path: Path
) -> None:
    page = tmp_path / "report.html"
    done = compare("governing", gentler, history, "--processes", "1", "--out", tmp_path / "out", "--html", page)
    assert (done.status, done.err) == (0, "")
    assert done.text.startswith("governing → gentler.py: what would change\n")
    assert f"{len(of_damage())} past cases, each decided under both editions." in done.text
    assert "broken_and_leaking_on_arrival" in done.text
    assert page.read_text("utf-8").startswith('<!DOCTYPE html>\n<html lang="en">')
    table = pq.read_table(tmp_path / "out" / "lines")
    assert table.schema.equals(SCHEMA)
    summary = pq.read_table(tmp_path / "out" / "summary.parquet").to_pylist()
    (total,) = [each for each in summary if each["cut"] == "total" and each["currency"] is None]
    assert total["lines"] == table.num_rows


def test_an_edition_compared_with_itself_changes_nothing(compare: Run, history: Path) -> None:
    done = compare("governing", "2026-01-01", history, "--policy", "douyin_global", "--processes", "1")
    assert done.status == 0
    assert "Cases with another result" in done.text
    assert "0 (0.0%)" in done.text
    assert "Clauses that flipped" not in done.text


def test_it_is_written_in_chinese_too(compare: Run, history: Path, gentler: Path) -> None:
    done = compare("governing", gentler, history, "--processes", "1", "--locale", "zh-TW")
    assert "結果不同的案件" in done.text
    assert "結論改變的條款" in done.text


def test_two_tables_of_replay_say_the_same_as_the_editions(
    run: Run, compare: Run, history: Path, gentler: Path, tmp_path: Path
) -> None:
    options = ("--policy", "douyin_global.damage", "--processes", "1", "--decisions")
    assert run("replay", str(history), "--out", str(tmp_path / "old"), *options).status == 0
    candidate = ("--candidate", str(gentler))
    assert run("replay", str(history), "--out", str(tmp_path / "new"), *options, *candidate).status == 0
    done = compare(tmp_path / "old", tmp_path / "new", "--out", tmp_path / "out")
    assert (done.status, done.err) == (0, "")
    assert "The tables say nothing of merchants, categories, markets and facts." in " ".join(done.text.split())
    directly = compare("governing", gentler, history, "--processes", "1", "--out", tmp_path / "direct")
    assert directly.status == 0
    tables = [pq.read_table(tmp_path / name / "lines").to_pylist() for name in ("out", "direct")]
    found = [
        [
            (row["row"], row["line_id"], row["old_outcome"], row["new_outcome"], row["gain"], row["clauses"])
            for row in rows
        ]
        for rows in tables
    ]
    assert found[0] == found[1]


def test_the_months_of_two_tables_are_those_of_the_place_where_the_rule_holds(
    run: Run, compare: Run, tmp_path: Path
) -> None:
    case = case_of(PAID, as_of="2026-01-31T16:00:00Z")  # which is February in Beijing
    (tmp_path / "one.ndjson").write_bytes(in_bytes(case))
    for name in ("old", "new"):
        run("replay", str(tmp_path / "one.ndjson"), "--out", str(tmp_path / name), "--processes", "1")
    assert compare(tmp_path / "old", tmp_path / "new", "--out", tmp_path / "tables").status == 0
    direct = ("governing", "2026-01-01", tmp_path / "one.ndjson", "--processes", "1")
    assert compare(*direct, "--out", tmp_path / "direct").status == 0
    months = [set(pq.read_table(tmp_path / name / "lines")["month"].to_pylist()) for name in ("tables", "direct")]
    assert months == [{"2026-02"}, {"2026-02"}]


def test_no_number_is_cut_where_the_outcomes_do_not_fit_side_by_side(
    compare: Run, history: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    done = compare("governing", "2026-01-01", history, "--processes", "1", "--out", tmp_path / "out")
    rows = pq.read_table(tmp_path / "out" / "lines").to_pylist()
    denied = sum(row["part"] == 0 and row["old_case_outcome"] == "denied" for row in rows)
    roomy = compare("governing", "2026-01-01", history, "--processes", "1", "--policy", "douyin_global.damage")
    assert re.search(r"\n +Before → After +Approved +Denied", roomy.text)
    monkeypatch.setenv("COLUMNS", "60")
    narrow = compare("governing", "2026-01-01", history, "--processes", "1")
    for text in (done.text, narrow.text):
        listed = text.partition("Outcomes of cases")[2].partition("Money by kind")[0]
        assert re.search(rf"\n +Denied +Denied +{denied} *\n", listed), listed
        assert re.search(rf"\n +Total +{CASES} *\n", listed), listed


def test_the_page_is_there_although_nobody_reads_the_terminal_to_the_end(
    compare: Run, history: Path, gentler: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def closed(_: object) -> None:
        raise BrokenPipeError

    monkeypatch.setattr("adjudicator.cli.commands.compare.show", closed)
    compare("governing", gentler, history, "--processes", "1", "--html", tmp_path / "report.html")
    assert (tmp_path / "report.html").read_text("utf-8").startswith("<!DOCTYPE html>")


def test_a_case_that_cannot_be_compared_is_named_in_the_lines_with_its_fault_and_without_its_value(
    run: Run, compare: Run, gentler: Path, tmp_path: Path
) -> None:
    odd = b'{"id": "odd", "policy": "douyin_global.damage", "as_of": "Li Si, Hangzhou"}\nLi Si'
    (tmp_path / "odd.ndjson").write_bytes(odd)
    for name in ("old", "new"):
        run("replay", str(tmp_path / "odd.ndjson"), "--out", str(tmp_path / name), "--processes", "1")
    directly = compare("governing", gentler, tmp_path / "odd.ndjson", "--out", tmp_path / "direct")
    by_tables = compare(tmp_path / "old", tmp_path / "new", "--out", tmp_path / "tables")
    for name, done in (("direct", directly), ("tables", by_tables)):
        first, second = pq.read_table(tmp_path / name / "lines").to_pylist()
        assert (first["case_id"], first["policy"], first["not_compared"]) == ("odd", "douyin_global.damage", "invalid")
        assert first["reason"].startswith("/as_of: expected an RFC 3339 instant with an offset")
        assert second["reason"] == "expected JSON"
        assert (done.status, "Li Si" in done.text) == (2, False)


def test_tables_of_other_cases_cannot_be_compared(run: Run, compare: Run, history: Path, tmp_path: Path) -> None:
    fewer = tmp_path / "fewer.ndjson"
    lines = history.read_bytes().splitlines(keepends=True)
    fewer.write_bytes(b"".join([lines[1], lines[1], *lines[2:20]]))
    shorter = tmp_path / "shorter.ndjson"
    shorter.write_bytes(b"".join(lines[:30]))
    for name in ("fewer", "shorter"):
        run("replay", str(tmp_path / f"{name}.ndjson"), "--out", str(tmp_path / name), "--processes", "1")
    done = compare(tmp_path / "shorter", tmp_path / "fewer")
    assert done.status == 2
    assert "The two tables hold different cases" in " ".join(done.text.split())
    assert "11 of 30 cases could not be compared" in done.err
    (tmp_path / "fewer" / "manifest.ndjson").write_bytes(b"")
    assert "the replay is not complete" in compare(tmp_path / "shorter", tmp_path / "fewer").err


def test_a_sample_gives_an_estimate_with_bounds(compare: Run, history: Path, gentler: Path) -> None:
    done = compare("governing", gentler, history, "--sample", "40", "--processes", "1")
    assert done.status == 0
    assert f"A sample of 40 of {len(of_damage())} past cases, drawn at random." in done.text
    assert "Estimate from a sample" in done.text
    refused = compare("governing", gentler, history, "--sample", "40", "--out", "somewhere")
    assert refused.status == 2
    assert "--out holds every compared line: give it without --sample" in refused.err


def test_a_policy_without_an_edition_on_the_day_is_reported(compare: Run, history: Path) -> None:
    done = compare("2015-01-01", "governing", history, "--policy", "consumer_law", "--policy", "douyin_global.damage")
    assert done.status == 2
    missed = len(of_damage())
    assert f"{missed} of {CASES} cases could not be compared" in done.err
    assert "There is no such edition of its policy" in " ".join(done.text.split())


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("governing", "2026-01-01"), "name at least one input"),
        (
            ("governing", "soon", "history.ndjson"),
            "compare: expected governing, a day such as 2026-01-31, or PACK:EDITION; or a candidate, which is a Python file (.py) or the folder of a package, got soon",
        ),
        (
            ("governing", "douyin_global:2020-01-01", "history.ndjson"),
            "there is no edition 2020-01-01 of douyin_global",
        ),
        (("governing", "mine.py", "history.ndjson"), "mine.py: expected a Python file, or the folder of a package"),
        (("governing", ".", "history.ndjson"), "expected the folder of a package, or two folders that replay wrote"),
        (
            ("governing", "2026-01-01", ".", "--out", "new"),
            "new is in the folder ., which is read; choose another for --out",
        ),
        (("governing", "2026-01-01", "history.ndjson", "--html", "a/b.html"), "a/b.html: there is no folder a"),
        (("governing", "2026-01-01", "history.ndjson", "--html", "."), ".: a folder; name a file for --html"),
    ],
)
def test_input_that_cannot_be_compared_is_reported(
    compare: Run, history: Path, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...], message: str
) -> None:
    monkeypatch.chdir(history.parent)
    done = compare(*arguments)
    assert (done.status, done.out) == (2, b"")
    assert message in done.err
    assert done.err.count("\n") == 1


def test_a_record_with_erased_data_is_compared_and_the_report_says_what_is_missing(
    tmp_path: Path, compare: Run
) -> None:
    example = json.loads(next(each for each in sampled() if b"consumer_law.seven_day_return" in each))
    store = open_store(f"sqlite:///{tmp_path}/record.db")
    store.decide(in_bytes(example))
    store.erase(order_id=example["order"]["id"], reason="asked for")
    store.close()
    done = compare("governing", "2026-01-01", f"sqlite:///{tmp_path}/record.db", "--processes", "1")
    assert (done.status, done.err) == (0, "")
    text = " ".join(done.text.split())
    assert "1 cases were compared without personal data" in text
    assert "/claim/claimant_id (1)" in text
    assert f"“{STAND_IN}”" in text


def test_several_processes_and_parts_give_the_result_of_one(history: Path, pair: Pair) -> None:
    sources = sources_at([str(history)])
    one = compare_sources(sources, Comparer(pair), processes=1)
    seen: list[int] = []
    many = compare_sources(
        sources, Comparer(pair), processes=2, limits=Limits(cases=60), on_progress=lambda each: seen.append(each.cases)
    )
    assert many == one != Tally()
    assert max(seen) == CASES
    assert len(seen) == 4


def test_rows_whose_personal_data_were_erased_are_marked_part_by_part(tmp_path: Path) -> None:
    store = open_store(f"sqlite:///{tmp_path}/record.db")
    examples = [case for case in EXAMPLES.values() if case["policy"].startswith("douyin_global")][:4]
    for number, each in enumerate(examples):
        store.decide(in_bytes(each | {"id": f"case-{number}", "order": each["order"] | {"id": f"order-{number}"}}))
    store.erase(order_id="order-2", reason="asked for")
    contents = list(RecordedCases("record", store).parts(Limits(cases=2)))
    marked = [row for content in contents for row in content.erased]
    texts = [line for content in contents for line in content.payload.splitlines()]
    store.close()
    assert len(marked) == 1
    assert json.loads(texts[marked[0] - 1])["claim"]["claimant_id"] is None
    assert all(content.first_row <= row < content.first_row + 2 for content in contents for row in content.erased)
