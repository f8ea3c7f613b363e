"""Draw the dependency graph of an edition, from the facts on the left to the outcomes on the right.

The columns are the facts of the case by supplier, the facts that the rule establishes, the clauses, and what follows from them. A
line leads from a dependency to the function that asks for it. The same edition gives the same bytes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from typing import Final
from xml.etree import ElementTree as ET

from attrs import frozen

from adjudicator.engine.policy import Edition
from adjudicator.model.finding import Role
from adjudicator.rulebook import drawing
from adjudicator.rulebook.drawing import BLUE, GREEN, INK
from adjudicator.words import Words

EDGE: Final = 12
PAPER: Final = "Canvas"
"""The CSS name of the page's background colour, with which boxes cover the lines behind them."""
AMBER: Final = "#c77d0a"
RED: Final = "#cc4b45"

_NAME: Final = 12.0
_CITES: Final = 10.5
_ROW: Final = 15
_INNER: Final = 7
_BETWEEN: Final = 8
_HEAD: Final = 26
_APART: Final = 18
_GAP: Final = 84
_FACTS, _JUDGED, _CLAUSES, _OUTCOMES = range(4)
_WIDTHS: Final = (196, 206, 226, 128)


@frozen
class Box:
    """A fact, function or outcome: its name, the lines of text in it, and its border."""

    name: str
    lines: tuple[str, ...]
    small: tuple[str, ...]
    colour: str
    look: Mapping[str, str]

    @property
    def height(self) -> float:
        """The height of the box."""
        return 2 * _INNER + _ROW * (len(self.lines) + len(self.small)) - 3


@frozen
class Group:
    """Boxes below a heading. ``follows`` marks grants, remarks and outcomes, which follow from the clauses."""

    heading: str
    boxes: tuple[Box, ...]
    follows: bool = False

    @property
    def height(self) -> float:
        """The height, including the heading."""
        return _HEAD + sum(each.height + _BETWEEN for each in self.boxes)


@frozen
class Place:
    """The position of a box."""

    column: int
    left: float
    top: float
    width: float
    height: float

    @property
    def middle(self) -> float:
        """The vertical centre."""
        return self.top + self.height / 2


def graph_picture(edition: Edition, words: Words, name: str, *, alone: bool = False) -> str:
    """The picture of an edition. ``name`` distinguishes it from others on its page; ``alone`` makes it a file of its own."""
    columns = _columns(edition, words)
    shown = [number for number, groups in enumerate(columns) if groups]
    height = max(_height(groups) for groups in columns)
    lefts = _lefts(shown)
    places = _places(edition, columns, lefts, height)
    picture = drawing.picture(name, words.say("handbook.graph"), [*_described(edition, words)])
    if alone:
        picture.set("style", f"background: {PAPER}; color: CanvasText; color-scheme: light dark")
    picture.set("class", "graph")
    _arrow_head(picture, name)
    for start, end in _arrows(edition):
        _arrow(picture, places[start], places[end], name)
    for number in shown:
        _draw_column(picture, columns[number], places, lefts[number])
    _draw_outcome_arrows(picture, columns, places, name)
    return drawing.written(picture, lefts[_OUTCOMES] + _WIDTHS[_OUTCOMES] + EDGE, height + 2 * EDGE)


def _described(edition: Edition, words: Words) -> Iterator[str]:
    """The same graph in words: every function with its dependencies."""
    for node in edition.nodes.values():
        asked = words.listed([_label(edition, words, each) for each in node.params])
        yield words.say("handbook.rests_on", name=node.name, asked=asked) if asked else node.name


# Positions


def _columns(edition: Edition, words: Words) -> tuple[tuple[Group, ...], ...]:
    """The groups of each column. A function with two roles, such as clause and remark, appears only under the first."""
    shown: set[str] = set()

    def boxes(names: Iterable[str], role: Role | None = None) -> tuple[Box, ...]:
        new = [each for each in dict.fromkeys(names) if each not in shown]
        shown.update(new)
        return tuple(_function(edition, each, role) for each in new)

    hold, bar = (boxes([each.name for each in edition.clauses if each.role is role], role) for role in Role)
    judged = Group(words.say("handbook.judged"), boxes(each.__name__ for each in edition.facts))
    owed = boxes(each.__name__ for each in (edition.grants.functions() if edition.grants else ()))
    said = boxes(each.__name__ for each in edition.remarks)
    right = [
        Group(words.say("decision.must_hold"), hold),
        Group(words.say("decision.must_not"), bar),
        Group(words.say("policy.grants"), owed, follows=True),
        Group(words.say("policy.remarks"), said, follows=True),
    ]
    ends = tuple(_outcome(each, words.say(f"outcome.{each}")) for each in edition.case_kind.outcomes)
    middle, right = ([each for each in groups if each.boxes] for groups in ([judged], right))
    facts = tuple(_facts(edition, words, [*middle, *right]))
    return facts, tuple(middle), tuple(right), (Group(words.say("handbook.outcomes"), ends),)


def _names(groups: Iterable[Group]) -> list[str]:
    return [box.name for group in groups for box in group.boxes]


def _facts(edition: Edition, words: Words, asking: Sequence[Group]) -> Iterator[Group]:
    """The facts of the case grouped by supplier, as near as possible to the functions that ask for them; then the settings."""
    order = {name: number for number, name in enumerate(_names(asking))}
    asked: dict[str, list[int]] = {}
    for node in edition.nodes.values():
        for param in node.params:
            if param in edition.case_kind.glossary.facts:
                asked.setdefault(param, []).append(order[node.name])
    ranks = {name: sum(by) / len(by) for name, by in asked.items()}
    source = {name: _source(edition, words, name) for name in asked}
    means = {
        each: sum(ranks[name] for name in asked if source[name] == each) / [*source.values()].count(each)
        for each in source.values()
    }
    ordered = sorted(asked, key=lambda name: (means[source[name]], source[name], ranks[name], name))
    for heading, names in groupby(ordered, key=source.__getitem__):
        yield Group(heading, tuple(_fact(name, _label(edition, words, name)) for name in names))
    if edition.settings:
        yield Group(words.say("policy.settings"), tuple(_setting(name) for name in edition.settings))


def _source(edition: Edition, words: Words, name: str) -> str:
    """The heading that names the supplier of a fact."""
    if edition.case_kind.glossary.facts[name].supplier is None:
        return words.say("handbook.facts")
    return words.say("handbook.facts_from", party=words.supplier(name))


def _label(edition: Edition, words: Words, name: str) -> str:
    """The label of a fact of the case; the bare name of anything else."""
    return words.say(f"fact.{name}") if name in edition.case_kind.glossary.facts else name


def _fact(name: str, label: str) -> Box:
    return Box(name, _lines(label, _FACTS), (), INK, {"rx": "13", "stroke_opacity": ".45"})


def _setting(name: str) -> Box:
    return Box(name, _lines(name, _FACTS), (), AMBER, {"rx": "2", "stroke_dasharray": "2 3"})


def _function(edition: Edition, name: str, role: Role | None = None) -> Box:
    """A function with its citations: requirements are green, bars red and dashed, established facts blue, others grey."""
    column = _JUDGED if name in {each.__name__ for each in edition.facts} else _CLAUSES
    looks: Mapping[Role | None, tuple[str, Mapping[str, str]]] = {
        Role.REQUIREMENT: (GREEN, {"stroke_width": "2"}),
        Role.BAR: (RED, {"stroke_width": "2", "stroke_dasharray": "6 3"}),
        None: (BLUE, {}) if column == _JUDGED else (INK, {"stroke_opacity": ".6"}),
    }
    colour, look = looks[role]
    citation = edition.nodes[name].citation
    small = drawing.wrapped(", ".join(citation.citations(edition.article)), _WIDTHS[column] - 2 * _INNER, _CITES)
    return Box(name, _lines(name, column), tuple(small), colour, {"rx": "4", **look})


def _outcome(code: str, label: str) -> Box:
    return Box(f"outcome {code}", _lines(label, _OUTCOMES), (), INK, {"rx": "4"})


def _lines(text: str, column: int) -> tuple[str, ...]:
    return tuple(drawing.wrapped(text, _WIDTHS[column] - 4 * _INNER, _NAME))


# Geometry


def _height(groups: Sequence[Group]) -> float:
    return sum(each.height for each in groups) + _APART * max(len(groups) - 1, 0)


def _lefts(shown: Sequence[int]) -> dict[int, float]:
    """The left edge of each column that is not empty."""
    lefts: dict[int, float] = {}
    left = float(EDGE)
    for number in shown:
        lefts[number] = left
        left += _WIDTHS[number] + _GAP
    return lefts


def _places(
    edition: Edition, columns: Sequence[Sequence[Group]], lefts: Mapping[int, float], height: float
) -> dict[str, Place]:
    """The position of every box: facts and clauses centred, established facts beside their neighbours, outcomes beside the clauses."""
    middle = EDGE + height / 2
    places = _placed(columns[_FACTS], _FACTS, lefts[_FACTS], middle, height) if _FACTS in lefts else {}
    places |= _placed(columns[_CLAUSES], _CLAUSES, lefts[_CLAUSES], middle, height)
    if _JUDGED in lefts:
        judged = {*_names(columns[_JUDGED])}
        pairs = [pair for pair in _arrows(edition) if judged.intersection(pair)]
        beside = [places[each].middle for pair in pairs for each in pair if each in places]
        places |= _placed(columns[_JUDGED], _JUDGED, lefts[_JUDGED], sum(beside) / max(len(beside), 1), height)
    top, bottom = _span(columns[_CLAUSES], places)
    return places | _placed(columns[_OUTCOMES], _OUTCOMES, lefts[_OUTCOMES], (top + bottom) / 2, height)


def _span(groups: Sequence[Group], places: Mapping[str, Place]) -> tuple[float, float]:
    """The top and bottom of the clauses."""
    clauses = [places[box.name] for group in groups if not group.follows for box in group.boxes]
    return clauses[0].top, clauses[-1].top + clauses[-1].height


def _placed(groups: Sequence[Group], column: int, left: float, middle: float, height: float) -> dict[str, Place]:
    """The positions of a column's boxes, centred on ``middle`` as far as the height of the picture allows."""
    places: dict[str, Place] = {}
    own = _height(groups)
    top = min(max(middle - own / 2, EDGE), EDGE + height - own)
    for group in groups:
        below = top + _HEAD
        for box in group.boxes:
            places[box.name] = Place(column, left, below, _WIDTHS[column], box.height)
            below += box.height + _BETWEEN
        top += group.height + _APART
    return places


# Drawing


def _arrows(edition: Edition) -> Iterator[tuple[str, str]]:
    """Each dependency with the function that asks for it, once. Results of the judgement have no box."""
    known = {*edition.nodes, *edition.settings, *edition.case_kind.glossary.facts}
    for node in edition.nodes.values():
        yield from ((param, node.name) for param in dict.fromkeys(node.params) if param in known)


def _arrow_head(picture: ET.Element, name: str) -> None:
    marker = ET.SubElement(
        ET.SubElement(picture, "defs"), "marker", id=f"{name}-head", viewBox="0 0 8 8", refX="7", refY="4"
    )
    for key, value in (("markerWidth", "6"), ("markerHeight", "6"), ("orient", "auto")):
        marker.set(key, value)
    ET.SubElement(marker, "path", d="M0 0 8 4 0 8z", fill=INK)


def _arrow(picture: ET.Element, start: Place, end: Place, name: str) -> None:
    """A curve to the right. Within one column it loops back to the side that it left; from a later column it runs backwards."""
    x1, y1 = start.left + start.width, start.middle
    if start.column > end.column:
        x2 = end.left + end.width
        half = (start.left - x2) / 2
        steps = _curve(start.left, y1, start.left - half, x2 + half, x2 + 2, end.middle)
    elif start.column == end.column:
        bend = min(22 + abs(end.middle - y1) / 9, _GAP - 14)
        steps = _curve(x1, y1, x1 + bend, x1 + bend, x1 + 2, end.middle)
    else:
        half = (end.left - x1) / 2
        steps = _curve(x1, y1, x1 + half, end.left - half, end.left - 2, end.middle)
    drawing.path(picture, steps, stroke_opacity=".32", stroke_width="1.1", marker_end=f"url(#{name}-head)")


def _curve(x1: float, y1: float, bend1: float, bend2: float, x2: float, y2: float) -> str:
    at = drawing.number
    return f"M{at(x1)} {at(y1)}C{at(bend1)} {at(y1)} {at(bend2)} {at(y2)} {at(x2)} {at(y2)}"


def _draw_column(picture: ET.Element, groups: Sequence[Group], places: Mapping[str, Place], left: float) -> None:
    for group in groups:
        head = places[group.boxes[0].name].top - 9
        drawing.box(picture, left - 2, head - 13, drawing.width(group.heading) + 10, 17, fill=PAPER)
        drawing.text(picture, left, head, group.heading, bold=True)
        for box in group.boxes:
            _draw_box(picture, box, places[box.name])


def _draw_box(picture: ET.Element, box: Box, place: Place) -> None:
    drawing.box(
        picture, place.left, place.top, place.width, place.height, fill=PAPER, stroke=box.colour, **box.look
    ).set("data-name", box.name)
    base = place.top + _INNER + _ROW - 5
    for each in box.lines:
        drawing.text(picture, place.left + _INNER + 2, base, each, size=_NAME)
        base += _ROW
    for each in box.small:
        drawing.text(picture, place.left + _INNER + 2, base - 1, each, size=_CITES)
        base += _ROW


def _draw_outcome_arrows(
    picture: ET.Element, columns: Sequence[Sequence[Group]], places: Mapping[str, Place], name: str
) -> None:
    """A bracket beside the clauses, with arrows to the outcomes."""
    (outcomes,) = columns[_OUTCOMES]
    ends = [places[box.name] for box in outcomes.boxes]
    right = places[columns[_CLAUSES][0].boxes[0].name].left + _WIDTHS[_CLAUSES] + 8
    top, bottom = _span(columns[_CLAUSES], places)
    at = drawing.number
    drawing.path(picture, f"M{at(right)} {at(top)}h6V{at(bottom)}h-6", stroke_width="1.5")
    middle = (top + bottom) / 2
    target = (ends[0].top + ends[-1].top + ends[-1].height) / 2
    steps = _curve(right + 6, middle, right + 40, ends[0].left - 40, ends[0].left - 4, target)
    drawing.path(picture, steps, stroke_width="1.5", marker_end=f"url(#{name}-head)")
