"""The printed tables: the result of each proof, and the figures of the comparison."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from attrs import frozen
from rich import box
from rich.table import Table

from proving.tally import OUTCOME, Tally

FIGURES: Final = ("cases", "agreed", "invalid", "decided", "on an edge", "something unknown")
COMPARED: Final = ("findings", "awards", "requests")


@frozen
class Row:
    """One row of the table of proofs: what was proven, how often, and with which result."""

    proof: str
    checked: str
    count: int
    result: str
    holds: bool = True


def table_of_proofs(rows: Iterable[Row]) -> Table:
    """The table of all proofs."""
    table = empty_table("What was proven")
    table.add_column("proof")
    table.add_column("what was checked")
    table.add_column("count", justify="right")
    table.add_column("result")
    for row in rows:
        table.add_row(row.proof, row.checked, f"{row.count:,}", row.result if row.holds else f"FAILS: {row.result}")
    return table


def table_of_figures(tallies: Mapping[str, Tally]) -> Table:
    """The table of the compared cases, for each policy and in total."""
    total = Tally()
    for tally in tallies.values():
        total.merge(tally)
    columns = {**{policy.partition(".")[2]: tally for policy, tally in tallies.items()}, "total": total}
    table = empty_table("Engine and oracle, case by case")
    table.add_column("")
    for name in columns:
        table.add_column(name, justify="right")
    for name in FIGURES:
        table.add_row(name, *(f"{tally.figures[name]:,}" for tally in columns.values()))
    for name in sorted(total.of(OUTCOME)):
        table.add_row(name.replace("_", " "), *(share(name, tally) for tally in columns.values()))
    for name in COMPARED:
        table.add_row(f"{name} compared", *(f"{tally.figures[name]:,}" for tally in columns.values()))
    table.add_row("distinct decisions by shape", *(f"{len(tally.shapes):,}" for tally in columns.values()))
    return table


def empty_table(title: str) -> Table:
    """A table without lines between rows."""
    return Table(title=title, title_justify="left", title_style="bold", box=box.SIMPLE_HEAD)


def share(outcome: str, tally: Tally) -> str:
    """How many of the decided cases had an outcome."""
    count, decided = tally.of(OUTCOME).get(outcome, 0), tally.figures["decided"]
    return f"{count / decided:.1%}" if count else ""
