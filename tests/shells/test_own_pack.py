"""A user's pack in its own distribution: built, installed beside ours, found, and equal to the shipped ones.

Also the messages if a pack cannot be loaded, or if there is none at all.

The packs are ``docs/examples/lantern`` and ``docs/examples/flight_compensation``, which decides no claims. pip installs them into an
empty folder next to this project, all from their wheels.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]  # it ships no types

import warm
from adjudicator.engine.registry import GROUP
from test_packaging import ROOT, built, wheel_of_the_project

PACK = ROOT / "docs" / "examples" / "lantern"
LATE = PACK / "lantern_promises" / "examples" / "a-day-late.json"
ON_ITS_WAY = PACK / "lantern_promises" / "examples" / "still-on-its-way.json"
POLICY = "lantern.late_delivery"
FLIGHTS = ROOT / "docs" / "examples" / "flight_compensation"
CANCELLED = FLIGHTS / "flight_rights" / "examples" / "cancelled-the-week-before.json"

Program = Callable[..., str]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the wheels installed by pip, and nothing else."""
    folder = tmp_path_factory.mktemp("site")
    own = [built(source, "wheel", tmp_path_factory.mktemp("wheel")) for source in (PACK, FLIGHTS)]
    wheels = [str(each) for each in (wheel_of_the_project(tmp_path_factory), *own)]
    pip = (sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check")
    offline = ("--no-index", "--no-deps", "--no-compile", "--target", str(folder))
    subprocess.run([*pip, *offline, *wheels], check=True, capture_output=True, timeout=120)
    return folder


def environment(site: Path, beside: str = "") -> dict[str, str]:
    """An environment in which the folder and what is beside it come first on the path, outside this tree."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "PYTEST", "LC_"))}
    return kept | {"PYTHONPATH": os.pathsep.join(filter(None, (str(site), beside))), "LANG": "C.UTF-8"}


def started(site: Path, beside: str, *command: str) -> subprocess.CompletedProcess[str]:
    """Start a program in that environment."""
    return subprocess.run(
        [sys.executable, *command],
        cwd=site,
        env=environment(site, beside),
        check=False,
        capture_output=True,
        text=True,
        timeout=120,
    )


def run(site: Path, *command: str) -> str:
    """The output of a program that must end well."""
    done = started(site, "", *command)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def installed(site: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A server of programs that have imported the packages in the folder."""
    with warm.serving(environment={"PYTHONPATH": str(site)}) as server:
        yield server.programs_in(tmp_path_factory.mktemp("programs") / "bin")


def ended_well(site: Path, *command: str | Path) -> str:
    """The output of one of these programs, which must end well."""
    done = subprocess.run(
        command, cwd=site, env=environment(site), check=False, capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def adjudicator(site: Path, installed: Path) -> Program:
    """The installed command."""
    return partial(ended_well, site, installed / "adjudicator")


@pytest.fixture(scope="module")
def python(site: Path, installed: Path) -> Program:
    """A Python for which the folder comes first on the path."""
    return partial(ended_well, site, installed / "python")


def is_valid(document: Any, schema: dict[str, Any]) -> bool:
    """Whether a document is valid under a schema."""
    Draft202012Validator.check_schema(schema)
    return bool(Draft202012Validator(schema).is_valid(document))


def test_it_is_found_beside_ours_by_its_entry_point(adjudicator: Program, site: Path) -> None:
    found = {each["policy"]: each for each in json.loads(adjudicator("policies", "--format", "json"))}
    assert found[POLICY]["in_force_from"] == "2024-03-01"
    assert {"douyin_global.damage", "pinduoduo.virtual_arrival"} <= found.keys()
    where = "import adjudicator, lantern_promises as l; print(adjudicator.__file__, l.__file__)"
    assert run(site, "-c", where).split() == [
        str(site / "adjudicator" / "__init__.py"),
        str(site / "lantern_promises" / "__init__.py"),
    ]


def test_its_cases_are_decided(adjudicator: Program) -> None:
    """A tenth of 199.01, rounded up; the arrival of a parcel on its way is not guessed."""
    late: dict[str, Any] = json.loads(adjudicator("decide", LATE, "--format", "json"))
    assert (late["outcome"], late["total"]) == ("approved", 1991)
    assert [(each["clause"], each["cites"], each["effect"]) for each in late["findings"]] == [
        ("filed_by_the_buyer", ["LN.1(1)"], "supports"),
        ("filed_in_time", ["LN.1(2)"], "supports"),
        ("came_late", ["LN.1(3)"], "supports"),
        ("goods_are_alcohol", ["LN.1(4)"], "supports"),
    ]
    waiting = json.loads(adjudicator("decide", ON_ITS_WAY, "--format", "json"))
    assert [(each["to"], each["need"]) for each in waiting["requests"]] == [("carrier", "signing_time")]


@pytest.mark.parametrize(
    ("locale", "expected"),
    [
        ("zh-CN", ("灯笼家居晚到赔付承诺", "晚到件数所占金额的十分之一，向上取整。", "人民币 19.91 元")),
        ("zh-HK", ("燈籠家居晚到賠付承諾", "晚到件數所佔金額的十分之一，向上取整。")),
        ("en", ("Lantern's late delivery promise", "A tenth of the late units' share", "CNY 19.91")),
    ],
)
def test_it_is_explained_in_its_own_words(adjudicator: Program, locale: str, expected: tuple[str, ...]) -> None:
    letter = adjudicator("explain", LATE, "--locale", locale)
    assert [each for each in expected if each not in letter] == []


def test_its_cases_are_checked_before_they_are_decided(adjudicator: Program) -> None:
    checked = json.loads(adjudicator("check", ON_ITS_WAY, "--format", "json"))
    assert [each["need"] for each in checked["requests"]] == ["signing_time"]


def test_what_would_change_the_outcome_is_shown(adjudicator: Program) -> None:
    answer = json.loads(adjudicator("whatif", ON_ITS_WAY, "--format", "json"))
    assert {each["outcome"] for each in answer["alternatives"]} >= {"approved", "denied"}


def test_its_cases_and_decisions_have_a_schema(adjudicator: Program) -> None:
    case = json.loads(adjudicator("schema", "case", "--policy", POLICY))
    assert is_valid(json.loads(LATE.read_text("utf-8")), case)
    assert not is_valid(json.loads(LATE.read_text("utf-8")) | {"policy": "lantern.early_delivery"}, case)
    decided = json.loads(adjudicator("decide", LATE, "--format", "json"))
    assert is_valid(decided, json.loads(adjudicator("schema", "decision", "--policy", POLICY)))


def test_its_page_of_the_handbook_shows_its_code_and_its_examples(adjudicator: Program, tmp_path: Path) -> None:
    adjudicator("handbook", "--out", tmp_path / "book", "--policy", POLICY, "--format", "markdown", "--locale", "zh-CN")
    pages = "\n".join(page.read_text("utf-8") for page in (tmp_path / "book").rglob("*.md"))
    for found in ("灯笼家居晚到赔付承诺", "signing > promised_by", "第十一日才签收的台灯"):
        assert found in pages


def test_its_own_tests_run_our_laws_over_it(python: Program) -> None:
    """As its author runs them, but with the installed wheels."""
    output = python("-m", "pytest", "-q", "-p", "no:cacheprovider", f"--rootdir={PACK}", str(PACK))
    assert " passed" in output


# A pack of another domain, whose cases pay money and are no claims


def test_a_flight_is_decided_from_the_wheel_to_the_letter(adjudicator: Program) -> None:
    """With its own parties, numbers and clocks, and in its own currency."""
    decided = json.loads(adjudicator("decide", CANCELLED, "--format", "json"))
    assert (decided["outcome"], decided["total"], decided["currency"]) == ("entitled", 20000, "EUR")
    assert is_valid(decided, json.loads(adjudicator("schema", "decision", "--policy", "eu.flight_compensation")))
    letter = adjudicator("explain", CANCELLED)
    for found in (
        "09:00 (GMT+02:00)",
        "You will receive EUR 200.00.",
        "1. EUR 400.00: EUR 250 up to 1,500 km",
        "Art. 3(2)",
    ):
        assert found in letter
    notice = adjudicator("explain", CANCELLED, "--voice", "merchant")
    assert "Notice to the airline" in notice
    assert "Please pay the passenger EUR 200.00." in notice
    assert adjudicator("explain", CANCELLED, "--voice", "passenger") == letter
    assert adjudicator("explain", CANCELLED, "--voice", "carrier") == notice


def test_alternatives_for_a_flight_are_shown(adjudicator: Program) -> None:
    """The change is a fact of the case: with notice by 7 June in Lisbon, there would be no compensation."""
    alternatives = json.loads(adjudicator("whatif", CANCELLED, "--format", "json"))["alternatives"]
    (notice,) = (each for each in alternatives if each["changes"][0]["pointer"] == "/informed_at")
    assert (notice["outcome"], notice["total"]) == ("not_entitled", 0)
    assert notice["changes"][0]["to"] == "2024-06-08T06:59:59+08:00"


def test_the_record_keeps_a_flight_and_pays_it_once(python: Program) -> None:
    """A second case on the same passenger and flight includes what was reserved."""
    output = python(
        "-c",
        """
import json, sys
from pathlib import Path
from adjudicator.store import open_store
store = open_store("sqlite:///flights.db")
case = Path(sys.argv[1]).read_text("utf-8")
recorded = store.decide(case)
assert store.rerun(recorded.id).agrees
print([payout.amount for payout in store.reserve(recorded.id)])
again = store.decide(json.dumps({**json.loads(case), "id": "filed-again"}), fill_settlements=True)
print(json.loads(again.decision)["awards"])
""",
        str(CANCELLED),
    )
    assert output.splitlines() == ["[20000]", "[]"]


def test_the_tests_of_the_flights_run_on_the_installed_wheel(python: Program) -> None:
    """The table of cases, and the laws for any pack."""
    output = python(
        "-m",
        "pytest",
        "-q",
        "-p",
        "no:cacheprovider",
        f"--rootdir={FLIGHTS}",
        "-c",
        str(FLIGHTS / "pyproject.toml"),
        str(FLIGHTS),
    )
    assert " passed" in output


# A pack that cannot be loaded


def test_the_command_says_in_one_line_which_pack_cannot_be_loaded(site: Path, tmp_path: Path) -> None:
    """And decides nothing with it."""
    (tmp_path / "lamps-1.dist-info").mkdir()
    (tmp_path / "lamps-1.dist-info" / "METADATA").write_text("Name: lamps\nVersion: 1\n", "utf-8")
    (tmp_path / "lamps-1.dist-info" / "entry_points.txt").write_text(f"[{GROUP}]\nlamp = lamps\n", "utf-8")
    done = started(site, str(tmp_path), str(site / "bin" / "adjudicator"), "decide", str(LATE))
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("adjudicator decide: the pack lamp (lamps) cannot be loaded: ")
    assert done.stderr.count("\n") == 1


# No pack at all


@pytest.fixture(scope="module")
def bare(site: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The engine installed without ``policies/``: no packs and no entry points."""
    folder = tmp_path_factory.mktemp("bare")
    shutil.copytree(site / "adjudicator", folder / "adjudicator")
    (found,) = site.glob("claim_adjudicator-*.dist-info")
    kept = shutil.copytree(found, folder / found.name)
    points = (kept / "entry_points.txt").read_text("utf-8")
    (kept / "entry_points.txt").write_text(points.partition("[adjudicator.policies]")[0], "utf-8")
    return folder


COMMANDS: dict[tuple[str, ...], tuple[int, str]] = {
    ("policies",): (0, "No pack of policies is installed."),
    ("policies", "--locale", "zh-CN"): (0, "尚未安装任何规则包。"),
    ("policies", "--format", "json"): (0, "[]"),
    ("codes",): (0, "no pack of policies is installed"),
    ("codes", "--missing", "--po"): (0, "no pack of policies is installed"),
    ("lint", "lantern_promises"): (1, "there is no pack lantern_promises; no pack of policies is installed"),
    ("handbook", "--out", "book"): (0, "no pack of policies is installed"),
    ("show", POLICY): (1, f"there is no policy {POLICY}; no pack of policies is installed"),
    ("decide", str(LATE)): (2, "/policy: expected a policy, and no pack is installed that has one"),
    ("check", str(LATE)): (2, "/policy: expected a policy, and no pack is installed that has one"),
    ("whatif", str(LATE)): (2, "/policy: expected a policy, and no pack is installed that has one"),
    ("explain", str(LATE)): (2, "/policy: expected a policy, and no pack is installed that has one"),
    ("entitlements", str(LATE)): (2, "a policy for claims to ask, and no pack is installed that has one"),
    **{("schema", of): (0, '"not": {}') for of in ("case", "decision")},
    **{("schema", of): (0, '"properties"') for of in ("check", "difference", "inquiry", "entitlements", "what-if")},
}
"""The exit status and the output of each command if no pack is installed."""
WITHOUT_PACKS = """
import contextlib, io, json, sys
from adjudicator.cli import main
from adjudicator.engine.registry import policies

assert policies() == {}
for command in json.loads(sys.argv[1]):
    out = io.TextIOWrapper(io.BytesIO(), "utf-8", write_through=True)
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(out):
        status = main(command)
    print(json.dumps([status, out.buffer.getvalue().decode()]))
"""


@pytest.fixture(scope="module")
def said_without_packs(bare: Path) -> dict[tuple[str, ...], tuple[int, str]]:
    """The exit status and the output of each command if no pack is installed."""
    done = started(bare, "", "-c", WITHOUT_PACKS, json.dumps([*COMMANDS]))
    assert done.returncode == 0, done.stderr
    return {command: tuple(json.loads(line)) for command, line in zip(COMMANDS, done.stdout.splitlines(), strict=True)}


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: " ".join(command).partition(" /")[0])
def test_without_a_pack_every_command_works_or_says_so(
    said_without_packs: dict[tuple[str, ...], tuple[int, str]], command: tuple[str, ...]
) -> None:
    status, found = COMMANDS[command]
    assert said_without_packs[command][0] == status
    assert found in said_without_packs[command][1]


@pytest.mark.parametrize("of", ["case", "decision"])
def test_without_policies_the_schema_accepts_nothing(
    said_without_packs: dict[tuple[str, ...], tuple[int, str]], of: str
) -> None:
    schema = json.loads(said_without_packs["schema", of][1])
    assert "No policy pack is installed" in schema["description"]
    assert not is_valid(json.loads(LATE.read_text("utf-8")), schema)
