"""Checklists as values: groups of entries, their pieces of evidence, and how each stands."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import TypeAlias

from attrs import field, frozen

from adjudicator.analysis.work import ALL_LINES
from adjudicator.model.decision import PolicyRef
from adjudicator.model.finding import JsonValue
from adjudicator.model.time import Instant

AcceptedAnswer: TypeAlias = Mapping[str, tuple[JsonValue, ...]]
"""One acceptable answer to a request: fields, and the values that will do for each."""


class Status(StrEnum):
    """The status of a piece of evidence, of an entry of a checklist, or of a group of entries; best first.

    Satisfied: it proves what is asked for. Pending: it may yet count. Contested: it counts, but contradicts the claim or another
    piece, or a person must judge it. Insufficient: it counts, but does not prove enough alone. Unusable: it does not count.
    Missing: there is none.
    """

    SATISFIED = "satisfied"
    PENDING = "pending"
    CONTESTED = "contested"
    INSUFFICIENT = "insufficient"
    UNUSABLE = "unusable"
    MISSING = "missing"


class Choice(StrEnum):
    """Which entries of a group are needed: its only one, any one of several, none, or none because none could help."""

    REQUIRED = "required"
    ONE_OF = "one_of"
    OPTIONAL = "optional"
    TO_NO_AVAIL = "to_no_avail"


@frozen
class Piece:
    """The status of one piece of evidence. ``because`` is a stable code for what is wrong with it, if anything is."""

    evidence_id: str
    status: Status
    because: str | None
    cites: tuple[str, ...]


@frozen
class Entry:
    """A kind of evidence on a checklist.

    ``accepts`` lists acceptable pieces, as in a request; it is empty where the rule asks for none. The status is that of the best
    piece.
    """

    kind: str
    status: Status
    accepts: tuple[AcceptedAnswer, ...]
    pieces: tuple[Piece, ...]


@frozen
class Group:
    """Entries that serve one need, or no need where no clause asks for them.

    A group with a need is satisfied if and only if all of ``clauses`` hold.
    """

    choice: Choice
    need: str | None
    to: str | None
    clauses: tuple[str, ...]
    status: Status
    entries: tuple[Entry, ...]


@frozen
class Checklist:
    """The evidence that a claimed line needs (or the case, if it is judged as a whole), and what is on file."""

    line_id: str | None
    groups: tuple[Group, ...]


@frozen
class Requirements:
    """The checklists of a case, in the order of its claim; none for a kind of case without evidence."""

    case_id: str
    as_of: Instant
    policy: PolicyRef
    lines: tuple[Checklist, ...]
    complete: bool = field(default=True, metadata={"means": ALL_LINES})
