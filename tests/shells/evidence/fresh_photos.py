"""A pack whose rule asks whether a picture was used before: for pictures of damage of its own, which an examination looks up."""

from __future__ import annotations

import datetime as dt
from typing import Final

from attrs import frozen

from adjudicator.claims import (
    AppraisalReport,
    BarFinding,
    Case,
    ClaimedLine,
    CourierStatement,
    DamagePhoto,
    OfficialFinding,
    OtherEvidence,
    PackagePhoto,
    PlatformRuling,
    Reuse,
    claims_with,
    examined,
)
from adjudicator.law import Answer, Edition, Fact, Need, Party, disputed, fails, holds, missing

POLICY: Final = "acme.fresh_photos"
FRESH_PHOTO: Final = Need("fresh_photo", Party.CONSUMER)


@frozen(kw_only=True)
class ComparedPhoto(DamagePhoto):
    """A picture of damage, and what its comparison with others came to."""

    handed_in_twice: bool | None = examined(Reuse.SAME_FILE_IN_BUNDLE, "Whether other evidence is the same file.")
    alike_in_bundle: bool | None = examined(Reuse.ALIKE_IN_BUNDLE, "Whether another picture handed in looks alike.")
    used_before: bool | None = examined(Reuse.SAME_FILE_ON_RECORD, "Whether another claim uses the same file.")
    alike_before: bool | None = examined(
        Reuse.ALIKE_ON_RECORD, "Whether another claim uses a picture that looks alike."
    )
    of_another: bool | None = examined(Reuse.SAME_FILE_OF_ANOTHER_BUYER, "Whether it is that of another buyer.")
    alike_of_another: bool | None = examined(Reuse.ALIKE_OF_ANOTHER_BUYER, "Whether it looks like another buyer's.")


@frozen(kw_only=True)
class FreshCase(Case):
    """A claim with such pictures instead of those of every claim."""

    evidence: tuple[
        AppraisalReport
        | OfficialFinding
        | PackagePhoto
        | ComparedPhoto
        | CourierStatement
        | BarFinding
        | PlatformRuling
        | OtherEvidence,
        ...,
    ]


def compared_photos(at: ClaimedLine) -> tuple[ComparedPhoto, ...]:
    """The pictures of damage, with what their comparison came to."""
    return at.documents(ComparedPhoto)


def photo_is_fresh(compared_photos: tuple[ComparedPhoto, ...]) -> Answer:
    """FP.1. A picture of the damage belongs to no claim of another buyer."""
    if not compared_photos:
        return missing(FRESH_PHOTO, {"kind": ("damage_photo",)})
    if taken := [each.id for each in compared_photos if each.of_another]:
        return fails("of_another_buyer", tuple(taken))
    if doubtful := [each.id for each in compared_photos if each.of_another is None or each.alike_of_another]:
        return disputed("perhaps_of_another_buyer", tuple(doubtful))
    return holds("fresh", tuple(each.id for each in compared_photos))


EDITIONS: Final = (
    Edition(
        policy=POLICY,
        about="Goods shown broken in pictures that nobody else has used.",
        article="FP.1",
        effective_from=dt.date(2020, 1, 1),
        case_kind=claims_with(FreshCase, Fact(compared_photos, ("/evidence",), Party.CONSUMER, FRESH_PHOTO)),
        requires=(photo_is_fresh,),
    ),
)
