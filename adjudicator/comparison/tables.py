"""The tally as a table: one row for each value of each cut and currency."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import pyarrow as pa

from adjudicator.comparison.tally import Cell, Money, Tally

COUNTS: Final = ("lines", "changed", "more", "less")
AMOUNTS: Final = ("before", "after", "gained", "lost")
SUMMARY: Final = pa.schema(
    [
        *(pa.field(name, pa.string(), nullable=False) for name in ("cut", "value")),
        pa.field("currency", pa.string()),
        *(pa.field(name, pa.int64()) for name in (*COUNTS, *AMOUNTS)),
    ]
)
"""``cut`` is ``total``, ``kind``, ``outcome`` or a cut of the tally. Counts are in the row without a currency, money in the others.

In ``outcome`` the value is ``before>after`` and ``lines`` counts cases; in ``not_compared`` the value is why, and the same.
"""


def summary_table(tally: Tally) -> pa.Table:
    """The whole tally as rows of :data:`SUMMARY`."""
    return pa.Table.from_pylist(list(_rows(tally)), schema=SUMMARY)


def _rows(tally: Tally) -> Iterator[dict[str, Any]]:
    yield from _cell("total", "", tally.total)
    for (currency, kind), money in sorted(tally.kinds.items()):
        yield _money("kind", kind, currency, money)
    for (before, after), count in sorted(tally.outcomes.items()):
        yield {"cut": "outcome", "value": f"{before}>{after}", "lines": count, "changed": count * (before != after)}
    for (why, detail), count in sorted(tally.not_compared.items()):
        yield {"cut": "not_compared", "value": f"{why}: {detail}", "lines": count}
    for cut, cells in tally.cuts.items():
        for value, cell in sorted(cells.items()):
            yield from _cell(cut, value, cell)


def _cell(cut: str, value: str, cell: Cell) -> Iterator[dict[str, Any]]:
    yield {"cut": cut, "value": value, **{name: getattr(cell, name) for name in COUNTS}}
    for currency, money in sorted(cell.money.items()):
        yield _money(cut, value, currency, money)


def _money(cut: str, value: str, currency: str, money: Money) -> dict[str, Any]:
    amounts = {name: getattr(money, name) for name in AMOUNTS}
    return {"cut": cut, "value": value, "currency": currency, **amounts}
