"""Cases that pay for something other than an order: the thing paid for has one ledger, shared by all cases about it."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from importlib.metadata import EntryPoint
from io import BytesIO
from pathlib import Path
from typing import Any, Final

import pytest

from adjudicator import InputError
from adjudicator.engine import registry
from adjudicator.store import DecisionStore, NotPayable, State, open_store
from adjudicator.wire.codec import dump_case
from losses import CASE
from store.cases import a_claim

LOSSES: Final = EntryPoint("losses", "losses", registry.GROUP)


@pytest.fixture(autouse=True)
def pack(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Install the pack of an insurance next to the others."""
    others = registry.installed_packs()
    monkeypatch.setattr(registry, "installed_packs", lambda: (*others, LOSSES))
    registry.policies.cache_clear()
    yield
    monkeypatch.undo()
    registry.policies.cache_clear()


def a_loss(id: str = "loss-1", contract: str = "C-1", **changed: Any) -> bytes:
    """A case of the insurance: half of a damage of 901, and 100 of the premium."""
    return json.dumps({**json.loads(dump_case(CASE)), "id": id, "contract": contract, **changed}).encode()


def awarded(record: DecisionStore, case: bytes, **options: Any) -> tuple[str, dict[str, int]]:
    """A decision's id, and its awards by kind."""
    recorded = record.decide(case, **options)
    return recorded.id, {each["kind"]: each["amount"] for each in json.loads(recorded.decision)["awards"]}


def ledger(record: DecisionStore, decision: str) -> dict[str, int]:
    """The settlements for the thing that a decision is about, by kind."""
    order = record.summary(decision).order_id
    assert order is not None
    found: Counter[str] = Counter()
    for each in record.settlements(order):
        found[each.kind.value] += each.amount if each.stands else 0
    return dict(+found)


def test_a_reserved_payout_counts_for_every_case_about_the_same_thing(record: DecisionStore) -> None:
    """And not for cases about another."""
    first, awards = awarded(record, a_loss(), fill_settlements=True)
    assert awards == {"compensation": 451, "refund": 100}
    payouts = record.reserve(first)
    assert [(each.claim_id, each.line_id, each.amount, each.currency) for each in payouts] == [
        ("loss-1", None, 451, "EUR"),
        ("loss-1", None, 100, "EUR"),
    ]
    assert ledger(record, first) == awards
    second, left = awarded(record, a_loss("loss-2"), fill_settlements=True)
    assert left == {}
    assert json.loads(record.case(second).content)["settlements"] == [
        {
            "kind": each.kind,
            "amount": each.amount,
            "line_id": None,
            "settled_at": None,
            "claim_id": None,
            "units": None,
            "reversed_at": None,
        }
        for each in payouts
    ]
    assert awarded(record, a_loss("loss-3", contract="C-2"), fill_settlements=True)[1] == awards
    assert record.standing(first).payouts == payouts
    assert record.standing(second).payouts == ()


def test_two_decisions_about_one_thing_pay_once(record: DecisionStore) -> None:
    """Even if neither knew of the other."""
    first, awards = awarded(record, a_loss())
    second, _ = awarded(record, a_loss("loss-2"))
    record.reserve(first)
    with pytest.raises(NotPayable):
        record.reserve(second)
    assert record.reserve(first) == record.standing(first).payouts
    assert ledger(record, first) == awards


def test_more_damage_later_pays_the_rest_under_a_new_key(record: DecisionStore) -> None:
    """Whether the record fills in earlier payments, or the caller states them."""
    first, _ = awarded(record, a_loss(), fill_settlements=True)
    keys = {each.key for each in record.reserve(first)}
    record.settle(first, State.CONFIRMED)
    second, rest = awarded(record, a_loss("loss-2", damage=1001), fill_settlements=True)
    assert rest == {"compensation": 50}
    stated = [{"kind": "compensation", "amount": 451}, {"kind": "refund", "amount": 100}]
    third, same = awarded(record, a_loss("loss-3", damage=1001, settlements=stated))
    assert same == rest
    (payout,) = record.reserve(third)
    assert payout.key not in keys
    with pytest.raises(NotPayable):
        record.reserve(second)
    assert ledger(record, first) == {"compensation": 501, "refund": 100}


def test_a_reversed_payout_can_be_paid_again(record: DecisionStore) -> None:
    """One that was never confirmed under its own key as a second attempt, and one that was paid under another key."""
    first, awards = awarded(record, a_loss(), fill_settlements=True)
    compensation, refund = record.reserve(first)
    record.reverse(compensation.key)
    record.confirm(refund.key)
    record.reverse(refund.key)
    assert ledger(record, first) == {}
    second, again = awarded(record, a_loss("loss-2"), fill_settlements=True)
    assert again == awards
    new = {each.kind: each for each in record.reserve(second)}
    assert (new["compensation"].key, new["compensation"].attempt) == (compensation.key, 2)
    assert new["refund"].key != refund.key


def test_the_record_of_such_payouts_verifies_and_moves(record: DecisionStore, tmp_path: Path) -> None:
    """All of it, and payments stay paid."""
    first, _ = awarded(record, a_loss(), fill_settlements=True)
    record.settle(first, State.RESERVED, idempotency_key="P")
    assert record.settle(first, State.RESERVED, idempotency_key="P") == record.standing(first).payouts
    assert record.verify() is None
    assert record.rerun(first).agrees
    exported = BytesIO()
    record.export(exported)
    exported.seek(0)
    moved = open_store(f"sqlite:///{tmp_path / 'moved.db'}")
    moved.import_(exported)
    assert ledger(moved, first) == ledger(record, first)
    assert awarded(moved, a_loss("loss-2"), fill_settlements=True)[1] == {}
    moved.close()


def test_an_order_cannot_have_the_id_of_another_thing_paid_for(record: DecisionStore) -> None:
    """It would share its ledger."""
    first, _ = awarded(record, a_loss())
    taken = record.summary(first).order_id
    assert taken is not None
    with pytest.raises(InputError, match="/order/id"):
        record.decide(a_claim(order=taken))
