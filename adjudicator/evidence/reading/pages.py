"""The pages of a PDF as small pictures, drawn by PDFium, with the place of each line of their text. Nothing in the file is run."""

from __future__ import annotations

import base64
import io
from collections.abc import Iterator
from contextlib import closing
from ctypes import byref, c_double, c_int
from typing import Final, TypeAlias

import pypdfium2
from PIL import Image
from pypdfium2 import raw

from adjudicator.evidence.limits import MIB, Limits
from adjudicator.evidence.reading.pdfs import METHOD
from adjudicator.evidence.readings import (
    MOST_LINES,
    DrawnPages,
    PagePicture,
    Place,
    Problem,
    Reading,
    What,
)

LONGEST_SIDE: Final = 1_200
"""Of a picture of a page, in pixels: a sheet of A4 has 100 pixels an inch, enough to read it."""
LARGEST_SCALE: Final = 3.0
"""The most pixels for a point (1/72 inch), so that small pages are not blown up."""
MOST_BYTES: Final = 3 * MIB
"""Of all pictures of a file together, in Base64; ten of the usual size fit."""
USUAL_BYTES: Final = 200_000
"""A picture that is larger is saved again with a lower quality."""
QUALITIES: Final = (80, 60, 35)
MOST_CHARACTERS: Final = 10_000
"""Of a page, that are looked at for lines."""
LONGEST_LINE: Final = 400
FAINTEST: Final = 16
"""The least difference of grey values, of 255, by which something can be seen in a place."""

Box: TypeAlias = tuple[float, float, float, float]
Corners: TypeAlias = tuple[tuple[int, int], ...]


def draw(content: bytes, limits: Limits) -> DrawnPages:
    """The first pages, as far as the limits go; the problem, if there are more, or if one cannot be drawn."""
    drawn: list[PagePicture] = []
    problems: list[Problem] = []
    left = MOST_BYTES
    try:
        with closing(pypdfium2.PdfDocument(content)) as document:
            document.init_forms()  # what somebody has filled in is drawn too
            pages = len(document)
            for number in range(1, min(pages, limits.shown_pages) + 1):
                with closing(document[number - 1]) as page:
                    image = _image(page)
                    picture = _picture(page, number, image)
                left -= len(picture.picture)
                if left < 0:
                    break
                drawn.append(picture)
                if not all(_shows(image, each.place.polygon) for each in picture.lines if each.place):
                    problems.append(Problem(code="text_not_seen", params={"page": number}))
    except (pypdfium2.PdfiumError, ValueError, OverflowError) as error:
        problems.append(Problem(code="pages_not_drawn", params={"error": type(error).__name__}))
    else:
        if len(drawn) < pages:
            problems.append(Problem(code="pages_left_out", params={"most": len(drawn), "pages": pages}))
    return DrawnPages(tuple(drawn), tuple(problems))


def _image(page: pypdfium2.PdfPage) -> Image.Image:
    """A page as it is printed, with annotations and forms, on white. Raises :class:`ValueError` if it has no size."""
    longest = max(page.get_size())
    if not 0 < longest < float("inf"):
        raise ValueError("a page without a size")
    drawn = page.render(scale=min(LARGEST_SCALE, (LONGEST_SIDE - 1) / longest), rev_byteorder=True)
    image: Image.Image = drawn.to_pil()
    return image.convert("RGB")


def _picture(page: pypdfium2.PdfPage, number: int, image: Image.Image) -> PagePicture:
    return PagePicture(
        page=number,
        width=image.width,
        height=image.height,
        picture=base64.b64encode(_jpeg(image)).decode(),
        lines=tuple(_lines(page, number, image.size)),
    )


def _shows(image: Image.Image, corners: Corners) -> bool:
    """Whether something can be seen in a place. Text may be hidden, or be in a font that neither the file nor this machine has."""
    across, down = zip(*corners, strict=True)
    greys = set(image.crop((min(across), min(down), max(across), max(down))).convert("L").tobytes())
    return max(greys) - min(greys) >= FAINTEST


def _jpeg(image: Image.Image) -> bytes:
    """A picture in at most the usual number of bytes, if a lower quality is enough for that."""
    content = b""
    for quality in QUALITIES:
        written = io.BytesIO()
        image.save(written, "JPEG", quality=quality)
        content = written.getvalue()
        if len(content) <= USUAL_BYTES:
            break
    return content


def _lines(page: pypdfium2.PdfPage, number: int, size: tuple[int, int]) -> Iterator[Reading]:
    """The first lines of the text of a page, with their places in its picture."""
    count = 0
    with closing(page.get_textpage()) as text_page:
        for text, box in _boxed(text_page):
            corners = _corners(page, box, size)
            if len({x for x, _ in corners}) < 2 or len({y for _, y in corners}) < 2:
                continue  # beside the page
            yield Reading(what=What.TEXT, value=text, method=METHOD, place=Place(page=number, polygon=corners))
            count += 1
            if count == MOST_LINES:
                return


def _boxed(text_page: pypdfium2.PdfTextPage) -> Iterator[tuple[str, Box]]:
    """The lines of text, each with the box around its characters: left, bottom, right and top, in points."""
    characters: list[str] = []
    boxes: list[Box] = []
    for index in range(min(text_page.count_chars(), MOST_CHARACTERS) + 1):
        code = raw.FPDFText_GetUnicode(text_page, index) if index < text_page.count_chars() else ord("\n")
        if code in (ord("\r"), ord("\n")):
            if boxes and (text := "".join(characters).strip()):
                yield text[:LONGEST_LINE], _around(boxes)
            characters, boxes = [], []
            continue
        characters.append(chr(code) if code <= 0x10FFFF and not 0xD800 <= code < 0xE000 else "\ufffd")
        if raw.FPDFText_IsGenerated(text_page, index) != 1:
            boxes.append(text_page.get_charbox(index))


def _around(boxes: list[Box]) -> Box:
    lefts, bottoms, rights, tops = zip(*boxes, strict=True)
    return min(lefts), min(bottoms), max(rights), max(tops)


def _corners(page: pypdfium2.PdfPage, box: Box, size: tuple[int, int]) -> Corners:
    """The corners of a box in the picture of a page, which may be turned, and may show a part of the sheet only."""
    left, bottom, right, top = box
    places = [_pixel(page, corner, size) for corner in ((left, top), (right, top), (right, bottom), (left, bottom))]
    return tuple((min(max(x, 0), size[0]), min(max(y, 0), size[1])) for x, y in places)


def _pixel(page: pypdfium2.PdfPage, point: tuple[float, float], size: tuple[int, int]) -> tuple[int, int]:
    x, y = c_int(), c_int()
    raw.FPDF_PageToDevice(page, 0, 0, *size, 0, c_double(point[0]), c_double(point[1]), byref(x), byref(y))
    return x.value, y.value
