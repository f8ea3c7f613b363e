"""The report is one self-contained page, in three languages, and its tables add up."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise
from xml.etree.ElementTree import Element

import html5lib
import pytest

from adjudicator.comparison.blocks import Bar, Beside, Grid, Plot, Proof, Report, Text
from adjudicator.comparison.comparing import Rows
from adjudicator.comparison.estimates import estimates_of
from adjudicator.comparison.html import html_of
from adjudicator.comparison.plots import WIDTH, drawn, shortened
from adjudicator.comparison.report import report_of
from adjudicator.comparison.sides import Pair
from adjudicator.comparison.tally import CUTS, Tally
from adjudicator.words import LANGUAGES, tag_of

PROOFS = (
    Proof("the window is the same", "proved", "instants of 2000 to 2100"),
    Proof("<b>nothing</b> else changes", "refuted", None, '{"leak": false}'),
    Proof("no clause is implied", "unknown"),
)


def reported(pair: Pair, tally: Tally, language: str = "en") -> Report:
    """A report with all its sections."""
    return report_of(tally, pair, language, proofs=PROOFS, estimates=estimates_of(tally, 10_000))


def elements(document: Element) -> Iterator[tuple[str, Element]]:
    """All elements, with their names."""
    for each in document.iter():
        if isinstance(each.tag, str):
            yield each.tag, each


def parsed(report: Report) -> tuple[str, Element]:
    """The page and its elements, parsed strictly as XML."""
    text = "".join(html_of(report))
    document: Element = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parse(text)
    return text, document


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_is_valid_and_self_contained(language: str, pair: Pair, compared: tuple[Tally, Rows]) -> None:
    text, document = parsed(reported(pair, compared[0], language))
    assert document.get("lang") == tag_of(language)
    names = [name for name, _ in elements(document)]
    assert not {"script", "link", "img", "iframe", "object"} & set(names)
    assert set(re.findall(r"https?://[^\s\"'<]+", text)) <= {"http://www.w3.org/2000/svg"}
    assert not re.search(r"url\(|@import|\son\w+=", text)
    headings = [int(name[1]) for name in names if re.fullmatch(r"h[1-6]", name)]
    assert headings.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(headings))
    ids = [each.get("id") for _, each in elements(document) if each.get("id")]
    assert len(ids) == len(set(ids))


def test_every_plot_is_described_and_has_a_table_behind_it(pair: Pair, compared: tuple[Tally, Rows]) -> None:
    report = reported(pair, compared[0])
    for section in report.sections:
        for place, block in enumerate(section.blocks):
            if isinstance(block, Plot):
                table = section.blocks[place + 1]
                assert isinstance(table, Grid)
                numbers = "\n".join("\n".join(row) for row in table.rows)
                assert all(
                    bar.text in numbers or bar.text.lstrip("+−") in numbers or bar.value == 0 for bar in block.bars
                )
    _, document = parsed(report)
    plots = [each for name, each in elements(document) if name.rpartition("}")[2] == "svg"]
    assert len(plots) == sum(isinstance(block, Plot) for section in report.sections for block in section.blocks) > 5
    for plot in plots:
        labels = (plot.get("aria-labelledby") or "").split()
        assert {each.get("id") for each in plot.iter() if each.get("id")} == set(labels)
        assert plot.get("role") == "img"


def test_the_total_of_every_table_is_the_sum_of_its_rows(pair: Pair, compared: tuple[Tally, Rows]) -> None:
    """As a reader would check it, from the text."""
    checked = 0
    for section in reported(pair, compared[0]).sections:
        for block in section.blocks:
            if isinstance(block, Grid) and block.total:
                *rows, total = block.rows
                for column in range(block.labels, len(block.head)):
                    cells = [row[column] for row in rows]
                    if all(re.fullmatch(r"[\d,]+", cell) for cell in (*cells, total[column])):
                        checked += 1
                        assert sum(int(cell.replace(",", "")) for cell in cells) == int(total[column].replace(",", ""))
    assert checked > 20


def test_examples_are_side_by_side_without_personal_data(pair: Pair, compared: tuple[Tally, Rows]) -> None:
    blocks = [block for section in reported(pair, compared[0]).sections for block in section.blocks]
    examples = [block for block in blocks if isinstance(block, Beside)]
    assert len(examples) == sum(map(len, compared[0].samples.values())) > 3
    assert all((block.before[0], block.after[0]) == ("in force", "gentler") for block in examples)
    assert any(block.before[1] != block.after[1] for block in examples)
    text = "".join(html_of(reported(pair, compared[0])))
    assert not re.search(r"claimant_id|SF\d{12}|tomas|若溪", text)


def test_proofs_have_a_section_and_a_search_is_not_called_one(pair: Pair, compared: tuple[Tally, Rows]) -> None:
    text = "".join(html_of(reported(pair, compared[0])))
    assert "instants of 2000 to 2100" in text
    assert "&lt;b&gt;nothing&lt;/b&gt; else changes" in text
    assert "A search that found nothing is no proof." in text
    assert "It is about the clauses and their effects; amounts and units are not proved." in text
    without = report_of(compared[0], pair, "en")
    (section,) = [each for each in without.sections if each.heading == "What is proved"]
    assert section.blocks == (Text("No proofs were asked for."),)


@pytest.mark.parametrize("language", [each for each in LANGUAGES if each != "en"])
def test_a_chinese_report_has_chinese_headings_and_no_code_for_a_word(
    language: str, pair: Pair, compared: tuple[Tally, Rows]
) -> None:
    report = reported(pair, compared[0], language)
    texts = [section.heading for section in report.sections]
    texts += [cell for s in report.sections for b in s.blocks if isinstance(b, Grid) for cell in b.head if cell]
    texts += [block.text for section in report.sections for block in section.blocks if isinstance(block, Text)]
    assert [text for text in texts if not re.search(r"[\u4e00-\u9fff]", text)] == []


def test_every_cut_in_the_input_has_its_section(pair: Pair, compared: tuple[Tally, Rows]) -> None:
    headings = {section.heading for section in reported(pair, compared[0]).sections}
    named = {"Clauses that flipped", "By merchant", "By category", "By market", "By month"}
    assert named <= headings
    assert len(CUTS) == 7
    hidden = report_of(compared[0], pair, "en", uncut=("merchant",))
    assert "By merchant" not in {section.heading for section in hidden.sections}


def test_bars_to_both_sides_stay_within_the_plot() -> None:
    svg = drawn(Plot("Change", (Bar("a & b", -50, "−50"), Bar("c", 200, "+200"), Bar("d", 0, "0"))), "plot")
    bars = re.findall(r'<rect x="([\d.]+)" y="[\d.]+" width="([\d.]+)"', svg)
    assert len(bars) == 3
    assert all(float(left) >= 0 and float(left) + float(width) <= WIDTH + 0.5 for left, width in bars)
    lengths = [float(width) for _, width in bars]
    assert lengths[1] == pytest.approx(4 * lengths[0], abs=0.5)
    assert "a &amp; b" in svg
    assert shortened("short", 300) == "short"
    assert shortened("x" * 100, 100).endswith("…")
    assert len(shortened("x" * 100, 100)) < 20
