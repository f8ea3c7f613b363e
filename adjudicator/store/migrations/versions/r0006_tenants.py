"""Tenants, the identities and expiry of keys, and the access log. What is on record belongs to the default tenant from now on.

Everything is added, and what workers of the version before this one read and write stays as it was: a row that names no tenant is the
default one's. Only the keys of payouts and rates are replaced, by wider ones: two tenants may have awards and callers of the same name.
"""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0004"
branch_labels = None
depends_on = None

TABLES: Final = ("chains", "entries", "sealed", "decisions", "payouts", "requests", "api_keys", "rates")
INDEXES: Final = {
    "decisions_by_tenant": ("updated_at", "id"),
    "decisions_by_tenant_chain": ("chain", "number"),
    "decisions_by_tenant_order": ("order_id",),
    "decisions_by_tenant_claim": ("claim_id",),
    "decisions_by_tenant_case": ("case_digest",),
    "payouts_by_tenant_chain": ("chain",),
}
"""The new indexes and their columns after ``tenant``; the name of the table is the first word."""
LIVE: Final = sa.text("state <> 'reversed'")
FIRST_OF_ITS_NAME: Final = """
UPDATE api_keys SET identity = (
    SELECT first.id FROM api_keys AS first WHERE first.name = api_keys.name ORDER BY first.created_at, first.id LIMIT 1
)
"""


def upgrade() -> None:
    """Add the tenants, and the tenant of every row."""
    op.create_table(
        "tenants",
        sa.Column("name", sa.String(63), primary_key=True),
        sa.Column("policies", sa.Text),
        sa.Column("created_at", sa.BigInteger, nullable=False),
    )
    op.execute("INSERT INTO tenants (name, created_at) VALUES ('default', 0)")
    for table in TABLES:
        op.add_column(table, sa.Column("tenant", sa.String(63), nullable=False, server_default="default"))
    _replace_keys("tenant")
    for name, columns in INDEXES.items():
        op.create_index(name, name.partition("_")[0], ["tenant", *columns])
    _create_access_log()
    op.add_column("api_keys", sa.Column("identity", sa.String(255)))
    op.add_column("api_keys", sa.Column("expires_at", sa.BigInteger))
    op.add_column("api_keys", sa.Column("last_used_at", sa.BigInteger))
    op.execute(FIRST_OF_ITS_NAME)


def _create_access_log() -> None:
    op.create_table(
        "accesses",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True),
        sa.Column("tenant", sa.String(63), nullable=False, server_default="default"),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("caller", sa.String(255), nullable=False),
        sa.Column("key_id", sa.String(255)),
        sa.Column("operation", sa.String(255), nullable=False),
        sa.Column("resource", sa.Text),
        sa.Column("status", sa.Integer, nullable=False),
    )
    op.create_index("accesses_by_tenant", "accesses", ["tenant", "id"])
    op.create_index("accesses_by_resource", "accesses", ["tenant", "resource", "id"])
    op.create_index("accesses_by_time", "accesses", ["at"])


def _replace_keys(*tenant: str) -> None:
    """Make the primary keys of payouts and rates, and the safeguard against paying twice, begin with these columns."""
    op.drop_index("payouts_live", "payouts")
    _replace_primary_key("payouts", [*tenant, "key", "attempt"])
    _replace_primary_key("rates", [*tenant, "caller"])
    op.create_index("payouts_live", "payouts", [*tenant, "key"], unique=True, sqlite_where=LIVE, postgresql_where=LIVE)


def _replace_primary_key(table: str, key: list[str]) -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.drop_constraint(f"{table}_pkey", table, type_="primary")
        op.create_primary_key(f"{table}_pkey", table, key)
    else:
        with op.batch_alter_table(table, recreate="always", copy_from=_with_key(table, key)):
            pass  # SQLite changes a key by making the table anew


def _with_key(table: str, key: list[str]) -> sa.Table:
    """The table as it is, but for its key."""
    now = sa.Table(table, sa.MetaData(), autoload_with=op.get_bind())
    columns = [
        sa.Column(
            column.name,
            column.type,
            nullable=column.nullable,
            server_default=column.server_default,
            primary_key=column.name in key,
        )
        for column in sorted(now.columns, key=lambda column: key.index(column.name) if column.name in key else len(key))
    ]
    indexes = [sa.Index(index.name, *index.columns.keys(), unique=index.unique) for index in now.indexes]
    return sa.Table(table, sa.MetaData(), *columns, *indexes)


def downgrade() -> None:
    """Drop the tenants. Refused while another than the default one has anything on record: export it first."""
    if op.get_bind().scalar(sa.text("SELECT 1 FROM chains WHERE tenant <> 'default' LIMIT 1")):
        raise ValueError("other tenants have decisions on record, which the older schema cannot keep apart")
    op.execute("DELETE FROM api_keys WHERE tenant <> 'default'")
    op.execute("DELETE FROM requests WHERE tenant <> 'default'")
    op.execute("DELETE FROM rates WHERE tenant <> 'default'")
    for name in INDEXES:
        op.drop_index(name, name.partition("_")[0])
    _replace_keys()
    for table in TABLES:
        op.drop_column(table, "tenant")
    for column in ("identity", "expires_at", "last_used_at"):
        op.drop_column("api_keys", column)
    op.drop_table("accesses")
    op.drop_table("tenants")
