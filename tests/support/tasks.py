"""Creators' tasks for tests: a new one, histories written by hand, and random cases."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from hypothesis import strategies as st

from adjudicator import Instant
from adjudicator.model.time import DAY, HOUR
from adjudicator.testing.histories import Choose, HistoryAuthor, histories
from douyin_xingtu.task import EDITION

TASK: Final = "douyin_xingtu.task"
NOTHING_YET: Final[dict[str, Any]] = {
    "id": "task-1",
    "policy": TASK,
    "as_of": "2024-05-01T10:00:00+08:00",
    "client": {
        "id": "client-1",
        "qualification_certified": True,
        "payment_checked": True,
        "agreement_signed": True,
    },
    "history": [],
    "wanted": {"step": "place_task", "by": "client"},
}
OF_THE_CLIENT: Final = {
    f"/client/{each}": (None, False) for each in ("qualification_certified", "payment_checked", "agreement_signed")
}
RARELY: Final = ("end_task", "rate", "disapprove_video")

START: Final = ("place_task", "take_order")
SCRIPT: Final = ("upload_script", "confirm_script")
REJECTED_SCRIPT: Final = ("upload_script", "reject_script")
VIDEO: Final = ("upload_video", "approve_video")
REJECTED_VIDEO: Final = (*VIDEO, "reject_video")
CONFIRMED: Final = (*START, *SCRIPT, *VIDEO, "confirm_video")
FIRST: Final = Instant.parse(NOTHING_YET["as_of"])


def history(*events: str | dict[str, Any]) -> list[dict[str, Any]]:
    """Events an hour apart, each given as a step or a dictionary. By default, rejections state changes."""
    found = []
    for index, each in enumerate(events):
        given = {"step": each} if isinstance(each, str) else each
        stated = {"changes_stated": True} if given["step"].startswith("reject_") else {}
        found.append({"happened_at": str(Instant(FIRST + index * HOUR)), **stated, **given})
    return found


def task(wanted: str, by: str, *events: str | dict[str, Any], **changes: Any) -> dict[str, Any]:
    """A case an hour after the last of some events. By default, a wanted rejection states changes."""
    stated = {"changes_stated": True} if wanted.startswith("reject_") else {}
    return {
        **NOTHING_YET,
        "as_of": str(Instant(FIRST + len(events) * HOUR)),
        "history": history(*events),
        "wanted": {"step": wanted, "by": by, **stated},
        **changes,
    }


IN_THE_MIDDLE: Final = task(
    "confirm_video",
    "client",
    *START,
    *SCRIPT,
    *VIDEO,
    {"step": "reject_video", "changes_stated": False},
    "confirm_video",
    {"step": "set_publication", "set_for": "2024-05-02T10:00:00+08:00"},
)
"""A case with every field."""


def set_time(choose: Choose, step: str, moment: Instant) -> Mapping[str, Any]:
    """The time set for a publication; sometimes unknown."""
    if step != "set_publication":
        return {}
    return {
        "set_for": (None, moment, Instant(moment + 1), Instant(moment + HOUR), Instant(moment + 2 * DAY))[choose(5)]
    }


def task_documents() -> st.SearchStrategy[dict[str, Any]]:
    """Valid cases at all stages."""
    return histories(EDITION, NOTHING_YET, OF_THE_CLIENT, more=set_time, rarely=RARELY)


def a_task(choose: Choose) -> dict[str, Any]:
    """A valid case at any stage; ``choose`` makes every choice."""
    return HistoryAuthor(choose, EDITION, NOTHING_YET, set_time, RARELY).case(OF_THE_CLIENT, 24)
