"""When each answer to an idempotency key was stored, so that old ones can be removed.

Workers of the versions before store none; see :mod:`adjudicator.store.retention`.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column, and an index of the rows that can be removed."""
    op.add_column("requests", sa.Column("stored_at", sa.BigInteger))
    kept = sa.text("(answer <> 'expired' OR decision_id IS NOT NULL)")
    op.create_index("requests_by_time", "requests", ["stored_at"], sqlite_where=kept, postgresql_where=kept)


def downgrade() -> None:
    """Drop both."""
    op.drop_index("requests_by_time", "requests")
    op.drop_column("requests", "stored_at")
