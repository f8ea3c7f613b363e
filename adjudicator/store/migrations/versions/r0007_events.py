"""Events: the outbox, the log, reviews due, webhooks and their deliveries.

Only tables are added, so workers of the version before go on beside this schema. What they record has no events.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

TABLES = ("deliveries", "webhooks", "reviews", "events", "event_logs", "outbox")


def upgrade() -> None:
    """Add the tables."""
    op.create_table(
        "outbox",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True),
        _tenant(),
        sa.Column("chain", sa.Text, nullable=False),
        sa.Column("event", sa.String(36)),
        sa.Column("type", sa.String(64), nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("body", sa.Text, nullable=False),
        sa.Column("reviews", sa.Text),
        sa.Column("decision", sa.String(36)),
    )
    op.create_table(
        "event_logs",
        _tenant(key=True),
        sa.Column("length", sa.BigInteger, nullable=False),
        sa.Column("dropped", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "events",
        _tenant(key=True),
        sa.Column("position", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("event", sa.String(36), nullable=False),
        sa.Column("chain", sa.Text, nullable=False),
        sa.Column("type", sa.String(64), nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("body", sa.Text, nullable=False),
    )
    op.create_index("events_by_chain", "events", ["tenant", "chain", "position"])
    op.create_index("events_by_time", "events", ["tenant", "at"])
    op.create_table(
        "reviews",
        sa.Column("decision", sa.String(36), primary_key=True),
        sa.Column("at", sa.BigInteger, primary_key=True, autoincrement=False),
        _tenant(),
    )
    op.create_index("reviews_by_time", "reviews", ["at"])
    _create_webhooks()


def _tenant(*, key: bool = False) -> sa.Column[str]:
    return sa.Column("tenant", sa.String(63), nullable=False, primary_key=key, server_default="default")


def _create_webhooks() -> None:
    op.create_table(
        "webhooks",
        sa.Column("id", sa.String(255), primary_key=True),
        _tenant(),
        sa.Column("url", sa.Text, nullable=False),
        sa.Column("description", sa.Text),
        sa.Column("types", sa.Text),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("secret", sa.String(128), nullable=False),
        sa.Column("old_secret", sa.String(128)),
        sa.Column("old_secret_until", sa.BigInteger),
        sa.Column("position", sa.BigInteger, nullable=False),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("updated_at", sa.BigInteger, nullable=False),
        sa.Column("failing_since", sa.BigInteger),
        sa.Column("last_success_at", sa.BigInteger),
        sa.Column("last_failure_at", sa.BigInteger),
        sa.Column("last_failure", sa.String(255)),
    )
    op.create_table(
        "deliveries",
        sa.Column("webhook", sa.String(255), primary_key=True),
        sa.Column("position", sa.BigInteger, primary_key=True, autoincrement=False),
        _tenant(),
        sa.Column("chain", sa.Text, nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("next_at", sa.BigInteger, nullable=False),
        sa.Column("first_at", sa.BigInteger),
        sa.Column("lease", sa.String(36)),
        sa.Column("lease_until", sa.BigInteger),
        sa.Column("last_failure", sa.String(255)),
    )
    op.create_index("deliveries_by_chain", "deliveries", ["webhook", "chain", "position"])
    op.create_index("deliveries_by_time", "deliveries", ["state", "next_at"])


def downgrade() -> None:
    """Drop the tables, with all events and webhooks."""
    for table in TABLES:
        op.drop_table(table)
