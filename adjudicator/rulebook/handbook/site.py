"""Publishing: pages as HTML that needs nothing besides itself, in a folder that is this handbook's alone.

The folder holds a list of what was written into it, in the form that ``sha256sum --check`` reads. What is not on the list, or
not as it was written, is somebody's: it is never overwritten.
"""

from __future__ import annotations

import hashlib
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from html import escape
from importlib.resources import files
from pathlib import Path
from string import Template
from typing import Any, Final, Literal

from adjudicator.extras import importing

with importing("handbook"):
    from markdown import Markdown
    from pygments.formatters import HtmlFormatter

from adjudicator.engine.policy import Edition
from adjudicator.rulebook.handbook import handbook
from adjudicator.rulebook.handbook.book import Book, Page
from adjudicator.rulebook.handbook.coverage import load_sightings

LIST: Final = "SHA256SUMS"

_EXTENSIONS: Final = ("attr_list", "codehilite", "fenced_code", "tables", "toc")


class NotOurs(Exception):
    """A folder that holds something that the handbook did not put there; the message names it."""


def write_handbook(
    groups: Iterable[Sequence[Edition]],
    folder: Path,
    language: str,
    *,
    form: Literal["html", "markdown"] = "html",
    sightings: bytes | None = None,
) -> int:
    """Write the handbook of some policies (see :func:`adjudicator.rulebook.handbook.handbook`), and say how many pages it has.

    ``sightings`` is what a test run wrote down. Raises :class:`~adjudicator.model.errors.InputError` where that is not sound, and
    what :func:`publish` raises.
    """
    suffix, files_of = _FORMS[form]
    seen = {} if sightings is None else load_sightings(sightings)
    book = Book(language=language, suffix=suffix, sightings=seen)
    pages = handbook(groups, book)
    publish(files_of(pages, book), folder)
    return len(pages)


def html_files(pages: Sequence[Page], book: Book) -> dict[str, bytes]:
    """The pages as HTML by file name, each with what it needs to be read by day, by night and on paper."""
    return {f"{page.name}{book.suffix}": _html(page, pages, book) for page in pages}


def markdown_files(pages: Sequence[Page], book: Book) -> dict[str, bytes]:
    """The pages as Markdown by file name."""
    return {f"{page.name}{book.suffix}": f"{page.text}\n".encode() for page in pages}


_FORMS: Final = {"html": (".html", html_files), "markdown": (".md", markdown_files)}


def publish(contents: Mapping[str, bytes], folder: Path) -> None:
    """Put files into a folder of their own, all of them or none.

    The folder is made, or replaced if it holds nothing but an earlier handbook. Raises :class:`NotOurs` if it holds anything
    else, and :class:`OSError`, with the folder, where the disk refuses.
    """
    target = folder.resolve()
    if foreign := _foreign(target):
        raise NotOurs(str(folder / foreign) if target.is_dir() else str(folder))
    try:
        _write(contents, target)
    except OSError as error:
        raise OSError(error.errno, error.strerror, str(folder)) from error


def _write(contents: Mapping[str, bytes], target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    with _beside(target) as workshop:
        made = workshop / "new"
        made.mkdir()
        for name, content in {**contents, LIST: _listed(contents)}.items():
            (made / name).write_bytes(content)
        _take_the_place(made, target, workshop / "old")


def _foreign(folder: Path) -> str:
    """The first thing in a folder that no handbook put there, or that was changed since; nothing if there is none."""
    if not folder.is_dir():
        return folder.name if folder.exists() else ""
    written = _written(folder / LIST)
    for each in sorted(folder.iterdir()):
        if each.name != LIST and not (each.is_file() and _digest(each.read_bytes()) == written.get(each.name)):
            return each.name
    return ""


def _written(listed: Path) -> dict[str, str]:
    if not listed.is_file():
        return {}
    pairs = (line.partition("  ") for line in listed.read_text("utf-8").splitlines())
    return {name: digest for digest, _, name in pairs}


def _listed(contents: Mapping[str, bytes]) -> bytes:
    return "".join(f"{_digest(content)}  {name}\n" for name, content in sorted(contents.items())).encode()


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


@contextmanager
def _beside(target: Path) -> Iterator[Path]:
    """A folder on the same disk that is gone afterwards, whatever happens."""
    workshop = Path(tempfile.mkdtemp(prefix=f".{target.name}-", dir=target.parent))
    try:
        yield workshop
    finally:
        shutil.rmtree(workshop, ignore_errors=True)


def _take_the_place(made: Path, target: Path, old: Path) -> None:
    """Let a folder take the place of another, which is put back if that fails."""
    if not target.exists():
        made.rename(target)
        return
    target.rename(old)
    try:
        made.rename(target)
    except OSError:
        old.rename(target)
        raise


def _html(page: Page, pages: Sequence[Page], book: Book) -> bytes:
    renderer = Markdown(
        extensions=list(_EXTENSIONS),
        extension_configs={"codehilite": {"guess_lang": False}, "toc": {"permalink": False}},
        output_format="html",
    )
    body = renderer.convert(page.text)
    links = (
        f'<li><a href="{escape(each.name)}{book.suffix}"{" aria-current=page" if each is page else ""}>'
        f"{escape(each.title)}</a></li>"
        for each in pages
    )
    frame = Template((files(__package__ or "") / "page.html").read_text("utf-8"))
    written = frame.substitute(
        language=book.language.replace("_", "-"),
        title=escape(page.title),
        by_day=_highlighting("default"),
        by_night=_highlighting("github-dark"),
        pages="\n".join(links),
        contents=getattr(renderer, "toc", ""),
        body=body,
    )
    return written.encode()


def _highlighting(style: str) -> str:
    """The colours of code in a style."""
    formatter: Any = HtmlFormatter(style=style)
    rules: str = formatter.get_style_defs(".codehilite")
    return rules
