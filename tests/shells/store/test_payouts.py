"""An award is not a payment: reserved or confirmed payouts count, and the same money never counts twice."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import pytest

from adjudicator import InputError, Instant
from adjudicator.desk.cases import newest
from adjudicator.service.panel_tokens import Grant
from adjudicator.store import DecisionStore, NotFound, NotPayable, State, WaitingPayout
from store.cases import ORDER, UNIT, a_claim, awards_in, settled


def test_only_reserved_and_confirmed_payouts_count_as_settled(record: DecisionStore) -> None:
    given = record.decide(a_claim())
    assert record.settlements(ORDER) == ()
    refund, compensation, postage = record.reserve(given.id)
    assert settled(record) == {
        ("refund", "AS-1"): 2 * UNIT,
        ("compensation", "AS-1"): 20 * UNIT,
        ("postage", "AS-1"): 1200,
    }
    record.confirm(refund.key)
    record.reverse(postage.key)
    assert settled(record) == {("refund", "AS-1"): 2 * UNIT, ("compensation", "AS-1"): 20 * UNIT}
    record.reverse(compensation.key)
    record.reverse(refund.key)
    assert settled(record) == {}
    assert record.verify() is None


STEPS: Final[Mapping[tuple[str | None, str], str | type[Exception]]] = {
    (None, "reserve"): "reserved",
    (None, "confirm"): NotFound,
    (None, "reverse"): NotFound,
    ("reserved", "reserve"): "reserved",
    ("reserved", "confirm"): "confirmed",
    ("reserved", "reverse"): "reversed",
    ("confirmed", "reserve"): "confirmed",
    ("confirmed", "confirm"): "confirmed",
    ("confirmed", "reverse"): "reversed",
    ("reversed", "reserve"): "reserved",
    ("reversed", "confirm"): NotPayable,
    ("reversed", "reverse"): "reversed",
    ("taken back", "reserve"): NotPayable,
    ("taken back", "confirm"): NotPayable,
    ("taken back", "reverse"): "reversed",
}


@pytest.mark.parametrize(("before", "step"), STEPS)
def test_a_payout_changes_state_as_the_table_says(record: DecisionStore, before: str | None, step: str) -> None:
    given = record.decide(a_claim())
    key: str = awards_in(given.decision)["refund"]["key"]
    lead = {
        None: (),
        "reserved": ("reserve",),
        "confirmed": ("reserve", "confirm"),
        "reversed": ("reserve", "reverse"),
        "taken back": ("reserve", "confirm", "reverse"),
    }

    def take(name: str) -> str:
        if name == "reserve":
            return record.reserve(given.id, [key])[0].state.value
        return (record.confirm if name == "confirm" else record.reverse)(key).state.value

    for each in lead[before]:
        take(each)
    length = len(record.entries(ORDER))
    expected = STEPS[before, step]
    if isinstance(expected, str):
        assert take(step) == expected
        stays = expected == before or (before, step) == ("taken back", "reverse")
        assert len(record.entries(ORDER)) == length + (not stays)
    else:
        with pytest.raises(expected):
            take(step)
        assert len(record.entries(ORDER)) == length


def test_a_payout_that_was_never_paid_can_be_reserved_again_with_a_new_reference(record: DecisionStore) -> None:
    given = record.decide(a_claim())
    (first,) = record.reserve(given.id, [awards_in(given.decision)["refund"]["key"]])
    record.reverse(first.key)
    assert record.settlements(ORDER) == ()
    assert awards_in(record.decide(a_claim(), fill_settlements=True).decision)["refund"]["key"] == first.key
    (second,) = record.reserve(given.id, [first.key])
    assert (first.attempt, first.reference) == (1, first.key)
    assert (second.attempt, second.reference) == (2, f"{first.key}-2")
    assert [each.state for each in record.payouts(ORDER)] == [State.REVERSED, State.RESERVED]


def test_a_second_claim_for_the_same_money_gets_the_rest(record: DecisionStore) -> None:
    """Two of the three units covered by its report were already paid for."""
    one, two = record.decide(a_claim("AS-1")), record.decide(a_claim("AS-2", units=3))
    assert awards_in(one.decision)["refund"]["key"] == awards_in(two.decision)["refund"]["key"]
    record.reserve(one.id)
    with pytest.raises(NotPayable, match=f"refund L1: {3 * UNIT} requested, {UNIT} left") as refused:
        record.reserve(two.id)
    assert {award.kind.value: award.amount for award in refused.value.left}["refund"] == UNIT
    assert {claim for _, claim in settled(record)} == {"AS-1"}

    again = record.decide(a_claim("AS-2", units=3), fill_settlements=True)
    record.reserve(again.id)
    assert settled(record)["refund", "AS-1"] + settled(record)["refund", "AS-2"] == 3 * UNIT


def test_reserving_is_all_or_nothing(record: DecisionStore) -> None:
    one, two = record.decide(a_claim("AS-1")), record.decide(a_claim("AS-2"))
    record.reserve(one.id, [awards_in(one.decision)["postage"]["key"]])
    with pytest.raises(NotPayable):
        record.reserve(two.id)
    assert settled(record) == {("postage", "AS-1"): 1200}


def test_the_same_claim_with_more_proof_gets_the_difference_under_another_key(record: DecisionStore) -> None:
    """No payment was made before the second decision, so its key is already used for another amount."""
    first, more = record.decide(a_claim(units=2)), record.decide(a_claim(units=3))
    record.reserve(first.id)
    with pytest.raises(NotPayable) as refused:
        record.reserve(more.id)
    assert {award.kind.value: award.amount for award in refused.value.left} == {
        "refund": UNIT,
        "compensation": 10 * UNIT,
    }
    record.reserve(record.decide(a_claim(units=3), fill_settlements=True).id)
    assert settled(record)["refund", "AS-1"] == 3 * UNIT


def test_an_old_decision_pays_no_more_than_the_newest_of_its_claim(record: DecisionStore) -> None:
    old = record.decide(a_claim(units=3))
    record.decide(a_claim(units=1))
    with pytest.raises(NotPayable, match=f"{UNIT} left"):
        record.reserve(old.id)


def test_the_newest_decision_is_the_one_of_the_latest_instant(record: DecisionStore) -> None:
    """Not the one that came last, which may be an old request sent again."""
    new = record.decide(a_claim(units=3, as_of="2022-05-21T12:00:00+08:00"))
    record.decide(a_claim(units=1, as_of="2022-05-20T12:00:00+08:00"))
    assert record.reserve(new.id)[0].amount == 3 * UNIT


def test_a_decision_that_was_superseded_pays_nothing(record: DecisionStore) -> None:
    old = record.decide(a_claim())
    new = record.decide(a_claim(units=3), supersedes=old.id)
    with pytest.raises(NotPayable, match=new.id):
        record.reserve(old.id)
    record.reserve(new.id)


TYPO: Final = "2099-05-20T12:00:00+08:00"


def test_a_decision_that_was_superseded_no_longer_limits_what_can_be_paid(record: DecisionStore) -> None:
    wrong = record.decide(a_claim(units=1, as_of=TYPO))
    before = record.decide(a_claim(units=3))
    with pytest.raises(NotPayable):
        record.reserve(before.id)
    right = record.decide(a_claim(units=3), supersedes=wrong.id)
    assert record.reserve(right.id)[0].amount == 3 * UNIT
    assert record.reserve(before.id) == record.reserve(right.id)


def test_a_refusal_names_the_newer_decision_that_limits_what_can_be_paid(record: DecisionStore) -> None:
    newer = record.decide(a_claim(units=1, as_of=TYPO))
    older = record.decide(a_claim(units=3))
    with pytest.raises(NotPayable, match=f"{newer.id} awards now: .* as_of 2099-05-20T12:00:00.*supersede it"):
        record.reserve(older.id)


def test_superseding_a_decision_does_not_bring_back_one_that_it_had_replaced(record: DecisionStore) -> None:
    """The successor says what can be paid, even if it is as of an earlier instant than the one that was replaced first."""
    stale = record.decide(a_claim(units=3, as_of="2022-05-21T12:00:00+08:00"))
    newer = record.decide(a_claim(units=2, as_of="2022-05-22T12:00:00+08:00"))
    last = record.decide(a_claim(units=1), supersedes=newer.id)
    at_a_panel = Grant(tenant="default", agent="anyone", order_id=ORDER, until=Instant(0))
    assert [each.id for each in record.claims_found(ORDER)] == [last.id]
    assert [each.id for each in newest(record, at_a_panel)] == [last.id]
    with pytest.raises(NotPayable, match=f"{last.id} awards now"):
        record.reserve(stale.id)
    assert record.reserve(last.id)[0].amount == UNIT


def test_a_claim_whose_newest_decision_another_claim_superseded_pays_nothing_until_decided_again(
    record: DecisionStore,
) -> None:
    stale = record.decide(a_claim(units=3))
    newer = record.decide(a_claim(units=1))
    record.decide(a_claim("AS-2", units=1), supersedes=newer.id)
    with pytest.raises(
        NotPayable, match="superseded by one on another claim or under another policy: decide this claim again"
    ):
        record.reserve(stale.id)
    assert record.reserve(record.decide(a_claim(units=2)).id)[0].amount == 2 * UNIT


def test_a_caller_who_forgets_the_ledger_is_not_paid_again(record: DecisionStore) -> None:
    """Decided at another instant without settlements, it is another decision with the same keys, and the same payouts."""
    payouts = record.reserve(record.decide(a_claim()).id)
    later = record.decide(a_claim(as_of="2022-05-21T12:00:00+08:00"))
    assert record.reserve(later.id) == payouts
    assert settled(record)["refund", "AS-1"] == 2 * UNIT


def test_a_caller_who_hands_in_the_ledger_is_paid_what_is_left(record: DecisionStore) -> None:
    record.reserve(record.decide(a_claim()).id)
    ledger = [
        {"kind": each.kind.value, "line_id": each.line_id, "amount": each.amount, "claim_id": each.claim_id}
        for each in record.settlements(ORDER)
    ]
    given = record.decide(a_claim(units=3, settlements=ledger))
    assert awards_in(given.decision)["refund"]["amount"] == UNIT
    record.reserve(given.id)
    assert settled(record)["refund", "AS-1"] == 3 * UNIT


def test_settlements_from_elsewhere_are_added_to_those_on_record(record: DecisionStore) -> None:
    elsewhere = [{"kind": "price_adjustment", "line_id": "L1", "amount": 88800 - UNIT}]
    record.reserve(record.decide(a_claim(units=1, settlements=elsewhere), fill_settlements=True).id)
    refunded = sum(amount for (kind, _), amount in settled(record).items() if kind == "refund")
    assert 0 < refunded <= UNIT
    given = record.decide(a_claim("AS-2", units=3, settlements=elsewhere), fill_settlements=True)
    assert (
        sum(award["amount"] for kind, award in awards_in(given.decision).items() if kind == "refund") == UNIT - refunded
    )


def test_an_order_is_settled_in_one_currency(record: DecisionStore) -> None:
    record.reserve(record.decide(a_claim()).id)
    other = a_claim("AS-2").replace(b'"CNY"', b'"USD"')
    with pytest.raises(InputError, match="/order/currency"):
        record.decide(other, fill_settlements=True)
    given = record.decide(other)
    with pytest.raises(InputError, match="/order/currency"):
        record.reserve(given.id)


def test_a_line_that_was_paid_for_stays_on_its_order(record: DecisionStore) -> None:
    """The fault is that of the order: the caller's own list of settlements is empty."""
    record.reserve(record.decide(a_claim()).id)
    renamed = a_claim("AS-2").replace(b'"L1"', b'"L-1"')
    expected = '/order/lines: expected a line with the id "L1": payouts on record are for it, got no such line'
    with pytest.raises(InputError, match=f"^{expected}$"):
        record.decide(renamed, fill_settlements=True)
    given = record.decide(renamed)
    with pytest.raises(InputError, match=f"^{expected}$"):
        record.reserve(given.id)


def test_a_key_without_an_award_is_not_found(record: DecisionStore) -> None:
    given = record.decide(a_claim())
    with pytest.raises(NotFound):
        record.reserve(given.id, ["0" * 64])


def test_the_last_instant_of_the_ledger_does_not_count_for_a_case_of_the_past(record: DecisionStore) -> None:
    """Payments count, but their times are in the future of the case and must not appear in it."""
    for payout in record.reserve(record.decide(a_claim()).id):
        record.confirm(payout.key)
    given = record.decide(a_claim(units=3), fill_settlements=True)
    assert b'"settled_at":null' in record.case(given.id).content


# Payouts that wait for release


def test_reserved_payouts_are_listed_with_decision_and_version_oldest_first(record: DecisionStore) -> None:
    ids = [record.decide(a_claim(order=order)).id for order in ("O-1", "O-2", "O-3")]
    for each in ids:
        record.reserve(each)
    paid, cancelled, *_ = record.payouts("O-1")
    record.confirm(paid.key)
    record.reverse(cancelled.key)
    whole = record.waiting_payouts()
    assert [each.summary.id for each in whole] == [ids[0]] + [ids[1]] * 3 + [ids[2]] * 3
    assert [each.version for each in whole] == [6] + [4] * 6
    assert {each.payout.state for each in whole} == {State.RESERVED}
    paged: list[WaitingPayout] = []
    after = None
    while page := record.waiting_payouts(after, 2):
        paged += page
        after = page[-1].place
    assert tuple(paged) == whole
    assert record.waiting_payouts((2**62, "f", 2**62)) == ()
