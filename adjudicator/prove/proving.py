"""The two questions that callers ask: what holds of an edition, and what is the same in two."""

from __future__ import annotations

from typing import Any, Final

import attrs

from adjudicator.engine.policy import Edition
from adjudicator.engine.registry import in_order, policies
from adjudicator.model.errors import Fault, InputError, shown
from adjudicator.prove.results import Limits, Proofs
from adjudicator.prove.statements import Clauses, compared
from adjudicator.prove.symbols import symbolic_instants
from adjudicator.prove.windows import periods, windows

AS_LIMITED: Final = Limits()


def check(edition: Edition, limits: Limits = AS_LIMITED) -> Proofs:
    """What holds of an edition: each clause decides and is needed, times have no gap, windows and periods are sound.

    Raises :class:`~adjudicator.model.errors.InputError` for anything but an edition.
    """
    _require(edition, "")
    with symbolic_instants():
        statements = (
            *Clauses(edition, limits).statements(),
            *windows(edition, limits),
            periods(_all_editions(edition), limits),
        )
    return Proofs(edition.policy, edition.name, None, statements)


def compare(old: Edition, new: Edition, limits: Limits = AS_LIMITED) -> Proofs:
    """Whether each clause is the same in two editions of one policy, on all facts, or the smallest facts on which it is not.

    Raises :class:`~adjudicator.model.errors.InputError` for anything but two editions of one policy.
    """
    _require(old, "/old")
    _require(new, "/new")
    if old.policy != new.policy:
        raise InputError([Fault("/new", shown(new.policy), f"an edition of {old.policy}")])
    with symbolic_instants():
        statements = (*compared(old, new, limits),)
    return Proofs(new.policy, new.name, old.name, statements)


def _require(edition: Any, pointer: str) -> None:
    if not isinstance(edition, Edition):
        raise InputError([Fault(pointer, shown(edition), "an edition of a policy")])


def _all_editions(edition: Edition) -> tuple[Edition, ...]:
    """All editions of a policy: those installed, and this one."""
    others = [each for each in policies().get(edition.policy, ()) if each.name != edition.name]
    return in_order((*others, edition))[edition.policy]


def proofs_document(proofs: Proofs) -> dict[str, Any]:
    """The proofs as a JSON document."""
    return attrs.asdict(
        proofs, value_serializer=lambda _, __, value: list(value) if isinstance(value, tuple) else value
    )
