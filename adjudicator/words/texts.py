"""Look up texts by code, fill in their parameters, and join them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache, reduce
from gettext import NullTranslations
from string import Formatter
from typing import Final, Literal

from attrs import field, frozen
from babel.core import Locale
from babel.lists import format_list

from adjudicator.engine.clause import PolicyError
from adjudicator.engine.policy import Edition
from adjudicator.words.catalogues import RememberedTexts
from adjudicator.words.languages import cldr_locale
from adjudicator.words.placeholders import fault_in

_SEAM: Final = "\ud800"
"""Stands between two parts while they are joined. It is in no text: half of a surrogate pair is refused in a case."""
_NEEDS_SPACE: Final = re.compile(
    rf"{_SEAM}(?:(?<=[\u4e00-\u9fff]{_SEAM})(?=[A-Za-z0-9(])|(?<=[A-Za-z0-9)%]{_SEAM})(?=[\u4e00-\u9fff]))"
)
"""The seam between a Chinese character and a Latin letter or digit, in either order. A space goes there."""


def spaced(parts: Iterable[str]) -> str:
    """Join parts of a text, with a space where Chinese meets Latin letters or digits."""
    return _mended(_SEAM.join(parts))


def _mended(text: str) -> str:
    """A text without its seams, with a space where one needs it. Beside an empty part there are two seams, which are one."""
    if _SEAM not in text:
        return text
    while 2 * _SEAM in text:
        text = text.replace(2 * _SEAM, _SEAM)
    return _NEEDS_SPACE.sub(" ", text).replace(_SEAM, "")


@frozen
class Texts:
    """The texts of one language for one edition.

    ``outside`` transforms every text that comes from a case. By default it stays as it is; a caller that shows it where characters
    have special meanings (a terminal, HTML) passes a function that escapes them.
    """

    language: str
    edition: Edition | None = None
    outside: Callable[[str], str] = str
    exact: bool = True
    _texts: RememberedTexts = field(factory=lambda: RememberedTexts(NullTranslations()), repr=False)

    def __contains__(self, code: str) -> bool:
        # In the first releases of Python 3.11, gettext does not find what has plural forms.
        return self._texts.gettext(code) != code or self._texts.ngettext(code, code, 1) != code

    def say(self, code: str, **params: object) -> str:
        """The text of a code; the last part of the code if it has none."""
        template = self._texts.gettext(code)
        if template != code:
            return self._filled(code, template, params)
        return self.outside(code.rpartition(".")[2].replace("_", " "))

    def counted(self, code: str, count: int, **params: object) -> str:
        """The text of a code in the plural form for a number, which fills its ``{count}``."""
        return self._filled(code, self._texts.ngettext(code, code, count), {"count": count, **params})

    def _filled(self, code: str, template: str, params: Mapping[str, object]) -> str:
        """A text with its places filled in. Raises :class:`PolicyError`, with file and entry, if it has others."""
        try:
            return _mended(_seamed(template).format(**params))
        except (LookupError, ValueError, AttributeError) as error:
            fault = fault_in(template, params) or f"cannot be filled in: {error}"
            raise PolicyError(f"{self._texts.place_of(code)} {fault}") from error

    def first(self, codes: Iterable[str], **params: object) -> str:
        """The text of the first code that has one, or else the last part of the last code."""
        candidates = tuple(codes)
        return self.say(next((code for code in candidates if code in self), candidates[-1]), **params)

    def listed(self, items: Iterable[str], by: Literal["standard", "or"] = "standard") -> str:
        """A list joined in the manner of the language, with ``and`` or ``or``."""
        each = list(items)
        pattern = format_list([f"\x00{place}\x00" for place in range(len(each))], by, self.cldr)
        return spaced(each[int(part)] if place % 2 else part for place, part in enumerate(pattern.split("\x00")))

    def sentences(self, *sentences: str) -> str:
        """Join the sentences that are not empty."""
        return self.joined("sentences", (each for each in sentences if each))

    def joined(self, code: str, items: Iterable[str]) -> str:
        """Join items with the text of a code, which has the places ``{one}`` and ``{next}``."""
        each = list(items)
        return reduce(lambda one, following: self.say(f"list.{code}", one=one, next=following), each) if each else ""

    @property
    def cldr(self) -> Locale:
        """The locale for money, dates and lists."""
        return cldr_locale(self.language)


@lru_cache(maxsize=4096)
def _seamed(template: str) -> str:
    """A template with a seam on either side of each field, for :meth:`str.format`."""
    parts: list[str] = []
    for literal, name, _, _ in Formatter().parse(template):
        parts += [literal.replace("{", "{{").replace("}", "}}")] if literal else []
        parts += [] if name is None else [f"{{{name}!s}}"]
    return _SEAM.join(parts)
