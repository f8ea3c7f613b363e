"""The page of entitlements."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import zip_longest

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.text import Text

from adjudicator.analysis import entitlements
from adjudicator.analysis.entitlements import Against, Entitlement, Entitlements, Maximum, Status, Together
from adjudicator.analysis.entitlements.drafts import PATH
from adjudicator.cli.pages.cases import CasePage
from adjudicator.cli.pages.layout import Marks, Section, Trimmed, layout_sections, list_item, with_mark
from adjudicator.engine.registry import edition_behind
from adjudicator.model.award import ReturnAuthorisation
from adjudicator.model.decision import PolicyRef
from adjudicator.model.errors import safe
from adjudicator.model.finding import Effect, JsonValue, Request
from adjudicator.model.money import Minor
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
        self.title = self.words.title() or safe(policy.id)

    def whole(self, entitlement: Entitlement) -> RenderableType:
        """The entitlement of a line under a guarantee, with one answer for each way the unknown facts can turn out."""
        parts: list[RenderableType] = []
        for answer, after in zip_longest(entitlement.answers, entitlement.answers[1:]):
            if answer.assuming:
                choices, standing = self.words.answer(answer.assuming), self.standing(answer)
                parts.append(Text(self.say("entitlement.assuming", choices=choices, standing=standing)))
            if after is None or _details(answer) != _details(after):
                parts += [Padding(row, (0, 0, 0, 2)) for row in self.answer(answer)]
        if unknown := [self.words.supplied(unknown.fact) for unknown in entitlement.not_known if unknown.matters]:
            parts.append(Text(self.say("entitlement.not_known", facts=self.words.listed(unknown)), "yellow"))
        return with_mark(self.sign(entitlement.status), Text(self.headline(entitlement), "bold"), *parts)

    def headline(self, entitlement: Entitlement) -> str:
        """The guarantee and its status."""
        if len(entitlement.answers) == 1:
            standing = self.standing(entitlement.answers[0])
        elif entitlement.certain_until is not None:
            standing = self.say("entitlement.certain", end=self.words.end(entitlement.certain_until))
        else:
            standing = self.say(f"standing.{entitlement.status}")
        return self.say("entitlement.stands", title=self.title, standing=standing)

    def standing(self, answer: entitlements.Answer) -> str:
        """The status of an answer, with its window if it has one."""
        status = self.say(f"standing.{answer.status}")
        if answer.window is None:
            return status
        end, start = self.words.end(answer.window.last_instant), self.words.moment(answer.window.starts_at)
        if answer.status is Status.CLOSED:
            return self.say("entitlement.ended", standing=status, end=end)
        if answer.supposing:
            return self.say("entitlement.supposing", standing=status, start=start, end=end)
        if answer.status is Status.NOT_YET:
            return self.say("entitlement.from_to", standing=status, start=start, end=end)
        return self.say("entitlement.up_to", standing=status, end=end)

    def answer(self, answer: entitlements.Answer) -> Iterator[RenderableType]:
        """The amounts, how to file, what will be needed, and what stands in the way."""
        if answer.at_most:
            yield from self.maximum(answer.at_most)
        if path := {place: _as_chosen(place, values) for place, values in answer.path.items() if values}:
            yield Text(self.say("entitlement.path", choices=self.words.answer(path)))
        for proof in (*answer.proof, *answer.besides):
            yield self.request(Request(proof.to, proof.need, None, proof.accepts, None, None))
        for against in answer.against:
            yield Text(self.against(against), "dim")

    def against(self, against: Against) -> str:
        """A clause that defeats the line, or is still open for it."""
        code = "open" if against.effect is Effect.UNDECIDED else against.role.value
        clause, cites = self.words.restated(against.clause), self.words.listed(against.cites)
        return self.say(f"against.{code}", clause=clause, cites=cites)

    def maximum(self, maximum: Maximum) -> Iterator[RenderableType]:
        """The amounts by kind, and where to return the goods."""
        if maximum.amounts or maximum.return_authorisation is None:
            parts = self.words.listed(
                self.say(
                    "entitlement.amount", kind=self.say(f"award.{item.kind.value}"), amount=self.money(item.amount)
                )
                for item in maximum.amounts
            )
            total, parts = self.money(maximum.total), parts or self.say("value.none")
            yield Text(self.say("entitlement.at_most", total=total, parts=parts), "bold")
        if allowed := maximum.return_authorisation:
            yield Text(self.goes_back(allowed), "bold")
        for freight in maximum.freight:
            bearer = self.words.value("freight_borne_by", freight.borne_by.value)
            yield Text(self.say("entitlement.freight", bearer=bearer, choices=self.words.answer(freight.where)))

    def goes_back(self, allowed: ReturnAuthorisation) -> str:
        """Where to return the goods."""
        market = self.words.value("market", allowed.market)
        if allowed.address_id is None:
            return self.say("entitlement.return_somewhere", market=market)
        return self.say("entitlement.return_to", address=safe(allowed.address_id), market=market)

    def money(self, amount: Minor) -> str:
        return self.words.money(amount, self.currency or "")

    def together(self, together: Together) -> RenderableType:
        """The entitlement of several lines in one claim."""
        total = self.money(together.at_most.total)
        lines = self.words.listed(map(safe, together.line_ids))
        return list_item(self.marks, Text(self.say("entitlement.together", title=self.title, lines=lines, total=total)))

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


def _as_chosen(place: str, values: tuple[JsonValue, ...]) -> tuple[JsonValue, ...]:
    """The acceptable values of a field. Demands are named together instead of as alternatives."""
    return (values,) if place == PATH["demands"] else values
