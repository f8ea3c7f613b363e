"""Compare cases one by one: each is read once and decided twice."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterable, Mapping
from typing import Any, Final

import attrs
import pyarrow as pa
from attrs import frozen

from adjudicator.api import decide
from adjudicator.bulk.deciding import named_in, policy_in
from adjudicator.bulk.erased import without_personal_data
from adjudicator.bulk.rows import AMOUNTS
from adjudicator.comparison.explaining import explanation
from adjudicator.comparison.results import (
    LineChange,
    Result,
    as_row,
    differ,
    line_changes,
    result_of,
    result_without_reasons,
)
from adjudicator.comparison.sides import NoEdition, Pair
from adjudicator.comparison.tally import NOT_STATED, Cut, Sample, Tally, Why
from adjudicator.engine.policy import Edition
from adjudicator.engine.registry import failure
from adjudicator.model.decision import Decision
from adjudicator.model.errors import InputError, printable
from adjudicator.model.soundness import CaseBase
from adjudicator.model.time import Instant, date_of, day_of
from adjudicator.wire.codec import load_case

TEXT: Final = pa.string()
SCHEMA: Final = pa.schema(
    [
        pa.field("source", TEXT, nullable=False),
        pa.field("row", pa.int64(), nullable=False),
        pa.field("part", pa.int32(), nullable=False),
        *(pa.field(name, TEXT) for name in ("case_id", "policy", "old_edition", "new_edition")),
        *(pa.field(name, TEXT) for name in ("merchant", "category", "market", "month")),
        pa.field("old_case_outcome", TEXT),
        pa.field("new_case_outcome", TEXT),
        pa.field("line_id", TEXT),
        pa.field("old_outcome", TEXT),
        pa.field("new_outcome", TEXT),
        pa.field("old_units", pa.int64()),
        pa.field("new_units", pa.int64()),
        *(pa.field(f"{side}_{kind}", pa.int64()) for side in ("old", "new") for kind in AMOUNTS),
        pa.field("gain", pa.int64()),
        pa.field("currency", TEXT),
        pa.field("changed", pa.bool_()),
        pa.field("clauses", pa.list_(pa.struct([("clause", TEXT), ("before", TEXT), ("after", TEXT)]))),
        pa.field("facts", pa.list_(TEXT)),
        pa.field("not_compared", TEXT),
        pa.field("reason", TEXT),
    ]
)
"""The table of compared lines. ``gain`` is how much more is payable under the new edition, in minor units."""


@frozen
class Comparer:
    """Compares cases. ``locale`` is the language of the explanations that are kept, ``seed`` decides which these are."""

    pair: Pair
    locale: str | None = None
    seed: int = 1

    def compare(
        self,
        source: str,
        texts: Iterable[tuple[int, bytes | InputError]],
        erased: frozenset[int] = frozenset(),
        rows: Rows | None = None,
    ) -> Tally:
        """Compare the cases of a part of a source. Every line goes into ``rows`` too, if they are given."""
        tally = Tally()
        for row, text in texts:
            tally.cases += 1
            try:
                self._compare_one(source, row, text, row in erased, tally, rows)
            except NoEdition as error:
                self._note(tally, rows, (source, row, text), "no_edition", error.faults[0].value)
            except InputError as error:
                first = error.faults[0]
                self._note(tally, rows, (source, row, text), "invalid", fault_shown(first.pointer, first.expected))
            except Exception as error:  # noqa: BLE001 - a policy that breaks down on one case must not cost the others
                self._note(tally, rows, (source, row, text), "broke_down", printable(failure(error, "internal error")))
        return tally

    def _note(
        self, tally: Tally, rows: Rows | None, given: tuple[str, int, bytes | InputError], why: Why, detail: str
    ) -> None:
        """Note why a case is not compared: its source, its row and its text are given."""
        tally.add_not_compared(why, detail)
        if rows is not None:
            source, row, text = given
            place = {"source": source, "row": row, "part": 0}
            rows.add(place | named_in(text) | {"not_compared": why, "reason": detail})

    def _compare_one(
        self, source: str, row: int, text: bytes | InputError, is_erased: bool, tally: Tally, rows: Rows | None
    ) -> None:
        if isinstance(text, InputError):
            raise text
        if self.pair.policies is not None and policy_in(text) not in (None, *self.pair.policies):
            tally.left_out += 1
            return
        text, lacking = without_personal_data(text) if is_erased else (text, frozenset[str]())
        case = load_case(text)
        old, new = self.pair.old.edition(case), self.pair.new.edition(case)
        first = decide(case, old)
        second = first if new is old else decide(case, new)
        before, after = result_without_reasons(first), result_without_reasons(second)
        changed = differ(before, after)
        if changed:
            before, after = result_of(first), result_of(second)
        lines = tuple(line_changes(before, after))
        values = tuple(values_of(case, each.line_id, new) for each in lines)
        outcomes = (before.outcome, after.outcome)
        tally.add_case(outcomes, after.currency or before.currency, zip(lines, values, strict=True), changed=changed)
        if is_erased:
            tally.erased += 1
            tally.erased_fields.update(lacking)
        if changed:
            self._keep(
                tally,
                outcomes,
                Sample(lot_of(self.seed, source, row), source, row, case.id),
                (first, old),
                (second, new),
            )
        if rows is not None:
            rows.add_case(source, row, case.id, before, after, zip(lines, values, strict=True))

    def _keep(
        self,
        tally: Tally,
        outcomes: tuple[str, str],
        sample: Sample,
        before: tuple[Decision, Edition],
        after: tuple[Decision, Edition],
    ) -> None:
        if not tally.wants(outcomes, sample.lot):
            return
        if self.locale is not None:
            pages = [explanation(decision, edition, self.locale) for decision, edition in (before, after)]
            sample = attrs.evolve(sample, before=pages[0], after=pages[1])
        tally.add_samples(outcomes, [sample])


def fault_shown(pointer: str, expected: str) -> str:
    """A fault without its value, which may be personal, and which would make every fault a reason of its own."""
    return f"{pointer}: expected {expected}" if pointer else f"expected {expected}"


def lot_of(seed: int, source: str, row: int) -> int:
    """The number drawn for a case, which decides whether it is kept to show: the same in every run."""
    return int.from_bytes(hashlib.blake2b(f"{seed}\0{source}\0{row}".encode(), digest_size=8).digest())


def values_of(case: CaseBase, line_id: str | None, edition: Edition) -> dict[Cut, str]:
    """What a line belongs to in each cut."""
    order, shop = getattr(case, "order", None), getattr(case, "shop", None)
    merchant = getattr(order, "merchant", None) or shop
    lines = getattr(order, "lines", None) or ()
    goods = next((each for each in lines if each.id == line_id), None)
    category = getattr(goods or getattr(case, "product", None), "category", None)
    return {
        "policy": case.policy,
        "merchant": str(getattr(merchant, "id", None) or NOT_STATED),
        "category": str(getattr(category, "value", None) or NOT_STATED),
        "market": str(getattr(order, "market", None) or NOT_STATED),
        "month": month_of(case.as_of, edition.zone),
    }


def month_of(moment: Instant, zone: dt.tzinfo) -> str:
    """The month of an instant in a time zone, such as ``2026-01``."""
    return date_of(day_of(moment, zone)).isoformat()[: len("2026-01")]


class Rows:
    """Collects the rows of :data:`SCHEMA`, column by column."""

    def __init__(self) -> None:
        self._columns: dict[str, list[Any]] = {name: [] for name in SCHEMA.names}

    def add(self, values: Mapping[str, Any]) -> None:
        """Add a row."""
        for name, column in self._columns.items():
            column.append(values.get(name))

    def add_case(
        self,
        source: str,
        row: int,
        case_id: str,
        before: Result,
        after: Result,
        lines: Iterable[tuple[LineChange, Mapping[Cut, str]]],
    ) -> None:
        """Add the lines of a compared case."""
        common = {
            "source": source,
            "row": row,
            "case_id": case_id,
            "old_edition": before.edition,
            "new_edition": after.edition,
            "old_case_outcome": before.outcome,
            "new_case_outcome": after.outcome,
            "currency": after.currency or before.currency,
        }
        for part, (line, values) in enumerate(lines):
            stated = {name: value or None for name, value in values.items()}
            self.add(common | stated | as_row(line, AMOUNTS) | {"part": part})

    def __len__(self) -> int:
        return len(self._columns["row"])

    def table(self) -> pa.Table:
        """The rows so far."""
        return pa.table([pa.array(self._columns[each.name], each.type) for each in SCHEMA], schema=SCHEMA)
