"""Values as they stand in JSON."""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from decimal import Decimal
from enum import Enum
from typing import Any

import attrs

from adjudicator.civil_time import Instant
from adjudicator.decision import Plain


def plain(value: Any) -> Plain:
    """A fact's value in JSON terms.

    Instants as RFC 3339 text, decimals as text, enumerations by their value, sets in order, what has an ``id`` by that id, and
    whatever is not a value (see :mod:`adjudicator.facts`) as ``None``: not known.
    """
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, Enum):
        return plain(value.value)
    if isinstance(value, (Instant, Decimal)):
        return str(value)
    if isinstance(value, (str, int)):
        return value
    if isinstance(value, AbstractSet):
        return tuple(sorted((plain(each) for each in value), key=str))
    if isinstance(value, tuple):
        return tuple(plain(each) for each in value)
    if attrs.has(type(value)):
        return plain(getattr(value, "id", None))
    return str(value)
