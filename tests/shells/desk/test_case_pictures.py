"""The pictures of a case on the panel: readings are marked, and a person accepts or corrects suggestions."""

from __future__ import annotations

import json
import sys
from typing import Any, Final

import httpx
import pytest
from attrs import evolve
from playwright.sync_api import Page, Route

from adjudicator import load_case
from adjudicator.evidence.files import FolderStore
from adjudicator.evidence.kept import keep, kept_reading
from adjudicator.evidence.readings import FileReading, Problem, Reading, What
from desk.browsing import in_browser
from desk.desks import WHISKY, Desk, Pictured
from desk.panels import LANGUAGES, findings_of_axe, overflow, show
from desk.pictured import PICTURES, WORDS, digest, label, open_pictures
from desk.test_panel import say
from evidence.made import BARCODE, SUBMITTED, WAYBILL

HOSTILE: Final = "<script>alert(1)</script>"
NUMBERS = iter(range(1, 1_000))

in_every_language = pytest.mark.parametrize("language", LANGUAGES)


def session(desk: Desk, order: str, **asked: Any) -> dict[str, str]:
    """The headers of an open panel."""
    response = desk.open(desk.token(order_id=order, **asked))
    assert response.status_code == 200, response.text
    return {
        "Authorization": f"Bearer {response.headers['Panel-Session']}",
        "If-Match": response.headers["ETag"],
    }


def case_of(desk: Desk, order: str) -> Any:
    """The newest case of an order."""
    return load_case(desk.record.case(desk.decisions(order)[-1].id).content)


def problem(response: httpx.Response) -> tuple[int, str]:
    """The status and name of a problem."""
    return response.status_code, response.json()["type"].rpartition("/")[2]


# In the browser


@in_every_language
@in_browser
def test_each_picture_is_shown_with_its_readings_marked_and_listed(
    desk: Desk, page: Page, pictured: Pictured, language: str
) -> None:
    show(page, desk, pictured(), language)
    open_pictures(page)
    bottle, paper = page.locator(".piece").all()
    assert say("panel.mark.certain", language) in bottle.inner_text()
    assert BARCODE in bottle.locator(".seen").inner_text()
    assert bottle.locator("svg .certain polygon").count() == 1
    assert (paper.locator("svg .certain").count(), paper.locator("svg .unsure").count()) == (1, 2)
    assert say("panel.mark.unsure", language) in paper.inner_text()
    assert say("examination.what.seal", language) in paper.inner_text()
    for each in (bottle, paper):
        assert each.locator("svg").get_attribute("aria-label")
    size = page.evaluate(
        "async () => { const { width } = document.querySelector('.piece image').getBoundingClientRect(); return width }"
    )
    assert size > 100
    assert "label.jpg" not in page.content(), "names of files are personal"


@in_browser
def test_a_mark_lights_up_when_its_number_has_the_focus(desk: Desk, page: Page, pictured: Pictured) -> None:
    show(page, desk, pictured())
    open_pictures(page)
    page.focus(".seen button >> nth=0")
    assert page.locator("svg .lit").count() == 1
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.locator("svg .lit .lit").count() == 0
    assert page.evaluate("document.activeElement.dataset.mark") != page.locator(".seen button").first.get_attribute(
        "data-mark"
    )


@in_every_language
@in_browser
def test_axe_finds_nothing_among_the_pictures(desk: Desk, page: Page, pictured: Pictured, language: str) -> None:
    page.set_viewport_size({"width": 320, "height": 700})
    show(page, desk, pictured(), language)
    open_pictures(page)
    page.evaluate("document.querySelectorAll('.piece details').forEach((each) => { each.open = true })")
    assert findings_of_axe(page) == []
    page.emulate_media(color_scheme="dark")
    assert findings_of_axe(page) == []
    assert overflow(page) == 0


@in_browser
def test_a_suggestion_is_accepted_and_the_case_decided_again(desk: Desk, page: Page, pictured: Pictured) -> None:
    """What nobody had reviewed did not count; now it is the agent's statement."""
    for language in LANGUAGES:
        order = pictured()
        assert case_of(desk, order).evidence[1].kind == "other"
        show(page, desk, order, language)
        open_pictures(page)
        _accept_and_correct(page, language)
        _check_accepted(desk, order)


def _accept_and_correct(page: Page, language: str) -> None:
    """Accept that the statement is stamped, and enter what was not read in it."""
    paper = page.locator(".piece").nth(1)
    paper.locator("[type=submit]").click()
    assert page.evaluate("document.activeElement.name") == "stamped", "the browser asks for what is missing"
    assert paper.locator("[data-fill=stamped]").inner_text() == say("panel.accept", language)
    paper.locator("[data-fill=stamped]").click()
    assert paper.locator("[name=stamped]:checked").get_attribute("value") == "true"
    paper.locator(".more summary").click()
    paper.locator("[name=leak][value=false]").check()
    paper.locator("[name=carrier]").fill("SF Express")
    paper.locator("[type=submit]").click()
    page.wait_for_selector(".changed")
    assert say("panel.message.decided_again", language) in page.inner_text("#notice")


def _check_accepted(desk: Desk, order: str) -> None:
    """The statement is in the case as it was entered, as the agent's word."""
    found = case_of(desk, order).evidence[1]
    assert (found.kind, found.stamped, found.leak, found.carrier) == ("courier_statement", True, False, "SF Express")
    assert found.waybill_no == WAYBILL, "what is certain was filled in"
    assert [each.name for each in found.files] == ["statement.jpg"]
    last = desk.record.entries(order)[-1].document()
    assert last["by"].startswith("panel-"), "the word of the agent"


@in_browser
def test_input_beside_a_picture_survives_a_change_by_another_person(desk: Desk, page: Page, pictured: Pictured) -> None:
    for language in LANGUAGES:
        order = pictured()
        show(page, desk, order, language)
        open_pictures(page)
        paper = page.locator(".piece").nth(1)
        paper.locator("[data-fill=stamped]").click()
        paper.locator(".more summary").click()
        paper.locator("[name=leak][value=true]").check()
        desk.claim(order, WHISKY, f"AS-{next(NUMBERS)}")
        paper.locator("[type=submit]").click()
        page.wait_for_selector("#notice button")
        assert say("panel.message.changed", language) in page.inner_text("#notice")
        page.click("#notice button")
        page.wait_for_selector(".tabs")
        open_pictures(page)
        paper = page.locator(".piece").nth(1)
        assert paper.locator("[name=leak]:checked").get_attribute("value") == "true"
        paper.locator("[type=submit]").click()
        page.wait_for_selector(".changed")
        open_pictures(page)
        assert page.locator(".piece").nth(1).locator("[name=leak]:checked").count() == 0, (
            "what was sent is not left over"
        )


@in_browser
def test_a_picture_that_fails_hides_no_other(desk: Desk, page: Page, pictured: Pictured) -> None:
    failing = f"**/panel/pictures/{digest(label())}**"
    for language in LANGUAGES:
        show(page, desk, pictured(), language)
        page.route(failing, lambda route: route.fulfill(status=503, json={"type": "unavailable"}))
        page.click(PICTURES)
        page.wait_for_selector(".piece >> nth=1 >> image[href^='blob:']", state="attached")
        page.wait_for_selector("#notice button")
        assert say("panel.message.some_pictures", language) in page.inner_text("#notice")
        assert page.locator(".piece image:not([href])").count() == 1
        assert page.is_visible(".piece >> nth=1")
        page.unroute(failing)
        page.click("#notice button")
        page.wait_for_selector(".piece image[href^='blob:'] >> nth=1", state="attached")
        assert page.inner_text("#notice") == ""


@in_browser
def test_an_expired_session_is_said_instead_of_pictures(desk: Desk, page: Page, pictured: Pictured) -> None:
    for language in LANGUAGES:
        show(page, desk, pictured(), language)
        page.route("**/panel/pictures/*", lambda route: route.fulfill(status=401, json={}))
        page.click(PICTURES)
        page.wait_for_selector("#notice.bad")
        assert page.inner_text("#notice") == say("panel.message.expired", language)
        assert page.is_visible(".piece >> nth=1")
        page.unroute("**/panel/pictures/*")


@in_browser
def test_what_can_be_read_stays_so_while_pictures_load(desk: Desk, page: Page, pictured: Pictured) -> None:
    show(page, desk, pictured())
    held: list[Route] = []
    page.route("**/panel/pictures/*", lambda route: held.append(route))  # noqa: PLW0108 - Playwright sets attributes on it
    page.click(PICTURES)
    page.wait_for_selector(".piece .primary", state="attached")
    page.evaluate("document.querySelectorAll('.piece details').forEach((each) => { each.open = true })")
    assert page.get_attribute("main", "aria-busy") == "true"
    assert findings_of_axe(page) == []
    while len(held) < 2:
        page.wait_for_timeout(10)
    held.pop().continue_()
    page.wait_for_selector(".piece image[href^='blob:']", state="attached")
    assert page.get_attribute("main", "aria-busy") == "true", "another is still under way"
    held.pop().continue_()
    page.wait_for_selector("main[aria-busy=false]")


# Without a browser


def test_a_picture_is_a_small_jpeg_that_was_drawn_again(desk: Desk, pictured: Pictured) -> None:
    headers = session(desk, pictured())
    response = desk.client.get(f"/panel/pictures/{digest(label())}", headers=headers)
    assert response.status_code == 200
    assert response.headers["content-type"] == "image/jpeg"
    assert response.headers["x-content-type-options"] == "nosniff"
    assert response.headers["cache-control"] == "no-store"
    assert "default-src 'none'" in response.headers["content-security-policy"]
    assert response.content.startswith(b"\xff\xd8\xff")
    assert response.content != label()
    assert b"Exif" not in response.content


def test_a_picture_belongs_to_its_order_and_tenant_and_needs_a_session(desk: Desk, pictured: Pictured) -> None:
    mine, other = session(desk, pictured()), session(desk, desk.order(WHISKY))
    path = f"/panel/pictures/{digest(label())}"
    assert problem(desk.client.get(path, headers=other)) == (404, "not-found")
    assert desk.client.get(path).status_code == 401
    assert problem(desk.client.get(f"/panel/pictures/{'0' * 64}", headers=mine)) == (404, "not-found")
    theirs = desk.of_tenant(f"acme-{next(NUMBERS)}")
    case = json.loads(desk.record.case(desk.decisions(pictured())[-1].id).content)
    order = theirs.order(case)  # a case of another tenant that names the file without ever having had it
    headers = session(theirs, order)
    assert problem(desk.client.get(path, headers=headers)) == (404, "not-found")
    assert digest(label()) not in desk.client.get("/panel/pictures", headers=headers).text


def test_readings_are_text_and_never_html(desk: Desk, pictured: Pictured, kept: FolderStore) -> None:
    order, before = pictured(), kept.reading(digest(label()))
    reading = Reading(what=What.WORDS, value=HOSTILE, method=HOSTILE, place=WORDS)
    drawn = Reading(what=What.LABEL, value="1", method="by hand")
    problems = (Problem(code="nonsense"), Problem(code="truncated", params={"code": HOSTILE}), Problem(code="polyglot"))
    hostile = evolve(kept_reading(kept, digest(label())) or FileReading(), readings=(reading, drawn), problems=problems)
    keep(kept, label(), hostile)
    shown = desk.client.get("/panel/pictures", headers=session(desk, order)).text
    kept.put_reading(digest(label()), before)
    assert say("examination.problem.polyglot", "en") in shown
    assert "Picture 1 says of itself that it was generated." in shown
    assert "&lt;script&gt;" in shown
    assert "<script" not in shown


def test_a_preview_that_is_not_a_jpeg_is_not_served(desk: Desk, pictured: Pictured, kept: FolderStore) -> None:
    """The process that makes previews reads hostile files."""
    order, before = pictured(), kept.reading(digest(label()))
    reading = kept_reading(kept, digest(label()))
    assert isinstance(reading, FileReading)
    hostile = json.loads(before) | {"preview": "PHNjcmlwdD4="}
    kept.put_reading(digest(label()), json.dumps(hostile).encode())
    response = desk.client.get(f"/panel/pictures/{digest(label())}", headers=session(desk, order))
    kept.put_reading(digest(label()), before)
    assert problem(response) == (404, "not-found")


def test_only_somebody_who_may_answer_for_a_party_can_describe_its_pictures(desk: Desk, pictured: Pictured) -> None:
    order = pictured()
    decision = desk.decisions(order)[-1].id
    body = {"decision": decision, "evidence": "B1", "values": {"units_covered": ["1"]}}

    def sent(**changes: Any) -> httpx.Response:
        asked = {"answers": changes.pop("answers", ["consumer"])}
        return desk.client.post("/panel/answers", json=body | changes, headers=session(desk, order, **asked))

    assert SUBMITTED["submitted_by"] == "consumer"
    assert problem(sent(answers=["merchant"])) == (403, "forbidden")
    assert "data-evidence" not in desk.client.get("/panel/pictures", headers=session(desk, order, answers=[])).text
    assert problem(sent(evidence="B9")) == (404, "not-found")
    assert problem(sent(values={"units_covered": ["many"]})) == (422, "invalid")
    assert problem(sent(values={"verification": ["verified"]})) == (422, "invalid")
    missing = sent(evidence="B2", values={"leak": ["true"]})
    assert missing.json()["errors"][0]["pointer"] == "/values/stamped"
    assert len(desk.decisions(order)) == 1
    assert sent().status_code == 200
    assert case_of(desk, order).evidence[0].units_covered == 1


def test_without_the_extra_that_reads_pictures_the_problem_names_it(
    desk: Desk, pictured: Pictured, monkeypatch: pytest.MonkeyPatch
) -> None:
    headers = session(desk, pictured())
    monkeypatch.delitem(sys.modules, "adjudicator.evidence")
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
    response = desk.client.get("/panel/pictures", headers=headers)
    assert problem(response) == (501, "cannot-examine")
    assert "claim-adjudicator[evidence]" in response.json()["detail"]


def test_an_erased_order_shows_no_pictures(desk: Desk, pictured: Pictured) -> None:
    order = pictured()
    headers = session(desk, order)
    desk.record.erase(order_id=order, reason="asked for")
    assert problem(desk.client.get(f"/panel/pictures/{digest(label())}", headers=headers)) == (404, "not-found")


@pytest.mark.parametrize("decision", [{}, {"decision": "nothing"}])
def test_a_claim_without_files_has_no_pictures(desk: Desk, decision: dict[str, str]) -> None:
    headers = session(desk, desk.order(WHISKY))
    response = desk.client.get("/panel/pictures", headers=headers, params=decision)
    assert response.status_code == (404 if decision else 200)
    assert "<svg" not in response.text
    assert "/panel/pictures" not in desk.client.get("/panel/view", headers=headers).text
