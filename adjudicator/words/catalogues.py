"""Load catalogues: gettext files of texts by code, the engine's and those of packs."""

from __future__ import annotations

from functools import cache, lru_cache
from gettext import GNUTranslations, NullTranslations
from importlib import import_module
from importlib.resources import files
from io import BytesIO
from typing import Final

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import PoFileError, read_po

from adjudicator.engine.clause import PolicyError


@cache
def catalogue(package: str, language: str) -> Catalog | None:
    """The catalogue in a package's folder ``words``; ``None`` if it has none in this language."""
    import_module(package)
    source = files(package) / "words" / f"{language}.po"
    if not source.is_file():
        return None
    with source.open("rb") as stream:
        try:
            return read_po(stream, language, abort_invalid=True)
        except PoFileError as error:
            raise PolicyError(f"the words in {source} cannot be read: {error}") from error


MOST_TEXTS: Final = 8_192
"""The number of codes whose text is kept for one policy in one language: more than there are."""


class _Remembered(NullTranslations):
    """The texts of a chain of catalogues, each looked up once."""

    def __init__(self, texts: NullTranslations) -> None:
        super().__init__()
        self.texts = texts
        self._look_up = lru_cache(maxsize=MOST_TEXTS)(texts.gettext)

    def gettext(self, message: str) -> str:
        """The text of a code."""
        return self._look_up(message)

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        """The text of a code in the plural form for a number."""
        return self.texts.ngettext(msgid1, msgid2, n)


class _OfAPolicy(NullTranslations):
    """The texts of a pack; those for one policy, ``<code>@<policy>``, take precedence."""

    def __init__(self, texts: NullTranslations, policy: str) -> None:
        super().__init__()
        self.texts = texts
        self.policy = policy

    def gettext(self, message: str) -> str:
        """The text of a code."""
        own = f"{message}@{self.policy}"
        found = self.texts.gettext(own)
        return self.texts.gettext(message) if found == own else found

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        """The text of a code in the plural form for a number."""
        return self.texts.ngettext(msgid1, msgid2, n)


@cache
def texts_for(modules: tuple[str, ...], policy: str, language: str) -> NullTranslations:
    """The texts of the packs of these modules, those of the first one taking precedence, then the engine's."""
    packages = dict.fromkeys(package for module in modules if (package := _package_with_texts(module, language)))
    engine = _texts_of(__name__.partition(".")[0], language)
    if not packages:
        return _Remembered(engine)
    own, *others = (_texts_of(package, language) for package in packages)
    for each in (*others, engine):
        own.add_fallback(each)
    return _Remembered(_OfAPolicy(own, policy))


def _package_with_texts(module: str, language: str) -> str:
    """The nearest package above a module that has texts in a language; empty if there is none."""
    package = module
    while package := package.rpartition(".")[0]:
        if catalogue(package, language) is not None:
            return package
    return ""


def _texts_of(package: str, language: str) -> NullTranslations:
    """The texts of one package. Each caller adds fallbacks, so each gets its own object."""
    return GNUTranslations(BytesIO(_compiled(package, language)))


@cache
def _compiled(package: str, language: str) -> bytes:
    compiled = BytesIO()
    write_mo(compiled, catalogue(package, language) or Catalog(language))
    return compiled.getvalue()
