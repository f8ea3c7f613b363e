"""An edition and a clause with faults."""

from __future__ import annotations

import attrs

from adjudicator.engine.policy import Edition
from adjudicator.engine.registry import policies


def without_words() -> Edition:
    """An edition of a policy without a title."""
    return attrs.evolve(policies()["douyin_global.damage"][-1], policy="test.nameless")


def a_bare_citation() -> bool:
    """DG.3."""
    return True
