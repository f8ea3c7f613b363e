"""An unknown time is asked for if it matters (R9), even if a person judges the case: engine and oracle, at the edges."""

from __future__ import annotations

from typing import Any, Final

import pytest

from adjudicator.testing import Json
from oracle.edges import put
from oracle.plain_cases import ARRIVAL, ELEVEN, NINE, TEN, dispatched, feedback
from proving.comparison import engine_decision, oracle_decision
from proving.trading_cases import OFF_PLATFORM

NOT_YET: Final = {"happened": False}
BEFORE, NOTICE, AFTER = "2020-01-10T00:00:00+08:00", "2020-01-15T00:00:00+08:00", "2020-02-10T00:00:00+08:00"
OPENED, LATER, AS_OF = "2020-03-01T00:00:00+08:00", "2020-03-01T00:00:00.000001+08:00", "2020-03-10T00:00:00+08:00"

WAITS: Final = "needs_information"
A_PERSON: Final = "manual_review"


def act(name: str, at: str | None, kind: str = "other", **changes: Any) -> Json:
    """Something that the merchant initiated: a person judges it, unless it is on the list."""
    harmless = {"problems": [], "risks": [], "prohibited_goods": False, "other_violation": False, "grave_threat": False}
    return {
        "id": name,
        "act": kind,
        "happened_at": at,
        "begun_by": "merchant",
        "official": False,
        **harmless,
        **changes,
    }


def found(at: str | None, **changes: Any) -> Json:
    """A payment outside the platform, which needs no person's judgement."""
    return act("C", at, "payment", **changes)


def trading(acts: list[Json], notice: str | None = NOTICE, as_of: str = AS_OF) -> Json:
    """A shop with an earlier finding."""
    return {
        "id": "case-1",
        "policy": OFF_PLATFORM,
        "as_of": as_of,
        "opened_at": OPENED,
        "incidents": acts,
        "shop": {
            "id": "shop-1",
            "deposit": {"standard": 0, "balance": 10_000_000, "top_ups": [], "raised": False},
            "earlier_findings": [{"id": "F1", "notice": {"happened": True, "at": notice}}],
            "notice": NOT_YET,
            "written_promise": NOT_YET,
            "closing": NOT_YET,
            "exit_application": NOT_YET,
        },
    }


def agreed(case: Json) -> Json:
    """The decision, on which engine and oracle must agree."""
    by_oracle = oracle_decision(case)
    assert engine_decision(case) == by_oracle
    return by_oracle


def asked(decision: Json, *of: str) -> list[tuple[str, str | None]]:
    """The facts asked for, each with the part of the case."""
    return [(each["need"], *(each[name] for name in of)) for each in decision["requests"]]


@pytest.mark.parametrize(
    ("acts", "notice", "outcome", "needs"),
    [
        ([act("A", None), act("B", AFTER)], NOTICE, WAITS, [("incident_time", "A")]),
        ([act("A", BEFORE), act("B", AFTER)], NOTICE, A_PERSON, []),
        ([act("A", BEFORE), act("B", LATER)], None, WAITS, [("earlier_findings", None)]),
        ([found(BEFORE), act("A", None), act("B", AFTER)], NOTICE, WAITS, [("incident_time", "A")]),
        ([found(AFTER), act("A", None), act("B", AFTER)], NOTICE, "termination_open", []),
        (
            [found(BEFORE), act("A", AFTER, begun_by="user", taken_up=None), act("B", AFTER)],
            NOTICE,
            WAITS,
            [("what_was_taken_up", "A")],
        ),
        (
            [found(BEFORE), act("A", BEFORE, begun_by="user", taken_up=None), act("B", AFTER)],
            NOTICE,
            A_PERSON,
            [],
        ),
        (
            [found(BEFORE), act("A", AFTER), act("D", AFTER, "payment", official=None)],
            NOTICE,
            WAITS,
            [("official_channel", "D")],
        ),
    ],
)
def test_the_time_of_acts_that_a_person_judges_is_asked_for(
    acts: list[Json], notice: str | None, outcome: str, needs: list[tuple[str, str | None]]
) -> None:
    """The person may find any one of them alone, so each matters, however many others are after notice (R44, R58)."""
    decision = agreed(trading(acts, notice))
    assert (decision["outcome"], asked(decision, "line_id")) == (outcome, needs)


@pytest.mark.parametrize(("as_of", "needs"), [(OPENED, []), (LATER, [("incident_time", "A")])])
def test_no_act_is_later_than_the_moment_of_the_decision(as_of: str, needs: list[Any]) -> None:
    """Something is certainly found at the opening: another act is after an unknown notice only if that act is too."""
    decision = agreed(trading([found(OPENED), act("A", None, "account")], None, as_of))
    assert [each for each in asked(decision, "line_id") if each[0] == "incident_time"] == needs
    assert (decision["reconsider_at"] is None) == (as_of == LATER)


@pytest.mark.parametrize(
    ("evidence", "needs"),
    [
        (
            [
                feedback("arrived", NINE),
                feedback("not_arrived", None, "E2"),
                feedback("arrived", TEN, "E3", "unverified"),
            ],
            [("observation_time", "E2"), ("verification", "E3")],
        ),
        (
            [feedback("not_arrived", NINE), feedback("arrived", None, "E2"), feedback("not_arrived", TEN, "E3", None)],
            [("observation_time", "E2"), ("verification", "E3")],
        ),
        (
            [feedback("arrived", ELEVEN), feedback("not_arrived", None, "E2"), feedback("arrived", TEN, "E3", None)],
            [("observation_time", "E2")],
        ),
        (
            [
                feedback("arrived", NINE),
                feedback("not_arrived", None, "E2"),
                feedback("arrived", TEN, "E3", None),
                dispatched(ELEVEN),
            ],
            [("observation_time", "E2")],
        ),
    ],
)
def test_pending_feedback_matters_if_feedback_of_unknown_time_may_coincide_with_it(
    evidence: list[Json], needs: list[tuple[str, str]]
) -> None:
    """The pending feedback may be from before or after it; not if other feedback or a dispatch is later than both."""
    decision = agreed(put(ARRIVAL, "/evidence", evidence))
    assert (decision["outcome"], asked(decision, "evidence_id")) == (WAITS, needs)


@pytest.mark.parametrize(("as_of", "outcome"), [(ELEVEN, "manual_review"), ("2022-06-01T11:00:00.000001+08:00", WAITS)])
def test_no_feedback_is_later_than_the_moment_of_the_decision(as_of: str, outcome: str) -> None:
    """Two at that very instant contradict each other, and a third of unknown time cannot be later."""
    evidence = [
        {**each, "submitted_at": NINE}
        for each in (
            feedback("arrived", ELEVEN),
            feedback("not_arrived", ELEVEN, "E2"),
            feedback("arrived", None, "E3"),
        )
    ]
    case = {**ARRIVAL, "as_of": as_of, "claim": {"id": "C", "filed_at": NINE}, "evidence": evidence}
    decision = agreed(case)
    assert decision["outcome"] == outcome
    assert (decision["reconsider_at"] is None) == (outcome == WAITS)
