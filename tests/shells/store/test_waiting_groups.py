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
