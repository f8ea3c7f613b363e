"""The list tables of decisions and payouts, derived from the entries.

One place turns an entry into row changes. Writing an entry applies them to the database; verification applies them in memory
and compares.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from typing import Any, TypeAlias

import sqlalchemy as sa
from attrs import frozen

from adjudicator.model.time import Instant
from adjudicator.store.tables import DECISIONS, PAYOUTS
from adjudicator.store.writing import Writes

Key: TypeAlias = tuple[Any, ...]


@frozen
class RowChange:
    """New values for the row with this primary key; ``new`` if the row must be inserted."""

    table: sa.Table
    key: Key
    values: Mapping[str, Any]
    new: bool = False


def row_changes(entry: Mapping[str, Any]) -> Iterator[RowChange]:
    """The row changes that follow from an entry."""
    yield from _CHANGES[entry["kind"]](entry)


def apply_to_database(connection: Writes, changes: Iterable[RowChange]) -> None:
    """Insert and update rows in the database. Raises :class:`ValueError` for an update of a missing row."""
    for change in changes:
        key = key_names(change.table)
        if change.new:
            connection.execute(_insert_into(change.table), {**dict(zip(key, change.key, strict=True)), **change.values})
        else:
            key_values = {f"key_{name}": value for name, value in zip(key, change.key, strict=True)}
            if connection.execute(_update_by_key(change.table), {**key_values, **change.values}).rowcount != 1:
                raise ValueError(f"{change.table.name} has no row {change.key}")


@cache
def _insert_into(table: sa.Table) -> sa.Insert:
    return table.insert()


@cache
def _update_by_key(table: sa.Table) -> sa.Update:
    """An update by primary key. Its key parameters are the column names prefixed with ``key_``, to keep them apart from new values."""
    return table.update().where(*(table.c[name] == sa.bindparam(f"key_{name}") for name in key_names(table)))


def key_names(table: sa.Table) -> list[str]:
    """The columns of a row's key among the rows of its tenant."""
    return [column.name for column in table.primary_key if column.name != "tenant"]


def apply_in_memory(rows: dict[tuple[str, Key], dict[str, Any]], changes: Iterable[RowChange]) -> None:
    """Apply changes to rows in memory. Each row has all its columns but the tenant, which is that of all of them."""
    for change in changes:
        names = key_names(change.table)
        columns = [column.name for column in change.table.columns if column.name != "tenant"]
        row = rows.setdefault(
            (change.table.name, change.key), dict.fromkeys(columns) | dict(zip(names, change.key, strict=True))
        )
        row.update(change.values)


def _decision_changes(entry: Mapping[str, Any]) -> Iterator[RowChange]:
    at = int(Instant.parse(entry["at"]))
    yield RowChange(
        DECISIONS,
        (entry["id"],),
        {
            **{name: entry[name] for name in ("chain", "number", "order_id", "case_id", "claim_id", "outcome")},
            "policy": entry["policy"]["id"],
            "edition": entry["policy"]["edition"],
            "revision": entry["policy"]["revision"],
            "as_of": int(Instant.parse(entry["as_of"])),
            "decided_at": at,
            "updated_at": at,
            "decided_by": entry["by"],
            "supersedes": entry["supersedes"],
        },
        new=True,
    )
    if entry["supersedes"] is not None:
        yield RowChange(DECISIONS, (entry["supersedes"],), {"superseded_by": entry["id"], "updated_at": at})


def _payout_changes(entry: Mapping[str, Any]) -> Iterator[RowChange]:
    at = int(Instant.parse(entry["at"]))
    values = {"state": entry["state"], "updated_at": at}
    new = entry["state"] == "reserved"
    if new:
        columns = ("chain", "order_id", "claim_id", "decision_id", "line_id", "amount", "currency")
        values |= {name: entry[name] for name in columns} | {"kind": entry["award"], "reserved_at": at}
        values["units"] = entry.get("units")  # entries written before units were recorded have none
    elif entry["state"] == "confirmed":
        values["confirmed_at"] = at
    yield RowChange(PAYOUTS, (entry["key"], entry["attempt"]), values, new)
    yield RowChange(DECISIONS, (entry["decision_id"],), {"updated_at": at})


def _erasure_changes(entry: Mapping[str, Any]) -> Iterator[RowChange]:
    at = int(Instant.parse(entry["at"]))
    for decision_id in entry["erased"]:
        yield RowChange(DECISIONS, (decision_id,), {"erased_at": at, "updated_at": at})


_CHANGES = {"decision": _decision_changes, "payout": _payout_changes, "erasure": _erasure_changes}
