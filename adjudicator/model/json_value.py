"""Values as they stand in JSON."""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from enum import Enum
from typing import Any, Final, cast

import attrs

from adjudicator.model.by_date import ByDate
from adjudicator.model.finding import JsonValue
from adjudicator.model.time import Instant


def json_value(value: Any) -> JsonValue:
    """A fact's value in JSON terms.

    Instants as RFC 3339 text, decimals as text, enumerations by their value, sets in order, tables by date entry by entry
    (``2023-03-01: 365``), what has an ``id`` by that id, and whatever is not a value (see :mod:`adjudicator.model.facts`) as ``None``: not known.
    """
    kind = type(value)
    if kind in _AS_THEY_ARE:
        return cast(JsonValue, value)
    if kind is Instant:
        return str(value)
    if isinstance(value, tuple):
        return tuple([json_value(each) for each in value])
    if isinstance(value, Enum):
        return cast(JsonValue, value._value_)
    if isinstance(value, AbstractSet):
        return tuple(sorted([json_value(each) for each in value], key=str))
    if kind is ByDate:
        return tuple([f"{day}: {json_value(each)}" for day, each in value.entries.items()])
    if attrs.has(kind):
        return json_value(getattr(value, "id", None))
    return str(value)


_AS_THEY_ARE: Final = frozenset({str, int, bool, type(None)})
