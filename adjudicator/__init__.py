"""A rulebook that runs: decides after-sales claims, and says why, how much, what is missing and from whom."""

from adjudicator.case import Case
from adjudicator.civil_time import Instant
from adjudicator.codec import dump_case, dump_decision, load_case, load_decision
from adjudicator.deciding import decide
from adjudicator.decision import ClaimDecision, Decision
from adjudicator.faults import Fault, InputError

__all__ = [
    "Case",
    "ClaimDecision",
    "Decision",
    "Fault",
    "InputError",
    "Instant",
    "decide",
    "dump_case",
    "dump_decision",
    "load_case",
    "load_decision",
]
