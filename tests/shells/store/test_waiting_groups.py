"""Work that arrives while other work runs is done together, and an error affects only its own caller."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from threading import Event, Thread
from time import monotonic, sleep
from typing import Any

import pytest

from adjudicator.service.problems import problem_for
from adjudicator.store import TooManyWaiting, groups
from adjudicator.store.groups import MOST_TOGETHER, Groups


class Scene:
    """A blocked group, with others waiting behind it."""

    def __init__(self) -> None:
        self.groups: Groups[Any, Any] = Groups()
        self.together: list[list[Any]] = []
        self.outcomes: dict[Any, Any] = {}
        self.open = Event()
        self.threads: list[Thread] = []
        self.start("held up", self.hold_up)
        while not self.together:
            sleep(0.001)

    def hold_up(self, asked: Sequence[Any]) -> list[Any]:
        """Work that takes until the scene ends."""
        self.together.append(list(asked))
        assert self.open.wait(20)
        return list(asked)

    def echo(self, asked: Sequence[Any]) -> list[Any]:
        """Work that answers each request with itself."""
        self.together.append(list(asked))
        return list(asked)

    def start(self, asked: Any, work: Callable[[Sequence[Any]], Sequence[Any]]) -> None:
        """Submit a request in a separate thread."""

        def ask() -> None:
            try:
                self.outcomes[asked] = self.groups.answer(asked, work)
            except BaseException as error:  # noqa: BLE001 - whatever it is, the test looks at it
                self.outcomes[asked] = error

        self.threads.append(Thread(target=ask))
        self.threads[-1].start()

    def queue(self, asked: Any, work: Callable[[Sequence[Any]], Sequence[Any]]) -> None:
        """Submit a request, and return once it waits."""
        waiting = len(self.groups._waiting)
        self.start(asked, work)
        give_up = monotonic() + 20
        while len(self.groups._waiting) == waiting:
            assert monotonic() < give_up
            sleep(0.001)

    def end(self) -> None:
        """Let everything finish."""
        self.open.set()
        for each in self.threads:
            each.join(20)
            assert not each.is_alive()


def test_work_that_arrives_meanwhile_is_done_together_in_order_and_in_limited_groups() -> None:
    scene = Scene()
    asked = list(range(MOST_TOGETHER + 6))
    for each in asked:
        scene.queue(each, scene.echo)
    scene.end()
    assert scene.together == [["held up"], asked[:MOST_TOGETHER], asked[MOST_TOGETHER:]]
    assert scene.outcomes == {"held up": "held up"} | {each: each for each in asked}


def test_one_group_works_at_a_time() -> None:
    scene = Scene()
    begun, end = Event(), Event()

    def slow(asked: Sequence[Any]) -> list[Any]:
        begun.set()
        assert end.wait(20)
        return scene.echo(asked)

    scene.queue("slow", slow)
    scene.open.set()
    assert begun.wait(20)
    scene.queue("next", scene.echo)
    assert scene.together == [["held up"]]
    end.set()
    scene.end()
    assert scene.together == [["held up"], ["slow"], ["next"]]


@pytest.mark.parametrize("error", [ValueError("no"), KeyboardInterrupt()])
def test_an_error_goes_to_the_leading_caller_and_the_others_work_alone(error: BaseException) -> None:
    def fail(_: Sequence[Any]) -> list[Any]:
        raise error

    scene = Scene()
    scene.queue("leads", fail)
    scene.queue("follows", scene.echo)
    scene.end()
    assert scene.outcomes["leads"] is error
    assert scene.outcomes["follows"] is None
    assert scene.groups.answer("later", scene.echo) == "later"


def test_a_caller_that_waited_too_long_gives_up_and_nothing_is_done_for_it(monkeypatch: pytest.MonkeyPatch) -> None:
    scene = Scene()
    monkeypatch.setattr(groups, "LONGEST_WAIT", 0.01)
    scene.start("impatient", scene.echo)
    scene.threads[-1].join(20)
    monkeypatch.setattr(groups, "LONGEST_WAIT", 20)
    scene.queue("patient", scene.echo)
    scene.end()
    assert isinstance(scene.outcomes["impatient"], TimeoutError)
    assert scene.together == [["held up"], ["patient"]]


def test_a_caller_whose_group_has_started_waits_for_its_answer(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    scene = Scene()
    monkeypatch.setattr(groups, "LONGEST_WAIT", 0.2)
    answered = Event()

    def slow(asked: Sequence[Any]) -> list[Any]:
        assert not answered.wait(0.4)
        return scene.echo(asked)

    scene.queue("leads", slow)
    scene.queue("follows", slow)
    scene.end()
    assert scene.outcomes == {"held up": "held up", "leads": "leads", "follows": "follows"}


def test_only_so_many_may_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(groups, "MOST_WAITING", 2)
    scene = Scene()
    scene.queue(1, scene.echo)
    scene.queue(2, scene.echo)
    with pytest.raises(TooManyWaiting) as refused:
        scene.groups.answer(3, scene.echo)
    problem = problem_for(refused.value)
    assert (problem.type.status, problem.headers) == (503, {"Retry-After": "1"})
    scene.end()
    assert scene.together == [["held up"], [1, 2]]


# Callers without a thread


class Threads:
    """Runs each function that it is given in a thread."""

    def __init__(self) -> None:
        self.started: list[Thread] = []

    def __call__(self, work: Callable[[], None]) -> None:
        """Run a function."""
        self.started.append(Thread(target=work))
        self.started[-1].start()

    def end(self) -> None:
        """Wait for all of them."""
        for each in self.started:
            each.join(20)
            assert not each.is_alive()


def test_a_group_takes_one_thread_however_many_callers_have_none() -> None:
    scene, threads = Scene(), Threads()
    futures = [scene.groups.submit(each, scene.echo, threads) for each in range(3)]
    scene.queue("in a thread", scene.echo)
    assert not threads.started
    scene.end()
    assert [each.result(20) for each in futures] == [0, 1, 2]
    assert scene.outcomes == {"held up": "held up", "in a thread": "in a thread"}
    assert scene.together == [["held up"], [0, 1, 2, "in a thread"]]
    threads.end()
    assert len(threads.started) == 1


def test_a_caller_without_a_thread_leads_if_nobody_else_does() -> None:
    groups: Groups[Any, Any] = Groups()
    threads = Threads()
    for _ in range(2):
        assert groups.submit("asked", list, threads).result(20) == "asked"
    threads.end()
    assert len(threads.started) == 2
    assert groups.answer("later", list) == "later"


def test_an_error_in_a_group_reaches_the_future_of_the_caller_that_leads() -> None:
    def fail(_: Sequence[Any]) -> list[Any]:
        raise ValueError("no")

    scene, threads = Scene(), Threads()
    leads, follows = (scene.groups.submit(each, fail, threads) for each in ("leads", "follows"))
    scene.end()
    assert isinstance(leads.exception(20), ValueError)
    assert follows.result(20) is None
    threads.end()
    assert scene.groups.answer("later", scene.echo) == "later"


def test_nothing_is_done_for_a_caller_that_cancels_in_time() -> None:
    scene, threads = Scene(), Threads()
    cancelled, kept = (scene.groups.submit(each, scene.echo, threads) for each in ("cancelled", "kept"))
    assert cancelled.cancel()
    scene.end()
    assert kept.result(20) == "kept"
    assert scene.together == [["held up"], ["kept"]]


def test_a_caller_that_cancels_too_late_leaves_the_others_their_answers() -> None:
    scene, threads = Scene(), Threads()
    begun, end = Event(), Event()

    def slow(asked: Sequence[Any]) -> list[Any]:
        begun.set()
        assert end.wait(20)
        return scene.echo(asked)

    leads, follows, last = (scene.groups.submit(each, slow, threads) for each in ("leads", "follows", "last"))
    scene.open.set()
    assert begun.wait(20)
    assert not leads.cancel()
    assert follows.cancel()
    end.set()
    assert (leads.result(20), last.result(20)) == ("leads", "last")
    scene.end()
    threads.end()
    assert scene.together == [["held up"], ["leads", "follows", "last"]]
    assert scene.groups.answer("later", list) == "later"


def test_only_so_many_may_wait_without_a_thread_either(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(groups, "MOST_WAITING", 1)
    scene, threads = Scene(), Threads()
    waiting = scene.groups.submit("waits", scene.echo, threads)
    with pytest.raises(TooManyWaiting):
        scene.groups.submit("too many", scene.echo, threads)
    scene.end()
    assert waiting.result(20) == "waits"
