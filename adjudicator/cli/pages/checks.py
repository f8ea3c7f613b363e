"""The page of a check."""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.text import Text

from adjudicator.analysis.check import Check, EvidenceUse, NotKnown, Use
from adjudicator.analysis.checklist_values import Checklist, Choice, Entry, Piece, Status
from adjudicator.analysis.checklist_values import Group as Requirement
from adjudicator.cli.pages.cases import CasePage
from adjudicator.cli.pages.layout import Marks, Section, Trimmed, layout_sections, list_item, with_mark
from adjudicator.engine.policy import Edition
from adjudicator.engine.registry import edition_behind
from adjudicator.model.errors import safe


def check_page(check: Check, language: str, marks: Marks) -> RenderableType:
    """What a valid case still needs: requests, checklists, unknown facts, and evidence with no effect."""
    return _CheckPage(check, edition_behind(check.policy), language, marks).whole()


class _CheckPage(CasePage):
    """Builds the page of one check."""

    def __init__(self, check: Check, edition: Edition | None, language: str, marks: Marks) -> None:
        super().__init__(edition, language, marks, check.currency)
        self.check = check

    def whole(self) -> RenderableType:
        check = self.check
        sections: list[Section] = [
            (self.say("decision.needed"), [self.request(request) for request in check.requests]),
            *(self.checklist(checklist) for checklist in check.requirements),
            (self.say("check.not_known"), [self.not_known(fact) for fact in check.not_known if not fact.matters_now]),
            (self.say("check.unnamed"), [self.use(piece) for piece in check.evidence if piece.use is Use.UNNAMED]),
            (self.say("check.unread"), [self.use(piece) for piece in check.evidence if piece.use is Use.UNREAD]),
        ]
        if not check.complete:
            sections.append((self.say("lines.not_all"), [Text()]))
        return Trimmed(Group(*self.head(), *layout_sections(sections)))

    def head(self) -> Iterator[Text]:
        check = self.check
        if check.evidence_closed_at is not None:
            yield Text(self.say("check.closed", end=self.words.end(check.evidence_closed_at)), "bold yellow")
            if check.file_anew_until is not None:
                yield Text(self.say("check.file_anew", end=self.words.end(check.file_anew_until)))
        else:
            code, colour = ("check.something_needed", "yellow") if check.requests else ("check.nothing_needed", "green")
            yield Text(self.say(code), f"bold {colour}")
        yield from self.about(check.case_id, check.as_of, check.policy)

    def not_known(self, fact: NotKnown) -> RenderableType:
        party = self.say(f"party.{fact.supplier}" if fact.supplier else "policy.from_nobody")
        text = self.say("policy.fact", fact=self.say(f"fact.{fact.fact}"), party=party)
        return self.item(text, fact.line_id, *fact.pointers)

    def checklist(self, checklist: Checklist) -> Section:
        """The evidence that a line needs, with the status of each kind, and what would be accepted if it is missing."""
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
            yield with_mark(self.sign(entry.status), Text(text), *self.pieces(entry))
            if entry.status is not Status.SATISFIED and group.status is not Status.SATISFIED:
                yield from (Padding(Text(self.words.answer(fields), "dim"), (0, 0, 0, 4)) for fields in entry.accepts)

    def sign(self, status: Status) -> Text:
        """The mark for the status of an entry."""
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
        """The defect of a piece, or the reason of the finding that depends on it."""
        reasons = (f"{family}.{piece.because}" for family in ("reason", "reason.requirement"))
        return self.words.first((f"worth.{piece.because}", *reasons))

    def use(self, evidence: EvidenceUse) -> RenderableType:
        return self.item(self.say("decision.document", document=safe(evidence.evidence_id)), evidence.line_id)

    def item(self, text: str, line_id: str | None, *places: str) -> RenderableType:
        """A list item with its claimed line and its places in the case."""
        line = () if line_id is None else (self.say("decision.line", line=self.words.part_named(line_id)),)
        return list_item(self.marks, Text(f" {self.marks.dash} ".join((text, *line, *places))))
