"""Events of a history of which it is not known whether they count: which of them matter, and what they can be together."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import product
from typing import Any, Final, TypeAlias

from attrs import frozen

from adjudicator.kinds.progress import Progress, uncertain_events
from adjudicator.kinds.steps import HISTORY, Counts, Process
from adjudicator.model.facts import Acceptable, Ask, Need
from adjudicator.model.source import changed

MOST_AT_ONCE: Final = 4
"""The most events that are asked about at once: the history is replayed for everything that they can be together, 16 times.

Of more, the last are; whoever answers is then asked about the others.
"""

Replay: TypeAlias = Callable[[Any], Iterable[Progress]]
"""Gives the possible states after the history of a case; none if it is impossible."""
Way: TypeAlias = tuple[bool, ...]
"""Whether each of some events counts."""


@frozen
class _Event:
    """An event by its position in the history, with the field that says whether it counts."""

    index: int
    counts: Counts

    @property
    def pointer(self) -> str:
        """Where the field stands."""
        return f"{HISTORY}/{self.index}/{self.counts.field}"


def asks_about(process: Process, case: Any, progress: Iterable[Progress], replay: Replay) -> tuple[Ask, ...]:
    """The asks that settle which of the possible states it is: one for each need, with the answers that the history allows."""
    positions = uncertain_events(progress)[-MOST_AT_ONCE:]
    events = [_Event(each, counts) for each in positions if (counts := process[case.history[each].step].counts)]
    ways = _EITHER
    if len(events) > 1:
        possible = _possible_ways(case, events, replay)
        places = _those_that_matter(possible)
        events, ways = [events[each] for each in places], _only(places, possible)
    return tuple([_ask(need, events, ways) for need in dict.fromkeys([each.counts.need for each in events])])


_EITHER: Final[frozenset[Way]] = frozenset({(True,), (False,)})
"""What a single event can be: if not both were possible, it would not be uncertain."""


def _ask(need: Need, events: Sequence[_Event], ways: Iterable[Way]) -> Ask:
    """The ask about those of the events that have this need."""
    places = [place for place, each in enumerate(events) if each.counts.need == need]
    return Ask(need, tuple(_answers([events[each].pointer for each in places], _only(places, ways))))


def _possible_ways(case: Any, events: Sequence[_Event], replay: Replay) -> Mapping[Way, frozenset[Progress]]:
    """What the events can be together, each with the states that are possible then."""
    ways = product((True, False), repeat=len(events))
    found = {way: frozenset(replay(_with(case, zip(events, way, strict=True)))) for way in ways}
    return {way: states for way, states in found.items() if states}


def _with(case: Any, known: Iterable[tuple[_Event, bool]]) -> Any:
    """The case if it is known of some events whether they count."""
    history = [*case.history]
    for event, counts in known:
        history[event.index] = changed(history[event.index], {event.counts.field: counts})
    return changed(case, {"history": tuple(history)})


def _those_that_matter(possible: Mapping[Way, frozenset[Progress]]) -> list[int]:
    """The places of as few events as settle the states, later ones first; of all, if the states turn on events beyond these."""
    everywhere = [*range(len(next(iter(possible))))]
    places = everywhere
    for each in everywhere:
        others = [place for place in places if place != each]
        if _settle(others, possible):
            places = others
    return places or everywhere


def _settle(places: Sequence[int], possible: Mapping[Way, frozenset[Progress]]) -> bool:
    """Whether the possible states follow from the events at these places."""
    found: dict[Way, frozenset[Progress]] = {}
    return all(found.setdefault(_at(places, way), states) == states for way, states in possible.items())


def _only(places: Sequence[int], ways: Iterable[Way]) -> frozenset[Way]:
    return frozenset([_at(places, way) for way in ways])


def _at(places: Sequence[int], way: Way) -> Way:
    return tuple([way[each] for each in places])


def _answers(pointers: Sequence[str], ways: frozenset[Way]) -> list[Acceptable]:
    """The answers that together are all of these ways, and no other."""
    if not pointers:
        return [{}]
    pointer, *others = pointers
    then = {counts: frozenset([way[1:] for way in ways if way[0] is counts]) for counts in (True, False)}
    if then[True] == then[False]:
        return [{pointer: (True, False), **each} for each in _answers(others, then[True])]
    return [{pointer: (counts,), **each} for counts, rest in then.items() if rest for each in _answers(others, rest)]
