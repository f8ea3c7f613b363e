"""New decisions as documents for orjson: a straight function for each class, made from its fields.

The documents become the JSON text that :mod:`adjudicator.wire.encoder` would give, which also writes what these functions cannot.
"""

from __future__ import annotations

import typing
from collections.abc import Callable, Iterable
from decimal import Decimal
from enum import Enum
from itertools import repeat
from typing import Any, TypeAlias

import attrs
from attrs import Factory, frozen

from adjudicator.model.fields import if_known
from adjudicator.model.json_names import wire_name
from adjudicator.model.source import Source
from adjudicator.model.time import Instant
from adjudicator.wire.annotations import is_json_value, is_list, is_mapping, may_be_unknown
from adjudicator.wire.template import Instants

Writer: TypeAlias = Callable[[Any, Instants], dict[str, Any]]
"""Gives the document of a value; instants are written once."""


class Unwritable(Exception):
    """A type that only the encoder writes."""


def writer_of(kind: type, left_out: Iterable[str] = ()) -> Writer:
    """What writes a class, with null for fields that are ``left_out`` and not read. Raises :class:`Unwritable`."""
    return source_of(kind, left_out).made("write")


def source_of(kind: type, left_out: Iterable[str] = ()) -> Source:
    """The source of a writer."""
    source = Source(f"the writer of {kind.__module__}.{kind.__name__} without {', '.join(left_out)}")
    source.values.update(repeat=repeat)
    writers = _Writers(source)
    source.add(*writers.function("write", kind, frozenset(left_out)))
    return source


@frozen(eq=False)
class _Writers:
    """Writes the functions, those first that others call."""

    source: Source
    names: dict[type, str] = Factory(dict)

    def function(self, name: str, kind: Any, left_out: frozenset[str] = frozenset()) -> list[str]:
        """The function that writes a class."""
        if isinstance(getattr(kind, "kind", None), str):
            raise Unwritable
        members = {
            wire_name(each.name): "None" if each.name in left_out else self._written(each.type, f"value.{each.name}")
            for each in attrs.fields(attrs.resolve_types(kind))
        }
        return [
            f"def {name}(value, instants):",
            "    return {",
            *[f"        {key!r}: {value}," for key, value in members.items()],
            "    }",
        ]

    def _written(self, annotation: Any, place: str) -> str:
        """The expression for a value of a type: the place itself for what orjson writes as it is."""
        annotation = getattr(annotation, "__supertype__", annotation)
        if may_be_unknown(annotation):
            written = self._written(if_known(annotation), place)
            return written if written == place else f"None if {place} is None else {written}"
        if annotation is Instant:
            return f"instants[{place}]"
        if annotation is Decimal:
            return f"str({place})"
        if is_list(annotation):
            item = typing.get_args(annotation)[0]
            if attrs.has(item):
                return f"[*map({self._name_of(item)}, {place}, repeat(instants))]"
            each = self._written(item, "each")
            return place if each == "each" else f"[{each} for each in {place}]"
        if is_mapping(annotation) and typing.get_args(annotation)[0] is str:
            each = self._written(typing.get_args(annotation)[1], "each")
            return place if each == "each" else f"{{name: {each} for name, each in {place}.items()}}"
        if attrs.has(annotation):
            return f"{self._name_of(annotation)}({place}, instants)"
        if is_json_value(annotation) or (isinstance(annotation, type) and issubclass(annotation, (str, int, Enum))):
            return place
        raise Unwritable

    def _name_of(self, kind: type) -> str:
        """The name of the function that writes a class."""
        if kind not in self.names:
            self.names[kind] = name = self.source.named(f"write_{kind.__name__}", kind)
            self.source.add(*self.function(name, kind))
        return self.names[kind]
