"""When a proof of damage can be used, and what it shows."""

from __future__ import annotations

from typing import Any, Final

import pytest
from attrs import evolve

from adjudicator import Instant
from adjudicator.model.enumerations import Verification
from adjudicator.model.finding import Effect
from adjudicator.model.time import HOUR
from adjudicator.testing import BARCODE, SIGNED_AT, a_case, a_courier_statement, a_damage_photo, a_package_photo
from reasons.giving import DAMAGE, DEFEATS, SUPPORTS, UNDECIDED, UNVERIFIED, found, of

AFTER_40_HOURS: Final = Instant(SIGNED_AT + 40 * HOUR)
LABEL: Final = a_package_photo("E2")
NO_BARCODE: Final = a_damage_photo(barcode=None)


@pytest.mark.parametrize(
    ("evidence", "barcode", "usable"),
    [
        ((a_damage_photo(),), BARCODE, True),
        ((a_damage_photo(edited=True),), BARCODE, False),
        ((a_damage_photo(verification=Verification.REJECTED),), BARCODE, False),
        ((a_damage_photo(verification=UNVERIFIED),), BARCODE, True),
        ((a_damage_photo(barcode="another"), LABEL), BARCODE, False),
        ((NO_BARCODE,), BARCODE, False),
        ((a_damage_photo(),), None, False),
        ((NO_BARCODE, LABEL), BARCODE, True),
        ((a_damage_photo(), LABEL), None, True),
        ((NO_BARCODE, evolve(LABEL, waybill_no="another")), BARCODE, False),
        ((NO_BARCODE, evolve(LABEL, waybill_no=None)), BARCODE, False),
        ((NO_BARCODE, evolve(LABEL, verification=Verification.REJECTED)), BARCODE, False),
        ((NO_BARCODE, evolve(LABEL, verification=UNVERIFIED)), BARCODE, True),
        ((LABEL,), BARCODE, False),
        ((a_courier_statement(),), BARCODE, True),
        ((a_courier_statement(stamped=False),), BARCODE, False),
        ((a_courier_statement(waybill_no="another"),), BARCODE, False),
        ((a_courier_statement(verification=Verification.REJECTED),), BARCODE, False),
    ],
)
def test_proof_is_usable_if_it_can_be_matched_to_the_line(evidence: Any, barcode: str | None, usable: bool) -> None:
    """R33: by its barcode or, without two barcodes to compare, by the label on the parcel; a statement by its waybill."""
    case = of(DAMAGE, *evidence, line={"barcode": barcode})
    shown = "holds" if usable else "not_shown"
    assert found(case, "damage_proof_is_usable").because.code == f"damage_proof_is_usable.{shown}"


SHOWN, UNSHOWN = ("shown", SUPPORTS), ("not_shown", UNDECIDED)
NOT_BROKEN, NOT_LEAKING = ("not_broken", DEFEATS), ("not_leaking", DEFEATS)


@pytest.mark.parametrize(
    ("damaged", "leak", "expected"),
    [
        (True, True, SHOWN),
        (True, False, NOT_LEAKING),
        (True, None, UNSHOWN),
        (False, True, NOT_BROKEN),
        (False, False, NOT_BROKEN),
        (False, None, NOT_BROKEN),
        (None, True, UNSHOWN),
        (None, False, NOT_LEAKING),
        (None, None, UNSHOWN),
    ],
)
def test_a_statement_shows_what_it_says(damaged: bool | None, leak: bool | None, expected: tuple[str, Effect]) -> None:
    """R34: what it does not mention is neither shown nor absent."""
    case = a_case(DAMAGE, a_courier_statement(damaged_at_signing=damaged, leak=leak))
    finding = found(case, "broken_and_leaking_on_arrival")
    assert (finding.because.code.partition(".")[2], finding.effect) == expected


@pytest.mark.parametrize(
    ("breakage", "seal_failure", "leak", "expected"),
    [
        (True, None, True, SHOWN),
        (None, True, True, SHOWN),
        (False, True, True, SHOWN),
        (True, False, True, SHOWN),
        (False, False, True, NOT_BROKEN),
        (False, None, None, NOT_BROKEN),
        (None, False, True, UNSHOWN),
        (None, None, True, UNSHOWN),
        (True, None, False, NOT_LEAKING),
        (None, None, False, NOT_LEAKING),
        (True, None, None, UNSHOWN),
    ],
)
def test_a_picture_shows_what_can_be_seen(
    breakage: bool | None, seal_failure: bool | None, leak: bool | None, expected: tuple[str, Effect]
) -> None:
    """R34: a failed seal is breakage, a seal that held says nothing."""
    case = a_case(DAMAGE, a_damage_photo(breakage=breakage, seal_failure=seal_failure, leak=leak))
    finding = found(case, "broken_and_leaking_on_arrival")
    assert (finding.because.code.partition(".")[2], finding.effect) == expected
