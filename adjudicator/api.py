"""Decide cases."""

from __future__ import annotations

from typing import overload

from attrs import frozen

from adjudicator.engine.policy import Edition
from adjudicator.engine.registry import edition_for
from adjudicator.model.case import Case
from adjudicator.model.decision import ClaimDecision, Decision
from adjudicator.model.digest import digest
from adjudicator.model.errors import Fault, InputError
from adjudicator.model.soundness import CaseBase
from adjudicator.wire.codec import ReadCase, dump_decision, load_decision, normalised, read_case
from adjudicator.wire.decisions import with_digests
from adjudicator.wire.parser import parsed, parsed_at_once

ONLY_IN_A_DECISION = "findings"


@overload
def decide(case: Case, edition: Edition | None = None) -> ClaimDecision: ...
@overload
def decide(case: CaseBase, edition: Edition | None = None) -> Decision: ...
def decide(case: CaseBase, edition: Edition | None = None) -> Decision:
    """Decide a case under the edition that governs it, or under another one to compare.

    The same case under the same edition always gives the same bytes. Raises :class:`~adjudicator.model.errors.InputError` if no
    edition governs the case. What a rule says is always a decision, never an exception.
    """
    return decide_as_read(ReadCase(case), edition)


def adjudicate(case: str | bytes, edition: Edition | None = None) -> bytes:
    """Decide a case in JSON, and return the decision in JSON: the bytes of ``dump_decision(decide(load_case(case)))``.

    Raises :class:`~adjudicator.model.errors.InputError` with every fault of the case.
    """
    return dump_decision(decide_as_read(read_case(case), edition))


def decide_as_read(read: ReadCase, edition: Edition | None = None) -> Decision:
    """Decide a case as :func:`decide` does, and take its digest from the document that it was read from."""
    edition = (edition is None and read.edition) or edition_for(read.case, edition)
    return with_digests(edition.case_kind.decide(edition, read.case), read.case, read.document)


@frozen
class DecidedCase:
    """A decision, with its case if that is known."""

    decision: Decision
    case: CaseBase | None = None

    def about(self, case: CaseBase) -> DecidedCase:
        """Add the case that was decided. Raises :class:`~adjudicator.model.errors.InputError` if it is a different one."""
        digests = self.decision.digests
        if case.id != self.decision.case_id or (digests and digest(normalised(case)) != digests.case):
            raise InputError([Fault("", "another case", f"the case that was decided, {self.decision.case_id}")])
        return DecidedCase(self.decision, case)


def load_decided(text: bytes) -> DecidedCase:
    """Read a decision, or read a case and decide it; the members of the document show which it is.

    Raises :class:`~adjudicator.model.errors.InputError` if it is neither.
    """
    document = parsed_at_once(text) or parsed(text)[0]
    if isinstance(document, dict) and ONLY_IN_A_DECISION in document:
        return DecidedCase(load_decision(text))
    read = read_case(text)
    return DecidedCase(decide_as_read(read), read.case)
