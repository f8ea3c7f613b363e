"""Worked examples on an edition's page, each from its facts to its result."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from attrs import define

from adjudicator.model.decision import Decision
from adjudicator.model.finding import Effect
from adjudicator.rulebook.handbook.examples import Example
from adjudicator.rulebook.handbook.markup import (
    NOTHING,
    Markdown,
    blocks,
    figure,
    heading,
    items,
    joined,
    plain,
    strong,
)
from adjudicator.rulebook.handbook.pictures import ladder, timeline
from adjudicator.rulebook.handbook.writer import EditionWriter
from adjudicator.words import Words

_MARKS: Final = {Effect.SUPPORTS: "✓", Effect.DEFEATS: "✗", Effect.UNDECIDED: "?"}


@define(slots=False)
class ExampleWriter(EditionWriter):
    """Writes the worked examples of an edition."""

    def example(self, example: Example) -> Markdown:
        """An example, from its facts to its result."""
        decision = example.decided(self.edition)
        anchored, words = f"example-{example.name}", self.words
        return blocks(
            heading(3, plain(example.title(words)), anchored),
            joined([strong(plain(words.verdict(decision.outcome))), *map(plain, results_of(decision, words))]),
            self.known(decision),
            figure(timeline(decision, example.case, words, f"{anchored}-timeline")),
            self.found(decision),
            self.asked(decision),
            self.money(decision, f"{anchored}-money"),
            items(plain(words.remark(each)) for each in decision.remarks),
        )

    def known(self, decision: Decision) -> Markdown:
        """The facts that were read, each once per line, with their supplier."""
        once = {(each.line_id, fact.name): fact for each in decision.findings for fact in each.facts}
        rows = [
            (plain(line or ""), plain(self.words.fact(fact, decision.currency)), plain(self.words.supplier(fact.name)))
            for (line, _), fact in once.items()
        ]
        return self.by_line(decision, ("handbook.known", "handbook.supplier"), rows)

    def found(self, decision: Decision) -> Markdown:
        """The finding of each clause."""
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
        """A table whose first column is the line; without that column if there is only one."""
        if len({each.line_id for each in decision.findings}) > 1:
            return self.table(("handbook.line", *head), rows)
        return self.table(head, (row[1:] for row in rows))

    def asked(self, decision: Decision) -> Markdown:
        """What is still needed, and which answers are acceptable."""
        words = self.words
        return items(
            plain(words.sentences(words.request(each), *words.accepts(each, decision.currency)))
            for each in decision.requests
        )

    def money(self, decision: Decision, name: str) -> Markdown:
        """The picture of the calculation; ``name`` distinguishes it from others on the page."""
        if not decision.ladder:
            return NOTHING
        return figure(ladder(decision, self.words, name))


def results_of(decision: Decision, words: Words) -> Iterator[str]:
    """The result of a case: its lines or other parts, awards, returns and measures."""
    yield from map(words.line, decision.lines)
    parts = () if decision.lines else decision.parts
    yield from (words.part(line_id, outcome) for line_id, outcome in parts if line_id is not None)
    yield from (words.award(each, decision.currency or "", decision.paid_for) for each in decision.awards)
    if decision.return_authorisation is not None:
        yield words.sent_back(decision.return_authorisation)
    yield from (words.measure(each, decision.currency) for each in decision.measures)
