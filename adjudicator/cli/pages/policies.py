"""Pages of policies and editions."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from attrs import frozen
from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from adjudicator.cli.pages.layout import HEADINGS, FirstThatFits, Marks, Section, Trimmed, layout_sections, list_item
from adjudicator.engine.clause import Clause
from adjudicator.engine.policy import Edition
from adjudicator.kinds.steps import Step
from adjudicator.model.finding import Role
from adjudicator.rulebook.documents import process_of
from adjudicator.words import Words, words_for


def policies_page(
    editions: Iterable[tuple[Edition, dt.date | None]], language: str, on: dt.date | None
) -> RenderableType:
    """A table of editions with the last day of each."""
    words = words_for(None, language)
    rows = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    for heading in ("policy.policy", "policy.edition", "policy.until", "policy.title"):
        rows.add_column(Text(words.say(heading)), no_wrap=heading != "policy.title", overflow="fold")
    stacked: list[RenderableType] = []
    for edition, last in editions:
        until = words.say("policy.open_ended") if last is None else last.isoformat()
        of_edition = words_for(edition, language)
        rows.add_row(*map(Text, (edition.policy, edition.name, until, of_edition.title())))
        lines = (Text(of_edition.title()), Text(of_edition.in_force(last), "dim"))
        stacked += [Text(edition.policy, "bold"), *(Padding(line, (0, 0, 0, 2)) for line in lines)]
    if on is not None and not rows.row_count:
        return Text(words.say("policy.nothing_in_force", date=on.isoformat()))
    if not rows.row_count:
        return Text(words.say("policy.none_installed"))
    return Trimmed(FirstThatFits(rows, Group(*stacked)))


def policy_page(edition: Edition, last: dt.date | None, language: str, marks: Marks) -> RenderableType:
    """An edition as its policy file states it: clauses, citations, facts, and what it grants."""
    return _PolicyPage(edition, last, words_for(edition, language), marks).whole()


@frozen
class _PolicyPage:
    """Builds the page of one edition."""

    edition: Edition
    last: dt.date | None
    words: Words
    marks: Marks

    def whole(self) -> RenderableType:
        edition, say = self.edition, self.words.say
        by_role: dict[Role, list[RenderableType]] = {}
        for clause in edition.clauses:
            by_role.setdefault(clause.role, []).append(self.clause(clause))
        granted = edition.grants.functions() if edition.grants else ()
        process = process_of(edition)
        sections: list[Section] = [
            (say("policy.steps"), [self.step(each) for each in process.steps] if process else []),
            *((say(HEADINGS[role]), clauses) for role, clauses in by_role.items()),
            (say("handbook.judged"), [self.stated(function.__name__) for function in edition.facts]),
            (say("policy.settings"), [self.setting(name, value) for name, value in edition.settings.items()]),
            (say("policy.grants"), [self.stated(function.__name__) for function in granted]),
            (say("policy.remarks"), [self.stated(function.__name__) for function in edition.remarks]),
            (
                say("policy.not_adjudicated"),
                [self.left_out(sentence, reason) for sentence, reason in edition.not_adjudicated.items()],
            ),
        ]
        return Trimmed(Group(self.head(), *layout_sections(sections)))

    def head(self) -> RenderableType:
        return Group(
            Text(self.words.title(), "bold"),
            Text(f"{self.edition.policy} {self.marks.dash} {self.words.revision()}"),
            Text(self.words.in_force(self.last), "dim"),
        )

    def step(self, step: Step) -> RenderableType:
        """A step of a process, with its clauses."""
        words = self.words
        text = words.say(
            "policy.step",
            step=words.part_named(step.name),
            parties=words.listed((words.say(f"party.{each.value}") for each in step.by), "or"),
            stages=words.listed((words.stage(each) for each in step.at), "or"),
            then=words.stage(step.then or step.at[0]),
        )
        clauses = ", ".join(each.__name__ for each in self.edition.clauses_by_question[step.name])
        return list_item(self.marks, Text(text), Text(clauses, "dim"))

    def clause(self, clause: Clause) -> RenderableType:
        text = self.function(clause.name, clause.cites, self.words.restated(clause.name))
        needs = self.words.joined("clauses", map(self.words.supplied, clause.reads))
        return list_item(self.marks, text, Text(self.words.say("policy.needs", facts=needs), "dim"))

    def setting(self, name: str, value: object) -> RenderableType:
        shown = self.words.setting(name, value)
        return list_item(
            self.marks, Text.assemble((name, "bold"), f" = {shown}"), Text(self.words.say(f"setting.{name}"))
        )

    def stated(self, name: str) -> RenderableType:
        citation = self.edition.nodes[name].citation
        return list_item(
            self.marks, self.function(name, citation.within(self.edition.article), self.words.restated(name))
        )

    def left_out(self, sentence: str, reason: str) -> RenderableType:
        return list_item(self.marks, Text(sentence, "cyan"), Text(self.words.not_adjudicated(reason)))

    def function(self, name: str, cites: tuple[str, ...], restatement: str) -> Text:
        """A function of the policy: its name, citations, readings and restatement."""
        cited = ", ".join((*cites, *self.edition.nodes[name].citation.readings))
        return Text.assemble((name, "bold"), (f"  {cited}\n", "cyan"), restatement)
