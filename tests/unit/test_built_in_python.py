"""A case built in Python is as safe as one parsed from JSON."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from typing import Any, Final

import pendulum
import pytest
from attrs import evolve

import adjudicator
from adjudicator import Case, InputError, Instant, decide, dump_case, dump_decision, load_case
from adjudicator.engine.registry import policies
from adjudicator.model.claim import Settlement
from adjudicator.model.enumerations import Channel, Demand, Programme, Reason, SettlementKind, Verification
from adjudicator.model.limits import MOST_ITEMS
from adjudicator.model.money import Minor
from adjudicator.model.time import SECOND
from adjudicator.testing import a_case, a_line, an_appraisal
from douyin_alliance.case import AdmissionCase, Product, Shop

AUTHENTICITY: Final = "douyin_global.authenticity"
PROVEN: Final = a_case(AUTHENTICITY, evidence=(an_appraisal(),))


def loosely(value: Any) -> Any:
    """The value as ``Any``, so that type checkers accept it anywhere."""
    return value


def faults_of(build: Callable[[], Any]) -> dict[str, tuple[str, str]]:
    """The faults in an error: for each pointer the value and the expectation."""
    with pytest.raises(InputError) as refused:
        build()
    return {each.pointer: (each.value, each.expected) for each in refused.value.faults}


def with_claim(**fields: Any) -> Case:
    return evolve(PROVEN, claim=evolve(PROVEN.claim, **fields))


def with_line(**fields: Any) -> Case:
    line = evolve(PROVEN.order.lines[0], **fields)
    return evolve(PROVEN, order=evolve(PROVEN.order, lines=(line,)))


# Unambiguous values are converted


def test_text_is_accepted_for_an_enumeration() -> None:
    """The text of an enumeration value never silently changes a verdict."""
    claim = evolve(
        PROVEN.claim,
        reason=loosely("counterfeit"),
        filed_through=loosely("order_page"),
        demands=loosely(["refund", "tenfold_compensation"]),
    )
    order = evolve(PROVEN.order, merchant=evolve(PROVEN.order.merchant, programme=loosely("global")))
    evidence = (evolve(PROVEN.evidence[0], verification=loosely("verified")),)
    built = evolve(PROVEN, claim=claim, order=order, evidence=evidence)
    assert built.claim.reason is Reason.COUNTERFEIT
    assert built.claim.filed_through is Channel.ORDER_PAGE
    assert built.claim.demands == (Demand.REFUND, Demand.TENFOLD_COMPENSATION)
    assert built.order.merchant.programme is Programme.GLOBAL
    assert built.evidence[0].verification is Verification.VERIFIED
    assert dump_decision(decide(built)) == dump_decision(decide(PROVEN))


@pytest.mark.parametrize(
    "moment",
    [
        dt.datetime(2022, 3, 27, 1, 0, tzinfo=dt.UTC),
        pendulum.datetime(2022, 3, 27, 9, 0, tz="Asia/Shanghai"),
        "2022-03-27T09:00:00+08:00",
        Instant.parse("2022-03-27T01:00:00Z"),
    ],
    ids=["datetime", "pendulum", "text", "instant"],
)
def test_an_instant_may_be_an_aware_datetime_or_rfc_3339_text(moment: Any) -> None:
    filed_at = with_claim(filed_at=moment).claim.filed_at
    assert type(filed_at) is Instant
    assert filed_at == Instant.parse("2022-03-27T01:00:00Z")


def test_a_settlement_of_a_kind_in_text_counts_like_one_of_the_enumeration() -> None:
    line_id = PROVEN.order.lines[0].id
    in_text = Settlement(kind=loosely("refund"), amount=Minor(5), line_id=line_id)
    built = evolve(PROVEN, settlements=loosely([in_text]))
    assert built.settlements[0].kind is SettlementKind.REFUND
    assert decide(built) == decide(evolve(PROVEN, settlements=(evolve(in_text, kind=SettlementKind.REFUND),)))


def test_cases_of_packs_accept_the_same_values() -> None:
    """Decimals can be text, with exponents written out."""
    shop = Shop(id="S1", state=loosely("normal"), shop_score=loosely("4.2"), positive_review_rate=Decimal("8E+1"))
    built = AdmissionCase(
        id="A1",
        policy="douyin_alliance.admission",
        as_of=loosely("2026-01-02T03:04:05+08:00"),
        shop=shop,
        product=Product(id="P1"),
    )
    assert (built.shop.shop_score, str(built.shop.positive_review_rate)) == (Decimal("4.2"), "80")
    assert load_case(dump_case(built)) == built


def test_a_value_that_needs_no_conversion_stays_the_same_object() -> None:
    built = evolve(PROVEN)
    assert built.claim is PROVEN.claim
    assert built.order is PROVEN.order
    assert built.evidence is PROVEN.evidence


# Everything else is a fault with its place

A_MEMBER_OF: Final = "one of authenticity, damage, local_return"
AN_INSTANT: Final = "an RFC 3339 instant with an offset, as text"
IN_RANGE: Final = "an instant between the years 1000 and 9900"
LATE: Final = dt.datetime(9900, 1, 1, tzinfo=dt.UTC)
AN_INTEGER: Final = "an integer, at most 9007199254740991"


@pytest.mark.parametrize(
    ("build", "pointer", "value", "expected"),
    [
        (lambda: with_line(badges=["gold"]), "/order/lines/0/badges/0", '"gold"', A_MEMBER_OF),
        (lambda: with_line(badges="damage"), "/order/lines/0/badges", '"damage"', "a list"),
        (lambda: with_line(quantity=True), "/order/lines/0/quantity", "true", AN_INTEGER),
        (lambda: with_line(goods_paid=12.5), "/order/lines/0/goods_paid", "12.5", AN_INTEGER),
        (lambda: with_line(goods_paid=2**53), "/order/lines/0/goods_paid", str(2**53), AN_INTEGER),
        (lambda: with_line(id=7), "/order/lines/0/id", "7", "a string"),
        (lambda: with_claim(reason="fake"), "/claim/reason", '"fake"', None),
        (lambda: with_claim(reason=None), "/claim/reason", "null", "a value: it is required"),
        (lambda: with_claim(filed_at=dt.datetime(2022, 3, 27)), "/claim/filed_at", '"2022-03-27T00:00:00"', AN_INSTANT),  # noqa: DTZ001
        (lambda: with_claim(filed_at=dt.date(2022, 3, 27)), "/claim/filed_at", "2022-03-27", AN_INSTANT),
        (lambda: with_claim(filed_at=1_648_342_800), "/claim/filed_at", "1648342800", AN_INSTANT),
        (lambda: with_claim(filed_at=Instant(-(10**20))), "/claim/filed_at", str(-(10**20)), IN_RANGE),
        (lambda: with_claim(filed_at="9900-01-01T00:00:00Z"), "/claim/filed_at", '"9900-01-01T00:00:00Z"', IN_RANGE),
        (lambda: with_claim(filed_at=LATE), "/claim/filed_at", '"9900-01-01T00:00:00+00:00"', IN_RANGE),
        (
            lambda: with_claim(id="\ud800"),
            "/claim/id",
            r"'\ud800'",
            "text in Unicode, without half of a surrogate pair",
        ),
        (lambda: evolve(PROVEN, claim=loosely({})), "/claim", "an object with 0 fields", "an instance of Claim"),
        (lambda: evolve(PROVEN, evidence=loosely((PROVEN.claim,))), "/evidence/0", "an object of type Claim", None),
        (
            lambda: evolve(PROVEN, settlements=loosely(({"kind": "refund"},))),
            "/settlements/0",
            "an object with 1 fields",
            "an instance of Settlement",
        ),
        (lambda: evolve(PROVEN, metadata=loosely({"a": 3})), "/metadata/a", "3", "a string"),
        (lambda: evolve(PROVEN, metadata=loosely("a")), "/metadata", '"a"', "an object"),
        (
            lambda: evolve(PROVEN, evidence=PROVEN.evidence * (MOST_ITEMS + 1)),
            "/evidence",
            f"a list of {MOST_ITEMS + 1}",
            f"a list of at most {MOST_ITEMS}",
        ),
    ],
)
def test_ambiguous_values_are_refused_at_their_places(
    build: Callable[[], Any], pointer: str, value: str, expected: str | None
) -> None:
    found = faults_of(build)
    assert found[pointer][0] == value
    assert expected in (None, found[pointer][1])


class _Closed:
    """A row of the caller's whose session is closed: it cannot even be printed."""

    def __repr__(self) -> str:
        raise RuntimeError("the session is closed")


class _OfTwoLines:
    """An object that prints as two lines, the second in red."""

    def __str__(self) -> str:
        return "one\n\x1b[31mtwo"


@pytest.mark.parametrize(
    ("brand", "told"), [(_Closed(), "an object of type _Closed"), (_OfTwoLines(), "one\\n\\x1b[31mtwo")]
)
def test_an_object_that_cannot_be_shown_is_still_refused_at_its_place(brand: object, told: str) -> None:
    """Whatever its own code does, the fault has its pointer and fits on one line."""
    assert faults_of(lambda: with_line(brand=loosely(brand)))["/order/lines/0/brand"][0] == told


def test_every_fault_is_named_at_once() -> None:
    """Wrong types and inconsistent values, each at its place, each once."""
    found = faults_of(
        lambda: evolve(with_claim(), id=loosely(None), as_of=Instant(PROVEN.claim.filed_at - SECOND), policy=loosely(3))
    )
    assert {"/id", "/policy", "/claim/filed_at"} <= found.keys()


def test_a_line_without_units_is_named_and_not_the_claim_on_it() -> None:
    assert faults_of(lambda: with_line(quantity=0)).keys() == {"/order/lines/0/quantity"}


# Wrong arguments in place of a case

NOT_CASES: Final[tuple[Any, ...]] = ({}, {"id": "C1"}, None, 3, "C1", [], PROVEN.claim)


@pytest.mark.parametrize("value", NOT_CASES, ids=lambda value: type(value).__name__)
@pytest.mark.parametrize(
    "function",
    [
        adjudicator.decide,
        adjudicator.check,
        adjudicator.requirements,
        adjudicator.what_if,
        adjudicator.alternatives,
        adjudicator.ask_next,
        adjudicator.dump_case,
    ],
)
def test_what_is_no_case_is_an_input_error(function: Callable[[Any], Any], value: Any) -> None:
    assert faults_of(lambda: function(value)).keys() == {""}


@pytest.mark.parametrize("value", [{}, None, 3, [], b"", "", b"[]", "null", bytearray(b"{}")], ids=repr)
@pytest.mark.parametrize("function", [adjudicator.load_case, adjudicator.load_decision])
def test_what_is_no_json_object_is_an_input_error(function: Callable[[Any], Any], value: Any) -> None:
    assert faults_of(lambda: function(value))


def test_what_is_no_decision_is_an_input_error() -> None:
    assert faults_of(lambda: adjudicator.diff(loosely({}), decide(PROVEN))).keys() == {""}
    assert faults_of(lambda: dump_decision(loosely({}))).keys() == {""}


def test_an_edition_that_cannot_decide_the_case_is_an_input_error() -> None:
    admission = policies()["douyin_alliance.admission"][0]
    assert faults_of(lambda: decide(PROVEN, admission)) == {
        "": ("an object of type Case", "a AdmissionCase, which douyin_alliance.admission decides")
    }
    assert faults_of(lambda: decide(PROVEN, loosely("2022-03-15")))[""][1] == "an edition of a policy"


def test_an_invalid_order_is_an_input_error() -> None:
    found = faults_of(lambda: adjudicator.entitlements(loosely({}), loosely("yesterday")))
    assert found.keys() == {"/order", "/as_of"}


def test_reading_checks_types_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """The types of a parsed case are exact, so they are not checked again."""
    text = dump_case(evolve(PROVEN, order=evolve(PROVEN.order, lines=(a_line(),))))

    def looked_at_again(*_: Any) -> Any:
        raise AssertionError

    monkeypatch.setattr("adjudicator.model.soundness._changes", looked_at_again)
    load_case(text)
