"""The lists of decisions and payouts: what follows from the entries, and could be made from them again.

An entry is turned into changes of rows in one place. Keeping an entry carries them out in the database; verifying the record carries
them out in memory and compares.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, TypeAlias

import sqlalchemy as sa
from attrs import frozen

from adjudicator.civil_time import Instant
from adjudicator.store.personal import Seal
from adjudicator.store.tables import DECISIONS, PAYOUTS

Key: TypeAlias = tuple[Any, ...]


@frozen
class Change:
    """Values of the row of a table that has these values for its primary key; the row is made if there is none."""

    table: sa.Table
    key: Key
    values: Mapping[str, Any]


def changes_of(entry: Mapping[str, Any], seal: Seal | None) -> Iterator[Change]:
    """What an entry changes in the lists."""
    yield from _CHANGES[entry["kind"]](entry, seal)


def apply(connection: sa.Connection, changes: Iterable[Change]) -> None:
    """Carry changes out in the database."""
    for change in changes:
        key = dict(zip(change.table.primary_key.columns.keys(), change.key, strict=True))
        is_it = sa.and_(*(change.table.c[name] == value for name, value in key.items()))
        changed = connection.execute(change.table.update().where(is_it).values(**change.values))
        if changed.rowcount == 0:
            connection.execute(change.table.insert().values(**key, **change.values))


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
    )
    if entry["supersedes"] is not None:
        yield Change(DECISIONS, (entry["supersedes"],), {"superseded_by": entry["id"], "updated_at": at})


def _of_a_payout(entry: Mapping[str, Any], _: Seal | None) -> Iterator[Change]:
    at = int(Instant.parse(entry["at"]))
    values = {"state": entry["state"], "updated_at": at}
    if entry["state"] == "reserved":
        told = ("chain", "order_id", "claim_id", "decision_id", "line_id", "amount", "currency")
        values |= {name: entry[name] for name in told} | {"kind": entry["award"], "reserved_at": at}
    yield Change(PAYOUTS, (entry["key"], entry["attempt"]), values)
    yield Change(DECISIONS, (entry["decision_id"],), {"updated_at": at})


def _of_an_erasure(entry: Mapping[str, Any], _: Seal | None) -> Iterator[Change]:
    at = int(Instant.parse(entry["at"]))
    for decision_id in entry["erased"]:
        gone = {"case_digest": None, "decision_digest": None, "erased_at": at, "updated_at": at}
        yield Change(DECISIONS, (decision_id,), gone)


_CHANGES = {"decision": _of_a_decision, "payout": _of_a_payout, "erasure": _of_an_erasure}
