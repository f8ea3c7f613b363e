"""Amounts of money in a folded text, in figures, Chinese numerals and English words."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Final

from attrs import evolve, frozen

from adjudicator.model.money import Minor, minor_digits
from adjudicator.replies.lexicon import (
    ADDED,
    ENGLISH_PARTS,
    INEXACT,
    KINDS,
    PARTS,
    PAYS,
    RANGE,
    SIGN_BEFORE,
    SIGN_BEHIND,
    SPOKEN_PARTS,
    SYMBOLS,
    TOTAL,
)
from adjudicator.replies.numbers import Number, numbers_in
from adjudicator.replies.products import product_around, result_at

_LONGEST_SIGN: Final = 14
_LONGEST_RESULT: Final = 60
_MOST: Final = 10**17
"""No product comes to more minor units than a number that is read."""
_YUAN: Final = ("元", "块", "圆", "块钱", "大洋")
_LEADING: Final = 24
_LEAST_IN_WORDS: Final = 100
"""What numbers in words without a currency have to come to: smaller ones are mostly something else."""
_BARE_END: Final = re.compile(
    r"\s*(?:$|[.,;:!?)\]，。；！？）、+=]|(?:to|for|in|within|by|back|total|and|plus|as|extra|more|on|today|tomorrow|now|instead)\b|of (?:the |your )?(?:¥\s?[0-9]|[0-9][0-9,.]{0,12} (?:yuan|rmb)\b)|(?:给|的|作为|并|和|及|左右|上下|已|将|会|原路|整(?!个|单|套|箱)))"
)
_BEFORE_THE_NOUN: Final = re.compile(
    r"\s(?:full |partial )?(?:refund|compensation|postage|payment|reimbursement)\b(?! (?:request|claim|application|case|method|option)s?\b)"
)
"""What makes an amount of a figure other than 1: "a 9,000 refund", but not "1 refund" or "2 refunds"."""
_BEFORE_THE_VERB: Final = re.compile(
    r"\s(?:will|shall|has|have|is|was|gets?)\b.{0,20}\b(?:refund|pa(?:y|id)|compensat|reimburs|credit|transfer|sen[dt]|return)\w*"
    r"|\s?(?:将|会|已|马上)?(?:退|赔|付|打|支付)(?:给|还|款)?(?:您|你)|的(?:赔付|赔偿|退款|补偿|货款)"
)
_NAMES_A_NUMBER: Final = re.compile(r"(?:[号单第]|编码|\b(?:no\.?|number|order|id|case|claim|request)|#)\s?[:：]?\s?$")
"""What tells an order number or the like from an amount."""
_GROUPED_BY_SPACES: Final = re.compile(r"(?:\s[0-9]{3}){1,5}(?![0-9:])")
_LINE_END: Final = re.compile(r"[a-z0-9][-.]?$")
_DIGIT_VALUES: Final = {each: value for value, each in enumerate("一二三四五六七八九", 1)} | {
    each: value for value, each in enumerate("壹贰叁肆伍陆柒捌玖", 1)
}


@frozen
class Money:
    """An amount and its position. ``amount`` is ``None`` if it cannot be read exactly in the currency of the decision.

    ``currencies`` is empty if the text names none. ``is_product`` says that it was multiplied: "2 × 296 yuan" is 592.
    """

    start: int
    end: int
    amount: Minor | None
    currencies: frozenset[str]
    inexact: bool
    is_product: bool = False


def money_in(text: str, currency: str, taken: Sequence[tuple[int, int]] = ()) -> Iterator[Money]:
    """The amounts in a text, in order, except where something else was already read (``taken``)."""
    end_of_last = 0
    for number in numbers_in(text):
        if number.start < end_of_last or any(start < number.end and number.start < end for start, end in taken):
            continue
        found = _money(text, number, currency, end_of_last)
        if found is not None:
            found = _multiplied(text, found, currency, end_of_last)
            end_of_last = found.end
            yield found


def _multiplied(text: str, money: Money, currency: str, begin: int) -> Money:
    """An amount with the factors beside it, and with the result if that is written out and right."""
    product = product_around(text, money.start, money.end, begin)
    if (product.start, product.end) == (money.start, money.end):
        return money
    amount = _times(money.amount, product.factor)
    found = evolve(money, start=product.start, end=product.end, amount=amount, is_product=True)
    return _with_result(text, found, currency)


def _times(amount: Minor | None, factor: Decimal | None) -> Minor | None:
    return None if amount is None or factor is None else _whole(amount * factor)


def _with_result(text: str, product: Money, currency: str) -> Money:
    """A product and its result as one amount. A result that is wrong, or in another currency, is an amount of its own."""
    start = result_at(text, product.end)
    if start is None or product.amount is None:
        return product
    number = next(numbers_in(text[start : start + _LONGEST_RESULT]), None)
    if number is None or number.start > _LONGEST_SIGN:
        return product
    number = evolve(number, start=start + number.start, end=start + number.end)
    result = _money(text, number, currency, start)
    if result is None and number.start == start:
        result = Money(start, number.end, _minor(number.value, currency), frozenset(), inexact=False)
    if result is None or result.start != start or result.amount != product.amount:
        return product
    if product_around(text, result.start, result.end, start).end != result.end:
        return product
    named = [each for each in (product.currencies, result.currencies) if each]
    shared = frozenset.intersection(*named) if named else frozenset()
    return product if named and not shared else evolve(product, end=result.end, currencies=shared)


def _money(text: str, number: Number, currency: str, begin: int) -> Money | None:
    before = SIGN_BEFORE.search(text[max(begin, number.start - _LONGEST_SIGN) : number.start])
    behind = SIGN_BEHIND.match(text, number.end)
    if before is None and behind is None:
        return _without_sign(text, number, currency)
    if number.in_words and behind is None and before is not None and before.group(1) in _YUAN:
        return None
    signs = [match.group(1) for match in (before, behind) if match is not None]
    start = number.start - (len(before.group()) if before else 0)
    end = behind.end() if behind else number.end
    grouped = _GROUPED_BY_SPACES.match(text, number.end)
    end = grouped.end() if grouped else end
    value = None if grouped else number.value
    if behind and value is not None:
        value, end = _with_parts(text, value, end, behind.group(1))
    currencies = frozenset.intersection(*(SYMBOLS[each] for each in signs)) or SYMBOLS[signs[0]]
    return Money(start, end, _minor(value, currency), currencies, _is_inexact(text, number, end))


def _with_parts(text: str, value: Decimal, end: int, sign: str) -> tuple[Decimal, int]:
    """A value with the jiao and fen, or the cents in words, that stand behind it."""
    if sign in _YUAN:
        parts = SPOKEN_PARTS.match(text, end) or PARTS.match(text, end)
        return (value + _jiao_and_fen(parts), parts.end()) if parts and parts.group() else (value, end)
    words = ENGLISH_PARTS.match(text, end)
    number = next(numbers_in(words.group(1)), None) if words else None
    if words is None or number is None or number.value is None or number.value >= 100:
        return value, end
    return value + number.value / 100, words.end()


def _without_sign(text: str, number: Number, currency: str) -> Money | None:
    """A figure right behind a word of payment, with nothing behind it that is counted."""
    lead = text[max(0, number.start - _LEADING) : number.start]
    cued = any(pattern.search(lead) for pattern in (*KINDS.values(), PAYS, TOTAL, ADDED)) and not _LINE_END.search(lead)
    cued = cued or bool(_BEFORE_THE_NOUN.match(text, number.end))
    cued = (cued and not _NAMES_A_NUMBER.search(lead)) or bool(_BEFORE_THE_VERB.match(text, number.end))
    is_small = number.in_words and (number.value is None or number.value < _LEAST_IN_WORDS)
    ends = [_BARE_END, _BEFORE_THE_VERB] if number.value == 1 else [_BARE_END, _BEFORE_THE_VERB, _BEFORE_THE_NOUN]
    if is_small or not cued or not any(each.match(text, number.end) for each in ends):
        return None
    return Money(
        number.start, number.end, _minor(number.value, currency), frozenset(), _is_inexact(text, number, number.end)
    )


def _is_inexact(text: str, number: Number, end: int) -> bool:
    near = text[max(0, number.start - _LEADING) : number.start]
    return bool(
        INEXACT.search(near)
        or INEXACT.match(text[end : end + 3].strip())
        or RANGE.match(text, end)
        or _ends_range(text, number)
    )


def _ends_range(text: str, number: Number) -> bool:
    near = text[max(0, number.start - 8) : number.start]
    return bool(re.search(r"[0-9]\s?(?:元|块|yuan|rmb|cny)?\s?(?:-|–|~|～|至|到|to )\s?(?:¥|rmb|cny|\$)?\s?$", near))


def _jiao_and_fen(parts: re.Match[str]) -> Decimal:
    jiao, fen = parts.group(1), parts.group(2)
    return Decimal(_small(jiao)) / 10 + Decimal(_small(fen)) / 100


def _small(text: str | None) -> int:
    if not text:
        return 0
    return int(text) if text.isdigit() and text.isascii() else _DIGIT_VALUES.get(text, 0)


def _minor(value: Decimal | None, currency: str) -> Minor | None:
    """The value in minor units; ``None`` if it has finer parts."""
    if value is None:
        return None
    return _whole(value.scaleb(minor_digits(currency)))


def _whole(minor: Decimal) -> Minor | None:
    return Minor(int(minor)) if minor < _MOST and minor == minor.to_integral_value() else None
