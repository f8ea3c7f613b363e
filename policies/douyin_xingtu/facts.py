"""The facts of a creator's task: each one's place in a case, and its supplier."""

from __future__ import annotations

from typing import Final

from adjudicator.law import (
    ANY,
    Fact,
    Glossary,
    Instant,
    Need,
    Open,
    Party,
    SingleStep,
    missing,
    supposing,
    takers,
    turn,
)
from douyin_xingtu.case import REJECTIONS, Side, TaskEvent, TaskStep

QUALIFICATION: Final = Need("qualification", Party.PLATFORM)
PAYMENT_CHECK: Final = Need("payment_check", Party.PLATFORM)
AGREEMENT: Final = Need("service_agreement", Party.PLATFORM)
STATED_CHANGES: Final = Need("stated_changes", Party.PLATFORM)
PUBLICATION_TIME: Final = Need("publication_time", Party.PLATFORM)

TO_BE_CERTIFIED: Final = Need("qualification_certification", Side.CLIENT)
TO_BE_CHECKED: Final = Need("corporate_transfer", Side.CLIENT)
TO_BE_SIGNED: Final = Need("signature", Side.CLIENT)
TO_BE_STATED: Final = Need("changes", Side.CLIENT)


def qualification_certified(at: SingleStep) -> bool | Open:
    """Whether the client's account has passed the qualification certification."""
    certified: bool | None = at.case.client.qualification_certified
    if certified is not None:
        return certified
    return supposing(missing(QUALIFICATION, {"qualification_certified": ANY}), False, True)


def payment_checked(at: SingleStep) -> bool | Open:
    """Whether the client's account has passed the payment check by a corporate transfer."""
    checked: bool | None = at.case.client.payment_checked
    if checked is not None:
        return checked
    return supposing(missing(PAYMENT_CHECK, {"payment_checked": ANY}), False, True)


def agreement_signed(at: SingleStep) -> bool | Open:
    """Whether the client's account has signed the platform's service agreement."""
    signed: bool | None = at.case.client.agreement_signed
    if signed is not None:
        return signed
    return supposing(missing(AGREEMENT, {"agreement_signed": ANY}), False, True)


def as_of(at: SingleStep) -> Instant:
    """The moment at which the step would be taken."""
    return at.as_of


def by(at: SingleStep) -> str:
    """Who wants to take the step; for steps other than the wanted one, the party that takes it."""
    return str(at.stated("by", at.step.by[0].value))


def changes_stated(at: SingleStep) -> bool | Open:
    """Whether a rejection states the changes required; one other than the wanted step is assumed to."""
    stated = at.stated("changes_stated", True)
    if stated is not None or at.line_id not in REJECTIONS:
        return bool(stated)
    return supposing(missing(TO_BE_STATED, {"changes_stated": (True,)}), False, True)


def script_rejections(at: SingleStep) -> int | Open:
    """How many times the script was rejected with changes stated."""
    return at.times(TaskStep.REJECT_SCRIPT)


def video_rejections(at: SingleStep) -> int | Open:
    """How many times the video was rejected with changes stated."""
    return at.times(TaskStep.REJECT_VIDEO)


def public_from(at: SingleStep) -> Instant | None | Open:
    """When the content becomes public; ``None`` if the step does not publish it."""
    at_once = at.last(TaskStep.PUBLISH, lambda _, event: event.happened_at)
    return at.last(TaskStep.SET_PUBLICATION, _set_time) if at_once is None else at_once


def _set_time(index: int, event: TaskEvent) -> Instant | Open:
    if event.set_for is not None:
        return event.set_for
    return missing(PUBLICATION_TIME, {f"/history/{index}/set_for": ANY})


GLOSSARY: Final = Glossary.of(
    Fact(as_of, ("/as_of",)),
    Fact(turn, ("/history",), asked_as=STATED_CHANGES),
    Fact(takers),
    Fact(by, ("/wanted/by",)),
    Fact(changes_stated, ("/wanted/changes_stated",), Side.CLIENT),
    Fact(qualification_certified, ("/client/qualification_certified",), Party.PLATFORM),
    Fact(payment_checked, ("/client/payment_checked",), Party.PLATFORM),
    Fact(agreement_signed, ("/client/agreement_signed",), Party.PLATFORM),
    Fact(script_rejections, ("/history",), asked_as=STATED_CHANGES),
    Fact(video_rejections, ("/history",), asked_as=STATED_CHANGES),
    Fact(public_from, ("/history",), asked_as=PUBLICATION_TIME),
)
