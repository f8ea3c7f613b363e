"""The page of what is proved of an edition, or of two."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Final

from attrs import frozen
from rich.console import Group, RenderableType
from rich.text import Text

from adjudicator.cli.pages.layout import Marks, Section, Trimmed, layout_sections, with_mark
from adjudicator.model.errors import printable
from adjudicator.prove.results import (
    Bound,
    Example,
    GivenFact,
    Limits,
    Proofs,
    Statement,
    StatementKind,
    Status,
)
from adjudicator.words import Words, words_for

_COLOURS: Final = {Status.PROVED: "green", Status.REFUTED: "red", Status.UNKNOWN: "yellow", Status.NOT_PROVABLE: "dim"}


def proofs_page(proofs: Proofs, limits: Limits, language: str, marks: Marks) -> RenderableType:
    """All statements by kind, each with its answer; those that are refuted with their examples."""
    return _ProofsPage(proofs, limits, words_for(None, language), marks).whole()


@frozen
class _ProofsPage:
    """Builds the page."""

    proofs: Proofs
    limits: Limits
    words: Words
    marks: Marks

    def whole(self) -> RenderableType:
        by_kind: dict[StatementKind, list[RenderableType]] = {}
        for each in self.proofs.statements:
            by_kind.setdefault(each.kind, []).append(self.statement(each))
        sections: list[Section] = [(self.words.say(f"prove.kind.{kind.value}"), rows) for kind, rows in by_kind.items()]
        return Trimmed(Group(*self.head(), *layout_sections(sections)))

    def head(self) -> Iterator[Text]:
        proofs, limits = self.proofs, self.limits
        names = {"policy": proofs.policy, "edition": proofs.edition}
        if proofs.against is None:
            yield Text(self.words.say("prove.of", **names), "bold")
        else:
            yield Text(self.words.say("prove.against", **names, against=proofs.against), "bold")
        yield Text(self.words.say("prove.covers"))
        yield Text(self.words.say("prove.count", **{each.value: proofs.count(each) for each in Status}))
        yield Text(
            self.words.say(
                "prove.limits",
                items=limits.items,
                paths=limits.paths,
                seconds=limits.seconds,
                milliseconds=limits.milliseconds,
            ),
            "dim",
        )

    def statement(self, statement: Statement) -> RenderableType:
        marks = {Status.PROVED: self.marks.supports, Status.REFUTED: self.marks.defeats}
        colour = _COLOURS[statement.status]
        text = Text.assemble((statement.about, "bold"), "  ", (self.answer(statement), colour))
        details = [Text(each, "dim") for each in self.details(statement)]
        examples = statement.examples if statement.status is Status.REFUTED else ()
        shown = [line for each in examples for line in self.example(each)]
        return with_mark(Text(marks.get(statement.status, self.marks.undecided), colour), text, *details, *shown)

    def answer(self, statement: Statement) -> str:
        return self.words.say(f"prove.status.{statement.status.value}")

    def details(self, statement: Statement) -> Iterator[str]:
        """The reason, and the inputs that were covered where these are not all."""
        say = self.words.say
        if statement.same_code:
            yield say("prove.same_code")
        if statement.reason is not None:
            yield say(f"prove.why.{statement.reason.why.value}", detail=printable(statement.reason.detail))
        if statement.apart_from:
            yield say("prove.apart_from", clauses=self.words.listed(statement.apart_from))
        if statement.bound is not None:
            yield from self.bound(statement.bound)

    def bound(self, bound: Bound) -> Iterator[str]:
        parts = {
            "prove.lists": bound.lists,
            "prove.sets": bound.sets,
            "prove.always_stated": bound.always_stated,
            "prove.sampled": bound.sampled,
        }
        for code, facts in parts.items():
            if facts:
                yield self.words.say(code, facts=self.words.listed(facts), items=bound.items)

    def example(self, example: Example) -> Iterator[Text]:
        """The facts of an example, and the answers to it."""
        facts = ", ".join(map(self.fact, example.facts))
        yield Text(f"{self.marks.ask} {facts}")
        for each in example.answers:
            effect = self.words.say(f"prove.effect.{each.effect}")
            yield Text(
                self.words.say("prove.answer", edition=each.edition, effect=effect, answer=_as_json(each.answer))
            )
        if not example.smallest:
            yield Text(self.words.say("prove.not_smallest"), "dim")

    def fact(self, fact: GivenFact) -> str:
        value = _as_json(fact.value) if fact.known else self.words.say("prove.not_stated")
        return f"{fact.name} = {value}"


def _as_json(value: object) -> str:
    return printable(json.dumps(value, ensure_ascii=False))
