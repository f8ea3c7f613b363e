"""What a shop knows about a platform's codes: which category ids are food, which reason codes mean what, who its carriers are."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from typing import Any, Final

from attrs import Factory, frozen

from adjudicator.model.enumerations import Category, Reason, Service
from adjudicator.model.errors import Fault, InputError, shown
from adjudicator.model.json_names import pointer_step
from adjudicator.wire.parser import parsed

SOURCE: Final = "map"


@frozen(kw_only=True)
class ShopMapping:
    """The mapping file. Codes are the texts of the platform's numbers; each table can be left out.

    Values are those of a case. ``reasons`` are by code and ``reason_texts`` by the words that the buyer saw, ``services`` by the type
    of after-sale (for types that the platform adds later), ``carriers`` by company code.
    """

    categories: Mapping[str, str] = Factory(dict)
    reasons: Mapping[str, str] = Factory(dict)
    reason_texts: Mapping[str, str] = Factory(dict)
    services: Mapping[str, str] = Factory(dict)
    carriers: Mapping[str, str] = Factory(dict)


_TABLES: Final[Mapping[str, type[Enum] | None]] = {
    "categories": Category,
    "reasons": Reason,
    "reason_texts": Reason,
    "services": Service,
    "carriers": None,
}


def load_mapping(text: str | bytes | None) -> ShopMapping:
    """Read a mapping file; none is an empty one. Raises :class:`~adjudicator.model.errors.InputError` with every fault in it."""
    if text is None:
        return ShopMapping()
    document, faults = object_in(SOURCE, text)
    faults += [
        Fault(
            f"{SOURCE}#/{pointer_step(name)}", shown(document[name]), f"no such table; known are {', '.join(_TABLES)}"
        )
        for name in document
        if name not in _TABLES
    ]
    tables: dict[str, Any] = {name: _table(name, document.get(name), faults) for name in _TABLES}
    if faults:
        raise InputError(faults)
    return ShopMapping(**tables)


def object_in(source: str, text: str | bytes) -> tuple[dict[str, Any], list[Fault]]:
    """The JSON object in a text, and a fault for every key that stands twice; each fault names its source.

    Raises :class:`~adjudicator.model.errors.InputError` for what is no JSON, or no object.
    """
    try:
        document, repeated = parsed(text)
    except InputError as error:
        raise InputError(within(source, fault) for fault in error.faults) from None
    faults = [within(source, fault) for fault in repeated]
    if not isinstance(document, dict):
        raise InputError([*faults, Fault(f"{source}#", shown(document), "an object")])
    return document, faults


def within(source: str, fault: Fault) -> Fault:
    """A fault of one of several inputs, with the input named in its pointer."""
    return Fault(f"{source}#{fault.pointer}", fault.value, fault.expected)


def _table(name: str, stated: Any, faults: list[Fault]) -> dict[str, str]:
    if stated is None:
        return {}
    if not isinstance(stated, dict):
        faults.append(Fault(f"{SOURCE}#/{name}", shown(stated), "an object"))
        return {}
    kind = _TABLES[name]
    known = [each.value for each in kind] if kind is not None else []
    table: dict[str, str] = {}
    for key, value in stated.items():
        if not isinstance(value, str) or not value or (kind is not None and value not in known):
            expected = f"one of {', '.join(known)}" if kind is not None else "a name"
            faults.append(Fault(f"{SOURCE}#/{name}/{pointer_step(key)}", shown(value), expected))
        else:
            table[key] = value
    return table
