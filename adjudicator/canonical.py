"""Digests: SHA-256 over canonical JSON (RFC 8785)."""

from __future__ import annotations

import hashlib
from typing import Any

import rfc8785


def digest(value: Any) -> str:
    """The SHA-256, in hex, of a JSON value's canonical form."""
    return hashlib.sha256(rfc8785.dumps(value)).hexdigest()
