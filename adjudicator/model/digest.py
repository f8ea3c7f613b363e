"""Digests: SHA-256 over canonical JSON (RFC 8785)."""

from __future__ import annotations

import hashlib
from typing import Any, Final

import orjson
import rfc8785

_BEYOND_THE_BASIC_PLANE: Final = (b"\xf0", b"\xf1", b"\xf2", b"\xf3", b"\xf4")
"""The first UTF-8 byte of characters that UTF-16 writes as two units."""


def canonical(value: Any) -> bytes:
    """The canonical form of a JSON value that holds no floats.

    RFC 8785 orders keys by their UTF-16 code units, orjson by code points: the two differ only beyond the basic plane, where
    the slower implementation of the standard takes over.
    """
    text = canonical_at_once(value)
    return rfc8785.dumps(value) if text is None else text


def canonical_at_once(value: Any) -> bytes | None:
    """The same as :func:`canonical`, but ``None`` if the value contains a character beyond the basic plane."""
    text = orjson.dumps(value, option=orjson.OPT_SORT_KEYS)
    return None if not text.isascii() and any(first in text for first in _BEYOND_THE_BASIC_PLANE) else text


def canonical_as_written(text: str) -> bytes | None:
    """Text whose keys are in order by code points, in bytes; ``None`` if it has a character beyond the basic plane."""
    written = text.encode()
    return None if len(written) > len(text) and any(first in written for first in _BEYOND_THE_BASIC_PLANE) else written


def digest(value: Any) -> str:
    """The SHA-256, in hex, of a JSON value's canonical form."""
    return hashlib.sha256(canonical(value)).hexdigest()
