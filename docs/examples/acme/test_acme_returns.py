"""Acme's promise obeys the laws of every policy and does what its text says."""

from collections.abc import Callable

import pytest
from acme_returns import EDITIONS
from hypothesis import HealthCheck, given, settings

from adjudicator import Case, ClaimDecision, Instant, decide
from adjudicator.law import Edition
from adjudicator.testing import a_case, a_claim, a_line, an_order, cases, laws

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
    laws.money_stays_within_what_was_paid,
    laws.paying_settles,
    laws.keys_follow_the_ledger,
    laws.parts_add_up,
    laws.no_sequence_overpays,
)


@pytest.mark.parametrize("edition", EDITIONS, ids=lambda edition: edition.name)
@pytest.mark.parametrize("law", LAWS, ids=lambda law: law.__name__)
def test_every_edition_obeys(law: Callable[..., None], edition: Edition) -> None:
    """The law holds for every generated case."""

    def decided(case: Case) -> ClaimDecision:
        return decide(case, edition)

    @settings(max_examples=10, deadline=None, suppress_health_check=list(HealthCheck))
    @given(cases("acme.returns"))
    def check(case: Case) -> None:
        law(case, decide=decided)

    check()


def test_one_edition_governs() -> None:
    """From the first day on, exactly one edition is in force."""
    laws.one_edition_governs(EDITIONS)


@pytest.mark.parametrize(
    ("ordered", "filed", "outcome"),
    [
        ("2024-06-30T23:59:59+08:00", "2024-07-17T23:59:59+08:00", "approved"),
        ("2024-06-30T23:59:59+08:00", "2024-07-18T00:00:00+08:00", "denied"),
        ("2024-07-01T00:00:00+08:00", "2024-07-18T00:00:00+08:00", "approved"),
        ("2024-07-01T00:00:00+08:00", "2024-07-26T00:00:00+08:00", "denied"),
    ],
)
def test_an_order_keeps_the_days_of_its_edition(ordered: str, filed: str, outcome: str) -> None:
    """The transaction succeeded on 10 July 2024: seven days end on the 17th, fifteen on the 25th."""
    line = a_line(completed_at=Instant.parse("2024-07-10T10:00:00+08:00"))
    order = an_order(line, placed_at=Instant.parse(ordered))
    moment = Instant.parse(filed)
    case = a_case("acme.returns", order=order, claim=a_claim(filed_at=moment), as_of=moment)
    assert decide(case).outcome == outcome
