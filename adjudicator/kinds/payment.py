"""Money: from approved units to awards, one named step after another.

The lines come first, then the order, then the caps. Every money function that ran is a step of the ladder, and nothing is
paid that is not an award.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property, lru_cache
from typing import Any, Final, NamedTuple

from attrs import frozen

from adjudicator.engine.clause import Node, PolicyError, getter
from adjudicator.engine.evaluation import Facts
from adjudicator.engine.inspection import Function, location
from adjudicator.engine.ladder import LadderPart, Table
from adjudicator.engine.plan import evaluate_ahead
from adjudicator.engine.policy import MOST_EDITIONS, Edition
from adjudicator.kinds.claimed_line import ClaimedLine
from adjudicator.model.award import Award, AwardKind
from adjudicator.model.case import Case
from adjudicator.model.claim import Settlement
from adjudicator.model.digest import digest
from adjudicator.model.enumerations import SettlementKind
from adjudicator.model.money import Minor

ORDER_LINES: Final = "order_lines"
"""The fact that a money function asks for to see all lines of the order."""


@frozen
class LineAccount:
    """Where the money of one order line stands, claimed or not. ``refund_due`` is what falls due here, before any cap."""

    line_id: str
    quantity: int
    approved_units: int
    goods_paid: Minor
    tax_paid: Minor
    price_adjustments: Minor
    refunds: Minor
    taxes_returned: Minor
    refund_due: Minor


@frozen(eq=False)
class Pays:
    """One kind of award: what the claim entitles to in all, and what of that is due once earlier payments are taken off.

    ``units`` says how many units of the line it settles, if it settles any.
    """

    kind: AwardKind
    entitled: Function
    due: Function
    units: Function | None = None

    def functions(self) -> Iterator[Function]:
        """The functions."""
        yield from (self.entitled, self.due)
        if self.units is not None:
            yield self.units


@frozen(kw_only=True, eq=False)
class Payment:
    """What an approved claim pays.

    ``units`` says how many units of a line are approved, ``steps`` are the steps that the kinds of award share.
    ``at_most`` are ceilings over everything together, applied one after the other; what exceeds one is cut from the end of
    ``cap_priority``.
    """

    units: Function
    steps: tuple[Function, ...]
    per_line: tuple[Pays, ...]
    per_order: tuple[Pays, ...]
    at_most: tuple[Function, ...]
    cap_priority: tuple[AwardKind, ...]

    def functions(self) -> Iterator[Function]:
        """The functions."""
        yield self.units
        yield from self.steps
        for pays in (*self.per_line, *self.per_order):
            yield from pays.functions()
        yield from self.at_most

    @property
    def decides_with(self) -> Function:
        """An approved line is approved for so many units."""
        return self.units

    def places(self) -> Iterator[tuple[str, Function]]:
        """The units first, then the steps, what each kind of award takes, and the caps."""
        yield "units", self.units
        yield from (("reckoned_from", function) for function in self.steps)
        for scope, kinds in (("per_line", self.per_line), ("per_order", self.per_order)):
            for pays in kinds:
                yield from ((f"{scope}.{pays.kind.value}", function) for function in (pays.entitled, pays.due))
        yield from (("at_most", function) for function in self.at_most)

    @cached_property
    def of_each_line(self) -> tuple[str, ...]:
        """The functions that are called for each approved line, by name."""
        of_awards = (function for pays in self.per_line for function in pays.functions())
        return tuple(function.__name__ for function in (*self.steps, *of_awards))

    @cached_property
    def of_the_order(self) -> tuple[str, ...]:
        """The functions that are called for the whole order, by name."""
        of_awards = (function for pays in self.per_order for function in pays.functions())
        return tuple(function.__name__ for function in (*of_awards, *self.at_most))

    @property
    def caps(self) -> tuple[Function, ...]:
        """The ceilings over everything together."""
        return self.at_most

    @property
    def terms(self) -> Mapping[str, str]:
        """In which order the kinds of award are paid under a cap."""
        return {"taken_in_order": ", ".join(kind.value for kind in self.cap_priority)}


class Due(NamedTuple):
    """An amount on its way to becoming an award."""

    kind: AwardKind
    line_id: str | None
    entitled: Minor
    due: Minor
    amount: Minor
    units: int | None = None


class ApprovedLine(NamedTuple):
    """A line that is approved, with its facts and the number of units."""

    at: ClaimedLine
    facts: Facts
    units: int


def calculate(
    edition: Edition, payment: Payment, case: Case, approved: Sequence[ApprovedLine]
) -> tuple[tuple[Due, ...], tuple[LadderPart, ...]]:
    """What is due for the approved lines, and the ladder that leads to it."""
    if not approved:
        return (), ()
    ladder: list[LadderPart] = []
    dues: list[Due] = []
    for line in approved:
        evaluate_ahead(edition, line.facts, payment.of_each_line)
        dues += dues_of(edition, line.facts, payment.steps, payment.per_line, line.at.line_id, ladder)
    order_facts = approved[0].facts
    if asks_for(edition, ORDER_LINES):
        order_facts[ORDER_LINES] = accounts(case, approved, dues)
    evaluate_ahead(edition, order_facts, payment.of_the_order)
    dues += dues_of(edition, order_facts, (), payment.per_order, None, ladder)
    return capped(edition, order_facts, dues, payment.at_most, payment.cap_priority, ladder), tuple(ladder)


def capped(
    edition: Edition,
    facts: Facts,
    dues: Sequence[Due],
    at_most: Iterable[Function],
    cap_priority: Sequence[AwardKind],
    ladder: list[LadderPart],
) -> tuple[Due, ...]:
    """What ceilings leave of some amounts, one ceiling after the other; one that is ``None`` leaves all of it."""
    for ceiling in at_most:
        if facts[ceiling.__name__] is not None:
            (most,) = amounts(edition, facts, (ceiling,), None, ladder)
            dues = cut(dues, most, cap_priority)
    return tuple([due for due in dues if due.amount > 0])


def total(dues: Sequence[Due]) -> Minor:
    """The sum of some amounts."""
    return Minor(sum([due.amount for due in dues]))


def cut(dues: Sequence[Due], at_most: Minor, cap_priority: Sequence[AwardKind]) -> list[Due]:
    """The same amounts, as far as a ceiling leaves room: kind by kind in the order given, within a kind in their own."""
    left = int(at_most)
    amounts: dict[int, Minor] = {}
    for index, due in sorted(enumerate(dues), key=lambda each: cap_priority.index(each[1].kind)):
        amounts[index] = Minor(min(due.amount, left))
        left -= amounts[index]
    return [due._replace(amount=amounts[index]) for index, due in enumerate(dues)]


def accounts(case: Case, approved: Sequence[ApprovedLine], dues: Sequence[Due]) -> Table:
    """Where the money of every line of the order stands."""
    units = {line.at.line_id: line.units for line in approved}
    refunds = {due.line_id: due.due for due in dues if due.kind is AwardKind.REFUND}
    settled = {
        (kind, line.id): Minor(0)
        for line in case.order.lines
        for kind in (SettlementKind.PRICE_ADJUSTMENT, SettlementKind.REFUND, SettlementKind.TAX)
    }
    for each in case.settlements:
        if (each.kind, each.line_id) in settled and each.line_id is not None and each.stands:
            settled[each.kind, each.line_id] = Minor(settled[each.kind, each.line_id] + each.amount)
    return Table(
        LineAccount(
            line_id=line.id,
            quantity=line.quantity,
            approved_units=units.get(line.id, 0),
            goods_paid=line.goods_paid,
            tax_paid=line.tax_paid,
            price_adjustments=settled[SettlementKind.PRICE_ADJUSTMENT, line.id],
            refunds=settled[SettlementKind.REFUND, line.id],
            taxes_returned=settled[SettlementKind.TAX, line.id],
            refund_due=refunds.get(line.id, Minor(0)),
        )
        for line in case.order.lines
    )


def dues_of(
    edition: Edition,
    facts: Facts,
    steps: tuple[Function, ...],
    pays: tuple[Pays, ...],
    line_id: str | None,
    ladder: list[LadderPart],
) -> list[Due]:
    """The amounts of some kinds of award, after the steps that they share and before any ceiling."""
    found = iter(amounts(edition, facts, _called(steps, pays), line_id, ladder)[len(steps) :])
    return [
        Due(each.kind, line_id, entitled, due, due, None if each.units is None else facts[each.units.__name__])
        for each, entitled, due in zip(pays, found, found, strict=True)
    ]


@lru_cache(maxsize=MOST_EDITIONS)
def _called(steps: tuple[Function, ...], pays: tuple[Pays, ...]) -> tuple[Function, ...]:
    """The functions of these steps and kinds of award that return an amount, in order."""
    return (*steps, *[function for each in pays for function in (each.entitled, each.due)])


def amounts(
    edition: Edition, facts: Facts, functions: tuple[Function, ...], line_id: str | None, ladder: list[LadderPart]
) -> tuple[Minor, ...]:
    """The results of money functions, in order; the functions become the next part of the ladder."""
    nodes, values_of = _sequence(edition, functions)
    found: tuple[Minor, ...] = values_of(facts)
    if not _WHOLE.issuperset(map(type, found)):
        _check(edition, functions, found)
    if nodes:
        ladder.append(LadderPart(nodes, line_id, facts))
    return found


_WHOLE: Final = frozenset({int})


def _check(edition: Edition, functions: tuple[Function, ...], found: tuple[Any, ...]) -> None:
    for function, amount in zip(functions, found, strict=True):
        if not isinstance(amount, int):
            reason = getattr(amount, "because", type(amount).__name__)
            raise PolicyError(
                f"{edition.policy}: {location(function)} comes to no amount ({reason}); a clause has to ask first"
            )


@lru_cache(maxsize=MOST_EDITIONS)
def _sequence(
    edition: Edition, functions: tuple[Function, ...]
) -> tuple[tuple[Node, ...], Callable[[Mapping[str, Any]], tuple[Any, ...]]]:
    """The nodes of some functions, and what takes their results from the facts."""
    names = tuple(function.__name__ for function in functions)
    return tuple(edition.nodes[name] for name in names), getter(names)


@lru_cache(maxsize=MOST_EDITIONS)
def asks_for(edition: Edition, name: str) -> bool:
    """Whether a function of an edition asks for a fact."""
    return any(name in node.params for node in edition.nodes.values())


def awards(case: Case, dues: Sequence[Due]) -> Iterator[Award]:
    """Some amounts as they are awarded.

    The key of an award depends on everything that was ever settled, including what was reversed: every payment changes it, and nothing
    else does. So the key of a reversed payment never comes back, and a payment still on its way is not made again under another key.
    """
    return awards_for({"order": case.order.id}, case.settlements, dues)


def awards_for(
    paid_for: Mapping[str, object], settlements: Iterable[Settlement], dues: Sequence[Due]
) -> Iterator[Award]:
    """The same, for a thing that is paid for under other names and values than an order's id."""
    settled: dict[tuple[str, str | None], int] = {}
    for each in settlements:
        key = (each.kind.value, each.line_id)
        settled[key] = settled.get(key, 0) + each.amount
    for due in dues:
        before = settled.get((due.kind.value, due.line_id), 0) if settled else 0
        basis = {**paid_for, "line": due.line_id, "kind": due.kind, "settled_before": before}
        yield Award(
            digest(basis), due.kind, due.line_id, due.amount, due.entitled, Minor(due.entitled - due.due), due.units
        )
