"""How much is tried for one question, so that no input makes an answer endless."""

from __future__ import annotations

from typing import Final

MOST_WORK: Final = 20_000
"""How much is done if nobody says otherwise: about as many rulings on one line, each for one of its pieces of evidence."""

ALL_LINES: Final = "Whether every line was looked into: the work that was allowed may have been used up before."
