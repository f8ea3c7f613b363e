"""What would change a decision, as a page."""

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
from adjudicator.cli.pages.layout import Marks, Section, Trimmed, grid, item_of, laid_out
from adjudicator.engine.registry import edition_behind
from adjudicator.model.errors import safe
from adjudicator.model.finding import Request
from adjudicator.words import field_codes


def what_if_page(found: WhatIf, language: str, marks: Marks) -> RenderableType:
    """What would change a decision, and what to ask next."""
    return _WhatIfPage(found, language, marks).whole()


def alternatives_page(found: WhatIf, language: str, marks: Marks) -> RenderableType:
    """What would change a decision, for below that decision."""
    return _WhatIfPage(found, language, marks).below_its_decision()


class _WhatIfPage(CasePage):
    """The parts of the page for what would change a decision."""

    def __init__(self, found: WhatIf, language: str, marks: Marks) -> None:
        super().__init__(edition_behind(found.decision.policy), language, marks, found.decision.currency)
        self.found = found

    def whole(self) -> RenderableType:
        decision = self.found.decision
        outcome = Text(self.say(f"outcome.{decision.outcome}").upper(), "bold")
        about = self.about(decision.case_id, decision.as_of, decision.policy)
        questions = (self.say("whatif.questions"), [self.question(each) for each in self.found.questions])
        return Trimmed(Group(outcome, *about, *laid_out([*self.alternatives(), questions])))

    def below_its_decision(self) -> RenderableType:
        return Trimmed(Group(*laid_out(self.alternatives())))

    # Alternatives

    def alternatives(self) -> list[Section]:
        """The alternatives by what they take; those that differ in one value alone are shown as one."""
        groups: dict[tuple[object, ...], list[Alternative]] = {}
        for each in self.found.alternatives:
            places = tuple(change.pointer for change in each.changes)
            told_alike = len(places) == 1 and not isinstance(each.changes[0].to, dict)
            key = (each.kind, each.line_id, each.line_outcome, each.total, places if told_alike else id(each))
            groups.setdefault(key, []).append(each)
        not_all: list[Section] = [] if self.found.complete else [(self.say("whatif.not_all"), [Text()])]
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
            changes = [self.change(each, [each.to]) for each in first.changes]
        else:
            changes = [self.change(first.changes[0], [each.changes[0].to for each in group])]
        return item_of(self.marks, Text("\n".join(changes)), Text(self.led_to(first), "dim"))

    def led_to(self, each: Alternative) -> str:
        """What an alternative leads to, for which line, and who can act."""
        money = "" if each.total is None else self.words.money(each.total, self.currency or "")
        return f" {self.marks.dash} ".join(
            part
            for part in (
                f"{self.marks.ask} {self.say(f'outcome.{each.line_outcome}')}",
                self.say("decision.payable", amount=money) if money and each.difference else "",
                self.say("decision.line", line=self.words.part_named(each.line_id)) if each.line_id is not None else "",
                self.say("whatif.by", parties=self.words.listed(self.say(f"party.{by}") for by in each.by))
                if each.by
                else "",
            )
            if part
        )

    def change(self, change: Change, values: list[Any]) -> str:
        """One change: what, to what, and instead of what."""
        to = self.words.listed((self.value(change.pointer, each) for each in values), "or")
        if change.was is None:
            return self.say("whatif.known", what=self.what(change), to=to)
        return self.say("whatif.instead", what=self.what(change), to=to, was=self.value(change.pointer, change.was))

    def what(self, change: Change) -> str:
        """What a change is about: a fact by its name, or a field of a document or of another item."""
        if change.pointer.endswith("/-"):
            return self.say("whatif.new")
        if change.evidence_id is not None:
            document = self.say("decision.document", document=safe(change.evidence_id))
            return self.say("whatif.within", field=self.words.field(change.pointer), whole=document)
        return self.words.first((*field_codes(change.pointer), f"fact.{change.fact}"))

    def value(self, place: str, value: Any) -> str:
        """A value as it stands in JSON, in words."""
        if value in ANOTHER:
            return self.say("whatif.another")
        if isinstance(value, list):
            return self.words.listed(self.value(place, each) for each in value) or self.say("value.none")
        if isinstance(value, dict):
            fields = {f"{place}/{field}": (each,) for field, each in flattened(value) if field not in _UNSAID}
            return self.words.answer(fields, self.currency)
        return self.words.value(place, value, self.currency)

    # Questions

    def question(self, question: Question) -> RenderableType:
        request = Request(question.to, question.need, None, (), question.due_at, question.evidence_id)
        rows = grid("left", "left")
        for led_to, answers in _alike(question.answers).items():
            outcome, settles = led_to
            listed = [self.answer(question, each) for each in answers]
            end = "" if settles else f" {self.marks.dash} {self.say('whatif.more_needed')}"
            rows.add_row(Text(f"{self.say(f'outcome.{outcome}')}{end}", "dim"), Text(self.words.listed(listed, "or")))
        lines = self.words.listed(map(self.words.part_named, question.line_ids))
        about = [Text(self.say("whatif.lines", lines=lines), "dim")] if question.line_ids else []
        return Group(self.request(request), Padding(Group(*about, rows), (0, 0, 0, 2)))

    def answer(self, question: Question, answer: Answer) -> str:
        """One answer: its values, or how a document differs from the one that is asked for."""
        change = answer.changes[0]
        place = change.pointer
        least, most = answer.at_least, answer.at_most
        if least is not None or most is not None:
            code = "between" if least is not None and most is not None else "from" if most is None else "up_to"
            return self.say(f"whatif.range.{code}", least=self.value(place, least), most=self.value(place, most))
        if isinstance(change.to, dict) and "kind" in change.to:
            first = next(each.changes[0].to for each in question.answers if _same_kind(each, change.to))
            otherwise = {key: (each,) for key, each in flattened(change.to) if (key, each) not in flattened(first)}
            kind = self.words.value("kind", change.to["kind"])
            if otherwise:
                return self.say("whatif.otherwise", kind=kind, answer=self.words.answer(otherwise))
            return self.say("whatif.as_asked", kind=kind)
        is_known = change.was is None or change.evidence_id is not None
        if is_known and len({each.fact for each in answer.changes}) == 1:
            return self.value(place, change.to)
        return self.words.joined(
            "clauses",
            (
                self.say("whatif.known", what=self.what(each), to=self.value(each.pointer, each.to))
                for each in answer.changes
            ),
        )


_UNSAID: Final = frozenset({"id", "submitted_by", "submitted_at", "line_ids"})
"""What a new piece of evidence must say, and nobody asks about."""


def flattened(value: Mapping[str, Any], within: str = "") -> list[tuple[str, Any]]:
    """The fields of an object with those of the objects in it, each by its path."""
    found: list[tuple[str, Any]] = []
    for name, each in value.items():
        found += flattened(each, f"{within}{name}/") if isinstance(each, dict) else [(f"{within}{name}", each)]
    return found


def _alike(answers: Iterable[Answer]) -> dict[tuple[str, bool], list[Answer]]:
    """Answers by what they lead to."""
    groups: dict[tuple[str, bool], list[Answer]] = {}
    for each in answers:
        groups.setdefault((each.outcome, each.settles), []).append(each)
    return groups


def _same_kind(answer: Answer, piece: Mapping[str, Any]) -> bool:
    to = answer.changes[0].to
    return isinstance(to, dict) and to.get("kind") == piece["kind"]
