"""The limit on the work that one question may cost, so that every input gets an answer in bounded time."""

from __future__ import annotations

from typing import Final

MOST_WORK: Final = 20_000
"""The default limit. One unit is about one ruling on one line with one piece of evidence."""

ALL_LINES: Final = "Whether every line was examined; false where the work limit was reached first."
