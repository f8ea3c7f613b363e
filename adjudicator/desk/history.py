"""What happened to an order, or to a case without one: every decision, payout and erasure, and what each decision changed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from attrs import asdict, frozen

from adjudicator.analysis.diff import diff
from adjudicator.desk.drafts import says
from adjudicator.desk.panel import BAD, GOOD, OPEN, OUTCOMES, OVER, PERSON
from adjudicator.desk.rulings import Content
from adjudicator.engine.registry import edition_behind
from adjudicator.explain import view_for
from adjudicator.explain.difference import difference_page
from adjudicator.explain.page import Page
from adjudicator.model.decision import PolicyRef
from adjudicator.model.time import Instant
from adjudicator.service.panel_tokens import Grant
from adjudicator.store import DecisionStore, Entry, Payout, State
from adjudicator.store.lookups import PAID_FOR, document_in
from adjudicator.wire.codec import load_case, load_decision
from adjudicator.words import Words, words_for

MOST_EVENTS: Final = 100
"""The most events that a history shows: the newest ones."""
MOST_DIFFERENCES: Final = 20
"""For how many decisions a history says what they changed: for the newest ones."""
MARKS: Final = {State.RESERVED.value: OPEN, State.CONFIRMED.value: GOOD, State.REVERSED.value: BAD}


@frozen
class Ruled:
    """The ruling of a person behind a decision: its author, its content, and the reason."""

    entered: str
    says: str
    reason: str


@frozen(kw_only=True)
class Event:
    """Something that happened, in words. ``changed`` is what a decision changed, where one came before it on the claim."""

    at: str
    by: str
    mark: str
    text: str
    about: str
    decision_id: str | None = None
    changed: Page | None = None
    ruled: Ruled | None = None


@frozen
class Teller:
    """Puts events into words; ``names`` are those of callers. Decisions are shown as agents may see them."""

    names: Mapping[str, str]
    language: str

    def events(self, entries: tuple[Entry, ...]) -> tuple[Event, ...]:
        """The events, newest first."""
        before = _before(entries)
        wanted = [each for each in entries if each.id in before][-MOST_DIFFERENCES:]
        changes = {each.id: self._changed(before[each.id], each) for each in wanted}
        return tuple(self._event(each, changes.get(each.id)) for each in reversed(entries))

    def _event(self, entry: Entry, changed: Page | None) -> Event:
        document = entry.document()
        kind = document["kind"]
        described = {"decision": self._decision, "payout": self._payout, "erasure": self._erasure}[kind](document)
        return Event(
            at=self._words().moment(Instant.parse(document["at"])),
            by=self._name(document["by"]),
            decision_id=entry.id if kind == "decision" else None,
            changed=changed,
            ruled=self._ruled(entry, document),
            **described,
        )

    def _ruled(self, entry: Entry, document: Mapping[str, Any]) -> Ruled | None:
        """The ruling behind a decision. Its content is erased together with the personal data."""
        ruling = document.get("ruling")
        if ruling is None:
            return None
        policy = PolicyRef(**document["policy"])
        words = self._words(policy)
        caller, moment = self._name(ruling["by"]), words.moment(Instant.parse(ruling["at"]))
        entered = words.say("desk.ruling.entered", caller=caller, moment=moment)
        if entry.seal is None:
            return Ruled(entered, "", "")
        content = Content(**entry.seal.values()["ruling"])
        return Ruled(entered, says(content, policy, words), content.reason)

    def _name(self, identity: str | None) -> str:
        return self.names.get(identity or "", identity or "")

    def _decision(self, document: Mapping[str, Any]) -> dict[str, str]:
        words = self._words(PolicyRef(**document["policy"]))
        claim, outcome = document["claim_id"] or document["case_id"], words.say(f"outcome.{document['outcome']}")
        return {
            "mark": OUTCOMES.get(document["outcome"], PERSON),
            "text": words.say("panel.claimed", claim=claim, outcome=outcome),
            "about": words.title() or document["policy"]["id"],
        }

    def _payout(self, document: Mapping[str, Any]) -> dict[str, str]:
        words = self._words()
        return {
            "mark": MARKS[document["state"]],
            "text": words.say(f"desk.payout.{document['state']}", amount=amount_of(document, words)),
            "about": words.say("desk.claim", claim=document["claim_id"]),
        }

    def _erasure(self, document: Mapping[str, Any]) -> dict[str, str]:
        return {"mark": OVER, "text": self._words().say("desk.erased"), "about": document["reason"]}

    def _words(self, policy: PolicyRef | None = None) -> Words:
        return words_for(None if policy is None else edition_behind(policy), self.language, exact=False)

    def _changed(self, before: Entry, after: Entry) -> Page | None:
        """What a decision changed, as agents may see it; ``None`` if one of them was erased."""
        if before.seal is None or after.seal is None:
            return None
        seen = [
            view_for(load_decision(document_in(each, "decision")), _case(each), voice="agent", locale=self.language)
            for each in (before, after)
        ]
        old, new = (each.decision for each in seen)
        return difference_page(diff(old, new), new.currency, self.language)


def _case(entry: Entry) -> Any:
    return load_case(document_in(entry, "case"))


def _before(entries: tuple[Entry, ...]) -> dict[str, Entry]:
    """For each decision the one before it about the same case."""
    last: dict[str, Entry] = {}
    found: dict[str, Entry] = {}
    for each in entries:
        document = each.document()
        if document["kind"] == "decision":
            subject = document["case_id"]
            if subject in last:
                found[each.id] = last[subject]
            last[subject] = each
    return found


def callers_by_name(record: DecisionStore) -> dict[str, str]:
    """The names of the keys of a tenant, by the identities on record for them, including those used through a panel."""
    keys = record.api_keys.listed()
    beside = {Grant(tenant=each.tenant, agent=each.identity, until=Instant(0)).identity: each.name for each in keys}
    return beside | {each.identity: each.name for each in keys}


def amount_of(document: Mapping[str, Any], words: Words) -> str:
    """An award with its amount."""
    line = document["line_id"]
    paid_for = "case" if document["order_id"].startswith(PAID_FOR) else "order"
    kind, amount = words.say(f"award.{document['award']}"), words.money(document["amount"], document["currency"])
    if line is None:
        return words.say(f"desk.amount.{paid_for}", kind=kind, amount=amount)
    return words.say("diff.award", kind=kind, line=words.say("decision.line", line=line), amounts=amount)


# Payouts to release


@frozen
class Act:
    """Something that can be done with a payout; ``asks`` is what its confirmation says."""

    do: str
    name: str
    asks: str


@frozen
class Release:
    """A reserved payout, in words."""

    key: str
    text: str
    since: str
    reference: str
    acts: tuple[Act, ...]


def releases(payouts: tuple[Payout, ...], language: str) -> Iterator[Release]:
    """The payouts that are reserved, each with what can be done with it."""
    words = words_for(None, language, exact=False)
    for each in payouts:
        if each.state is State.RESERVED:
            award = asdict(each) | {"award": each.kind}
            acts = tuple(
                Act(do, words.say(f"desk.act.{do}"), words.say(f"desk.asks.{do}")) for do in ("confirm", "reverse")
            )
            since = words.say("desk.release.since", moment=words.moment(each.reserved_at))
            yield Release(each.key, amount_of(award, words), since, each.reference, acts)
