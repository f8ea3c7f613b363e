"""The handbook says all that the editions say, in every language, and nothing that it would have to be told twice."""

from __future__ import annotations

import datetime as dt
import os
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from errno import ENOSPC
from html.parser import HTMLParser
from importlib import import_module
from pathlib import Path
from typing import Any, Final
from xml.etree import ElementTree as ET

import pytest
from attrs import evolve, frozen
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from markdown import markdown

from adjudicator import ClaimDecision, InputError, decide
from adjudicator.cli import main
from adjudicator.engine.policy import Edition
from adjudicator.engine.registry import editions, policies
from adjudicator.law import Established, Repair, known
from adjudicator.model.enumerations import Category
from adjudicator.model.time import Instant, Window, within_hours
from adjudicator.rulebook.answers import answers_of
from adjudicator.rulebook.handbook import Book, Page, Redline, handbook, load_sightings, redline
from adjudicator.rulebook.handbook.book import name_of
from adjudicator.rulebook.handbook.changelog import Aspect, Kind, Manner
from adjudicator.rulebook.handbook.coverage import key_of
from adjudicator.rulebook.handbook.examples import Example, examples_for, governed_by
from adjudicator.rulebook.handbook.markup import plain, redlined, table
from adjudicator.rulebook.handbook.pictures import ladder, moments_of, timeline
from adjudicator.rulebook.handbook.site import LIST, NotOurs, html_files, markdown_files, publish
from adjudicator.wire.codec import case_from
from adjudicator.words import LANGUAGES, TRADITIONAL_CHINESE, Words, rule_code, words_for
from documents import documents
from douyin_global import shared
from douyin_global.authenticity import EDITION as AUTHENTICITY
from douyin_global.authenticity_proof import Proof
from douyin_global.damage import EDITION as DAMAGE
from douyin_global.damage import PERISHABLE, THE_PATH

ACME: Final = Path(__file__).parents[2] / "docs" / "examples" / "acme"
ALL: Final = editions()

for_every_edition = pytest.mark.parametrize("edition", ALL, ids=key_of)
in_every_language = pytest.mark.parametrize("language", LANGUAGES)


# A candidate: the damage return without the leak, and with 48 hours


def damage_window(category: Category, signing: Instant) -> Window:
    """DG.3.1, R2, R37. 48 hours from signing, 24 for food, milk powder and alcohol.

    自签收起 48 小时；食品、奶粉、酒类为 24 小时。
    """
    return within_hours("signed_at", signing, 24 if category in PERISHABLE else 48)


def refiling(
    as_of: Instant, evidence_closed: bool, category: Established[Category], signing: Established[Instant]
) -> Repair:
    """R21. Whether a claim filed through the wrong channel can still be put right; goods of unknown category have 48 hours.

    申请途径有误的，是否仍可补正；类目不详的商品按 48 小时计。
    """
    window = damage_window(known(category, Category.OTHER), signing) if isinstance(signing, Instant) else None
    return shared.chance_to_refile(THE_PATH, as_of, evidence_closed, window)


CANDIDATE: Final = DAMAGE.amended(
    effective_from=dt.date(2024, 7, 1),
    replacing=(damage_window, refiling),
    settings={"leak_required": False},
    about=DAMAGE.about,
)
WITH_THE_CANDIDATE: Final = (*policies().values(), (DAMAGE, CANDIDATE))
DAMAGE_EXAMPLES: Final = examples_for([DAMAGE])


def changed(found: Redline) -> set[tuple[Kind, str, Manner, Aspect, str, str]]:
    """The changes of a redline, flat; code without its lines, which are told apart below."""
    return {
        (
            change.kind,
            change.name,
            change.manner,
            each.aspect,
            *(("", "") if each.aspect is Aspect.CODE else (each.before, each.after)),
        )
        for change in found.changes
        for each in change.differences
    }


# What stands on the pages


@frozen
class Read:
    """What a browser makes of a page: the places in it, and where its links lead."""

    places: Counter[str]
    links: tuple[str, ...]
    text: str


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.places: Counter[str] = Counter()
        self.links: list[str] = []
        self.text: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if given.get("id"):
            self.places[str(given["id"])] += 1
        if tag == "a" and given.get("href"):
            self.links.append(str(given["href"]))

    def handle_data(self, data: str) -> None:
        self.text.append(data)


def read(html: str) -> Read:
    """Read a page."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return Read(reader.places, tuple(reader.links), "".join(reader.text))


def read_all(groups: Sequence[Sequence[Edition]], language: str) -> Mapping[str, Read]:
    """The pages of a handbook as they are read, by file name."""
    book = Book(language=language)
    pages = handbook(groups, book)
    return {name: read(content.decode()) for name, content in html_files(pages, book).items()}


def page_of(edition: Edition, book: Book) -> Page:
    """The page for an edition."""
    (page,) = (each for each in handbook([[edition]], book) if each.name == name_of(edition))
    return page


@for_every_edition
def test_every_function_and_fact_stands_on_the_page_once(edition: Edition) -> None:
    """Clauses, judged facts, steps, remarks and settings, and each fact of the case that any of them reads."""
    found = read_all([[edition]], "en")[f"{name_of(edition)}.html"].places
    facts = {name for node in edition.nodes.values() for name in node.params} & edition.case_kind.glossary.facts.keys()
    names = {*edition.nodes, *edition.settings, *facts}
    assert {name: found[name] for name in names} == dict.fromkeys(names, 1)


@for_every_edition
def test_what_is_not_adjudicated_stands_on_the_page_with_its_reason(edition: Edition) -> None:
    """And a redline tells when a sentence is left out that was not before."""
    text = read_all([[edition]], "en")[f"{name_of(edition)}.html"].text
    for sentence, reason in edition.not_adjudicated.items():
        assert f"{sentence} {words_for(edition, 'en').not_adjudicated(reason)}" in text
    nothing_left_out = redline(evolve(edition, not_adjudicated={}), edition).changes
    assert [(each.kind, each.name) for each in nothing_left_out] == [
        (Kind.NOT_ADJUDICATED, sentence) for sentence in edition.not_adjudicated
    ]


@for_every_edition
def test_the_code_on_the_page_is_the_code_that_decides(edition: Edition) -> None:
    """Each function stands on the page as it stands in its file, and so does what it uses of its pack."""
    text = page_of(edition, Book()).text
    for node in edition.nodes.values():
        module = Path(str(sys.modules[node.function.__module__].__file__)).read_text("utf-8")
        (shown,) = re.findall(rf"^```python\n(def {node.name}\(.*?)\n```$", text, re.MULTILINE | re.DOTALL)
        assert shown in module


def test_a_constant_and_a_helper_that_a_clause_uses_stand_on_its_page() -> None:
    """The number of hours for wine is no secret of a constant."""
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
    """The codes without words that are asked for from now on."""
    missing: set[str] = set()
    say = Words.say

    def noting(self: Words, code: str, **params: object) -> str:
        missing.update(() if code in self else (code,))
        return say(self, code, **params)

    monkeypatch.setattr(Words, "say", noting)
    return missing


@in_every_language
@for_every_edition
def test_no_page_has_a_hole(edition: Edition, language: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every code that a page asks for has words in its language."""
    missing = holes(monkeypatch)
    sightings = {
        key_of(edition): {
            each.name: dict.fromkeys(("supports", "defeats", "undecided", "decisive"), 0) for each in edition.clauses
        }
    }
    assert handbook([[edition]], Book(language=language, sightings=sightings))
    assert missing == set()


@in_every_language
def test_a_redline_has_no_hole(language: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither has the page of what changed, whatever changed."""
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
    """Not only what a decision repeats: the facts that the rule judges are read too."""
    traditional = words_for(edition, TRADITIONAL_CHINESE)
    for node in edition.nodes.values():
        assert node.citation.english
        assert node.citation.chinese, node.name
        assert rule_code(node) in traditional, node.name


def test_readings_are_linked_where_there_is_something_to_link_to() -> None:
    """By themselves they are numbers: what a reading says, this software does not hold."""
    assert "[R36](readings/damage.md#r36)" in page_of(DAMAGE, Book(readings={"R36": "readings/damage.md#r36"})).text
    assert "[R36]" not in page_of(DAMAGE, Book()).text


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


# What a clause can come to


@pytest.mark.parametrize("policy", policies())
@settings(max_examples=settings().max_examples, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_no_clause_says_or_asks_what_its_page_does_not_list(policy: str, data: st.DataObject) -> None:
    """Whatever a case comes to, the reasons and the requests were to be expected."""
    (*_, edition) = policies()[policy]
    decision = decide(case_from(data.draw(documents(policy))))
    listed = {clause.name: answers_of(edition, clause) for clause in edition.clauses}
    for finding in decision.findings:
        answers = listed[finding.clause]
        assert finding.because.code.removeprefix(f"{finding.clause}.") in {each.reason for each in answers}
        assert {*finding.because.params.get("needs", ())} <= {need.name for each in answers for need in each.needs}
    needs = {(need.name, need.to.value) for answers in listed.values() for each in answers for need in each.needs}
    assert {(request.need, request.to) for request in decision.requests} <= needs


def test_a_clause_lists_no_answer_that_it_keeps_to_itself() -> None:
    """What a fact could be that a clause takes, and makes a plain answer of, is none of its answers."""
    answers = {clause.name: answers_of(DAMAGE, clause) for clause in DAMAGE.clauses}
    reasons = {name: list(dict.fromkeys(each.reason for each in of)) for name, of in answers.items()}
    assert reasons["filed_in_due_form"] == ["holds", "fails"]
    assert reasons["filed_on_the_order_page"] == ["holds", "fails", "repairable"]
    assert {need.name for each in answers["filed_on_the_order_page"] for need in each.needs} == {"refile"}
    assert "not_broken" not in reasons["damage_proof_is_usable"]
    assert {"not_broken", "not_leaking", "shown"} <= {*reasons["broken_and_leaking_on_arrival"]}


# Examples and their pictures

OUTCOMES: Final = {
    "admission-everything-in-order": "admitted",
    "admission-fourth-opening": "refused",
    "admission-penalty-on-the-365th-day": "refused",
    "admission-score-of-exactly-4-1": "refused",
    "admission-warehouse-check-not-known": "needs_information",
    "arrival-after-all": "arrived",
    "arrival-contradictory": "manual_review",
    "arrival-merchant-screenshot": "needs_information",
    "arrival-not-verified": "needs_information",
    "arrival-official-feedback": "not_arrived",
    "authenticity-first-second-of-day-91": "denied",
    "authenticity-goods-swapped": "denied",
    "authenticity-last-second-of-day-90": "approved",
    "authenticity-refunded-before": "approved",
    "authenticity-report-not-verified": "needs_information",
    "authenticity-two-of-three-units-proven": "partially_approved",
    "clearance-admission-met-again": "may_reopen",
    "clearance-papers-not-known": "needs_information",
    "clearance-score-of-3-49": "may_be_cleared",
    "clearance-score-of-exactly-3-5": "stays",
    "clearance-three-openings-behind": "stays_out",
    "damage-alcohol-a-second-late": "denied",
    "damage-broken-but-dry": "denied",
    "damage-category-unknown": "needs_information",
    "damage-exactly-72-hours": "approved",
    "damage-one-of-six-shown": "partially_approved",
    "dispatch-a-second-late": "against_the_rule",
    "dispatch-at-exactly-24-hours": "in_order",
    "dispatch-commitment-not-known": "in_order",
    "dispatch-due-on-day-10": "dispatch_due",
    "dispatch-with-a-waybill": "against_the_rule",
    "listing-several-objections": "may_not_be_listed",
    "listing-stored-value-of-30-days": "may_be_listed",
    "listing-term-not-known": "needs_information",
    "listing-through-an-api": "may_be_listed",
    "listing-travel-in-16-days": "may_not_be_listed",
    "local-return-agreed": "approved",
    "local-return-no-address-in-the-territory": "needs_information",
    "local-return-ruled-for-the-merchant": "denied",
    "return-class-unknown": "needs_information",
    "return-excluded-at-purchase": "denied",
    "return-first-second-of-day-8": "denied",
    "return-fresh-cake": "denied",
    "return-goods-not-back": "needs_information",
    "return-last-second-of-day-7": "approved",
    "return-not-inspected": "needs_information",
    "return-software-unsealed": "denied",
    "return-two-of-three": "approved",
    "return-worn": "denied",
    "task-changes-not-known": "needs_information",
    "task-complete-and-rated": "open",
    "task-creator-cannot-confirm": "refused",
    "task-fourth-rejection-of-the-script": "refused",
    "task-neither-side-moves": "manual_review",
    "task-payment-check-not-known": "needs_information",
    "task-placed-once-certified-checked-and-signed": "open",
    "task-qualification-not-certified": "waiting",
    "task-rejection-without-changes": "open",
    "task-script-confirmed": "open",
    "task-set-publication-not-reached": "opens_later",
    "task-third-rejection-of-the-script": "open",
    "task-third-rejection-of-the-video": "refused",
    "task-video-in-review": "waiting",
    "trading-applied-to-leave": "leaving",
    "trading-cash-on-delivery": "termination_open",
    "trading-closing-on-day-45": "application_due",
    "trading-closing-on-day-46": "removal_open",
    "trading-on-the-user-s-request": "notice_due",
    "trading-one-incident-is-enough": "notice_due",
    "trading-phone-number-for-delivery": "not_found",
    "trading-promise-without-top-up-on-day-3": "remedy_due",
    "trading-promise-without-top-up-on-day-4": "termination_open",
    "trading-purpose-not-known": "needs_information",
    "trading-put-right-in-time": "remedied",
    "trading-something-similar": "manual_review",
    "trading-the-second-time": "termination_open",
}
EXAMPLES: Final = [(edition, each) for edition in ALL for each in governed_by(edition, policies()[edition.policy])]
for_every_example = pytest.mark.parametrize(("edition", "example"), EXAMPLES, ids=[each.name for _, each in EXAMPLES])


def test_the_examples_come_to_what_their_titles_promise() -> None:
    """Each is governed by an edition, and shows what it is there to show."""
    assert {example.name: str(example.decided(edition).outcome) for edition, example in EXAMPLES} == OUTCOMES


@for_every_example
def test_an_example_is_shown_with_its_title_in_every_language(edition: Edition, example: Example) -> None:
    """And its title is no name of a file."""
    titles = {example.title(words_for(edition, language)) for language in LANGUAGES}
    assert len(titles) > 1
    assert example.name not in titles
    assert f"{{ #example-{example.name} }}" in page_of(edition, Book()).text


@in_every_language
@for_every_example
def test_the_marks_of_a_timeline_stand_in_the_order_of_time(edition: Edition, example: Example, language: str) -> None:
    """Every instant of the case, each to the right of the one before; and every window from its start to its last instant."""
    decision, words = example.decided(edition), words_for(edition, language)
    picture = ET.fromstring(timeline(decision, example.case, words, "t"))
    marks = {Instant.parse(each.attrib["data-at"]): float(each.attrib["cx"]) for each in of(picture, "circle")}
    assert list(marks) == sorted(marks) == [each.at for each in moments_of(example.case)]
    assert sorted(marks.values()) == list(marks.values())
    assert len({*marks.values()}) == len(marks)
    windows = list(of(picture, "rect"))
    ends = {(str(each.starts_at), str(each.last_instant)) for each in decision.deadlines}
    assert {(each.attrib["data-starts-at"], each.attrib["data-last-instant"]) for each in windows} == ends
    for each in windows:
        start, width = float(each.attrib["x"]), float(each.attrib["width"])
        for moment, place in marks.items():
            in_time = (
                Instant.parse(each.attrib["data-starts-at"])
                <= moment
                <= Instant.parse(each.attrib["data-last-instant"])
            )
            assert (start <= place <= round(start + width, 1)) == in_time
    told = "".join(picture.itertext())
    assert all(words.moment(each.at) in told for each in moments_of(example.case))
    assert all(words.end(each.last_instant) in told for each in decision.deadlines)


@in_every_language
@for_every_example
def test_the_money_picture_has_the_numbers_of_the_decision(edition: Edition, example: Example, language: str) -> None:
    """Every step and every award, in the order of the decision, as long as its amount is large."""
    decision, words = example.decided(edition), words_for(edition, language)
    if not decision.ladder:
        return
    awards = decision.awards if isinstance(decision, ClaimDecision) else ()
    picture = ET.fromstring(ladder(decision, words, "m"))
    drawn = [
        (each.attrib["data-kind"], int(each.attrib["data-amount"]), float(each.attrib["width"]))
        for each in of(picture, "rect")
    ]
    assert [amount for kind, amount, _ in drawn if kind == "step"] == [each.amount for each in decision.ladder]
    assert [amount for kind, amount, _ in drawn if kind == "award"] == [each.amount for each in awards]
    assert [width for _, _, width in sorted(drawn, key=lambda each: each[1])] == sorted(width for *_, width in drawn)
    told = re.sub(r"\s", "", "".join(each.text or "" for each in of(picture, "text")))
    for amount in (*(each.amount for each in decision.ladder), *(each.amount for each in awards)):
        assert re.sub(r"\s", "", words.money(amount, decision.currency or "")) in told


def of(picture: ET.Element, tag: str) -> Iterator[ET.Element]:
    """The shapes of a kind in a picture."""
    return picture.iter(f"{{http://www.w3.org/2000/svg}}{tag}")


@for_every_edition
def test_pictures_say_what_they_show(edition: Edition) -> None:
    """Each has a title and a description, which it names; and it takes its ink from the page."""
    text = page_of(edition, Book()).text
    pictures = [ET.fromstring(each) for each in re.findall(r"<figure>(<svg.*?</svg>)</figure>", text, re.DOTALL)]
    assert len(pictures) >= len(governed_by(edition, [edition]))
    for picture in pictures:
        title, description = (next(of(picture, tag)) for tag in ("title", "desc"))
        assert picture.attrib["aria-labelledby"] == f"{title.attrib['id']} {description.attrib['id']}"
        assert title.text
        assert description.text
        assert {each.attrib["fill"] for each in of(picture, "text")} == {"currentColor"}


# Redlines


@for_every_edition
def test_an_edition_says_the_same_as_itself(edition: Edition) -> None:
    """Also where it was made anew."""
    found = redline(edition, evolve(edition), examples_for([edition]))
    assert (found.changes, found.turns) == ((), ())
    assert found.tried == len(examples_for([edition])) > 2


def test_a_candidate_shows_exactly_what_was_changed() -> None:
    """The setting and the window, in words and in code, and the two examples that turn on them."""
    found = redline(DAMAGE, CANDIDATE, DAMAGE_EXAMPLES)
    english = "hours from signing, 24 for food, milk powder and alcohol."
    chinese = "小时；食品、奶粉、酒类为 24 小时。"
    supposed_en = (
        "Whether a claim filed through the wrong channel can still be put right; goods of unknown category have"
    )
    supposed_zh = "申请途径有误的，是否仍可补正；类目不详的商品按"
    assert changed(found) == {
        (Kind.SETTING, "leak_required", Manner.CHANGED, Aspect.VALUE, "True", "False"),
        (Kind.FACT, "damage_window", Manner.CHANGED, Aspect.ENGLISH, f"72 {english}", f"48 {english}"),
        (
            Kind.FACT,
            "damage_window",
            Manner.CHANGED,
            Aspect.CHINESE,
            f"自签收起 72 {chinese}",
            f"自签收起 48 {chinese}",
        ),
        (Kind.FACT, "damage_window", Manner.CHANGED, Aspect.CODE, "", ""),
        (Kind.FACT, "refiling", Manner.CHANGED, Aspect.ENGLISH, f"{supposed_en} 72 hours.", f"{supposed_en} 48 hours."),
        (
            Kind.FACT,
            "refiling",
            Manner.CHANGED,
            Aspect.CHINESE,
            f"{supposed_zh} 72 小时计。",
            f"{supposed_zh} 48 小时计。",
        ),
    }
    turns = {turn.example.name: (str(turn.before.outcome), str(turn.after.outcome)) for turn in found.turns}
    assert turns == {"damage-broken-but-dry": ("denied", "approved"), "damage-exactly-72-hours": ("approved", "denied")}


def test_the_page_of_a_redline_shows_both_sides() -> None:
    """Struck out and new in words, line by line in code, and the examples under either edition."""
    (text,) = (
        page.text for page in handbook([(DAMAGE, CANDIDATE)], Book()) if page.name.endswith("2022-03-15-2024-07-01")
    )
    assert "<del>72</del><ins>48</ins> hours from signing" in text
    assert "<del>True</del><ins>False</ins>" in text
    assert "-    return within_hours('signed_at', signing, 24 if category in PERISHABLE else 72)" in text
    assert "+    return within_hours('signed_at', signing, 24 if category in PERISHABLE else 48)" in text
    assert "2 of 5 examples come out otherwise" in text


def test_a_change_has_a_heading_whatever_its_name() -> None:
    """Also a sentence of the rule, with all that is in its citation."""
    left_out = {"DG.3, closing (remark) {x}": "it_says_nothing"}
    reasons = {**DAMAGE.not_adjudicated, **left_out}
    later = evolve(DAMAGE, effective_from=dt.date(2024, 7, 1), sentences=(), not_adjudicated=reasons)
    found = read_all([(DAMAGE, later)], "en")["douyin_global.damage-2022-03-15-2024-07-01.html"]
    assert found.places["not_adjudicated-DG-3-closing-remark-x-"] == 1
    assert "{ #" not in found.text


def test_what_is_added_removed_moved_or_only_used_is_seen() -> None:
    """Clauses that come and go, their order, what the rule cites as a whole, and a helper behind a function."""
    first, second, *others = DAMAGE.requires
    fewer, turned = evolve(DAMAGE, requires=(first, *others)), evolve(DAMAGE, requires=(second, first, *others))
    assert {
        (each.kind, each.name, each.manner) for each in redline(fewer, DAMAGE).changes if each.kind is Kind.CLAUSE
    } == {(Kind.CLAUSE, second.__name__, Manner.ADDED)}
    assert {
        (each.kind, each.name, each.manner) for each in redline(DAMAGE, fewer).changes if each.kind is Kind.CLAUSE
    } == {(Kind.CLAUSE, second.__name__, Manner.REMOVED)}
    assert [(each.kind, each.name) for each in redline(DAMAGE, turned).changes] == [(Kind.CLAUSE, "order")]
    barred = evolve(DAMAGE, requires=(first, *others), barred_by=(second,))
    ((aspect, before, after),) = {
        (each.aspect, each.before, each.after)
        for change in redline(DAMAGE, barred).changes
        if change.name == second.__name__
        for each in change.differences
    }
    assert (aspect, before, after) == (Aspect.PLACE, "requirement", "bar")
    drops = evolve(
        AUTHENTICITY,
        facts=tuple(each for each in AUTHENTICITY.facts if each.__name__ != "counterfeit_proof"),
        settings={**AUTHENTICITY.settings, "counterfeit_proof": Proof(1, ())},
    )
    assert (Kind.DEFINITION, "what_would_prove_it", Manner.REMOVED) in {
        (each.kind, each.name, each.manner) for each in redline(AUTHENTICITY, drops).changes
    }


@given(st.text(), st.text())
def test_a_redlined_text_holds_both_texts(before: str, after: str) -> None:
    """Without what is new it is the old text, without what is struck out the new one."""
    found = str(redlined(before, after))
    for gone, text in ((r"<ins>.*?</ins>", before), (r"<del>.*?</del>", after)):
        left = read(re.sub(gone, "", found, flags=re.DOTALL)).text
        assert left.split() == text.split() or "".join(left.split()) == "".join(text.split())


# Markup


@given(st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=60))
def test_text_stays_text(text: str) -> None:
    """Whatever a case or a pack says is shown sign by sign: on a line of its own, and in a table."""
    wanted = " ".join(text.split())
    shown = read(markdown(plain(text), extensions=["attr_list", "tables", "toc", "fenced_code"]))
    assert (" ".join(shown.text.split()), shown.links, +shown.places) == (wanted, (), Counter())
    row = read(markdown(table(["a", "b"], [(plain(text), plain("end"))]), extensions=["tables"]))
    assert row.text.split() == ["a", "b", *wanted.split(), "end"]


# Writing it down


def written(folder: Path) -> dict[str, bytes]:
    """What a folder holds."""
    return {each.name: each.read_bytes() for each in folder.iterdir()}


def test_another_process_writes_the_same_bytes(tmp_path: Path) -> None:
    """No order of a set, no clock, no path of this machine is in them."""
    assert main(["handbook", "--out", str(tmp_path / "here"), "--locale", "en"]) == 0
    subprocess.run(
        [
            sys.executable,
            "-c",
            "from adjudicator.cli import main; main(['handbook', '--out', 'there', '--locale', 'en'])",
        ],
        cwd=tmp_path,
        env={**os.environ, "PYTHONHASHSEED": "1"},
        check=True,
        capture_output=True,
        timeout=120,
    )
    here, there = written(tmp_path / "here"), written(tmp_path / "there")
    assert here == there
    assert len(here) == 1 + len(ALL) + 1
    assert not any(str(tmp_path).encode() in content for content in here.values())


def test_the_command_says_what_it_wrote(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """In one line; and a second run replaces the first, pages that are no more included."""
    folder = tmp_path / "rules"
    assert main(["handbook", "--out", str(folder), "--locale", "en"]) == 0
    assert capsys.readouterr().out == f"{len(ALL) + 1} pages in {folder}\n"
    assert (
        main(
            [
                "handbook",
                "--out",
                str(folder),
                "--policy",
                "douyin_global.damage",
                "--format",
                "markdown",
                "--locale",
                "en",
            ]
        )
        == 0
    )
    assert {*written(folder)} == {"index.md", "douyin_global.damage-2022-03-15.md", LIST}
    assert [each.name for each in tmp_path.iterdir()] == ["rules"]


@pytest.mark.parametrize("locale", ["zh-CN", "zh-TW"])
def test_the_command_writes_in_the_language_that_is_asked_for(tmp_path: Path, locale: str) -> None:
    """Chinese pages say so, and have Chinese titles."""
    folder = tmp_path / "rules"
    assert main(["handbook", "--out", str(folder), "--locale", locale]) == 0
    index = (folder / "index.html").read_text("utf-8")
    assert {"zh-CN": '<html lang="zh-Hans">', "zh-TW": '<html lang="zh-Hant">'}[locale] in index
    assert {"zh-CN": "规则手册", "zh-TW": "規則手冊"}[locale] in index


def touch(folder: Path, what: str) -> None:
    """Do something to a handbook that somebody might."""
    if what == "a folder":
        (folder / "c.html").mkdir()
    name, text = {
        "another file": ("notes.txt", "mine"),
        "an edited page": ("a.html", "mine"),
        "a folder": ("c.html/notes.txt", "mine"),
        "a list that lies": (LIST, f"{'0' * 64}  a.html\n"),
    }[what]
    (folder / name).write_text(text)


CONTENTS: Final = {"a.html": b"one", "b.html": b"two"}


@pytest.mark.parametrize(
    "what", ["another file", "an edited page", "a folder", "a file in its place", "a list that lies"]
)
def test_what_is_somebodys_is_never_overwritten(tmp_path: Path, what: str) -> None:
    """Whatever a handbook did not put there, or not like that, stays as it is, and so does the handbook."""
    folder = tmp_path / "rules"
    if what == "a file in its place":
        folder.write_text("mine")
    else:
        publish(CONTENTS, folder)
        touch(folder, what)
    before = {each: each.read_bytes() for each in tmp_path.rglob("*") if each.is_file()}
    with pytest.raises(NotOurs, match="rules"):
        publish({"a.html": b"three"}, folder)
    assert {each: each.read_bytes() for each in tmp_path.rglob("*") if each.is_file()} == before


@pytest.mark.parametrize("nth", range(5))
def test_a_disk_that_refuses_leaves_the_handbook_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, nth: int
) -> None:
    """Whichever step fails, writing a page or putting the folder in place: the folder is named, and nothing is left lying about."""
    folder, steps = tmp_path / "rules", iter(range(10))
    publish(CONTENTS, folder)
    for name in ("write_bytes", "rename"):
        original = getattr(Path, name)

        def failing(self: Path, *arguments: Any, original: Any = original) -> Any:
            if next(steps) == nth:
                raise OSError(ENOSPC, "the disk is full", str(self))
            return original(self, *arguments)

        monkeypatch.setattr(Path, name, failing)
    with pytest.raises(OSError, match="the disk is full") as refused:
        publish({"a.html": b"three", "c.html": b"four"}, folder)
    assert refused.value.filename == str(folder)
    monkeypatch.undo()
    assert {name: content for name, content in written(folder).items() if name != LIST} == CONTENTS
    assert [each.name for each in tmp_path.iterdir()] == ["rules"]


def test_the_list_is_one_that_sha256sum_reads(tmp_path: Path) -> None:
    """Digest, two spaces, name."""
    publish(CONTENTS, tmp_path / "rules")
    subprocess.run(
        ["sha256sum", "--check", "--strict", LIST], cwd=tmp_path / "rules", check=True, capture_output=True, timeout=60
    )


def test_markdown_is_the_same_pages() -> None:
    """Under other names, with links to those."""
    book = Book(suffix=".md")
    files = markdown_files(handbook(policies().values(), book), book)
    assert {name.rpartition(".")[0] for name in files} == {"index", *map(name_of, ALL)}
    assert b"](douyin_global.damage-2022-03-15.md)" in files["index.md"]


# What the tests saw


def test_what_the_tests_saw_stands_beside_the_clause() -> None:
    """The numbers of the file, on the page of their edition alone."""
    sightings = load_sightings(
        '{"douyin_global.damage@2022-03-15": {"filed_in_due_form": {"supports": 71, "defeats": 72, "undecided": 0, "decisive": 73}}}'
    )
    row = "| [`filed_in_due_form`](#filed_in_due_form) | 71 | 72 | 0 | 73 |"
    holds = [row in page.text for page in handbook(policies().values(), Book(sightings=sightings))]
    assert holds.count(True) == 1
    assert row in page_of(DAMAGE, Book(sightings=sightings)).text


@pytest.mark.parametrize(
    ("text", "faults"),
    [
        ("[]", [""]),
        (
            '{"p@e": 1, "q@e": {"c": {"supports": 1}, "d": {"supports": -1, "defeats": 0, "undecided": 0, "decisive": 0}}}',
            ["/p@e", "/q@e/c", "/q@e/d"],
        ),
        ('{"p@e": {}, "p@e": {}}', ["/p@e"]),
        ('{"p@e": {"c": {"supports": true, "defeats": 0, "undecided": 0, "decisive": 0}}}', ["/p@e/c"]),
    ],
)
def test_a_file_of_something_else_is_told_whole(
    text: str, faults: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Every fault with its place, and no handbook."""
    with pytest.raises(InputError) as caught:
        load_sightings(text)
    assert [fault.pointer for fault in caught.value.faults] == faults
    seen = tmp_path / "seen.json"
    seen.write_text(text, "utf-8")
    assert main(["handbook", "--out", str(tmp_path / "rules"), "--sightings", str(seen)]) == 2
    assert len(capsys.readouterr().err.splitlines()) == len(faults)
    assert not (tmp_path / "rules").exists()
