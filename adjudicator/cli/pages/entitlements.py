"""The page of entitlements."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import zip_longest

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.text import Text

from adjudicator.analysis import entitlements
from adjudicator.analysis.entitlements import Entitlement, Entitlements, Maximum, Status, Together
from adjudicator.cli.pages.cases import CasePage
from adjudicator.cli.pages.layout import Marks, Section, Trimmed, layout_sections, list_item, with_mark
from adjudicator.engine.registry import edition_behind
from adjudicator.explain.entitlements import EntitlementWords
from adjudicator.model.decision import PolicyRef
from adjudicator.model.errors import safe
from adjudicator.model.finding import Request
from adjudicator.words import words_for


def entitlements_page(overview: Entitlements, language: str, marks: Marks) -> RenderableType:
    """The entitlements of an order, line by line, then for all lines in one claim."""
    words = words_for(None, language, safe)
    by_line: dict[str, list[RenderableType]] = {}
    for entitlement in overview.lines:
        part = _EntitlementPart(entitlement.policy, overview.currency, language, marks)
        by_line.setdefault(entitlement.line_id, []).append(part.whole(entitlement))
    sections: list[Section] = [
        (words.say("entitlement.line", line=safe(line_id)), rows) for line_id, rows in by_line.items()
    ]
    in_one_claim = [
        _EntitlementPart(together.policy, overview.currency, language, marks).together(together)
        for together in overview.together
        if len(together.line_ids) > 1 and together.at_most.total
    ]
    head = words.say("entitlement.order", order=safe(overview.order_id), moment=words.moment(overview.as_of))
    nothing = [] if overview.lines or not overview.complete else [Text(words.say("entitlement.nothing"))]
    sections.append((words.say("entitlement.in_one_claim"), in_one_claim))
    sections += [] if overview.complete else [(words.say("lines.not_all"), [Text()])]
    return Trimmed(Group(Text(head, "bold"), *nothing, *layout_sections(sections)))


class _EntitlementPart(CasePage):
    """Builds the part of the page about one guarantee."""

    def __init__(self, policy: PolicyRef, currency: str, language: str, marks: Marks) -> None:
        super().__init__(edition_behind(policy), language, marks, currency)
        self.texts = EntitlementWords(policy, currency, self.words)

    def whole(self, entitlement: Entitlement) -> RenderableType:
        """The entitlement of a line under a guarantee, with one answer for each way the unknown facts can turn out."""
        parts: list[RenderableType] = []
        for answer, after in zip_longest(entitlement.answers, entitlement.answers[1:]):
            if answer.assuming:
                parts.append(Text(self.texts.assuming(answer)))
            if after is None or _details(answer) != _details(after):
                parts += [Padding(row, (0, 0, 0, 2)) for row in self.answer(answer)]
        if unknown := self.texts.not_known(entitlement):
            parts.append(Text(unknown, "yellow"))
        return with_mark(self.sign(entitlement.status), Text(self.texts.headline(entitlement), "bold"), *parts)

    def answer(self, answer: entitlements.Answer) -> Iterator[RenderableType]:
        """The amounts, how to file, what will be needed, and what stands in the way."""
        if answer.at_most:
            yield from self.maximum(answer.at_most)
        if path := self.texts.path(answer):
            yield Text(path)
        for proof in (*answer.proof, *answer.besides):
            yield self.request(Request(proof.to, proof.need, None, proof.accepts, None, None))
        for against in answer.against:
            yield Text(self.texts.against(against), "dim")

    def maximum(self, maximum: Maximum) -> Iterator[RenderableType]:
        """The amounts by kind, and where to return the goods."""
        if total := self.texts.at_most(maximum):
            yield Text(total, "bold")
        if allowed := maximum.return_authorisation:
            yield Text(self.texts.goes_back(allowed), "bold")
        yield from map(Text, self.texts.freight(maximum))

    def together(self, together: Together) -> RenderableType:
        """The entitlement of several lines in one claim."""
        return list_item(self.marks, Text(self.texts.together(together)))

    def sign(self, status: Status) -> Text:
        """The mark for the status of a guarantee."""
        if status in (Status.OPEN, Status.OPEN_WITHOUT_END):
            return Text(self.marks.supports, "bold green")
        if status in (Status.CLOSED, Status.NOT_COVERED):
            return Text(self.marks.defeats, "bold red")
        return Text(self.marks.undecided, "bold yellow")


def _details(answer: entitlements.Answer) -> tuple[object, ...]:
    """The part of an answer shown below its status."""
    return answer.at_most, answer.path, answer.proof, answer.besides, answer.against
