"""充值到账凭证, proof that a top-up arrived, as published on 24 October 2018 (PV.4): official feedback judges."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from enum import Enum

from attrs import field, frozen

from adjudicator.law import (
    VERIFICATION,
    Acceptable,
    Admissibility,
    Ask,
    Disputed,
    Document,
    Edition,
    EvidencePool,
    Failed,
    Holds,
    Instant,
    Open,
    Verification,
)
from pinduoduo.virtual_case import DispatchProof, MerchantScreenshot, OfficialFeedback, Shows
from pinduoduo.virtual_facts import ARRIVALS, OBSERVATION_TIME, PROOF_OF_ARRIVAL

ONE_THAT_NOBODY_NAMES = None


def platform_in_question(
    account_platform: str | Open, official_feedback: tuple[OfficialFeedback, ...]
) -> str | None | Open:
    """R9. The platform of the account. Unknown, it could be any that feedback names, or none of them.

    账号所属平台。不详时，可能是任一反馈所载的平台，也可能都不是。
    """
    if isinstance(account_platform, Open):
        named = {compared(each.platform): None for each in official_feedback if each.platform is not None}
        return Open(account_platform.asks, could_be=(ONE_THAT_NOBODY_NAMES, *named))
    return compared(account_platform)


def account_in_question(account: str | Open, official_feedback: tuple[OfficialFeedback, ...]) -> str | None | Open:
    """R9. The account. Unknown, it could be any that feedback shows, or none of them.

    充值账号。不详时，可能是任一反馈所示的账号，也可能都不是。
    """
    if isinstance(account, Open):
        shown = {each.account: None for each in official_feedback if each.account is not None}
        return Open(account.asks, could_be=(ONE_THAT_NOBODY_NAMES, *shown))
    return account


def dispatches(dispatch_proofs: tuple[DispatchProof, ...]) -> EvidencePool[Instant]:
    """PV.4, R25, R53. When the top-up was dispatched, as proof of dispatch has it; unverified proof is pending.

    发货凭证所载的发货时间；未核验的凭证待核验。
    """
    return EvidencePool.of(
        (each.dispatched_at, verification_of(each))
        for each in dispatch_proofs
        if each.dispatched_at is not None and each.verification is not Verification.REJECTED
    )


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
    told = [each for each in dispatch_proofs if each.verification is not Verification.REJECTED]
    moments = {each.dispatched_at for each in told if each.dispatched_at is not None}
    return tuple(
        sorted(each for each in moments if each >= placed_at and (latest_dispatch is None or each > latest_dispatch))
    )


@frozen
class WorthByAccount:
    """What a piece of feedback is worth if it is about the account in question, about one of another platform, or about another one."""

    platform: str | None
    account: str | None
    of_this: Admissibility
    of_another_platform: Admissibility
    of_another_account: Admissibility

    def about(self, platform: str | None, account: str | None) -> Admissibility:
        """What it is worth for an account of a platform."""
        if self.platform != platform:
            return self.of_another_platform
        return self.of_this if self.account == account else self.of_another_account


def worth_by_account(
    official_feedback: tuple[OfficialFeedback, ...], placed_at: Instant, latest_dispatch: Instant | None
) -> tuple[WorthByAccount, ...]:
    """PV.4, R25, R29, R53. What each piece of feedback is worth for the account that it shows, and for any other.

    每份反馈就其所示账号和其他账号而言，分别能否采信。
    """

    def each_way(feedback: OfficialFeedback) -> WorthByAccount:
        platform = None if feedback.platform is None else compared(feedback.platform)
        return WorthByAccount(
            platform,
            feedback.account,
            worth_of(feedback, platform, feedback.account, placed_at, latest_dispatch),
            worth_of(feedback, ONE_THAT_NOBODY_NAMES, feedback.account, placed_at, latest_dispatch),
            worth_of(feedback, platform, ONE_THAT_NOBODY_NAMES, placed_at, latest_dispatch),
        )

    return tuple([each_way(each) for each in official_feedback])


def documents_heard(
    platform_in_question: str | None, account_in_question: str | None, worth_by_account: tuple[WorthByAccount, ...]
) -> tuple[Admissibility, ...]:
    """PV.4, R25, R29, R53. What each piece of feedback is worth: that of the account's platform about the account counts.

    每份反馈能否采信：账号所属平台就该账号作出的官方反馈可以采信。
    """
    return tuple([each.about(platform_in_question, account_in_question) for each in worth_by_account])


@frozen
class Observation:
    """What one piece of feedback shows, and of when it is.

    Where that is not known it is of before the order, and then it does not count; or as late as can be; or, where a dispatch is not
    certain, just so late that it counts only without that dispatch. Feedback in between would change nothing that those leave as it is.
    """

    arrived: bool
    observed_at: Instant | None
    evidence: str = field(eq=False)

    @property
    def place(self) -> tuple[bool, Instant]:
        """Where it stands among the others in time."""
        return self.observed_at is None, self.observed_at or Instant(0)


def observations(
    official_feedback: tuple[OfficialFeedback, ...],
    documents_heard: tuple[Admissibility, ...],
    uncertain_dispatches: tuple[Instant, ...],
) -> EvidencePool[Observation]:
    """PV.4, R25, R53. What the feedback shows that stands, and what that may come to show that is pending.

    已采信的反馈显示了什么，待核验的反馈又可能显示什么。
    """

    def heard() -> Iterator[tuple[Observation, tuple[Ask, ...]]]:
        for each, worth in zip(official_feedback, documents_heard, strict=True):
            if not worth.may_count:
                continue
            yield Observation(each.shows is Shows.ARRIVED, each.observed_at, each.id), worth.asks
            if each.observed_at is None and each.shows is Shows.NOT_ARRIVED:
                yield from ((Observation(False, moment, each.id), worth.asks) for moment in uncertain_dispatches)

    return EvidencePool.of(heard())


class Said(Enum):
    """What all feedback together says."""

    NOTHING = "nothing"
    ARRIVED = "that it arrived"
    NOT_ARRIVED = "that it did not arrive"
    BOTH = "both"


@frozen
class Feedback:
    """What the feedback says together, and the documents that say so."""

    says: Said
    evidence: tuple[str, ...] = field(eq=False)


def feedback(observations: tuple[Observation, ...]) -> Feedback:
    """PV.4, R26, R53. What the feedback says together: the latest stands; two of one instant that differ contradict each other.

    各反馈合起来说明了什么：以时间最晚的为准；同一时间的反馈不一致的，相互矛盾。
    """
    latest = max((each.place for each in observations), default=None)
    standing = tuple(each for each in observations if each.place == latest)
    said = {each.arrived for each in standing}
    says = {(): Said.NOTHING, (True,): Said.ARRIVED, (False,): Said.NOT_ARRIVED}.get(tuple(said), Said.BOTH)
    return Feedback(says, tuple(each.evidence for each in standing))


def top_up_did_not_arrive(
    feedback: Feedback | Open, account_platform: str | Open, account: str | Open
) -> Holds | Failed | Disputed | Open:
    """PV.4. Official feedback of the platform that the account belongs to shows that the top-up did not arrive.

    账号所属平台的官方反馈显示充值未到账。Readings R25, R26, R29, R30.
    """
    if isinstance(feedback, Open):
        return feedback
    if feedback.says is Said.NOTHING:
        return Open((Ask(PROOF_OF_ARRIVAL, (what_would_settle_it(account_platform, account),)),), "not_shown")
    if feedback.says is Said.BOTH:
        return Disputed("documents_disagree", feedback.evidence)
    if feedback.says is Said.ARRIVED:
        return Failed("arrived", feedback.evidence)
    return Holds("not_arrived", feedback.evidence)


def merchant_keeps_proof_of_dispatch(dispatch_proofs: tuple[DispatchProof, ...]) -> bool:
    """PV.4. The merchant has to keep proof of dispatch, and there is none before us that counts.

    商家应保留发货凭证，而目前没有可采信的发货凭证。
    """
    return all(each.verification is Verification.REJECTED for each in dispatch_proofs)


def own_screenshot_proves_nothing(merchant_screenshots: tuple[MerchantScreenshot, ...]) -> bool:
    """PV.4. A screenshot of the merchant's own system does not prove arrival, whatever it shows.

    商家自有系统的截图，无论内容如何，都不能证明到账。
    """
    return merchant_screenshots != ()


def what_would_settle_it(account_platform: str | Open, account: str | Open) -> Acceptable:
    """PV.4, R25, R53. Official feedback of the platform about the account, whatever it shows, that says of when it is."""
    return {
        "kind": (OfficialFeedback.kind,),
        "platform": () if isinstance(account_platform, Open) else (account_platform,),
        "account": () if isinstance(account, Open) else (account,),
        "verification": (Verification.VERIFIED,),
        "shows": (Shows.ARRIVED, Shows.NOT_ARRIVED),
        "observed_at": (),
    }


def worth_of(
    feedback: OfficialFeedback,
    platform: str | None,
    account: str | None,
    placed_at: Instant,
    latest_dispatch: Instant | None,
) -> Admissibility:
    """R25, R29, R53. What feedback is worth: nothing, or something once it is verified and its time is known, or all that it shows."""
    if why := why_it_counts_for_nothing(feedback, platform, account, placed_at, latest_dispatch):
        return Admissibility(feedback.id, why)
    unverified, not_dated = verification_of(feedback), time_of(feedback)
    if unverified:
        return Admissibility(feedback.id, "unverified", (*unverified, *not_dated))
    if not_dated:
        return Admissibility(feedback.id, "time_not_known", not_dated)
    return Admissibility(feedback.id)


def verification_of(document: Document) -> tuple[Ask, ...]:
    """R25. What to ask before a document stands: nothing if its own mark says that it is verified."""
    if document.verification is Verification.VERIFIED:
        return ()
    return (Ask(VERIFICATION, ({"verification": (Verification.VERIFIED,)},), document.id),)


def time_of(feedback: OfficialFeedback) -> tuple[Ask, ...]:
    """R53. What to ask of feedback of an unknown time, which may lie before the order."""
    if feedback.observed_at is not None:
        return ()
    return (Ask(OBSERVATION_TIME, ({"observed_at": ()},), feedback.id),)


def why_it_counts_for_nothing(
    feedback: OfficialFeedback,
    platform: str | None,
    account: str | None,
    placed_at: Instant,
    latest_dispatch: Instant | None,
) -> str | None:
    """PV.4, R29, R53. What is wrong with feedback for good, whatever is still handed in about it."""
    seen = feedback.observed_at
    early = seen is not None and seen < placed_at
    too_early = seen is not None and latest_dispatch is not None and seen <= latest_dispatch
    amiss = {
        "rejected": feedback.verification is Verification.REJECTED,
        "unclear": feedback.shows is Shows.UNCLEAR,
        "names_no_platform": feedback.platform is None,
        "another_platform": feedback.platform is not None and compared(feedback.platform) != platform,
        "shows_no_account": feedback.account is None,
        "another_account": feedback.account != account,
        "before_the_order": early,
        "not_after_dispatch": too_early and feedback.shows is Shows.NOT_ARRIVED,
    }
    return next((why for why, is_so in amiss.items() if is_so), None)


def compared(platform: str) -> str:
    """A platform as it is compared: without case and outer spaces."""
    return platform.strip().casefold()


EDITION = Edition(
    policy="pinduoduo.virtual_arrival",
    about=__doc__,
    article="PV.4",
    effective_from=dt.date(2018, 10, 24),
    revision=2,
    case_kind=ARRIVALS,
    facts=(
        platform_in_question,
        account_in_question,
        dispatches,
        latest_dispatch,
        uncertain_dispatches,
        worth_by_account,
        documents_heard,
        observations,
        feedback,
    ),
    requires=(top_up_did_not_arrive,),
    remarks=(merchant_keeps_proof_of_dispatch, own_screenshot_proves_nothing),
)
