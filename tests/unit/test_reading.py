"""The fast reader gives the same result as the strict one, and never accepts what the strict one refuses."""

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
from adjudicator.model.digest import digest
from adjudicator.model.errors import Fault
from adjudicator.model.limits import MOST_ITEMS
from adjudicator.model.plainly_sound import is_plainly_sound
from adjudicator.model.soundness import CaseBase
from adjudicator.testing import (
    Json,
    NearlyValid,
    a_case,
    a_damage_photo,
    a_settlement,
    an_appraisal,
    case_documents,
    invalid_documents,
    nearly_valid_documents,
    places,
)
from adjudicator.wire.closer_look import case_in
from adjudicator.wire.codec import _sound_case, case_document, case_from, normalised
from adjudicator.wire.parser import DEEPEST, MOST_BYTES, depth_of, keys_stand_once, last_values, parsed, parsed_at_once
from adjudicator.wire.reader import reader_of, source_of
from breaking import broken
from documents import ONE_OF_OTHER_KINDS
from oracle.edges import put

POLICIES: Final = tuple(name for name, group in policies().items() if issubclass(group[0].case_kind.case_type, Case))
A_CLAIM: Final = a_case(
    "douyin_global.damage",
    a_damage_photo(units_covered=1),
    an_appraisal("E2"),
    settlements=[a_settlement(100, line_id="L1", units=1)],
)
ONE_OF_EACH: Final = {"douyin_global.damage": case_document(A_CLAIM), **ONE_OF_OTHER_KINDS}
KINDS: Final[dict[str, type[CaseBase]]] = {
    group[0].case_kind.case_type.__name__: group[0].case_kind.case_type for group in policies().values()
}


def agree(text: str | bytes) -> bool:
    """Check that both readers give the same result, and the same digest. Returns whether the fast one accepted the text."""
    at_once = _sound_case(text)
    try:
        closely = case_in(*parsed(text))
    except InputError:
        assert at_once is None
        return False
    if at_once is None:
        return False
    assert at_once.case == closely
    assert at_once.document is not None
    assert digest(at_once.document) == digest(normalised(closely))
    return True


@pytest.mark.parametrize("policy", POLICIES)
def test_the_fast_reader_accepts_valid_cases(policy: str) -> None:
    """The fast reader accepts every valid case, with or without nulls, and both results are equal."""

    @given(case_documents(policy), st.booleans())
    def check(document: Json, escaped: bool) -> None:
        assert agree(json.dumps(document, ensure_ascii=escaped))
        assert agree(json.dumps(stated(document), ensure_ascii=escaped))

    check()


@pytest.mark.parametrize("policy", POLICIES)
def test_a_valid_claim_passes_the_fast_check(policy: str) -> None:
    """No faults have to be collected one by one, with or without settlements and a reply."""

    @given(case_documents(policy))
    def check(document: Json) -> None:
        assert is_plainly_sound(case_from(document))

    check()


def stated(value: Any) -> Any:
    """A document without its null members."""
    if isinstance(value, dict):
        return {name: stated(each) for name, each in value.items() if each is not None}
    return [stated(each) for each in value] if isinstance(value, list) else value


@pytest.mark.parametrize("policy", ONE_OF_EACH)
def test_both_readers_agree_on_values_of_other_types(policy: str) -> None:
    """For any value in any place: it is refused, or both results are equal."""
    document = ONE_OF_EACH[policy]
    assert agree(json.dumps(document))
    for pointer, *_ in places(document):
        for value in (None, True, 1, 1.0, 2**53, "x", [None], {"x": 1}):
            if pointer:
                agree(json.dumps(put(document, pointer, value)))


@pytest.mark.parametrize("policy", ONE_OF_EACH)
def test_both_readers_agree_wherever_a_case_is_broken(policy: str) -> None:
    """For other values of the same type, too: beyond a limit, or at it."""
    for document in broken(ONE_OF_EACH[policy]):
        agree(json.dumps(document))


@pytest.mark.parametrize(
    "code", ["C", "CNYX", "cny", "cnY", "CN1", "CN\N{LATIN CAPITAL LETTER E WITH ACUTE}", "CN ", ""]
)
@pytest.mark.parametrize("place", ["/order/currency", "/order/market", "/order/merchant/return_addresses/0/market"])
def test_a_code_of_other_characters_or_another_length_is_doubted(place: str, code: str) -> None:
    """The fast check says of exactly the right codes that they are right."""
    document = json.loads(json.dumps(ONE_OF_EACH["douyin_global.damage"]))
    document["order"]["merchant"]["return_addresses"] = [{"id": "R1"}]
    assert not agree(json.dumps(put(document, place, code)))
    right = "HKD" if place == "/order/currency" else "HK"
    assert agree(json.dumps(put(document, place, right)))


@pytest.mark.parametrize(
    ("place", "value"),
    [
        ("/order/lines/0/completed_at", "9000-01-01T00:00:00+08:00"),
        ("/order/parcels/0/line_ids", ["L1", "L9"]),
        ("/order/parcels/0/signed_at", "9000-01-01T00:00:00+08:00"),
        ("/claim/evidence_closes_at", "9000-01-01T00:00:00+08:00"),
        ("/claim/items/0/line_id", "L9"),
        ("/evidence/0/line_ids", ["L1", "L9"]),
        ("/evidence/0/verified_at", "9000-01-01T00:00:00+08:00"),
        ("/evidence/0/submitted_at", "2099-01-01T00:00:00+08:00"),
        ("/evidence/1/issued_at", "2099-01-01T00:00:00+08:00"),
        ("/evidence/0/units_covered", 0),
        ("/evidence/1/id", "E1"),
        ("/settlements/0/kind", "postage"),
        ("/settlements/0/kind", "tax"),
        ("/settlements/0/line_id", "L9"),
        ("/settlements/0/line_id", None),
        ("/settlements/0/amount", -1),
        ("/settlements/0/units", 0),
        ("/settlements/0/settled_at", "2099-01-01T00:00:00+08:00"),
        ("/settlements/0/reversed_at", "2099-01-01T00:00:00+08:00"),
    ],
)
def test_a_claim_that_contradicts_itself_is_doubted(place: str, value: Json) -> None:
    """Each fault by itself; the claim without it is accepted."""
    document = case_document(A_CLAIM)
    assert agree(json.dumps(document))
    assert not agree(json.dumps(put(document, place, value)))


def test_a_payment_for_postage_is_for_no_line() -> None:
    """Whatever else is right about it."""
    document = case_document(A_CLAIM)
    (payment,) = document["settlements"]
    postage = payment | {"kind": "postage", "units": None}
    assert agree(json.dumps(document | {"settlements": [postage | {"line_id": None}]}))
    assert not agree(json.dumps(document | {"settlements": [postage]}))


def test_payments_of_too_much_in_all_are_doubted() -> None:
    """However possible each of them is."""
    document = case_document(A_CLAIM)
    (payment,) = document["settlements"]
    payments = [payment | {"amount": 2**53 - 100}, payment | {"amount": 100}]
    assert agree(json.dumps(document | {"settlements": [payments[0], payments[1] | {"amount": 99}]}))
    assert not agree(json.dumps(document | {"settlements": payments}))


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_the_source_of_a_reader_uses_only_known_names(kind: type[CaseBase]) -> None:
    """Every name in its source is a value, a function of it, a variable or a builtin; every kind of case has a reader."""
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
def test_the_fast_reader_never_accepts_a_broken_document(policy: str) -> None:
    """A document with one broken value is refused by the strict reader, and not accepted by the fast one."""

    @given(nearly_valid_documents(policy))
    def check(nearly: NearlyValid) -> None:
        assert not agree(json.dumps(nearly.document))

    check()


@given(invalid_documents())
def test_the_fast_reader_never_accepts_garbled_bytes(text: bytes) -> None:
    """Neither reader accepts bytes that are not a case."""
    agree(text)


KEYS: Final = st.sampled_from(["a", "b", "\\u0061", "x:y", '\\"', "\\u003a", "\\\\"])
SPACE: Final = st.sampled_from(["", " ", "\n\t"])
SCALARS: Final = st.sampled_from(
    ["1", "-0", "1e2", "123456789012345678901", '":"', '"\\u003a"', '"\\":"', '"a"', "null", "true"]
)


def objects(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """Objects as text, with keys that can occur twice and unusual white space."""
    members = st.builds(lambda key, space, value: f'"{key}"{space}:{space}{value}', KEYS, SPACE, inner)
    return st.lists(members, max_size=3).map(lambda each: "{" + ",".join(each) + "}")


TEXTS: Final = st.recursive(
    SCALARS, lambda inner: objects(inner) | st.lists(inner, max_size=2).map(lambda each: f"[{','.join(each)}]")
)


@given(TEXTS)
def test_no_key_is_lost_unnoticed(text: str) -> None:
    """If a document is accepted at once, all keys of its text are there. Duplicate keys are not accepted."""
    document = parsed_at_once(text)
    repeated: list[Any] = []

    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        repeated.extend([pairs] if len(dict(pairs)) < len(pairs) else [])
        return dict(pairs)

    expected = json.loads(text, object_pairs_hook=once, parse_int=exact_or_float)
    assert document is None or (not repeated and document == expected)


@given(TEXTS, st.booleans())
def test_counted_keys_show_whether_one_is_lost(text: str, counts_all: bool) -> None:
    """Wherever white space stands and whatever texts hold, also if some of the keys that are left were not counted."""
    data, repeated = text.encode(), []

    def counted(pairs: list[tuple[str, Any]]) -> int:
        kept = dict(pairs)
        repeated.extend([pairs] if len(kept) < len(pairs) else [])
        return len(kept) + sum(map(inner, kept.values()))

    def inner(value: Any) -> int:
        return sum(map(inner, value)) if type(value) is list else value if type(value) is int else 0

    number = inner(json.loads(text, object_pairs_hook=counted, parse_int=str))
    if keys_stand_once(data, number if counts_all else number // 2):
        assert not repeated
    elif last_values(data) is not None and "\\" not in text:
        assert repeated or "1e2" in text


@pytest.mark.parametrize("space", ["", " ", "\n", "\r", "\t", "\n \t"])
@pytest.mark.parametrize(
    "key", ["", '"brand":"another",', '"brand" :"another",', '"brand"\n:"another",', '"br\\u0061nd" :":",']
)
def test_a_case_that_states_something_twice_is_not_read_at_once(key: str, space: str) -> None:
    """Nor is one that is set in an unusual way refused."""
    text = json.dumps(ONE_OF_EACH["douyin_global.damage"], separators=(",", f"{space}:"))
    assert agree(text.replace('"brand"', f'{key}"brand"', 1)) == (not key)


def exact_or_float(digits: str) -> float:
    """A 64-bit integer, or the float for a longer one. No case accepts a float."""
    return int(digits) if -(2**63) <= int(digits) < 2**64 else float(digits)


def test_a_duplicate_key_is_reported() -> None:
    """Whatever is between the key and its colon, and however the colons are hidden."""
    for text in (
        '{"policy":1,"policy" :2}',
        '{"policy":1,"\\u0070olicy":"\\u003a"}',
        '{"policy":"\\u003A","policy":2}',
        '{"policy":1,"policy":1}',
        '{"policy":1e2,"policy":1}',
    ):
        with pytest.raises(InputError, match="a key that stands once"):
            load_case(text)


@pytest.mark.parametrize(
    ("value", "depth"),
    [
        (7, 1),
        ([], 1),
        ([7], 2),
        ([[], 7], 2),
        ({"a": {"b": []}}, 3),
        ([{"a": []}, [[[]]]], 4),
        (json.loads("[" * DEEPEST + "]" * DEEPEST), DEEPEST),
        (json.loads("[" * 2 * DEEPEST + "]" * 2 * DEEPEST), DEEPEST + 1),
    ],
)
def test_the_deepest_part_says_how_deep_a_document_is(value: object, depth: int) -> None:
    """What is deeper than the limit is not looked through."""
    assert depth_of(value) == depth


def test_no_duplicate_key_is_looked_for_in_what_is_nested_too_deep() -> None:
    """Its value is one level deeper than the object."""
    repeating = '{"a":1,"a":2}'
    most = DEEPEST - 2
    assert len(parsed("[" * most + repeating + "]" * most)[1]) == 1
    with pytest.raises(InputError, match=f"nested at most {DEEPEST} deep"):
        parsed("[" * (most + 1) + repeating + "]" * (most + 1))


@pytest.mark.parametrize("space", [" ", "\n", "\r", "\t"])
def test_a_key_before_white_space_is_counted(space: str) -> None:
    """Though it does not end right before its colon."""
    assert not keys_stand_once(f'{{"a"{space}:1,"a":2}}'.encode(), 1)
    assert keys_stand_once(f'{{"a"{space}:1,"b":2}}'.encode(), 2)


def test_each_duplicate_key_is_a_fault_at_its_place() -> None:
    """Of a key that stands several times, the last value is there, and nothing is said of what is in the others."""
    text = '[{"a":1,"b/":{"c":{"x":1,"x":2},"c":2,"c":[7,{"d":0,"d":1}],"e":[]},"a":3}]'
    document, faults = parsed(text)
    assert document == [{"a": 3, "b/": {"c": [7, {"d": 1}], "e": []}}]
    expected = [("/0/a", 2), ("/0/b~1/c", 3), ("/0/b~1/c/1/d", 2)]
    assert faults == [Fault(place, f"{count} values", "a key that stands once") for place, count in expected]


@pytest.mark.parametrize(
    "text",
    [
        '{"a":1,"a":1}',
        '{"a" :1, "a" : 1}',
        '[{"b":{"a":1,"a":2}}]',
        '{"a":1e2,"a":1}',
        '{"a":1,"\\u0061":"\\u003a"}',
        '{"a":"\\u003A","a":2}',
    ],
)
def test_a_key_that_stands_twice_is_doubted(text: str) -> None:
    assert parsed_at_once(text) is None


@pytest.mark.parametrize(
    "text", ['{"a":1,"b":[":"]}', '{"a": ":",\n\t"b" : 1}', '{"a":"\\n\\u65fa"}', '{"a":"\\u003b"}']
)
def test_keys_that_stand_once_are_not_doubted(text: str) -> None:
    """However they are set."""
    assert parsed_at_once(text) == json.loads(text)


def test_a_list_of_too_many_items_is_not_read_at_once() -> None:
    """Nor is a mapping with too many fields."""
    document = ONE_OF_EACH["douyin_global.damage"]
    notes = {str(number): "" for number in range(MOST_ITEMS)}
    lines = [document["order"]["parcels"][0]] * MOST_ITEMS
    for most in ({"metadata": notes}, {"order": {**document["order"], "parcels": lines}}):
        assert agree(json.dumps({**document, **most}))
    for more in (
        {"metadata": {**notes, "more": ""}},
        {"order": {**document["order"], "parcels": [*lines, lines[0]]}},
        {"claim": {**document["claim"], "demands": document["claim"]["demands"] * (MOST_ITEMS + 1)}},
    ):
        assert not agree(json.dumps({**document, **more}))


def test_text_that_ends_too_soon_is_refused_by_its_place() -> None:
    with pytest.raises(InputError) as refused:
        parsed('{"id": "cut o')
    assert refused.value.faults[0].value == "a mistake at line 1, column 8 (unterminated string starting)"


def test_what_is_too_long_is_not_read() -> None:
    """The limit on the size of an input holds for both readings."""
    assert parsed_at_once(" " * MOST_BYTES + "{}") is None


def test_the_kind_of_evidence_is_among_its_fields() -> None:
    """It is asked for where it is missing, and listed where another field is none."""
    document = case_document(a_case("douyin_global.authenticity", an_appraisal()))
    document["evidence"] += [{"id": "E2"}, {**document["evidence"][0], "id": "E3", "kinds": 1}]
    with pytest.raises(InputError) as refused:
        case_from(document)
    missing, unknown = refused.value.faults
    assert (missing.pointer, missing.value) == ("/evidence/1/kind", "nothing")
    assert unknown.pointer == "/evidence/2/kinds"
    assert ", issuer, kind, line_ids, " in unknown.expected
