"""The shop's mapping of a platform's codes: categories, reasons, services and carriers."""

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
    """A mapping file. Keys are the platform's codes as text, values are those of a case; every table is optional.

    ``reasons`` is keyed by code, ``reason_texts`` by the words the buyer saw, ``services`` by after-sale type (for types that the
    platform adds later), and ``carriers`` by company code.
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
    """Read a mapping file; ``None`` gives an empty mapping.

    Raises :class:`~adjudicator.model.errors.InputError` with every fault in it.
    """
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
    """The JSON object in a text, and a fault for every duplicate key; each fault names its source.

    Raises :class:`~adjudicator.model.errors.InputError` if the text is not a JSON object.
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
    """The fault with its input named in its pointer."""
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
