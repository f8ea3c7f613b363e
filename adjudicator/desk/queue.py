"""The queue of the desk: the decisions that wait for a person, soonest first."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from enum import StrEnum
from functools import lru_cache
from typing import Any, Final

from attrs import evolve, frozen

from adjudicator.desk.cursors import cursor_of, place_in
from adjudicator.desk.panel import OPEN, OUTCOMES
from adjudicator.engine.policy import Edition
from adjudicator.engine.registry import edition_behind, policies
from adjudicator.explain import view_for
from adjudicator.explain.view import View
from adjudicator.model.decision import Outcome, PolicyRef
from adjudicator.model.facts import Disputed, Party
from adjudicator.model.finding import Effect
from adjudicator.model.time import DAY, Instant
from adjudicator.rulebook.answers import answers_of
from adjudicator.store import DecisionStore, OpenDecision, Summary
from adjudicator.store.lookups import PAID_FOR
from adjudicator.wire.codec import load_case, load_decision
from adjudicator.words import Words, words_for

ROWS: Final = 25
"""The rows of a page."""
MOST_READ: Final = 500
"""The most decisions of each outcome that the queue looks at: those that have waited longest for a person, and the newest of the others."""
SOON: Final = 3 * DAY
"""What ends within this time is due soon."""
MOST_REASONS: Final = 3
NEVER: Final = 2**62


class Wait(StrEnum):
    """What a decision waits for."""

    CONFIRMATION = "confirmation"
    DISPUTE = "dispute"
    REVIEW = "review"
    ANSWER = "answer"
    DUE = "due"


@frozen
class Waiting:
    """A decision that waits for a person, and until when: the end of the time for an answer, or when to decide again."""

    summary: Summary
    wait: Wait
    until: Instant | None

    @property
    def place(self) -> tuple[int, int, str]:
        """Its place in the queue."""
        return NEVER if self.until is None else int(self.until), int(self.summary.decided_at), self.summary.id


@frozen
class Queue:
    """A page of the queue. ``is_whole`` is false if more decisions wait than were looked at; ``cursor`` leads to the next page."""

    rows: tuple[Waiting, ...]
    count: int
    is_whole: bool
    cursor: str | None


def queue(record: DecisionStore, policy: str | None, wait: Wait | None, cursor: str | None) -> Queue:
    """A page of what waits for a person. Raises :class:`ValueError` for a cursor from elsewhere."""
    after = (-1, -1, "") if cursor is None else place_in(cursor, int, int, str)
    reviews = record.open_decisions(Outcome.MANUAL_REVIEW, policy, limit=MOST_READ)
    waits = record.open_decisions(Outcome.NEEDS_INFORMATION, policy, newest_first=True, limit=MOST_READ)
    drafts = record.rulings.drafts()
    found = sorted(_waiting((*reviews, *waits), record.now(), drafts), key=lambda each: each.place)
    chosen = [each for each in found if wait is None or each.wait is wait]
    rest = [each for each in chosen if each.place > after]
    rows = tuple(rest[:ROWS])
    is_whole = max(len(reviews), len(waits)) < MOST_READ
    return Queue(rows, len(chosen), is_whole, cursor_of(*rows[-1].place) if len(rest) > ROWS else None)


def _waiting(found: Iterable[OpenDecision], now: Instant, drafts: Collection[str]) -> Iterator[Waiting]:
    for each in found:
        decision = each.entry.document()["decision"]
        until = _until(decision)
        wait = Wait.CONFIRMATION if each.summary.id in drafts else _wait(decision, until, now)
        if wait is not None:
            yield Waiting(each.summary, wait, until)


def _wait(decision: Mapping[str, Any], until: Instant | None, now: Instant) -> Wait | None:
    """What a decision waits for; ``None`` if somebody else has to act and there is time."""
    if decision["outcome"] == Outcome.MANUAL_REVIEW:
        return Wait.DISPUTE if _is_disputed(decision) else Wait.REVIEW
    if any(each["to"] == Party.PLATFORM for each in decision["requests"]):
        return Wait.ANSWER
    return Wait.DUE if until is not None and until <= now + SOON else None


def _until(decision: Mapping[str, Any]) -> Instant | None:
    """The next instant at which something ends or changes."""
    moments = (*(each["due_at"] for each in decision["requests"]), decision["reconsider_at"])
    return min((Instant.parse(each) for each in moments if each is not None), default=None)


def _is_disputed(decision: Mapping[str, Any]) -> bool:
    edition = edition_behind(PolicyRef(**decision["policy"]))
    reasons = frozenset[str]() if edition is None else _disputes(edition)
    return any(
        each["effect"] == Effect.UNDECIDED and each["because"]["code"].rpartition(".")[2] in reasons
        for each in decision["findings"]
    )


@lru_cache(maxsize=256)
def _disputes(edition: Edition) -> frozenset[str]:
    """The reasons of an edition that say that documents do not agree; none that are known if its pack comes without source."""
    try:
        answers = [answer for clause in edition.clauses for answer in answers_of(edition, clause)]
    except OSError:
        return frozenset()
    return frozenset(answer.reason for answer in answers if answer.kind is Disputed)


# In words


@frozen(kw_only=True)
class Row:
    """A row of the queue or of search results, in words. Only rows of the queue have a wait."""

    id: str
    name: str
    mark: str
    outcome: str
    policy: str
    since: str
    wait: str = ""
    reasons: tuple[str, ...] = ()
    until: str = ""
    is_over: bool = False


def queue_row(record: DecisionStore, each: Waiting, language: str) -> Row:
    """A row of the queue. What an agent may not see is left out."""
    words = _words(each.summary, language)
    is_over = each.until is not None and each.until <= record.now()
    until = "" if each.until is None else words.moment(each.until)
    return evolve(
        found_row(each.summary, language),
        wait=words.say(f"desk.waits.{each.wait.value}"),
        reasons=_reasons(record, each, language, is_over=is_over),
        until=until and words.say("desk.over" if is_over else "desk.until", moment=until),
        is_over=is_over,
    )


def found_row(summary: Summary, language: str) -> Row:
    """A claim that was searched for."""
    words = _words(summary, language)
    return Row(
        id=summary.id,
        name=name_of(summary, words),
        mark=OUTCOMES.get(summary.outcome, OPEN),
        outcome=words.say(f"outcome.{summary.outcome}"),
        policy=words.title() or summary.policy,
        since=words.say("desk.since", moment=words.moment(summary.decided_at)),
    )


def name_of(summary: Summary, words: Words) -> str:
    """The order and claim of a decision, or its case."""
    if summary.order_id is None or summary.order_id.startswith(PAID_FOR):
        return words.say("panel.case", case=summary.case_id)
    if summary.claim_id is None:
        return words.say("panel.order", order=summary.order_id)
    return words.say("desk.claim_on", order=summary.order_id, claim=summary.claim_id)


def _words(summary: Summary, language: str) -> Words:
    edition = edition_behind(PolicyRef(summary.policy, summary.edition, summary.revision))
    return words_for(edition, language, exact=False)


def _reasons(record: DecisionStore, each: Waiting, language: str, *, is_over: bool) -> tuple[str, ...]:
    decision, case = record.decision_and_case(each.summary.id)
    if decision.erased:
        return ()
    view = view_for(load_decision(decision.content), load_case(case.content), voice="agent", locale=language)
    if is_over:
        return (view.say("desk.again"),)
    return tuple(dict.fromkeys(_texts(view, each.wait)))[:MOST_REASONS]


def _texts(view: View, wait: Wait) -> Iterator[str]:
    """Why a person is needed: what is undecided, or what is asked for."""
    if wait in (Wait.DISPUTE, Wait.REVIEW):
        for finding in view.decision.findings:
            if finding.effect is Effect.UNDECIDED:
                yield view.words.outcome_of(finding)
    for request in view.decision.requests:
        if wait is not Wait.ANSWER or request.to == Party.PLATFORM:
            yield view.words.ask(request.to, request.need)


def titles_of_policies(record: DecisionStore, language: str) -> tuple[tuple[str, str], ...]:
    """The policies that a tenant may use, each with its title."""
    allowed = (each for each in policies().items() if record.policies is None or each[0] in record.policies)
    return tuple((name, words_for(editions[-1], language, exact=False).title() or name) for name, editions in allowed)
