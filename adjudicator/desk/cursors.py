"""Cursors of the desk's lists: the place of the last row that was shown, as a text for an address."""

from __future__ import annotations

import base64
import binascii
from typing import Any, Final

import orjson

from adjudicator.model.errors import shown

LARGEST: Final = 2**62


def cursor_of(*place: int | str) -> str:
    """The cursor of a place."""
    return base64.urlsafe_b64encode(orjson.dumps(place)).decode()


def place_in(cursor: str, *types: type) -> tuple[Any, ...]:
    """The place in a cursor, which has values of these types. Raises :class:`ValueError` for a cursor from elsewhere."""
    try:
        place = orjson.loads(base64.urlsafe_b64decode(cursor.encode()))
    except (ValueError, TypeError, binascii.Error):
        place = None
    if not isinstance(place, list) or tuple(map(type, place)) != types or not all(map(_can_be_looked_up, place)):
        raise ValueError(f"{shown(cursor)} is not a cursor of this list")
    return tuple(place)


def _can_be_looked_up(value: int | str) -> bool:
    """Whether a value fits where databases keep such ones."""
    return "\0" not in value if isinstance(value, str) else abs(value) <= LARGEST
