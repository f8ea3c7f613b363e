"""The view of a decision for one reader: what they may see, and how its parts are named."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from attrs import field, frozen

from adjudicator.explain.sanitize import shown
from adjudicator.model.decision import Decision
from adjudicator.model.finding import Deadline
from adjudicator.model.particulars import Particulars
from adjudicator.model.soundness import CaseBase
from adjudicator.words import Words

FULL_STOPS: Final = ".。"
"""What ends a title that is a sentence, and not the sentence in which it stands."""


@frozen
class View:
    """A decision for one reader. It, ``case`` and ``particulars`` hold only what this reader may see."""

    decision: Decision
    case: CaseBase | None
    particulars: Particulars
    words: Words
    claimant: str
    respondent: str | None
    titles: dict[str, str] = field(init=False)
    has_several_parts: bool = field(init=False)
    """Whether several lines or incidents were judged, so that the text must name them."""
    deadlines: Mapping[tuple[str, str | None], Deadline] = field(init=False, repr=False)
    """The window that each clause measured for each line."""
    reasons_for_needs: Mapping[tuple[str, str | None], str] = field(init=False, repr=False)
    """The reason of the first clause for which something is needed, by the need and its line."""

    def __attrs_post_init__(self) -> None:
        titles = {line_id: title for line_id, title in self.particulars.titles.items() if shown(title)}
        object.__setattr__(self, "titles", titles)
        object.__setattr__(self, "has_several_parts", len(self.decision.parts) > 1)
        object.__setattr__(self, "deadlines", _deadlines_in(self.decision))
        object.__setattr__(self, "reasons_for_needs", _reasons_for_needs_in(self.decision))

    def say(self, code: str, **params: object) -> str:
        """The text of a code."""
        return self.words.say(code, **params)

    @property
    def rule(self) -> str:
        """The title of the policy."""
        return self.words.title().rstrip(FULL_STOPS) or self.decision.policy.id

    @property
    def currency(self) -> str:
        """The currency of every amount; empty if there are none."""
        return self.decision.currency or ""

    def about(self) -> tuple[str, ...]:
        """Which case it is, and which order, if known."""
        moment = self.words.moment(self.decision.as_of)
        reference = self.say("letter.reference", case=self.decision.case_id, moment=moment)
        order_id = self.particulars.order_id
        return (reference, self.say("letter.order", order=order_id)) if order_id else (reference,)

    def line(self, line_id: str) -> str:
        """A line, by its goods if they are known."""
        if line_id in self.titles:
            return self.say("letter.goods", title=self.titles[line_id], line=line_id)
        return self.words.first((f"letter.line.{line_id}", "letter.line"), line=line_id)

    def opening_line(self, line_id: str | None) -> str:
        """A line at the start of a sentence or row; titles of goods keep their case. ``None`` is the whole order or case."""
        if line_id is None:
            return self.say(f"letter.whole_{self.decision.paid_for}")
        return self.line(line_id) if line_id in self.titles else capitalised(self.line(line_id))

    def where(self, line_ids: Iterable[str]) -> str:
        """The lines that something is about; empty if there is only one."""
        lines = self.words.listed(map(self.line, line_ids)) if self.has_several_parts else ""
        return self.say("letter.about_lines", lines=lines) if lines else ""

    def document(self, evidence_id: str) -> str:
        """A piece of evidence, by its kind if that is known."""
        document = self.particulars.documents.get(evidence_id)
        if document is None:
            return self.say("letter.some_document", document=evidence_id)
        return self.say("letter.document", kind=self.words.value("kind", document.kind), document=evidence_id)

    def cited(self, text: str, name: str, cites: Iterable[str]) -> str:
        """A text with the numbers of its articles; our own readings are cited only to insiders."""
        node = self.words.edition.nodes.get(name) if self.words.edition else None
        numbers = [each for each in cites if node is None or each not in node.citation.readings]
        return self.say("letter.cited", text=text, clauses=self.words.listed(numbers)) if numbers else text


def _deadlines_in(decision: Decision) -> dict[tuple[str, str | None], Deadline]:
    return {(each.clause, each.line_id): each for each in reversed(decision.deadlines)}


def _reasons_for_needs_in(decision: Decision) -> dict[tuple[str, str | None], str]:
    reasons = {}
    for each in reversed(decision.findings):
        needs = each.because.params.get("needs", ())
        for need in needs if isinstance(needs, tuple) else ():
            reasons[str(need), each.line_id] = each.because.code.rpartition(".")[2]
    return reasons


def capitalised(text: str) -> str:
    """The text with a capital letter."""
    return text[:1].upper() + text[1:]
