"""Cases with changes at some places, for packs with other kinds than claims."""

from __future__ import annotations

from typing import Any, Final

from hypothesis import given
from hypothesis import strategies as st

from adjudicator.testing import variations

WITH_AN_API: Final[dict[str, Any]] = {"through": "api"}
CHANGES: Final = {"/product": (WITH_AN_API,), "/product/through": ("hand",)}


@given(st.data())
def test_a_change_within_a_changed_place_does_not_modify_the_values_passed_in(data: st.DataObject) -> None:
    """They are shared by many cases: a change to one must not appear in the next."""
    document = data.draw(variations({"product": None}, CHANGES, changes=(2,)))
    assert document["product"]["through"] in ("api", "hand")
    assert WITH_AN_API == {"through": "api"}
