"""A piece of evidence for a case, from what the manifest states and what was read."""

from __future__ import annotations

import typing
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

import attrs
from attrs import frozen

from adjudicator.evidence.manifest import GIVEN, Item, Kinds
from adjudicator.evidence.report import ExaminedFile, Fact, Remark, Source
from adjudicator.model.fields import fields_by_wire_name
from adjudicator.model.finding import JsonValue
from adjudicator.wire.codec import document_of, value_reader

INCOMPLETE: Final = "other"
"""The kind of a piece of evidence whose kind is not fully known: no rule reads it."""

OBSERVED: Final = (Source.READ, Source.COMPARED)
"""Where a fact comes from that nobody states."""

_INCOMPLETE: Final = ", incomplete: "


@frozen(kw_only=True)
class Assembled:
    """The evidence in JSON, its facts, the contradictions between them, and the required fields that nothing states."""

    document: dict[str, Any]
    facts: tuple[Fact, ...]
    remarks: tuple[Remark, ...]
    missing: tuple[str, ...]


def assembled(
    item: Item, files: Sequence[ExaminedFile], read: Iterable[Fact], confirmed: Mapping[str, JsonValue], kinds: Kinds
) -> Assembled:
    """A piece of evidence; ``kinds`` are those that the case can have.

    What was read goes before what is stated, and what a person confirms before both. Without a required field the evidence becomes
    ``other``: nothing is guessed. Raises :class:`~adjudicator.model.errors.InputError` for a value that its field cannot have, and for a
    required field without a value if the case cannot have ``other``.
    """
    facts, remarks = _merged(item, read, confirmed)
    kind = item.kind
    given = {
        "id": item.id,
        "submitted_by": item.submitted_by.value,
        "submitted_at": str(item.submitted_at),
        "line_ids": [*item.line_ids],
        "files": [{"name": file.name, "sha256": file.sha256, "media_type": file.reading.media_type} for file in files],
    }
    own = _nested(facts)
    missing = tuple(_missing(kinds[kind], own))
    if missing and INCOMPLETE in kinds:
        own = {"description": f"{item.kind}{_INCOMPLETE}{', '.join(missing)}"}
        kind = INCOMPLETE
    evidence = value_reader(kinds[kind])(given | own)
    return Assembled(
        document=document_of(evidence), facts=tuple(facts.values()), remarks=tuple(remarks), missing=missing
    )


def intended_kind(document: Mapping[str, Any], kinds: Kinds) -> str:
    """The kind of a piece of evidence in JSON; what it is meant to be if required fields are missing, so that it is in the case as ``other``."""
    kind, is_incomplete, _ = str(document.get("description") or "").partition(_INCOMPLETE)
    return kind if document["kind"] == INCOMPLETE and is_incomplete and kind in kinds else str(document["kind"])


def _merged(
    item: Item, read: Iterable[Fact], confirmed: Mapping[str, JsonValue]
) -> tuple[dict[str, Fact], list[Remark]]:
    """The facts by field, and the contradictions between what is stated, what was read and what is confirmed."""
    facts = {
        path: Fact(field=path, value=value, source=Source.STATED)
        for path, value in _leaves(item.stated)
        if value is not None
    }
    remarks = []
    for fact in read:
        stated = facts.get(fact.field)
        if stated is not None and stated.source is Source.STATED and stated.value != fact.value:
            params = {"field": fact.field, "stated": stated.value, "read": fact.value}
            remarks.append(Remark(code="contradicts_statement", file=fact.file, params=params))
        if stated is None or stated.source is Source.STATED:
            facts[fact.field] = fact
    for path, value in _leaves(confirmed):
        before = facts.pop(path, None)
        if before is not None and before.source in OBSERVED and before.value != value:
            params = {"field": path, "read": before.value, "confirmed": value}
            remarks.append(Remark(code="corrected", file=before.file, params=params))
        if value is not None:
            facts[path] = Fact(field=path, value=value, source=Source.CONFIRMED)
    return facts, remarks


def _leaves(value: Mapping[str, Any], path: str = "") -> Iterator[tuple[str, JsonValue]]:
    for name, each in value.items():
        if isinstance(each, dict):
            yield from _leaves(each, f"{path}{name}/")
        else:
            yield f"{path}{name}", each


def _nested(facts: Mapping[str, Fact]) -> dict[str, Any]:
    document: dict[str, Any] = {}
    for path, fact in facts.items():
        *objects, name = path.split("/")
        held = document
        for each in objects:
            held = held.setdefault(each, {})
        held[name] = [*fact.value] if isinstance(fact.value, tuple) else fact.value
    return document


def _missing(kind: type, own: Mapping[str, Any], path: str = "") -> Iterator[str]:
    """The required fields of a kind that have no value."""
    for name, field in fields_by_wire_name(kind).items():
        if name in GIVEN and not path:
            continue
        value = own.get(name)
        required = field.default is attrs.NOTHING
        inner: Any = field.type
        if attrs.has(typing.get_origin(inner) or inner) and isinstance(value or {}, dict) and (required or value):
            yield from _missing(inner, value or {}, f"{path}{name}/")
        elif required and value is None:
            yield f"{path}{name}"
