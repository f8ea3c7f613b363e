"""Payouts: what was awarded, on its way to being paid. Only what is reserved or confirmed counts as settled.

| a payout that is | reserve | confirm | reverse |
| --- | --- | --- | --- |
| not there | becomes reserved | refused | refused |
| reserved | the same again, for the same claim and amount; else refused | becomes confirmed | becomes reversed |
| confirmed | the same again, for the same claim and amount; else refused | the same again | becomes reversed |
| reversed, never confirmed | becomes reserved, as another attempt | refused | the same again |
| reversed after it was confirmed | refused | refused | the same again |

The key of an award stays the same until something is paid for its order, line and kind. A payout that is reversed without having been
confirmed was never paid: its key comes again, and the payout under it is another attempt, with a reference of its own for the payment
provider. One that was confirmed was paid: as a settlement with ``reversed_at`` it counts for nothing, but the next award has another key.
So has the next award after one that was never paid, if something else was reserved for its order, line and kind while it counted.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from enum import StrEnum
from typing import Any, Final

import attrs
import orjson
import sqlalchemy as sa
from attrs import evolve, field, frozen
from attrs.converters import optional

from adjudicator.api import decide
from adjudicator.model.award import Award
from adjudicator.model.case import Case
from adjudicator.model.claim import Settlement
from adjudicator.model.enumerations import SettlementKind
from adjudicator.model.errors import Fault, InputError
from adjudicator.model.limits import MOST_ITEMS
from adjudicator.model.money import Minor
from adjudicator.model.soundness import CaseBase
from adjudicator.model.time import Instant
from adjudicator.store.errors import NotFound, NotPayable
from adjudicator.store.tables import PAYOUTS


class State(StrEnum):
    """How far a payout is."""

    RESERVED = "reserved"
    CONFIRMED = "confirmed"
    REVERSED = "reversed"


NEXT: Final[Mapping[State, frozenset[State]]] = {
    State.CONFIRMED: frozenset({State.RESERVED}),
    State.REVERSED: frozenset({State.RESERVED, State.CONFIRMED}),
}
"""From which states a payout that is there may become confirmed or reversed."""


@frozen(kw_only=True)
class Payout:
    """An award that was reserved, and how far it is. Amounts are minor units of the currency."""

    key: str
    attempt: int
    order_id: str
    claim_id: str
    decision_id: str
    kind: str
    line_id: str | None
    amount: int
    currency: str
    state: State = field(converter=State)
    reserved_at: Instant = field(converter=Instant)
    updated_at: Instant = field(converter=Instant)
    units: int | None = None
    confirmed_at: Instant | None = field(default=None, converter=optional(Instant))

    @property
    def reference(self) -> str:
        """The idempotency key for the payment provider: the award's key, and from the second attempt on its number too."""
        return self.key if self.attempt == 1 else f"{self.key}-{self.attempt}"

    @property
    def counts(self) -> bool:
        """Whether it counts as settled."""
        return self.state is not State.REVERSED

    @property
    def was_taken_back(self) -> bool:
        """Whether it was paid, and then reversed."""
        return self.state is State.REVERSED and self.confirmed_at is not None

    def moved_to(self, state: State, at: Instant) -> Payout:
        """The same payout, confirmed or reversed at an instant."""
        confirmed_at = at if state is State.CONFIRMED else self.confirmed_at
        return evolve(self, state=state, updated_at=at, confirmed_at=confirmed_at)


def payouts_of(connection: sa.Connection, order_id: str) -> tuple[Payout, ...]:
    """Every payout on an order, in the order in which they were reserved."""
    chosen = sa.select(PAYOUTS).where(PAYOUTS.c.chain == f"order/{order_id}")
    rows = connection.execute(chosen.order_by(PAYOUTS.c.reserved_at, PAYOUTS.c.key, PAYOUTS.c.attempt))
    return tuple(map(_payout, rows.mappings()))


def payout_under(connection: sa.Connection, key: str) -> Payout:
    """The last payout under a key."""
    chosen = sa.select(PAYOUTS).where(PAYOUTS.c.key == key).order_by(PAYOUTS.c.attempt.desc()).limit(1)
    row = connection.execute(chosen).mappings().one_or_none()
    if row is None:
        raise NotFound(f"nothing was ever reserved under the key {key}")
    return _payout(row)


def movable(
    connection: sa.Connection, decision: sa.RowMapping, state: State, keys: Iterable[str] | None
) -> tuple[Payout, ...]:
    """The payouts of a decision's claim under these keys; if none are named, those that were reserved on it and count.

    Raises :class:`~adjudicator.store.errors.NotFound` for a key of another claim, and
    :class:`~adjudicator.store.errors.NotPayable` where there is nothing that could be confirmed: whoever paid must learn of that.
    """
    if keys is None:
        on_the_order = payouts_of(connection, decision["order_id"]) if decision["order_id"] is not None else ()
        counting = tuple(each for each in on_the_order if each.decision_id == decision["id"] and each.counts)
        if state is State.CONFIRMED and not counting:
            raise NotPayable(
                f"nothing is reserved on the decision {decision['id']}; name what was reserved on another one of the claim by its key"
            )
        return counting
    found = tuple(payout_under(connection, key) for key in keys)
    for each in found:
        if (each.order_id, each.claim_id) != (decision["order_id"], decision["claim_id"]):
            raise NotFound(f"the claim of the decision {decision['id']} has no payout under the key {each.key}")
    return found


def text_of(payouts: Iterable[Payout]) -> str:
    """Payouts as the text of an answer that may be asked for again."""
    return orjson.dumps([attrs.asdict(each) for each in payouts]).decode()


def payouts_from(text: str) -> tuple[Payout, ...]:
    """The payouts of an answer that was given before."""
    return tuple(Payout(**each) for each in orjson.loads(text))


def _payout(row: sa.RowMapping) -> Payout:
    return Payout(**{name: value for name, value in row.items() if name != "chain"})


# The ledger


def settlements_in(payouts: Sequence[Payout], as_of: Instant | None = None) -> tuple[Settlement, ...]:
    """What was settled, as a case holds it.

    What a claim was paid for one kind and line is one settlement, with amounts and units summed, as far as the units are known. A rule
    may count what has no units by its amount, each by itself: so a payout of unknown units is a settlement of its own. So is each that
    was reversed, if it was paid, or if another payout has a key that was made while it counted: else the key of what is awarded in its
    place would be that one's.

    When something was settled is left out where that was after ``as_of``: a case may not look into its own future, but has to know what
    was paid. What was reversed after ``as_of`` is reversed at ``as_of``, for the same reason.
    """
    together: dict[object, list[Payout]] = defaultdict(list)
    for payout, built_on in zip(payouts, _built_on(payouts), strict=True):
        if payout.counts and payout.units is not None:
            together[payout.kind, payout.line_id, payout.claim_id].append(payout)
        elif payout.counts or payout.was_taken_back or built_on:
            together[payout.key, payout.attempt].append(payout)
    return tuple(_settlement(paid, as_of) for paid in together.values())


def _built_on(payouts: Sequence[Payout]) -> list[bool]:
    """Whether, while each counted, something was reserved on its line under another key, in the order in which they were reserved."""
    found = []
    later: dict[object, tuple[Payout, Payout | None]] = {}
    for payout in reversed(payouts):
        place = payout.kind, payout.line_id
        following, other = later.get(place, (None, None))
        if following is not None and following.key != payout.key:
            other = following
        later[place] = payout, other
        found.append(other is not None and other.reserved_at <= payout.updated_at)
    return found[::-1]


def _settlement(paid: Sequence[Payout], as_of: Instant | None) -> Settlement:
    """One settlement of payouts that belong together. The rest of a unit that was paid in part before settles no whole unit."""
    first = paid[0]
    reversed_at = None if first.counts else first.updated_at
    return Settlement(
        kind=SettlementKind(first.kind),
        line_id=first.line_id,
        claim_id=first.claim_id,
        amount=Minor(sum(each.amount for each in paid)),
        settled_at=_by(as_of, max(each.confirmed_at or each.reserved_at for each in paid)),
        units=sum(each.units or 0 for each in paid) or None,
        reversed_at=reversed_at if reversed_at is None or as_of is None else min(reversed_at, as_of),
    )


def _by(as_of: Instant | None, settled_at: Instant) -> Instant | None:
    return settled_at if as_of is None or settled_at <= as_of else None


def filled(case: Case, payouts: Sequence[Payout]) -> tuple[Case, int]:
    """The case with what is settled on record besides what it holds, and how many settlements that is."""
    _in_one_currency(case, payouts)
    added = settlements_in(payouts, case.as_of)
    if len(case.settlements) + len(added) > MOST_ITEMS:
        found = f"{len(case.settlements)} of them, and {len(added)} on record"
        raise InputError([Fault("/settlements", found, f"at most {MOST_ITEMS} in all")])
    return evolve(case, settlements=(*case.settlements, *added)), len(added)


def filled_in(connection: sa.Connection, case: CaseBase, order_id: str | None) -> tuple[Any, int | None]:
    """A case of any kind with what is settled on record for its order, and how many settlements that is.

    ``None`` for a kind of case that has no order, or no settlements: it stays as it is.
    """
    if order_id is None or not isinstance(case, Case):
        return case, None
    return filled(case, payouts_of(connection, order_id))


def as_it_stands(case: Case, count_filled: int | None, payouts: Sequence[Payout]) -> Case:
    """The recorded case with the ledger of this moment.

    ``count_filled`` says how many of its settlements, at the end, came from the record. ``None`` says that the caller handed in the
    whole ledger, which may or may not hold what is on record: for every kind, line and claim the larger sum counts, of amounts and of
    units.
    """
    _in_one_currency(case, payouts)
    on_record = settlements_in(payouts, case.as_of)
    if count_filled is not None:
        return evolve(case, settlements=(*case.settlements[: len(case.settlements) - count_filled], *on_record))
    return evolve(case, settlements=(*case.settlements, *_missing_from(case.settlements, on_record)))


def _missing_from(ledger: Sequence[Settlement], on_record: Sequence[Settlement]) -> Iterator[Settlement]:
    """What is on record beyond a ledger. What the ledger has for the same kind, line and claim is matched with it, what stands first.

    The ledger may not have heard yet that a payment was reversed: it is matched all the same.
    """
    amounts: dict[object, int] = defaultdict(int)
    units: dict[object, int | None] = defaultdict(int)
    for each in ledger:
        place = _place(each)
        amounts[place, each.stands] += each.amount
        if each.stands:
            before = units[place]
            units[place] = None if before is None or each.units is None else before + each.units
    for each in sorted(on_record, key=lambda each: not each.stands):
        place = _place(each)
        matched = _match(amounts, (place, True), each.amount)
        if not each.stands:
            matched += _match(amounts, (place, False), each.amount - matched)
        more_units = _units_beyond(each, units[place], matched) if each.stands else None
        if each.amount > matched or more_units:
            yield evolve(each, amount=Minor(each.amount - matched), units=more_units)


def _place(settlement: Settlement) -> object:
    return settlement.kind, settlement.line_id, settlement.claim_id


def _match(amounts: dict[object, int], place: object, amount: int) -> int:
    """How much of an amount a ledger has at a place. That is then used up."""
    matched = min(amounts[place], amount)
    amounts[place] -= matched
    return matched


def _units_beyond(settlement: Settlement, known: int | None, matched: int) -> int | None:
    """How many units a settlement has beyond those that a ledger has in its place; ``None`` if none, or if nobody knows.

    On record there is one settlement of known units in a place, so there is nothing else to match them with.
    """
    if settlement.units is None or known is None:
        return None if matched else settlement.units
    return max(0, settlement.units - known) or None


def _in_one_currency(case: Case, payouts: Iterable[Payout]) -> None:
    other = {payout.currency for payout in payouts if payout.counts} - {case.order.currency}
    if other:
        expected = f"{other.pop()}, in which the order was paid before"
        raise InputError([Fault("/order/currency", case.order.currency, expected)])


# Reserving


def reservable(
    asked: Sequence[Award], claim_id: str, newest: Case, count_filled: int | None, payouts: Sequence[Payout]
) -> tuple[list[Payout], list[Award]]:
    """Which of the awards are reserved already for this claim, and which may be reserved now.

    ``newest`` is the case of the claim's newest decision. It is decided again with the ledger of this moment: what that awards is what
    is left, and an award is reserved only within it. Raises :class:`~adjudicator.store.errors.NotPayable` if any of them may not be.
    """
    live = {payout.key: payout for payout in payouts if payout.counts}
    left = {award.key: award for award in decide(as_it_stands(newest, count_filled, payouts)).awards}
    there, free, refused = [], [], []
    for award in asked:
        payout = live.get(award.key)
        if payout is not None and (payout.claim_id, payout.amount) == (claim_id, award.amount):
            there.append(payout)
        elif payout is None and award.key in left and award.amount <= left[award.key].amount:
            free.append(award)
        else:
            refused.append(award)
    if refused:
        raise NotPayable(_refusal(refused, tuple(left.values())), left.values())
    return there, free


def _refusal(refused: Iterable[Award], left: Sequence[Award]) -> str:
    rest = {(award.kind, award.line_id): award.amount for award in left}
    told = "; ".join(
        f"{award.kind.value} {award.line_id or 'of the order'}: {award.amount} asked for, "
        f"{rest.get((award.kind, award.line_id), 0)} left"
        for award in refused
    )
    return f"{told}. Decide again with what is settled on record, and pay on that decision"


def moved(payout: Payout, state: State) -> bool:
    """Whether a payout becomes confirmed or reversed, ``False`` where it is already.

    Raises :class:`~adjudicator.store.errors.NotPayable` for a step that there is not.
    """
    if payout.state is state:
        return False
    if payout.state not in NEXT[state]:
        raise NotPayable(f"a payout that is {payout.state.value} cannot become {state.value}")
    return True
