"""How many units a payout settles, and when it was confirmed, also where it was reversed since."""

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
STEPS = sa.text("""SELECT body FROM entries WHERE body LIKE '%"kind":"payout"%'""")


def upgrade() -> None:
    """Add the columns, and fill them in from the entries: those of before say nothing of units."""
    op.add_column("payouts", sa.Column("units", sa.BigInteger))
    op.add_column("payouts", sa.Column("confirmed_at", sa.BigInteger))
    connection = op.get_bind()
    for (key, attempt), values in _told(connection):
        row = (PAYOUTS.c.key == key) & (PAYOUTS.c.attempt == attempt)
        connection.execute(PAYOUTS.update().where(row).values(**values))


def _told(connection: sa.Connection) -> Iterator[tuple[tuple[str, int], dict[str, int]]]:
    """What the entries say of the new columns, by the key and the attempt of a payout."""
    for body in connection.scalars(STEPS.execution_options(yield_per=500)):
        entry = orjson.loads(body)
        if entry["kind"] != "payout":
            continue
        if entry["state"] == "confirmed":
            yield (entry["key"], entry["attempt"]), {"confirmed_at": int(Instant.parse(entry["at"]))}
        elif entry["state"] == "reserved" and entry.get("units") is not None:
            yield (entry["key"], entry["attempt"]), {"units": entry["units"]}


def downgrade() -> None:
    """Drop the columns; the entries keep what they say."""
    for column in ("confirmed_at", "units"):
        op.drop_column("payouts", column)
