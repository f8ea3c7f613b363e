"""Money: from approved units to awards, one named step after another.

The lines come first, then the order, then the caps. Every money function that ran is a step of the ladder, and nothing is
paid that is not an award.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from json.encoder import encode_basestring as quoted
from operator import attrgetter
from typing import Final

from attrs import frozen

from adjudicator.engine.evaluation import Facts
from adjudicator.engine.inspection import Function
from adjudicator.engine.ladder import LadderPart, Table, steps_source
from adjudicator.engine.plan import source_next
from adjudicator.engine.policy import MOST_EDITIONS, Edition
from adjudicator.kinds.claimed_line import ClaimedLine
from adjudicator.kinds.dues import Due, DuesPart, Pays, amounts, check_amounts, check_units, dues_part
from adjudicator.model.award import Award, AwardKind
from adjudicator.model.case import Case
from adjudicator.model.claim import Settlement
from adjudicator.model.digest import canonical
from adjudicator.model.enumerations import SettlementKind
from adjudicator.model.money import Minor
from adjudicator.model.source import Source, maker

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


@frozen(kw_only=True, eq=False)
class Payment:
    """What an approved claim pays.

    ``units`` says how many units of a line are approved, ``steps`` are the steps that the kinds of award share: amounts, as all
    that is shown of the calculation. ``at_most`` are ceilings over everything together, applied one after the other; what exceeds
    one is cut from the end of ``cap_priority``.

    Raises :class:`~adjudicator.engine.clause.PolicyError` for units whose function does not return ``int``, and amounts whose
    function does not return ``Minor``.
    """

    units: Function
    steps: tuple[Function, ...]
    per_line: tuple[Pays, ...]
    per_order: tuple[Pays, ...]
    at_most: tuple[Function, ...]
    cap_priority: tuple[AwardKind, ...]

    def __attrs_post_init__(self) -> None:
        for units in (
            self.units,
            *[each.units for each in (*self.per_line, *self.per_order) if each.units is not None],
        ):
            check_units(units, "Payment")
        check_amounts([function for place, function in self.places() if place != "units"], "Payment")

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

    def plans(self, edition: Edition) -> Iterator[Source]:
        """The sources of the plans for the units, for each approved line and for the order, and of what makes their steps."""
        yield source_next(edition, (self.units.__name__,))
        for part in self.parts(edition):
            yield from (part.source, steps_source(part.nodes))

    def parts(self, edition: Edition) -> tuple[DuesPart, DuesPart]:
        """What is calculated for each approved line, and what for the whole order."""
        lines = (self.units, *self.steps, *[function for pays in self.per_line for function in pays.functions()])
        return (
            dues_part(edition, self.steps, self.per_line, after=(self.units,)),
            dues_part(edition, (), self.per_order, then=self.at_most, after=lines),
        )

    @property
    def caps(self) -> tuple[Function, ...]:
        """The ceilings over everything together."""
        return self.at_most

    @property
    def terms(self) -> Mapping[str, str]:
        """In which order the kinds of award are paid under a cap."""
        return {"taken_in_order": ", ".join(kind.value for kind in self.cap_priority)}


@frozen
class ApprovedLine:
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
    of_line, of_order, ask_for_lines = _parts(edition, payment)
    ladder: list[LadderPart] = []
    dues: list[Due] = []
    for line in approved:
        dues += of_line.dues(line.facts, line.at.line_id, ladder)
    order_facts = approved[0].facts
    if ask_for_lines:
        order_facts[ORDER_LINES] = accounts(case, approved, dues)
    dues += of_order.dues(order_facts, None, ladder)
    return capped(edition, order_facts, dues, payment.at_most, payment.cap_priority, ladder), tuple(ladder)


@lru_cache(maxsize=MOST_EDITIONS)
def _parts(edition: Edition, payment: Payment) -> tuple[DuesPart, DuesPart, bool]:
    return *payment.parts(edition), any(ORDER_LINES in node.params for node in edition.nodes.values())


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
    return Minor(sum(map(_AMOUNT, dues)))


_AMOUNT: Final = attrgetter("amount")


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


def awards(case: Case, dues: Sequence[Due]) -> list[Award]:
    """Some amounts as they are awarded.

    The key of an award depends on everything that was ever settled, including what was reversed: every payment changes it, and nothing
    else does. So the key of a reversed payment never comes back, and a payment still on its way is not made again under another key.
    """
    return _awards(f'"order":{quoted(case.order.id)}', case.settlements, dues)


def awards_for(paid_for: Mapping[str, object], settlements: Iterable[Settlement], dues: Sequence[Due]) -> list[Award]:
    """The same, for a thing that is paid for under other names and values than an order's id.

    A key is the digest of canonical JSON, so the names have to stand between ``line`` and ``settled_before``.
    """
    return _awards(canonical(paid_for).decode()[1:-1], settlements, dues)


def _awards(members: str, settlements: Iterable[Settlement], dues: Sequence[Due]) -> list[Award]:
    """The same, given the names and values as they stand in canonical JSON."""
    settled: dict[tuple[str, str | None], int] = {}
    for each in settlements:
        of_it = (each.kind.value, each.line_id)
        settled[of_it] = settled.get(of_it, 0) + each.amount
    found: list[Award] = []
    for kind, line_id, entitled, left, amount, units in dues:
        name, line = kind._value_, "null" if line_id is None else quoted(line_id)
        before = settled.get((name, line_id), 0) if settled else 0
        basis = f'{{"kind":"{name}","line":{line},{members},"settled_before":{before}}}'
        key = hashlib.sha256(basis.encode()).hexdigest()
        found.append(_make_award(key, kind, line_id, amount, entitled, Minor(entitled - left), units))
    return found


_make_award: Final = maker(Award)
an_approved_line: Final = maker(ApprovedLine)
"""Makes an approved line, for less than the class does."""
