"""What-if: the smallest changes of facts that change an outcome, each verified by deciding again.

Nothing here knows a rule. Which facts there are and who supplies them is told by the glossary, which of them a clause rests on by
its signature, which clauses are in the way by the findings, and what can still be done by the requests.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import takewhile
from typing import Any

from attrs import frozen

from adjudicator.analysis.edits import Act
from adjudicator.analysis.whatif.questions import Question, questions_document, questions_in
from adjudicator.analysis.whatif.search import Alternative, Search
from adjudicator.analysis.whatif.trials import (
    Trials,
)
from adjudicator.analysis.work import MOST_WORK
from adjudicator.api import decide
from adjudicator.engine.policy import Edition
from adjudicator.engine.registry import edition_for
from adjudicator.model.decision import Decision
from adjudicator.model.soundness import CaseBase
from adjudicator.wire.codec import decision_document, document_of


def alternatives(
    case: CaseBase, edition: Edition | None = None, *, decision: Decision | None = None, work: int = MOST_WORK
) -> tuple[Alternative, ...]:
    """The smallest changes that change the outcome of a claimed line, or of a case that is judged as a whole.

    Fewest changes first; of as many first what can be supplied, then what can be repaired, then what could only have been so.
    A ``decision`` under the same edition, if there is one already, need not be made again.

    Complete for single facts: whatever one fact with few values could be instead (a choice, yes or no; of a list of choices the
    least that has to go or come) is told if it changes the outcome. Of numbers and instants the nearest value that leads to
    an outcome is told, exact to the unit and to the second; a name is tried as the like is called in the case, as the policy
    tells it apart, and as nobody is called. Several changes are found where one for each clause that is in the way is enough,
    or up to three facts with few values for one of them, or doing what is asked for then; up to six in all, or one for each of the
    clauses where there are more.

    Where a case is judged in parts, a change within a part is told if it changes what that part comes to, with what it makes of
    the whole.

    What is known is never made unknown, and time does not pass: see ``reconsider_at``. Nothing that is handed in is taken away;
    that it counts for nothing is told by its ``verification``.

    Not more is tried than ``work`` allows (see :data:`~adjudicator.analysis.work.MOST_WORK`); :func:`what_if` tells whether that
    was all.
    """
    return alternatives_in(Trials(case, edition_for(case, edition), decision, work=work))


def alternatives_in(trials: Trials) -> tuple[Alternative, ...]:
    """The same, with what was tried before in mind."""
    case, edition = trials.case, trials.edition
    subjects = takewhile(lambda _: trials.is_complete, edition.case_kind.subjects(case))
    found = [each for subject in subjects for each in Search(trials, subject).alternatives()]
    return tuple(sorted(found, key=lambda each: (len(each.changes), tuple(Act).index(each.kind))))


@frozen
class WhatIf:
    """A decision, what would change it, and what is to be asked next; ``complete`` unless there was more to try than was allowed."""

    decision: Decision
    alternatives: tuple[Alternative, ...]
    questions: tuple[Question, ...]
    complete: bool = True


def what_if(case: CaseBase, edition: Edition | None = None, *, work: int = MOST_WORK) -> WhatIf:
    """Decide a case, and see what would change that and what is to be asked next.

    Not more is tried than ``work`` allows: half of it for what would change the decision, and what is left for what is to be
    asked (see :data:`~adjudicator.analysis.work.MOST_WORK`). Raises :class:`~adjudicator.model.errors.InputError` for a case that no
    edition governs.
    """
    edition = edition_for(case, edition)
    trials = Trials(case, edition, decide(case, edition), work=work // 2)
    found = alternatives_in(trials)
    all_alternatives = trials.allowed(work - work // 2)
    questions = questions_in(trials)
    return WhatIf(trials.decision, found, questions, all_alternatives and trials.is_complete)


def what_if_document(found: WhatIf) -> dict[str, Any]:
    """What was found, as a JSON document: which decision it is about, the alternatives, and the questions."""
    decision = decision_document(found.decision)
    about = {name: decision[name] for name in ("case_id", "as_of", "policy", "outcome")}
    return {
        **about,
        "alternatives": alternatives_document(found.alternatives),
        "questions": questions_document(found.questions),
        "complete": found.complete,
    }


def decision_with_alternatives(found: WhatIf) -> dict[str, Any]:
    """The decision as a JSON document, with the alternatives after what is needed. Digests do not cover them."""
    document: dict[str, Any] = {}
    for name, value in decision_document(found.decision).items():
        document[name] = value
        if name == "requests":
            document["alternatives"] = alternatives_document(found.alternatives)
    return document


def alternatives_document(found: Iterable[Alternative]) -> list[dict[str, Any]]:
    """Alternatives as they stand in JSON."""
    return [document_of(each) for each in found]
