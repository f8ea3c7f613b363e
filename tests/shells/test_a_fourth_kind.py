"""A kind of case from a pack is decided, explained, checked and documented; the engine does not know it.

The pack is ``tests/support/recalls``. It is installed through an entry point, next to the shipped packs, in a separate process.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import textwrap
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import pytest

CASE: Final[dict[str, Any]] = {
    "id": "recall-1",
    "policy": "recalls.batch",
    "as_of": "2024-05-20T12:00:00+08:00",
    "recalled_at": "2024-05-15T12:00:00+08:00",
    "boxes": [
        {"id": "B1", "contents": "milk powder", "seal": "whole"},
        {"id": "B2", "contents": "rice", "seal": "broken"},
        {"id": "B3", "seal": None},
    ],
    "metadata": {"ticket": "T-1"},
}
PREAMBLE: Final = """
import json, sys, warnings
warnings.simplefilter("error")
from adjudicator import *
from adjudicator.wire.codec import *
from adjudicator.engine.registry import editions, policies
case = load_case(sys.argv[1])
decision = decide(case)
answer = {}
"""


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the metadata that pip writes for a pack."""
    folder = tmp_path_factory.mktemp("site")
    about = folder / "recalls-1.dist-info"
    about.mkdir()
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: recalls\nVersion: 1\n", "utf-8")
    (about / "entry_points.txt").write_text("[adjudicator.policies]\nrecalls = recalls\n", "utf-8")
    return folder


Run = Callable[..., Any]


@pytest.fixture
def run(installed: Path, programs: Path) -> Run:
    """The JSON output of a program that has the pack installed, for a case."""

    def run(program: str, case: Any = CASE) -> Any:
        whole = f"{PREAMBLE}{textwrap.dedent(program)}\nprint(json.dumps(answer))"
        path = os.pathsep.join([str(installed), *filter(None, sys.path)])
        done = subprocess.run(
            [programs / "python", "-c", whole, json.dumps(case)],
            env=os.environ | {"PYTHONPATH": path, "LANG": "C.UTF-8"},
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return json.loads(done.stdout)

    return run


def test_it_is_decided_and_survives_json(run: Run) -> None:
    """Including its own class of decisions, with its own enumerations."""
    answer = run(
        """
        assert load_case(dump_case(case)) == case
        assert load_decision(dump_decision(decision)) == decision
        answer = json.loads(dump_decision(decision))
        """,
    )
    assert answer["outcome"] == "needs_information"
    assert [each["outcome"] for each in answer["boxes"]] == ["taken_back", "kept", "needs_information"]
    assert answer["grade"] is None
    assert [(each["to"], each["need"], each["line_id"]) for each in answer["requests"]] == [("platform", "seal", "B3")]


def test_it_is_explained_to_everyone_in_every_language_and_format(run: Run) -> None:
    """From its kind's description: the parties, the contents of the boxes, and the fields of its own decision."""
    answer = run(
        """
        from adjudicator.explain import FORMATS, READERS, explain
        from adjudicator.words import LANGUAGES
        for voice in READERS:
            for language in LANGUAGES:
                for known in (case, None):
                    for format in FORMATS:
                        letter = explain(decision, known, voice=voice, locale=language, format=format)
                        answer[f"{voice} {language} {known is not None} {format}"] = letter
        """,
    )
    letter = answer["consumer en True text"]
    assert "milk powder (line B1): taken back." in letter
    assert "We are still checking this ourselves: seal." in letter
    assert "rice" not in answer["consumer en False text"]
    assert "2024-05-15" in answer["auditor en True text"]
    decided = run(
        """
        from adjudicator.explain import explain
        answer = explain(decision, case, voice="auditor")
        """,
        CASE | {"boxes": CASE["boxes"][:1]},
    )
    assert "grade: full" in decided


def test_it_is_checked_asked_about_and_compared(run: Run) -> None:
    answer = run(
        """
        from io import StringIO
        from rich.console import Console
        from adjudicator.analysis.check import check
        from adjudicator.analysis.diff import diff
        from adjudicator.analysis.whatif import what_if
        from adjudicator.cli.pages.checks import check_page
        from adjudicator.cli.pages.decisions import decision_page
        from adjudicator.cli.pages.layout import Marks
        from adjudicator.cli.pages.whatif import what_if_page
        from adjudicator.explain import explained
        from adjudicator.explain.difference import difference_page
        found, checked = what_if(case), check(case)
        answer["alternatives"] = [[change.pointer for change in each.changes] for each in found.alternatives]
        answer["requests"] = [each.need for each in checked.requests]
        later = decide(case, editions()[-1])
        answer["diff"] = "".join(explained([difference_page(diff(decision, later), None, "en")], "text"))
        for width in (40, 100):
            console = Console(width=width, file=StringIO())
            console.print(decision_page(decision, "zh_Hans", Marks()))
            console.print(check_page(checked, "en", Marks()))
            console.print(what_if_page(found, "en", Marks()))
            answer[str(width)] = console.file.getvalue()
        """,
    )
    assert ["/boxes/2/seal"] in answer["alternatives"]
    assert ["/boxes/1/seal"] in answer["alternatives"]
    assert answer["requests"] == ["seal"]
    assert "B3" in answer["100"]


def test_its_codes_and_its_handbook_are_made(run: Run) -> None:
    answer = run(
        """
        from adjudicator.rulebook.codes import codes
        from adjudicator.rulebook.handbook import Book, handbook
        answer["codes"] = [each.code for each in codes("recalls.batch")]
        answer["pages"] = [page.name for page in handbook([policies()["recalls.batch"]], Book())]
        """,
    )
    assert {"taken_back", "kept", "seal_is_whole.unknown", "seal", "box_stays"} <= {*answer["codes"]}
    assert answer["pages"] == [
        "index",
        "recalls.batch-2024-01-01",
        "recalls.batch-2025-01-01",
        "recalls.batch-2024-01-01-2025-01-01",
    ]


def test_the_service_decides_it(run: Run) -> None:
    """A dry run, and its schema in the service's description."""
    answer = run(
        """
        import tempfile
        from litestar.testing import TestClient
        from adjudicator.service.app import create_app
        from adjudicator.service.settings import Settings
        from adjudicator.store import Scope, open_store
        with tempfile.TemporaryDirectory() as folder:
            store = open_store(f"sqlite:///{folder}/record.db")
            token = store.api_keys.create("tests", Scope).token
            with TestClient(create_app(Settings(requests_per_minute=None), store)) as client:
                client.headers["Authorization"] = f"Bearer {token}"
                client.headers["Content-Type"] = "application/json"
                response = client.post("/v1/dry-runs", content=sys.argv[1])
                answer = {"status": response.status_code, "body": response.json()}
        """,
    )
    assert answer["status"] == 200, answer
    assert answer["body"]["boxes"][0] == {"box_id": "B1", "outcome": "taken_back"}
