"""Findings: the reasons for a decision, clause by clause."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from typing import Final

from adjudicator.explain.page import Block, Items, Paragraph
from adjudicator.explain.view import View
from adjudicator.model.finding import Deadline, Effect, FactRead, Finding, Role

NUMBER: Final = re.compile(r"-?\d+(?:\.\d+)?")

GENERIC_REASONS: Final = ("holds", "fails", "repairable")
"""The reasons of a plain yes or no, which add nothing to what the clause says."""


def decisive(view: View) -> tuple[Finding, ...]:
    """The findings that caused the refusal of a line, or of the case as a whole."""
    return _with_effect(view, Effect.DEFEATS, view.decision.turned_down)


def for_a_person(view: View) -> tuple[Finding, ...]:
    """The findings that a person must review before a line, or the case as a whole, is decided."""
    return _with_effect(view, Effect.UNDECIDED, view.decision.with_a_person)


def met(view: View) -> tuple[Finding, ...]:
    """The requirements that the granted lines, or the granted case, meet, without repetition."""
    supporting = _with_effect(view, Effect.SUPPORTS, view.decision.granted)
    return tuple({finding.clause: finding for finding in supporting if finding.role is Role.REQUIREMENT}.values())


def _with_effect(view: View, effect: Effect, parts: frozenset[str | None]) -> tuple[Finding, ...]:
    return tuple(each for each in view.decision.findings if each.effect is effect and each.line_id in parts)


def against(view: View, finding: Finding) -> str:
    """Why a finding speaks against the case: what the rule asks, the result, the margin, and the article number.

    A bar is worded as an exclusion, never as an accusation.
    """
    return view.cited(view.words.sentences(_asks(view, finding), _reason(view, finding)), finding.clause, finding.cites)


def spoken(view: View, finding: Finding) -> str:
    """The same in a few words, for reading aloud."""
    return view.words.sentences(_asks(view, finding), view.words.margin_of(finding))


def undecided(view: View, finding: Finding) -> str:
    """What a finding leaves open."""
    if finding.role is Role.BAR:
        text = view.say("letter.may_be_barred")
    else:
        asks = view.say("letter.required", rule=view.words.restated(finding.clause))
        text = view.words.sentences(asks, view.words.because(finding))
    return view.cited(text, finding.clause, finding.cites)


def clause_text(view: View, clause: str, cites: Iterable[str]) -> str:
    """What a clause says, with its article numbers."""
    return view.cited(view.words.restated(clause), clause, cites)


def _asks(view: View, finding: Finding) -> str:
    reason = finding.because.code.rpartition(".")[2]
    for code in (f"letter.against.{finding.clause}.{reason}", f"letter.against.{finding.clause}"):
        if code in view.words:
            return view.say(code)
    if finding.role is Role.BAR:
        return view.say("letter.barred")
    return view.say("letter.required", rule=view.words.restated(finding.clause))


def _reason(view: View, finding: Finding) -> str:
    reason = finding.because.code.rpartition(".")[2]
    general, particular = f"letter.against.{finding.clause}", f"letter.against.{finding.clause}.{reason}"
    is_said = particular in view.words or (reason in GENERIC_REASONS and general in view.words)
    is_silent = finding.role is Role.BAR or is_said
    because = "" if is_silent else view.words.because(finding)
    deadline = deadline_of(view, finding)
    return view.words.sentences(because, view.words.margin_of(finding, deadline))


def deadline_of(view: View, finding: Finding) -> Deadline | None:
    """The window that a finding measured; ``None`` if it measured none."""
    return view.deadlines.get((finding.clause, finding.line_id))


def reasons(view: View, findings: Iterable[Finding], text: Callable[[View, Finding], str] = against) -> Iterator[Block]:
    """The reasons by line; lines are named if there are several."""
    groups: dict[str | None, list[Finding]] = {}
    for finding in findings:
        groups.setdefault(finding.line_id, []).append(finding)
    for line_id, group in groups.items():
        if view.has_several_parts:
            yield Paragraph(view.say("letter.about_line", line=view.opening_line(line_id)))
        yield Items(tuple(dict.fromkeys(text(view, each) for each in group)))


def facts_relied_on(view: View, findings: Iterable[Finding]) -> str:
    """The facts behind the findings, except free text: choices, numbers, instants, and yes or no."""
    facts = {fact.name: fact for finding in findings for fact in finding.facts if _is_plain(view, fact)}
    return view.words.joined("clauses", (view.words.fact(each, view.decision.currency) for each in facts.values()))


def _is_plain(view: View, fact: FactRead) -> bool:
    """Whether a fact is known and can be put in words; ids, names and free text cannot."""
    values = fact.value if isinstance(fact.value, tuple) else (fact.value,)
    return "/as_of" not in fact.pointers and bool(values) and all(_has_words(view, fact, each) for each in values)


def _has_words(view: View, fact: FactRead, value: object) -> bool:
    if isinstance(value, bool | int):
        return True
    if not isinstance(value, str) or NUMBER.fullmatch(value):
        return isinstance(value, str)
    name = fact.pointers[0].rpartition("/")[2] if fact.pointers else fact.name
    return f"value.{name}.{value}" in view.words or view.words.value(name, value) != value
