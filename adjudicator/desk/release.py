"""The payouts that wait to be released, on all orders, longest ago first."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from attrs import asdict, frozen

from adjudicator.desk.cursors import cursor_of, place_in
from adjudicator.desk.history import Act, amount_of
from adjudicator.desk.queue import name_of
from adjudicator.store import DecisionStore, WaitingPayout
from adjudicator.words import Words, words_for

ROWS: Final = 50
"""The payouts of a page."""


@frozen(kw_only=True)
class Row:
    """A reserved payout in words, and what an act on it has to name. ``is_replaced``: another decision has replaced the one behind it."""

    decision: str
    key: str
    version: int
    order: str
    text: str
    name: str
    since: str
    reference: str
    is_replaced: bool


@frozen
class Waiting:
    """A page of the payouts that wait; ``cursor`` leads to the next one."""

    rows: tuple[WaitingPayout, ...]
    cursor: str | None


def waiting_payouts(record: DecisionStore, cursor: str | None) -> Waiting:
    """A page of what waits to be released. Raises :class:`ValueError` for a cursor from elsewhere."""
    after = None if cursor is None else place_in(cursor, int, str, int)
    found = record.waiting_payouts(after, ROWS + 1)
    rows = found[:ROWS]
    return Waiting(rows, cursor_of(*rows[-1].place) if len(found) > ROWS else None)


def rows_in_words(waiting: Waiting, language: str) -> Iterator[Row]:
    """The rows of a page."""
    words = words_for(None, language, exact=False)
    return (_row(each, words) for each in waiting.rows)


def acts(language: str) -> tuple[Act, ...]:
    """What can be done with several payouts."""
    words = words_for(None, language, exact=False)
    return tuple(Act(do, words.say(f"desk.acts.{do}"), words.say(f"desk.asks.{do}")) for do in ("confirm", "reverse"))


def _row(each: WaitingPayout, words: Words) -> Row:
    payout = each.payout
    return Row(
        decision=each.summary.id,
        key=payout.key,
        version=each.version,
        order=payout.order_id,
        text=amount_of(asdict(payout) | {"award": payout.kind}, words),
        name=name_of(each.summary, words),
        since=words.say("desk.release.since", moment=words.moment(payout.reserved_at)),
        reference=words.say("desk.release.reference", reference=payout.reference),
        is_replaced=each.summary.superseded_by is not None,
    )
