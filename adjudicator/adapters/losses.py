"""The loss report: what happened to every value of the payloads.

Each value is either used, and the report names the field of the case, or it has an entry of its own. Whatever was not read is
reported as dropped.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from enum import StrEnum
from typing import Any, Final, TypeVar

import attrs
from attrs import Factory, frozen

from adjudicator.adapters.payload import Node, Place, View
from adjudicator.adapters.values import Unreadable

T = TypeVar("T")


class LossKind(StrEnum):
    """Why a value is not in the case as the payload states it."""

    DEFAULTED = "defaulted"
    MISSING = "missing"
    UNKNOWN = "unknown"
    CONTRADICTORY = "contradictory"
    DROPPED = "dropped"


MEANING: Final[Mapping[LossKind, str]] = {
    LossKind.DEFAULTED: "stated nowhere; this value is assumed",
    LossKind.MISSING: "not known, and this policy reads it",
    LossKind.UNKNOWN: "stated, but not clearly enough to rely on",
    LossKind.CONTRADICTORY: "stated in two ways",
    LossKind.DROPPED: "stated, and not part of a case",
}


@frozen(kw_only=True)
class Loss:
    """One entry of the report.

    ``field`` is a JSON pointer into the case, ``pointer`` one into ``source``, and ``raw`` the JSON text there.
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
    """A value of a payload that the case uses; ``field`` is a JSON pointer into the case."""

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
        return tuple(loss for loss in self.losses if loss.kind is kind)

    def document(self) -> dict[str, Any]:
        """The report as a JSON document."""
        return {
            "losses": [attrs.asdict(loss) | {"kind": loss.kind.value} for loss in self.losses],
            "uses": [attrs.asdict(use) for use in self.uses],
        }

    def text(self) -> str:
        """The report as text, grouped by kind."""
        parts = []
        for kind, meaning in MEANING.items():
            if lines := self.of(kind):
                parts += [f"{kind.value} ({meaning}): {len(lines)}", *(f"  {each}" for each in lines)]
        return "\n".join(parts) + "\n" if parts else "nothing was lost\n"


@frozen(eq=False)
class Ledger:
    """Records what happens to every value while payloads are read."""

    roots: tuple[Node, ...]
    uses: dict[str, dict[Place, Node]] = Factory(dict)
    """The values used, by field of the case."""
    losses: dict[str | None, dict[Loss, None]] = Factory(dict)
    """The losses, by field of the case."""
    absent: dict[str, dict[Place, None]] = Factory(dict)
    """The empty places that would state a field, by field of the case."""
    accounted: set[Place] = Factory(set)

    def took(self, view: View, field: str) -> None:
        """Record that everything in view was used for a field of the case."""
        for leaf in (leaf for node in view.nodes for leaf in node.leaves()):
            self.uses.setdefault(field, {})[leaf.place] = leaf
            self.accounted.add(leaf.place)

    def lost(self, kind: LossKind, view: View, code: str, note: str, field: str | None = None) -> None:
        """Record the loss of every leaf in view, or of the field itself if the view is empty."""
        for leaf in (leaf for node in view.nodes for leaf in node.leaves()):
            place = {"source": leaf.source, "pointer": leaf.pointer, "raw": leaf.raw}
            self._add(Loss(kind=kind, code=code, note=note, field=field, **place))
            self.accounted.add(leaf.place)
        if not view:
            self._add(Loss(kind=kind, code=code, note=note, field=field))

    def lacks(self, field: str, *views: View) -> None:
        """Record each empty view as a place that would state a field of the case."""
        for view in views:
            if not view:
                self.absent.setdefault(field, {}).update(dict.fromkeys(view.absent))

    def require(self, field: str, view: View, reader: Callable[[Node], T | None]) -> T | None:
        """As :meth:`read`, for a field that a case must have: if it is missing, the fault names this place."""
        self.lacks(field, view)
        return self.read(field, view, reader)

    def read(self, field: str, view: View, reader: Callable[[Node], T | None]) -> T | None:
        """The value a view states for a field; ``None`` if it states none, an unclear one, or two different ones."""
        values: dict[T, View] = {}
        for node in view.nodes:
            here = View((node,))
            try:
                value = reader(node)
            except Unreadable as error:
                self.lost(LossKind.UNKNOWN, here, "unreadable", f"expected {error}", field)
                continue
            self.took(here, field)
            if value is not None:
                values[value] = values.get(value, View()) + here
        if len(values) > 1:
            note = "the same thing is stated in two ways"
            for here in values.values():
                self.lost(LossKind.CONTRADICTORY, here, "told_in_two_ways", note, field)
            return None
        return next(iter(values), None)

    def doubts(self, field: str) -> tuple[Loss, ...]:
        """The losses that leave a field unclear or contradictory."""
        doubtful = (LossKind.UNKNOWN, LossKind.CONTRADICTORY)
        return tuple(loss for loss in self.losses.get(field, ()) if loss.kind in doubtful)

    def origins(self, field: str) -> tuple[Node, ...]:
        """The places a field was read from."""
        return tuple(self.uses.get(field, {}).values())

    def report(self, why_dropped: Callable[[Node], str]) -> LossReport:
        """The whole report; values neither used nor lost so far are recorded as dropped."""
        for leaf in (leaf for root in self.roots for leaf in root.leaves()):
            if leaf.place not in self.accounted:
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


def shortened(raw: str) -> str:
    """A raw value, cut to fit on a line."""
    return raw if len(raw) <= _LONGEST else f"{raw[: _LONGEST - 1]}…"


_LONGEST: Final = 80
