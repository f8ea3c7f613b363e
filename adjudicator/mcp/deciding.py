"""Deciding with questions: what the claimant still has to supply is asked for, entered as evidence, and decided again.

Nothing is kept between calls. The answers so far travel with the client as the request's state, which the server seals.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import orjson
from attrs import frozen

from adjudicator.api import decide
from adjudicator.engine.registry import edition_behind
from adjudicator.extras import importing
from adjudicator.mcp.forms import Form, entered, form_for
from adjudicator.model.decision import Decision
from adjudicator.model.errors import InputError, safe
from adjudicator.model.soundness import CaseBase
from adjudicator.wire.codec import case_document, load_case
from adjudicator.words import ENGLISH, words_for

with importing("mcp"):
    import mcp_types as types

QUESTION: Final = "question"
"""The key of the one question of a round."""
MOST_ANSWERS: Final = 8
"""How many questions are asked at most, one after the other."""


@frozen
class Interview:
    """The answers so far, and whether the claimant wants to be asked on."""

    answers: tuple[Mapping[str, Any], ...] = ()
    is_over: bool = False

    @classmethod
    def of(cls, params: types.CallToolRequestParams) -> Interview:
        """What a call brings along. Raises :class:`ValueError` for a state that is not ours."""
        answers = tuple(orjson.loads(params.request_state)) if params.request_state else ()
        given = (params.input_responses or {}).get(QUESTION)
        if given is None:
            return cls(answers)
        if not isinstance(given, types.ElicitResult) or given.action != "accept":
            return cls(answers, is_over=True)
        return cls((*answers, dict(given.content or {})))

    def ask(self, form: Form) -> types.InputRequiredResult:
        """One more question."""
        question = types.ElicitRequest(
            params=types.ElicitRequestFormParams(message=form.message, requested_schema=form.schema)
        )
        return types.InputRequiredResult(
            input_requests={QUESTION: question}, request_state=orjson.dumps([*self.answers]).decode()
        )


@frozen
class Answered:
    """A case with the answers so far, and the next question, if there is one."""

    case: CaseBase
    form: Form | None


def answered(document: Any, interview: Interview) -> Answered | None:
    """The case with the answers of an interview; ``None`` if it is not valid, which the service will say.

    An answer that leaves something out is asked for again, with what it has; it is entered once it is complete. Raises
    :class:`~adjudicator.model.errors.InputError` for any other answer that cannot be entered.
    """
    try:
        case = load_case(orjson.dumps(document))
    except InputError:
        return None
    form, given = _form(case), dict[str, Any]()
    for answer in interview.answers:
        if form is None:
            break
        given |= answer
        try:
            case = entered(case, form, given)
        except InputError as error:
            form = form.again(given, error)
        else:
            form, given = _form(case), {}
    is_done = interview.is_over or len(interview.answers) >= MOST_ANSWERS
    return Answered(case, None if is_done else form)


def _form(case: CaseBase) -> Form | None:
    decision = decide(case)
    edition = edition_behind(decision.policy)
    claimant = edition.case_kind.claimant if edition else _claimant(decision)
    return form_for(case, decision, str(getattr(claimant, "value", claimant)), words_for(edition, ENGLISH, safe))


def _claimant(decision: Decision) -> Any:
    return decision.sides[0]


def document_with(answers: Sequence[Mapping[str, Any]], case: CaseBase, document: Any) -> Any:
    """The document of a case, as it came if nothing was answered."""
    return case_document(case) if answers else document
