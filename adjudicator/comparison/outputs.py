"""Compare two tables that ``replay`` wrote of the same cases, row by row, without deciding anything again."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from itertools import groupby, islice
from pathlib import Path
from typing import Any, Final, TypeAlias

import orjson
import pyarrow as pa
import pyarrow.parquet as pq

from adjudicator.bulk.errors import UnusableInput
from adjudicator.bulk.manifest import MANIFEST, PartDone, part_done
from adjudicator.bulk.rows import AMOUNTS, DECISION, SCHEMA
from adjudicator.bulk.runs import Progress
from adjudicator.bulk.sources import file_fingerprint
from adjudicator.comparison.comparing import Rows, fault_shown, lot_of, month_of
from adjudicator.comparison.explaining import explanation
from adjudicator.comparison.kept import ComparedPart, Ledger, NothingKept, keep_part, kept_in
from adjudicator.comparison.results import Part, Result, differ, line_changes
from adjudicator.comparison.running import Meter
from adjudicator.comparison.tally import Cut, Sample, Tally, Why
from adjudicator.engine.registry import edition_behind, policies
from adjudicator.explain.page import Page
from adjudicator.model.errors import safe
from adjudicator.model.finding import Effect
from adjudicator.model.time import BEIJING, Instant
from adjudicator.wire.codec import load_decision
from adjudicator.words import tag_of

UNCUT: Final[tuple[Cut, ...]] = ("merchant", "category", "market", "facts")
"""The cuts of which such a table says nothing."""
BATCH: Final = 5_000

Key: TypeAlias = tuple[int, int]
Case: TypeAlias = "Sequence[Mapping[str, Any]]"
"""The rows of one case."""
Joined: TypeAlias = "tuple[Key, Case | None, Case | None]"
"""A case with its rows in both tables; ``None`` for one that lacks it."""


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
    meter = Meter(on_progress)
    with ExitStack() as stack:
        ledger: Ledger = NothingKept()
        if folder is not None:
            options = {"old": str(old), "new": str(new), "seed": seed, "locale": locale and tag_of(locale)}
            ledger = stack.enter_context(kept_in(folder, options, [_fingerprint(each) for each in (old, new)]))
        total = ledger.total()
        parts = iter(()) if ledger.is_complete else _parts(_joined(_cases(old), _cases(new)))
        for index, part in enumerate(parts):
            if (0, index) not in ledger.done:
                done = _compare_part(index, part, folder, locale, seed)
                ledger.add(done)
                total.add(done.tally)
                meter.show(total.cases, None)
        if not ledger.is_complete:
            ledger.complete(total)
        return total


def _compare_part(
    index: int, part: Sequence[Joined], folder: Path | None, locale: str | None, seed: int
) -> ComparedPart:
    """Compare some cases, and store the results in the folder, if there is one."""
    tally, rows = Tally(), None if folder is None else Rows()
    for key, before, after in part:
        tally.cases += 1
        _compare_one(key, before, after, tally, rows, locale, seed)
    if folder is None or rows is None:
        return ComparedPart(tally)
    digest = hashlib.sha256(orjson.dumps([_digests(each) for each in part])).hexdigest()
    return keep_part(folder, (0, index), f"part-{index:06}", digest, rows, tally)


def _digests(joined: Joined) -> list[str | None]:
    """The digests of both decisions on a case, where they are."""
    return [None if case is None else case[0]["decision_digest"] for case in joined[1:]]


def _parts(joined: Iterator[Joined]) -> Iterator[Sequence[Joined]]:
    while part := list(islice(joined, BATCH)):
        yield part


def _fingerprint(folder: Path) -> dict[str, Any]:
    """What distinguishes one table from another: its manifest has the digest of every part."""
    return file_fingerprint(folder / MANIFEST) | {"name": str(folder)}


def _files(folder: Path) -> list[Path]:
    """The files of a table, all that its manifest names, in the order of the input."""
    files = {part.key: part for part in _parts_done(folder)}
    for part in files.values():
        path = folder / part.file
        if path.suffix != ".parquet":
            raise UnusableInput(f"{safe(str(folder))}: no Parquet in it; replay with --format parquet")
        if not path.is_file() or path.stat().st_size != part.bytes:
            raise UnusableInput(
                f"{safe(str(path))}: missing, or not as it was written; give the command of the replay again"
            )
    return [folder / part.file for _, part in sorted(files.items())]


def _parts_done(folder: Path) -> list[PartDone]:
    """The parts that a manifest names. Raises :class:`~adjudicator.bulk.errors.UnusableInput` if it is not a complete replay."""
    lines = (folder / MANIFEST).read_bytes().splitlines()
    try:
        head, *documents = map(orjson.loads, lines)
        if "replay" not in head:
            raise UnusableInput(f"{safe(str(folder))}: the folder of a comparison; expected one that replay wrote")
        is_whole = "complete" in documents[-1]
    except (IndexError, ValueError):
        is_whole = False
    if not is_whole:
        raise UnusableInput(f"{safe(str(folder))}: the replay is not complete; give its command again")
    return [part_done(each) for each in documents if "part" in each]


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


def _joined(old: Iterator[tuple[Key, Case]], new: Iterator[tuple[Key, Case]]) -> Iterator[Joined]:
    """The cases of both tables, in order."""
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
            place = {name: first.get(name) for name in ("case_id", "policy")} | {
                "source": source,
                "row": row,
                "part": 0,
            }
            rows.add(place | {"not_compared": why, "reason": detail})
        return
    before, after = _result(old), _result(new)
    changed = differ(before, after)
    lines = tuple(line_changes(before, after))
    values: dict[Cut, str] = {"policy": after.policy, "month": _month(new[0])}
    currency, outcomes = after.currency or before.currency, (before.outcome, after.outcome)
    tally.add_case(outcomes, currency, ((each, values) for each in lines), changed=changed)
    lot = lot_of(seed, source, row)
    if changed and tally.wants(outcomes, lot):
        pages = [_explained(each, locale) for each in (old, new)]
        tally.add_samples(outcomes, [Sample(lot, source, row, str(first["case_id"]), *pages)])
    if rows is not None:
        rows.add_case(source, row, str(first["case_id"]), before, after, ((each, values) for each in lines))


def _month(row: Mapping[str, Any]) -> str:
    """The month of a decision where its policy is in force."""
    editions = policies().get(row["policy"], ())
    return month_of(Instant.at(row["as_of"]), editions[-1].zone if editions else BEIJING)


def _not_comparable(old: Case | None, new: Case | None) -> tuple[Why, str] | None:
    """Why two cases of the tables cannot be compared; ``None`` if they can."""
    if old is None:
        return "only_in_new", ""
    if new is None:
        return "only_in_old", ""
    for case in (old, new):
        if case[0]["error_message"] is not None:
            faults = case[0]["faults"]
            if not faults:
                return "broke_down", case[0]["error_message"]
            return "invalid", fault_shown(faults[0]["pointer"], faults[0]["expected"])
    return ("another_case", "") if old[0]["case_digest"] != new[0]["case_digest"] else None


def _result(rows: Case) -> Result:
    """A result, as far as the table contains it."""
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
