"""Every line gets an answer for every guarantee that takes claims, other companies' policies included."""

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


# The whole answer


def test_every_line_has_an_answer_for_every_guarantee_in_order() -> None:
    """Lines in the order of the order, and the guarantees for each line."""
    order = an_order(a_line("L2"), a_line("L1"))
    found = [(each.line_id, each.policy.id) for each in entitlements(order, AS_OF).lines]
    assert found == [(line, policy) for line in ("L2", "L1") for policy in CLAIMED]


def test_a_policy_without_claims_gives_no_entitlements() -> None:
    """Admission to a programme is not an entitlement of an order."""
    assert {each.policy.id for each in entitlements(an_order(), AS_OF).lines} == {*CLAIMED}


@pytest.mark.parametrize("policy", ["no.such.policy", *OF_OTHER_KINDS])
def test_only_a_policy_with_claims_can_be_named(policy: str) -> None:
    """By its name. Other names are refused."""
    with pytest.raises(KeyError, match=policy):
        entitlements(an_order(), AS_OF, policy=policy)
    assert {each.policy.id for each in entitlements(an_order(), AS_OF, policy=DAMAGE).lines} == {DAMAGE}


def test_before_the_first_edition_there_is_nothing() -> None:
    """The edition at the time of the order applies."""
    before = Instant(policies()[DAMAGE][0].governs_from - 1)
    assert governing(DAMAGE, before) is None
    assert entitlements(an_order(placed_at=before), AS_OF, policy=DAMAGE).lines == ()


def test_an_order_of_the_future_is_refused() -> None:
    """It has not been placed yet."""
    with pytest.raises(InputError) as refused:
        entitlements(an_order(), Instant(PLACED_AT - 1))
    assert "/order/placed_at" in {fault.pointer for fault in refused.value.faults}


def test_the_document_is_plain_json() -> None:
    """Instants as text, and nothing that a payer could mistake for a decision."""
    found = entitlements_document(entitlements(an_order(), AS_OF, policy=AUTHENTICITY))
    assert found.keys() == {"order_id", "as_of", "currency", "lines", "together", "complete"}
    assert found["as_of"] == str(AS_OF)
    assert found["lines"][0]["answers"][0]["window"]["last_instant"] == "2022-06-24T23:59:59.999999+08:00"
    assert "key" not in found["lines"][0]["answers"][0]["at_most"]["amounts"][0]


# Another company's policy


@pytest.fixture
def acme(monkeypatch: pytest.MonkeyPatch) -> str:
    """Install another company's pack for a test: a promise whose clauses only say yes or no."""
    monkeypatch.syspath_prepend(str(Path(__file__).parents[3] / "docs" / "examples" / "acme"))
    from acme_returns import EDITIONS  # type: ignore[import-not-found, unused-ignore]  # on the path since a line ago

    installed = in_order((*editions(), *EDITIONS))
    for room in ("engine.registry", "analysis.entitlements.drafts"):
        monkeypatch.setattr(f"adjudicator.{room}.policies", lambda: installed)
    return "acme.returns"


def test_another_companys_promise_has_entitlements_without_any_texts(acme: str) -> None:
    """The path is found although no clause offers to correct it, the bars are listed, and the full price is refunded."""
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
