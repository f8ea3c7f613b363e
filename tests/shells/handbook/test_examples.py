"""The examples have the results that their titles promise, and their pictures show the same."""

from __future__ import annotations

import re
from typing import Final
from xml.etree import ElementTree as ET

import pytest

from adjudicator import ClaimDecision
from adjudicator.engine.policy import Edition
from adjudicator.engine.registry import policies
from adjudicator.model.time import Instant
from adjudicator.rulebook.handbook.examples import Example, governed_by
from adjudicator.rulebook.handbook.pictures import ladder, moments_of, timeline
from adjudicator.words import LANGUAGES, words_for
from handbook.reading import ALL, for_every_edition, in_every_language, of, plain_page_of

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


def test_the_examples_are_decided_as_their_titles_promise() -> None:
    """Each has a governing edition, and shows what it is for."""
    assert {example.name: str(example.decided(edition).outcome) for edition, example in EXAMPLES} == OUTCOMES


@for_every_example
def test_an_example_is_shown_with_its_title_in_every_language(edition: Edition, example: Example) -> None:
    """The title is not a file name."""
    titles = {example.title(words_for(edition, language)) for language in LANGUAGES}
    assert len(titles) > 1
    assert example.name not in titles
    assert f"{{ #example-{example.name} }}" in plain_page_of(edition).text


@in_every_language
@for_every_example
def test_the_marks_of_a_timeline_are_in_order(edition: Edition, example: Example, language: str) -> None:
    """Every instant of the case is to the right of the one before, and every window runs from its start to its last instant."""
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
    text = "".join(picture.itertext())
    assert all(words.moment(each.at) in text for each in moments_of(example.case))
    assert all(words.end(each.last_instant) in text for each in decision.deadlines)


@in_every_language
@for_every_example
def test_the_money_picture_has_the_numbers_of_the_decision(edition: Edition, example: Example, language: str) -> None:
    """Every step and every award, in the order of the decision, with lengths proportional to the amounts."""
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
    found = re.sub(r"\s", "", "".join(each.text or "" for each in of(picture, "text")))
    for amount in (*(each.amount for each in decision.ladder), *(each.amount for each in awards)):
        assert re.sub(r"\s", "", words.money(amount, decision.currency or "")) in found


@for_every_edition
def test_pictures_say_what_they_show(edition: Edition) -> None:
    """Each has a title and a description, and uses the colours of the page."""
    text = plain_page_of(edition).text
    pictures = [ET.fromstring(each) for each in re.findall(r"<figure>(<svg.*?</svg>)</figure>", text, re.DOTALL)]
    assert len(pictures) >= len(governed_by(edition, [edition]))
    for picture in pictures:
        title, description = (next(of(picture, tag)) for tag in ("title", "desc"))
        assert picture.attrib["aria-labelledby"] == f"{title.attrib['id']} {description.attrib['id']}"
        assert title.text
        assert description.text
        assert {each.attrib["fill"] for each in of(picture, "text")} == {"currentColor"}
