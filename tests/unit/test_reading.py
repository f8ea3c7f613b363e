"""A text that is read at once is read just as it would be if it were looked at closely, and none is taken that would be refused."""

from __future__ import annotations

import ast
import builtins
import json
import typing
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adjudicator import InputError, load_case
from adjudicator.engine.registry import policies
from adjudicator.model.case import Case
from adjudicator.model.plainly_sound import is_plainly_sound
from adjudicator.model.soundness import CaseBase
from adjudicator.testing import (
    Json,
    NearlyValid,
    a_case,
    case_documents,
    invalid_documents,
    nearly_valid_documents,
    places,
)
from adjudicator.wire.codec import _case, _sound_case, case_document, case_from
from adjudicator.wire.parser import MOST_BYTES, parsed, parsed_at_once
from adjudicator.wire.reader import reader_of, source_of
from documents import ONE_OF_OTHER_KINDS
from oracle.edges import put

POLICIES: Final = tuple(name for name, group in policies().items() if issubclass(group[0].case_kind.case_type, Case))
ONE_OF_EACH: Final = {"douyin_global.damage": case_document(a_case("douyin_global.damage")), **ONE_OF_OTHER_KINDS}
KINDS: Final[dict[str, type[CaseBase]]] = {
    group[0].case_kind.case_type.__name__: group[0].case_kind.case_type for group in policies().values()
}


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
    """A sound case in JSON never has to be looked at twice, whether or not it states nulls, and both readings are equal."""

    @given(case_documents(policy), st.booleans())
    def check(document: Json, escaped: bool) -> None:
        assert agree(json.dumps(document, ensure_ascii=escaped))
        assert agree(json.dumps(stated(document), ensure_ascii=escaped))

    check()


@pytest.mark.parametrize("policy", POLICIES)
def test_a_sound_claim_is_so_at_first_sight(policy: str) -> None:
    """Nothing has to ask for its faults one by one, with settlements and a reply or without."""

    @given(case_documents(policy))
    def check(document: Json) -> None:
        assert is_plainly_sound(case_from(document))

    check()


def stated(value: Any) -> Any:
    """A document without what it says is not known."""
    if isinstance(value, dict):
        return {name: stated(each) for name, each in value.items() if each is not None}
    return [stated(each) for each in value] if isinstance(value, list) else value


@pytest.mark.parametrize("policy", ONE_OF_EACH)
def test_a_value_of_another_type_is_read_as_the_close_reading_reads_it(policy: str) -> None:
    """Whatever stands in any one place: it is refused, or both readings are equal."""
    document = ONE_OF_EACH[policy]
    assert agree(json.dumps(document))
    for pointer, *_ in places(document):
        for value in (None, True, 1, 1.0, 2**53, "x", [None], {"x": 1}):
            if pointer:
                agree(json.dumps(put(document, pointer, value)))


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_a_reader_names_nothing_that_is_not_there(kind: type[CaseBase]) -> None:
    """Every name in its source is a value, a function of it, a variable or a builtin; every kind of case has one."""
    source = source_of(kind)
    assert reader_of(typing.cast(Any, kind)) is not None
    names = [
        each for each in ast.walk(ast.parse(source.text)) if isinstance(each, ast.Name | ast.FunctionDef | ast.arg)
    ]
    known = {each.id for each in names if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Store)}
    known |= {each.name for each in names if isinstance(each, ast.FunctionDef)}
    known |= {each.arg for each in names if isinstance(each, ast.arg)}
    used = {each.id for each in names if isinstance(each, ast.Name)}
    assert used <= known | source.values.keys() | vars(builtins).keys()


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


def test_a_duplicate_key_is_reported() -> None:
    """Whatever stands between the key and its colon, and however the colons are hidden."""
    for text in (
        '{"policy":1,"policy" :2}',
        '{"policy":1,"\\u0070olicy":"\\u003a"}',
        '{"policy":"\\u003A","policy":2}',
    ):
        with pytest.raises(InputError, match="a key that stands once"):
            load_case(text)


def test_text_that_ends_too_soon_is_refused_by_its_place() -> None:
    with pytest.raises(InputError) as refused:
        parsed('{"id": "cut o')
    assert refused.value.faults[0].value == "Unterminated string starting at line 1, column 8"


def test_what_is_too_long_is_not_read() -> None:
    """The limit on the size of an input holds for both readings."""
    assert parsed_at_once(" " * MOST_BYTES + "{}") is None
