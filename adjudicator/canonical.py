"""Digests: SHA-256 over canonical JSON (RFC 8785)."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import rfc8785


def canonical(value: Any) -> bytes:
    """The canonical form of a JSON value that holds no floats.

    RFC 8785 orders keys by their UTF-16 code units, the standard library by code points: the two differ only beyond the basic
    plane, where the slower implementation of the standard takes over.
    """
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    if len(text.encode("utf-16-le")) == 2 * len(text):
        return text.encode()
    return rfc8785.dumps(value)


def digest(value: Any) -> str:
    """The SHA-256, in hex, of a JSON value's canonical form."""
    return hashlib.sha256(canonical(value)).hexdigest()
