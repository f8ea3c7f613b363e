"""What was read in files that are kept, kept beside them, so that a picture or a PDF can be shown later with what was read in it.

A reading is made by the process that a hostile file may have taken over, so it is checked whenever it is read, and what is shown is a JPEG
or nothing.
"""

from __future__ import annotations

import base64
import binascii
from typing import Final

import orjson

from adjudicator.evidence.files import FileStore, NoFile
from adjudicator.evidence.readings import FileReading, What, converter

MOST_READING: Final = 6 * 2**20
"""The most bytes of a reading. A larger one is not kept."""
MOST_PREVIEW: Final = 2**20
"""The most bytes of a preview. A larger one is not shown."""
JPEG: Final = b"\xff\xd8\xff"
SUGGESTING: Final = frozenset({What.WORDS, What.SEAL})


def keep(files: FileStore, content: bytes, reading: FileReading) -> None:
    """Store a file, and then its readings, unless earlier readings were more complete: with suggestions, or after more time."""
    sha256 = files.put(content)
    before = kept_reading(files, sha256)
    if before is not None and _extent(before) > _extent(reading):
        return
    text = orjson.dumps(converter().unstructure(reading))
    if len(text) <= MOST_READING:
        files.put_reading(sha256, text)


def kept_reading(files: FileStore, sha256: str) -> FileReading | None:
    """What was read in a kept file; ``None`` if that is not kept, or has another form."""
    try:
        text = files.reading(sha256)
    except NoFile:
        return None
    try:
        return converter().structure(orjson.loads(text), FileReading) if len(text) <= MOST_READING else None
    except Exception:  # noqa: BLE001 - whatever an altered reading does to the converter
        return None


def preview_of(reading: FileReading) -> bytes | None:
    """The preview of a picture, as a JPEG; ``None`` if there is none, or if it is anything else."""
    return _jpeg(reading.preview or "")


def page_of(reading: FileReading, page: int) -> bytes | None:
    """The picture of a page of a PDF, as a JPEG; ``None`` if there is none, or if it is anything else."""
    return next((_jpeg(each.picture) for each in reading.page_pictures if each.page == page), None)


def _jpeg(text: str) -> bytes | None:
    try:
        content = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return None
    return content if content.startswith(JPEG) and len(content) <= MOST_PREVIEW else None


def _extent(reading: FileReading) -> tuple[bool, int, int]:
    suggests = any(each.what in SUGGESTING for each in reading.readings)
    return suggests, len(reading.readings), len(reading.page_pictures)
