"""An index of the decisions that nothing has superseded, by outcome and age: what people still have to work on."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the index."""
    standing = sa.text("superseded_by IS NULL")
    columns = ["tenant", "outcome", "decided_at", "id"]
    op.create_index("decisions_open", "decisions", columns, sqlite_where=standing, postgresql_where=standing)


def downgrade() -> None:
    """Drop it."""
    op.drop_index("decisions_open", "decisions")
