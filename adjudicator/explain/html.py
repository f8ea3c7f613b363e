"""Pages as one self-contained HTML document, for the screen and for print."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache
from itertools import chain
from typing import Any

from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined, Template
from markupsafe import Markup

from adjudicator.explain.page import Block, Items, Page, Pairs, Paragraph, Section, Table
from adjudicator.explain.sanitize import shown
from adjudicator.words import tag_of


def written(pages: Iterable[Page]) -> Iterator[str]:
    """One document with an article for each page; in print each starts a new sheet. No pages, no document."""
    coming = iter(pages)
    for first in coming:
        yield from _template().generate(first=first, pages=chain((first,), coming))


@cache
def _template() -> Template:
    """The template, compiled once."""
    return environment().get_template("letter.html")


def environment(*packages: str) -> Environment:
    """An environment for templates of packages, each in its folder ``templates``, and for ours. All text put into them is escaped."""
    ours = PackageLoader(__name__.rpartition(".")[0], ".")
    made = Environment(
        loader=ChoiceLoader([*map(PackageLoader, packages), ours]),
        autoescape=True,
        undefined=StrictUndefined,
        keep_trailing_newline=True,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_shown,
    )
    made.filters.update(tag=tag_of)
    made.globals.update(blocks=blocks)
    return made


def _shown(value: Any) -> Any:
    return shown(value) if type(value) is str else value


def blocks(several: Iterable[Block], level: int) -> Markup:
    """The blocks of a page as HTML, for templates. Headings count from the level that is given."""
    return Markup(_blocks(several, level))  # noqa: S704 - all texts in it are escaped


def _blocks(several: Iterable[Block], level: int) -> str:
    return "".join([_block(each, level) for each in several])


def _block(block: Block, level: int) -> str:
    match block:
        case Section(heading, within):
            return f"<section>\n<h{level}>{_safe(heading)}</h{level}>\n{_blocks(within, level + 1)}</section>\n"
        case Paragraph(text, strong):
            return f'<p class="strong">{_safe(text)}</p>\n' if strong else f"<p>{_safe(text)}</p>\n"
        case Items(items, in_order):
            tag = "ol" if in_order else "ul"
            return f"<{tag}>\n" + "".join([f"<li>{_safe(each)}</li>\n" for each in items]) + f"</{tag}>\n"
        case Pairs(pairs):
            rows = [f"<div><dt>{_safe(name)}</dt><dd>{_safe(value)}</dd></div>\n" for name, value in pairs]
            return f"<dl>\n{''.join(rows)}</dl>\n"
        case Table(head, rows, total):
            titles = "".join([f'<th scope="col">{_safe(cell)}</th>' for cell in head])
            body = [_row(row, is_total=total and number == len(rows)) for number, row in enumerate(rows, 1)]
            return f"<table>\n<thead><tr>{titles}</tr></thead>\n<tbody>\n{''.join(body)}</tbody>\n</table>\n"


def _row(row: tuple[str, ...], *, is_total: bool) -> str:
    name, *cells = map(_safe, row)
    values = "".join([f"<td>{cell}</td>" for cell in cells])
    start = '<tr class="total">' if is_total else "<tr>"
    return f'{start}<th scope="row">{name}</th>{values}</tr>\n'


def _safe(text: str) -> str:
    """A text with all HTML escaped."""
    safe = shown(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return safe.replace("'", "&#39;").replace('"', "&#34;")
