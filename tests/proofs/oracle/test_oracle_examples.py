"""The oracle gives the right decision on every example of the contract, and on every case that was once decided wrongly."""

import json
from pathlib import Path

import pytest

from . import faults, judge, judge_any
from .edges import bisect_edges

ROOT = Path(__file__).resolve().parents[3]
PLACES = (ROOT / "tests" / "data" / "examples", ROOT.parent / "shared" / "contract" / "examples")
FILES = next((found for place in PLACES if (found := sorted(place.glob("*.json")))), [])


ONCE_WRONG = sorted((ROOT / "tests" / "data" / "faults").glob("*.json"))


def load(name):
    """An example by its file's stem."""
    return next(json.loads(f.read_text("utf-8")) for f in FILES if f.stem == name)


def as_set(items, *names):
    """Items as a sorted list of tuples of the named members."""
    return sorted(tuple(str(item[name]) for name in names) for item in items)


def effects(decision, effect):
    """The findings with an effect."""
    return [f for f in decision["findings"] if f["effect"] == effect]


def test_there_are_examples():
    assert len(FILES) >= 25


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.stem)
def test_example(path):
    example = json.loads(path.read_text("utf-8"))
    expected, decision = example["expected"], judge(example["case"])
    assert faults(example["case"]) == []
    assert decision["outcome"] == expected["outcome"]
    assert decision["total"] == expected["total"]
    for part, names in (
        ("awards", ("kind", "line_id", "amount")),
        ("lines", ("line_id", "outcome", "units")),
        ("requests", ("to", "need", "line_id")),
    ):
        assert as_set(decision[part], *names) == as_set(expected[part], *names)
    for part, effect in (("defeats", "defeats"), ("undecided", "undecided")):
        found = as_set(effects(decision, effect), "clause", "line_id")
        assert found == as_set(expected[part], "clause", "line_id")
    if "return_authorisation" in expected:
        wanted, given = expected["return_authorisation"], decision["return_authorisation"]
        assert (given is None) == (wanted is None)
        assert all(given[name] == value for name, value in (wanted or {}).items())


def expected_part(decision, name):
    """A part of a decision, in the form of the example files."""
    if name in ("defeats", "undecided"):
        return sorted(each["clause"] for each in effects(decision, name))
    if name == "requests":
        return sorted([each["to"], each["need"]] for each in decision["requests"])
    if name == "measures":
        return [each["measure"] for each in decision["measures"]]
    return decision[name].isoformat() if name == "reconsider_at" and decision[name] else decision[name]


@pytest.mark.parametrize("path", ONCE_WRONG, ids=lambda p: p.stem)
def test_a_case_once_decided_wrongly_is_decided_right(path):
    example = json.loads(path.read_text("utf-8"))
    decision = judge_any(example["case"])
    assert {name: expected_part(decision, name) for name in example["expected"]} == example["expected"]


def test_the_edges_of_the_ninety_days():
    case = load("authenticity-last-second-of-day-90")["case"]
    case["as_of"] = "2022-07-02T12:00:00+08:00"
    found = bisect_edges(case, "/claim/filed_at", "2022-06-30T00:00:00+08:00", "2022-07-02T12:00:00+08:00")
    assert found == [("2022-07-01T23:59:59.999999+08:00", "2022-07-02T00:00:00+08:00")]


def test_the_edge_of_the_request():
    from .edges import amounts

    case = load("authenticity-last-second-of-day-90")["case"]
    case["claim"]["requested_amount"] = 0
    found = bisect_edges(case, "/claim/requested_amount", 286_000, 300_000, watch=amounts, grid=4)
    assert found[-1] == (286_099, 286_100)
