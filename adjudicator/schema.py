"""JSON Schema (2020-12) for cases and decisions, made from their classes: what the codec takes, said to other programs.

A schema says all that can be said of each value by itself. What it cannot say stands in its description.
"""

from __future__ import annotations

import re
import typing
from collections.abc import Iterable, Mapping
from decimal import Decimal
from enum import Enum
from typing import Any, Final, TypeAlias

import attrs

from adjudicator.case import Evidence, Minor
from adjudicator.civil_time import RFC3339, Instant
from adjudicator.codec import DECIMAL, wire_name
from adjudicator.decision import CONTRACT, Plain
from adjudicator.governing import policies
from adjudicator.parsing import DEEPEST, MOST_BYTES, MOST_ITEMS
from adjudicator.policy import Docket, hints, members
from adjudicator.reviews import ReviewDocket
from adjudicator.soundness import AMOUNT, LARGEST, Bounds

Schema: TypeAlias = dict[str, Any]
"""A JSON Schema, as a JSON document."""

DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"

UNSAID: Final = (
    "that nothing has happened after as_of, nothing was claimed before it was ordered, and nothing lies before the first edition",
    "that an instant names a day that there is, in a year that can be reckoned with",
    "that an id which is referred to is there, and that one which names something stands once",
    "that no more units are claimed than were bought, and that all which could be paid together stays an exact integer",
    "that postage is settled without a line, and everything else on one",
    "that a decimal, being text, lies within its bounds",
    "that an integer is written without a fraction: 1.0 is an integer here, and none there",
    "that no key stands twice in an object, and that no text holds half of a surrogate pair",
    f"that the whole is JSON in UTF-8 of at most {MOST_BYTES} bytes",
)
"""What the codec refuses all the same, and no schema can say (or, of a key that stands twice, can see)."""

_NOTHING: Final = {"type": "null"}
_ROLE: Final = re.compile(r":\w+:`~?(?:[\w.]*\.)?(\w+)`")
_WORDS: Final = re.compile(r"(?<=[a-z])(?=[A-Z])")


def case_schema(policy: str | None = None) -> Schema:
    """The schema of the cases of one policy, or of all that are installed.

    Raises :class:`KeyError` for a policy that no installed pack holds.
    """
    writer = _Writer(MOST_ITEMS)
    kinds = {
        writer.case(docket.case_type, names): names for docket, names in _dockets(policy, lambda each: each.case_type)
    }
    return _whole(
        "Case",
        "A case to be decided. Absent and null both mean that something is not known, never false and never zero. "
        f"What no schema can say, and the reading of a case refuses all the same: {'; '.join(UNSAID)}.",
        kinds,
        writer,
    )


def decision_schema(policy: str | None = None) -> Schema:
    """The schema of the decisions under one policy, or under all that are installed.

    Raises :class:`KeyError` for a policy that no installed pack holds.
    """
    writer = _Writer(None)
    kinds = [writer.decision(docket, names) for docket, names in _dockets(policy, _decided)]
    return _whole(
        "Decision",
        "A decided case. Fields that are not known here may be added; pass over them. Codes are only ever added to.",
        kinds,
        writer,
    )
