"""What is no JSON, or more than the limits allow, is told in one fault about the whole input."""

from __future__ import annotations

from typing import Any

import pytest

from adjudicator.model.errors import Fault, InputError
from adjudicator.testing import a_case
from adjudicator.wire.codec import dump_case, load_case
from adjudicator.wire.parser import (
    DEEPEST,
    MOST_BYTES,
    MOST_DIGITS,
    NotJson,
    in_utf8,
    keys_stand_once,
    parsed,
    parsed_at_once,
)


def fault_of(text: Any, **limits: float) -> Fault:
    with pytest.raises(InputError) as raised:
        parsed(text, **limits)
    (fault,) = raised.value.faults
    return fault


@pytest.mark.parametrize(
    ("text", "value", "expected"),
    [
        (7, "7", "JSON as text or bytes"),
        (b'{"a": "\xff"}', "byte 7 that is not", "text in UTF-8"),
        ('{"a": }', "a mistake at line 1, column 7 (expecting value)", "JSON"),
        ('{"a": "b', "a mistake at line 1, column 7 (unterminated string starting)", "JSON"),
        ("[" * 100_000, "a deeper one", "lists and objects nested at most 32 deep"),
    ],
)
def test_what_cannot_be_parsed_is_one_fault_of_the_whole_input(text: Any, value: str, expected: str) -> None:
    assert fault_of(text) == Fault("", value, expected)
    assert parsed_at_once(text) is None


@pytest.mark.parametrize("sign", ["", "-"])
def test_an_integer_of_thousands_of_digits_is_one_that_is_too_large(sign: str) -> None:
    """Its place is told like that of any other, beside what else is at fault."""
    document, faults = parsed('{"a": %s}' % (sign + "1" * 5000))
    assert (document, faults) == ({"a": int(sign + "1" * (MOST_DIGITS - len(sign)))}, [])
    case = dump_case(a_case("douyin_global.damage")).decode()
    with pytest.raises(InputError) as refused:
        load_case(case.replace("25900", sign + "1" * 5000).replace('"counterfeit"', '"no reason"'))
    assert [(each.pointer, each.value) for each in refused.value.faults] == [
        ("/claim/reason", '"no reason"'),
        ("/order/lines/0/goods_paid", "a very large integer"),
    ]


def test_text_that_is_no_json_is_told_from_json_beyond_the_limits() -> None:
    with pytest.raises(NotJson):
        parsed("{")
    with pytest.raises(InputError) as beyond:
        parsed("[" * 100_000)
    assert type(beyond.value) is InputError


def test_an_input_may_be_exactly_as_long_as_the_limit() -> None:
    text = b'{"a": 1}'
    assert parsed(text, most_bytes=len(text)) == ({"a": 1}, [])
    assert fault_of(text, most_bytes=7) == Fault("", "8 bytes", "at most 7 bytes")
    longest = b'{"a": "%b"}' % (b"x" * (MOST_BYTES - 9))
    assert len(longest) == MOST_BYTES
    assert in_utf8(longest) == longest
    assert in_utf8(longest + b" ") == b""


def test_text_that_utf_8_cannot_write_needs_a_closer_look() -> None:
    assert in_utf8('"\ud800"') == b""
    assert in_utf8(7) == b""  # type: ignore[arg-type]


def test_a_byte_order_mark_is_no_part_of_the_text() -> None:
    """Some editors write one."""
    text = '{"a": 1}'
    for marked in (f"\ufeff{text}", f"\ufeff{text}".encode()):
        assert parsed_at_once(marked) is None
        assert parsed(marked) == ({"a": 1}, [])
    assert fault_of(f"{text}\ufeff").expected == "JSON"


@pytest.mark.parametrize(
    "text", ['{"a": 1}', b'{"a":1}', b'{"a" :\n1}', b'{"a": "\\"\\\\\\u003b"}', b'{"a":[{"b":2}],"c":{}}']
)
def test_text_in_which_every_key_stands_once_is_parsed_at_once(text: str | bytes) -> None:
    assert parsed_at_once(text) == parsed(text)[0]
    assert parsed(text)[1] == []


def test_what_is_nested_too_deep_to_be_written_anew_needs_a_closer_look() -> None:
    assert parsed_at_once("[" * 300 + "]" * 300) is None


TWICE = [Fault("/a", "2 values", "a key that stands once")]


@pytest.mark.parametrize("space", [b"", b" ", b"\n", b"\r", b"\t"])
def test_a_key_that_stands_twice_is_seen_wherever_white_space_stands(space: bytes) -> None:
    """One of them may have a colon right behind it and the other not, so that it looks like one."""
    once, twice = b'{"a"%b:1}' % space, b'{"a"%b:1,"a":2}' % space
    assert keys_stand_once(once, 1)
    assert not keys_stand_once(twice, 1)
    assert parsed_at_once(twice) is None
    assert parsed(twice)[1] == TWICE


@pytest.mark.parametrize("colon", [b"\\u003a", b"\\u003A"])
def test_a_key_that_stands_twice_is_seen_beside_an_escaped_colon(colon: bytes) -> None:
    """Written anew, the colon takes the place of that of the key."""
    text = b'{"a":1,"a":"%b"}' % colon
    assert not keys_stand_once(text, 1)
    assert parsed_at_once(text) is None
    assert parsed(text)[1] == TWICE


def test_repeated_keys_are_counted_in_every_object() -> None:
    text = '{"a": [{"b": 1, "b": 2, "b": 3, "c": 4}], "a/d": {"e": 5}, "a/d": {"f": 6, "f": 7}}'
    document, faults = parsed(text)
    assert document == {"a": [{"b": 3, "c": 4}], "a/d": {"f": 7}}
    assert faults == [
        Fault("/a~1d", "2 values", "a key that stands once"),
        Fault("/a/0/b", "3 values", "a key that stands once"),
        Fault("/a~1d/f", "2 values", "a key that stands once"),
    ]


def test_how_deep_an_input_with_repeated_keys_is_counts_first() -> None:
    def nested(depth: int) -> str:
        return '{"a": 1, "a": ' + "[" * (depth - 1) + "]" * (depth - 1) + "}"

    assert parsed(nested(DEEPEST))[1] == [Fault("/a", "2 values", "a key that stands once")]
    assert fault_of(nested(DEEPEST + 1)) == Fault("", "a deeper one", "lists and objects nested at most 32 deep")
