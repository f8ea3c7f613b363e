"""Checkpoints: the ends of all chains at one moment, to store where the database's administrator cannot change them.

A chain proves that nothing inside it changed, but not that its last entries, or all of it, still exist. A checkpoint proves that:
every chain must still contain the digest it had then.
"""

from __future__ import annotations

import re
from typing import Any

import orjson
import sqlalchemy as sa
from attrs import evolve, frozen
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key, load_pem_public_key

from adjudicator.model.digest import digest
from adjudicator.model.time import Instant
from adjudicator.store.errors import BadCheckpoint
from adjudicator.store.tables import CHAINS, ENTRIES
from adjudicator.store.verification import BrokenAt


@frozen
class Checkpoint:
    """The length and last digest of every chain at an instant; ``digest`` covers all of that, ``signature`` signs the digest."""

    at: str
    chains: tuple[tuple[str, int, str], ...]
    digest: str
    signature: str | None = None

    def dump(self) -> bytes:
        """Serialize as JSON."""
        document = {"at": self.at, "chains": self.chains, "digest": self.digest, "signature": self.signature}
        return orjson.dumps(document)

    @classmethod
    def load(cls, text: bytes) -> Checkpoint:
        """Read JSON. Raises :class:`~adjudicator.store.errors.BadCheckpoint` for anything that is not a checkpoint."""
        try:
            document: dict[str, Any] = orjson.loads(text)
            chains = tuple((str(chain), int(length), str(head)) for chain, length, head in document["chains"])
            return cls(str(document["at"]), chains, str(document["digest"]), document.get("signature"))
        except (ValueError, TypeError, KeyError) as error:
            raise BadCheckpoint("not a checkpoint") from error


def take_checkpoint(connection: sa.Connection, at: Instant, key: bytes | None) -> Checkpoint:
    """Take a checkpoint of the record as this transaction sees it."""
    rows = connection.execute(sa.select(CHAINS).where(CHAINS.c.length > 0))
    chains = tuple(sorted((row.chain, row.length, row.head) for row in rows))
    checkpoint = Checkpoint(at.utc_text(), chains, _digest(at.utc_text(), chains))
    if key is None:
        return checkpoint
    signature = _private(key).sign(bytes.fromhex(checkpoint.digest)).hex()
    return evolve(checkpoint, signature=signature)


def check_signature(checkpoint: Checkpoint, public_key: bytes | None) -> None:
    """Raises :class:`~adjudicator.store.errors.BadCheckpoint` unless the checkpoint is intact and, given a key, signed with it."""
    if _digest(checkpoint.at, checkpoint.chains) != checkpoint.digest:
        raise BadCheckpoint("the checkpoint was altered")
    if public_key is None:
        return
    if not re.fullmatch("[0-9a-f]{128}", checkpoint.signature or ""):
        raise BadCheckpoint("the checkpoint is not signed")
    try:
        _public(public_key).verify(bytes.fromhex(checkpoint.signature or ""), bytes.fromhex(checkpoint.digest))
    except InvalidSignature as error:
        raise BadCheckpoint("the checkpoint was not signed with this key") from error


def first_mismatch(connection: sa.Connection, checkpoint: Checkpoint) -> BrokenAt | None:
    """The first chain that no longer contains what a checkpoint saw."""
    for chain, length, head in checkpoint.chains:
        query = sa.select(ENTRIES.c.digest).where(ENTRIES.c.chain == chain, ENTRIES.c.number == length)
        actual = connection.scalar(query)
        if actual != head:
            what = "missing, though a checkpoint saw it" if actual is None else "not what a checkpoint saw"
            return BrokenAt(chain, length, what)
    return None


def _digest(at: str, chains: tuple[tuple[str, int, str], ...]) -> str:
    return digest({"at": at, "chains": chains})


def _private(pem: bytes) -> Ed25519PrivateKey:
    try:
        key = load_pem_private_key(pem, password=None)
    except (ValueError, TypeError) as error:
        raise BadCheckpoint("not a PEM private key without a password") from error
    if not isinstance(key, Ed25519PrivateKey):
        raise BadCheckpoint("a checkpoint is signed with an Ed25519 key")
    return key


def _public(pem: bytes) -> Ed25519PublicKey:
    try:
        key = load_pem_public_key(pem)
    except ValueError as error:
        raise BadCheckpoint("not a PEM public key") from error
    if not isinstance(key, Ed25519PublicKey):
        raise BadCheckpoint("a checkpoint is signed with an Ed25519 key")
    return key
