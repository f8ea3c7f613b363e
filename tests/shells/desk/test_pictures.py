"""The screenshots in the documentation: taken here, written when ``UPDATE_PICTURES`` is set (``make pictures``), and reviewed by people."""

from __future__ import annotations

import os
import struct
from pathlib import Path
from typing import Any, Final

import pytest
from playwright.sync_api import Page

from adjudicator import Instant
from adjudicator.model.time import HOUR
from adjudicator.store import Scope
from desk.browsing import HelpDesk, in_browser
from desk.desks import DEMO, ROOT, Desk, Pictured, disputed, for_a_person, unverified, without_proof
from desk.panels import PATIENCE_MS, show
from desk.pictured import open_pictures
from desk.test_apps import host_on, result_of, with_result
from desk.test_desk import sign_in

FOLDER: Final = ROOT / "docs" / "panel"
CONVERSATION: Final = (Path(__file__).parent / "conversation.html").read_text("utf-8")
MOST_BYTES: Final = 200_000
PICTURES: Final = {
    "desk.png": (1120, 700),
    "form.png": (400, 860),
    "dark.png": (900, 860),
    "pictures.png": (400, 960),
    "queue.png": (1120, 560),
    "ruling.png": (1120, 640),
    "app.png": (560, 640),
}
"""Each picture with its size in pixels."""


def size(page: Page, name: str) -> None:
    """Resize a page to the size of a picture."""
    width, height = PICTURES[name]
    page.set_viewport_size({"width": width, "height": height})


def take(page: Page, name: str) -> None:
    """Take a picture. It is written if ``UPDATE_PICTURES`` is set."""
    picture = page.screenshot(animations="disabled", caret="hide")
    check(picture, name)
    if "UPDATE_PICTURES" in os.environ:
        (FOLDER / name).write_bytes(picture)


def check(picture: bytes, name: str) -> None:
    """It is a small PNG of the right size."""
    assert struct.unpack(">II", picture[16:24]) == PICTURES[name]
    assert len(picture) < MOST_BYTES


@in_browser
def test_take_the_panel_beside_a_conversation(desk: Desk, page: Page, host: HelpDesk) -> None:
    size(page, "desk.png")
    page.set_default_timeout(PATIENCE_MS)
    order = desk.order()
    filled: Any = CONVERSATION
    for name, value in {"ORDER": order, "TOKEN": desk.token(order_id=order), "SERVICE": desk.url}.items():
        filled = filled.replace(name, value)
    host.show(filled.removeprefix("<!DOCTYPE html>\n"))
    page.goto(host.origin)
    page.frame_locator("iframe").locator("#panel").wait_for()
    take(page, "desk.png")


@in_browser
def test_take_a_form(desk: Desk, page: Page) -> None:
    size(page, "form.png")
    show(page, desk, desk.order(without_proof()), "zh-Hans")
    page.click(".fill summary >> nth=0")
    page.check("input[value=brand_owner]")
    take(page, "form.png")


@in_browser
def test_take_the_panel_in_the_dark(desk: Desk, page: Page) -> None:
    size(page, "dark.png")
    page.emulate_media(color_scheme="dark")
    show(page, desk, desk.order(without_proof()), "zh-Hant", time_zone="America/New_York")
    take(page, "dark.png")


@in_browser
def test_take_a_picture_with_its_readings(desk: Desk, page: Page, pictured: Pictured) -> None:
    size(page, "pictures.png")
    show(page, desk, pictured())
    open_pictures(page)
    page.evaluate("document.querySelectorAll('.piece')[1].scrollIntoView()")
    page.focus(".piece >> nth=1 >> .seen button >> nth=2")
    take(page, "pictures.png")


@in_browser
def test_take_the_queue_of_the_desk(desk: Desk, page: Page) -> None:
    own = desk.of_tenant("picture")
    for case in (unverified(), for_a_person(), disputed()):
        desk.clock.now = Instant(desk.clock.now + HOUR)
        own.order(case)
    size(page, "queue.png")
    sign_in(page, own)
    take(page, "queue.png")


@in_browser
def test_take_the_panel_as_an_app(page: Page, host: HelpDesk) -> None:
    size(page, "app.png")
    host_on(page, host)(with_result(result_of(DEMO))).wait_for_selector("#panel")
    take(page, "app.png")


@in_browser
def test_take_a_ruling(desk: Desk, page: Page) -> None:
    own = desk.of_tenant("picture-of-a-ruling")
    (decision,) = own.decisions(own.order(disputed()))
    key = own.record.api_keys.create("ann", [Scope.READ, Scope.RULE]).token
    size(page, "ruling.png")
    sign_in(page, own, key=key, view=f"view=case&decision={decision.id}")
    page.wait_for_selector("#panel")
    page.click(".ruled-on .fill summary >> nth=1")
    page.check(".ruling:visible input[value=rejected]")
    page.fill(".ruling:visible textarea", "The body that issued this report does not know its number.")
    page.click(".ruling:visible .look")
    page.wait_for_selector(".outlook .outcome")
    page.evaluate("scrollTo(0, 0)")
    take(page, "ruling.png")


@pytest.mark.parametrize("name", PICTURES)
def test_a_picture_is_there_and_small(name: str) -> None:
    check((FOLDER / name).read_bytes(), name)
