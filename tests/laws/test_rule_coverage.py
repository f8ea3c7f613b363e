"""Every numbered sentence of the rules is implemented by its article's edition, or left out for a stated reason."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

import pytest
from attrs import evolve

from adjudicator.engine.clause import PolicyError
from adjudicator.engine.policy import Edition
from adjudicator.engine.registry import editions
from conftest import Coverage

ROOT: Final = Path(__file__).parents[2]

SENTENCES: Final = {
    "DG.1": (
        "DG.1.1",
        *(f"DG.1.2({number})" for number in range(1, 4)),
        *(f"DG.1.3({number})" for number in range(1, 5)),
        "DG.1.4",
        *(f"DG.1.4({number})" for number in range(1, 6)),
    ),
    "DG.2": ("DG.2.1", "DG.2.2(1)", "DG.2.2(2)"),
    "DG.3": (
        "DG.3.1",
        *(f"DG.3.2({number})" for number in range(1, 4)),
        *(f"DG.3.3({number})" for number in range(1, 4)),
        *(f"DG.3.3(3)({letter})" for letter in "abc"),
    ),
    "CL.25": tuple(f"CL.25({number})" for number in range(1, 4)),
    "DA.1": (*(f"DA.1({number})" for number in range(1, 11)), "DA.1, closing remark"),
    "DA.2": tuple(f"DA.2({number})" for number in range(1, 6)),
    "DX.1; DX.2": (*(f"DX.1({number})" for number in range(1, 4)), *(f"DX.2({number})" for number in range(1, 6))),
    "PO": (
        "PO.0",
        "PO.1",
        *(f"PO.1({number})" for number in range(1, 6)),
        *(f"PO.2({number})" for number in range(1, 5)),
        *(f"PO.3({number})" for number in range(1, 6)),
        "PO, list of the gloss",
    ),
    "PV.1; PV.2; PV.5": ("PV.1", *(f"PV.2({number})" for number in range(1, 10)), "PV.5"),
    "PV.3": tuple(f"PV.3({number})" for number in range(1, 4)),
    "PV.4": ("PV.4",),
}
"""What the published texts say, sentence by sentence; DG.1.4 without a number after it is the right that it gives, PO.1 what
makes no difference."""

NUMBERED: Final = re.compile(r"\b(?:CL|DG|DA|DX|PO|PV)\.\d+(?:\.\d+)*(?:\([0-9a-z]+\))*")


def cited(edition: Edition) -> set[str]:
    """Everything that the functions of an edition cite, of any article."""
    return {citation for node in edition.nodes.values() for citation in node.citation.cites}


def wholes(sentence: str) -> set[str]:
    """A sentence and all it is part of: ``DG.3.3(3)(a)`` is in DG.3.3(3), DG.3.3 and DG.3."""
    parts = re.split(r"(?=[.(,])", sentence)
    return {"".join(parts[:length]) for length in range(2, len(parts) + 1)}


EXIST: Final = {whole for sentences in SENTENCES.values() for sentence in sentences for whole in wholes(sentence)}


def uncovered(edition: Edition) -> tuple[set[str], set[str]]:
    """The sentences of an edition's article that it neither implements nor leaves out, and cited ones that do not exist."""
    sentences = set(SENTENCES[edition.article])
    found = cited(edition) | edition.not_adjudicated.keys()
    return sentences - found, found - EXIST


@pytest.mark.parametrize("edition", editions(), ids=lambda edition: edition.policy)
def test_every_sentence_is_implemented_or_left_out_for_a_reason(edition: Edition, coverage: Coverage) -> None:
    sentences = SENTENCES[edition.article]
    coverage[f"{edition.policy}, edition {edition.name}"] = (
        [sentence for sentence in sentences if sentence in cited(edition)],
        [sentence for sentence in sentences if sentence in edition.not_adjudicated],
    )
    assert uncovered(edition) == (set(), set())
    assert not cited(edition) & edition.not_adjudicated.keys()


def test_every_article_has_its_edition() -> None:
    assert {edition.article for edition in editions()} == SENTENCES.keys()


@pytest.mark.parametrize("edition", editions(), ids=lambda edition: edition.policy)
def test_every_edition_declares_its_text_and_refuses_to_cite_another(edition: Edition) -> None:
    """It has all numbers of the text, and a function that cites another number is refused when the edition is created."""
    assert [*edition.sentences] == [*SENTENCES[edition.article]]

    def beyond() -> bool:
        return True

    number = f"{edition.article.partition('; ')[0]}{'' if '.' in edition.article else '.9'}(99)"
    beyond.__doc__ = f"{number}. There is no such sentence."
    with pytest.raises(PolicyError, match=r"beyond .* cites .*\(99\), which the text of .* does not have"):
        evolve(edition, facts=(*edition.facts, beyond))


@pytest.mark.parametrize("folder", ["policies", "adjudicator", "docs", "tests"])
def test_only_numbers_that_exist_are_cited(folder: str) -> None:
    """In all text: docstrings of helpers, comments, headings and prose as well."""
    files = sorted(path for kind in ("py", "md", "toml") for path in (ROOT / folder).rglob(f"*.{kind}"))
    texts = {path: path.read_text(encoding="utf-8") for path in files if path != Path(__file__)}
    found = {(path.name, number) for path, text in texts.items() for number in NUMBERED.findall(text)}
    assert found or folder == "adjudicator"
    assert not {(name, number) for name, number in found if number not in EXIST}


# The check fails when it should


def test_a_sentence_that_is_not_implemented_is_noticed() -> None:
    """Without a clause, or without the reason for leaving it out, its sentence is missing."""
    authenticity = next(edition for edition in editions() if edition.article == "DG.1")
    without_a_clause = evolve(
        authenticity,
        requires=tuple(each for each in authenticity.requires if each.__name__ != "against_a_global_merchant"),
    )
    assert uncovered(without_a_clause) == ({"DG.1.3(1)"}, set())
    assert uncovered(evolve(authenticity, not_adjudicated={})) == ({"DG.1.2(2)"}, set())


def test_a_number_that_does_not_exist_is_noticed() -> None:
    local_return = next(edition for edition in editions() if edition.article == "DG.2")
    assert uncovered(evolve(local_return, sentences=(), not_adjudicated={"DG.2.3": "there is none"})) == (
        set(),
        {"DG.2.3"},
    )


@pytest.mark.parametrize(
    ("sentence", "reason", "message"),
    [
        (
            "DG.2.2(2)",
            "who cares",
            r"DG\.2\.2\(2\) is not adjudicated, but .*against_a_global_merchant \(.*shared\.py:\d+\) cites it",
        ),
        (
            "DG.2.2",
            "who cares",
            r"DG\.2\.2 is not adjudicated, but .*against_a_global_merchant \(.*shared\.py:\d+\) cites it",
        ),
        ("DG.1.2(2)", "a route", r"DG\.1\.2\(2\) is not adjudicated, but it is no part of DG\.2"),
        ("DG.20", "a route", r"DG\.20 is not adjudicated, but it is no part of DG\.2"),
        ("DG.2.3", " ", r"DG\.2\.3 is not adjudicated, and no reason is given"),
    ],
)
def test_an_edition_that_contradicts_itself_is_refused(sentence: str, reason: str, message: str) -> None:
    """An implemented sentence cannot be left out, one of another article need not be, and a reason is required."""
    local_return = next(edition for edition in editions() if edition.article == "DG.2")
    with pytest.raises(PolicyError, match=message):
        evolve(local_return, sentences=(), not_adjudicated={sentence: reason})
