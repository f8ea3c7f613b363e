"""Steps of a process: their declaration, the progress of a history, and one step as a subject of clauses."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from enum import StrEnum
from functools import cache, cached_property
from typing import Any, Final, TypeAlias, TypedDict, TypeVar

from attrs import evolve, field, frozen

from adjudicator.engine.clause import PolicyError
from adjudicator.engine.inspection import Function
from adjudicator.model.facts import Ask, Need, Open, Repairable
from adjudicator.model.time import Instant

T = TypeVar("T")

HISTORY: Final = "/history"
NEXT_EVENT: Final = f"{HISTORY}/-"
NO_STEPS: Final = frozenset[str]()
MOST_POSSIBILITIES: Final = 64
"""The most possible states of a process that are followed while it is unknown which events count."""


@frozen
class Counts:
    """The true-or-false field that decides whether an event counts, and the need to ask for if it is unknown."""

    field: str
    need: Need


@frozen(kw_only=True, eq=False)
class Step:
    """A step of a process: who takes it, at which stages, under which clauses, and to which stage it leads.

    Without ``then`` the process stays at its stage. An event that does not ``count`` changes nothing.
    """

    name: StrEnum
    by: tuple[StrEnum, ...]
    at: tuple[StrEnum, ...]
    then: StrEnum | None = None
    requires: tuple[Function, ...] = ()
    barred_by: tuple[Function, ...] = ()
    counts: Counts | None = None

    @cached_property
    def id(self) -> str:
        """Its name as plain text."""
        return self.name.value

    @cached_property
    def takers(self) -> tuple[str, ...]:
        """The names of the parties that take it, the first of which is asked for it."""
        return tuple([each.value for each in self.by])

    @cached_property
    def ask(self) -> Ask:
        """The ask for the step: an event at the end of the history, at any instant."""
        event: dict[str, tuple[Any, ...]] = {f"{NEXT_EVENT}/step": (self.name,), f"{NEXT_EVENT}/happened_at": ()}
        counting = {f"{NEXT_EVENT}/{self.counts.field}": (True,)} if self.counts else {}
        return Ask(Need(self.id, self.by[0]), (event | counting,))

    def leads_to(self, stage: StrEnum) -> StrEnum:
        """The stage after it."""
        return stage if self.then is None else self.then


class StepClauses(TypedDict):
    """The arguments of an edition that come from its steps."""

    requires: tuple[Function, ...]
    barred_by: tuple[Function, ...]
    clauses_by_question: Mapping[Any, tuple[Function, ...]]


def clauses_of(steps: Iterable[Step]) -> StepClauses:
    """The clauses of some steps for their edition: ``Edition(..., **clauses_of(STEPS))``."""
    declared = tuple(steps)
    return {
        "requires": tuple(dict.fromkeys(clause for each in declared for clause in each.requires)),
        "barred_by": tuple(dict.fromkeys(clause for each in declared for clause in each.barred_by)),
        "clauses_by_question": {each.name: (*each.requires, *each.barred_by) for each in declared},
    }


@frozen(eq=False)
class Process:
    """The steps of a process in the order of the rule, and the stage at which it begins.

    Raises :class:`~adjudicator.engine.clause.PolicyError` for a step that is listed twice, that nobody takes, or that can never be next.
    """

    begins_at: StrEnum
    steps: tuple[Step, ...]
    positions: Mapping[str, int] = field(init=False, repr=False)

    def __attrs_post_init__(self) -> None:
        object.__setattr__(self, "positions", {each.name: index for index, each in enumerate(self.steps)})
        for index, each in enumerate(self.steps):
            if self.positions[each.name] != index:
                raise PolicyError(f"two steps are called {each.name}")
            if not each.by:
                raise PolicyError(f"nobody takes the step {each.name}")
            if self.begins_at not in each.at and self.first_step_towards(self.begins_at, each) is None:
                raise PolicyError(f"no steps lead from {self.begins_at} to the turn of {each.name}")

    def __getitem__(self, name: str) -> Step:
        return self.steps[self.positions[name]]

    def next_at(self, stage: StrEnum) -> tuple[Step, ...]:
        """The steps that are next at a stage."""
        return _next_at(self, stage)

    def steps_towards(self, goal: Step) -> tuple[Step, ...]:
        """Every step from which others lead to one at which ``goal`` is taken."""
        return tuple([each for each in self.steps if any(self._leads_to(goal, each.leads_to(at)) for at in each.at)])

    def _leads_to(self, goal: Step, stage: StrEnum) -> bool:
        return stage in goal.at or self.first_step_towards(stage, goal) is not None

    def first_step_towards(self, stage: StrEnum, goal: Step, closed: frozenset[str] = NO_STEPS) -> Step | None:
        """The first step on the shortest way from a stage to one at which ``goal`` is taken; it is none of ``closed``."""
        return _first_step_towards(self, stage, goal, closed)


@cache
def _next_at(process: Process, stage: StrEnum) -> tuple[Step, ...]:
    return tuple([each for each in process.steps if stage in each.at])


@cache
def _first_step_towards(process: Process, stage: StrEnum, goal: Step, closed: frozenset[str]) -> Step | None:
    first: dict[StrEnum, Step | None] = {stage: None}
    reached = deque([stage])
    while reached:
        at = reached.popleft()
        if at in goal.at:
            return first[at]
        for each in process.steps:
            then = each.leads_to(at)
            if at in each.at and then not in first and not (at is stage and each.name in closed):
                first[then] = first[at] or each
                reached.append(then)
    return None


# How far a history has come

Taken: TypeAlias = Sequence[tuple[int, int | None]]
"""For each step of a process how often it was taken, and the position of its last event."""


@frozen(cache_hash=True)
class Progress:
    """A state of a process: its stage, and for each step how often it was taken and the position of its last event.

    ``assumed`` are the positions of events that may or may not count, each with what is assumed.
    """

    stage: StrEnum
    taken: Taken
    assumed: frozenset[tuple[int, bool]] = field(default=frozenset(), eq=False)

    @classmethod
    def at_the_start(cls, process: Process) -> Progress:
        """Before anything has happened."""
        return cls(process.begins_at, ((0, None),) * len(process.steps))

    def after(self, process: Process, step: Step, index: int) -> Progress:
        """The state after a step that the event at a position takes."""
        place = process.positions[step.name]
        times, _ = self.taken[place]
        taken = (*self.taken[:place], (times + 1, index), *self.taken[place + 1 :])
        return Progress(step.leads_to(self.stage), taken, self.assumed)

    def assuming(self, index: int, counts: bool) -> Progress:
        """The same state, with the assumption that the event at a position counts or does not."""
        return evolve(self, assumed=self.assumed | {(index, counts)})


def distinct(found: Iterable[Progress]) -> tuple[Progress, ...]:
    """The possible states without duplicates, each with all assumptions that may have led to it."""
    alike: dict[Progress, Progress] = {}
    for each in found:
        before = alike.get(each)
        alike[each] = evolve(each, assumed=each.assumed | before.assumed) if before else each
    return tuple(alike.values())


def counts(process: Process, event: Any) -> bool | None:
    """Whether an event counts as the step that it names; ``None`` if that is unknown."""
    on = process[event.step].counts
    known: bool | None = True if on is None else getattr(event, on.field)
    return known


def advance(
    process: Process, possible: tuple[Progress, ...], allowed: Iterable[Progress], event: Any, index: int
) -> tuple[Progress, ...]:
    """The possible states after one more event, given those before it and those of them that allow it."""
    step, known = process[event.step], counts(process, event)
    if known is False:
        return possible
    taken = [each.after(process, step, index) for each in allowed]
    if known:
        return distinct(taken)
    return distinct(
        [*(each.assuming(index, True) for each in taken), *(each.assuming(index, False) for each in possible)]
    )


def followed(
    process: Process,
    before: Progress,
    history: Sequence[Any],
    start: int,
    allows: Callable[[Step, StrEnum, Taken, Any], bool] | None = None,
) -> tuple[Progress, int]:
    """The state after the events of a possible history from a position on, and the position of the first that was not followed.

    That is one of which it is unknown whether it counts, or one that counts and of which ``allows`` does not say that it is allowed,
    given its step, the stage, what was taken before, and the event.
    """
    stage, taken, steps, positions = before.stage, [*before.taken], process.steps, process.positions
    for index in range(start, len(history)):
        event = history[index]
        place = positions[event.step]
        step = steps[place]
        is_counted = True if step.counts is None else getattr(event, step.counts.field)
        if is_counted is None or (is_counted and allows is not None and not allows(step, stage, taken, event)):
            return Progress(stage, tuple(taken), before.assumed), index
        if is_counted:
            stage = step.then or stage
            taken[place] = (taken[place][0] + 1, index)
    return Progress(stage, tuple(taken), before.assumed), len(history)


def progress_by_stages(process: Process, case: Any) -> tuple[Progress, ...]:
    """The possible states after a history by stages alone, without judging clauses; at most :data:`MOST_POSSIBILITIES`."""
    possible: tuple[Progress, ...] = (Progress.at_the_start(process),)
    for index, event in enumerate(case.history):
        allowed = [each for each in possible if each.stage in process[event.step].at]
        possible = (advance(process, possible, allowed, event, index) or possible)[:MOST_POSSIBILITIES]
    return possible


def asks_about(process: Process, case: Any, progress: Iterable[Progress]) -> tuple[Ask, ...]:
    """The asks that settle which of the uncertain events of a history count."""
    return tuple([_ask_about(process, case, index) for index in uncertain_events(progress)])


def uncertain_events(progress: Iterable[Progress]) -> list[int]:
    """The positions of the events of which some possible states assume that they count, and others that they do not."""
    assumed = frozenset[tuple[int, bool]]().union(*[each.assumed for each in progress])
    return sorted([index for index, counts in assumed if counts and (index, False) in assumed])


def _ask_about(process: Process, case: Any, index: int) -> Ask:
    counts = process[case.history[index].step].counts
    assert counts is not None  # noqa: S101 - nothing is assumed of other events
    return Ask(counts.need, ({f"{HISTORY}/{index}/{counts.field}": (True, False)},))


# What is judged


@frozen(cache_hash=True)
class Turn:
    """The stage of a process, and whether a step is next at it, or what has to come first."""

    stage: StrEnum
    answer: bool | Repairable

    @property
    def id(self) -> str:
        """The stage, as written in decisions."""
        return self.stage.value


def in_turn(turn: Turn) -> bool | Repairable:
    """The step is next; or another step has to come first; or it can never be next again."""
    if isinstance(turn.answer, Repairable):
        return Repairable(turn.answer.ask, because="repairable")
    return turn.answer


@frozen(eq=False)
class SingleStep:
    """One step of a process as a subject of clauses, at the end of a history or, in a replay, in the middle of one.

    ``progress`` are the possible states of the process. ``event`` takes the step; ``None`` if no details are given. ``blocked`` has
    for each state the steps that are next and still cannot be taken, each with the ask that would repair that, ``None`` if nothing
    would. ``asks`` settle which state it is, if they are known already.
    """

    case: Any
    process: Process
    step: Step
    progress: tuple[Progress, ...]
    as_of: Instant
    event: Any = None
    blocked: Mapping[Progress, Mapping[str, Ask | None]] = field(factory=dict)
    closes_at: None = None
    asks: tuple[Ask, ...] = ()

    @property
    def line_id(self) -> str:
        """Its name."""
        return self.step.id

    @property
    def whole(self) -> Any:
        """The case, of which facts read fields."""
        return self.case

    @property
    def positions(self) -> Mapping[str, int]:
        """No evidence is handed in for it."""
        return {}

    def places(self) -> Mapping[str, tuple[int, ...]]:
        """A step has no place of its own in the case."""
        return {}

    # What the glossary reads

    def from_progress(self, read: Callable[[Progress], T]) -> T | Open:
        """A value read from the state of the process; open if it depends on events that may not count."""
        if len(self.progress) == 1:
            return read(self.progress[0])
        found = tuple(dict.fromkeys([read(each) for each in self.progress]))
        if len(found) == 1:
            return found[0]
        return Open(self.asks or asks_about(self.process, self.case, self.progress), could_be=found)

    def times(self, step: StrEnum) -> int | Open:
        """How often a step was taken."""
        place = self.process.positions[step]
        return self.from_progress(lambda progress: progress.taken[place][0])

    def last(self, step: StrEnum, read: Callable[[int, Any], T]) -> T | None | Open:
        """A value read from the last event of a step, given its position and the event; ``None`` if the step was not taken."""
        place = self.process.positions[step]

        def read_last(progress: Progress) -> T | None:
            index = progress.taken[place][1]
            return None if index is None else read(index, self.case.history[index])

        return self.from_progress(read_last)

    def stated(self, name: str, otherwise: T) -> T | None:
        """A field of the event that takes the step; ``otherwise`` if it has no such field, or there is no event."""
        value: T | None = getattr(self.event, name, otherwise)
        return value

    def blocked_at(self, progress: Progress) -> Mapping[str, Ask | None]:
        """The steps that are next in a state and still cannot be taken."""
        return self.blocked.get(progress, _NOTHING)


def turn(at: SingleStep) -> Turn | Open:
    """The stage of the process, and whether the step is next."""
    found = at.from_progress(lambda progress: _turn(at, progress))
    if isinstance(found, Open):
        awaited = [each.answer for each in found.could_be if isinstance(each.answer, Repairable)]
        # Different first steps are different answers, although each of them leaves this one waiting.
        return Open(found.asks) if any(each != awaited[0] for each in awaited[1:]) else found
    return found


def _turn(at: SingleStep, progress: Progress) -> Turn:
    blocked = at.blocked_at(progress)
    closed = frozenset([name for name, ask in blocked.items() if ask is None]) if blocked else NO_STEPS
    if len(blocked) > len(closed) and progress.stage not in at.step.at:
        first = at.process.first_step_towards(progress.stage, at.step, closed)
        repair = None if first is None else blocked.get(first.id)
        if repair is not None:
            return Turn(progress.stage, Repairable(repair))
    return _turn_at(at.process, at.step, progress.stage, closed)


@cache
def _turn_at(process: Process, step: Step, stage: StrEnum, closed: frozenset[str]) -> Turn:
    """Whether a step is next at a stage, or which one comes first."""
    if stage in step.at:
        return Turn(stage, True)
    first = process.first_step_towards(stage, step, closed)
    return Turn(stage, False if first is None else Repairable(first.ask))


_NOTHING: Final[Mapping[str, Ask | None]] = {}


def takers(at: SingleStep) -> tuple[str, ...]:
    """Who takes the step."""
    return at.step.takers
