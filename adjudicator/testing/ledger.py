"""The ledger of a claim: what was paid, and what can still be paid."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from random import Random
from typing import Any, TypeVar, cast

from attrs import evolve

from adjudicator.model.award import Award, AwardKind
from adjudicator.model.case import Case
from adjudicator.model.claim import Settlement
from adjudicator.model.enumerations import SettlementKind
from adjudicator.model.order import OrderLine
from adjudicator.model.soundness import CaseBase

C = TypeVar("C", bound=CaseBase)


def covers_at_most(case: Case, line_id: str) -> int:
    """The most units of a line that any one piece of evidence covers; evidence without a figure covers one."""
    return max(
        (getattr(each, "units_covered", None) or 1 for each in case.evidence if each.concerns(line_id)), default=0
    )


def with_some_taken_back(case: Case, choose: Random) -> Case:
    """The case, occasionally with one of its settlements reversed."""
    if not case.settlements or choose.random() < 0.7:
        return case
    at = choose.randrange(len(case.settlements))
    return evolve(
        case,
        settlements=tuple(
            evolve(each, reversed_at=case.as_of) if index == at else each for index, each in enumerate(case.settlements)
        ),
    )


def price(case: Case, line: OrderLine) -> int:
    """The final price of a line's goods: what was paid, less price adjustments."""
    adjusted = sum(
        each.amount
        for each in case.settlements
        if each.kind is SettlementKind.PRICE_ADJUSTMENT and each.line_id == line.id and each.stands
    )
    return max(0, line.goods_paid - adjusted)


def ceiling(case: Case, kind: AwardKind, line_id: str | None, times_the_price: int) -> int:
    """The most that can ever be paid of one kind for a line, or for the order's postage."""
    if line_id is None:
        return case.order.postage_paid
    line = line_of(case, line_id)
    if kind is AwardKind.TAX:
        return line.tax_paid
    return price(case, line) * (times_the_price if kind is AwardKind.COMPENSATION else 1)


def settled_before(case: Case, kind: AwardKind, line_id: str | None) -> int:
    """The total of one kind settled for a line (or for postage) under any claim, without reversed payments."""
    return sum(
        each.amount
        for each in case.settlements
        if each.kind.value == kind.value and each.line_id == line_id and each.stands
    )


def paid_under_this_claim(case: Case) -> int:
    """The total already paid under this claim, without price adjustments."""
    return sum(
        each.amount
        for each in case.settlements
        if each.claim_id == case.claim.id and each.kind is not SettlementKind.PRICE_ADJUSTMENT and each.stands
    )


def settling(case: C, awards: Iterable[Award]) -> C:
    """The case after some of its awards were paid."""
    paying: Any = case
    claim_id = paying.claim.id if isinstance(case, Case) else None
    paid = tuple(
        Settlement(
            kind=SettlementKind(award.kind.value),
            line_id=award.line_id,
            amount=award.amount,
            settled_at=paying.as_of,
            claim_id=claim_id,
            units=award.units or None,
        )
        for award in awards
    )
    return cast(C, evolve(paying, settlements=(*paying.settlements, *paid)))


def claiming(case: Case, line: OrderLine, quantity: int, claim_id: str) -> Case:
    """The same case, claiming some units of one line without naming an amount."""
    item = evolve(case.claim.items[0], line_id=line.id, quantity=quantity)
    return evolve(case, claim=evolve(case.claim, id=claim_id, items=(item,), requested_amount=None))


def some_claim(case: Case, choose: Random) -> Any:
    """A claim for some units of the claimed lines, under the id of the case's claim or another one."""
    items = choose.sample(case.claim.items, choose.randint(1, len(case.claim.items)))
    return evolve(
        case.claim,
        id=choose.choice((case.claim.id, "another claim")),
        items=tuple(evolve(item, quantity=choose.randint(1, line_of(case, item.line_id).quantity)) for item in items),
    )


def overdrawn(case: Case) -> bool:
    """Whether more was paid back than the order cost, or something was already paid under this claim."""
    places = [(kind, line.id) for line in case.order.lines for kind in (AwardKind.REFUND, AwardKind.TAX)]
    return paid_under_this_claim(case) > 0 or any(
        settled_before(case, kind, line_id) > ceiling(case, kind, line_id, 0)
        for kind, line_id in (*places, (AwardKind.POSTAGE, None))
    )


def amounts_of(awards: Iterable[Award]) -> Counter[tuple[AwardKind, str | None]]:
    """The totals of awards by kind and line."""
    return Counter({(award.kind, award.line_id): award.amount for award in awards})


def keys_of(awards: Iterable[Award]) -> dict[tuple[AwardKind, str | None], str]:
    """The keys of awards by kind and line."""
    return {(award.kind, award.line_id): award.key for award in awards}


def line_of(case: Case, line_id: str) -> OrderLine:
    """A line of the order of a case."""
    return next(line for line in case.order.lines if line.id == line_id)


# What the rest of a case could turn out to be
