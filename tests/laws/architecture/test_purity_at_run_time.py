"""Deciding reaches nothing outside the process, as audit events of the interpreter show."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import pytest

from adjudicator.engine.registry import policies
from architecture.modules import PACKS, ROOT, python
from tradings import FOUND

EXAMPLES: Final = ROOT / "tests" / "data" / "examples"
WATCHED: Final = """
import json, sys
from pathlib import Path

import adjudicator
from adjudicator.wire.codec import dump_decision
from adjudicator.wire.codec import load_case
from adjudicator.model import enumerations, evidence
from adjudicator.engine.registry import policies

texts = [json.dumps(json.loads(line)).encode() for line in Path(sys.argv[1]).read_text("utf-8").splitlines()]
works = [compile(each, "sabotage", "exec") for each in json.loads(sys.argv[2])]

def decide_them_all():
    for text in texts:
        case = load_case(text)
        decision = adjudicator.decide(case)
        dump_decision(decision)
        yield case.policy

decided = {*decide_them_all(), *decide_them_all()}
events, watching = [], False

def watch(event, arguments):
    if watching:
        events.append(event)

def seen(*more):
    # of deciding once more, and of doing something more
    global watching
    events.clear()
    watching = True
    list(decide_them_all())
    for work in more:
        work()
    watching = False
    return sorted(set(events))

sys.addaudithook(watch)
alone, sabotaged = seen(), []
for work in works:
    world = {"sys": sys}
    exec(work, world)
    world["work"]()
    sabotaged.append(seen(world["work"]))
print(json.dumps({"decided": sorted(decided), "alone": alone, "sabotaged": sabotaged}))
"""
ADMISSION: Final = {
    "id": "A1",
    "policy": "douyin_alliance.admission",
    "as_of": "2026-01-02T03:04:05+08:00",
    "shop": {"id": "S1"},
    "product": {"id": "P1"},
}
ADMISSIONS: Final = (
    ADMISSION,
    ADMISSION | {"shop": {"id": "S1", "opened": False, "shop_score": "4.1", "penalties": []}},
)
TRADINGS: Final = (FOUND, FOUND | {"incidents": [{"id": "I1", "act": "contact"}], "shop": {"id": "S1"}})
HARMLESS: Final[Mapping[str, str]] = {
    "builtins.id": "a function is called once for the same objects (engine.branches)",
    "object.__setattr__": "a value just read becomes one of its frozen class (model.source)",
}
"""Audit events that reach nothing outside, with the reasons."""


@pytest.fixture(scope="module")
def cases(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The case of every example, one a line, and further cases for what the examples lack."""
    path = tmp_path_factory.mktemp("cases") / "cases.ndjson"
    examples = [json.loads(each.read_text(encoding="utf-8"))["case"] for each in sorted(EXAMPLES.glob("*.json"))]
    of_packs = [json.loads(each.read_text("utf-8")) for pack in PACKS for each in sorted(pack.glob("examples/*.json"))]
    every = (*examples, *of_packs, *ADMISSIONS, *TRADINGS)
    path.write_text("".join(f"{json.dumps(each)}\n" for each in every), encoding="utf-8")
    return path


SABOTAGES: Final[Mapping[str, str]] = {
    "import os\ndef work():\n    os.listdir()": "os.listdir",
    "def work():\n    open(sys.executable, 'rb').close()": "open",
    "import socket\ndef work():\n    socket.socket().close()": "socket.__new__",
    "def work():\n    exec('1')": "exec",
    "def work():\n    sys.modules.pop('colorsys', None)\n    import colorsys": "import",
}
"""Code that reaches outside, with its audit event."""


@pytest.fixture(scope="module")
def watched(cases: Path) -> dict[str, Any]:
    """The policies that were decided, and every audit event while each case is decided again, once all caches are filled.

    All in one fresh process: first normally, then with each sabotage.
    """
    found: dict[str, Any] = json.loads(python(WATCHED, str(cases), json.dumps([*SABOTAGES])))
    return found


def test_deciding_reaches_nothing_outside(watched: dict[str, Any]) -> None:
    """No file, import, socket, process or generated code."""
    assert watched["decided"] == sorted(policies())
    assert [event for event in watched["alone"] if event not in HARMLESS] == []


@pytest.mark.parametrize("sabotage", SABOTAGES)
def test_reaching_outside_is_detected(watched: dict[str, Any], sabotage: str) -> None:
    seen = dict(zip(SABOTAGES, watched["sabotaged"], strict=True))[sabotage]
    assert SABOTAGES[sabotage] in seen
    assert SABOTAGES[sabotage] not in watched["alone"]
