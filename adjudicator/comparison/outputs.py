"""Compare two tables that ``replay`` wrote of the same cases, row by row, without deciding anything again."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any, Final, TypeAlias

import orjson
import pyarrow as pa
import pyarrow.parquet as pq

from adjudicator.bulk.errors import UnusableInput
from adjudicator.bulk.files import write_part
from adjudicator.bulk.manifest import MANIFEST
from adjudicator.bulk.replay import Progress
from adjudicator.bulk.rows import AMOUNTS, DECISION, SCHEMA
from adjudicator.comparison.comparing import Rows, lot_of
from adjudicator.comparison.explaining import explanation
from adjudicator.comparison.results import Part, Result, differ, line_changes
from adjudicator.comparison.running import LINES, SUMMARY, Meter, prepare
from adjudicator.comparison.tables import summary_table
from adjudicator.comparison.tally import Cut, Sample, Tally, Why
from adjudicator.engine.registry import edition_behind
from adjudicator.explain.page import Page
from adjudicator.model.errors import safe
from adjudicator.model.finding import Effect
from adjudicator.wire.codec import load_decision

UNCUT: Final[tuple[Cut, ...]] = ("merchant", "category", "market", "facts")
"""The cuts of which such a table says nothing."""
BATCH: Final = 5_000

Key: TypeAlias = tuple[int, int]
Case: TypeAlias = "Sequence[Mapping[str, Any]]"
"""The rows of one case."""


def is_output(path: Path) -> bool:
    """Whether a folder holds a table of ``replay``."""
    return (path / MANIFEST).is_file()


def compare_outputs(
    old: Path,
    new: Path,
    *,
    locale: str | None = None,
    seed: int = 1,
    folder: Path | None = None,
    on_progress: Callable[[Progress], object] = lambda _: None,
) -> Tally:
    """Compare two tables in Parquet. Raises :class:`~adjudicator.bulk.errors.UnusableInput` if one is not whole, or no Parquet."""
    tally, meter = Tally(), Meter(on_progress)
    if folder is not None:
        prepare(folder)
    rows, parts = Rows(), 0
    for key, before, after in _joined(_cases(old), _cases(new)):
        tally.cases += 1
        _compare_one(key, before, after, tally, rows if folder is not None else None, locale, seed)
        if folder is not None and len(rows) >= BATCH:
            write_part(rows.table(), folder / LINES / f"part-{parts:06}.parquet", "parquet")
            rows, parts = Rows(), parts + 1
        if tally.cases % BATCH == 0:
            meter.show(tally.cases, None)
    if folder is not None:
        write_part(rows.table(), folder / LINES / f"part-{parts:06}.parquet", "parquet")
        write_part(summary_table(tally), folder / SUMMARY, "parquet")
    return tally


def _files(folder: Path) -> list[Path]:
    lines = (folder / MANIFEST).read_bytes().splitlines()
    try:
        whole = "complete" in orjson.loads(lines[-1])
    except (IndexError, ValueError):
        whole = False
    if not whole:
        raise UnusableInput(f"{safe(str(folder))}: the replay is not complete; give its command again")
    files = sorted(folder.glob("part-*.parquet"))
    if not files:
        raise UnusableInput(f"{safe(str(folder))}: no Parquet in it; replay with --format parquet")
    return files


def _cases(folder: Path) -> Iterator[tuple[Key, Case]]:
    """The cases of a table by source and row, in order."""
    for (source, row), rows in groupby(_rows(folder), key=lambda each: (each[0], each[1]["row"])):
        yield (source, row), [each for _, each in rows]


def _rows(folder: Path) -> Iterator[tuple[int, Mapping[str, Any]]]:
    for path in _files(folder):
        number = int(path.stem.split("-")[1])
        try:
            with pq.ParquetFile(path) as file:
                names = [each for each in ("source", *SCHEMA.names, DECISION) if each in file.schema_arrow.names]
                for batch in file.iter_batches(BATCH, columns=names):
                    yield from ((number, row) for row in batch.to_pylist())
        except pa.ArrowException as error:
            raise UnusableInput(f"{safe(str(path))}: {error}") from error


def _joined(
    old: Iterator[tuple[Key, Case]], new: Iterator[tuple[Key, Case]]
) -> Iterator[tuple[Key, Case | None, Case | None]]:
    """The cases of both tables, in order; ``None`` for a case that one of them lacks."""
    one, other = next(old, None), next(new, None)
    while one is not None or other is not None:
        key = min(each[0] for each in (one, other) if each is not None)
        before = one[1] if one is not None and one[0] == key else None
        after = other[1] if other is not None and other[0] == key else None
        yield key, before, after
        one = next(old, None) if before is not None else one
        other = next(new, None) if after is not None else other


def _compare_one(
    key: Key, old: Case | None, new: Case | None, tally: Tally, rows: Rows | None, locale: str | None, seed: int
) -> None:
    first = (old or new or ())[0]
    source, row = str(first.get("source") or ""), key[1]
    if (reason := _not_comparable(old, new)) is not None or old is None or new is None:
        why, detail = reason or ("another_case", "")
        tally.add_not_compared(why, detail)
        if rows is not None:
            rows.add({"source": source, "row": row, "part": 0, "not_compared": why, "reason": detail})
        return
    before, after = _result(old), _result(new)
    changed = differ(before, after)
    lines = tuple(line_changes(before, after))
    values: dict[Cut, str] = {"policy": after.policy, "month": f"{new[0]['as_of']:%Y-%m}"}
    currency, outcomes = after.currency or before.currency, (before.outcome, after.outcome)
    tally.add_case(outcomes, currency, ((each, values) for each in lines), changed=changed)
    lot = lot_of(seed, source, row)
    if changed and tally.wants(outcomes, lot):
        pages = [_explained(each, locale) for each in (old, new)]
        tally.add_samples(outcomes, [Sample(lot, source, row, str(first["case_id"]), *pages)])
    if rows is not None:
        rows.add_case(source, row, str(first["case_id"]), before, after, ((each, values) for each in lines))


def _not_comparable(old: Case | None, new: Case | None) -> tuple[Why, str] | None:
    """Why two cases of the tables cannot be compared; ``None`` if they can."""
    if old is None:
        return "only_in_new", ""
    if new is None:
        return "only_in_old", ""
    for case in (old, new):
        if case[0]["error_message"] is not None:
            pointer, message = case[0]["error_pointer"], case[0]["error_message"]
            return ("broke_down", message) if pointer is None else ("invalid", f"{pointer}: {message}")
    return ("another_case", "") if old[0]["case_digest"] != new[0]["case_digest"] else None


def _result(rows: Case) -> Result:
    """A result as far as the table tells it."""
    first = rows[0]
    effects = {
        row["line_id"]: {
            **dict.fromkeys(row["undecided"], Effect.UNDECIDED.value),
            **dict.fromkeys(row["defeated_by"], Effect.DEFEATS.value),
        }
        for row in rows
    }
    parts = {
        row["line_id"]: Part(row["outcome"], {kind: row[kind] for kind in AMOUNTS if row[kind]}, row["units"])
        for row in rows
    }
    measures = tuple((each["measure"], each["amount"]) for row in rows for each in row["measures"])
    return Result(first["policy"], first["edition"], first["case_outcome"], first["currency"], parts, effects, measures)


def _explained(rows: Case, locale: str | None) -> Page | None:
    """The explanation of a decision, if the table holds it."""
    text = rows[0].get(DECISION)
    if text is None or locale is None:
        return None
    decision = load_decision(text)
    edition = edition_behind(decision.policy)
    return None if edition is None else explanation(decision, edition, locale)
