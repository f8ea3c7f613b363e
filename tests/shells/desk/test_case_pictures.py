"""The pictures of a case on the panel: what was read is marked, and a person accepts or corrects what is suggested."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import httpx
import pytest
from attrs import evolve
from playwright.sync_api import Page

from adjudicator import load_case
from adjudicator.evidence.files import FolderStore
from adjudicator.evidence.kept import keep, kept_reading
from adjudicator.evidence.readings import FileReading, Place, Reading, What
from adjudicator.evidence.sample import scenes
from adjudicator.service.settings import Settings
from desk.browsing import in_browser
from desk.desks import WHISKY, Desk
from desk.panels import LANGUAGES, findings_of_axe, overflow, show
from desk.test_panel import say
from evidence.made import BARCODE, SHOWS, SUBMITTED, WAYBILL, manifest, photo_of, saved

LABEL: Final = saved(photo_of(scenes.code(BARCODE, scenes.EAN13)), "JPEG")
STATEMENT: Final = saved(photo_of(None, seed=9), "JPEG")
HOSTILE: Final = "<script>alert(1)</script>"
IN_THE_PICTURE: Final = Place(polygon=((100, 100), (400, 100), (400, 160), (100, 160)))
NUMBERS = iter(range(1, 1_000))

Pictured = Callable[[], str]
in_every_language = pytest.mark.parametrize("language", LANGUAGES)


def digest(content: bytes) -> str:
    """The SHA-256 of a file."""
    return hashlib.sha256(content).hexdigest()


def examined(desk: Desk, case: dict[str, Any]) -> dict[str, Any]:
    """The case with the evidence of two pictures: of a label, and of a carrier's statement that nobody has looked at yet."""
    stated: list[dict[str, Any]] = [
        {"files": ["label.jpg"], "stated": SHOWS},
        {"files": ["statement.jpg"], "kind": "courier_statement"},
    ]
    parts: list[tuple[str, Any]] = [
        ("order", (None, json.dumps(case | {"evidence": []}))),
        ("manifest", (None, manifest(*stated))),
        ("files", ("label.jpg", LABEL)),
        ("files", ("statement.jpg", STATEMENT)),
    ]
    response = desk.client.post("/v1/examinations", files=parts, headers={"Authorization": f"Bearer {desk.key}"})
    assert response.status_code == 200, response.text
    found: dict[str, Any] = response.json()["case"]
    return found


@pytest.fixture(scope="session")
def kept(panel_settings: Settings) -> FolderStore:
    """The files of the service."""
    return FolderStore(Path(str(panel_settings.evidence_files)))


@pytest.fixture(scope="session")
def case(served: Desk, kept: FolderStore) -> dict[str, Any]:
    """A case whose evidence is in pictures. In the statement a stamp and some words are suggested, as OCR would."""
    made = examined(served, WHISKY)
    before = kept_reading(kept, digest(STATEMENT))
    assert before is not None
    more = (
        Reading(what=What.SEAL, value="red", method="OpenCV", place=IN_THE_PICTURE),
        Reading(what=What.WORDS, value=f"{HOSTILE} {WAYBILL}", method="RapidOCR", place=IN_THE_PICTURE),
    )
    keep(kept, STATEMENT, evolve(before, readings=(*before.readings, *more)))
    return made


@pytest.fixture
def pictured(desk: Desk, case: dict[str, Any]) -> Pictured:
    """Puts that case on record, on an order of its own."""
    desk.record.evidence_files.note({digest(LABEL): None, digest(STATEMENT): None})  # an order before may be erased
    return lambda: desk.order(case)


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


def open_pictures(page: Page) -> None:
    """Open the pictures, and wait until they are there."""
    page.click(".lazy[data-load$=pictures] summary")
    page.wait_for_selector(".piece image[href^='blob:'] >> nth=1", state="attached")


# In the browser


@in_every_language
@in_browser
def test_each_picture_is_shown_with_what_was_read_marked_and_listed(
    desk: Desk, page: Page, pictured: Pictured, language: str
) -> None:
    show(page, desk, pictured(), language)
    open_pictures(page)
    label, statement = page.locator(".piece").all()
    assert say("panel.mark.certain", language) in label.inner_text()
    assert BARCODE in label.locator(".seen").inner_text()
    assert label.locator("svg .certain polygon").count() == 1
    assert statement.locator("svg .unsure polygon").count() == 2
    assert say("panel.mark.unsure", language) in statement.inner_text()
    assert say("examination.what.seal", language) in statement.inner_text()
    for each in (label, statement):
        assert each.locator("svg").get_attribute("aria-label")
    size = page.evaluate(
        "async () => { const { width } = document.querySelector('.piece image').getBoundingClientRect(); return width }"
    )
    assert size > 100
    assert page.locator(".piece script").count() == 0
    assert HOSTILE in statement.inner_text(), "what was read is text, not HTML"
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
    """What nobody had looked at counted for nothing; now it is the agent's word."""
    order = pictured()
    assert case_of(desk, order).evidence[1].kind == "other"
    show(page, desk, order)
    open_pictures(page)
    statement = page.locator(".piece").nth(1)
    statement.locator("[type=submit]").click()
    assert page.evaluate("document.activeElement.name") == "waybill_no", "the browser asks for what is missing"
    statement.locator("[data-fill=waybill_no]").click()
    assert statement.locator("[name=waybill_no]").input_value() == WAYBILL
    statement.locator("[data-fill=stamped]").click()
    assert statement.locator("[name=stamped]:checked").get_attribute("value") == "true"
    statement.locator(".more summary").click()
    for name, value in (("damaged_at_signing", "true"), ("leak", "false")):
        statement.locator(f"[name={name}][value={value}]").check()
    statement.locator("[name=waybill_no]").fill("another number")
    statement.locator("[type=submit]").click()
    page.wait_for_selector(".changed")
    found = case_of(desk, order).evidence[1]
    assert (found.kind, found.stamped, found.leak, found.waybill_no) == (
        "courier_statement",
        True,
        False,
        "another number",
    )
    assert [each.name for each in found.files] == ["statement.jpg"]
    last = desk.record.entries(order)[-1].document()
    assert last["by"].startswith("panel-"), "the word of the agent"


@in_browser
def test_what_was_entered_beside_a_picture_survives_the_change_of_another(
    desk: Desk, page: Page, pictured: Pictured
) -> None:
    order = pictured()
    show(page, desk, order)
    open_pictures(page)
    statement = page.locator(".piece").nth(1)
    for field in ("stamped", "waybill_no"):
        statement.locator(f"[data-fill={field}]").click()
    statement.locator(".more summary").click()
    desk.claim(order, WHISKY, f"AS-{next(NUMBERS)}")
    statement.locator("[name=leak][value=true]").check()
    statement.locator("[type=submit]").click()
    page.click("#notice button")
    page.wait_for_selector(".tabs")
    open_pictures(page)
    assert page.locator(".piece").nth(1).locator("[name=leak]:checked").get_attribute("value") == "true"


# Without one


def test_a_picture_is_a_small_jpeg_that_was_drawn_again(desk: Desk, pictured: Pictured) -> None:
    headers = session(desk, pictured())
    response = desk.client.get(f"/panel/pictures/{digest(LABEL)}", headers=headers)
    assert response.status_code == 200
    assert response.headers["content-type"] == "image/jpeg"
    assert response.headers["x-content-type-options"] == "nosniff"
    assert response.headers["cache-control"] == "no-store"
    assert "default-src 'none'" in response.headers["content-security-policy"]
    assert response.content.startswith(b"\xff\xd8\xff")
    assert response.content != LABEL
    assert b"Exif" not in response.content


def test_a_picture_belongs_to_its_order_and_tenant_and_needs_a_session(desk: Desk, pictured: Pictured) -> None:
    mine, other = session(desk, pictured()), session(desk, desk.order(WHISKY))
    path = f"/panel/pictures/{digest(LABEL)}"
    assert problem(desk.client.get(path, headers=other)) == (404, "not-found")
    assert desk.client.get(path).status_code == 401
    assert problem(desk.client.get(f"/panel/pictures/{'0' * 64}", headers=mine)) == (404, "not-found")
    theirs = desk.of_tenant(f"acme-{next(NUMBERS)}")
    case = json.loads(desk.record.case(desk.decisions(pictured())[-1].id).content)
    order = theirs.order(case)  # a case of another tenant that names the file, and never had it
    headers = session(theirs, order)
    assert problem(desk.client.get(path, headers=headers)) == (404, "not-found")
    assert digest(LABEL) not in desk.client.get("/panel/pictures", headers=headers).text


def test_a_preview_that_is_no_jpeg_is_not_served(desk: Desk, pictured: Pictured, kept: FolderStore) -> None:
    """The process that makes previews reads hostile files."""
    order, before = pictured(), kept.reading(digest(LABEL))
    reading = kept_reading(kept, digest(LABEL))
    assert isinstance(reading, FileReading)
    hostile = json.loads(before) | {"preview": "PHNjcmlwdD4="}
    kept.put_reading(digest(LABEL), json.dumps(hostile).encode())
    response = desk.client.get(f"/panel/pictures/{digest(LABEL)}", headers=session(desk, order))
    kept.put_reading(digest(LABEL), before)
    assert problem(response) == (404, "not-found")


def test_only_who_may_answer_for_the_party_says_what_its_pictures_show(desk: Desk, pictured: Pictured) -> None:
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
    missing = sent(evidence="B2", values={"stamped": ["true"]})
    assert missing.json()["errors"][0]["pointer"].startswith("/values/")
    assert len(desk.decisions(order)) == 1
    assert sent().status_code == 200
    assert case_of(desk, order).evidence[0].units_covered == 1


def test_an_erased_order_shows_no_pictures(desk: Desk, pictured: Pictured) -> None:
    order = pictured()
    headers = session(desk, order)
    desk.record.erase(order_id=order, reason="asked for")
    assert problem(desk.client.get(f"/panel/pictures/{digest(LABEL)}", headers=headers)) == (404, "not-found")


@pytest.mark.parametrize("decision", [{}, {"decision": "nothing"}])
def test_a_claim_without_files_has_no_pictures(desk: Desk, decision: dict[str, str]) -> None:
    headers = session(desk, desk.order(WHISKY))
    response = desk.client.get("/panel/pictures", headers=headers, params=decision)
    assert response.status_code == (404 if decision else 200)
    assert "<svg" not in response.text
    assert "/panel/pictures" not in desk.client.get("/panel/view", headers=headers).text
