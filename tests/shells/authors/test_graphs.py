"""The commands ``show --plan`` and ``show --graph``: how an edition works, as code, as a graph and as a picture."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from itertools import combinations
from typing import Final

import attrs
import pytest

from adjudicator.cli import main
from adjudicator.engine.policy import Edition
from adjudicator.engine.registry import editions, policies
from adjudicator.rulebook import drawing
from adjudicator.rulebook.graph import graph_of
from adjudicator.rulebook.graph_picture import graph_picture
from adjudicator.words import LANGUAGES, words_for

# show --plan


def test_the_plan_of_an_edition_is_shown(capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    """Every clause is called in it, and every function of the money and of the remarks."""
    assert main(["show", "douyin_global.damage", "--plan"]) == 0
    shown = capsysbinary.readouterr().out.decode()
    assert shown.startswith("# the plan of douyin_global.damage 2022-03-15, revision ")
    edition = policies()["douyin_global.damage"][-1]
    assert edition.grants is not None
    money = [function.__name__ for function in edition.grants.functions()]
    for name in (*[clause.name for clause in edition.clauses], *money, *edition.remark_names):
        assert f" = call_{name}(" in shown


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
