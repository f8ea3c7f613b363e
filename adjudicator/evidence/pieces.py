"""A piece of evidence of a recorded case with what was read in its pictures and PDFs: what a person can look at, confirm and correct.

What the case says stays, also where something else was read: a person may have corrected it. Only of evidence that is incomplete the
case holds nothing, so there, what is certain is filled in again.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from attrs import evolve, field, frozen

from adjudicator.evidence.facts import Examined, findings
from adjudicator.evidence.items import INCOMPLETE, assembled, intended_kind
from adjudicator.evidence.manifest import GIVEN, Item, Kinds, kinds_of
from adjudicator.evidence.readings import FileReading, What
from adjudicator.evidence.report import ExaminedFile, Fact, Remark, Suggestion
from adjudicator.evidence.suggestions import suggestions
from adjudicator.evidence.trust import TrustList
from adjudicator.model.case import Case
from adjudicator.model.enumerations import Submitter, Verification
from adjudicator.model.finding import JsonValue
from adjudicator.model.time import Instant
from adjudicator.wire.codec import document_of

KIND: Final = "kind"
PDF: Final = "application/pdf"


@frozen(kw_only=True)
class Piece:
    """A piece of evidence, with its pictures and PDFs by number.

    ``kind`` is what it is meant to be. It ``is_pending`` if it is in the case as ``other`` only, which no rule reads: because required fields
    are ``missing``, or because words in a picture suggest a kind. ``facts`` are certain; ``suggestions`` are for fields that are not known.
    """

    index: int
    kind: str
    is_pending: bool
    item: Item
    shown: tuple[ExaminedFile, ...]
    facts: tuple[Fact, ...]
    remarks: tuple[Remark, ...]
    suggestions: tuple[Suggestion, ...]
    missing: tuple[str, ...]
    kinds: Kinds = field(repr=False)
    files: tuple[Any, ...] = field(repr=False)

    @property
    def is_verified(self) -> bool:
        """Whether somebody has verified the document. What it says then stays as they saw it."""
        return self.item.stated.get("verification") == Verification.VERIFIED

    def confirmed(self, values: Mapping[str, JsonValue]) -> dict[str, Any]:
        """The piece in JSON, with the word of a person for some fields, by path.

        Raises :class:`~adjudicator.model.errors.InputError` for a value that its field cannot have.
        """
        made = assembled(self.item, self.shown, self.facts if self.is_pending else (), values, self.kinds)
        return {**made.document, "files": [*self.files]}


def pieces_of(case: Case, readings: Mapping[str, FileReading]) -> Iterator[Piece]:
    """The pieces of evidence of a case with pictures or PDFs; ``readings`` is what was read in them, by digest."""
    for index, evidence in enumerate(case.evidence):
        document = document_of(evidence)
        shown = tuple(_shown(document, readings))
        if shown:
            yield _piece(index, document, shown, case)


def is_pdf(reading: FileReading) -> bool:
    """Whether a file is a PDF, which has pages instead of a picture, if they could be drawn."""
    return reading.media_type == PDF


def _shown(document: Mapping[str, Any], readings: Mapping[str, FileReading]) -> Iterator[ExaminedFile]:
    """The pictures and PDFs among the files of a piece, named by their number: their own names are personal.

    Signatures are left out: whom to trust may have changed since they were read, and what they verified is in the case.
    """
    known = ((each.get("sha256"), readings.get(each.get("sha256"))) for each in document.get("files") or ())
    shown = ((sha256, each) for sha256, each in known if each and (is_pdf(each) or (each.width and each.height)))
    for number, (sha256, whole) in enumerate(shown, start=1):
        reading = evolve(whole, readings=tuple(each for each in whole.readings if each.what is not What.SIGNATURE))
        yield ExaminedFile(name=str(number), sha256=sha256, size=0, items=(document["id"],), reading=reading)


def _piece(index: int, document: Mapping[str, Any], shown: tuple[ExaminedFile, ...], case: Case) -> Piece:
    kinds = kinds_of(case)
    item = _item(document, intended_kind(document, kinds))
    of_kind: tuple[Suggestion, ...] = ()
    if item.kind == INCOMPLETE:
        of_kind = tuple(each for each in suggestions(_examined(item, shown, case), frozenset()) if each.field == KIND)
        item = _item(document, str(of_kind[0].value)) if of_kind else item
    examined = _examined(item, shown, case)
    found = tuple(findings(examined))
    facts = tuple(each for each in found if isinstance(each, Fact))
    is_pending = item.kind != document[KIND]
    made = assembled(item, shown, facts if is_pending else (), {}, kinds)
    return Piece(
        index=index,
        kind=item.kind,
        is_pending=is_pending,
        item=item,
        shown=shown,
        facts=facts,
        remarks=tuple(each for each in found if isinstance(each, Remark)),
        suggestions=(*of_kind, *suggestions(examined, frozenset(each.field for each in made.facts))),
        missing=made.missing,
        kinds=kinds,
        files=tuple(document.get("files") or ()),
    )


def _item(document: Mapping[str, Any], kind: str) -> Item:
    """The piece as an item of a manifest. Of one that is in the case as something else, nothing is known yet."""
    own = {name: value for name, value in document.items() if name not in (*GIVEN, KIND) and value is not None}
    return Item(
        id=document["id"],
        kind=kind,
        submitted_by=Submitter(document["submitted_by"]),
        submitted_at=Instant.parse(document["submitted_at"]),
        line_ids=tuple(document["line_ids"]),
        files=tuple(each.get("name") or "" for each in document.get("files") or ()),
        stated=own if kind == document[KIND] else {},
    )


def _examined(item: Item, shown: tuple[ExaminedFile, ...], case: Case) -> Examined:
    return Examined(item=item, files=shown, order=case.order, as_of=case.as_of, trust=TrustList(), kinds=kinds_of(case))
