"""Past decisions must never change: the kept digests of decisions on cases of every kind.

An auditor who reproduces a decision gets the same bytes, unless the edition's revision changed. After an intended change, keep the new
digests and describe the change in the changelog: ``UPDATE_DIGESTS=1 python -m pytest tests/laws/test_same_bytes.py``
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Hashable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import pytest

import consumer_law
import douyin_alliance
import douyin_global
import douyin_xingtu
import pinduoduo
from adjudicator import decide, dump_decision
from adjudicator.engine.registry import edition_for
from adjudicator.wire.codec import case_from
from admissions import FAILS, IN_ORDER, MATTERS_LITTLE, NOT_KNOWN
from clearances import A_MERCHANT, A_PRODUCT, OF_THE_CHECK, ONE_THAT_MAY_RETURN, ONE_THAT_WAS_CLEARED, of_the_shop
from documents import ONE_OF_OTHER_KINDS
from oracle.edges import put
from tasks import NOTHING_YET, OF_THE_CLIENT
from tradings import ACTS, FOUND
from virtual_goods import (
    A_DISPATCH,
    A_LISTING,
    AN_ARRIVAL,
    NOT_DISPATCHED,
    OF_A_DISPATCH,
    OF_A_LISTING,
    OF_AN_ARRIVAL,
    OF_ITS_API,
    OF_THE_FEEDBACK,
    OTHERWISE_AGREED,
)

DATA: Final = Path(__file__).parents[1] / "data"
KEPT: Final = DATA / "same_bytes.json"
PACKS: Final = (consumer_law, douyin_alliance, douyin_global, douyin_xingtu, pinduoduo)
REQUIRED: Final = frozenset(
    {
        "id",
        "policy",
        "as_of",
        "placed_at",
        "formed_at",
        "opened_at",
        "filed_at",
        "act",
        "happened",
        "of",
        "state",
        "evidence",
        "history",
        "wanted",
    }
)
"""The fields that cases other than claims require, or that make other fields relevant."""

Json = dict[str, Any]

OF_ANY_DISPATCH: Final = {place: values for place, values in OF_A_DISPATCH.items() if place != "/dispatch"}
OF_ITS_SHOP: Final = {**of_the_shop(FAILS), **OF_THE_CHECK}
NOT_KNOWN_OF_ITS_SHOP: Final = of_the_shop(NOT_KNOWN)
CHANGED: Final[Mapping[str, tuple[Any, ...]]] = {
    "application": (IN_ORDER, MATTERS_LITTLE, FAILS, NOT_KNOWN),
    "merchant": (A_MERCHANT, OF_ITS_SHOP, NOT_KNOWN_OF_ITS_SHOP),
    "merchant that was cleared": (ONE_THAT_WAS_CLEARED, OF_ITS_SHOP, NOT_KNOWN_OF_ITS_SHOP),
    "product": (A_PRODUCT, OF_ITS_SHOP, NOT_KNOWN_OF_ITS_SHOP),
    "product that was cleared": (ONE_THAT_MAY_RETURN, OF_ITS_SHOP, NOT_KNOWN_OF_ITS_SHOP),
    "listing": (A_LISTING, OF_A_LISTING, OF_ITS_API),
    "dispatch": (A_DISPATCH, OF_A_DISPATCH),
    "dispatch to come": (put(A_DISPATCH, "/dispatch", NOT_DISPATCHED), OF_ANY_DISPATCH),
    "dispatch as agreed": (OTHERWISE_AGREED, OF_ANY_DISPATCH),
    "arrival": (AN_ARRIVAL, OF_AN_ARRIVAL, OF_THE_FEEDBACK),
    "task": (NOTHING_YET, OF_THE_CLIENT),
    "trading": (FOUND, {f"/shop/{name}": (None,) for name in FOUND["shop"] if name != "id"}),
}
"""Cases, with values to put at one of their places, one at a time."""


def documents() -> Iterator[tuple[str, Json]]:
    """Cases of every policy by name: all examples, and others with one change or with nothing known."""
    for path in sorted((DATA / "examples").glob("*.json")):
        yield f"contract: {path.stem}", json.loads(path.read_text("utf-8"))["case"]
    for pack in PACKS:
        for path in sorted(Path(pack.__path__[0]).glob("examples/*.json")):
            yield f"{pack.__name__}: {path.stem}", json.loads(path.read_text("utf-8"))
    for policy, document in ONE_OF_OTHER_KINDS.items():
        yield f"{policy}: nothing known", blank(document)
    for act in ACTS:
        yield f"trading: nothing known of {act}", put(FOUND, "/incidents/0", {"id": "incident-1", "act": act})
    for name, (base, *places) in CHANGED.items():
        for place, value in ((place, value) for each in places for place, values in each.items() for value in values):
            yield f"{name}: {place} {json.dumps(value)}", put(base, place, value)


def blank(value: Any) -> Any:
    """A case in which only required fields are known."""
    if isinstance(value, dict):
        return {name: each if name in REQUIRED else blank(each) for name, each in value.items()}
    return [blank(each) for each in value] if isinstance(value, list) else None


def digests() -> dict[str, str]:
    """The current SHA-256 of every decision, including the digests of its case and of itself."""
    return {name: hashlib.sha256(dump_decision(decide(case_from(case)))).hexdigest() for name, case in documents()}


def test_every_decision_keeps_its_bytes() -> None:
    """The test names each decision that changed."""
    now = digests()
    if "UPDATE_DIGESTS" in os.environ:
        KEPT.write_text(json.dumps(now, ensure_ascii=False, indent=0) + "\n", "utf-8")
        pytest.skip("kept anew")
    kept = json.loads(KEPT.read_text("utf-8"))
    assert now.keys() == kept.keys()
    assert [name for name in now if now[name] != kept[name]] == []


def test_a_memory_of_other_cases_changes_no_ruling() -> None:
    """Whatever was judged before with the same memory, each case gets the same ruling as without it."""
    memory: dict[Hashable, Any] = {}
    for name, document in documents():
        case = case_from(document)
        edition = edition_for(case)
        assert edition.case_kind.rule(edition, case, memory) == edition.case_kind.rule(edition, case), name
