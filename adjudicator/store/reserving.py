"""Reserving: which awards of a decision can be reserved now, and why others cannot."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from adjudicator.api import decide
from adjudicator.model.award import Award
from adjudicator.model.time import Instant, beijing_text
from adjudicator.store.errors import NotPayable
from adjudicator.store.payouts import Payout
from adjudicator.store.settlements import PayingCase, with_current_ledger


def split_awards(
    requested: Sequence[Award],
    claim_id: str,
    newest: PayingCase,
    count_filled: int | None,
    payouts: Sequence[Payout],
    capped_by: str | None,
) -> tuple[list[Payout], list[Award]]:
    """Split awards into payouts already reserved for this claim and awards that can be reserved now.

    ``newest`` is the case of the claim's newest decision. It is decided again with current settlements; an award can be reserved only
    within what that decision awards. ``capped_by`` is the id of that decision if it is not the one that the awards are from. Raises
    :class:`~adjudicator.store.errors.NotPayable` if any of them cannot.
    """
    live = {payout.key: payout for payout in payouts if payout.counts}
    left = {award.key: award for award in decide(with_current_ledger(newest, count_filled, payouts)).awards}
    reserved, free, refused = [], [], []
    for award in requested:
        payout = live.get(award.key)
        if payout is not None and (payout.claim_id, payout.amount) == (claim_id, award.amount):
            reserved.append(payout)
        elif payout is None and award.key in left and award.amount <= left[award.key].amount:
            free.append(award)
        else:
            refused.append(award)
    if refused:
        advice = _DECIDE_AGAIN if capped_by is None else _advice(capped_by, newest.as_of)
        raise NotPayable(f"{_amounts(refused, tuple(left.values()))}. {advice}", left.values())
    return reserved, free


_DECIDE_AGAIN: Final = "Decide again with the settlements on record, and pay on that decision"


def _advice(capped_by: str, as_of: Instant) -> str:
    """What to do if a newer decision of the claim says what can be paid."""
    moment = beijing_text(as_of)
    return (
        f"What is left is what decision {capped_by} awards now: it is the newest of the claim, as_of {moment}. If it is right, "
        f"decide again as of then or later, with the settlements on record, and pay on that decision; if it is wrong, supersede it"
    )


def _amounts(refused: Iterable[Award], left: Sequence[Award]) -> str:
    remaining = {(award.kind, award.line_id): award.amount for award in left}
    return "; ".join(
        f"{award.kind.value} {award.line_id or 'of the order'}: {award.amount} requested, "
        f"{remaining.get((award.kind, award.line_id), 0)} left"
        for award in refused
    )
