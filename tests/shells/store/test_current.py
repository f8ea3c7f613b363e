"""Of the decisions on one claim, one is current: in a list, for a payout, and at the desk."""

from __future__ import annotations

import pytest
from attrs import frozen
from hypothesis import given
from hypothesis import strategies as st

from adjudicator.model.time import Instant
from adjudicator.store import DecisionStore, NotPayable, current_among
from store.cases import ORDER, UNIT, a_claim


@frozen
class Dated:
    """What tells which decision is current."""

    number: int
    as_of: Instant
    superseded_by: str | None


HISTORIES = st.lists(st.tuples(st.integers(0, 3).map(Instant), st.sampled_from([None, "D"])), max_size=8).map(
    lambda found: [Dated(number, *each) for number, each in enumerate(found)]
)


@given(HISTORIES)
def test_the_current_decision_is_the_newest_of_those_that_nothing_replaced(history: list[Dated]) -> None:
    """A later one that is as new replaces a decision, also if it has a successor itself."""
    standing = [
        each
        for each in history
        if each.superseded_by is None
        and not any(other.number > each.number and other.as_of >= each.as_of for other in history)
    ]
    expected = max(standing, key=lambda each: each.as_of, default=None)
    assert current_among(reversed(history)) == expected


def test_lists_and_payouts_agree_on_the_current_decision_of_a_claim_that_was_decided_many_times(
    record: DecisionStore,
) -> None:
    days = [22, 20, 21, 23, 21, 20]
    given = [record.decide(a_claim(units=1, as_of=f"2022-05-{day}T12:00:00+08:00")) for day in days]
    current = record.decide(a_claim(units=2, as_of="2022-05-24T12:00:00+08:00"), supersedes=given[3].id)
    last = record.decide(a_claim(units=3, as_of="2022-05-20T12:00:00+08:00"), supersedes=given[0].id)
    for named in (ORDER, "AS-1", current.id, last.id, given[0].id):
        assert [each.id for each in record.claims_found(named)] == [current.id]
    with pytest.raises(NotPayable, match=f"{current.id} awards now"):
        record.reserve(last.id)
    assert record.reserve(current.id)[0].amount == 2 * UNIT
