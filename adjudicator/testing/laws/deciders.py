"""The types of functions that you can pass to a law in place of the engine's own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

from adjudicator.engine.policy import Edition
from adjudicator.model.case import Case
from adjudicator.model.decision import ClaimDecision, Decision
from adjudicator.model.time import Instant

Decider: TypeAlias = Callable[[Any], Decision]
"""Decides a case of any kind."""

ClaimDecider: TypeAlias = Callable[[Case], ClaimDecision]
"""Decides a claim."""

Governor: TypeAlias = Callable[[str, Instant], Edition | None]
"""Returns the edition of a policy that governs at an instant, if any does."""
