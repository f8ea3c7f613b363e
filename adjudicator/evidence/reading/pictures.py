"""Pictures: decoded by Pillow within its own limits, and read by every method for pictures."""

from __future__ import annotations

import base64
import io
import warnings
import zipfile
from collections.abc import Callable, Collection, Iterable, Iterator
from typing import Final, TypeAlias

import pillow_heif
from PIL import ExifTags, Image, ImageFile, ImageOps, UnidentifiedImageError

from adjudicator.evidence.limits import Limits
from adjudicator.evidence.reading import barcodes, capture, credentials, hashes, labels, sources
from adjudicator.evidence.reading.faults import DAMAGED
from adjudicator.evidence.readings import FileReading, Problem, Reading

FORMATS: Final = ("JPEG", "PNG", "WEBP", "HEIF", "TIFF", "GIF", "BMP", "AVIF")
Look: TypeAlias = Callable[[Image.Image], Iterable[Reading]]
UNKNOWN: Final = Problem(code="unknown_type")
PREVIEW: Final = 900
"""The longest side of a preview, in pixels."""


def warm_up() -> None:
    """Register every format, and load what the methods load when they are first used."""
    pillow_heif.register_heif_opener(thumbnails=False)
    Image.init()
    hashes.read(Image.linear_gradient("L"))


def read(content: bytes, limits: Limits, *, preview: bool, suggest: bool, wanted: Collection[str] = ()) -> FileReading:
    """Everything read in a picture; or the problem, if it is not a picture. ``wanted`` are the numbers that codes are compared with."""
    Image.MAX_IMAGE_PIXELS = limits.pixels
    warnings.simplefilter("error", Image.DecompressionBombWarning)
    try:
        with _opened(content) as image:
            return _read(image, content, preview=preview, suggest=suggest, wanted=wanted)
    except UnidentifiedImageError:
        return FileReading(problems=(UNKNOWN,))
    except (Image.DecompressionBombWarning, Image.DecompressionBombError):
        return FileReading(problems=(Problem(code="too_many_pixels", params={"most": limits.pixels}),))
    except _Damaged as error:
        return FileReading(problems=(Problem(code="unreadable", params={"error": str(error)}),))


class _Damaged(Exception):
    """A file begins like a picture, but its header cannot be read; the message is the kind of error."""


def _opened(content: bytes) -> Image.Image:
    try:
        return Image.open(io.BytesIO(content), formats=FORMATS)
    except UnidentifiedImageError:
        raise
    except DAMAGED as error:
        raise _Damaged(type(error).__name__) from error


def _read(image: Image.Image, content: bytes, *, preview: bool, suggest: bool, wanted: Collection[str]) -> FileReading:
    # Cameras put a preview behind the picture: to Pillow that is another format, to everybody else a JPEG.
    media_type = Image.MIME.get("JPEG" if image.format == "MPO" else image.format or "", "application/octet-stream")
    problems = list(_problems(image, content))
    readings: list[Reading] = []
    decoded: Image.Image | None = image
    try:
        image.load()
    except DAMAGED as error:
        decoded = _what_is_there(content)
        code = "undecodable" if decoded is None else "truncated"
        problems.append(Problem(code=code, params={"error": type(error).__name__}))
    problems += _read_metadata(decoded or image, readings)
    try:
        readings += credentials.read(content, media_type)
    except credentials.Unreadable:
        problems.append(Problem(code="credentials_unreadable"))
    if decoded is None:
        return FileReading(media_type=media_type, readings=tuple(readings), problems=tuple(problems))
    upright = ImageOps.exif_transpose(in_eight_bits(decoded))
    readings += barcodes.read(upright, wanted)
    for look in (hashes.read, *(_suggesting() if suggest else ())):
        readings += look(upright)
    return FileReading(
        media_type=media_type,
        width=upright.width,
        height=upright.height,
        readings=tuple(readings),
        problems=tuple(problems),
        preview=small(upright) if preview else None,
    )


def _what_is_there(content: bytes) -> Image.Image | None:
    """An incomplete picture as far as it goes: other programs show it too, often without saying so. ``None`` if nothing can be decoded."""
    ImageFile.LOAD_TRUNCATED_IMAGES = True
    try:
        image = _opened(content)
        image.load()
    except (_Damaged, *DAMAGED):
        return None
    finally:
        ImageFile.LOAD_TRUNCATED_IMAGES = False
    return image


def _read_metadata(image: Image.Image, readings: list[Reading]) -> Iterator[Problem]:
    """Add what the metadata say, as far as they can be read. They can be damaged while the picture is not."""
    is_damaged = False
    for method in (labels.read, sources.read, capture.read):
        try:
            for reading in method(image):
                readings.append(reading)  # noqa: PERF402 - one by one: those before the damage stay
        except labels.UnreadableLabel:
            yield Problem(code="label_unreadable")
        except DAMAGED:
            is_damaged = True
    if is_damaged:
        yield Problem(code="metadata_unreadable")


def _suggesting() -> tuple[Look, ...]:
    """What only suggests; loaded when it is asked for, since it is heavy and belongs to another extra."""
    from adjudicator.evidence.reading import seals, words  # noqa: PLC0415 - an extra of its own

    return words.read, seals.read


def _problems(image: Image.Image, content: bytes) -> Iterator[Problem]:
    frames = getattr(image, "n_frames", 1)
    if frames > 1 and image.format != "MPO":
        yield Problem(code="only_first_frame", params={"frames": frames})
    if b"%PDF-" in content or zipfile.is_zipfile(io.BytesIO(content)):
        yield Problem(code="polyglot")


def in_eight_bits(image: Image.Image) -> Image.Image:
    """A picture of any mode in RGB, or in grey if it has one channel of more than eight bits."""
    if image.mode.startswith("I") or image.mode == "F":
        flat = image.convert("F")
        _, highest = flat.getextrema()
        most = highest if isinstance(highest, float) else 255.0
        made = flat.point(lambda value: value * (255.0 / max(most, 255.0)) + 0.0).convert("L")
    elif image.has_transparency_data:
        made = Image.new("RGB", image.size, "white")
        layer = image.convert("RGBA")
        made.paste(layer, mask=layer)
    else:
        made = image.convert("RGB")
    made.info.clear()  # damaged metadata would be parsed again
    made.getexif().update({ExifTags.Base.Orientation: _orientation(image)})
    return made


def _orientation(image: Image.Image) -> int:
    """How a picture is turned, by EXIF; 1, which is upright, if that cannot be read."""
    try:
        orientation = image.getexif().get(ExifTags.Base.Orientation, 1)
    except DAMAGED:
        return 1
    return orientation if type(orientation) is int else 1


def small(image: Image.Image) -> str:
    """A preview in Base64, made of the pixels alone."""
    copy = image.convert("RGB")
    copy.thumbnail((PREVIEW, PREVIEW))
    copy.info.clear()
    written = io.BytesIO()
    copy.save(written, "JPEG", quality=80)
    return base64.b64encode(written.getvalue()).decode()
