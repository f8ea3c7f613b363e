"""Rulings that people enter, and their texts.

Only tables are added. Workers of the versions before neither read nor erase anything in them; later ones erase after them what they left.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the tables."""
    op.create_table(
        "rulings",
        sa.Column("id", sa.String(255), primary_key=True),
        _tenant(),
        sa.Column("chain", sa.Text, nullable=False),
        sa.Column("decision_id", sa.String(255), nullable=False),
        sa.Column("version", sa.BigInteger, nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("entered_by", sa.String(255)),
        sa.Column("entered_at", sa.BigInteger, nullable=False),
        sa.Column("closed_by", sa.String(255)),
        sa.Column("closed_at", sa.BigInteger),
        sa.Column("outcome_id", sa.String(255)),
    )
    op.create_index("rulings_by_chain", "rulings", ["tenant", "chain", "id"])
    is_open = sa.text("state = 'open'")
    op.create_index("rulings_open", "rulings", ["tenant", "id"], sqlite_where=is_open, postgresql_where=is_open)
    op.create_table(
        "ruling_texts",
        sa.Column("ruling", sa.String(255), sa.ForeignKey("rulings.id"), primary_key=True),
        sa.Column("part", sa.String(16), primary_key=True),
        sa.Column("content", sa.Text, nullable=False),
        _tenant(),
    )


def _tenant() -> sa.Column[str]:
    return sa.Column("tenant", sa.String(63), nullable=False, server_default="default")


def downgrade() -> None:
    """Drop them, with all rulings that nobody has confirmed."""
    op.drop_table("ruling_texts")
    op.drop_table("rulings")
