"""A rulebook that runs: decides after-sales claims, and says why, how much, what is missing and from whom."""

from adjudicator.case import Case
from adjudicator.checking import Check, check
from adjudicator.civil_time import Instant
from adjudicator.codec import dump_case, dump_decision, load_case, load_decision
from adjudicator.comparing import Difference, diff
from adjudicator.deciding import decide
from adjudicator.decision import ClaimDecision, Decision
from adjudicator.entitling import entitlements
from adjudicator.faults import Fault, InputError
from adjudicator.requiring import requirements
from adjudicator.schema import case_schema, decision_schema
from adjudicator.whatif import Alternative, Question, WhatIf, alternatives, ask_next, what_if

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
