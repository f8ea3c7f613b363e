"""The glossary of off-platform trading: each fact of an incident and of the shop, where it stands and who can supply it.

``could_be`` lists the possible values, the one that incriminates the merchant least first.
"""

from __future__ import annotations

from typing import Any, Final

from adjudicator.law import (
    ANY,
    AnyOf,
    ConductKind,
    Fact,
    Glossary,
    Instant,
    Minor,
    Missing,
    Need,
    Party,
    SingleIncident,
    WholeCase,
    missing,
    stated,
    supposing,
)
from pinduoduo.trading_case import (
    DEPOSIT,
    Act,
    Beginner,
    Deposit,
    EarlierFinding,
    Event,
    Incident,
    Purpose,
    Setting,
    Shop,
    TopUp,
    TradingCase,
    Trouble,
)

WHO_BEGAN = Need("who_began", Party.PLATFORM)
WHAT_WAS_TAKEN_UP = Need("what_was_taken_up", Party.PLATFORM)
OFFICIAL_CHANNEL = Need("official_channel", Party.PLATFORM)
NEED_FOR_TRADE = Need("need_for_trade", Party.PLATFORM)
PURPOSE = Need("purpose", Party.PLATFORM)
PLATFORM_LEAVE = Need("platform_leave", Party.PLATFORM)
PROVIDER_APPROVAL = Need("provider_approval", Party.PLATFORM)
PROBLEMS = Need("problems", Party.PLATFORM)
PROHIBITED_GOODS = Need("prohibited_goods", Party.PLATFORM)
OTHER_VIOLATION = Need("other_violation", Party.PLATFORM)
GRAVE_THREAT = Need("grave_threat", Party.PLATFORM)
INCIDENT_TIME = Need("incident_time", Party.PLATFORM)
EARLIER_FINDINGS = Need("earlier_findings", Party.PLATFORM)
NOTICE = Need("notice", Party.PLATFORM)
PROMISE_MADE = Need("promise_made", Party.PLATFORM)
CLOSING_STATE = Need("closing_state", Party.PLATFORM)
APPLICATION_MADE = Need("application_made", Party.PLATFORM)
DEPOSIT_RAISE = Need("deposit_raise", Party.PLATFORM)
DEPOSIT_STANDARD = Need("deposit_standard", Party.PLATFORM)
DEPOSIT_BALANCE = Need("deposit_balance", Party.PLATFORM)
TOP_UPS = Need("top_ups", Party.PLATFORM)
TOP_UP = Need("top_up", Party.MERCHANT)
WRITTEN_PROMISE = Need("written_promise", Party.MERCHANT)
EXIT_APPLICATION = Need("exit_application", Party.MERCHANT)

LONG_AGO: Final = Instant(0)
NOTHING_OR_SOME: Final[tuple[tuple[Trouble, ...], ...]] = ((), (Trouble.PAYMENT,))
NOTHING_OR_ALL: Final = (Minor(0), Minor(DEPOSIT.most))


def _of(at: SingleIncident) -> Incident:
    incident: Incident = at.incident
    return incident


def _of_the_shop(at: WholeCase) -> Shop:
    shop: Shop = at.case.shop
    return shop


def _of_the_deposit(at: WholeCase) -> Deposit:
    return _of_the_shop(at).deposit or Deposit()


# Incidents


def act(at: SingleIncident) -> Act:
    """What was done."""
    return _of(at).act


def begun_by(at: SingleIncident) -> Beginner | Missing:
    """Who began it."""
    return stated(_of(at).begun_by, WHO_BEGAN, "begun_by", reversed(Beginner))


def taken_up(at: SingleIncident) -> bool | Missing:
    """Whether the merchant agreed to what the user asked for."""
    return stated(_of(at).taken_up, WHAT_WAS_TAKEN_UP, "taken_up", (False, True))


def setting(at: SingleIncident) -> Setting | None:
    """Whether it was online or offline, if known."""
    return _of(at).setting


def user_answered(at: SingleIncident) -> bool | None:
    """Whether the user answered, if known."""
    return _of(at).user_answered


def official(at: SingleIncident) -> bool | Missing:
    """Whether channel, account, content or shop is the platform's own."""
    return stated(_of(at).official, OFFICIAL_CHANNEL, "official", (True, False))


def needed_for_trade(at: SingleIncident) -> bool | Missing:
    """Whether normal trade or service needs it."""
    return stated(_of(at).needed_for_trade, NEED_FOR_TRADE, "needed_for_trade", (True, False))


def purpose(at: SingleIncident) -> Purpose | Missing:
    """What the contact was exchanged for."""
    return stated(_of(at).purpose, PURPOSE, "purpose", Purpose)


def platform_leave(at: SingleIncident) -> bool | Missing:
    """Whether the platform permitted cash on delivery."""
    return stated(_of(at).platform_leave, PLATFORM_LEAVE, "platform_leave", (True, False))


def provider_approved(at: SingleIncident) -> bool | Missing:
    """Whether the platform approved the provider of cash on delivery."""
    return stated(_of(at).provider_approved, PROVIDER_APPROVAL, "provider_approved", (True, False))


def problems(at: SingleIncident) -> tuple[Trouble, ...] | Missing:
    """What went wrong."""
    return stated(_of(at).problems, PROBLEMS, "problems", NOTHING_OR_SOME)


def risks(at: SingleIncident) -> tuple[Trouble, ...] | Missing:
    """What may go wrong."""
    return stated(_of(at).risks, PROBLEMS, "risks", NOTHING_OR_SOME)


def prohibited_goods(at: SingleIncident) -> bool | Missing:
    """Whether it concerned prohibited goods."""
    return stated(_of(at).prohibited_goods, PROHIBITED_GOODS, "prohibited_goods", (False, True))


def other_violation(at: SingleIncident) -> bool | Missing:
    """Whether it was another violation as well."""
    return stated(_of(at).other_violation, OTHER_VIOLATION, "other_violation", (False, True))


def grave_threat(at: SingleIncident) -> bool | Missing:
    """Whether the platform has reason to suspect a grave threat to safety or rights."""
    return stated(_of(at).grave_threat, GRAVE_THREAT, "grave_threat", (False, True))


# The shop


def as_of(at: WholeCase) -> Instant:
    """The moment at which the case is decided."""
    return at.as_of


def opened_at(at: WholeCase) -> Instant:
    """When the platform took the case up."""
    moment: Instant = at.case.opened_at
    return moment


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


def deposit_standard(at: WholeCase) -> Minor | Missing:
    """The deposit standard when the case was opened."""
    return stated(_of_the_deposit(at).standard, DEPOSIT_STANDARD, "deposit_standard", NOTHING_OR_ALL)


def deposit_balance(at: WholeCase) -> Minor | Missing:
    """The balance of the deposit when the case was opened."""
    return stated(_of_the_deposit(at).balance, DEPOSIT_BALANCE, "deposit_balance", reversed(NOTHING_OR_ALL))


def top_ups(at: WholeCase) -> tuple[TopUp, ...] | Missing:
    """What was paid into the deposit since the case was opened."""
    moments = (opened_at(at), at.as_of)
    could_be = (*((TopUp(amount=Minor(DEPOSIT.most), paid_at=moment),) for moment in moments), ())
    return stated(_of_the_deposit(at).top_ups, TOP_UPS, "top_ups", could_be)


def deposit_raised(at: WholeCase) -> bool | Missing:
    """Whether the notice raises the deposit standard."""
    return stated(_of_the_deposit(at).raised, DEPOSIT_RAISE, "deposit_raised", (False, True))


def _incident(read: Any, field: str) -> Fact:
    return Fact(read, (f"/incidents/{{incident}}/{field}",), Party.PLATFORM)


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
    steps=STEPS,
    governed_from="/opened_at",
    glossary=Glossary.of(
        _incident(act, "act"),
        _incident(begun_by, "begun_by"),
        _incident(taken_up, "taken_up"),
        _incident(setting, "setting"),
        _incident(user_answered, "user_answered"),
        _incident(official, "official"),
        _incident(needed_for_trade, "needed_for_trade"),
        _incident(purpose, "purpose"),
        _incident(platform_leave, "platform_leave"),
        _incident(provider_approved, "provider_approved"),
        _incident(problems, "problems"),
        _incident(risks, "risks"),
        _incident(prohibited_goods, "prohibited_goods"),
        _incident(other_violation, "other_violation"),
        _incident(grave_threat, "grave_threat"),
        Fact(as_of, ("/as_of",)),
        Fact(opened_at, ("/opened_at",), Party.PLATFORM),
        Fact(earlier_findings, ("/shop/earlier_findings",), Party.PLATFORM),
        Fact(notice_received, ("/shop/notice/happened",), Party.PLATFORM),
        Fact(notified_at, ("/shop/notice/happened", "/shop/notice/at"), Party.PLATFORM),
        Fact(promised_at, ("/shop/written_promise/happened", "/shop/written_promise/at"), Party.PLATFORM),
        Fact(closing_at, ("/shop/closing/happened", "/shop/closing/at"), Party.PLATFORM),
        Fact(applied_at, ("/shop/exit_application/happened", "/shop/exit_application/at"), Party.PLATFORM),
        Fact(deposit_standard, ("/shop/deposit/standard",), Party.PLATFORM),
        Fact(deposit_balance, ("/shop/deposit/balance",), Party.PLATFORM),
        Fact(top_ups, ("/shop/deposit/top_ups",), Party.PLATFORM),
        Fact(deposit_raised, ("/shop/deposit/raised",), Party.PLATFORM),
    ),
)
