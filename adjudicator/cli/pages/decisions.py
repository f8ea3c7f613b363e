"""The page of a decision."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from adjudicator.cli.pages.cases import CasePage
from adjudicator.cli.pages.layout import (
    HEADINGS,
    FirstThatFits,
    Marks,
    Section,
    Trimmed,
    grid,
    layout_sections,
    list_item,
)
from adjudicator.engine.policy import Edition
from adjudicator.engine.registry import edition_behind
from adjudicator.model.award import Award
from adjudicator.model.decision import Decision
from adjudicator.model.errors import safe
from adjudicator.model.finding import Effect, Finding, Role

_COLOURS: Final = {Effect.SUPPORTS: "green", Effect.DEFEATS: "red", Effect.UNDECIDED: "yellow"}


def decision_page(decision: Decision, language: str, marks: Marks) -> RenderableType:
    """A decision in the order people read it: outcome and money, what is needed, then why."""
    return _DecisionPage(decision, edition_behind(decision.policy), language, marks).whole()


class _DecisionPage(CasePage):
    """Builds the page of one decision."""

    def __init__(self, decision: Decision, edition: Edition | None, language: str, marks: Marks) -> None:
        super().__init__(edition, language, marks, decision.currency)
        self.decision = decision
        self.deadlines = {(deadline.clause, deadline.line_id): deadline for deadline in decision.deadlines}

    def whole(self) -> RenderableType:
        sections: list[Section] = [
            self.lines() if self.decision.lines else self.parts(),
            (self.say("decision.measures"), [list_item(self.marks, measure) for measure in self.measures()]),
            (self.say("decision.needed"), [self.request(request) for request in self.decision.requests]),
            *self.clauses(),
            self.ladder(),
            self.sent_back(),
            (self.say("decision.remarks"), list(self.remarks())),
        ]
        return Trimmed(Group(self.head(), *layout_sections(sections), *self.foot()))

    # The head and the foot

    def head(self) -> RenderableType:
        decision = self.decision
        first = Text(self.say(f"outcome.{decision.outcome}").upper(), style=f"bold {self.colour()}")
        if decision.total is not None and decision.ladder:
            first.append(f"   {self.say('decision.payable', amount=self.money(decision.total))}", "bold")
        return Group(first, *self.about(decision.case_id, decision.as_of, decision.policy))

    def colour(self) -> str:
        """Yellow if something is open or only some lines pass, else green or red."""
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

    def lines(self) -> Section:
        """The claimed lines with their awards, and the awards for the order as a whole."""
        return self.say("decision.lines"), [FirstThatFits(self.lines_in_columns(), Group(*self.lines_stacked()))]

    def rows(self) -> Iterator[tuple[tuple[str, ...], list[Award]]]:
        """The leading cells of each row, and its awards. The order or case has a row only if it has awards."""
        for line in self.decision.lines:
            outcome = self.say(f"outcome.{line.outcome.value}")
            yield (safe(line.line_id), outcome, self.words.units(line)), self.awards(line.line_id)
        if awards := self.awards(None):
            yield (self.say(f"decision.the_{self.decision.paid_for}"), "", ""), awards

    def awards(self, line_id: str | None) -> list[Award]:
        return [award for award in self.decision.awards if award.line_id == line_id]

    def lines_in_columns(self) -> Table:
        table = grid("left", "left", "left", "left", "right", "left", gap=2)
        for column in table.columns[:-1]:
            column.no_wrap = True
        for lead, awards in self.rows():
            for number, award in enumerate(awards):
                kind, amount, settled = self.award(award)
                table.add_row(
                    *map(Text, (*(lead if number == 0 else ("", "", "")), kind, amount)), Text(settled, "dim")
                )
            if not awards:
                table.add_row(*map(Text, lead))
        return table

    def lines_stacked(self) -> Iterator[RenderableType]:
        """The rows stacked, for a narrow terminal."""
        for lead, awards in self.rows():
            yield Text(f" {self.marks.dash} ".join(filter(None, lead)))
            for award in awards:
                kind, amount, settled = self.award(award)
                yield Padding(Text(f"{kind}: {amount}"), (0, 0, 0, 2))
                yield from (Padding(Text(settled, "dim"), (0, 0, 0, 4)),) if settled else ()

    def award(self, award: Award) -> tuple[str, str, str]:
        """The kind and amount of an award, and what was deducted."""
        entitled, settled = self.money(award.entitled), self.money(award.settled)
        before = self.say("decision.of_entitled", entitled=entitled, settled=settled) if award.settled else ""
        return self.say(f"award.{award.kind.value}"), self.money(award.amount), before

    def money(self, amount: int) -> str:
        return self.words.money(amount, self.currency or "")

    def parts(self) -> Section:
        """The parts of a case that is not a claim."""
        parts = (self.words.part(line_id, outcome) for line_id, outcome in self.decision.parts if line_id is not None)
        return self.say("decision.lines"), [list_item(self.marks, Text(part)) for part in parts]

    def measures(self) -> Iterator[Text]:
        """The measures that may be taken."""
        for measure in self.decision.measures:
            text = Text(self.words.measure(measure, self.decision.currency))
            text.append(f" {', '.join(measure.cites)}", "dim")
            yield text

    def ladder(self) -> Section:
        rows = grid("left", "right", "left")
        rows.columns[1].no_wrap = True
        before: str | None = ""
        for step in self.decision.ladder:
            text = Text(self.words.restated(step.step))
            text.append(f" {', '.join(step.cites)}", "dim")
            line = self.line_or_order(step.line_id)
            rows.add_row(Text(line if line != before else "", "dim"), Text(self.money(step.amount)), text)
            before = line
        return self.say("decision.ladder"), [rows] if self.decision.ladder else []

    def line_or_order(self, line_id: str | None) -> str:
        return self.say(f"decision.the_{self.decision.paid_for}") if line_id is None else safe(line_id)

    def sent_back(self) -> Section:
        allowed = self.decision.return_authorisation
        if allowed is None:
            return "", []
        return self.say("decision.return"), [Text(self.words.sent_back(allowed))]

    # Why

    def clauses(self) -> Iterator[Section]:
        """The findings, grouped by line and role."""
        groups: dict[tuple[str | None, Role], list[RenderableType]] = {}
        for finding in self.decision.findings:
            groups.setdefault((finding.line_id, finding.role), []).append(self.finding(finding))
        for (line_id, role), rows in groups.items():
            heading = self.say(HEADINGS[role])
            if line_id is not None:
                heading = self.say("decision.about", heading=heading, line=self.words.part_named(line_id))
            yield heading, rows

    def finding(self, finding: Finding) -> RenderableType:
        colour, between = _COLOURS[finding.effect], self.words.joined("sentences", ("", ""))
        deadline = self.deadlines.get((finding.clause, finding.line_id))
        text = Text(self.words.restated(finding.clause))
        text.append(f"{between}{self.words.outcome_of(finding)}", colour)
        if deadline is not None:
            text.append(f"{between}{self.words.deadline(deadline)}", "dim")
        row = grid("left", "left", "left", expand=True)
        row.columns[1].ratio = 1
        row.columns[2].no_wrap = True
        row.add_row(Text(self.marks.of(finding.effect), f"bold {colour}"), text, Text("\n".join(finding.cites), "dim"))
        return row

    def remarks(self) -> Iterator[RenderableType]:
        for remark in self.decision.remarks:
            line = "" if remark.line_id is None else f"{self.words.part_named(remark.line_id)} {self.marks.dash} "
            text = Text(f"{line}{self.words.restated(remark.code)}")
            text.append(f" {', '.join(remark.cites)}", "dim")
            yield list_item(self.marks, text)
