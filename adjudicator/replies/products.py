"""Factors beside an amount of money: "2 × 296 yuan", 296元×2件."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Final

from attrs import frozen

from adjudicator.replies.numbers import numbers_in

_UNIT: Final = r"(?:/?[件个瓶盒罐份]|\s?\b(?:jars?|units?|items?|bottles?|pieces?|products?)\b)?"
_SURE: Final = "[×✕✖⨯]"
_UNSURE: Final = r"(?:[*∗x]|\btimes\b|乘以?)"
"""What multiplies only beside a number: it has other uses."""
_SIGN_BEFORE: Final = re.compile(rf"{_UNIT}\s?(?:(?P<sure>{_SURE})|{_UNSURE})\s?$")
_SIGN_BEHIND: Final = re.compile(rf"{_UNIT}\s?(?:(?P<sure>{_SURE})|{_UNSURE})\s?")
_EQUALS: Final = re.compile(rf"{_UNIT}\s?=\s?")
_SHARE: Final = re.compile(r"\s?[%折成]")
_NEAR: Final = 48
"""Within how many characters a factor is looked for."""


@frozen
class Product:
    """All factors of an amount multiplied, and where they stand; ``factor`` is ``None`` if one of them cannot be read."""

    start: int
    end: int
    factor: Decimal | None


def product_around(text: str, start: int, end: int, begin: int) -> Product:
    """What the amount from ``start`` to ``end`` is multiplied by, on either side. Nothing before ``begin`` is looked at.

    Without a factor, the product is as long as the amount.
    """
    product = Product(start, end, Decimal(1))
    while (wider := _with_one_before(text, product, begin)) is not None:
        product = wider
    while (wider := _with_one_behind(text, product)) is not None:
        product = wider
    return product


def result_at(text: str, end: int) -> int | None:
    """Where the result of a product that ends at ``end`` begins, if an equals sign follows."""
    match = _EQUALS.match(text, end)
    return match.end() if match else None


def _with_one_before(text: str, product: Product, begin: int) -> Product | None:
    begin = max(begin, product.start - _NEAR)
    match = _SIGN_BEFORE.search(text[begin : product.start])
    if match is None:
        return None
    at = begin + match.start()
    number = next((each for each in numbers_in(text[begin:at]) if begin + each.end == at), None)
    if number is None:
        return Product(begin + match.start("sure"), product.end, None) if match["sure"] else None
    return Product(begin + number.start, product.end, _times(product.factor, number.value))


def _with_one_behind(text: str, product: Product) -> Product | None:
    match = _SIGN_BEHIND.match(text, product.end)
    if match is None:
        return None
    number = next(numbers_in(text[match.end() : match.end() + _NEAR]), None)
    if number is None or number.start:
        return Product(product.start, match.end(), None) if match["sure"] else None
    end = match.end() + number.end
    value = None if _SHARE.match(text, end) else number.value
    return Product(product.start, end, _times(product.factor, value))


def _times(factor: Decimal | None, value: Decimal | None) -> Decimal | None:
    return None if factor is None or value is None else factor * value
