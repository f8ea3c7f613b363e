"""What is handed in to be explained or compared: a decision, or a case that is decided on the spot."""

from __future__ import annotations

from typing import Any

from attrs import frozen

from adjudicator.canonical import digest
from adjudicator.codec import load_case, load_decision, normalised
from adjudicator.deciding import decide
from adjudicator.decision import Decision
from adjudicator.faults import Fault, InputError
from adjudicator.parsing import parsed

ONLY_IN_A_DECISION = "findings"


@frozen
class Given:
    """A decision, and the case that was decided if that is at hand."""

    decision: Decision
    case: Any = None

    def about(self, case: Any) -> Given:
        """The same, with the case that was decided. Raises :class:`~adjudicator.faults.InputError` for another one."""
        digests = self.decision.digests
        if case.id != self.decision.case_id or (digests and digest(normalised(case)) != digests.case):
            raise InputError([Fault("", "another case", f"the case that was decided, {self.decision.case_id}")])
        return Given(self.decision, case)


def load_given(text: bytes) -> Given:
    """Read a decision or a case; which of them it is shows in its members.

    Raises :class:`~adjudicator.faults.InputError` for what is neither.
    """
    document, _ = parsed(text)
    if isinstance(document, dict) and ONLY_IN_A_DECISION in document:
        return Given(load_decision(text))
    case = load_case(text)
    return Given(decide(case), case)
