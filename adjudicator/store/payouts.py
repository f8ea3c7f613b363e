"""Payouts: awards on their way to being paid. Reserved and confirmed payouts count as settled.

| payout | reserve | confirm | reverse |
| --- | --- | --- | --- |
| none | becomes reserved | refused | refused |
| reserved | unchanged, for the same claim and amount; else refused | becomes confirmed | becomes reversed |
| confirmed | unchanged, for the same claim and amount; else refused | unchanged | becomes reversed |
| reversed, never confirmed | becomes reserved, as a new attempt | refused | unchanged |
| reversed after it was confirmed | refused | refused | unchanged |

An award's key stays the same until something is paid for its order, line and kind. A payout reversed without being confirmed was never
paid: the next award reuses its key, and its payout is a new attempt with its own reference for the payment provider. A payout reversed
after it was confirmed was paid: it becomes a settlement with ``reversed_at``, which counts for nothing, but the next award gets a new key.
The next award also gets a new key if, while the unpaid payout counted, something else was reserved for the same order, line and kind.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Any, Final

import attrs
import orjson
import sqlalchemy as sa
from attrs import evolve, field, frozen
from attrs.converters import optional

from adjudicator.model.time import Instant
from adjudicator.store.errors import NotFound, NotPayable
from adjudicator.store.tables import PAYOUTS
from adjudicator.store.tenancy import chain_name


class State(StrEnum):
    """The state of a payout."""

    RESERVED = "reserved"
    CONFIRMED = "confirmed"
    REVERSED = "reversed"


NEXT: Final[Mapping[State, frozenset[State]]] = {
    State.CONFIRMED: frozenset({State.RESERVED}),
    State.REVERSED: frozenset({State.RESERVED, State.CONFIRMED}),
}
"""The states from which an existing payout can become confirmed or reversed."""


@frozen(kw_only=True)
class Payout:
    """A reserved award and its state. Amounts are in minor units of the currency.

    Where a case pays for something other than an order, ``order_id`` names that thing, and ``claim_id`` the case.
    """

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
        """The idempotency key for the payment provider: the award's key, plus the attempt's number from the second attempt on."""
        return self.key if self.attempt == 1 else f"{self.key}-{self.attempt}"

    @property
    def counts(self) -> bool:
        """Whether the payout counts as settled."""
        return self.state is not State.REVERSED

    @property
    def was_taken_back(self) -> bool:
        """Whether the payout was paid and then reversed."""
        return self.state is State.REVERSED and self.confirmed_at is not None

    def moved_to(self, state: State, at: Instant) -> Payout:
        """This payout, confirmed or reversed at an instant."""
        confirmed_at = at if state is State.CONFIRMED else self.confirmed_at
        return evolve(self, state=state, updated_at=at, confirmed_at=confirmed_at)


@frozen
class PayoutStep:
    """What a step of payouts was about, and which of these payouts it has changed. A ``repeat`` is an answer given again."""

    payouts: tuple[Payout, ...]
    changed: tuple[Payout, ...] = ()
    repeat: bool = False


_PAYOUTS_OF_CHAIN: Final = (
    sa.select(PAYOUTS)
    .where(PAYOUTS.c.chain == sa.bindparam("of"))
    .order_by(PAYOUTS.c.reserved_at, PAYOUTS.c.key, PAYOUTS.c.attempt)
)


def payouts_on_order(connection: sa.Connection, order_id: str) -> tuple[Payout, ...]:
    """Every payout on an order, oldest reservation first."""
    rows = connection.execute(_PAYOUTS_OF_CHAIN, {"of": chain_name(connection, "order", order_id)})
    return tuple(map(payout_from, rows.mappings()))


def payout_by_key(connection: sa.Connection, key: str) -> Payout:
    """The latest payout under a key. Raises :class:`~adjudicator.store.errors.NotFound`."""
    chosen = sa.select(PAYOUTS).where(PAYOUTS.c.key == key).order_by(PAYOUTS.c.attempt.desc()).limit(1)
    row = connection.execute(chosen).mappings().one_or_none()
    if row is None:
        raise NotFound(f"nothing was ever reserved under the key {key}")
    return payout_from(row)


def payouts_to_move(
    connection: sa.Connection, decision: sa.RowMapping, state: State, keys: Iterable[str] | None
) -> tuple[Payout, ...]:
    """The payouts of a decision's claim under ``keys``; without keys, those reserved on the decision that still count.

    Raises :class:`~adjudicator.store.errors.NotFound` for a key of another claim, and
    :class:`~adjudicator.store.errors.NotPayable` if there is nothing to confirm: succeeding silently would hide an unreserved payment.
    """
    if keys is None:
        on_order = payouts_on_order(connection, decision["order_id"]) if decision["order_id"] is not None else ()
        counting = tuple(payout for payout in on_order if payout.decision_id == decision["id"] and payout.counts)
        if state is State.CONFIRMED and not counting:
            raise NotPayable(
                f"nothing is reserved on decision {decision['id']}; "
                "to confirm what was reserved on another decision of the claim, name its key"
            )
        return counting
    payouts = tuple(payout_by_key(connection, key) for key in keys)
    for payout in payouts:
        if (payout.order_id, payout.claim_id) != (decision["order_id"], decision["claim_id"]):
            raise NotFound(f"the claim of decision {decision['id']} has no payout under the key {payout.key}")
    return payouts


def dump_payouts(payouts: Iterable[Payout]) -> str:
    """Serialize payouts as a stored answer."""
    return orjson.dumps([attrs.asdict(payout) for payout in payouts]).decode()


def load_payouts(text: str) -> tuple[Payout, ...]:
    """Read payouts from a stored answer."""
    return tuple(Payout(**fields) for fields in orjson.loads(text))


def payout_from(row: Mapping[str, Any] | sa.RowMapping) -> Payout:
    """Build a payout from a row of its table."""
    return Payout(**{name: value for name, value in row.items() if name not in ("chain", "tenant")})


def needs_move(payout: Payout, state: State) -> bool:
    """Whether a payout must change to reach a state; ``False`` if it is already there.

    Raises :class:`~adjudicator.store.errors.NotPayable` if it cannot get there.
    """
    if payout.state is state:
        return False
    if payout.state not in NEXT[state]:
        raise NotPayable(f"a {payout.state.value} payout cannot become {state.value}")
    return True
