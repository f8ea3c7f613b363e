"""The pictures of a case, with what was read in them marked where it stands, and what a person sees in them. Needs the extra ``evidence``."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from contextlib import suppress
from typing import Any, Final

from attrs import evolve, frozen

from adjudicator.analysis.edits import applied
from adjudicator.desk.forms import Form, Misfit, as_entered, entered_for_piece, form_for_piece
from adjudicator.evidence.files import digests_in, kept_at
from adjudicator.evidence.html import UNSEEN, UNSURE
from adjudicator.evidence.items import INCOMPLETE
from adjudicator.evidence.kept import kept_reading, preview_of
from adjudicator.evidence.manifest import KINDS
from adjudicator.evidence.pieces import KIND, Piece, pieces_of
from adjudicator.evidence.readings import FileReading, Place, Reading, What
from adjudicator.evidence.report import ExaminedFile, Remark, Suggestion
from adjudicator.evidence.wording import ReadingWording
from adjudicator.model.case import Case
from adjudicator.model.enumerations import Submitter
from adjudicator.service.panel_tokens import Grant
from adjudicator.service.problems import Problem
from adjudicator.store import DecisionStore
from adjudicator.wire.codec import document_of
from adjudicator.words import Words

MOST_FILES: Final = 20
"""The most files of a case that are looked at."""
MOST_MARKS: Final = 60
"""The most places that are marked in a picture."""
MOST_CORNERS: Final = 32
"""The most corners of a mark."""
LONGEST_VALUE: Final = 200
"""The most characters of what was read that are shown."""
BADGE: Final = 28
"""The radius of the number at a mark is this part of the longer side of its picture."""


@frozen(kw_only=True)
class Mark:
    """A place in a picture: its corners, its number with the position of that, and the reading there."""

    number: int
    points: str
    x: int
    y: int
    is_certain: bool
    what: str
    value: str
    method: str


@frozen(kw_only=True)
class Picture:
    """A picture: its size in pixels, the marks on it, and what else was read, nowhere in particular."""

    number: int
    sha256: str
    width: int
    height: int
    badge: int
    marks: tuple[Mark, ...]
    besides: tuple[Mark, ...]
    problems: tuple[str, ...]
    is_whole: bool


@frozen(kw_only=True)
class Proposal:
    """A suggestion for a field: in words, and as its field of the form takes it. Without a ``place`` it is in no form."""

    text: str
    method: str
    place: str
    value: str


@frozen(kw_only=True)
class PieceShown:
    """A piece of evidence; ``form`` is set if this agent may say what it shows."""

    id: str
    kind: str
    missing: str
    pictures: tuple[Picture, ...]
    remarks: tuple[str, ...]
    proposals: tuple[Proposal, ...]
    form: Form | None


def readings_of(record: DecisionStore, kept_in: str | None, case: Any) -> dict[str, FileReading]:
    """What was read in the kept files of a case, by digest: in those that were examined for this tenant, which a case alone does not show.

    Raises :class:`Problem` if the files cannot be reached.
    """
    return dict(_kept(record, kept_in, _digests(case)))


def _digests(case: Any) -> list[str]:
    return list(dict.fromkeys(digests_in(document_of(case))))[:MOST_FILES] if isinstance(case, Case) else []


def _kept(record: DecisionStore, kept_in: str | None, digests: Collection[str]) -> Iterator[tuple[str, FileReading]]:
    if kept_in is None or not digests:
        return
    files = kept_at(kept_in)
    for sha256 in digests:
        try:
            reading = kept_reading(files, sha256) if record.evidence_files.has_seen(sha256) else None
        except OSError:
            raise Problem("unavailable", "the files cannot be read right now", {"Retry-After": "30"}) from None
        if reading is not None:
            yield sha256, reading


def pieces_shown(case: Any, readings: Mapping[str, FileReading], grant: Grant, words: Words) -> Iterator[PieceShown]:
    """The pieces of evidence with pictures, in the order of the case."""
    for piece in pieces_of(case, readings) if isinstance(case, Case) else ():
        yield _Showing(piece, case, ReadingWording(words)).shown(may_enter=may_enter(piece, grant))


def picture_of(record: DecisionStore, kept_in: str | None, case: Any, sha256: str) -> bytes | None:
    """A small picture of a file that a case names, as a JPEG; ``None`` for any other file. Raises as :func:`readings_of` does."""
    named = [each for each in _digests(case) if each == sha256]
    return next((preview_of(reading) for _, reading in _kept(record, kept_in, named)), None)


def may_enter(piece: Piece, grant: Grant) -> bool:
    """Whether an agent may say what a piece shows: if the agent may answer for the party that submitted it, or for the platform."""
    return bool({piece.item.submitted_by.value, Submitter.PLATFORM.value} & grant.answers)


@frozen
class _Showing:
    piece: Piece
    case: Case
    wording: ReadingWording

    def shown(self, *, may_enter: bool) -> PieceShown:
        words = self.wording.words
        return PieceShown(
            id=self.piece.item.id,
            kind=words.value(KIND, self.piece.kind),
            missing=words.listed(map(words.field, self.piece.missing)),
            pictures=tuple(map(self.picture, self.piece.pictures)),
            remarks=tuple(map(self.remark, self.piece.remarks)),
            proposals=tuple(self.proposal(each, may_enter=may_enter) for each in self.piece.suggestions),
            form=self.form() if may_enter and self.piece.kind != INCOMPLETE else None,
        )

    def form(self) -> Form:
        suggested = [each.field for each in self.piece.suggestions]
        return form_for_piece(self.case, KINDS[self.piece.kind], suggested, self.piece.missing, self.wording.words)

    def remark(self, remark: Remark) -> str:
        """A remark, about a picture by its number."""
        name = self.wording.words.say("panel.picture_name", number=remark.file)
        return self.wording.remark(evolve(remark, file=name))

    def picture(self, file: ExaminedFile) -> Picture:
        reading = file.reading
        seen = [each for each in reading.readings if each.what not in UNSEEN]
        placed = [each for each in seen if each.place is not None and each.place.polygon]
        badge = max(1, max(reading.width or 1, reading.height or 1) // BADGE)
        marks = [self.mark(each, number, badge) for number, each in enumerate(placed[:MOST_MARKS], start=1)]
        return Picture(
            number=int(file.name),
            sha256=file.sha256,
            width=reading.width or 1,
            height=reading.height or 1,
            badge=badge,
            marks=tuple(marks),
            besides=tuple(self.mark(each, 0) for each in seen if each not in placed)[:MOST_MARKS],
            problems=tuple(self.problems(reading)),
            is_whole=len(placed) <= MOST_MARKS,
        )

    def problems(self, reading: FileReading) -> Iterator[str]:
        """What could not be read. A hostile file may have written the reading, so codes without a text are possible."""
        for each in reading.problems[:MOST_MARKS]:
            with suppress(KeyError, TypeError, ValueError):
                yield self.wording.problem(each)

    def mark(self, reading: Reading, number: int, badge: int = 0) -> Mark:
        polygon = (reading.place or Place()).polygon
        left, top = min(polygon, key=lambda corner: corner[0] + corner[1], default=(0, 0))
        return Mark(
            number=number,
            points=" ".join(f"{x},{y}" for x, y in polygon[:MOST_CORNERS]),
            x=max(badge, left - badge),
            y=max(badge, top),
            is_certain=reading.what not in UNSURE,
            what=self.wording.reading(reading),
            value="" if reading.what is What.SEAL else reading.value[:LONGEST_VALUE],
            method=reading.method,
        )

    def proposal(self, suggestion: Suggestion, *, may_enter: bool) -> Proposal:
        words = self.wording.words
        value = words.value(suggestion.field, suggestion.value)
        is_in_form = may_enter and suggestion.field != KIND
        return Proposal(
            text=words.say("panel.proposal", field=words.field(suggestion.field), value=value),
            method=suggestion.method,
            place=suggestion.field if is_in_form else "",
            value=as_entered(suggestion.value, words.zone) if is_in_form else "",
        )


def with_confirmed(
    case: Any,
    readings: Mapping[str, FileReading],
    grant: Grant,
    evidence_id: str,
    values: Mapping[str, tuple[str, ...]],
    zone: Any,
) -> Any:
    """The case with what a person sees in a piece of evidence.

    Raises :class:`Problem` for a piece that is not there or not theirs to describe, and :class:`~adjudicator.model.errors.InputError` for values
    that do not fit.
    """
    pieces = pieces_of(case, readings) if isinstance(case, Case) else ()
    piece = next((each for each in pieces if each.item.id == evidence_id), None)
    if piece is None or piece.kind == INCOMPLETE:
        raise Problem("not-found", "there is no such piece of evidence with a picture")
    if not may_enter(piece, grant):
        raise Problem("forbidden", "this token does not let the agent answer for this party")
    try:
        entered = entered_for_piece(KINDS[piece.kind], values, zone)
        _check_nothing_missing(piece, entered)
    except Misfit as misfit:
        raise misfit.as_error() from None
    return applied(case, [(f"/evidence/{piece.index}", piece.confirmed(entered))])


def _check_nothing_missing(piece: Piece, entered: Collection[str]) -> None:
    for place in piece.missing:
        if place not in entered:
            raise Misfit(place)
