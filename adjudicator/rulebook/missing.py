"""List the codes of editions that have no text in a language, as a gettext file to fill in."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from io import BytesIO

from adjudicator.engine.policy import Edition
from adjudicator.extras import importing
from adjudicator.rulebook.codes import codes_without_words
from adjudicator.words import ENGLISH, LANGUAGES, SIMPLIFIED_CHINESE, rule_code, tag_of
from adjudicator.words.catalogues import texts_for
from adjudicator.words.rules import modules_of

with importing("words"):
    from babel.messages.catalog import Catalog
    from babel.messages.pofile import write_po


def missing_words(editions: Iterable[Edition], language: str) -> str:
    """An empty message for every missing code; comments give its texts in other languages."""
    catalog = Catalog(language)
    for edition in editions:
        for code in codes_without_words(edition, language):
            catalog.add(code, "", auto_comments=[*_elsewhere(edition, code, language)])
    written = BytesIO()
    write_po(written, catalog, omit_header=True, width=0)
    return written.getvalue().decode().lstrip("\n")


def _elsewhere(edition: Edition, code: str, language: str) -> Iterator[str]:
    """The texts of a code in the other languages; for a function, those in its docstring."""
    said = {rule_code(node): node.citation for node in edition.nodes.values()}
    in_docstring = {ENGLISH: said[code].english, SIMPLIFIED_CHINESE: said[code].chinese} if code in said else {}
    for other in LANGUAGES:
        text = texts_for(modules_of(edition), edition.policy, other).gettext(code)
        found = in_docstring.get(other) if text == code else text
        if found and other != language:
            yield f"{tag_of(other)}: {found}"
