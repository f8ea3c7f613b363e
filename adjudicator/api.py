"""A case in, a decision out."""

from __future__ import annotations

from typing import TypeVar, overload

from attrs import frozen

from adjudicator.engine.policy import Edition
from adjudicator.engine.registry import edition_for
from adjudicator.model.case import Case
from adjudicator.model.decision import ClaimDecision, Decision
from adjudicator.model.digest import digest
from adjudicator.model.errors import Fault, InputError
from adjudicator.model.lazy import with_lazy
from adjudicator.model.soundness import CaseBase
from adjudicator.wire.codec import dump_decision, load_case, load_decision, normalised
from adjudicator.wire.decisions import DigestsOf
from adjudicator.wire.parser import parsed

D = TypeVar("D", bound=Decision)

ONLY_IN_A_DECISION = "findings"


@overload
def decide(case: Case, edition: Edition | None = None) -> ClaimDecision: ...
@overload
def decide(case: CaseBase, edition: Edition | None = None) -> Decision: ...
def decide(case: CaseBase, edition: Edition | None = None) -> Decision:
    """Decide a case under the edition that governs it, or under another one to see what it would say.

    The same case under the same edition gives the same bytes, always. Raises :class:`~adjudicator.model.errors.InputError` for a case
    that no edition governs; whatever a rule says is a decision, never an exception.
    """
    edition = edition_for(case, edition)
    return with_digests(edition.case_kind.decide(edition, case), case)


def adjudicate(case: str | bytes, edition: Edition | None = None) -> bytes:
    """Decide a case given as JSON; the decision as JSON, in the bytes of ``dump_decision(decide(load_case(case)))``.

    Raises :class:`~adjudicator.model.errors.InputError` with every fault of the case.
    """
    return dump_decision(decide(load_case(case), edition))


def with_digests(decision: D, case: CaseBase) -> D:
    """A decision just made, with the digests of its case and of itself, which are taken when they are first asked for."""
    return with_lazy(decision, digests=DigestsOf(case))


@frozen
class DecidedCase:
    """A decision, and the case that was decided if that is at hand."""

    decision: Decision
    case: CaseBase | None = None

    def about(self, case: CaseBase) -> DecidedCase:
        """The same, with the case that was decided. Raises :class:`~adjudicator.model.errors.InputError` for another one."""
        digests = self.decision.digests
        if case.id != self.decision.case_id or (digests and digest(normalised(case)) != digests.case):
            raise InputError([Fault("", "another case", f"the case that was decided, {self.decision.case_id}")])
        return DecidedCase(self.decision, case)


def load_decided(text: bytes) -> DecidedCase:
    """Read a decision or a case; which of them it is shows in its members.

    Raises :class:`~adjudicator.model.errors.InputError` for what is neither.
    """
    document, _ = parsed(text)
    if isinstance(document, dict) and ONLY_IN_A_DECISION in document:
        return DecidedCase(load_decision(text))
    case = load_case(text)
    return DecidedCase(decide(case), case)
