"""The record: chains, entries, sealed personal data, and the list tables of decisions and payouts."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

SQLITE_REFUSES = """
CREATE TRIGGER entries_refuse_{act} BEFORE {act} ON entries
BEGIN SELECT RAISE(ABORT, 'entries are never changed'); END
"""
POSTGRESQL_REFUSAL = """
CREATE FUNCTION entries_refuse() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'entries are never changed'; END $$
"""
POSTGRESQL_REFUSES = """
CREATE TRIGGER entries_refuse_change BEFORE UPDATE OR DELETE OR TRUNCATE ON entries
FOR EACH STATEMENT EXECUTE FUNCTION entries_refuse()
"""


def upgrade() -> None:
    """Create the tables, and triggers that reject changes to entries."""
    _chains()
    _decisions()
    _payouts()
    op.create_table(
        "requests",
        sa.Column("request", sa.String(64), primary_key=True),
        sa.Column("payload", sa.String(64)),
        sa.Column("decision_id", sa.String(255), nullable=False),
    )
    op.create_index("requests_by_decision", "requests", ["decision_id"])
    if op.get_bind().dialect.name == "sqlite":
        op.execute(SQLITE_REFUSES.format(act="UPDATE"))
        op.execute(SQLITE_REFUSES.format(act="DELETE"))
    else:
        op.execute(POSTGRESQL_REFUSAL)
        op.execute(POSTGRESQL_REFUSES)


def _chains() -> None:
    op.create_table(
        "chains",
        sa.Column("chain", sa.Text, primary_key=True),
        sa.Column("length", sa.Integer, nullable=False),
        sa.Column("head", sa.String(64), nullable=False),
    )
    op.create_table(
        "entries",
        sa.Column("chain", sa.Text, sa.ForeignKey("chains.chain"), primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("id", sa.String(255), nullable=False),
        sa.Column("body", sa.Text, nullable=False),
        sa.Column("previous", sa.String(64), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.UniqueConstraint("id"),
    )
    op.create_table(
        "sealed",
        sa.Column("id", sa.String(255), sa.ForeignKey("entries.id"), primary_key=True),
        sa.Column("salt", sa.String(64), nullable=False),
        sa.Column("content", sa.Text, nullable=False),
        sa.Column("buyer", sa.String(64)),
        sa.Column("claimant", sa.String(64)),
    )
    op.create_index("sealed_by_buyer", "sealed", ["buyer"])
    op.create_index("sealed_by_claimant", "sealed", ["claimant"])


def _decisions() -> None:
    op.create_table(
        "decisions",
        sa.Column("id", sa.String(255), primary_key=True),
        sa.Column("chain", sa.Text, nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("order_id", sa.String(255)),
        sa.Column("case_id", sa.String(255), nullable=False),
        sa.Column("claim_id", sa.String(255)),
        sa.Column("policy", sa.String(255), nullable=False),
        sa.Column("edition", sa.String(255), nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("outcome", sa.String(255), nullable=False),
        sa.Column("as_of", sa.BigInteger, nullable=False),
        sa.Column("decided_at", sa.BigInteger, nullable=False),
        sa.Column("updated_at", sa.BigInteger, nullable=False),
        sa.Column("decided_by", sa.String(255)),
        sa.Column("supersedes", sa.String(255)),
        sa.Column("superseded_by", sa.String(255)),
        sa.Column("erased_at", sa.BigInteger),
        sa.Column("case_digest", sa.String(64)),
        sa.Column("decision_digest", sa.String(64)),
    )
    op.create_index("decisions_by_change", "decisions", ["updated_at", "id"])
    op.create_index("decisions_by_chain", "decisions", ["chain", "number"])
    op.create_index("decisions_by_order", "decisions", ["order_id"])
    op.create_index("decisions_by_case", "decisions", ["case_digest"])
    op.create_index("decisions_by_claim", "decisions", ["claim_id"])


def _payouts() -> None:
    op.create_table(
        "payouts",
        sa.Column("key", sa.String(64), primary_key=True),
        sa.Column("attempt", sa.Integer, primary_key=True),
        sa.Column("chain", sa.Text, nullable=False),
        sa.Column("order_id", sa.String(255), nullable=False),
        sa.Column("claim_id", sa.String(255), nullable=False),
        sa.Column("decision_id", sa.String(255), nullable=False),
        sa.Column("kind", sa.String(255), nullable=False),
        sa.Column("line_id", sa.String(255)),
        sa.Column("amount", sa.BigInteger, nullable=False),
        sa.Column("currency", sa.String(3), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("reserved_at", sa.BigInteger, nullable=False),
        sa.Column("updated_at", sa.BigInteger, nullable=False),
    )
    op.create_index("payouts_by_chain", "payouts", ["chain"])
    live = sa.text("state <> 'reversed'")
    op.create_index("payouts_live", "payouts", ["key"], unique=True, sqlite_where=live, postgresql_where=live)


def downgrade() -> None:
    """Drop the whole record: export it first."""
    for table in ("requests", "payouts", "decisions", "sealed", "entries", "chains"):
        op.drop_table(table)
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION entries_refuse()")
