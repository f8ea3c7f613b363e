"""Strategies for cases about a process: a history of steps that the rule allowed, and a step that somebody wants to take."""

from __future__ import annotations

import json
import typing
from collections.abc import Callable, Collection, Mapping, Sequence
from copy import copy
from typing import Any, Final, TypeAlias

import attrs

from adjudicator.extras import importing

with importing("testing"):
    from hypothesis import strategies as st

from adjudicator.engine.policy import Edition
from adjudicator.kinds.process import ProcessKind
from adjudicator.kinds.steps import Progress, Step, advance, progress_by_stages
from adjudicator.model.errors import InputError
from adjudicator.model.time import DAY, HOUR, SECOND, Instant
from adjudicator.testing.choices import Json
from adjudicator.testing.valid import position
from adjudicator.wire.codec import case_from, document_of
from adjudicator.wire.pointer import put

Choose: TypeAlias = Callable[[int], int]
"""Chooses one of so many."""

MoreFields: TypeAlias = Callable[[Choose, str, Instant], Mapping[str, Any]]
"""Says what an event has besides its step, its instant and whether it counts, given the first two."""

GAPS: Final = (HOUR, DAY, SECOND, 1, 0)
RARE: Final = 12
"""A step that is rarely taken is taken once in so many times that it could be."""
REFUSED: Final = 2
"""A step that was refused is what is wanted in the end once in so many times."""
COUNTED: Final = 3
"""A step that may not count is preferred to the others once in so many times."""
WANTED_BY_ANOTHER: Final = 8
"""Once in so many times a step is wanted by whoever takes another one."""


def histories(
    edition: Edition,
    document: Json,
    others: Mapping[str, Sequence[Any]] | None = None,
    *,
    more: MoreFields | None = None,
    rarely: Collection[str] = (),
    at_most: int = 24,
) -> st.SearchStrategy[Json]:
    """Valid cases of an edition about a process, as they stand in JSON, made from one in which nothing has happened yet.

    ``others`` are what places (JSON pointers) outside of the history could hold instead, ``rarely`` steps after which little can
    follow. Like this::

    @given(histories(EDITION, {..., "history": [], "wanted": {"step": "open_shop", "by": "merchant"}}).map(case_from))
    def test_steps_stand_as_they_are_told_to(case):
        laws.steps_stand_as_they_are_told_to(case)
    """

    @st.composite
    def drawn(draw: st.DrawFn) -> Json:
        author = HistoryAuthor(lambda count: draw(position(count)), edition, document, more, rarely)
        return author.case(others or {}, at_most)

    return drawn()


class HistoryAuthor:
    """Writes a case about a process; ``choose`` makes every choice."""

    def __init__(
        self,
        choose: Choose,
        edition: Edition,
        document: Json,
        more: MoreFields | None,
        rarely: Collection[str],
    ) -> None:
        self.choose = choose
        self.edition = edition
        self.kind = typing.cast(ProcessKind, edition.case_kind)
        self.process = self.kind.process
        self.document = document
        self.more = more
        self.rarely = rarely
        self.base = case_from(document)
        self.refused: str | None = None
        fields = attrs.fields_dict(attrs.resolve_types(self.kind.case_type))
        self.event_type = typing.get_args(fields["history"].type)[0]

    def case(self, others: Mapping[str, Sequence[Any]], at_most: int) -> Json:
        """The whole case."""
        events = self.events(self.choose(at_most + 1))
        last = events[-1].happened_at if events else self.base.as_of
        whole = self.document | {
            "as_of": str(Instant(last + self.any(GAPS))),
            "history": [document_of(each) for each in events],
            "wanted": self.wanted(self.stages(events)),
        }
        return self.varied(json.loads(json.dumps(whole)), others)

    def events(self, count: int) -> tuple[Any, ...]:
        """Steps that were taken one after another; fewer than so many where one was tried that is not allowed."""
        events: tuple[Any, ...] = ()
        possible: tuple[Progress, ...] = (Progress.at_the_start(self.process),)
        moment = self.base.as_of
        for _ in range(count):
            event = self.event(frozenset(each.stage for each in possible), moment)
            case = copy(self.base)
            object.__setattr__(case, "history", (*events, event))
            allowed = [each for each in possible if not self.kind.refusing(self.edition, case, each, len(events))]
            after = advance(self.process, possible, allowed, event, len(events))
            if after:
                events, possible = case.history, after
            elif self.choose(REFUSED) == 0:
                self.refused = event.step
                break
            moment = Instant(moment + self.any(GAPS))
        return events

    def event(self, stages: frozenset[str], moment: Instant) -> Any:
        """A step that is taken at one of some stages, if there is one."""
        possible = [each for each in self.process.steps if not stages.isdisjoint(each.at)] or self.process.steps
        often = [each for each in possible if each.name not in self.rarely] or possible
        step = self.any(possible) if self.choose(RARE) == 0 else self.any(self.counted(often))
        fields = {} if step.counts is None else {step.counts.field: self.any((True, True, True, None, None, False))}
        more = self.more(self.choose, step.name, moment) if self.more else {}
        return self.event_type(step=step.name, happened_at=moment, **fields, **more)

    def counted(self, steps: Sequence[Step]) -> Sequence[Step]:
        """Now and then only those steps that may not count, so that what there is a limit to is used up."""
        return [each for each in steps if each.counts is not None and self.choose(COUNTED) == 0] or steps

    def stages(self, events: tuple[Any, ...]) -> frozenset[str]:
        """The stages to which some events may have led."""
        case = copy(self.base)
        object.__setattr__(case, "history", events)
        return frozenset(each.stage for each in progress_by_stages(self.process, case))

    def wanted(self, stages: frozenset[str]) -> Json:
        """A step that somebody wants to take: of two one that is taken at such stages, most often by whoever takes it."""
        at_hand = [each for each in self.process.steps if not stages.isdisjoint(each.at)] or self.process.steps
        at_hand = [each for each in at_hand if each.name == self.refused] or at_hand
        step: Step = self.any(at_hand if self.choose(2) else self.process.steps)
        by = self.any(step.by) if self.choose(WANTED_BY_ANOTHER) else self.any(self.any(self.process.steps).by)
        counts = {} if step.counts is None else {step.counts.field: self.any((True, True, False, None))}
        return {"step": step.name.value, "by": by.value, **counts}

    def varied(self, document: Json, others: Mapping[str, Sequence[Any]]) -> Json:
        """The same with something else in one place or two, as far as the history allows it."""
        for _ in range(self.choose(3) if others else 0):
            pointer = self.any(tuple(others))
            changed: Json = json.loads(json.dumps(document))
            put(changed, pointer, self.any(others[pointer]))
            try:
                case_from(changed)
            except InputError:
                continue
            document = changed
        return document

    def any(self, values: Sequence[Any]) -> Any:
        """One of some values."""
        return values[self.choose(len(values))]
