"""A renamed field is still read under its former name."""

from __future__ import annotations

import copy
from decimal import Decimal
from typing import Any, Final

import pytest
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]  # it ships no types

from adjudicator import InputError, case_schema
from adjudicator.wire.codec import case_document, case_from
from admissions import IN_ORDER

POLICY: Final = "douyin_alliance.admission"


def with_score(**scores: Any) -> dict[str, Any]:
    """A valid application whose shop states only these scores."""
    document = copy.deepcopy(IN_ORDER)
    del document["shop"]["shop_score"]
    document["shop"] |= scores
    return document


def is_valid(document: dict[str, Any]) -> bool:
    return bool(Draft202012Validator(case_schema(POLICY)).is_valid(document))


def test_the_former_name_is_read_as_the_current_one() -> None:
    former, current = case_from(with_score(score="4.5")), case_from(with_score(shop_score="4.5"))
    assert former == current
    assert former.shop.shop_score == Decimal("4.5")
    assert "score" not in case_document(former)["shop"]
    assert is_valid(with_score(score="4.5"))


def test_both_names_at_once_are_a_fault() -> None:
    both = with_score(score="4.5", shop_score="4.6")
    with pytest.raises(InputError) as refused:
        case_from(both)
    assert [fault.pointer for fault in refused.value.faults] == ["/shop/score"]
    assert not is_valid(both)


def test_a_fault_under_the_former_name_is_found() -> None:
    with pytest.raises(InputError) as refused:
        case_from(with_score(score=4.5))
    assert [fault.pointer for fault in refused.value.faults] == ["/shop/shop_score"]
    assert not is_valid(with_score(score=4.5))
