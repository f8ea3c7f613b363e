"""The facts of a creator's task: those of the wanted step and of the history, beside those of one field."""

from __future__ import annotations

from typing import Final

from adjudicator.law import (
    ANY,
    Fact,
    Instant,
    Missing,
    Need,
    Party,
    SingleStep,
    glossary_of,
    missing,
    supposing,
    takers,
    turn,
)
from douyin_xingtu.case import REJECTIONS, Side, TaskCase, TaskEvent, TaskStep

STATED_CHANGES: Final = Need("stated_changes", Party.PLATFORM)
PUBLICATION_TIME: Final = Need("publication_time", Party.PLATFORM)

TO_BE_CERTIFIED: Final = Need("qualification_certification", Side.CLIENT)
TO_BE_CHECKED: Final = Need("corporate_transfer", Side.CLIENT)
TO_BE_SIGNED: Final = Need("signature", Side.CLIENT)
TO_BE_STATED: Final = Need("changes", Side.CLIENT)


def by(at: SingleStep) -> str:
    """Who wants to take the step; for steps other than the wanted one, the party that takes it."""
    return str(at.stated("by", at.step.takers[0]))


def changes_stated(at: SingleStep) -> bool | Missing:
    """Whether a rejection states the changes required; one other than the wanted step is assumed to."""
    stated = at.stated("changes_stated", True)
    if stated is not None or at.line_id not in REJECTIONS:
        return bool(stated)
    return supposing(missing(TO_BE_STATED, {"changes_stated": (True,)}), False, True)


def script_rejections(at: SingleStep) -> int | Missing:
    """How many times the script was rejected with changes stated."""
    return at.times(TaskStep.REJECT_SCRIPT)


def video_rejections(at: SingleStep) -> int | Missing:
    """How many times the video was rejected with changes stated."""
    return at.times(TaskStep.REJECT_VIDEO)


def public_from(at: SingleStep) -> Instant | None | Missing:
    """When the content becomes public; ``None`` if the step does not publish it."""
    at_once = at.last(TaskStep.PUBLISH, lambda _, event: event.happened_at)
    return at.last(TaskStep.SET_PUBLICATION, _set_time) if at_once is None else at_once


def _set_time(index: int, event: TaskEvent) -> Instant | Missing:
    if event.set_for is not None:
        return event.set_for
    return missing(PUBLICATION_TIME, {f"/history/{index}/set_for": ANY})


GLOSSARY: Final = glossary_of(
    TaskCase,
    Fact(turn, ("/history",), asked_as=STATED_CHANGES),
    Fact(takers),
    Fact(by, ("/wanted/by",)),
    Fact(changes_stated, ("/wanted/changes_stated",), Side.CLIENT),
    Fact(script_rejections, ("/history",), asked_as=STATED_CHANGES),
    Fact(video_rejections, ("/history",), asked_as=STATED_CHANGES),
    Fact(public_from, ("/history",), asked_as=PUBLICATION_TIME),
)
