"""A case whose evidence is in pictures, examined by the service, for the tests of the panel."""

from __future__ import annotations

import hashlib
import json
from functools import cache
from random import Random
from typing import Any, Final

from attrs import evolve
from playwright.sync_api import Page

from adjudicator.evidence.files import FolderStore
from adjudicator.evidence.kept import keep, kept_reading
from adjudicator.evidence.readings import Place, Reading, What
from adjudicator.evidence.sample import scenes
from desk.desks import WHISKY, Desk
from evidence.made import BARCODE, SHOWS, WAYBILL, document, manifest

SAYS: Final = ("STATEMENT OF THE CARRIER", f"Waybill {WAYBILL}", "The bottle was broken when it was signed for.")
WORDS: Final = Place(polygon=((86, 182), (432, 182), (432, 219), (86, 219)))
SEAL: Final = Place(polygon=((625, 925), (874, 925), (874, 1174), (625, 1174)))
SUGGESTED: Final = (
    Reading(what=What.WORDS, value=SAYS[1], method="RapidOCR", place=WORDS),
    Reading(what=What.SEAL, value="perhaps a stamp", method="OpenCV", place=SEAL),
)
"""The readings of OCR and OpenCV in the statement. They take seconds, and have their own tests."""


SEALED: Final = b"%PDF-1.7\nnothing that can be read"
"""A PDF whose pages cannot be drawn."""


@cache
def paper() -> bytes:
    """That statement as a PDF: a page with a waybill number, a page without text, and more than are shown."""
    return document([*SAYS, "Signed on 2022-03-26"], [], *[["Terms of carriage"]] * 10)


@cache
def label() -> bytes:
    """A picture of a bottle with a barcode."""
    return scenes.jpeg(scenes.bottle(Random(1), scenes.code(BARCODE, scenes.EAN13)))


@cache
def statement() -> bytes:
    """A picture of a carrier's statement, with a waybill code and a stamp."""
    return scenes.jpeg(scenes.statement(Random(2), [*SAYS], WAYBILL))


def digest(content: bytes) -> str:
    """The SHA-256 of a file."""
    return hashlib.sha256(content).hexdigest()


def examined(desk: Desk, case: dict[str, Any]) -> dict[str, Any]:
    """The case with evidence in two pictures: of a label, and of a carrier's statement that nobody has reviewed."""
    stated: list[dict[str, Any]] = [
        {"files": ["label.jpg"], "stated": SHOWS},
        {"files": ["statement.jpg"], "kind": "courier_statement"},
    ]
    return _examined(desk, case, manifest(*stated), {"label.jpg": label(), "statement.jpg": statement()})


def with_papers(desk: Desk) -> dict[str, Any]:
    """A case with the evidence of a picture and two PDFs, of which the second cannot be read."""
    stated: list[dict[str, Any]] = [
        {"files": ["label.jpg"], "stated": SHOWS},
        {"files": ["paper.pdf", "sealed.pdf"], "kind": "courier_statement"},
    ]
    files = {"label.jpg": label(), "paper.pdf": paper(), "sealed.pdf": SEALED}
    return _examined(desk, WHISKY, manifest(*stated), files)


def _examined(desk: Desk, case: dict[str, Any], stated: bytes, files: dict[str, bytes]) -> dict[str, Any]:
    parts: list[tuple[str, Any]] = [
        ("order", (None, json.dumps(case | {"evidence": []}))),
        ("manifest", (None, stated)),
        *(("files", each) for each in files.items()),
    ]
    response = desk.client.post("/v1/examinations", files=parts, headers={"Authorization": f"Bearer {desk.key}"})
    assert response.status_code == 200, response.text
    found: dict[str, Any] = response.json()["case"]
    return found


def a_case(desk: Desk, files: FolderStore) -> dict[str, Any]:
    """The case. For the statement, text and a stamp are suggested."""
    made = examined(desk, WHISKY)
    before = kept_reading(files, digest(statement()))
    assert before is not None
    keep(files, statement(), evolve(before, readings=(*before.readings, *SUGGESTED)))
    return made


PICTURES: Final = ".lazy[data-load$=pictures] summary"
"""What opens the pictures."""


def open_pictures(page: Page) -> None:
    """Open the pictures, and wait until they are there."""
    page.click(PICTURES)
    page.wait_for_selector(".piece image[href^='blob:'] >> nth=1", state="attached")
