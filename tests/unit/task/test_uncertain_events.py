"""Events of which it is not known whether they count: which are asked about, and which answers are offered."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from copy import deepcopy
from enum import StrEnum
from itertools import product
from typing import Any, Final

import pytest
from attrs import evolve, frozen
from hypothesis import given
from hypothesis import strategies as st

from adjudicator import InputError, ask_next
from adjudicator.kinds.progress import Progress
from adjudicator.kinds.steps import Counts, Process, Step
from adjudicator.kinds.uncertain_events import MOST_AT_ONCE, asks_about
from adjudicator.model.facts import Need
from adjudicator.wire.codec import case_from
from task.deciding import UNKNOWN, decided
from tasks import REJECTED_SCRIPT, SCRIPT, START, VIDEO, task

UNKNOWN_VIDEO = {"step": "reject_video", "changes_stated": None}
SHOWN = len((*START, "upload_script"))
"""The position of the first event after an upload."""


def places_in(document: dict[str, Any]) -> list[str]:
    """Where whether an event counts is not stated."""
    return [
        f"/history/{at}/changes_stated"
        for at, event in enumerate(document["history"])
        if event.get("changes_stated", True) is None
    ]


def answered(document: dict[str, Any], answer: Mapping[str, Any]) -> dict[str, Any]:
    """The case with an answer."""
    found = deepcopy(document)
    for pointer, counts in answer.items():
        found["history"][int(pointer.split("/")[2])]["changes_stated"] = counts
    return found


def is_possible(document: dict[str, Any]) -> bool:
    try:
        case_from(document)
    except InputError:
        return False
    return True


def offered(document: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Every answer that the requests of a decision offer."""
    for request in decided(document).requests:
        if request.need == "stated_changes":
            for each in request.accepts:
                for values in product(*each.values()):
                    yield dict(zip(each, values, strict=True))


def accepts(*events: str | dict[str, Any], wanted: tuple[str, str] = ("confirm_script", "client")) -> list[Any]:
    (request,) = decided(task(*wanted, *events)).requests
    return [{name: [*values] for name, values in each.items()} for each in request.accepts]


def test_of_two_rejections_of_one_script_not_both_can_have_counted() -> None:
    """A script that was rejected is no longer there to be rejected."""
    one, other = (f"/history/{SHOWN + each}/changes_stated" for each in (0, 1))
    assert accepts(*START, "upload_script", UNKNOWN, UNKNOWN) == [
        {one: [True], other: [False]},
        {one: [False], other: [True, False]},
    ]


def test_events_that_do_not_depend_on_each_other_are_one_answer() -> None:
    events = (*START, *SCRIPT, "upload_video", "approve_video", UNKNOWN_VIDEO)
    assert accepts(*events, wanted=("confirm_video", "client")) == [
        {f"/history/{len(events) - 1}/changes_stated": [True, False]}
    ]


def test_an_event_that_no_longer_matters_is_not_asked_about() -> None:
    """Of the first script, one of two rejections counted, whichever; the last one was overwritten by a later rejection, if that counted."""
    events = (*START, "upload_script", UNKNOWN, UNKNOWN, "upload_script", UNKNOWN)
    document = task("upload_script", "creator", *events)
    pointers = {name for each in offered(document) for name in each}
    assert f"/history/{len(events) - 1}/changes_stated" in pointers
    for each in offered(document):
        assert is_possible(answered(document, each))


@pytest.mark.parametrize("count", [MOST_AT_ONCE - 1, MOST_AT_ONCE, MOST_AT_ONCE + 1, 12])
def test_however_many_events_are_uncertain_some_are_asked_about(count: int) -> None:
    """At most so many at once, the last ones; the answers lead to a decision."""
    document = task("confirm_script", "client", *START, "upload_script", *[UNKNOWN] * count)
    for _ in range(count // MOST_AT_ONCE + 2):
        found = decided(document)
        if found.outcome != "needs_information":
            break
        (request,) = found.requests
        names = [*request.accepts[0]]
        assert 1 <= len(names) <= MOST_AT_ONCE
        assert names == places_in(document)[-len(names) :]
        document = answered(document, dict.fromkeys(names, False))
    assert found.outcome == "open"


runs = st.lists(
    st.sampled_from(
        [
            (UNKNOWN,),
            (UNKNOWN, UNKNOWN),
            (UNKNOWN, UNKNOWN, UNKNOWN),
            ("upload_script",),
            REJECTED_SCRIPT,
            ("confirm_script", *VIDEO),
            (UNKNOWN_VIDEO,),
            (UNKNOWN_VIDEO, UNKNOWN_VIDEO),
            VIDEO,
        ]
    ),
    max_size=6,
)


@given(runs, st.sampled_from([("confirm_script", "client"), ("upload_script", "creator"), ("confirm_video", "client")]))
def test_every_answer_that_is_offered_is_possible(of: list[tuple[Any, ...]], wanted: tuple[str, str]) -> None:
    """And no other is, of those about the same events."""
    document = task(*wanted, *START, "upload_script", *(event for each in of for event in each))
    if not is_possible(document) or len(places_in(document)) > MOST_AT_ONCE:
        return
    found = [*offered(document)]
    assert all(is_possible(answered(document, each)) for each in found)
    for names in {tuple(each) for each in found}:
        for values in product((True, False), repeat=len(names)):
            answer = dict(zip(names, values, strict=True))
            assert is_possible(answered(document, answer)) == (answer in found)


def test_what_next_tries_every_answer_about_two_events() -> None:
    (question,) = ask_next(case_from(task("confirm_script", "client", *START, "upload_script", UNKNOWN, UNKNOWN)))
    answers = [(tuple(change.to for change in each.changes), each.outcome) for each in question.answers]
    assert answers == [((True, False), "waiting"), ((False, True), "waiting"), ((False, False), "open")]
    assert question.complete


# Of any process


class Side(StrEnum):
    """Who rings."""

    CALLER = "caller"


class Ring(StrEnum):
    """How one rings."""

    BELL = "bell"
    KNOCK = "knock"


class Door(StrEnum):
    """The only stage."""

    SHUT = "shut"


HEARD, SEEN = Need("heard", Side.CALLER), Need("seen", Side.CALLER)
RINGING: Final = Process(
    Door.SHUT,
    (
        Step(name=Ring.BELL, by=(Side.CALLER,), at=(Door.SHUT,), counts=Counts("heard", HEARD)),
        Step(name=Ring.KNOCK, by=(Side.CALLER,), at=(Door.SHUT,), counts=Counts("seen", SEEN)),
    ),
)


@frozen
class Rung:
    """Somebody rang."""

    step: Ring
    heard: bool | None = None
    seen: bool | None = None


@frozen
class Visit:
    """Somebody rang several times."""

    history: tuple[Rung, ...]


def asked_of(*rung: Ring, states: Callable[..., Iterable[int] | None]) -> list[tuple[Need, tuple[Any, ...]]]:
    """What is asked about some uncertain events, if the possible ``states``, as numbers, follow from whether each counts."""
    start = Progress.at_the_start(RINGING)
    unlike = frozenset((index, counts) for index in range(len(rung)) for counts in (True, False))

    def replay(visit: Visit) -> Iterable[Progress]:
        counted = [each.heard if each.step is Ring.BELL else each.seen for each in visit.history]
        return [evolve(start, times=(each,)) for each in states(*counted) or ()]

    progress = [evolve(start, assumed=unlike)]
    asks = asks_about(RINGING, Visit(tuple(map(Rung, rung))), progress, replay)
    return [(each.need, each.accepts) for each in asks]


BELL, KNOCK = Ring.BELL, Ring.KNOCK
FIRST, SECOND, THIRD = "/history/0/heard", "/history/1/heard", "/history/2/heard"


@pytest.mark.parametrize(
    ("states", "accepts"),
    [
        (lambda one, two: {one + 2 * two}, [{FIRST: (True, False), SECOND: (True, False)}]),
        (lambda _, two: {two}, [{SECOND: (True, False)}]),
        (lambda one, _: {one}, [{FIRST: (True, False)}]),
        (lambda one, two: {one + two}, [{FIRST: (True, False), SECOND: (True, False)}]),
        (lambda one, two: {one or two}, [{FIRST: (True, False), SECOND: (True, False)}]),
        (
            lambda one, two: None if one and two else {one - two},
            [{FIRST: (True,), SECOND: (False,)}, {FIRST: (False,), SECOND: (True, False)}],
        ),
        (lambda one, two: None if one and two else {two}, [{SECOND: (True, False)}]),
        (lambda one, two: None if one is two else {one}, [{SECOND: (True, False)}]),
        (lambda _, __: {7, 8}, [{FIRST: (True, False), SECOND: (True, False)}]),
    ],
)
def test_no_more_is_asked_about_than_settles_the_state(states: Any, accepts: list[Any]) -> None:
    """If nothing settles it, all is asked about: it turns on events that are asked about later."""
    assert asked_of(BELL, BELL, states=states) == [(HEARD, tuple(accepts))]


def test_of_three_events_the_two_that_settle_the_state_are_asked_about() -> None:
    (found,) = asked_of(BELL, BELL, BELL, states=lambda one, two, three: {one + 2 * three + 0 * two})
    assert found == (HEARD, ({FIRST: (True, False), THIRD: (True, False)},))


def test_each_need_is_asked_for_by_itself() -> None:
    """With what is possible of its own events."""
    either = asked_of(
        BELL, KNOCK, BELL, states=lambda one, two, three: None if one and three else {one, 2 * two, 4 * three}
    )
    assert either == [
        (HEARD, ({FIRST: (True,), THIRD: (False,)}, {FIRST: (False,), THIRD: (True, False)})),
        (SEEN, ({"/history/1/seen": (True, False)},)),
    ]


def test_a_single_uncertain_event_is_asked_about_without_a_replay() -> None:
    """It could not be uncertain if not both were possible."""
    assert asked_of(KNOCK, states=lambda _: pytest.fail("replayed")) == [(SEEN, ({"/history/0/seen": (True, False)},))]
