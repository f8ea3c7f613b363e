"""The page of an edition: every clause with its code, grants, facts, worked examples and test coverage."""

from __future__ import annotations

import datetime as dt
import inspect
import re
from collections.abc import Iterator, Sequence
from enum import Enum
from functools import cached_property
from typing import Any, Final

from attrs import define

from adjudicator.engine.clause import UNSETTLED, Clause, Node, hints, members, plain_type
from adjudicator.engine.inspection import Function
from adjudicator.engine.policy import Edition
from adjudicator.kinds.steps import Step
from adjudicator.model.facts import Fact
from adjudicator.model.finding import Effect, Role
from adjudicator.rulebook.answers import answers_of, sample_finding
from adjudicator.rulebook.documents import process_of
from adjudicator.rulebook.graph_picture import graph_picture
from adjudicator.rulebook.handbook.book import Book, Page, name_of
from adjudicator.rulebook.handbook.coverage import SIGHTS, key_of
from adjudicator.rulebook.handbook.examples import Example
from adjudicator.rulebook.handbook.markup import (
    NOTHING,
    Markdown,
    anchor,
    blocks,
    code,
    figure,
    heading,
    items,
    joined,
    link,
    listing,
    plain,
    strong,
)
from adjudicator.rulebook.handbook.sources import Definition, code_of, definitions_behind, packages_of
from adjudicator.rulebook.handbook.worked import ExampleWriter
from adjudicator.rulebook.handbook.writer import EditionWriter
from adjudicator.words import ENGLISH, SIMPLIFIED_CHINESE, words_for

_HEADINGS: Final = {Role.REQUIREMENT: "decision.must_hold", Role.BAR: "decision.must_not"}


def edition_page(book: Book, edition: Edition, last: dt.date | None, examples: Sequence[Example]) -> Page:
    """The page of an edition, with the examples that it governs."""
    page = _EditionPage(book, edition, last, tuple(examples))
    return Page(name_of(edition), page.title, page.whole())


@define(slots=False)
class _EditionPage(EditionWriter):
    """The sections of an edition's page."""

    last: dt.date | None
    examples: tuple[Example, ...]

    @property
    def title(self) -> str:
        return self.words.say("handbook.edition", title=self.words.title(), edition=self.edition.name)

    def whole(self) -> Markdown:
        return blocks(
            self.head(),
            self.section("steps", "policy.steps", [self.steps()]),
            self.graph(),
            *(self.clauses(role) for role in Role),
            self.section("judged", "handbook.judged", map(self.stated, self.edition.facts)),
            self.section("grants", "policy.grants", self.grants()),
            self.section("remarks", "policy.remarks", map(self.stated, self.edition.remarks)),
            self.section("not-adjudicated", "policy.not_adjudicated", [self.not_adjudicated()]),
            self.section("settings", "policy.settings", [self.settings()]),
            self.section("facts", "handbook.facts", [self.facts()]),
            self.section("definitions", "handbook.definitions", map(self.definition, self.definitions)),
            self.section(
                "examples", "handbook.examples", map(ExampleWriter(self.book, self.edition).example, self.examples)
            ),
            self.section("sightings", "handbook.sightings", self.sightings()),
        )

    def head(self) -> Markdown:
        named = [code(self.edition.policy), plain(self.words.revision()), plain(self.words.in_force(self.last))]
        return blocks(heading(1, plain(self.title), "edition"), joined(named, " · "))

    # Steps

    def steps(self) -> Markdown:
        """The steps of a process: who takes each one and when, under which clauses, and what follows."""
        process = process_of(self.edition)
        if process is None:
            return NOTHING
        head = ("handbook.step", "handbook.taken_by", "handbook.at_stage", "handbook.clause", "handbook.leads_to")
        return self.table(head, map(self.step, process.steps))

    def step(self, step: Step) -> tuple[Markdown, ...]:
        clauses = (self.named(each.__name__) for each in self.edition.clauses_by_question[step.name])
        return (
            joined([plain(self.words.part_named(step.name)), code(step.name)], " "),
            plain(self.words.listed((self.words.say(f"party.{each.value}") for each in step.by), "or")),
            plain(self.words.listed((self.words.stage(each) for each in step.at), "or")),
            joined(clauses, ", "),
            plain("" if step.then is None else self.words.stage(step.then)),
        )

    def graph(self) -> Markdown:
        """The picture of the dependency graph."""
        return self.section("graph", "handbook.graph", [figure(graph_picture(self.edition, self.words, "graph"))])

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
        """A function that is not a clause: its restatement, its dependencies and its code."""
        node = self.edition.nodes[function.__name__]
        return blocks(self.function(node), self.uses(node), listing(code_of(function)))

    def function(self, node: Node) -> Markdown:
        """The name, restatement and citations of a function."""
        citation, restated = node.citation, self.words.restated(node.name)
        in_chinese = words_for(self.edition, SIMPLIFIED_CHINESE).restated(node.name)
        cites = joined([strong(plain(each)) for each in citation.within(self.edition.article)], ", ")
        readings = joined(map(self.reading, citation.readings), ", ")
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
        """The instant that a clause measures, and the window that it has to fall in."""
        if node.window is None or node.moment is None:
            return NOTHING
        window = self.words.restated(node.window)
        return joined([self.say("handbook.window", window=window), self.named(node.window)])

    def answers(self, clause: Clause) -> Markdown:
        """The answers that a clause can give, and what it can ask for."""
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
        """Links to the dependencies of a function and to the other definitions that it uses."""
        behind = definitions_behind(node.function, self.packages)
        names = [self.named(name) for name in node.params if name not in self.edition.case_kind.outcome_facts]
        names += [
            self.named(each.name) if each.name in self.edition.nodes else link(code(each.name), f"#{id_of(each)}")
            for each in behind
        ]
        return joined([self.say("handbook.uses"), joined(dict.fromkeys(names), ", ")]) if names else NOTHING

    # What is owed

    def grants(self) -> Iterator[Markdown]:
        """The functions that calculate what is owed, in the order of the calculation, each under its step."""
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
        """The sentences of the rule that the edition does not implement, each with the reason."""
        left_out = self.edition.not_adjudicated.items()
        return items(
            joined([strong(plain(sentence)), plain(self.words.not_adjudicated(reason))])
            for sentence, reason in left_out
        )

    # Facts, settings and definitions

    def facts(self) -> Markdown:
        """The facts of the case that the edition reads."""
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
        """The type of a fact, with the values of an enumeration; types such as :class:`Open` are left out."""
        kinds = [each for each in members(hints(fact.read)["return"]) if plain_type(each) not in UNSETTLED]
        names = " | ".join(sorted(map(_type_name, kinds)))
        values = [value for kind in kinds for value in _values_of(kind)]
        field = fact.pointers[0].rpartition("/")[2] if fact.pointers else fact.name
        meant = self.words.listed([self.words.value(field, value) for value in values], "or")
        return joined([code(names), plain(meant)])

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
        """The other definitions that the functions use, each once."""
        found = (
            each for node in self.edition.nodes.values() for each in definitions_behind(node.function, self.packages)
        )
        return tuple(dict.fromkeys(each for each in found if each.name not in self.edition.nodes))

    def definition(self, definition: Definition) -> Markdown:
        return blocks(heading(3, code(definition.name), id_of(definition)), listing(definition.code))

    # Examples

    # The tests

    def sightings(self) -> Iterator[Markdown]:
        """How often the tests saw each clause with each effect."""
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
    """The anchor of a definition on its page."""
    return f"{definition.module}.{definition.name}".replace(".", "-")


def _type_name(annotation: Any) -> str:
    """The name of a type without module names."""
    return re.sub(r"\w+\.", "", inspect.formatannotation(annotation))


def _values_of(annotation: Any) -> Iterator[str]:
    """The values of an enumeration, or of a set of its members."""
    arguments = getattr(annotation, "__args__", ()) or (annotation,)
    for kind in arguments:
        if isinstance(kind, type) and issubclass(kind, Enum):
            yield from (str(each.value) for each in kind)
