"""The page of a what-if."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.text import Text

from adjudicator.analysis.edits import Act
from adjudicator.analysis.whatif import Alternative, Answer, Question, WhatIf
from adjudicator.cli.pages.cases import CasePage
from adjudicator.cli.pages.layout import Marks, Section, Trimmed, grid, layout_sections, list_item
from adjudicator.engine.registry import edition_behind
from adjudicator.explain.alternatives import AlternativeWords, flatten, grouped
from adjudicator.model.finding import Request


def what_if_page(what_if: WhatIf, language: str, marks: Marks) -> RenderableType:
    """What would change a decision, and what to ask next."""
    return _WhatIfPage(what_if, language, marks).whole()


def alternatives_page(what_if: WhatIf, language: str, marks: Marks) -> RenderableType:
    """What would change a decision, to print below that decision."""
    return _WhatIfPage(what_if, language, marks).below_its_decision()


class _WhatIfPage(CasePage):
    """Builds the page of one what-if."""

    def __init__(self, what_if: WhatIf, language: str, marks: Marks) -> None:
        super().__init__(edition_behind(what_if.decision.policy), language, marks, what_if.decision.currency)
        self.what_if = what_if
        self.texts = AlternativeWords(self.words, self.currency)

    def whole(self) -> RenderableType:
        decision = self.what_if.decision
        outcome = Text(self.say(f"outcome.{decision.outcome}").upper(), "bold")
        about = self.about(decision.case_id, decision.as_of, decision.policy)
        questions = (self.say("whatif.questions"), [self.question(question) for question in self.what_if.questions])
        return Trimmed(Group(outcome, *about, *layout_sections([*self.alternatives(), questions])))

    def below_its_decision(self) -> RenderableType:
        return Trimmed(Group(*layout_sections(self.alternatives())))

    # Alternatives

    def alternatives(self) -> list[Section]:
        """The alternatives by kind of change. Those that differ only in one value are combined."""
        groups = grouped(self.what_if.alternatives)
        not_all: list[Section] = [] if self.what_if.complete else [(self.say("whatif.not_all"), [Text()])]
        if not groups:
            return [(self.say("whatif.nothing"), [Text()]), *not_all]
        return [
            (
                self.say(f"whatif.kind.{kind.value}"),
                [self.alternative(group) for group in groups if group[0].kind is kind],
            )
            for kind in Act
        ] + not_all

    def alternative(self, group: tuple[Alternative, ...]) -> RenderableType:
        changes, outcome = self.texts.changes(group), f" {self.marks.dash} ".join(self.texts.outcome(group[0]))
        return list_item(self.marks, Text("\n".join(changes)), Text(f"{self.marks.ask} {outcome}", "dim"))

    # Questions

    def question(self, question: Question) -> RenderableType:
        request = Request(question.to, question.need, None, (), question.due_at, question.evidence_id)
        rows = grid("left", "left")
        for (outcome, settles), answers in _by_outcome(question.answers).items():
            listed = [self.answer(question, answer) for answer in answers]
            end = "" if settles else f" {self.marks.dash} {self.say('whatif.more_needed')}"
            rows.add_row(Text(f"{self.say(f'outcome.{outcome}')}{end}", "dim"), Text(self.words.listed(listed, "or")))
        lines = self.words.listed(map(self.words.part_named, question.line_ids))
        about = [Text(self.say("whatif.lines", lines=lines), "dim")] if question.line_ids else []
        return Group(self.request(request), Padding(Group(*about, rows), (0, 0, 0, 2)))

    def answer(self, question: Question, answer: Answer) -> str:
        """One answer: its values, or how a document differs from the requested one."""
        change = answer.changes[0]
        place = change.pointer
        least, most = answer.at_least, answer.at_most
        if least is not None or most is not None:
            code = "between" if least is not None and most is not None else "from" if most is None else "up_to"
            return self.say(
                f"whatif.range.{code}", least=self.texts.value(place, least), most=self.texts.value(place, most)
            )
        if isinstance(change.to, dict) and "kind" in change.to:
            first = next(other.changes[0].to for other in question.answers if _same_kind(other, change.to))
            otherwise = {key: (each,) for key, each in flatten(change.to) if (key, each) not in flatten(first)}
            kind = self.words.value("kind", change.to["kind"])
            if otherwise:
                return self.say("whatif.otherwise", kind=kind, answer=self.words.answer(otherwise))
            return self.say("whatif.as_asked", kind=kind)
        is_known = change.was is None or change.evidence_id is not None
        if is_known and len({change.fact for change in answer.changes}) == 1:
            return self.texts.value(place, change.to)
        return self.words.joined(
            "clauses",
            (
                self.say("whatif.known", what=self.texts.what(part), to=self.texts.value(part.pointer, part.to))
                for part in answer.changes
            ),
        )


def _by_outcome(answers: Iterable[Answer]) -> dict[tuple[str, bool], list[Answer]]:
    """Group answers by their outcome."""
    groups: dict[tuple[str, bool], list[Answer]] = {}
    for answer in answers:
        groups.setdefault((answer.outcome, answer.settles), []).append(answer)
    return groups


def _same_kind(answer: Answer, piece: Mapping[str, Any]) -> bool:
    to = answer.changes[0].to
    return isinstance(to, dict) and to.get("kind") == piece["kind"]
