"""Decisions on changed cases of virtual goods, and parts of these decisions."""

from __future__ import annotations

from typing import Any

import pytest

from adjudicator import Decision, InputError, decide
from adjudicator.model.finding import Effect
from adjudicator.wire.codec import case_from
from oracle.edges import put

MOST = 2**53 - 1
BEFORE_IT_WAS_PLACED = "2022-07-31T11:59:59.999999+08:00"
AFTER_NOW = "2022-08-01T12:00:00.000001+08:00"
NOT_BEFORE = "an instant not before order.placed_at, 2022-07-31T12:00:00+08:00"
NOT_AFTER = "an instant not after as_of, 2022-08-01T12:00:00+08:00"
TOO_LATE = "9000-01-01T00:00:00+08:00"
AN_INSTANT = f"an instant before {TOO_LATE}"


def with_changes(document: Any, *changes: tuple[str, Any]) -> Any:
    """A case with some changes."""
    for place, value in changes:
        document = put(document, place, value)
    return document


def decided(document: Any, *changes: tuple[str, Any]) -> Decision:
    """The decision on a case with some changes."""
    decision: Decision = decide(case_from(with_changes(document, *changes)))
    return decision


def against(decision: Decision) -> list[str]:
    """The clauses that do not support it."""
    return [finding.clause for finding in decision.findings if finding.effect is not Effect.SUPPORTS]


def asked(decision: Decision) -> list[tuple[str, str]]:
    """Who is asked for what."""
    return [(request.to, request.need) for request in decision.requests]


def asked_where(decision: Decision) -> dict[tuple[str, str], list[str]]:
    """The places in the case where answers to each request belong."""
    return {
        (request.to, request.need): [place for accepted in request.accepts for place in accepted]
        for request in decision.requests
    }


def faults_of(document: Any) -> list[tuple[str, str, str]]:
    """The faults of a case: place, value and expectation."""
    with pytest.raises(InputError) as error:
        case_from(document)
    return [(each.pointer, each.value, each.expected) for each in error.value.faults]


def reason(decision: Decision, clause: str) -> str:
    """The reason of a clause."""
    return next(each.because.code for each in decision.findings if each.clause == clause).rpartition(".")[2]
