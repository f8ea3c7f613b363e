"""What-if: the smallest changes that change an outcome, and the best question to ask next."""

from adjudicator.analysis.whatif.alternatives import (
    WhatIf,
    alternatives,
    alternatives_document,
    decision_with_alternatives,
    what_if,
    what_if_document,
)
from adjudicator.analysis.whatif.questions import Answer, LineOutcome, Question, ask_next, questions_document
from adjudicator.analysis.whatif.search import Alternative

__all__ = [
    "Alternative",
    "Answer",
    "LineOutcome",
    "Question",
    "WhatIf",
    "alternatives",
    "alternatives_document",
    "ask_next",
    "decision_with_alternatives",
    "questions_document",
    "what_if",
    "what_if_document",
]
