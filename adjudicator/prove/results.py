"""What was asked of the solver, and what it answered: plain values for reports."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from typing import TypeAlias

from attrs import Attribute, field, frozen

from adjudicator.model.limits import Bounds

Plain: TypeAlias = "str | int | bool | None | list[Plain] | dict[str, Plain]"
"""A value as it stands in JSON."""

ITEMS = Bounds(0, 4)
PATHS = Bounds(1, 1_000_000)
MILLISECONDS = Bounds(1, 600_000)
SECONDS = Bounds(1, 86_400)


def _within(bounds: Bounds) -> Callable[[object, Attribute[int], int], None]:
    def check(_: object, attribute: Attribute[int], value: int) -> None:
        if type(value) is not int or not bounds.least <= value <= bounds.most:
            expected = f"a whole number from {bounds.least} to {bounds.most}"
            raise ValueError(f"{attribute.name}: expected {expected}, got {value!r}")

    return check


@frozen(kw_only=True)
class Limits:
    """How far a proof goes. Every result states its limits.

    Lists of evidence and other lists have at most ``items`` entries. A function is followed along at most ``paths`` paths. The solver has
    ``milliseconds`` for each question, and one function takes about ``seconds`` at most. Raises :class:`ValueError` for a limit out of
    bounds.
    """

    items: int = field(default=1, validator=_within(ITEMS))
    paths: int = field(default=2_000, validator=_within(PATHS))
    milliseconds: int = field(default=5_000, validator=_within(MILLISECONDS))
    seconds: int = field(default=10, validator=_within(SECONDS))


class Status(StrEnum):
    """The answer to a statement. Only ``proved`` and ``refuted`` are certain."""

    PROVED = "proved"
    REFUTED = "refuted"
    UNKNOWN = "unknown"
    NOT_PROVABLE = "not_provable"


class StatementKind(StrEnum):
    """What is stated of a clause, a window or a policy."""

    SAME_ANSWER = "same_answer"
    SAME_EFFECT = "same_effect"
    DECIDES = "decides"
    NEEDED = "needed"
    NO_GAP = "no_gap"
    WINDOW = "window"
    PERIODS = "periods"


class Why(StrEnum):
    """Why something cannot be proved here."""

    TEXT = "text"
    ARITHMETIC = "arithmetic"
    COMPARED_BY_HASH = "compared_by_hash"
    FACT_TYPE = "fact_type"
    LATER_FACT = "later_fact"
    DIFFERENT_FACTS = "different_facts"
    TOO_MANY = "too_many"
    CALL = "call"
    DIVERGED = "diverged"
    ONLY_IN_ONE = "only_in_one"
    TIMEOUT = "timeout"


@frozen
class Reason:
    """Why there is no proof; ``detail`` names the function, the type or the operation."""

    why: Why
    detail: str


@frozen
class Bound:
    """The inputs that a result is about, beyond all values of each fact.

    ``lists`` have at most ``items`` entries, ``sets`` of text at most one. Of ``always_stated`` only stated values were tried, not
    that they are unknown. ``sampled`` facts take a few typical values.
    """

    items: int
    paths: int
    milliseconds: int
    seconds: int
    lists: tuple[str, ...] = ()
    sets: tuple[str, ...] = ()
    always_stated: tuple[str, ...] = ()
    sampled: tuple[str, ...] = ()


@frozen
class GivenFact:
    """A fact of an example; ``known`` is false where the case does not state it."""

    name: str
    value: Plain
    known: bool = True


@frozen
class GivenAnswer:
    """What an edition answers on an example: the ``effect`` on the claim, and the answer in detail.

    The effect is ``supports``, ``defeats``, ``repairable`` (it defeats the claim for now), ``open`` or ``for_a_person``.
    """

    edition: str
    clause: str
    effect: str
    answer: Plain


@frozen
class Example:
    """Facts on which a statement fails, or that show it, with the answers that the real functions gave.

    ``smallest`` says whether no example has fewer unusual facts and smaller numbers.
    """

    facts: tuple[GivenFact, ...]
    answers: tuple[GivenAnswer, ...]
    smallest: bool


@frozen
class Statement:
    """One statement and the answer to it.

    ``about`` is a clause, a window, or a policy. ``same_code``: both editions run the same functions with the same settings, so that
    no solver was needed. ``apart_from`` are other clauses that could not be taken into account.
    """

    kind: StatementKind
    about: str
    status: Status
    bound: Bound | None = None
    examples: tuple[Example, ...] = ()
    reason: Reason | None = None
    same_code: bool = False
    apart_from: tuple[str, ...] = ()


@frozen
class Proofs:
    """All statements about an edition, or about two editions of one policy (``against`` is the older one)."""

    policy: str
    edition: str
    against: str | None
    statements: tuple[Statement, ...]

    def count(self, status: Status) -> int:
        """How many statements have a status."""
        return sum(each.status is status for each in self.statements)
