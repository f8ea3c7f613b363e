"""The corrections file: what a person confirms or corrects after looking at the report. It is recorded as that person's word."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from attrs import evolve, frozen

from adjudicator.evidence.manifest import GIVEN, Item, Kinds, Manifest, part_from
from adjudicator.model.errors import Fault, InputError, shown
from adjudicator.model.fields import fields_by_wire_name
from adjudicator.model.finding import JsonValue
from adjudicator.model.json_names import pointer_step

VERSION: Final = 1


@frozen(kw_only=True)
class Correction:
    """A person's statement about one piece of evidence. ``null`` removes what was stated or read; ``kind`` replaces the kind."""

    id: str
    fields: Mapping[str, JsonValue]
    kind: str | None = None


@frozen(kw_only=True)
class Corrections:
    """A corrections file. ``by`` names the person whose word it is."""

    corrections: int
    by: str
    items: tuple[Correction, ...]

    def of(self, item: Item) -> Mapping[str, JsonValue]:
        """The fields that are confirmed or corrected of a piece of evidence."""
        return next((each.fields for each in self.items if each.id == item.id), {})


def load_corrections(text: str | bytes, manifest: Manifest, known: Kinds) -> Corrections:
    """Read a corrections file; ``known`` are the kinds of evidence that there are.

    Raises :class:`~adjudicator.model.errors.InputError` with every fault; pointers begin with ``corrections#``.
    """
    corrections: Corrections = part_from(text, Corrections, "corrections")
    faults = list(_faults(corrections, manifest, known))
    if faults:
        raise InputError(faults)
    return corrections


def with_kinds(manifest: Manifest, corrections: Corrections) -> Manifest:
    """The manifest with the kinds that were corrected. What it states of such an item goes: it was of another kind."""
    kinds = {each.id: each.kind for each in corrections.items if each.kind is not None}
    items = tuple(
        evolve(item, kind=kinds[item.id], stated={}) if kinds.get(item.id, item.kind) != item.kind else item
        for item in manifest.items
    )
    return evolve(manifest, items=items)


def _faults(corrections: Corrections, manifest: Manifest, known: Kinds) -> Iterator[Fault]:
    if corrections.corrections != VERSION:
        yield Fault("corrections#/corrections", shown(corrections.corrections), f"{VERSION}, the version of the format")
    kinds = {item.id: item.kind for item in manifest.items}
    seen: set[str] = set()
    for index, each in enumerate(corrections.items):
        at = f"corrections#/items/{index}"
        if each.id not in kinds or each.id in seen:
            yield Fault(f"{at}/id", shown(each.id), "the id of an item of the manifest, once")
            continue
        seen.add(each.id)
        kind = each.kind or kinds[each.id]
        if kind not in known:
            yield Fault(f"{at}/kind", shown(kind), "one of " + ", ".join(known))
            continue
        fields = fields_by_wire_name(known[kind]).keys() - GIVEN
        for name in each.fields.keys() - fields:
            place = f"{at}/fields/{pointer_step(name)}"
            yield Fault(place, shown(each.fields[name]), f"no such field; known here: {', '.join(sorted(fields))}")
