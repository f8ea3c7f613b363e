"""The options of a replay as people write them: editions by day or by name, policies and packs by name, an instant."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Final

from adjudicator.bulk.candidates import Candidate
from adjudicator.bulk.deciding import BulkOptions
from adjudicator.bulk.errors import UnusableInput
from adjudicator.engine.policy import Edition
from adjudicator.engine.registry import editions_named, policies
from adjudicator.model.errors import Fault, InputError, safe, shown
from adjudicator.model.time import Instant

A_DAY_OR_A_NAME: Final = "--edition: expected a day such as 2026-01-31, or PACK:EDITION"


def chosen(
    *,
    edition: Sequence[str] = (),
    policy: Sequence[str] = (),
    as_of: str | None = None,
    column: str | None = None,
    decisions: bool = False,
    candidate: Candidate | None = None,
) -> BulkOptions:
    """The options with these texts.

    Raises :class:`~adjudicator.bulk.errors.UnusableInput` for an unknown name, and :class:`~adjudicator.model.errors.InputError` for an
    invalid instant.
    """
    return BulkOptions(
        column=column,
        editions={policy: name for text in edition for policy, name in editions_in(text).items()},
        candidate=candidate,
        policies=tuple({each.policy: None for name in policy for each in _named(name)}) or None,
        as_of=None if as_of is None else _instant(as_of),
        decisions=decisions,
    )


def editions_in(text: str, expected: str = A_DAY_OR_A_NAME) -> dict[str, str | None]:
    """The edition to decide under, by policy; ``None`` where none was in force. ``expected`` says what there may be, for a message.

    Raises :class:`~adjudicator.bulk.errors.UnusableInput` for a name that there is not, and for what is neither name nor day.
    """
    place, colon, name = text.rpartition(":")
    return _editions_called(place, name) if colon else _editions_on(_day(text, expected))


def _day(text: str, expected: str) -> dt.date:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise UnusableInput(f"{expected}, got {safe(text)}") from None


def _editions_called(place: str, name: str) -> dict[str, str | None]:
    editions = _named(place)
    found: dict[str, str | None] = {each.policy: each.name for each in editions if each.name == name}
    if not found:
        there_are = ", ".join(dict.fromkeys(each.name for each in editions))
        raise UnusableInput(f"there is no edition {safe(name)} of {safe(place)}; there are: {there_are}")
    return found


def _editions_on(date: dt.date) -> dict[str, str | None]:
    in_force = {
        policy: [each.name for each in editions if each.effective_from <= date]
        for policy, editions in policies().items()
    }
    return {policy: names[-1] if names else None for policy, names in in_force.items()}


def _named(name: str) -> tuple[Edition, ...]:
    try:
        return editions_named(name)
    except LookupError as error:
        raise UnusableInput(str(error)) from error


def _instant(text: str) -> Instant:
    try:
        return Instant.parse(text)
    except ValueError:
        expected = "an instant with an offset, such as 2026-01-31T12:00:00+08:00"
        raise InputError([Fault("--as-of", shown(text), expected)]) from None
