"""A decision as rows of a slim table: one for each claimed line, incident or step, or one for a case judged as a whole.

What belongs to none of them, such as the postage of an order, is in a row of its own with neither ``line_id`` nor ``outcome``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

import orjson
import pyarrow as pa
from attrs import Factory, define

from adjudicator.model.award import AwardKind
from adjudicator.model.errors import Fault
from adjudicator.model.finding import Effect
from adjudicator.model.time import Instant

TEXT: Final = pa.string()
AMOUNTS: Final = tuple(kind.value for kind in AwardKind)
DECISION: Final = "decision"
PARTS: Final = (("lines", "line_id"), ("incidents", "incident_id"), ("steps", "step"))
"""The lists of a decision whose items have an outcome of their own, and what identifies an item."""
WITHOUT_A_WHOLE: Final = ("lines", "steps")
"""The lists of decisions that say nothing of the case as a whole."""
_NO_UNITS: Final[Mapping[str, int]] = {}

SCHEMA: Final = pa.schema(
    [
        pa.field("row", pa.int64(), nullable=False),
        pa.field("part", pa.int32(), nullable=False),
        pa.field("case_id", TEXT),
        pa.field("policy", TEXT),
        pa.field("edition", TEXT),
        pa.field("revision", pa.int32()),
        pa.field("as_of", pa.timestamp("us", tz="UTC")),
        pa.field("case_outcome", TEXT),
        pa.field("line_id", TEXT),
        pa.field("outcome", TEXT),
        pa.field("units_claimed", pa.int64()),
        pa.field("units", pa.int64()),
        *(pa.field(kind, pa.int64()) for kind in AMOUNTS),
        pa.field("currency", TEXT),
        pa.field("measures", pa.list_(pa.struct([("measure", TEXT), ("amount", pa.int64())]))),
        pa.field("defeated_by", pa.list_(TEXT)),
        pa.field("undecided", pa.list_(TEXT)),
        pa.field("requests", pa.list_(pa.struct([("to", TEXT), ("need", TEXT)]))),
        pa.field("case_digest", TEXT),
        pa.field("decision_digest", TEXT),
        pa.field("erased", pa.list_(TEXT)),
        pa.field("error_pointer", TEXT),
        pa.field("error_message", TEXT),
        pa.field("faults", pa.list_(pa.struct([("pointer", TEXT), ("value", TEXT), ("expected", TEXT)]))),
    ]
)
"""The columns of the table. ``row`` is where the case stands in its input, and ``part`` counts the rows of one case from 0.

Amounts are payable now, in minor units of ``currency``; they are null if the rule never awards money. ``erased`` are the fields that a
case of a record lacks because its personal data were erased.
"""

SCHEMA_WITH_DECISIONS: Final = SCHEMA.append(pa.field(DECISION, pa.large_string()))
"""The same with the whole decision as JSON, in the first row of each case."""


def schema(*, decisions: bool) -> pa.Schema:
    """The columns, with or without the whole decision."""
    return SCHEMA_WITH_DECISIONS if decisions else SCHEMA


@define
class _Subject:
    """What a decision says of one line, incident or step."""

    outcome: str | None
    amounts: dict[str, int] = Factory(dict)
    defeated_by: list[str] = Factory(list)
    undecided: list[str] = Factory(list)
    requests: list[dict[str, str]] = Factory(list)


class Rows:
    """Collects the rows of cases, column by column, and makes a record batch of them."""

    def __init__(self, *, decisions: bool = False) -> None:
        self.schema = schema(decisions=decisions)
        self._columns: dict[str, list[Any]] = {name: [] for name in self.schema.names}

    def add_decision(self, row: int, content: bytes, lacking: Iterable[str] | None = None) -> str:
        """Add the rows of a decided case, from its decision as JSON; ``lacking`` are its erased fields. Returns the outcome."""
        decision = orjson.loads(content)
        common = _common_values(row, decision) | {"erased": None if lacking is None else sorted(lacking)}
        units = {line["line_id"]: line for line in decision.get("lines", ())}
        pays = "awards" in decision
        measures = [{"measure": each["measure"], "amount": each["amount"]} for each in decision.get("measures", ())]
        subjects = _subjects(decision)
        whole = None if None in subjects else next(iter(subjects))
        for part, (line_id, subject) in enumerate(subjects.items()):
            line = units.get(line_id, _NO_UNITS)
            amounts = {kind: subject.amounts.get(kind, 0) for kind in AMOUNTS} if pays else {}
            self._add(
                common
                | amounts
                | {
                    "part": part,
                    "line_id": line_id,
                    "outcome": subject.outcome,
                    "units_claimed": line.get("units_claimed"),
                    "units": line.get("units"),
                    "measures": measures if line_id == whole else [],
                    "defeated_by": subject.defeated_by,
                    "undecided": subject.undecided,
                    "requests": subject.requests,
                    DECISION: content if part == 0 else None,
                }
            )
        outcome: str = decision["outcome"]
        return outcome

    def add_faults(self, row: int, faults: Iterable[Fault], named: Mapping[str, str | None]) -> None:
        """Add the row of a case that cannot be decided; ``named`` is its ``case_id`` and ``policy``, as far as they are known."""
        listed = [{"pointer": each.pointer, "value": each.value, "expected": each.expected} for each in faults]
        first = listed[0]
        message = f"expected {first['expected']}, got {first['value']}"
        self._add(
            {
                **named,
                "row": row,
                "part": 0,
                "error_pointer": first["pointer"],
                "error_message": message,
                "faults": listed,
            }
        )

    def add_failure(self, row: int, message: str, named: Mapping[str, str | None]) -> None:
        """Add the row of a case on which a policy broke down."""
        self._add({**named, "row": row, "part": 0, "error_message": message})

    def _add(self, values: dict[str, Any]) -> None:
        for name, column in self._columns.items():
            column.append(values.get(name))

    def __len__(self) -> int:
        return len(self._columns["row"])

    def batch(self) -> pa.RecordBatch:
        """The rows so far."""
        arrays = [pa.array(self._columns[field.name], field.type) for field in self.schema]
        return pa.RecordBatch.from_arrays(arrays, schema=self.schema)


def _common_values(row: int, decision: dict[str, Any]) -> dict[str, Any]:
    """What all rows of a case share."""
    policy, digests = decision["policy"], decision["digests"]
    return {
        "row": row,
        "case_id": decision["case_id"],
        "policy": policy["id"],
        "edition": policy["edition"],
        "revision": policy["revision"],
        "as_of": int(Instant.parse(decision["as_of"])),
        "case_outcome": decision["outcome"],
        "currency": decision.get("currency"),
        "case_digest": digests["case"],
        "decision_digest": digests["decision"],
    }


def _subjects(decision: dict[str, Any]) -> dict[str | None, _Subject]:
    """The result for each line, incident or step, or for the case as a whole, and last for what belongs to none of them."""
    subjects: dict[str | None, _Subject] = {
        each[name]: _Subject(each["outcome"]) for parts, name in PARTS for each in decision.get(parts, ())
    }
    if not any(parts in decision for parts in WITHOUT_A_WHOLE):
        subjects[None] = _Subject(decision["outcome"])
    for finding in decision["findings"]:
        if finding["effect"] != Effect.SUPPORTS:
            subject = _subject(subjects, finding["line_id"])
            clauses = subject.defeated_by if finding["effect"] == Effect.DEFEATS else subject.undecided
            clauses.append(finding["clause"])
    for request in decision["requests"]:
        needs = _subject(subjects, request["line_id"]).requests
        needs.append({"to": request["to"], "need": request["need"]})
    for award in decision.get("awards", ()):
        amounts = _subject(subjects, award["line_id"]).amounts
        amounts[award["kind"]] = amounts.get(award["kind"], 0) + award["amount"]
    return subjects or {None: _Subject(None)}


def _subject(subjects: dict[str | None, _Subject], line_id: str | None) -> _Subject:
    return subjects.setdefault(line_id, _Subject(None))
