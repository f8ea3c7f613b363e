"""Names of fields in JSON, and keys as steps of a JSON pointer (RFC 6901)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

_WIRE_NAMES: Final[Mapping[str, str]] = {"in_favour_of": "for"}
"""Fields whose JSON name is a Python keyword."""


def wire_name(field: str) -> str:
    """The name of a field in JSON."""
    return _WIRE_NAMES.get(field, field)


def pointer_step(name: str) -> str:
    """A key as a step of a JSON pointer, printable."""
    printable = name if name.isprintable() else ascii(name)[1:-1]
    return printable.replace("~", "~0").replace("/", "~1")
