"""Calling a function, unless a fact that is not settled keeps it from being called."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from adjudicator.engine.branches import Branches
from adjudicator.engine.clause import UNSETTLED, Node
from adjudicator.model.facts import Ask, EvidencePool, Failed, Open, Repairable


def open_for_everything(node: Node, values: tuple[Any, ...]) -> Any:
    """The result of a function with too many combinations: open, asking for everything unknown.

    If one of its facts has failed, the function fails in every combination.
    """
    unsettled = [value for _, value, admitted in node.given(values) if type(value) not in admitted]
    for value in unsettled:
        if type(value) is Failed:
            return value
    changes = [each.changes_at for each in unsettled if type(each) is Open and each.changes_at is not None]
    asks = tuple(dict.fromkeys(ask for value in unsettled for ask in _asks_of(value)))
    return Open(asks, "pending", changes_at=min(changes, default=None))


def _asks_of(value: Any) -> Iterator[Ask]:
    """Every ask that would help to settle a fact."""
    if type(value) in (Open, Repairable):
        yield from value.asks
    elif type(value) is EvidencePool:
        yield from (ask for pending in value.pending for ask in pending.asks)
    elif type(value) is Branches:
        yield from (ask for asks in value.asks.values() for ask in asks)
        for each in value.objects:
            yield from _asks_of(each)


def call(node: Node, *values: Any) -> Any:
    """The result of a function, or the unsettled fact that keeps the engine from calling it."""
    unsettled = stopping(node, values)
    return stopped_by(unsettled) if unsettled else node.function(*values)


def stopping(node: Node, values: Sequence[Any]) -> Sequence[Any]:
    """The unsettled facts that a function does not take."""
    if UNSETTLED.isdisjoint(map(type, values)):
        return ()
    return [
        value
        for value, admitted in zip(values, node.admits, strict=True)
        if type(value) in UNSETTLED and type(value) not in admitted
    ]


def stopped_by(unsettled: Sequence[Any]) -> Any:
    """The result of a function that cannot be called: what fails for good comes first, then what can be repaired; what is open is put together."""
    for kind in (Failed, Repairable):
        for value in unsettled:
            if type(value) is kind:
                return value
    opens = [value for value in unsettled if type(value) is Open]
    if len(opens) < 2:
        return (opens or unsettled)[0]
    changes = [each.changes_at for each in opens if each.changes_at is not None]
    return Open(
        tuple(dict.fromkeys(ask for each in opens for ask in each.asks)),
        opens[0].because,
        changes_at=min(changes, default=None),
    )
