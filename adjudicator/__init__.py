"""A rulebook that runs: it decides after-sales claims, and says why, how much, what is missing and who can supply it.

Deciding is imported at once. Analyses and schemas are imported when you first use one of their names (PEP 562), so a program that
only decides starts in half the time.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

from adjudicator.api import adjudicate, decide
from adjudicator.model.case import Case
from adjudicator.model.decision import ClaimDecision, Decision
from adjudicator.model.errors import Fault, InputError
from adjudicator.model.time import Instant
from adjudicator.wire.codec import dump_case, dump_decision, load_case, load_decision

if TYPE_CHECKING:
    from adjudicator.analysis.check import Check, check
    from adjudicator.analysis.checklist import requirements
    from adjudicator.analysis.diff import Difference, diff
    from adjudicator.analysis.entitlements import entitlements
    from adjudicator.analysis.whatif import Alternative, Question, WhatIf, alternatives, ask_next, what_if
    from adjudicator.wire.schema import case_schema, decision_schema

_IMPORTED_LATER: Final = {
    "adjudicator.analysis.check": ("Check", "check"),
    "adjudicator.analysis.checklist": ("requirements",),
    "adjudicator.analysis.diff": ("Difference", "diff"),
    "adjudicator.analysis.entitlements": ("entitlements",),
    "adjudicator.analysis.whatif": ("Alternative", "Question", "WhatIf", "alternatives", "ask_next", "what_if"),
    "adjudicator.wire.schema": ("case_schema", "decision_schema"),
}


if not TYPE_CHECKING:  # else a type checker would take any name for one that is there

    def __getattr__(name: str) -> Any:
        """Import a name on first use."""
        home = next((module for module, names in _IMPORTED_LATER.items() if name in names), None)
        if home is None:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        found = globals()[name] = getattr(import_module(home), name)
        return found


def __dir__() -> list[str]:
    """All public names, including those not imported yet."""
    return sorted({*globals(), *__all__})


__all__ = [
    "Alternative",
    "Case",
    "Check",
    "ClaimDecision",
    "Decision",
    "Difference",
    "Fault",
    "InputError",
    "Instant",
    "Question",
    "WhatIf",
    "adjudicate",
    "alternatives",
    "ask_next",
    "case_schema",
    "check",
    "decide",
    "decision_schema",
    "diff",
    "dump_case",
    "dump_decision",
    "entitlements",
    "load_case",
    "load_decision",
    "requirements",
    "what_if",
]
