"""Amounts in whole minor units."""

from __future__ import annotations

from typing import Final, NewType

Minor = NewType("Minor", int)
"""An amount in the currency's minor unit (fen, cents)."""

_MINOR_DIGITS: Final = {
    currency: digits
    for digits, currencies in {
        0: "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF",
        3: "BHD IQD JOD KWD LYD OMR TND",
        4: "CLF UYW",
    }.items()
    for currency in currencies.split()
}
"""Decimal places (ISO 4217) of currencies that do not have two. Unicode's data only says how many are usually shown."""


def minor_digits(currency: str) -> int:
    """How many decimal places a currency has."""
    return _MINOR_DIGITS.get(currency, 2)
