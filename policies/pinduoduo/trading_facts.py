"""The glossary of off-platform trading: the facts of the shop that are events and lists, beside those of one field."""

from __future__ import annotations

from typing import Final

from adjudicator.law import (
    ANY,
    BEIJING,
    AnyOf,
    ConductKind,
    Fact,
    Instant,
    Missing,
    Need,
    Party,
    WholeCase,
    glossary_of,
    missing,
    supposing,
)
from pinduoduo.trading_case import (
    EarlierFinding,
    Event,
    Shop,
    TradingCase,
)

INCIDENT_TIME = Need("incident_time", Party.PLATFORM)
EARLIER_FINDINGS = Need("earlier_findings", Party.PLATFORM)
NOTICE = Need("notice", Party.PLATFORM)
PROMISE_MADE = Need("promise_made", Party.PLATFORM)
CLOSING_STATE = Need("closing_state", Party.PLATFORM)
APPLICATION_MADE = Need("application_made", Party.PLATFORM)
TOP_UP = Need("top_up", Party.MERCHANT)
WRITTEN_PROMISE = Need("written_promise", Party.MERCHANT)
EXIT_APPLICATION = Need("exit_application", Party.MERCHANT)

LONG_AGO: Final = Instant(0)


def _of_the_shop(at: WholeCase) -> Shop:
    shop: Shop = at.case.shop
    return shop


def earlier_findings(at: WholeCase) -> tuple[EarlierFinding, ...] | Missing:
    """What was found against the shop before."""
    earlier = _of_the_shop(at).earlier_findings
    if earlier is not None:
        return earlier
    another = EarlierFinding(id="another", notice=Event(happened=True))
    place = "/shop/earlier_findings"
    found = {f"{place}/-/id": ANY, f"{place}/-/notice/happened": (True,), f"{place}/-/notice/at": ANY}
    return supposing(missing(EARLIER_FINDINGS, ({place: ((),)}, found)), (), (another,))


def notice_received(at: WholeCase) -> bool | Missing:
    """Whether the merchant received notice of this finding."""
    notice = _of_the_shop(at).notice
    if notice is not None:
        return notice.happened
    return supposing(missing(NOTICE, _whether_and_when("/shop/notice")), False, True)


def notified_at(at: WholeCase) -> Instant | None | Missing:
    """When the merchant received notice of this finding. An unknown start of a period is asked for, not tried."""
    return _when(_of_the_shop(at).notice, NOTICE, "/shop/notice")


def promised_at(at: WholeCase) -> Instant | None | Missing:
    """When the merchant promised in writing."""
    ends = (LONG_AGO, at.as_of)
    return _when(_of_the_shop(at).written_promise, PROMISE_MADE, "/shop/written_promise", could_be=ends)


def closing_at(at: WholeCase) -> Instant | None | Missing:
    """When the shop entered the closing state. An unknown start of a period is asked for, not tried."""
    return _when(_of_the_shop(at).closing, CLOSING_STATE, "/shop/closing")


def applied_at(at: WholeCase) -> Instant | None | Missing:
    """When the shop applied by itself to leave."""
    ends = (LONG_AGO, at.as_of)
    return _when(_of_the_shop(at).exit_application, APPLICATION_MADE, "/shop/exit_application", could_be=ends)


def _when(event: Event | None, need: Need, place: str, could_be: tuple[Instant, ...] = ()) -> Instant | None | Missing:
    """When something happened, ``None`` if it did not; ``could_be`` are the earliest and latest possible instants."""
    if event is None:
        unknown = missing(need, _whether_and_when(place))
        return supposing(unknown, None, *could_be) if could_be else unknown
    if event.happened and event.at is None:
        return supposing(missing(need, {f"{place}/at": ANY}), *could_be)
    return event.at


def _whether_and_when(place: str) -> AnyOf:
    """The fields that state whether something happened, and when."""
    return {f"{place}/happened": (False,)}, {f"{place}/happened": (True,), f"{place}/at": ANY}


STEPS: Final = (
    "not_found",
    "notice_due",
    "remedy_due",
    "remedied",
    "termination_open",
    "application_due",
    "leaving",
    "removal_open",
)

OFF_PLATFORM_TRADING: Final = ConductKind(
    currency="CNY",
    case_type=TradingCase,
    zone=BEIJING,
    steps=STEPS,
    governed_from="/opened_at",
    glossary=glossary_of(
        TradingCase,
        Fact(earlier_findings, ("/shop/earlier_findings",), Party.PLATFORM),
        Fact(notice_received, ("/shop/notice/happened",), Party.PLATFORM),
        Fact(notified_at, ("/shop/notice/happened", "/shop/notice/at"), Party.PLATFORM),
        Fact(promised_at, ("/shop/written_promise/happened", "/shop/written_promise/at"), Party.PLATFORM),
        Fact(closing_at, ("/shop/closing/happened", "/shop/closing/at"), Party.PLATFORM),
        Fact(applied_at, ("/shop/exit_application/happened", "/shop/exit_application/at"), Party.PLATFORM),
    ),
)
