"""What the store returns: decisions, documents, list entries and pages."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum
from operator import itemgetter
from typing import Any, Final, TypeAlias

import sqlalchemy as sa
from attrs import field, fields, frozen
from attrs.converters import optional

from adjudicator.model.decision import Decision
from adjudicator.model.errors import shown
from adjudicator.model.time import Instant, beijing_text
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
    """A recorded decision: its id, its exact bytes, and whether it had been returned before. ``new`` is the decision itself if it had not."""

    id: str
    decision: bytes
    repeat: bool
    new: Decision | None = field(default=None, eq=False, repr=False)


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
    rows, following = _rows_of_page(connection, filter, cursor, limit)
    return Page(tuple([Summary(**_values(row, Instant)) for row in rows]), following)


def page_document(connection: sa.Connection, filter: Filter, cursor: str | None, limit: int) -> dict[str, Any]:
    """The same as a JSON document, without an object for each decision."""
    rows, following = _rows_of_page(connection, filter, cursor, limit)
    return {"decisions": [_values(row, beijing_text) for row in rows], "next_cursor": following}


def _rows_of_page(
    connection: sa.Connection, filter: Filter, cursor: str | None, limit: int
) -> tuple[Sequence[sa.Row[Any]], str | None]:
    """The rows of a page, and the cursor of the next one."""
    limit = max(1, min(limit, MOST_LISTED))
    query = _LIST if cursor is None else _LIST.where(sa.tuple_(*_ORDER) > sa.tuple_(*_parse_cursor(cursor)))
    rows = connection.execute(matching(query, filter), {"most": limit + 1}).all()
    if len(rows) <= limit:
        return rows, None
    last = rows[limit - 1]
    return rows[:limit], _cursor(last.updated_at, last.id)


_INSTANTS: Final = ("as_of", "decided_at", "updated_at")
_NAMES: Final = tuple(each.name for each in fields(Summary))
_COLUMNS: Final = tuple("erased_at" if name == "erased" else name for name in _NAMES)
_ORDER: Final = (DECISIONS.c.updated_at, DECISIONS.c.id)
_LIST: Final = sa.select(*(DECISIONS.c[name] for name in _COLUMNS)).order_by(*_ORDER).limit(sa.bindparam("most"))
_in_order: Final = itemgetter(*_COLUMNS)


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
    return Summary(**_values(_in_order(row), Instant))


def _values(row: Sequence[Any], instant: Callable[[int], Any]) -> dict[str, Any]:
    """The values of a list entry by name, from those of :data:`_COLUMNS`."""
    values = dict(zip(_NAMES, row, strict=True))
    for name in _INSTANTS:
        values[name] = instant(values[name])
    values["erased"] = values["erased"] is not None
    return values


def _cursor(updated_at: int, id: str) -> str:
    return base64.urlsafe_b64encode(f"{updated_at} {id}".encode()).decode()


def _parse_cursor(cursor: str) -> tuple[int, str]:
    try:
        text = base64.urlsafe_b64decode(cursor.encode()).decode()
    except (ValueError, binascii.Error):
        text = ""
    match = _CURSOR.fullmatch(text)
    if match is None:
        raise ValueError(f"{shown(cursor)} is not a cursor of this record")
    return int(match[1]), match[2]
