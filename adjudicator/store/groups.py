"""Groups of callers: work that arrives while other work is being done waits, and is then done together.

The first caller leads: it does its own work at once. Those that come meanwhile wait, and the first of them leads the next group. So nobody
waits for others to arrive, and a group is as large as the load makes it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from threading import Event, Lock
from typing import Final, Generic, TypeAlias, TypeVar

from attrs import define, field

from adjudicator.store.errors import TooManyWaiting

MOST_TOGETHER: Final = 64
"""The most callers in a group: more would keep the first of them waiting."""
MOST_WAITING: Final = 2_000
"""The most callers that wait for a group to begin."""
LONGEST_WAIT: Final = 30.0
"""How many seconds a caller waits for its group to begin."""

Asked = TypeVar("Asked")
Answer = TypeVar("Answer")
Work: TypeAlias = Callable[[Sequence[Asked]], Sequence[Answer | None]]
"""Answers each of a group, in their order; ``None`` for those that have to do it alone."""


@define(eq=False)
class _Caller(Generic[Asked, Answer]):
    asked: Asked
    work: Work[Asked, Answer]
    leads: bool = field(default=False, init=False)
    answer: Answer | None = field(default=None, init=False)
    woken: Event = field(factory=Event, init=False)
    """Set when it leads, or its group is done."""


@define(eq=False)
class Groups(Generic[Asked, Answer]):
    """The callers of one kind of work, one group after another."""

    _lock: Lock = field(factory=Lock, init=False)
    _led: bool = field(default=False, init=False)
    _waiting: dict[_Caller[Asked, Answer], None] = field(factory=dict, init=False)

    def answer(self, asked: Asked, work: Work[Asked, Answer]) -> Answer | None:
        """What the work of the caller's group answers it; ``None`` if the caller has to do it alone.

        ``work`` answers each of a group, in their order, and nobody of another group works meanwhile. What it raises reaches only the
        caller that led; the others do theirs alone. Raises :class:`~adjudicator.store.errors.TooManyWaiting`, and :class:`TimeoutError`
        after :data:`LONGEST_WAIT` seconds; then nothing was done.
        """
        caller = _Caller(asked, work)
        self._join(caller)
        try:
            if not caller.leads:
                self._wait(caller)
            if caller.leads:
                self._lead(caller)
        finally:
            self._leave(caller)
        return caller.answer

    def _join(self, caller: _Caller[Asked, Answer]) -> None:
        with self._lock:
            if not self._led:
                self._led = caller.leads = True
            elif len(self._waiting) >= MOST_WAITING:
                raise TooManyWaiting("too many decisions are waiting to be recorded; try again")
            else:
                self._waiting[caller] = None

    def _wait(self, caller: _Caller[Asked, Answer]) -> None:
        """Wait until the caller leads, or its group is done."""
        if caller.woken.wait(LONGEST_WAIT):
            return
        with self._lock:
            has_begun = caller not in self._waiting
        if not has_begun:
            raise TimeoutError("the record is too busy: the decision was not recorded in time")
        caller.woken.wait()

    def _lead(self, caller: _Caller[Asked, Answer]) -> None:
        with self._lock:
            others = list(self._waiting)[: MOST_TOGETHER - 1]
            for each in others:
                del self._waiting[each]
        group = [caller, *others]
        try:
            for each, answer in zip(group, caller.work([each.asked for each in group]), strict=True):
                each.answer = answer
        finally:
            for each in others:
                each.woken.set()

    def _leave(self, caller: _Caller[Asked, Answer]) -> None:
        """Withdraw what nobody has begun, and let the next caller lead, whatever ended this one's call."""
        with self._lock:
            self._waiting.pop(caller, None)
            if not caller.leads:
                return
            successor = next(iter(self._waiting), None)
            self._led = successor is not None
            if successor is not None:
                del self._waiting[successor]
                successor.leads = True
        if successor is not None:
            successor.woken.set()
