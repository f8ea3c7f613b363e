"""The record returns the units settled by a payout, and reversed payments (readings R50 and R51)."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final

import pytest
from attrs import evolve

from adjudicator import InputError, Instant, load_case
from adjudicator.model.claim import Settlement
from adjudicator.model.enumerations import SettlementKind
from adjudicator.model.money import Minor
from adjudicator.store import DecisionStore, NotPayable, Payout, State
from adjudicator.store.settlements import settlements_in, with_current_ledger
from store.cases import ORDER, UNIT, a_claim, awards_in, settled

COMPENSATION: Final = SettlementKind.COMPENSATION
TWO_CLAIMS: Final = [
    ("AS-1", "AS-2", False),
    ("AS-2", "AS-1", False),
    ("AS-1", "AS-2", True),
    ("AS-2", "AS-1", True),
]
"""The order in which two claims are paid, and whether both were decided before any payment."""


def refused_or_nothing(record: DecisionStore, decision_id: str) -> bool:
    """Whether a decision pays nothing."""
    try:
        return record.reserve(decision_id) == ()
    except NotPayable as refused:
        return refused.left == ()


def of_kind(record: DecisionStore, kind: SettlementKind = COMPENSATION) -> list[Settlement]:
    """The settlements of a kind that are on record."""
    return [each for each in record.settlements(ORDER) if each.kind is kind]


def paid(record: DecisionStore, text: bytes) -> dict[str, Payout]:
    """Decide a claim with the settlements on record, and pay its awards; by kind."""
    payouts = record.reserve(record.decide(text, fill_settlements=True).id)
    return {each.kind: record.confirm(each.key) for each in payouts}


# Settlements that would count twice

LISTED: Final = "/settlements/0: expected no settlement that is on record already: leave it out"


def with_more_proof(record: DecisionStore, decision_id: str) -> Any:
    """The case of a decision as it is on record, with proof for all three units, at a time when it was paid."""
    case = load_case(record.case(decision_id).content)
    evidence = (evolve(case.evidence[0], units_covered=3), *case.evidence[1:])
    return evolve(case, evidence=evidence, as_of=LATER)


LATER: Final = Instant.parse("2026-07-01T00:00:00Z")


@pytest.mark.parametrize("confirms", [True, False])
def test_a_case_that_lists_what_is_on_record_is_refused_instead_of_counting_it_twice(
    record: DecisionStore, confirms: bool
) -> None:
    first = record.reserve(record.decide(a_claim()).id)
    for payout in first if confirms else ():
        record.confirm(payout.key)
    filled = record.decide(a_claim(as_of=LATER.utc_text()), fill_settlements=True)
    case = with_more_proof(record, filled.id)
    length = len(record.entries(ORDER))
    for call in (
        lambda: record.decide_case(case, fill_settlements=True),
        lambda: record.decide_case(case, fill_settlements=True, supersedes=filled.id),
        lambda: record.filled(case),
    ):
        with pytest.raises(InputError) as refused:
            call()
        assert str(refused.value.faults[0]).startswith(LISTED)
        assert [each.pointer for each in refused.value.faults] == ["/settlements/0", "/settlements/1", "/settlements/2"]
    assert len(record.entries(ORDER)) == length
    without = evolve(case, settlements=())
    for each in (record.decide_case(case), record.decide_case(without, fill_settlements=True)):
        assert awards_in(each.decision)["refund"]["amount"] == UNIT


def test_a_settlement_as_it_was_before_a_later_payout_is_refused_as_well(record: DecisionStore) -> None:
    """The case was read when two units were paid; since then the third one was, and the record has one settlement for all of them."""
    paid(record, a_claim(units=2))
    filled = record.decide(a_claim(as_of=LATER.utc_text()), fill_settlements=True)
    paid(record, a_claim(units=3, as_of=LATER.utc_text()))
    with pytest.raises(InputError, match=LISTED):
        record.decide_case(with_more_proof(record, filled.id), fill_settlements=True)


def test_a_settlement_as_it_was_before_a_reversal_is_refused_as_well(record: DecisionStore) -> None:
    """It would count beside what is left, so that what was taken back is never paid."""
    first = record.reserve(record.decide(a_claim(units=1)).id)
    paid(record, a_claim(units=2))
    filled = record.decide(a_claim(as_of=LATER.utc_text()), fill_settlements=True)
    for payout in first:
        record.reverse(payout.key)
    with pytest.raises(InputError, match=LISTED):
        record.decide_case(with_more_proof(record, filled.id), fill_settlements=True)


def test_a_payment_made_elsewhere_in_place_of_one_that_was_reversed_is_added(record: DecisionStore) -> None:
    """It has a date of its own."""
    for payout in record.reserve(record.decide(a_claim()).id):
        record.reverse(payout.key)
    elsewhere = {"kind": "refund", "line_id": "L1", "amount": 2 * UNIT, "units": 2, "claim_id": "AS-1"}
    case = load_case(a_claim(as_of=LATER.utc_text(), settlements=[{**elsewhere, "settled_at": "2022-05-21T00:00:00Z"}]))
    awards = awards_in(record.decide_case(case, fill_settlements=True).decision)
    assert set(awards) == {"compensation", "postage"}


@pytest.mark.parametrize(
    "other",
    [
        {"amount": 2 * UNIT - 1},
        {"claim_id": "AS-2"},
        {"claim_id": None},
        {"units": 1},
        {"units": None},
        {"settled_at": "2022-05-20T11:00:00+08:00"},
    ],
)
def test_a_settlement_from_elsewhere_is_added_even_if_it_looks_much_like_one_on_record(
    record: DecisionStore, other: dict[str, Any]
) -> None:
    paid(record, a_claim())
    listed = {"kind": "refund", "line_id": "L1", "amount": 2 * UNIT, "claim_id": "AS-1", "units": 2}
    elsewhere = {**listed, "settled_at": None} | other
    later = a_claim("AS-3", settlements=[elsewhere], as_of=LATER.utc_text())
    given = record.decide(later, fill_settlements=True)
    assert len(json.loads(record.case(given.id).content)["settlements"]) == 4
    with pytest.raises(InputError, match=LISTED):
        record.decide(a_claim("AS-3", settlements=[listed], as_of=LATER.utc_text()), fill_settlements=True)


# Units


def test_a_payout_keeps_the_units_of_its_award_and_a_settlement_hands_them_back(record: DecisionStore) -> None:
    given = record.decide(a_claim(units=2))
    assert {each.kind: each.units for each in record.reserve(given.id)} == {
        "refund": 2,
        "compensation": 2,
        "postage": None,
    }
    assert {each.kind.value: each.units for each in record.settlements(ORDER)} == {
        "refund": 2,
        "compensation": 2,
        "postage": None,
    }
    again = json.loads(record.case(record.decide(a_claim(), fill_settlements=True).id).content)
    assert [each["units"] for each in again["settlements"]] == [2, 2, None]
    assert record.verify() is None


@pytest.mark.parametrize(("first", "second", "decided_at_once"), TWO_CLAIMS)
def test_one_report_pays_nothing_more_under_a_second_claim(
    record: DecisionStore, first: str, second: str, decided_at_once: bool
) -> None:
    early = record.decide(a_claim(second, units=1)) if decided_at_once else None
    paid(record, a_claim(first, units=1))
    late = early or record.decide(a_claim(second, units=1), fill_settlements=True)
    assert refused_or_nothing(record, late.id)
    again = record.decide(a_claim(second, units=1), fill_settlements=True)
    assert json.loads(again.decision)["outcome"] == "needs_information"
    assert refused_or_nothing(record, again.id)
    assert settled(record)["compensation", first] == 10 * UNIT
    assert not [each for each in record.settlements(ORDER) if each.claim_id == second]


def test_a_report_for_two_pays_the_second_unit_and_no_third(record: DecisionStore) -> None:
    paid(record, a_claim("AS-1", units=1))
    paid(record, a_claim("AS-2", units=2))
    assert paid(record, a_claim("AS-3", units=2)) == {}
    assert [(each.claim_id, each.amount, each.units) for each in of_kind(record)] == [
        ("AS-1", 10 * UNIT, 1),
        ("AS-2", 10 * UNIT, 1),
    ]


def test_payments_of_a_claim_in_steps_are_one_settlement(record: DecisionStore) -> None:
    paid(record, a_claim(units=1))
    more = paid(record, a_claim(units=3))
    (settlement,) = of_kind(record)
    assert (settlement.amount, settlement.units) == (30 * UNIT, 3)
    assert settlement.settled_at == more["compensation"].confirmed_at


def a_payout(attempt: int = 1, **changes: Any) -> Payout:
    """A reserved compensation for one unit."""
    found: dict[str, Any] = {
        "key": "0" * 64,
        "order_id": ORDER,
        "claim_id": "AS-1",
        "decision_id": "D",
        "kind": "compensation",
        "line_id": "L1",
        "amount": 10 * UNIT,
        "currency": "CNY",
        "state": State.CONFIRMED,
        "reserved_at": 1,
        "updated_at": 2,
        "confirmed_at": 2,
        "units": 1,
    }
    return Payout(attempt=attempt, **(found | changes))


def counts(*payouts: Payout) -> list[tuple[int, int | None]]:
    """Amount and units of each settlement that results from payouts."""
    return [(each.amount, each.units) for each in settlements_in(payouts)]


def test_a_settlement_has_a_date_once_all_its_payouts_are_confirmed() -> None:
    """The date of a reservation would say that a payment was made which may still fail."""
    reserved = a_payout(key="1" * 64, state=State.RESERVED, confirmed_at=None)
    assert [each.settled_at for each in settlements_in([reserved])] == [None]
    assert [each.settled_at for each in settlements_in([a_payout(), reserved])] == [None]
    confirmed = a_payout(key="1" * 64, confirmed_at=3)
    assert [each.settled_at for each in settlements_in([a_payout(), confirmed])] == [Instant(3)]
    assert [each.settled_at for each in settlements_in([confirmed], Instant(3))] == [Instant(3)]
    assert [each.settled_at for each in settlements_in([confirmed], Instant(2))] == [None]


def test_each_payout_of_unknown_units_is_a_settlement_by_itself() -> None:
    """The rule counts two half units of unknown units as two; summed, they would count as one."""
    half = a_payout(units=None, amount=5 * UNIT)
    assert counts(half, evolve(half, attempt=2), a_payout(3), a_payout(4)) == [
        (5 * UNIT, None),
        (5 * UNIT, None),
        (20 * UNIT, 2),
    ]


def test_the_rest_of_a_unit_belongs_to_it_and_is_unknown_by_itself() -> None:
    first, rest = a_payout(amount=4 * UNIT), a_payout(2, amount=6 * UNIT, units=0)
    assert counts(first, rest) == [(10 * UNIT, 1)]
    assert counts(rest) == [(6 * UNIT, None)]
    assert counts(evolve(first, state=State.REVERSED), rest) == [(4 * UNIT, 1), (6 * UNIT, None)]


# Reversals


def test_a_reversed_payment_does_not_count_but_changes_the_key(record: DecisionStore) -> None:
    first = paid(record, a_claim(units=1))
    for each in first.values():
        record.reverse(each.key)
    assert settled(record) == {}
    moments = {each.kind: each.updated_at for each in record.payouts(ORDER)}
    assert {each.kind.value: (each.amount, each.reversed_at) for each in record.settlements(ORDER)} == {
        each.kind: (each.amount, moments[each.kind]) for each in first.values()
    }
    second = paid(record, a_claim(units=1))
    assert {kind: each.amount for kind, each in second.items()} == {kind: each.amount for kind, each in first.items()}
    assert all(each.key != first[kind].key and each.attempt == 1 for kind, each in second.items())
    assert paid(record, a_claim(units=1)) == paid(record, a_claim("AS-2", units=1)) == {}
    assert settled(record)["compensation", "AS-1"] == 10 * UNIT
    assert record.verify() is None


def test_a_proof_is_free_again_once_its_payment_was_reversed(record: DecisionStore) -> None:
    """Then it pays the other claim, but not both."""
    first = paid(record, a_claim("AS-1", units=1))
    for each in first.values():
        record.reverse(each.key)
    assert paid(record, a_claim("AS-2", units=1))["compensation"].amount == 10 * UNIT
    assert paid(record, a_claim("AS-1", units=1)) == {}


def test_payments_made_beside_a_cancelled_payout_do_not_block_the_next_one(
    record: DecisionStore,
) -> None:
    """The key of one claim's award includes the reservation of the other; without it, both would have the same key."""
    one, other = (a_claim_for_one_unit(claim) for claim in ("AS-1", "AS-2"))
    abandoned = {each.kind: each for each in record.reserve(record.decide(one, fill_settlements=True).id)}
    stays = paid(record, other)
    for each in abandoned.values():
        record.reverse(each.key)
    assert [(each.claim_id, each.stands) for each in of_kind(record)] == [("AS-1", False), ("AS-2", True)]
    again = paid(record, one)
    assert {kind: again[kind].amount for kind in stays} == {kind: each.amount for kind, each in stays.items()}
    keys = {each.key for payouts in (abandoned, stays, again) for each in payouts.values() if each.kind != "postage"}
    assert len(keys) == 6
    assert settled(record)["compensation", "AS-1"] == settled(record)["compensation", "AS-2"] == 10 * UNIT
    assert paid(record, one) == paid(record, other) == {}
    assert record.verify() is None


def test_a_cancelled_payout_that_no_key_depends_on_leaves_nothing_behind(record: DecisionStore) -> None:
    """Nothing is paid, and the next attempt has its key."""
    given = record.decide(a_claim())
    for _ in range(3):
        for each in record.reserve(given.id):
            record.reverse(each.key)
    assert record.settlements(ORDER) == ()
    assert {each.attempt for each in record.reserve(given.id)} == {4}


def a_claim_for_one_unit(claim: str) -> bytes:
    """A claim for one of two units that a proof covers."""
    case = json.loads(a_claim(claim, units=2))
    case["claim"]["items"][0]["quantity"] = 1
    return json.dumps(case).encode()


def test_an_old_decision_does_not_pay_under_a_key_that_was_paid(record: DecisionStore) -> None:
    """The provider would treat it as already paid."""
    given = record.decide(a_claim())
    key = awards_in(given.decision)["refund"]["key"]
    record.reserve(given.id, [key])
    record.confirm(key)
    record.reverse(key)
    with pytest.raises(NotPayable) as refused:
        record.reserve(given.id, [key])
    (left,) = [award for award in refused.value.left if award.kind.value == "refund"]
    assert (left.amount, left.key == key) == (2 * UNIT, False)


def test_a_reversed_second_attempt_changes_the_key_too(record: DecisionStore) -> None:
    given = record.decide(a_claim())
    key = awards_in(given.decision)["refund"]["key"]
    for _ in range(2):
        record.reserve(given.id, [key])
        assert record.reverse(key) == record.payout(key)
    record.reserve(given.id, [key])
    assert record.confirm(key) == record.payout(key)
    assert record.reverse(key) == record.payout(key)
    (settlement,) = of_kind(record, SettlementKind.REFUND)
    assert (settlement.amount, settlement.stands) == (2 * UNIT, False)
    assert [each.confirmed_at is None for each in record.payouts(ORDER)] == [True, True, False]


def test_a_later_reversal_is_shown_at_the_instant_of_the_case(record: DecisionStore) -> None:
    """A case must not contain its future, but must know that the money came back."""
    record.reverse(paid(record, a_claim())["refund"].key)
    given = record.decide(a_claim(), fill_settlements=True)
    found = {each["kind"]: each for each in json.loads(record.case(given.id).content)["settlements"]}
    as_of = load_case(a_claim()).as_of
    assert Instant.parse(found["refund"]["reversed_at"]) == as_of
    assert found["compensation"]["reversed_at"] is None


# Ledgers that callers hand in


def ledgers() -> Iterator[tuple[str, Sequence[Settlement], list[tuple[int, int | None, bool]]]]:
    """A caller's ledger, and what the record adds to it for two units, one of which was reversed."""
    both = settlements_in([a_payout(), a_payout(2, state=State.REVERSED)])
    stands, taken_back = both
    yield "nothing", (), [(10 * UNIT, 1, True), (10 * UNIT, 1, False)]
    yield "all of it", both, []
    yield "what stands", (stands,), [(10 * UNIT, 1, False)]
    yield "what was taken back", (taken_back,), [(10 * UNIT, 1, True)]
    yield "before the reversal", (evolve(stands, amount=Minor(20 * UNIT), units=2),), []
    yield "no units", (evolve(stands, units=None), taken_back), []
    yield "a part", (evolve(stands, amount=Minor(4 * UNIT)), taken_back), [(6 * UNIT, None, True)]
    yield (
        "a part of unknown units",
        (evolve(stands, amount=Minor(4 * UNIT), units=None), taken_back),
        [(6 * UNIT, None, True)],
    )
    yield "of another claim", (evolve(stands, claim_id="B"), taken_back), [(10 * UNIT, 1, True)]


@pytest.mark.parametrize(("ledger", "added"), [each[1:] for each in ledgers()], ids=[each[0] for each in ledgers()])
def test_settlements_missing_from_a_callers_ledger_are_added(
    ledger: Sequence[Settlement], added: list[tuple[int, int | None, bool]]
) -> None:
    case = evolve(
        load_case(a_claim()),
        settlements=tuple(
            evolve(each, settled_at=None, reversed_at=each.reversed_at and Instant(1)) for each in ledger
        ),
    )
    found = with_current_ledger(case, None, [a_payout(), a_payout(2, state=State.REVERSED)]).settlements[len(ledger) :]
    assert [(each.amount, None if each.reversed_at else each.units, each.stands) for each in found] == [
        (amount, units if stands else None, stands) for amount, units, stands in added
    ]


def test_units_that_a_callers_ledger_understates_are_added() -> None:
    """With an amount of zero, because the rule counts units if they are stated."""
    understated = settlements_in([a_payout(amount=20 * UNIT, units=1)])
    case = evolve(load_case(a_claim()), settlements=tuple(evolve(each, settled_at=None) for each in understated))
    (_, added) = with_current_ledger(case, None, [a_payout(amount=20 * UNIT, units=2)]).settlements
    assert (added.amount, added.units) == (0, 1)


def test_the_reported_double_payment_is_refused_by_the_record(record: DecisionStore) -> None:
    """The same report under a second claim id: given only the record, nothing more is paid."""
    reported = Path(__file__).parents[2] / "data" / "faults" / "same-proof-second-claim.json"
    second = json.loads(reported.read_text("utf-8"))["case"]
    first = json.loads(json.dumps(second))
    first["claim"]["id"], first["id"] = "the-first", "the-first-case"
    first["settlements"] = second["settlements"] = []
    assert paid(record, json.dumps(first).encode())
    assert paid(record, json.dumps(second).encode()) == {}
