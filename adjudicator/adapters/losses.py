"""The loss report: what became of every value of the payloads on its way into the case.

A value is either used, and then the report says for which field of the case, or it has a line of its own. There is no third
way: what has not been read by the end is reported as dropped.
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
    """What became of a value that did not simply go into the case."""

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
    """By field of the case, the values used for it."""
    losses: dict[str | None, dict[Loss, None]] = Factory(dict)
    """By field of the case, what was lost."""
    absent: dict[str, dict[Place, None]] = Factory(dict)
    """By field of the case, where it would be stated and nothing stands."""
    accounted: set[Place] = Factory(set)

    def took(self, view: View, field: str) -> None:
        """Record that everything in view was used for a field of the case."""
        for leaf in (leaf for node in view.nodes for leaf in node.leaves()):
            self.uses.setdefault(field, {})[leaf.place] = leaf
            self.accounted.add(leaf.place)

    def lost(self, kind: LossKind, view: View, code: str, note: str, field: str | None = None) -> None:
        """Record the loss of every leaf in view; of the field itself where the view is empty."""
        for leaf in (leaf for node in view.nodes for leaf in node.leaves()):
            place = {"source": leaf.source, "pointer": leaf.pointer, "raw": leaf.raw}
            self._add(Loss(kind=kind, code=code, note=note, field=field, **place))
            self.accounted.add(leaf.place)
        if not view:
            self._add(Loss(kind=kind, code=code, note=note, field=field))

    def lacks(self, field: str, *views: View) -> None:
        """Record where a field of the case would be stated, for each view that is empty."""
        for view in views:
            if not view:
                self.absent.setdefault(field, {}).update(dict.fromkeys(view.absent))

    def require(self, field: str, view: View, reader: Callable[[Node], T | None]) -> T | None:
        """As :meth:`read`, for a value that a case cannot do without: where it is missing, it will be named."""
        self.lacks(field, view)
        return self.read(field, view, reader)

    def read(self, field: str, view: View, reader: Callable[[Node], T | None]) -> T | None:
        """What a view says for a field; ``None`` where it says nothing, two different things or nothing clear."""
        values: dict[T, View] = {}
        for node in view.nodes:
            here = View((node,))
            try:
                said = reader(node)
            except Unreadable as error:
                self.lost(LossKind.UNKNOWN, here, "unreadable", f"expected {error}", field)
                continue
            self.took(here, field)
            if said is not None:
                values[said] = values.get(said, View()) + here
        if len(values) > 1:
            note = "the same thing is stated in two ways"
            for here in values.values():
                self.lost(LossKind.CONTRADICTORY, here, "told_in_two_ways", note, field)
            return None
        return next(iter(values), None)

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
    """A raw value for a line of text."""
    return raw if len(raw) <= _LONGEST else f"{raw[: _LONGEST - 1]}…"


_LONGEST: Final = 80
