"""Test data for what-if: every policy, a few examples of each, and changed cases."""

from __future__ import annotations

import json
from typing import Any, Final

import pytest
from hypothesis import settings

from adjudicator.analysis.edits import Change
from adjudicator.engine.registry import policies
from adjudicator.model.decision import Decision
from adjudicator.testing import Json

AUTHENTICITY: Final = "douyin_global.authenticity"
DAMAGE: Final = "douyin_global.damage"
LOCAL_RETURN: Final = "douyin_global.local_return"
ADMISSION: Final = "douyin_alliance.admission"
SOME: Final = settings(max_examples=max(1, settings().max_examples // 4))
"""Few examples, because each is decided hundreds of times."""

for_every_policy = pytest.mark.parametrize("policy", policies())


def of_line(decision: Decision, line_id: str | None) -> str:
    """The outcome of a line, or of the case as a whole."""
    return dict(decision.parts)[line_id]


def patched(document: Json, changes: tuple[Change, ...]) -> bytes:
    """A case with changes, as a caller would make them with JSON pointers alone."""
    copy: Json = json.loads(json.dumps(document))
    for change in changes:
        *way, last = change.pointer.split("/")[1:]
        place: Any = copy
        for step, following in zip(way, [*way, last][1:], strict=True):
            if isinstance(place, list):
                place = place[int(step)]
            else:
                if place.get(step) is None:
                    place[step] = [] if following == "-" else {}
                place = place[step]
        if last == "-":
            place.append(change.to)
        elif isinstance(place, list):
            place[int(last)] = change.to
        else:
            place[last] = change.to
    return json.dumps(copy).encode()


def at(document: Any, pointer: str) -> Any:
    """The value at a JSON pointer."""
    for step in pointer.split("/")[1:]:
        document = None if document is None else document[int(step) if isinstance(document, list) else step]
    return document
