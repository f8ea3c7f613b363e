"""Tenants, the identities and expiry of keys, and the access log. What is on record belongs to the default tenant from now on.

Everything is added, and what workers of the version before this one read and write stays as it was: a row that names no tenant is the
default one's. Only the keys of payouts and rates are replaced, by wider ones: two tenants may have awards and callers of the same name.
"""

from __future__ import annotations

from typing import Final, Literal

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

TABLES: Final = (
    "chains",
    "entries",
    "sealed",
    "decisions",
    "payouts",
    "requests",
    "api_keys",
    "rates",
    "erasures",
    "erasure_targets",
    "erased",
)
ERASED_IN_PLACE: Final = ("sealed", "erasure_targets")
"""Tables whose rows must keep their size when erased. In SQLite a column that is merely added is stored only once its row is updated, so
these are made anew."""
INDEXES: Final = {
    "decisions_by_tenant": ("updated_at", "id"),
    "decisions_by_tenant_chain": ("chain", "number"),
    "decisions_by_tenant_order": ("order_id",),
    "decisions_by_tenant_claim": ("claim_id",),
    "decisions_by_tenant_case": ("chain", "case_id", "as_of"),
    "payouts_by_tenant_chain": ("chain",),
}
"""The new indexes and their columns after ``tenant``; the name of the table is the first word."""
CHECKPOINT_COLUMNS: Final = {
    "checkpoints": "number, at, previous, digest, signature",
    "checkpoint_heads": "chain, number, length, head",
}
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
        anew = table in ERASED_IN_PLACE and op.get_bind().dialect.name == "sqlite"
        recreate: Literal["always", "auto"] = "always" if anew else "auto"
        with op.batch_alter_table(table, recreate=recreate) as altered:
            altered.add_column(_tenant())
    _replace_checkpoints("tenant")
    _replace_keys("tenant")
    for name, columns in INDEXES.items():
        op.create_index(name, name.partition("_")[0], ["tenant", *columns])
    _create_access_log()
    op.add_column("api_keys", sa.Column("identity", sa.String(255)))
    op.add_column("api_keys", sa.Column("expires_at", sa.BigInteger))
    op.add_column("api_keys", sa.Column("last_used_at", sa.BigInteger))
    op.execute(FIRST_OF_ITS_NAME)


def _tenant() -> sa.Column[str]:
    return sa.Column("tenant", sa.String(63), nullable=False, server_default="default")


def _replace_checkpoints(*tenant: str) -> None:
    """Make the checkpoints anew, numbered in each tenant or in the whole record. Only those of the default tenant are there, or stay."""
    own = "" if tenant else " WHERE tenant = 'default'"
    for table, columns in CHECKPOINT_COLUMNS.items():
        op.execute(f"CREATE TABLE old_{table} AS SELECT {columns} FROM {table}{own}")  # noqa: S608 - names of our own
    op.drop_table("checkpoint_heads")
    op.drop_table("checkpoints")
    key = (*tenant, "number")
    op.create_table(
        "checkpoints",
        *([_tenant()] if tenant else []),
        sa.Column("number", sa.Integer, nullable=False, autoincrement=False),
        sa.Column("at", sa.String(64), nullable=False),
        sa.Column("previous", sa.String(64), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("signature", sa.String(128)),
        sa.PrimaryKeyConstraint(*key),
    )
    op.create_table(
        "checkpoint_heads",
        *([_tenant()] if tenant else []),
        sa.Column("chain", sa.Text, nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("length", sa.Integer, nullable=False),
        sa.Column("head", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint(*tenant, "chain", "number"),
        sa.ForeignKeyConstraint(key, [f"checkpoints.{name}" for name in key]),
    )
    op.create_index("checkpoint_heads_by_number", "checkpoint_heads", key)
    for table, columns in CHECKPOINT_COLUMNS.items():
        op.execute(f"INSERT INTO {table} ({columns}) SELECT {columns} FROM old_{table}")  # noqa: S608 - names of our own
        op.drop_table(f"old_{table}")


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
    for table in ("erased", "erasure_targets", "erasures"):
        op.execute(f"DELETE FROM {table} WHERE tenant <> 'default'")  # noqa: S608 - names of our own
    op.execute("DELETE FROM rates WHERE tenant <> 'default'")
    for name in INDEXES:
        op.drop_index(name, name.partition("_")[0])
    _replace_keys()
    _replace_checkpoints()
    for table in TABLES:
        op.drop_column(table, "tenant")
    for column in ("identity", "expires_at", "last_used_at"):
        op.drop_column("api_keys", column)
    op.drop_table("accesses")
    op.drop_table("tenants")
