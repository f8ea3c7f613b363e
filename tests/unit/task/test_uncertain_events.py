"""Events of which it is not known whether they count: which are asked about, and which answers are offered."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from copy import deepcopy
from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adjudicator import InputError, ask_next
from adjudicator.kinds.uncertain_events import MOST_AT_ONCE
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
    for _ in range(3):
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
