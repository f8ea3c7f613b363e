"""Replacing a value in a case gives the same case as parsing the changed JSON, or None if that is invalid."""

from __future__ import annotations

from copy import deepcopy
from typing import Any, Final

import pytest

from adjudicator import InputError
from adjudicator.analysis.edits import Put, applied
from adjudicator.model.limits import MOST_ITEMS
from adjudicator.testing import Json, a_case, an_appraisal, places
from adjudicator.wire import pointer
from adjudicator.wire.codec import case_document, case_from
from adjudicator.wire.pointer import kind_at, with_value
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
    except InputError:  # including values of another type
        return None


@pytest.mark.parametrize("policy", ONE_OF_EACH)
def test_a_replaced_value_gives_the_same_case_as_parsing_it(policy: str) -> None:
    """Any value; a value that is invalid together with the rest is refused."""
    document = ONE_OF_EACH[policy]
    case = case_from(document)
    for place in [place for place, *_ in places(document) if can_be_put(place)]:
        for value in VALUES:
            assert changed(case, place, value) == read(put(document, place, value)), (place, value)


@pytest.mark.parametrize("policy", ONE_OF_EACH)
def test_a_value_becomes_unknown_only_where_it_may_be(policy: str) -> None:
    """There it gives the same case as parsing ``null``; elsewhere a value is required."""
    document = ONE_OF_EACH[policy]
    case = case_from(document)
    for place in [place for place, *_ in places(document) if can_be_put(place)]:
        may_be_unknown = kind_at(type(case), place, case).may_be_unknown
        assert changed(case, place, None) == (read(put(document, place, None)) if may_be_unknown else None), place


@pytest.mark.parametrize(
    "puts",
    [
        (),
        (("/claim/filed_at", "2022-03-27T10:00:00+08:00"), ("/order/postage_paid", 7)),
        (("/claim/filed_at", "2022-03-27T10:00:00+08:00"), ("/order/postage_paid", -7)),
        (("/settlements/0/kind", "postage"), ("/settlements/0/amount", 7)),
        (("/order/placed_at", "2001-01-01T00:00:00Z"), ("/order/postage_paid", 7)),
    ],
    ids=["none", "valid", "invalid", "valid only together", "governed by no edition"],
)
def test_several_values_give_the_same_case_as_parsing_them(puts: tuple[Put, ...]) -> None:
    """Or none if that is invalid."""
    case, parsed = case_from(ONE_OF_EACH[POLICY]), deepcopy(ONE_OF_EACH[POLICY])
    for place, value in puts:
        pointer.put(parsed, place, value)
    assert several(case, puts) == read(parsed)


def several(case: Any, puts: tuple[Put, ...]) -> Any:
    """The case with some values; ``None`` if it is invalid."""
    try:
        return applied(case, puts)
    except InputError:
        return None


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
