"""Jobs, with their lines and results, and how far an erasure has searched the lines.

Only tables and a column are added. Workers of the versions before neither take jobs nor erase anything in them.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

ROWS = ("job_lines", "job_results")


def upgrade() -> None:
    """Add the tables and the column."""
    op.create_table(
        "jobs",
        sa.Column("id", sa.String(255), primary_key=True),
        _tenant(),
        sa.Column("caller", sa.String(255)),
        sa.Column("request", sa.String(64), unique=True),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("edition", sa.String(255)),
        sa.Column("fill_settlements", sa.Integer, nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        *(sa.Column(name, sa.BigInteger, nullable=False) for name in ("lines", "cases", "position")),
        *(sa.Column(name, sa.BigInteger, nullable=False) for name in ("decided", "refused", "created_at")),
        *(sa.Column(name, sa.BigInteger) for name in ("started_at", "finished_at", "expires_at")),
        sa.Column("served_at", sa.BigInteger, nullable=False),
        sa.Column("lease", sa.String(36)),
        sa.Column("lease_until", sa.BigInteger),
        sa.Column("attempts", sa.Integer, nullable=False),
    )
    op.create_index("jobs_by_state", "jobs", ["state", "served_at"])
    op.create_index("jobs_by_caller", "jobs", ["tenant", "caller", "id"])
    for name in ROWS:
        _create_rows(name, [sa.Column("problem", sa.String(32))] if name == "job_lines" else [])
    op.add_column("erasures", sa.Column("job_position", sa.BigInteger))


def _create_rows(name: str, more: list[sa.Column[str]]) -> None:
    op.create_table(
        name,
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True),
        _tenant(),
        sa.Column("job", sa.String(255), nullable=False),
        sa.Column("number", sa.BigInteger, nullable=False),
        sa.Column("content", sa.Text, nullable=False),
        sa.Column("erased", sa.Integer, nullable=False),
        *more,
        sa.UniqueConstraint("job", "number"),
    )
    kept = sa.text("erased = 0")
    op.create_index(f"{name}_kept", name, ["erased", "id"], sqlite_where=kept, postgresql_where=kept)


def _tenant() -> sa.Column[str]:
    return sa.Column("tenant", sa.String(63), nullable=False, server_default="default")


def downgrade() -> None:
    """Drop them, with all jobs."""
    op.drop_column("erasures", "job_position")
    for name in (*ROWS, "jobs"):
        op.drop_table(name)
