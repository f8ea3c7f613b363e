"""Which files the cases name, and which were examined, so that it can be told which are used again.

Only tables are added; the files that recorded cases name are filled in. Workers of the version before neither write to them nor erase in
them; those of later versions erase after them what they left.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

BANDS = ("band_1", "band_2", "band_3", "band_4")
DIGEST = re.compile("[0-9a-f]{64}")
MOST = 500


def upgrade() -> None:
    """Add the tables, and fill in what is on record."""
    named = op.create_table(
        "named_files",
        _key(),
        _tenant(),
        sa.Column("decision", sa.String(255), nullable=False),
        sa.Column("evidence", sa.String(255), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("erased", sa.Integer, nullable=False),
    )
    _index("named_files_by_digest", "named_files", "tenant", "sha256", "id")
    _index("named_files_by_decision", "named_files", "decision")
    op.create_table(
        "seen_files",
        _key(),
        _tenant(),
        sa.Column("sha256", sa.String(64), nullable=False),
        *(sa.Column(band, sa.String(4)) for band in BANDS),
        sa.Column("seen_at", sa.BigInteger, nullable=False),
        sa.Column("erased", sa.Integer, nullable=False),
    )
    _index("seen_files_by_digest", "seen_files", "tenant", "sha256")
    _index("seen_files_by_time", "seen_files", "seen_at")
    for band in BANDS:
        _index(f"seen_files_by_{band}", "seen_files", "tenant", band)
    for rows in _on_record(op.get_bind()):
        op.bulk_insert(named, rows)


def _on_record(connection: sa.Connection) -> Iterator[list[dict[str, Any]]]:
    """The files that recorded cases name, decision by decision."""
    query = sa.text(
        "SELECT entries.id, entries.tenant, entries.body, sealed.content FROM entries JOIN sealed ON sealed.id = entries.id "
        "WHERE sealed.content LIKE '%\"sha256\"%' ORDER BY entries.id"
    )
    for row in connection.execute(query, execution_options={"yield_per": MOST}):
        case = json.loads(row.body).get("case") or {}
        rows = []
        for path, value in json.loads(row.content)["case"]:
            if len(path) == 5 and path[0] == "evidence" and path[4] == "sha256" and DIGEST.fullmatch(str(value)):
                evidence = str(case["evidence"][path[1]]["id"])[:255]
                one = {"decision": row.id, "evidence": evidence, "sha256": value, "tenant": row.tenant, "erased": 0}
                rows.append(one)
        if rows:
            yield rows[:MOST]


def _key() -> sa.Column[int]:
    return sa.Column("id", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True)


def _tenant() -> sa.Column[str]:
    return sa.Column("tenant", sa.String(63), nullable=False, server_default="default")


def _index(name: str, table: str, *columns: str) -> None:
    kept = sa.text("erased = 0")
    op.create_index(name, table, [*columns], sqlite_where=kept, postgresql_where=kept)


def downgrade() -> None:
    """Drop them."""
    for name in ("named_files", "seen_files"):
        op.drop_table(name)
