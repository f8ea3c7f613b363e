"""Alternatives worked out by hand from the rules."""

from __future__ import annotations

import json
from typing import Any

import pytest
from attrs import evolve

from adjudicator import Instant, decide
from adjudicator.analysis.edits import Act
from adjudicator.analysis.whatif import Alternative, alternatives, alternatives_document
from adjudicator.engine.registry import edition_for
from adjudicator.model.case import Case
from adjudicator.model.enumerations import Category, Demand, Programme, Reason, Verification
from adjudicator.model.facts import Party
from adjudicator.model.time import HOUR, SECOND
from adjudicator.testing import (
    AS_OF,
    FILED_AT,
    SIGNED_AT,
    a_case,
    a_claim,
    a_courier_statement,
    a_damage_photo,
    a_line,
    a_merchant,
    a_parcel,
    an_appraisal,
    an_order,
)
from adjudicator.wire.codec import case_from
from admissions import IN_ORDER, penalty
from returns import a_return
from whatif.trying import AUTHENTICITY, DAMAGE, LOCAL_RETURN


def alternatives_for(case: Any, line_id: str | None = "L1") -> dict[tuple[tuple[str, Any], ...], Alternative]:
    """The alternatives for a line, by their changes."""
    return {
        tuple((change.pointer, json.dumps(change.to)) for change in each.changes): each
        for each in alternatives(case)
        if each.line_id == line_id
    }


def once(case: Any, pointer: str, to: Any, line_id: str | None = "L1") -> Alternative:
    """The alternative that consists of one change."""
    return alternatives_for(case, line_id)[((pointer, json.dumps(to)),)]


def test_filed_on_day_91_it_should_have_been_filed_in_the_last_second_of_day_90() -> None:
    """DG.1.3(2), R1. Success on 26 March makes 24 June the last day."""
    late = Instant.parse("2022-06-25T00:00:00+08:00")
    case = a_case(AUTHENTICITY, an_appraisal(), claim=a_claim(filed_at=late), as_of=late)
    found = once(case, "/claim/filed_at", "2022-06-24T23:59:59+08:00")
    assert (found.kind, found.by, found.outcome) == (Act.HAD_IT_BEEN, (), "approved")
    assert found.total == found.difference == 11 * 25900 + 1200
    assert once(case, "/order/lines/0/completed_at", "2022-03-27T00:00:00+08:00").line_outcome == "approved"


def test_a_second_too_late_for_whisky_has_three_alternatives() -> None:
    """DG.3.3(2), R2, R37."""
    late = Instant(SIGNED_AT + 24 * HOUR + SECOND)
    line = a_line(category=Category.ALCOHOL)
    case = a_case(DAMAGE, a_damage_photo(), order=an_order(line), claim=a_claim(filed_at=late), as_of=late)
    approving = {key for key, each in alternatives_for(case).items() if each.line_outcome == "approved"}
    assert approving == {
        (("/claim/filed_at", json.dumps(str(Instant(late - SECOND)))),),
        (("/order/parcels/0/signed_at", json.dumps(str(Instant(SIGNED_AT + SECOND)))),),
        (("/order/lines/0/category", '"other"'),),
    }


def test_a_microsecond_too_late_becomes_in_time_at_the_second_before() -> None:
    """R2: the last microsecond of the 72 hours is in time; alternatives are in whole seconds."""
    late = Instant(SIGNED_AT + 72 * HOUR + 1)
    case = a_case(DAMAGE, a_damage_photo(), claim=a_claim(filed_at=late), as_of=late)
    assert once(case, "/claim/filed_at", str(Instant(late - 1))).line_outcome == "approved"


def test_a_wrong_reason_is_repaired_by_the_consumer() -> None:
    """DG.1.2(1), R21."""
    case = a_case(AUTHENTICITY, an_appraisal(), claim=a_claim(reason=Reason.OTHER))
    found = once(case, "/claim/reason", "counterfeit")
    assert (found.kind, found.by, found.outcome) == (Act.REPAIR, (Party.CONSUMER,), "approved")


def test_only_wrong_parts_of_the_path_are_changed() -> None:
    """R21: the channel was right, so only reason and demand have to be filed again."""
    case = a_case(AUTHENTICITY, an_appraisal(), claim=a_claim(reason=Reason.OTHER, demands=(Demand.REFUND,)))
    (found,) = (each for each in alternatives(case) if each.line_outcome == "approved")
    assert [(each.pointer, each.to) for each in found.changes] == [
        ("/claim/reason", "counterfeit"),
        ("/claim/demands", ["refund", "tenfold_compensation"]),
    ]
    assert found.kind is Act.REPAIR


def test_after_the_window_reason_and_demand_must_both_differ() -> None:
    """R21: after the window the path cannot be corrected; one clause, two facts."""
    late = Instant.parse("2022-07-20T12:00:00+08:00")
    case = a_case(AUTHENTICITY, an_appraisal(), claim=a_claim(reason=Reason.OTHER, demands=()), as_of=late)
    (found,) = (each for each in alternatives(case) if each.line_outcome == "approved")
    assert [each.pointer for each in found.changes] == ["/claim/reason", "/claim/demands"]
    assert (found.kind, found.changes[1].to) == (Act.HAD_IT_BEEN, ["tenfold_compensation"])


def test_a_proof_that_is_missing_is_supplied_in_either_of_two_ways() -> None:
    """DG.1.3(4), R23."""
    case = a_case(AUTHENTICITY)
    found = [each for each in alternatives(case) if each.kind is Act.SUPPLY]
    assert [(each.changes[0].to["kind"], each.by, each.line_outcome) for each in found] == [
        ("appraisal_report", (Party.CONSUMER,), "approved"),
        ("official_finding", (Party.CONSUMER,), "approved"),
    ]
    assert [each.changes[0].fact for each in found] == ["appraisals", "official_findings"]


def test_an_unverified_report_is_repaired_by_the_platform() -> None:
    """R25."""
    case = a_case(AUTHENTICITY, an_appraisal(verification=Verification.UNVERIFIED))
    found = once(case, "/evidence/0/verification", "verified")
    assert (found.kind, found.by, found.line_outcome) == (Act.REPAIR, (Party.PLATFORM,), "approved")


def test_a_report_on_another_brand_should_have_named_this_one() -> None:
    """R23. For names, similar ones in the case are tried."""
    case = a_case(AUTHENTICITY, an_appraisal(brand="Aurélie"))
    assert once(case, "/evidence/0/brand", "Lumière").line_outcome == "approved"
    assert once(case, "/order/lines/0/brand", "Aurélie").line_outcome == "approved"


def test_a_barcode_that_is_not_the_lines_makes_a_picture_useless() -> None:
    """R33."""
    case = a_case(DAMAGE, a_damage_photo(barcode="6909999999999"))
    assert once(case, "/evidence/0/barcode", "6901234567892").line_outcome == "approved"
    assert once(case, "/order/lines/0/barcode", "6909999999999").line_outcome == "approved"


def test_a_statement_without_stamp_should_have_been_stamped() -> None:
    """R33."""
    found = once(a_case(DAMAGE, a_courier_statement(stamped=False)), "/evidence/0/stamped", True)
    assert (found.kind, found.line_outcome) == (Act.HAD_IT_BEEN, "approved")


def test_a_dry_breakage_should_have_leaked() -> None:
    """DG.3.1, R32."""
    case = a_case(DAMAGE, a_damage_photo(leak=False))
    assert once(case, "/evidence/0/leak", True).line_outcome == "approved"


def test_an_unknown_category_is_supplied_and_each_leads_somewhere() -> None:
    """R9, R37: at 30 hours only goods that are not for eating or drinking are in time."""
    filed_at = Instant(SIGNED_AT + 30 * HOUR)
    order = an_order(a_line(category=None))
    case = a_case(DAMAGE, a_damage_photo(), order=order, claim=a_claim(filed_at=filed_at), as_of=filed_at)
    found = {each: once(case, "/order/lines/0/category", each.value) for each in Category}
    assert {each: one.line_outcome for each, one in found.items()} == {
        Category.FOOD: "denied",
        Category.MILK_POWDER: "denied",
        Category.ALCOHOL: "denied",
        Category.OTHER: "approved",
    }
    assert {(one.kind, one.by) for one in found.values()} == {(Act.SUPPLY, (Party.PLATFORM,))}


def test_where_the_address_is_missing_the_merchant_names_one() -> None:
    """DG.2.1, R40."""
    case = a_case(LOCAL_RETURN, order=an_order(merchant=a_merchant(return_addresses=())))
    found = once(case, "/order/merchant/return_addresses/-", {"market": "CN"})
    assert (found.kind, found.by, found.line_outcome) == (Act.SUPPLY, (Party.MERCHANT,), "approved")


def test_sold_elsewhere_it_should_have_been_sold_to_a_territory_that_the_rule_names() -> None:
    """R39: the policy itself names the markets that it distinguishes."""
    case = a_case(LOCAL_RETURN, order=an_order(market="US"))
    assert once(case, "/order/market", "CN").line_outcome == "approved"
    assert once(case, "/order/market", "TW").line_outcome == "needs_information"


def test_two_unsigned_parcels_are_signed_for_together() -> None:
    """R5, R6: both, and neither of them alone; not before the 72 hours that end at the filing."""
    order = an_order(parcels=(a_parcel(signed_at=None), a_parcel(signed_at=None, waybill_no="SF2")))
    case = a_case(DAMAGE, a_damage_photo(), order=order)
    edge = json.dumps(str(Instant(FILED_AT - 72 * HOUR)))
    found = alternatives_for(case)[("/order/parcels/0/signed_at", edge), ("/order/parcels/1/signed_at", edge)]
    assert (found.kind, found.by, found.line_outcome) == (Act.SUPPLY, (Party.CARRIER,), "approved")


def test_more_units_would_have_had_to_be_shown() -> None:
    """R28."""
    case = a_case(DAMAGE, a_damage_photo(units_covered=1), order=an_order(a_line(quantity=3)))
    assert once(case, "/evidence/0/units_covered", 3).line_outcome == "approved"
    assert once(case, "/claim/items/0/quantity", 1).line_outcome == "approved"


def test_an_approved_claim_tells_what_would_have_turned_it_down() -> None:
    """DG.1.3(1), DG.1.3(3), R22, R26."""
    case = a_case(AUTHENTICITY, an_appraisal())
    assert once(case, "/order/merchant/programme", "domestic").line_outcome == "denied"
    assert once(case, "/claim/claimant_id", "another").line_outcome == "denied"
    assert once(case, "/evidence/0/conclusion", "genuine").line_outcome == "denied"
    assert once(case, "/evidence/0/verification", "unverified").line_outcome == "needs_information"


def test_three_failing_clauses_take_three_changes() -> None:
    late = Instant.parse("2022-07-20T12:00:00+08:00")
    order = an_order(merchant=a_merchant(programme=Programme.DOMESTIC))
    case = a_case(
        AUTHENTICITY, an_appraisal(), order=order, claim=a_claim(filed_at=late, reason=Reason.OTHER), as_of=late
    )
    found = [sorted(change.fact or "" for change in each.changes) for each in alternatives(case)]
    assert found == [["completed_at", "programme", "reason"], ["filed_at", "programme", "reason"]]


def test_late_and_unproven_it_should_have_been_filed_in_time_and_with_a_proof() -> None:
    """The search follows further requests to the end."""
    late = Instant.parse("2022-07-20T12:00:00+08:00")
    case = a_case(AUTHENTICITY, claim=a_claim(filed_at=late), as_of=late)
    approving = [each for each in alternatives(case) if each.line_outcome == "approved"]
    assert [[change.fact for change in each.changes] for each in approving] == [
        ["filed_at", "appraisals"],
        ["completed_at", "appraisals"],
    ]


def test_unknown_facts_of_two_clauses_are_supplied_by_two_parties() -> None:
    case = a_case(AUTHENTICITY, order=an_order(merchant=a_merchant(programme=None)))
    (found, *_) = (each for each in alternatives(case) if each.line_outcome == "approved")
    assert (found.kind, found.by) == (Act.SUPPLY, (Party.PLATFORM, Party.CONSUMER))


def test_goods_are_sent_back_by_one_party_and_then_found_intact_by_another() -> None:
    """Nobody is asked about their condition before they are back; both can still be done all the same."""
    (found,) = (each for each in alternatives(a_return(goods_back=False, intact=None)) if each.outcome == "approved")
    assert (found.kind, found.by) == (Act.REPAIR, (Party.CONSUMER, Party.MERCHANT))
    assert [(each.pointer.rpartition("/")[2], each.kind, each.by) for each in found.changes] == [
        ("goods_back", Act.REPAIR, Party.CONSUMER),
        ("intact", Act.SUPPLY, Party.MERCHANT),
    ]


def test_once_evidence_is_closed_nobody_can_supply_anything() -> None:
    """R30: a proof would still have counted, but nobody is asked for one any more."""
    case = a_case(AUTHENTICITY, claim=a_claim(evidence_closes_at=Instant(AS_OF - SECOND)))
    (found,) = (each for each in alternatives(case) if each.line_outcome == "approved")
    assert (found.kind, found.by, found.changes[0].pointer) == (Act.HAD_IT_BEEN, (), "/evidence/-")
    assert once(case, "/claim/evidence_closes_at", str(AS_OF)).line_outcome == "needs_information"


def test_each_line_has_alternatives_of_its_own() -> None:
    order = an_order(a_line("L1"), a_line("L2", badges=()))
    case = a_case(DAMAGE, a_damage_photo(), order=order)
    found = once(case, "/order/lines/1/badges", ["damage"], "L2")
    assert (found.line_outcome, found.outcome) == ("approved", "approved")
    assert once(case, "/order/lines/0/badges", ["authenticity", "local_return"]).outcome == "denied"


def test_alternative_scores_are_exact_to_the_hundredth_and_amounts_to_the_minor_unit() -> None:
    """DA.1(4), DA.1(5), R49."""
    shop = {**IN_ORDER["shop"], "shop_score": "4.0", "order_amount_30_days": 1}
    found = alternatives(case_from({**IN_ORDER, "shop": shop}))
    assert [(each.changes[0].pointer, each.changes[0].to) for each in found] == [("/shop/shop_score", "4.11")]
    shop = {**IN_ORDER["shop"], "order_amount_30_days": 0}
    assert once(case_from({**IN_ORDER, "shop": shop}), "/shop/order_amount_30_days", 1, None).outcome == "admitted"
    assert once(case_from(IN_ORDER), "/shop/openings_so_far", 3, None).outcome == "refused"


def test_a_penalty_should_have_been_a_day_earlier_or_another_one() -> None:
    """DA.1(9): the 365th day is included."""
    shop = {**IN_ORDER["shop"], "penalties": penalty("2023-08-02T00:00:00+08:00")}
    case = case_from({**IN_ORDER, "shop": shop})
    assert once(case, "/shop/penalties/0/imposed_at", "2023-08-01T23:59:59+08:00", None).outcome == "admitted"
    assert once(case, "/shop/penalties/0/rule", "other", None).outcome == "admitted"


def test_the_fewest_changes_come_first_and_what_can_still_be_done_before_what_could_have_been() -> None:
    case = a_case(AUTHENTICITY, order=an_order(merchant=a_merchant(programme=None)))
    order = [(len(each.changes), tuple(Act).index(each.kind)) for each in alternatives(case)]
    assert order == sorted(order)
    assert len({*order}) > 2


def test_an_existing_decision_gives_the_same_alternatives() -> None:
    case = a_case(AUTHENTICITY)
    assert alternatives(case, decision=decide(case)) == alternatives(case)


def test_another_edition_has_other_alternatives() -> None:
    """R32: where the leak is not required, a dry breakage needs no leak."""
    case = a_case(DAMAGE, a_damage_photo(leak=False))
    wider = evolve(edition_for(case), settings={"leak_required": False})
    assert not any(each.line_outcome == "approved" for each in alternatives(case, wider))


def test_alternatives_are_plain_json() -> None:
    case = a_case(AUTHENTICITY, claim=a_claim(reason=Reason.OTHER))
    found = alternatives_document(alternatives(case))
    assert json.loads(json.dumps(found)) == found
    assert found[0].keys() == {
        "line_id", "line_outcome", "outcome", "kind", "by", "changes", "total", "difference",
    }  # fmt: skip
    assert found[0]["changes"][0].keys() == {"pointer", "fact", "evidence_id", "was", "to", "kind", "by"}


def test_an_alternative_can_be_applied() -> None:
    case = a_case(AUTHENTICITY, claim=a_claim(reason=Reason.OTHER))
    for each in alternatives(case):
        assert decide(each.applied_to(case)).outcome == each.outcome


def test_few_decisions_are_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Irrelevant values are not tried: a late claim takes a few dozen verdicts, not hundreds."""
    late = Instant.parse("2022-07-20T12:00:00+08:00")
    case = a_case(AUTHENTICITY, an_appraisal(), claim=a_claim(filed_at=late), as_of=late)
    assert 0 < rulings_made(case, monkeypatch) < 60
    assert 0 < rulings_made(a_case(AUTHENTICITY, an_appraisal()), monkeypatch) < 120


def rulings_made(case: Case, monkeypatch: pytest.MonkeyPatch) -> int:
    made: list[Any] = []
    docket = type(edition_for(case).case_kind)
    once_more = docket.rule

    def counted(self: Any, edition: Any, case: Any, memory: Any = None) -> Any:
        made.append(case)
        return once_more(self, edition, case, memory)

    with monkeypatch.context() as patch:
        patch.setattr(docket, "rule", counted)
        alternatives(case)
    return len(made)
