"""What documents say, before any clause asks: each by itself, and all of them in the order of the case."""

from __future__ import annotations

from typing import Any

import pytest
from attrs import astuple

from adjudicator.engine.clause import PolicyError
from adjudicator.law import (
    VERIFICATION,
    EvidencePool,
    Instant,
    Missing,
    Need,
    Open,
    Party,
    any_counts,
    heard,
    missing,
    proofs,
    standing,
)
from adjudicator.model.enumerations import Conclusion, IssuerRole, Verification
from adjudicator.model.evidence import Issuer
from adjudicator.model.facts import Admissibility, Ask, Failed
from adjudicator.testing import a_courier_statement, a_damage_photo, an_appraisal, an_official_finding
from douyin_global.authenticity_proof import documents_by_brand, documents_heard
from douyin_global.damage_proof import said_by_the_courier, shown_in_the_picture

PHOTOS = tuple(a_damage_photo(each) for each in ("E1", "E2", "E3"))
COUNTS, FALLS = Admissibility("E1"), Admissibility("E2", "edited")
WAITS = Admissibility("E3", "unverified", (Ask(Need("verification", Party.PLATFORM)),))


def test_a_picture_shows_what_it_states_and_is_not_the_couriers() -> None:
    """What it does not state is neither shown nor denied."""
    photo = a_damage_photo("E1", breakage=False, seal_failure=None, leak=None, units_covered=None)
    assert astuple(shown_in_the_picture(photo)) == (False, None, False, 1, "E1")


@pytest.mark.parametrize(
    ("breakage", "seal_failure", "broken"),
    [(False, True, True), (None, True, True), (None, False, None), (False, None, False), (True, False, True)],
)
def test_a_failed_seal_is_breakage(breakage: bool | None, seal_failure: bool | None, broken: bool | None) -> None:
    """An intact seal says nothing about the rest."""
    photo = a_damage_photo("E1", breakage=breakage, seal_failure=seal_failure)
    assert shown_in_the_picture(photo).broken is broken


def test_a_statement_is_the_couriers() -> None:
    """It is about the state of the goods at signing."""
    statement = a_courier_statement("E1", damaged_at_signing=False, leak=None)
    assert astuple(said_by_the_courier(statement)) == (False, None, True, 1, "E1")


def test_a_document_counts_once_it_is_verified() -> None:
    """It says so itself, and its verification is asked for."""
    assert heard([a_courier_statement("E1")], once_verified=True) == (Admissibility("E1"),)
    unverified = a_courier_statement("E1", verification=Verification.UNVERIFIED)
    (waits,) = heard([unverified], once_verified=True)
    assert (waits.evidence, waits.because) == ("E1", "unverified")
    assert [(ask.evidence_id, ask.accepts) for ask in waits.asks] == [
        ("E1", ({"verification": (Verification.VERIFIED,)},))
    ]
    assert heard([unverified]) == heard([unverified], once_verified=lambda _: False) == (Admissibility("E1"),)
    assert heard([unverified], once_verified=lambda each: each.id == "E1") == (waits,)


def test_the_first_objection_is_the_reason() -> None:
    """A permanent objection comes before verification, and verification before what else is missing."""
    unverified = a_courier_statement("E1", verification=Verification.UNVERIFIED)
    need = Need("a_date", Party.CONSUMER)

    def undated(_: object) -> bool | Missing:
        return missing(need, {"date": ()})

    (lacks,) = heard([a_courier_statement("E1")], once_verified=True, undated=undated)
    assert lacks == Admissibility("E1", "undated", (Ask(need, ({"date": ()},), "E1"),))
    (first,) = heard([unverified], once_verified=True, undated=undated)
    assert (first.because, [ask.need.name for ask in first.asks]) == ("unverified", ["verification"])
    (both,) = heard([unverified], once_verified=True, at_once=True, undated=undated)
    assert (both.because, [(ask.need.name, ask.evidence_id) for ask in both.asks]) == (
        "unverified",
        [("verification", "E1"), ("a_date", "E1")],
    )
    (one,) = heard([unverified], undated=undated, unsigned=lambda _: missing(Need("signature", Party.CONSUMER), {}))
    assert (one.because, [ask.need.name for ask in one.asks]) == ("undated", ["a_date"])
    (for_good,) = heard([unverified], once_verified=True, torn=lambda _: False, wet=lambda _: True, old=lambda _: True)
    assert for_good == Admissibility("E1", "wet")


def test_several_missing_things_are_asked_for_in_turn_or_at_once() -> None:
    """The first is the reason. What can only be rejected asks for nothing."""
    date, place = Need("a_date", Party.CONSUMER), Need("a_place", Party.CONSUMER)
    undated = Open((Ask(date, ({"date": ()},), None, Instant(5), "incident-1"),))
    nowhere = missing(place, {"place": ()})
    of_date, of_place = Ask(date, ({"date": ()},), "E1", Instant(5), "incident-1"), Ask(place, ({"place": ()},), "E1")
    statement = [a_courier_statement("E1")]
    in_turn = heard(statement, undated=lambda _: undated, nowhere=lambda _: nowhere)
    assert in_turn == (Admissibility("E1", "undated", (of_date,)),)
    at_once = heard(statement, at_once=True, undated=lambda _: undated, nowhere=lambda _: nowhere)
    assert at_once == (Admissibility("E1", "undated", (of_date, of_place)),)
    for_good = heard(statement, undated=lambda _: undated, torn=lambda _: True)
    assert for_good == (Admissibility("E1", "torn"),)


@pytest.mark.parametrize(
    ("answer", "kind"), [("edited", "str"), (1, "int"), (None, "NoneType"), (Failed("edited"), "Failed")]
)
def test_an_objection_says_yes_or_no_or_what_is_missing(answer: Any, kind: str) -> None:
    """The document would count in spite of any other answer, so that is refused."""
    expected = f"^the objection edited to DamagePhoto E1 returned a {kind}; an objection returns bool or Open$"
    with pytest.raises(PolicyError, match=expected):
        heard(PHOTOS, torn=lambda _: False, edited=lambda _: answer)


def test_a_document_counts_is_pending_or_is_rejected_by_its_admissibility() -> None:
    """A pending one keeps the requests for it; a rejected one is left out."""
    assert standing(PHOTOS, (COUNTS, FALLS, WAITS)) == PHOTOS[:1]
    said = proofs(PHOTOS, (COUNTS, FALLS, WAITS), lambda photo: photo.id)
    assert said.standing == ("E1",)
    assert [(each.says, each.asks) for each in said.pending] == [("E3", WAITS.asks)]


def test_any_document_that_counts_is_enough_and_one_that_may_count_leaves_it_open() -> None:
    """It is asked for what those lack that may count, in their order; where none can count the answer is no."""
    assert any_counts((FALLS, WAITS), (COUNTS,)) is True
    other = Admissibility("E4", "unverified", (Ask(VERIFICATION, (), "E4"),))
    assert any_counts((FALLS, WAITS), (other,)) == Open((*WAITS.asks, *other.asks), "pending")
    assert any_counts((FALLS,), ()) is False


def test_proofs_of_two_kinds_are_taken_together_in_their_order() -> None:
    one, other = (proofs(PHOTOS, each, lambda photo: photo.id) for each in ((COUNTS, FALLS, WAITS), (WAITS,) * 3))
    both = one + other
    assert both.standing == ("E1",)
    assert [each.says for each in both.pending] == ["E3", "E1", "E2", "E3"]


def test_a_statement_counts_once_nothing_is_missing() -> None:
    """Whether a document says it or not, what is missing is asked for first."""
    lacks = missing(Need("a_date", Party.CONSUMER), {"date": ()})
    said = EvidencePool.of([("one", ()), ("other", lacks.asks)])
    assert said.standing == ("one",)
    assert [(each.says, each.asks) for each in said.pending] == [("other", lacks.asks)]


def test_what_a_document_lacks_would_make_it_count() -> None:
    """A document that can never count lacks nothing."""
    assert (COUNTS.lacks, FALLS.lacks) == (None, None)
    assert WAITS.lacks is not None
    assert WAITS.lacks.asks == WAITS.asks


def test_every_document_needs_an_answer() -> None:
    """With one more or one less, the assignment would be ambiguous."""
    with pytest.raises(ValueError, match="shorter"):
        standing(PHOTOS, (COUNTS, FALLS))
    with pytest.raises(ValueError, match="shorter"):
        proofs(PHOTOS, (COUNTS, FALLS), shown_in_the_picture)


@pytest.mark.parametrize(
    ("brand", "one", "other"),
    [("One", None, "another_brand"), (" oTHER ", "another_brand", None), ("Third", "another_brand", "another_brand")],
)
def test_a_document_that_names_a_brand_counts_for_goods_of_that_brand(
    brand: str, one: str | None, other: str | None
) -> None:
    """What is wrong with it whatever its brand comes before. A document that names no brand counts for goods of any."""
    laboratory = Issuer(role=IssuerRole.ACCREDITED_LAB)
    appraisals = (
        an_appraisal("E1", brand="One"),
        an_appraisal("E2", brand="Other"),
        an_appraisal("E3", brand="One", verification=Verification.REJECTED),
        an_appraisal("E4", brand="Other", conclusion=Conclusion.INCONCLUSIVE),
        an_appraisal("E5", brand=None, issuer=laboratory),
        an_appraisal("E6", brand=None),
        an_appraisal("E7", brand="One ", verification=Verification.UNVERIFIED),
    )
    findings = an_official_finding("E8"), an_official_finding("E9", verification=Verification.REJECTED)
    heard_of_all = documents_heard(brand, documents_by_brand(appraisals, findings, False))
    assert [(each.evidence, each.because) for each in heard_of_all] == [
        ("E1", one),
        ("E2", other),
        ("E3", "rejected"),
        ("E4", "inconclusive"),
        ("E5", None),
        ("E6", "names_no_brand"),
        ("E7", one or "unverified"),
        ("E8", None),
        ("E9", "rejected"),
    ]


def test_one_brand_is_named_by_all_documents_that_name_one() -> None:
    """Goods of another brand are not what they are about."""
    heard_of = documents_by_brand((an_appraisal("E1", brand="One"), an_appraisal("E2", brand="ONE")), (), False)
    assert [each.because for each in documents_heard("one", heard_of)] == [None, None]
    assert [each.because for each in documents_heard("two", heard_of)] == ["another_brand"] * 2
