"""Every policy obeys the laws, on generated cases."""

from __future__ import annotations

import doctest
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from random import Random
from typing import Any, Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import adjudicator
from adjudicator import Case, InputError, decide, dump_decision, load_case, testing
from adjudicator.engine.registry import editions, policies
from adjudicator.model.enumerations import Category, Ground, SettlementKind, Side, Submitter
from adjudicator.model.evidence import AppraisalReport, BarFinding, CourierStatement, Evidence, OfficialFinding
from adjudicator.testing import (
    Author,
    Json,
    a_bar_finding,
    a_case,
    a_courier_statement,
    a_damage_photo,
    a_line,
    a_package_photo,
    a_parcel,
    a_platform_ruling,
    a_settlement,
    an_appraisal,
    an_official_finding,
    an_order,
    builders,
    case_documents,
    cases,
    invalid_documents,
    laws,
    steering,
)
from adjudicator.testing.applicable_laws import OF_CLAIMS, OF_EVERY_CASE, OF_PAYMENTS, law_name, laws_of_a_process
from adjudicator.wire.codec import case_from, dump_case
from admissions import IN_ORDER
from documents import OF_OTHER_KINDS, documents
from douyin_xingtu.task import EDITION as TASKS
from returns import SEVEN_DAYS, a_return, a_returned_line

CLAIMS: Final = ("douyin_global.authenticity", "douyin_global.damage", "douyin_global.local_return", SEVEN_DAYS)
PAYING: Final = (*CLAIMS[:2], SEVEN_DAYS)
ADMISSION: Final = "douyin_alliance.admission"
TENFOLD: Final = 10

Citation = Callable[[Any], None]


def waits_to_be_verified(evidence: Evidence) -> bool:
    """Readings R25, R29, R33: reports, rulings, statements and a merchant's proof count only once they are verified."""
    if isinstance(evidence, BarFinding):
        return evidence.submitted_by is Submitter.MERCHANT
    return isinstance(evidence, (AppraisalReport, OfficialFinding, CourierStatement))


def never_a_guess(case: Case) -> None:
    """The law, with the documents that wait for verification."""
    laws.never_a_guess(case, laws.completions(case, awaited=waits_to_be_verified, at_most=24))


@pytest.mark.parametrize("policy", CLAIMS)
def test_never_a_guess_holds_as_documented(policy: str) -> None:
    """Without the argument, the edition decides which documents wait for verification, in accordance with the readings."""
    dice = Random(policy)
    for _ in range(40):
        case = case_from(Author(dice.randrange, steering(policy)).case(policy))
        laws.never_a_guess(case, laws.completions(case, at_most=8))


def findings_are_complete(case: Any) -> None:
    """The law, for the governing edition."""
    laws.findings_are_complete(case, policies()[case.policy][0])


OF_MONEY: Final[tuple[Citation, ...]] = (
    partial(laws.money_stays_within_what_was_paid, times_the_price=TENFOLD),
    *OF_PAYMENTS,
    laws.a_proof_is_used_up,
)


def hold(law: Citation, of: st.SearchStrategy[Any]) -> None:
    """Check that a law holds for every example."""

    @given(of)
    def check(case: Any) -> None:
        law(case)

    check()


@pytest.mark.parametrize("policy", CLAIMS)
@pytest.mark.parametrize("law", [*OF_EVERY_CASE, findings_are_complete, *OF_CLAIMS, never_a_guess], ids=law_name)
def test_claims_obey(law: Citation, policy: str) -> None:
    """A law of claims holds for every case."""
    hold(law, cases(policy))


@pytest.mark.parametrize("policy", PAYING)
@pytest.mark.parametrize("law", OF_MONEY, ids=law_name)
def test_payments_obey(law: Citation, policy: str) -> None:
    """A law of money holds for every case of a policy that pays."""
    hold(law, cases(policy))


@pytest.mark.parametrize("policy", OF_OTHER_KINDS)
@pytest.mark.parametrize("law", [*OF_EVERY_CASE, findings_are_complete], ids=law_name)
def test_cases_of_other_kinds_obey(law: Citation, policy: str) -> None:
    """A law on cases in general holds for applications, checks and conduct too."""
    hold(law, documents(policy).map(case_from))


@pytest.mark.parametrize("law", laws_of_a_process(TASKS), ids=law_name)
def test_processes_obey(law: Citation) -> None:
    """A law of processes holds for every history."""
    hold(law, documents(TASKS.policy).map(case_from))


@pytest.mark.parametrize("policy", CLAIMS)
def test_order_does_not_matter(policy: str) -> None:
    """Evidence, parcels, settlements and the order's lines can be in any order."""

    @given(cases(policy), st.integers(0, 2**32))
    def check(case: Case, number: int) -> None:
        laws.order_does_not_matter(case, Random(number))

    check()


@pytest.mark.parametrize("policy", PAYING)
def test_no_sequence_overpays(policy: str) -> None:
    """However often an order is claimed, decided and paid, no line gets more than its cap."""

    @given(cases(policy), st.integers(0, 2**32))
    def check(case: Case, number: int) -> None:
        laws.no_sequence_overpays(case, Random(number), times_the_price=TENFOLD)

    check()


@given(cases("douyin_global.damage"))
def test_a_damage_claim_gives_back_no_more_than_the_order_cost(case: Case) -> None:
    """Refund, tax and postage together never exceed what remains of the amount paid for the order."""
    laws.no_more_comes_back_than_the_order_cost(case)


PROOFS: Final[dict[str, tuple[Evidence, ...]]] = {
    "douyin_global.authenticity": (an_appraisal(units_covered=9),),
    "douyin_global.damage": (a_damage_photo(units_covered=9),),
}


@pytest.mark.parametrize("policy", PAYING)
def test_parts_add_up_to_the_minor_unit(policy: str) -> None:
    """Claimed and paid one after another, the units of a proven line get exactly what they get together."""

    @given(
        st.integers(1, 9),
        st.integers(0, 10_000),
        st.integers(0, 100),
        st.lists(st.tuples(st.sampled_from(SettlementKind), st.integers(0, 3_000)), max_size=3),
    )
    def check(units: int, goods: int, tax: int, paid: list[tuple[SettlementKind, int]]) -> None:
        line = a_line(quantity=units, goods_paid=goods, tax_paid=tax)
        settlements = (a_settlement(amount, kind) for kind, amount in paid)
        if policy == SEVEN_DAYS:
            plain = a_returned_line(quantity=units, goods_paid=goods, tax_paid=tax)
            laws.parts_add_up(a_return(plain, settlements=settlements))
        else:
            laws.parts_add_up(a_case(policy, *PROOFS[policy], order=an_order(line), settlements=settlements))

    check()


def test_one_edition_governs() -> None:
    """Exactly one edition governs every instant from a policy's first edition on, and none before."""
    laws.one_edition_governs(editions())


def test_laws_hold_no_rule() -> None:
    """The laws and the strategies cite no rule and no reading, because they are for everybody's policies."""
    root = Path(adjudicator.__file__).parent
    for path in (root / "testing").rglob("*.py"):
        cited = re.findall(r"\b(?:DG|DA|DX|PO|PV)\.\d|\bR\d+\b|douyin|pinduoduo", path.read_text("utf-8"))
        assert not cited, f"{path.name} cites {cited}"


# In another process


DECIDE_STDIN: Final = """
import sys
from adjudicator import decide
from adjudicator import dump_decision
from adjudicator import load_case
for line in sys.stdin.buffer:
    sys.stdout.buffer.write(dump_decision(decide(load_case(line))) + b"\\n")
"""


def test_another_process_decides_the_same() -> None:
    """The same cases give the same bytes in another process, whatever its hash seed."""
    documents: list[bytes] = []

    @settings(max_examples=60)
    @given(st.one_of(*map(cases, CLAIMS), *(each().map(case_from) for each in OF_OTHER_KINDS.values())))
    def collect(case: Any) -> None:
        documents.append(dump_case(case))

    collect()
    here = [dump_decision(decide(load_case(document))) for document in documents]
    for seed in ("1", "4242"):
        done = subprocess.run(
            [sys.executable, "-c", DECIDE_STDIN],
            input=b"\n".join(documents),
            capture_output=True,
            check=True,
            env=os.environ | {"PYTHONHASHSEED": seed},
        )
        assert done.stdout.splitlines() == here


# Input of any kind


@settings(max_examples=5 * settings().max_examples)
@given(invalid_documents())
def test_input_of_any_kind_is_read_or_refused(text: bytes) -> None:
    """Any input is either a case or a list of faults."""
    try:
        load_case(text)
    except InputError as error:
        faults = error.faults
    else:
        return
    assert faults
    assert all(str(fault).isprintable() for fault in faults)


VALID: Final = dump_case(a_case(CLAIMS[0])).decode()


@pytest.mark.parametrize(
    ("text", "pointer"),
    [
        ("", ""),
        ("null", ""),
        ("[]", ""),
        ("[" * 100_000, ""),
        ('{"a":' * 1_000 + "1" + "}" * 1_000, ""),
        (VALID[:-1], ""),
        (VALID + VALID, ""),
        (VALID.replace('"id":"case-1"', '"id":"case-1","id":"case-2"'), "/id"),
        (VALID.replace('"goods_paid":25900', '"goods_paid":25900,"goods_paid":25900'), "/order/lines/0/goods_paid"),
        (VALID.replace("25900", "NaN"), "/order/lines/0/goods_paid"),
        (VALID.replace("25900", "-Infinity"), "/order/lines/0/goods_paid"),
        (VALID.replace("25900", "25900.0"), "/order/lines/0/goods_paid"),
        (VALID.replace("25900", "2.59e4"), "/order/lines/0/goods_paid"),
        (VALID.replace("25900", "9" * 5_000), None),
        (VALID.replace("buyer-7", "\\ud800"), "/claim/claimant_id"),
    ],
    ids=lambda value: repr(value)[:24],
)
def test_what_is_no_case_is_refused(text: str, pointer: str | None) -> None:
    """Input that JSON or a lenient parser would accept is refused at its place."""
    with pytest.raises(InputError) as refused:
        load_case(text)
    assert pointer is None or pointer in {fault.pointer for fault in refused.value.faults}


@pytest.mark.parametrize("policy", CLAIMS)
def test_a_case_reads_the_same_in_any_zone_and_spelling(policy: str) -> None:
    """The spelling of instants, and null or absent members for unknown facts, do not change a byte."""

    @given(case_documents(policy))
    def check(document: Json) -> None:
        written = case_from(document)
        assert dump_decision(decide(load_case(dump_case(written)))) == dump_decision(decide(written))

    check()


# The builders


@pytest.mark.parametrize("policy", CLAIMS)
def test_a_built_case_is_valid(policy: str) -> None:
    """The builders' parts combine to a valid case."""
    order = an_order(a_line("L1", category=Category.FOOD), a_line("L2", quantity=2), parcels=(a_parcel("L1", "L2"),))
    case = a_case(
        policy,
        an_appraisal("E1"),
        an_official_finding("E2"),
        a_package_photo("E3"),
        a_damage_photo("E4"),
        a_courier_statement("E5"),
        a_bar_finding(Ground.GOODS_SWAPPED, "E6"),
        a_platform_ruling(Side.CONSUMER, "E7"),
        order=order,
        settlements=(a_settlement(1), a_settlement(1, SettlementKind.POSTAGE)),
    )
    assert load_case(dump_case(case)) == case


def test_the_examples_of_the_builders_hold() -> None:
    """The examples in the docstrings of the builders are right."""
    results = [doctest.testmod(module) for module in (testing, builders)]
    assert sum(each.attempted for each in results) >= 15
    assert not any(each.failed for each in results)


def test_strategies_for_claims_refuse_other_policies() -> None:
    """For a policy that decides no claims, the error says what to use instead."""
    with pytest.raises(TypeError, match="variations"):
        testing.steering(ADMISSION)


@pytest.mark.parametrize(
    ("policy", "evidence"),
    [(CLAIMS[0], an_appraisal()), (CLAIMS[1], a_damage_photo()), (CLAIMS[2], None)],
)
def test_a_case_in_order_is_approved(policy: str, evidence: Evidence | None) -> None:
    """Under each guarantee, a claim with the builders' defaults is approved once there is proof."""
    assert decide(a_case(policy, *([evidence] if evidence else []))).outcome == "approved"


def test_an_application_in_order_is_admitted() -> None:
    """The application that all others are derived from is admitted."""
    assert decide(case_from(json.loads(json.dumps(IN_ORDER)))).outcome == "admitted"
