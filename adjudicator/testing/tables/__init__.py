"""Tables of cases: a base case, then rows with what differs from it and the expected decision.

A table is a YAML or CSV file that you can write if you know the rule but no Python. :mod:`adjudicator.testing.plugin` runs each row
as a test; ``docs/testing-a-pack.md`` shows how to write one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from attrs import frozen

from adjudicator.engine.policy import Edition
from adjudicator.engine.registry import edition_for
from adjudicator.model.award import AwardKind
from adjudicator.model.errors import Fault, InputError, shown
from adjudicator.model.limits import LARGEST
from adjudicator.model.soundness import CaseBase
from adjudicator.testing.tables.places import place_named, value_in_cell
from adjudicator.testing.tables.raw import CASE, MONEY, NAME, NEEDS, OUTCOME, RawRow, TableError, TableFault
from adjudicator.testing.tables.reading import rows_in
from adjudicator.wire.codec import case_document, case_from, load_case
from adjudicator.wire.pointer import put

__all__ = ["SUFFIXES", "CaseRow", "Expectation", "TableError", "TableFault", "read_table"]

SUFFIXES: Final = (".cases.csv", ".cases.yaml", ".cases.yml")
"""The file name endings of tables."""


@frozen
class Expectation:
    """What a row expects; ``None`` means that anything will do. Kinds of money that it does not name must not be awarded."""

    outcome: str | None
    money: Mapping[str, int] | None
    needs: frozenset[str] | None


@frozen
class CaseRow:
    """A row ready to run: its case, the edition that governs it, its differences from the base case, and its expectation."""

    number: int
    name: str
    base: str
    case: CaseBase
    edition: Edition
    changes: Mapping[str, Any]
    expects: Expectation


def read_table(path: Path) -> tuple[CaseRow, ...]:
    """The rows of a table. Raises :class:`TableError` with every fault of the file, by row and column."""
    reader = _Reader(path)
    rows: list[CaseRow] = []
    faults: list[TableFault] = []
    for raw in rows_in(path):
        try:
            rows.append(reader.row(raw))
        except TableError as error:
            faults += error.faults
    counts = Counter(each.name for each in rows)
    faults += [
        TableFault(each.number, NAME, f"{shown(each.name)} stands there twice")
        for each in rows
        if counts[each.name] > 1
    ]
    if faults:
        raise TableError(path.name, faults)
    return tuple(rows)


class _Reader:
    """Builds rows; loads each base case only once."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.bases: dict[str, CaseBase | None] = {}

    def row(self, raw: RawRow) -> CaseRow:
        """Build a row."""
        if not isinstance(raw.name, str) or not raw.name:
            raise self._fault(raw, NAME, "every row needs a name")
        case = self._base(raw)
        edition = edition_for(case)
        places = self._places(raw, edition, case)
        changed = self._changed(raw, case, places)
        return CaseRow(
            number=raw.number,
            name=raw.name,
            base=raw.case,
            case=changed,
            edition=edition_for(changed),
            changes=raw.facts,
            expects=self._expectation(raw, edition),
        )

    def _fault(self, raw: RawRow, column: str | None, message: str) -> TableError:
        return TableError(self.path.name, [TableFault(raw.number, column, message)])

    def _base(self, raw: RawRow) -> CaseBase:
        """The base case of a row. Its faults are reported at the first row that names it."""
        if not isinstance(raw.case, str) or not raw.case:
            raise self._fault(raw, CASE, "no base case is named; write the path of its file")
        if raw.case not in self.bases:
            self.bases[raw.case] = None
            self.bases[raw.case] = self._loaded(raw)
        case = self.bases[raw.case]
        if case is None:
            raise TableError(self.path.name, ())
        return case

    def _loaded(self, raw: RawRow) -> CaseBase:
        try:
            case: CaseBase = load_case((self.path.parent / raw.case).read_bytes())
            edition_for(case)
        except OSError as error:
            raise self._fault(raw, CASE, f"{shown(raw.case)}: {error.strerror}") from None
        except InputError as error:
            raise self._fault(raw, CASE, f"{shown(raw.case)} is no valid case: {error}") from None
        return case

    def _places(self, raw: RawRow, edition: Edition, case: CaseBase) -> dict[str, str]:
        """The JSON pointer of each column that differs from the base case."""
        places, faults = {}, []
        for column in raw.facts:
            try:
                places[column] = place_named(column, edition, case)
            except ValueError as error:
                faults.append(TableFault(raw.number, column, str(error)))
        if faults:
            raise TableError(self.path.name, faults)
        return places

    def _changed(self, raw: RawRow, case: CaseBase, places: Mapping[str, str]) -> CaseBase:
        document = case_document(case)
        try:
            for column, pointer in places.items():
                value = raw.facts[column]
                put(document, pointer, value_in_cell(value, pointer, case) if raw.is_text else value)
            changed: CaseBase = case_from(document)
            edition_for(changed)
        except InputError as error:
            raise TableError(self.path.name, [self._in_column(raw, places, each) for each in error.faults]) from None
        except (LookupError, ValueError, TypeError) as error:
            raise self._fault(raw, None, f"the facts do not fit into the base case: {error}") from None
        return changed

    def _in_column(self, raw: RawRow, places: Mapping[str, str], fault: Fault) -> TableFault:
        """A fault of the case, reported at the column that caused it."""
        for column, pointer in places.items():
            if f"{fault.pointer}/".startswith(f"{pointer}/"):
                return TableFault(raw.number, column, f"expected {fault.expected}, got {fault.value}")
        return TableFault(raw.number, None, str(fault))

    def _expectation(self, raw: RawRow, edition: Edition) -> Expectation:
        if (raw.outcome, raw.money, raw.needs) == (None, None, None):
            raise self._fault(raw, OUTCOME, f"the row expects nothing; give {OUTCOME}, {MONEY} or {NEEDS}")
        known = edition.case_kind.outcomes
        if raw.outcome is not None and raw.outcome not in known:
            raise self._fault(raw, OUTCOME, f"expected one of {', '.join(known)}, got {shown(raw.outcome)}")
        if faults := [*_faults_of_money(raw)]:
            raise TableError(self.path.name, faults)
        money = None if raw.money is None else {kind: int(amount) for kind, amount in raw.money.items() if int(amount)}
        return Expectation(raw.outcome, money, None if raw.needs is None else frozenset(raw.needs))


def _faults_of_money(raw: RawRow) -> Iterator[TableFault]:
    kinds = [each.value for each in AwardKind]
    for kind, amount in (raw.money or {}).items():
        column = f"{MONEY}.{kind}"
        if kind not in kinds:
            yield TableFault(raw.number, column, f"there is no such kind of money; there are {', '.join(kinds)}")
        digits = str(amount)
        if type(amount) is bool or not (digits.isascii() and digits.isdigit()) or int(digits[:20]) > LARGEST:
            expected = "an amount in minor units, such as 1991 for 19.91"
            yield TableFault(raw.number, column, f"expected {expected}, got {shown(amount)}")
