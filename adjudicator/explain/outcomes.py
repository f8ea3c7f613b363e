"""Outcomes: what was decided in total and by part, the measures that are allowed, and remarks."""

from __future__ import annotations

from adjudicator.explain import timing
from adjudicator.explain.page import Items, Paragraph, items
from adjudicator.explain.timing import Possibilities
from adjudicator.explain.view import View
from adjudicator.model.award import Measure
from adjudicator.model.decision import LineResult, Outcome
from adjudicator.model.finding import Remark


def verdict(view: View) -> Paragraph:
    """The outcome, addressed to the party that asked for the decision."""
    outcome = view.decision.outcome
    codes = (f"letter.verdict.{outcome}", f"verdict.{outcome}", f"outcome.{outcome}")
    return Paragraph(view.words.first(codes), strong=True)


def results(view: View) -> Items | None:
    """The outcome of each claimed line, or of each other part of the case."""
    if view.decision.lines:
        return items(tuple(line_result(view, line) for line in view.decision.lines))
    parts = ((line_id, outcome) for line_id, outcome in view.decision.parts if line_id is not None)
    return items(tuple(part(view, line_id, outcome) for line_id, outcome in parts))


def part(view: View, line_id: str, outcome: str) -> str:
    """The outcome of one part."""
    return view.say("letter.result", line=view.opening_line(line_id), outcome=view.say(f"outcome.{outcome}"))


def line_result(view: View, line: LineResult) -> str:
    """The outcome of a claimed line, with the number of units if some are approved."""
    if line.outcome not in (Outcome.APPROVED, Outcome.PARTIALLY_APPROVED):
        return part(view, line.line_id, line.outcome.value)
    outcome = view.say(f"outcome.{line.outcome.value}")
    units = view.words.units(line)
    return view.say("letter.result_units", line=view.opening_line(line.line_id), outcome=outcome, units=units)


def granted_lines(view: View) -> tuple[str, ...]:
    """The parts that are granted, in full or in part."""
    granted = view.decision.granted
    return tuple(line_id for line_id, _ in view.decision.parts if line_id is not None and line_id in granted)


def measures(view: View) -> Items | None:
    """The measures that the rule allows, with the amounts involved."""
    return items(tuple(measure(view, each) for each in view.decision.measures))


def measure(view: View, measure: Measure) -> str:
    """One measure, with its article numbers."""
    return view.cited(view.words.measure(measure, view.decision.currency), measure.measure, measure.cites)


def remarks(view: View) -> Items | None:
    """The remarks; one that applies to several lines appears once."""
    possible = timing.possibilities(view)
    return items(tuple({each.code: _remark(view, each, possible) for each in view.decision.remarks}.values()))


def spoken_remarks(view: View) -> tuple[str, ...]:
    """The remarks that say what can still be done."""
    possible = timing.possibilities(view)
    texts = (_what_is_possible(view, each, possible) for each in view.decision.remarks)
    return tuple(dict.fromkeys(filter(None, texts)))


def _remark(view: View, remark: Remark, possible: Possibilities) -> str:
    code = f"letter.remark.{remark.code}"
    text = view.say(code) if code in view.words else view.words.remark(remark)
    return view.cited(_what_is_possible(view, remark, possible) or text, remark.code, remark.cites)


def _what_is_possible(view: View, remark: Remark, possible: Possibilities) -> str:
    """The remark as worded for what can still be done about its line; empty if it has no such words."""
    code = f"letter.remark.{remark.code}.{possible(remark.line_id)}"
    closes_at = view.particulars.evidence_closes_at
    end = "" if closes_at is None else view.words.end(closes_at)
    return view.say(code, end=end) if code in view.words else ""
