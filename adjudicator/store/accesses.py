"""The access log: who did what with which resource, when, and with which result. It holds no personal data.

It is written in batches by the service, a moment after the fact, and is no part of the chains: what was decided and paid is recorded
there, in the same transaction. Old accesses are deleted.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Final

import sqlalchemy as sa
from attrs import asdict, field, frozen

from adjudicator.model.errors import shown
from adjudicator.model.time import Instant
from adjudicator.store import database
from adjudicator.store.tables import ACCESSES
from adjudicator.store.tenancy import across_tenants

MOST_PRUNED: Final = 5_000
"""The most accesses that one transaction deletes."""
LARGEST_ID: Final = 2**63 - 1


@frozen(kw_only=True)
class Access:
    """One request: its caller and key, the operation, the resource if the record knows it, and the HTTP status."""

    tenant: str
    at: Instant = field(converter=Instant)
    caller: str
    key_id: str | None
    operation: str
    resource: str | None
    status: int


@frozen(eq=False)
class Accesses:
    """The access log of one tenant. Writing and pruning are for all tenants at once."""

    engine: sa.Engine
    now: Callable[[], Instant]

    def write(self, accesses: Iterable[Access]) -> None:
        """Append accesses, of any tenant."""
        rows = [{**asdict(access), "at": int(access.at)} for access in accesses]
        if rows:
            with database.write_transaction(across_tenants(self.engine)) as connection:
                connection.execute(ACCESSES.insert(), rows)

    def prune(self, before: Instant) -> int:
        """Delete some accesses, of any tenant, from before an instant. Returns how many; call it again until that is none."""
        old = sa.select(ACCESSES.c.id).where(ACCESSES.c.at < int(before)).order_by(ACCESSES.c.at).limit(MOST_PRUNED)
        with database.write_transaction(across_tenants(self.engine)) as connection:
            return connection.execute(ACCESSES.delete().where(ACCESSES.c.id.in_(old))).rowcount

    def page(
        self, cursor: str | None = None, limit: int = 100, *, resource: str | None = None
    ) -> tuple[tuple[Access, ...], str | None]:
        """Accesses of the tenant, newest first, and the cursor of the next page; ``None`` on the last.

        Raises :class:`ValueError` for a cursor from elsewhere.
        """
        query = sa.select(ACCESSES).order_by(ACCESSES.c.id.desc()).limit(limit + 1)
        if cursor is not None:
            query = query.where(ACCESSES.c.id < _parse_cursor(cursor))
        if resource is not None:
            query = query.where(ACCESSES.c.resource == resource)
        with database.read_transaction(self.engine) as connection:
            rows = connection.execute(query).all()
        shown_rows = rows[:limit]
        return tuple(map(_access, shown_rows)), str(shown_rows[-1].id) if len(rows) > limit else None


def _parse_cursor(cursor: str) -> int:
    if not (cursor.isascii() and cursor.isdigit() and len(cursor) < len(str(LARGEST_ID))):
        raise ValueError(f"{shown(cursor)} is not a cursor of this log")
    return int(cursor)


def _access(row: sa.Row[Any]) -> Access:
    return Access(
        tenant=row.tenant,
        at=row.at,
        caller=row.caller,
        key_id=row.key_id,
        operation=row.operation,
        resource=row.resource,
        status=row.status,
    )
