"""充值到账凭证, proof that a top-up arrived, as published on 24 October 2018 (PV.4): official feedback decides."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from enum import Enum

from attrs import field, frozen

from adjudicator.law import (
    ANY,
    VERIFIED,
    Answer,
    AnyOf,
    Edition,
    Established,
    Heard,
    Instant,
    Missing,
    Proofs,
    disputed,
    fails,
    gathered,
    heard,
    holds,
    known,
    missing,
    supposing,
    verification_of,
)
from pinduoduo import sentences
from pinduoduo.virtual_arrival_case import DispatchProof, MerchantScreenshot, OfficialFeedback, Shows
from pinduoduo.virtual_arrival_facts import ARRIVALS, OBSERVATION_TIME, PROOF_OF_ARRIVAL

ONE_THAT_NOBODY_NAMES = None


def platform_in_question(
    account_platform: Established[str], official_feedback: tuple[OfficialFeedback, ...]
) -> Established[str | None]:
    """R9. The platform of the account. Unknown, it could be any that feedback names, or none of them.

    账号所属平台。不详时，可能是任一反馈所载的平台，也可能都不是。
    """
    if isinstance(account_platform, str):
        return compared(account_platform)
    named = (compared(each.platform) for each in official_feedback if each.platform is not None)
    return supposing(account_platform, ONE_THAT_NOBODY_NAMES, *named)


def account_in_question(
    account: Established[str], official_feedback: tuple[OfficialFeedback, ...]
) -> Established[str | None]:
    """R9. The account. Unknown, it could be any that feedback shows, or none of them.

    充值账号。不详时，可能是任一反馈所示的账号，也可能都不是。
    """
    shown = (each.account for each in official_feedback if each.account is not None)
    return supposing(account, ONE_THAT_NOBODY_NAMES, *shown)


def dispatches(
    dispatch_proofs: tuple[DispatchProof, ...], official_feedback: tuple[OfficialFeedback, ...]
) -> Proofs[Instant]:
    """PV.4, R25, R53. When the top-up was dispatched, as proof of dispatch has it; unverified proof is pending.

    发货凭证所载的发货时间；未核验的凭证待核验。
    """
    dated = [
        (each.dispatched_at, each)
        for each in dispatch_proofs
        if each.dispatched_at is not None and not each.is_rejected
    ]
    latest_verified = max((moment for moment, each in dated if each.is_verified), default=None)
    could_be_void = [each.observed_at for each in official_feedback if each.shows is Shows.NOT_ARRIVED]

    def matters(moment: Instant) -> bool:
        """Only as the latest dispatch, and only for what may have been observed at or before it (R9)."""
        later = latest_verified is None or moment > latest_verified
        return later and any(seen is None or seen <= moment for seen in could_be_void)

    return gathered((moment, verification_of(each)) for moment, each in dated if each.is_verified or matters(moment))


def latest_dispatch(dispatches: tuple[Instant, ...]) -> Instant | None:
    """R53. The dispatch that is known: the latest one of which there is proof.

    已知的发货时间：有凭证的最后一次发货。
    """
    return max(dispatches, default=None)


def uncertain_dispatches(
    dispatch_proofs: tuple[DispatchProof, ...], placed_at: Instant, latest_dispatch: Instant | None
) -> tuple[Instant, ...]:
    """R25, R53. The dispatches since the order that proof may still come to show, beside those that it shows.

    下单之后、凭证尚不足以认定的发货时间。
    """
    told = [each for each in dispatch_proofs if not each.is_rejected]
    moments = {each.dispatched_at for each in told if each.dispatched_at is not None}
    return tuple(
        sorted(each for each in moments if each >= placed_at and (latest_dispatch is None or each > latest_dispatch))
    )


@frozen
class HeardByAccount:
    """Whether a piece of feedback counts if it concerns the right account, one on another platform, or a different one."""

    platform: str | None
    account: str | None
    of_this: Heard
    of_another_platform: Heard
    of_another_account: Heard

    def about(self, platform: str | None, account: str | None) -> Heard:
        """Whether it counts for an account of a platform."""
        if self.platform != platform:
            return self.of_another_platform
        return self.of_this if self.account == account else self.of_another_account


def worth_by_account(
    official_feedback: tuple[OfficialFeedback, ...], placed_at: Instant, latest_dispatch: Instant | None
) -> tuple[HeardByAccount, ...]:
    """PV.4, R25, R29, R53. What each piece of feedback is worth for the account that it shows, and for any other.

    每份反馈就其所示账号和其他账号而言，分别能否采信。
    """

    def each_way(feedback: OfficialFeedback) -> HeardByAccount:
        platform = platform_named(feedback)
        return HeardByAccount(
            platform,
            feedback.account,
            feedback_heard(feedback, platform, feedback.account, placed_at, latest_dispatch),
            feedback_heard(feedback, ONE_THAT_NOBODY_NAMES, feedback.account, placed_at, latest_dispatch),
            feedback_heard(feedback, platform, ONE_THAT_NOBODY_NAMES, placed_at, latest_dispatch),
        )

    return tuple([each_way(each) for each in official_feedback])


def documents_heard(
    platform_in_question: str | None, account_in_question: str | None, worth_by_account: tuple[HeardByAccount, ...]
) -> Heard:
    """PV.4, R25, R29, R53. What each piece of feedback is worth: that of the account's platform about the account counts.

    每份反馈能否采信：账号所属平台就该账号作出的官方反馈可以采信。
    """
    return tuple(
        [of_it for each in worth_by_account for of_it in each.about(platform_in_question, account_in_question)]
    )


@frozen
class Observation:
    """What one piece of feedback shows, and when it was observed.

    If the time is unknown, four possibilities represent all: before the order, when it does not count; at the moment of the
    decision; if a dispatch is uncertain, just late enough to count only without that dispatch; and at the same instant as pending
    feedback that shows the opposite, so that each affects the other. No time in between gives a different result.
    """

    arrived: bool
    observed_at: Instant
    evidence: str = field(eq=False)


def latest_possible_observation(official_feedback: tuple[OfficialFeedback, ...], as_of: Instant) -> Instant | None:
    """R9, R53. Where it is not known when feedback was observed, it was at the moment of the decision at the latest.

    反馈的观察时间不详的，最晚为作出决定之时。
    """
    return as_of if any(each.observed_at is None for each in official_feedback) else None


def observations(
    official_feedback: tuple[OfficialFeedback, ...],
    documents_heard: Heard,
    latest_possible_observation: Instant | None,
    latest_dispatch: Instant | None,
    uncertain_dispatches: tuple[Instant, ...],
) -> Proofs[Observation]:
    """PV.4, R25, R53. What the feedback shows that stands, and what that may come to show that is pending.

    已采信的反馈显示了什么，待核验的反馈又可能显示什么。
    """
    may_count = [pair for pair in zip(official_feedback, documents_heard, strict=True) if pair[1].may_count]
    pending = [feedback for feedback, of_it in may_count if not of_it.stands]

    def moments_of(feedback: OfficialFeedback) -> Iterable[Instant]:
        if feedback.observed_at is not None:
            return (feedback.observed_at,)
        opposite = [each.observed_at for each in pending if each.shows is not feedback.shows]
        moments = [each for each in (latest_possible_observation, *opposite) if each is not None]
        if feedback.shows is Shows.NOT_ARRIVED:
            moments = [
                each for each in (*moments, *uncertain_dispatches) if latest_dispatch is None or each > latest_dispatch
            ]
        return dict.fromkeys(moments)

    # Earlier than feedback that stands, none can be the latest, whatever it turns out to be (R9).
    stood = [each.observed_at for each, of_it in may_count if of_it.stands and each.observed_at is not None]
    latest_that_stands = max(stood, default=None)
    return gathered(
        (Observation(feedback.shows is Shows.ARRIVED, moment, feedback.id), of_it.lacks)
        for feedback, of_it in may_count
        for moment in moments_of(feedback)
        if latest_that_stands is None or moment >= latest_that_stands
    )


class Said(Enum):
    """The combined statement of all feedback."""

    NOTHING = "nothing"
    ARRIVED = "that it arrived"
    NOT_ARRIVED = "that it did not arrive"
    BOTH = "both"


@frozen
class Feedback:
    """The combined statement of all feedback, and the documents behind it."""

    says: Said
    evidence: tuple[str, ...] = field(eq=False)


def feedback(observations: tuple[Observation, ...]) -> Feedback:
    """PV.4, R26, R53. What the feedback says together: the latest stands; two of one instant that differ contradict each other.

    各反馈合起来说明了什么：以时间最晚的为准；同一时间的反馈不一致的，相互矛盾。
    """
    latest = max((each.observed_at for each in observations), default=None)
    standing = tuple(each for each in observations if each.observed_at == latest)
    said = {each.arrived for each in standing}
    says = {(): Said.NOTHING, (True,): Said.ARRIVED, (False,): Said.NOT_ARRIVED}.get(tuple(said), Said.BOTH)
    return Feedback(says, tuple(each.evidence for each in standing))


def top_up_did_not_arrive(
    feedback: Feedback | Missing, account_platform: Established[str], account: Established[str]
) -> Answer:
    """PV.4. Official feedback of the platform that the account belongs to shows that the top-up did not arrive.

    账号所属平台的官方反馈显示充值未到账。Readings R25, R26, R29, R30.
    """
    if isinstance(feedback, Missing):
        return feedback
    if feedback.says is Said.NOTHING:
        wanted = what_would_settle_it(known(account_platform, None), known(account, None))
        return missing(PROOF_OF_ARRIVAL, wanted, "not_shown")
    if feedback.says is Said.BOTH:
        return disputed("documents_disagree", feedback.evidence)
    if feedback.says is Said.ARRIVED:
        return fails("arrived", feedback.evidence)
    return holds("not_arrived", feedback.evidence)


def merchant_keeps_proof_of_dispatch(dispatch_proofs: tuple[DispatchProof, ...]) -> bool:
    """PV.4. The merchant has to keep proof of dispatch, and there is none before us that counts.

    商家应保留发货凭证，而目前没有可采信的发货凭证。
    """
    return all(each.is_rejected for each in dispatch_proofs)


def own_screenshot_proves_nothing(merchant_screenshots: tuple[MerchantScreenshot, ...]) -> bool:
    """PV.4. A screenshot of the merchant's own system does not prove arrival, whatever it shows.

    商家自有系统的截图，无论内容如何，都不能证明到账。
    """
    return merchant_screenshots != ()


def what_would_settle_it(account_platform: str | None, account: str | None) -> AnyOf:
    """PV.4, R25, R53. Official feedback of the platform about the account, whatever it shows, that says of when it is."""
    return {
        "kind": (OfficialFeedback.kind,),
        "platform": ANY if account_platform is None else (account_platform,),
        "account": ANY if account is None else (account,),
        **VERIFIED,
        "shows": (Shows.ARRIVED, Shows.NOT_ARRIVED),
        "observed_at": ANY,
    }


def feedback_heard(
    feedback: OfficialFeedback,
    platform: str | None,
    account: str | None,
    placed_at: Instant,
    latest_dispatch: Instant | None,
) -> Heard:
    """PV.4, R25, R29, R53. Whether a piece of feedback counts: once it is verified, and it is known when it was seen.

    What shows that nothing arrived has to be later than the latest dispatch.
    """
    seen = feedback.observed_at
    return heard(
        (feedback,),
        once_verified=True,
        at_once=True,
        rejected=lambda feedback: feedback.is_rejected,
        unclear=lambda feedback: feedback.shows is Shows.UNCLEAR,
        names_no_platform=lambda feedback: feedback.platform is None,
        another_platform=lambda feedback: platform_named(feedback) != platform,
        shows_no_account=lambda feedback: feedback.account is None,
        another_account=lambda feedback: feedback.account != account,
        before_the_order=lambda _: seen is not None and seen < placed_at,
        not_after_dispatch=lambda feedback: (
            seen is not None
            and latest_dispatch is not None
            and seen <= latest_dispatch
            and feedback.shows is Shows.NOT_ARRIVED
        ),
        time_not_known=lambda _: seen is None and missing(OBSERVATION_TIME, {"observed_at": ANY}),
    )


def platform_named(feedback: OfficialFeedback) -> str | None:
    """PV.4. The platform that feedback names."""
    return None if feedback.platform is None else compared(feedback.platform)


def compared(platform: str) -> str:
    """A platform normalised for comparison: lower case, without surrounding spaces."""
    return platform.strip().casefold()


EDITION = Edition(
    policy="pinduoduo.virtual_arrival",
    about=__doc__,
    article="PV.4",
    sentences=sentences.VIRTUAL_ARRIVAL,
    effective_from=dt.date(2018, 10, 24),
    revision=4,
    case_kind=ARRIVALS,
    facts=(
        platform_in_question,
        account_in_question,
        dispatches,
        latest_dispatch,
        uncertain_dispatches,
        worth_by_account,
        documents_heard,
        latest_possible_observation,
        observations,
        feedback,
    ),
    requires=(top_up_did_not_arrive,),
    remarks=(merchant_keeps_proof_of_dispatch, own_screenshot_proves_nothing),
)
