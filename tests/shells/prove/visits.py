"""A small policy about visits, whose facts have so few values that all can be tried."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from decimal import Decimal
from enum import StrEnum
from itertools import product
from typing import Any, Final

from attrs import field, frozen

from adjudicator.engine.branches import UNSETTLED_TYPES
from adjudicator.engine.evaluation import Facts
from adjudicator.engine.inspection import Function
from adjudicator.law import (
    AMOUNT,
    ANY,
    BEIJING,
    Bounds,
    CaseBase,
    Edition,
    Fact,
    Fault,
    Glossary,
    Instant,
    Missing,
    Need,
    Party,
    Question,
    ReviewKind,
    WholeCase,
    missing,
    supposing,
)

AGES: Final = Bounds(0, 4)
MEMBERSHIP: Final = Need("membership", Party.PLATFORM)


class Grade(StrEnum):
    """The grade of a visitor."""

    PLAIN = "plain"
    SILVER = "silver"
    GOLD = "gold"


@frozen(kw_only=True)
class Stamp:
    """A stamp on the card."""

    valid: bool
    stamped_at: Instant


@frozen(kw_only=True)
class Visit(CaseBase):
    """A visit."""

    id: str
    policy: str
    as_of: Instant
    began_at: Instant
    filed_at: Instant
    grade: Grade
    age: int = field(metadata={"bounds": AGES})
    spent: int = field(metadata={"bounds": AMOUNT})
    score: Decimal = field(metadata={"bounds": Bounds(0, 5, Decimal)})
    name: str
    host: str
    member: bool | None = None
    stamps: tuple[Stamp, ...] = ()
    metadata: Mapping[str, str] | None = None

    def faults(self) -> Iterator[Fault]:
        """Numbers outside their bounds."""
        yield from super().faults()


def filed_at(at: WholeCase) -> Instant:
    """When something was filed about it."""
    moment: Instant = at.case.filed_at
    return moment


def began_at(at: WholeCase) -> Instant:
    """When it began."""
    moment: Instant = at.case.began_at
    return moment


def grade(at: WholeCase) -> Grade:
    """The grade."""
    found: Grade = at.case.grade
    return found


def age(at: WholeCase) -> int:
    """The age."""
    found: int = at.case.age
    return found


def spent(at: WholeCase) -> int:
    """What was spent."""
    found: int = at.case.spent
    return found


def score(at: WholeCase) -> Decimal:
    """The score."""
    found: Decimal = at.case.score
    return found


def name(at: WholeCase) -> str:
    """Who came."""
    found: str = at.case.name
    return found


def host(at: WholeCase) -> str:
    """Who invited."""
    found: str = at.case.host
    return found


def member(at: WholeCase) -> bool | Missing:
    """Whether it is a member."""
    known: bool | None = at.case.member
    return supposing(missing(MEMBERSHIP, {"member": ANY}), False, True) if known is None else known


def stamps(at: WholeCase) -> tuple[Stamp, ...]:
    """The stamps."""
    found: tuple[Stamp, ...] = at.case.stamps
    return found


READERS: Final = (filed_at, began_at, grade, age, spent, score, name, host, member, stamps)
VISITS: Final = ReviewKind(
    case_type=Visit,
    zone=BEIJING,
    glossary=Glossary.of(*(Fact(each, (f"/{each.__name__}",), Party.PLATFORM) for each in READERS)),
    questions=(Question(granted="welcome", refused="not_welcome"),),
)


def edition(*requires: Function, year: int = 2024, facts: tuple[Function, ...] = (), **settings: object) -> Edition:
    """An edition with these requirements."""
    return Edition(
        policy="acme.visits",
        about="Visits.",
        article="AB.1",
        effective_from=dt.date(year, 1, 1),
        case_kind=VISITS,
        requires=requires,
        facts=facts,
        settings=settings,
    )


UNKNOWN: Final = "unknown"
SMALL: Final[Mapping[str, tuple[Any, ...]]] = {
    "grade": tuple(Grade),
    "age": tuple(range(5)),
    "member": (False, True, UNKNOWN),
}
"""All values of the facts with few values."""


def all_facts(*names: str) -> Iterator[dict[str, Any]]:
    """Every combination of the values of some facts."""
    blank = supposing(missing(MEMBERSHIP, {"member": ANY}), False, True)
    for values in product(*(SMALL[each] for each in names)):
        yield {each: blank if value is UNKNOWN else value for each, value in zip(names, values, strict=True)}


def answer(of: Edition, facts: Mapping[str, Any]) -> Any:
    """The answer of the only clause of an edition, as the engine evaluates it."""
    judged = Facts(of, None)
    judged.update(facts)
    judged.unsettled |= {each for each, value in facts.items() if type(value) in UNSETTLED_TYPES}
    found = judged[of.clauses[0].name]
    return getattr(found, "answer", found)
