"""Whether a merchant had been warned before, and how often it was found at fault: PO.3(5)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeAlias

from attrs import frozen

from adjudicator.law import (
    ANY,
    Established,
    FoundAct,
    Gravity,
    Instant,
    Missing,
    Proofs,
    either_way,
    gathered,
    known,
    missing,
)
from pinduoduo.trading_case import EarlierFinding, Event
from pinduoduo.trading_facts import EARLIER_FINDINGS, INCIDENT_TIME


def earlier_notices(earlier_findings: tuple[EarlierFinding, ...]) -> Proofs[str]:
    """PO.3(5), R47. The earlier findings of which the merchant received notice; each counts once that is known.

    已通知商家的此前违规认定；确认通知后才计入。
    """
    return gathered(
        ("a finding", whether_noticed(index) if each.notice is None else None)
        for index, each in enumerate(earlier_findings)
        if each.notice is None or each.notice.happened
    )


def whether_noticed(index: int) -> Missing:
    """R47. To ask whether the merchant received notice of an earlier finding."""
    return missing(EARLIER_FINDINGS, {f"/shop/earlier_findings/{index}/notice/happened": (True, False)})


def is_a_further_finding(
    acts_found: tuple[FoundAct, ...],
    earlier_findings: Established[tuple[EarlierFinding, ...]],
    opened_at: Instant,
    as_of: Instant,
) -> bool | Missing:
    """PO.3(5), R47, R58. An act that is found lies after the notice of an earlier finding: the merchant had been warned.

    认定的行为发生在商家收到此前某次认定的通知之后，即商家已受到告诫。
    """
    after = after_a_warning(acts_found, earlier_findings, opened_at)
    if any(told is True and act.certain for act, told in after):
        return True
    if all(told is False for _, told in after):
        return False
    turning = tuple(
        [act for act, told in after if told is not False and may_turn_it(act, acts_found, opened_at, as_of)]
    )
    return either_way(
        lacking_about_another_time(after, turning, earlier_findings),
        turns_on=[act.incident.id for act in turning if not act.certain],
    )


def is_repeated(
    acts_found: tuple[FoundAct, ...],
    earlier_findings: Established[tuple[EarlierFinding, ...]],
    opened_at: Instant,
    is_a_further_finding: bool | Missing,
) -> bool | Missing:
    """PO.3(5), R47, R58. Where anything is found: whether it is a further finding.

    如认定存在行为，是否属于再次认定。
    """
    after = after_a_warning(acts_found, earlier_findings, opened_at)
    if after and not any(act.certain for act, _ in after) and all(told is True for _, told in after):
        return True
    return is_a_further_finding


After: TypeAlias = tuple[tuple[FoundAct, bool | None], ...]
"""Acts, each with whether it happened after notice of an earlier finding; ``None`` if that is not known."""


def after_a_warning(
    acts_found: tuple[FoundAct, ...], earlier_findings: Established[tuple[EarlierFinding, ...]], opened_at: Instant
) -> After:
    """R58. Of each act that is found or may be, whether it lies after the notice of an earlier finding."""
    warnings = warnings_of(earlier_findings)
    return tuple([(act, lies_after(act, warnings, opened_at)) for act in acts_found])


def lacking_about_another_time(
    after: After, turning: tuple[FoundAct, ...], earlier_findings: Established[tuple[EarlierFinding, ...]]
) -> Iterator[Missing]:
    """R58. What is missing where some act may lie after the notice of an earlier finding: the notices, and when acts happened."""
    if all(told is not None for _, told in after):
        return
    if isinstance(earlier_findings, Missing):
        yield earlier_findings
    yield from (warning.lacks for warning in warnings_of(earlier_findings) if warning.lacks is not None)
    for act in turning:
        if act.incident.happened_at is None:
            when = {f"/incidents/{act.index}/happened_at": ANY}
            yield missing(INCIDENT_TIME, when, part=act.incident.id)


def may_turn_it(act: FoundAct, acts_found: tuple[FoundAct, ...], opened_at: Instant, as_of: Instant) -> bool:
    """R58. Whether an act could be later than all that are found for certain, at a time when notice could still come between.

    By the time that the case was opened, notice of every earlier finding had been received; no act is later than the decision.
    """
    certain = [each.incident.happened_at for each in acts_found if each.certain and each is not act]
    latest: Instant | None = max((each for each in certain if each is not None), default=None)
    if latest is None:
        return True
    happened_at: Instant = as_of if act.incident.happened_at is None else act.incident.happened_at
    return latest <= opened_at and happened_at > latest


@frozen
class Notice:
    """A notice of an earlier finding that was, or may have been, received: when, and what is not known about it."""

    at: Instant | None
    certain: bool
    lacks: Missing | None = None


def warnings_of(earlier_findings: Established[tuple[EarlierFinding, ...]]) -> tuple[Notice, ...]:
    """R47, R58. The notices of earlier findings; where those are not known, one that may have been received at any time."""
    findings = known(earlier_findings, None)
    if findings is None:
        return (Notice(None, certain=False),)
    return tuple(
        [
            notice_of(each.notice, f"/shop/earlier_findings/{index}/notice")
            for index, each in enumerate(findings)
            if each.notice is None or each.notice.happened
        ]
    )


def notice_of(notice: Event | None, place: str) -> Notice:
    """R47, R58. A notice that was received, or may have been; what is missing is whether it was, and when."""
    if notice is None:
        received = {f"{place}/happened": (True,), f"{place}/at": ANY}
        return Notice(None, False, missing(EARLIER_FINDINGS, ({f"{place}/happened": (False,)}, received)))
    lacks = missing(EARLIER_FINDINGS, {f"{place}/at": ANY}) if notice.at is None else None
    return Notice(notice.at, True, lacks)


def lies_after(act: FoundAct, warnings: tuple[Notice, ...], opened_at: Instant) -> bool | None:
    """R58. Whether an act lies after the instant of some warning, not at it; ``None`` where that is not known.

    Notice of an earlier finding was received by the time that the present one was opened.
    """
    happened_at = act.incident.happened_at
    if happened_at is None:
        return None if warnings else False
    if any(each.certain and (opened_at if each.at is None else each.at) < happened_at for each in warnings):
        return True
    return None if any(each.at is None for each in warnings) else False


def found_for_the_first_time(is_a_further_finding: bool) -> bool:
    """PO.3(5). No act that is found lies after the notice of an earlier finding; acts that are found together are one.

    认定的行为均不在此前认定的通知送达之后；一并认定的行为视为一次。Readings R47, R58.
    """
    return not is_a_further_finding


def which_time(gravity: Gravity, is_repeated: bool, earlier_notices: tuple[str, ...]) -> int | None:
    """PO.3(5), R47, R58. Which time it is: where this is a further finding, it and the earlier ones with notice.

    第几次：属于再次认定的，为本次认定与此前已通知商家的认定合计。
    """
    if gravity is Gravity.NONE:
        return None
    return 1 + len(earlier_notices) if is_repeated else 1
