"""A claim made exactly as the answer says gets exactly the stated amounts, and no claim gets more."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from attrs import evolve
from hypothesis import assume, given
from hypothesis import strategies as st

from adjudicator import ClaimDecision, Instant, decide
from adjudicator.analysis.edits import applied, supplied
from adjudicator.analysis.entitlements import (
    Answer,
    Entitlement,
    Entitlements,
    Maximum,
    Needed,
    Status,
    Together,
    entitlements,
)
from adjudicator.model.case import Case
from adjudicator.model.claim import ClaimItem, Settlement
from adjudicator.model.decision import Outcome
from adjudicator.model.enumerations import SettlementKind
from adjudicator.model.finding import Request
from adjudicator.model.order import Order, OrderLine
from adjudicator.model.time import DAY
from adjudicator.testing import a_case, a_claim, cases
from adjudicator.testing.comparison import APPROVED
from adjudicator.wire.codec import document_of
from entitlements.asking import GUARANTEES, OPEN, entitlements_of, for_every_guarantee, of, some


def with_places(case: Case, values: Mapping[str, Any]) -> Case:
    """A copy of the case with other values at some paths."""
    changed: Case = applied(case, [(place, document_of(value)) for place, value in values.items()])
    return changed


def with_order_as(case: Case, values: Mapping[str, Any]) -> Case:
    """The case with values filled into its order; a new parcel carries every line."""
    new = {pointer.replace("/-/", "/0/"): value for pointer, value in values.items()}
    if new != dict(values):
        new["/order/parcels/0/line_ids"] = tuple(line.id for line in case.order.lines)
    return with_places(case, new)


def filed(order: Order, policy: str, lines: Iterable[OrderLine], moment: Instant, ledger: Iterable[Settlement]) -> Case:
    """A claim for all units of some lines that does not meet any condition yet."""
    items = (ClaimItem(line_id=line.id, quantity=line.quantity) for line in lines)
    claim = a_claim(*items, filed_at=moment, claimant_id=order.buyer_id, merchant_reply=None, id="of its own")
    return a_case(policy, order=order, claim=claim, as_of=moment, settlements=ledger)


def on_the_path(case: Case, path: Mapping[str, tuple[Any, ...]], choose: Any) -> Case:
    """The claim, filed on the stated path."""
    places: dict[str, Any] = {}
    for place, values in path.items():
        if place == "/claim/demands":
            places[place] = values
        elif values:
            places[place] = choose(values)
    return with_places(case, places)


def handing_in(case: Case, line_id: str, needed: Iterable[Needed], choose: Any) -> Case:
    """The claim with the required evidence; one acceptable piece of each kind is chosen."""
    for each in needed:
        request = Request(each.to, each.need, line_id, (choose(each.accepts),), None, None)
        case = choose(tuple(supplied(case, request)))
    return case


def decided_as_stated(
    case: Case, entitlement: Entitlement, answer: Answer, moment: Instant, choose: Any
) -> ClaimDecision:
    """The decision on a claim that is made at an instant exactly as stated."""
    filled_in = with_order_as(
        case, {**{place: values[0] for place, values in answer.assuming.items()}, **answer.supposing}
    )
    line = next(line for line in filled_in.order.lines if line.id == entitlement.line_id)
    claim = filed(filled_in.order, entitlement.policy.id, [line], moment, case.settlements)
    claim = on_the_path(claim, answer.path, choose)
    return decide(handing_in(claim, line.id, (*answer.besides, *answer.proof), choose))


def is_exactly(decision: ClaimDecision, maximum: Maximum) -> bool:
    """Whether a decision pays exactly the stated amounts of each kind, and allows the same return."""
    stated = {(each.kind, each.line_id): (each.amount, each.entitled, each.settled) for each in maximum.amounts}
    paid = {(each.kind, each.line_id): (each.amount, each.entitled, each.settled) for each in decision.awards}
    return (
        paid == stated
        and decision.total == maximum.total
        and decision.ladder == maximum.ladder
        and sum(line.units for line in decision.lines) == maximum.units
        and (decision.return_authorisation is None) is (maximum.return_authorisation is None)
    )


@for_every_guarantee
@some
@given(data=st.data())
def test_a_claim_at_the_last_entitled_instant_gets_exactly_what_was_stated(policy: str, data: st.DataObject) -> None:
    """On the stated path and with the stated proof it is approved; a microsecond later it is not."""
    case = data.draw(cases(policy))

    def choose(values: Any) -> Any:
        return data.draw(st.sampled_from(values))

    for entitlement in entitlements_of(case, policy).lines:
        for answer in entitlement.answers:
            if answer.at_most is None:
                continue
            maximum, window = answer.at_most, answer.window
            last = Instant(case.as_of + 1_000 * DAY) if window is None else window.last_instant
            decision = decided_as_stated(case, entitlement, answer, last, choose)
            unnamed = [each for each in decision.requests if not all(each.accepts)]
            hangs_on_the_brand = {"line_brand"} == {each.need for each in decision.requests}
            if hangs_on_the_brand:
                continue
            assert not unnamed
            assert decision.outcome in APPROVED, decision.findings
            assert is_exactly(decision, maximum)
            assert decision.requests == ()
            if window is not None:
                late = decided_as_stated(case, entitlement, answer, Instant(last + 1), choose)
                assert late.outcome is Outcome.DENIED
                assert late.total == 0


@for_every_guarantee
@some
@given(data=st.data())
def test_all_lines_together_get_exactly_what_was_stated(policy: str, data: st.DataObject) -> None:
    """In one claim, as long as all of them can be claimed; a microsecond later one of them cannot."""
    case = data.draw(cases(policy))

    def choose(values: Any) -> Any:
        return data.draw(st.sampled_from(values))

    found = entitlements_of(case, policy)
    for together in found.together:
        first = decided_together_as_stated(case, found, together, together.last_instant or case.as_of, choose)
        if {each.need for each in first.requests} & {"line_brand", "goods_category"}:
            continue
        assert first.outcome in APPROVED
        assert is_exactly(first, together.at_most)
        if together.last_instant is not None:
            late = decided_together_as_stated(case, found, together, Instant(together.last_instant + 1), choose)
            assert late.outcome not in APPROVED or late.outcome is Outcome.PARTIALLY_APPROVED
            assert any(line.outcome not in APPROVED for line in late.lines)
            assert late.total <= together.at_most.total


def decided_together_as_stated(
    case: Case, found: Entitlements, together: Together, moment: Instant, choose: Any
) -> ClaimDecision:
    """The decision on a claim for several lines, made at an instant exactly as stated for each of them."""
    lines = [line for line in case.order.lines if line.id in together.line_ids]
    claim = on_the_path(filed(case.order, together.policy.id, lines, moment, case.settlements), together.path, choose)
    for entitlement in found.lines:
        if entitlement.policy == together.policy and entitlement.line_id in together.line_ids:
            answer = entitlement.answers[0]
            claim = handing_in(claim, entitlement.line_id, (*answer.besides, *answer.proof), choose)
    return decide(claim)


@for_every_guarantee
@some
@given(data=st.data())
def test_no_claim_gets_what_is_not_there(policy: str, data: st.DataObject) -> None:
    """Whatever the evidence, a line that is not covered or closed is never approved, and no line gets more than stated."""
    case = data.draw(cases(policy))
    ledger = tuple(evolve(each, settled_at=None) for each in case.settlements if each.reversed_at is None)
    found = {
        each.line_id: each
        for each in entitlements(case.order, case.claim.filed_at, settlements=ledger, policy=policy).lines
    }
    for item in case.claim.items:
        decision = decide(evolve(case, claim=evolve(case.claim, items=(item,))))
        entitlement = found[item.line_id]
        if entitlement.status in (Status.NOT_COVERED, Status.CLOSED):
            assert decision.outcome not in APPROVED
        elif decision.outcome in APPROVED:
            totals = [each.at_most.total for each in entitlement.answers if each.at_most is not None]
            assert totals
            assert decision.total <= max(totals)


@for_every_guarantee
@some
@given(data=st.data())
def test_an_answer_is_right_once_its_assumption_is_known(policy: str, data: st.DataObject) -> None:
    """Once the fact is known, the answer is the one that was stated for it."""
    case = data.draw(cases(policy))
    for entitlement in entitlements_of(case, policy).lines:
        for answer in entitlement.answers:
            if not answer.assuming:
                continue
            assumed = {place: data.draw(st.sampled_from(values)) for place, values in answer.assuming.items()}
            known = with_places(case, assumed).order
            now = of(known, entitlement.policy.id, case.as_of, entitlement.line_id, settlements=case.settlements)
            (same,) = now.answers
            assert (same.status, same.window, same.proof) == (answer.status, answer.window, answer.proof)
            assert same.at_most == answer.at_most


@for_every_guarantee
@some
@given(data=st.data())
def test_the_status_is_that_of_its_answers(policy: str, data: st.DataObject) -> None:
    """All answers share it, or it depends on unknown facts, which are stated; it is certain only if every answer is open."""
    case = data.draw(cases(policy))
    for entitlement in entitlements_of(case, policy).lines:
        statuses = {each.status for each in entitlement.answers}
        assert statuses == {entitlement.status} or entitlement.status is Status.DEPENDS
        assert (entitlement.certain_until is not None) is (statuses == {Status.OPEN})
        if entitlement.status is Status.DEPENDS:
            assert any(each.matters for each in entitlement.not_known)
        for answer in entitlement.answers:
            assert (answer.at_most is not None) is (answer.status in (*OPEN, Status.NOT_YET))
            assert answer.status is not Status.OPEN or (answer.window and answer.window.last_instant >= case.as_of)
            assert answer.status is not Status.NOT_COVERED or answer.against


@some
@given(data=st.data())
def test_an_earlier_payment_never_raises_what_can_be_had(data: st.DataObject) -> None:
    """With earlier payments there is at most as much as without. Only a used-up proof can leave a line waiting for more."""
    case = data.draw(cases(data.draw(st.sampled_from(GUARANTEES[:2]))))
    assume(case.settlements)
    bare = entitlements(case.order, case.as_of).lines
    for before, after in zip(
        bare, entitlements(case.order, case.as_of, settlements=case.settlements).lines, strict=True
    ):
        used = any(
            each.kind is SettlementKind.COMPENSATION and each.line_id == after.line_id for each in case.settlements
        )
        assert before.status is after.status or (used and after.status is Status.DEPENDS)
        for one, other in zip(before.answers, after.answers, strict=True):
            assert (one.at_most is None) is (other.at_most is None) or (used and other.at_most is None)
            if one.at_most and other.at_most:
                assert other.at_most.total <= one.at_most.total
