"""Every path through a function: at each question that facts do not settle, both answers are followed in turn."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextvars import ContextVar
from typing import Any, Final, NoReturn, TypeAlias

import z3

from adjudicator.prove.results import Reason, Why

Formula: TypeAlias = Any
Guarded: TypeAlias = tuple[Formula, Any]
"""A value, and the condition under which it is the value."""

MOST_QUESTIONS: Final = 2_000
"""The most questions that one path may ask, so that a loop without end is noticed."""


class Untreatable(Exception):
    """Something that cannot be followed symbolically."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(f"{reason.why}: {reason.detail}")
        self.reason = reason


class Undecided(Exception):
    """The solver did not answer in time."""


def untreatable(why: Why, detail: str) -> NoReturn:
    """Give up on the current path. The path remembers it, in case a function catches the exception."""
    error = Untreatable(Reason(why, detail))
    paths = _FOLLOWING.get()
    if paths is not None:
        paths.given_up = error
    raise error


class Solver:
    """The solver, with a time limit for each question."""

    def __init__(self, milliseconds: int) -> None:
        self.z3 = z3.Solver()
        self.z3.set("timeout", milliseconds)
        self.milliseconds = milliseconds
        self.domain: list[Formula] = []

    def restrict(self, formula: Formula) -> None:
        """Add a condition that every input meets."""
        self.domain.append(formula)
        self.z3.add(formula)

    def possible(self, *conditions: Formula) -> bool:
        """Whether an input meets all conditions. Raises :class:`Undecided` if that is not known in time."""
        answer = self.z3.check(*conditions)
        if answer == z3.unknown:
            raise Undecided
        return bool(answer == z3.sat)

    def model(self, *conditions: Formula) -> Any | None:
        """An input that meets all conditions, if there is one."""
        return self.z3.model() if self.possible(*conditions) else None


class Paths:
    """The paths through one function, under the conditions that the solver holds already."""

    def __init__(self, solver: Solver, count: Callable[[], None]) -> None:
        self.solver = solver
        self.given_up: Untreatable | None = None
        self._count = count
        self._decided: list[bool] = []
        self._position = 0
        self._waiting: list[list[bool]] = []
        self._conditions: list[Formula] = []
        self._known: dict[int, tuple[Formula, bool]] = {}

    def follow(self, function: Callable[[], Any]) -> Iterator[tuple[list[Formula], Any]]:
        """The result at the end of each path, with the conditions on the way. The solver holds them until the next one is requested."""
        self._waiting = [[]]
        while self._waiting:
            self._count()
            self._decided = self._waiting.pop()
            self._position, self._conditions, self._known = 0, [], {}
            self.solver.z3.push()
            try:
                yield self._conditions, self._result(function)
            finally:
                self.solver.z3.pop()

    def _result(self, function: Callable[[], Any]) -> Any:
        token = _FOLLOWING.set(self)
        try:
            result = function()
        except (Untreatable, Undecided):
            raise
        except Exception as error:
            if self.given_up is None:
                raise Untreatable(Reason(Why.CALL, f"{type(error).__name__}: {error}")) from error
        finally:
            _FOLLOWING.reset(token)
        if self.given_up is not None:
            raise self.given_up
        return result

    def fork(self, condition: Formula) -> bool:
        """Whether a condition holds on this path."""
        condition = z3.simplify(condition)
        if z3.is_true(condition) or z3.is_false(condition):
            return bool(z3.is_true(condition))
        known = self._known.get(condition.get_id())
        if known is not None:
            return known[1]
        if self._position == len(self._decided):
            if self._position == MOST_QUESTIONS:
                untreatable(Why.TOO_MANY, f"{MOST_QUESTIONS} questions on one path")
            self._decide(condition)
        answer = self._decided[self._position]
        self._position += 1
        chosen = condition if answer else z3.Not(condition)
        self._conditions.append(chosen)
        self.solver.z3.add(chosen)
        self._known[condition.get_id()] = (condition, answer)
        return answer

    def _decide(self, condition: Formula) -> None:
        if not self.solver.possible(condition):
            self._decided = [*self._decided, False]
            return
        if self.solver.possible(z3.Not(condition)):
            self._waiting.append([*self._decided, False])
        self._decided = [*self._decided, True]

    def choose(self, alternatives: Iterable[Guarded]) -> Any:
        """The value among alternatives, one of which always applies."""
        *first, (_, last) = alternatives
        for condition, value in first:
            if self.fork(condition):
                return value
        return last


_FOLLOWING: Final[ContextVar[Paths | None]] = ContextVar("following", default=None)


def following() -> Paths:
    """The paths that are being followed. Outside of a function of a policy, a symbolic value cannot be looked at."""
    paths = _FOLLOWING.get()
    if paths is None:
        raise Untreatable(Reason(Why.CALL, "a symbolic value was compared outside of a function"))
    return paths
