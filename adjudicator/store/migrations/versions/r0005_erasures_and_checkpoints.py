"""Erasures, checkpoints, and no digest of personal data without a salt that goes with them."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterator
from typing import Any

import orjson
import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

ERASED_SALT = "0" * 64
REQUESTS = sa.table("requests", *(sa.column(name) for name in ("request", "payload", "decision_id", "answer")))
SEALED = sa.table("sealed", *(sa.column(name) for name in ("id", "salt", "content", "buyer", "claimant")))
DECISIONS = sa.table("decisions", *(sa.column(name) for name in ("id", "case_digest", "decision_digest")))


def upgrade() -> None:
    """Salt the digests of payloads, drop the others, and create the new tables."""
    _salt_payloads(op.get_bind())
    op.drop_index("sealed_by_buyer", "sealed")
    op.drop_index("sealed_by_claimant", "sealed")
    op.drop_index("decisions_by_case", "decisions")
    with op.batch_alter_table("sealed") as sealed:
        sealed.drop_column("buyer")
        sealed.drop_column("claimant")
    with op.batch_alter_table("decisions") as decisions:
        decisions.drop_column("case_digest")
        decisions.drop_column("decision_digest")
    op.create_index("decisions_by_case", "decisions", ["chain", "case_id", "as_of"])
    _create_erasures()
    _create_checkpoints()


def _salt_payloads(connection: sa.Connection) -> None:
    """Salt what decisions were asked with. A batch is bound to no content any more: each of its cases has a key of its own."""
    connection.execute(REQUESTS.delete().where(REQUESTS.c.decision_id.is_(None), REQUESTS.c.answer == ""))
    salts = sa.select(REQUESTS.c.request, REQUESTS.c.payload, SEALED.c.salt).join_from(
        REQUESTS, SEALED, SEALED.c.id == REQUESTS.c.decision_id
    )
    for row in connection.execute(salts.where(REQUESTS.c.payload.is_not(None))).all():
        payload = hmac.digest(bytes.fromhex(row.salt), row.payload.encode(), "sha256").hex()
        connection.execute(REQUESTS.update().where(REQUESTS.c.request == row.request).values(payload=payload))


def _create_erasures() -> None:
    op.create_table(
        "erasures",
        sa.Column("id", sa.String(255), primary_key=True),
        sa.Column("by", sa.String(255)),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("position", sa.String(255), nullable=False),
        sa.Column("requested_at", sa.BigInteger, nullable=False),
        sa.Column("finished_at", sa.BigInteger),
    )
    op.create_index("erasures_by_state", "erasures", ["state"])
    op.create_table(
        "erasure_targets",
        sa.Column("id", sa.String(255), sa.ForeignKey("erasures.id"), primary_key=True),
        sa.Column("target", sa.Text, nullable=False),
    )
    op.create_table(
        "erased",
        sa.Column("erasure", sa.String(255), sa.ForeignKey("erasures.id"), primary_key=True),
        sa.Column("decision", sa.String(255), primary_key=True),
    )


def _create_checkpoints() -> None:
    op.create_table(
        "checkpoints",
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("at", sa.String(64), nullable=False),
        sa.Column("previous", sa.String(64), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("signature", sa.String(128)),
    )
    op.create_table(
        "checkpoint_heads",
        sa.Column("chain", sa.Text, primary_key=True),
        sa.Column("number", sa.Integer, sa.ForeignKey("checkpoints.number"), primary_key=True),
        sa.Column("length", sa.Integer, nullable=False),
        sa.Column("head", sa.String(64), nullable=False),
    )
    op.create_index("checkpoint_heads_by_number", "checkpoint_heads", ["number"])


def downgrade() -> None:
    """Restore the digests. Payloads cannot be restored: the keys of decisions are free again. Checkpoints are lost."""
    for table in ("checkpoint_heads", "checkpoints", "erased", "erasure_targets", "erasures"):
        op.drop_table(table)
    connection = op.get_bind()
    connection.execute(REQUESTS.delete().where(REQUESTS.c.decision_id.is_not(None)))
    connection.execute(SEALED.delete().where(SEALED.c.salt == ERASED_SALT))
    op.drop_index("decisions_by_case", "decisions")
    for table, columns in (("sealed", ("buyer", "claimant")), ("decisions", ("case_digest", "decision_digest"))):
        for column in columns:
            op.add_column(table, sa.Column(column, sa.String(64)))
    for entry_id, parties, digests in _digests(connection):
        connection.execute(SEALED.update().where(SEALED.c.id == entry_id).values(**parties))
        connection.execute(DECISIONS.update().where(DECISIONS.c.id == entry_id).values(**digests))
    op.create_index("sealed_by_buyer", "sealed", ["buyer"])
    op.create_index("sealed_by_claimant", "sealed", ["claimant"])
    op.create_index("decisions_by_case", "decisions", ["case_digest"])


def _digests(connection: sa.Connection) -> Iterator[tuple[str, dict[str, Any], dict[str, Any]]]:
    """The digests that belong to each entry: those of its parties, and those of its case and decision."""
    for row in connection.execute(sa.select(SEALED.c.id, SEALED.c.content)).all():
        content = orjson.loads(row.content)
        values = {tuple(path): value for path, value in content["case"]}
        parties = {"buyer": values.get(("order", "buyer_id")), "claimant": values.get(("claim", "claimant_id"))}
        digests = {path[0]: value for path, value in content["decision"]}.get("digests") or {}
        yield (
            row.id,
            {name: party and hashlib.sha256(party.encode()).hexdigest() for name, party in parties.items()},
            {"case_digest": digests.get("case"), "decision_digest": digests.get("decision")},
        )
