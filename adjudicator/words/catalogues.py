"""Catalogues: gettext files of texts by code, the engine's and those of packs."""

from __future__ import annotations

from functools import cache
from gettext import GNUTranslations, NullTranslations
from importlib import import_module
from importlib.resources import files
from io import BytesIO

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po


@cache
def catalogue(package: str, language: str) -> Catalog | None:
    """The gettext file of a package in a language, from its folder ``words``; ``None`` if there is no such file."""
    import_module(package)
    source = files(package) / "words" / f"{language}.po"
    if not source.is_file():
        return None
    with source.open("rb") as stream:
        return read_po(stream, language, abort_invalid=True)


class _OfAPolicy(NullTranslations):
    """The texts of a pack; those that it has for one policy, ``<code>@<policy>``, come first."""

    def __init__(self, texts: NullTranslations, policy: str) -> None:
        super().__init__()
        self.texts = texts
        self.policy = policy

    def gettext(self, message: str) -> str:
        """A text by its code."""
        own = f"{message}@{self.policy}"
        found = self.texts.gettext(own)
        return self.texts.gettext(message) if found == own else found

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        """A text by its code that depends on a number."""
        return self.texts.ngettext(msgid1, msgid2, n)


@cache
def texts_for(modules: tuple[str, ...], policy: str, language: str) -> NullTranslations:
    """The texts of the packs of some modules, those of the first before the others, and behind them the engine's."""
    packages = dict.fromkeys(package for module in modules if (package := _package_with_texts(module, language)))
    engine = _texts_of(__name__.partition(".")[0], language)
    if not packages:
        return engine
    own, *others = (_texts_of(package, language) for package in packages)
    for each in (*others, engine):
        own.add_fallback(each)
    return _OfAPolicy(own, policy)


def _package_with_texts(module: str, language: str) -> str:
    """The nearest package above a module that has texts in a language; empty if none has."""
    package = module
    while package := package.rpartition(".")[0]:
        if catalogue(package, language) is not None:
            return package
    return ""


def _texts_of(package: str, language: str) -> NullTranslations:
    """The texts of one package. Each caller adds what is behind them, so each gets its own."""
    return GNUTranslations(BytesIO(_compiled(package, language)))


@cache
def _compiled(package: str, language: str) -> bytes:
    compiled = BytesIO()
    write_mo(compiled, catalogue(package, language) or Catalog(language))
    return compiled.getvalue()
