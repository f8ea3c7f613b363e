"""The units that a payout settles, and when it was confirmed, even if it was reversed later."""

from __future__ import annotations

from collections.abc import Iterator

import orjson
import sqlalchemy as sa
from alembic import op

from adjudicator.model.time import Instant

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

PAYOUTS = sa.table("payouts", *(sa.column(name) for name in ("key", "attempt", "units", "confirmed_at")))
PAYOUT_ENTRIES = sa.text("""SELECT body FROM entries WHERE body LIKE '%"kind":"payout"%'""")


def upgrade() -> None:
    """Add the columns and fill them from the entries; older entries have no units."""
    op.add_column("payouts", sa.Column("units", sa.BigInteger))
    op.add_column("payouts", sa.Column("confirmed_at", sa.BigInteger))
    connection = op.get_bind()
    for (key, attempt), values in _column_values(connection):
        row = (PAYOUTS.c.key == key) & (PAYOUTS.c.attempt == attempt)
        connection.execute(PAYOUTS.update().where(row).values(**values))


def _column_values(connection: sa.Connection) -> Iterator[tuple[tuple[str, int], dict[str, int]]]:
    """Values for the new columns from the entries, by key and attempt of the payout."""
    for body in connection.scalars(PAYOUT_ENTRIES.execution_options(yield_per=500)):
        entry = orjson.loads(body)
        if entry["kind"] != "payout":
            continue
        if entry["state"] == "confirmed":
            yield (entry["key"], entry["attempt"]), {"confirmed_at": int(Instant.parse(entry["at"]))}
        elif entry["state"] == "reserved" and entry.get("units") is not None:
            yield (entry["key"], entry["attempt"]), {"units": entry["units"]}


def downgrade() -> None:
    """Drop the columns; the entries keep the data."""
    for column in ("confirmed_at", "units"):
        op.drop_column("payouts", column)
