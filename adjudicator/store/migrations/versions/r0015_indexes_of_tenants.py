"""Drop the indexes without the tenant. They served workers of before there were tenants, which this schema has not served since revision 0008.

Programs since then restrict every look-up to a tenant, and have indexes for that.
"""

from __future__ import annotations

from typing import Final

from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

INDEXES: Final = {
    "decisions_by_change": ("updated_at", "id"),
    "decisions_by_chain": ("chain", "number"),
    "decisions_by_order": ("order_id",),
    "decisions_by_case": ("chain", "case_id", "as_of"),
    "decisions_by_claim": ("claim_id",),
    "payouts_by_chain": ("chain",),
}
"""The indexes and their columns; the name of the table is the first word."""


def upgrade() -> None:
    """Drop them."""
    for name in INDEXES:
        op.drop_index(name, name.partition("_")[0])


def downgrade() -> None:
    """Add them again."""
    for name, columns in INDEXES.items():
        op.create_index(name, name.partition("_")[0], [*columns])
