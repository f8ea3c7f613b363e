"""Format amounts of money, for reading and for speaking."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from attrs import frozen
from babel.numbers import format_decimal

from adjudicator.words.moments import Moments

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


@frozen
class Amounts(Moments):
    """Formats amounts in minor units in one language."""

    def money(self, amount: int, currency: str) -> str:
        """An amount with its currency, with all its decimal places."""
        number = self._number(amount, _MINOR_DIGITS.get(currency, 2))
        return self.first((f"money.{currency}", "money.other"), amount=number, currency=self.outside(currency))

    def spoken_money(self, amount: int, currency: str) -> str:
        """An amount as spoken: without decimal places if they are all zero."""
        digits = _MINOR_DIGITS.get(currency, 2)
        whole, rest = divmod(amount, 10**digits)
        number = self._number(amount, digits) if rest else self._number(whole, 0)
        return self.first((f"spoken.{currency}", "spoken.other"), amount=number, currency=self.outside(currency))

    def _number(self, amount: int, digits: int) -> str:
        """A number of minor units with ``digits`` decimal places. It is formatted exactly, never rounded."""
        pattern = f"#,##0.{'0' * digits}" if digits else "#,##0"
        return format_decimal(Decimal(amount).scaleb(-digits), pattern, self.cldr, decimal_quantization=False)
