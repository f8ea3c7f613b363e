"""Entitlements: what is told beforehand is what a claim then gets, to the microsecond and to the cent."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, Final, TypeAlias

import pytest
from attrs import evolve
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from rich.console import Console

from adjudicator import ClaimDecision, InputError, Instant, decide
from adjudicator.analysis.edits import applied, supplied
from adjudicator.analysis.entitlements import (
    Answer,
    Entitlement,
    Entitlements,
    Maximum,
    Needed,
    OrderInquiry,
    Status,
    Together,
    entitlements,
    entitlements_document,
    load_inquiry,
)
from adjudicator.analysis.entitlements.drafts import draft_claim
from adjudicator.cli import main
from adjudicator.cli.pages.entitlements import entitlements_page
from adjudicator.cli.pages.layout import Marks
from adjudicator.engine.registry import editions, governing, in_order, policies
from adjudicator.model.award import AwardKind, FreightBearer
from adjudicator.model.case import Case
from adjudicator.model.claim import ClaimItem, Settlement
from adjudicator.model.decision import Outcome
from adjudicator.model.enumerations import Badge, Category, Programme, SettlementKind
from adjudicator.model.finding import Request
from adjudicator.model.order import Order, OrderLine
from adjudicator.model.time import DAY, SECOND
from adjudicator.testing import (
    AS_OF,
    COMPLETED_AT,
    PLACED_AT,
    SIGNED_AT,
    WAYBILL,
    Json,
    a_case,
    a_claim,
    a_line,
    a_merchant,
    a_parcel,
    a_settlement,
    an_order,
    case_documents,
    cases,
    invalid_documents,
    nearly_valid_documents,
)
from adjudicator.testing.comparison import APPROVED
from adjudicator.wire.codec import case_document, case_from, document_of, load_case
from adjudicator.words import LANGUAGES, Words
from documents import OF_OTHER_KINDS

AUTHENTICITY: Final = "douyin_global.authenticity"
DAMAGE: Final = "douyin_global.damage"
LOCAL_RETURN: Final = "douyin_global.local_return"
GUARANTEES: Final = (AUTHENTICITY, DAMAGE, LOCAL_RETURN)
CLAIMED: Final = tuple(policy for policy in policies() if policy not in OF_OTHER_KINDS)
OPEN: Final = (Status.OPEN, Status.OPEN_WITHOUT_END)

for_every_guarantee = pytest.mark.parametrize("policy", GUARANTEES)
some = settings(max_examples=settings().max_examples // 2)
"""A case is asked about under a dozen claims each time."""
few = settings(max_examples=settings().max_examples // 3)


def told(case: Case, policy: str) -> Entitlements:
    """What one guarantee gives for the order of a case, with what was settled on it before."""
    return entitlements(case.order, case.as_of, settlements=case.settlements, policy=policy)


def of(order: Order, policy: str, as_of: Instant = AS_OF, line_id: str = "L1", **ledger: Any) -> Entitlement:
    """What one guarantee gives for one line."""
    (found,) = (each for each in entitlements(order, as_of, policy=policy, **ledger).lines if each.line_id == line_id)
    return found


def the_answer(order: Order, policy: str, as_of: Instant = AS_OF, **ledger: Any) -> Answer:
    """The only answer that a guarantee gives for an order of one line."""
    (answer,) = of(order, policy, as_of, **ledger).answers
    return answer


def at_most(answer: Answer) -> Maximum:
    """What can be had at most, where anything can."""
    assert answer.at_most is not None
    return answer.at_most


# Claims as they were told to be made


def with_places(case: Case, values: Mapping[str, Any]) -> Case:
    """The case with values at places of it."""
    changed: Case = applied(case, [(place, document_of(value)) for place, value in values.items()])
    return changed


def with_order_as(case: Case, values: Mapping[str, Any]) -> Case:
    """The case with values of its order filled in; a new parcel carries every line."""
    new = {pointer.replace("/-/", "/0/"): value for pointer, value in values.items()}
    if new != dict(values):
        new["/order/parcels/0/line_ids"] = tuple(line.id for line in case.order.lines)
    return with_places(case, new)


def filed(order: Order, policy: str, lines: Iterable[OrderLine], moment: Instant, ledger: Iterable[Settlement]) -> Case:
    """A claim for all units of some lines that is in no way as it should be yet."""
    items = (ClaimItem(line_id=line.id, quantity=line.quantity) for line in lines)
    claim = a_claim(*items, filed_at=moment, claimant_id=order.buyer_id, merchant_reply=None, id="of its own")
    return a_case(policy, order=order, claim=claim, as_of=moment, settlements=ledger)


def on_the_path(case: Case, path: Mapping[str, tuple[Any, ...]], choose: Any) -> Case:
    """The claim, filed as it was told to be."""
    places: dict[str, Any] = {}
    for place, values in path.items():
        if place == "/claim/demands":
            places[place] = values
        elif values:
            places[place] = choose(values)
    return with_places(case, places)


def handing_in(case: Case, line_id: str, needed: Iterable[Needed], choose: Any) -> Case:
    """The claim with what it needs; of several acceptable pieces one is chosen."""
    for each in needed:
        request = Request(each.to, each.need, line_id, (choose(each.accepts),), None, None)
        case = choose(tuple(supplied(case, request)))
    return case


def as_told(case: Case, entitlement: Entitlement, answer: Answer, moment: Instant, choose: Any) -> ClaimDecision:
    """The decision on a claim that is made at an instant exactly as it was told to be."""
    filled_in = with_order_as(
        case, {**{place: values[0] for place, values in answer.assuming.items()}, **answer.supposing}
    )
    line = next(line for line in filled_in.order.lines if line.id == entitlement.line_id)
    claim = filed(filled_in.order, entitlement.policy.id, [line], moment, case.settlements)
    claim = on_the_path(claim, answer.path, choose)
    return decide(handing_in(claim, line.id, (*answer.besides, *answer.proof), choose))


def is_exactly(decision: ClaimDecision, maximum: Maximum) -> bool:
    """Whether a decision pays what was stated, kind by kind, and allows the same return."""
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
    """On the path that was named and with the proof that was named it is approved; one microsecond later it is not."""
    case = data.draw(cases(policy))

    def choose(values: Any) -> Any:
        return data.draw(st.sampled_from(values))

    for entitlement in told(case, policy).lines:
        for answer in entitlement.answers:
            if answer.at_most is None:
                continue
            maximum, window = answer.at_most, answer.window
            last = Instant(case.as_of + 1_000 * DAY) if window is None else window.last_instant
            decision = as_told(case, entitlement, answer, last, choose)
            unnamed = [each for each in decision.requests if not all(each.accepts)]
            hangs_on_the_brand = {"line_brand"} == {each.need for each in decision.requests}
            if hangs_on_the_brand:
                continue
            assert not unnamed
            assert decision.outcome in APPROVED, decision.findings
            assert is_exactly(decision, maximum)
            assert decision.requests == ()
            if window is not None:
                late = as_told(case, entitlement, answer, Instant(last + 1), choose)
                assert late.outcome is Outcome.DENIED
                assert late.total == 0


@for_every_guarantee
@some
@given(data=st.data())
def test_all_lines_together_get_exactly_what_was_stated(policy: str, data: st.DataObject) -> None:
    """In one claim, for as long as all of them can be claimed; one microsecond later one of them cannot."""
    case = data.draw(cases(policy))

    def choose(values: Any) -> Any:
        return data.draw(st.sampled_from(values))

    found = told(case, policy)
    for together in found.together:
        first = as_told_together(case, found, together, together.last_instant or case.as_of, choose)
        if {each.need for each in first.requests} & {"line_brand", "goods_category"}:
            continue
        assert first.outcome in APPROVED
        assert is_exactly(first, together.at_most)
        if together.last_instant is not None:
            late = as_told_together(case, found, together, Instant(together.last_instant + 1), choose)
            assert late.outcome not in APPROVED or late.outcome is Outcome.PARTIALLY_APPROVED
            assert any(line.outcome not in APPROVED for line in late.lines)
            assert late.total <= together.at_most.total


def as_told_together(
    case: Case, found: Entitlements, together: Together, moment: Instant, choose: Any
) -> ClaimDecision:
    """The decision on a claim for several lines, made at an instant exactly as each of them was told to be claimed."""
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
    """Whatever is handed in, a line that is not covered or that is closed is never approved, and no line gets more than stated."""
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
def test_what_is_assumed_is_what_it_comes_to(policy: str, data: st.DataObject) -> None:
    """Once a fact is known on which answers hung, the answer is the one that was told for it."""
    case = data.draw(cases(policy))
    for entitlement in told(case, policy).lines:
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
    """It is shared or hangs on what is not known, which is told; and it is certain only where every answer is open."""
    case = data.draw(cases(policy))
    for entitlement in told(case, policy).lines:
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
    """With a ledger there is as much as without one at most; only a proof that is used up can leave a line waiting for more."""
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


# Each status by an example


def test_the_price_and_ten_times_on_top() -> None:
    """Open for ninety days, on the path of the guarantee, for a report of the brand's side or an official finding."""
    answer = the_answer(an_order(a_line(quantity=2)), AUTHENTICITY)
    assert answer.status is Status.OPEN
    assert answer.window is not None
    assert answer.window.starts_at == COMPLETED_AT
    assert str(answer.window.last_instant) == "2022-06-24T23:59:59.999999+08:00"
    assert answer.path == {
        "/claim/filed_through": ("order_page",),
        "/claim/reason": ("counterfeit",),
        "/claim/demands": ("refund", "tenfold_compensation"),
    }
    assert [(each.kind, each.amount) for each in at_most(answer).amounts] == [
        (AwardKind.REFUND, 25900),
        (AwardKind.COMPENSATION, 259000),
        (AwardKind.POSTAGE, 1200),
    ]
    (proof,) = answer.proof
    assert (proof.to, proof.need) == ("consumer", "counterfeit_proof")
    assert [(each["kind"], each["units_covered"]) for each in proof.accepts] == [
        (("appraisal_report",), (2,)),
        (("official_finding",), (2,)),
    ]
    assert (answer.besides, answer.against, answer.assuming, answer.supposing) == ((), (), {}, {})


def test_a_return_has_no_end_and_its_freight_follows_the_reason() -> None:
    """It takes the merchant's word, and pays nothing."""
    answer = the_answer(an_order(), LOCAL_RETURN)
    assert (answer.status, answer.window) == (Status.OPEN_WITHOUT_END, None)
    assert answer.path == {
        "/claim/filed_through": ("order_page",),
        "/claim/reason": (),
        "/claim/service": ("return_refund",),
    }
    assert [(each.to, each.need) for each in answer.besides] == [("merchant", "agreement")]
    maximum = at_most(answer)
    assert maximum.return_authorisation is not None
    assert (maximum.total, maximum.return_authorisation.address_id) == (0, "R-CN")
    assert {each.borne_by: each.where["/claim/reason"] for each in maximum.freight} == {
        FreightBearer.MERCHANT: ("counterfeit", "damaged", "defective", "not_as_described", "wrong_item"),
        FreightBearer.CONSUMER: ("changed_mind",),
        FreightBearer.UNDETERMINED: ("other",),
    }


def test_an_address_that_is_not_named_is_needed_of_the_merchant() -> None:
    """The return is open, and the merchant owes more than an answer."""
    answer = the_answer(an_order(merchant=a_merchant(return_addresses=())), LOCAL_RETURN)
    assert answer.status is Status.OPEN_WITHOUT_END
    assert [each.need for each in answer.besides] == ["return_address", "agreement"]


def test_a_clock_that_is_known_to_start_later() -> None:
    """Not yet; and yet it is known from when until when, and what there will be."""
    answer = the_answer(an_order(), AUTHENTICITY, as_of=PLACED_AT)
    assert (answer.status, answer.supposing) == (Status.NOT_YET, {})
    assert answer.window is not None
    assert answer.window.starts_at == COMPLETED_AT
    assert at_most(answer).total == 286_100


def test_a_clock_of_which_nobody_knows_is_supposed_to_start_now() -> None:
    """What is told then is what would be, had it started at the instant that is told."""
    place = "/order/parcels/0/signed_at"
    order = an_order(parcels=(a_parcel(signed_at=None),))
    answer = the_answer(order, DAMAGE)
    assert (answer.status, answer.supposing) == (Status.NOT_YET, {place: str(AS_OF)})
    assert answer.window is not None
    assert answer.window.last_instant == AS_OF + 3 * DAY
    assert [(each.fact, each.supplier, each.matters) for each in of(order, DAMAGE).not_known] == [
        ("signings", "carrier", True)
    ]


def test_of_two_parcels_only_the_unsigned_one_is_supposed_to_be_signed_for() -> None:
    """What is known stays as it is."""
    order = an_order(parcels=(a_parcel(), a_parcel(signed_at=None)))
    assert the_answer(order, DAMAGE).supposing == {"/order/parcels/1/signed_at": str(AS_OF)}


def test_a_line_without_a_parcel_gets_one() -> None:
    """For the sake of the clock; the waybill that nobody knows is no hindrance where the barcode is known."""
    answer = the_answer(an_order(parcels=()), DAMAGE)
    assert answer.status is Status.NOT_YET
    assert answer.supposing == {"/order/parcels/-/signed_at": str(AS_OF)}


def test_too_late() -> None:
    """Closed, and since when."""
    answer = the_answer(an_order(), DAMAGE, as_of=Instant(SIGNED_AT + 3 * DAY + 1))
    assert (answer.status, answer.at_most) == (Status.CLOSED, None)
    assert answer.window is not None
    assert answer.window.last_instant == SIGNED_AT + 3 * DAY
    assert [each.clause for each in answer.against] == ["filed_within_the_damage_window"]
    assert the_answer(an_order(), DAMAGE, as_of=Instant(SIGNED_AT + 3 * DAY)).status is Status.OPEN


def test_what_stands_against_a_line_is_told_with_its_facts() -> None:
    """Without the badge there is nothing, early or late; how the claim is filed is no part of that."""
    for as_of in (PLACED_AT, AS_OF, Instant(AS_OF + 300 * DAY)):
        answer = the_answer(an_order(a_line(badges=(Badge.AUTHENTICITY,))), DAMAGE, as_of=as_of)
        assert answer.status is Status.NOT_COVERED
        (against,) = answer.against
        assert (against.clause, against.cites) == ("goods_carry_the_damage_badge", ("DG.3.3(1)",))
        assert [(each.name, each.value) for each in against.facts] == [("badges", ("authenticity",))]


def test_no_guarantee_binds_another_kind_of_merchant() -> None:
    """All three are not covered; what the law gives depends on the goods."""
    order = an_order(merchant=a_merchant(programme=Programme.DOMESTIC))
    found = entitlements(order, AS_OF)
    assert {each.status for each in found.lines if each.policy.id in GUARANTEES} == {Status.NOT_COVERED}
    assert found.together == ()


def test_where_the_rule_is_silent_a_person_decides() -> None:
    """Sold to where no rule says anything."""
    answer = the_answer(an_order(market="US"), LOCAL_RETURN)
    assert answer.status is Status.FOR_A_PERSON
    assert [each.clause for each in answer.against] == ["sold_to_a_named_territory", "merchant_names_a_local_address"]


@pytest.mark.parametrize(
    ("hours", "status"),
    [(15, Status.OPEN), (24, Status.OPEN), (30, Status.DEPENDS), (72, Status.DEPENDS), (80, Status.CLOSED)],
)
def test_goods_of_a_kind_that_nobody_knows(hours: int, status: Status) -> None:
    """Up to 24 hours it is certain, then it depends, after 72 there is nothing whatever they are; both windows are told."""
    found = of(an_order(a_line(category=None)), DAMAGE, as_of=Instant(SIGNED_AT + hours * 3_600 * SECOND))
    assert found.status is status
    assert found.certain_until == (SIGNED_AT + DAY if status is Status.OPEN else None)
    if status is Status.CLOSED:
        return
    place = "/order/lines/0/category"
    ends = {each.assuming[place]: each.window and each.window.last_instant for each in found.answers}
    assert ends == {("food", "milk_powder", "alcohol"): SIGNED_AT + DAY, ("other",): SIGNED_AT + 3 * DAY}
    assert [(each.fact, each.matters) for each in found.not_known] == [("category", True)]


def test_a_programme_that_nobody_knows_has_two_answers() -> None:
    """With the Global programme all is there, with the other nothing."""
    found = of(an_order(merchant=a_merchant(programme=None)), AUTHENTICITY)
    assert found.status is Status.DEPENDS
    assert {(*each.assuming.values(), each.status) for each in found.answers} == {
        (("global",), Status.OPEN),
        (("domestic",), Status.NOT_COVERED),
    }


def test_a_brand_that_nobody_knows_matters_only_to_one_of_the_proofs() -> None:
    """It is open all the same: an official finding needs no brand. That a report will need it is told."""
    found = of(an_order(a_line(brand=None)), AUTHENTICITY)
    assert found.status is Status.OPEN
    assert [(each.fact, each.matters) for each in found.not_known] == [("line_brand", True)]


def test_a_market_that_nobody_knows_has_to_be_told_first() -> None:
    """Of a place with any number of values no answers are told, only that it is missing."""
    found = of(an_order(market=None), LOCAL_RETURN)
    assert found.status is Status.DEPENDS
    assert [(each.fact, each.supplier, each.matters) for each in found.not_known] == [("market", "platform", True)]


def test_goods_that_nothing_could_identify_depend_on_a_number() -> None:
    """Without barcode and waybill no picture could be told to be the line's: one of them has to become known."""
    order = an_order(a_line(barcode=None), parcels=(a_parcel(waybill_no=None),))
    found = of(order, DAMAGE)
    assert found.status is Status.DEPENDS
    assert [(each.fact, each.matters) for each in found.not_known] == [("line_barcode", True), ("waybills", True)]


def test_a_close_up_without_a_barcode_to_compare_needs_a_picture_of_the_parcel() -> None:
    """What will be needed says what has to come along."""
    (proof,) = the_answer(an_order(a_line(barcode=None)), DAMAGE).proof
    assert proof.accepts[0]["with/kind"] == ("package_photo",)
    assert proof.accepts[0]["with/waybill_no"] == (WAYBILL,)


# Money


def test_what_was_paid_before_is_taken_off() -> None:
    """An earlier refund lowers the refund, not the ten times; what was settled is told."""
    earlier = [a_settlement(10_000), a_settlement(1_200, SettlementKind.POSTAGE)]
    amounts = at_most(the_answer(an_order(), AUTHENTICITY, settlements=earlier)).amounts
    assert [(each.kind, each.amount, each.entitled) for each in amounts] == [
        (AwardKind.REFUND, 15_900, 25_900),
        (AwardKind.COMPENSATION, 259_000, 259_000),
    ]


def test_an_earlier_claim_s_id_is_not_taken_for_one_s_own() -> None:
    """Whatever earlier claims were called, a claim that could be filed is a new one."""
    order = an_order()
    earlier = tuple(a_settlement(1, claim_id=f"claim-{number}") for number in range(3))
    case = draft_claim(policies()[DAMAGE][-1], order, order.lines, AS_OF, earlier)
    assert case.claim.id not in {each.claim_id for each in earlier}


def test_postage_is_there_once_however_many_lines_are_claimed() -> None:
    """Each line alone would get it; together they get it once."""
    order = an_order(a_line("L1"), a_line("L2"))
    found = entitlements(order, AS_OF)
    alone = [at_most(each.answers[0]).total for each in found.lines if each.policy.id == AUTHENTICITY]
    (together,) = (each for each in found.together if each.policy.id == AUTHENTICITY)
    assert alone == [286_100, 286_100]
    assert together.at_most.total == sum(alone) - 1_200
    assert together.line_ids == ("L1", "L2")


def test_postage_that_comes_back_only_with_everything() -> None:
    """For damage no line alone gets it, and all together do."""
    order = an_order(a_line("L1"), a_line("L2"))
    found = entitlements(order, AS_OF)
    alone = [at_most(each.answers[0]) for each in found.lines if each.policy.id == DAMAGE]
    assert all(each.kind is not AwardKind.POSTAGE for maximum in alone for each in maximum.amounts)
    (together,) = (each for each in found.together if each.policy.id == DAMAGE)
    assert together.at_most.total == sum(each.total for each in alone) + 1_200


def test_lines_that_close_at_different_times_are_together_for_as_long_as_the_first() -> None:
    """The earliest of the last instants; a line that is closed is left out."""
    order = an_order(a_line("L1"), a_line("L2", category=Category.ALCOHOL))
    (together,) = (each for each in entitlements(order, AS_OF).together if each.policy.id == DAMAGE)
    assert (together.line_ids, together.last_instant) == (("L1", "L2"), SIGNED_AT + DAY)
    later = entitlements(order, Instant(SIGNED_AT + DAY + 1)).together
    (alone,) = (each for each in later if each.policy.id == DAMAGE)
    assert (alone.line_ids, alone.last_instant) == (("L1",), SIGNED_AT + 3 * DAY)


# The whole


def test_every_line_is_told_under_every_guarantee_in_their_order() -> None:
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
    monkeypatch.syspath_prepend(str(Path(__file__).parents[2] / "docs" / "examples" / "acme"))
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


# Inquiries, and the command


def an_inquiry(**changes: Any) -> Json:
    """An inquiry as it stands in JSON."""
    case = case_document(a_case(DAMAGE))
    return {"as_of": case["as_of"], "order": case["order"], **changes}


def faults_of(document: Any) -> dict[str, str]:
    """What is wrong with an inquiry, by place."""
    with pytest.raises(InputError) as refused:
        load_inquiry(json.dumps(document))
    return {fault.pointer: fault.expected for fault in refused.value.faults}


def test_an_inquiry_is_an_order_and_an_instant() -> None:
    """Settlements are as good as none where none are stated."""
    for document in (an_inquiry(), an_inquiry(settlements=None), an_inquiry(settlements=[])):
        inquiry = load_inquiry(json.dumps(document))
        assert (inquiry.as_of, inquiry.order, inquiry.settlements) == (AS_OF, an_order(), ())
    paid = a_case(DAMAGE, settlements=[a_settlement(500)])
    assert load_inquiry(json.dumps(case_document(paid))).settlements == paid.settlements


@for_every_guarantee
@few
@given(data=st.data())
def test_of_a_whole_case_claim_and_evidence_are_left_out_of_account(policy: str, data: st.DataObject) -> None:
    """Whatever they are, and even if they could not be read."""
    document = data.draw(case_documents(policy))
    case = case_from(document)
    for other in (document, {**document, "claim": "nonsense", "evidence": 7, "id": None, "policy": "no.such.policy"}):
        assert load_inquiry(json.dumps(other)) == OrderInquiry(
            as_of=case.as_of, order=case.order, settlements=case.settlements
        )


@for_every_guarantee
@some
@given(data=st.data())
def test_an_inquiry_is_read_as_strictly_as_a_case(policy: str, data: st.DataObject) -> None:
    """A fault of the order or of a settlement is told in the same place and words."""
    nearly = data.draw(nearly_valid_documents(policy))
    assume(nearly.pointer.split("/")[1:2] in (["order"], ["settlements"], ["as_of"]))
    assume("/-" not in nearly.pointer and isinstance(nearly.document, dict))
    with pytest.raises(InputError) as refused:
        load_case(json.dumps(nearly.document))
    as_a_case = {fault.pointer: fault.expected for fault in refused.value.faults}
    assume(nearly.pointer in as_a_case and nearly.pointer != "/settlements")
    assert faults_of(nearly.document)[nearly.pointer] == as_a_case[nearly.pointer]


@given(invalid_documents())
def test_whatever_comes_in_is_an_inquiry_or_a_fault(text: bytes) -> None:
    """Never anything else."""
    with suppress(InputError):
        load_inquiry(text)


def test_what_is_no_inquiry_is_told_whole() -> None:
    """Everything at once: what is missing, what nobody knows, what cannot be."""
    order = {**case_document(a_case(DAMAGE))["order"], "currency": "yuan"}
    assert faults_of({"order": order, "lines": []}).keys() == {"/as_of", "/order/currency", "/lines"}
    assert faults_of([]) == {"": "an object"}
    assert faults_of({}).keys() == {"/as_of", "/order"}
    assert faults_of(an_inquiry(order={})).keys() >= {"/order/id", "/order/lines"}
    assert faults_of(an_inquiry(order={**order, "currency": "CNY", "lines": []})).keys() >= {"/order/lines"}
    assert faults_of(an_inquiry(as_of=str(Instant(PLACED_AT - 1)))).keys() == {"/order/placed_at"}


Run: TypeAlias = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsysbinary: pytest.CaptureFixture[bytes]) -> Run:
    """Run the command in this process, with some documents, one a line, as its standard input."""
    for name in ("LC_ALL", "LC_MESSAGES", "LANG", "NO_COLOR", "FORCE_COLOR", "COLUMNS", "TTY_COMPATIBLE"):
        monkeypatch.delenv(name, raising=False)

    def run(*arguments: str, given: Iterable[Any]) -> tuple[int, str, str]:
        lines = b"\n".join(json.dumps(each).encode() for each in given)
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(lines)))
        capsysbinary.readouterr()
        status = main(("entitlements", "-", *arguments))
        out, err = capsysbinary.readouterr()
        return status, out.decode(), err.decode()

    return run


def test_json_is_one_line_for_each_inquiry(run: Run) -> None:
    """The document of the function, to the letter; a fault in its place, and the others all the same."""
    status, out, err = run("--format", "json", given=[an_inquiry(), {"order": 1}, an_inquiry()])
    lines = [json.loads(line) for line in out.splitlines()]
    assert status == 2
    assert lines[0] == lines[2] == json.loads(json.dumps(entitlements_document(entitlements(an_order(), AS_OF))))
    assert {fault["pointer"] for fault in lines[1]["error"]["faults"]} == {"/as_of", "/order"}
    assert err == "adjudicator entitlements: 1 of 3 invalid\n"
    assert run("--format", "json", given=[an_inquiry()])[0] == 0


def test_nothing_is_no_inquiry(run: Run) -> None:
    """It is told what was expected."""
    status, out, err = run(given=[])
    assert (status, out) == (2, "")
    assert "expected an inquiry about an order" in err


def test_a_page_is_what_one_wants_at_hand(run: Run) -> None:
    """Guarantee by guarantee: until when, how much, how to file, what it will take."""
    status, out, err = run(given=[an_inquiry()])
    assert (status, err) == (0, "")
    lines = out.splitlines()
    assert lines[:3] == ["Order 4821780700279174718 as at 27 March 2022, 12:00 Beijing time", "", "Line L1"]
    first = next(index for index, line in enumerate(lines) if line.startswith("  ✓"))
    assert lines[first : first + 8] == [
        "  ✓ Authenticity guarantee (DG.1): open until midnight at the end of 24 June",
        "    2022 (Beijing time)",
        "      At most CNY 2,861.00: Refund CNY 259.00, Compensation CNY 2,590.00 and",
        "      Postage CNY 12.00",
        "      How to file: filed through: the order page; reason: counterfeit; demands:",
        "      refund and ten times the price",
        "      → From the consumer: proof that the goods are counterfeit",
        "        Either: evidence: an appraisal report; issued by: the brand's right",
    ]


def test_lines_that_are_told_together_stand_at_the_end(run: Run) -> None:
    """Only where there are several, and money to be had."""
    order = case_document(a_case(DAMAGE, order=an_order(a_line("L1"), a_line("L2"))))["order"]
    told = run(given=[an_inquiry(order=order)])[1]
    assert told.endswith(
        "In one claim\n"
        "  • Authenticity guarantee (DG.1): L1 and L2, at most CNY 5,710.00\n"
        "  • Damage return (DG.3): L1 and L2, at most CNY 577.12\n"
    )
    assert "In one claim" not in run(given=[an_inquiry()])[1]


def test_faults_between_others_are_told_on_the_page(run: Run) -> None:
    """In the place of the page that there would be."""
    status, out, _ = run("--locale", "zh-CN", given=[an_inquiry(), {"order": 1}])
    assert status == 2
    assert "✗ 第 2 行不是可以读取的订单" in out


@pytest.mark.parametrize("language", LANGUAGES)
@for_every_guarantee
@few
@given(data=st.data())
def test_every_page_reads_without_a_hole(policy: str, language: str, data: st.DataObject) -> None:
    """Whatever an order gives, its page is words."""

    def say(self: Words, code: str, **params: object) -> str:
        assert code in self, code
        text: str = self._texts.gettext(code)
        return text.format_map(params)

    case = data.draw(cases(policy))
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(Words, "say", say)
        console = Console(width=100, markup=False, highlight=False, no_color=True)
        with console.capture() as captured:
            console.print(entitlements_page(told(case, policy), language, Marks()))
    assert case.order.id in captured.get()
