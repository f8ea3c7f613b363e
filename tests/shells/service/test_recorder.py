"""Decisions are recorded from the event loop: together, one group after another, and only what the client still waits for."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from functools import partialmethod
from threading import Event
from typing import Any

import pytest
from anyio import CapacityLimiter
from attrs import define, field

from adjudicator.model.errors import InputError
from adjudicator.service import recorder as recording_requests
from adjudicator.service.recorder import Recorder
from adjudicator.store import DecisionStore, Recorded
from adjudicator.store.recording import NewDecision, record_together
from store.cases import a_claim


@define
class Scene:
    """Groups of any recorder in the order in which they begin. That of a tenant which is held up ends when the event is set."""

    held_up: str = "default"
    groups: list[list[str]] = field(factory=list)
    end: Event = field(factory=Event)

    def record(self, record: DecisionStore, group: Sequence[NewDecision]) -> Sequence[Recorded | None]:
        """Record a group of a tenant."""
        self.groups.append([str(each.subject.order_id) for each in group])
        if record.tenant == self.held_up:
            assert self.end.wait(20)
        return record_together(record.engine, group)


def _recorded_in(record: DecisionStore, scene: Scene, group: Sequence[NewDecision]) -> Sequence[Recorded | None]:
    return scene.record(record, group)


@pytest.fixture
def scene(monkeypatch: pytest.MonkeyPatch) -> Scene:
    """All groups of recorders that are made by this test."""
    scene = Scene()
    monkeypatch.setattr(DecisionStore, "record_together", partialmethod(_recorded_in, scene))
    return scene


async def decided(recorder: Recorder, record: DecisionStore, order: str, key: str | None = None) -> Recorded:
    text = a_claim(order=order)
    threads = CapacityLimiter(1)
    return await recorder.decide(record, text, idempotency_key=key, caller="c", threads=threads)


def asked(recorder: Recorder, record: DecisionStore, *orders: str) -> list[asyncio.Task[Recorded]]:
    return [asyncio.create_task(decided(recorder, record, each, f"k-{each}")) for each in orders]


async def until(condition: Callable[[], object]) -> None:
    async with asyncio.timeout(20):
        while not condition():
            await asyncio.sleep(0.001)


def test_decisions_that_arrive_together_or_meanwhile_are_one_group(record: DecisionStore, scene: Scene) -> None:
    recorder = Recorder(20)

    async def ask() -> list[Recorded]:
        at_once = asked(recorder, record, "O-0", "O-1")
        await until(lambda: scene.groups)
        meanwhile = asked(recorder, record, "O-2", "O-3", "O-4")
        await until(lambda: len(recorder._waiting[record.tenant]) == 3)
        scene.end.set()
        return await asyncio.gather(*at_once, *meanwhile)

    first = asyncio.run(ask())
    assert scene.groups == [["O-0", "O-1"], ["O-2", "O-3", "O-4"]]
    assert [each.repeat for each in first] == [False] * 5
    assert not recorder._waiting
    again = asyncio.run(decided(recorder, record, "O-3", "k-O-3"))
    assert (again.id, again.decision, again.repeat, again.new) == (first[3].id, first[3].decision, True, None)
    assert record.verify() is None
    recorder.close()


def test_a_group_has_only_so_many(record: DecisionStore, scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recording_requests, "MOST_TOGETHER", 2)
    scene.end.set()
    recorder = Recorder(20)

    async def ask() -> None:
        await asyncio.gather(*asked(recorder, record, *(f"O-{number}" for number in range(5))))

    asyncio.run(ask())
    assert [len(each) for each in scene.groups] == [2, 2, 1]
    assert {each.order_id for each in record.decisions().items} == {f"O-{number}" for number in range(5)}
    recorder.close()


def test_nothing_is_recorded_for_a_request_that_waited_too_long(record: DecisionStore, scene: Scene) -> None:
    recorder = Recorder(20)

    async def ask() -> None:
        (begun,) = asked(recorder, record, "begun")
        await until(lambda: scene.groups)
        recorder.seconds = 0.1
        (late,) = asked(recorder, record, "late")
        with pytest.raises(TimeoutError):
            await late
        scene.end.set()
        await begun

    asyncio.run(ask())
    recorder.seconds = 20
    asyncio.run(decided(recorder, record, "next"))
    assert scene.groups == [["begun"], ["next"]]
    assert {each.order_id for each in record.decisions().items} == {"begun", "next"}
    recorder.close()


def test_only_so_many_cases_are_decided_ahead(
    record: DecisionStore, scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recording_requests, "MOST_PREPARED", 2)
    recorder = Recorder(20)

    async def ask() -> list[Recorded]:
        (first,) = asked(recorder, record, "O-0")
        await until(lambda: scene.groups)
        others = asked(recorder, record, "O-1", "O-2", "O-3")
        await asyncio.sleep(0.05)
        assert len(recorder._waiting[record.tenant]) == 1
        scene.end.set()
        return await asyncio.gather(first, *others)

    assert len({each.id for each in asyncio.run(ask())}) == 4
    recorder.close()


def test_a_tenant_does_not_wait_for_the_group_of_another(record: DecisionStore, scene: Scene) -> None:
    record.tenants.create("acme")
    recorder = Recorder(20)

    async def ask() -> None:
        (held_up,) = asked(recorder, record, "O-1")
        await until(lambda: scene.groups)
        await decided(recorder, record.for_tenant("acme"), "O-2")
        assert not held_up.done()
        scene.end.set()
        await held_up

    asyncio.run(ask())
    assert scene.groups == [["O-1"], ["O-2"]]
    recorder.close()


def test_after_an_error_each_of_a_group_is_recorded_alone(
    record: DecisionStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> Any:
        raise RuntimeError("no threads any more")

    monkeypatch.setattr(DecisionStore, "record_together", fail)
    recorder = Recorder(20)

    async def ask() -> list[Recorded]:
        return await asyncio.gather(*asked(recorder, record, "O-1", "O-2"))

    assert len({each.id for each in asyncio.run(ask())}) == 2
    assert {each.order_id for each in record.decisions().items} == {"O-1", "O-2"}
    recorder.close()


def test_a_case_with_faults_is_refused_before_it_waits(record: DecisionStore, scene: Scene) -> None:
    recorder = Recorder(20)
    with pytest.raises(InputError):
        asyncio.run(recorder.decide(record, b"{}", idempotency_key=None, caller=None, threads=CapacityLimiter(1)))
    assert not scene.groups
    recorder.close()
