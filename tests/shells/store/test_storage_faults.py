"""Each storage call fails in turn: nothing is lost or doubled, and the caller only has to repeat its requests."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from typing import Any, Final

import pytest
import sqlalchemy as sa

from adjudicator.store import DecisionStore
from store.cases import a_claim, settled

DATABASES: Final = ("sqlite", "postgresql")
KINDS = ["decision", "payout", "payout", "payout", "payout", "decision", "payout", "payout", "erasure"]


class Unplugged(Exception):
    """The storage does not respond."""


class Fuse:
    """Fails one call to the storage, if it is reached."""

    def __init__(self, blows_at: int) -> None:
        self.left = blows_at

    def __call__(self, *_: Any) -> None:
        """Make a call to the storage."""
        self.left -= 1
        if self.left == 0:
            raise Unplugged

    @property
    def blown(self) -> bool:
        """Whether the call was reached."""
        return self.left <= 0


@contextmanager
def failing_before_a_statement(engine: sa.Engine, fuse: Fuse) -> Iterator[None]:
    """Before a statement that changes data. A failure before a reading statement leaves the same state as one before the next change."""

    def execute(*call: Any) -> None:
        _, _, statement, *_ = call
        if not statement.startswith("SELECT"):
            fuse()

    sa.event.listen(engine, "before_cursor_execute", execute)
    yield
    sa.event.remove(engine, "before_cursor_execute", execute)


@contextmanager
def failing_before_a_commit(engine: sa.Engine, fuse: Fuse) -> Iterator[None]:
    sa.event.listen(engine, "commit", fuse)
    yield
    sa.event.remove(engine, "commit", fuse)


@contextmanager
def losing_the_answer_of_a_commit(engine: sa.Engine, fuse: Fuse) -> Iterator[None]:
    """The data are written, but nobody is informed."""
    done = engine.dialect.do_commit

    def commit(dbapi_connection: Any) -> None:
        done(dbapi_connection)
        fuse()

    engine.dialect.do_commit = commit  # type: ignore[method-assign]  # a driver's hook
    yield
    engine.dialect.do_commit = done  # type: ignore[method-assign]  # as it was


def a_day(record: DecisionStore, order: str) -> None:
    """All events of an order. It can be started again at any point, as by a caller who got no answer."""
    first = record.decide(a_claim(order=order), fill_settlements=True, idempotency_key=f"{order}-1")
    payouts = record.reserve(first.id)
    record.confirm(payouts[0].key)
    again = a_claim(order=order, units=3)
    second = record.decide(again, fill_settlements=True, idempotency_key=f"{order}-2", supersedes=first.id)
    record.reserve(second.id)
    record.erase(order_id=order, reason="asked for")


def the_rest_of_the_day(record: DecisionStore, order: str) -> None:
    """What a caller without an answer does: repeat all from the start, except for what is superseded or erased."""
    if "erasure" in kinds_in(record, order):
        return
    decided = record.decide(a_claim(order=order), fill_settlements=True, idempotency_key=f"{order}-1")
    if record.summary(decided.id).superseded_by is None:
        a_day(record, order)
        return
    again = a_claim(order=order, units=3)
    second = record.decide(again, fill_settlements=True, idempotency_key=f"{order}-2", supersedes=decided.id)
    record.reserve(second.id)
    record.erase(order_id=order, reason="asked for")


def kinds_in(record: DecisionStore, order: str) -> list[str]:
    return [entry.document()["kind"] for entry in record.entries(order)]


CALLS: Final = {
    **{
        (failing, name): (1, 1)
        for failing in (failing_before_a_commit, losing_the_answer_of_a_commit)
        for name in DATABASES
    },
    **{(failing_before_a_statement, name): (first, 2) for first, name in enumerate(DATABASES, start=1)},
}
"""The first failing call and the step to the next: each database tests every other call, and both together test all."""


@pytest.mark.parametrize(
    "failing",
    [
        failing_before_a_statement,
        failing_before_a_commit,
        losing_the_answer_of_a_commit,
    ],
)
def test_a_failing_call_loses_and_doubles_nothing(record: DecisionStore, failing: Callable[..., Any]) -> None:
    a_day(record, "whole")
    wanted = {kind: amount for (kind, _), amount in settled(record, "whole").items()}
    assert kinds_in(record, "whole") == KINDS
    for number in count(*CALLS[failing, record.engine.dialect.name]):
        order, fuse = f"O-{number}", Fuse(number)
        with failing(record.engine, fuse):
            try:
                a_day(record, order)
            except Unplugged:
                record.engine.dispose()
            else:
                assert not fuse.blown
                break
        there = kinds_in(record, order)
        assert there == KINDS[: len(there)]
        the_rest_of_the_day(record, order)
        assert kinds_in(record, order) == KINDS
        assert {kind: amount for (kind, _), amount in settled(record, order).items()} == wanted
    assert number > 4
    assert record.verify() is None
