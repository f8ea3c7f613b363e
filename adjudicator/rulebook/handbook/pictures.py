"""Draw the timeline of a case and the calculation of its money as SVG.

A picture inherits its colour from the page, so it works in light and dark mode and in print. Nothing is shown by colour alone, and
the description says the same in words.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby, pairwise
from typing import Any, Final
from xml.etree import ElementTree as ET

import attrs
from attrs import frozen

from adjudicator.engine.clause import hints, members
from adjudicator.model.award import Step
from adjudicator.model.decision import Decision
from adjudicator.model.finding import Deadline
from adjudicator.model.money import Minor
from adjudicator.model.soundness import CaseBase
from adjudicator.model.time import Instant
from adjudicator.rulebook import drawing
from adjudicator.rulebook.drawing import BLUE, GREEN, INK, SIZE
from adjudicator.words import Words

WIDTH: Final = 720
EDGE: Final = 10
LINE: Final = 18
BAR: Final = 10
APART: Final = 16
"""The least distance between two marks, so that instants too close to tell apart still appear in order."""

_COLOURS: Final = {"step": BLUE, "award": GREEN}


@frozen
class Moment:
    """An instant of a case, with the fields that hold it."""

    at: Instant
    fields: tuple[str, ...]


@frozen
class Amount:
    """A bar in the picture of the money: its heading, its kind, the amount in minor units, and its label."""

    about: str
    kind: str
    minor: int
    text: str


# Time


def moments_of(case: CaseBase) -> tuple[Moment, ...]:
    """The instants of a case in order, each with every field that holds it. Those in evidence are left out."""
    found: dict[Instant, dict[str, None]] = {}
    for name, instant in _instants_in(case):
        found.setdefault(instant, {})[name] = None
    return tuple(Moment(instant, tuple(found[instant])) for instant in sorted(found))


def _instants_in(value: Any, name: str = "") -> Iterator[tuple[str, Instant]]:
    if isinstance(value, Instant):
        yield name, value
    elif isinstance(value, tuple):
        for each in value:
            yield from _instants_in(each, name)
    elif attrs.has(type(value)):
        for each in attrs.fields(type(value)):
            if each.name != "evidence":
                yield from _instants_in(getattr(value, each.name), each.name)


def windows_of(decision: Decision) -> tuple[Deadline, ...]:
    """The windows of a decision, each once even if it applies to several lines."""
    once = {(each.counted_from, each.starts_at, each.ends_at): each for each in decision.deadlines}
    return tuple(once.values())


def timeline(decision: Decision, case: CaseBase, words: Words, name: str) -> str:
    """A picture of when everything happened and of the time limits. ``name`` distinguishes it from others on its page."""
    moments, windows = moments_of(case), windows_of(decision)
    places = _places([each.at for each in moments], windows)
    texts = [f"{number}. {_moment_text(each, words)}" for number, each in enumerate(moments, start=1)]
    picture = drawing.picture(
        name, words.say("handbook.timeline"), [*texts, *(words.deadline(each) for each in windows)]
    )
    axis = EDGE + 2 * LINE * (len(windows) + 1)
    for row, window in enumerate(windows):
        _window(picture, window, words.end(window.last_instant), places, EDGE + 2 * LINE * row)
    drawing.line(picture, EDGE, axis, WIDTH - EDGE, axis)
    for number, moment in enumerate(moments, start=1):
        _mark(picture, moment, number, places[moment.at], axis)
    for row, text in enumerate(texts, start=2):
        drawing.text(picture, EDGE, axis + LINE * row, text)
    return drawing.written(picture, WIDTH, axis + LINE * (len(texts) + 1) + EDGE)


def _moment_text(moment: Moment, words: Words) -> str:
    fields = words.joined("clauses", (words.say(f"instant.{name}") for name in moment.fields))
    return words.say("handbook.moment", moment=words.moment(moment.at), fields=fields)


def _places(instants: Sequence[Instant], windows: Sequence[Deadline]) -> Mapping[Instant, float]:
    """The positions of instants: to scale as far as there is room, and never closer than :data:`APART`."""
    order = sorted({*instants, *(edge for each in windows for edge in (each.starts_at, each.last_instant))})
    span = max(order[-1] - order[0], 1)
    room = WIDTH - 4 * EDGE - APART * (len(order) - 1)
    places = {order[0]: 2.0 * EDGE}
    for earlier, later in pairwise(order):
        places[later] = round(places[earlier] + APART + room * (later - earlier) / span, 1)
    return places


def _window(picture: ET.Element, window: Deadline, text: str, places: Mapping[Instant, float], top: float) -> None:
    """Draw a window as a bar, with its end in words above."""
    start, end = places[window.starts_at], places[window.last_instant]
    drawing.text(picture, min(start, WIDTH - EDGE - drawing.width(text)), top + SIZE, text)
    bar = _bar(picture, start, top + LINE, end - start, BLUE, filled=True)
    bar.set("data-starts-at", str(window.starts_at))
    bar.set("data-last-instant", str(window.last_instant))


def _mark(picture: ET.Element, moment: Moment, number: int, place: float, axis: float) -> None:
    """Draw a point on the axis, with its number above."""
    point = ET.SubElement(picture, "circle", cx=drawing.number(place), cy=drawing.number(axis), r="5", fill=INK)
    point.set("data-at", str(moment.at))
    drawing.text(picture, place, axis - BAR, str(number), anchor="middle")


# Money


def ladder(decision: Decision, words: Words, name: str) -> str:
    """A picture of the calculation: amounts paid, steps and awards, one below the other."""
    amounts = tuple(amounts_of(decision, words))
    most = max((each.minor for each in amounts), default=0) or 1
    picture = drawing.picture(name, words.say("decision.ladder"), [each.text for each in amounts])
    below = EDGE
    for about, group in groupby(amounts, key=lambda each: each.about):
        drawing.text(picture, EDGE, below + SIZE, about, bold=True)
        below += LINE
        for amount in group:
            below = _draw_amount(picture, amount, most, below)
    return drawing.written(picture, WIDTH, below)


def _draw_amount(picture: ET.Element, amount: Amount, most: int, below: int) -> int:
    """Draw an amount in words, with its bar below. Returns the top of what comes next."""
    for line in drawing.wrapped(amount.text, WIDTH - 2 * EDGE):
        drawing.text(picture, EDGE, below + SIZE, line)
        below += LINE
    width = max((WIDTH - 2 * EDGE) * amount.minor / most, 1)
    bar = _bar(picture, EDGE, below, width, _COLOURS.get(amount.kind, INK), filled=amount.kind in _COLOURS)
    bar.set("data-kind", amount.kind)
    bar.set("data-amount", str(amount.minor))
    return below + 2 * BAR


def amounts_of(decision: Decision, words: Words) -> Iterator[Amount]:
    """The amounts of a decision in the order of the calculation: amounts in the case, steps, awards."""
    currency = decision.currency or ""
    for line_id, steps in groupby(decision.ladder, key=lambda step: step.line_id):
        about, read = _line_of(line_id, words, decision.paid_for), set[str]()
        for step in steps:
            yield from _inputs_of(step, about, read, currency, words)
            text = f"{words.step(step, currency)} {', '.join(step.cites)}"
            yield Amount(about, "step", step.amount, text)
    for award in decision.awards:
        yield Amount(
            words.say("handbook.awarded"), "award", award.amount, words.award(award, currency, decision.paid_for)
        )


def _inputs_of(step: Step, about: str, read: set[str], currency: str, words: Words) -> Iterator[Amount]:
    """The amounts other than zero that a step reads from the case, unless an earlier step read them."""
    for name, value in step.inputs.items():
        if name not in read and isinstance(value, int) and value and _is_money_of_the_case(name, words):
            read.add(name)
            text = words.say("decision.fact", fact=words.say(f"fact.{name}"), value=words.money(value, currency))
            yield Amount(about, "fact", value, text)


def _is_money_of_the_case(name: str, words: Words) -> bool:
    facts = words.edition.case_kind.glossary.facts if words.edition else {}
    return name in facts and Minor in members(hints(facts[name].read)["return"])


def _line_of(line_id: str | None, words: Words, whole: str) -> str:
    if line_id is None:
        return words.say(f"decision.the_{whole}")
    return words.say("decision.line", line=words.outside(line_id))


def _bar(picture: ET.Element, left: float, top: float, width: float, colour: str, *, filled: bool) -> ET.Element:
    """A bar; it is hollow for amounts that come from the case."""
    return drawing.box(picture, left, top, width, BAR, stroke=colour, fill=colour if filled else "none", rx="2")
