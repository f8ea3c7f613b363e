"""Load catalogues: gettext files of texts by code, the engine's and those of packs."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache, lru_cache
from gettext import GNUTranslations, NullTranslations
from importlib import import_module
from importlib.resources import files
from importlib.resources.abc import Traversable
from io import BytesIO
from typing import Final

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import PoFileError, read_po

from adjudicator.engine.clause import PolicyError


@cache
def catalogue(package: str, language: str) -> Catalog | None:
    """The catalogue in a package's folder ``words``; ``None`` if it has none in this language.

    Raises :class:`PolicyError`, with the file, for one that cannot be read.
    """
    import_module(package)
    source = catalogue_file(package, language)
    if not source.is_file():
        return None
    with source.open("rb") as stream:
        try:
            return read_po(stream, language, abort_invalid=True)
        except PoFileError as error:
            raise PolicyError(f"the words in {source} cannot be read: {error}") from error
        except (UnicodeError, LookupError) as error:
            raise PolicyError(f"the words in {source} cannot be read: {error}; save the file as UTF-8") from error


def catalogue_file(package: str, language: str) -> Traversable:
    """The file with the catalogue of a package, whether it is there or not."""
    return files(package) / "words" / f"{language}.po"


ENGINE: Final = __name__.partition(".")[0]
"""The package with the texts that every policy has."""
MOST_TEXTS: Final = 8_192
"""The number of codes whose text is kept for one policy in one language: more than there are."""


class RememberedTexts(NullTranslations):
    """The texts of a chain of catalogues, each looked up once. ``packages`` are those that these belong to, in order."""

    def __init__(
        self, texts: NullTranslations, packages: Iterable[str] = (), policy: str = "", language: str = ""
    ) -> None:
        super().__init__()
        self.texts = texts
        self.packages = tuple(packages)
        self.policy = policy
        self.language = language
        self._look_up = lru_cache(maxsize=MOST_TEXTS)(texts.gettext)

    def gettext(self, message: str) -> str:
        """The text of a code."""
        return self._look_up(message)

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        """The text of a code in the plural form for a number."""
        return self.texts.ngettext(msgid1, msgid2, n)

    def place_of(self, code: str) -> str:
        """The file and the entry with the text of a code, for messages."""
        for package in self.packages:
            for entry in (f"{code}@{self.policy}", code):
                found = catalogue(package, self.language)
                if found is not None and (entry in found or (entry, entry) in found):
                    return f"{catalogue_file(package, self.language)}: {entry}"
        return code


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
def texts_for(modules: tuple[str, ...], policy: str, language: str) -> RememberedTexts:
    """The texts of the packs of these modules, those of the first one taking precedence, then the engine's."""
    packages = packages_with_texts(modules, language)
    engine = _texts_of(ENGINE, language)
    if not packages:
        return RememberedTexts(engine, (ENGINE,), policy, language)
    own, *others = (_texts_of(package, language) for package in packages)
    for each in (*others, engine):
        own.add_fallback(each)
    return RememberedTexts(_OfAPolicy(own, policy), (*packages, ENGINE), policy, language)


def packages_with_texts(modules: Iterable[str], language: str) -> tuple[str, ...]:
    """The packages whose catalogues have the texts of these modules in a language."""
    return tuple(dict.fromkeys(package for module in modules if (package := _package_with_texts(module, language))))


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
