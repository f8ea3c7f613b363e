"""An incident may be judged otherwise at a later moment; a decision says when."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import pytest
from attrs import evolve

from adjudicator import decide
from adjudicator.engine.policy import Edition
from adjudicator.law import ANY, Gravity, Instant, Need, Open, Party, Window, missing
from adjudicator.model.decision import ConductDecision
from adjudicator.wire.codec import case_from
from pinduoduo.off_platform_trading import EDITION
from pinduoduo.trading_case import Act
from pinduoduo.trading_facts import PROMISE_MADE
from trading.cases import HARMLESS, NOTHING, asked, changed, measures
from tradings import FOUND

END: Final = "2023-05-08T00:00:00+08:00"
ENDS: Final = Window("opened_at", Instant.parse(FOUND["opened_at"]), Instant.parse(END), includes_end=False)
"""For some acts, it makes a difference when they are judged."""
NOTICED: Final = FOUND["shop"]["notice"]
WITHOUT_NOTICE: Final = ("/shop/notice", NOTHING)
"""So nothing about the shop changes in time."""
WHO_LED, WHERE, WHERE_TO = Need("who_led", Party.PLATFORM), Need("where", Party.PLATFORM), "/incidents/0/channel"


def with_a_grave_threat(grave_threat: bool, as_of: Instant, ends: Window) -> bool:
    """PO.2(4). A threat is over in the end."""
    return grave_threat and as_of in ends


def paid_outside_the_platform(act: Act, official: bool, as_of: Instant, ends: Window) -> bool:
    """PO.1(1). A payment is forgiven in the end."""
    return act is Act.PAYMENT and not official and as_of in ends


def exchanged_an_outside_account(act: Act, official: bool, as_of: Instant, ends: Window) -> bool:
    """PO.1(2). An account is forbidden in the end."""
    return act is Act.ACCOUNT and not official and as_of not in ends


def with_prohibited_goods_or_another_violation(prohibited_goods: bool, as_of: Instant, ends: Window) -> bool:
    """PO.2(3). Goods are prohibited in the end."""
    return prohibited_goods and as_of not in ends


def edition_with(*functions: Callable[..., Any], **changes: Any) -> Edition:
    """The edition with these functions in place of those with the same name."""
    instead = {each.__name__: each for each in functions}

    def replaced(of: tuple[Any, ...]) -> tuple[Any, ...]:
        return tuple([instead.get(each.__name__, each) for each in of])

    grants: Any = EDITION.grants
    outcome = instead.get(grants.outcome.__name__, grants.outcome)
    return evolve(
        EDITION,
        barred_by=replaced(EDITION.barred_by),
        grants=evolve(grants, serious=replaced(grants.serious), outcome=outcome),
        settings={**EDITION.settings, "ends": ENDS},
        **changes,
    )


IN_TIME: Final = edition_with(
    with_a_grave_threat,
    paid_outside_the_platform,
    exchanged_an_outside_account,
    with_prohibited_goods_or_another_violation,
)


def act(name: str, kind: str = "payment", **facts: Any) -> dict[str, Any]:
    """An act that the merchant initiated, with nothing else wrong."""
    return {"id": name, "act": kind, "begun_by": "merchant", "official": True, **HARMLESS, **facts}


def under(edition: Edition, *incidents: dict[str, Any], **at: Any) -> ConductDecision:
    """The decision on some acts, while nothing about the shop changes in time."""
    decision = decide(case_from(changed(("/incidents", [*incidents]), WITHOUT_NOTICE, *at.items())), edition)
    assert isinstance(decision, ConductDecision)
    return decision


GRAVE: Final = act("grave", "contact", purpose="off_platform_trade", risks=["injury"])
"""Serious at any time."""


@pytest.mark.parametrize(
    ("incidents", "now", "then"),
    [
        ([act("i", grave_threat=True)], "serious", "none"),
        ([act("i", official=False)], "ordinary", "none"),
        ([act("i", official=False, grave_threat=True)], "serious", "none"),
        ([act("i", "account", official=False)], "none", "ordinary"),
        ([act("i", "account", official=False, prohibited_goods=True)], "none", "serious"),
        ([act("i", official=False, prohibited_goods=True)], "ordinary", "serious"),
        ([act("i"), act("j", official=False)], "ordinary", "none"),
        ([GRAVE, act("j", official=False)], "serious", "serious"),
        ([act("j", "account", official=False, grave_threat=False), GRAVE], "serious", "serious"),
        ([GRAVE, act("j", grave_threat=True)], "serious", "serious"),
    ],
)
def test_a_decision_says_when_an_incident_is_judged_otherwise(incidents: Any, now: str, then: str) -> None:
    """Also where another one is serious anyway."""
    decision, later = under(IN_TIME, *incidents), under(IN_TIME, *incidents, **{"/as_of": END})
    assert [decision.gravity, later.gravity] == [Gravity(now), Gravity(then)]
    assert decision.incidents != later.incidents
    assert (str(decision.reconsider_at), later.reconsider_at) == (END, None)


def led_users_outside(act: Act, as_of: Instant, ends: Window) -> bool | Open:
    """PO.1(3). The same thing stays open, for another reason in the end."""
    if act is not Act.CONTENT:
        return False
    return (
        missing(WHO_LED, {"/incidents/0/official": (True, False)}) if as_of in ends else missing(WHERE, {WHERE_TO: ANY})
    )


def test_it_says_when_something_else_is_asked_about_an_incident() -> None:
    """If the incident can make the whole graver."""
    edition, leading = edition_with(led_users_outside), act("i", "content")
    decision, later = under(edition, leading), under(edition, leading, **{"/as_of": END})
    assert [need for _, need, _ in asked(decision)] == ["who_led"]
    assert [need for _, need, _ in asked(later)] == ["where"]
    assert (str(decision.reconsider_at), later.reconsider_at) == (END, None)
    assert under(edition, leading, GRAVE).reconsider_at is None


def open_step(as_of: Instant, ends: Window) -> str:
    """PO.3. Another step is open in the end."""
    return "notice_due" if as_of in ends else "remedy_due"


def test_it_says_when_another_step_is_open_with_the_same_measures() -> None:
    edition = edition_with(open_step)
    decision, later = under(edition, GRAVE), under(edition, GRAVE, **{"/as_of": END})
    assert [decision.outcome, later.outcome] == ["notice_due", "remedy_due"]
    assert measures(decision) == measures(later)
    assert decision.requests == later.requests
    assert str(decision.reconsider_at) == END


def test_it_says_when_nobody_can_supply_any_more_what_settles_the_step() -> None:
    """Even if the same is still asked for otherwise."""

    def open_step(as_of: Instant, ends: Window) -> str | Open:
        """PO.3. A person decides in the end."""
        lacking = missing(PROMISE_MADE, {"/shop/written_promise/happened": (True, False)})
        return lacking if as_of in ends else Open((), "pending")

    edition, unknown = edition_with(open_step), {"/shop/written_promise": None, "/shop/notice": NOTICED}
    decision, later = under(edition, GRAVE, **unknown), under(edition, GRAVE, **unknown, **{"/as_of": END})
    assert [decision.outcome, later.outcome] == ["needs_information", "manual_review"]
    assert asked(decision) == asked(later)
    assert str(decision.reconsider_at) == END


EARLIER_NOTICE: Final = {"id": "earlier", "notice": {"happened": True, "at": "2023-05-01T10:00:00+08:00"}}
WARNED: Final = {"/shop/earlier_findings": [EARLIER_NOTICE]}
BEFORE, AFTER = "2023-04-30T10:00:00+08:00", "2023-05-02T10:00:00+08:00"


def test_a_step_waits_for_what_is_asked_about_an_incident_that_decides_it() -> None:
    """Not for what is asked about another one. Neither can make the whole graver."""
    found = act("found", official=False, happened_at=BEFORE)
    known_by_a_person = act("person", "other", happened_at=AFTER)
    before, after = (act(name, official=None, happened_at=at) for name, at in (("b", BEFORE), ("a", AFTER)))
    assert under(EDITION, found, after, **WARNED).outcome == "needs_information"
    assert under(EDITION, found, known_by_a_person, **WARNED).outcome == "manual_review"
    assert under(EDITION, found, known_by_a_person, before, **WARNED).outcome == "manual_review"
    assert under(EDITION, found, known_by_a_person, after, **WARNED).outcome == "needs_information"


def test_looking_ahead_leaves_the_remarks_on_an_incident_as_they_are() -> None:
    """Whichever of them is read first."""
    asked_for = act("i", begun_by="user", taken_up=True, grave_threat=True)
    expected = [each.code for each in under(IN_TIME, asked_for).remarks]
    decision = under(IN_TIME, asked_for)
    assert str(decision.reconsider_at) == END
    assert [each.code for each in decision.remarks] == expected
    assert "asked_for_by_the_user" in expected


def test_it_says_when_something_else_is_asked_about_an_incident_on_which_only_the_whole_turns() -> None:
    """It cannot make the whole graver, but decides whether this is a further finding."""
    edition = edition_with(led_users_outside)
    incidents = (act("a", "content", happened_at=AFTER), {**GRAVE, "happened_at": BEFORE})
    decision, later = under(edition, *incidents, **WARNED), under(edition, *incidents, **WARNED, **{"/as_of": END})
    assert [asked(each) for each in (decision, later)] == [[("platform", need, "a")] for need in ("who_led", "where")]
    assert (str(decision.reconsider_at), later.reconsider_at) == (END, None)
