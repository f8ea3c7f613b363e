"""The "beside" file: what only the caller knows, laid over what the payloads state.

It has the shape of a partial case. This module only merges it and records where each part came from; the codec validates the
result.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from attrs import Factory, frozen

from adjudicator.adapters.addresses import unsigned
from adjudicator.adapters.losses import Ledger, LossKind
from adjudicator.adapters.mapping import object_in
from adjudicator.adapters.payload import Node, Path, View, pointer_to
from adjudicator.model.errors import Fault, InputError, shown
from adjudicator.model.json_names import pointer_step
from adjudicator.model.time import Instant
from adjudicator.wire.parser import DEEPEST, depth_of

SOURCE: Final = "beside"

_ARGUMENTS: Final = ("/as_of", "/policy")
"""What the caller passes as an argument, not in this file."""
_IDENTITY: Final = frozenset({"/claim/filed_at", "/claim/id", "/metadata/update_time", "/order/id", "/order/placed_at"})
"""What identifies the claim; it must not contradict the payloads."""
_KEYS: Final[Mapping[str, str]] = {"/order/lines": "id", "/order/parcels": "waybill_no"}
"""Lists whose items are merged one by one, and the field that identifies an item."""
_CLOSED: Final = frozenset({"/order/lines"})
"""Lists that must be merged, not replaced, if the payloads identify all items."""


def load_beside(text: str | bytes | None) -> dict[str, Any]:
    """Read the beside file; ``None`` gives an empty one. Raises :class:`~adjudicator.model.errors.InputError`."""
    if text is None:
        return {}
    document, faults = object_in(SOURCE, text)
    if depth_of(document) > DEEPEST:
        faults.append(Fault(f"{SOURCE}#", "a deeper one", f"lists and objects nested at most {DEEPEST} deep"))
    for pointer in _ARGUMENTS:
        stated = value_at(document, *pointer.split("/")[1:])
        if stated is not None:
            faults.append(Fault(f"{SOURCE}#{pointer}", shown(stated), "nothing: it is an argument of its own"))
    if faults:
        raise InputError(faults)
    return document


def files_explained(beside: Mapping[str, Any]) -> frozenset[str]:
    """The unsigned URLs of all files in the evidence given beside; their content is known."""
    files = (
        file
        for document in _listed(beside.get("evidence"))
        if isinstance(document, dict)
        for file in _listed(document.get("files"))
    )
    return frozenset(
        unsigned(file["name"]) for file in files if isinstance(file, dict) and isinstance(file.get("name"), str)
    )


def value_at(document: Any, *steps: str) -> Any:
    """The value at a path of nested objects; ``None`` if there is none."""
    for step in steps:
        document = document.get(step) if isinstance(document, dict) else None
    return document


@frozen(eq=False)
class Overlay:
    """Merges the beside file into a draft of the case; ``placed`` maps parts of the case to where they came from."""

    ledger: Ledger
    placed: dict[str, Path] = Factory(dict)
    faults: list[Fault] = Factory(list)

    def over(
        self, draft: dict[str, Any], stated: Mapping[str, Any], field: str = "", path: Path = ()
    ) -> dict[str, Any]:
        """The draft with all stated values merged in; null states nothing."""
        result = dict(draft)
        for name, value in stated.items():
            if value is not None:
                result[name] = self._merged(draft.get(name), value, f"{field}/{pointer_step(name)}", (*path, name))
        return result

    def source_of(self, field: str) -> str | None:
        """The place in the beside file that a field of the case came from; ``None`` if it came from elsewhere."""
        known = field
        while known and known not in self.placed:
            known = known.rpartition("/")[0]
        return f"{SOURCE}#{pointer_to(self.placed[known])}{field[len(known) :]}" if known else None

    def _merged(self, drafted: Any, stated: Any, field: str, path: Path) -> Any:
        if isinstance(drafted, dict) and isinstance(stated, dict):
            return self.over(drafted, stated, field, path)
        if isinstance(drafted, list) and isinstance(stated, list):
            if field == "/evidence":
                return self._appended(drafted, stated, field, path)
            if _matches(drafted, stated, field):
                return self._matched(drafted, stated, field, path)
        self.placed[field] = path
        if drafted not in (None, []) and not isinstance(drafted, dict) and not _same(drafted, stated):
            self._differs(drafted, stated, field, path)
        return stated

    def _differs(self, drafted: Any, stated: Any, field: str, path: Path) -> None:
        if field in _IDENTITY and not self.ledger.doubts(field):
            expected = f"{shown(drafted)}, as in the payloads: anything else is another claim"
            self.faults.append(Fault(f"{SOURCE}#{pointer_to(path)}", shown(stated), expected))
            return
        beside, payloads = View((Node(SOURCE, path, stated),)), View(self.ledger.origins(field))
        kind, code = LossKind.CONTRADICTORY, "beside_differs"
        self.ledger.lost(kind, beside, code, "the payloads say otherwise; what is given beside is taken", field)
        self.ledger.lost(kind, payloads, code, "something else is given beside, and that is taken", field)

    def _appended(self, drafted: list[Any], stated: list[Any], field: str, path: Path) -> list[Any]:
        self.placed.update((f"{field}/{len(drafted) + index}", (*path, index)) for index in range(len(stated)))
        return [*drafted, *stated]

    def _matched(self, drafted: list[Any], stated: list[Any], field: str, path: Path) -> list[Any]:
        """The items of a list, each merged with the stated item of the same name."""
        result, key = list(drafted), _KEYS[field]
        positions = {item[key]: index for index, item in enumerate(drafted)}
        for index, item in enumerate(stated):
            name = value_at(item, key)
            position = positions.get(name) if isinstance(name, str) else None
            if position is None:
                place = pointer_to((*path, index, key))
                self.faults.append(Fault(f"{SOURCE}#{place}", shown(name), "the id of a line of the order"))
            else:
                result[position] = self.over(result[position], item, f"{field}/{position}", (*path, index))
        return result


def _matches(drafted: list[Any], stated: list[Any], field: str) -> bool:
    """Whether to merge a list item by item, rather than replace it."""
    if not drafted or field not in _KEYS:
        return False
    names = {item[_KEYS[field]] for item in drafted}
    if field in _CLOSED:
        return None not in names
    stated_names = [value_at(item, _KEYS[field]) for item in stated]
    return stated_names != [] and all(isinstance(name, str) and name in names for name in stated_names)


def _same(drafted: Any, stated: Any) -> bool:
    """Whether two values are equal; instants are compared across zones."""
    if type(drafted) is str and type(stated) is str:
        try:
            return Instant.parse(drafted) == Instant.parse(stated)
        except ValueError:
            return drafted == stated
    return bool(drafted == stated)


def _listed(value: Any) -> Iterator[Any]:
    return iter(value if isinstance(value, list) else ())
