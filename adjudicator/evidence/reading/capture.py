"""What a camera wrote into a picture: when, and which model. Nothing else is read: no location, no serial number, no names, no faces."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from typing import Final

from PIL import ExifTags, Image
from PIL import __version__ as pillow

from adjudicator.evidence.readings import Reading, What

METHOD: Final = f"Pillow {pillow} EXIF"
_MOMENT: Final = re.compile(r"(\d{4}):(\d\d):(\d\d) (\d\d):(\d\d):(\d\d)")
_OFFSET: Final = re.compile(r"[+-](?:0\d|1[0-4]):[0-5]\d")
"""An offset that exists; with another one, a time is as good as without."""


def read(image: Image.Image) -> Iterable[Reading]:
    """The moment of capture (local time, with its offset if the camera states one) and the camera."""
    exif = image.getexif()
    details = exif.get_ifd(ExifTags.IFD.Exif)
    moment = _MOMENT.fullmatch(_text(details.get(ExifTags.Base.DateTimeOriginal)))
    if moment:
        offset = _OFFSET.fullmatch(_text(details.get(ExifTags.Base.OffsetTimeOriginal)))
        year, month, day, hour, minute, second = moment.groups()
        text = f"{year}-{month}-{day}T{hour}:{minute}:{second}{offset.group() if offset else ''}"
        if _exists(text):
            yield Reading(what=What.CAPTURED_AT, value=text, method=METHOD)
    camera = " ".join(filter(None, (_text(exif.get(ExifTags.Base.Make)), _text(exif.get(ExifTags.Base.Model)))))
    if camera:
        yield Reading(what=What.CAMERA, value=camera, method=METHOD)


def _exists(moment: str) -> bool:
    """Whether there is such a moment: a camera without a clock writes one of the year 0."""
    try:
        dt.datetime.fromisoformat(moment)
    except ValueError:
        return False
    return True


def _text(value: object) -> str:
    """A text of a camera, fit to show."""
    if isinstance(value, bytes):
        value = value.decode("ascii", "ignore")
    return "".join(each for each in str(value or "") if each.isprintable()).strip()[:100]
