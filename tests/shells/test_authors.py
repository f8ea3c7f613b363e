"""Tools for authors: a new pack that passes its own tests, tables that pytest runs, and lint."""

from __future__ import annotations

import ast
import datetime as dt
import json
import os
import subprocess
import sys
import tomllib
import xml.etree.ElementTree as ET
from collections.abc import Callable
from importlib.metadata import entry_points
from itertools import combinations
from pathlib import Path
from typing import Any, Final

import attrs
import pytest

import adjudicator.engine.registry
from adjudicator.cli import main
from adjudicator.cli.commands.new_pack import FILES
from adjudicator.engine.policy import Edition
from adjudicator.engine.registry import GROUP, editions, policies
from adjudicator.kinds.claim import CLAIMS
from adjudicator.model.decision import Decision
from adjudicator.model.facts import Ask, Disputed, Failed, Holds, NotCovered, Open, Repairable
from adjudicator.model.soundness import CaseBase
from adjudicator.model.time import Instant, Window, within_days
from adjudicator.rulebook import drawing
from adjudicator.rulebook.codes import codes_without_words
from adjudicator.rulebook.graph import graph_of
from adjudicator.rulebook.graph_picture import graph_picture
from adjudicator.rulebook.lint import LintFault, faults_of
from adjudicator.rulebook.missing import missing_words
from adjudicator.testing import applicable_laws, clause_coverage, pack_tests, variations
from adjudicator.testing.stash import CLAUSES_SEEN
from adjudicator.wire.codec import case_from
from adjudicator.words import LANGUAGES, words_for
from admissions import IN_ORDER

ROOT: Final = Path(__file__).parents[2]
NAME: Final = "lamp_shop"
(PINDUODUO,) = entry_points(group=GROUP, name="pinduoduo")


@pytest.fixture(autouse=True)
def _in_english(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Compare messages in English, and write files to a temporary folder."""
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    monkeypatch.chdir(tmp_path)


# new-pack


@pytest.fixture(scope="module")
def pack(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A new pack, importable from its folder as if it were installed."""
    folder = tmp_path_factory.mktemp("new") / "pack"
    assert main(["new-pack", NAME, "--out", str(folder)]) == 0
    project: dict[str, Any] = tomllib.loads((folder / "pyproject.toml").read_text("utf-8"))["project"]
    installed = folder / f"{NAME}-{project['version']}.dist-info"
    installed.mkdir()
    (installed / "METADATA").write_text(f"Name: {project['name']}\nVersion: {project['version']}\n", "utf-8")
    ((group, points),) = project["entry-points"].items()
    lines = [f"[{group}]", *(f"{name} = {value}" for name, value in points.items())]
    (installed / "entry_points.txt").write_text("\n".join(lines), "utf-8")
    return folder


Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def run(pack: Path, programs: Path) -> Run:
    """Run a program that finds the pack, in the pack's folder."""

    def run(program: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        environment = {name: value for name, value in os.environ.items() if name != "PYTEST_ADDOPTS"}
        return subprocess.run(
            [programs / program, *arguments],
            cwd=pack,
            env=environment | {"PYTHONPATH": os.pathsep.join([str(pack), *sys.path]), "LC_ALL": "C.UTF-8"},
            check=False,
            capture_output=True,
            text=True,
            timeout=300,
        )

    return run


def test_a_new_pack_decides_cases_and_is_complete(run: Run) -> None:
    """``docs/testing-a-pack.md``, which the tests execute, shows that it passes its own tests."""
    decided = run("adjudicator", "decide", f"{NAME}/examples/within-seven-days.json", "--format", "json")
    assert (json.loads(decided.stdout)["outcome"], json.loads(decided.stdout)["total"]) == ("approved", 25900)
    linted = run("adjudicator", "lint", NAME)
    assert (linted.returncode, linted.stdout) == (0, f"No faults in {NAME}.returns 2024-01-01.\n")


def test_a_row_decided_differently_is_explained_to_a_lawyer(pack: Path, run: Run) -> None:
    """No traceback, but the expected and the actual result, and the decisive clause with its facts."""
    (pack / "wrong.cases.csv").write_text(
        f"name,case,category,outcome\nfood comes back,{NAME}/examples/within-seven-days.json,food,approved\n", "utf-8"
    )
    try:
        done = run("python", "-m", "pytest", "-q", "-p", "no:cacheprovider", "wrong.cases.csv")
    finally:
        (pack / "wrong.cases.csv").unlink()
    assert done.returncode == 1
    for found in (
        "wrong.cases.csv, row 1: food comes back",
        "outcome: expected approved, got denied",
        "RP.1(3) goods_are_food speaks against L1",
        "Food and milk powder cannot be returned.",
        "category: food",
    ):
        assert found in done.stdout
    assert "Traceback" not in done.stdout
    assert "plugin.py" not in done.stdout


def test_a_bad_table_is_an_error_without_a_traceback(pack: Path, run: Run) -> None:
    (pack / "bad.cases.yaml").write_text(
        f"case: {NAME}/examples/within-seven-days.json\nrows: [{{name: a, facts: {{categroy: food}}, outcome: denied}}]\n"
    )
    try:
        done = run("python", "-m", "pytest", "-q", "-p", "no:cacheprovider", "bad.cases.yaml")
    finally:
        (pack / "bad.cases.yaml").unlink()
    assert done.returncode == 2
    assert "bad.cases.yaml, row 1, column categroy: there is no such fact" in done.stdout
    assert "plugin.py" not in done.stdout


def test_a_new_pack_is_written_in_the_words_of_rules(pack: Path) -> None:
    """It uses the functions of the vocabulary instead of building their values by hand, and declares its text."""
    written = (pack / NAME / "returns.py").read_text("utf-8")
    tree = ast.parse(written)
    imported = {each.name for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) for each in node.names}
    assert {"missing", "share", "still_due", "within_days", "Established"} <= imported
    assert not imported & {each.__name__ for each in (Open, Ask, Failed, Holds, Repairable, Disputed, NotCovered)}
    assert 'sentences=("RP.1(1)", "RP.1(2)", "RP.1(3)", "RP.1(4)")' in written


def test_every_template_is_used() -> None:
    templates = ROOT / "adjudicator" / "cli" / "new_pack"
    kept = {path.relative_to(templates).as_posix() for path in templates.rglob("*.txt")}
    assert kept == {f"{source}.txt" for source in FILES}


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("lamp-shop", "lamp-shop is no name for a pack"),
        ("class", "class is no name for a pack"),
        ("Lamps", "Lamps is no name for a pack"),
        ("douyin_global", "douyin_global is taken: a pack of that name is installed"),
        ("json", "json is taken: Python imports something else under that name"),
    ],
)
def test_an_invalid_name_is_refused(name: str, expected: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["new-pack", name]) == 2
    assert expected in capsys.readouterr().err
    assert not [*Path().iterdir()]


@pytest.mark.parametrize("is_a_file", [True, False])
def test_existing_files_are_not_changed(is_a_file: bool, capsys: pytest.CaptureFixture[str]) -> None:
    kept = Path(NAME) if is_a_file else Path(NAME) / "note.txt"
    kept.parent.mkdir(exist_ok=True)
    kept.write_text("mine", "utf-8")
    assert main(["new-pack", NAME]) == 2
    assert f"{NAME} is not an empty folder, and stays as it is" in capsys.readouterr().err
    assert [path for path in Path().rglob("*") if path.is_file()] == [kept]


def test_an_empty_folder_is_filled() -> None:
    Path("here").mkdir()
    assert main(["new-pack", NAME, "--out", "here"]) == 0
    assert (Path("here") / NAME / "returns.py").is_file()


# lint


def lint(*arguments: str) -> int:
    return main(["lint", *arguments])


@pytest.mark.parametrize("edition", editions(), ids=lambda edition: f"{edition.policy}-{edition.name}")
def test_shipped_editions_have_texts_and_restatements(edition: Edition) -> None:
    assert not [*faults_of(edition)]


def without_words() -> Edition:
    """An edition of a policy without a title."""
    return attrs.evolve(policies()["douyin_global.damage"][-1], policy="test.nameless")


def a_bare_citation() -> bool:
    """DG.3."""
    return True


@pytest.fixture
def linted(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Replace the editions of the pack ``pinduoduo``."""

    def put(*held: Edition) -> None:
        monkeypatch.setattr(adjudicator.engine.registry, "editions_of", {PINDUODUO: held}.__getitem__)

    return put


def test_missing_words_and_examples_are_faults_with_a_place(
    linted: Callable[..., None], capsys: pytest.CaptureFixture[str]
) -> None:
    linted(without_words())
    assert lint("pinduoduo") == 1
    lines = capsys.readouterr().out.splitlines()
    source = policies()["douyin_global.damage"][-1].requires[-1].__code__.co_filename
    for language in ("en", "zh-Hans", "zh-Hant"):
        assert f"{source}:1: title.test.nameless has no words in {language}" in lines
    assert f"{source}:1: no file in examples/ is a case of test.nameless" in lines


def test_a_docstring_that_only_cites_is_a_fault_at_its_line(
    linted: Callable[..., None], capsys: pytest.CaptureFixture[str]
) -> None:
    damage = policies()["douyin_global.damage"][-1]
    linted(attrs.evolve(damage, requires=(a_bare_citation, *damage.requires)))
    assert lint("pinduoduo", "--format", "json") == 1
    faults = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    line = a_bare_citation.__code__.co_firstlineno
    message = "the docstring cites the rule and does not restate it"
    assert attrs.asdict(LintFault("a_bare_citation", __file__, line, message)) in faults


def a_window(filed_at: Instant) -> Window:
    """ZZ.1. It takes 7 days."""
    return within_days("filed_at", filed_at, 7)


def a_longer_window(filed_at: Instant) -> Window:
    """ZZ.1. It takes 9 days."""
    return within_days("filed_at", filed_at, 9)


def in_time(as_of: Instant, a_window: Window) -> bool:
    """ZZ.1. Decided within 7 days."""
    return as_of in a_window


def test_a_fault_of_one_edition_alone_names_it(
    linted: Callable[..., None], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The docstring of a kept clause says 7 days, which hold in the old edition and not in the new one."""
    first = Edition(
        policy="test.policy",
        article="ZZ.1",
        effective_from=dt.date(2022, 3, 15),
        case_kind=CLAIMS,
        facts=(a_window,),
        requires=(in_time,),
    )
    monkeypatch.setattr(a_longer_window, "__name__", "a_window")
    linted(first, first.amended(effective_from=dt.date(2023, 3, 15), replacing=(a_longer_window,)))
    assert lint("pinduoduo") == 1
    lines = [line for line in capsys.readouterr().out.splitlines() if "in_time" in line and "words" not in line]
    place = f"{__file__}:{in_time.__code__.co_firstlineno}"
    told = "its docstring says 7, but no code behind it holds that number, in edition 2023-03-15"
    assert lines == [f"{place}: in_time: {told}"]


def test_one_policy_can_be_linted_alone(capsys: pytest.CaptureFixture[str]) -> None:
    assert lint("douyin_global.damage") == 0
    assert capsys.readouterr().out == "No faults in douyin_global.damage 2022-03-15.\n"


def test_a_pack_that_is_not_installed_is_refused_with_those_that_are(capsys: pytest.CaptureFixture[str]) -> None:
    assert lint("lamps") == 2
    output = capsys.readouterr().err
    assert (
        "there is no pack and no policy lamps; there are: consumer_law, douyin_alliance, douyin_global, douyin_xingtu, pinduoduo, "
        in output
    )


# codes --missing


def test_missing_words_come_as_messages_to_fill_in() -> None:
    """With the texts in other languages, so a translator needs nothing else. Once filled in, nothing is missing."""
    edition = attrs.evolve(without_words(), requires=(a_bare_citation, *without_words().requires))
    text = missing_words([edition], "zh_Hant")
    assert 'msgid "title.test.nameless"\nmsgstr ""' in text
    assert {line[7:-1] for line in text.splitlines() if line.startswith("msgid")} == {
        *codes_without_words(edition, "zh_Hant")
    }
    assert 'msgid ""' not in text, "a part of a file has no header"


def test_a_message_names_what_the_docstring_says() -> None:
    def goods_are_alcohol() -> bool:
        """DG.3. Alcohol is not returned.

        酒类不退。
        """
        return False

    damage = policies()["douyin_global.damage"][-1]
    text = missing_words([attrs.evolve(damage, barred_by=(goods_are_alcohol, *damage.barred_by))], "zh_Hant")
    assert '#. en: Alcohol is not returned.\n#. zh-Hans: 酒类不退。\nmsgid "rule.' in text


@pytest.mark.parametrize("arguments", [(), ("pinduoduo",), ("douyin_global.damage", "--po")])
def test_no_texts_of_shipped_editions_are_missing(
    arguments: tuple[str, ...], capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    for language in LANGUAGES:
        assert main(["codes", *arguments, "--missing", "--locale", language.replace("_", "-")]) == 0
        assert capsysbinary.readouterr().out == b""


def test_missing_codes_are_listed_one_a_line(
    linted: Callable[..., None], capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    linted(without_words())
    assert main(["codes", "pinduoduo", "--missing"]) == 0
    assert b"title.test.nameless" in capsysbinary.readouterr().out.splitlines()


def test_a_part_of_a_gettext_file_holds_only_what_is_missing(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["codes", "--po"]) == 2
    assert "--po needs --missing" in capsys.readouterr().err


# show --plan


def test_the_plan_of_an_edition_is_shown(capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    """Every clause is called in it, for the remarks as well."""
    assert main(["show", "douyin_global.damage", "--plan"]) == 0
    shown = capsysbinary.readouterr().out.decode()
    assert shown.startswith("# the plan of douyin_global.damage 2022-03-15, revision ")
    assert shown.count("def plan(facts):") == 2
    assert all(f" = call_{clause.name}(" in shown for clause in policies()["douyin_global.damage"][-1].clauses)


# show --graph


def test_the_graph_of_a_policy_has_an_arrow_for_each_parameter(
    capsysbinary: pytest.CaptureFixture[bytes],
) -> None:
    assert main(["show", "douyin_global.damage", "--graph"]) == 0
    lines = capsysbinary.readouterr().out.decode().splitlines()
    (edition,) = policies()["douyin_global.damage"]
    arrows = [f'  "{param}" -> "{node.name}";' for node in edition.nodes.values() for param in node.params]
    assert [line for line in lines if "->" in line] == arrows
    drawn = [line.split()[0].strip('"') for line in lines[3:] if "[" in line]
    assert {*drawn} == {*edition.nodes, *(param for node in edition.nodes.values() for param in node.params)}
    assert len(drawn) == len({*drawn})
    assert (lines[0], lines[-1]) == ('digraph "douyin_global.damage 2022-03-15" {', "}")


def test_the_graph_distinguishes_clauses_facts_and_payments() -> None:
    (edition,) = policies()["douyin_global.authenticity"]
    shapes = {line.split()[0].strip('"'): line for line in graph_of(edition) if "[" in line}
    assert "shape=ellipse" in shapes["filed_at"]
    assert "style=bold," in shapes[edition.requires[0].__name__]
    assert 'style="bold,dashed"' in shapes[edition.barred_by[0].__name__]
    assert "shape=box" in shapes[edition.facts[0].__name__]
    assert edition.grants is not None
    assert all("shape=hexagon" in shapes[each.__name__] for each in edition.grants.functions())


@pytest.mark.parametrize("edition", editions(), ids=lambda edition: edition.policy)
def test_the_picture_of_a_policy_shows_every_function_fact_and_outcome(edition: Edition) -> None:
    """Each once in a box; no boxes overlap, every text is within its box, and every dependency has a line."""
    for language in LANGUAGES:
        words = words_for(edition, language)
        picture = ET.fromstring(graph_picture(edition, words, "graph"))
        boxes = [each for each in picture.iter(f"{SVG}rect") if "data-name" in each.attrib]
        asked = [(param, node.name) for node in edition.nodes.values() for param in dict.fromkeys(node.params)]
        facts = {*edition.case_kind.glossary.facts, *edition.settings}
        outcomes = [f"outcome {each}" for each in edition.case_kind.outcomes]
        shown = [each.attrib["data-name"] for each in boxes]
        assert sorted(shown) == sorted([*edition.nodes, *({param for param, _ in asked} & facts), *outcomes])
        arrows = [each for each in picture.iter(f"{SVG}path") if "marker-end" in each.attrib]
        assert len(arrows) == len([param for param, _ in asked if param in {*facts, *edition.nodes}]) + 1
        assert not overlaps([frame_of(each) for each in boxes])
        found = "".join("".join(each.itertext()) for each in picture.iter(f"{SVG}text")).replace(" ", "")
        assert all(name in found for name in edition.nodes)
        assert_text_is_framed(picture, [frame_of(each) for each in boxes])


def one_is_claimed(quantity_claimed: int) -> bool:
    """DG.3. One unit is claimed."""
    return quantity_claimed == 1


def test_a_function_that_an_edition_names_twice_is_shown_in_one_place() -> None:
    """A clause that is also a remark, and a fact that is also one."""
    (edition,) = policies()["douyin_global.damage"]
    facts = (*edition.facts, one_is_claimed)
    twice = attrs.evolve(edition, facts=facts, remarks=(edition.requires[0], one_is_claimed))
    picture = ET.fromstring(graph_picture(twice, words_for(twice, "en"), "graph"))
    names = [each.attrib["data-name"] for each in picture.iter(f"{SVG}rect") if "data-name" in each.attrib]
    assert len(names) == len({*names})


def test_the_picture_of_a_policy_says_the_same_in_words() -> None:
    """In its description, for readers who cannot see it. It is the same in every run."""
    (edition,) = policies()["douyin_global.damage"]
    words = words_for(edition, "en")
    drawn = graph_picture(edition, words, "graph")
    assert graph_picture(edition, words, "graph") == drawn
    picture = ET.fromstring(drawn)
    assert picture.attrib["aria-labelledby"] == "graph-title graph-description"
    assert picture.findtext(f"{SVG}title") == "What rests on what"
    lines = (picture.findtext(f"{SVG}desc") or "").splitlines()
    assert len(lines) == len(edition.nodes)
    assert "damage_window rests on the category of the goods and signing." in lines


SVG: Final = "{http://www.w3.org/2000/svg}"


def frame_of(box: ET.Element) -> tuple[float, float, float, float]:
    """The left, top, right and bottom of a box."""
    left, top, width, height = (float(box.attrib[each]) for each in ("x", "y", "width", "height"))
    return left, top, left + width, top + height


def overlaps(frames: list[tuple[float, float, float, float]]) -> bool:
    return any(
        one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]
        for one, other in combinations(frames, 2)
    )


def assert_text_is_framed(picture: ET.Element, frames: list[tuple[float, float, float, float]]) -> None:
    """Every text except headings starts in a box and, by estimated width, ends in it."""
    for each in picture.iter(f"{SVG}text"):
        left, base = float(each.attrib["x"]), float(each.attrib["y"])
        right = left + drawing.width(each.text or "", float(each.attrib.get("font-size", drawing.SIZE)))
        framed = any(one[0] < left and right <= one[2] and one[1] < base < one[3] for one in frames)
        assert framed or each.attrib.get("font-weight") == "bold", each.text


def test_a_picture_is_written_as_a_file_of_its_own(capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    assert main(["show", "douyin_alliance.admission", "--graph", "--format", "svg", "--locale", "zh-CN"]) == 0
    picture = ET.fromstring(capsysbinary.readouterr().out)
    assert picture.findtext(f"{SVG}title") == "规则结构图"
    assert "color-scheme: light dark" in picture.attrib["style"]
    assert main(["show", "douyin_alliance.admission", "--graph", "--format", "dot"]) == 0
    assert capsysbinary.readouterr().out.startswith(b"digraph")


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (("--plan", "--graph"), "--plan is text, without --graph"),
        (("--plan", "--format", "json"), "--plan is text, without --graph"),
        (("--format", "svg"), "--format svg needs --graph"),
        (("--graph", "--format", "json"), "--graph is written as dot"),
    ],
)
def test_a_graph_and_a_page_have_forms_of_their_own(
    arguments: tuple[str, ...], expected: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["show", "douyin_alliance.admission", *arguments]) == 2
    assert expected in capsys.readouterr().err


# Clause coverage and laws for any pack


def test_clause_coverage_names_missing_and_impossible_effects() -> None:
    edition = policies()["douyin_global.local_return"][-1]
    possible = clause_coverage.possible_sights(edition)
    clause = edition.clauses[0].name
    assert clause_coverage.coverage_faults(edition, possible) == []
    assert clause_coverage.coverage_faults(edition, possible - {(clause, "decisive")}) == [
        f"{clause}, decisive: never seen"
    ]
    assert clause_coverage.coverage_faults(edition, possible, {(clause, "undecided")}) == [
        f"{clause}, undecided: seen, but said to be impossible"
    ]


def test_laws_of_money_are_for_editions_that_award_it() -> None:
    def names(policy: str) -> set[str]:
        return {applicable_laws.law_name(law) for law in applicable_laws.laws_of(policies()[policy][-1])}

    assert {"never_a_guess", "paying_settles", "findings_are_complete"} <= names("douyin_global.damage")
    assert "never_a_guess" not in names("douyin_alliance.admission")
    assert {"survives_json", "findings_are_complete"} <= names("douyin_alliance.admission")


ADMISSION: Final = "douyin_alliance.admission"
HELD: Final[list[str]] = []


def holds(case: CaseBase, *, decide: Callable[[Any], Decision]) -> None:
    """A law of a pack's own."""
    HELD.append(str(decide(case).outcome))


def test_laws_of_another_kind_of_case_use_the_cases_that_you_pass() -> None:
    HELD.clear()
    (edition,) = policies()[ADMISSION]
    of_admission = {ADMISSION: variations(IN_ORDER, {"/shop/shop_score": ["4.0"]}).map(case_from)}
    test = pack_tests.laws([edition], cases=of_admission, besides=[holds], max_examples=20)
    test(edition, holds)
    assert {*HELD} == {"admitted", "refused"}
    with pytest.raises(TypeError, match=r"douyin_alliance\.admission decides no claims: pass cases="):
        pack_tests.laws([edition])(edition, holds)


def test_a_test_of_clauses_names_each_missing_effect(request: pytest.FixtureRequest) -> None:
    (edition,) = policies()["douyin_global.local_return"]
    request.config.stash[CLAUSES_SEEN], kept = {}, request.config.stash[CLAUSES_SEEN]
    try:
        with pytest.raises(pytest.fail.Exception, match="parties_agreed, undecided: never seen"):
            pack_tests.clauses([edition], count=1)(edition, request)
        assert request.config.stash[CLAUSES_SEEN][edition.policy].keys() == {each.name for each in edition.clauses}
    finally:
        request.config.stash[CLAUSES_SEEN] = kept


def test_tests_of_words_and_examples_name_what_is_missing() -> None:
    nameless = without_words()
    with pytest.raises(pytest.fail.Exception, match=r"no words in zh-Hant for title\.test\.nameless"):
        pack_tests.words([nameless])(nameless, "zh_Hant")
    with pytest.raises(pytest.fail.Exception, match=r"no file in examples/ is a case of test\.nameless"):
        pack_tests.examples([nameless])("test.nameless")


def test_a_test_of_dates_notices_an_edition_that_does_not_govern() -> None:
    (edition,) = policies()["douyin_global.local_return"]
    pack_tests.dates([edition])()
    with pytest.raises(AssertionError, match=r"douyin_global\.local_return is governed at"):
        pack_tests.dates([attrs.evolve(edition)])()
