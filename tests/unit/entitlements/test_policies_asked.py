"""Every line is told under every guarantee that claims can be made under, also of somebody else's policy."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pytest

from adjudicator import InputError, Instant
from adjudicator.analysis.entitlements import Status, entitlements, entitlements_document
from adjudicator.engine.registry import editions, governing, in_order, policies
from adjudicator.model.award import AwardKind
from adjudicator.model.enumerations import Category
from adjudicator.testing import AS_OF, PLACED_AT, a_line, an_order
from documents import OF_OTHER_KINDS
from entitlements.asking import AUTHENTICITY, DAMAGE, at_most, of

CLAIMED: Final = tuple(policy for policy in policies() if policy not in OF_OTHER_KINDS)


# The whole


def test_every_line_is_answered_under_every_guarantee_in_order() -> None:
    """Lines in the order of the order, and for each of them the guarantees."""
    order = an_order(a_line("L2"), a_line("L1"))
    told = [(each.line_id, each.policy.id) for each in entitlements(order, AS_OF).lines]
    assert told == [(line, policy) for line in ("L2", "L1") for policy in CLAIMED]


def test_a_policy_that_decides_something_else_gives_nothing() -> None:
    """Admission to a programme is no entitlement under an order."""
    assert {each.policy.id for each in entitlements(an_order(), AS_OF).lines} == {*CLAIMED}


@pytest.mark.parametrize("policy", ["no.such.policy", *OF_OTHER_KINDS])
def test_only_a_policy_that_decides_claims_can_be_asked_for(policy: str) -> None:
    """By its name; for another one nothing is made up."""
    with pytest.raises(KeyError, match=policy):
        entitlements(an_order(), AS_OF, policy=policy)
    assert {each.policy.id for each in entitlements(an_order(), AS_OF, policy=DAMAGE).lines} == {DAMAGE}


def test_before_the_first_edition_there_is_nothing() -> None:
    """An order is judged under what was in force when it was placed."""
    before = Instant(policies()[DAMAGE][0].governs_from - 1)
    assert governing(DAMAGE, before) is None
    assert entitlements(an_order(placed_at=before), AS_OF, policy=DAMAGE).lines == ()


def test_an_order_of_the_future_is_refused() -> None:
    """It has not been placed yet."""
    with pytest.raises(InputError) as refused:
        entitlements(an_order(), Instant(PLACED_AT - 1))
    assert "/order/placed_at" in {fault.pointer for fault in refused.value.faults}


def test_the_document_is_plain_json() -> None:
    """Instants as text, and nothing that could be paid on."""
    told = entitlements_document(entitlements(an_order(), AS_OF, policy=AUTHENTICITY))
    assert told.keys() == {"order_id", "as_of", "currency", "lines", "together", "complete"}
    assert told["as_of"] == str(AS_OF)
    assert told["lines"][0]["answers"][0]["window"]["last_instant"] == "2022-06-24T23:59:59.999999+08:00"
    assert "key" not in told["lines"][0]["answers"][0]["at_most"]["amounts"][0]


# A policy of somebody else's


@pytest.fixture
def acme(monkeypatch: pytest.MonkeyPatch) -> str:
    """Another company's pack, installed for a while: its own promise, whose clauses say yes or no and ask for nothing."""
    monkeypatch.syspath_prepend(str(Path(__file__).parents[3] / "docs" / "examples" / "acme"))
    from acme_returns import EDITIONS  # type: ignore[import-not-found, unused-ignore]  # on the path since a line ago

    installed = in_order((*editions(), *EDITIONS))
    for room in ("engine.registry", "analysis.entitlements.drafts"):
        monkeypatch.setattr(f"adjudicator.{room}.policies", lambda: installed)
    return "acme.returns"


def test_another_company_s_promise_has_its_entitlements_without_a_word(acme: str) -> None:
    """The path is found although nobody asks to put it right, what bars is told, and the price comes back whole."""
    july = Instant.parse("2024-07-01T12:00:00+08:00")
    lines = (
        a_line("L1", quantity=3, completed_at=july),
        a_line("L2", category=Category.FOOD, completed_at=july),
        a_line("L3", category=None, completed_at=july),
    )
    order = an_order(*lines, placed_at=july)
    open_line, barred, unknown = (of(order, acme, july, line.id) for line in lines)
    assert open_line.status is Status.OPEN
    assert str(open_line.certain_until) == "2024-07-16T23:59:59.999999+08:00"
    assert open_line.answers[0].path == {"/claim/filed_through": ("order_page",)}
    assert [(each.kind, each.amount) for each in at_most(open_line.answers[0]).amounts] == [(AwardKind.REFUND, 25_900)]
    assert open_line.answers[0].proof == ()
    assert barred.status is Status.NOT_COVERED
    assert [each.clause for each in barred.answers[0].against] == ["goods_are_food"]
    assert unknown.status is Status.DEPENDS
    assert {(*each.assuming.values(), each.status) for each in unknown.answers} == {
        (("food", "milk_powder"), Status.NOT_COVERED),
        (("alcohol", "other"), Status.OPEN),
    }
