"""A check as a page: what a sound case lacks."""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.text import Text

from adjudicator.analysis.check import Check, EvidenceUse, NotKnown, Use
from adjudicator.analysis.checklist import Checklist, Choice, Entry, Piece, Status
from adjudicator.analysis.checklist import Group as Requirement
from adjudicator.cli.pages.cases import CasePage
from adjudicator.cli.pages.layout import Marks, Section, Trimmed, item_of, laid_out, marked
from adjudicator.engine.policy import Edition
from adjudicator.engine.registry import edition_behind
from adjudicator.model.errors import safe


def check_page(check: Check, language: str, marks: Marks) -> RenderableType:
    """What a sound case lacks: what is needed now, what is not known besides, and evidence that does nothing."""
    return _CheckPage(check, edition_behind(check.policy), language, marks).whole()


class _CheckPage(CasePage):
    """The parts of the page for one check."""

    def __init__(self, check: Check, edition: Edition | None, language: str, marks: Marks) -> None:
        super().__init__(edition, language, marks, check.currency)
        self.check = check

    def whole(self) -> RenderableType:
        check = self.check
        sections: list[Section] = [
            (self.say("decision.needed"), [self.request(each) for each in check.requests]),
            *(self.checklist(each) for each in check.requirements),
            (self.say("check.not_known"), [self.not_known(each) for each in check.not_known if not each.matters_now]),
            (self.say("check.unnamed"), [self.use(each) for each in check.evidence if each.use is Use.UNNAMED]),
            (self.say("check.unread"), [self.use(each) for each in check.evidence if each.use is Use.UNREAD]),
        ]
        if not check.complete:
            sections.append((self.say("lines.not_all"), [Text()]))
        return Trimmed(Group(*self.head(), *laid_out(sections)))

    def head(self) -> Iterator[Text]:
        check = self.check
        if check.evidence_closed_at is not None:
            yield Text(self.say("check.closed", end=self.words.end(check.evidence_closed_at)), "bold yellow")
            until = check.file_anew_until
            yield Text(
                self.say("letter.over" if until is None else "check.file_anew", end=until and self.words.end(until))
            )
        else:
            code, colour = ("check.something_needed", "yellow") if check.requests else ("check.nothing_needed", "green")
            yield Text(self.say(code), f"bold {colour}")
        yield from self.about(check.case_id, check.as_of, check.policy)

    def not_known(self, fact: NotKnown) -> RenderableType:
        party = self.say(f"party.{fact.supplier}" if fact.supplier else "policy.from_nobody")
        text = self.say("policy.fact", fact=self.say(f"fact.{fact.fact}"), party=party)
        return self.item(text, fact.line_id, *fact.pointers)

    def checklist(self, checklist: Checklist) -> Section:
        """Each kind of evidence that a line needs, with what there is of it; what it has to be unless it is there."""
        rows = [row for group in checklist.groups for row in self.entries(group)]
        if checklist.line_id is None:
            return self.say("check.checklist_of_the_case"), rows
        return self.say("check.checklist", line=safe(checklist.line_id)), rows

    def entries(self, group: Requirement) -> Iterator[RenderableType]:
        if group.choice is Choice.ONE_OF:
            yield Text(self.say("check.one_of", status=self.say(f"evidence.{group.status}")), "bold")
        for entry in group.entries:
            kind, status = self.say(f"value.kind.{entry.kind}"), self.say(f"evidence.{entry.status}")
            text = self.say(f"choice.{group.choice}", kind=kind, status=status)
            yield marked(self.sign(entry.status), Text(text), *self.pieces(entry))
            if entry.status is not Status.SATISFIED and group.status is not Status.SATISFIED:
                yield from (Padding(Text(self.words.answer(each), "dim"), (0, 0, 0, 4)) for each in entry.accepts)

    def sign(self, status: Status) -> Text:
        """The mark of something on a checklist."""
        if status is Status.SATISFIED:
            return Text(self.marks.supports, "bold green")
        if status in (Status.PENDING, Status.CONTESTED):
            return Text(self.marks.undecided, "bold yellow")
        return Text(self.marks.defeats, "bold red") if status is not Status.MISSING else Text(self.marks.item)

    def pieces(self, entry: Entry) -> Iterator[Text]:
        for piece in entry.pieces:
            document = self.say("decision.document", document=safe(piece.evidence_id))
            status = self.say(f"evidence.{piece.status}")
            text = self.say("check.amiss", status=status, because=self.defect(piece)) if piece.because else status
            yield Text(f"{document} {self.marks.dash} {text}")

    def defect(self, piece: Piece) -> str:
        """What is wrong with a piece, or what the finding says that rests on it."""
        reasons = (f"{family}.{piece.because}" for family in ("reason", "reason.requirement"))
        return self.words.first((f"worth.{piece.because}", *reasons))

    def use(self, found: EvidenceUse) -> RenderableType:
        return self.item(self.say("decision.document", document=safe(found.evidence_id)), found.line_id)

    def item(self, text: str, line_id: str | None, *places: str) -> RenderableType:
        """Something on a line of its own, with the claimed line and the places in the case that it is about."""
        line = () if line_id is None else (self.say("decision.line", line=self.words.part_named(line_id)),)
        return item_of(self.marks, Text(f" {self.marks.dash} ".join((text, *line, *places))))
