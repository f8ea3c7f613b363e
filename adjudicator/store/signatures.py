"""Ed25519 signatures of checkpoints and exports.

A signature proves that the holder of the private key made the document. Keep that key where the database's administrator cannot read it.
"""

from __future__ import annotations

import re
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key, load_pem_public_key

SIGNATURE: Final = re.compile("[0-9a-f]{128}")


class BadSignature(ValueError):
    """A signature is missing or was not made with the expected key, or the key itself cannot be used."""


def sign(digest: str, private_key: bytes) -> str:
    """Sign a digest with a private key (PEM). Raises :class:`BadSignature` for anything else than an Ed25519 key without a password."""
    return _private(private_key).sign(bytes.fromhex(digest)).hex()


def check_signature(digest: str, signature: str | None, public_key: bytes) -> None:
    """Raises :class:`BadSignature` unless a digest was signed with the private key that belongs to a public key (PEM)."""
    key = _public(public_key)
    if not isinstance(signature, str) or not SIGNATURE.fullmatch(signature):
        raise BadSignature("is not signed")
    try:
        key.verify(bytes.fromhex(signature), bytes.fromhex(digest))
    except InvalidSignature as error:
        raise BadSignature("was not signed with this key") from error


def _private(pem: bytes) -> Ed25519PrivateKey:
    try:
        key = load_pem_private_key(pem, password=None)
    except (ValueError, TypeError) as error:
        raise BadSignature("needs a PEM private key without a password") from error
    if not isinstance(key, Ed25519PrivateKey):
        raise BadSignature("is signed with an Ed25519 key")
    return key


def _public(pem: bytes) -> Ed25519PublicKey:
    try:
        key = load_pem_public_key(pem)
    except ValueError as error:
        raise BadSignature("needs a PEM public key") from error
    if not isinstance(key, Ed25519PublicKey):
        raise BadSignature("is signed with an Ed25519 key")
    return key
