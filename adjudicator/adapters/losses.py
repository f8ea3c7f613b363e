"""The loss report: what became of every value of the payloads on its way into the case.

A value is either used, and then the report says for which field of the case, or it has a line of its own. There is no third
way: what nobody has read by the end is reported as dropped.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from enum import StrEnum
from typing import Any, Final, TypeAlias, TypeVar

import attrs
from attrs import Factory, frozen

from adjudicator.adapters.payload import Node, Path, Unreadable, View
from adjudicator.model.errors import Fault

T = TypeVar("T")
Place: TypeAlias = tuple[str, Path]


class LossKind(StrEnum):
    """What became of a value that did not simply go into the case."""

    DEFAULTED = "defaulted"
    MISSING = "missing"
    UNKNOWN = "unknown"
    CONTRADICTORY = "contradictory"
    DROPPED = "dropped"


MEANING: Final[Mapping[LossKind, str]] = {
    LossKind.DEFAULTED: "told by nobody, and taken as said here",
    LossKind.MISSING: "not known, and this guarantee reads it",
    LossKind.UNKNOWN: "told, but not in a way that is understood for certain",
    LossKind.CONTRADICTORY: "told in two ways",
    LossKind.DROPPED: "told, and no part of a case",
}


@frozen(kw_only=True)
class Loss:
    """One line of the report.

    ``field`` is a JSON pointer into the case, ``pointer`` one into ``source``, ``raw`` what stands there as JSON text.
    """

    kind: LossKind
    code: str
    note: str
    field: str | None = None
    source: str | None = None
    pointer: str | None = None
    raw: str | None = None

    def __str__(self) -> str:
        place = f"{self.source}#{self.pointer}" if self.source is not None else ""
        head = " -> ".join(each for each in (place, self.field) if each) or "case"
        return f"{head}: {self.note}" + (f" [{shortened(self.raw)}]" if self.raw is not None else "")


@frozen(kw_only=True)
class Use:
    """A value of a payload that the case rests on; ``field`` is a JSON pointer into the case."""

    source: str
    pointer: str
    field: str


@frozen(kw_only=True)
class LossReport:
    """Every loss, and every use."""

    losses: tuple[Loss, ...]
    uses: tuple[Use, ...]

    def of(self, kind: LossKind) -> tuple[Loss, ...]:
        """The losses of one kind."""
        return tuple(each for each in self.losses if each.kind is kind)

    def document(self) -> dict[str, Any]:
        """The report as a JSON document."""
        return {
            "losses": [attrs.asdict(each) | {"kind": each.kind.value} for each in self.losses],
            "uses": [attrs.asdict(each) for each in self.uses],
        }

    def text(self) -> str:
        """The report for people: kind by kind, one line each."""
        parts = []
        for kind, meaning in MEANING.items():
            if lines := self.of(kind):
                parts += [f"{kind.value} ({meaning}): {len(lines)}", *(f"  {each}" for each in lines)]
        return "\n".join(parts) + "\n" if parts else "nothing was lost\n"


@frozen(eq=False)
class Ledger:
    """Where a reading of payloads writes down what becomes of every value."""

    roots: tuple[Node, ...]
    uses: dict[str, dict[Place, Node]] = Factory(dict)
    """By field of the case, what was used for it."""
    losses: dict[str | None, dict[Loss, None]] = Factory(dict)
    """The same of what was lost."""
    accounted: set[Place] = Factory(set)

    def took(self, view: View, field: str) -> None:
        """What a view holds says something about a field of the case."""
        for leaf in (leaf for node in view.nodes for leaf in node.leaves()):
            self.uses.setdefault(field, {})[leaf.source, leaf.path] = leaf
            self.accounted.add((leaf.source, leaf.path))

    def lost(self, kind: LossKind, view: View, code: str, note: str, field: str | None = None) -> None:
        """Every leaf of a view is lost; with no place at all, the field is."""
        for leaf in (leaf for node in view.nodes for leaf in node.leaves()):
            place = {"source": leaf.source, "pointer": leaf.pointer, "raw": leaf.raw}
            self._add(Loss(kind=kind, code=code, note=note, field=field, **place))
            self.accounted.add((leaf.source, leaf.path))
        if not view:
            self._add(Loss(kind=kind, code=code, note=note, field=field))

    def read(self, field: str, view: View, says: Callable[[Node], T | None]) -> T | None:
        """What a view says for a field: one thing, or ``None`` where it says nothing, or two things, or none that is clear."""
        told: dict[T, View] = {}
        for node in view.nodes:
            here = View((node,))
            try:
                said = says(node)
            except Unreadable as error:
                self.lost(LossKind.UNKNOWN, here, "unreadable", f"expected {error}", field)
                continue
            self.took(here, field)
            if said is not None:
                told[said] = told.get(said, View()) + here
        if len(told) > 1:
            for here in told.values():
                self.lost(LossKind.CONTRADICTORY, here, "told_in_two_ways", "the same thing is told in two ways", field)
            return None
        return next(iter(told), None)

    def doubts(self, field: str) -> tuple[Loss, ...]:
        """What was unclear or contradictory about a field."""
        doubtful = (LossKind.UNKNOWN, LossKind.CONTRADICTORY)
        return tuple(loss for loss in self.losses.get(field, ()) if loss.kind in doubtful)

    def origins(self, field: str) -> tuple[Node, ...]:
        """Where a field was read."""
        return tuple(self.uses.get(field, {}).values())

    def report(self, why_dropped: Callable[[Node], str]) -> LossReport:
        """The whole report; what was neither used nor lost so far is dropped."""
        for leaf in (leaf for root in self.roots for leaf in root.leaves()):
            if (leaf.source, leaf.path) not in self.accounted:
                self.lost(LossKind.DROPPED, View((leaf,)), "not_used", why_dropped(leaf))
        order = list(LossKind)
        losses = (loss for found in self.losses.values() for loss in found)
        return LossReport(
            losses=tuple(sorted(losses, key=lambda loss: order.index(loss.kind))), uses=tuple(self._used())
        )

    def _add(self, loss: Loss) -> None:
        self.losses.setdefault(loss.field, {})[loss] = None

    def _used(self) -> Iterator[Use]:
        for field, leaves in self.uses.items():
            for leaf in leaves.values():
                yield Use(source=leaf.source, pointer=leaf.pointer, field=field)


def doubt_as_fault(loss: Loss) -> Fault:
    """Why a field that has to be there could not be read."""
    place = f"{loss.source}#{loss.pointer}" if loss.source is not None else f"case#{loss.field}"
    told = shortened(loss.raw) if loss.raw is not None else "nothing that is certain"
    return Fault(place, told, f"a certain value for {loss.field} of the case, here or beside; {loss.note}")


def shortened(raw: str) -> str:
    """A raw value for a line of text."""
    return raw if len(raw) <= _LONGEST else f"{raw[: _LONGEST - 1]}…"


_LONGEST: Final = 80
