"""Deciding: a case in, a decision out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar, overload

from attrs import evolve

from adjudicator.canonical import digest
from adjudicator.case import Case
from adjudicator.codec import decision_document, normalised
from adjudicator.decision import ClaimDecision, Decision, Digests
from adjudicator.governing import edition_for
from adjudicator.policy import Edition

D = TypeVar("D", bound=Decision)


@overload
def decide(case: Case, edition: Edition | None = None) -> ClaimDecision: ...
@overload
def decide(case: Any, edition: Edition | None = None) -> Decision: ...
def decide(case: Any, edition: Edition | None = None) -> Decision:
    """Decide a case under the edition that governs it, or under another one to see what it would say.

    The same case under the same edition gives the same bytes, always. Raises :class:`~adjudicator.faults.InputError` for a case
    that no edition governs; whatever a rule says is a decision, never an exception.
    """
    edition = edition or edition_for(case)
    return with_digests(edition.decides.decide(edition, case), case)


def with_digests(decision: D, case: Any) -> D:
    """The decision with the digests of its case and of itself, each taken when it is first asked for."""
    return evolve(decision, digests=LazyDigests(case, decision))


class LazyDigests(Digests):
    """The digests of a case, and of a decision that has none yet, each taken when it is first asked for."""

    _of: Mapping[str, Callable[[], dict[str, Any]]]

    def __init__(self, case: Any, decision: Decision) -> None:
        object.__setattr__(self, "_of", {"case": lambda: normalised(case), "decision": lambda: _undigested(decision)})

    def __getattr__(self, name: str) -> str:
        if name not in ("case", "decision"):
            raise AttributeError(name)
        taken = digest(self._of[name]())
        object.__setattr__(self, name, taken)
        return taken


def _undigested(decision: Decision) -> dict[str, Any]:
    document = decision_document(decision)
    del document["digests"]
    return document
