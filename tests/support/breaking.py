"""Break a case of any kind at one place. Some results are still valid; the caller must check."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, Final

from adjudicator.testing import LEFT_OUT, UNREADABLE_INSTANTS, Json, places, wrong_types

OTHER_TEXTS: Final = ("no_such_value", "", "-0.01", "100.01", "5.01", "1e1", "NaN", ".5", "75.00")
OTHER_NUMBERS: Final = (-1, 0, 1, 3650, 3651, 87_600, 87_601, 2**52, 2**53 - 1, 2**53)
OTHER_INSTANTS: Final = (
    *UNREADABLE_INSTANTS,
    "2017-01-01T00:00:00Z",
    "2018-10-23T23:59:59.999999+08:00",
    "2018-11-22T23:59:59.999999+08:00",
    "2024-07-24T23:59:59.999999+08:00",
    "2031-01-01T00:00:00Z",
)


def broken(document: Json) -> Iterator[Json]:
    """Every variant of a document with one value replaced, left out, added or duplicated."""
    for pointer, _, value in places(document):
        if pointer in ("", "/policy"):
            continue
        for other in (*(each.value for each in wrong_types(pointer, value)), *others(value), None, LEFT_OUT):
            yield with_value(document, pointer, other)
        if isinstance(value, list) and value:
            yield with_value(document, pointer, [*value, value[0]])
    yield {**document, "nonsense": 1}


def others(value: Any) -> tuple[Any, ...]:
    """Other values of the same type: values around bounds, other choices, other moments."""
    if isinstance(value, bool):
        return (not value,)
    if isinstance(value, int):
        return OTHER_NUMBERS
    if isinstance(value, str):
        return OTHER_INSTANTS if value[4:5] == "-" and "T" in value else OTHER_TEXTS
    return ([],) if isinstance(value, list) else ()


def with_value(document: Json, pointer: str, value: Any) -> Json:
    """A copy with another value at a pointer, or without that member."""
    copy: Json = json.loads(json.dumps(document))
    place: Any = copy
    *way, last = pointer.split("/")[1:]
    for step in way:
        place = place[int(step)] if isinstance(place, list) else place.setdefault(step, {})
    key: Any = int(last) if isinstance(place, list) else last
    if value is LEFT_OUT:
        del place[key]
    else:
        place[key] = value
    return copy
