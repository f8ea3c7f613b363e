"""The page of a checked reply."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from rich.console import Group, RenderableType
from rich.text import Text

from adjudicator.analysis.promises import Judged, Owed, ReplyCheck, SetAside, Verdict
from adjudicator.cli.pages.cases import CasePage
from adjudicator.cli.pages.layout import Marks, Section, Trimmed, layout_sections, list_item, with_mark
from adjudicator.engine.registry import edition_behind
from adjudicator.model.errors import safe

_COLOURS: Final = {Verdict.AGREED: "green", Verdict.REFUSED: "red", Verdict.CANNOT_JUDGE: "yellow"}
_LONGEST: Final = 60


def reply_page(check: ReplyCheck, language: str, marks: Marks) -> RenderableType:
    """What a reply promises, what is owed instead, and which texts were not counted as promises."""
    return _ReplyPage(check, language, marks).whole()


class _ReplyPage(CasePage):
    """Builds the page of one checked reply."""

    def __init__(self, check: ReplyCheck, language: str, marks: Marks) -> None:
        super().__init__(edition_behind(check.policy), language, marks, check.currency)
        self.check = check

    def whole(self) -> RenderableType:
        check = self.check
        verdict = self.say(f"reply.verdict.{check.verdict}") if check.promises else self.say("reply.no_promise")
        sections: list[Section] = [
            (self.say("reply.promises"), [self.promise(each) for each in check.promises]),
            (self.say("reply.set_aside"), [self.set_aside(each) for each in check.set_aside]),
        ]
        head = Text(verdict, f"bold {_COLOURS[check.verdict]}")
        return Trimmed(Group(head, *self.about(check.case_id, check.as_of, check.policy), *layout_sections(sections)))

    def promise(self, judged: Judged) -> RenderableType:
        """The words of one promise, why it got its verdict, and what is owed."""
        mark = {
            Verdict.AGREED: self.marks.supports,
            Verdict.REFUSED: self.marks.defeats,
            Verdict.CANNOT_JUDGE: self.marks.undecided,
        }[judged.verdict]
        heading = self.say(
            "reply.promise",
            text=_excerpt(judged.text),
            reason=self.say(f"reply.reason.{judged.reason}", **judged.params),
        )
        owed = [] if judged.verdict is Verdict.AGREED else [*self.owed(judged)]
        return with_mark(Text(mark, _COLOURS[judged.verdict]), Text(heading), *owed)

    def owed(self, judged: Judged) -> Iterator[Text]:
        """What the decision says instead, and the clauses because of which it does."""
        for each in judged.owed:
            yield Text(self.grant(each), "dim")
        for each in judged.against:
            clauses = self.words.listed(map(safe, each.cites))
            yield Text(self.say("letter.cited", text=self.words.restated(each.clause or ""), clauses=clauses), "dim")

    def grant(self, owed: Owed) -> str:
        """Something that the decision grants, with its clause."""
        text = self._granted(owed)
        return self.say("letter.cited", text=text, clauses=self.words.listed(owed.cites)) if owed.cites else text

    def _granted(self, owed: Owed) -> str:
        line = "" if owed.line_id is None else self.words.part_named(owed.line_id)
        if owed.until is not None:
            return self.say("reply.until", end=self.words.end(owed.until))
        if owed.amount is None:
            return self.say("reply.granted", what=self.words.first((f"reply.owed.{owed.what}", f"outcome.{owed.what}")))
        amount = self.words.money(owed.amount, self.currency or "")
        kind = self.words.first((f"award.{owed.what}", f"reply.owed.{owed.what}"))
        if not line:
            return self.say("reply.owed", kind=kind, amount=amount)
        return self.say("reply.owed_on", kind=kind, amount=amount, line=line)

    def set_aside(self, aside: SetAside) -> RenderableType:
        """A text that is not a promise, and why."""
        text = self.say("reply.promise", text=_excerpt(aside.text), reason=self.say(f"reply.why.{aside.why}"))
        return list_item(self.marks, Text(text))


def _excerpt(text: str) -> str:
    return safe(" ".join(text.split()), _LONGEST)
