"""What the callers of a soak asked and were answered, and every answer that contradicts another."""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable
from threading import Lock

from attrs import Factory, define, frozen

from adjudicator.wire.events import Event
from adjudicator.wire.messages import PayoutStatus
from store.cases import a_claim


def digest(content: bytes) -> str:
    """The digest of an answer, kept instead of its bytes."""
    return hashlib.sha256(content).hexdigest()


@frozen
class Question:
    """A claim to be decided. A later ``minute`` is another case of the same claim."""

    order: str
    claim: str
    units: int
    minute: int = 0

    @property
    def key(self) -> str:
        """The idempotency key: the same question has the same key."""
        return f"{self.claim}@{self.minute}"

    def case(self) -> bytes:
        """The case, as JSON on one line."""
        return a_claim(self.claim, order=self.order, units=self.units, as_of=f"2022-05-20T12:{self.minute:02}:00+08:00")


@frozen
class Answer:
    """A decision that was returned: its id, and the digest of its bytes."""

    id: str
    digest: str


@frozen
class Step:
    """A step with the awards of a decision, and the number of the attempt."""

    decision: str
    do: str
    attempt: int

    @property
    def key(self) -> str:
        """The idempotency key."""
        return f"{self.do}-{self.decision}-{self.attempt}"


@define
class Ledger:
    """Everything that was asked and answered, by idempotency key. Threads share it."""

    asked: dict[str, Question] = Factory(dict)
    answers: dict[str, Answer] = Factory(dict)
    given: dict[str, list[Answer]] = Factory(lambda: defaultdict(list))
    """The decisions returned on each order."""
    steps: dict[Step, tuple[PayoutStatus, ...]] = Factory(dict)
    events: list[Event] = Factory(list)
    violations: list[str] = Factory(list)
    counts: Counter[str] = Factory(Counter)
    lock: Lock = Factory(Lock)

    def asks(self, key: str, question: Question) -> None:
        """Note that a claim is about to be decided under a key."""
        with self.lock:
            self.asked[key] = question

    def decided(self, key: str, order: str, answer: Answer) -> None:
        """Note a decision. The same key must always get the same decision."""
        with self.lock:
            self.counts["decisions answered"] += 1
            before = self.answers.setdefault(key, answer)
            if before != answer:
                self._contradicts(f"{key} was answered by {before.id}, then by {answer.id}")
            elif answer not in self.given[order]:
                self.given[order].append(answer)

    def settled(self, step: Step, payouts: tuple[PayoutStatus, ...] | None) -> None:
        """Note the answer to a step of payouts: ``None`` if it was refused, which must not happen after it was granted."""
        with self.lock:
            self.counts["payout steps answered"] += 1
            if payouts is None:
                return
            before = self.steps.setdefault(step, payouts)
            if before != payouts:
                self._contradicts(f"{step.key} was answered with {before}, then with {payouts}")

    def granted(self, step: Step) -> bool:
        """Whether a step has been answered with payouts."""
        with self.lock:
            return step in self.steps

    def given_on(self, order: str) -> tuple[Answer, ...]:
        """The decisions returned on an order so far."""
        with self.lock:
            return (*self.given[order],)

    def require(self, holds: bool, what: str) -> None:
        """Record a violation unless the condition holds."""
        if not holds:
            with self.lock:
                self._contradicts(what)

    def polled(self, events: Iterable[Event]) -> None:
        """Note polled events."""
        self.events += events

    def _contradicts(self, what: str) -> None:
        self.violations.append(what)
