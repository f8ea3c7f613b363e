"""The page of a what-if."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.text import Text

from adjudicator.analysis.edits import Act, Change
from adjudicator.analysis.whatif import Alternative, Answer, Question, WhatIf
from adjudicator.analysis.whatif.trials import ANOTHER
from adjudicator.cli.pages.cases import CasePage
from adjudicator.cli.pages.layout import Marks, Section, Trimmed, grid, layout_sections, list_item
from adjudicator.engine.registry import edition_behind
from adjudicator.model.errors import safe
from adjudicator.model.finding import Request
from adjudicator.words import field_codes


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
        groups: dict[tuple[object, ...], list[Alternative]] = {}
        for alternative in self.what_if.alternatives:
            pointers = tuple(change.pointer for change in alternative.changes)
            combinable = len(pointers) == 1 and not isinstance(alternative.changes[0].to, dict)
            effect = (alternative.kind, alternative.line_id, alternative.line_outcome, alternative.total)
            key = (*effect, pointers if combinable else id(alternative))
            groups.setdefault(key, []).append(alternative)
        not_all: list[Section] = [] if self.what_if.complete else [(self.say("whatif.not_all"), [Text()])]
        if not groups:
            return [(self.say("whatif.nothing"), [Text()]), *not_all]
        return [
            (
                self.say(f"whatif.kind.{kind.value}"),
                [self.alternative(of) for of in groups.values() if of[0].kind is kind],
            )
            for kind in Act
        ] + not_all

    def alternative(self, group: list[Alternative]) -> RenderableType:
        first = group[0]
        if len(first.changes) > 1:
            changes = [self.change(change, [change.to]) for change in first.changes]
        else:
            changes = [self.change(first.changes[0], [alternative.changes[0].to for alternative in group])]
        return list_item(self.marks, Text("\n".join(changes)), Text(self.outcome_text(first), "dim"))

    def outcome_text(self, alternative: Alternative) -> str:
        """The outcome of an alternative, its line, and who can act."""
        money = "" if alternative.total is None else self.words.money(alternative.total, self.currency or "")
        return f" {self.marks.dash} ".join(
            part
            for part in (
                f"{self.marks.ask} {self.say(f'outcome.{alternative.line_outcome}')}",
                self.say("decision.payable", amount=money) if money and alternative.difference else "",
                self.say("decision.line", line=self.words.part_named(alternative.line_id))
                if alternative.line_id is not None
                else "",
                self.say("whatif.by", parties=self.words.listed(self.say(f"party.{by}") for by in alternative.by))
                if alternative.by
                else "",
            )
            if part
        )

    def change(self, change: Change, values: list[Any]) -> str:
        """One change: the field, its new values, and the old value."""
        to = self.words.listed((self.value(change.pointer, value) for value in values), "or")
        if change.was is None:
            return self.say("whatif.known", what=self.what(change), to=to)
        return self.say("whatif.instead", what=self.what(change), to=to, was=self.value(change.pointer, change.was))

    def what(self, change: Change) -> str:
        """The name of what a change affects: a fact, a field of a document, or a field of another item."""
        if change.pointer.endswith("/-"):
            return self.say("whatif.new")
        if change.evidence_id is not None:
            document = self.say("decision.document", document=safe(change.evidence_id))
            return self.say("whatif.within", field=self.words.field(change.pointer), whole=document)
        return self.words.first((*field_codes(change.pointer), f"fact.{change.fact}"))

    def value(self, place: str, value: Any) -> str:
        """A JSON value in words."""
        if value in ANOTHER:
            return self.say("whatif.another")
        if isinstance(value, list):
            return self.words.listed(self.value(place, item) for item in value) or self.say("value.none")
        if isinstance(value, dict):
            fields = {f"{place}/{field}": (item,) for field, item in flatten(value) if field not in _OMITTED_FIELDS}
            return self.words.answer(fields, self.currency)
        return self.words.value(place, value, self.currency)

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
            return self.say(f"whatif.range.{code}", least=self.value(place, least), most=self.value(place, most))
        if isinstance(change.to, dict) and "kind" in change.to:
            first = next(other.changes[0].to for other in question.answers if _same_kind(other, change.to))
            otherwise = {key: (each,) for key, each in flatten(change.to) if (key, each) not in flatten(first)}
            kind = self.words.value("kind", change.to["kind"])
            if otherwise:
                return self.say("whatif.otherwise", kind=kind, answer=self.words.answer(otherwise))
            return self.say("whatif.as_asked", kind=kind)
        is_known = change.was is None or change.evidence_id is not None
        if is_known and len({change.fact for change in answer.changes}) == 1:
            return self.value(place, change.to)
        return self.words.joined(
            "clauses",
            (
                self.say("whatif.known", what=self.what(part), to=self.value(part.pointer, part.to))
                for part in answer.changes
            ),
        )


_OMITTED_FIELDS: Final = frozenset({"id", "submitted_by", "submitted_at", "line_ids"})
"""Fields that new evidence must have, but that are not worth showing."""


def flatten(value: Mapping[str, Any], within: str = "") -> list[tuple[str, Any]]:
    """The leaf fields of a nested object, each with its path."""
    leaves: list[tuple[str, Any]] = []
    for name, item in value.items():
        leaves += flatten(item, f"{within}{name}/") if isinstance(item, dict) else [(f"{within}{name}", item)]
    return leaves


def _by_outcome(answers: Iterable[Answer]) -> dict[tuple[str, bool], list[Answer]]:
    """Group answers by their outcome."""
    groups: dict[tuple[str, bool], list[Answer]] = {}
    for answer in answers:
        groups.setdefault((answer.outcome, answer.settles), []).append(answer)
    return groups


def _same_kind(answer: Answer, piece: Mapping[str, Any]) -> bool:
    to = answer.changes[0].to
    return isinstance(to, dict) and to.get("kind") == piece["kind"]
