"""Cases whose personal data were erased from a record: what they lack, and how they can still be decided."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

import attrs
import orjson

from adjudicator.model.errors import InputError
from adjudicator.model.json_names import wire_name
from adjudicator.wire.codec import load_case
from adjudicator.wire.pointer import at, put

STAND_IN: Final = "erased"
"""The text that stands for every erased text that a case cannot do without. The claimant and the buyer have the same."""
_POSITION: Final = re.compile(r"/\d+(?=/|$)")


def without_personal_data(text: bytes) -> tuple[bytes, frozenset[str]]:
    """A case that was valid before its personal data were erased, as JSON that can be decided, and the fields that it lacks.

    In the names of these, ``*`` is any item of a list. Raises :class:`~adjudicator.model.errors.InputError` if the case is invalid in
    another way.
    """
    filled = frozenset[str]()
    try:
        case = load_case(text)
    except InputError as error:
        text, filled = _filled_in(text, error)
        case = load_case(text)
    return text, filled | frozenset(_missing(case, ""))


def _filled_in(text: bytes, error: InputError) -> tuple[bytes, frozenset[str]]:
    document = orjson.loads(text)
    places = [each.pointer for each in error.faults]
    if any(at(document, each) is not None for each in places):
        raise error
    for each in places:
        put(document, each, STAND_IN)
    return orjson.dumps(document), frozenset(_POSITION.sub("/*", each) for each in places)


def _missing(value: Any, place: str) -> Iterator[str]:
    """The personal fields of a case that hold nothing."""
    if isinstance(value, tuple):
        for each in value:
            yield from _missing(each, f"{place}/*")
    elif attrs.has(type(value)):
        for each in attrs.fields(type(value)):
            held, here = getattr(value, each.name), f"{place}/{wire_name(each.name)}"
            if "personal" not in each.metadata:
                yield from _missing(held, here)
            elif held is None:
                yield here
