"""Comparisons of the schemas with the codec, and documents for them."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, Final

import pytest
from hypothesis import strategies as st

from adjudicator import InputError, case_schema, decision_schema
from adjudicator.engine.registry import policies
from adjudicator.model.errors import Fault
from adjudicator.model.limits import LARGEST, PRICE
from adjudicator.model.time import RFC3339
from adjudicator.testing import Json, places
from adjudicator.wire.codec import case_from
from adjudicator.wire.pointer import at, put
from validating import Validator

EXAMPLES: Final = {
    path.stem: json.loads(path.read_text("utf-8"))["case"]
    for path in sorted((Path(__file__).parents[2] / "data" / "examples").glob("*.json"))
}
PAID: Final = EXAMPLES["authenticity-proof-covers-two-of-three"]

for_every_policy = pytest.mark.parametrize("policy", policies())


@cache
def cases(policy: str | None = None) -> Validator:
    """A validator for cases."""
    return Validator(case_schema(policy))


@cache
def decisions(policy: str | None = None) -> Validator:
    """A validator for decisions."""
    return Validator(decision_schema(policy))


def faults_of(document: Any, read: Callable[[Any], Any] = case_from) -> tuple[Fault, ...]:
    """The faults that the codec finds in a case, or in a document read by another function."""
    try:
        read(document)
    except InputError as error:
        return error.faults
    return ()


NOT_TO_BE_SAID: Final = re.compile(
    "an instant not (after|before) .*|an instant before .*"
    "|an id that stands only once|the id of a line of the order.*|no line: postage is settled for the order"
    "|nothing, (unless|for) [a-z_]+ is [a-z_]+|a value, because [a-z_]+ is [a-z_]+"
    f"|at most {LARGEST} in all|a decimal from .*|text in Unicode, without half of a surrogate pair"
)
"""Expectations of the codec that no schema can express for any value."""


def can_be_said(fault: Fault, document: Any) -> bool:
    """Whether a fault is one that a schema should find."""
    if NOT_TO_BE_SAID.fullmatch(fault.expected):
        return False
    try:
        value = at(document, fault.pointer)
    except (KeyError, IndexError, TypeError, ValueError):
        return True
    if isinstance(value, float) and value.is_integer():
        return not fault.expected.startswith("an integer")
    if isinstance(value, str) and RFC3339.fullmatch(value):
        return not fault.expected.startswith(("an RFC 3339 instant", "an instant between"))
    more_than_were_bought = re.fullmatch(r"/claim/items/\d+/quantity", fault.pointer) and isinstance(value, int)
    return not (more_than_were_bought and 1 <= value <= LARGEST)


def agree(document: Any, policy: str | None) -> None:
    """The schema accepts what the codec accepts, and refuses what it refuses wherever a schema can express that."""
    faults = faults_of(document)
    if policy is not None and isinstance(document, dict) and document.get("policy") != policy:
        assert not cases(policy).is_valid(document)
    elif cases(policy).is_valid(document):
        assert [fault for fault in faults if can_be_said(fault, document)] == []
    else:
        assert faults, cases(policy).messages(document)


ODDITIES: Final[tuple[Any, ...]] = (
    None, True, False, 0, 1, -1, 1.0, 1.5, 1e400, LARGEST, LARGEST + 1, -LARGEST - 1, PRICE.most, PRICE.most + 1, 10**30,
    "", "x", "CN", "cn", "CNY", "CN\n", "null", "1", "-0", "4.10", "04.1", "4.", "1e2", "5.01", "\ud800", "\x00", "\n",
    "2022-03-27T10:00:00+08:00", "2022-03-27t10:00:00z", "2022-03-27T10:00:00Z\n", "2022-02-30T10:00:00Z", "0001-01-01T00:00:00Z",
    "9999-12-31T23:59:59Z", "2022-03-27T24:00:00Z", "2022-03-27T10:00:60Z", "2022-03-27 10:00:00Z", "２022-03-27T10:00:00Z",
    "2022-03-27T10:00:00.1234567Z", "2022-03-27T10:00:00+24:00", [], {}, [None], [[]], {"": None}, {"kind": "other"}, ["L1", "L1"],
)  # fmt: skip
"""Values to put in wrong places, or sometimes in the right one."""


def a_copy(document: Any) -> Any:
    """A copy of a document, to be changed."""
    return json.loads(json.dumps(document))


@st.composite
def tampered(draw: st.DrawFn, document: Json) -> Any:
    """A document with a few odd, misplaced, missing or additional values."""
    changed = a_copy(document)
    for _ in range(draw(st.integers(1, 3))):
        there = [pointer for pointer, _, _ in places(changed)]
        pointer = draw(st.sampled_from(there)) if there else ""
        from_elsewhere = at(changed, draw(st.sampled_from(there or [""])))
        odd = a_copy(draw(st.sampled_from((*ODDITIES, from_elsewhere))))
        parent, _, name = pointer.rpartition("/")
        match draw(st.sampled_from(("put", "put", "leave out", "add"))):
            case "leave out" if pointer and isinstance(at(changed, parent), dict):
                del at(changed, parent)[name]
            case "add" if isinstance(at(changed, pointer), dict):
                at(changed, pointer)[draw(st.sampled_from(("nonsense", "kind", "line_id", "in_favour_of")))] = odd
            case "add" if isinstance(at(changed, pointer), list):
                at(changed, pointer).append(odd)
            case _ if pointer:
                put(changed, pointer, odd)
            case _:
                changed = odd
    return changed
