"""Tables of cases: rows are read as intended, and ambiguous or wrong ones are refused by row and column."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from adjudicator import Instant, decide
from adjudicator.testing import a_case, a_line, a_parcel, an_appraisal, an_order
from adjudicator.testing.tables import CaseRow, TableError, read_table
from adjudicator.testing.tables.comparing import run_row
from adjudicator.wire.codec import case_document, dump_case
from adjudicator.wire.pointer import at

POLICY = "douyin_global.authenticity"

Table = Callable[..., tuple[CaseRow, ...]]


@pytest.fixture
def table(tmp_path: Path) -> Table:
    """Read a table that is next to two base cases: ``proven.json``, and ``two.json`` with two lines."""
    two = an_order(a_line("L1"), a_line("L2"), parcels=(a_parcel(line_ids=("L1", "L2")),))
    (tmp_path / "proven.json").write_bytes(dump_case(a_case(POLICY, an_appraisal())))
    (tmp_path / "two.json").write_bytes(dump_case(a_case(POLICY, order=two)))

    def read(text: str, name: str = "some.cases.yaml") -> tuple[CaseRow, ...]:
        (tmp_path / name).write_text(text, "utf-8")
        return read_table(tmp_path / name)

    return read


def csv(table: Table, *lines: str) -> tuple[CaseRow, ...]:
    return table("\n".join(lines), "some.cases.csv")


def value(row: CaseRow, pointer: str) -> Any:
    return at(case_document(row.case), pointer)


def test_a_column_names_a_fact_or_its_place(table: Table) -> None:
    facts = "{filed_through: other, order.postage_paid: 5, /claim/requested_amount: 7}"
    (row,) = table(f"case: proven.json\nrows: [{{name: a, facts: {facts}, outcome: denied}}]")
    assert value(row, "/claim/filed_through") == "other"
    assert (value(row, "/order/postage_paid"), value(row, "/claim/requested_amount")) == (5, 7)


def test_a_fact_of_a_line_is_put_into_the_line(table: Table) -> None:
    (row,) = table("case: proven.json\nrows: [{name: a, facts: {category: food}, outcome: approved}]")
    assert value(row, "/order/lines/0/category") == "food"


def test_dates_and_words_of_yaml_are_read_as_text(table: Table) -> None:
    """Plain YAML would read a date, ``False`` and 8."""
    facts = "{as_of: 2022-06-01T08:00:00+08:00, order.lines.0.title: no, order.lines.0.barcode: 010}"
    (row,) = table(f"case: proven.json\nrows: [{{name: a, facts: {facts}, outcome: denied}}]")
    assert row.case.as_of == Instant.parse("2022-06-01T08:00:00+08:00")
    assert (value(row, "/order/lines/0/title"), value(row, "/order/lines/0/barcode")) == ("no", "010")


def test_a_cell_is_a_text_if_the_case_has_one(table: Table) -> None:
    rows = csv(
        table,
        "\ufeffname,case,outcome,order.lines.0.barcode,order.postage_paid,category,claim.demands",
        "a,proven.json,denied,0123,12,null,[]",
        "b,,denied,,,,",
    )
    assert [value(rows[0], f"/order/{each}") for each in ("lines/0/barcode", "postage_paid")] == ["0123", 12]
    assert value(rows[0], "/order/lines/0/category") is None
    assert rows[1].case == a_case(POLICY, an_appraisal()), (
        "an empty cell changes nothing, and an empty case is the one above"
    )


def test_a_row_is_compared_with_what_was_decided(table: Table) -> None:
    total = {each.kind.value: each.amount for each in decide(a_case(POLICY, an_appraisal())).awards}
    money = ", ".join(f"{kind}: {amount}" for kind, amount in total.items())
    rows = table(
        "case: proven.json\nrows:\n"
        f"- {{name: all of it, outcome: approved, money: {{{money}}}, needs: []}}\n"
        "- {name: outcome, outcome: denied}\n"
        "- {name: money, money: {refund: 1}}\n"
        "- {name: no money, money: {}}\n"
        "- {name: needs, needs: [signing_time]}\n"
        "- {name: open, facts: {/evidence: []}, needs: [counterfeit_proof]}\n"
        "- {name: not open, facts: {/evidence: []}, needs: []}\n"
    )
    reports = [run_row(row) for row in rows]
    assert [report is None for report in reports] == [True, False, False, False, False, True, False]
    assert "outcome: expected denied, got approved" in str(reports[1])
    listed = ", ".join(f"{kind} {amount}" for kind, amount in sorted(total.items()))
    assert f"money: expected refund 1, got {listed}" in str(reports[2])
    assert "How the money came about:" in str(reports[2])
    assert f"money: expected nothing, got {listed}" in str(reports[3])
    assert "needs: expected signing_time, got nothing" in str(reports[4])
    assert "needs: expected nothing, got counterfeit_proof" in str(reports[6])


def test_an_amount_of_nothing_is_no_award(table: Table) -> None:
    facts = "{filed_through: other}"
    (row,) = table(f"case: proven.json\nrows: [{{name: a, facts: {facts}, money: {{refund: 0, tax: 0}}}}]")
    assert run_row(row) is None


def test_a_report_shows_the_decisive_findings_and_their_facts(table: Table) -> None:
    (row,) = table("case: proven.json\nrows: [{name: late, facts: {filed_through: other}, outcome: approved}]")
    report = str(run_row(row))
    assert "row 1: late" in report
    assert "The case is proven.json, with\n    filed_through: other" in report
    assert f"Decided by {POLICY}, edition 2022-03-15:" in report
    assert "speaks for" not in report, "what supports the claim did not decide against it"
    assert "filed_through: other" in report.partition("Decided by")[2]


FAULTS = {
    "rows: 3": "some.cases.yaml: column rows: expected a list of rows",
    "rows: []": "some.cases.yaml: the table has no rows",
    "rows: [": "some.cases.yaml: this is no YAML: ",
    "a: 1\nrows: []": "some.cases.yaml: column a: a table has no such field",
    "a: &b 1\nrows: *b": "write the value again instead of an alias",
    "rows: []\nrows: []": "line 2: rows stands there twice",
    "rows: [1]": "some.cases.yaml, row 1: expected fields such as name and outcome, got 1",
    "rows: [{name: a, filed_at: x}]": "row 1, column filed_at: a row has no such field; facts stand below facts",
    "rows: [{name: a, facts: [1]}]": "row 1, column facts: expected names with values, got a list of 1",
    "rows: [{name: a, needs: x}]": 'row 1, column needs: expected a list of needs, got "x"',
    "rows: [{outcome: denied}]": "row 1, column name: every row needs a name",
    "rows: [{name: a, outcome: denied}]": "row 1, column case: no base case is named",
    "case: gone.json\nrows: [{name: a}]": 'row 1, column case: "gone.json": No such file or directory',
    "case: some.cases.yaml\nrows: [{name: a}]": 'row 1, column case: "some.cases.yaml" is no valid case: ',
    "case: proven.json\nrows: [{name: a}]": "row 1, column outcome: the row expects nothing",
    "case: proven.json\nrows: [{name: a, outcome: maybe}]": "row 1, column outcome: expected one of approved, ",
    "case: proven.json\nrows: [{name: a, money: {gold: 1}}]": "column money.gold: there is no such kind of money; there are refund",
    "case: proven.json\nrows: [{name: a, money: {tax: 1.5}}]": 'column money.tax: expected an amount in minor units, such as 1991 for 19.91, got "1.5"',
    "case: proven.json\nrows: [{name: a, money: {tax: -1}}]": "column money.tax: expected an amount in minor units",
    "case: proven.json\nrows: [{name: a, facts: {filed_trough: x}}]": "column filed_trough: there is no such fact and no such place",
    "case: proven.json\nrows: [{name: a, facts: {claim.items.x: 1}}]": "column claim.items.x: there is no such fact",
    "case: proven.json\nrows: [{name: a, facts: {category: foo}}]": "column category: expected one of food, ",
    "case: two.json\nrows: [{name: a, facts: {category: food}}]": (
        "column category: category stands in several places; write one of order.lines.0.category, order.lines.1.category"
    ),
    "case: proven.json\nrows: [{name: a, needs: []}, {name: a, needs: []}]": 'row 2, column name: "a" stands there twice',
}


@pytest.mark.parametrize(("text", "expected"), FAULTS.items())
def test_a_bad_table_names_the_row_and_the_column(table: Table, text: str, expected: str) -> None:
    with pytest.raises(TableError) as refused:
        table(text)
    assert expected in str(refused.value)


@pytest.mark.parametrize(
    ("lines", "found"),
    [
        (["name,outcome", "a,denied"], "column case: the header lacks it"),
        (["name,case,case", "a,b,c"], "column case: the header names it twice"),
        (["name,case,", "a,proven.json,"], "column 3 has no name in the header"),
        (["name,case,outcome", "a,proven.json,denied,x"], "row 1: 4 cells, but 3 columns"),
        (["name,case,outcome", '"a,proven.json,denied'], "is no CSV"),
        (
            ["name,case,needs,order.postage_paid", "a,proven.json,,a lot"],
            "row 1, column order.postage_paid: expected a number",
        ),
        (
            ["name,case,needs,order.postage_paid", "", "a,proven.json,,-1"],
            "row 1, column order.postage_paid: expected an integer",
        ),
    ],
)
def test_a_bad_table_in_csv_names_the_row_and_the_column(table: Table, lines: list[str], found: str) -> None:
    with pytest.raises(TableError) as refused:
        csv(table, *lines)
    assert found in str(refused.value)


def test_all_faults_are_reported_at_once_and_those_of_a_base_case_only_once(table: Table) -> None:
    with pytest.raises(TableError) as refused:
        csv(
            table,
            "name,case,outcome,category",
            "a,gone.json,denied,",
            "b,,denied,",
            "c,proven.json,maybe,",
            "d,,denied,foo",
        )
    assert [(each.row, each.column) for each in refused.value.faults] == [(1, "case"), (3, "outcome"), (4, "category")]


def test_a_table_that_is_too_long_is_refused(table: Table) -> None:
    with pytest.raises(TableError, match="at most 10000 rows"):
        csv(table, "name,case,outcome", *(f"{number},proven.json,denied" for number in range(10_001)))
    with pytest.raises(TableError, match="at most 1048576 bytes"):
        csv(table, "name,case,outcome", "x" * 2**20)
