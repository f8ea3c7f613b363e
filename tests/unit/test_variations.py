"""Cases with changes at some places, for packs with other kinds than claims."""

from __future__ import annotations

from typing import Any, Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adjudicator.model.errors import InputError
from adjudicator.testing import case_variations, variations
from admissions import IN_ORDER

WITH_AN_API: Final[dict[str, Any]] = {"through": "api"}
CHANGES: Final = {"/product": (WITH_AN_API,), "/product/through": ("hand",)}


@given(st.data())
def test_a_change_within_a_changed_place_does_not_modify_the_values_passed_in(data: st.DataObject) -> None:
    """They are shared by many cases: a change to one must not appear in the next."""
    document = data.draw(variations({"product": None}, CHANGES, changes=(2,)))
    assert document["product"]["through"] in ("api", "hand")
    assert WITH_AN_API == {"through": "api"}


def test_combinations_that_no_case_can_have_are_left_out() -> None:
    """A penalty cannot be imposed after the moment of the decision: both changes come, never together."""
    later: dict[str, list[Any]] = {
        "/shop/penalties": [[{"rule": "evasive_information", "imposed_at": "2025-01-01T00:00:00+08:00"}]]
    }
    moments: dict[str, list[Any]] = {"/as_of": ["2025-06-01T00:00:00+08:00"]}
    drawn: set[tuple[bool, bool]] = set()

    @settings(database=None, derandomize=True, max_examples=100)
    @given(case_variations(IN_ORDER, later | moments, changes=(0, 1, 2)))
    def draw(case: Any) -> None:
        drawn.add((bool(case.shop.penalties), str(case.as_of).startswith("2025")))

    draw()
    assert drawn == {(False, False), (False, True), (True, True)}
    with pytest.raises(InputError):
        case_variations({"policy": "douyin_alliance.admission"}, moments)
