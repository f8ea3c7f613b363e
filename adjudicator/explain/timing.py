"""Timing: how long something can still be handed in or filed, what is over, and when we look again."""

from __future__ import annotations

from collections.abc import Iterator

from adjudicator.explain.findings import decisive, rests_on_closing
from adjudicator.explain.page import Paragraph
from adjudicator.explain.view import View
from adjudicator.model.decision import Deadline, Outcome, Role
from adjudicator.model.time import SECOND, Instant
from adjudicator.words import last_instant


def until(view: View, due_at: Instant | None) -> str:
    """Until when something can be handed in, and how much time that leaves."""
    if due_at is None:
        return ""
    return view.say("letter.until", end=view.words.end(due_at), left=_left_until(view, due_at))


def _left_until(view: View, moment: Instant) -> str:
    seconds = (moment - view.decision.as_of) // SECOND
    return view.say("letter.left", left=view.words.duration(seconds)) if seconds > 0 else view.say("letter.last_second")


def looked_at_again(view: View) -> Paragraph | None:
    """When time alone may change the decision."""
    at = view.decision.reconsider_at
    return None if at is None else Paragraph(view.say("letter.again", moment=view.words.moment(at)))


def can_still_file(view: View) -> Iterator[str]:
    """Until when what was not granted can be claimed anew, unless something bars it for good."""
    windows = {(each.starts_at, each.ends_at): each for each in _open_windows(view)}
    for each in windows.values():
        end = last_instant(each)
        yield view.say("letter.window", end=view.words.end(end), left=_left_until(view, end))


def _open_windows(view: View) -> Iterator[Deadline]:
    barred = {each.line_id for each in decisive(view) if each.role is Role.BAR and not rests_on_closing(each)}
    lines = {
        line.line_id
        for line in view.decision.lines
        if line.outcome in (Outcome.DENIED, Outcome.PARTIALLY_APPROVED) and line.line_id not in barred
    }
    for each in view.decision.deadlines:
        if each.line_id in lines and view.decision.as_of <= last_instant(each):
            yield each


def evidence_is_closed(view: View) -> bool:
    """Whether something was turned down because the time for evidence is over."""
    return any(rests_on_closing(each) for each in decisive(view))


def closed_evidence(view: View) -> str:
    """That the time for evidence is over, and since when as far as that is known."""
    at = view.particulars.evidence_closes_at
    if at is None:
        return view.say("letter.evidence_closed")
    return view.say("letter.evidence_closed_at", end=view.words.end(at))
