"""What only the caller knows, laid over what the payloads state.

It has the shape of a case with most of it left out. The codec says whether its fields are a case's; here they are only put in
place, with a note of where each part came from.
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
"""What the caller gives by itself, not in this file."""
_IDENTITY: Final = frozenset({"/claim/filed_at", "/claim/id", "/metadata/update_time", "/order/id", "/order/placed_at"})
"""What makes a claim this claim: where the payloads state it, nothing else can be given."""
_KEYS: Final[Mapping[str, str]] = {"/order/lines": "id", "/order/parcels": "waybill_no"}
"""Lists whose items are matched one by one, and the field that tells them apart."""
_CLOSED: Final = frozenset({"/order/lines"})
"""Those that can be given only by matching, where the payloads tell all items apart."""


def load_beside(text: str | bytes | None) -> dict[str, Any]:
    """Read what is given beside the payloads. Raises :class:`~adjudicator.model.errors.InputError`."""
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
    """The addresses, unsigned, of all files of the evidence that is given beside: what these show is known."""
    files = (
        file
        for each in _listed(beside.get("evidence"))
        if isinstance(each, dict)
        for file in _listed(each.get("files"))
    )
    return frozenset(
        unsigned(file["name"]) for file in files if isinstance(file, dict) and isinstance(file.get("name"), str)
    )


def value_at(document: Any, *steps: str) -> Any:
    """What stands in nested objects; ``None`` where nothing does."""
    for step in steps:
        document = document.get(step) if isinstance(document, dict) else None
    return document


@frozen(eq=False)
class Overlay:
    """Lays what is given beside over a draft of the case; ``placed`` says where each part of the case came from."""

    ledger: Ledger
    placed: dict[str, Path] = Factory(dict)
    faults: list[Fault] = Factory(list)

    def over(
        self, draft: dict[str, Any], stated: Mapping[str, Any], field: str = "", there: Path = ()
    ) -> dict[str, Any]:
        """The draft with everything that is stated in its place. Null says nothing."""
        result = dict(draft)
        for name, value in stated.items():
            if value is not None:
                result[name] = self._one(draft.get(name), value, f"{field}/{pointer_step(name)}", (*there, name))
        return result

    def source_of(self, field: str) -> str | None:
        """Where beside the payloads a place in the case came from; ``None`` if it did not."""
        known = field
        while known and known not in self.placed:
            known = known.rpartition("/")[0]
        return f"{SOURCE}#{pointer_to(self.placed[known])}{field[len(known) :]}" if known else None

    def _one(self, drafted: Any, stated: Any, field: str, there: Path) -> Any:
        if isinstance(drafted, dict) and isinstance(stated, dict):
            return self.over(drafted, stated, field, there)
        if isinstance(drafted, list) and isinstance(stated, list):
            if field == "/evidence":
                return self._appended(drafted, stated, field, there)
            if _matches(drafted, stated, field):
                return self._matched(drafted, stated, field, there)
        self.placed[field] = there
        if drafted not in (None, []) and not isinstance(drafted, dict) and not _same(drafted, stated):
            self._differs(drafted, stated, field, there)
        return stated

    def _differs(self, drafted: Any, stated: Any, field: str, there: Path) -> None:
        if field in _IDENTITY and not self.ledger.doubts(field):
            expected = f"{shown(drafted)}, as in the payloads: anything else is another claim"
            self.faults.append(Fault(f"{SOURCE}#{pointer_to(there)}", shown(stated), expected))
            return
        beside, payloads = View((Node(SOURCE, there, stated),)), View(self.ledger.origins(field))
        kind, code = LossKind.CONTRADICTORY, "beside_differs"
        self.ledger.lost(kind, beside, code, "the payloads say otherwise; what is given beside is taken", field)
        self.ledger.lost(kind, payloads, code, "something else is given beside, and that is taken", field)

    def _appended(self, drafted: list[Any], stated: list[Any], field: str, there: Path) -> list[Any]:
        self.placed.update((f"{field}/{len(drafted) + index}", (*there, index)) for index in range(len(stated)))
        return [*drafted, *stated]

    def _matched(self, drafted: list[Any], stated: list[Any], field: str, there: Path) -> list[Any]:
        """The items of a list, each with what is stated of it."""
        result, key = list(drafted), _KEYS[field]
        positions = {each[key]: index for index, each in enumerate(drafted)}
        for index, each in enumerate(stated):
            name = value_at(each, key)
            position = positions.get(name) if isinstance(name, str) else None
            if position is None:
                place = pointer_to((*there, index, key))
                self.faults.append(Fault(f"{SOURCE}#{place}", shown(name), "the id of a line of the order"))
            else:
                result[position] = self.over(result[position], each, f"{field}/{position}", (*there, index))
        return result


def _matches(drafted: list[Any], stated: list[Any], field: str) -> bool:
    """Whether the items of a list are stated one by one, and not all anew."""
    if not drafted or field not in _KEYS:
        return False
    names = {each[_KEYS[field]] for each in drafted}
    if field in _CLOSED:
        return None not in names
    named = [value_at(each, _KEYS[field]) for each in stated]
    return named != [] and all(isinstance(name, str) and name in names for name in named)


def _same(drafted: Any, stated: Any) -> bool:
    """Whether two values say the same; instants do so in any zone."""
    if type(drafted) is str and type(stated) is str:
        try:
            return Instant.parse(drafted) == Instant.parse(stated)
        except ValueError:
            return drafted == stated
    return bool(drafted == stated)


def _listed(value: Any) -> Iterator[Any]:
    return iter(value if isinstance(value, list) else ())
