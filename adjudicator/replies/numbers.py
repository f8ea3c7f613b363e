"""Numbers in a folded text: figures, Chinese numerals and English words. What is no clear number has no value."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Final

from attrs import frozen

_DIGITS: Final = (
    {each: value for value, each in enumerate("零一二三四五六七八九")}
    | {"〇": 0, "两": 2}
    | {each: value for value, each in enumerate("壹贰叁肆伍陆柒捌玖", 1)}
)
_UNITS: Final = {"十": 10, "拾": 10, "百": 100, "佰": 100, "千": 1000, "仟": 1000}
_MYRIADS: Final = {"万": 10_000, "亿": 100_000_000}
CHINESE: Final = "".join((*_DIGITS, *_UNITS, *_MYRIADS))
"""The characters of Chinese numerals."""

_ONES: Final = {
    word: value
    for value, word in enumerate(
        [
            "zero",
            "one",
            "two",
            "three",
            "four",
            "five",
            "six",
            "seven",
            "eight",
            "nine",
            "ten",
            "eleven",
            "twelve",
            "thirteen",
            "fourteen",
            "fifteen",
            "sixteen",
            "seventeen",
            "eighteen",
            "nineteen",
        ]
    )
}
_TENS: Final = {
    word: 10 * value
    for value, word in enumerate(["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"], 2)
}
_WORD: Final = "|".join((*sorted((*_ONES, *_TENS), key=len, reverse=True), "hundred", "thousand", "million"))
_WORDS: Final = (
    rf"(?:a (?=hundred|thousand|million))?\b(?:{_WORD})(?:(?: and |[ -])(?:{_WORD}|grand(?! total))\b){{0,16}}(?![a-z])"
)
_FIGURES: Final = (
    r"(?<![0-9])[0-9](?:[0-9.,]*[0-9])?"
    r"(?:\s?[万千百亿](?:[0-9.]{1,12}[千百]?|[一二两三四五六七八九][千百十]?)?|\s?[kw](?![a-z])|\s?grand\b(?! total))?"
)
NUMBER: Final = re.compile(rf"(?P<figures>{_FIGURES})|(?P<words>{_WORDS})|(?P<chinese>[{CHINESE}]{{1,24}})")

_PLAIN: Final = re.compile(r"[0-9]{1,15}(?:\.[0-9]{1,6})?")
_GROUPED: Final = re.compile(r"[0-9]{1,3}(?:,[0-9]{3}){1,4}(?:\.[0-9]{1,6})?")
_SHORT: Final = {"k": 1_000, "w": 10_000}
_MOST: Final = Decimal(10) ** 15


@frozen
class Number:
    """A number and its position. ``value`` is ``None`` if it cannot be read; ``in_words`` for one without figures."""

    start: int
    end: int
    value: Decimal | None
    in_words: bool = False


def numbers_in(text: str) -> Iterator[Number]:
    """Every number in a text, in order. Numerals of several scripts in a row are one number that cannot be read."""
    last: Number | None = None
    for number in _each_number(text):
        if last is not None and number.start == last.end:
            last = Number(last.start, number.end, None, last.in_words)
            continue
        if last is not None:
            yield last
        last = number
    if last is not None:
        yield last


def _each_number(text: str) -> Iterator[Number]:
    for match in NUMBER.finditer(text):
        if match["figures"]:
            value = _of_figures(match["figures"])
        elif match["words"]:
            value = _of_words(match["words"])
        else:
            value = _of_numerals(match["chinese"])
        yield Number(*match.span(), value if value is None or value < _MOST else None, not match["figures"])


def _of_figures(text: str) -> Decimal | None:
    """The value of figures, with a unit such as 万 or k behind them."""
    figures = re.match(r"[0-9.,]+", text)
    head = figures.group() if figures else ""
    value = _plain(head.rstrip(".,"))
    rest = text[len(head) :].strip()
    if value is None or not rest:
        return value
    if rest == "grand":
        return value * 1_000
    unit = _SHORT.get(rest[0]) or _UNITS.get(rest[0]) or _MYRIADS[rest[0]]
    tail = _tail(rest[1:], unit)
    return None if tail is None else value * unit + tail


def _plain(text: str) -> Decimal | None:
    if _PLAIN.fullmatch(text):
        return Decimal(text)
    if _GROUPED.fullmatch(text):
        return Decimal(text.replace(",", ""))
    return None


def _tail(text: str, unit: int) -> Decimal | None:
    """What follows a unit: 1万2 is 12,000, and so is 1万2千."""
    if not text:
        return Decimal(0)
    scale = _UNITS.get(text[-1])
    body = text[:-1] if scale else text
    value = Decimal(_DIGITS[body]) if body in _DIGITS else _plain(body)
    if value is None:
        return None
    if scale:
        return value * scale
    return value * (unit // 10) if len(body) == 1 else value


def _of_words(text: str) -> Decimal:
    total = group = 0
    for word in re.split(r"[ -]", text):
        if word in _ONES or word in _TENS:
            group += _ONES.get(word, 0) + _TENS.get(word, 0)
        elif word == "hundred":
            group = max(group, 1) * 100
        elif word in ("thousand", "grand", "million"):
            total += max(group, 1) * (1_000_000 if word == "million" else 1_000)
            group = 0
    return Decimal(total + group)


def _of_numerals(text: str) -> Decimal | None:
    """The value of Chinese numerals; digits alone are read one by one."""
    if text[0] not in _DIGITS and text[0] not in "十拾":
        return None
    if len(text) > 1 and all(each in _DIGITS for each in text):
        return Decimal("".join(str(_DIGITS[each]) for each in text))
    total = section = digit = 0
    unit = 1
    pending = False
    for each in text:
        if each in _DIGITS:
            if pending and digit:
                return None
            digit, pending = _DIGITS[each], True
            unit = 1 if digit == 0 else unit
        elif each in _UNITS:
            unit = _UNITS[each]
            section += (digit if pending else 1) * unit
            digit, pending = 0, False
        else:
            unit = _MYRIADS[each]
            total = (total + section + digit) * unit if each == "亿" else total + (section + digit) * unit
            section, digit, pending = 0, 0, False
    return Decimal(total + section + (digit * (unit // 10) if pending and unit > 10 else digit))
