"""A case of off-platform trading with a payment that is found, changes to it, and parts of its decisions."""

from __future__ import annotations

from typing import Any, Final

from adjudicator import decide
from adjudicator.model.decision import ConductDecision
from adjudicator.model.finding import Effect, Finding
from adjudicator.wire.codec import case_from
from oracle.edges import put
from tradings import FOUND

NOTHING: Final = {"happened": False}
AT: Final = FOUND["as_of"]
PAST: Final = "2023-05-20T12:00:00+08:00"
HARMLESS: Final = {
    "problems": [],
    "risks": [],
    "prohibited_goods": False,
    "other_violation": False,
    "grave_threat": False,
}


def event(at: str | None) -> dict[str, Any]:
    """Something that happened at an instant, or at an unknown one."""
    return {"happened": True, "at": at}


PROMISED: Final = ("/shop/written_promise", event("2023-05-06T09:00:00+08:00"))
EARLIER: Final = event("2022-11-01T10:00:00+08:00")
CLOSING: Final = ("/shop/closing", event("2023-05-10T15:00:00+08:00"))


def changed(*changes: tuple[str, Any], of: Any = FOUND) -> Any:
    """The case with some changes."""
    for place, value in changes:
        of = put(of, place, value)
    return of


def decided(*changes: tuple[str, Any], of: Any = FOUND) -> ConductDecision:
    """The decision on the case with some changes."""
    decision = decide(case_from(changed(*changes, of=of)))
    assert isinstance(decision, ConductDecision)
    return decision


def of_an_act(act: str, **facts: Any) -> ConductDecision:
    """The decision on one act that the merchant initiated, with nothing else wrong."""
    incident = {"id": "incident-1", "act": act, "begun_by": "merchant", **HARMLESS, **facts}
    return decided(("/incidents", [incident]))


def against(decision: ConductDecision) -> list[str]:
    """The clauses that apply to incidents."""
    return [each.clause for each in decision.findings if each.line_id and each.effect is Effect.DEFEATS]


def asked(decision: ConductDecision) -> list[tuple[str, str, str | None]]:
    """Who is asked for what, about which incident."""
    return [(each.to, each.need, each.line_id) for each in decision.requests]


def finding(decision: ConductDecision, clause: str) -> Finding:
    """The finding of a clause."""
    (found,) = (each for each in decision.findings if each.clause == clause)
    return found


def amounts(decision: ConductDecision) -> dict[str, int]:
    """The amounts on the ladder."""
    return {each.step: each.amount for each in decision.ladder}


def measures(decision: ConductDecision) -> list[str]:
    """The available measures."""
    return [each.measure for each in decision.measures]


def incident(name: str, gravity: str) -> dict[str, Any]:
    """A judged incident with a gravity, or one that is open."""
    of: dict[str, dict[str, Any]] = {
        "none": {"official": True},
        "ordinary": {"official": False},
        "serious": {"official": False, "grave_threat": True},
        "none or ordinary": {"official": None},
        "ordinary or serious": {"official": False, "grave_threat": None},
        "a person": {"act": "other"},
    }
    return {"id": name, "act": "payment", "begun_by": "merchant", **HARMLESS, **of[gravity]}


def topped_up(amount: int, at: str = "2023-05-06T10:00:00+08:00") -> tuple[str, Any]:
    """A payment into the deposit."""
    return ("/shop/deposit/top_ups", [{"amount": amount, "paid_at": at}])
