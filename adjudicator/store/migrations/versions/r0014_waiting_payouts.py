"""An index of the payouts that are reserved, by age: what people still have to release."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the index."""
    waiting = sa.text("state = 'reserved'")
    columns = ["tenant", "reserved_at", "key", "attempt"]
    op.create_index("payouts_reserved", "payouts", columns, sqlite_where=waiting, postgresql_where=waiting)


def downgrade() -> None:
    """Drop it."""
    op.drop_index("payouts_reserved", "payouts")
