"""Repeated requests get the same answer: payouts, work in several parts, and changes in between."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from itertools import count

import pytest
import sqlalchemy as sa

from adjudicator.store import Changed, DecisionStore, KeyReused, NotFound, NotPayable, State, open_store
from adjudicator.wire.codec import load_case
from store.cases import ADMISSION, ORDER, UNIT, a_claim


def test_a_repeated_payout_request_gets_the_first_answer(record: DecisionStore) -> None:
    given = record.decide(a_claim())
    first = record.reserve(given.id, idempotency_key="K", caller="shop")
    record.reverse(first[0].key)
    assert record.reserve(given.id, idempotency_key="K", caller="shop") == first
    assert record.payout(first[0].key).state is State.REVERSED


@pytest.mark.parametrize("url", ["postgresql"], indirect=True)
def test_a_decision_is_repeated_despite_concurrent_decisions_on_its_order(record: DecisionStore) -> None:
    """Another caller records the next decision after the first statement of the repeat, or after the second, and so on."""
    for number in count():
        order = f"order-{number}"
        given = record.decide(a_claim(order=order), fill_settlements=True, idempotency_key=order)
        with after_statement(number, partial(record.decide, a_claim("AS-2", order=order))) as done:
            again = record.decide(a_claim(order=order), fill_settlements=True, idempotency_key=order)
        assert (again.id, again.decision, again.repeat) == (given.id, given.decision, True)
        if not done:
            break
    assert number > 3


@contextmanager
def after_statement(number: int, do: Callable[[], object]) -> Iterator[list[object]]:
    """Run something after one of the statements in this context, counted from 0. Gives its result, if there were that many."""
    done: list[object] = []
    statements = count()

    def after(*_: object) -> None:
        if next(statements) == number:
            done.append(do())

    sa.event.listen(sa.Engine, "after_cursor_execute", after)
    try:
        yield done
    finally:
        sa.event.remove(sa.Engine, "after_cursor_execute", after)


def test_a_key_of_another_payout_or_of_a_decision_is_refused(record: DecisionStore) -> None:
    given = record.decide(a_claim(), idempotency_key="D")
    record.reserve(given.id, idempotency_key="P")
    for key, state in (("P", State.CONFIRMED), ("D", State.RESERVED)):
        with pytest.raises(KeyReused):
            record.settle(given.id, state, idempotency_key=key)
    with pytest.raises(KeyReused):
        record.decide(a_claim(), idempotency_key="P")


def test_an_export_includes_answers_about_payouts(record: DecisionStore, tmp_path: object) -> None:
    given = record.decide(a_claim())
    first = record.reserve(given.id, idempotency_key="K")
    stream = io.BytesIO()
    record.export(stream)
    stream.seek(0)
    other = open_store(f"sqlite:///{tmp_path}/other.db")
    other.import_(stream)
    assert other.reserve(given.id, idempotency_key="K") == first
    other.close()


def test_payouts_are_confirmed_together_or_not_at_all(record: DecisionStore) -> None:
    given = record.decide(a_claim())
    refund, compensation, postage = record.reserve(given.id)
    record.reverse(compensation.key)
    with pytest.raises(NotPayable):
        record.settle(given.id, State.CONFIRMED, (refund.key, compensation.key))
    assert record.payout(refund.key).state is State.RESERVED
    confirmed = record.settle(given.id, State.CONFIRMED)
    assert [each.key for each in confirmed] == [refund.key, postage.key]


def test_a_payout_of_another_claim_is_not_found(record: DecisionStore) -> None:
    one = record.decide(a_claim("AS-1", units=1))
    paid = record.reserve(one.id)
    other = record.decide(a_claim("AS-2"), fill_settlements=True)
    with pytest.raises(NotFound):
        record.settle(other.id, State.REVERSED, [paid[0].key])
    assert record.settle(other.id, State.REVERSED) == ()


def test_a_state_changed_since_it_was_read_is_not_overwritten(record: DecisionStore) -> None:
    given = record.decide(a_claim())
    seen = record.standing(given.id)
    assert (seen.summary.id, seen.payouts, seen.version) == (given.id, (), 1)
    record.reserve(given.id, if_version=seen.version)
    with pytest.raises(Changed):
        record.settle(given.id, State.REVERSED, if_version=seen.version)
    with pytest.raises(Changed):
        record.decide_case(load_case(a_claim(units=3)), supersedes=given.id, if_version=seen.version)
    assert settled_refund(record) == 2 * UNIT
    assert record.standing(given.id).version == 4


def settled_refund(record: DecisionStore) -> int:
    return sum(each.amount for each in record.settlements(ORDER) if each.kind.value == "refund")


def test_a_case_without_an_order_stands_alone(record: DecisionStore) -> None:
    import json

    given = record.decide(json.dumps(ADMISSION))
    assert record.standing(given.id).payouts == ()
    assert record.reserve(given.id) == record.settle(given.id, State.REVERSED) == ()
    with pytest.raises(NotPayable, match="nothing is reserved"):
        record.settle(given.id, State.CONFIRMED)


def test_a_key_for_work_in_several_parts_is_bound_to_its_payload(record: DecisionStore) -> None:
    for _ in range(2):
        record.take_up("K", ["one", "two"], caller="shop")
    with pytest.raises(KeyReused):
        record.take_up("K", ["one"], caller="shop")
    record.take_up("K", ["one"], caller="another")


def test_permits_are_counted_for_all_workers_together(url: str) -> None:
    from adjudicator import Instant

    clock = [Instant.parse("2026-06-01T00:00:30Z")]
    workers = [open_store(url, now=lambda: clock[0]) for _ in range(2)]
    taken = [worker.rates.take("shop", 4, 10) for worker in (*workers, *workers)]
    assert [each.granted for each in taken] == [4, 4, 2, 0]
    assert [each.left for each in taken] == [6, 2, 0, 0]
    assert workers[0].rates.take("another", 4, 10).granted == 4
    clock[0] = Instant(clock[0] + 30_000_000)
    assert workers[1].rates.take("shop", 4, 10).granted == 4
    for each in workers:
        each.close()
