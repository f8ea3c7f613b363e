"""Alternatives: the smallest changes that change an outcome, each verified by deciding again.

This package knows no rule. The glossary names the facts and who supplies them; a clause's signature, the facts it rests on; the
findings, the clauses in the way; and the requests, what can still be done.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import takewhile
from typing import Any

from attrs import frozen

from adjudicator.analysis.edits import how_hard
from adjudicator.analysis.whatif.questions import Question, questions_document, questions_in
from adjudicator.analysis.whatif.search import Alternative, Search
from adjudicator.analysis.whatif.trials import Trials
from adjudicator.analysis.work import MOST_WORK
from adjudicator.engine.policy import Edition
from adjudicator.engine.registry import edition_for
from adjudicator.model.decision import Decision
from adjudicator.model.soundness import CaseBase
from adjudicator.wire.codec import decision_document, document_of
from adjudicator.wire.decisions import with_digests


def alternatives(
    case: CaseBase, edition: Edition | None = None, *, decision: Decision | None = None, work: int = MOST_WORK
) -> tuple[Alternative, ...]:
    """Find the smallest changes that change the outcome of a claimed line, or of a case judged as a whole.

    Fewest changes first; among equals, those that can be supplied, then those that can be repaired, then those that would have
    had to be so all along. Pass a ``decision`` under the same edition to avoid deciding again.

    The search is complete for single facts with few values: every other value that changes the outcome is listed, and for a list
    of choices every minimal change. For numbers and instants you get the nearest value for each outcome, exact to the unit and the
    second. A name is replaced by similar names in the case, by those the policy distinguishes, and by an unknown one.

    Several changes are found if one for each clause in the way is enough, or up to three facts with few values for one clause,
    or answering the requests that follow: up to six changes in all, or one per clause if more clauses are in the way.

    In a case judged in parts, a change within a part is listed if it changes the outcome of that part, together with the outcome
    of the whole.

    Known facts never become unknown, and time does not pass: see ``reconsider_at``. Evidence is never removed; instead its
    ``verification`` may say that it does not count.

    The search stops at ``work`` (see :data:`~adjudicator.analysis.work.MOST_WORK`); :func:`what_if` also says whether it did.
    """
    return alternatives_in(Trials(case, edition_for(case, edition), decision, work=work))


def alternatives_in(trials: Trials) -> tuple[Alternative, ...]:
    """The alternatives for a case, reusing the verdicts that ``trials`` holds."""
    subjects = takewhile(lambda _: trials.is_complete, trials.edition.case_kind.subjects(trials.case))
    found = [alternative for subject in subjects for alternative in Search(trials, subject).alternatives()]
    return tuple(sorted(found, key=lambda each: (len(each.changes), how_hard(each.kind))))


@frozen
class WhatIf:
    """A decision, what would change it, and what to ask next; not ``complete`` if the work limit was reached first."""

    decision: Decision
    alternatives: tuple[Alternative, ...]
    questions: tuple[Question, ...]
    complete: bool = True


def what_if(case: CaseBase, edition: Edition | None = None, *, work: int = MOST_WORK) -> WhatIf:
    """Decide a case, and find what would change the decision and what to ask next.

    Half of ``work`` is for the alternatives, the rest for the questions (see :data:`~adjudicator.analysis.work.MOST_WORK`). Raises
    :class:`~adjudicator.model.errors.InputError` for a case that no edition governs.
    """
    edition = edition_for(case, edition)
    decision = with_digests(edition.case_kind.decide(edition, case), case)
    trials = Trials(case, edition, decision, work=work // 2)
    found = alternatives_in(trials)
    has_all_alternatives = trials.add_work(work - work // 2)
    questions = questions_in(trials)
    return WhatIf(trials.decision, found, questions, has_all_alternatives and trials.is_complete)


def what_if_document(answer: WhatIf) -> dict[str, Any]:
    """The answer as a JSON document; of the decision it holds only what identifies it, and the outcome."""
    decision = decision_document(answer.decision)
    return {
        **{name: decision[name] for name in ("case_id", "as_of", "policy", "outcome")},
        "alternatives": alternatives_document(answer.alternatives),
        "questions": questions_document(answer.questions),
        "complete": answer.complete,
    }


def decision_with_alternatives(answer: WhatIf) -> dict[str, Any]:
    """The decision as a JSON document, with the alternatives after the requests. Digests do not cover them."""
    document: dict[str, Any] = {}
    for name, value in decision_document(answer.decision).items():
        document[name] = value
        if name == "requests":
            document["alternatives"] = alternatives_document(answer.alternatives)
    return document


def alternatives_document(alternatives: Iterable[Alternative]) -> list[dict[str, Any]]:
    """The alternatives as a JSON list."""
    return [document_of(alternative) for alternative in alternatives]
