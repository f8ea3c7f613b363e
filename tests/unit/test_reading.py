"""A text that is read at once is read just as it would be if it were looked at closely, and none is taken that would be refused."""

from __future__ import annotations

import json
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adjudicator import InputError, load_case
from adjudicator.testing import Json, NearlyValid, case_documents, invalid_documents, nearly_valid_documents
from adjudicator.wire.codec import _case, _sound_case
from adjudicator.wire.parser import MOST_BYTES, parsed, parsed_at_once

POLICIES: Final = ("douyin_global.authenticity", "douyin_global.damage", "douyin_global.local_return")


def agree(text: str | bytes) -> bool:
    """Whether both ways of reading come to the same; says whether the text was taken at once."""
    at_once = _sound_case(text)
    try:
        closely = _case(*parsed(text))
    except InputError:
        assert at_once is None
        return False
    assert at_once is None or at_once == closely
    return at_once is not None


@pytest.mark.parametrize("policy", POLICIES)
def test_valid_cases_are_taken_at_once(policy: str) -> None:
    """A sound case in plain JSON never has to be looked at twice, and both readings are equal."""

    @given(case_documents(policy), st.booleans())
    def check(document: Json, escaped: bool) -> None:
        stated = {name: each for name, each in document.items() if each is not None}
        assert agree(json.dumps(stated, ensure_ascii=escaped)) or "null" in json.dumps(stated)

    check()


@pytest.mark.parametrize("policy", POLICIES)
def test_what_is_broken_is_never_taken_at_once(policy: str) -> None:
    """A document with one thing broken is refused by the close reading, and so is not taken by the other."""

    @given(nearly_valid_documents(policy))
    def check(nearly: NearlyValid) -> None:
        assert not agree(json.dumps(nearly.document))

    check()


@given(invalid_documents())
def test_garbled_bytes_are_never_taken_at_once(text: bytes) -> None:
    """Bytes that are no case are none for either reading."""
    agree(text)


KEYS: Final = st.sampled_from(["a", "b", "\\u0061", "x:y", '\\"', "\\u003a", "\\\\"])
SPACE: Final = st.sampled_from(["", " ", "\n\t"])
SCALARS: Final = st.sampled_from(
    ["1", "-0", "1e2", "123456789012345678901", '":"', '"\\u003a"', '"\\":"', '"a"', "null", "true"]
)


def objects(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """Objects as text, with keys that may stand twice and space in odd places."""
    members = st.builds(lambda key, space, value: f'"{key}"{space}:{space}{value}', KEYS, SPACE, inner)
    return st.lists(members, max_size=3).map(lambda each: "{" + ",".join(each) + "}")


TEXTS: Final = st.recursive(
    SCALARS, lambda inner: objects(inner) | st.lists(inner, max_size=2).map(lambda each: f"[{','.join(each)}]")
)


@given(TEXTS)
def test_no_key_is_lost_unnoticed(text: str) -> None:
    """A document that is taken at once has every key of its text; one in which a key stands twice is not taken."""
    document = parsed_at_once(text)
    repeated: list[Any] = []

    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        repeated.extend([pairs] if len(dict(pairs)) < len(pairs) else [])
        return dict(pairs)

    expected = json.loads(text, object_pairs_hook=once, parse_int=exact_or_float)
    assert document is None or (not repeated and document == expected)


def exact_or_float(digits: str) -> float:
    """An integer of 64 bits, or the float as which a longer one is read; no case takes a float."""
    return int(digits) if -(2**63) <= int(digits) < 2**64 else float(digits)


def test_a_key_that_stands_twice_is_told() -> None:
    """Whatever stands between the key and its colon, and however the colons are hidden."""
    for text in (
        '{"policy":1,"policy" :2}',
        '{"policy":1,"\\u0070olicy":"\\u003a"}',
        '{"policy":"\\u003A","policy":2}',
    ):
        with pytest.raises(InputError, match="a key that stands once"):
            load_case(text)


def test_what_is_too_long_is_not_read() -> None:
    """The limit on the size of an input holds for both readings."""
    assert parsed_at_once(" " * MOST_BYTES + "{}") is None
