"""Makes any text safe to show, whatever the format: on one line, without characters that a program would interpret."""

from __future__ import annotations

from adjudicator.model.errors import printable


def shown(text: str) -> str:
    """The text on one line, trimmed, with invisible characters escaped."""
    return text.strip() if text.isprintable() else printable(" ".join(text.split()))
