"""Proofs about editions (extra ``prove``): what two of them decide alike on all inputs, and what a clause can come to.

The functions of a policy run as they are, on values that stand for all values; an SMT solver (Z3) then shows that no input makes a
difference, or finds the smallest one that does. What cannot be treated like that is said to be not provable, with the reason.
"""

from adjudicator.extras import importing

with importing("prove"):
    from adjudicator.prove.examples import NotReproduced
    from adjudicator.prove.proving import check, compare, proofs_document
from adjudicator.prove.results import (
    Bound,
    Example,
    GivenAnswer,
    GivenFact,
    Limits,
    Proofs,
    Reason,
    Statement,
    StatementKind,
    Status,
    Why,
)

__all__ = [
    "Bound",
    "Example",
    "GivenAnswer",
    "GivenFact",
    "Limits",
    "NotReproduced",
    "Proofs",
    "Reason",
    "Statement",
    "StatementKind",
    "Status",
    "Why",
    "check",
    "compare",
    "proofs_document",
]
