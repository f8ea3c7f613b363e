"""充值到账凭证, proof that a top-up arrived, as published on 24 October 2018 (PV.4): official feedback decides."""

from __future__ import annotations

import datetime as dt
from enum import Enum

from attrs import field, frozen

from adjudicator.law import (
    ANY,
    VERIFIED,
    Admissibility,
    Answer,
    AnyOf,
    Edition,
    Established,
    Heard,
    Instant,
    Missing,
    Proofs,
    awaited,
    disputed,
    fails,
    heard,
    holds,
    ids_of,
    known,
    latest,
    missing,
    possible_proofs,
)
from pinduoduo import sentences
from pinduoduo.virtual_arrival_case import DispatchProof, MerchantScreenshot, OfficialFeedback, Shows
from pinduoduo.virtual_arrival_facts import ARRIVALS, OBSERVATION_TIME, PROOF_OF_ARRIVAL


def dispatches(
    dispatch_proofs: tuple[DispatchProof, ...], official_feedback: tuple[OfficialFeedback, ...]
) -> Proofs[Instant]:
    """PV.4, R25, R53. When the top-up was dispatched, as verified proof of dispatch has it, where that bears on any feedback.

    经核验的发货凭证所载的、与反馈有关的发货时间。
    """
    proofs_heard = heard(
        dispatch_proofs,
        once_verified=True,
        rejected=lambda proof: proof.is_rejected,
        bears_on_no_feedback=lambda proof: (
            not any(may_be_void(each, proof.dispatched_at) for each in official_feedback)
        ),
    )
    times = possible_proofs(dispatch_proofs, proofs_heard, lambda proof: those_known(proof.dispatched_at))
    return latest(times, at=lambda moment: moment)


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
    told = {each.dispatched_at for each in dispatch_proofs if not each.is_rejected}
    moments = [each for each in told if each is not None and each >= placed_at]
    return tuple(sorted([each for each in moments if latest_dispatch is None or each > latest_dispatch]))


@frozen
class FeedbackHeard:
    """The platform of each piece of feedback, and whether it counts if it is about the account, or else why it does not."""

    platforms: tuple[str | None, ...]
    about_the_account: Heard
    of_another_platform: Heard
    about_another_account: Heard


def feedback_heard(
    official_feedback: tuple[OfficialFeedback, ...], placed_at: Instant, latest_dispatch: Instant | None
) -> FeedbackHeard:
    """PV.4, R25, R29, R53. Whether each piece of feedback counts, once verified, whatever the account is.

    每份反馈经核验能否采信，就账号的各种可能分别而言。
    """
    about_the_account = heard(
        official_feedback,
        once_verified=True,
        at_once=True,
        rejected=lambda feedback: feedback.is_rejected,
        unclear=lambda feedback: feedback.shows is Shows.UNCLEAR,
        before_the_order=lambda feedback: feedback.observed_at is not None and feedback.observed_at < placed_at,
        not_after_dispatch=lambda feedback: is_void(feedback, feedback.observed_at, latest_dispatch),
        time_not_known=lambda feedback: (
            feedback.observed_at is None and missing(OBSERVATION_TIME, {"observed_at": ANY})
        ),
    )
    return FeedbackHeard(
        tuple([None if each.platform is None else compared(each.platform) for each in official_feedback]),
        about_the_account,
        tuple(map(heard_of_another_platform, official_feedback, about_the_account)),
        tuple(map(heard_about_another_account, official_feedback, about_the_account)),
    )


WHATEVER_THE_ACCOUNT = ("rejected", "unclear")
"""What is wrong with feedback before anyone asks which account it is about."""


def heard_of_another_platform(feedback: OfficialFeedback, heard: Admissibility) -> Admissibility:
    """R29. Whether feedback counts if it is not that of the account's platform."""
    if heard.because in WHATEVER_THE_ACCOUNT:
        return heard
    return Admissibility(feedback.id, "names_no_platform" if feedback.platform is None else "another_platform")


def heard_about_another_account(feedback: OfficialFeedback, heard: Admissibility) -> Admissibility:
    """R29. Whether feedback counts if it is not about the account."""
    if heard.because in WHATEVER_THE_ACCOUNT:
        return heard
    return Admissibility(feedback.id, "shows_no_account" if feedback.account is None else "another_account")


def documents_heard(
    official_feedback: tuple[OfficialFeedback, ...], account_platform: str, account: str, feedback_heard: FeedbackHeard
) -> Heard:
    """PV.4, R25, R29, R53. Whether each piece of feedback counts: that of the account's platform about the account, once verified.

    每份反馈能否采信：账号所属平台就该账号作出的官方反馈，经核验可以采信。
    """
    platform = compared(account_platform)
    ways = (
        feedback_heard.platforms,
        feedback_heard.about_the_account,
        feedback_heard.of_another_platform,
        feedback_heard.about_another_account,
    )
    return tuple(
        [
            elsewhere if of_platform != platform else here if each.account == account else another
            for each, of_platform, here, elsewhere, another in zip(official_feedback, *ways, strict=True)
        ]
    )


def may_be_void(feedback: OfficialFeedback, dispatched_at: Instant | None) -> bool:
    """PV.4, R53. Whether feedback shows that nothing arrived, and may have been observed no later than a dispatch."""
    if feedback.observed_at is None:
        return feedback.shows is Shows.NOT_ARRIVED
    return is_void(feedback, feedback.observed_at, dispatched_at)


def is_void(feedback: OfficialFeedback, observed_at: Instant | None, dispatched_at: Instant | None) -> bool:
    """PV.4, R53. Whether feedback shows that nothing arrived, observed at a time that is no later than a dispatch."""
    if observed_at is None or dispatched_at is None:
        return False
    return feedback.shows is Shows.NOT_ARRIVED and observed_at <= dispatched_at


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

    def seen(feedback: OfficialFeedback) -> list[Observation]:
        arrived = feedback.shows is Shows.ARRIVED
        if feedback.observed_at is not None:
            moments: tuple[Instant, ...] = (feedback.observed_at,)
        else:
            unverified = awaited(official_feedback, documents_heard)
            contrary = [each.observed_at for each in unverified if each.shows is not feedback.shows]
            moments = those_known(latest_possible_observation, *contrary, *(() if arrived else uncertain_dispatches))
        return [
            Observation(arrived, each, feedback.id) for each in moments if not is_void(feedback, each, latest_dispatch)
        ]

    return latest(possible_proofs(official_feedback, documents_heard, seen), at=lambda each: each.observed_at)


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
    if not observations:
        return Feedback(Said.NOTHING, ())
    last = max([each.observed_at for each in observations])
    standing = [each for each in observations if each.observed_at == last]
    said = {each.arrived for each in standing}
    if len(said) > 1:
        return Feedback(Said.BOTH, ids_of(standing))
    return Feedback(Said.ARRIVED if True in said else Said.NOT_ARRIVED, ids_of(standing))


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


def those_known(*moments: Instant | None) -> tuple[Instant, ...]:
    """The instants among these that are known, each once."""
    return tuple(dict.fromkeys(each for each in moments if each is not None))


def compared(platform: str) -> str:
    """A platform normalised for comparison: lower case, without surrounding spaces."""
    return platform.strip().casefold()


EDITION = Edition(
    policy="pinduoduo.virtual_arrival",
    about=__doc__,
    article="PV.4",
    sentences=sentences.VIRTUAL_ARRIVAL,
    effective_from=dt.date(2018, 10, 24),
    revision=5,
    case_kind=ARRIVALS,
    facts=(
        dispatches,
        latest_dispatch,
        uncertain_dispatches,
        feedback_heard,
        documents_heard,
        latest_possible_observation,
        observations,
        feedback,
    ),
    requires=(top_up_did_not_arrive,),
    remarks=(merchant_keeps_proof_of_dispatch, own_screenshot_proves_nothing),
)
