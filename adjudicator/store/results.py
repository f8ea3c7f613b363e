"""Decisions as they are answered and listed, and the pages of the list."""

from __future__ import annotations

import base64
import binascii
import re
from typing import Final

import sqlalchemy as sa
from attrs import field, fields_dict, frozen

from adjudicator.model.errors import shown
from adjudicator.model.time import Instant
from adjudicator.store.payouts import Payout
from adjudicator.store.tables import DECISIONS

_PLACE: Final = re.compile(r"(-?[0-9]{1,18}) ([^\0]{1,255})")
"""What a cursor says: an instant that fits into its column, and an id."""
MOST_LISTED: Final = 1_000
"""How many decisions a page may hold."""


@frozen
class Recorded:
    """A decision that is on record: its id there, its exact bytes, and whether it had been given out before."""

    id: str
    decision: bytes
    repeat: bool


@frozen
class StoredDocument:
    """A document of the record; ``erased`` where ``null`` stands for the personal data that it had."""

    content: bytes
    erased: bool


@frozen(kw_only=True)
class Summary:
    """A decision as the list has it. ``updated_at`` moves with its payouts, its successor, its erasure."""

    id: str
    number: int
    order_id: str | None
    case_id: str
    claim_id: str | None
    policy: str
    edition: str
    revision: int
    outcome: str
    as_of: Instant = field(converter=Instant)
    decided_at: Instant = field(converter=Instant)
    updated_at: Instant = field(converter=Instant)
    decided_by: str | None
    supersedes: str | None
    superseded_by: str | None
    erased: bool


@frozen
class DecisionStatus:
    """How a decision stands: what the list has of it, and the payouts of its claim.

    ``version`` counts what happened to its order, or to its case where there is no order: whatever changes, it grows.
    """

    summary: Summary
    payouts: tuple[Payout, ...]
    version: int


@frozen(kw_only=True)
class Filter:
    """Which decisions to list; what is ``None`` excludes none."""

    updated_since: Instant | None = None
    order_id: str | None = None
    case_id: str | None = None
    claim_id: str | None = None
    outcome: str | None = None
    policy: str | None = None


EVERY_DECISION: Final = Filter()


@frozen
class Page:
    """Decisions, the one that changed first first; ``cursor`` leads to the next page, ``None`` where there is none."""

    items: tuple[Summary, ...]
    cursor: str | None


@frozen
class Rerun:
    """A recorded decision beside the bytes that the program gives for the same case now."""

    agrees: bool
    recorded: bytes
    now: bytes


def page_of(connection: sa.Connection, filter: Filter, cursor: str | None, limit: int) -> Page:
    """A page of the list. Raises :class:`ValueError` for a cursor that no page gave."""
    limit = max(1, min(limit, MOST_LISTED))
    chosen = sa.select(DECISIONS).order_by(DECISIONS.c.updated_at, DECISIONS.c.id).limit(limit + 1)
    for name in ("order_id", "case_id", "claim_id", "outcome", "policy"):
        if (wanted := getattr(filter, name)) is not None:
            chosen = chosen.where(DECISIONS.c[name] == wanted)
    if filter.updated_since is not None:
        chosen = chosen.where(DECISIONS.c.updated_at >= int(filter.updated_since))
    if cursor is not None:
        chosen = chosen.where(sa.tuple_(DECISIONS.c.updated_at, DECISIONS.c.id) > sa.tuple_(*_place(cursor)))
    rows = connection.execute(chosen).mappings().all()
    items = tuple(map(summary_of, rows[:limit]))
    return Page(items, _cursor(items[-1]) if len(rows) > limit else None)


def summary_of(row: sa.RowMapping) -> Summary:
    """A row of the list."""
    told = {name: row[name] for name in fields_dict(Summary) if name in row}
    return Summary(**told, erased=row["erased_at"] is not None)


def _cursor(item: Summary) -> str:
    return base64.urlsafe_b64encode(f"{int(item.updated_at)} {item.id}".encode()).decode()


def _place(cursor: str) -> tuple[int, str]:
    try:
        text = base64.urlsafe_b64decode(cursor.encode()).decode()
    except (ValueError, binascii.Error):
        text = ""
    found = _PLACE.fullmatch(text)
    if found is None:
        raise ValueError(f"{shown(cursor)} is no cursor of this record")
    return int(found[1]), found[2]
