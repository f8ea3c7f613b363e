"""Which step is open when: three days, repeated findings, forty-five days; worked out by hand from the rule."""

from __future__ import annotations

from typing import Any

import attrs
import pytest

from adjudicator import InputError
from adjudicator.law import WholeCase
from adjudicator.model.finding import Effect
from adjudicator.wire.codec import case_from
from pinduoduo.trading_case import Event
from pinduoduo.trading_facts import OFF_PLATFORM_TRADING
from trading.cases import (
    AT,
    CLOSING,
    EARLIER,
    NOTHING,
    PAST,
    PROMISED,
    amounts,
    asked,
    changed,
    decided,
    event,
    finding,
    measures,
    topped_up,
)
from tradings import FOUND, RAISE

# Three days


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
    """After the day of the notice. A promise without a top-up is not enough, nor the reverse."""
    happened = tuple(each for each in done if as_of >= "2023-05-06")
    decision = decided(*happened, ("/as_of", as_of))
    assert decision.outcome == step
    assert ("end_agreement_for_want_of_remedy" in measures(decision)) is (step == "termination_open")


def test_the_merchant_is_asked_for_what_is_due_until_the_last_instant() -> None:
    """With the missing amount; the decision says when time alone changes it."""
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
    """A promise before the notice is also in time."""
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
def test_the_deposit_must_reach_the_required_standard_in_time(deposit: dict[str, Any], step: str, due: int) -> None:
    """The new standard if the notice raises it, otherwise the old one; the balance alone may be enough."""
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
    """Notice comes next. The finding and its measures are already there."""
    decision = decided(("/shop/notice", NOTHING), ("/as_of", PAST))
    assert (decision.outcome, decision.requests, decision.reconsider_at) == ("notice_due", (), None)
    for clause in ("deposit_topped_up_in_time", "promised_in_writing_in_time", "applied_to_leave_in_time"):
        assert finding(decision, clause).because.code == f"{clause}.not_due"
        assert finding(decision, clause).effect is Effect.SUPPORTS
    assert "amount_due" not in amounts(decision)


def test_an_unknown_notice_is_asked_for_and_nothing_that_depends_on_it() -> None:
    """The answer is that it was not received, or when it was."""
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
    assert "amount_due" not in amounts(decision)


def test_unknown_facts_of_the_shop_are_tried_both_ways() -> None:
    """Notice was received or not; nothing was found before, or something with notice to the merchant."""
    case = case_from(changed(("/shop/notice", None), ("/shop/earlier_findings", None)))
    facts = OFF_PLATFORM_TRADING.glossary.facts
    received, earlier = (facts[name].read(WholeCase(case)) for name in ("notice_received", "earlier_findings"))
    assert (received.asks[0].need.name, received.could_be) == ("notice", (False, True))
    assert received.asks[0].accepts == (
        {"/shop/notice/happened": (False,)},
        {"/shop/notice/happened": (True,), "/shop/notice/at": ()},
    )
    nothing, (another,) = earlier.could_be
    assert (nothing, another.notice) == ((), Event(happened=True))


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
def test_the_platform_is_asked_for_unknown_facts_of_the_shop(place: str, need: str) -> None:
    """Once, without an incident; an amount that depends on it is left out."""
    decision = decided(PROMISED, ("/as_of", PAST), (place, None))
    assert asked(decision).count(("platform", need, None)) == 1
    assert {need for party, need, _ in asked(decision) if party == "platform"} == {need}
    (request,) = (each for each in decision.requests if each.need == need)
    assert all(at.startswith(place) for each in request.accepts for at in each)


def test_an_amount_that_is_not_an_integer_is_also_refused_in_python() -> None:
    """At its place, and without adding it up."""
    case = case_from(changed())
    deposit = attrs.evolve(case.shop.deposit, balance="2000")
    with pytest.raises(InputError) as refused:
        attrs.evolve(case, shop=attrs.evolve(case.shop, deposit=deposit))
    assert [(each.pointer, each.value) for each in refused.value.faults] == [("/shop/deposit/balance", '"2000"')]


def test_unknown_earlier_findings_are_asked_for_with_their_notices() -> None:
    """An empty list is an answer, and so is each finding with its notice."""
    (request,) = (each for each in decided(("/shop/earlier_findings", None)).requests if each.to == "platform")
    place = "/shop/earlier_findings"
    notice = f"{place}/-/notice"
    assert request.accepts == ({place: ((),)}, {f"{place}/-/id": (), f"{notice}/happened": (True,), f"{notice}/at": ()})


def test_the_unknown_notice_of_an_earlier_finding_is_asked_for_at_its_place() -> None:
    """The answer is that it was not, or that it was and when."""
    earlier = [{"id": "0", "notice": NOTHING}, {"id": "1", "notice": None}]
    (request,) = (each for each in decided(("/shop/earlier_findings", earlier)).requests if each.to == "platform")
    assert request.need == "earlier_findings"
    notice = "/shop/earlier_findings/1/notice"
    assert request.accepts == ({f"{notice}/happened": (False,)}, {f"{notice}/happened": (True,), f"{notice}/at": ()})


def test_a_merchant_that_may_still_apply_to_leave_learns_what_is_required() -> None:
    """The application and its time."""
    in_time = ("/as_of", "2023-05-11T00:00:00+08:00")
    (request,) = decided(CLOSING, in_time, ("/shop/exit_application", NOTHING)).requests
    assert (request.to, request.need) == ("merchant", "exit_application")
    assert request.accepts == ({"/shop/exit_application/happened": (True,), "/shop/exit_application/at": ()},)


def test_an_unknown_application_to_leave_is_asked_for_at_its_place() -> None:
    """Whether, and when; if it is known that it did, only when."""
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
def test_a_promise_of_unknown_time_is_in_time_while_it_cannot_be_late(as_of: str) -> None:
    """After the three days it may have been late, and the decision announces that."""
    decision = decided(topped_up(RAISE), ("/shop/written_promise", event(None)), ("/as_of", as_of))
    if as_of == PAST:
        assert (decision.outcome, asked(decision)) == ("needs_information", [("platform", "promise_made", None)])
        assert decision.reconsider_at is None
    else:
        assert (decision.outcome, asked(decision)) == ("remedied", [])
        assert str(decision.reconsider_at) == "2023-05-09T00:00:00+08:00"


# Twice or more


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
def test_twice_means_an_earlier_finding_with_notice(
    notices: list[Any], time: int | None, step: str, needs: bool
) -> None:
    """An earlier finding with unknown notice makes no difference beside one with notice."""
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
    """Whether or not this notice raised it; without a shortfall there is no difference to take."""
    top_ups = [{"amount": paid, "paid_at": AT}]
    deposit = {"standard": 200_000, "balance": balance, "raised": raised, "top_ups": top_ups}
    decision = decided(
        ("/shop/deposit", deposit),
        ("/shop/earlier_findings", [{"id": "finding-1", "notice": EARLIER}]),
        ("/shop/notice", NOTHING),
    )
    found = {each.measure: each.amount for each in decision.measures}
    assert found["raise_deposit_standard"] == RAISE + 200_000
    assert found["forfeit_deposit"] == forfeited
    assert found.get("take_the_difference", 0) == shortfall == amounts(decision)["shortfall"]
    assert found["end_agreement_at_once"] is None


def test_an_amount_that_is_not_known_is_null_and_asked_for() -> None:
    """The right to it is still listed."""
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
    """After the day on which the shop entered the closing state, unless it applied itself."""
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
    """Serious conduct, repeated findings, and a missing remedy: each with its own citation."""
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


def test_without_a_finding_the_state_of_the_shop_does_not_matter() -> None:
    """No measures, amounts or requests, but the findings on the shop are still there."""
    harmless = ("/incidents/0/official", True)
    for change in (CLOSING, ("/shop/notice", None), ("/shop/deposit", None), ("/shop/earlier_findings", None)):
        decision = decided(harmless, change, ("/as_of", PAST))
        assert (decision.outcome, decision.measures, decision.ladder, decision.requests) == ("not_found", (), (), ())
        assert str(decision.reconsider_at) == ("2023-06-25T00:00:00+08:00" if change == CLOSING else "None")
        assert finding(decision, "applied_to_leave_in_time").line_id is None


def test_an_unknown_closing_state_waits_for_nothing_else() -> None:
    """The start of the period is asked for, but nothing that depends on it."""
    decision = decided(PROMISED, topped_up(RAISE), ("/shop/closing", None), ("/shop/exit_application", None))
    assert (decision.outcome, asked(decision)) == ("needs_information", [("platform", "closing_state", None)])
    for as_of in ("2023-05-20T00:00:00+08:00", "2023-07-20T00:00:00+08:00"):
        long_ago = ("/shop/closing", event("2023-03-01T00:00:00+08:00"))
        for closing in (CLOSING, long_ago):
            unknown = decided(closing, ("/as_of", as_of), ("/shop/exit_application", None))
            assert ("platform", "application_made", None) in asked(unknown)
            assert unknown.outcome == "needs_information"
