"""The formats of an explanation: each has all texts of the page, and none of them becomes markup."""

from __future__ import annotations

import string
from collections.abc import Iterator
from typing import Any, Final

import attrs
import html5lib
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markupsafe import escape

from adjudicator import decide
from adjudicator.explain import FORMATS, explained, page_for
from adjudicator.explain.html import blocks
from adjudicator.explain.page import Block, Items, Page, Pairs, Paragraph, Section, Table
from adjudicator.explain.sanitize import shown
from adjudicator.testing import a_case, a_damage_photo
from adjudicator.words import LANGUAGES
from explanations.reading import AUTHENTICITY, DAMAGE

HOSTILE: Final = st.one_of(
    st.text(min_size=1),
    st.text(string.punctuation + " a1\n", min_size=1),
    st.sampled_from(
        [
            "<script>alert(1)</script>", "&amp;", "[a](javascript:x)", "![a](http://x)", "**bold**", "`code`", "# head",
            "- item", "1. item", "1) item", "+ item", "| cell |", "http://x.example", "www.x.example", "a@b.example",
            "\x1b[31mred", "\u202eright to left", "> quote", "---", "===", "~~gone~~", "&copy;", "$x$", "a\\b", "line\nbreak",
        ]
    ),
)  # fmt: skip


def pages(texts: st.SearchStrategy[str]) -> st.SearchStrategy[Page]:
    """Pages with every kind of block, made of these texts."""
    some = st.lists(texts, min_size=1, max_size=3).map(tuple)
    rows = st.lists(st.tuples(texts, texts), min_size=1, max_size=3).map(tuple)
    leaf = st.one_of(
        st.builds(Paragraph, texts, st.booleans()),
        st.builds(Items, some, st.booleans()),
        st.builds(Pairs, rows),
        st.builds(Table, st.tuples(texts, texts), rows, st.booleans()),
    )
    blocks = st.lists(st.one_of(leaf, st.builds(Section, texts, st.lists(leaf, min_size=1, max_size=2).map(tuple))))
    return st.builds(Page, st.sampled_from(LANGUAGES), texts, some, blocks.map(tuple))


def squeezed(text: str) -> str:
    """A text without spaces, because formats lay them out differently."""
    return "".join(text.split())


@settings(max_examples=50, deadline=None)
@given(page=pages(HOSTILE))
@example(Page("en", "a\x00b", ("x",), (Paragraph("1. **a**"),)))
def test_html_has_all_texts_of_the_page_and_none_becomes_markup(page: Page) -> None:
    written = "".join(explained([page], "html"))
    parser = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False)
    tree = parser.parse(written)
    assert tree.get("lang") == page.language.replace("_", "-")
    body = tree.find("body")
    assert squeezed("".join(body.itertext())) == squeezed("".join(map(shown, every_text(page))))
    assert {each.tag for each in tree.iter()} <= {
        "html", "head", "meta", "title", "style", "body", "main", "article", "header", "section",
        "h1", "h2", "h3", "p", "ul", "ol", "li", "dl", "div", "dt", "dd", "table", "thead", "tbody", "tr", "th", "td",
    }  # fmt: skip
    assert {name for each in tree.iter() for name in each.attrib} <= {
        "lang", "charset", "name", "content", "class", "scope",
    }  # fmt: skip


@given(text=HOSTILE)
@example("'a' & \"b\" <c>")
def test_a_text_in_html_is_escaped_as_everywhere_else(text: str) -> None:
    """Quotes too, although they mean nothing between tags."""
    assert blocks([Paragraph(text)], 2) == f"<p>{escape(shown(text))}</p>\n"


def every_text(page: Page | Block) -> Iterator[str]:
    """The texts of a page in order, including empty ones."""
    match page:
        case Page(_, title, about, blocks):
            yield from (title, *about, *(text for each in blocks for text in every_text(each)))
        case Section(heading, blocks):
            yield from (heading, *(text for each in blocks for text in every_text(each)))
        case Paragraph(text):
            yield text
        case Items(items):
            yield from items
        case Pairs(pairs):
            yield from (text for pair in pairs for text in pair)
        case Table(head, rows):
            yield from (*head, *(cell for row in rows for cell in row))


OURS: Final = {
    "heading_open", "heading_close", "paragraph_open", "paragraph_close", "bullet_list_open", "bullet_list_close",
    "ordered_list_open", "ordered_list_close", "list_item_open", "list_item_close", "table_open", "table_close", "thead_open",
    "thead_close", "tbody_open", "tbody_close", "tr_open", "tr_close", "th_open", "th_close", "td_open", "td_close", "inline",
    "text", "softbreak", "hardbreak", "strong_open", "strong_close", "text_special",
}  # fmt: skip
"""The Markdown that pages use: no links, pictures, code, quotes, rules or HTML."""


@settings(max_examples=50, deadline=None)
@given(page=pages(HOSTILE))
def test_markdown_has_all_texts_of_the_page_and_none_becomes_markup(page: Page) -> None:
    reader = MarkdownIt("commonmark", {"linkify": False}).enable(["table", "strikethrough"])
    tokens = reader.parse("".join(explained([page], "markdown")))
    inner = [each for token in tokens for each in (token.children or ())]
    assert {each.type for each in (*tokens, *inner)} <= OURS
    said = squeezed("".join(each.content for each in inner))
    expected = squeezed("".join(map(shown, every_text(page))))
    assert said.replace(":", "") == expected.replace(":", "")


@settings(max_examples=50, deadline=None)
@given(page=pages(HOSTILE))
def test_text_has_no_control_characters_for_terminals(page: Page) -> None:
    written = "".join(explained([page], "text"))
    assert all(line.isprintable() for line in written.splitlines())
    assert all(shown(text) in written or shown(text).upper() in written for text in every_text(without_heads(page)))


def without_heads(page: Page) -> Page:
    """A page whose tables have no headers: tables too wide for a narrow window are written without them."""
    return attrs.evolve(page, blocks=tuple(without_head(each) for each in page.blocks))


def without_head(block: Block) -> Block:
    """The same for a block."""
    if isinstance(block, Section):
        return attrs.evolve(block, blocks=tuple(without_head(each) for each in block.blocks))
    return attrs.evolve(block, head=()) if isinstance(block, Table) else block


@pytest.mark.parametrize("format", FORMATS)
def test_several_letters_are_one_document(format: Any) -> None:
    one, other = (
        page_for(decide(case), case, voice="consumer", locale="en")
        for case in (a_case(AUTHENTICITY), a_case(DAMAGE, a_damage_photo()))
    )
    text = "".join(explained([one, other], format))
    assert text.index("Authenticity guarantee") < text.index("Damage return")
    if format == "html":
        assert len(html5lib.parse(text, namespaceHTMLElements=False).findall(".//article")) == 2
    assert list(explained([], format)) == []


def test_letters_are_written_one_at_a_time() -> None:
    """A stream of decisions is explained while it still runs."""
    asked: list[int] = []

    def letters() -> Iterator[Page]:
        for number in range(3):
            asked.append(number)
            yield page_for(decide(a_case(AUTHENTICITY)), voice="agent", locale="en")

    next(iter(explained(letters(), "text")))
    assert asked == [0]
