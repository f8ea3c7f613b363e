"""The lists of decisions and payouts: what follows from the entries, and could be made from them again.

An entry is turned into changes of rows in one place. Keeping an entry carries them out in the database; verifying the record carries
them out in memory and compares.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from typing import Any, TypeAlias

import sqlalchemy as sa
from attrs import frozen

from adjudicator.model.time import Instant
from adjudicator.store.personal import Seal
from adjudicator.store.tables import DECISIONS, PAYOUTS

Key: TypeAlias = tuple[Any, ...]


@frozen
class Change:
    """Values of the row of a table that has these values for its primary key; ``new`` where there is no such row before."""

    table: sa.Table
    key: Key
    values: Mapping[str, Any]
    new: bool = False


def changes_of(entry: Mapping[str, Any], seal: Seal | None) -> Iterator[Change]:
    """What an entry changes in the lists."""
    yield from _CHANGES[entry["kind"]](entry, seal)


def apply(connection: sa.Connection, changes: Iterable[Change]) -> None:
    """Carry changes out in the database. Raises :class:`ValueError` for a change of a row that is not there."""
    for change in changes:
        key = change.table.primary_key.columns.keys()
        if change.new:
            connection.execute(change.table.insert(), {**dict(zip(key, change.key, strict=True)), **change.values})
        else:
            of = {f"of_{name}": value for name, value in zip(key, change.key, strict=True)}
            if connection.execute(_changed(change.table), {**of, **change.values}).rowcount != 1:
                raise ValueError(f"{change.table.name} have nothing under {change.key}")


@cache
def _changed(table: sa.Table) -> sa.Update:
    """The change of a row: its key goes by the names of its columns with ``of_`` before."""
    return table.update().where(*(column == sa.bindparam(f"of_{column.name}") for column in table.primary_key.columns))


def applied(rows: dict[tuple[str, Key], dict[str, Any]], changes: Iterable[Change]) -> None:
    """Carry changes out in memory; rows hold all their columns."""
    for change in changes:
        names = change.table.primary_key.columns.keys()
        row = rows.setdefault(
            (change.table.name, change.key),
            dict.fromkeys(change.table.columns.keys()) | dict(zip(names, change.key, strict=True)),
        )
        row.update(change.values)


def _of_a_decision(entry: Mapping[str, Any], seal: Seal | None) -> Iterator[Change]:
    at = int(Instant.parse(entry["at"]))
    digests = {} if seal is None else {path[0]: value for path, value in seal.taken()["decision"]}["digests"]
    yield Change(
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
            "case_digest": digests.get("case"),
            "decision_digest": digests.get("decision"),
        },
        new=True,
    )
    if entry["supersedes"] is not None:
        yield Change(DECISIONS, (entry["supersedes"],), {"superseded_by": entry["id"], "updated_at": at})


def _of_a_payout(entry: Mapping[str, Any], _: Seal | None) -> Iterator[Change]:
    at = int(Instant.parse(entry["at"]))
    values = {"state": entry["state"], "updated_at": at}
    new = entry["state"] == "reserved"
    if new:
        told = ("chain", "order_id", "claim_id", "decision_id", "line_id", "amount", "currency")
        values |= {name: entry[name] for name in told} | {"kind": entry["award"], "reserved_at": at}
        values["units"] = entry.get("units")  # not in entries of before units were kept
    elif entry["state"] == "confirmed":
        values["confirmed_at"] = at
    yield Change(PAYOUTS, (entry["key"], entry["attempt"]), values, new)
    yield Change(DECISIONS, (entry["decision_id"],), {"updated_at": at})


def _of_an_erasure(entry: Mapping[str, Any], _: Seal | None) -> Iterator[Change]:
    at = int(Instant.parse(entry["at"]))
    for decision_id in entry["erased"]:
        gone = {"case_digest": None, "decision_digest": None, "erased_at": at, "updated_at": at}
        yield Change(DECISIONS, (decision_id,), gone)


_CHANGES = {"decision": _of_a_decision, "payout": _of_a_payout, "erasure": _of_an_erasure}
