"""What the child process read in a file: plain values that cross the process boundary as JSON."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from functools import cache
from typing import Any, Final, TypeAlias

from attrs import Factory, field, frozen
from attrs.validators import ge, le, max_len
from cattrs import Converter

Detail: TypeAlias = str | int | bool | None
LONGEST_VALUE: Final = 400_000
"""The most characters of one value."""
MOST_LINES: Final = 100
"""The most lines of a page of a PDF whose places are known."""
MOST_SIDE: Final = 2_000
"""The longest side of a picture of a page, in pixels."""


class What(StrEnum):
    """What a reading is about."""

    BARCODE = "barcode"
    """A retail barcode: EAN or UPC, with a check digit that fits."""
    CODE = "code"
    """A code that can hold a waybill number: Code 128 or QR."""
    LABEL = "label"
    """The label of generated content (GB 45438-2025)."""
    CREDENTIALS = "credentials"
    """A C2PA manifest."""
    CAPTURED_AT = "captured_at"
    """When the camera says that the picture was taken."""
    CAMERA = "camera"
    PICTURE_HASH = "picture_hash"
    """A perceptual hash."""
    TEXT = "text"
    """The text that a PDF itself contains."""
    SIGNATURE = "signature"
    """A signature in a PDF."""
    WORDS = "words"
    """A line of text in a picture, as a program recognised it. Never certain."""
    SEAL = "seal"
    """A round red shape that may be a stamp. Never certain."""


@frozen(kw_only=True)
class Place:
    """Where in a file: a page of a PDF, counted from 1; the corners of an area, in pixels of the upright picture, or of that of the page."""

    page: int | None = None
    polygon: tuple[tuple[int, int], ...] = ()


@frozen(kw_only=True)
class Reading:
    """One thing read in a file. ``method`` names the program and its version."""

    what: What
    value: str = field(validator=max_len(LONGEST_VALUE))
    method: str = field(validator=max_len(200))
    place: Place | None = None
    details: Mapping[str, Detail] = Factory(dict)


@frozen(kw_only=True)
class Problem:
    """Why a file, or a part of it, was not read; ``code`` is stable, its text in the catalogues is ``examination.problem.<code>``."""

    code: str = field(validator=max_len(60))
    params: Mapping[str, Detail] = Factory(dict)


@frozen(kw_only=True)
class PagePicture:
    """A page of a PDF, counted from 1, as a JPEG in Base64, with the lines of its text and where they are in it."""

    page: int = field(validator=ge(1))
    width: int = field(validator=[ge(1), le(MOST_SIDE)])
    height: int = field(validator=[ge(1), le(MOST_SIDE)])
    picture: str
    lines: tuple[Reading, ...] = field(default=(), validator=max_len(MOST_LINES))


@frozen
class DrawnPages:
    """The pages of a PDF that were drawn, and why others were not."""

    pages: tuple[PagePicture, ...] = field(default=(), validator=max_len(200))
    problems: tuple[Problem, ...] = field(default=(), validator=max_len(210))


@frozen(kw_only=True)
class FileReading:
    """Everything read in one file.

    ``width`` and ``height`` are those of the upright picture; ``preview`` is a small JPEG of it without metadata, in Base64.
    ``page_pictures`` are the first pages of a PDF.
    """

    media_type: str = "application/octet-stream"
    width: int | None = field(default=None)
    height: int | None = field(default=None)
    pages: int | None = field(default=None)
    readings: tuple[Reading, ...] = field(default=(), validator=max_len(2_000))
    problems: tuple[Problem, ...] = field(default=(), validator=max_len(2_000))
    preview: str | None = None
    page_pictures: tuple[PagePicture, ...] = field(default=(), validator=max_len(200))

    def of(self, what: What) -> tuple[Reading, ...]:
        """The readings about one thing."""
        return tuple(each for each in self.readings if each.what is what)


@frozen(kw_only=True)
class Member:
    """A file in an archive: its name and the number of its bytes."""

    name: str
    size: int = field(validator=ge(0))


@frozen(kw_only=True)
class Archive:
    """The files of an archive, in the order of their bytes, and what was left out."""

    members: tuple[Member, ...] = ()
    problems: tuple[Problem, ...] = ()


@cache
def converter() -> Converter:
    """The converter of these classes; it refuses unknown fields."""
    made = Converter(forbid_extra_keys=True, detailed_validation=False)
    made.register_structure_hook(Detail, _detail)
    made.register_structure_hook(int, _exactly)
    made.register_structure_hook(str, _exactly)
    made.register_structure_hook(What, lambda value, _: What(value))
    return made


def _detail(value: Any, _: object) -> Detail:
    if value is None or isinstance(value, str | int):
        return value
    raise TypeError(f"not a detail: {type(value).__name__}")


def _exactly(value: Any, kind: type) -> Any:
    if type(value) is not kind:
        raise TypeError(f"not {kind.__name__}: {type(value).__name__}")
    return value
