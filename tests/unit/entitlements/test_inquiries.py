"""An inquiry is parsed as strictly as a case, and the command answers it."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import Any, TypeAlias

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from rich.console import Console

from adjudicator import InputError, Instant
from adjudicator.analysis.entitlements import OrderInquiry, entitlements, entitlements_document, load_inquiry
from adjudicator.cli import main
from adjudicator.cli.pages.entitlements import entitlements_page
from adjudicator.cli.pages.layout import Marks
from adjudicator.testing import (
    AS_OF,
    PLACED_AT,
    Json,
    a_case,
    a_line,
    a_settlement,
    an_order,
    case_documents,
    cases,
    invalid_documents,
    nearly_valid_documents,
)
from adjudicator.wire.codec import case_document, case_from, load_case
from adjudicator.words import LANGUAGES, Words
from entitlements.asking import DAMAGE, entitlements_of, few, for_every_guarantee, some


def an_inquiry(**changes: Any) -> Json:
    """An inquiry in JSON."""
    case = case_document(a_case(DAMAGE))
    return {"as_of": case["as_of"], "order": case["order"], **changes}


def faults_of(document: Any) -> dict[str, str]:
    """The faults of an inquiry, by place."""
    with pytest.raises(InputError) as refused:
        load_inquiry(json.dumps(document))
    return {fault.pointer: fault.expected for fault in refused.value.faults}


def test_an_inquiry_is_an_order_and_an_instant() -> None:
    """No settlements is the same as an empty list."""
    for document in (an_inquiry(), an_inquiry(settlements=None), an_inquiry(settlements=[])):
        inquiry = load_inquiry(json.dumps(document))
        assert (inquiry.as_of, inquiry.order, inquiry.settlements) == (AS_OF, an_order(), ())
    paid = a_case(DAMAGE, settlements=[a_settlement(500)])
    assert load_inquiry(json.dumps(case_document(paid))).settlements == paid.settlements


@for_every_guarantee
@few
@given(data=st.data())
def test_the_claim_and_the_evidence_of_a_whole_case_are_ignored(policy: str, data: st.DataObject) -> None:
    """Whatever they contain, even if they cannot be parsed."""
    document = data.draw(case_documents(policy))
    case = case_from(document)
    for other in (document, {**document, "claim": "nonsense", "evidence": 7, "id": None, "policy": "no.such.policy"}):
        assert load_inquiry(json.dumps(other)) == OrderInquiry(
            as_of=case.as_of, order=case.order, settlements=case.settlements
        )


@for_every_guarantee
@some
@given(data=st.data())
def test_an_inquiry_is_read_as_strictly_as_a_case(policy: str, data: st.DataObject) -> None:
    """A fault of the order or a settlement has the same place and words."""
    nearly = data.draw(nearly_valid_documents(policy))
    assume(nearly.pointer.split("/")[1:2] in (["order"], ["settlements"], ["as_of"]))
    assume("/-" not in nearly.pointer and isinstance(nearly.document, dict))
    with pytest.raises(InputError) as refused:
        load_case(json.dumps(nearly.document))
    as_a_case = {fault.pointer: fault.expected for fault in refused.value.faults}
    assume(nearly.pointer in as_a_case and nearly.pointer != "/settlements")
    assert faults_of(nearly.document)[nearly.pointer] == as_a_case[nearly.pointer]


@given(invalid_documents())
def test_any_input_is_an_inquiry_or_a_fault(text: bytes) -> None:
    """Never anything else."""
    with suppress(InputError):
        load_inquiry(text)


def test_every_fault_of_an_inquiry_is_reported() -> None:
    """All at once: missing, unknown and impossible values."""
    order = {**case_document(a_case(DAMAGE))["order"], "currency": "yuan"}
    assert faults_of({"order": order, "lines": []}).keys() == {"/as_of", "/order/currency", "/lines"}
    assert faults_of([]) == {"": "an object"}
    assert faults_of({}).keys() == {"/as_of", "/order"}
    assert faults_of(an_inquiry(order={})).keys() >= {"/order/id", "/order/lines"}
    assert faults_of(an_inquiry(order={**order, "currency": "CNY", "lines": []})).keys() >= {"/order/lines"}
    assert faults_of(an_inquiry(as_of=str(Instant(PLACED_AT - 1)))).keys() == {"/order/placed_at"}


Run: TypeAlias = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsysbinary: pytest.CaptureFixture[bytes]) -> Run:
    """Run the command in this process, with some documents, one a line, as its standard input."""
    for name in ("LC_ALL", "LC_MESSAGES", "LANG", "NO_COLOR", "FORCE_COLOR", "COLUMNS", "TTY_COMPATIBLE"):
        monkeypatch.delenv(name, raising=False)

    def run(*arguments: str, given: Iterable[Any]) -> tuple[int, str, str]:
        lines = b"\n".join(json.dumps(each).encode() for each in given)
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(lines)))
        capsysbinary.readouterr()
        status = main(("entitlements", "-", *arguments))
        out, err = capsysbinary.readouterr()
        return status, out.decode(), err.decode()

    return run


def test_json_output_has_one_line_for_each_inquiry(run: Run) -> None:
    """The function's document, or a fault in its place; one fault does not affect the other inquiries."""
    status, out, err = run("--format", "json", given=[an_inquiry(), {"order": 1}, an_inquiry()])
    lines = [json.loads(line) for line in out.splitlines()]
    assert status == 2
    assert lines[0] == lines[2] == json.loads(json.dumps(entitlements_document(entitlements(an_order(), AS_OF))))
    assert {fault["pointer"] for fault in lines[1]["error"]["faults"]} == {"/as_of", "/order"}
    assert err == "adjudicator entitlements: 1 of 3 invalid\n"
    assert run("--format", "json", given=[an_inquiry()])[0] == 0


def test_empty_input_is_not_an_inquiry(run: Run) -> None:
    """The error says what was expected."""
    status, out, err = run(given=[])
    assert (status, out) == (2, "")
    assert "expected an inquiry about an order" in err


def test_a_page_shows_deadline_amount_path_and_requirements(run: Run) -> None:
    """For each guarantee: until when, how much, how to file, and what is required."""
    status, out, err = run(given=[an_inquiry()])
    assert (status, err) == (0, "")
    lines = out.splitlines()
    assert lines[:3] == ["Order 4821780700279174718 as at 27 March 2022, 12:00 Beijing time", "", "Line L1"]
    first = next(index for index, line in enumerate(lines) if line.startswith("  ✓"))
    assert lines[first : first + 8] == [
        "  ✓ Authenticity guarantee (DG.1): open until midnight at the end of 24 June",
        "    2022 (Beijing time)",
        "      At most CNY 2,861.00: Refund CNY 259.00, Compensation CNY 2,590.00 and",
        "      Postage CNY 12.00",
        "      How to file: filed through: the order page; reason: counterfeit; demands:",
        "      refund and ten times the price",
        "      → From the consumer: proof that the goods are counterfeit",
        "        Either: evidence: an appraisal report; issued by: the brand's right",
    ]


def test_lines_that_can_be_claimed_together_are_listed_at_the_end(run: Run) -> None:
    """Only if there are several, and there is money."""
    order = case_document(a_case(DAMAGE, order=an_order(a_line("L1"), a_line("L2"))))["order"]
    found = run(given=[an_inquiry(order=order)])[1]
    assert found.endswith(
        "In one claim\n"
        "  • Authenticity guarantee (DG.1): L1 and L2, at most CNY 5,710.00\n"
        "  • Damage return (DG.3): L1 and L2, at most CNY 577.12\n"
    )
    assert "In one claim" not in run(given=[an_inquiry()])[1]


def test_faults_of_one_record_appear_between_the_pages_of_others(run: Run) -> None:
    """In place of the page."""
    status, out, _ = run("--locale", "zh-CN", given=[an_inquiry(), {"order": 1}])
    assert status == 2
    assert "✗ 第 2 行不是可以读取的订单" in out


@pytest.mark.parametrize("language", LANGUAGES)
@for_every_guarantee
@few
@given(data=st.data())
def test_every_page_is_complete(policy: str, language: str, data: st.DataObject) -> None:
    """Every answer has its text."""

    def say(self: Words, code: str, **params: object) -> str:
        assert code in self, code
        text: str = self._texts.gettext(code)
        return text.format_map(params)

    case = data.draw(cases(policy))
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(Words, "say", say)
        console = Console(width=100, markup=False, highlight=False, no_color=True)
        with console.capture() as captured:
            console.print(entitlements_page(entitlements_of(case, policy), language, Marks()))
    assert case.order.id in captured.get()
