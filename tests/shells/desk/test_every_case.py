"""Every kind of case has a panel and a page at the desk, in every language, and a place in the queue."""

from __future__ import annotations

import json
import re
from itertools import cycle
from pathlib import Path
from typing import Any, Final

import html5lib
import pytest

from adjudicator import decide, load_case
from adjudicator.desk.cases import Standing
from adjudicator.desk.forms import Field, forms_for
from adjudicator.desk.rulings import may_be_ruled, options
from adjudicator.explain import view_for
from adjudicator.model.time import Instant
from adjudicator.store import Scope
from desk.desks import Desk
from desk.panels import LANGUAGES

DATA: Final = Path(__file__).parents[2] / "data"
FILES: Final = sorted([*(DATA / "examples").glob("*.json"), *(DATA / "faults").glob("*.json")])
HOLE: Final = re.compile(r"\{\w+\}|\b(?:panel|decision|letter|desk|outcome|value|fact|need)\.[a-z_]+\b")
"""The pattern of an unfilled template, or of a code without a text."""


def case_in(file: Path) -> dict[str, Any]:
    """The case in an example file."""
    document: dict[str, Any] = json.loads(file.read_text("utf-8"))
    case: dict[str, Any] = document.get("case", document)
    return case


@pytest.mark.parametrize(
    ("file", "language"), [*zip(FILES, cycle(LANGUAGES), strict=False)], ids=lambda each: Path(each).stem
)
def test_a_case_of_any_kind_has_a_complete_panel(desk: Desk, file: Path, language: str) -> None:
    case = case_in(file)
    name = f"panel-{file.stem}"
    if "id" in case.get("order", {}):
        case["order"]["id"] = name
    desk.clock.now = max(desk.clock.now, Instant.parse(case["as_of"]))
    recorded = desk.record.summary(desk.record.decide(json.dumps(case | {"id": name})).id)
    asked = {"case_id": name} if recorded.order_id is None else {"order_id": recorded.order_id}
    response = desk.open(desk.token(**asked), language)
    assert response.status_code == 200, response.text
    html5lib.HTMLParser(strict=True).parseFragment(response.text)
    text = re.sub(r"<[^>]*>", " ", response.text)
    assert HOLE.findall(text) == []
    at_the_desk = desk.client.get(f"/desk/cases/{recorded.id}?locale={language}", headers=desk.signed_in())
    assert at_the_desk.status_code == 200, at_the_desk.text
    assert HOLE.findall(re.sub(r"<[^>]*>", " ", at_the_desk.text)) == []
    for request in decide(load_case(json.dumps(case))).requests:
        assert request.to not in {"consumer", "merchant", "platform"} or "<form" in response.text


def test_every_ruling_on_every_kind_of_case_can_be_entered(desk: Desk) -> None:
    """Each form, with the last value of every field, leads to a decision, unless the same decision is already on record."""
    own = desk.of_tenant("every-ruling")
    key = own.record.api_keys.create("rules", [Scope.READ, Scope.RULE]).token
    kinds: set[str] = set()
    for number, file in enumerate(FILES):
        case = case_in(file) | {"id": f"case-{number}"}
        if "id" in case.get("order", {}):
            case["order"]["id"] = f"order-{number}"
        own.clock.now = max(own.clock.now, Instant.parse(case["as_of"]))
        recorded = own.record.decide(json.dumps(case)).id
        loaded = load_case(own.record.case(recorded).content)
        shown = Standing(own.record.summary(recorded), decide(loaded), loaded, (), 1)
        words = view_for(shown.decision, loaded, voice="agent", locale="en").words
        mine = own.signed_in(key)
        for option in options(shown) if may_be_ruled(shown) else ():
            for form in forms_for(loaded, option.request, words):
                values = {each.place: [a_value(each, case["as_of"])] for each in form.fields}
                body = {"option": option.id, "answer": form.number, "values": values}
                seen = own.client.post(f"/desk/cases/{recorded}/rulings/outlook?locale=en", json=body, headers=mine)
                assert seen.status_code == 200 or "on record yet" in seen.text, (file.stem, body, seen.text)
                kinds.add(case["policy"])
    assert len(kinds) > 3


def a_value(field: Field, moment: str) -> str:
    """A possible value of a field."""
    texts = {"number": "1", "instant": moment, "text": "1"}
    return field.choices[-1].value if field.choices else texts[field.widget]


def test_every_kind_of_case_has_a_place_in_the_queue(desk: Desk) -> None:
    """No decision of any policy breaks the queue, in any language."""
    own = desk.of_tenant("every-case")
    for number, file in enumerate(FILES):
        case = case_in(file) | {"id": f"case-{number}"}
        own.clock.now = max(own.clock.now, Instant.parse(case["as_of"]))
        own.record.decide(json.dumps(case))
    for language in LANGUAGES:
        shown = own.client.get(f"/desk/queue?locale={language}", headers=own.signed_in())
        assert shown.status_code == 200, shown.text
        html5lib.HTMLParser(strict=True).parseFragment(shown.text)
        assert HOLE.findall(re.sub(r"<[^>]*>", " ", shown.text)) == []
        assert shown.text.count('class="why"') > 3
