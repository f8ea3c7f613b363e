"""The rows of a decision say the same as ``decide``, for any kind of case."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from adjudicator import adjudicate, decide, dump_decision, load_case
from adjudicator.bulk import SCHEMA, BulkOptions
from adjudicator.bulk.deciding import decide_texts
from adjudicator.bulk.rows import Rows
from adjudicator.engine.registry import policies
from adjudicator.model.time import Instant
from bulk.conftest import sampled
from bulk.reading import expected_rows, rows_of
from cli.running import DENIED, EXAMPLES, PAID, WAITING, in_bytes
from documents import documents

BROKEN = (b"{", b"[]", b'{"id": 1}', b"\xff", b"null")


def compared(row: dict[str, Any], expected: dict[str, Any]) -> dict[str, Any]:
    """The values of a row in the expected columns."""
    found = {name: row[name] for name in expected}
    if row["as_of"] is not None:
        found["as_of"] = Instant.at(row["as_of"])
    return found


@given(st.data())
def test_the_rows_of_a_batch_agree_with_decide_case_by_case(data: st.DataObject) -> None:
    """Cases of every policy, broken ones included: same order, same values, no case missing or repeated."""
    texts = [orjson.dumps(data.draw(documents(policy))) for policy in policies()]
    texts.insert(data.draw(st.integers(0, len(texts))), data.draw(st.sampled_from(BROKEN)))
    rows = rows_of(texts)
    expected = [(number, row) for number, text in enumerate(texts, 1) for row in expected_rows(text)]
    assert [row["row"] for row in rows] == [number for number, _ in expected]
    for row, (_, values) in zip(rows, expected, strict=True):
        assert compared(row, values) == values


def test_the_made_up_history_is_decided_row_by_row_and_the_money_adds_up() -> None:
    rows = rows_of(sampled())
    expected = [row for text in sampled() for row in expected_rows(text)]
    assert [compared(row, values) for row, values in zip(rows, expected, strict=True)] == expected
    decisions = [decide(load_case(text)) for text in sampled()]
    paid = [row[kind] or 0 for row in rows for kind in ("refund", "compensation", "tax", "postage")]
    assert sum(paid) == sum(each.total or 0 for each in decisions) > 0
    assert Counter(row["case_outcome"] for row in rows if row["part"] == 0) == Counter(
        str(each.outcome) for each in decisions
    )


def test_postage_is_in_a_row_of_its_own() -> None:
    line, order = rows_of([in_bytes(EXAMPLES[PAID])])
    assert (line["part"], line["line_id"], line["outcome"]) == (0, "L1", "partially_approved")
    assert (line["units_claimed"], line["units"]) == (3, 2)
    assert (line["refund"], line["compensation"], line["postage"]) == (6667, 66670, 0)
    assert (order["part"], order["line_id"], order["outcome"], order["postage"]) == (1, None, None, 1200)


def test_two_awards_of_one_kind_on_one_line_are_added_up() -> None:
    decision = json.loads(adjudicate(in_bytes(EXAMPLES[PAID])))
    decision["awards"].append(decision["awards"][0] | {"amount": 1})
    rows = Rows()
    rows.add_decision(1, in_bytes(decision))
    assert rows.batch().to_pylist()[0]["refund"] == 6668


def test_a_row_names_what_defeats_a_claim_and_what_is_asked_for() -> None:
    denied, waiting = rows_of([in_bytes(EXAMPLES[DENIED]), in_bytes(EXAMPLES[WAITING])])
    assert denied["defeated_by"] == ["filed_within_the_damage_window"]
    assert waiting["undecided"] == ["counterfeit_is_proven"]
    assert waiting["requests"] == [{"to": "platform", "need": "verification"}]


def test_an_invalid_case_is_a_row_with_all_its_faults() -> None:
    broken = json.loads(in_bytes(EXAMPLES[PAID]))
    broken["order"]["currency"] = "yuan"
    broken["claim"]["items"][0]["quantity"] = "3"
    (row,) = rows_of([in_bytes(broken)])
    assert [each["pointer"] for each in row["faults"]] == ["/claim/items/0/quantity", "/order/currency"]
    assert row["error_pointer"] == "/claim/items/0/quantity"
    assert row["error_message"].startswith("expected an integer")
    assert {name for name, value in row.items() if value is not None} == {
        *("row", "part", "case_id", "policy", "error_pointer", "error_message", "faults")
    }


def test_a_case_that_cannot_be_decided_is_found_by_what_it_calls_itself() -> None:
    texts = [{"id": "odd", "policy": "unheard_of"}, {"id": 7}, {"id": "x" * 201}, ["odd"]]
    rows = rows_of([*map(in_bytes, texts), b"{"])
    assert [(row["case_id"], row["policy"]) for row in rows] == [("odd", "unheard_of"), *[(None, None)] * 4]


def test_a_policy_that_breaks_down_costs_no_other_case_its_decision(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(text: bytes, *_: object) -> bytes:
        if PAID.encode() in text:
            raise ZeroDivisionError("division by zero")
        return adjudicate(text)

    monkeypatch.setattr("adjudicator.bulk.deciding.adjudicate", broken)
    failed, decided = rows_of([in_bytes(EXAMPLES[PAID]), in_bytes(EXAMPLES[DENIED])])
    assert failed["error_message"] == "internal error: ZeroDivisionError: division by zero"
    assert (failed["case_id"], failed["policy"]) == (EXAMPLES[PAID]["id"], EXAMPLES[PAID]["policy"])
    assert decided["outcome"] == "denied"


def test_the_whole_decision_is_in_the_first_row_of_its_case() -> None:
    text = in_bytes(EXAMPLES[PAID])
    first, second = rows_of([text], options=BulkOptions(decisions=True))
    assert first["decision"].encode() == dump_decision(decide(load_case(text)))
    assert second["decision"] is None
    assert "decision" not in SCHEMA.names


@pytest.mark.parametrize(
    ("options", "outcomes"),
    [
        (BulkOptions(policies=("douyin_global.damage",)), ["denied"]),
        (BulkOptions(policies=("douyin_global.authenticity",)), ["partially_approved", "needs_information"]),
        (BulkOptions(editions={"douyin_global.damage": "2022-03-15"}), ["partially_approved", "denied", "needs_information"]),
        (BulkOptions(editions={"douyin_global.damage": None}), ["partially_approved", None, "needs_information"]),
    ],
)  # fmt: skip
def test_options_choose_the_cases_and_the_edition(options: BulkOptions, outcomes: list[str | None]) -> None:
    texts = [in_bytes(EXAMPLES[name]) for name in (PAID, DENIED, WAITING)]
    assert [row["case_outcome"] for row in rows_of(texts, options=options) if row["part"] == 0] == outcomes


def test_every_case_may_be_decided_as_at_one_instant() -> None:
    moment = Instant.parse("2030-01-01T00:00:00Z")
    rows = rows_of([in_bytes(EXAMPLES[PAID]), in_bytes(EXAMPLES[WAITING])], options=BulkOptions(as_of=moment))
    assert {Instant.at(row["as_of"]) for row in rows} == {moment}
    (early,) = rows_of([in_bytes(EXAMPLES[DENIED])], options=BulkOptions(as_of=Instant.parse("2022-03-20T00:00:00Z")))
    assert early["error_pointer"] == "/claim/filed_at"


def test_an_invalid_case_of_a_policy_that_is_left_out_is_left_out_too() -> None:
    texts = [in_bytes({"policy": "douyin_global.damage"}), in_bytes({"policy": "unheard_of"}), b"{"]
    rows = rows_of(texts, options=BulkOptions(policies=("pinduoduo.virtual_arrival",)))
    assert [row["row"] for row in rows] == [2, 3]


def test_an_erased_case_of_a_policy_that_is_left_out_is_left_out_whatever_it_lacks() -> None:
    options = BulkOptions(policies=("pinduoduo.virtual_arrival",))
    _, counts = decide_texts([(1, in_bytes({"policy": "douyin_global.damage"}))], options, frozenset([1]))
    assert (counts.left_out, counts.faulty) == (1, 0)
