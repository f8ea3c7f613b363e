"""Put requests into words: who is asked for what, by when, and which answers are acceptable."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from attrs import frozen

from adjudicator.model.facts import Party
from adjudicator.model.finding import JsonValue, Request
from adjudicator.words.rules import Rules
from adjudicator.words.values import steps_named

_DONE_BY_THE_PLATFORM: Final = frozenset({"verification", "verified_by", "verified_at"})
"""Fields of a document that only the platform fills in."""


def own_part(request: Request) -> tuple[Mapping[str, tuple[JsonValue, ...]], ...]:
    """The acceptable answers to a request, without fields that only the platform fills in."""
    if request.to == Party.PLATFORM.value:
        return request.accepts
    return tuple(
        {place: values for place, values in each.items() if steps_named(place)[-1] not in _DONE_BY_THE_PLATFORM}
        for each in request.accepts
    )


@frozen
class Requests(Rules):
    """What is still needed."""

    def ask(self, party: str, need: str) -> str:
        """Who is asked for what."""
        params = {"party": self.say(f"party.{party}"), "need": self.say(f"need.{need}")}
        text = self.first((f"ask.{need}", "ask.any"), **params)
        return text[:1].upper() + text[1:]

    def request(self, request: Request) -> str:
        """Who is asked for what, about what, and by when."""
        return self.sentences(
            self.ask(request.to, request.need),
            self.say("request.document", document=self.outside(request.evidence_id)) if request.evidence_id else "",
            self.say("request.line", line=self.part_named(request.line_id)) if request.line_id is not None else "",
            self.say("request.until", end=self.end(request.due_at)) if request.due_at is not None else "",
        )

    def accepts(self, request: Request, currency: str | None = None) -> tuple[str, ...]:
        """A sentence for each acceptable answer; none if any answer will do. Amounts of money need ``currency``."""
        answers = [self.answer(each, currency) for each in own_part(request) if any(each.values())]
        if len(answers) == 1:
            return (self.say("request.only", answer=answers[0]),)
        return tuple(
            self.say("request.or" if index else "request.either", answer=answer) for index, answer in enumerate(answers)
        )

    def answer(self, fields: Mapping[str, tuple[JsonValue, ...]], currency: str | None = None) -> str:
        """One acceptable answer, field by field. Amounts of money need ``currency``."""
        answered = (
            self.say(
                "request.field",
                field=self.field(place),
                values=self.listed((self.value(place, value, currency) for value in values), "or")
                or self.say("value.any"),
            )
            for place, values in fields.items()
        )
        return self.joined("clauses", answered)
