"""Cases that were once decided wrongly, with the right results (readings R50 to R60)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final

import pytest
from attrs import evolve

from adjudicator import decide
from adjudicator.model.time import Instant
from adjudicator.testing import laws
from adjudicator.wire.codec import case_from
from adjudicator.wire.pointer import put

FAULTS: Final = Path(__file__).parents[1] / "data" / "faults"


def the_case(name: str, *changes: tuple[str, Any]) -> Any:
    """A case that was once decided wrongly, optionally with changes."""
    document = json.loads((FAULTS / f"{name}.json").read_text("utf-8"))["case"]
    for pointer, value in changes:
        put(document, pointer, value)
    return case_from(document)


def asked(case: Any) -> list[tuple[str, str, str | None]]:
    """The requests: who is asked for what, about which document or incident."""
    return [(each.to, each.need, each.evidence_id or each.line_id) for each in decide(case).requests]


@pytest.mark.parametrize(
    ("name", "outcome", "needs"),
    [
        ("same-proof-second-claim", "needs_information", [("consumer", "counterfeit_proof", "L1")]),
        ("after-evidence-closed-letter", "denied", []),
        ("dispatch-implied-at", "in_order", []),
        ("dispatch-implied-found-false", "against_the_rule", []),
        ("dispatch-implied-wrong-way", "against_the_rule", []),
        ("reading-PV4-observed-before-dispatch", "needs_information", [("merchant", "proof_of_arrival", None)]),
        ("reading-PV4-observed-unknown", "needs_information", [("platform", "observation_time", "E1")]),
        ("reading-DA24-reopen-asks-papers-and-fitness", "may_reopen", []),
        ("reading-PV29-nationwide", "may_be_listed", []),
        ("reading-PV5-new-shop-no-reply-rate", "may_be_listed", []),
        ("reading-PO-cod-asks-who-began", "termination_open", []),
        ("reading-PO-official-cashback-card", "not_found", []),
        (
            "reading-PO-twice-without-notice-of-the-second",
            "needs_information",
            [("platform", "incident_time", "I")],
        ),
    ],
)
def test_a_reported_case_is_decided_as_the_readings_say(name: str, outcome: str, needs: list[Any]) -> None:
    """The outcome, and who is asked for what."""
    case = the_case(name)
    assert (str(decide(case).outcome), asked(case)) == (outcome, needs)


@pytest.mark.parametrize(
    ("name", "moment"),
    [
        ("reconsider-DA-two-grounds-one-lapses", "2024-08-05T00:00:00+08:00"),
        ("reconsider-PO-nothing-found-before", "2022-06-05T00:00:00+08:00"),
        ("reconsider-PO-repairable-promise-gravity-open-before", "2022-06-05T00:00:00+08:00"),
        ("reconsider-PO-after-the-window", None),
    ],
)
def test_a_reported_case_says_when_time_changes_it(name: str, moment: str | None) -> None:
    """Even if the case is refused for another reason, or nothing is found: a clause can become final or lapse."""
    case = the_case(name)
    assert decide(case).reconsider_at == (None if moment is None else Instant.parse(moment))
    laws.time_alone_changes_nothing_unannounced(case)


NOTICE: Final = "2021-06-01T00:00:00+08:00"
TWICE: Final = "reading-PO-twice-without-notice-of-the-second"


@pytest.mark.parametrize(
    ("happened_at", "step", "time"),
    [
        ("2021-05-31T23:59:59.999999+08:00", "notice_due", 1),
        (NOTICE, "notice_due", 1),
        ("2021-06-01T00:00:00.000001+08:00", "termination_open", 2),
    ],
)
def test_a_further_finding_needs_an_act_after_the_notice_of_an_earlier_one(
    happened_at: str, step: str, time: int
) -> None:
    """Strictly after it, because only then was the merchant warned. This finding itself needs no notice."""
    decision = decide(the_case(TWICE, ("/incidents/0/happened_at", happened_at)))
    assert (decision.outcome, decision.time) == (step, time)
    forfeited = "forfeit_deposit" in {each.measure for each in decision.measures}
    assert forfeited is (time == 2)


def test_without_earlier_notice_the_time_of_an_act_is_not_asked_for() -> None:
    """If earlier findings are unknown, both are asked for."""
    notice = "/shop/earlier_findings/0/notice"
    assert asked(the_case(TWICE, (notice, {"happened": False}))) == []
    both = {("platform", "earlier_findings", None), ("platform", "incident_time", "I")}
    assert set(asked(the_case(TWICE, (notice, None)))) == both
    assert set(asked(the_case(TWICE, ("/shop/earlier_findings", None)))) == both
    after = ("/incidents/0/happened_at", "2022-01-01T00:00:00+08:00")
    assert asked(the_case(TWICE, (notice, {"happened": True}), after)) == [("platform", "earlier_findings", None)]
    assert decide(the_case(TWICE, (notice, None), after)).time is None


def test_an_act_without_a_finding_makes_no_further_finding() -> None:
    """One of two acts is after the notice, but official, so it is no conduct."""
    found_before, official_after = (
        {"id": name, "act": "payment", "begun_by": "merchant", "official": official, "happened_at": at}
        | {"problems": [], "risks": [], "prohibited_goods": False, "other_violation": False, "grave_threat": False}
        for name, official, at in (("I1", False, "2021-01-01T00:00:00Z"), ("I2", True, "2022-01-01T00:00:00Z"))
    )
    for acts, time in (
        ([found_before, official_after], 1),
        ([found_before, {**official_after, "official": False}], 2),
        ([found_before, {**official_after, "official": None}], None),
        ([{**official_after, "official": None}], None),
    ):
        assert decide(the_case(TWICE, ("/incidents", acts))).time == time


@pytest.mark.parametrize("happened_at", ["2022-06-02T12:00:00.000001+08:00"])
def test_no_act_happened_after_the_moment_of_the_decision(happened_at: str) -> None:
    """A later one is a fault in the input."""
    with pytest.raises(Exception, match="/incidents/0/happened_at"):
        the_case(TWICE, ("/incidents/0/happened_at", happened_at))


def test_reopening_depends_on_the_shop_score_and_staying_on_the_experience_score() -> None:
    """R54: neither replaces the other."""
    name = "reading-DA24-reopen-asks-papers-and-fitness"
    no_score = ("/shop/shop_score", None)
    assert asked(the_case(name, no_score, ("/shop/experience_score", "4.5"))) == [("platform", "shop_score", None)]
    staying = (
        ("/checked/state", "promoted"),
        ("/checked/brand_papers_in_order", True),
        ("/checked/found_unfit", False),
    )
    assert asked(the_case(name, *staying)) == [("platform", "experience_score", None)]
    low = the_case(name, *staying, ("/shop/experience_score", "3.4999"))
    assert decide(low).outcome == "may_be_cleared"


def test_unverified_proof_of_dispatch_is_pending() -> None:
    """R53: it is waited for only if it would make the feedback worthless, not if the feedback is later anyway."""
    name = "reading-PV4-observed-before-dispatch"
    unverified = ("/evidence/1/verification", "unverified")
    assert asked(the_case(name, unverified)) == [("platform", "verification", "E2")]
    later = ("/evidence/0/observed_at", "2022-06-01T12:00:00.000001+08:00")
    assert decide(the_case(name, unverified, later)).outcome == "not_arrived"
    at_it = ("/evidence/0/observed_at", "2022-06-01T12:00:00+08:00")
    assert asked(the_case(name, at_it)) == [("merchant", "proof_of_arrival", None)]
    assert decide(the_case(name, ("/evidence/0/shows", "arrived"))).outcome == "arrived"


@pytest.mark.parametrize("path", sorted(FAULTS.glob("*.json")), ids=lambda path: str(path.stem))
def test_the_laws_hold_for_reported_cases(path: Path) -> None:
    """Nothing changes unannounced, and a party that has answered a request is not asked again."""
    case = the_case(path.stem)
    laws.time_alone_changes_nothing_unannounced(case)
    laws.requests_are_honest(case)
    earlier = decide(case).reconsider_at
    if earlier is not None:
        laws.time_alone_changes_nothing_unannounced(evolve(case, as_of=Instant(earlier - 1)))
