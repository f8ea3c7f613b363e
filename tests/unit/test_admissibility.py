"""What documents say, before any clause asks: each by itself, and all of them in the order of the case."""

from __future__ import annotations

import pytest
from attrs import astuple

from adjudicator.model.enumerations import Verification
from adjudicator.model.facts import Admissibility, Ask, Need, Party
from adjudicator.testing import a_courier_statement, a_damage_photo
from douyin_global.damage import emit, shown_in
from douyin_global.shared import heard, that_stand, worth_once_verified

PHOTOS = tuple(a_damage_photo(each) for each in ("E1", "E2", "E3"))
STANDS, FALLS = Admissibility("E1"), Admissibility("E2", "edited")
WAITS = Admissibility("E3", "unverified", (Ask(Need("verification", Party.PLATFORM)),))


def test_a_picture_shows_what_it_says_and_is_not_the_couriers() -> None:
    """What it leaves open is neither shown nor denied."""
    photo = a_damage_photo("E1", breakage=False, seal_failure=None, leak=None, units_covered=None)
    assert astuple(shown_in(photo)) == (False, True, False, False, False, 1, "E1")


def test_a_statement_is_the_couriers() -> None:
    """It tells of the goods when they were signed for."""
    statement = a_courier_statement("E1", damaged_at_signing=False, leak=None)
    assert astuple(emit(statement)) == (False, True, False, False, True, 1, "E1")


def test_a_document_is_worth_something_once_it_is_verified() -> None:
    """It says so of itself, and what is asked for is its verification."""
    assert worth_once_verified(a_courier_statement("E1")) == Admissibility("E1")
    waits = worth_once_verified(a_courier_statement("E1", verification=Verification.UNVERIFIED))
    assert (waits.evidence, waits.because) == ("E1", "unverified")
    assert [ask.evidence_id for ask in waits.asks] == ["E1"]


def test_documents_stand_or_wait_or_fall_by_what_they_are_worth() -> None:
    """What waits is heard with what has to be asked; what falls is not heard."""
    assert that_stand(PHOTOS, (STANDS, FALLS, WAITS)) == PHOTOS[:1]
    assert heard(PHOTOS, (STANDS, FALLS, WAITS), lambda photo: photo.id) == [("E1", ()), ("E3", WAITS.asks)]


def test_the_worth_of_every_document_has_to_be_told() -> None:
    """Of one more or one less, nobody knows whose worth it is."""
    with pytest.raises(ValueError, match="shorter"):
        that_stand(PHOTOS, (STANDS, FALLS))
    with pytest.raises(ValueError, match="shorter"):
        heard(PHOTOS, (STANDS, FALLS), shown_in)
