"""Facts as JSON values."""

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

    Instants become RFC 3339 text, decimals text, enumerations their value, sets ordered lists, tables by date
    their entries (``2023-03-01: 365``), and objects with an ``id`` that id.
    Anything that is not a value (see :mod:`adjudicator.model.facts`) becomes ``None``: not known.
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
