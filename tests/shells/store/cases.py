"""Cases for the tests of the record: an order with one line of three units, and claims on it."""

from __future__ import annotations

import copy
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from adjudicator.store import DecisionStore

DEMO: Final = json.loads((Path(__file__).parents[3] / "adjudicator/demo/counterfeit.json").read_text("utf-8"))
ORDER: Final[str] = DEMO["order"]["id"]
UNIT: Final = 29600
"""The payment for one of the three units."""
ADMISSION: Final = {
    "id": "AD-1",
    "policy": "douyin_alliance.admission",
    "as_of": "2026-01-02T03:04:05+08:00",
    "shop": {"id": "S1"},
    "product": {"id": "P1"},
    "metadata": {"asked by": "someone-in-particular"},
}


def a_claim(
    claim: str = "AS-1",
    *,
    units: int = 2,
    order: str = ORDER,
    settlements: Sequence[Mapping[str, Any]] = (),
    ticket: str = "T-1",
    as_of: str = "2022-05-20T12:00:00+08:00",
) -> bytes:
    """A case in which some of three units are proven counterfeit, as JSON."""
    case = copy.deepcopy(DEMO)
    case["id"] = f"case-{claim}"
    case["as_of"] = as_of
    case["claim"]["id"] = claim
    case["order"]["id"] = order
    case["evidence"][0]["units_covered"] = units
    case["settlements"] = list(settlements)
    case["metadata"] = {"ticket": ticket}
    return json.dumps(case).encode()


def awards_in(decision: bytes) -> dict[str, Mapping[str, Any]]:
    """The awards of a decision by kind; there is only one line."""
    return {award["kind"]: award for award in json.loads(decision)["awards"]}


def settled(record: DecisionStore, order: str = ORDER) -> dict[tuple[str, str | None], int]:
    """The settlements of an order that were not reversed, by kind and claim."""
    found: dict[tuple[str, str | None], int] = {}
    for each in record.settlements(order):
        if each.stands:
            found[each.kind.value, each.claim_id] = found.get((each.kind.value, each.claim_id), 0) + each.amount
    return found
