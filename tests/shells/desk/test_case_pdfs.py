"""The PDFs of a case on the panel: their pages as pictures, marked where something may follow from the text, or why there are none."""

from __future__ import annotations

import io
import re
from typing import Any

import httpx
import pytest
from attrs import evolve
from PIL import Image
from playwright.sync_api import Locator, Page

from adjudicator.evidence.files import FolderStore
from adjudicator.evidence.kept import keep, kept_reading
from adjudicator.evidence.readings import Place, Reading, What
from desk.browsing import in_browser
from desk.desks import WHISKY, Desk, Pictured
from desk.panels import LANGUAGES, findings_of_axe, overflow, show
from desk.pictured import SAYS, SEALED, digest, open_pictures, paper
from desk.test_case_pictures import HOSTILE, case_of, problem, session
from desk.test_panel import say as template
from evidence.made import WAYBILL

in_every_language = pytest.mark.parametrize("language", LANGUAGES)


def say(code: str, language: str, **params: object) -> str:
    """A text of the catalogue."""
    return template(code, language).format(**params)


def open_papers(page: Page) -> Locator:
    """Open the pictures, and wait until the last page is there. The piece with the PDFs."""
    open_pictures(page)
    page.wait_for_selector("image[data-page='10'][href^='blob:']", state="attached")
    page.wait_for_selector("main[aria-busy=false]")
    return page.locator(".piece").nth(1)


def asked(desk: Desk, headers: dict[str, str], page: object, content: bytes | None = None) -> httpx.Response:
    """A page of a PDF."""
    path = f"/panel/pictures/{digest(content or paper())}"
    return desk.client.get(path, params={"page": str(page)}, headers=headers)


# In the browser


@in_every_language
@in_browser
def test_each_page_is_shown_with_what_may_matter_marked_and_listed_and_axe_finds_nothing(
    desk: Desk, page: Page, papered: Pictured, language: str
) -> None:
    show(page, desk, papered(), language)
    papers = open_papers(page)
    names = [each.get_attribute("aria-label") for each in papers.locator("svg").all()]
    assert names == [say("panel.pdf_page", language, number="1", page=number, pages=12) for number in range(1, 11)]
    first = papers.locator("svg").first
    assert (first.locator(".certain").count(), first.locator(".unsure").count()) == (0, 3)
    listed = papers.locator(".seen").first.inner_text()
    assert all(each in listed for each in (SAYS[0], WAYBILL, "2022-03-26"))
    assert SAYS[2] not in listed
    assert say("panel.mark.unsure", language) in listed
    text = papers.inner_text()
    assert text.count(say("panel.page_without_text", language)) == 1
    assert say("examination.problem.pages_left_out", language, most=10, pages=12) in text
    assert say("panel.pdf_not_shown", language, number="2") in text
    assert say("examination.problem.unreadable", language, error="PdfiumError") in text
    assert "paper.pdf" not in page.content(), "names of files are personal"
    page.set_viewport_size({"width": 320, "height": 700})
    page.evaluate("document.querySelectorAll('.piece details').forEach((each) => { each.open = true })")
    assert findings_of_axe(page) == []
    page.emulate_media(color_scheme="dark")
    assert findings_of_axe(page) == []
    assert overflow(page) == 0


@in_browser
def test_a_mark_is_around_its_line(desk: Desk, page: Page, papered: Pictured) -> None:
    """In the picture that the browser shows: above the mark there is nothing."""
    order = papered()
    content = asked(desk, session(desk, order), 1).content
    image = Image.open(io.BytesIO(content)).convert("L")
    show(page, desk, order)
    first = open_papers(page).locator("svg").first
    assert first.get_attribute("viewBox") == f"0 0 {image.width} {image.height}"
    corners = first.locator("polygon").first.get_attribute("points") or ""
    xs, ys = zip(*(map(int, each.split(",")) for each in corners.split()), strict=True)
    assert min(image.crop((min(xs), min(ys), max(xs), max(ys))).tobytes()) < 100
    assert min(image.crop((0, 0, image.width, min(ys) - 4)).tobytes()) > 200


@in_browser
def test_a_page_is_enlarged_and_can_be_moved_with_the_keyboard(desk: Desk, page: Page, papered: Pictured) -> None:
    show(page, desk, papered())
    papers = open_papers(page)
    enlarge, frame = papers.locator("[data-enlarge]").first, papers.locator(".frame").first
    enlarge.click()
    assert enlarge.get_attribute("aria-pressed") == "true"
    width, shown, focusable = frame.evaluate("(each) => [each.scrollWidth, each.clientWidth, each.tabIndex]")
    assert (width > 1000, shown < 400, focusable) == (True, True, 0)
    assert findings_of_axe(page) == []
    assert overflow(page) == 0
    enlarge.click()
    assert enlarge.get_attribute("aria-pressed") == "false"
    width, shown, focusable = frame.evaluate("(each) => [each.scrollWidth, each.clientWidth, each.tabIndex]")
    assert (width, focusable) == (shown, -1)


@in_browser
def test_what_a_pdf_suggests_is_accepted_and_the_case_decided_again(desk: Desk, page: Page, papered: Pictured) -> None:
    order = papered()
    assert case_of(desk, order).evidence[1].kind == "other"
    show(page, desk, order)
    papers = open_papers(page)
    papers.locator("[data-fill=waybill_no]").first.click()
    assert papers.locator("[name=waybill_no]").input_value() == WAYBILL
    papers.locator("[name=stamped][value=true]").check()
    papers.locator("[type=submit]").click()
    page.wait_for_selector(".changed")
    found = case_of(desk, order).evidence[1]
    assert (found.kind, found.stamped, found.waybill_no) == ("courier_statement", True, WAYBILL)
    assert [each.name for each in found.files] == ["paper.pdf", "sealed.pdf"]


# Without one


def test_a_page_is_a_jpeg_of_this_order_only_and_never_the_file(desk: Desk, papered: Pictured) -> None:
    order = papered()
    headers = session(desk, order)
    response = asked(desk, headers, 1)
    assert response.status_code == 200
    assert response.headers["content-type"] == "image/jpeg"
    assert response.headers["x-content-type-options"] == "nosniff"
    assert response.headers["cache-control"] == "no-store"
    assert "default-src 'none'" in response.headers["content-security-policy"]
    assert max(Image.open(io.BytesIO(response.content)).size) <= 1200
    assert asked(desk, headers, 2).content != response.content
    for page, content in ((0, None), (11, None), (200, None), (1, SEALED), (1, b"another")):
        assert problem(asked(desk, headers, page, content)) == (404, "not-found")
    for nonsense in ("201", "-1", "one"):
        assert asked(desk, headers, nonsense).status_code == 400
    assert problem(asked(desk, session(desk, desk.order(WHISKY)), 1)) == (404, "not-found")
    assert asked(desk, {}, 1).status_code == 401
    desk.record.erase(order_id=order, reason="asked for")
    assert problem(asked(desk, headers, 1)) == (404, "not-found")


def test_what_stands_on_a_page_is_text_and_never_html(desk: Desk, papered: Pictured, kept: FolderStore) -> None:
    order, before = papered(), kept.reading(digest(paper()))
    reading = kept_reading(kept, digest(paper()))
    assert reading is not None
    place = Place(page=1, polygon=((1, 1), (9, 1), (9, 9), (1, 9)))
    line = Reading(what=What.TEXT, value=f"{HOSTILE} 2022-03-26", method=HOSTILE, place=place)
    first, *others = reading.page_pictures
    keep(kept, paper(), evolve(reading, page_pictures=(evolve(first, lines=(line,) * 70), *others)))
    headers = session(desk, order)
    shown = desk.client.get("/panel/pictures", headers=headers).text
    kept.put_reading(digest(paper()), before)
    assert "&lt;script&gt;" in shown
    assert "<script" not in shown
    assert len(re.findall(r'id="at-2-1-\d+"', shown)) == 60
    assert say("panel.more_marks", "en") in shown


def test_a_page_that_is_no_jpeg_is_not_served(desk: Desk, papered: Pictured, kept: FolderStore) -> None:
    order, before = papered(), kept.reading(digest(paper()))
    reading = kept_reading(kept, digest(paper()))
    assert reading is not None
    first, *others = reading.page_pictures
    keep(kept, paper(), evolve(reading, page_pictures=(evolve(first, picture="PHNjcmlwdD4="), *others)))
    response = asked(desk, session(desk, order), 1)
    kept.put_reading(digest(paper()), before)
    assert problem(response) == (404, "not-found")


def test_a_pdf_that_was_kept_before_pages_were_drawn_shows_what_was_read(
    desk: Desk, papered: Pictured, kept: FolderStore
) -> None:
    order, before = papered(), kept.reading(digest(paper()))
    reading = kept_reading(kept, digest(paper()))
    assert reading is not None
    kept.put_reading(digest(paper()), b"{}")  # for the one with pages would stay
    keep(kept, paper(), evolve(reading, page_pictures=(), problems=()))
    shown = desk.client.get("/panel/pictures", headers=session(desk, order)).text
    kept.put_reading(digest(paper()), before)
    assert say("panel.pdf_not_shown", "en", number="1") in shown
    assert SAYS[1] in shown
    assert 'data-page="' not in shown


@pytest.mark.usefixtures("papered")
def test_what_a_verified_document_says_is_not_changed(desk: Desk, case_with_papers: dict[str, Any]) -> None:
    """Or another conclusion would stand under the old verification."""
    first, second = case_with_papers["evidence"]
    given = {name: second[name] for name in ("id", "submitted_by", "submitted_at", "line_ids", "files")}
    report = given | {"kind": "appraisal_report", "issuer": {"role": "brand_owner"}, "conclusion": "counterfeit"}
    for verification, status in (("verified", 403), ("unverified", 200)):
        order = desk.order(case_with_papers | {"evidence": [first, report | {"verification": verification}]})
        headers = session(desk, order)
        shown = desk.client.get("/panel/pictures", headers=headers).text
        assert 'data-page="1"' in shown
        assert ('data-evidence="B2"' in shown) is (status == 200)
        assert ('data-fill="issued_at"' in shown) is (status == 200)
        changed = {"evidence": "B2", "values": {"conclusion": ["genuine"]}}
        body = {"decision": desk.decisions(order)[-1].id} | changed
        assert desk.client.post("/panel/answers", json=body, headers=headers).status_code == status
        assert len(desk.decisions(order)) == (2 if status == 200 else 1)
