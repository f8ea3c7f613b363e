"""The manifest of a bundle: who handed in what, when, for which lines, and what the person who prepared it states.

It is the caller's own word, like the evidence part of a case that somebody types. The parties hand in files, never the manifest.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

import attrs
from attrs import Factory, frozen

from adjudicator.model.enumerations import Submitter
from adjudicator.model.errors import Fault, InputError, shown
from adjudicator.model.evidence import Evidence, kinds_in
from adjudicator.model.fields import fields_by_wire_name
from adjudicator.model.finding import JsonValue
from adjudicator.model.json_names import pointer_step
from adjudicator.model.time import Instant
from adjudicator.wire.codec import value_from
from adjudicator.wire.parser import parsed

NAME: Final = "manifest.json"
VERSION: Final = 1
KINDS: Final[Mapping[str, Any]] = kinds_in(Evidence)
"""The kinds of evidence of a claim."""
GIVEN: Final = frozenset({"id", "submitted_by", "submitted_at", "line_ids", "files"})
"""The fields of evidence that an item has itself."""


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


def load_manifest(text: str | bytes) -> Manifest:
    """Read a manifest.

    Raises :class:`~adjudicator.model.errors.InputError` with every fault; pointers begin with ``manifest#``.
    """
    manifest: Manifest = part_from(text, Manifest, "manifest")
    faults = list(_faults(manifest))
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
            return value_from(document, kind)
    except InputError as error:
        faults = list(error.faults)
    raise InputError(in_source(source, faults))


def in_source(source: str, faults: Iterable[Fault]) -> list[Fault]:
    """Faults with pointers that name the input they are in."""
    return [attrs.evolve(each, pointer=f"{source}#{each.pointer}") for each in faults]


def _faults(manifest: Manifest) -> Iterator[Fault]:
    if manifest.manifest != VERSION:
        yield Fault("manifest#/manifest", shown(manifest.manifest), f"{VERSION}, the version of the format")
    ids: set[str] = set()
    for index, item in enumerate(manifest.items):
        at = f"manifest#/items/{index}"
        if item.id in ids:
            yield Fault(f"{at}/id", shown(item.id), "an id that stands only once")
        ids.add(item.id)
        if item.kind not in KINDS:
            yield Fault(f"{at}/kind", shown(item.kind), "one of " + ", ".join(KINDS))
            continue
        if not item.files:
            yield Fault(f"{at}/files", shown(item.files), "at least one file")
        known = fields_by_wire_name(KINDS[item.kind]).keys() - GIVEN
        for name in item.stated.keys() - known:
            place = f"{at}/stated/{pointer_step(name)}"
            yield Fault(place, shown(item.stated[name]), f"no such field; known here: {', '.join(sorted(known))}")
