"""The decisions that the replies in the table respond to."""

from __future__ import annotations

import copy
import json
from functools import cache
from pathlib import Path
from typing import Any, Final

from adjudicator import Case, Decision, decide, load_case

DATA: Final = Path(__file__).parents[2] / "data" / "examples"
DEMO: Final = Path(__file__).parents[3] / "adjudicator" / "demo" / "counterfeit.json"
EXAMPLES: Final = {
    "approved": "authenticity-last-second-of-day-90",
    "damage": "damage-exactly-72-hours",
    "denied": "authenticity-first-second-of-day-91",
    "in_part": "authenticity-proof-covers-two-of-three",
    "local_return": "local-return-agreed",
    "refunded_before": "authenticity-already-refunded",
    "waiting": "authenticity-wrong-reason",
    "with_a_person": "authenticity-documents-disagree",
}


@cache
def decided(name: str) -> tuple[Case, Decision]:
    """A case and its decision, by the name used in the table."""
    case = load_case(DEMO.read_bytes() if name == "counterfeit" else json.dumps(_document(name)))
    return case, decide(case)


def _document(name: str) -> Any:
    if name == "no_proof":
        return json.loads(DEMO.read_bytes()) | {"evidence": []}
    if name == "buyer_pays":
        return _buyer_pays()
    if name == "two_lines":
        return _two_lines()
    return json.loads((DATA / f"{EXAMPLES[name]}.json").read_text("utf-8"))["case"]


def in_part() -> Any:
    """A claim for three units of which two are proven, as a document of its own."""
    return _document("in_part")


def _buyer_pays() -> Any:
    """A local return because the buyer changed their mind: they pay for sending the goods back."""
    case = _document("local_return")
    case["claim"]["reason"] = "changed_mind"
    return case


def _two_lines() -> Any:
    """Face cream for 100 yuan (line L1) and eye cream for 250 (line L2), both broken and leaking on arrival."""
    case = _document("damage")
    order = case["order"]
    order["postage_paid"] = 0
    (first,) = order["lines"]
    first |= {"title": "面霜", "goods_paid": 10_000, "tax_paid": 0, "quantity": 1}
    order["lines"].append(copy.deepcopy(first) | {"id": "L2", "title": "眼霜", "sku": "S2", "goods_paid": 25_000})
    for parcel in order["parcels"]:
        parcel["line_ids"] = ["L1", "L2"]
    case["claim"]["items"] = [{"line_id": "L1", "quantity": 1}, {"line_id": "L2", "quantity": 1}]
    for document in case["evidence"]:
        document["line_ids"] = []
    return case
