"""Checkpoints: the ends of all chains at one moment, each with the digest of the checkpoint before.

A chain proves that nothing inside it changed, but not that its last entries, or all of it, still exist. A checkpoint proves that:
every chain must still contain the digest it had then. A checkpoint lists only the chains that have grown since the one before; as it also
holds the digest of that one, it vouches for all of them. So to notice that the latest ones were removed, you need to keep only the newest,
where the database's administrator cannot change it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import orjson
import sqlalchemy as sa
from attrs import evolve, frozen

from adjudicator.model.digest import digest
from adjudicator.model.time import Instant
from adjudicator.store import signatures
from adjudicator.store.chain import START
from adjudicator.store.database import read_transaction, write_transaction
from adjudicator.store.errors import BadCheckpoint
from adjudicator.store.signatures import BadSignature, sign
from adjudicator.store.tables import CHAINS, CHECKPOINT_HEADS, CHECKPOINTS, ENTRIES
from adjudicator.store.verification import BrokenAt

PLACE: Final = "checkpoints"
"""What stands for the chain in a fault of the checkpoints themselves."""


@frozen
class Checkpoint:
    """The length and last digest of every chain that has grown since the checkpoint before, at an instant.

    ``digest`` covers all of that and the digest of the checkpoint before; ``signature`` signs it.
    """

    number: int
    at: str
    previous: str
    chains: tuple[tuple[str, int, str], ...]
    digest: str
    signature: str | None = None

    @classmethod
    def of(cls, number: int, at: str, previous: str, chains: tuple[tuple[str, int, str], ...]) -> Checkpoint:
        """A checkpoint with the digest that follows from its content."""
        return cls(number, at, previous, chains, _digest(number, at, previous, chains))

    def document(self) -> dict[str, Any]:
        """The checkpoint as a JSON document."""
        return {
            "number": self.number,
            "at": self.at,
            "previous": self.previous,
            "chains": self.chains,
            "digest": self.digest,
            "signature": self.signature,
        }

    def dump(self) -> bytes:
        """Serialize as JSON."""
        return orjson.dumps(self.document())

    @classmethod
    def load(cls, text: bytes) -> Checkpoint:
        """Read JSON. Raises :class:`~adjudicator.store.errors.BadCheckpoint` for anything that is not a checkpoint."""
        try:
            return cls.of_document(orjson.loads(text))
        except (ValueError, TypeError, KeyError) as error:
            raise BadCheckpoint("not a checkpoint") from error

    @classmethod
    def of_document(cls, document: Any) -> Checkpoint:
        """Read a document. Raises :class:`KeyError`, :class:`TypeError` or :class:`ValueError` if it is not a checkpoint."""
        chains = tuple((str(chain), int(length), str(head)) for chain, length, head in document["chains"])
        number, at, previous = int(document["number"]), str(document["at"]), str(document["previous"])
        return cls(number, at, previous, chains, str(document["digest"]), document.get("signature"))

    @property
    def intact(self) -> bool:
        """Whether the digest follows from the content."""
        return self.digest == _digest(self.number, self.at, self.previous, self.chains)


def _digest(number: int, at: str, previous: str, chains: tuple[tuple[str, int, str], ...]) -> str:
    return digest({"number": number, "at": at, "previous": previous, "chains": chains})


# Taking


def take_checkpoint(engine: sa.Engine, at: Instant, key: bytes | None) -> Checkpoint:
    """Take and store a checkpoint, signed with an Ed25519 private key (PEM) if there is one.

    If nothing has changed since the last one, it is returned again, unless it lacks the signature. If another process takes one at the same
    moment, theirs is returned.
    """
    with read_transaction(engine) as connection:
        last = last_checkpoint(connection)
        chains = _grown_chains(connection)
    if last is not None and not chains and (key is None or last.signature is not None):
        return last
    number, previous = (1, START) if last is None else (last.number + 1, last.digest)
    instant = at.utc_text() if last is None else max(at, Instant.parse(last.at)).utc_text()
    checkpoint = Checkpoint.of(number, instant, previous, chains)
    if key is not None:
        try:
            checkpoint = evolve(checkpoint, signature=sign(checkpoint.digest, key))
        except BadSignature as error:
            raise BadCheckpoint(f"a checkpoint {error}") from error
    try:
        with write_transaction(engine) as connection:
            store_checkpoint(connection, checkpoint)
    except sa.exc.IntegrityError:
        with read_transaction(engine) as connection:
            return last_checkpoint(connection) or checkpoint
    return checkpoint


def store_checkpoint(connection: sa.Connection, checkpoint: Checkpoint) -> None:
    """Store a checkpoint after the others."""
    names = ("number", "at", "previous", "digest", "signature")
    connection.execute(CHECKPOINTS.insert(), {name: getattr(checkpoint, name) for name in names})
    heads = [
        {"chain": chain, "number": checkpoint.number, "length": length, "head": head}
        for chain, length, head in checkpoint.chains
    ]
    if heads:
        connection.execute(CHECKPOINT_HEADS.insert(), heads)


def last_checkpoint(connection: sa.Connection) -> Checkpoint | None:
    """The newest checkpoint, if there is any."""
    newest = connection.scalar(sa.select(sa.func.max(CHECKPOINTS.c.number)))
    return None if newest is None else find_checkpoint(connection, newest)


def last_time(connection: sa.Connection) -> Instant | None:
    """When the newest checkpoint was taken, if there is any."""
    at = connection.scalar(sa.select(CHECKPOINTS.c.at).order_by(CHECKPOINTS.c.number.desc()).limit(1))
    return None if at is None else Instant.parse(at)


def find_checkpoint(connection: sa.Connection, number: int) -> Checkpoint | None:
    """The checkpoint with a number, if there is one."""
    row = connection.execute(sa.select(CHECKPOINTS).where(CHECKPOINTS.c.number == number)).one_or_none()
    if row is None:
        return None
    heads = connection.execute(sa.select(CHECKPOINT_HEADS).where(CHECKPOINT_HEADS.c.number == number))
    chains = tuple(sorted((head.chain, head.length, head.head) for head in heads))
    return Checkpoint(row.number, row.at, row.previous, chains, row.digest, row.signature)


def all_checkpoints(connection: sa.Connection) -> Iterator[Checkpoint]:
    """Every checkpoint, in order."""
    for number in connection.scalars(sa.select(CHECKPOINTS.c.number).order_by(CHECKPOINTS.c.number)).all():
        checkpoint = find_checkpoint(connection, number)
        if checkpoint is not None:
            yield checkpoint


def _grown_chains(connection: sa.Connection) -> tuple[tuple[str, int, str], ...]:
    """The chains that have grown since the last checkpoint, by name."""
    last = _last_lengths().subquery()
    query = sa.select(CHAINS).outerjoin(last, last.c.chain == CHAINS.c.chain)
    grown = CHAINS.c.length > sa.func.coalesce(last.c.length, 0)
    return tuple(sorted((row.chain, row.length, row.head) for row in connection.execute(query.where(grown))))


def _last_lengths() -> sa.Select[Any]:
    length = sa.func.max(CHECKPOINT_HEADS.c.length).label("length")
    return sa.select(CHECKPOINT_HEADS.c.chain, length).group_by(CHECKPOINT_HEADS.c.chain)


# Verifying


def check_signature(checkpoint: Checkpoint, public_key: bytes | None) -> None:
    """Raises :class:`~adjudicator.store.errors.BadCheckpoint` unless the checkpoint is intact and, given a key, signed with it."""
    if not checkpoint.intact:
        raise BadCheckpoint("the checkpoint was altered")
    if public_key is None:
        return
    try:
        signatures.check_signature(checkpoint.digest, checkpoint.signature, public_key)
    except BadSignature as error:
        raise BadCheckpoint(f"the checkpoint {error}") from error


def first_mismatch(connection: sa.Connection, checkpoint: Checkpoint) -> BrokenAt | None:
    """The first chain that no longer contains what a checkpoint saw, or the checkpoint itself if the record no longer holds it."""
    for chain, length, head in checkpoint.chains:
        query = sa.select(ENTRIES.c.digest).where(ENTRIES.c.chain == chain, ENTRIES.c.number == length)
        actual = connection.scalar(query)
        if actual != head:
            what = "missing, though a checkpoint saw it" if actual is None else "not what a checkpoint saw"
            return BrokenAt(chain, length, what)
    stored = connection.scalar(sa.select(CHECKPOINTS.c.digest).where(CHECKPOINTS.c.number == checkpoint.number))
    if stored != checkpoint.digest:
        what = _NOT_THERE if stored is None else "not the checkpoint that was taken"
        return BrokenAt(PLACE, checkpoint.number, what)
    return None


_NOT_THERE: Final = (
    "missing; every entry that it saw is there, so if the record was restored, the export is older than the checkpoint"
)


def checkpoints_fault(connection: sa.Connection) -> BrokenAt | None:
    """The first checkpoint that is altered, missing, or does not fit the one before or the chains."""
    previous = START
    for expected, checkpoint in enumerate(all_checkpoints(connection), start=1):
        if (what := _link_fault(checkpoint, expected, previous)) is not None:
            return BrokenAt(PLACE, expected, what)
        previous = checkpoint.digest
    unlisted = sa.select(CHECKPOINT_HEADS.c.number).where(
        CHECKPOINT_HEADS.c.number.not_in(sa.select(CHECKPOINTS.c.number))
    )
    if (orphan := connection.scalar(unlisted.limit(1))) is not None:
        return BrokenAt(PLACE, orphan, "missing")
    return _heads_fault(connection)


def _link_fault(checkpoint: Checkpoint, number: int, previous: str) -> str | None:
    if checkpoint.number != number:
        return "missing"
    if not checkpoint.intact:
        return "altered"
    return None if checkpoint.previous == previous else "does not follow the one before it"


def _heads_fault(connection: sa.Connection) -> BrokenAt | None:
    """The first chain that does not contain what a stored checkpoint saw."""
    entry = ENTRIES.c.chain == CHECKPOINT_HEADS.c.chain, ENTRIES.c.number == CHECKPOINT_HEADS.c.length
    differs = sa.or_(ENTRIES.c.digest.is_(None), ENTRIES.c.digest != CHECKPOINT_HEADS.c.head)
    query = sa.select(CHECKPOINT_HEADS.c.chain, CHECKPOINT_HEADS.c.length, ENTRIES.c.digest)
    found = query.select_from(CHECKPOINT_HEADS.outerjoin(ENTRIES, sa.and_(*entry))).where(differs)
    row = connection.execute(found.order_by(CHECKPOINT_HEADS.c.chain, CHECKPOINT_HEADS.c.length).limit(1)).first()
    if row is None:
        return None
    what = "missing, though a checkpoint saw it" if row.digest is None else "not what a checkpoint saw"
    return BrokenAt(row.chain, row.length, what)


def verified_heads(connection: sa.Connection, checkpoint: Checkpoint) -> dict[str, str]:
    """The last digest that each chain had at a checkpoint of this record."""
    query = sa.select(CHECKPOINT_HEADS.c.chain, CHECKPOINT_HEADS.c.head).where(
        CHECKPOINT_HEADS.c.number <= checkpoint.number
    )
    ordered = query.order_by(CHECKPOINT_HEADS.c.number)
    return {row.chain: row.head for row in connection.execute(ordered)}
