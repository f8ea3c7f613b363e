"""What the store returns: decisions, documents, list entries and pages."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Mapping
from enum import StrEnum
from operator import itemgetter
from typing import Any, Final, TypeAlias

import sqlalchemy as sa
from attrs import field, fields, frozen
from attrs.converters import optional

from adjudicator.model.errors import shown
from adjudicator.model.time import Instant
from adjudicator.store.payouts import Payout
from adjudicator.store.tables import DECISIONS
from adjudicator.wire.messages import DecisionSummary

_CURSOR: Final = re.compile(r"(-?[0-9]{1,18}) ([^\0]{1,255})")
"""The content of a cursor: an instant that fits its column, and an id."""
MOST_LISTED: Final = 1_000
"""The most decisions that a page holds."""

Summary: TypeAlias = DecisionSummary
"""The list entry of a decision. Payouts, a successor and erasure change ``updated_at``."""


@frozen
class Recorded:
    """A recorded decision: its id, its exact bytes, and whether it had been returned before."""

    id: str
    decision: bytes
    repeat: bool


@frozen
class StoredDocument:
    """A recorded document; ``erased`` if its personal data are now ``null``."""

    content: bytes
    erased: bool


@frozen
class DecisionStatus:
    """The status of a decision: its list entry and the payouts of its claim.

    ``version`` is the length of the chain of its order, or of its case if there is no order; every change increases it.
    """

    summary: Summary
    payouts: tuple[Payout, ...]
    version: int


@frozen(kw_only=True)
class Filter:
    """Which decisions to list; ``None`` matches all."""

    updated_since: Instant | None = None
    order_id: str | None = None
    case_id: str | None = None
    claim_id: str | None = None
    outcome: str | None = None
    policy: str | None = None


EVERY_DECISION: Final = Filter()


@frozen
class Page:
    """A page of decisions, least recently changed first; ``cursor`` leads to the next page, ``None`` on the last."""

    items: tuple[Summary, ...]
    cursor: str | None


@frozen
class Rerun:
    """A recorded decision and the bytes that this version gives for the same case."""

    agrees: bool
    recorded: bytes
    now: bytes


class RulingState(StrEnum):
    """The state of a ruling. A ``replaced`` one was overtaken and entered again."""

    OPEN = "open"
    CONFIRMED = "confirmed"
    REJECTED = "rejected"
    REPLACED = "replaced"


@frozen(kw_only=True)
class Ruling:
    """A ruling on a decision, and its state.

    ``content`` is its text as a JSON object; ``None`` once it is on record with a decision, or was erased. ``rejection`` is why it was
    rejected. ``version`` is that of the chain on which it was entered.
    """

    id: str
    decision_id: str
    version: int
    state: RulingState = field(converter=RulingState)
    entered_by: str | None
    entered_at: Instant = field(converter=Instant)
    closed_by: str | None = None
    closed_at: Instant | None = field(default=None, converter=optional(Instant))
    outcome_id: str | None = None
    content: Mapping[str, Any] | None = None
    rejection: str | None = None

    @property
    def is_open(self) -> bool:
        """Whether it is neither confirmed nor rejected yet."""
        return self.state is RulingState.OPEN


def list_page(connection: sa.Connection, filter: Filter, cursor: str | None, limit: int) -> Page:
    """A page of the list. Raises :class:`ValueError` for an invalid cursor."""
    limit = max(1, min(limit, MOST_LISTED))
    query = _LIST if cursor is None else _LIST.where(sa.tuple_(*_ORDER) > sa.tuple_(*_parse_cursor(cursor)))
    rows = connection.execute(matching(query, filter), {"most": limit + 1}).mappings().all()
    items = tuple(map(summary_from, rows[:limit]))
    return Page(items, _cursor(items[-1]) if len(rows) > limit else None)


_ORDER: Final = (DECISIONS.c.updated_at, DECISIONS.c.id)
_LIST: Final = sa.select(DECISIONS).order_by(*_ORDER).limit(sa.bindparam("most"))


def matching(query: sa.Select[Any], filter: Filter) -> sa.Select[Any]:
    """A query of decisions, restricted to those that match."""
    for name in ("order_id", "case_id", "claim_id", "outcome", "policy"):
        if (wanted := getattr(filter, name)) is not None:
            query = query.where(DECISIONS.c[name] == wanted)
    if filter.updated_since is not None:
        query = query.where(DECISIONS.c.updated_at >= int(filter.updated_since))
    return query


def summary_from(row: sa.RowMapping) -> Summary:
    """Build a list entry from a database row."""
    as_of, decided_at, updated_at = map(Instant, _instants(row))
    same = dict(zip(_SAME, _values(row), strict=True))
    return Summary(
        **same, as_of=as_of, decided_at=decided_at, updated_at=updated_at, erased=row["erased_at"] is not None
    )


_INSTANTS: Final = ("as_of", "decided_at", "updated_at")
_SAME: Final = tuple(each.name for each in fields(Summary) if each.name in DECISIONS.c and each.name not in _INSTANTS)
_instants: Final = itemgetter(*_INSTANTS)
_values: Final = itemgetter(*_SAME)


def _cursor(item: Summary) -> str:
    return base64.urlsafe_b64encode(f"{int(item.updated_at)} {item.id}".encode()).decode()


def _parse_cursor(cursor: str) -> tuple[int, str]:
    try:
        text = base64.urlsafe_b64decode(cursor.encode()).decode()
    except (ValueError, binascii.Error):
        text = ""
    match = _CURSOR.fullmatch(text)
    if match is None:
        raise ValueError(f"{shown(cursor)} is not a cursor of this record")
    return int(match[1]), match[2]
