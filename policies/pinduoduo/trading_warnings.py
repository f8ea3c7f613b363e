"""Whether a merchant had been warned before, and how often it was found at fault: PO.3(5)."""

from __future__ import annotations

from adjudicator.law import (
    ANY,
    Established,
    FoundAct,
    Gravity,
    Instant,
    Missing,
    Notice,
    all_done_after,
    done_after,
    how_many,
    missing,
)
from pinduoduo.trading_case import EarlierFinding, Event
from pinduoduo.trading_facts import EARLIER_FINDINGS, INCIDENT_TIME


def earlier_notices(earlier_findings: tuple[EarlierFinding, ...]) -> Established[int]:
    """PO.3(5), R47. The earlier findings of which the merchant received notice; each counts once that is known.

    已通知商家的此前违规认定；确认通知后才计入。
    """
    return how_many(whether_noticed(each.notice, index) for index, each in enumerate(earlier_findings))


def is_a_further_finding(
    acts_found: tuple[FoundAct, ...],
    earlier_findings: tuple[EarlierFinding, ...] | Missing,
    opened_at: Instant,
    as_of: Instant,
) -> bool | Missing:
    """PO.3(5), R47, R58. An act that is found lies after the notice of an earlier finding: the merchant had been warned.

    认定的行为发生在商家收到此前某次认定的通知之后，即商家已受到告诫。
    """
    warnings = warnings_of(earlier_findings)
    return done_after(acts_found, warnings, received_by=opened_at, as_of=as_of, when=INCIDENT_TIME)


def is_repeated(
    acts_found: tuple[FoundAct, ...],
    earlier_findings: tuple[EarlierFinding, ...] | Missing,
    opened_at: Instant,
    is_a_further_finding: bool | Missing,
) -> bool | Missing:
    """PO.3(5), R47, R58. Where anything is found: whether it is a further finding.

    如认定存在行为，是否属于再次认定。
    """
    return all_done_after(acts_found, warnings_of(earlier_findings), received_by=opened_at) or is_a_further_finding


def found_for_the_first_time(is_a_further_finding: bool) -> bool:
    """PO.3(5). No act that is found lies after the notice of an earlier finding; acts that are found together are one.

    认定的行为均不在此前认定的通知送达之后；一并认定的行为视为一次。Readings R47, R58.
    """
    return not is_a_further_finding


def which_time(gravity: Gravity, is_repeated: bool, earlier_notices: int) -> int | None:
    """PO.3(5), R47, R58. Which time it is: where this is a further finding, it and the earlier ones with notice.

    第几次：属于再次认定的，为本次认定与此前已通知商家的认定合计。
    """
    if gravity is Gravity.NONE:
        return None
    return 1 + earlier_notices if is_repeated else 1


# The notices of earlier findings


def warnings_of(earlier_findings: tuple[EarlierFinding, ...] | Missing) -> tuple[Notice, ...]:
    """R47, R58. The notices of earlier findings; where those are not known, one that may have been received at any time."""
    if isinstance(earlier_findings, tuple):
        noticed = [(index, each.notice) for index, each in enumerate(earlier_findings)]
        return tuple([notice_of(each, index) for index, each in noticed if each is None or each.happened])
    return (Notice(None, certain=False, lacks=earlier_findings),)


def notice_of(notice: Event | None, index: int) -> Notice:
    """R47, R58. The notice of an earlier finding that was received, or may have been; what is missing is whether, and when."""
    place = f"/shop/earlier_findings/{index}/notice"
    if notice is None:
        received = {f"{place}/happened": (True,), f"{place}/at": ANY}
        lacks = missing(EARLIER_FINDINGS, ({f"{place}/happened": (False,)}, received))
        return Notice(None, certain=False, lacks=lacks)
    return Notice(notice.at, lacks=missing(EARLIER_FINDINGS, {f"{place}/at": ANY}) if notice.at is None else None)


def whether_noticed(notice: Event | None, index: int) -> bool | Missing:
    """R47. Whether the merchant received notice of an earlier finding."""
    if notice is not None:
        return notice.happened
    return missing(EARLIER_FINDINGS, {f"/shop/earlier_findings/{index}/notice/happened": (True, False)})
