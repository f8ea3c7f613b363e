"""Which acts are conduct, how serious each is, and the result for several; worked out by hand from the rule."""

from __future__ import annotations

import inspect
from typing import Any

import pytest

from adjudicator.kinds.conduct_judgement import max_gravity
from adjudicator.model.decision import Gravity, IncidentOutcome
from adjudicator.model.finding import Effect
from pinduoduo.trading_conduct import conduct_of_the_list
from trading.cases import HARMLESS, against, asked, decided, finding, incident, measures, of_an_act

# One act


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
    """Under one clause, and ordinary if nothing makes it serious."""
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
def test_what_normal_trade_needs_is_not_conduct(act: str, facts: dict[str, Any]) -> None:
    """Even if something went wrong: that makes conduct serious, but does not make it conduct."""
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
    """It takes part if it initiates, or does what the user asks for. Other unknown facts do not matter."""
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
def test_whether_the_merchant_took_part_is_asked_if_it_matters(
    begun_by: str | None, taken_up: bool | None, needs: list[str]
) -> None:
    """The platform is asked, about the incident."""
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
    """Without permission, or through a provider that is not approved: one of the two is enough."""
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
def test_conduct_is_serious_together_with_a_problem(beside: dict[str, Any], clause: str) -> None:
    """Each trouble is enough; the others may stay unknown."""
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
def test_possibly_serious_conduct_is_already_found(place: str, need: str) -> None:
    """The measures on a finding are available at once; the rest waits."""
    decision = of_an_act("payment", official=False, **{place: None})
    assert decision.incidents[0].outcome is IncidentOutcome.NEEDS_INFORMATION
    assert (decision.outcome, decision.gravity, decision.time) == ("needs_information", None, 1)
    assert measures(decision) == ["close_orders_at_risk", "limit_withdrawals", "ban_goods", "raise_deposit_standard"]
    assert ("platform", need, "incident-1") in asked(decision)


def test_a_person_judges_acts_that_are_not_listed() -> None:
    """With a problem, they also judge how serious it is; if the merchant took no part, it is nothing."""
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
def test_the_most_serious_incident_counts(
    one: str, other: str, gravity: Gravity | None, needs: list[tuple[str, str, str]]
) -> None:
    """Facts that could not make the whole more serious are not asked for."""
    decision = decided(("/incidents", [incident("one", one), incident("two", other)]))
    assert decision.gravity is gravity
    assert [each for each in asked(decision) if each[2]] == needs
    assert decision.time == (None if gravity is Gravity.NONE or (decision.gravity is None and one == "none") else 1)


def test_acts_found_together_are_one_finding() -> None:
    """Three serious incidents count as the first finding."""
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
def test_the_gravity_of_several_incidents(possible: list[tuple[Gravity, ...]], together: tuple[Gravity, ...]) -> None:
    """At least the largest minimum, and at most the largest maximum."""
    assert max_gravity(possible) == together


def test_each_act_that_the_list_names_is_conduct_of_the_list() -> None:
    """Alone, without any of the others."""
    acts = tuple(inspect.signature(conduct_of_the_list).parameters)
    assert not conduct_of_the_list(**dict.fromkeys(acts, False))
    for act in acts:
        assert conduct_of_the_list(**{**dict.fromkeys(acts, False), act: True}), act
