"""The digest of a case from the document that it was read from, once :mod:`adjudicator.wire.reader` has normalised that."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from decimal import Decimal
from enum import Enum
from typing import Any, Final

import orjson

from adjudicator.model.digest import as_canonical
from adjudicator.model.time import Instant

_OPTIONS: Final = orjson.OPT_SORT_KEYS | orjson.OPT_PASSTHROUGH_SUBCLASS


def digest_of(document: Mapping[str, Any]) -> str | None:
    """The SHA-256, in hex; ``None`` if only the encoder writes the case."""
    try:
        canonical = as_canonical(orjson.dumps(document, _text, _OPTIONS))
    except TypeError:
        return None
    return None if canonical is None else hashlib.sha256(canonical).hexdigest()


def _text(value: Any) -> str:
    """A value of the case that stands in place of what the document said."""
    kind = type(value)
    if kind is Instant:
        return Instant.utc_text(value)
    if kind is Decimal:
        return str(value)
    if isinstance(value, Enum) and isinstance(value.value, str):
        return value.value
    raise TypeError(f"{kind.__name__} is written by the encoder")
