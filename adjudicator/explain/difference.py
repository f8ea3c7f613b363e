"""The changes between two decisions of one case, as a page for the people who work on it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TypeVar

from attrs import frozen

from adjudicator.analysis.diff import Change, Changed, Difference, FindingChanged, Part, Why
from adjudicator.engine.clause import hints
from adjudicator.engine.registry import edition_behind
from adjudicator.explain.page import Block, Page, Paragraph, Section, blocks_of, items, paragraph, section
from adjudicator.model.award import Award, Measure
from adjudicator.model.decision import Decision, LineResult, PolicyRef
from adjudicator.model.finding import Deadline, Finding
from adjudicator.words import Words, words_for

T = TypeVar("T")


def difference_page(difference: Difference, currency: str | None, locale: str) -> Page:
    """What changed and why; ``currency`` is that of the amounts, if there are any."""
    edition = edition_behind(difference.policy.after) if difference.policy.after else None
    decided: type[Decision] = hints(edition.case_kind.decide)["return"] if edition else Decision
    return _Differences(difference, currency, decided.paid_for, words_for(edition, locale)).whole()


@frozen
class _Differences:
    difference: Difference
    currency: str | None
    paid_for: str
    words: Words

    def say(self, code: str, **params: object) -> str:
        return self.words.say(code, **params)

    def whole(self) -> Page:
        difference = self.difference
        title = self.say("diff.nothing" if difference.is_empty else "diff.title")
        return Page(
            self.words.language,
            title,
            tuple(self.about()),
            blocks_of(
                section(self.say("letter.heading.decided"), *self.outcomes()),
                section(self.say("diff.findings"), *map(self.finding, difference.findings)),
                section(
                    self.say("record.measures"),
                    items(tuple(self.both(each, self.measure) for each in difference.measures)),
                ),
                section(self.say("record.awards"), items(tuple(map(self.award, difference.awards)))),
                section(self.say("record.return"), *self.sent_back()),
                section(self.say("diff.asked"), items(tuple(map(self.words.request, difference.asked)))),
                section(self.say("diff.answered"), items(tuple(map(self.words.request, difference.answered)))),
                section(self.say("record.deadlines"), items(tuple(map(self.deadline, difference.deadlines)))),
                section(
                    self.say("record.remarks"),
                    items(tuple(self.both(each, self.words.remark) for each in difference.remarks)),
                ),
                section(self.say("diff.case"), items(tuple(map(self.change, difference.case)))),
            ),
        )

    def about(self) -> Iterator[str]:
        difference = self.difference
        yield self.say("diff.about", case=difference.case_id, moments=self.both(difference.as_of, self.words.moment))
        yield self.both(difference.policy, self.policy)

    def policy(self, policy: PolicyRef) -> str:
        return self.say("decision.policy", policy=policy.id, edition=policy.edition, revision=policy.revision)

    def outcomes(self) -> Iterator[Block | None]:
        difference = self.difference
        if difference.outcome.before != difference.outcome.after:
            yield Paragraph(self.both(difference.outcome, lambda outcome: self.say(f"outcome.{outcome}")), strong=True)
        if difference.total.before != difference.total.after:
            yield Paragraph(self.say("diff.total", amounts=self.both(difference.total, self.money)))
        yield items(tuple(self.both(each, self.line) for each in difference.lines))
        yield items(tuple(self.both(each, self.part) for each in difference.parts))

    def line(self, line: LineResult) -> str:
        return self.words.line(line)

    def part(self, part: Part) -> str:
        return self.words.part(part.line_id, part.outcome)

    def measure(self, measure: Measure) -> str:
        return self.words.measure(measure, self.currency)

    def money(self, amount: int) -> str:
        return str(amount) if self.currency is None else self.words.money(amount, self.currency)

    def finding(self, changed: FindingChanged) -> Block:
        """A finding with its results before and after, and why it changed."""
        one = one_of(changed.finding)
        heading = self.say("letter.cited", text=self.words.restated(one.clause), clauses=self.words.listed(one.cites))
        line = self.say("decision.line", line=one.line_id) if one.line_id is not None else ""
        why = self.say(f"diff.why.{changed.why.value}")
        blocks = blocks_of(
            paragraph(line),
            Paragraph(self.both(changed.finding, self.came_to), strong=True),
            Paragraph(why),
            items(tuple(map(self.change, changed.facts))) if changed.why is Why.FACTS else None,
        )
        return Section(heading, blocks)

    def came_to(self, finding: Finding) -> str:
        return self.words.outcome_of(finding)

    def change(self, change: Change) -> str:
        name = change.what if change.what.startswith("/") else self.say(f"fact.{change.what}")
        before, after = (self.words.value(change.what, each, self.currency) for each in (change.before, change.after))
        values = self.arrow(before, after)
        return self.say("decision.fact", fact=name, value=values)

    def award(self, changed: Changed[Award]) -> str:
        one = one_of(changed)
        amounts = self.both(changed, lambda award: self.money(award.amount))
        kind = self.say(f"award.{one.kind.value}")
        line = (
            self.say(f"letter.whole_{self.paid_for}")
            if one.line_id is None
            else self.say("decision.line", line=one.line_id)
        )
        return self.say("diff.award", kind=kind, line=line, amounts=amounts)

    def sent_back(self) -> Iterator[Block | None]:
        changed = self.difference.return_authorisation
        if changed.before != changed.after:
            yield Paragraph(self.both(changed, self.words.sent_back))

    def deadline(self, changed: Changed[Deadline]) -> str:
        one = one_of(changed)
        return self.words.sentences(self.words.restated(one.clause), self.both(changed, self.words.deadline))

    def both(self, changed: Changed[T], text: Callable[[T], str]) -> str:
        """The old value and the new one, or a single value if they read the same."""
        before, after = (
            self.say("diff.none") if each is None else text(each) for each in (changed.before, changed.after)
        )
        return self.arrow(before, after)

    def arrow(self, before: str, after: str) -> str:
        return before if before == after else self.say("diff.from_to", before=before, after=after)


def one_of(changed: Changed[T]) -> T:
    """The new value if there is one, else the old one."""
    (one, *_) = (each for each in (changed.after, changed.before) if each is not None)
    return one
