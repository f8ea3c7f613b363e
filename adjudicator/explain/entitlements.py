"""Entitlements in words: the status of a guarantee, the most that a claim can get, how to file, and what stands in the way."""

from __future__ import annotations

from attrs import frozen

from adjudicator.analysis.entitlements import Against, Answer, Entitlement, Maximum, Status, Together
from adjudicator.analysis.entitlements.drafts import PATH
from adjudicator.engine.registry import edition_behind
from adjudicator.model.award import ReturnAuthorisation
from adjudicator.model.decision import PolicyRef
from adjudicator.model.finding import Effect, JsonValue
from adjudicator.model.money import Minor
from adjudicator.words import Words, words_for


@frozen
class EntitlementWords:
    """The texts about one guarantee. Amounts are in one currency."""

    policy: PolicyRef
    currency: str
    words: Words

    @property
    def title(self) -> str:
        """The title of the guarantee."""
        return self.words.title() or self.words.outside(self.policy.id)

    def headline(self, entitlement: Entitlement) -> str:
        """The guarantee and its status."""
        return self.words.say("entitlement.stands", title=self.title, standing=self.status(entitlement))

    def status(self, entitlement: Entitlement) -> str:
        """The status of a guarantee, with its window if that is the same whatever the unknown facts are."""
        if len(entitlement.answers) == 1:
            return self.standing(entitlement.answers[0])
        if entitlement.certain_until is not None:
            return self.words.say("entitlement.certain", end=self.words.end(entitlement.certain_until))
        return self.words.say(f"standing.{entitlement.status}")

    def standing(self, answer: Answer) -> str:
        """The status of an answer, with its window if it has one."""
        words = self.words
        status = words.say(f"standing.{answer.status}")
        if answer.window is None:
            return status
        end, start = words.end(answer.window.last_instant), words.moment(answer.window.starts_at)
        if answer.status is Status.CLOSED:
            return words.say("entitlement.ended", standing=status, end=end)
        if answer.supposing:
            return words.say("entitlement.supposing", standing=status, start=start, end=end)
        if answer.status is Status.NOT_YET:
            return words.say("entitlement.from_to", standing=status, start=start, end=end)
        return words.say("entitlement.up_to", standing=status, end=end)

    def assuming(self, answer: Answer) -> str:
        """What an answer assumes, and its status then."""
        return self.words.say(
            "entitlement.assuming", choices=self.words.answer(answer.assuming), standing=self.standing(answer)
        )

    def not_known(self, entitlement: Entitlement) -> str:
        """The unknown facts that matter, with who can supply them; empty if there are none."""
        unknown = [self.words.supplied(each.fact) for each in entitlement.not_known if each.matters]
        return self.words.say("entitlement.not_known", facts=self.words.listed(unknown)) if unknown else ""

    def path(self, answer: Answer) -> str:
        """How to file; empty if any way will do."""
        path = {place: _as_chosen(place, values) for place, values in answer.path.items() if values}
        return self.words.say("entitlement.path", choices=self.words.answer(path)) if path else ""

    def against(self, against: Against) -> str:
        """A clause that defeats the line, or is still open for it."""
        code = "open" if against.effect is Effect.UNDECIDED else against.role.value
        clause, cites = self.words.restated(against.clause), self.words.listed(against.cites)
        return self.words.say(f"against.{code}", clause=clause, cites=cites)

    def at_most(self, maximum: Maximum) -> str:
        """The most that can be paid, by kind; empty if a claim is not about money."""
        if not maximum.amounts and maximum.return_authorisation is not None:
            return ""
        parts = self.words.listed(
            self.words.say(
                "entitlement.amount", kind=self.words.say(f"award.{item.kind.value}"), amount=self.money(item.amount)
            )
            for item in maximum.amounts
        )
        total, parts = self.money(maximum.total), parts or self.words.say("value.none")
        return self.words.say("entitlement.at_most", total=total, parts=parts)

    def freight(self, maximum: Maximum) -> tuple[str, ...]:
        """Who pays for the return, by how the claim is filed."""
        return tuple(
            self.words.say(
                "entitlement.freight",
                bearer=self.words.value("freight_borne_by", each.borne_by.value),
                choices=self.words.answer(each.where),
            )
            for each in maximum.freight
        )

    def goes_back(self, allowed: ReturnAuthorisation) -> str:
        """Where to return the goods."""
        market = self.words.value("market", allowed.market)
        if allowed.address_id is None:
            return self.words.say("entitlement.return_somewhere", market=market)
        return self.words.say("entitlement.return_to", address=self.words.outside(allowed.address_id), market=market)

    def together(self, together: Together) -> str:
        """The most that one claim for several lines can get."""
        lines = self.words.listed(map(self.words.outside, together.line_ids))
        total = self.money(together.at_most.total)
        return self.words.say("entitlement.together", title=self.title, lines=lines, total=total)

    def money(self, amount: Minor) -> str:
        """An amount with its currency."""
        return self.words.money(amount, self.currency)


def entitlement_words(policy: PolicyRef, currency: str, words: Words) -> EntitlementWords:
    """The texts about a guarantee, in the language and for the medium of other words."""
    own = words_for(edition_behind(policy), words.language, words.outside, exact=words.exact)
    return EntitlementWords(policy, currency, own)


def _as_chosen(place: str, values: tuple[JsonValue, ...]) -> tuple[JsonValue, ...]:
    """The acceptable values of a field. Demands are named together instead of as alternatives."""
    return (values,) if place == PATH["demands"] else values
