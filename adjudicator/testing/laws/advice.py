"""Laws of advice: requests, what-if alternatives, and answers to the next questions."""

# ruff: noqa: S101 - a law asserts

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain, combinations

from adjudicator import api
from adjudicator.analysis.edits import Put, applied, supplied
from adjudicator.analysis.whatif import alternatives, ask_next
from adjudicator.model.errors import InputError
from adjudicator.model.soundness import CaseBase
from adjudicator.testing.comparison import one_step_nearer, outcome_for, same_request
from adjudicator.testing.laws.deciders import Decider
from adjudicator.wire.codec import dump_case


def requests_are_honest(case: CaseBase, *, decide: Decider = api.decide) -> None:
    """After a party supplies what a request accepts, the same request is not made again.

    A request without acceptable answers (none could be stated in advance) promises nothing.
    """
    for request in decide(case).requests:
        answers = tuple(supplied(case, request))
        assert answers or not request.accepts, f"nothing could be submitted that {request} accepts"
        for answered in answers:
            again = [other for other in decide(answered).requests if same_request(other, request)]
            assert not again, f"{request} was met, and yet it is asked again in\n{dump_case(answered).decode()}"


def what_if_is_honest(case: CaseBase, *, decide: Decider = api.decide) -> None:
    """Every alternative leads to the outcome and money that it promises, and changes the current outcome."""
    now = decide(case)
    for each in alternatives(case):
        then = decide(each.applied_to(case))
        led_to = (outcome_for(then, each.line_id), str(then.outcome), getattr(then, "total", None))
        assert led_to == (each.line_outcome, each.outcome, each.total), f"promised was {each}, but it leads to {led_to}"
        assert each.line_outcome != outcome_for(now, each.line_id), f"{each} changes nothing"


def what_if_is_minimal(case: CaseBase, *, decide: Decider = api.decide) -> None:
    """No alternative works with one change left out, or with a number or instant closer to the original."""
    for each in alternatives(case):
        puts = [(change.pointer, change.to) for change in each.changes]
        for part in chain.from_iterable(combinations(puts, size) for size in range(len(puts))):
            assert _led_to(case, part, each.line_id, decide) != each.line_outcome, f"{part} alone would do of {each}"
        for index, change in enumerate(each.changes):
            if (nearer := one_step_nearer(change)) is not None:
                puts_nearer = [*puts[:index], (change.pointer, nearer), *puts[index + 1 :]]
                leads_to = _led_to(case, puts_nearer, each.line_id, decide)
                assert leads_to != each.line_outcome, f"{nearer} is nearer than what {each} says"


def answers_are_honest(case: CaseBase, *, decide: Decider = api.decide) -> None:
    """Every answer to a next question leads to the outcome that it states, and settles the parts that it states."""
    for question in ask_next(case):
        for answer in question.answers:
            then = decide(applied(case, [(change.pointer, change.to) for change in answer.changes]))
            left = [each for each in then.requests if each.line_id in (question.line_ids or (None,))]
            assert (str(then.outcome), not left) == (answer.outcome, answer.settles), (
                f"{answer} leads to {then.outcome}"
            )
            for line in answer.lines:
                assert outcome_for(then, line.line_id) == line.outcome, f"{answer} leads {line.line_id} elsewhere"


def _led_to(case: CaseBase, puts: Sequence[Put], line_id: str | None, decide: Decider) -> str | None:
    """The outcome of a line after some values are changed; ``None`` if the case is invalid then."""
    try:
        return outcome_for(decide(applied(case, puts)), line_id)
    except InputError:
        return None
