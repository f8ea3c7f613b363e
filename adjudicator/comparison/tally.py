"""Counts and money of compared cases, in every cut. Tallies of different cases add up to that of all of them.

Everything is a whole number, so that nothing depends on the order in which the processes are done.
"""

from __future__ import annotations

import hashlib
import heapq
from collections import Counter
from collections.abc import Hashable, Iterable, Mapping
from typing import Final, Literal, TypeAlias, TypeVar

from attrs import Factory, define, field, frozen

from adjudicator.comparison.results import LineChange
from adjudicator.explain.page import Page

Cut: TypeAlias = Literal["policy", "merchant", "category", "market", "month", "clauses", "facts"]
CUTS: Final[tuple[Cut, ...]] = ("policy", "merchant", "category", "market", "month", "clauses", "facts")
OF_CHANGES: Final[tuple[Cut, ...]] = ("clauses", "facts")
"""The cuts that hold only lines that changed. The others hold every line."""

MOST_VALUES: Final = 50_000
"""The most values of one cut that are counted apart."""
OTHERS: Final = "…"
"""The value of a cut that holds what is beyond :data:`MOST_VALUES`, and the reason of what is beyond :data:`MOST_REASONS`."""
NOT_STATED: Final = ""
"""The value of a cut for lines whose case does not say."""
MOST_REASONS: Final = 200
SAMPLES: Final = 3
"""How many cases are kept to show for each change of the outcome."""

Key = TypeVar("Key", bound=Hashable)
Why: TypeAlias = Literal["invalid", "no_edition", "broke_down", "another_case", "only_in_old", "only_in_new"]
"""Why a case was not compared."""


@define
class Money:
    """Amounts in one currency before and after, and the gains and losses of those who are better or worse off."""

    before: int = 0
    after: int = 0
    gained: int = 0
    lost: int = 0

    def add(self, other: Money) -> None:
        """Add the amounts of other lines."""
        self.before += other.before
        self.after += other.after
        self.gained += other.gained
        self.lost += other.lost

    @property
    def change(self) -> int:
        """How much more is payable than before."""
        return self.after - self.before


@define
class Cell:
    """The lines with one value of a cut: how many, how many changed, how many get more and less, and the money by currency."""

    lines: int = 0
    changed: int = 0
    more: int = 0
    less: int = 0
    money: dict[str, Money] = Factory(dict)

    def add_line(self, change: LineChange, currency: str | None) -> None:
        """Add a line."""
        self.lines += 1
        self.changed += change.changed
        gain = change.gain
        self.more += gain > 0
        self.less += gain < 0
        if currency is not None and (change.before.amounts or change.after.amounts):
            before, after = sum(change.before.amounts.values()), sum(change.after.amounts.values())
            self.money_in(currency).add(Money(before, after, max(gain, 0), max(-gain, 0)))

    def money_in(self, currency: str) -> Money:
        """The money in a currency."""
        return self.money.setdefault(currency, Money())

    def add(self, other: Cell) -> None:
        """Add other lines."""
        self.lines += other.lines
        self.changed += other.changed
        self.more += other.more
        self.less += other.less
        for currency, money in other.money.items():
            self.money_in(currency).add(money)


@frozen
class Sample:
    """A changed case that is kept to show, with the explanations of both decisions. ``lot`` is a number drawn for it."""

    lot: int
    source: str
    row: int
    case_id: str
    before: Page | None = field(eq=False, default=None)
    after: Page | None = field(eq=False, default=None)

    @property
    def order(self) -> tuple[int, str, int]:
        """Samples with the lowest numbers are kept."""
        return self.lot, self.source, self.row


@define
class Spread:
    """Sums of the gains of cases in one currency, and of their squares, for the error of an estimate."""

    changed: int = 0
    total: int = 0
    squares: int = 0


@define
class Tally:
    """What was compared. ``outcomes`` counts cases by their outcome before and after, ``kinds`` money by currency and kind."""

    cases: int = 0
    left_out: int = 0
    compared: int = 0
    changed: int = 0
    more: int = 0
    less: int = 0
    outcomes: Counter[tuple[str, str]] = Factory(Counter)
    total: Cell = Factory(Cell)
    kinds: dict[tuple[str, str], Money] = Factory(dict)
    cuts: dict[Cut, dict[str, Cell]] = Factory(lambda: {cut: {} for cut in CUTS})
    spreads: dict[str, Spread] = Factory(dict)
    not_compared: Counter[tuple[Why, str]] = Factory(Counter)
    erased: int = 0
    erased_fields: Counter[str] = Factory(Counter)
    samples: dict[tuple[str, str], list[Sample]] = Factory(dict)

    def add_case(
        self,
        outcomes: tuple[str, str],
        currency: str | None,
        lines: Iterable[tuple[LineChange, Mapping[Cut, str]]],
        *,
        changed: bool,
    ) -> None:
        """Add a compared case: its lines, each with its value of the cuts that are not of changes."""
        self.compared += 1
        self.changed += changed
        self.outcomes[outcomes] += 1
        gain = 0
        for line, values in lines:
            gain += line.gain
            self._add_line(line, values, currency)
        self.more += gain > 0
        self.less += gain < 0
        if gain and currency is not None:
            spread = self.spreads.setdefault(currency, Spread())
            spread.changed += 1
            spread.total += gain
            spread.squares += gain * gain

    def _add_line(self, line: LineChange, values: Mapping[Cut, str], currency: str | None) -> None:
        self.total.add_line(line, currency)
        for cut, value in values.items():
            self._cell(cut, value).add_line(line, currency)
        if line.changed:
            self._cell("clauses", line.clauses).add_line(line, currency)
            self._cell("facts", line.facts).add_line(line, currency)
        if currency is not None:
            for kind in {**line.before.amounts, **line.after.amounts}:
                before, after = line.before.amounts.get(kind, 0), line.after.amounts.get(kind, 0)
                money = Money(before, after, max(after - before, 0), max(before - after, 0))
                self.kinds.setdefault((currency, kind), Money()).add(money)

    def _cell(self, cut: Cut, value: str) -> Cell:
        return self.cuts[cut].setdefault(value, Cell())

    def add_not_compared(self, why: Why, detail: str) -> None:
        """Add a case that could not be compared."""
        self.not_compared[(why, detail)] += 1

    def wants(self, outcomes: tuple[str, str], lot: int) -> bool:
        """Whether a case with this number would be kept to show."""
        held = self.samples.get(outcomes, ())
        return len(held) < SAMPLES or lot < max(each.lot for each in held)

    def add_samples(self, outcomes: tuple[str, str], samples: Iterable[Sample]) -> None:
        """Keep those with the lowest numbers."""
        held = [*self.samples.get(outcomes, ()), *samples]
        self.samples[outcomes] = heapq.nsmallest(SAMPLES, held, key=lambda each: each.order)

    def add(self, other: Tally) -> None:
        """Add the tally of other cases, and merge values that have become too many to count separately."""
        for name in ("cases", "left_out", "compared", "changed", "more", "less", "erased"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.outcomes += other.outcomes
        self.erased_fields += other.erased_fields
        self.total.add(other.total)
        for key, money in other.kinds.items():
            self.kinds.setdefault(key, Money()).add(money)
        for cut, cells in other.cuts.items():
            for value, cell in cells.items():
                self._cell(cut, value).add(cell)
        for currency, spread in other.spreads.items():
            own = self.spreads.setdefault(currency, Spread())
            own.changed += spread.changed
            own.total += spread.total
            own.squares += spread.squares
        self.not_compared += other.not_compared
        for outcomes, samples in other.samples.items():
            self.add_samples(outcomes, samples)
        self._limit()

    def _limit(self) -> None:
        for cells in self.cuts.values():
            for value in _beyond([each for each in cells if each not in (OTHERS, NOT_STATED)], MOST_VALUES):
                cells.setdefault(OTHERS, Cell()).add(cells.pop(value))
        for why, detail in _beyond([each for each in self.not_compared if each[1] != OTHERS], MOST_REASONS):
            self.not_compared[(why, OTHERS)] += self.not_compared.pop((why, detail))


def _beyond(keys: list[Key], most: int) -> list[Key]:
    """The keys beyond a maximum number, chosen by their digests, so the choice does not depend on the order of adding."""
    if len(keys) <= most:
        return []
    return sorted(keys, key=lambda each: hashlib.blake2b(repr(each).encode(), digest_size=8).digest())[most:]
