"""The limit on the work that one question may cost, so that every input gets an answer in bounded time."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

import attrs

from adjudicator.engine.branches import Branches
from adjudicator.engine.evaluation import EarlierFacts, Memory
from adjudicator.engine.judgement import Subject
from adjudicator.model.evidence import Document
from adjudicator.model.soundness import CaseBase

MOST_WORK: Final = 20_000
"""The default limit. One unit is about one ruling on one line with one piece of evidence."""

READ_AT_ONCE: Final = 10
"""How many pieces of evidence are read for a line in about the time in which it is judged once."""

COMPARED_AT_ONCE: Final = 1_000
"""How many pieces of evidence are compared with values that an unknown fact could have in about the time in which a line is judged once."""

ALL_LINES: Final = "Whether every line was examined; false where the work limit was reached first."


def work_of_a_trial(case: CaseBase, subjects: Iterable[Subject]) -> int:
    """How much it takes to judge a case once, whatever its kind.

    Every list is read at least once, and for each subject every piece of evidence that concerns it.
    """
    evidence: tuple[Document, ...] = getattr(case, "evidence", ())
    kind: Any = type(case)
    lists = [_longest(getattr(case, each.name)) for each in attrs.fields(kind) if each.name != "evidence"]
    read = sum(document.concerns(subject.line_id) for subject in subjects for document in evidence)
    return max(1, *lists) + len(evidence) + read // READ_AT_ONCE


def work_of_trying(case: CaseBase, memory: Memory) -> int:
    """How much more it takes to judge a case once whose unknown facts could have many values, from what is remembered of judging it.

    Each of these values is compared with every piece of evidence.
    """
    earlier = [each for each in memory.values() if type(each) is EarlierFacts]
    unsettled = [each.values[name] for each in earlier for name in each.unsettled]
    tried = sum(len(value.branches) for value in unsettled if type(value) is Branches)
    return tried * max(1, len(getattr(case, "evidence", ()))) // COMPARED_AT_ONCE


def _longest(value: Any) -> int:
    if isinstance(value, tuple):
        return max(len(value), max(map(_longest, value), default=0))
    if attrs.has(type(value)):
        return max((_longest(getattr(value, each.name)) for each in attrs.fields(type(value))), default=0)
    return 0
