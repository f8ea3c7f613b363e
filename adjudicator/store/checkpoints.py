"""Checkpoints: the ends of all chains at one moment, to be kept where the keeper of the database cannot reach them.

A chain proves that nothing within it was changed. That its last entries, or all of it, were not taken away is proved by a checkpoint:
every chain must still lead through the digest that it had then.
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
    """Name, length and last digest of every chain at an instant; ``digest`` is over all of that, ``signature`` over the digest."""

    at: str
    chains: tuple[tuple[str, int, str], ...]
    digest: str
    signature: str | None = None

    def dump(self) -> bytes:
        """As JSON."""
        told = {"at": self.at, "chains": self.chains, "digest": self.digest, "signature": self.signature}
        return orjson.dumps(told)

    @classmethod
    def load(cls, text: bytes) -> Checkpoint:
        """From JSON. Raises :class:`~adjudicator.store.errors.BadCheckpoint` for anything else."""
        try:
            told: dict[str, Any] = orjson.loads(text)
            chains = tuple((str(chain), int(length), str(head)) for chain, length, head in told["chains"])
            return cls(str(told["at"]), chains, str(told["digest"]), told.get("signature"))
        except (ValueError, TypeError, KeyError) as error:
            raise BadCheckpoint("this is no checkpoint") from error


def taken(connection: sa.Connection, at: Instant, key: bytes | None) -> Checkpoint:
    """A checkpoint of the record as a transaction sees it."""
    rows = connection.execute(sa.select(CHAINS).where(CHAINS.c.length > 0))
    chains = tuple(sorted((row.chain, row.length, row.head) for row in rows))
    checkpoint = Checkpoint(at.utc_text(), chains, _digest(at.utc_text(), chains))
    if key is None:
        return checkpoint
    signature = _private(key).sign(bytes.fromhex(checkpoint.digest)).hex()
    return evolve(checkpoint, signature=signature)


def check_signature(checkpoint: Checkpoint, public_key: bytes | None) -> None:
    """Raises :class:`~adjudicator.store.errors.BadCheckpoint` unless the checkpoint is whole, and signed if a key is given."""
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


def first_that_left(connection: sa.Connection, checkpoint: Checkpoint) -> BrokenAt | None:
    """The first chain that does not lead through where it was."""
    for chain, length, head in checkpoint.chains:
        here = sa.select(ENTRIES.c.digest).where(ENTRIES.c.chain == chain, ENTRIES.c.number == length)
        found = connection.scalar(here)
        if found != head:
            what = "missing, though a checkpoint saw it" if found is None else "not what a checkpoint saw"
            return BrokenAt(chain, length, what)
    return None


def _digest(at: str, chains: tuple[tuple[str, int, str], ...]) -> str:
    return digest({"at": at, "chains": chains})


def _private(pem: bytes) -> Ed25519PrivateKey:
    try:
        key = load_pem_private_key(pem, password=None)
    except (ValueError, TypeError) as error:
        raise BadCheckpoint("this is no private key in PEM without a password") from error
    if not isinstance(key, Ed25519PrivateKey):
        raise BadCheckpoint("a checkpoint is signed with an Ed25519 key")
    return key


def _public(pem: bytes) -> Ed25519PublicKey:
    try:
        key = load_pem_public_key(pem)
    except ValueError as error:
        raise BadCheckpoint("this is no public key in PEM") from error
    if not isinstance(key, Ed25519PublicKey):
        raise BadCheckpoint("a checkpoint is signed with an Ed25519 key")
    return key
