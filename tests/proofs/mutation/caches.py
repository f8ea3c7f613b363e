"""Forget what the engine keeps of editions, so that it is made again by mutated code."""

from __future__ import annotations

import sys
from typing import Final

TABLES: Final = frozenset({"_DATES", "_HOURS", "_HOUR_TEXTS", "_RESTS"})
"""The tables that are filled while instants are read and written."""
KEPT: Final = frozenset({"policies"})
"""The caches of what has to remain the same object: the editions themselves."""


def forget_what_was_made() -> None:
    """Clear the caches of the engine, of the kinds of case and of what a case is made of.

    mutmut tests every mutant in a fork of a process that has run the tests before. What code without the mutant has left in a cache
    would hide the mutant.
    """
    for name, module in [*sys.modules.items()]:
        if name.startswith(("adjudicator.engine.", "adjudicator.kinds.", "adjudicator.model.")):
            for attribute, value in vars(module).items():
                if hasattr(value, "cache_clear") and attribute not in KEPT:
                    value.cache_clear()
                if attribute in TABLES:
                    value.clear()
