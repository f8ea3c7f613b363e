"""Canonical JSON follows RFC 8785."""

from __future__ import annotations

from typing import Any

import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from adjudicator.model.digest import canonical, digest

TEXT = st.text(st.characters(exclude_categories=["Cs"]))
VALUES: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | TEXT,
    lambda inner: st.lists(inner) | st.dictionaries(TEXT, inner),
)


@given(VALUES)
def test_canonical_json_agrees_with_the_reference(value: Any) -> None:
    """Every value without floats is written as the reference implementation writes it."""
    assert canonical(value) == rfc8785.dumps(value)


def test_keys_are_ordered_by_code_units() -> None:
    """Beyond the basic plane the order of code units is not that of code points."""
    assert canonical({"\uffff": 1, "\U00010000": 2}).decode() == '{"\U00010000":2,"\uffff":1}'


def test_control_characters_are_escaped_as_the_standard_says() -> None:
    """Short escapes where there are any, four lower-case digits elsewhere, and nothing for DEL."""
    assert canonical('\b\t\n\f\r"\\\x1f\x7f') == b'"\\b\\t\\n\\f\\r\\"\\\\\\u001f\x7f"'


def test_a_digest_is_sha_256_in_hex() -> None:
    """Known answer for the empty object."""
    assert digest({}) == "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"
