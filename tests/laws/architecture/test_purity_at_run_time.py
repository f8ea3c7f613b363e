"""Deciding reaches nothing outside, watched from inside the interpreter."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Final

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
sabotage = compile(sys.argv[2], "sabotage", "exec")
world = {"sys": sys, "remembered": {}}

def decide_them_all():
    for text in texts:
        case = load_case(text)
        decision = adjudicator.decide(case)
        dump_decision(decision)
        yield case.policy

decided = {*decide_them_all(), *decide_them_all()}
exec(sabotage, world)
world.get("work", lambda: None)()

events, watching = [], False

def watch(event, arguments):
    if watching:
        events.append(event)

sys.addaudithook(watch)
watching = True
list(decide_them_all())
world.get("work", lambda: None)()
watching = False
print(json.dumps({"decided": sorted(decided), "events": sorted(set(events))}))
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
    "object.__setattr__": "a value just read becomes one of its frozen class (model.source)",
}
"""Audit events that reach nothing outside, and why."""


def watched(cases: Path, sabotage: str = "") -> dict[str, list[str]]:
    """Which policies were decided, and every audit event of deciding each case once more, when all is made that is made once."""
    found: dict[str, list[str]] = json.loads(python(WATCHED, str(cases), sabotage))
    return found


@pytest.fixture(scope="module")
def cases(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The case of every example, one a line, and what the examples lack."""
    path = tmp_path_factory.mktemp("cases") / "cases.ndjson"
    examples = [json.loads(each.read_text(encoding="utf-8"))["case"] for each in sorted(EXAMPLES.glob("*.json"))]
    of_packs = [json.loads(each.read_text("utf-8")) for pack in PACKS for each in sorted(pack.glob("examples/*.json"))]
    every = (*examples, *of_packs, *ADMISSIONS, *TRADINGS)
    path.write_text("".join(f"{json.dumps(each)}\n" for each in every), encoding="utf-8")
    return path


def test_deciding_reaches_nothing_outside(cases: Path) -> None:
    """No file, import, socket, process, generated code: what the interpreter would have to announce."""
    found = watched(cases)
    assert found["decided"] == sorted(policies())
    assert [event for event in found["events"] if event not in HARMLESS] == []


@pytest.mark.parametrize(
    ("sabotage", "event"),
    [
        ("import os\ndef work():\n    os.listdir()", "os.listdir"),
        ("def work():\n    open(sys.executable, 'rb').close()", "open"),
        ("import socket\ndef work():\n    socket.socket().close()", "socket.__new__"),
        ("def work():\n    exec('1')", "exec"),
        ("def work():\n    sys.modules.pop('colorsys', None)\n    import colorsys", "import"),
    ],
)
def test_the_watch_notices(cases: Path, sabotage: str, event: str) -> None:
    assert event in watched(cases, sabotage)["events"]
