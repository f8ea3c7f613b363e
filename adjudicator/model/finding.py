"""What a clause came to, and what goes with it: facts, margins, deadlines, requests, remarks."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any, TypeAlias

from attrs import field, frozen

from adjudicator.model.time import Instant

JsonValue: TypeAlias = str | int | bool | None | tuple[Any, ...]
"""A value as it stands in JSON: instants as RFC 3339 text, enumerations by their value."""


class Role(StrEnum):
    """Whether a clause must hold, or must not."""

    REQUIREMENT = "requirement"
    BAR = "bar"


class Effect(StrEnum):
    """What a finding does to the claim. A bar that is not shown supports it."""

    SUPPORTS = "supports"
    DEFEATS = "defeats"
    UNDECIDED = "undecided"


class Unit(StrEnum):
    """What a margin is counted in."""

    SECONDS = "seconds"
    MINOR_UNITS = "minor_units"
    UNITS = "units"


@frozen
class Because:
    """Why: a stable code, and what to put into its words."""

    code: str = field(metadata={"means": "Stable: codes are only ever added to."})
    params: Mapping[str, JsonValue] = field(factory=dict, metadata={"means": "What its words need."})


@frozen
class FactRead:
    """A fact that a clause stood on, and where in the case it was read (JSON pointers)."""

    name: str = field(metadata={"means": "Its name in the glossary."})
    value: JsonValue = field(metadata={"means": "What it was; null where it is not known."})
    pointers: tuple[str, ...] = field(metadata={"means": "Where in the case it stands, as JSON pointers."})


@frozen
class Margin:
    """How far from the nearest edge: 0 or more on the good side of it, negative beyond it."""

    unit: Unit
    value: int = field(metadata={"means": "Negative beyond the edge."})


@frozen
class Finding:
    """What one clause came to. ``line_id`` is ``None`` where the rule judges the case as a whole."""

    clause: str = field(metadata={"means": "The clause that was judged."})
    cites: tuple[str, ...] = field(metadata={"means": "The parts of the rule's text that it carries out."})
    line_id: str | None = field(
        metadata={"means": "The claimed line, or the incident; null where the case is judged as a whole."}
    )
    role: Role
    effect: Effect
    because: Because
    facts: tuple[FactRead, ...] = field(metadata={"means": "What it stood on."})
    evidence: tuple[str, ...] = field(metadata={"means": "The ids of the evidence that carried it."})
    margin: Margin | None = field(metadata={"means": "How far it is from its nearest edge, if it has one."})


@frozen
class Deadline:
    """A window that a clause read. ``ends_at`` is the last instant in time where ``includes_end``, else the first late one."""

    clause: str = field(metadata={"means": "The clause that read the window."})
    line_id: str | None = field(metadata={"means": "The claimed line; null where the case is judged as a whole."})
    counted_from: str = field(metadata={"means": "The fact at which the count starts."})
    starts_at: Instant = field(metadata={"means": "Its instant."})
    ends_at: Instant = field(metadata={"means": "The last instant in time, or the first late one."})
    includes_end: bool = field(metadata={"means": "Whether the end is in time itself."})

    @property
    def last_instant(self) -> Instant:
        """The last instant in time."""
        return self.ends_at if self.includes_end else Instant(self.ends_at - 1)


@frozen
class Request:
    """Something still needed, and from whom.

    Each entry of ``accepts`` is one acceptable answer: field by field the values that will do (none listed: any). A field that
    starts with ``/`` is a JSON pointer into the case (``-`` in it is one new item of a list), one that starts with ``with/`` a
    field of a second piece of evidence that has to come along, any other a field of a new piece of evidence. ``due_at`` is the
    last instant at which it can be handed in.
    """

    to: str = field(metadata={"means": "Who is asked."})
    need: str = field(metadata={"means": "What is asked for."})
    line_id: str | None = field(
        metadata={"means": "The claimed line for which it is needed; null where the case is judged as a whole."}
    )
    accepts: tuple[Mapping[str, tuple[JsonValue, ...]], ...] = field(
        metadata={"means": "What would do: one entry for each acceptable answer."}
    )
    due_at: Instant | None = field(metadata={"means": "The last instant at which it can be handed in."})
    evidence_id: str | None = field(metadata={"means": "The piece of evidence that it is about, if about one."})


@frozen
class Remark:
    """Something the reader of the decision should know: a reading that mattered, a right that remains, discretion used."""

    code: str = field(metadata={"means": "Stable: codes are only ever added to."})
    cites: tuple[str, ...] = field(
        metadata={"means": "The parts of the rule's text, and the readings, that it rests on."}
    )
    line_id: str | None = field(metadata={"means": "The claimed line, if it is about one."})
    params: Mapping[str, JsonValue] = field(factory=dict, metadata={"means": "What its words need."})
