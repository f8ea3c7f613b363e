"""The vocabulary of every policy: editions, facts and what may stand in place of one, time, money, kinds of case.

A pack imports from here and, where it decides claims, from :mod:`adjudicator.claims`; from nowhere else in the package.
"""

from adjudicator.engine.clause import PolicyError
from adjudicator.engine.policy import Edition
from adjudicator.kinds.claim_facts import VERIFICATION
from adjudicator.kinds.conduct import ConductKind
from adjudicator.kinds.consequences import ConductCase, Consequences, FoundAct, Sanction, SingleIncident
from adjudicator.kinds.review import Question, ReviewKind, WholeCase
from adjudicator.model.case import METADATA
from adjudicator.model.decision import Gravity
from adjudicator.model.enumerations import Submitter, Verification
from adjudicator.model.errors import Fault, InputError, shown
from adjudicator.model.evidence import Document, File
from adjudicator.model.facts import (
    Acceptable,
    Admissibility,
    Ask,
    Disputed,
    EvidencePool,
    Fact,
    Failed,
    Glossary,
    Holds,
    Need,
    NotCovered,
    Open,
    Party,
    Pending,
    Repairable,
)
from adjudicator.model.limits import (
    AMOUNT,
    COUNT,
    LARGEST,
    Bounds,
    an_instant,
    each_once,
    happened_by,
    not_after,
    not_before,
    within_bounds,
)
from adjudicator.model.money import Minor
from adjudicator.model.privacy import Personal
from adjudicator.model.soundness import CaseBase
from adjudicator.model.time import (
    BEIJING,
    DAY,
    HOUR,
    SECOND,
    Instant,
    Window,
    day_of,
    start_of_day,
    within_days,
    within_hours,
)

__all__ = [
    "AMOUNT",
    "BEIJING",
    "COUNT",
    "DAY",
    "HOUR",
    "LARGEST",
    "METADATA",
    "SECOND",
    "VERIFICATION",
    "Acceptable",
    "Admissibility",
    "Ask",
    "Bounds",
    "CaseBase",
    "ConductCase",
    "ConductKind",
    "Consequences",
    "Disputed",
    "Document",
    "Edition",
    "EvidencePool",
    "Fact",
    "Failed",
    "Fault",
    "File",
    "FoundAct",
    "Glossary",
    "Gravity",
    "Holds",
    "InputError",
    "Instant",
    "Minor",
    "Need",
    "NotCovered",
    "Open",
    "Party",
    "Pending",
    "Personal",
    "PolicyError",
    "Question",
    "Repairable",
    "ReviewKind",
    "Sanction",
    "SingleIncident",
    "Submitter",
    "Verification",
    "WholeCase",
    "Window",
    "an_instant",
    "day_of",
    "each_once",
    "happened_by",
    "not_after",
    "not_before",
    "shown",
    "start_of_day",
    "within_bounds",
    "within_days",
    "within_hours",
]
