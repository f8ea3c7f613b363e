"""Amounts of money, written and spoken."""

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
"""How many digits the minor unit takes where they are not two (ISO 4217). Unicode's data says how many are usually shown."""


@frozen
class Amounts(Moments):
    """Amounts of minor units, in words of one language."""

    def money(self, amount: int, currency: str) -> str:
        """An amount with its currency, in as many digits as those take."""
        number = self._number(amount, _MINOR_DIGITS.get(currency, 2))
        return self.first((f"money.{currency}", "money.other"), amount=number, currency=self.outside(currency))

    def spoken_money(self, amount: int, currency: str) -> str:
        """An amount as it is said aloud: no digits after the point where there is nothing in them."""
        digits = _MINOR_DIGITS.get(currency, 2)
        whole, rest = divmod(amount, 10**digits)
        number = self._number(amount, digits) if rest else self._number(whole, 0)
        return self.first((f"spoken.{currency}", "spoken.other"), amount=number, currency=self.outside(currency))

    def _number(self, amount: int, digits: int) -> str:
        """A number whose last digits stand after the point; it has its digits already, and is not rounded to them again."""
        pattern = f"#,##0.{'0' * digits}" if digits else "#,##0"
        return format_decimal(Decimal(amount).scaleb(-digits), pattern, self.cldr, decimal_quantization=False)
