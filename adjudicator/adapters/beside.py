"""What only the caller knows, laid over what the payloads tell.

It has the shape of a case with most of it left out. Whether its fields are a case's is for the codec to say; here it is only put
in place, with a note of where each part came from.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from attrs import Factory, frozen

from adjudicator.adapters.losses import Ledger, LossKind
from adjudicator.adapters.mapping import object_in
from adjudicator.adapters.payload import Node, Path, View, pointer_to
from adjudicator.model.errors import Fault, InputError, shown
from adjudicator.model.json_names import pointer_step
from adjudicator.model.time import Instant
from adjudicator.wire.parser import DEEPEST, depth_of

SOURCE: Final = "beside"
TOLD_BY_THE_PAYLOADS: Final = frozenset(
    {
        "/as_of",
        "/claim/filed_at",
        "/claim/id",
        "/metadata/update_time",
        "/order/id",
        "/order/placed_at",
        "/policy",
    }
)
"""What is not the caller's to say beside the payloads: it would be another claim."""


def load_beside(text: str | bytes | None) -> dict[str, Any]:
    """Read what is given beside the payloads. Raises :class:`~adjudicator.model.errors.InputError`."""
    if text is None:
        return {}
    document, faults = object_in(SOURCE, text)
    if depth_of(document) > DEEPEST:
        faults.append(Fault(f"{SOURCE}#", "a deeper one", f"lists and objects nested at most {DEEPEST} deep"))
    for pointer in sorted(TOLD_BY_THE_PAYLOADS):
        stated = _found(document, pointer)
        if stated is not None:
            faults.append(Fault(f"{SOURCE}#{pointer}", shown(stated), "nothing: it is told elsewhere"))
    if faults:
        raise InputError(faults)
    return document


def pictures_explained(beside: Mapping[str, Any]) -> frozenset[str]:
    """The names of all files of the evidence that is given beside: what these show is known."""
    documents = beside.get("evidence")
    files = (
        file
        for each in (documents if isinstance(documents, list) else ())
        if isinstance(each, dict) and isinstance(each.get("files"), list)
        for file in each["files"]
    )
    return frozenset(file["name"] for file in files if isinstance(file, dict) and isinstance(file.get("name"), str))


@frozen(eq=False)
class Overlay:
    """Lays what is given beside over a draft of the case; ``placed`` tells where each part of the case came from."""

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

    def _one(self, told: Any, stated: Any, field: str, there: Path) -> Any:
        if isinstance(told, dict) and isinstance(stated, dict):
            return self.over(told, stated, field, there)
        if isinstance(told, list) and isinstance(stated, list) and field == "/order/lines":
            return self._lines(told, stated, field, there)
        if isinstance(told, list) and isinstance(stated, list) and field == "/evidence":
            self.placed.update((f"{field}/{len(told) + index}", (*there, index)) for index in range(len(stated)))
            return [*told, *stated]
        self.placed[field] = there
        if told not in (None, []) and not isinstance(told, dict) and not _same(told, stated):
            self._differs(stated, field, there)
        return stated

    def _differs(self, stated: Any, field: str, there: Path) -> None:
        beside, payloads = View((Node(SOURCE, there, stated),)), View(self.ledger.origins(field))
        kind, code = LossKind.CONTRADICTORY, "beside_differs"
        self.ledger.lost(kind, beside, code, "the payloads say otherwise; what is given beside is taken", field)
        self.ledger.lost(kind, payloads, code, "something else is given beside, and that is taken", field)

    def _lines(self, told: list[Any], stated: list[Any], field: str, there: Path) -> list[Any]:
        """The lines of the order, each with what is stated of it."""
        result = list(told)
        positions = {line["id"]: index for index, line in enumerate(told)}
        for index, each in enumerate(stated):
            line_id = each.get("id") if isinstance(each, dict) else None
            position = positions.get(line_id) if isinstance(line_id, str) else None
            if position is None:
                place = pointer_to((*there, index, "id"))
                self.faults.append(Fault(f"{SOURCE}#{place}", shown(line_id), "the id of a line of the order"))
            else:
                result[position] = self.over(result[position], each, f"{field}/{position}", (*there, index))
        return result


def _same(told: Any, stated: Any) -> bool:
    """Whether two values say the same; instants do so in any zone."""
    if type(told) is str and type(stated) is str:
        try:
            return Instant.parse(told) == Instant.parse(stated)
        except ValueError:
            return told == stated
    return bool(told == stated)


def _found(document: Any, pointer: str) -> Any:
    for step in pointer.split("/")[1:]:
        document = document.get(step) if isinstance(document, dict) else None
    return document
