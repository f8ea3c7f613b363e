"""Find the fields that a pack has added to claims, wherever they are in a case."""

from __future__ import annotations

import typing
from collections.abc import Iterator
from enum import Enum
from typing import Any

import attrs

from adjudicator.engine.clause import hints, members
from adjudicator.engine.registry import policies
from adjudicator.kinds.own_fields import CHOICES, fields_beyond
from adjudicator.model.case import Case
from adjudicator.model.json_names import wire_name


def own_fields(policy: str, document: dict[str, Any]) -> Iterator[tuple[str, attrs.Attribute[Any]]]:
    """Each place in a document for a field that the pack has added, with the field; it may be absent from the document."""
    return _further(policies()[policy][0].case_kind.case_type, Case, document, "")


def choices(policy: str, name: str) -> tuple[Enum, ...]:
    """The values of the ``reason`` or ``category`` of a policy's claims: a pack may have its own."""
    read = policies()[policy][0].case_kind.glossary.facts[name].read
    (choice,) = [each for each in members(hints(read)["return"]) if issubclass(each, Enum)]
    return tuple(choice)


def _further(kind: Any, plain: Any, held: Any, pointer: str) -> Iterator[tuple[str, attrs.Attribute[Any]]]:
    for field in fields_beyond(kind, plain):
        yield f"{pointer}/{wire_name(field.name)}", field
    for known in attrs.fields(attrs.resolve_types(plain)):
        name, of = wire_name(known.name), attrs.fields_dict(kind)[known.name].type
        if of == known.type or known.name in CHOICES or held.get(name) is None:
            continue
        if typing.get_origin(of) is tuple:
            one, other = typing.get_args(of)[0], typing.get_args(known.type)[0]
            for index, each in enumerate(held[name]):
                yield from _further(one, other, each, f"{pointer}/{name}/{index}")
        else:
            yield from _further(of, known.type, held[name], f"{pointer}/{name}")
