"""Read the output of a replay, and compute the expected output."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from adjudicator import InputError, decide, load_case
from adjudicator.bulk import decide_batches
from adjudicator.model.decision import Decision
from adjudicator.model.finding import Effect


def rows_of(texts: Iterable[bytes], **options: Any) -> list[dict[str, Any]]:
    """The rows of some cases, given in a column of JSON."""
    batch = pa.record_batch([pa.array(list(texts), pa.binary())], names=["case"])
    return [row for decided in decide_batches([batch], **options) for row in decided.to_pylist()]


def rows_in(folder: Path) -> list[dict[str, Any]]:
    """The rows of a folder of Parquet files, by input and row."""
    rows = [row for path in sorted(folder.glob("*.parquet")) for row in pq.read_table(path).to_pylist()]
    return sorted(rows, key=lambda row: (row["source"], row["row"], row["part"]))


def manifest_of(folder: Path) -> list[dict[str, Any]]:
    """The lines of the manifest."""
    return [json.loads(line) for line in (folder / "manifest.ndjson").read_text("utf-8").splitlines()]


def parts_done(folder: Path) -> int:
    """The number of parts in the manifest."""
    return sum("part" in line for line in manifest_of(folder))


def expected_rows(text: bytes) -> list[dict[str, Any]]:
    """The expected rows of a case, from its decision by ``decide``."""
    try:
        decision = decide(load_case(text))
    except InputError as error:
        faults = [{"pointer": each.pointer, "value": each.value, "expected": each.expected} for each in error.faults]
        return [{**_named(text), "line_id": None, "outcome": None, "faults": faults}]
    parts: dict[str | None, str | None] = {part: str(outcome) for part, outcome in decision.parts}
    unclear = [each.line_id for each in decision.findings if each.effect is not Effect.SUPPORTS]
    for other in (*unclear, *(each.line_id for each in (*decision.requests, *decision.awards))):
        parts.setdefault(other, None)
    return [_expected_row(decision, part, outcome) for part, outcome in parts.items()]


def _named(text: bytes) -> dict[str, Any]:
    """What a broken case calls itself and its policy."""
    try:
        document = json.loads(text)
    except ValueError:
        document = None
    given = document if isinstance(document, dict) else {}
    names = {"case_id": given.get("id"), "policy": given.get("policy")}
    return {column: name if isinstance(name, str) else None for column, name in names.items()}


def _expected_row(decision: Decision, part: str | None, outcome: str | None) -> dict[str, Any]:
    assert decision.digests is not None
    paid = {
        kind: sum(each.amount for each in decision.awards if (each.kind, each.line_id) == (kind, part))
        for kind in ("refund", "compensation", "tax", "postage")
    }
    found = [each for each in decision.findings if each.line_id == part]
    return {
        "case_id": decision.case_id,
        "policy": decision.policy.id,
        "edition": decision.policy.edition,
        "revision": decision.policy.revision,
        "as_of": decision.as_of,
        "case_outcome": str(decision.outcome),
        "line_id": part,
        "outcome": outcome,
        "currency": decision.currency,
        **(paid if decision.total is not None else dict.fromkeys(paid)),
        "defeated_by": [each.clause for each in found if each.effect is Effect.DEFEATS],
        "undecided": [each.clause for each in found if each.effect is Effect.UNDECIDED],
        "requests": [{"to": str(each.to), "need": each.need} for each in decision.requests if each.line_id == part],
        "case_digest": decision.digests.case,
        "decision_digest": decision.digests.decision,
        "faults": None,
    }
