"""What is handed in to be explained or compared: a decision, or a case that is decided on the spot."""

from __future__ import annotations

from typing import Any

from attrs import frozen

from adjudicator.api import decide
from adjudicator.model.decision import Decision
from adjudicator.model.digest import digest
from adjudicator.model.errors import Fault, InputError
from adjudicator.wire.codec import load_case, load_decision, normalised
from adjudicator.wire.parser import parsed

ONLY_IN_A_DECISION = "findings"


@frozen
class DecidedCase:
    """A decision, and the case that was decided if that is at hand."""

    decision: Decision
    case: Any = None

    def about(self, case: Any) -> DecidedCase:
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
