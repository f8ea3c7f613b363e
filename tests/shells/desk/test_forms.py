"""Forms: everything a decision asks for can be entered, and acceptable answers are accepted."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest
from attrs import evolve

from adjudicator import decide, load_case
from adjudicator.analysis.edits import applied, puts_for
from adjudicator.desk.forms import Entered, Field, Misfit, answer_entered, forms_for, identify
from adjudicator.desk.timeline import WIDTH, Day, timeline
from adjudicator.engine.registry import edition_behind
from adjudicator.explain import view_for
from adjudicator.model.finding import Request
from adjudicator.model.time import BEIJING, Instant
from adjudicator.rulebook import drawing
from adjudicator.words import LANGUAGES, words_for
from desk.desks import without_proof

DATA: Final = Path(__file__).parents[2] / "data"
FILES: Final = sorted([*(DATA / "examples").glob("*.json"), *(DATA / "faults").glob("*.json")])


def cases() -> Iterator[tuple[str, Any]]:
    """The kept cases whose decisions ask for something."""
    for file in FILES:
        document = json.loads(file.read_text("utf-8"))
        case = load_case(json.dumps(document.get("case", document)))
        if decide(case).requests:
            yield file.stem, case


CASES: Final = dict(cases())
in_each_case = pytest.mark.parametrize("name", CASES)


def what_will_do(case: Any, field: Field, request: Request, number: int) -> tuple[str, ...]:
    """An acceptable value if some are stated, or else any that fits."""
    accepted = request.accepts[number].get(field.place, ())
    if field.widget in ("choice", "several"):
        good = [each.value for each in field.choices if each.will_do] or [field.choices[0].value]
        return tuple(good) if field.widget == "several" else (good[0],)
    if accepted:
        return (str(accepted[0]),)
    return ({"number": "1", "instant": str(case.as_of), "text": "text"}[field.widget],)


@in_each_case
def test_every_request_can_be_answered_in_its_form(name: str) -> None:
    """After an answer it is not asked for again, except that the platform may have to verify it."""
    case = CASES[name]
    decision = decide(case)
    words = words_for(edition_behind(decision.policy), "en")
    for request in decision.requests:
        forms = forms_for(case, request, words)
        assert forms, request
        for form in forms:
            values = {each.place: what_will_do(case, each, request, form.number) for each in form.fields}
            chosen = answer_entered(case, request, Entered(form.number, values), BEIJING)
            answered = decide(applied(case, tuple(puts_for(case, request, chosen))))
            assert identify(request) not in {identify(each) for each in answered.requests}, (request, values)


@in_each_case
def test_a_form_has_all_texts_in_every_language(name: str) -> None:
    case = CASES[name]
    decision = decide(case)
    for language in LANGUAGES:
        words = words_for(edition_behind(decision.policy), language)
        for request in decision.requests:
            for form in forms_for(case, request, words):
                for field in (*form.fields, *form.more):
                    assert field.label
                    assert all(each.text for each in field.choices)


def test_the_name_of_a_request_depends_on_what_is_asked() -> None:
    (request,) = decide(CASES["authenticity-no-proof-yet"]).requests
    assert identify(request) == identify(evolve(request, due_at=Instant(0)))
    for other in (evolve(request, line_id="L2"), evolve(request, accepts=request.accepts[:1])):
        assert identify(other) != identify(request)


@pytest.mark.parametrize(
    ("values", "place"),
    [
        ({"conclusion": ("counterfeit",)}, "issuer/role"),
        ({"issuer/role": ("brand_owner",), "conclusion": ("forged",)}, "conclusion"),
        ({"issuer/role": ("brand_owner",), "conclusion": ("genuine",), "units_covered": ("two",)}, "units_covered"),
        ({"issuer/role": ("brand_owner",), "conclusion": ("genuine",), "issued_at": ("yesterday",)}, "issued_at"),
        ({"issuer/role": ("brand_owner",), "conclusion": ("genuine",), "brand": ("x" * 1_001,)}, "brand"),
        ({"submitted_by": ("platform",)}, "submitted_by"),
        ({"verification": ("verified",)}, "verification"),
    ],
)
def test_a_value_that_does_not_fit_is_named(values: dict[str, tuple[str, ...]], place: str) -> None:
    case = CASES["authenticity-no-proof-yet"]
    (request,) = decide(case).requests
    with pytest.raises(Misfit) as misfit:
        answer_entered(case, request, Entered(0, values), BEIJING)
    assert misfit.value.place == place


def test_the_time_of_a_form_is_that_of_the_rule() -> None:
    case = CASES["authenticity-no-proof-yet"]
    (request,) = decide(case).requests
    values = {"issuer/role": ("brand_owner",), "conclusion": ("genuine",), "issued_at": ("2022-03-01T10:00",)}
    chosen = answer_entered(case, request, Entered(0, values), BEIJING)
    assert chosen["issued_at"] == "2022-03-01T10:00:00+08:00"


def test_a_timeline_has_a_bar_for_each_window_and_the_present_on_one_scale() -> None:
    case = load_case(json.dumps(without_proof()))
    decision = decide(case)
    view = view_for(decision, case, voice="agent", locale="en")
    picture = timeline(view, decision.as_of, None)
    assert picture is not None
    windows = {(each.starts_at, each.ends_at) for each in decision.deadlines}
    answers = {each.due_at for each in decision.requests if each.due_at is not None}
    assert len(answers) == 1
    assert len(picture.bars) == len(windows) + len(answers)
    for bar in picture.bars:
        assert 0 <= bar.x <= picture.now <= bar.x + bar.width <= picture.width
        assert bar.is_open
        assert abs(bar.x + bar.elapsed - picture.now) < 0.2
    ends = (*(each.ends_at for each in decision.deadlines), *answers)
    late = timeline(view, Instant(max(ends) + 1), None)
    assert late is not None
    assert not any(bar.is_open for bar in late.bars)


@pytest.mark.parametrize("language", ["en", "zh-Hans", "zh-Hant"])
def test_the_time_for_what_is_missing_is_in_the_timeline(language: str) -> None:
    case = load_case(json.dumps(without_proof()))
    decision = decide(case)
    (due,) = {each.due_at for each in decision.requests}
    assert due is not None
    view = view_for(decision, case, voice="agent", locale=language)
    before, after = timeline(view, decision.as_of, None), timeline(view, Instant(due + 1), None)
    assert before is not None
    assert after is not None
    of_answers = view.say("panel.answers_due")
    (still,) = (each for each in before.bars if each.label == of_answers)
    (over,) = (each for each in after.bars if each.label == of_answers)
    assert still.is_open
    assert view.words.duration((due - decision.as_of) // 1_000_000) in still.left
    assert not over.is_open
    assert over.left == view.say("panel.over")


@pytest.mark.parametrize("language", ["en", "zh-Hans", "zh-Hant"])
@pytest.mark.parametrize("later", [0, 1, 3, 30, 400])
def test_the_dates_of_a_timeline_stand_apart_and_inside_the_picture(language: str, later: int) -> None:
    for case in CASES.values():
        decision = decide(case)
        view = view_for(decision, case, voice="agent", locale=language)
        picture = timeline(view, Instant(decision.as_of + later * 86_400_000_000), None)
        for bar in () if picture is None else picture.bars:
            spans = [(_start_of(day), _start_of(day) + drawing.width(day.text, 9)) for day in bar.days]
            assert all(start >= 0 and end <= WIDTH for start, end in spans), bar.days
            assert all(one[1] < other[0] for one, other in itertools.pairwise(spans)), bar.days


def _start_of(day: Day) -> float:
    return day.x - (drawing.width(day.text, 9) if day.anchor == "end" else 0)
