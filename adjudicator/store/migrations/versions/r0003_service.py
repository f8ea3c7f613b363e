"""Stored answers that are not decisions, and rate limits."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Extend the requests table, and create the one of rates."""
    with op.batch_alter_table("requests") as requests:
        requests.alter_column("decision_id", existing_type=sa.String(255), nullable=True)
        requests.add_column(sa.Column("answer", sa.Text))
    op.create_table(
        "rates",
        sa.Column("caller", sa.String(255), primary_key=True),
        sa.Column("minute", sa.BigInteger, nullable=False),
        sa.Column("taken", sa.Integer, nullable=False),
    )


def downgrade() -> None:
    """Drop the rates, and the answers that are not decisions: their keys are free again."""
    op.drop_table("rates")
    op.execute("DELETE FROM requests WHERE decision_id IS NULL")
    with op.batch_alter_table("requests") as requests:
        requests.drop_column("answer")
        requests.alter_column("decision_id", existing_type=sa.String(255), nullable=False)
