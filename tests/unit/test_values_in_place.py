"""Replacing a value in a case gives the same case as parsing the changed JSON, or None if that is invalid."""

from __future__ import annotations

from typing import Any, Final

import pytest

from adjudicator import InputError
from adjudicator.model.limits import MOST_ITEMS
from adjudicator.testing import Json, a_case, an_appraisal, places
from adjudicator.wire.codec import case_document, case_from
from adjudicator.wire.pointer import with_value
from documents import ONE_OF_OTHER_KINDS
from oracle.edges import put

POLICY: Final = "douyin_global.authenticity"
ONE_OF_EACH: Final = {POLICY: case_document(a_case(POLICY, an_appraisal())), **ONE_OF_OTHER_KINDS}
VALUES: Final[tuple[Any, ...]] = (2, "x", True, "2022-05-01T12:00:00+08:00", "9999-01-01T00:00:00Z", [], ["L1"])


def read(document: Json) -> Any:
    """The case in a document; ``None`` if it is invalid."""
    try:
        return case_from(document)
    except InputError:
        return None


def changed(case: Any, pointer: str, value: Any) -> Any:
    """The case with a value at a place; ``None`` if it is invalid."""
    try:
        return with_value(case, pointer, value)
    except ValueError:  # including values of another type
        return None


@pytest.mark.parametrize("policy", ONE_OF_EACH)
def test_a_replaced_value_gives_the_same_case_as_parsing_it(policy: str) -> None:
    """Any value; a value that is invalid together with the rest is refused."""
    document = ONE_OF_EACH[policy]
    case = case_from(document)
    for pointer in [pointer for pointer, *_ in places(document) if can_be_put(pointer)]:
        for value in VALUES:
            assert changed(case, pointer, value) == read(put(document, pointer, value)), (pointer, value)


def can_be_put(pointer: str) -> bool:
    """Whether a value can be replaced: not the policy, what selects its edition, or the kind of a piece of evidence."""
    return (
        pointer not in ("", "/policy", "/as_of", "/order/placed_at")
        and not pointer.startswith("/metadata")
        and not pointer.endswith("/kind")
    )


def test_a_list_cannot_exceed_its_maximum_length() -> None:
    """Not even one at a time."""
    pieces = tuple(an_appraisal(id=f"E{number}") for number in range(MOST_ITEMS))
    case = a_case(POLICY, *pieces)
    piece = case_document(case)["evidence"][0] | {"id": "another"}
    assert changed(case, "/evidence/0", piece).evidence[0].id == "another"
    assert changed(case, "/evidence/-", piece) is None
    assert changed(case, f"/evidence/{MOST_ITEMS}", piece) is None
