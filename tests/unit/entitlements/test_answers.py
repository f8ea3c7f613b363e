"""Entitlements by example: each status, the time limits, the requirements and the amounts."""

from __future__ import annotations

import pytest

from adjudicator import Instant
from adjudicator.analysis.entitlements import Status, entitlements
from adjudicator.analysis.entitlements.drafts import draft_claim
from adjudicator.engine.registry import policies
from adjudicator.model.award import AwardKind, FreightBearer
from adjudicator.model.enumerations import Badge, Category, Programme, SettlementKind
from adjudicator.model.time import DAY, SECOND
from adjudicator.testing import (
    AS_OF,
    COMPLETED_AT,
    PLACED_AT,
    SIGNED_AT,
    WAYBILL,
    a_line,
    a_merchant,
    a_parcel,
    a_settlement,
    an_order,
)
from entitlements.asking import AUTHENTICITY, DAMAGE, GUARANTEES, LOCAL_RETURN, at_most, of, the_answer

# Each status by example


def test_the_price_and_ten_times_on_top() -> None:
    """Open for ninety days, on the path of the guarantee, for a report by the brand's side or an official finding."""
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
    """It needs the merchant's agreement, and pays nothing."""
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


def test_a_missing_address_is_needed_from_the_merchant() -> None:
    """The return is open, but the merchant must also name an address."""
    answer = the_answer(an_order(merchant=a_merchant(return_addresses=())), LOCAL_RETURN)
    assert answer.status is Status.OPEN_WITHOUT_END
    assert [each.need for each in answer.besides] == ["return_address", "agreement"]


def test_a_known_later_start_has_its_window_already() -> None:
    """Not open yet, but the window and the amounts are already known."""
    answer = the_answer(an_order(), AUTHENTICITY, as_of=PLACED_AT)
    assert (answer.status, answer.supposing) == (Status.NOT_YET, {})
    assert answer.window is not None
    assert answer.window.starts_at == COMPLETED_AT
    assert at_most(answer).total == 286_100


def test_an_unknown_start_is_assumed_to_be_now() -> None:
    """The answer describes the result if the clock started at the stated instant."""
    place = "/order/parcels/0/signed_at"
    order = an_order(parcels=(a_parcel(signed_at=None),))
    answer = the_answer(order, DAMAGE)
    assert (answer.status, answer.supposing) == (Status.NOT_YET, {place: str(AS_OF)})
    assert answer.window is not None
    assert answer.window.last_instant == AS_OF + 3 * DAY
    assert [(each.fact, each.supplier, each.matters) for each in of(order, DAMAGE).not_known] == [
        ("signings", "carrier", True)
    ]


def test_only_the_unsigned_one_of_two_parcels_is_assumed_to_be_signed_for() -> None:
    """The known signing stays as it is."""
    order = an_order(parcels=(a_parcel(), a_parcel(signed_at=None)))
    assert the_answer(order, DAMAGE).supposing == {"/order/parcels/1/signed_at": str(AS_OF)}


def test_a_line_without_a_parcel_gets_one() -> None:
    """So that the clock can start; an unknown waybill does not matter if the barcode is known."""
    answer = the_answer(an_order(parcels=()), DAMAGE)
    assert answer.status is Status.NOT_YET
    assert answer.supposing == {"/order/parcels/-/signed_at": str(AS_OF)}


def test_too_late() -> None:
    """Closed, with the end of the window."""
    answer = the_answer(an_order(), DAMAGE, as_of=Instant(SIGNED_AT + 3 * DAY + 1))
    assert (answer.status, answer.at_most) == (Status.CLOSED, None)
    assert answer.window is not None
    assert answer.window.last_instant == SIGNED_AT + 3 * DAY
    assert [each.clause for each in answer.against] == ["filed_within_the_damage_window"]
    assert the_answer(an_order(), DAMAGE, as_of=Instant(SIGNED_AT + 3 * DAY)).status is Status.OPEN


def test_objections_to_a_line_are_given_with_their_facts() -> None:
    """Without the badge there is nothing, in time or late. How the claim is filed is not part of the answer."""
    for as_of in (PLACED_AT, AS_OF, Instant(AS_OF + 300 * DAY)):
        answer = the_answer(an_order(a_line(badges=(Badge.AUTHENTICITY,))), DAMAGE, as_of=as_of)
        assert answer.status is Status.NOT_COVERED
        (against,) = answer.against
        assert (against.clause, against.cites) == ("goods_carry_the_damage_badge", ("DG.3.3(1)",))
        assert [(each.name, each.value) for each in against.facts] == [("badges", ("authenticity",))]


def test_no_guarantee_binds_another_kind_of_merchant() -> None:
    """All three are not covered; the seven-day return depends on the goods."""
    order = an_order(merchant=a_merchant(programme=Programme.DOMESTIC))
    found = entitlements(order, AS_OF)
    assert {each.status for each in found.lines if each.policy.id in GUARANTEES} == {Status.NOT_COVERED}
    assert found.together == ()


def test_where_the_rule_is_silent_a_person_decides() -> None:
    """The goods were sold to a place about which no rule says anything."""
    answer = the_answer(an_order(market="US"), LOCAL_RETURN)
    assert answer.status is Status.FOR_A_PERSON
    assert [each.clause for each in answer.against] == ["sold_to_a_named_territory", "merchant_names_a_local_address"]


@pytest.mark.parametrize(
    ("hours", "status"),
    [(15, Status.OPEN), (24, Status.OPEN), (30, Status.DEPENDS), (72, Status.DEPENDS), (80, Status.CLOSED)],
)
def test_goods_of_an_unknown_kind(hours: int, status: Status) -> None:
    """Up to 24 hours it is certain, then it depends on the goods, and after 72 there is nothing. Both windows are shown."""
    found = of(an_order(a_line(category=None)), DAMAGE, as_of=Instant(SIGNED_AT + hours * 3_600 * SECOND))
    assert found.status is status
    assert found.certain_until == (SIGNED_AT + DAY if status is Status.OPEN else None)
    if status is Status.CLOSED:
        return
    place = "/order/lines/0/category"
    ends = {each.assuming[place]: each.window and each.window.last_instant for each in found.answers}
    assert ends == {("food", "milk_powder", "alcohol"): SIGNED_AT + DAY, ("other",): SIGNED_AT + 3 * DAY}
    assert [(each.fact, each.matters) for each in found.not_known] == [("category", True)]


def test_an_unknown_programme_has_two_answers() -> None:
    """Everything with the Global programme, nothing with the other."""
    found = of(an_order(merchant=a_merchant(programme=None)), AUTHENTICITY)
    assert found.status is Status.DEPENDS
    assert {(*each.assuming.values(), each.status) for each in found.answers} == {
        (("global",), Status.OPEN),
        (("domestic",), Status.NOT_COVERED),
    }


def test_an_unknown_brand_matters_to_only_one_of_the_proofs() -> None:
    """It is still open, because an official finding needs no brand. A report will need it, and the answer says so."""
    found = of(an_order(a_line(brand=None)), AUTHENTICITY)
    assert found.status is Status.OPEN
    assert [(each.fact, each.matters) for each in found.not_known] == [("line_brand", True)]


def test_an_unknown_market_has_to_be_supplied_first() -> None:
    """A place can have any value, so there are no answers, only a request for it."""
    found = of(an_order(market=None), LOCAL_RETURN)
    assert found.status is Status.DEPENDS
    assert [(each.fact, each.supplier, each.matters) for each in found.not_known] == [("market", "platform", True)]


def test_goods_that_cannot_be_identified_need_a_number() -> None:
    """Without barcode and waybill no picture can be matched to the line: one of them must become known."""
    order = an_order(a_line(barcode=None), parcels=(a_parcel(waybill_no=None),))
    found = of(order, DAMAGE)
    assert found.status is Status.DEPENDS
    assert [(each.fact, each.matters) for each in found.not_known] == [("line_barcode", True), ("waybills", True)]


def test_a_close_up_without_a_barcode_to_compare_needs_a_picture_of_the_parcel() -> None:
    """The requirement names the second picture."""
    (proof,) = the_answer(an_order(a_line(barcode=None)), DAMAGE).proof
    assert proof.accepts[0]["with/kind"] == ("package_photo",)
    assert proof.accepts[0]["with/waybill_no"] == (WAYBILL,)


# Money


def test_earlier_payments_are_subtracted() -> None:
    """An earlier refund lowers the refund but not the tenfold compensation. The settled amounts are shown."""
    earlier = [a_settlement(10_000), a_settlement(1_200, SettlementKind.POSTAGE)]
    amounts = at_most(the_answer(an_order(), AUTHENTICITY, settlements=earlier)).amounts
    assert [(each.kind, each.amount, each.entitled) for each in amounts] == [
        (AwardKind.REFUND, 15_900, 25_900),
        (AwardKind.COMPENSATION, 259_000, 259_000),
    ]


def test_the_id_of_an_earlier_claim_is_not_reused() -> None:
    """Whatever the ids of earlier claims, a claim that could be filed is a new one."""
    order = an_order()
    earlier = tuple(a_settlement(1, claim_id=f"claim-{number}") for number in range(3))
    case = draft_claim(policies()[DAMAGE][-1], order, order.lines, AS_OF, earlier)
    assert case.claim.id not in {each.claim_id for each in earlier}


def test_postage_is_paid_once_for_all_lines() -> None:
    """Each line alone would get it; together they get it once."""
    order = an_order(a_line("L1"), a_line("L2"))
    found = entitlements(order, AS_OF)
    alone = [at_most(each.answers[0]).total for each in found.lines if each.policy.id == AUTHENTICITY]
    (together,) = (each for each in found.together if each.policy.id == AUTHENTICITY)
    assert alone == [286_100, 286_100]
    assert together.at_most.total == sum(alone) - 1_200
    assert together.line_ids == ("L1", "L2")


def test_postage_that_is_refunded_only_with_all_lines() -> None:
    """For damage, no line gets it alone, but all together do."""
    order = an_order(a_line("L1"), a_line("L2"))
    found = entitlements(order, AS_OF)
    alone = [at_most(each.answers[0]) for each in found.lines if each.policy.id == DAMAGE]
    assert all(each.kind is not AwardKind.POSTAGE for maximum in alone for each in maximum.amounts)
    (together,) = (each for each in found.together if each.policy.id == DAMAGE)
    assert together.at_most.total == sum(each.total for each in alone) + 1_200


def test_lines_can_be_claimed_together_until_the_first_closes() -> None:
    """The earliest of the last instants. A line that is closed is left out."""
    order = an_order(a_line("L1"), a_line("L2", category=Category.ALCOHOL))
    (together,) = (each for each in entitlements(order, AS_OF).together if each.policy.id == DAMAGE)
    assert (together.line_ids, together.last_instant) == (("L1", "L2"), SIGNED_AT + DAY)
    later = entitlements(order, Instant(SIGNED_AT + DAY + 1)).together
    (alone,) = (each for each in later if each.policy.id == DAMAGE)
    assert (alone.line_ids, alone.last_instant) == (("L1",), SIGNED_AT + 3 * DAY)
