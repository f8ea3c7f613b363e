"""The base of all pages about one case."""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import RenderableType
from rich.text import Text

from adjudicator.cli.pages.layout import Marks, grid
from adjudicator.engine.policy import Edition
from adjudicator.model.decision import PolicyRef
from adjudicator.model.errors import safe
from adjudicator.model.finding import Request
from adjudicator.model.time import Instant
from adjudicator.words import words_for


class CasePage:
    """Shared words and elements of pages about one case."""

    def __init__(self, edition: Edition | None, language: str, marks: Marks, currency: str | None = None) -> None:
        self.words = words_for(edition, language, safe)
        self.marks = marks
        self.currency = currency

    def say(self, code: str, **params: object) -> str:
        """Translate a message into this page's language, with the words of its policy."""
        return self.words.say(code, **params)

    def about(self, case_id: str, as_of: Instant, policy: PolicyRef) -> Iterator[Text]:
        """The case, its instant, and the rule that decides it."""
        rule = self.say(
            "decision.policy", policy=safe(policy.id), edition=safe(policy.edition), revision=policy.revision
        )
        yield Text(self.say("decision.case", case=safe(case_id), moment=self.words.moment(as_of)))
        yield Text(rule, "dim")

    def request(self, request: Request) -> RenderableType:
        """What is needed and from whom, followed by what would be accepted."""
        heading = self.say(
            "decision.from",
            party=self.say(f"party.{request.to}"),
            need=self.say(f"need.{request.need}"),
        )
        details = [
            self.say("decision.document", document=safe(request.evidence_id)) if request.evidence_id else "",
            self.say("decision.line", line=self.words.part_named(request.line_id))
            if request.line_id is not None
            else "",
            self.say("decision.until", end=self.words.end(request.due_at)) if request.due_at is not None else "",
        ]
        rows = grid("left", "left")
        text = Text(heading, "bold")
        text.append("".join(f" {self.marks.dash} {detail}" for detail in details if detail), "not bold")
        rows.add_row(Text(self.marks.ask, "yellow"), text)
        for answer in self.words.accepts(request, self.currency):
            rows.add_row(Text(), Text(answer, "dim"))
        return rows
