"""What pages about one case have in common."""

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
    """What pages about one case have in common."""

    def __init__(self, edition: Edition | None, language: str, marks: Marks, currency: str | None = None) -> None:
        self.words = words_for(edition, language, safe)
        self.marks = marks
        self.currency = currency

    def say(self, code: str, **params: object) -> str:
        """A message of this page's language and policy."""
        return self.words.say(code, **params)

    def about(self, case_id: str, as_of: Instant, policy: PolicyRef) -> Iterator[Text]:
        """Which case it is, and by which rule."""
        rule = self.say(
            "decision.policy", policy=safe(policy.id), edition=safe(policy.edition), revision=policy.revision
        )
        yield Text(self.say("decision.case", case=safe(case_id), moment=self.words.moment(as_of)))
        yield Text(rule, "dim")

    def request(self, request: Request) -> RenderableType:
        """What is needed, and from whom; below it what would be accepted."""
        asked = self.say(
            "decision.from",
            party=self.say(f"party.{request.to}"),
            need=self.say(f"need.{request.need}"),
        )
        beside = [
            self.say("decision.document", document=safe(request.evidence_id)) if request.evidence_id else "",
            self.say("decision.line", line=self.words.part_named(request.line_id))
            if request.line_id is not None
            else "",
            self.say("decision.until", end=self.words.end(request.due_at)) if request.due_at is not None else "",
        ]
        rows = grid("left", "left")
        text = Text(asked, "bold")
        text.append("".join(f" {self.marks.dash} {each}" for each in beside if each), "not bold")
        rows.add_row(Text(self.marks.ask, "yellow"), text)
        for answer in self.words.accepts(request, self.currency):
            rows.add_row(Text(), Text(answer, "dim"))
        return rows
