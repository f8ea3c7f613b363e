"""A table by date gives the value for an instant, is shown with the rule, and can be replaced like any other setting."""

from __future__ import annotations

import datetime as dt
from io import StringIO
from typing import Any, Final

import pytest
from attrs import evolve
from rich.console import Console

from adjudicator import decide
from adjudicator.claims import CLAIMS, AwardKind, Payment, Pays
from adjudicator.cli.pages.layout import marks_in
from adjudicator.cli.pages.policies import policy_page
from adjudicator.engine.vocabulary import share
from adjudicator.law import ByDate, Edition, Instant, Minor, NotCovered, PolicyError, by_date
from adjudicator.rulebook import documents
from adjudicator.rulebook.answers import answers_of
from adjudicator.rulebook.handbook import redline
from adjudicator.rulebook.lint import faults_of
from adjudicator.testing import a_case, a_claim, a_line, an_order
from adjudicator.words import words_for

RATES: Final = by_date({"2020-01-01": 5, "2023-03-01": 3})
"""Percent of the price."""


def at(text: str) -> Instant:
    return Instant.parse(f"{text}+08:00")


def percent(rates: ByDate[int], placed_at: Instant) -> int | NotCovered:
    """ZZ.1(1). Five per cent of the price; from 1 March 2023 on, 3 per cent."""
    return rates.at(placed_at)


def something_is_due(percent: int) -> bool:
    """ZZ.1(1). The rate on the day of the order is more than 0."""
    return percent > 0


def units(quantity_claimed: int) -> int:
    """ZZ.1(1). Every claimed unit."""
    return quantity_claimed


def owed(goods_paid: Minor, percent: int) -> Minor:
    """ZZ.1(1). That share of the price."""
    return share(goods_paid, percent, 100)


def due(owed: Minor) -> Minor:
    """ZZ.1(1). All of it."""
    return owed


PAID: Final = Payment(
    units=units,
    steps=(),
    per_line=(Pays(AwardKind.COMPENSATION, owed, due),),
    per_order=(),
    at_most=(),
    cap_priority=(AwardKind.COMPENSATION,),
)
EDITION: Final = Edition(
    policy="test.rates",
    article="ZZ.1",
    effective_from=dt.date(2020, 1, 1),
    case_kind=CLAIMS,
    settings={"rates": RATES},
    facts=(percent,),
    requires=(something_is_due,),
    grants=PAID,
)


def decided(placed_at: str, edition: Edition = EDITION) -> Any:
    """The decision on a claim for goods of 100.00 ordered at that time."""
    moment = at("2024-08-01T10:00:00")
    order = an_order(a_line(goods_paid=10000, completed_at=moment), placed_at=at(placed_at))
    return decide(a_case("test.rates", order=order, claim=a_claim(filed_at=moment), as_of=moment), edition)


@pytest.mark.parametrize(
    ("moment", "value"),
    [
        ("2020-01-01T00:00:00", 5),
        ("2023-02-28T23:59:59.999999", 5),
        ("2023-03-01T00:00:00", 3),
        ("2099-01-01T00:00:00", 3),
        ("2019-12-31T23:59:59.999999", NotCovered("before_the_table")),
    ],
)
def test_each_value_applies_from_its_day_on_and_none_before_the_first(moment: str, value: object) -> None:
    assert RATES.at(at(moment)) == value


def test_days_begin_in_the_zone_of_the_table() -> None:
    in_utc = by_date({"2020-01-01": "old", "2023-03-01": "new"}, zone=dt.UTC)
    assert in_utc.at(at("2023-03-01T07:59:59")) == "old"
    assert in_utc.at(at("2023-03-01T08:00:00")) == "new"


@pytest.mark.parametrize(
    ("entries", "expected"),
    [
        ({}, "needs an entry"),
        ({"2023-03-01": 1, "2020-01-01": 2}, "2020-01-01 stands after 2023-03-01"),
        ({"2023-03-32": 1}, "'2023-03-32' is not a day; write it like 2023-03-01"),
        ({"0001-01-01": 1}, "between the years 1000 and 9900"),
        ({"2020-01-01": 1, "2023-03-01": "2"}, "that of 2023-03-01 is of str, the first of int"),
        ({"2020-01-01": [1]}, "a list does not"),
    ],
)
def test_an_ambiguous_table_is_refused(entries: Any, expected: str) -> None:
    with pytest.raises(ValueError, match=expected):
        by_date(entries)


def test_a_table_is_immutable() -> None:
    held = {"2020-01-01": 5}
    table = by_date(held)
    held["2023-03-01"] = 3
    assert [*table.entries] == [dt.date(2020, 1, 1)]
    with pytest.raises(TypeError):
        table.entries[dt.date(2023, 3, 1)] = 3  # type: ignore[index]  # which is what is refused


def test_a_table_of_another_type_than_a_function_expects_is_refused() -> None:
    told = r"the setting rates is not what .*percent \(.*\) expects: ByDate\[int\], not ByDate\[str\]"
    with pytest.raises(PolicyError, match=told):
        evolve(EDITION, settings={"rates": by_date({"2020-01-01": "five"})})


def test_clauses_and_payments_use_the_value_of_the_day() -> None:
    assert [decided(day).total for day in ("2023-02-28T23:59:59", "2023-03-01T00:00:00")] == [500, 300]


def test_before_the_first_entry_a_person_must_judge() -> None:
    early = decided("2019-12-31T23:59:59")
    (finding,) = early.findings
    assert (early.outcome, early.total, finding.because.code) == (
        "manual_review",
        0,
        "something_is_due.before_the_table",
    )
    (clause,) = EDITION.clauses
    assert "before_the_table" in {each.reason for each in answers_of(EDITION, clause)}
    for language, text in (("en", "Nothing is laid down for so early a day."), ("zh_Hans", "规则没有规定这么早的日期")):
        assert text in words_for(EDITION, language).because(finding)


def test_a_payment_without_an_amount_is_an_error_and_no_default() -> None:
    """No clause reads the rate, so no finding prevents the payment."""

    def claimed(quantity_claimed: int) -> bool:
        """ZZ.1(1). Something is claimed."""
        return quantity_claimed > 0

    with pytest.raises(PolicyError, match=r"owed \(.*\) comes to no amount \(before_the_table\); a clause has to ask"):
        decided("2019-12-31T23:59:59", evolve(EDITION, requires=(claimed,)))


def test_an_amount_that_is_no_number_is_named_by_its_type() -> None:
    """Whatever its annotation says."""

    def half(goods_paid: Minor) -> Minor:
        """ZZ.1(1). Half of the price."""
        return goods_paid / 2  # type: ignore[return-value]  # which is what is refused

    paid = evolve(PAID, per_line=(Pays(AwardKind.COMPENSATION, owed, half),))
    with pytest.raises(PolicyError, match=r"half \(.*\) comes to no amount \(float\); a clause has to ask"):
        decided("2024-01-01T00:00:00", evolve(EDITION, grants=paid))


def test_an_entry_that_is_still_to_come_is_announced() -> None:
    """If a rule reads the table at the moment of the decision, the decision says when that may change."""

    def now(rates: ByDate[int], as_of: Instant) -> int | NotCovered:
        """ZZ.1(1). What applies now."""
        return rates.at(as_of)

    def is_five(now: int) -> bool:
        """ZZ.1(1). More than 4 per cent."""
        return now > 4

    coming = evolve(
        EDITION,
        settings={"rates": by_date({"2020-01-01": 5, "2025-01-01": 3})},
        facts=(now,),
        requires=(is_five,),
        grants=None,
    )
    assert decided("2021-01-01T00:00:00", coming).reconsider_at == at("2025-01-01T00:00:00")


def test_an_amended_edition_takes_another_table() -> None:
    from_july = by_date({**RATES.entries, dt.date(2024, 7, 1): 2})
    new = EDITION.amended(effective_from=dt.date(2024, 7, 1), settings={"rates": from_july})
    assert decided("2024-07-01T00:00:00", EDITION).total == 300
    assert decided("2024-07-01T00:00:00", new).total == 200
    (change,) = redline(EDITION, new).changes
    assert (change.kind, change.name) == ("setting", "rates")


def test_the_table_is_shown_with_the_rule(monkeypatch: pytest.MonkeyPatch) -> None:
    """In every language, and as JSON."""
    console = Console(file=StringIO(), record=True, width=120)
    console.print(policy_page(EDITION, None, "en", marks_in("utf-8")))
    assert "rates = from 2020-01-01: 5 and from 2023-03-01: 3" in console.export_text()
    assert words_for(EDITION, "zh_Hant").setting("rates", RATES) == "自 2020-01-01 起為 5 和自 2023-03-01 起為 3"
    monkeypatch.setattr(documents, "policies", lambda: {EDITION.policy: (EDITION,)})
    assert documents.policy_document(EDITION)["settings"] == {"rates": {"2020-01-01": 5, "2023-03-01": 3}}


def test_a_number_that_the_table_does_not_hold_is_a_fault() -> None:
    def messages(of: Edition) -> list[str]:
        return [each.message for each in faults_of(of) if "no words" not in each.message]

    assert messages(EDITION) == []
    without = evolve(EDITION, settings={"rates": by_date({"2020-01-01": 5})})
    assert messages(without) == ["its docstring says 3, but no code behind it holds that number"]


def test_a_table_that_begins_after_its_edition_is_a_fault() -> None:
    late = evolve(EDITION, effective_from=dt.date(2019, 7, 1))
    (fault,) = [each for each in faults_of(late) if "table" in each.message]
    assert (fault.function, fault.message) == (
        "percent",
        "the table rates begins on 2020-01-01, but the edition governs from 2019-07-01",
    )
