"""Generate cases about a process: a history of permitted steps, and a step that somebody wants to take."""

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
from adjudicator.kinds.histories import clauses_refusing
from adjudicator.kinds.process import ProcessKind
from adjudicator.kinds.progress import Progress, advance, progress_by_stages
from adjudicator.kinds.steps import Step
from adjudicator.model.errors import InputError
from adjudicator.model.time import DAY, HOUR, SECOND, Instant
from adjudicator.testing.choices import Json
from adjudicator.testing.valid import position
from adjudicator.wire.codec import case_from, document_of
from adjudicator.wire.pointer import put

Choose: TypeAlias = Callable[[int], int]
"""Returns a position below a count."""

MoreFields: TypeAlias = Callable[[Choose, str, Instant], Mapping[str, Any]]
"""Returns the further fields of an event, given its step and instant."""

GAPS: Final = (HOUR, DAY, SECOND, 1, 0)
RARE: Final = 12
"""A rare step is taken once in this many opportunities."""
REFUSED: Final = 2
"""Once in this many cases, the wanted step is one that was refused."""
COUNTED: Final = 3
"""Once in this many choices, steps that may not count are preferred."""
WANTED_BY_ANOTHER: Final = 8
"""Once in this many cases, the wanted step is requested by a party that takes other steps."""


def histories(
    edition: Edition,
    document: Json,
    others: Mapping[str, Sequence[Any]] | None = None,
    *,
    more: MoreFields | None = None,
    rarely: Collection[str] = (),
    at_most: int = 24,
) -> st.SearchStrategy[Json]:
    """Valid cases of an edition about a process, in JSON, derived from one with an empty history.

    ``others`` maps JSON pointers outside the history to alternative values; ``rarely`` names steps after which little can follow.
    For example::

    @given(histories(EDITION, {..., "history": [], "wanted": {"step": "open_shop", "by": "merchant"}}).map(case_from))
    def test_only_open_steps_are_possible(case):
        laws.only_open_steps_are_possible(case, EDITION)
    """

    @st.composite
    def drawn(draw: st.DrawFn) -> Json:
        author = HistoryAuthor(lambda count: draw(position(count)), edition, document, more, rarely)
        return author.case(others or {}, at_most)

    return drawn()


class HistoryAuthor:
    """Generates a case about a process; ``choose`` makes every choice."""

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
        """Up to ``count`` steps in a row; fewer if one was tried that is not permitted."""
        events: tuple[Any, ...] = ()
        possible: tuple[Progress, ...] = (Progress.at_the_start(self.process),)
        moment = self.base.as_of
        for _ in range(count):
            event = self.event(frozenset(each.stage for each in possible), moment)
            case = copy(self.base)
            object.__setattr__(case, "history", (*events, event))
            allowed = [
                each
                for each in possible
                if not clauses_refusing(self.edition, self.kind.process, case, each, len(events))
            ]
            after = advance(self.process, possible, allowed, event, len(events))
            if after:
                events, possible = case.history, after
            elif self.choose(REFUSED) == 0:
                self.refused = event.step
                break
            moment = Instant(moment + self.any(GAPS))
        return events

    def event(self, stages: frozenset[str], moment: Instant) -> Any:
        """A step that can be taken at one of these stages, if there is one."""
        possible = [each for each in self.process.steps if not stages.isdisjoint(each.at)] or self.process.steps
        often = [each for each in possible if each.name not in self.rarely] or possible
        step = self.any(possible) if self.choose(RARE) == 0 else self.any(self.counted(often))
        fields = {} if step.counts is None else {step.counts.field: self.any((True, True, True, None, None, False))}
        more = self.more(self.choose, step.name, moment) if self.more else {}
        return self.event_type(step=step.name, happened_at=moment, **fields, **more)

    def counted(self, steps: Sequence[Step]) -> Sequence[Step]:
        """Occasionally, only the steps that may not count, so that limits are reached."""
        return [each for each in steps if each.counts is not None and self.choose(COUNTED) == 0] or steps

    def stages(self, events: tuple[Any, ...]) -> frozenset[str]:
        """The stages that these events may have led to."""
        case = copy(self.base)
        object.__setattr__(case, "history", events)
        return frozenset(each.stage for each in progress_by_stages(self.process, case))

    def wanted(self, stages: frozenset[str]) -> Json:
        """A step that somebody wants to take: half of the time one that is possible at these stages, usually by the right party."""
        at_hand = [each for each in self.process.steps if not stages.isdisjoint(each.at)] or self.process.steps
        at_hand = [each for each in at_hand if each.name == self.refused] or at_hand
        step: Step = self.any(at_hand if self.choose(2) else self.process.steps)
        by = self.any(step.by) if self.choose(WANTED_BY_ANOTHER) else self.any(self.any(self.process.steps).by)
        counts = {} if step.counts is None else {step.counts.field: self.any((True, True, False, None))}
        return {"step": step.name.value, "by": by.value, **counts}

    def varied(self, document: Json, others: Mapping[str, Sequence[Any]]) -> Json:
        """The document with other values in one or two places, as far as it stays valid."""
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
        """One of these values."""
        return values[self.choose(len(values))]
