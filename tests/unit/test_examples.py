"""The examples of the contract are decided as they state."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import pytest

from adjudicator import decide, dump_decision, load_case, load_decision
from adjudicator.wire.parser import MOST_BYTES

EXAMPLES = sorted((Path(__file__).parents[1] / "data" / "examples").glob("*.json"))


def rows(items: Iterable[Mapping[str, Any]], like: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Items with only the members that an example states, sorted."""
    names = {name for item in like for name in item}
    return sorted(({name: item[name] for name in names} for item in items), key=str)


def test_all_examples_of_the_contract_are_there() -> None:
    """No example was lost."""
    assert len(EXAMPLES) == 25


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: str(path.stem))
def test_example(path: Path) -> None:
    """An example gets the decision that the contract promises for it."""
    example = json.loads(path.read_text("utf-8"))
    expected = dict(example["expected"])
    decision = json.loads(dump_decision(decide(load_case(json.dumps(example["case"])))))
    found = {
        **decision,
        "defeats": [finding for finding in decision["findings"] if finding["effect"] == "defeats"],
        "undecided": [finding for finding in decision["findings"] if finding["effect"] == "undecided"],
    }
    for name, value in expected.items():
        if isinstance(value, list):
            assert len(found[name]) == len(value), f"{name}: {found[name]}"
            assert rows(found[name], value) == rows(value, value), name
        elif isinstance(value, dict):
            assert {each: found[name][each] for each in value} == value, name
        else:
            assert found[name] == value, name


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: str(path.stem))
def test_an_example_says_what_its_lists_promise(path: Path) -> None:
    """Amounts and lines are in the order of the claim, and a total is the sum of the awards."""
    example = json.loads(path.read_text("utf-8"))
    decision = json.loads(dump_decision(decide(load_case(json.dumps(example["case"])))))
    assert [line["line_id"] for line in decision["lines"]] == [
        item["line_id"] for item in example["case"]["claim"]["items"]
    ]
    assert decision["total"] == sum(award["amount"] for award in decision["awards"])
    assert decision["metadata"] == example["case"].get("metadata")
    assert decision["contract"] == 1


def test_a_large_decision_is_read_back() -> None:
    """The size limits of the input do not apply to the output: a decision on hundreds of lines can be decoded."""
    case = json.loads(
        (Path(__file__).parents[1] / "data" / "examples" / "authenticity-no-proof-yet.json").read_text("utf-8")
    )["case"]
    (line,) = case["order"]["lines"]
    case["order"]["lines"] = [{**line, "id": f"L{number}"} for number in range(900)]
    case["order"]["parcels"][0]["line_ids"] = ["L0"]
    case["claim"]["items"] = [{"line_id": f"L{number}", "quantity": 1} for number in range(900)]
    decision = decide(load_case(json.dumps(case)))
    written = dump_decision(decision)
    assert len(written) > MOST_BYTES
    assert load_decision(written) == decision
