"""Requirements: a checklist is satisfied exactly if the proof holds, and what it says about each piece is true."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import pytest
from attrs import evolve
from hypothesis import assume, given
from hypothesis import strategies as st
from rich.console import Console

from adjudicator import Instant, decide
from adjudicator.analysis.check import check, check_document
from adjudicator.analysis.checklist import requirements, requirements_document
from adjudicator.analysis.checklist_values import Checklist, Choice, Entry, Group, Piece, Status
from adjudicator.analysis.edits import supplied
from adjudicator.cli import main
from adjudicator.cli.pages.checks import check_page
from adjudicator.cli.pages.layout import Marks
from adjudicator.engine.registry import edition_for
from adjudicator.kinds.claim import CLAIMS
from adjudicator.law import Missing, missing
from adjudicator.model.case import Case
from adjudicator.model.enumerations import (
    Conclusion,
    Ground,
    IssuerRole,
    SettlementKind,
    Side,
    Submitter,
    Verification,
)
from adjudicator.model.evidence import BarFinding, Evidence, PackagePhoto
from adjudicator.model.facts import Admissibility, Need, Party
from adjudicator.model.finding import Effect
from adjudicator.model.time import DAY
from adjudicator.testing import (
    BARCODE,
    FILED_AT,
    PLACED_AT,
    WAYBILL,
    a_bar_finding,
    a_case,
    a_claim,
    a_courier_statement,
    a_damage_photo,
    a_line,
    a_merchant,
    a_package_photo,
    a_parcel,
    a_platform_ruling,
    a_settlement,
    an_appraisal,
    an_official_finding,
    an_order,
    cases,
    laws,
)
from adjudicator.wire.codec import case_document, case_from, dump_case
from adjudicator.wire.pointer import put
from adjudicator.words import LANGUAGES, Words
from admissions import IN_ORDER
from oracle import judge

AUTHENTICITY: Final = "douyin_global.authenticity"
DAMAGE: Final = "douyin_global.damage"
LOCAL_RETURN: Final = "douyin_global.local_return"
PROVEN: Final = {
    AUTHENTICITY: ("counterfeit_is_proven",),
    DAMAGE: ("damage_proof_is_usable", "broken_and_leaking_on_arrival"),
}
REJECTED: Final = Verification.REJECTED
UNVERIFIED: Final = Verification.UNVERIFIED

for_every_proof = pytest.mark.parametrize("policy", PROVEN)


def checklist(case: Case) -> Checklist:
    """The checklist of a case with one claimed line."""
    (line,) = requirements(case).lines
    return line


def group_of(line: Checklist, choice: Choice = Choice.ONE_OF) -> Group:
    """The group of a checklist with this choice."""
    (group,) = (each for each in line.groups if each.choice is choice)
    return group


def pieces(case: Case) -> dict[str, Piece]:
    """Every piece on the checklist of a case with one claimed line, by its id."""
    return {
        piece.evidence_id: piece
        for group in checklist(case).groups
        for entry in group.entries
        for piece in entry.pieces
    }


def entry_of(group: Group, kind: str) -> Entry:
    """The entry of a group for a kind of evidence."""
    (entry,) = (each for each in group.entries if each.kind == kind)
    return entry


def proof_of(line: Checklist) -> Group | None:
    """The group of a checklist that a clause needs."""
    return next((each for each in line.groups if each.need is not None), None)


# What holds for every case


@for_every_proof
@given(data=st.data())
def test_the_proof_is_satisfied_exactly_where_its_clauses_hold(policy: str, data: st.DataObject) -> None:
    """For every claimed line; an entry is satisfied exactly if its group is."""
    case = data.draw(cases(policy))
    decision = decide(case)
    for line in requirements(case).lines:
        if group := proof_of(line):
            effects = {
                each.effect
                for each in decision.findings
                if each.line_id == line.line_id and each.clause in PROVEN[policy]
            }
            assert group.clauses == PROVEN[policy]
            assert (group.status is Status.SATISFIED) is (effects == {Effect.SUPPORTS})
            assert (Status.SATISFIED in {each.status for each in group.entries}) is (group.status is Status.SATISFIED)


@for_every_proof
@given(data=st.data())
def test_the_oracle_agrees(policy: str, data: st.DataObject) -> None:
    """The oracle agrees about what is satisfied and what is awaited."""
    case = data.draw(cases(policy))
    shown = judge(case_document(case))
    for line in requirements(case).lines:
        if group := proof_of(line):
            found = [
                each
                for each in shown["findings"]
                if each["line_id"] == line.line_id and each["clause"] in PROVEN[policy]
            ]
            assert (group.status is Status.SATISFIED) is all(each["effect"] == "supports" for each in found)
            asked_about = {
                each["evidence_id"]
                for each in shown["requests"]
                if each["line_id"] == line.line_id and each["evidence_id"] is not None
            }
            listed = {piece.evidence_id: piece.status for entry in group.entries for piece in entry.pieces}
            assert all(listed[each] is Status.PENDING for each in asked_about & listed.keys())


@pytest.mark.parametrize("policy", [*PROVEN, LOCAL_RETURN])
@given(data=st.data())
def test_every_piece_of_evidence_is_listed_under_its_kind(policy: str, data: st.DataObject) -> None:
    """Once, under its own kind, in the order of the case; an entry has the status of its best piece."""
    case = data.draw(cases(policy))
    for line in requirements(case).lines:
        entries = [entry for group in line.groups for entry in group.entries]
        assert len({entry.kind for entry in entries}) == len(entries)
        for entry in entries:
            concerned = [each.id for each in case.evidence if each.kind == entry.kind and each.concerns(line.line_id)]
            assert [each.evidence_id for each in entry.pieces] == concerned
            best = min((each.status for each in entry.pieces), key=list(Status).index, default=Status.MISSING)
            assert entry.status is best
            for piece in entry.pieces:
                assert (piece.because is None) is (piece.status is Status.SATISFIED)
                assert piece.cites


@pytest.mark.parametrize("policy", [*PROVEN, LOCAL_RETURN])
@given(data=st.data())
def test_unusable_evidence_can_be_left_out(policy: str, data: st.DataObject) -> None:
    """The decision is the same without it."""
    laws.unusable_evidence_counts_for_nothing(data.draw(cases(policy)))


def test_evidence_that_is_wrongly_called_unusable_breaks_the_law(monkeypatch: pytest.MonkeyPatch) -> None:
    """The law detects a policy that counts a document although it says that it does not."""
    usable = a_case(DAMAGE, a_damage_photo())
    laws.unusable_evidence_counts_for_nothing(usable)
    monkeypatch.setattr(
        "adjudicator.analysis.checklist._admissibility_by_document", lambda *_: [("E1", Admissibility("E1", "edited"))]
    )
    with pytest.raises(AssertionError, match="E1"):
        laws.unusable_evidence_counts_for_nothing(usable)


@for_every_proof
@given(data=st.data())
def test_supplying_a_missing_piece_as_described_satisfies_its_entry(policy: str, data: st.DataObject) -> None:
    """Each entry describes acceptable pieces: one such piece alone satisfies the entry and its group."""
    case = evolve(data.draw(cases(policy)), evidence=(), settlements=())
    for line in requirements(case).lines:
        group = proof_of(line)
        if group is None:
            continue
        known = next(each for each in case.order.lines if each.id == line.line_id).brand is not None
        for entry in group.entries:
            assert entry.status is Status.MISSING
            for accepts in entry.accepts:
                if all(accepts.values()) or known:
                    answered = data.draw(st.sampled_from(tuple(supplying(case, line, accepts))))
                    after = next(each for each in requirements(answered).lines if each.line_id == line.line_id)
                    now = proof_of(after)
                    assert now is not None
                    assert now.status is Status.SATISFIED
                    assert entry_of(now, entry.kind).status is Status.SATISFIED


def supplying(case: Case, line: Checklist, accepts: Any) -> Any:
    """The case with an acceptable piece of evidence, for each acceptable form."""
    made = CLAIMS.without_evidence(case)
    request = next(each for each in decide(made).requests if each.line_id == line.line_id and each.accepts)
    return supplied(case, evolve(request, to="consumer", accepts=(accepts,)))


@for_every_proof
@given(data=st.data())
def test_an_unusable_piece_corrected_as_described_satisfies_its_entry(policy: str, data: st.DataObject) -> None:
    """Alone, with the named fields set to acceptable values, it supports the claim's proof."""
    case = data.draw(cases(policy))
    assume(len(case.claim.items) == 1)
    alone = [evolve(case, evidence=(each,)) for each in case.evidence]
    for one in alone:
        group = proof_of(checklist(one))
        if group is None or group.status is not Status.UNUSABLE:
            continue
        (entry,) = (each for each in group.entries if each.pieces)
        accepts = next(iter(entry.accepts))
        if not all(accepts.values()):
            continue
        mended = case_document(one)
        for name, values in accepts.items():
            if name != "kind" and not name.startswith("with/"):
                put(mended, f"/evidence/0/{name}", values[0])
        if mended["evidence"][0]["verification"] == "rejected":
            mended["evidence"][0]["verification"] = "unverified"
        if "with/kind" in accepts:
            photo = a_package_photo("E0", waybill_no=accepts["with/waybill_no"][0], submitted_at=one.claim.filed_at)
            mended["evidence"].append(case_document(evolve(one, evidence=(photo,)))["evidence"][0])
        after = proof_of(checklist(case_from(mended)))
        assert after is not None
        assert after.status is Status.SATISFIED


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


# Each reason by an example


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


# What is needed


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
    assert check_document(check(case))["requirements"] == requirements_document(requirements(case))["lines"]


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


# The page of a check


def test_the_page_of_a_check_has_the_checklist(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """With the evidence on file, its defects, and what would be acceptable."""
    path = tmp_path / "case.json"
    path.write_bytes(dump_case(a_case(DAMAGE, a_damage_photo(edited=True), a_package_photo("E2"))))
    assert main(["check", str(path), "--locale", "en"]) == 0
    output = capsys.readouterr().out
    section = output[output.index("Evidence for line L1") :].splitlines()
    assert section[:12] == [
        "Evidence for line L1",
        "  Any one of these: cannot be used",
        "  ✗ a close-up of the damage: cannot be used",
        "    document E1 · cannot be used: it was edited",
        "      evidence: a close-up of the damage; edited: no; shows breakage: yes; shows",
        "      a leak: yes; barcode: 6901234567892",
        "  • a statement of the courier: missing",
        "      evidence: a statement of the courier; waybill: SF1234567890; stamped: yes;",
        "      damaged when signed for: yes; shows a leak: yes; verification: verified",
        "  ✓ a picture of the packaging (optional): satisfied",
        "    document E2 · satisfied",
        "",
    ]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("policy", [*PROVEN, LOCAL_RETURN])
@given(data=st.data())
def test_every_checklist_reads_without_a_hole(policy: str, language: str, data: st.DataObject) -> None:
    """Every defect of a piece of evidence has a text."""

    def say(self: Words, code: str, **params: object) -> str:
        assert code in self, code
        text: str = self._texts.gettext(code)
        return text.format_map(params)

    case = data.draw(cases(policy))
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(Words, "say", say)
        console = Console(width=100, markup=False, highlight=False, no_color=True)
        with console.capture() as captured:
            console.print(check_page(check(case), language, Marks()))
    assert captured.get()


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
