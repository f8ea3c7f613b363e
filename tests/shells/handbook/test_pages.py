"""The handbook says all that the editions say, in every language."""

from __future__ import annotations

import re
import sys
from importlib import import_module
from pathlib import Path
from typing import Any, Final

import pytest
from attrs import evolve
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from adjudicator import decide
from adjudicator.engine.policy import Edition
from adjudicator.engine.registry import policies
from adjudicator.rulebook.answers import answers_of
from adjudicator.rulebook.handbook import Book, handbook, redline
from adjudicator.rulebook.handbook.book import name_of
from adjudicator.rulebook.handbook.changelog import Aspect, Kind, Manner
from adjudicator.rulebook.handbook.coverage import key_of
from adjudicator.wire.codec import case_from
from adjudicator.words import TRADITIONAL_CHINESE, Words, rule_code, words_for
from documents import documents
from douyin_global.damage import EDITION as DAMAGE
from handbook.candidate import CANDIDATE, WITH_THE_CANDIDATE
from handbook.reading import for_every_edition, in_every_language, page_of, plain_page_of, read_all

ACME: Final = Path(__file__).parents[3] / "docs" / "examples" / "acme"


# The content of the pages


@for_every_edition
def test_every_function_and_fact_is_on_the_page_once(edition: Edition) -> None:
    """Clauses, judged facts, steps, remarks and settings, and each fact of the case that one of them reads."""
    found = read_all([[edition]], "en")[f"{name_of(edition)}.html"].places
    facts = {name for node in edition.nodes.values() for name in node.params} & edition.case_kind.glossary.facts.keys()
    names = {*edition.nodes, *edition.settings, *facts}
    assert {name: found[name] for name in names} == dict.fromkeys(names, 1)


@for_every_edition
def test_sentences_not_adjudicated_are_on_the_page_with_their_reasons(edition: Edition) -> None:
    """A redline shows a sentence that is newly left out."""
    text = read_all([[edition]], "en")[f"{name_of(edition)}.html"].text
    for sentence, reason in edition.not_adjudicated.items():
        assert f"{sentence} {words_for(edition, 'en').not_adjudicated(reason)}" in text
    nothing_left_out = redline(evolve(edition, not_adjudicated={}), edition).changes
    assert [(each.kind, each.name) for each in nothing_left_out] == [
        (Kind.NOT_ADJUDICATED, sentence) for sentence in edition.not_adjudicated
    ]


@for_every_edition
def test_the_code_on_the_page_is_the_code_that_decides(edition: Edition) -> None:
    """Each function is on the page exactly as in its file, with the helpers of its pack that it uses."""
    text = plain_page_of(edition).text
    for node in edition.nodes.values():
        module = Path(str(sys.modules[node.function.__module__].__file__)).read_text("utf-8")
        (shown,) = re.findall(rf"^```python\n(def {node.name}\(.*?)\n```$", text, re.MULTILINE | re.DOTALL)
        assert shown in module


def test_a_constant_and_a_helper_that_a_clause_uses_stand_on_its_page() -> None:
    """The hours for wine are in a constant, and still on the page."""
    found = read_all([[DAMAGE]], "en")[f"{name_of(DAMAGE)}.html"]
    assert {
        "douyin_global-damage-PERISHABLE",
        "douyin_global-damage_proof-shown_in_the_picture",
        "douyin_global-shared-units_paid",
    } <= {*found.places}
    assert "PERISHABLE = (Category.FOOD, Category.MILK_POWDER, Category.ALCOHOL)" in found.text


@in_every_language
def test_every_link_leads_somewhere_and_no_place_is_named_twice(language: str) -> None:
    """Within a page, and from page to page."""
    pages = read_all(WITH_THE_CANDIDATE[1:], language)
    for name, page in pages.items():
        assert [place for place, count in page.places.items() if count > 1] == [], name
        for link in page.links:
            target, _, place = link.partition("#")
            assert not place or pages[target or name].places[place] == 1, f"{name} links to {link}"
            assert (target or name) in pages, f"{name} links to {link}"


def holes(monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """The codes without a text that are requested from now on."""
    missing: set[str] = set()
    say = Words.say

    def noting(self: Words, code: str, **params: object) -> str:
        missing.update(() if code in self else (code,))
        return say(self, code, **params)

    monkeypatch.setattr(Words, "say", noting)
    return missing


@in_every_language
@for_every_edition
def test_every_page_has_all_texts(edition: Edition, language: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every code on a page has a text in its language."""
    missing = holes(monkeypatch)
    sightings = {
        key_of(edition): {
            each.name: dict.fromkeys(("supports", "defeats", "undecided", "decisive"), 0) for each in edition.clauses
        }
    }
    assert handbook([[edition]], Book(language=language, sightings=sightings))
    assert missing == set()


@in_every_language
def test_every_redline_has_all_texts(language: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """On the page of changes too, whatever changed."""
    missing = holes(monkeypatch)
    assert handbook([(DAMAGE, CANDIDATE)], Book(language=language))
    words = words_for(None, language)
    assert missing == set()
    for aspect in Aspect:
        assert aspect is Aspect.CODE or f"aspect.{aspect}" in words
    assert [
        each
        for each in (*(f"part.{kind}" for kind in Kind), *(f"manner.{each}" for each in Manner))
        if each not in words
    ] == []


@for_every_edition
def test_every_function_is_restated_in_every_language(edition: Edition) -> None:
    """Not only functions that decisions quote: the handbook also restates the judged facts."""
    traditional = words_for(edition, TRADITIONAL_CHINESE)
    for node in edition.nodes.values():
        assert node.citation.english
        assert node.citation.chinese, node.name
        assert rule_code(node) in traditional, node.name


def test_readings_are_linked_if_there_is_a_target() -> None:
    """Without a target they are just numbers, because this software does not contain the readings."""
    assert "[R36](readings/damage.md#r36)" in page_of(DAMAGE, Book(readings={"R36": "readings/damage.md#r36"})).text
    assert "[R36]" not in plain_page_of(DAMAGE).text


def test_a_pack_of_another_company_has_a_handbook(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without examples, and with the redline between its two editions."""
    monkeypatch.syspath_prepend(str(ACME))
    acme_returns: Any = import_module("acme_returns")
    pages = {page.name: page for page in handbook([acme_returns.EDITIONS], Book())}
    assert list(pages) == [
        "index",
        "acme.returns-2023-01-01",
        "acme.returns-2024-07-01",
        "acme.returns-2023-01-01-2024-07-01",
    ]
    (old, new) = acme_returns.EDITIONS
    assert {(change.kind, change.name) for change in redline(old, new).changes} == {
        (Kind.CLAUSE, "filed_in_time"),
        (Kind.FACT, "return_window"),
    }
    assert "<del>seven</del><ins>fifteen</ins>" in pages["acme.returns-2023-01-01-2024-07-01"].text.replace(
        "Seven", "seven"
    ).replace("Fifteen", "fifteen")


# The possible results of a clause


@pytest.mark.parametrize("policy", policies())
@settings(max_examples=settings().max_examples, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_the_page_lists_every_reason_and_request_of_a_clause(policy: str, data: st.DataObject) -> None:
    """Whatever the case, the reasons and the requests are on the list."""
    (*_, edition) = policies()[policy]
    decision = decide(case_from(data.draw(documents(policy))))
    listed = {clause.name: answers_of(edition, clause) for clause in edition.clauses}
    for finding in decision.findings:
        answers = listed[finding.clause]
        assert finding.because.code.removeprefix(f"{finding.clause}.") in {each.reason for each in answers}
        assert {*finding.because.params.get("needs", ())} <= {need.name for each in answers for need in each.needs}
    needs = {(need.name, need.to.value) for answers in listed.values() for each in answers for need in each.needs}
    assert {(request.need, request.to) for request in decision.requests} <= needs


def test_a_clause_lists_only_answers_that_it_can_give() -> None:
    """An unknown input that a clause resolves by itself is not among its answers."""
    answers = {clause.name: answers_of(DAMAGE, clause) for clause in DAMAGE.clauses}
    reasons = {name: list(dict.fromkeys(each.reason for each in of)) for name, of in answers.items()}
    assert reasons["filed_in_due_form"] == ["holds", "fails"]
    assert reasons["filed_on_the_order_page"] == ["holds", "fails", "repairable"]
    assert {need.name for each in answers["filed_on_the_order_page"] for need in each.needs} == {"refile"}
    assert "not_broken" not in reasons["damage_proof_is_usable"]
    assert {"not_broken", "not_leaking", "shown"} <= {*reasons["broken_and_leaking_on_arrival"]}
