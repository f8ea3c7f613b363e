"""What changed between two decisions of one case, and why."""

from __future__ import annotations

import json

import attrs
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from adjudicator import InputError, decide
from adjudicator.analysis.diff import Change, Changed, Why, diff, difference_document
from adjudicator.engine.registry import policies
from adjudicator.explain import explained
from adjudicator.explain.difference import difference_page
from adjudicator.model.award import AwardKind
from adjudicator.model.enumerations import Category, Ground, Verification
from adjudicator.model.finding import Effect
from adjudicator.model.soundness import CaseBase
from adjudicator.testing import a_bar_finding, a_case, a_damage_photo, a_line, an_appraisal, an_order, cases
from adjudicator.wire.codec import case_from
from adjudicator.words import LANGUAGES
from documents import documents
from explanations.reading import holes_in

AUTHENTICITY = "douyin_global.authenticity"
DAMAGE = "douyin_global.damage"
many = settings(max_examples=settings().max_examples // 3, deadline=None, suppress_health_check=list(HealthCheck))


@pytest.mark.parametrize("policy", policies())
@many
@given(data=st.data())
def test_a_decision_does_not_differ_from_itself(policy: str, data: st.DataObject) -> None:
    case = case_from(data.draw(documents(policy)))
    decision = decide(case)
    found = diff(decision, decision, cases=(case, case))
    assert found.is_empty
    assert found.case == ()


@pytest.mark.parametrize("policy", policies())
@many
@given(data=st.data())
def test_a_difference_is_symmetric(policy: str, data: st.DataObject) -> None:
    """Both directions show the same differences, with before and after exchanged; and no difference is missing."""
    one, other = (case_from({**data.draw(documents(policy)), "id": "case-1"}) for _ in range(2))
    before, after = decide(one), decide(other)
    there, back = diff(before, after, cases=(one, other)), diff(after, before, cases=(other, one))
    for name in ("lines", "awards", "deadlines", "remarks"):
        turned = [repr(Changed(each.after, each.before)) for each in getattr(back, name)]
        assert sorted(map(repr, getattr(there, name))) == sorted(turned)
    for name in ("requests", "remarks", "outcome", "deadlines"):
        assert getattr(before, name) == getattr(after, name) or not there.is_empty, name
    for each in there.findings:
        assert each.why is Why.FACTS or not each.facts
        assert each.why is not Why.RULE
        assert each.facts, "with both cases at hand there is always a fact behind a change"


@pytest.mark.parametrize("policy", policies())
@many
@given(data=st.data())
def test_a_difference_has_complete_texts_in_every_language(policy: str, data: st.DataObject) -> None:
    one, other = (case_from({**data.draw(documents(policy)), "id": "case-1"}) for _ in range(2))
    found = diff(decide(one), decide(other), cases=(one, other))
    assert json.loads(json.dumps(difference_document(found)))["case_id"] == "case-1"
    for language in LANGUAGES:
        page = difference_page(found, getattr(decide(other), "currency", None), language)
        assert holes_in(page, is_letter=False) == []


def test_a_finding_changed_because_of_a_fact() -> None:
    """Value before, value after, and the effect on the money."""
    before = decide(a_case(DAMAGE, a_damage_photo(), as_of=a_later()))
    after = decide(a_case(DAMAGE, a_damage_photo(), as_of=a_later(), order=an_order(a_line(badges=()))))
    found = diff(before, after)
    (changed,) = found.findings
    assert changed.finding.before is not None
    assert changed.finding.before.clause == "goods_carry_the_damage_badge"
    assert changed.why is Why.FACTS
    assert changed.facts == (Change("badges", ("authenticity", "damage", "local_return"), ()),)
    assert found.outcome == Changed("approved", "denied")
    assert {each.before.kind for each in found.awards if each.before} == {
        AwardKind.REFUND,
        AwardKind.TAX,
        AwardKind.POSTAGE,
    }
    assert all(each.after is None for each in found.awards)
    assert [each.after.code for each in found.remarks if each.after] == ["rights_by_law_remain"]


def a_later() -> object:
    return a_case(DAMAGE).as_of


def test_changes_within_a_document_are_shown_if_the_cases_are_known() -> None:
    """A document is a fact by its id. Without the cases, the diff can only say that the case changed."""
    pending, verified = (
        a_case(AUTHENTICITY, an_appraisal(verification=each))
        for each in (Verification.UNVERIFIED, Verification.VERIFIED)
    )
    alone = diff(decide(pending), decide(verified))
    assert [each.why for each in alone.findings] == [Why.CASE]
    found = diff(decide(pending), decide(verified), cases=(pending, verified))
    (changed,) = found.findings
    assert changed.why is Why.FACTS
    assert changed.facts == (Change("/evidence/0/verification", "unverified", "verified"),)
    assert [each.need for each in found.answered] == ["verification"]
    assert found.asked == ()


def test_documents_are_distinguished_by_their_ids_and_not_by_their_places() -> None:
    one, other = an_appraisal("E1"), an_appraisal("E2", verification=Verification.UNVERIFIED)
    before, after = a_case(AUTHENTICITY, one, other), a_case(AUTHENTICITY, other, one)
    assert diff(decide(before), decide(after), cases=(before, after)).case == ()


def test_a_document_of_another_clause_is_not_a_cause_of_a_change() -> None:
    before = a_case(AUTHENTICITY, an_appraisal())
    after = a_case(AUTHENTICITY, an_appraisal(units_covered=1), a_bar_finding(Ground.GOODS_SWAPPED, "E2"))
    found = diff(decide(before), decide(after), cases=(before, after))
    (changed,) = found.findings
    assert changed.finding.after is not None
    assert changed.finding.after.effect is Effect.DEFEATS
    assert changed.facts[0] == Change("bar_findings", (), ("E2",))
    assert all(each.what.startswith(("bar_findings", "/evidence/1/")) for each in changed.facts)


def test_another_revision_of_the_rule_is_a_reason_too() -> None:
    """With the same facts and a different finding, the rule must have changed."""
    case = a_case(DAMAGE, a_damage_photo(leak=False), order=an_order(a_line(category=Category.OTHER)))
    (edition,) = policies()[DAMAGE]
    wider = attrs.evolve(edition, settings={"leak_required": False}, revision=2)
    found = diff(decide(case), decide(case, wider), cases=(case, case))
    assert {each.why for each in found.findings} == {Why.RULE}
    assert found.policy.before != found.policy.after
    text = "".join(explained([difference_page(found, "CNY", "en")], "text"))
    assert "Because another edition or revision of the rule decided it." in text


def test_a_deadline_that_moved_is_shown() -> None:
    later = a_line(completed_at=attrs.evolve(a_line()).completed_at)
    assert later.completed_at is not None
    moved = a_line(completed_at=type(later.completed_at)(later.completed_at - 24 * 3600 * 1_000_000))
    found = diff(decide(a_case(AUTHENTICITY)), decide(a_case(AUTHENTICITY, order=an_order(moved))))
    (changed,) = found.deadlines
    assert changed.before is not None
    assert changed.after is not None
    assert changed.before.ends_at > changed.after.ends_at


@given(one=cases(AUTHENTICITY))
@settings(max_examples=5, deadline=None, suppress_health_check=list(HealthCheck))
def test_decisions_of_two_cases_are_not_compared(one: CaseBase) -> None:
    decision = decide(one)
    assume(decision.case_id != "another")
    with pytest.raises(InputError, match="a decision of the same case as the first") as refused:
        diff(decision, attrs.evolve(decision, case_id="another"))
    assert refused.value.faults[0].pointer == "/case_id"
