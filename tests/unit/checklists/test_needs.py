"""What a checklist asks for, and for which claims."""

from __future__ import annotations

from attrs import evolve

from adjudicator import Instant, decide
from adjudicator.analysis.check import check, check_document
from adjudicator.analysis.checklist import requirements
from adjudicator.analysis.checklist_values import Choice, Status
from adjudicator.model.enumerations import Conclusion, Ground, SettlementKind
from adjudicator.model.evidence import BarFinding
from adjudicator.model.time import DAY
from adjudicator.testing import (
    BARCODE,
    FILED_AT,
    PLACED_AT,
    WAYBILL,
    a_bar_finding,
    a_case,
    a_claim,
    a_damage_photo,
    a_line,
    a_merchant,
    a_package_photo,
    a_parcel,
    a_settlement,
    an_appraisal,
    an_order,
)
from adjudicator.wire.codec import case_from, document_of
from admissions import IN_ORDER
from checklists.listing import AUTHENTICITY, DAMAGE, checklist, entry_of, group_of, pieces


def test_a_refused_claim_says_how_many_units_a_proof_has_to_cover() -> None:
    """One unit was compensated before. Nobody is asked for a proof, because the claim fails for another reason (R50)."""
    inconclusive = an_appraisal(conclusion=Conclusion.INCONCLUSIVE)
    paid = a_settlement(1, SettlementKind.COMPENSATION, claim_id=None)
    case = a_case(AUTHENTICITY, inconclusive, order=an_order(a_line(quantity=4)), settlements=(paid,))
    refused = evolve(case, claim=evolve(case.claim, claimant_id="someone else"))
    assert decide(refused).requests == ()
    for each in (case, refused):
        (group,) = checklist(each).groups
        assert [accepts["units_covered"] for entry in group.entries for accepts in entry.accepts] == [(2, 4), (2, 4)]


def test_one_of_several_forms_is_enough_and_each_is_described() -> None:
    """For counterfeits, a report by the brand's side or an official finding."""
    group = group_of(checklist(a_case(AUTHENTICITY)))
    assert (group.need, group.to, group.status) == ("counterfeit_proof", "consumer", Status.MISSING)
    assert [each.kind for each in group.entries] == ["appraisal_report", "official_finding"]
    assert group.entries[0].accepts[0]["issuer/role"] == ("brand_owner", "brand_authorised")


def test_a_picture_of_the_parcel_is_optional_and_says_what_it_has_to_show_where_one_is_needed() -> None:
    """It identifies the goods: a close-up needs one if there is no barcode to compare."""
    (without,) = group_of(checklist(a_case(DAMAGE)), Choice.OPTIONAL).entries
    assert (without.kind, without.accepts) == ("package_photo", ())
    (needed,) = group_of(checklist(a_case(DAMAGE, order=an_order(a_line(barcode=None)))), Choice.OPTIONAL).entries
    assert needed.accepts == ({"kind": ("package_photo",), "waybill_no": (WAYBILL,)},)


def test_acceptable_answers_depend_on_the_evidence_so_far() -> None:
    """With a picture of the parcel on file, a close-up needs no other; if the barcode is known, the close-up has to show it."""
    order = an_order(a_line(barcode=None))
    group = group_of(checklist(a_case(DAMAGE, a_package_photo(), order=order)))
    assert "with/kind" not in entry_of(group, "damage_photo").accepts[0]
    known = group_of(checklist(a_case(DAMAGE)))
    assert entry_of(known, "damage_photo").accepts[0]["barcode"] == (BARCODE,)


def test_a_single_way_is_required() -> None:
    """Without a waybill there can be no courier's statement, so only the close-up remains."""
    case = a_case(DAMAGE, order=an_order(parcels=(a_parcel(waybill_no=None),)))
    group = group_of(checklist(case), Choice.REQUIRED)
    assert [each.kind for each in group.entries] == ["damage_photo"]


def test_late_claims_and_claims_filed_the_wrong_way_have_the_same_checklist() -> None:
    """The proof that a line needs does not depend on when and how the claim was filed."""
    in_order = a_case(DAMAGE, a_damage_photo())
    late = evolve(in_order, as_of=Instant(FILED_AT + 900 * DAY), claim=a_claim(claimant_id="somebody else"))
    closed = evolve(in_order, claim=a_claim(evidence_closes_at=Instant(PLACED_AT - 1)))
    for other in (late, closed):
        assert checklist(other) == checklist(in_order)


def test_nothing_helps_a_line_that_is_not_covered() -> None:
    """Without the badge nothing is needed, but the evidence on file is still listed."""
    case = a_case(DAMAGE, a_damage_photo(), order=an_order(a_line(badges=())))
    (group,) = checklist(case).groups
    assert (group.choice, group.need, group.clauses) == (Choice.TO_NO_AVAIL, None, ())
    assert "damage_photo" in {each.kind for each in group.entries}


def test_evidence_against_the_consumer_is_on_no_checklist() -> None:
    """Nobody proves a claim with findings that bar it."""
    finding: BarFinding = a_bar_finding(Ground.GOODS_SWAPPED)
    assert pieces(a_case(AUTHENTICITY, finding)) == {}


def test_each_claimed_line_has_its_own_checklist() -> None:
    """Evidence is on the checklists of the lines that it concerns."""
    order = an_order(a_line("L1"), a_line("L2"))
    found = requirements(a_case(AUTHENTICITY, an_appraisal(line_ids=("L2",)), order=order)).lines
    assert [(each.line_id, group_of(each).status) for each in found] == [
        ("L1", Status.MISSING),
        ("L2", Status.SATISFIED),
    ]


def test_a_case_without_evidence_has_no_checklist() -> None:
    """Admission is decided by facts about the shop."""
    assert requirements(case_from(IN_ORDER)).lines == ()


def test_a_check_has_the_same_checklists() -> None:
    """As part of what a case lacks."""
    case = a_case(DAMAGE, a_damage_photo(edited=True), order=an_order(merchant=a_merchant(programme=None)))
    assert check(case).requirements == requirements(case).lines
    assert check_document(check(case))["requirements"] == document_of(requirements(case))["lines"]
