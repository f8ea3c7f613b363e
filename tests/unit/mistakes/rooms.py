"""A policy about rooms, in which each test makes one mistake."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from enum import StrEnum
from typing import Any

import pytest
from attrs import frozen

from adjudicator.engine.policy import Edition
from adjudicator.law import CaseBase, Instant, Party, PolicyError, Question, ReviewKind, asked_of, glossary_of


class Side(StrEnum):
    """Parties of a pack's own."""

    TENANT = "tenant"
    LANDLORD = "landlord"


@frozen(kw_only=True)
class RoomCase(CaseBase):
    """A room that somebody wants to rent."""

    id: str
    policy: str
    as_of: Instant
    beds: int | None = asked_of(Party.MERCHANT, "How many beds there are.")
    pets: int | None = None


ROOMS = ReviewKind(
    case_type=RoomCase, glossary=glossary_of(RoomCase), questions=(Question(granted="let", refused="not_let"),)
)


def has_beds(beds: int) -> bool:
    """ZZ.1(1). A room has a bed."""
    return beds > 0


def edition(*requires: Any, **others: Any) -> Edition:
    """A small edition about rooms, with these clauses."""
    fields: dict[str, Any] = {
        "policy": "test.rooms",
        "article": "ZZ.1",
        "effective_from": dt.date(2022, 3, 15),
        "case_kind": ROOMS,
        "requires": requires or (has_beds,),
    }
    return Edition(**(fields | others))


def refusal(*requires: Any, **others: Any) -> str:
    """What an edition is refused for."""
    with pytest.raises(PolicyError) as raised:
        edition(*requires, **others)
    return str(raised.value)


def place(function: Callable[..., Any]) -> str:
    """A function with its file and line."""
    code = function.__code__
    return f"{function.__module__}.{function.__name__} ({code.co_filename}:{code.co_firstlineno})"
