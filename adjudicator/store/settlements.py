"""Settlements: what the payouts on record mean for a case, and a case brought up to date with them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate
from typing import Any, TypeAlias

import sqlalchemy as sa
from attrs import evolve

from adjudicator.engine.registry import edition_for
from adjudicator.kinds.paying import PaymentCase
from adjudicator.model.case import Case
from adjudicator.model.claim import Settlement
from adjudicator.model.enumerations import SettlementKind
from adjudicator.model.errors import Fault, InputError, shown
from adjudicator.model.limits import MOST_ITEMS
from adjudicator.model.money import Minor
from adjudicator.model.soundness import CaseBase
from adjudicator.model.time import Instant
from adjudicator.store.lookups import PAID_FOR
from adjudicator.store.payouts import Payout, payouts_on_order

PayingCase: TypeAlias = Case | PaymentCase
"""A case whose awards can be reserved, and that says what was paid before."""


def settlements_in(payouts: Sequence[Payout], as_of: Instant | None = None) -> tuple[Settlement, ...]:
    """The settlements that a case would list for these payouts.

    Payouts of one claim for the same kind and line become one settlement with amounts and units summed, if their units are known. Rules may
    count units from the amount of each settlement, so a payout of unknown units is a settlement of its own. So is each reversed payout that
    was paid, or during which a payout with another key was reserved: without it, the next award would get that payout's key.

    ``settled_at`` is when the last of them was confirmed. It is left out if not all are confirmed, because nobody knows yet whether those
    were paid, and if it lies after ``as_of``: a case may not look into its own future, but must know what counts. For the same reason, what
    was reversed after ``as_of`` is reversed at ``as_of``.
    """
    return tuple(_as_known_at(as_of, [*_running(paid)][-1]) for paid in _settled_together(payouts))


def _settled_together(payouts: Sequence[Payout]) -> Iterable[Sequence[Payout]]:
    """The payouts that make one settlement each."""
    groups: dict[object, list[Payout]] = defaultdict(list)
    for payout, superseded in zip(payouts, _superseded_while_counting(payouts), strict=True):
        if payout.counts and payout.units is not None:
            groups[payout.kind, payout.line_id, payout.claim_id].append(payout)
        elif payout.counts or payout.was_taken_back or superseded:
            groups[payout.key, payout.attempt].append(payout)
    return groups.values()


def _superseded_while_counting(payouts: Sequence[Payout]) -> list[bool]:
    """For each payout, in order of reservation: was another key reserved on its line while it counted?"""
    flags = []
    following_payouts: dict[object, tuple[Payout, Payout | None]] = {}
    for payout in reversed(payouts):
        key = payout.kind, payout.line_id
        following, other = following_payouts.get(key, (None, None))
        if following is not None and following.key != payout.key:
            other = following
        following_payouts[key] = payout, other
        flags.append(other is not None and other.reserved_at <= payout.updated_at)
    return flags[::-1]


def _running(paid: Iterable[Payout]) -> Iterator[Settlement]:
    """The settlement of some payouts as it was after each of them."""
    return accumulate(map(_settlement, paid), _together)


def _settlement(payout: Payout) -> Settlement:
    """The settlement of one payout. The rest of a partly paid unit settles no whole unit."""
    return Settlement(
        kind=SettlementKind(payout.kind),
        line_id=payout.line_id,
        claim_id=None if payout.order_id.startswith(PAID_FOR) else payout.claim_id,
        amount=Minor(payout.amount),
        settled_at=payout.confirmed_at,
        units=payout.units or None,
        reversed_at=None if payout.counts else payout.updated_at,
    )


def _together(one: Settlement, other: Settlement) -> Settlement:
    """Two settlements of the same kind, line and claim as one. If one is not dated, nobody knows when both were paid."""
    dates = [each.settled_at for each in (one, other) if each.settled_at is not None]
    return evolve(
        one,
        amount=Minor(one.amount + other.amount),
        settled_at=max(dates) if len(dates) == 2 else None,
        units=(one.units or 0) + (other.units or 0) or None,
    )


def _as_known_at(as_of: Instant | None, settlement: Settlement) -> Settlement:
    """A settlement without what lies after ``as_of``."""
    if as_of is None:
        return settlement
    settled_at, reversed_at = settlement.settled_at, settlement.reversed_at
    return evolve(
        settlement,
        settled_at=None if settled_at is None or settled_at > as_of else settled_at,
        reversed_at=None if reversed_at is None else min(reversed_at, as_of),
    )


def _add_settlements(case: PayingCase, payouts: Sequence[Payout]) -> tuple[PayingCase, int]:
    """The case with the settlements on record added, and how many those are.

    Raises :class:`~adjudicator.model.errors.InputError` for a case that lists one of them already.
    """
    _check_currency(case, payouts)
    _check_not_listed(case, payouts)
    added = settlements_in(payouts, case.as_of)
    _check_lines(case, added)
    if len(case.settlements) + len(added) > MOST_ITEMS:
        value = f"{len(case.settlements)} of them, and {len(added)} on record"
        raise InputError([Fault("/settlements", value, f"at most {MOST_ITEMS} in all")])
    return evolve(case, settlements=(*case.settlements, *added)), len(added)


def _check_not_listed(case: PayingCase, payouts: Sequence[Payout]) -> None:
    """Refuse a case that lists what would be added, as it is or as it was before: the money would count twice.

    An undated settlement on record may be any that is listed with the same sum, and an undated one that is listed any on record.
    """
    if not case.settlements:
        return
    known: dict[object, set[Instant | None]] = defaultdict(set)
    for paid in _settled_together(payouts):
        for settlement in _running(paid):
            known[_same_payment(settlement)].add(settlement.settled_at)
    for settlement, confirmed in _before_reversals(payouts):
        known[_same_payment(settlement)] |= confirmed
    faults = [
        Fault(
            f"/settlements/{index}",
            f"{each.kind.value} {each.amount}",
            "no settlement that is on record already: leave it out if it is that one; if it is another payment, "
            "list all of them, and do without fill_settlements",
        )
        for index, each in enumerate(case.settlements)
        if (dates := known.get(_same_payment(each))) is not None
        and (each.settled_at is None or dates & {None, each.settled_at})
    ]
    if faults:
        raise InputError(faults)


def _before_reversals(payouts: Sequence[Payout]) -> Iterator[tuple[Settlement, frozenset[Instant]]]:
    """The settlements as they were while payouts counted that were reversed since, and the dates that they may have had."""
    groups: dict[object, list[Payout]] = defaultdict(list)
    for payout in payouts:
        if payout.units is not None:
            groups[payout.kind, payout.line_id, payout.claim_id].append(payout)
    for paid in groups.values():
        steps = [(each.reserved_at, each.amount, each.units or 0) for each in paid]
        steps += [(each.updated_at, -each.amount, -(each.units or 0)) for each in paid if not each.counts]
        if len(steps) > len(paid):
            dates = frozenset(each.confirmed_at for each in paid if each.confirmed_at is not None)
            yield from ((each, dates) for each in _after_each(_settlement(paid[0]), sorted(steps)))


def _after_each(first: Settlement, steps: Iterable[tuple[Instant, int, int]]) -> Iterator[Settlement]:
    """A settlement after each of some steps that add an amount and units to it, or take them away; undated."""
    total = units = 0
    for _, more, more_units in steps:
        total, units = total + more, units + more_units
        if total > 0:
            yield evolve(first, amount=Minor(total), units=units or None, settled_at=None, reversed_at=None)


def _same_payment(settlement: Settlement) -> object:
    return *_ledger_key(settlement), settlement.amount, settlement.units


def with_recorded_settlements(
    connection: sa.Connection, case: CaseBase, order_id: str | None
) -> tuple[Any, int | None]:
    """A case of any kind with the settlements on record for its order added, and how many those are.

    A case without an order or settlements is unchanged, and the number is ``None``.
    """
    if order_id is None or not isinstance(case, PayingCase):
        return case, None
    return _add_settlements(case, payouts_on_order(connection, order_id))


def with_current_ledger(case: PayingCase, count_filled: int | None, payouts: Sequence[Payout]) -> PayingCase:
    """A recorded case with its settlements brought up to date.

    ``count_filled`` is how many of the case's last settlements came from the record. ``None`` means that the caller supplied the whole
    ledger, which may or may not include payouts on record: then the larger sum of each kind, line and claim counts, for amounts and
    for units.
    """
    _check_currency(case, payouts)
    on_record = settlements_in(payouts, case.as_of)
    _check_lines(case, on_record)
    if count_filled is not None:
        return evolve(case, settlements=(*case.settlements[: len(case.settlements) - count_filled], *on_record))
    return evolve(case, settlements=(*case.settlements, *_missing_settlements(case.settlements, on_record)))


def _missing_settlements(ledger: Sequence[Settlement], on_record: Sequence[Settlement]) -> Iterator[Settlement]:
    """The settlements on record that a ledger lacks, matched by kind, line and claim; those not reversed are matched first.

    The ledger may still list a payment that was reversed since; it matches too.
    """
    amounts: dict[object, int] = defaultdict(int)
    units: dict[object, int | None] = defaultdict(int)
    for settlement in ledger:
        key = _ledger_key(settlement)
        amounts[key, settlement.stands] += settlement.amount
        if settlement.stands:
            before = units[key]
            units[key] = None if before is None or settlement.units is None else before + settlement.units
    for settlement in sorted(on_record, key=lambda settlement: not settlement.stands):
        key = _ledger_key(settlement)
        matched = _match(amounts, (key, True), settlement.amount)
        if not settlement.stands:
            matched += _match(amounts, (key, False), settlement.amount - matched)
        more_units = _units_beyond(settlement, units[key], matched) if settlement.stands else None
        if settlement.amount > matched or more_units:
            yield evolve(settlement, amount=Minor(settlement.amount - matched), units=more_units)


def _ledger_key(settlement: Settlement) -> tuple[object, ...]:
    return settlement.kind, settlement.line_id, settlement.claim_id


def _match(amounts: dict[object, int], key: object, amount: int) -> int:
    """Match an amount against what a ledger has under a key, and use that up."""
    matched = min(amounts[key], amount)
    amounts[key] -= matched
    return matched


def _units_beyond(settlement: Settlement, known: int | None, matched: int) -> int | None:
    """How many units a settlement has beyond those of a ledger; ``None`` if none or unknown.

    The record has one settlement of known units per key, so nothing else can match them.
    """
    if settlement.units is None or known is None:
        return None if matched else settlement.units
    return max(0, settlement.units - known) or None


def currency_of(case: PayingCase) -> str:
    """The currency of the amounts of a case: its order's, or that of its kind."""
    return case.order.currency if isinstance(case, Case) else str(edition_for(case).case_kind.currency)


def _check_currency(case: PayingCase, payouts: Iterable[Payout]) -> None:
    known = currency_of(case)
    other = {payout.currency for payout in payouts if payout.counts} - {known}
    if other:
        pointer = "/order/currency" if isinstance(case, Case) else ""
        raise InputError([Fault(pointer, known, f"{other.pop()}, the currency of earlier payouts on this order")])


def _check_lines(case: PayingCase, on_record: Iterable[Settlement]) -> None:
    """Refuse an order that lacks a line which was paid for: as a fault of the settlements, the caller could not find it in the case."""
    if not isinstance(case, Case):
        return
    lines = {line.id for line in case.order.lines}
    missing = sorted({each.line_id for each in on_record if each.line_id is not None} - lines)
    if missing:
        raise InputError(
            Fault("/order/lines", "no such line", f"a line with the id {shown(each)}: payouts on record are for it")
            for each in missing
        )
