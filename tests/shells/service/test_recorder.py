"""Decisions are recorded from the event loop: together, in one thread, and only what the client still waits for."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from threading import Event, Thread
from typing import Any

import pytest
from anyio import CapacityLimiter

from adjudicator.model.errors import InputError
from adjudicator.service import recorder as recording_requests
from adjudicator.service.recorder import Recorder
from adjudicator.store import DecisionStore, Recorded
from adjudicator.store.groups import Groups
from adjudicator.store.recording import _groups_of
from store.cases import a_claim


@contextmanager
def held_up(record: DecisionStore) -> Iterator[tuple[Groups[Any, Any], Event]]:
    """A group that goes on until the event is set, or the context ends."""
    groups, begun, end = _groups_of(record.engine), Event(), Event()

    def hold_up(_: Sequence[Any]) -> list[Any]:
        begun.set()
        assert end.wait(20)
        return [None]

    holder = Thread(target=groups.answer, args=(None, hold_up))
    holder.start()
    assert begun.wait(20)
    try:
        yield groups, end
    finally:
        end.set()
        holder.join(20)


async def decided(recorder: Recorder, record: DecisionStore, order: str, key: str | None = None) -> Recorded:
    text = a_claim(order=order)
    threads = CapacityLimiter(1)
    return await recorder.decide(record, text, idempotency_key=key, caller="c", threads=threads)


def test_decisions_that_arrive_together_take_one_thread(record: DecisionStore) -> None:
    recorder = Recorder(20)

    async def ask() -> list[Recorded]:
        with held_up(record) as (groups, end):
            asked = [asyncio.create_task(decided(recorder, record, f"O-{n}", f"k-{n}")) for n in range(8)]
            while len(groups._waiting) < 8:
                await asyncio.sleep(0.001)
            end.set()
            return await asyncio.gather(*asked)

    first = asyncio.run(ask())
    assert [each.repeat for each in first] == [False] * 8
    assert len(recorder._executor._threads) == 1
    again = asyncio.run(decided(recorder, record, "O-3", "k-3"))
    assert (again.id, again.decision, again.repeat, again.new) == (first[3].id, first[3].decision, True, None)
    assert record.verify() is None
    recorder.close()


def test_nothing_is_recorded_for_a_request_that_waited_too_long(record: DecisionStore) -> None:
    recorder = Recorder(0.2)
    with held_up(record), pytest.raises(TimeoutError):
        asyncio.run(decided(recorder, record, "late"))
    recorder.seconds = 20
    asyncio.run(decided(recorder, record, "next"))
    assert [each.order_id for each in record.decisions().items] == ["next"]
    recorder.close()


def test_only_so_many_cases_are_decided_ahead(record: DecisionStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recording_requests, "MOST_PREPARED", 2)
    recorder = Recorder(20)

    async def ask() -> list[Recorded]:
        with held_up(record) as (groups, end):
            asked = [asyncio.create_task(decided(recorder, record, f"O-{n}")) for n in range(5)]
            while len(groups._waiting) < 2:
                await asyncio.sleep(0.001)
            await asyncio.sleep(0.05)
            assert len(groups._waiting) == 2
            end.set()
            return await asyncio.gather(*asked)

    assert len({each.id for each in asyncio.run(ask())}) == 5
    recorder.close()


def test_a_case_with_faults_is_refused_before_it_waits(record: DecisionStore) -> None:
    recorder = Recorder(20)
    with held_up(record), pytest.raises(InputError):
        asyncio.run(recorder.decide(record, b"{}", idempotency_key=None, caller=None, threads=CapacityLimiter(1)))
    recorder.close()
