"""One claimed line of a case, and what concerns it: looked up, never searched for."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache, cached_property
from itertools import compress
from operator import attrgetter, is_not
from typing import Any, Final, NamedTuple, TypeAlias, TypeVar

import attrs
from attrs import Factory, field, frozen

from adjudicator.engine.changes_in_time import at_moment
from adjudicator.model.case import Case
from adjudicator.model.claim import ClaimItem
from adjudicator.model.enumerations import (
    SettlementKind,
)
from adjudicator.model.evidence import (
    ClaimDocument,
)
from adjudicator.model.fields import fields_by_wire_name
from adjudicator.model.money import Minor
from adjudicator.model.order import OrderLine, Parcel
from adjudicator.model.source import maker_of_parts
from adjudicator.model.time import Instant

D = TypeVar("D", bound=ClaimDocument)


class Paid(NamedTuple):
    """A payment that settled units of a line: how much it was, and of how many units, if that is stated."""

    amount: Minor
    units: int | None


class CaseIndex:
    """Where things stand in a case: what concerns one line is looked up here, and never searched for line by line.

    ``lines`` are the positions of the lines of the order by id, and ``parcels`` those of the parcels that carry each line; ``evidence``
    is the evidence by the name of its kind and each line that it names (``None`` where it names none), with its positions. Where the
    case has the same objects as an ``earlier`` one, what that one's index says of them is taken over.
    """

    def __init__(self, case: Case, earlier: CaseIndex | None = None) -> None:
        self.case = case
        self._positions: Mapping[str, int] | None = None
        self.lines: Mapping[str, int]
        self.parcels: Mapping[str, list[int]]
        self.evidence: Mapping[str, ByLine]
        if earlier is not None and earlier.case.order is case.order:
            self.lines, self.parcels = earlier.lines, earlier.parcels
        else:
            self.lines, self.parcels = _positions(case.order.lines), _by_line(case.order.parcels)
        if earlier is not None and earlier.case.evidence is case.evidence:
            self.evidence = earlier.evidence
        else:
            self.evidence = _by_kind_and_line(case.evidence)

    @property
    def positions(self) -> Mapping[str, int]:
        """The ids of all evidence of the case, in its order, each with its position."""
        found = self._positions
        if found is None:
            self._positions = found = {each.id: position for position, each in enumerate(self.case.evidence)}
        return found

    @cached_property
    def payments(self) -> Mapping[tuple[SettlementKind, str | None, bool], list[Paid]]:
        """What was paid before and stands, by its kind, its line (``None``: the order), and whether under this claim."""
        found: dict[tuple[SettlementKind, str | None, bool], list[Paid]] = {}
        for each in self.case.settlements:
            if each.stands:
                by_this_claim = each.claim_id == self.case.claim.id
                found.setdefault((each.kind, each.line_id, by_this_claim), []).append(Paid(each.amount, each.units))
        return found

    @cached_property
    def settled(self) -> Mapping[tuple[SettlementKind, str | None, bool], Minor]:
        """The sums of these payments."""
        return {key: Minor(sum([paid.amount for paid in of_it])) for key, of_it in self.payments.items()}

    @cached_property
    def paid_under_this_claim(self) -> Minor:
        """What was paid before under this claim in all, price adjustments apart."""
        return Minor(
            sum(
                amount
                for (kind, _, by_this_claim), amount in self.settled.items()
                if by_this_claim and kind is not SettlementKind.PRICE_ADJUSTMENT
            )
        )

    def settled_on(self, kind: SettlementKind, line_id: str | None) -> Minor:
        """What was settled before of a kind on a line (``None``: on the order), under any claim."""
        settled = self.settled
        return Minor(settled.get((kind, line_id, False), 0) + settled.get((kind, line_id, True), 0))


ByLine: TypeAlias = Mapping[str | None, list[tuple[int, Any]]]
"""Evidence by the line that it names (``None`` where it names none), with its positions."""


_NO_LINE: Final = (None,)


def _by_kind_and_line(evidence: Iterable[Any]) -> Mapping[str, ByLine]:
    found: dict[str, dict[str | None, list[tuple[int, Any]]]] = {}
    for position, each in enumerate(evidence):
        of_its_kind = found.setdefault(each.kind, {})
        ids = each.line_ids or _NO_LINE
        for line_id in ids if len(ids) == 1 else dict.fromkeys(ids):
            of_its_kind.setdefault(line_id, []).append((position, each))
    return found


def _positions(lines: Iterable[OrderLine]) -> Mapping[str, int]:
    found: dict[str, int] = {}
    for position, line in enumerate(lines):
        found[line.id] = position
    return found


def _by_line(parcels: Iterable[Parcel]) -> Mapping[str, list[int]]:
    found: dict[str, list[int]] = {}
    for position, parcel in enumerate(parcels):
        ids = parcel.line_ids
        for line_id in ids if len(ids) == 1 else dict.fromkeys(ids):
            found.setdefault(line_id, []).append(position)
    return found


@frozen
class ClaimedLine:
    """What a clause of a claim judges: one claimed line of one case."""

    case: Case
    item: ClaimItem
    line: OrderLine
    item_index: int
    line_index: int
    index: CaseIndex = field(
        default=Factory(lambda at: CaseIndex(at.case), takes_self=True), eq=False, repr=False, kw_only=True
    )

    @property
    def line_id(self) -> str:
        """The id of the line."""
        return self.line.id

    @property
    def positions(self) -> Mapping[str, int]:
        """The ids of all evidence of the case, in its order, each with its position."""
        return self.index.positions

    @property
    def closes_at(self) -> Instant | None:
        """The last instant at which evidence is waited for."""
        return self.case.claim.evidence_closes_at

    @property
    def as_of(self) -> Instant:
        """The moment of the decision."""
        return self.case.as_of

    def at_moment(self, moment: Instant) -> ClaimedLine:
        """The same line at a later moment."""
        case = at_moment(self.case, moment)
        return a_claimed_line(case, self.item, self.line, self.item_index, self.line_index, index=self.index)

    def parts_unlike(self, earlier: ClaimedLine) -> frozenset[str]:
        """The pointers to the parts of the case that are not the same objects as in an earlier one: its fields, and those of claim and order.

        A copy of a case with one value changed differs in one field of one of them.
        """
        now, before = self.case, earlier.case
        unlike = [*_unlike(now, before, "")]
        if now.claim is not before.claim:
            unlike += _unlike(now.claim, before.claim, "/claim")
        if now.order is not before.order:
            unlike += _unlike(now.order, before.order, "/order")
        return frozenset(unlike)

    def places(self) -> dict[str, tuple[int, ...]]:
        """What the placeholders of a fact's pointers stand for."""
        carried_by = tuple(self.index.parcels.get(self.line.id, ()))
        return {"item": (self.item_index,), "line": (self.line_index,), "parcel": carried_by}

    def parcels(self) -> tuple[Parcel, ...]:
        """The parcels that carry the line."""
        return tuple([self.case.order.parcels[position] for position in self.index.parcels.get(self.line.id, ())])

    def documents(self, kind: type[D]) -> tuple[D, ...]:
        """The pieces of evidence of one kind that concern the line, in the order of the case."""
        by_line = self.index.evidence.get(kind.kind)
        if by_line is None:
            return ()
        found: Iterable[tuple[int, Any]] = by_line.get(self.line.id, ())
        if None in by_line:  # no position is there twice, so no two documents are compared
            found = sorted([*found, *by_line[None]]) if found else by_line[None]
        return tuple([each for _, each in found])

    def settled(self, kind: SettlementKind, *, by_this_claim: bool = False) -> Minor:
        """What was settled before on the line, of one kind."""
        if by_this_claim:
            return self.index.settled.get((kind, self.line.id, True), Minor(0))
        return self.index.settled_on(kind, self.line.id)

    def payments(self, kind: SettlementKind, *, by_this_claim: bool) -> tuple[Paid, ...]:
        """What was paid before on the line, of one kind, under this claim or under the others."""
        return tuple(self.index.payments.get((kind, self.line.id, by_this_claim), ()))


a_claimed_line: Final = maker_of_parts(ClaimedLine, tuple(attrs.fields_dict(ClaimedLine)))
"""Makes a claimed line from all its fields, for less than the class does."""


def _unlike(now: Any, before: Any, at: str) -> Iterator[str]:
    """The pointers to those fields of an object that are not the same objects as in another of its class."""
    kind: Any = type(now)
    pointers, values_of = _fields_of(kind, at)
    return compress(pointers, map(is_not, values_of(now), values_of(before)))


@cache
def _fields_of(kind: Any, at: str) -> tuple[tuple[str, ...], Callable[[Any], tuple[Any, ...]]]:
    """The pointers to the fields of a class of objects at a place, and what takes their values."""
    fields = fields_by_wire_name(kind)
    return tuple([f"{at}/{name}" for name in fields]), attrgetter(*[each.name for each in fields.values()])
