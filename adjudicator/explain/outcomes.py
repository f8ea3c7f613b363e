"""Outcomes: what was decided, on the whole and part by part, what may be done about it, and what else to know."""

from __future__ import annotations

from adjudicator.explain.page import Items, Paragraph, items
from adjudicator.explain.view import View
from adjudicator.model.award import Measure
from adjudicator.model.decision import LineResult, Outcome
from adjudicator.model.finding import Remark


def verdict(view: View) -> Paragraph:
    """The outcome, addressed to the one who asked for the decision."""
    outcome = view.decision.outcome
    codes = (f"letter.verdict.{outcome}", f"verdict.{outcome}", f"outcome.{outcome}")
    return Paragraph(view.words.first(codes), strong=True)


def results(view: View) -> Items | None:
    """How each claimed line, or each other part of the case, was decided."""
    if view.decision.lines:
        return items(tuple(line_result(view, line) for line in view.decision.lines))
    parts = ((line_id, outcome) for line_id, outcome in view.decision.parts if line_id is not None)
    return items(tuple(part(view, line_id, outcome) for line_id, outcome in parts))


def part(view: View, line_id: str, outcome: str) -> str:
    """How a part of the case was decided."""
    return view.say("letter.result", line=view.opening_line(line_id), outcome=view.say(f"outcome.{outcome}"))


def line_result(view: View, line: LineResult) -> str:
    """How a claimed line was decided, and for how many units where some are approved."""
    if line.outcome not in (Outcome.APPROVED, Outcome.PARTIALLY_APPROVED):
        return part(view, line.line_id, line.outcome.value)
    outcome = view.say(f"outcome.{line.outcome.value}")
    units = view.words.units(line)
    return view.say("letter.result_units", line=view.opening_line(line.line_id), outcome=outcome, units=units)


def granted_lines(view: View) -> tuple[str, ...]:
    """The parts that are granted, in whole or in part."""
    granted = view.decision.granted
    return tuple(line_id for line_id, _ in view.decision.parts if line_id is not None and line_id in granted)


def measures(view: View) -> Items | None:
    """What may be done about it, and the amounts that this is about."""
    return items(tuple(measure(view, each) for each in view.decision.measures))


def measure(view: View, measure: Measure) -> str:
    """Something that may be done."""
    return view.cited(view.words.measure(measure, view.decision.currency), measure.measure, measure.cites)


def remarks(view: View) -> Items | None:
    """What the reader should know besides; what holds for several lines is said once."""
    return items(tuple({each.code: _remark(view, each) for each in view.decision.remarks}.values()))


def _remark(view: View, remark: Remark) -> str:
    code = f"letter.remark.{remark.code}"
    text = view.say(code) if code in view.words else view.words.remark(remark)
    return view.cited(text, remark.code, remark.cites)
