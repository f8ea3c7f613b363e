"""A rulebook that runs: decides after-sales claims, and says why, how much, what is missing and from whom."""

from adjudicator.analysis.check import Check, check
from adjudicator.analysis.checklist import requirements
from adjudicator.analysis.diff import Difference, diff
from adjudicator.analysis.entitlements import entitlements
from adjudicator.analysis.whatif import Alternative, Question, WhatIf, alternatives, ask_next, what_if
from adjudicator.api import adjudicate, decide
from adjudicator.model.case import Case
from adjudicator.model.decision import ClaimDecision, Decision
from adjudicator.model.errors import Fault, InputError
from adjudicator.model.time import Instant
from adjudicator.wire.codec import dump_case, dump_decision, load_case, load_decision
from adjudicator.wire.schema import case_schema, decision_schema

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
