"""PDF files: their text by PDFium, their signatures by pyHanko. Nothing in them is executed, shown or fetched."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import closing
from importlib.metadata import version
from typing import Final

import pypdfium2
from pypdfium2 import raw

from adjudicator.evidence.limits import Limits
from adjudicator.evidence.reading import signatures
from adjudicator.evidence.readings import FileReading, Place, Problem, Reading, What

METHOD: Final = f"pypdfium2 {version('pypdfium2')}"
MEDIA_TYPE: Final = "application/pdf"
SIGN: Final = b"%PDF-"
LATEST_START: Final = 1_024
"""Bytes within which a PDF begins."""
_SCRIPTS: Final = re.compile(rb"/(?:JavaScript|JS|Launch)\b")
"""Scripts and calls of programs, as far as they are not compressed; PDFium counts those of the document only, not of its opening or its pages."""
_XFA: Final = (raw.FORMTYPE_XFA_FULL, raw.FORMTYPE_XFA_FOREGROUND)
_PASSWORD: Final = 4
"""PDFium's code for a file that needs a password."""


def is_pdf(content: bytes) -> bool:
    """Whether bytes begin like a PDF."""
    return content.startswith(SIGN)


def is_perhaps_pdf(content: bytes) -> bool:
    """Whether a PDF may follow after something else: readers of PDF accept that."""
    return SIGN in content[:LATEST_START]


def read(content: bytes, limits: Limits, certificates: Sequence[str], at: str) -> FileReading:
    """Text and signatures of a PDF; the problem, if it cannot be read."""
    problems: list[Problem] = []
    readings: list[Reading] = []
    pages = None
    try:
        with closing(pypdfium2.PdfDocument(content)) as document:
            pages = len(document)
            problems += _problems(document, content, limits)
            readings += _texts(document, limits)
    except pypdfium2.PdfiumError as error:
        code = "encrypted" if getattr(error, "err_code", None) == _PASSWORD else "unreadable"
        problems.append(Problem(code=code, params={} if code == "encrypted" else {"error": "PdfiumError"}))
    else:
        try:
            signed, count = signatures.read(content, certificates, at)
            readings += signed
            if len(signed) < count:
                problems.append(Problem(code="signatures_left_out", params={"most": len(signed), "signatures": count}))
        except signatures.Unreadable as error:
            problems.append(Problem(code="signatures_unreadable", params={"error": str(error)}))
    return FileReading(media_type=MEDIA_TYPE, pages=pages, readings=tuple(readings), problems=tuple(problems))


def _problems(document: pypdfium2.PdfDocument, content: bytes, limits: Limits) -> Iterator[Problem]:
    if raw.FPDFDoc_GetJavaScriptActionCount(document) > 0 or _SCRIPTS.search(content):
        yield Problem(code="script")
    if document.get_formtype() in _XFA:
        yield Problem(code="xfa_form")
    if raw.FPDFDoc_GetAttachmentCount(document) > 0:
        yield Problem(code="attachments")
    if len(document) > limits.pages:
        yield Problem(code="too_many_pages", params={"most": limits.pages, "pages": len(document)})


def _texts(document: pypdfium2.PdfDocument, limits: Limits) -> Iterator[Reading]:
    """The text of each page that has any, as long as the limits last."""
    left = limits.text
    for number in range(min(len(document), limits.pages)):
        if left <= 0:
            return
        with closing(document[number]) as page, closing(page.get_textpage()) as text_page:
            text = text_page.get_text_range(0, min(left, text_page.count_chars())).strip("\0 \r\n\t")
        if text:
            left -= len(text)
            yield Reading(what=What.TEXT, value=text, method=METHOD, place=Place(page=number + 1))
