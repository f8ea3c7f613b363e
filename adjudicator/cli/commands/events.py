"""The command ``events``. It needs the extra ``service``."""

from __future__ import annotations

from typing import Annotated, Literal, TypeAlias

from cyclopts import Parameter

from adjudicator.cli.database import DatabaseOption, TenantOption, opened_store
from adjudicator.cli.exits import UsageError
from adjudicator.cli.streams import write_line
from adjudicator.model.errors import safe
from adjudicator.model.time import Instant

EventTypeName: TypeAlias = Literal[
    "decision.recorded",
    "payout.reserved",
    "payout.confirmed",
    "payout.reversed",
    "review.due",
    "erasure.recorded",
]
SinceOption: TypeAlias = Annotated[
    str | None,
    Parameter(
        name="--since",
        help="Begin with the first event from this instant on, such as `2026-06-01T00:00:00Z`.",
        show_default=False,
    ),
]
CursorOption: TypeAlias = Annotated[
    str | None, Parameter(name="--cursor", help="Begin after this cursor of `GET /v1/events`.", show_default=False)
]


def events(
    *,
    cursor: CursorOption = None,
    since: SinceOption = None,
    type: Annotated[EventTypeName | None, Parameter(name="--type", show_default=False)] = None,
    order: Annotated[str | None, Parameter(name="--order", show_default=False)] = None,
    tenant: TenantOption = None,
    database: DatabaseOption = None,
) -> None:
    """Write the log of events, oldest first, one JSON object per line.

    Parameters
    ----------
    type
        Only events of this type.
    order
        Only events on the order with this id.
    """
    start = instant_option(since)
    with opened_store(database, tenant=tenant) as store:
        from adjudicator.store import EventFilter  # noqa: PLC0415 - an extra of its own

        wanted = EventFilter(types=None if type is None else frozenset({type}), order_id=order)
        more = True
        while more:
            page = store.events.page(cursor, 1_000, since=start, filter=wanted)
            for event in page.events:
                write_line(event.body.encode())
            cursor, more = page.cursor, page.has_more


def instant_option(text: str | None) -> Instant | None:
    """The instant that ``--since`` names."""
    try:
        return None if text is None else Instant.parse(text)
    except ValueError as error:
        raise UsageError(f"--since: {safe(text or '')} is no instant such as 2026-06-01T00:00:00Z") from error
