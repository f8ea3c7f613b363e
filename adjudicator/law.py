"""The public names for policies: editions, facts and their answers, time, money, kinds of case.

A pack imports from here and, if it decides claims, from :mod:`adjudicator.claims`, but from no other module of this package.

A dozen words say what most rules say: :class:`Edition`; :func:`within_days` and :func:`within_hours`; :func:`missing`,
:func:`repairable`, :func:`fails`, :func:`holds`, :func:`disputed` and :func:`for_a_person`; :func:`share` and :func:`still_due`. In
signatures stand :data:`Answer`, :data:`Established`, :class:`Instant`, :class:`Window` and :data:`Minor`. Rules that read documents
add :func:`heard`, :func:`proofs` and :func:`voices`. All other names are for certain kinds of rules, or for those who describe a new
kind of case; the page "Writing a policy" lists them by what they are for.
"""

from adjudicator.engine.admissibility import (
    VERIFICATION,
    Heard,
    Proofs,
    Voices,
    any_counts,
    awaited,
    heard,
    latest,
    possible_proofs,
    proofs,
    standing,
    voices,
)
from adjudicator.engine.clause import PolicyError
from adjudicator.engine.policy import Edition
from adjudicator.engine.vocabulary import (
    ANY,
    Answer,
    AnyOf,
    Duty,
    Established,
    Missing,
    Repair,
    Undisputed,
    any_of,
    at_some_time,
    disputed,
    duty,
    fails,
    for_a_person,
    holds,
    how_many,
    ids_of,
    in_time,
    known,
    lacks_only,
    missing,
    possible,
    repairable,
    share,
    still_due,
    supposing,
)
from adjudicator.kinds.case_payment import CasePayment
from adjudicator.kinds.conduct import ConductKind
from adjudicator.kinds.consequences import ConductCase, Consequences, FoundAct, Sanction, SingleIncident
from adjudicator.kinds.dues import Pays
from adjudicator.kinds.field_facts import asked_of, supplied, with_another
from adjudicator.kinds.own_fields import glossary_of
from adjudicator.kinds.paying import PaymentCase, PaymentKind
from adjudicator.kinds.process import MOST_EVENTS, ProcessCase, ProcessKind
from adjudicator.kinds.repetition import Notice, all_done_after, done_after
from adjudicator.kinds.review import Question, ReviewKind, WholeCase
from adjudicator.kinds.single_step import SingleStep, Turn, in_turn, takers, turn
from adjudicator.kinds.steps import Counts, Process, Step, clauses_of
from adjudicator.kinds.trying import trying
from adjudicator.model.award import AwardKind
from adjudicator.model.by_date import ByDate, by_date
from adjudicator.model.calendars import WorkingDays, within_months, within_working_days
from adjudicator.model.case import METADATA
from adjudicator.model.claim import Settlement
from adjudicator.model.decision import Gravity
from adjudicator.model.enumerations import Submitter, Verification
from adjudicator.model.errors import Fault, InputError, shown
from adjudicator.model.evidence import VERIFIED, Document, File
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
    "ANY",
    "BEIJING",
    "COUNT",
    "DAY",
    "HOUR",
    "LARGEST",
    "METADATA",
    "MOST_EVENTS",
    "SECOND",
    "VERIFICATION",
    "VERIFIED",
    "Acceptable",
    "Admissibility",
    "Answer",
    "AnyOf",
    "Ask",
    "AwardKind",
    "Bounds",
    "ByDate",
    "CaseBase",
    "CasePayment",
    "ConductCase",
    "ConductKind",
    "Consequences",
    "Counts",
    "Disputed",
    "Document",
    "Duty",
    "Edition",
    "Established",
    "EvidencePool",
    "Fact",
    "Failed",
    "Fault",
    "File",
    "FoundAct",
    "Glossary",
    "Gravity",
    "Heard",
    "Holds",
    "InputError",
    "Instant",
    "Minor",
    "Missing",
    "Need",
    "NotCovered",
    "Notice",
    "Open",
    "Party",
    "PaymentCase",
    "PaymentKind",
    "Pays",
    "Pending",
    "Personal",
    "PolicyError",
    "Process",
    "ProcessCase",
    "ProcessKind",
    "Proofs",
    "Question",
    "Repair",
    "Repairable",
    "ReviewKind",
    "Sanction",
    "Settlement",
    "SingleIncident",
    "SingleStep",
    "Step",
    "Submitter",
    "Turn",
    "Undisputed",
    "Verification",
    "Voices",
    "WholeCase",
    "Window",
    "WorkingDays",
    "all_done_after",
    "an_instant",
    "any_counts",
    "any_of",
    "asked_of",
    "at_some_time",
    "awaited",
    "by_date",
    "clauses_of",
    "day_of",
    "disputed",
    "done_after",
    "duty",
    "each_once",
    "fails",
    "for_a_person",
    "glossary_of",
    "happened_by",
    "heard",
    "holds",
    "how_many",
    "ids_of",
    "in_time",
    "in_turn",
    "known",
    "lacks_only",
    "latest",
    "missing",
    "not_after",
    "not_before",
    "possible",
    "possible_proofs",
    "proofs",
    "repairable",
    "share",
    "shown",
    "standing",
    "start_of_day",
    "still_due",
    "supplied",
    "supposing",
    "takers",
    "trying",
    "turn",
    "voices",
    "with_another",
    "within_days",
    "within_hours",
    "within_months",
    "within_working_days",
]
