"""Evidence: what the parties submit, each kind with its own fields."""

from __future__ import annotations

import types
import typing
from collections.abc import Mapping
from typing import Any, ClassVar, Final, TypeAlias, Union

from attrs import field, frozen

from adjudicator.model.enumerations import (
    Body,
    Conclusion,
    Ground,
    IssuerRole,
    RulingSubject,
    Side,
    Standard,
    Submitter,
    Verification,
)
from adjudicator.model.limits import COUNT
from adjudicator.model.privacy import Personal
from adjudicator.model.time import Instant

_VERIFIED: Final = Verification.VERIFIED
_REJECTED: Final = Verification.REJECTED
"""Looked up once: reading a member of an enumeration takes as long as some steps of a rule."""


@frozen(kw_only=True)
class File:
    """A file behind a piece of evidence. Nothing reads the file itself."""

    name: str | None = field(default=None, metadata={"personal": Personal.DOCUMENT})
    sha256: str | None = field(default=None, metadata={"personal": Personal.DOCUMENT})
    media_type: str | None = None


@frozen(kw_only=True)
class Document:
    """The fields of every piece of evidence, in any kind of case."""

    kind: ClassVar[str]
    id: str
    submitted_by: Submitter
    submitted_at: Instant
    verification: Verification = field(
        default=Verification.UNVERIFIED, metadata={"means": "Its verification status; unverified if not stated."}
    )
    verified_by: str | None = field(default=None, metadata={"personal": Personal.IDENTITY})
    verified_at: Instant | None = None
    files: tuple[File, ...] = ()

    @property
    def is_verified(self) -> bool:
        """Whether it is marked as verified."""
        return self.verification is _VERIFIED

    @property
    def is_rejected(self) -> bool:
        """Whether it is marked as rejected by verification."""
        return self.verification is _REJECTED

    def concerns(self, line_id: str | None) -> bool:
        """Whether it is about a subject; always true for a case that is judged as a whole."""
        return True


VERIFIED: Final[Mapping[str, tuple[Verification]]] = {"verification": (Verification.VERIFIED,)}
"""The acceptable answer to a request to verify a document."""


def kinds_in(annotation: Any) -> Mapping[str, type[Document]]:
    """The kinds of evidence in a union, by name; empty for any other type."""
    kinds = typing.get_args(annotation) if typing.get_origin(annotation) in (Union, types.UnionType) else ()
    if not kinds or not all(isinstance(each, type) and issubclass(each, Document) for each in kinds):
        return {}
    return {each.kind: each for each in kinds}


@frozen(kw_only=True)
class ClaimDocument(Document):
    """A piece of evidence for a claim. Empty ``line_ids`` means the whole order."""

    line_ids: tuple[str, ...] = field(metadata={"means": "The lines it is about; empty means the whole order."})

    def concerns(self, line_id: str | None) -> bool:
        """Whether it is about a line."""
        return not self.line_ids or line_id in self.line_ids


UNITS_COVERED: Final = {
    "means": "How many units it covers; if not stated, only one is known to be covered.",
    "bounds": COUNT,
}


@frozen(kw_only=True)
class Issuer:
    """Who made an appraisal."""

    role: IssuerRole
    name: str | None = field(default=None, metadata={"personal": Personal.IDENTITY})


@frozen(kw_only=True)
class AppraisalReport(ClaimDocument):
    """An appraisal of the goods."""

    kind: ClassVar[str] = "appraisal_report"
    issuer: Issuer
    conclusion: Conclusion
    brand: str | None = None
    units_covered: int | None = field(default=None, metadata=UNITS_COVERED)
    issued_at: Instant | None = None


@frozen(kw_only=True)
class OfficialFinding(ClaimDocument):
    """A finding by a court or an enforcement body."""

    kind: ClassVar[str] = "official_finding"
    body: Body
    conclusion: Conclusion
    reference: str | None = field(default=None, metadata={"personal": Personal.DOCUMENT})
    final: bool | None = field(default=None, metadata={"means": "Whether it can no longer be challenged."})
    units_covered: int | None = field(default=None, metadata=UNITS_COVERED)
    issued_at: Instant | None = None


@frozen(kw_only=True)
class PackagePhoto(ClaimDocument):
    """A photo of the packaging with its waybill label."""

    kind: ClassVar[str] = "package_photo"
    waybill_no: str | None = field(
        default=None, metadata={"means": "The number as read from the label.", "personal": Personal.WAYBILL}
    )


@frozen(kw_only=True)
class DamagePhoto(ClaimDocument):
    """A close-up of the goods; ``None`` for what it does not show."""

    kind: ClassVar[str] = "damage_photo"
    edited: bool = field(metadata={"means": "Whether the picture was edited."})
    breakage: bool | None = None
    seal_failure: bool | None = None
    leak: bool | None = None
    soiling: bool | None = None
    barcode: str | None = field(default=None, metadata={"means": "The number as read from the picture."})
    units_covered: int | None = field(default=None, metadata=UNITS_COVERED)


@frozen(kw_only=True)
class CourierStatement(ClaimDocument):
    """The courier's written statement about a parcel."""

    kind: ClassVar[str] = "courier_statement"
    waybill_no: str = field(metadata={"personal": Personal.WAYBILL})
    stamped: bool = field(metadata={"means": "Whether it bears the courier's stamp."})
    carrier: str | None = None
    damaged_at_signing: bool | None = field(
        default=None, metadata={"means": "Whether the goods were damaged when the parcel was signed for."}
    )
    leak: bool | None = field(default=None, metadata={"means": "Whether they were leaking then."})
    units_covered: int | None = field(default=None, metadata=UNITS_COVERED)


@frozen(kw_only=True)
class BarFinding(ClaimDocument):
    """A statement about the consumer that bars the claim."""

    kind: ClassVar[str] = "bar_finding"
    ground: Ground
    standard: Standard


@frozen(kw_only=True)
class PlatformRuling(ClaimDocument):
    """A ruling by the platform's customer service.

    In JSON ``in_favour_of`` is called ``for``.
    """

    kind: ClassVar[str] = "platform_ruling"
    on: RulingSubject
    in_favour_of: Side


@frozen(kw_only=True)
class OtherEvidence(ClaimDocument):
    """Anything else. No rule reads it."""

    kind: ClassVar[str] = "other"
    description: str = field(metadata={"personal": Personal.DOCUMENT})


Evidence: TypeAlias = (
    AppraisalReport
    | OfficialFinding
    | PackagePhoto
    | DamagePhoto
    | CourierStatement
    | BarFinding
    | PlatformRuling
    | OtherEvidence
)
