"""The result of a clause, and what belongs to it: facts, margins, deadlines, requests, remarks."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any, TypeAlias

from attrs import field, frozen

from adjudicator.model.time import Instant

JsonValue: TypeAlias = str | int | bool | None | tuple[Any, ...]
"""A JSON value: instants are RFC 3339 text, enumerations their value."""


class Role(StrEnum):
    """Whether a clause must hold (a requirement) or must not (a bar)."""

    REQUIREMENT = "requirement"
    BAR = "bar"


class Effect(StrEnum):
    """What a finding does to the case. A bar that does not apply supports it."""

    SUPPORTS = "supports"
    DEFEATS = "defeats"
    UNDECIDED = "undecided"


class Unit(StrEnum):
    """The unit of a margin."""

    SECONDS = "seconds"
    MINOR_UNITS = "minor_units"
    UNITS = "units"


@frozen
class Because:
    """The reason of a finding: a stable code, and the parameters of its text."""

    code: str = field(metadata={"means": "Stable: codes are only ever added to."})
    params: Mapping[str, JsonValue] = field(factory=dict, metadata={"means": "What its words need."})


@frozen
class FactRead:
    """A fact that a clause rests on, and where in the case it was read (JSON pointers)."""

    name: str = field(metadata={"means": "Its name in the glossary."})
    value: JsonValue = field(metadata={"means": "Its value; null if it is not known."})
    pointers: tuple[str, ...] = field(metadata={"means": "Its places in the case, as JSON pointers."})


@frozen
class Margin:
    """The distance to the nearest edge: 0 or more on the good side, negative beyond it."""

    unit: Unit
    value: int = field(metadata={"means": "Negative beyond the edge."})


@frozen
class Finding:
    """The result of one clause. ``line_id`` is ``None`` if the rule judges the case as a whole."""

    clause: str = field(metadata={"means": "The clause that was judged."})
    cites: tuple[str, ...] = field(metadata={"means": "The parts of the rule's text that it applies."})
    line_id: str | None = field(
        metadata={
            "means": "The claimed line, incident or other part of the case; null if the case is judged as a whole."
        }
    )
    role: Role
    effect: Effect
    because: Because
    facts: tuple[FactRead, ...] = field(metadata={"means": "The facts it rests on."})
    evidence: tuple[str, ...] = field(metadata={"means": "The ids of the evidence it rests on."})
    margin: Margin | None = field(metadata={"means": "The distance to the nearest edge, if there is one."})


@frozen
class Deadline:
    """A window that a clause read. ``ends_at`` is the last instant in time if ``includes_end``, else the first late one."""

    clause: str = field(metadata={"means": "The clause that read the window."})
    line_id: str | None = field(
        metadata={"means": "The claimed line or other part of the case; null if the case is judged as a whole."}
    )
    counted_from: str = field(metadata={"means": "The fact from which the window is counted."})
    starts_at: Instant = field(metadata={"means": "The instant of that fact."})
    ends_at: Instant = field(metadata={"means": "The last instant in time, or the first late one."})
    includes_end: bool = field(metadata={"means": "Whether the end itself is in time."})

    @property
    def last_instant(self) -> Instant:
        """The last instant that is in time."""
        return self.ends_at if self.includes_end else Instant(self.ends_at - 1)


@frozen
class Request:
    """Something still needed, and from whom.

    Each entry of ``accepts`` is one acceptable answer: the acceptable values of each field; no values means any. A field that
    starts with ``/`` is a JSON pointer into the case (``-`` in it is a new item of a list). One that starts with ``with/`` is a
    field of a second piece of evidence that must come along. Any other is a field of a new piece of evidence. ``due_at`` is the
    last instant for submitting it.
    """

    to: str = field(metadata={"means": "Who is asked."})
    need: str = field(metadata={"means": "What is asked for."})
    line_id: str | None = field(
        metadata={
            "means": "The claimed line or other part of the case that needs it; null if the case is judged as a whole."
        }
    )
    accepts: tuple[Mapping[str, tuple[JsonValue, ...]], ...] = field(
        metadata={"means": "The acceptable answers, one entry for each."}
    )
    due_at: Instant | None = field(metadata={"means": "The last instant for submitting it."})
    evidence_id: str | None = field(metadata={"means": "The piece of evidence it is about, if any."})


@frozen
class Remark:
    """Something the reader should know: a reading that mattered, a right that remains, discretion used."""

    code: str = field(metadata={"means": "Stable: codes are only ever added to."})
    cites: tuple[str, ...] = field(
        metadata={"means": "The parts of the rule's text, and the readings, that it rests on."}
    )
    line_id: str | None = field(metadata={"means": "The claimed line or other part of the case it is about, if any."})
    params: Mapping[str, JsonValue] = field(factory=dict, metadata={"means": "What its words need."})
