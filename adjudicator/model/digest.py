"""Digests: SHA-256 over canonical JSON (RFC 8785)."""

from __future__ import annotations

import hashlib
from typing import Any

import orjson
import rfc8785


def canonical(value: Any) -> bytes:
    """The canonical form of a JSON value that holds no floats.

    RFC 8785 orders keys by their UTF-16 code units, orjson by code points: the two differ only beyond the basic plane, where
    the slower implementation of the standard takes over.
    """
    return as_canonical(orjson.dumps(value, option=orjson.OPT_SORT_KEYS)) or rfc8785.dumps(value)


def as_canonical(text: bytes) -> bytes | None:
    """Text whose keys are in order by code points, if it is canonical; ``None`` if it has a character beyond the basic plane."""
    return text if text.isascii() or not _is_beyond_the_basic_plane(text) else None


def _is_beyond_the_basic_plane(text: bytes) -> bool:
    """Whether a text in UTF-8 has a character that UTF-16 writes as two units: one of those that start with these bytes."""
    return 0xF0 in text or 0xF1 in text or 0xF2 in text or 0xF3 in text or 0xF4 in text


def digest(value: Any) -> str:
    """The SHA-256, in hex, of a JSON value's canonical form."""
    return hashlib.sha256(canonical(value)).hexdigest()
