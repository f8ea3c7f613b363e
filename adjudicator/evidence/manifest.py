"""The manifest of a bundle: who handed in what, when, for which lines, and what the person who prepared it states.

It is the caller's own word, like the evidence part of a case that somebody types. The parties hand in files, never the manifest.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final, TypeAlias

import attrs
from attrs import Factory, frozen

from adjudicator.model.case import Case
from adjudicator.model.enumerations import Submitter
from adjudicator.model.errors import Fault, InputError, shown
from adjudicator.model.evidence import kinds_in
from adjudicator.model.fields import fields_by_wire_name, item_of
from adjudicator.model.finding import JsonValue
from adjudicator.model.json_names import pointer_step
from adjudicator.model.time import Instant
from adjudicator.wire.codec import value_reader
from adjudicator.wire.parser import parsed

NAME: Final = "manifest.json"
VERSION: Final = 1
GIVEN: Final = frozenset({"id", "submitted_by", "submitted_at", "line_ids", "files"})
"""The fields of evidence that an item has itself."""
Kinds: TypeAlias = Mapping[str, Any]
"""The classes of the kinds of evidence of a case, by name."""


@frozen(kw_only=True)
class Item:
    """One piece of evidence: the files that make it up and what is stated of it.

    ``stated`` holds fields of evidence of that kind, as in a case. Empty ``line_ids`` mean the whole order.
    """

    id: str
    kind: str
    submitted_by: Submitter
    submitted_at: Instant
    line_ids: tuple[str, ...]
    files: tuple[str, ...]
    stated: Mapping[str, JsonValue] = Factory(dict)


@frozen(kw_only=True)
class Manifest:
    """A manifest. ``prepared_by`` names the person whose word ``stated`` is."""

    manifest: int
    prepared_by: str
    items: tuple[Item, ...]


def kinds_of(case: Case) -> Kinds:
    """The kinds of evidence that a case can have: those of every claim, and those of the pack of its policy."""
    of: Any = type(case)
    evidence: Any = fields_by_wire_name(of)["evidence"].type
    return kinds_in(item_of(evidence))


def load_manifest(text: str | bytes, kinds: Kinds) -> Manifest:
    """Read a manifest of evidence of some kinds.

    Raises :class:`~adjudicator.model.errors.InputError` with every fault; pointers begin with ``manifest#``.
    """
    manifest: Manifest = part_from(text, Manifest, "manifest")
    faults = list(_faults(manifest, kinds))
    if faults:
        raise InputError(faults)
    return manifest


def part_from(text: str | bytes, kind: type, source: str) -> Any:
    """A value of a class from JSON. Raises :class:`~adjudicator.model.errors.InputError`, with pointers that begin with the source."""
    try:
        document, faults = parsed(text)
        if type(document) is not dict:
            faults.append(Fault("", shown(document), "an object"))
        if not faults:
            return value_reader(kind)(document)
    except InputError as error:
        faults = list(error.faults)
    raise InputError(in_source(source, faults))


def in_source(source: str, faults: Iterable[Fault]) -> list[Fault]:
    """Faults with pointers that name the input they are in."""
    return [attrs.evolve(each, pointer=f"{source}#{each.pointer}") for each in faults]


def _faults(manifest: Manifest, kinds: Kinds) -> Iterator[Fault]:
    if manifest.manifest != VERSION:
        yield Fault("manifest#/manifest", shown(manifest.manifest), f"{VERSION}, the version of the format")
    ids: set[str] = set()
    for index, item in enumerate(manifest.items):
        at = f"manifest#/items/{index}"
        if item.id in ids:
            yield Fault(f"{at}/id", shown(item.id), "an id that stands only once")
        ids.add(item.id)
        if item.kind not in kinds:
            yield Fault(f"{at}/kind", shown(item.kind), "one of " + ", ".join(kinds))
            continue
        if not item.files:
            yield Fault(f"{at}/files", shown(item.files), "at least one file")
        known = fields_by_wire_name(kinds[item.kind]).keys() - GIVEN
        for name in item.stated.keys() - known:
            place = f"{at}/stated/{pointer_step(name)}"
            yield Fault(place, shown(item.stated[name]), f"no such field; known here: {', '.join(sorted(known))}")
