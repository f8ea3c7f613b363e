"""Write pages as self-contained HTML to a folder that holds nothing else.

The folder contains a list of its files in the format of ``sha256sum --check``. A file that is not on the list, or that was
changed, belongs to somebody else and is never overwritten.
"""

from __future__ import annotations

import hashlib
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
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
    """A folder contains a file that the handbook did not write; the message names it."""


def write_handbook(
    groups: Iterable[Sequence[Edition]],
    folder: Path,
    language: str,
    *,
    form: Literal["html", "markdown"] = "html",
    sightings: bytes | None = None,
) -> int:
    """Write the handbook of some policies (see :func:`adjudicator.rulebook.handbook.handbook`), and return its number of pages.

    ``sightings`` is the file that a test run wrote. Raises :class:`~adjudicator.model.errors.InputError` if it is invalid, and
    whatever :func:`publish` raises.
    """
    suffix, files_of = _FORMS[form]
    seen = {} if sightings is None else load_sightings(sightings)
    _require_ours(folder)  # before the pages are made, which takes seconds
    book = Book(language=language, suffix=suffix, sightings=seen)
    pages = handbook(groups, book)
    publish(files_of(pages, book), folder)
    return len(pages)


def html_files(pages: Sequence[Page], book: Book) -> dict[str, bytes]:
    """The pages as HTML by file name, each with styles for light mode, dark mode and print."""
    return {f"{page.name}{book.suffix}": _html(page, pages, book) for page in pages}


def markdown_files(pages: Sequence[Page], book: Book) -> dict[str, bytes]:
    """The pages as Markdown by file name."""
    return {f"{page.name}{book.suffix}": f"{page.text}\n".encode() for page in pages}


_FORMS: Final = {"html": (".html", html_files), "markdown": (".md", markdown_files)}


def publish(contents: Mapping[str, bytes], folder: Path) -> None:
    """Write files to a folder of their own, all of them or none.

    Creates the folder, or replaces it if it contains only an earlier handbook. Raises :class:`NotOurs` if it contains anything
    else, and :class:`OSError` with the folder's name if it cannot be written.
    """
    _require_ours(folder)
    try:
        _write(contents, folder.resolve())
    except OSError as error:
        raise OSError(error.errno, error.strerror, str(folder)) from error


def _require_ours(folder: Path) -> None:
    """Raise :class:`NotOurs` if a folder contains anything but an earlier handbook."""
    target = folder.resolve()
    if foreign := _foreign(target):
        raise NotOurs(str(folder / foreign) if target.is_dir() else str(folder))


def _write(contents: Mapping[str, bytes], target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    with _temporary_folder(target) as workshop:
        made = workshop / "new"
        made.mkdir()
        for name, content in {**contents, LIST: _listed(contents)}.items():
            (made / name).write_bytes(content)
        _replace(made, target, workshop / "old")


def _foreign(folder: Path) -> str:
    """The first file in a folder that the handbook did not write, or that was changed since; empty if there is no such file."""
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
def _temporary_folder(target: Path) -> Iterator[Path]:
    """A temporary folder on the same disk."""
    workshop = Path(tempfile.mkdtemp(prefix=f".{target.name}-", dir=target.parent))
    try:
        yield workshop
    finally:
        shutil.rmtree(workshop, ignore_errors=True)


def _replace(made: Path, target: Path, old: Path) -> None:
    """Replace a folder by a new one. If that fails, the old one is restored."""
    if not target.exists():
        made.rename(target)
        return
    target.rename(old)
    try:
        made.rename(target)
    except OSError:
        old.rename(target)
        raise


def html_fragment(page: Page) -> str:
    """The content of a page as HTML, without styles, for a page of yours."""
    return _renderer().convert(page.text)


def _renderer() -> Markdown:
    return Markdown(
        extensions=list(_EXTENSIONS),
        extension_configs={"codehilite": {"guess_lang": False}, "toc": {"permalink": False}},
        output_format="html",
    )


def _html(page: Page, pages: Sequence[Page], book: Book) -> bytes:
    renderer = _renderer()
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


@cache
def _highlighting(style: str) -> str:
    """The CSS that colours code in a Pygments style."""
    formatter: Any = HtmlFormatter(style=style)
    rules: str = formatter.get_style_defs(".codehilite")
    return rules
