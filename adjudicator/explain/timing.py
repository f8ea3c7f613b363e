"""Timing: how long something can still be submitted or filed, what is over, and when the case is decided again."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TypeAlias

from adjudicator.analysis.closing import is_closed, lines_to_file_anew, windows_to_file_in
from adjudicator.explain.page import Paragraph
from adjudicator.explain.view import View
from adjudicator.model.decision import Outcome
from adjudicator.model.time import SECOND, Instant


def until(view: View, due_at: Instant | None) -> str:
    """The deadline for submitting something, and the time left."""
    if due_at is None:
        return ""
    return view.say("letter.until", end=view.words.end(due_at), left=_left_until(view, due_at))


def _left_until(view: View, moment: Instant) -> str:
    seconds = (moment - view.decision.as_of) // SECOND
    return view.say("letter.left", left=view.words.duration(seconds)) if seconds > 0 else view.say("letter.last_second")


def looked_at_again(view: View) -> Paragraph | None:
    """When the decision may change without new evidence.

    A denied claim stays denied: it is only what could have been put right that cannot be any more.
    """
    at = view.decision.reconsider_at
    if at is None or view.decision.outcome == Outcome.DENIED:
        return None
    return Paragraph(view.say("letter.again", moment=view.words.moment(at)))


def can_still_file(view: View) -> Iterator[str]:
    """How long a new claim can be filed for what was not granted, unless something bars it for good."""
    lines: dict[Instant, list[str]] = {}
    for each in windows_to_file_in(view.decision):
        if each.line_id is not None:
            lines.setdefault(each.last_instant, []).append(each.line_id)
    for end, line_ids in lines.items():
        text = view.say("letter.window", end=view.words.end(end), left=_left_until(view, end))
        yield view.words.sentences(text, view.where(line_ids))


Possibilities: TypeAlias = Callable[[str | None], str]
"""Takes a line and says what can still be done for it."""


def possibilities(view: View) -> Possibilities:
    """What can still be done for each line: ``more_evidence``, with or without a closing time, ``new_claim`` or ``nothing``.

    ``unknown`` if it depends on when evidence closes, which only the case says.
    """
    closes_at = view.particulars.evidence_closes_at
    if view.case is not None and closes_at is None:
        return lambda _: "more_evidence"
    if closes_at is not None and closes_at >= view.decision.as_of:
        return lambda _: "more_evidence_until"
    anew, otherwise = lines_to_file_anew(view.decision), "unknown" if view.case is None else "nothing"
    return lambda line_id: "new_claim" if line_id in anew else otherwise


def evidence_is_closed(view: View) -> bool:
    """Whether something was refused because the time for evidence is over."""
    return is_closed(view.decision)


def after_closing(view: View) -> Iterator[str]:
    """That the time for evidence is over, since when (if known), and what can still be done."""
    at = view.particulars.evidence_closes_at
    if at is None:
        yield view.say("letter.evidence_closed")
    else:
        yield view.say("letter.evidence_closed_at", end=view.words.end(at))
    if lines_to_file_anew(view.decision):
        yield view.words.sentences(view.say("letter.file_anew"), *can_still_file(view))
    elif view.decision.with_a_person:
        yield view.say("letter.reviewed_as_it_is")
    else:
        yield view.say("letter.over")
