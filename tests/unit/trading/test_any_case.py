"""Properties of every case of off-platform trading, on generated cases."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from hypothesis import given

from adjudicator.model.decision import Gravity, IncidentOutcome
from pinduoduo import trading_case as pack
from pinduoduo.trading_facts import OFF_PLATFORM_TRADING
from trading.cases import NOTHING, amounts, asked, decided, measures
from tradings import FOUND, RAISE, trading_documents

EXAMPLES: Final = Path(pack.__file__).with_name("examples")


def completed(document: Any) -> Iterator[Any]:
    """The case with all unknown facts filled in, in a few ways."""
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
        found = {name: value for name, value in (shop["deposit"] or {}).items() if value is not None}
        yield {
            **document,
            "incidents": incidents,
            "shop": {
                **shop,
                "deposit": {**deposit, **found},
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
    """What is decided despite unknown facts stays the same whatever they turn out to be; measures are only added."""
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
    """In reverse order, the findings and consequences are the same."""
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
    """Its result does not depend on the other incidents."""
    together = decided(of=document)
    for position, each in enumerate(document["incidents"]):
        alone = decided(("/incidents", [each]), of=document)
        assert alone.incidents == (together.incidents[position],)


@given(trading_documents())
def test_amounts_add_up(document: Any) -> None:
    """The amount held and the amount due or short add up to the standard; nothing is negative, and measures have the ladder's amounts."""
    decision = decided(of=document)
    found = amounts(decision)
    standard: int = (document["shop"]["deposit"] or {}).get("standard") or 0
    if "new_deposit_standard" in found:
        assert found["new_deposit_standard"] == standard + RAISE
    if {"shortfall", "deposit_held"} <= found.keys():
        assert found["shortfall"] == max(0, standard + RAISE - found["deposit_held"])
    assert all(amount >= 0 for amount in found.values())
    of = {
        "raise_deposit_standard": "new_deposit_standard",
        "forfeit_deposit": "deposit_held",
        "take_the_difference": "shortfall",
    }
    for each in decision.measures:
        assert each.amount == (found.get(of[each.measure]) if each.measure in of else None)


@given(trading_documents())
def test_each_outcome_has_its_finding_and_measures(document: Any) -> None:
    """An outcome requires its finding, and its measures are among those available."""
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


def test_the_examples_cover_every_step() -> None:
    """The handbook's examples reach every result that a case can have."""
    reached = {decided(of=json.loads(path.read_text("utf-8"))).outcome for path in EXAMPLES.glob("trading-*.json")}
    assert {*OFF_PLATFORM_TRADING.outcomes} == reached


LAST_OF_DAY_3: Final = "2022-12-03T23:59:59.999999+08:00"
DAY_4: Final = "2022-12-04T00:00:00+08:00"
MAY_BE: Final = {"prohibited_goods": False, "other_violation": True, "grave_threat": False}


def test_a_change_through_time_is_announced_even_before_a_finding() -> None:
    """A person judges whether the act is conduct; once day 3 is over nothing else can be asked for."""
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
