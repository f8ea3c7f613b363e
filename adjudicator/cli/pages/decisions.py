"""A decision as a page."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from adjudicator.cli.pages.cases import CasePage
from adjudicator.cli.pages.layout import HEADINGS, Marks, Section, Trimmed, grid, item_of, laid_out
from adjudicator.engine.policy import Edition
from adjudicator.engine.registry import edition_behind
from adjudicator.model.decision import ClaimDecision, Decision, Effect, Finding, Role
from adjudicator.model.errors import safe

_COLOURS: Final = {Effect.SUPPORTS: "green", Effect.DEFEATS: "red", Effect.UNDECIDED: "yellow"}


def decision_page(decision: Decision, language: str, marks: Marks) -> RenderableType:
    """A decision as its reader wants it: the outcome and the money, what is needed, then why."""
    return _DecisionPage(decision, edition_behind(decision.policy), language, marks).whole()


class _DecisionPage(CasePage):
    """The parts of the page for one decision."""

    def __init__(self, decision: Decision, edition: Edition | None, language: str, marks: Marks) -> None:
        super().__init__(edition, language, marks, decision.currency)
        self.decision = decision
        self.deadlines = {(each.clause, each.line_id): each for each in decision.deadlines}

    def whole(self) -> RenderableType:
        claim = self.decision if isinstance(self.decision, ClaimDecision) else None
        sections: list[Section] = [
            self.lines(claim) if claim else self.parts(),
            (self.say("decision.measures"), [item_of(self.marks, each) for each in self.measures()]),
            (self.say("decision.needed"), [self.request(each) for each in self.decision.requests]),
            *self.clauses(),
            self.ladder(),
            *((self.sent_back(claim),) if claim else ()),
            (self.say("decision.remarks"), list(self.remarks())),
        ]
        return Trimmed(Group(self.head(claim), *laid_out(sections), *self.foot()))

    # The head and the foot

    def head(self, claim: ClaimDecision | None) -> RenderableType:
        decision = self.decision
        first = Text(self.say(f"outcome.{decision.outcome}").upper(), style=f"bold {self.colour()}")
        if claim and claim.ladder:
            first.append(
                f"   {self.say('decision.payable', amount=self.words.money(claim.total, claim.currency))}", "bold"
            )
        return Group(first, *self.about(decision.case_id, decision.as_of, decision.policy))

    def colour(self) -> str:
        """Yellow while something is open, and where some lines pass and others do not."""
        effects = {finding.effect for finding in self.decision.findings}
        if Effect.UNDECIDED in effects or self.decision.requests:
            return "yellow"
        failed = {finding.line_id for finding in self.decision.findings if finding.effect is Effect.DEFEATS}
        passed = {finding.line_id for finding in self.decision.findings} - failed
        return "green" if not failed else "yellow" if passed else "red"

    def foot(self) -> Iterator[RenderableType]:
        if self.decision.reconsider_at is not None:
            yield Text()
            yield Text(self.say("decision.reconsider", moment=self.words.moment(self.decision.reconsider_at)), "yellow")

    # Money

    def lines(self, claim: ClaimDecision) -> Section:
        """Each claimed line with what is payable for it, and what is payable for the order as a whole."""
        rows = grid("left", "left", "left", "left", "right", "left", apart=2)
        for line in claim.lines:
            outcome = self.say(f"outcome.{line.outcome.value}")
            self.award_rows(rows, claim, line.line_id, (safe(line.line_id), outcome, self.words.units(line)))
        self.award_rows(rows, claim, None, (self.say("decision.the_order"), "", ""))
        return self.say("decision.lines"), [rows]

    def parts(self) -> Section:
        """Each part of a case that is no claim."""
        told = (self.words.part(line_id, outcome) for line_id, outcome in self.decision.parts if line_id is not None)
        return self.say("decision.lines"), [item_of(self.marks, Text(each)) for each in told]

    def measures(self) -> Iterator[Text]:
        """What may be done about it."""
        for measure in self.decision.measures:
            told = Text(self.words.measure(measure, self.decision.currency))
            told.append(f" {', '.join(measure.cites)}", "dim")
            yield told

    def award_rows(self, rows: Table, claim: ClaimDecision, line_id: str | None, lead: tuple[str, ...]) -> None:
        """A row for each award; a line that gets none has a row all the same, the order has not."""
        money, currency = self.words.money, claim.currency
        awards = [award for award in claim.awards if award.line_id == line_id]
        for award in awards:
            settled = self.say(
                "decision.of_entitled",
                entitled=money(award.entitled, currency),
                settled=money(award.settled, currency),
            )
            paid = (self.say(f"award.{award.kind.value}"), money(award.amount, currency))
            rows.add_row(*map(Text, (*lead, *paid)), Text(settled if award.settled else "", "dim"))
            lead = ("", "", "")
        if not awards and line_id is not None:
            rows.add_row(*map(Text, lead))

    def ladder(self) -> Section:
        rows = grid("left", "right", "left")
        before: str | None = ""
        for step in self.decision.ladder:
            told = Text(self.words.restated(step.step))
            told.append(f" {', '.join(step.cites)}", "dim")
            line = self.line_or_order(step.line_id)
            amount = self.words.money(step.amount, self.decision.currency or "")
            rows.add_row(Text(line if line != before else "", "dim"), Text(amount, no_wrap=True), told)
            before = line
        return self.say("decision.ladder"), [rows] if self.decision.ladder else []

    def line_or_order(self, line_id: str | None) -> str:
        return self.say("decision.the_order") if line_id is None else safe(line_id)

    def sent_back(self, claim: ClaimDecision) -> Section:
        allowed = claim.return_authorisation
        if allowed is None:
            return "", []
        return self.say("decision.return"), [Text(self.words.sent_back(allowed))]

    # Why

    def clauses(self) -> Iterator[Section]:
        """The findings, line by line, requirements apart from bars."""
        groups: dict[tuple[str | None, Role], list[RenderableType]] = {}
        for finding in self.decision.findings:
            groups.setdefault((finding.line_id, finding.role), []).append(self.finding(finding))
        for (line_id, role), rows in groups.items():
            heading = self.say(HEADINGS[role])
            if line_id is not None:
                heading = self.say("decision.about", heading=heading, line=safe(line_id))
            yield heading, rows

    def finding(self, finding: Finding) -> RenderableType:
        colour, between = _COLOURS[finding.effect], self.words.joined("sentences", ("", ""))
        deadline = self.deadlines.get((finding.clause, finding.line_id))
        told = Text(self.words.restated(finding.clause))
        told.append(f"{between}{self.words.outcome_of(finding)}", colour)
        if deadline is not None:
            told.append(f"{between}{self.words.deadline(deadline)}", "dim")
        row = grid("left", "left", "left", expand=True)
        row.columns[1].ratio = 1
        row.add_row(Text(self.marks.of(finding.effect), f"bold {colour}"), told, Text("\n".join(finding.cites), "dim"))
        return row

    def remarks(self) -> Iterator[RenderableType]:
        for remark in self.decision.remarks:
            line = "" if remark.line_id is None else f"{safe(remark.line_id)} {self.marks.dash} "
            told = Text(f"{line}{self.words.restated(remark.code)}")
            told.append(f" {', '.join(remark.cites)}", "dim")
            yield item_of(self.marks, told)
