"""Where a reply names the lines of a case, by their ids or the titles of their goods."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Mapping

from attrs import frozen


@frozen
class LinesNamed:
    """The places in a folded reply at which lines are named, in order."""

    starts: tuple[int, ...]
    line_ids: tuple[str, ...]

    @classmethod
    def in_text(cls, text: str, names: Mapping[str, str]) -> LinesNamed:
        """Look for every name in the text once. ``names`` holds line ids by folded name."""
        found = sorted((start, line_id) for name, line_id in names.items() for start in _places(text, name))
        return cls(tuple(start for start, _ in found), tuple(line_id for _, line_id in found))

    def within(self, start: int, end: int) -> tuple[str, ...]:
        """The lines that are named in a stretch of the text."""
        first, last = bisect_left(self.starts, start), bisect_left(self.starts, end)
        return tuple(dict.fromkeys(self.line_ids[first:last]))


def _places(text: str, name: str) -> Iterator[int]:
    at = text.find(name)
    while at >= 0:
        if not _is_within_a_word(text, at, at + len(name)):
            yield at
        at = text.find(name, at + len(name))


def _is_within_a_word(text: str, start: int, end: int) -> bool:
    around = (text[start - 1 : start], text[start : start + 1]), (text[end - 1 : end], text[end : end + 1])
    return any(all(each.isascii() and each.isalnum() for each in pair) for pair in around)
