"""星图任务, creators' tasks on Douyin Xingtu, as published on 15 March 2022 (DX.1, DX.2): step by step, from the task to its rating."""

from __future__ import annotations

import datetime as dt

from adjudicator.law import (
    BEIJING,
    Answer,
    Counts,
    Edition,
    Instant,
    Process,
    ProcessKind,
    Step,
    Turn,
    clauses_of,
    fails,
    for_a_person,
    in_turn,
    repairable,
)
from douyin_xingtu.case import Side, Stage, TaskCase, TaskStep
from douyin_xingtu.facts import (
    GLOSSARY,
    STATED_CHANGES,
    TO_BE_CERTIFIED,
    TO_BE_CHECKED,
    TO_BE_SIGNED,
    TO_BE_STATED,
)

CLIENT, CREATOR, PLATFORM = (Side.CLIENT,), (Side.CREATOR,), (Side.PLATFORM,)


def taken_by_the_right_side(by: str, takers: tuple[str, ...]) -> bool:
    """DX.1, DX.2. The one who takes a step is the one whom the rule names for it.

    每一步由规则所指定的一方操作。
    """
    return by in takers


# Before the first task


def qualification_is_certified(qualification_certified: bool) -> Answer:
    """DX.1(1). The client's account has passed the qualification certification.

    客户账号已通过资质认证。
    """
    return qualification_certified or repairable(TO_BE_CERTIFIED, {"qualification_certified": (True,)}, until=None)


def payment_is_checked(payment_checked: bool) -> Answer:
    """DX.1(2). The client's account has passed the payment check by a corporate transfer.

    客户账号已通过对公打款验证。
    """
    return payment_checked or repairable(TO_BE_CHECKED, {"payment_checked": (True,)}, until=None)


def agreement_is_signed(agreement_signed: bool) -> Answer:
    """DX.1(3). The client's account has signed the platform's service agreement.

    客户账号已签署平台服务协议。
    """
    return agreement_signed or repairable(TO_BE_SIGNED, {"agreement_signed": (True,)}, until=None)


def the_task_is_new(turn: Turn) -> Answer:
    """DX.1. After that the client may enter the creators' square and place the task; each task is placed once.

    满足上述条件后，客户可进入达人广场发布任务；同一任务只发布一次。
    """
    return in_turn(turn)


def a_task_is_offered(turn: Turn) -> Answer:
    """DX.2. The creator takes the order for the task.

    达人接受任务订单。
    """
    return in_turn(turn)


# The script


def a_script_is_awaited(turn: Turn) -> Answer:
    """DX.2(1). Once the creator has taken the order, the creator uploads the script; after a rejection, another one.

    达人接单后上传脚本；脚本被驳回的，重新上传。
    """
    return in_turn(turn)


def a_script_is_before_the_client(turn: Turn) -> Answer:
    """DX.2(1). The client confirms or rejects the script that the creator uploaded.

    达人上传脚本后，由客户确认或驳回。
    """
    return in_turn(turn)


def changes_are_stated(changes_stated: bool) -> Answer:
    """DX.2(1). A rejection states what is to be changed; one that does not is no rejection, and uses none up.

    驳回时须写明修改意见；未写明的不构成驳回，也不占用驳回次数。Reading R61.
    """
    return changes_stated or repairable(TO_BE_STATED, {"changes_stated": (True,)}, until=None)


def three_rejections_of_the_script_are_used_up(script_rejections: int) -> bool:
    """DX.2(1). The script is rejected three times at most; the fourth rejection is refused.

    脚本最多驳回三次，第四次驳回不予受理。Reading R61.
    """
    return script_rejections >= 3


# The video


def a_video_is_awaited(turn: Turn) -> Answer:
    """DX.2(2). The creator uploads the video once the script is confirmed; after a failed review or a rejection, another one.

    脚本确认后，达人上传视频；视频未通过审核或被驳回的，重新上传。
    """
    return in_turn(turn)


def a_video_is_in_review(turn: Turn) -> Answer:
    """DX.2(2). The platform reviews the video that the creator uploaded.

    达人上传视频后，由平台审核。
    """
    return in_turn(turn)


def the_review_is_passed(turn: Turn) -> Answer:
    """DX.2(2). The client can confirm the video only after the platform's review has been passed, and not meanwhile.

    视频通过平台审核后，客户方可确认；审核期间不能确认。
    """
    return in_turn(turn)


def a_video_is_before_the_client(turn: Turn) -> Answer:
    """DX.2(2). The client rejects a video that was uploaded; whether also during the review, the rule does not say.

    客户可驳回达人上传的视频；审核期间能否驳回，规则未作规定。
    """
    return for_a_person("in_review") if turn.stage is Stage.VIDEO_IN_REVIEW else in_turn(turn)


def two_rejections_of_the_video_are_used_up(video_rejections: int) -> bool:
    """DX.2(2). The video is rejected twice at most; the third rejection is refused.

    视频最多驳回两次，第三次驳回不予受理。Reading R61.
    """
    return video_rejections >= 2


# Publishing, completion and rating


def the_video_is_confirmed(turn: Turn) -> Answer:
    """DX.2(3). The client publishes the confirmed video, at once or at a set time.

    视频确认后，由客户立即发布或定时发布。
    """
    return in_turn(turn)


def the_content_is_published(turn: Turn) -> Answer:
    """DX.2(4). After publishing, the client accepts the content; the task is then complete.

    发布后，客户在平台验收，任务即告完成。
    """
    return in_turn(turn)


def the_content_is_public(public_from: Instant | None, as_of: Instant) -> Answer:
    """DX.2(3), DX.2(4). The client looks at the content on Douyin first, where it is public from the time of publication on.

    客户须先在抖音查看内容；内容自发布时间起公开。
    """
    return public_from is None or public_from <= as_of or fails("not_public_yet", changes_at=public_from)


def the_content_is_accepted(turn: Turn) -> Answer:
    """DX.2(5). After acceptance the task may be rated.

    验收后，可对任务作出评价。
    """
    return in_turn(turn)


# What the rule does not say


def ending_is_agreed_or_decided(turn: Turn) -> Answer:
    """DX.2. The rule says nothing of ending a task before it is complete: a person decides where neither side moves.

    规则未规定任务完成前如何终止；双方均不再推进的，由人工处理。Reading R61.
    """
    answer = in_turn(turn)
    return for_a_person("ending_not_covered") if answer is True else answer


def the_client_may_still_confirm(turn: Turn, script_rejections: int, video_rejections: int) -> bool:
    """DX.2(1), DX.2(2). No rejection is left. The client may still confirm; where neither side moves, a person decides.

    驳回次数已用完，客户仍可确认；双方均不再推进的，由人工处理。Reading R61.
    """
    of_the_script = turn.stage is Stage.SCRIPT_WITH_CLIENT and script_rejections >= 3
    of_the_video = turn.stage in (Stage.VIDEO_IN_REVIEW, Stage.VIDEO_WITH_CLIENT) and video_rejections >= 2
    return of_the_script or of_the_video


# The steps


IF_CHANGES_ARE_STATED = Counts("changes_stated", STATED_CHANGES)

STEPS = (
    Step(
        name=TaskStep.PLACE_TASK,
        by=CLIENT,
        requires=(
            taken_by_the_right_side,
            qualification_is_certified,
            payment_is_checked,
            agreement_is_signed,
            the_task_is_new,
        ),
        at=(Stage.NO_TASK,),
        then=Stage.OFFERED,
    ),
    Step(
        name=TaskStep.TAKE_ORDER,
        by=CREATOR,
        requires=(taken_by_the_right_side, a_task_is_offered),
        at=(Stage.OFFERED,),
        then=Stage.SCRIPT_AWAITED,
    ),
    Step(
        name=TaskStep.UPLOAD_SCRIPT,
        by=CREATOR,
        requires=(taken_by_the_right_side, a_script_is_awaited),
        at=(Stage.SCRIPT_AWAITED,),
        then=Stage.SCRIPT_WITH_CLIENT,
    ),
    Step(
        name=TaskStep.CONFIRM_SCRIPT,
        by=CLIENT,
        requires=(taken_by_the_right_side, a_script_is_before_the_client),
        at=(Stage.SCRIPT_WITH_CLIENT,),
        then=Stage.VIDEO_AWAITED,
    ),
    Step(
        name=TaskStep.REJECT_SCRIPT,
        by=CLIENT,
        requires=(taken_by_the_right_side, a_script_is_before_the_client, changes_are_stated),
        barred_by=(three_rejections_of_the_script_are_used_up,),
        counts=IF_CHANGES_ARE_STATED,
        at=(Stage.SCRIPT_WITH_CLIENT,),
        then=Stage.SCRIPT_AWAITED,
    ),
    Step(
        name=TaskStep.UPLOAD_VIDEO,
        by=CREATOR,
        requires=(taken_by_the_right_side, a_video_is_awaited),
        at=(Stage.VIDEO_AWAITED,),
        then=Stage.VIDEO_IN_REVIEW,
    ),
    Step(
        name=TaskStep.APPROVE_VIDEO,
        by=PLATFORM,
        requires=(taken_by_the_right_side, a_video_is_in_review),
        at=(Stage.VIDEO_IN_REVIEW,),
        then=Stage.VIDEO_WITH_CLIENT,
    ),
    Step(
        name=TaskStep.DISAPPROVE_VIDEO,
        by=PLATFORM,
        requires=(taken_by_the_right_side, a_video_is_in_review),
        at=(Stage.VIDEO_IN_REVIEW,),
        then=Stage.VIDEO_AWAITED,
    ),
    Step(
        name=TaskStep.CONFIRM_VIDEO,
        by=CLIENT,
        requires=(taken_by_the_right_side, the_review_is_passed),
        at=(Stage.VIDEO_WITH_CLIENT,),
        then=Stage.VIDEO_CONFIRMED,
    ),
    Step(
        name=TaskStep.REJECT_VIDEO,
        by=CLIENT,
        requires=(taken_by_the_right_side, a_video_is_before_the_client, changes_are_stated),
        barred_by=(two_rejections_of_the_video_are_used_up,),
        counts=IF_CHANGES_ARE_STATED,
        at=(Stage.VIDEO_IN_REVIEW, Stage.VIDEO_WITH_CLIENT),
        then=Stage.VIDEO_AWAITED,
    ),
    Step(
        name=TaskStep.PUBLISH,
        by=CLIENT,
        requires=(taken_by_the_right_side, the_video_is_confirmed),
        at=(Stage.VIDEO_CONFIRMED,),
        then=Stage.PUBLISHED,
    ),
    Step(
        name=TaskStep.SET_PUBLICATION,
        by=CLIENT,
        requires=(taken_by_the_right_side, the_video_is_confirmed),
        at=(Stage.VIDEO_CONFIRMED,),
        then=Stage.PUBLISHED,
    ),
    Step(
        name=TaskStep.ACCEPT_CONTENT,
        by=CLIENT,
        requires=(taken_by_the_right_side, the_content_is_published, the_content_is_public),
        at=(Stage.PUBLISHED,),
        then=Stage.ACCEPTED,
    ),
    Step(
        name=TaskStep.RATE,
        by=(*CLIENT, *CREATOR),
        requires=(taken_by_the_right_side, the_content_is_accepted),
        at=(Stage.ACCEPTED,),
    ),
    Step(
        name=TaskStep.END_TASK,
        by=(*CLIENT, *CREATOR),
        requires=(taken_by_the_right_side, ending_is_agreed_or_decided),
        at=tuple(each for each in Stage if each not in (Stage.NO_TASK, Stage.ACCEPTED, Stage.ENDED)),
        then=Stage.ENDED,
    ),
)

EDITION = Edition(
    policy="douyin_xingtu.task",
    about=__doc__,
    article="DX.1; DX.2",
    effective_from=dt.date(2022, 3, 15),
    revision=3,
    case_kind=ProcessKind(
        case_type=TaskCase, zone=BEIJING, glossary=GLOSSARY, process=Process(Stage.NO_TASK, STEPS), claimant=Side.CLIENT
    ),
    remarks=(the_client_may_still_confirm,),
    sentences=(
        *("DX.1(1)", "DX.1(2)", "DX.1(3)"),
        *("DX.2(1)", "DX.2(2)", "DX.2(3)", "DX.2(4)", "DX.2(5)"),
    ),
    **clauses_of(STEPS),
)
