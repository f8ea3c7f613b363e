"""Decisions on creators' tasks, and parts of them."""

from __future__ import annotations

import json
from typing import Any

import pytest

from adjudicator import InputError, decide
from adjudicator.kinds.process_decision import ProcessDecision
from adjudicator.model.errors import Fault
from adjudicator.model.finding import Finding
from adjudicator.wire.codec import case_from, load_case

LATER = "2024-06-01T00:00:00+08:00"
UNKNOWN = {"step": "reject_script", "changes_stated": None}


def decided(document: Any) -> ProcessDecision:
    """The decision on a task."""
    decision: ProcessDecision = decide(case_from(document))
    return decision


def standing(document: Any, outcome: str) -> set[str]:
    """The steps with this outcome."""
    return {each.step for each in decided(document).steps if each.outcome == outcome}


def awaited(document: Any, step: str) -> list[tuple[str, str]]:
    """What a step waits for."""
    (found,) = (each for each in decided(document).steps if each.step == step)
    return [(each.to, each.need) for each in found.waits_for]


def finding(document: Any, step: str, clause: str) -> Finding:
    """The finding on a clause for a step."""
    return next(each for each in decided(document).findings if (each.line_id, each.clause) == (step, clause))


def refused(document: Any) -> list[Fault]:
    """The faults of a case, which are the same in its text."""
    with pytest.raises(InputError) as error:
        case_from(document)
    with pytest.raises(InputError) as of_text:
        load_case(json.dumps(document))
    assert of_text.value.faults == error.value.faults
    return list(error.value.faults)
