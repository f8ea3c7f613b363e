"""Format amounts of money, for reading and for speaking."""

from __future__ import annotations

from decimal import Decimal
from functools import cache

from attrs import frozen
from babel.numbers import get_currency_name, get_decimal_symbol, get_group_symbol

from adjudicator.model.money import minor_digits
from adjudicator.words.languages import cldr_locale
from adjudicator.words.moments import Moments


@frozen
class Amounts(Moments):
    """Formats amounts in minor units in one language."""

    def money(self, amount: int, currency: str) -> str:
        """An amount with its currency, with all its decimal places."""
        number = self._number(amount, minor_digits(currency))
        return self.first((f"money.{currency}", "money.other"), amount=number, currency=self.outside(currency))

    def spoken_money(self, amount: int, currency: str) -> str:
        """An amount as spoken: without decimal places if they are all zero, and with the name of its currency."""
        digits = minor_digits(currency)
        whole, rest = divmod(amount, 10**digits)
        number = self._number(amount, digits) if rest else self._number(whole, 0)
        count = Decimal(amount).scaleb(-digits) if rest else Decimal(whole)
        name = get_currency_name(currency, count, cldr_locale(self.language))
        return self.first((f"spoken.{currency}", "spoken.other"), amount=number, currency=self.outside(name))

    def _number(self, amount: int, digits: int) -> str:
        """A number of minor units with ``digits`` decimal places. It is formatted exactly, never rounded."""
        return f"{Decimal(amount).scaleb(-digits):,.{digits}f}".translate(_separators(self.language))


@cache
def _separators(language: str) -> dict[int, str]:
    """How a language separates thousands and decimals, in place of Python's comma and point."""
    locale = cldr_locale(language)
    return str.maketrans({",": get_group_symbol(locale), ".": get_decimal_symbol(locale)})
