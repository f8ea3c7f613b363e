"""A reply folded for reading: one form of every character, with the way back to the original positions."""

from __future__ import annotations

import unicodedata
from typing import Final

from attrs import frozen

from adjudicator.replies.lexicon import SIMPLIFIED

_FULL_WIDTH_DIGITS: Final = frozenset("０１２３４５６７８９")
_KEPT: Final = frozenset("，；：？！")
"""Full-width punctuation that ends a clause: folded, it would look like the separators of figures and times."""
_QUOTES: Final = str.maketrans("’‘‛`", "''''")


@frozen
class Folded:
    """A reply in small letters, half-width and Simplified, without invisible characters.

    ``origin`` holds the position in the reply of every character, and the length of the reply at its end.
    """

    text: str
    origin: tuple[int, ...]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """A stretch of the folded text as positions in the reply."""
        return self.origin[start], self.origin[end - 1] + 1 if end > start else self.origin[start]


def folded(reply: str) -> Folded:
    """Fold a reply, in one pass over it."""
    text: list[str] = []
    origin: list[int] = []
    for position, character in enumerate(reply):
        for each in _forms(reply, position, character):
            text.append(each)
            origin.append(position)
    return Folded("".join(text), (*origin, len(reply)))


def _forms(reply: str, position: int, character: str) -> str:
    """The folded forms of a character: none for an invisible one."""
    if character in _KEPT and not _separates_digits(reply, position, character):
        return character
    if character < "\x7f":
        return character.lower()
    if unicodedata.category(character) in ("Cf", "Mn"):
        return ""
    if (digit := unicodedata.digit(character, None)) is not None:
        return str(digit)
    return unicodedata.normalize("NFKC", character).lower().translate(_QUOTES).translate(SIMPLIFIED)


def _separates_digits(reply: str, position: int, character: str) -> bool:
    """Whether a full-width comma is part of a full-width figure."""
    around = reply[max(position - 1, 0) : position] + reply[position + 1 : position + 2]
    return character == "，" and len(around) == len("00") and _FULL_WIDTH_DIGITS.issuperset(around)
