"""The oldest revision whose program this schema serves, so that its workers go on beside it.

A migration that only adds leaves it alone. One that takes away what older programs use sets it to its own revision.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the table. Programs before this one do not look at it."""
    op.create_table("compatibility", sa.Column("oldest", sa.String(32), primary_key=True))
    op.execute("INSERT INTO compatibility (oldest) VALUES ('0008')")


def downgrade() -> None:
    """Drop the table."""
    op.drop_table("compatibility")
