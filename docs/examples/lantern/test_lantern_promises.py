"""Lantern's promise keeps the laws that every policy obeys, and does what its text says."""

import json
from collections.abc import Callable
from functools import partial
from importlib.resources import files

import pytest
from hypothesis import HealthCheck, given, settings
from lantern_promises import EDITIONS

from adjudicator import Case, Instant, decide, load_case
from adjudicator.claims import Category, Channel
from adjudicator.rulebook.codes import codes_without_words
from adjudicator.testing import a_case, a_claim, a_line, a_parcel, an_order, cases, laws

LAWS = (
    laws.decides_the_same_twice,
    laws.survives_json,
    laws.requests_are_honest,
    laws.time_alone_changes_nothing_unannounced,
    laws.the_outcome_follows_from_the_findings,
    laws.requests_are_for_lines_that_wait,
    laws.order_does_not_matter,
    laws.never_a_guess,
    laws.lines_are_judged_alone,
    laws.nothing_is_asked_after_closing,
    laws.deadlines_are_exact,
    partial(laws.money_stays_within_what_was_paid, times_the_price=1),
    laws.paying_settles,
    laws.keys_follow_the_ledger,
    laws.parts_add_up,
    laws.no_sequence_overpays,
)


@pytest.mark.parametrize("law", LAWS, ids=lambda law: getattr(law, "__name__", "money_stays_within_what_was_paid"))
def test_every_case_obeys(law: Callable[[Case], None]) -> None:
    """A law holds, whatever case is drawn."""

    @settings(max_examples=10, deadline=None, suppress_health_check=list(HealthCheck))
    @given(cases("lantern.late_delivery"))
    def check(case: Case) -> None:
        law(case)

    check()


def test_one_edition_governs() -> None:
    """From the first day on there is always one, and never two."""
    laws.one_edition_governs(EDITIONS)


@pytest.mark.parametrize("language", ["en", "zh_Hans", "zh_Hant"])
def test_all_of_it_has_words(language: str) -> None:
    """Nothing that a reader can meet is told by its code."""
    for edition in EDITIONS:
        assert codes_without_words(edition, language) == ()


def a_late_lamp(
    *,
    signed_at: str | None = "2024-03-12T00:00:00+08:00",
    filed_at: str = "2024-03-13T09:00:00+08:00",
    paid: int = 19901,
    category: Category | None = Category.OTHER,
    **claim: object,
) -> Case:
    """A lamp that was ordered on 1 March 2024."""
    filed = Instant.parse(filed_at)
    parcel = a_parcel(signed_at=None if signed_at is None else Instant.parse(signed_at))
    line = a_line(quantity=1, goods_paid=paid, category=category)
    order = an_order(line, placed_at=Instant.parse("2024-03-01T12:00:00+08:00"), parcels=(parcel,))
    return a_case("lantern.late_delivery", order=order, claim=a_claim(filed_at=filed, **claim), as_of=filed)


@pytest.mark.parametrize(
    ("changes", "outcome", "total"),
    [
        ({}, "approved", 1991),
        ({"paid": 19900}, "approved", 1990),
        ({"signed_at": "2024-03-11T23:59:59.999999+08:00"}, "denied", 0),
        ({"signed_at": None}, "needs_information", 0),
        ({"filed_at": "2024-04-11T23:59:59.999999+08:00"}, "approved", 1991),
        ({"filed_at": "2024-04-12T00:00:00+08:00"}, "denied", 0),
        ({"filed_through": Channel.OTHER}, "denied", 0),
        ({"claimant_id": "a-neighbour"}, "denied", 0),
        ({"category": Category.ALCOHOL}, "denied", 0),
        ({"category": None}, "needs_information", 0),
        ({"category": None, "signed_at": "2024-03-11T10:00:00+08:00"}, "denied", 0),
        ({"requested_amount": 500}, "approved", 500),
    ],
)
def test_what_the_promise_says(changes: dict[str, object], outcome: str, total: int) -> None:
    """Each sentence on its edge, to either side."""
    decision = decide(a_late_lamp(**changes))
    assert (decision.outcome, decision.total) == (outcome, total)


@pytest.mark.parametrize(("name", "outcome"), [("a-day-late", "approved"), ("still-on-its-way", "needs_information")])
def test_the_examples_come_out(name: str, outcome: str) -> None:
    """The cases that the handbook shows are decided as their titles say."""
    text = (files("lantern_promises") / "examples" / f"{name}.json").read_text("utf-8")
    assert json.loads(text)["policy"] == "lantern.late_delivery"
    assert decide(load_case(text)).outcome == outcome
