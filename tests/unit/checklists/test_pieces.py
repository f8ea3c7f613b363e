"""The status of each piece of evidence, and the reason for it."""

from __future__ import annotations

import pytest
from attrs import evolve

from adjudicator.analysis.check import check
from adjudicator.analysis.checklist_values import Choice, Piece, Status
from adjudicator.engine.registry import edition_for
from adjudicator.law import Missing, missing
from adjudicator.model.enumerations import Conclusion, IssuerRole, Side, Submitter
from adjudicator.model.evidence import Evidence, PackagePhoto
from adjudicator.model.facts import Need, Party
from adjudicator.testing import (
    FILED_AT,
    a_case,
    a_claim,
    a_courier_statement,
    a_damage_photo,
    a_line,
    a_package_photo,
    a_platform_ruling,
    an_appraisal,
    an_official_finding,
    an_order,
)
from checklists.listing import AUTHENTICITY, DAMAGE, LOCAL_RETURN, REJECTED, UNVERIFIED, checklist, group_of, pieces


@pytest.mark.parametrize(
    ("piece", "because"),
    [
        (an_appraisal(verification=REJECTED), "rejected"),
        (an_appraisal(brand="Aurélie"), "another_brand"),
        (an_appraisal(brand=None), "names_no_brand"),
        (an_appraisal(conclusion=Conclusion.INCONCLUSIVE), "inconclusive"),
        (
            an_appraisal(
                conclusion=Conclusion.GENUINE, issuer=evolve(an_appraisal().issuer, role=IssuerRole.ACCREDITED_LAB)
            ),
            "not_from_the_brand",
        ),
        (an_official_finding(verification=REJECTED), "rejected"),
        (an_official_finding(conclusion=Conclusion.INCONCLUSIVE), "inconclusive"),
    ],
)
def test_why_a_document_about_counterfeits_does_not_count(piece: Evidence, because: str) -> None:
    """For good: nothing can be asked about it."""
    entry = pieces(a_case(AUTHENTICITY, piece))["E1"]
    assert (entry.status, entry.because) == (Status.UNUSABLE, because)
    assert "DG.1.3(4)" in entry.cites
    assert group_of(checklist(a_case(AUTHENTICITY, piece))).status is Status.UNUSABLE


@pytest.mark.parametrize(
    ("piece", "because"),
    [
        (a_damage_photo(verification=REJECTED), "rejected"),
        (a_damage_photo(edited=True), "edited"),
        (a_damage_photo(barcode="6909999999999"), "wrong_barcode"),
        (a_damage_photo(barcode=None), "no_identifying_picture"),
        (a_courier_statement(verification=REJECTED), "rejected"),
        (a_courier_statement(stamped=False), "not_stamped"),
        (a_courier_statement(waybill_no="W9"), "wrong_waybill"),
        (a_package_photo(verification=REJECTED), "rejected"),
        (a_package_photo(waybill_no="W9"), "wrong_waybill"),
        (a_package_photo(waybill_no=None), "no_waybill_read"),
    ],
)
def test_why_a_proof_of_damage_cannot_be_used(piece: Evidence, because: str) -> None:
    """No stamp, wrong barcode, edited..."""
    entry = pieces(a_case(DAMAGE, piece))["E1"]
    assert (entry.status, entry.because) == (Status.UNUSABLE, because)


@pytest.mark.parametrize(
    ("piece", "because"),
    [
        (a_platform_ruling(verification=REJECTED), "rejected"),
        (a_platform_ruling(submitted_by=Submitter.MERCHANT), "not_the_platforms_own"),
    ],
)
def test_why_a_ruling_does_not_count(piece: Evidence, because: str) -> None:
    """Only a ruling by the platform itself can replace an agreement."""
    entry = pieces(a_case(LOCAL_RETURN, piece))["E1"]
    assert (entry.status, entry.because) == (Status.UNUSABLE, because)


@pytest.mark.parametrize(
    ("policy", "piece", "because"),
    [
        (AUTHENTICITY, an_appraisal(verification=UNVERIFIED), "unverified"),
        (AUTHENTICITY, an_official_finding(verification=UNVERIFIED, final=None), "unverified"),
        (AUTHENTICITY, an_official_finding(final=None), "not_final"),
        (DAMAGE, a_courier_statement(verification=UNVERIFIED), "unverified"),
    ],
)
def test_a_piece_that_may_count_later_is_pending(policy: str, piece: Evidence, because: str) -> None:
    """With the reason why it does not count yet."""
    entry = pieces(a_case(policy, piece))["E1"]
    assert (entry.status, entry.because) == (Status.PENDING, because)
    assert group_of(checklist(a_case(policy, piece))).status is Status.PENDING


def test_once_evidence_is_closed_a_finding_that_is_not_final_counts_for_nothing() -> None:
    """An unverified one still waits for the platform."""
    closed = a_claim(evidence_closes_at=FILED_AT)
    assert pieces(a_case(AUTHENTICITY, an_official_finding(final=None), claim=closed))["E1"] == Piece(
        "E1", Status.UNUSABLE, "not_final", ("DG.1.3(4)", "R23", "R24", "R25", "R29", "R30")
    )
    unverified = an_appraisal(verification=UNVERIFIED)
    assert pieces(a_case(AUTHENTICITY, unverified, claim=closed))["E1"].status is Status.PENDING


def test_a_report_on_goods_of_a_brand_that_nobody_knows_is_pending() -> None:
    """It may be about the line's own brand."""
    order = an_order(a_line(brand=None))
    entry = pieces(a_case(AUTHENTICITY, an_appraisal(), order=order))["E1"]
    assert (entry.status, entry.because) == (Status.PENDING, "not_known")
    rejected = an_appraisal(verification=REJECTED)
    assert pieces(a_case(AUTHENTICITY, rejected, order=order))["E1"].status is Status.UNUSABLE


def test_documents_that_disagree_are_contested() -> None:
    """Both, with the reason of the finding."""
    case = a_case(AUTHENTICITY, an_appraisal("E1"), an_appraisal("E2", conclusion=Conclusion.GENUINE))
    assert {(each.status, each.because) for each in pieces(case).values()} == {(Status.CONTESTED, "documents_disagree")}
    alone = a_case(AUTHENTICITY, an_appraisal(conclusion=Conclusion.GENUINE))
    assert pieces(alone)["E1"].because == "found_genuine"


def test_a_picture_that_shows_only_half_of_it_is_not_enough() -> None:
    """It counts, but something else has to show the leak."""
    half = a_damage_photo("E1", leak=None)
    entry = pieces(a_case(DAMAGE, half))["E1"]
    assert (entry.status, entry.because) == (Status.INSUFFICIENT, "not_enough")
    both = pieces(a_case(DAMAGE, half, a_courier_statement("E2", damaged_at_signing=None)))
    assert {each.status for each in both.values()} == {Status.SATISFIED}


def test_a_picture_that_shows_nothing_satisfies_nothing_beside_one_that_does() -> None:
    """The group is satisfied, by the other one."""
    blank = a_damage_photo("E2", breakage=None, leak=None)
    entry = pieces(a_case(DAMAGE, a_damage_photo("E1"), blank))
    assert [each.status for each in entry.values()] == [Status.SATISFIED, Status.INSUFFICIENT]


def test_a_dry_picture_counts_against_the_claim() -> None:
    """It states that nothing leaked."""
    assert pieces(a_case(DAMAGE, a_damage_photo(leak=False)))["E1"].because == "not_leaking"


def test_a_ruling_for_the_merchant_is_contested_and_one_for_the_consumer_satisfies() -> None:
    """It is optional: an agreement needs no ruling."""
    for side, status in ((Side.CONSUMER, Status.SATISFIED), (Side.MERCHANT, Status.CONTESTED)):
        line = checklist(a_case(LOCAL_RETURN, a_platform_ruling(side)))
        (group,) = line.groups
        assert (group.choice, group.status) == (Choice.OPTIONAL, status)


def test_a_policy_without_facts_on_admissibility(monkeypatch: pytest.MonkeyPatch) -> None:
    """The status then comes from the findings: evidence that they cite carries, the rest is uncited."""
    monkeypatch.setattr("adjudicator.analysis.checklist._admissibility_facts", lambda _: ())
    for case, status, because in (
        (a_case(DAMAGE, a_damage_photo()), Status.SATISFIED, None),
        (a_case(DAMAGE, a_damage_photo(edited=True)), Status.UNUSABLE, "not_named"),
        (a_case(DAMAGE, a_courier_statement(verification=UNVERIFIED)), Status.PENDING, "pending"),
        (a_case(DAMAGE, a_damage_photo(leak=False)), Status.CONTESTED, "not_leaking"),
        (a_case(LOCAL_RETURN, a_platform_ruling()), Status.SATISFIED, None),
        (a_case(LOCAL_RETURN, a_platform_ruling(submitted_by=Submitter.MERCHANT)), Status.UNUSABLE, "not_named"),
    ):
        (piece,) = pieces(case).values()
        assert (piece.status, piece.because, piece.cites) == (status, because, ())


def a_waybill_is_shown(package_photos: tuple[PackagePhoto, ...]) -> bool | Missing:
    """ZZ.1. A picture of the packaging shows a waybill; the answer does not say which picture."""
    shown = any(photo.waybill_no for photo in package_photos)
    return shown or missing(Need("waybill_photo", Party.CONSUMER), {"kind": ("package_photo",)})


def test_if_a_finding_names_no_evidence_each_piece_that_suffices_alone_supports_it() -> None:
    case = a_case(LOCAL_RETURN, a_package_photo("E1", waybill_no="W1"), a_package_photo("E2", waybill_no=None))
    edition = evolve(edition_for(case), requires=(a_waybill_is_shown,))
    (line,) = check(case, edition).requirements
    (entry,) = group_of(line, Choice.REQUIRED).entries
    assert [(piece.evidence_id, piece.status) for piece in entry.pieces] == [
        ("E1", Status.SATISFIED),
        ("E2", Status.UNUSABLE),
    ]
