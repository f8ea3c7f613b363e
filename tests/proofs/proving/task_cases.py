"""Random creators' tasks."""

from __future__ import annotations

import datetime as dt
from datetime import timedelta
from random import Random
from typing import Final

from adjudicator.testing import Json
from proving.dice import BEIJING, DAY, MINUTE, Dice, without_nones

TASK: Final = "douyin_xingtu.task"
USUAL_WAY: Final = {
    "no_task": ("place_task",),
    "offered": ("take_order",),
    "script_awaited": ("upload_script",),
    "script_with_client": ("confirm_script", "reject_script", "reject_script"),
    "video_awaited": ("upload_video",),
    "video_in_review": ("approve_video", "approve_video", "disapprove_video", "reject_video"),
    "video_with_client": ("confirm_video", "reject_video"),
    "video_confirmed": ("publish", "set_publication", "set_publication"),
    "published": ("accept_content",),
    "accepted": ("rate",),
    "ended": (),
}
AFTERWARDS: Final = {
    "place_task": "offered",
    "take_order": "script_awaited",
    "upload_script": "script_with_client",
    "confirm_script": "video_awaited",
    "reject_script": "script_awaited",
    "upload_video": "video_in_review",
    "approve_video": "video_with_client",
    "disapprove_video": "video_awaited",
    "confirm_video": "video_confirmed",
    "reject_video": "video_awaited",
    "publish": "published",
    "set_publication": "published",
    "accept_content": "accepted",
    "rate": "accepted",
    "end_task": "ended",
}
AT_MOST: Final = {"reject_script": 3, "reject_video": 2}
TAKERS: Final = ("client", "creator", "platform")
TAKER_OF: Final = {
    **dict.fromkeys(("take_order", "upload_script", "upload_video"), "creator"),
    **dict.fromkeys(("approve_video", "disapprove_video"), "platform"),
}


def steps_to_take(stage: str, taken: list[str], *, never_content: bool) -> list[str]:
    """The usual steps at a stage that are not used up. If nobody is ever content, only rejections, where there are any."""
    steps = [each for each in USUAL_WAY[stage] if each not in steps_used_up(stage, taken)]
    return [each for each in steps if never_content and each in AT_MOST] or steps


def steps_used_up(stage: str, taken: list[str]) -> list[str]:
    """The usual steps at a stage that were taken as often as allowed."""
    return [each for each in USUAL_WAY[stage] if taken.count(each) >= AT_MOST.get(each, 99)]


def task_case(random: Random) -> Json:
    """A task at any stage, with rejections that count, do not count, or may; the wanted step may be possible or not."""
    dice = Dice(random)
    now = dice.moment(dt.datetime(2022, 3, 15, tzinfo=BEIJING), 1_500)
    history: list[Json] = []
    stage, public, taken = "no_task", now, list[str]()
    never_content = dice.in_100(15)
    for _ in range(random.randrange(24)):
        steps = steps_to_take(stage, taken, never_content=never_content)
        if never_content and steps_used_up(stage, taken) and dice.in_100(50):
            break
        if not steps or dice.in_100(60 if stage == "published" else 2):
            break
        step = dice.any(*steps)
        now = max(public, now + dice.any(timedelta(0), MINUTE, DAY, timedelta(microseconds=1)))
        event = {"step": step, "happened_at": dice.written(now)}
        counts = dice.any(True, True, True, False, None) if step in AT_MOST else None
        if step == "set_publication":
            public = now + dice.any(timedelta(0), MINUTE, DAY)
            event["set_for"] = dice.known(dice.written(public))
        history.append(event if counts is None and step not in AT_MOST else {**event, "changes_stated": counts})
        if counts is None and step in AT_MOST:
            counts = dice.in_100(50) and bool(random.randrange(4))
            if not random.randrange(3):
                break
        if counts is not False or step not in AT_MOST:
            stage, taken = AFTERWARDS[step], [*taken, step]
    if stage not in ("no_task", "published", "accepted") and dice.in_100(3):
        history.append({"step": "end_task", "happened_at": dice.written(now)})
        stage = "ended"
    at_hand = USUAL_WAY[stage] or ("end_task",)
    if never_content:
        at_hand = tuple(each for each in at_hand if each in AT_MOST) or at_hand
    wanted = dice.any(*at_hand) if dice.in_100(60) else dice.any(*AFTERWARDS)
    of_a_rejection = {"changes_stated": dice.any(True, True, True, False, None)} if wanted in AT_MOST else {}
    by = dice.any("client", *TAKERS) if dice.in_100(20) else TAKER_OF.get(wanted, "client")
    certain = bool(history)
    early = (now, now, now, now) if public > now else (now,)
    return without_nones(
        dice,
        {
            "id": "task-1",
            "policy": TASK,
            "as_of": dice.written(
                dice.any(*early, dice.beside([max(now, public) + MINUTE]), now + 2 * DAY, max(now, public))
            ),
            "client": {
                "id": "client-1",
                **{
                    each: dice.known(True if certain else dice.in_100(85))
                    for each in ("qualification_certified", "payment_checked", "agreement_signed")
                },
            },
            "history": history,
            "wanted": {"step": wanted, "by": by, **of_a_rejection},
        },
    )
