"""Off-platform trading: what counts as conduct, how grave it is, and which step is open when; worked out by hand from the rule."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Final

import attrs
import pytest
from hypothesis import given

from adjudicator import InputError, decide
from adjudicator.engine.branches import Branch, Branches
from adjudicator.engine.judgement import Standing
from adjudicator.kinds import conduct_judgement
from adjudicator.kinds.conduct_judgement import JudgedIncident, max_gravity
from adjudicator.kinds.consequences import SingleIncident, parts_of
from adjudicator.model.decision import ConductDecision, Gravity, IncidentOutcome
from adjudicator.model.errors import Fault
from adjudicator.model.facts import Ask, Fact, Holds, NotCovered, Open, Party
from adjudicator.model.finding import Effect, Finding
from adjudicator.wire.codec import case_from
from oracle.edges import put
from pinduoduo import trading_case as pack
from pinduoduo import trading_facts as glossary
from pinduoduo.off_platform_trading import EDITION
from pinduoduo.trading_case import DEPOSIT, Deposit, EarlierFinding, Event, Incident, Shop, TopUp, TradingCase
from pinduoduo.trading_facts import OFF_PLATFORM_TRADING
from tradings import FOUND, RAISE, trading_documents

EXAMPLES: Final = Path(pack.__file__).with_name("examples")
NOTHING: Final = {"happened": False}
AT: Final = FOUND["as_of"]
LATE: Final = "2023-05-06T12:00:00.000001+08:00"
TOO_LATE: Final = "9000-01-01T00:00:00+08:00"
PAST: Final = "2023-05-20T12:00:00+08:00"
HARMLESS: Final = {
    "problems": [],
    "risks": [],
    "prohibited_goods": False,
    "other_violation": False,
    "grave_threat": False,
}


def event(at: str | None) -> dict[str, Any]:
    """Something that happened at an instant, or at one that is not known."""
    return {"happened": True, "at": at}


def changed(*changes: tuple[str, Any], of: Any = FOUND) -> Any:
    """A case with these places changed."""
    for place, value in changes:
        of = put(of, place, value)
    return of


def decided(*changes: tuple[str, Any], of: Any = FOUND) -> ConductDecision:
    """The case in which a payment was taken outside the platform, decided with these places changed."""
    decision = decide(case_from(changed(*changes, of=of)))
    assert isinstance(decision, ConductDecision)
    return decision


def of_an_act(act: str, **facts: Any) -> ConductDecision:
    """What becomes of one act that the merchant began, and with which nothing else was amiss."""
    incident = {"id": "incident-1", "act": act, "begun_by": "merchant", **HARMLESS, **facts}
    return decided(("/incidents", [incident]))


def against(decision: ConductDecision) -> list[str]:
    """The clauses that apply to incidents."""
    return [each.clause for each in decision.findings if each.line_id and each.effect is Effect.DEFEATS]


def asked(decision: ConductDecision) -> list[tuple[str, str, str | None]]:
    """Who is asked for what, about which incident."""
    return [(each.to, each.need, each.line_id) for each in decision.requests]


def finding(decision: ConductDecision, clause: str) -> Finding:
    """What a clause came to."""
    (found,) = (each for each in decision.findings if each.clause == clause)
    return found


def amounts(decision: ConductDecision) -> dict[str, int]:
    """The steps of the ladder."""
    return {each.step: each.amount for each in decision.ladder}


def measures(decision: ConductDecision) -> list[str]:
    """The measures that may be taken."""
    return [each.measure for each in decision.measures]


# Conduct


@pytest.mark.parametrize(
    ("act", "facts", "clause"),
    [
        ("payment", {"official": False}, "paid_outside_the_platform"),
        ("account", {"official": False}, "exchanged_an_outside_account"),
        ("content", {"official": False, "needed_for_trade": False}, "led_users_outside"),
        ("parcel", {"official": False, "needed_for_trade": False, "channel": "other"}, "outside_information_on_the_parcel"),
        ("parcel", {"official": False, "needed_for_trade": False, "channel": "review_cashback_card"}, "outside_information_on_the_parcel"),
        ("contact", {"purpose": "off_platform_trade"}, "exchanged_contacts_to_trade_outside"),
        ("contact", {"purpose": "off_platform_payment"}, "exchanged_contacts_to_trade_outside"),
    ],
)  # fmt: skip
def test_each_act_of_the_list_is_conduct(act: str, facts: dict[str, Any], clause: str) -> None:
    """By one clause, and ordinary as nothing makes it serious."""
    decision = of_an_act(act, **facts)
    assert against(decision) == [clause]
    assert decision.gravity is Gravity.ORDINARY
    assert decision.incidents[0].outcome is IncidentOutcome.ORDINARY


@pytest.mark.parametrize(
    ("act", "facts"),
    [
        ("payment", {"official": True}),
        ("account", {"official": True}),
        ("content", {"official": True, "needed_for_trade": False}),
        ("content", {"official": False, "needed_for_trade": True}),
        ("parcel", {"official": True, "needed_for_trade": False, "channel": "other"}),
        ("parcel", {"official": False, "needed_for_trade": True, "channel": "other"}),
        ("contact", {"purpose": "delivery"}),
        ("contact", {"purpose": "after_sales"}),
        ("contact", {"purpose": "other"}),
        ("cash_on_delivery", {"platform_leave": True, "provider_approved": True}),
    ],
)
def test_what_normal_trade_needs_is_no_conduct(act: str, facts: dict[str, Any]) -> None:
    """Also where something went wrong with it: that makes conduct serious, and does not make it."""
    everything = {"problems": ["injury"], "risks": ["injury"], "prohibited_goods": True, "grave_threat": True}
    for beside in ({}, everything):
        decision = of_an_act(act, **facts, **beside) if not beside else of_an_act(act, **{**facts, **beside})
        assert against(decision) == []
        assert (decision.outcome, decision.gravity, decision.time) == ("not_found", Gravity.NONE, None)
        assert (decision.measures, decision.ladder, decision.requests) == ((), (), ())


@pytest.mark.parametrize(
    ("begun_by", "taken_up", "found"),
    [
        ("merchant", None, True),
        ("merchant", False, True),
        ("user", True, True),
        ("user", False, False),
        (None, True, True),
    ],
)
def test_the_merchant_has_to_take_part(begun_by: str | None, taken_up: bool | None, found: bool) -> None:
    """Whoever begins takes part, and whoever does what the user asks for; what is not known beside that need not be."""
    decision = decided(("/incidents/0/begun_by", begun_by), ("/incidents/0/taken_up", taken_up))
    assert (decision.gravity is Gravity.ORDINARY) is found
    assert not [each for each in asked(decision) if each[2] is not None]


@pytest.mark.parametrize(
    ("begun_by", "taken_up", "needs"),
    [
        (None, None, ["who_began", "what_was_taken_up"]),
        (None, False, ["who_began"]),
        ("user", None, ["what_was_taken_up"]),
    ],
)
def test_whether_the_merchant_took_part_is_asked_where_it_matters(
    begun_by: str | None, taken_up: bool | None, needs: list[str]
) -> None:
    """Of the platform, about the incident."""
    decision = decided(("/incidents/0/begun_by", begun_by), ("/incidents/0/taken_up", taken_up))
    assert decision.outcome == "needs_information"
    assert [each for each in asked(decision) if each[2]] == [("platform", need, "incident-1") for need in needs]


@pytest.mark.parametrize(
    ("act", "known", "place", "need"),
    [
        ("payment", {}, "official", "official_channel"),
        ("account", {}, "official", "official_channel"),
        ("content", {"needed_for_trade": False}, "official", "official_channel"),
        ("content", {"official": False}, "needed_for_trade", "need_for_trade"),
        ("parcel", {"official": False, "channel": "other"}, "needed_for_trade", "need_for_trade"),
        ("parcel", {"needed_for_trade": False, "channel": "review_cashback_card"}, "official", "official_channel"),
        ("contact", {}, "purpose", "purpose"),
        ("cash_on_delivery", {"platform_leave": True}, "provider_approved", "provider_approval"),
        ("cash_on_delivery", {"provider_approved": True}, "platform_leave", "platform_leave"),
    ],
)
def test_what_is_not_known_is_asked_of_the_platform(act: str, known: dict[str, Any], place: str, need: str) -> None:
    """One request, met by any value at that place; the outcome waits for it."""
    decision = of_an_act(act, **known)
    assert decision.outcome == "needs_information"
    (request,) = (each for each in decision.requests if each.line_id is not None)
    assert (request.to, request.need) == ("platform", need)
    assert request.accepts == ({f"/incidents/0/{place}": ()},)


@pytest.mark.parametrize(
    "known",
    [{"platform_leave": False}, {"provider_approved": False}, {"platform_leave": False, "provider_approved": True}],
)
def test_cash_on_delivery_is_serious_by_itself(known: dict[str, Any]) -> None:
    """Without leave, or through a provider that is not approved: one of the two is enough."""
    decision = of_an_act("cash_on_delivery", **known)
    assert against(decision) == ["cash_on_delivery_without_approval"]
    assert (decision.gravity, decision.outcome) == (Gravity.SERIOUS, "termination_open")


@pytest.mark.parametrize(
    ("beside", "clause"),
    [
        ({"problems": ["payment"]}, "with_a_problem_or_its_risk"),
        ({"risks": ["injury"]}, "with_a_problem_or_its_risk"),
        ({"prohibited_goods": True}, "with_prohibited_goods_or_another_violation"),
        ({"other_violation": True}, "with_prohibited_goods_or_another_violation"),
        ({"grave_threat": True}, "with_a_grave_threat"),
    ],
)
def test_conduct_is_serious_together_with_a_trouble(beside: dict[str, Any], clause: str) -> None:
    """Each trouble is enough; what is not known of the others need not be."""
    everything_else = dict.fromkeys(HARMLESS.keys() - beside.keys())
    for others in ({}, everything_else):
        decision = of_an_act("payment", official=False, **{**others, **beside})
        assert against(decision) == ["paid_outside_the_platform", clause]
        assert (decision.gravity, decision.outcome) == (Gravity.SERIOUS, "termination_open")
        assert not [each for each in asked(decision) if each[2] is not None]


@pytest.mark.parametrize(
    ("place", "need"),
    [
        ("problems", "problems"),
        ("risks", "problems"),
        ("prohibited_goods", "prohibited_goods"),
        ("other_violation", "other_violation"),
        ("grave_threat", "grave_threat"),
    ],
)
def test_while_it_may_be_serious_it_is_found_all_the_same(place: str, need: str) -> None:
    """The measures on a finding are there at once; the rest waits."""
    decision = of_an_act("payment", official=False, **{place: None})
    assert decision.incidents[0].outcome is IncidentOutcome.NEEDS_INFORMATION
    assert (decision.outcome, decision.gravity, decision.time) == ("needs_information", None, 1)
    assert measures(decision) == ["close_orders_at_risk", "limit_withdrawals", "ban_goods", "raise_deposit_standard"]
    assert ("platform", need, "incident-1") in asked(decision)


def test_what_the_list_does_not_name_is_for_a_person() -> None:
    """With a trouble, how grave it is as well; if the merchant took no part, it is nothing."""
    decision = of_an_act("other")
    assert (decision.outcome, decision.incidents[0].outcome) == ("manual_review", IncidentOutcome.MANUAL_REVIEW)
    undecided = [each.clause for each in decision.findings if each.effect is Effect.UNDECIDED]
    assert undecided == ["did_something_similar"]
    assert finding(decision, "did_something_similar").because.code == "did_something_similar.list_is_open"
    for beside, clause in (
        ({"risks": ["quality"]}, "with_a_problem_or_its_risk"),
        ({"prohibited_goods": True}, "with_prohibited_goods_or_another_violation"),
        ({"grave_threat": True}, "with_a_grave_threat"),
    ):
        troubled = of_an_act("other", **beside)
        assert finding(troubled, clause).because.code == f"{clause}.list_is_open"
        assert troubled.outcome == "manual_review"
    assert of_an_act("other", begun_by="user", taken_up=False).outcome == "not_found"
    assert of_an_act("other", begun_by="user").outcome == "needs_information"
    nothing_known = of_an_act("other", **dict.fromkeys(HARMLESS))
    assert (nothing_known.outcome, nothing_known.requests[:1]) == ("manual_review", of_an_act("other").requests[:1])


# Several incidents


def incident(name: str, gravity: str) -> dict[str, Any]:
    """An incident that comes to something, or is open in some way."""
    of: dict[str, dict[str, Any]] = {
        "none": {"official": True},
        "ordinary": {"official": False},
        "serious": {"official": False, "grave_threat": True},
        "none or ordinary": {"official": None},
        "ordinary or serious": {"official": False, "grave_threat": None},
        "a person": {"act": "other"},
    }
    return {"id": name, "act": "payment", "begun_by": "merchant", **HARMLESS, **of[gravity]}


@pytest.mark.parametrize(
    ("one", "other", "gravity", "needs"),
    [
        ("none", "none", Gravity.NONE, []),
        ("none", "ordinary", Gravity.ORDINARY, []),
        ("serious", "ordinary", Gravity.SERIOUS, []),
        ("ordinary", "none or ordinary", Gravity.ORDINARY, []),
        ("none", "none or ordinary", None, [("platform", "official_channel", "two")]),
        ("serious", "ordinary or serious", Gravity.SERIOUS, []),
        ("serious", "a person", Gravity.SERIOUS, []),
        ("ordinary", "ordinary or serious", None, [("platform", "grave_threat", "two")]),
        ("a person", "ordinary", Gravity.ORDINARY, []),
        ("none or ordinary", "ordinary or serious", None, [("platform", "grave_threat", "two")]),
    ],
)
def test_the_gravest_incident_counts(
    one: str, other: str, gravity: Gravity | None, needs: list[tuple[str, str, str]]
) -> None:
    """And nothing is asked about one that could make the whole no graver."""
    decision = decided(("/incidents", [incident("one", one), incident("two", other)]))
    assert decision.gravity is gravity
    assert [each for each in asked(decision) if each[2]] == needs
    assert decision.time == (None if gravity is Gravity.NONE or (decision.gravity is None and one == "none") else 1)


def test_acts_that_are_found_together_are_one() -> None:
    """Three serious incidents are the first time."""
    decision = decided(("/incidents", [incident(name, "serious") for name in ("one", "two", "three")]))
    assert decision.time == 1
    assert "end_agreement_at_once" not in measures(decision)


N, O, S = Gravity  # noqa: E741 - as short as they are there


@pytest.mark.parametrize(
    ("possible", "together"),
    [
        ([(N,)], (N,)),
        ([(N, O), (O,)], (O,)),
        ([(N, S), (O,)], (O, S)),
        ([(N, S), (N, O)], (N, O, S)),
        ([(N, O, S), (S,)], (S,)),
        ([(O, S), (N,)], (O, S)),
    ],
)
def test_how_grave_incidents_can_be_together(
    possible: list[tuple[Gravity, ...]], together: tuple[Gravity, ...]
) -> None:
    """At least as grave as the one that must be gravest, at most as the one that can be."""
    assert max_gravity(possible) == together


# Three days


WITHOUT_ANYTHING: Final = ("/shop/written_promise", NOTHING)
PROMISED: Final = ("/shop/written_promise", event("2023-05-06T09:00:00+08:00"))


def topped_up(amount: int, at: str = "2023-05-06T10:00:00+08:00") -> tuple[str, Any]:
    """What was paid into the deposit."""
    return ("/shop/deposit/top_ups", [{"amount": amount, "paid_at": at}])


@pytest.mark.parametrize(
    ("as_of", "step"),
    [
        ("2023-05-05T10:00:00+08:00", "remedy_due"),
        ("2023-05-08T23:59:59.999999+08:00", "remedy_due"),
        ("2023-05-09T00:00:00+08:00", "termination_open"),
    ],
)
@pytest.mark.parametrize("done", [(), (PROMISED,), (topped_up(RAISE),)])
def test_three_days_count_to_midnight(as_of: str, step: str, done: tuple[tuple[str, Any], ...]) -> None:
    """After the day of the notice; a promise without top-up does not help, nor the other way round."""
    happened = tuple(each for each in done if as_of >= "2023-05-06")
    decision = decided(*happened, ("/as_of", as_of))
    assert decision.outcome == step
    assert ("end_agreement_for_want_of_remedy" in measures(decision)) is (step == "termination_open")


def test_what_is_due_is_asked_of_the_merchant_until_the_last_instant() -> None:
    """With the amount that is missing, and the decision says when time alone changes it."""
    decision = decided()
    assert asked(decision) == [("merchant", "top_up", None), ("merchant", "written_promise", None)]
    for request in decision.requests:
        assert str(request.due_at) == "2023-05-08T23:59:59.999999+08:00"
    top_up, promise = decision.requests
    assert top_up.accepts == ({"/shop/deposit/top_ups/-/amount": (RAISE,), "/shop/deposit/top_ups/-/paid_at": ()},)
    assert promise.accepts == ({"/shop/written_promise/happened": (True,), "/shop/written_promise/at": ()},)
    assert str(decision.reconsider_at) == "2023-05-09T00:00:00+08:00"
    (*_, deadline) = (each for each in decision.deadlines if each.clause == "promised_in_writing_in_time")
    assert (deadline.counted_from, str(deadline.ends_at)) == ("notified_at", "2023-05-09T00:00:00+08:00")
    assert finding(decision, "deposit_topped_up_in_time").because.code == "deposit_topped_up_in_time.repairable"


@pytest.mark.parametrize(
    ("promised", "step", "margin"),
    [
        ("2023-05-08T23:59:59+08:00", "remedied", 0),
        ("2023-05-08T23:59:59.999999+08:00", "remedied", 0),
        ("2023-05-09T00:00:00+08:00", "termination_open", -1),
        ("2023-05-04T09:00:00+08:00", "remedied", 4 * 86_400 + 15 * 3_600 - 1),
    ],
)
def test_the_promise_is_in_time_to_the_last_instant(promised: str, step: str, margin: int) -> None:
    """What was promised before the notice is in time as well."""
    done = (topped_up(RAISE), ("/as_of", PAST))
    decision = decided(*done, ("/shop/written_promise", event(promised)))
    found = finding(decision, "promised_in_writing_in_time").margin
    assert (decision.outcome, found and found.value) == (step, margin)


@pytest.mark.parametrize(
    ("deposit", "step", "due"),
    [
        ({"top_ups": [{"amount": RAISE, "paid_at": "2023-05-08T23:59:59+08:00"}]}, "remedied", 0),
        ({"top_ups": [{"amount": RAISE, "paid_at": "2023-05-09T00:00:00+08:00"}]}, "termination_open", 0),
        ({"top_ups": [{"amount": RAISE - 1, "paid_at": "2023-05-06T00:00:00+08:00"}]}, "termination_open", 1),
        (
            {
                "top_ups": [
                    {"amount": 1, "paid_at": "2023-05-09T00:00:00+08:00"},
                    {"amount": RAISE - 1, "paid_at": "2023-05-06T00:00:00+08:00"},
                ]
            },
            "termination_open",
            0,
        ),
        ({"top_ups": [], "raised": False}, "remedied", 0),
        ({"top_ups": [], "raised": False, "balance": 199_999}, "termination_open", 1),
        ({"top_ups": [], "balance": RAISE + 200_000}, "remedied", 0),
    ],
)
def test_the_deposit_has_to_reach_the_standard_to_meet_in_time(deposit: dict[str, Any], step: str, due: int) -> None:
    """The new standard if the notice raises it, else the old one; the balance alone may do."""
    decision = decided(PROMISED, ("/as_of", PAST), ("/shop/deposit", {**FOUND["shop"]["deposit"], **deposit}))
    assert (decision.outcome, amounts(decision)["amount_due"]) == (step, due)


def test_the_deposit_reached_the_standard_when_it_first_did() -> None:
    """Later payments do not make it later; several at one instant count together."""
    paid = [
        {"amount": 1, "paid_at": "2023-05-12T00:00:00+08:00"},
        {"amount": RAISE - 1, "paid_at": "2023-05-08T12:00:00+08:00"},
        {"amount": 1, "paid_at": "2023-05-08T12:00:00+08:00"},
    ]
    decision = decided(PROMISED, ("/as_of", PAST), ("/shop/deposit/top_ups", paid))
    margin = finding(decision, "deposit_topped_up_in_time").margin
    assert (decision.outcome, margin and margin.value) == ("remedied", 12 * 3_600 - 1)


def test_before_the_notice_nothing_is_due() -> None:
    """The notice is what comes next; the finding and its measures are there."""
    decision = decided(("/shop/notice", NOTHING), ("/as_of", PAST))
    assert (decision.outcome, decision.requests, decision.reconsider_at) == ("notice_due", (), None)
    for clause in ("deposit_topped_up_in_time", "promised_in_writing_in_time", "applied_to_leave_in_time"):
        assert finding(decision, clause).because.code == f"{clause}.not_due"
        assert finding(decision, clause).effect is Effect.SUPPORTS
    assert "amount_due" not in amounts(decision)


def test_an_unknown_notice_is_asked_for_and_nothing_that_hangs_on_it() -> None:
    """Either that it was not received, or when."""
    decision = decided(("/shop/notice", None))
    assert (decision.outcome, asked(decision)) == ("needs_information", [("platform", "notice", None)])
    assert decision.requests[0].accepts == (
        {"/shop/notice/happened": (False,)},
        {"/shop/notice/happened": (True,), "/shop/notice/at": ()},
    )
    received = decided(("/shop/notice", event(None)))
    (request,) = received.requests
    assert request.accepts == ({"/shop/notice/at": ()},)
    assert amounts(received)["amount_due"] == RAISE


@pytest.mark.parametrize(
    ("place", "need"),
    [
        ("/shop/deposit/standard", "deposit_standard"),
        ("/shop/deposit/balance", "deposit_balance"),
        ("/shop/deposit/top_ups", "top_ups"),
        ("/shop/deposit/raised", "deposit_raise"),
        ("/shop/written_promise", "promise_made"),
        ("/shop/earlier_findings", "earlier_findings"),
        ("/shop/closing", "closing_state"),
    ],
)
def test_what_is_not_known_of_the_shop_is_asked_of_the_platform(place: str, need: str) -> None:
    """Once, about no incident; an amount that hangs on it is left out."""
    decision = decided(PROMISED, ("/as_of", PAST), (place, None))
    assert asked(decision).count(("platform", need, None)) == 1
    assert {need for party, need, _ in asked(decision) if party == "platform"} == {need}
    (request,) = (each for each in decision.requests if each.need == need)
    assert all(at.startswith(place) for each in request.accepts for at in each)


def test_an_amount_that_is_no_integer_is_refused_in_process_too() -> None:
    """With its place, and without a sum of what cannot be added."""
    case = case_from(changed())
    deposit = attrs.evolve(case.shop.deposit, balance="2000")
    with pytest.raises(InputError) as refused:
        attrs.evolve(case, shop=attrs.evolve(case.shop, deposit=deposit))
    assert [(each.pointer, each.value) for each in refused.value.faults] == [("/shop/deposit/balance", '"2000"')]


def test_of_earlier_findings_it_is_asked_whether_there_are_any_and_whether_notice_was_received() -> None:
    """None at all is an answer, and so is each with its notice."""
    (request,) = (each for each in decided(("/shop/earlier_findings", None)).requests if each.to == "platform")
    place = "/shop/earlier_findings"
    notice = f"{place}/-/notice"
    assert request.accepts == ({place: ((),)}, {f"{place}/-/id": (), f"{notice}/happened": (True,), f"{notice}/at": ()})


def test_a_merchant_that_may_still_apply_to_leave_is_told_what_that_takes() -> None:
    """The application, and its moment."""
    in_time = ("/as_of", "2023-05-11T00:00:00+08:00")
    (request,) = decided(CLOSING, in_time, ("/shop/exit_application", NOTHING)).requests
    assert (request.to, request.need) == ("merchant", "exit_application")
    assert request.accepts == ({"/shop/exit_application/happened": (True,), "/shop/exit_application/at": ()},)


def test_whether_the_shop_applied_to_leave_is_asked_where_it_would_stand() -> None:
    """Whether, and when; once it is known that it did, only when."""
    over = ("/as_of", "2023-06-30T00:00:00+08:00")
    (request,) = decided(CLOSING, over, ("/shop/exit_application", None)).requests
    assert (request.to, request.need) == ("platform", "application_made")
    assert request.accepts == (
        {"/shop/exit_application/happened": (False,)},
        {"/shop/exit_application/happened": (True,), "/shop/exit_application/at": ()},
    )
    (request,) = decided(CLOSING, over, ("/shop/exit_application", event(None))).requests
    assert request.accepts == ({"/shop/exit_application/at": ()},)


@pytest.mark.parametrize("as_of", ["2023-05-08T23:59:59.999999+08:00", PAST])
def test_a_promise_made_at_an_unknown_instant_is_in_time_while_it_can_be_no_other(as_of: str) -> None:
    """Once the three days are over it may have been late, and the decision says beforehand that this will be so."""
    decision = decided(topped_up(RAISE), ("/shop/written_promise", event(None)), ("/as_of", as_of))
    if as_of == PAST:
        assert (decision.outcome, asked(decision)) == ("needs_information", [("platform", "promise_made", None)])
        assert decision.reconsider_at is None
    else:
        assert (decision.outcome, asked(decision)) == ("remedied", [])
        assert str(decision.reconsider_at) == "2023-05-09T00:00:00+08:00"


# Twice or more

EARLIER: Final = event("2022-11-01T10:00:00+08:00")


@pytest.mark.parametrize(
    ("notices", "time", "step", "needs"),
    [
        ([], 1, "notice_due", False),
        ([NOTHING], 1, "notice_due", False),
        ([EARLIER], 2, "termination_open", False),
        ([event(None)], None, "needs_information", True),
        ([EARLIER, NOTHING, EARLIER], 3, "termination_open", False),
        ([None], None, "needs_information", True),
        ([EARLIER, None], None, "termination_open", False),
    ],
)
def test_twice_is_an_earlier_finding_with_notice(notices: list[Any], time: int | None, step: str, needs: bool) -> None:
    """One of which it is not known makes no difference beside one of which it is."""
    earlier = [{"id": f"finding-{number}", "notice": notice} for number, notice in enumerate(notices)]
    decision = decided(("/shop/earlier_findings", earlier), ("/shop/notice", NOTHING))
    assert (decision.time, decision.outcome) == (time, step)
    assert asked(decision) == ([("platform", "earlier_findings", None)] if needs else [])
    notice = "/shop/earlier_findings/0/notice"
    whether = ({f"{notice}/happened": (False,)}, {f"{notice}/happened": (True,), f"{notice}/at": ()})
    for request in decision.requests:
        assert request.accepts == (whether if notices == [None] else ({f"{notice}/at": ()},))
    twice = {"end_agreement_at_once", "forfeit_deposit", "take_the_difference"}
    assert twice & {*measures(decision)} == (twice if step == "termination_open" else set())


@pytest.mark.parametrize(
    ("balance", "paid", "raised", "forfeited", "shortfall"),
    [
        (200_000, 0, True, 200_000, RAISE),
        (200_000, 0, False, 200_000, RAISE),
        (0, 150_000, None, 150_000, RAISE + 50_000),
        (RAISE + 199_999, 0, True, RAISE + 199_999, 1),
        (RAISE + 200_000, 0, True, RAISE + 200_000, 0),
        (RAISE + 200_001, 0, True, RAISE + 200_001, 0),
    ],
)
def test_the_required_standard_includes_the_raise(
    balance: int, paid: int, raised: bool | None, forfeited: int, shortfall: int
) -> None:
    """Whether or not this notice raised it; where nothing is missing there is no difference to take."""
    top_ups = [{"amount": paid, "paid_at": AT}]
    deposit = {"standard": 200_000, "balance": balance, "raised": raised, "top_ups": top_ups}
    decision = decided(
        ("/shop/deposit", deposit),
        ("/shop/earlier_findings", [{"id": "finding-1", "notice": EARLIER}]),
        ("/shop/notice", NOTHING),
    )
    told = {each.measure: each.amount for each in decision.measures}
    assert told["raise_deposit_standard"] == RAISE + 200_000
    assert told["forfeit_deposit"] == forfeited
    assert told.get("take_the_difference", 0) == shortfall == amounts(decision)["shortfall"]
    assert told["end_agreement_at_once"] is None


def test_an_amount_that_is_not_known_is_null_and_asked_for() -> None:
    """The right to it is there all the same."""
    decision = decided(
        ("/shop/deposit", None),
        ("/shop/earlier_findings", [{"id": "finding-1", "notice": EARLIER}]),
        ("/shop/notice", NOTHING),
    )
    assert (decision.outcome, decision.ladder) == ("termination_open", ())
    assert [each for each in decision.measures if each.amount is not None] == []
    assert {"raise_deposit_standard", "forfeit_deposit"} < {*measures(decision)}
    assert {need for _, need, _ in asked(decision)} == {"deposit_standard", "deposit_balance", "top_ups"}


# Forty-five days

CLOSING: Final = ("/shop/closing", event("2023-05-10T15:00:00+08:00"))


@pytest.mark.parametrize(
    ("as_of", "applied", "step"),
    [
        ("2023-05-10T15:00:00+08:00", None, "application_due"),
        ("2023-06-24T23:59:59.999999+08:00", None, "application_due"),
        ("2023-06-25T00:00:00+08:00", None, "removal_open"),
        ("2023-07-01T00:00:00+08:00", "2023-06-24T23:59:59.999999+08:00", "leaving"),
        ("2023-07-01T00:00:00+08:00", "2023-06-25T00:00:00+08:00", "removal_open"),
        ("2023-06-01T00:00:00+08:00", "2023-05-04T09:00:00+08:00", "leaving"),
    ],
)
def test_forty_five_days_count_to_midnight(as_of: str, applied: str | None, step: str) -> None:
    """After the day on which the shop entered the closing state, until its own application."""
    application = event(applied) if applied else NOTHING
    decision = decided(CLOSING, ("/as_of", as_of), ("/shop/exit_application", application))
    assert decision.outcome == step
    assert ("remove_shop" in measures(decision)) is (step == "removal_open")
    due = [str(each.due_at) for each in decision.requests if each.need == "exit_application"]
    assert due == (["2023-06-24T23:59:59.999999+08:00"] if step == "application_due" else [])
    assert str(decision.reconsider_at) == ("2023-06-25T00:00:00+08:00" if due else "None")
    ends = [(each.counted_from, str(each.ends_at)) for each in decision.deadlines]
    assert ("closing_at", "2023-06-25T00:00:00+08:00") in ends


@pytest.mark.parametrize(
    "ground",
    [
        ("/incidents/0/grave_threat", True),
        ("/shop/earlier_findings", [{"id": "finding-1", "notice": EARLIER}]),
        ("/as_of", PAST),
    ],
)
def test_each_ground_for_ending_the_agreement_leads_to_the_closing_state(ground: tuple[str, Any]) -> None:
    """Serious conduct, twice or more, and a remedy that is missing: each with its own citation."""
    cites = {
        "/incidents/0/grave_threat": "PO.3(4)",
        "/shop/earlier_findings": "PO.3(5)",
        "/as_of": "PO.3(3)",
    }
    decision = decided(ground)
    assert decision.outcome == "termination_open"
    ends = [each for each in decision.measures if each.measure.startswith("end_agreement")]
    assert [each.cites[0] for each in ends] == [cites[ground[0]]]
    assert "closing_state" in measures(decision)


def test_nothing_found_ends_it_however_the_shop_stands() -> None:
    """No measure, no amount, nothing asked; how the shop stands is told all the same."""
    harmless = ("/incidents/0/official", True)
    for change in (CLOSING, ("/shop/notice", None), ("/shop/deposit", None), ("/shop/earlier_findings", None)):
        decision = decided(harmless, change, ("/as_of", PAST))
        assert (decision.outcome, decision.measures, decision.ladder, decision.requests) == ("not_found", (), (), ())
        assert str(decision.reconsider_at) == ("2023-06-25T00:00:00+08:00" if change == CLOSING else "None")
        assert finding(decision, "applied_to_leave_in_time").line_id is None


def test_an_unknown_closing_state_waits_for_nothing_else() -> None:
    """The clock is asked for; what hangs on it is not."""
    decision = decided(PROMISED, topped_up(RAISE), ("/shop/closing", None), ("/shop/exit_application", None))
    assert (decision.outcome, asked(decision)) == ("needs_information", [("platform", "closing_state", None)])
    for as_of in ("2023-05-20T00:00:00+08:00", "2023-07-20T00:00:00+08:00"):
        long_ago = ("/shop/closing", event("2023-03-01T00:00:00+08:00"))
        for closing in (CLOSING, long_ago):
            unknown = decided(closing, ("/as_of", as_of), ("/shop/exit_application", None))
            assert ("platform", "application_made", None) in asked(unknown)
            assert unknown.outcome == "needs_information"


# What the reader should know


@pytest.mark.parametrize(
    ("changes", "remark"),
    [
        ((("/incidents/0/begun_by", "user"), ("/incidents/0/taken_up", True)), "asked_for_by_the_user"),
        ((("/incidents/0/user_answered", False),), "not_answered_by_the_user"),
        ((("/incidents/0/setting", "offline"),), "done_offline"),
    ],
)
def test_what_makes_no_difference_is_told(changes: tuple[tuple[str, Any], ...], remark: str) -> None:
    """About the incident in which it would; and not where nothing is found."""
    places: Any = FOUND
    for place, value in changes:
        places = {**places, "incidents": [{**places["incidents"][0], place.rpartition("/")[2]: value}]}
    decision = decided(of=places)
    assert [(each.code, each.line_id) for each in decision.remarks if each.line_id] == [(remark, "incident-1")]
    assert decision.outcome == decided().outcome
    assert [each.code for each in decided(("/incidents/0/official", True), of=places).remarks] == []


def test_nothing_is_remarked_that_is_not_so() -> None:
    """The merchant began, the user answered, it was online: no remark about the incident; measures are rights."""
    usual = {**FOUND["incidents"][0], "user_answered": True, "setting": "online", "taken_up": None}
    decision = decided(("/incidents", [usual]))
    assert [(each.code, each.line_id) for each in decision.remarks] == [("measures_are_rights", None)]
    assert decision.remarks[0].cites == ("PO.3", "R45")


def test_a_number_for_delivery_is_explained() -> None:
    decision = of_an_act("contact", purpose="delivery")
    assert [each.code for each in decision.remarks] == ["contact_for_something_else"]
    assert [each.code for each in of_an_act("contact", purpose="off_platform_trade").remarks] == ["measures_are_rights"]


@pytest.mark.parametrize(
    ("done", "told"),
    [((PROMISED,), True), ((topped_up(RAISE),), True), ((), False), ((PROMISED, topped_up(RAISE)), False)],
)
def test_one_without_the_other_is_told(done: tuple[tuple[str, Any], ...], told: bool) -> None:
    codes = [each.code for each in decided(*done, ("/as_of", PAST)).remarks]
    assert ("one_without_the_other" in codes) is told


# Input


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ([("/opened_at", LATE), ("/shop/notice", NOTHING)], Fault("/opened_at", f'"{LATE}"', f"an instant not after as_of, {AT}")),
        ([("/as_of", TOO_LATE)], Fault("/as_of", f'"{TOO_LATE}"', f"an instant before {TOO_LATE}")),
        (
            [("/shop/earlier_findings", [{"id": "1", "notice": event(LATE)}])],
            Fault("/shop/earlier_findings/0/notice/at", f'"{LATE}"', f"an instant not after as_of, {AT}"),
        ),
        ([("/incidents", [])], Fault("/incidents", "an empty list", "at least one incident")),
        (
            [("/incidents", [FOUND["incidents"][0]] * 2)],
            Fault("/incidents/1/id", '"incident-1"', "an id that stands only once"),
        ),
        ([("/shop/notice/at", LATE)], Fault("/shop/notice/at", f'"{LATE}"', f"an instant not after as_of, {AT}")),
        (
            [("/shop/notice/at", "2023-05-04T08:59:59+08:00")],
            Fault(
                "/shop/notice/at",
                '"2023-05-04T08:59:59+08:00"',
                f"an instant not before opened_at, {FOUND['opened_at']}",
            ),
        ),
        *(
            (
                [(f"/shop/{name}", {"happened": False, "at": AT})],
                Fault(f"/shop/{name}/at", f'"{AT}"', "no instant, for it has not happened"),
            )
            for name in ("notice", "written_promise", "closing", "exit_application")
        ),
        *(
            (
                [(f"/shop/{name}", event(LATE))],
                Fault(f"/shop/{name}/at", f'"{LATE}"', f"an instant not after as_of, {AT}"),
            )
            for name in ("written_promise", "closing", "exit_application")
        ),
        (
            [("/shop/earlier_findings", [{"id": "1"}, {"id": "1"}])],
            Fault("/shop/earlier_findings/1/id", '"1"', "an id that stands only once"),
        ),
        (
            [("/shop/earlier_findings", [{"id": "0"}, {"id": "1", "notice": event("2023-05-04T09:00:00.000001+08:00")}])],
            Fault(
                "/shop/earlier_findings/1/notice/at",
                '"2023-05-04T09:00:00.000001+08:00"',
                f"an instant not after opened_at, {FOUND['opened_at']}",
            ),
        ),
        (
            [("/shop/earlier_findings", [{"id": "1", "notice": {"happened": False, "at": "2023-05-01T00:00:00+08:00"}}])],
            Fault(
                "/shop/earlier_findings/0/notice/at",
                '"2023-05-01T00:00:00+08:00"',
                "no instant, for it has not happened",
            ),
        ),
        ([("/shop/deposit/standard", -1)], Fault("/shop/deposit/standard", "-1", f"an integer from 0 to {DEPOSIT.most}")),
        (
            [("/shop/deposit/balance", DEPOSIT.most + 1)],
            Fault("/shop/deposit/balance", str(DEPOSIT.most + 1), f"an integer from 0 to {DEPOSIT.most}"),
        ),
        ([topped_up(-1, AT)], Fault("/shop/deposit/top_ups/0/amount", "-1", f"an integer from 0 to {DEPOSIT.most}")),
        (
            [topped_up(1, LATE)],
            Fault("/shop/deposit/top_ups/0/paid_at", f'"{LATE}"', f"an instant not after as_of, {AT}"),
        ),
        (
            [topped_up(DEPOSIT.most, AT)],
            Fault("/shop/deposit", f"{DEPOSIT.most + 200_000} in all", f"at most {DEPOSIT.most} in all"),
        ),
    ],
)  # fmt: skip
def test_what_cannot_be_is_a_fault_where_it_stands(changes: list[tuple[str, Any]], fault: Fault) -> None:
    """With its path, its value and what was expected."""
    with pytest.raises(InputError) as error:
        case_from(changed(*changes))
    assert error.value.faults == (fault,)


@pytest.mark.parametrize(
    "changes",
    [
        [("/opened_at", "2023-05-05T10:00:00+08:00")],
        [("/shop/notice/at", AT)],
        [("/shop/notice/at", FOUND["opened_at"])],
        [("/shop/earlier_findings", [{"id": "1", "notice": event(FOUND["opened_at"])}])],
        [("/shop/deposit/standard", DEPOSIT.most)],
        [("/shop/deposit/balance", DEPOSIT.most)],
        [("/shop/deposit/balance", 1), topped_up(DEPOSIT.most - 1, AT)],
        [("/shop/deposit/balance", None), topped_up(DEPOSIT.most, AT)],
    ],
)
def test_what_can_just_be_is_no_fault(changes: list[tuple[str, Any]]) -> None:
    """The ends of a range are in it, and what happened at the moment of the decision has happened."""
    case_from(changed(*changes))


def test_all_faults_are_told_at_once_also_beside_what_could_not_be_read() -> None:
    """A shop that is none, an incident or a top-up that is none, hide no other fault."""
    document = changed(
        ("/incidents", [None, FOUND["incidents"][0], FOUND["incidents"][0]]),
        ("/shop/deposit/top_ups", [None, {"amount": -1, "paid_at": LATE}]),
        ("/shop/earlier_findings", [None, {"id": "1", "notice": event(LATE)}]),
    )
    with pytest.raises(InputError) as error:
        case_from(document)
    assert {each.pointer for each in error.value.faults} == {
        "/incidents/0",
        "/incidents/2/id",
        "/shop/deposit/top_ups/0",
        "/shop/deposit/top_ups/1/amount",
        "/shop/deposit/top_ups/1/paid_at",
        "/shop/earlier_findings/0",
        "/shop/earlier_findings/1/notice/at",
    }
    with pytest.raises(InputError) as error:
        case_from(changed(("/shop", None), ("/opened_at", LATE)))
    assert {each.pointer for each in error.value.faults} == {"/shop", "/opened_at"}


def test_what_is_left_out_is_not_known() -> None:
    """Nothing is taken for granted, and nothing but ids, the act, and what an event or a top-up is about is required."""
    required = {
        Incident: {"id", "act"},
        Event: {"happened"},
        TopUp: {"amount", "paid_at"},
        Deposit: set(),
        EarlierFinding: {"id"},
        Shop: {"id"},
        TradingCase: {"id", "policy", "as_of", "opened_at", "incidents", "shop"},
    }
    for kind, names in required.items():
        fields = attrs.fields(kind)
        assert {each.name for each in fields if each.default is attrs.NOTHING} == names
        assert all(each.default is None for each in fields if each.name not in names)


@pytest.mark.parametrize(
    "part", [each for each in vars(pack).values() if attrs.has(each) and each.__module__ == pack.__name__]
)
def test_a_field_says_what_its_name_does_not(part: type) -> None:
    """In a sentence; ids, enumerations, and parts with a description of their own speak for themselves."""
    silent = {each.name for each in attrs.fields(part) if not str(each.metadata.get("means", "")).endswith(".")}
    assert silent <= {
        *("id", "policy", "act", "happened_at", "begun_by", "setting", "channel", "purpose"),
        *("shop", "deposit", "incidents", "paid_at"),
    }


# Whatever the case


def completed(document: Any) -> Iterator[Any]:
    """The case with everything known that is not known in it, in a few ways."""
    for yes, trouble in ((True, []), (False, ["payment"]), (True, ["injury"]), (False, [])):
        incidents = [
            {
                **dict.fromkeys(("taken_up", "official", "needed_for_trade", "platform_leave"), yes),
                **dict.fromkeys(("provider_approved",), yes),
                **dict.fromkeys(("prohibited_goods", "other_violation", "grave_threat"), bool(trouble)),
                "problems": trouble,
                "risks": [],
                "begun_by": "merchant",
                "channel": "other",
                "purpose": "delivery" if yes else "off_platform_trade",
                **{name: value for name, value in each.items() if value is not None},
            }
            for each in document["incidents"]
        ]
        shop = document["shop"]
        deposit = {"standard": 0, "balance": 0, "top_ups": [], "raised": not yes}
        told = {name: value for name, value in (shop["deposit"] or {}).items() if value is not None}
        yield {
            **document,
            "incidents": incidents,
            "shop": {
                **shop,
                "deposit": {**deposit, **told},
                "earlier_findings": [
                    {"id": each["id"], "notice": each["notice"] or {"happened": yes}}
                    for each in shop["earlier_findings"] or ()
                ],
                "notice": shop["notice"] or NOTHING,
                "written_promise": shop["written_promise"] or NOTHING,
                "closing": shop["closing"] or NOTHING,
                "exit_application": shop["exit_application"] or NOTHING,
            },
        }


@given(trading_documents())
def test_never_a_guess(document: Any) -> None:
    """What is decided while something is not known stays so whatever it turns out to be; measures are only added."""
    before = decided(of=document)
    for each in completed(document):
        after = decided(of=each)
        if before.outcome not in ("needs_information", "manual_review"):
            assert after.outcome == before.outcome
        if before.gravity is not None:
            assert after.gravity is before.gravity
        if before.time is not None:
            assert after.time == before.time
        for one, other in zip(before.incidents, after.incidents, strict=True):
            if one.outcome not in (IncidentOutcome.NEEDS_INFORMATION, IncidentOutcome.MANUAL_REVIEW):
                assert other.outcome is one.outcome
        assert {*measures(before)} <= {*measures(after)}
        assert amounts(before).items() <= amounts(after).items()


@given(trading_documents())
def test_the_order_of_incidents_and_of_the_ledger_does_not_matter(document: Any) -> None:
    """Turned around, the same is found, and the same follows."""
    shop, deposit = document["shop"], document["shop"]["deposit"] or {}
    turned = {
        **document,
        "incidents": document["incidents"][::-1],
        "shop": {
            **shop,
            "deposit": (deposit and {**deposit, "top_ups": deposit["top_ups"] and deposit["top_ups"][::-1]}) or None,
            "earlier_findings": shop["earlier_findings"] and shop["earlier_findings"][::-1],
        },
    }
    one, other = decided(of=document), decided(of=turned)
    same = ("outcome", "gravity", "time", "measures", "ladder", "deadlines", "reconsider_at")
    assert {name: getattr(one, name) for name in same} == {name: getattr(other, name) for name in same}
    assert {*asked(one)} == {*asked(other)}
    assert {*one.incidents} == {*other.incidents}


@given(trading_documents())
def test_each_incident_is_judged_alone(document: Any) -> None:
    """What it comes to does not hang on which others are found with it."""
    together = decided(of=document)
    for position, each in enumerate(document["incidents"]):
        alone = decided(("/incidents", [each]), of=document)
        assert alone.incidents == (together.incidents[position],)


@given(trading_documents())
def test_amounts_add_up(document: Any) -> None:
    """What is held and what is due or short reach the standard; nothing is below zero, and measures tell the ladder's amounts."""
    decision = decided(of=document)
    told = amounts(decision)
    standard: int = (document["shop"]["deposit"] or {}).get("standard") or 0
    if "new_deposit_standard" in told:
        assert told["new_deposit_standard"] == standard + RAISE
    if {"shortfall", "deposit_held"} <= told.keys():
        assert told["shortfall"] == max(0, standard + RAISE - told["deposit_held"])
    assert all(amount >= 0 for amount in told.values())
    of = {
        "raise_deposit_standard": "new_deposit_standard",
        "forfeit_deposit": "deposit_held",
        "take_the_difference": "shortfall",
    }
    for each in decision.measures:
        assert each.amount == (told.get(of[each.measure]) if each.measure in of else None)


@given(trading_documents())
def test_what_each_step_needs_is_there(document: Any) -> None:
    """An outcome stands on what is found, and the measures for it are among those that may be taken."""
    decision = decided(of=document)
    open_measures = {
        "termination_open": {"closing_state"},
        "removal_open": {"remove_shop"},
        "not_found": set[str](),
    }
    assert open_measures.get(decision.outcome, set()) <= {*measures(decision)}
    assert (decision.outcome == "not_found") == (decision.gravity is Gravity.NONE)
    assert bool(decision.measures) <= (decision.gravity is not Gravity.NONE)
    for each in decision.requests:
        assert each.due_at is None or each.due_at >= decision.as_of
        assert (each.to == "merchant") == (each.due_at is not None)


def test_the_examples_are_of_every_step() -> None:
    """What the handbook shows reaches all that a case can come to."""
    reached = {decided(of=json.loads(path.read_text("utf-8"))).outcome for path in EXAMPLES.glob("trading-*.json")}
    assert {*OFF_PLATFORM_TRADING.outcomes} == reached


LAST_OF_DAY_3: Final = "2022-12-03T23:59:59.999999+08:00"
DAY_4: Final = "2022-12-04T00:00:00+08:00"
MAY_BE: Final = {"prohibited_goods": False, "other_violation": True, "grave_threat": False}


def test_what_time_alone_decides_is_looked_at_again_also_before_anything_is_found() -> None:
    """Whether the act is conduct is for a person; once day 3 is over nothing else can be asked for."""
    act = {"id": "i", "act": "other", "begun_by": "user", "taken_up": True, "risks": ["after_sales"], **MAY_BE}
    shop = {
        "id": "s",
        "deposit": {"standard": 0, "balance": 9_999_999, "top_ups": [], "raised": True},
        "notice": {"happened": True, "at": "2022-11-30T00:00:00+08:00"},
        "written_promise": {"happened": True, "at": "2022-11-29T23:59:59.999999+08:00"},
        "closing": {"happened": False},
        "exit_application": {"happened": False},
    }
    case = {
        "id": "t",
        "policy": FOUND["policy"],
        "opened_at": "2022-11-29T00:00:00+08:00",
        "incidents": [act],
        "shop": shop,
    }
    last, first = (decided(("/as_of", at), of=case | {"as_of": at}) for at in (LAST_OF_DAY_3, DAY_4))
    assert (last.outcome, str(last.reconsider_at)) == ("needs_information", DAY_4)
    assert (first.outcome, first.reconsider_at) == ("manual_review", None)


# The parts of the edition


def names(functions: Iterable[Callable[..., Any]]) -> list[str]:
    """What functions are called."""
    return [each.__name__ for each in functions]


ORDINARY: Final = [
    "paid_outside_the_platform",
    "exchanged_an_outside_account",
    "led_users_outside",
    "outside_information_on_the_parcel",
    "exchanged_contacts_to_trade_outside",
    "did_something_similar",
]
SERIOUS: Final = [
    "cash_on_delivery_without_approval",
    "with_a_problem_or_its_risk",
    "with_prohibited_goods_or_another_violation",
    "with_a_grave_threat",
]
OF_AN_ACT: Final = ["asked_for_by_the_user", "not_answered_by_the_user", "done_offline", "contact_for_something_else"]


def test_each_part_of_the_edition_judges_its_own_and_can_ask_for_the_rest() -> None:
    """PO.1 and PO.2 incident by incident, PO.3 of the whole; only the whole has consequences."""
    parts = parts_of.__wrapped__(EDITION)
    ends = names(EDITION.requires)
    judged = {
        name: [names(getattr(getattr(parts, name), field)) for field in ("requires", "barred_by", "remarks")]
        for name in ("acts", "ordinary", "serious", "whole")
    }
    assert judged == {
        "acts": [[], ORDINARY + SERIOUS, OF_AN_ACT],
        "ordinary": [[], ORDINARY, OF_AN_ACT],
        "serious": [[], SERIOUS, []],
        "whole": [ends, [], ["one_without_the_other", "measures_are_rights"]],
    }
    own = names(EDITION.facts)
    assert names(parts.acts.facts) == own + ends
    assert names(parts.ordinary.facts) == own + ends + SERIOUS
    assert names(parts.serious.facts) == own + ends + ORDINARY
    assert names(parts.whole.facts) == own + ORDINARY + SERIOUS
    assert [parts.acts.grants, parts.ordinary.grants, parts.serious.grants] == [None, None, None]
    assert parts.whole.grants is EDITION.grants


def test_a_fact_of_an_incident_stands_below_it_and_the_platform_knows_it() -> None:
    """However many incidents there are."""
    assert glossary._incident(glossary.purpose, "purpose") == Fact(
        glossary.purpose, ("/incidents/{incident}/purpose",), Party.PLATFORM
    )


def test_of_an_incident_that_makes_nothing_graver_nothing_is_asked() -> None:
    """Neither in a decision nor in a ruling; of one that may, it is."""
    grave = {**FOUND["incidents"][0], "grave_threat": True}
    open_one = {**FOUND["incidents"][0], "id": "incident-2", "problems": None}
    for incidents, places in (([grave, open_one], []), ([open_one], ["/incidents/0/problems"])):
        case = case_from(changed(("/incidents", incidents), ("/shop/written_promise", NOTHING)))
        ruling = EDITION.case_kind.rule(EDITION, case)
        *acts, _ = ruling.subjects
        told = [place for act in acts for request in act.requests for each in request.accepts for place in each]
        assert told == places
    assert [each.case for each in OFF_PLATFORM_TRADING.subjects(case)] == [case, case]


def test_between_two_standards_it_turns_on_which_of_them_holds() -> None:
    """R9: paid too late is too late from nothing, and needless from plenty; a balance between them may have met the lower one."""
    late = [{"amount": RAISE + 200_000, "paid_at": "2023-05-09T00:00:00+08:00"}]
    deposit = {"standard": 200_000, "balance": None, "top_ups": late, "raised": None}
    promised = ("/shop/written_promise", event("2023-05-06T00:00:00+08:00"))
    decision = decided(("/shop/deposit", deposit), ("/as_of", PAST), promised)
    both = [("platform", "deposit_balance", None), ("platform", "deposit_raise", None)]
    assert asked(decision) == both
    nothing = decided(("/shop/deposit", {**deposit, "top_ups": None}), ("/as_of", PAST), promised)
    assert asked(nothing) == [both[0], ("platform", "top_ups", None), both[1]]


def test_a_top_up_in_time_moves_what_a_balance_has_to_be() -> None:
    """R9: as much as the standard is enough for both, with it, and nothing is enough for neither; what lacks it is for the lower one."""
    in_time = {"amount": RAISE, "paid_at": "2023-05-07T00:00:00+08:00"}
    late = {"amount": 5 * RAISE, "paid_at": "2023-05-09T00:00:00+08:00"}
    deposit = {"standard": 2 * RAISE, "balance": None, "top_ups": [late, in_time], "raised": None}
    promised = ("/shop/written_promise", event("2023-05-06T00:00:00+08:00"))
    decision = decided(("/shop/deposit", deposit), ("/as_of", PAST), promised)
    assert asked(decision) == [("platform", "deposit_balance", None), ("platform", "deposit_raise", None)]


def test_an_edition_that_judges_conduct_says_what_follows_from_it() -> None:
    """Otherwise it says that it does not."""
    message = "pinduoduo.off_platform_trading judges conduct, and does not say what follows from it"
    with pytest.raises(TypeError, match=message):
        parts_of(attrs.evolve(EDITION, grants=None))


# What an incident waits for

ASK: Final = Ask(glossary.WHO_BEGAN)
OPEN: Final = Open((ASK,))


def a_judgement(standing: Standing, answer: Any = False, *tried: Any) -> Any:
    """A judgement of one clause, which came to this; where it was tried, to one of those."""
    branches = tuple(Branch({"fact": number}, each) for number, each in enumerate(tried))
    weighed = Branches(branches, {"fact": (ASK,)}) if tried else answer
    return SimpleNamespace(
        standing=standing,
        clauses=[(SimpleNamespace(name="clause"), answer, None)],
        facts={"clause": weighed},
    )


@pytest.mark.parametrize(
    ("ordinary", "serious", "waits"),
    [
        (a_judgement(Standing.WAITING, OPEN), a_judgement(Standing.GRANTED), True),
        (a_judgement(Standing.REFUSED, OPEN), a_judgement(Standing.GRANTED), False),
        (a_judgement(Standing.FOR_A_PERSON), a_judgement(Standing.WAITING, OPEN), True),
        (a_judgement(Standing.FOR_A_PERSON), a_judgement(Standing.WAITING, OPEN, False, True), True),
        (a_judgement(Standing.FOR_A_PERSON), a_judgement(Standing.WAITING, OPEN, False, Holds()), True),
        (
            a_judgement(Standing.FOR_A_PERSON),
            a_judgement(Standing.WAITING, OPEN, False, NotCovered("not_foreseen")),
            False,
        ),
        (a_judgement(Standing.REFUSED), a_judgement(Standing.WAITING, OPEN, False, NotCovered("not_foreseen")), True),
        (a_judgement(Standing.GRANTED), a_judgement(Standing.WAITING, OPEN, False, NotCovered("not_foreseen")), True),
    ],
)
def test_an_incident_waits_for_what_could_change_who_decides_it(ordinary: Any, serious: Any, waits: bool) -> None:
    """What could at most bring it before a person is not asked for where it goes there anyway; nor what is settled."""
    assert JudgedIncident(SingleIncident(None, 0), ordinary, serious).waits is waits


# What was judged before


def test_an_incident_is_judged_anew_where_anything_that_it_is_judged_by_differs(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """In one memory as if each were the first; and not again where nothing differs."""
    memory: dict[Any, Any] = {}
    cases = [
        case_from(changed(*changes))
        for changes in (
            (),
            (("/incidents/0/grave_threat", True),),
            (("/incidents/0/problems", None),),
            (("/incidents/0/id", "another"),),
            (("/incidents", [incident("one", "serious"), incident("incident-1", "none")]),),
        )
    ]
    rulings = [EDITION.case_kind.rule(EDITION, case) for case in cases]
    assert [EDITION.case_kind.rule(EDITION, case, memory) for case in cases] == rulings

    def judging_again(*_: Any) -> None:
        pytest.fail("judged again")

    monkeypatch.setattr(conduct_judgement, "_judged", judging_again)
    assert [EDITION.case_kind.rule(EDITION, case, memory) for case in cases] == rulings
