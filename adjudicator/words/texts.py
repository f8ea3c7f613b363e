"""Texts: a code and its parameters in, a text out; and several texts in a row."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache, reduce
from gettext import NullTranslations
from string import Formatter
from typing import Final, Literal

from attrs import field, frozen
from babel.core import Locale
from babel.lists import format_list

from adjudicator.engine.policy import Edition
from adjudicator.words.languages import cldr_locale

_NEEDS_SPACE: Final = re.compile(r"[\u4e00-\u9fff][A-Za-z0-9(]|[A-Za-z0-9)%][\u4e00-\u9fff]")
"""A Chinese character next to a Latin letter or digit; between them stands a space, whichever comes first."""


def spaced(parts: Iterable[str]) -> str:
    """Parts of a text one after another, a space between Chinese and Latin letters or digits where two parts meet."""
    text = ""
    for part in parts:
        text += f" {part}" if _NEEDS_SPACE.fullmatch(text[-1:] + part[:1]) else part
    return text


@frozen
class Texts:
    """The texts of one language for one edition.

    ``outside`` is how a text that came in with a case is written. By default it stays as it is; a shell that shows it where
    characters have power passes in what takes that from them.
    """

    language: str
    edition: Edition | None = None
    outside: Callable[[str], str] = str
    exact: bool = True
    _texts: NullTranslations = field(factory=NullTranslations, repr=False)

    def __contains__(self, code: str) -> bool:
        return self._texts.gettext(code) != code

    def say(self, code: str, **params: object) -> str:
        """The text of a code; for a code without a text, its last part."""
        template = self._texts.gettext(code)
        if template != code:
            return spaced(_filled(template, params))
        return self.outside(code.rpartition(".")[2].replace("_", " "))

    def counted(self, code: str, count: int, **params: object) -> str:
        """The text of a code that depends on a number, which is its ``{count}``."""
        return spaced(_filled(self._texts.ngettext(code, code, count), {"count": count, **params}))

    def first(self, codes: Iterable[str], **params: object) -> str:
        """The text of the first code that has one, and of the last if none has."""
        candidates = tuple(codes)
        return self.say(next((code for code in candidates if code in self), candidates[-1]), **params)

    def listed(self, items: Iterable[str], by: Literal["standard", "or"] = "standard") -> str:
        """Several things in a row, joined as the language does it, with its ``and`` or its ``or``."""
        each = list(items)
        pattern = format_list([f"\x00{place}\x00" for place in range(len(each))], by, self.cldr)
        return spaced(each[int(part)] if place % 2 else part for place, part in enumerate(pattern.split("\x00")))

    def sentences(self, *sentences: str) -> str:
        """Sentences one after another; empty ones are left out."""
        return self.joined("sentences", (each for each in sentences if each))

    def joined(self, code: str, items: Iterable[str]) -> str:
        """Things of a kind one after another: each with the next in the place of ``{one}`` and ``{next}``."""
        each = list(items)
        return reduce(lambda one, following: self.say(f"list.{code}", one=one, next=following), each) if each else ""

    @property
    def cldr(self) -> Locale:
        """The locale for money, dates and lists."""
        return cldr_locale(self.language)


def _filled(template: str, params: dict[str, object]) -> Iterator[str]:
    """A template piece by piece, the values of its fields among them."""
    for literal, name in _pieces(template):
        yield literal
        if name is not None:
            yield str(params[name])


@lru_cache(maxsize=4096)
def _pieces(template: str) -> tuple[tuple[str, str | None], ...]:
    """What stands before each field of a template, with the name of the field; what stands behind the last has none."""
    return tuple([(literal, name) for literal, name, _, _ in Formatter().parse(template)])
