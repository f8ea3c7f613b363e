"""The pictures and PDFs of a case, with what was read marked where it stands, and what a person sees in them. Needs the extra ``evidence``."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from contextlib import suppress
from typing import Any, Final

from attrs import evolve, frozen

from adjudicator.analysis.edits import applied
from adjudicator.desk.forms import Form, Misfit, as_entered, entered_for_piece, form_for_piece
from adjudicator.evidence.file_stores import kept_at
from adjudicator.evidence.files import digests_in
from adjudicator.evidence.html import UNSEEN, UNSURE
from adjudicator.evidence.items import INCOMPLETE
from adjudicator.evidence.kept import kept_reading, page_of, preview_of
from adjudicator.evidence.pieces import KIND, Piece, is_pdf, pieces_of
from adjudicator.evidence.readings import FileReading, PagePicture, Place, Reading, What
from adjudicator.evidence.report import ExaminedFile, Remark, Suggestion
from adjudicator.evidence.suggestions import is_telling
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
PAGE_BADGE: Final = 60
"""The same for a page, whose lines are close to each other."""


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
    """A picture, or a page of a PDF: its size in pixels, the marks on it, and what else was read, nowhere in particular.

    ``page`` is 0 for a picture. A PDF without pictures of its pages ``is_drawn`` nowhere. ``has_text`` says whether anything was read on a page.
    """

    name: str
    sha256: str
    page: int = 0
    is_drawn: bool = True
    has_text: bool = True
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
    """The pieces of evidence with pictures or PDFs, in the order of the case."""
    for piece in pieces_of(case, readings) if isinstance(case, Case) else ():
        yield _Showing(piece, case, ReadingWording(words)).shown(may_enter=may_enter(piece, grant))


def picture_of(record: DecisionStore, kept_in: str | None, case: Any, sha256: str, page: int = 0) -> bytes | None:
    """A small picture of a file that a case names, or of a page of a PDF, as a JPEG; ``None`` for any other file.

    Raises as :func:`readings_of` does.
    """
    named = [each for each in _digests(case) if each == sha256]
    reading = next((reading for _, reading in _kept(record, kept_in, named)), FileReading())
    return page_of(reading, page) if page else preview_of(reading)


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
            pictures=tuple(each for file in self.piece.shown for each in self.pictures(file)),
            remarks=tuple(map(self.remark, self.piece.remarks)),
            proposals=tuple(self.proposal(each, may_enter=may_enter) for each in self.piece.suggestions),
            form=self.form() if may_enter and self.piece.kind != INCOMPLETE and not self.piece.is_verified else None,
        )

    def form(self) -> Form:
        suggested = [each.field for each in self.piece.suggestions]
        return form_for_piece(
            self.case, self.piece.kinds[self.piece.kind], suggested, self.piece.missing, self.wording.words
        )

    def remark(self, remark: Remark) -> str:
        """A remark, about a picture by its number."""
        name = self.wording.words.say("panel.picture_name", number=remark.file)
        return self.wording.remark(evolve(remark, file=name))

    def pictures(self, file: ExaminedFile) -> tuple[Picture, ...]:
        """The picture in a file, or the pages of a PDF; below the last one stands what was not read or drawn."""
        if not is_pdf(file.reading):
            return (self.picture(file),)
        problems = tuple(self.problems(file.reading))
        *pages, last = [self.page(file, each) for each in file.reading.page_pictures] or [self.not_drawn(file)]
        return (*pages, evolve(last, problems=problems))

    def page(self, file: ExaminedFile, page: PagePicture) -> Picture:
        """A page, on which the lines are marked that something may follow from: a person can read the others without help."""
        telling = [each for each in page.lines if is_telling(each.value) and each.place and each.place.polygon]
        badge = max(1, max(page.width, page.height) // PAGE_BADGE)
        marks = [self.mark(each, number, badge) for number, each in enumerate(telling[:MOST_MARKS], start=1)]
        pages = max(file.reading.pages or 0, page.page)
        return Picture(
            name=self.wording.words.say("panel.pdf_page", number=file.name, page=page.page, pages=pages),
            sha256=file.sha256,
            page=page.page,
            has_text=bool(page.lines),
            width=page.width,
            height=page.height,
            badge=badge,
            marks=tuple(marks),
            besides=(),
            problems=(),
            is_whole=len(telling) <= MOST_MARKS,
        )

    def not_drawn(self, file: ExaminedFile) -> Picture:
        """A PDF of whose pages there are no pictures."""
        texts = [each for each in file.reading.of(What.TEXT) if each.value.strip()]
        return Picture(
            name=self.wording.words.say("panel.pdf_not_shown", number=file.name),
            sha256=file.sha256,
            is_drawn=False,
            width=1,
            height=1,
            badge=1,
            marks=(),
            besides=tuple(self.mark(each, 0) for each in texts[:MOST_MARKS]),
            problems=(),
            is_whole=len(texts) <= MOST_MARKS,
        )

    def picture_name(self, number: str) -> str:
        """The name of a picture; with the number of all, if they are all pictures."""
        words, shown = self.wording.words, self.piece.shown
        if any(is_pdf(each.reading) for each in shown):
            return words.say("panel.picture_name", number=number)
        return words.say("panel.picture", number=number, count=len(shown))

    def picture(self, file: ExaminedFile) -> Picture:
        """A picture."""
        reading = file.reading
        seen = [each for each in reading.readings if each.what not in UNSEEN]
        placed = [each for each in seen if each.place is not None and each.place.polygon]
        badge = max(1, max(reading.width or 1, reading.height or 1) // BADGE)
        marks = [self.mark(each, number, badge) for number, each in enumerate(placed[:MOST_MARKS], start=1)]
        return Picture(
            name=self.picture_name(file.name),
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
        is_in_form = may_enter and suggestion.field != KIND and not self.piece.is_verified
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
        raise Problem("not-found", "there is no such piece of evidence with a picture or PDF")
    if not may_enter(piece, grant):
        raise Problem("forbidden", "this token does not let the agent answer for this party")
    if piece.is_verified:
        raise Problem("forbidden", "this document was verified: what it says is not changed here")
    try:
        entered = entered_for_piece(piece.kinds[piece.kind], values, zone)
        _check_nothing_missing(piece, entered)
    except Misfit as misfit:
        raise misfit.as_error() from None
    return applied(case, [(f"/evidence/{piece.index}", piece.confirmed(entered))])


def _check_nothing_missing(piece: Piece, entered: Collection[str]) -> None:
    for place in piece.missing:
        if place not in entered:
            raise Misfit(place)
