"""What is read in a file, and how. Only the child process imports this: everything here meets hostile bytes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from adjudicator.evidence.limits import Limits
from adjudicator.evidence.readings import FileReading, Problem, converter
from adjudicator.extras import importing

with importing("evidence"):
    from adjudicator.evidence.reading import archives, pages, pdfs, pictures


def warm_up() -> None:
    """Load what libraries load late, so that the forks need not."""
    pictures.warm_up()


def serve(header: Mapping[str, Any], content: bytes) -> tuple[Any, bytes]:
    """Serve a request: ``task`` is ``read``, ``draw`` (the pages of a PDF) or ``unpack``.

    For ``read``, ``preview`` says whether a small picture is wanted, ``suggest`` whether text and stamps are looked for too, ``wanted`` are
    the numbers that codes are compared with, ``certificates`` are those to trust (PEM), and ``at`` is the instant (RFC 3339) at which
    signatures have to be valid.
    """
    limits = Limits(**header["limits"])
    if header["task"] == "unpack":
        archive, contents = archives.unpacked(content, limits)
        return {"result": converter().unstructure(archive)}, contents
    if header["task"] == "draw":
        return {"result": converter().unstructure(pages.draw(content, limits))}, b""
    found = _read(content, limits, header)
    return {"result": converter().unstructure(found)}, b""


def _read(content: bytes, limits: Limits, options: Mapping[str, Any]) -> FileReading:
    if pdfs.is_pdf(content):
        return pdfs.read(content, limits, options.get("certificates", ()), options["at"])
    if archives.is_archive(content):
        return FileReading(media_type="application/zip", problems=(Problem(code="nested_archive"),))
    found = pictures.read(
        content,
        limits,
        preview=options.get("preview", False),
        suggest=options.get("suggest", False),
        wanted=options.get("wanted", ()),
    )
    if found.problems == (pictures.UNKNOWN,) and pdfs.is_perhaps_pdf(content):
        return pdfs.read(content, limits, options.get("certificates", ()), options["at"])
    return found
