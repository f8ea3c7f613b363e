"""Pages: an edition as its functions tell it, and what one edition says otherwise than another."""

from __future__ import annotations

import datetime as dt
import inspect
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from enum import Enum
from functools import cached_property
from typing import Any, Final

from attrs import Factory, define, frozen

from adjudicator.engine.policy import UNSETTLED, Clause, Edition, Function, Node, hints, members, plain_type
from adjudicator.model.decision import Decision, Effect, Role
from adjudicator.model.facts import Fact
from adjudicator.rulebook.answers import answers_of, sample_finding
from adjudicator.rulebook.handbook.changelog import Aspect, Change, Difference, Redline, Turn
from adjudicator.rulebook.handbook.coverage import SIGHTS, Coverage, key_of
from adjudicator.rulebook.handbook.examples import Example
from adjudicator.rulebook.handbook.markup import (
    NOTHING,
    Markdown,
    anchor,
    blocks,
    code,
    differing,
    figure,
    heading,
    items,
    joined,
    link,
    listing,
    plain,
    redlined,
    strong,
    table,
)
from adjudicator.rulebook.handbook.pictures import ladder, timeline
from adjudicator.rulebook.handbook.sources import Definition, code_of, definitions_behind, packages_of
from adjudicator.words import ENGLISH, SIMPLIFIED_CHINESE, Words, words_for

_HEADINGS: Final = {Role.REQUIREMENT: "decision.must_hold", Role.BAR: "decision.must_not"}
_MARKS: Final = {Effect.SUPPORTS: "✓", Effect.DEFEATS: "✗", Effect.UNDECIDED: "?"}


@frozen(kw_only=True)
class Book:
    """What the pages of a handbook share.

    ``readings`` are addresses by the number of the reading, as far as there are any; ``suffix`` is how the names of pages end.
    """

    language: str = ENGLISH
    suffix: str = ".html"
    sightings: Coverage = Factory(dict)
    readings: Mapping[str, str] = Factory(dict)

    def words(self, edition: Edition | None = None) -> Words:
        """The words for an edition in the language of the book."""
        return words_for(edition, self.language)


@frozen
class Page:
    """A page: its name without an ending, its title as plain text, and what stands on it."""

    name: str
    title: str
    text: Markdown


def name_of(edition: Edition) -> str:
    """The name of the page for an edition."""
    return f"{edition.policy}-{edition.name}"


def name_of_redline(redline: Redline) -> str:
    """The name of the page for what changed."""
    return f"{redline.new.policy}-{redline.old.name}-{redline.new.name}"


# The cover


def cover(book: Book, groups: Iterable[Sequence[Edition]], redlines: Sequence[Redline]) -> Page:
    """The page that leads to all others."""
    words = book.words()
    rows = [_cover_row(book, edition, last) for group in groups for edition, last in with_last_days(group)]
    head = [words.say(each) for each in ("policy.title", "policy.policy", "policy.edition", "policy.until")]
    changed = [
        link(plain(_redline_title(book, redline)), f"{name_of_redline(redline)}{book.suffix}") for redline in redlines
    ]
    text = blocks(
        heading(1, plain(words.say("handbook.title")), "handbook"),
        plain(words.say("handbook.told")),
        table(head, rows),
        heading(2, plain(words.say("handbook.redlines")), "section-redlines") if changed else NOTHING,
        items(changed),
    )
    return Page("index", words.say("handbook.title"), text)


def with_last_days(group: Sequence[Edition]) -> Iterator[tuple[Edition, dt.date | None]]:
    """The editions of a policy, each with the last day on which it is in force, if another follows."""
    for edition, following in zip(group, (*group[1:], None), strict=True):
        yield edition, following.effective_from - dt.timedelta(days=1) if following else None


def _cover_row(book: Book, edition: Edition, last: dt.date | None) -> tuple[Markdown, ...]:
    words = book.words(edition)
    until = words.say("policy.open_ended") if last is None else last.isoformat()
    title = link(plain(words.title()), f"{name_of(edition)}{book.suffix}")
    return title, code(edition.policy), plain(edition.name), plain(until)


# An edition


def edition_page(book: Book, edition: Edition, last: dt.date | None, examples: Sequence[Example]) -> Page:
    """Everything that an edition says, with the examples that it governs."""
    page = _EditionPage(book, edition, last, tuple(examples))
    return Page(name_of(edition), page.title, page.whole())


@define(slots=False)
class _EditionPage:
    """The parts of the page for one edition."""

    book: Book
    edition: Edition
    last: dt.date | None
    examples: tuple[Example, ...]

    @cached_property
    def words(self) -> Words:
        return self.book.words(self.edition)

    @property
    def title(self) -> str:
        return self.words.say("handbook.edition", title=self.words.title(), edition=self.edition.name)

    def say(self, code: str, **params: object) -> Markdown:
        return plain(self.words.say(code, **params))

    def table(self, head: Iterable[str], rows: Iterable[Sequence[Markdown]]) -> Markdown:
        """A table, the codes of its columns put into words."""
        return table([self.words.say(each) for each in head], rows)

    def whole(self) -> Markdown:
        return blocks(
            self.head(),
            *(self.clauses(role) for role in Role),
            self.section("judged", "handbook.judged", map(self.stated, self.edition.facts)),
            self.section("grants", "policy.grants", self.grants()),
            self.section("remarks", "policy.remarks", map(self.stated, self.edition.remarks)),
            self.section("not-adjudicated", "policy.not_adjudicated", [self.not_adjudicated()]),
            self.section("settings", "policy.settings", [self.settings()]),
            self.section("facts", "handbook.facts", [self.facts()]),
            self.section("definitions", "handbook.definitions", map(self.definition, self.definitions)),
            self.section("examples", "handbook.examples", map(self.example, self.examples)),
            self.section("sightings", "handbook.sightings", self.sightings()),
        )

    def head(self) -> Markdown:
        told = [code(self.edition.policy), plain(self.words.revision()), plain(self.words.in_force(self.last))]
        return blocks(heading(1, plain(self.title), "edition"), joined(told, " · "))

    def section(self, name: str, title: str, content: Iterable[Markdown]) -> Markdown:
        """What belongs together, below its heading; nothing at all without content."""
        held = blocks(*content)
        return blocks(heading(2, self.say(title), f"section-{name}"), held) if held else NOTHING

    # Functions

    def clauses(self, role: Role) -> Markdown:
        chosen = (clause for clause in self.edition.clauses if clause.role is role)
        return self.section(role.value, _HEADINGS[role], map(self.clause, chosen))

    def clause(self, clause: Clause) -> Markdown:
        facts = self.words.joined("clauses", map(self.words.supplied, clause.reads))
        return blocks(
            self.function(clause.node),
            plain(self.words.say("policy.needs", facts=facts)) if facts else NOTHING,
            self.measured(clause.node),
            self.answers(clause),
            self.uses(clause.node),
            listing(code_of(clause.node.function)),
        )

    def stated(self, function: Function) -> Markdown:
        """A function that is no clause: what it says, what it uses and how it is written."""
        node = self.edition.nodes[function.__name__]
        return blocks(self.function(node), self.uses(node), listing(code_of(function)))

    def function(self, node: Node) -> Markdown:
        """The name of a function, what it restates, and what it cites."""
        law, restated = node.citation, self.words.restated(node.name)
        in_chinese = words_for(self.edition, SIMPLIFIED_CHINESE).restated(node.name)
        cites = joined([strong(plain(each)) for each in law.within(self.edition.article)], ", ")
        readings = joined(map(self.reading, law.readings), ", ")
        return blocks(
            heading(3, code(node.name), node.name),
            plain(restated),
            plain(in_chinese) if self.words.language == ENGLISH and in_chinese != restated else NOTHING,
            joined([cites, readings], " · "),
        )

    def reading(self, number: str) -> Markdown:
        address = self.book.readings.get(number)
        return link(plain(number), address) if address else plain(number)

    def measured(self, node: Node) -> Markdown:
        """The instant that a clause measures, and the window in which it has to lie."""
        if node.window is None or node.moment is None:
            return NOTHING
        window = self.words.restated(node.window)
        return joined([self.say("handbook.window", window=window), self.named(node.window)])

    def answers(self, clause: Clause) -> Markdown:
        """What the clause can come to, and what it can ask for."""
        answers = answers_of(self.edition, clause)
        needs = sorted({need for each in answers for need in each.needs}, key=lambda need: need.name)
        rows = [
            (code(finding.because.code), plain(self.words.because(finding)))
            for reason in dict.fromkeys(each.reason for each in answers)
            for finding in (sample_finding(clause, reason, Effect.UNDECIDED, needs),)
        ]
        asks = [
            self.words.say(
                "decision.from",
                party=self.words.say(f"party.{need.to.value}"),
                need=self.words.say(f"need.{need.name}"),
            )
            for need in needs
        ]
        asked = self.say("handbook.asks", needs=self.words.joined("clauses", asks)) if asks else NOTHING
        return blocks(self.table(("handbook.reason", "handbook.meaning"), rows), asked)

    def uses(self, node: Node) -> Markdown:
        """Where to find what a function asks for, and what else it uses."""
        behind = definitions_behind(node.function, self.packages)
        names = [self.named(name) for name in node.params if name not in self.edition.case_kind.outcome_facts]
        names += [
            self.named(each.name) if each.name in self.edition.nodes else link(code(each.name), f"#{id_of(each)}")
            for each in behind
        ]
        return joined([self.say("handbook.uses"), joined(dict.fromkeys(names), ", ")]) if names else NOTHING

    def named(self, name: str) -> Markdown:
        return link(code(name), f"#{name}")

    # What is owed

    def grants(self) -> Iterator[Markdown]:
        """The functions that say what is owed, in the order of the reckoning, each under its place in it."""
        if self.edition.grants is None:
            return
        places = dict.fromkeys(place for place, _ in self.edition.grants.places() if place)
        yield items((plain(self.place(place)) for place in places), "1.")
        granted = self.edition.grants.functions()
        yield from (self.stated(function) for function in granted if function not in self.edition.facts)

    def place(self, place: str) -> str:
        scope, _, kind = place.partition(".")
        return self.words.say(f"reckoning.{scope}", kind=self.words.say(f"award.{kind}") if kind else "")

    def not_adjudicated(self) -> Markdown:
        """The sentences of the rule that nothing here carries out, each with the reason."""
        left_out = self.edition.not_adjudicated.items()
        return items(
            joined([strong(plain(sentence)), plain(self.words.not_adjudicated(reason))])
            for sentence, reason in left_out
        )

    # Facts, settings and definitions

    def facts(self) -> Markdown:
        """The facts of the case on which anything here rests."""
        known = self.edition.case_kind.glossary.facts
        read = {name for node in self.edition.nodes.values() for name in node.params}
        head = ("handbook.fact", "handbook.name", "handbook.type", "handbook.where", "handbook.supplier")
        return self.table(head, (self.fact(known[name]) for name in known if name in read))

    def fact(self, fact: Fact) -> tuple[Markdown, ...]:
        label = self.say(f"fact.{fact.name}")
        places = joined(map(code, fact.pointers), ", ")
        name = Markdown(f"{anchor(fact.name)}{code(fact.name)}")
        return label, name, self.type_of(fact), places, plain(self.words.supplier(fact.name))

    def type_of(self, fact: Fact) -> Markdown:
        """The type of a fact, and the values of an enumeration; what it can be instead of a value goes without saying."""
        kinds = [each for each in members(hints(fact.read)["return"]) if plain_type(each) not in UNSETTLED]
        told = " | ".join(sorted(map(_type_name, kinds)))
        values = [value for kind in kinds for value in _values_of(kind)]
        field = fact.pointers[0].rpartition("/")[2] if fact.pointers else fact.name
        meant = self.words.listed([self.words.value(field, value) for value in values], "or")
        return joined([code(told), plain(meant)])

    def settings(self) -> Markdown:
        rows = [
            (
                Markdown(f"{anchor(name)}{code(name)}"),
                plain(self.words.setting(name, value)),
                self.say(f"setting.{name}"),
            )
            for name, value in self.edition.settings.items()
        ]
        return self.table(("handbook.name", "handbook.value", "handbook.meaning"), rows)

    @cached_property
    def packages(self) -> frozenset[str]:
        return packages_of(self.edition)

    @cached_property
    def definitions(self) -> tuple[Definition, ...]:
        """What the functions use besides each other, each once."""
        found = (
            each for node in self.edition.nodes.values() for each in definitions_behind(node.function, self.packages)
        )
        return tuple(dict.fromkeys(each for each in found if each.name not in self.edition.nodes))

    def definition(self, definition: Definition) -> Markdown:
        return blocks(heading(3, code(definition.name), id_of(definition)), listing(definition.code))

    # Examples

    def example(self, example: Example) -> Markdown:
        """An example from what was known to what became of it."""
        decision = example.decided(self.edition)
        anchored, words = f"example-{example.name}", self.words
        return blocks(
            heading(3, plain(example.title(words)), anchored),
            joined([strong(plain(words.verdict(decision.outcome))), *map(plain, _results(decision, words))]),
            self.known(decision),
            figure(timeline(decision, example.case, words, f"{anchored}-timeline")),
            self.found(decision),
            self.asked(decision),
            self.money(decision, f"{anchored}-money"),
            items(plain(words.remark(each)) for each in decision.remarks),
        )

    def known(self, decision: Decision) -> Markdown:
        """The facts that were read, each once for every line, and from whom they come."""
        once = {(each.line_id, fact.name): fact for each in decision.findings for fact in each.facts}
        rows = [
            (plain(line or ""), plain(self.words.fact(fact, decision.currency)), plain(self.words.supplier(fact.name)))
            for (line, _), fact in once.items()
        ]
        return self.by_line(decision, ("handbook.known", "handbook.supplier"), rows)

    def found(self, decision: Decision) -> Markdown:
        """What each clause came to."""
        deadlines = {(each.clause, each.line_id): each for each in decision.deadlines}
        rows = [
            (
                plain(each.line_id or ""),
                joined([plain(_MARKS[each.effect]), self.named(each.clause)]),
                plain(self.words.outcome_of(each, deadlines.get((each.clause, each.line_id)))),
                plain(", ".join(each.cites)),
            )
            for each in decision.findings
        ]
        return self.by_line(decision, ("handbook.clause", "handbook.came_to", "handbook.cites"), rows)

    def by_line(self, decision: Decision, head: Sequence[str], rows: Iterable[tuple[Markdown, ...]]) -> Markdown:
        """A table whose first column is the line, which goes without saying where there is but one."""
        if len({each.line_id for each in decision.findings}) > 1:
            return self.table(("handbook.line", *head), rows)
        return self.table(head, (row[1:] for row in rows))

    def asked(self, decision: Decision) -> Markdown:
        words = self.words
        return items(
            plain(words.sentences(words.request(each), *words.accepts(each, decision.currency)))
            for each in decision.requests
        )

    def money(self, decision: Decision, name: str) -> Markdown:
        if not decision.ladder:
            return NOTHING
        return figure(ladder(decision, self.words, name))

    # The tests

    def sightings(self) -> Iterator[Markdown]:
        """How often the tests saw each clause from each side."""
        seen = self.book.sightings.get(key_of(self.edition), {})
        rows = [
            (self.named(clause.name), *(plain(str(seen[clause.name][sight])) for sight in SIGHTS))
            for clause in self.edition.clauses
            if clause.name in seen
        ]
        if rows:
            yield self.say("handbook.sightings_told")
        yield self.table(("handbook.clause", *(f"sight.{each}" for each in SIGHTS)), rows)


def id_of(definition: Definition) -> str:
    """Where on its page a definition stands."""
    return f"{definition.module}.{definition.name}".replace(".", "-")


def _results(decision: Decision, words: Words) -> Iterator[str]:
    """What became of a case: of its lines or other parts, and what is paid, sent back or may be done."""
    yield from map(words.line, decision.lines)
    parts = () if decision.lines else decision.parts
    yield from (words.part(line_id, outcome) for line_id, outcome in parts if line_id is not None)
    yield from (words.award(each, decision.currency or "") for each in decision.awards)
    if decision.return_authorisation is not None:
        yield words.sent_back(decision.return_authorisation)
    yield from (words.measure(each, decision.currency) for each in decision.measures)


def _type_name(annotation: Any) -> str:
    """A type without the modules that its parts come from."""
    return re.sub(r"\w+\.", "", inspect.formatannotation(annotation))


def _values_of(annotation: Any) -> Iterator[str]:
    """The values of an enumeration, or of a set of one."""
    arguments = getattr(annotation, "__args__", ()) or (annotation,)
    for kind in arguments:
        if isinstance(kind, type) and issubclass(kind, Enum):
            yield from (str(each.value) for each in kind)


# What changed


def redline_page(book: Book, redline: Redline) -> Page:
    """What an edition says otherwise than the one before it."""
    page = _RedlinePage(book, redline)
    return Page(name_of_redline(redline), _redline_title(book, redline), page.whole())


def _redline_title(book: Book, redline: Redline) -> str:
    words = book.words(redline.new)
    return words.say("handbook.redline", title=words.title(), old=redline.old.name, new=redline.new.name)


@frozen
class _RedlinePage:
    """The parts of the page for one redline."""

    book: Book
    redline: Redline

    def words(self) -> Words:
        return self.book.words(self.redline.new)

    def say(self, code: str, **params: object) -> Markdown:
        return plain(self.words().say(code, **params))

    def whole(self) -> Markdown:
        book, redline = self.book, self.redline
        editions = [link(plain(each.name), f"{name_of(each)}{book.suffix}") for each in (redline.old, redline.new)]
        return blocks(
            heading(1, plain(_redline_title(book, redline)), "redline"),
            joined(editions, " → "),
            *map(self.change, redline.changes),
            NOTHING if redline.changes else self.say("handbook.no_change"),
            *self.turns(),
        )

    def change(self, change: Change) -> Markdown:
        """One thing that changed: its kind and name, how, and then what about it."""
        told = joined([self.say(f"part.{change.kind}"), code(change.name), self.say(f"manner.{change.manner}")])
        return blocks(
            heading(2, told, re.sub(r"\W+", "-", f"{change.kind}-{change.name}")),
            *map(self.difference, change.differences),
        )

    def difference(self, difference: Difference) -> Markdown:
        if difference.aspect is Aspect.CODE:
            return differing(difference.before, difference.after)
        told = redlined(difference.before, difference.after)
        return joined([strong(self.say(f"aspect.{difference.aspect}")), told])

    def turns(self) -> Iterator[Markdown]:
        """What becomes of the examples."""
        redline, words = self.redline, self.words()
        if not redline.tried:
            return
        yield heading(2, self.say("handbook.turns"), "section-turns")
        yield plain(words.counted("handbook.turned", redline.tried, turned=len(redline.turns)))
        head = [words.say("handbook.example"), redline.old.name, redline.new.name]
        yield table(head, map(self.turn, redline.turns))

    def turn(self, turn: Turn) -> tuple[Markdown, ...]:
        words = self.words()
        results = (
            joined(map(plain, (words.verdict(decision.outcome), *_results(decision, words))))
            for decision in (turn.before, turn.after)
        )
        return plain(turn.example.title(words)), *results
