"""How any text of a page is shown, whatever the format: on one line, and with nothing in it that a program would obey."""

from __future__ import annotations

from adjudicator.model.errors import printable


def shown(text: str) -> str:
    """A text on one line, without spaces around it; a character that cannot be seen is written as its escape."""
    return text.strip() if text.isprintable() else printable(" ".join(text.split()))
