"""The desk in a real browser: the cases that wait for a person, in each language."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page

from adjudicator import Instant
from adjudicator.model.time import HOUR
from adjudicator.store import Scope
from desk.browsing import in_browser
from desk.desks import DEMO, Desk, disputed, for_a_person, unverified, without_proof
from desk.panels import LANGUAGES, PATIENCE_MS, findings_of_axe, overflow
from words.catalogues import texts_of

in_every_language = pytest.mark.parametrize("language", LANGUAGES)
LATE = "2022-06-01T00:00:00+08:00"
"""Two days before the demo case closes."""


def say(code: str, language: str = "en") -> str:
    """A text of the catalogue."""
    return texts_of("adjudicator", language.replace("-", "_"))[code]


def sign_in(page: Page, desk: Desk, language: str = "en", *, key: str | None = None, view: str = "") -> Page:
    """Sign in, by default with a key that has all scopes."""
    page.set_default_timeout(PATIENCE_MS)
    page.goto("about:blank")
    page.goto(f"{desk.url}/desk?lang={language}#{view}")
    page.fill("#key", key or desk.key)
    page.press("#key", "Enter")
    page.wait_for_selector("[data-page]")
    return page


@in_every_language
@in_browser
def test_the_queue_lists_cases_for_a_person_soonest_first(desk: Desk, page: Page, language: str) -> None:
    """Decided cases, and those where the consumer still has time, are not in it."""
    own = desk.of_tenant(f"queue-{language.lower()}")
    for case in (DEMO, without_proof(), for_a_person(), disputed(), unverified()):
        desk.clock.now = Instant(desk.clock.now + HOUR)
        own.order(case)
    sign_in(page, own, language)
    assert page.locator(".queue .tag").all_inner_texts() == [
        say(f"desk.waits.{wait}", language) for wait in ("answer", "review", "dispute")
    ]
    assert page.locator(".queue li > svg.mark").count() == 3
    assert say("outcome.manual_review", language) in page.inner_text(".queue")
    page.select_option("select[name=waits]", "dispute")
    page.click(".filters button")
    page.wait_for_selector(".queue > li:only-child")
    page.go_back()
    page.wait_for_selector(".queue > li:nth-child(3)")
    desk.clock.set(LATE)
    sign_in(page, own, language, view="view=queue&waits=due")
    assert page.locator(".queue .tag").all_inner_texts() == [say("desk.waits.due", language)]
    assert page.locator(".queue .soon").count() == 1


@in_every_language
@in_browser
def test_axe_finds_nothing_on_the_desk(desk: Desk, page: Page, language: str) -> None:
    """Narrow and wide, in light and dark, before and after signing in."""
    own = desk.of_tenant(f"axe-{language.lower()}")
    page.goto(f"{desk.url}/desk?lang={language}")
    assert findings_of_axe(page) == []
    own.order(disputed())
    page.set_viewport_size({"width": 320, "height": 700})
    sign_in(page, own, language)
    assert findings_of_axe(page) == []
    assert overflow(page) == 0
    page.set_viewport_size({"width": 1200, "height": 700})
    page.emulate_media(color_scheme="dark")
    assert findings_of_axe(page) == []


@in_browser
def test_an_empty_queue_says_so_in_the_chosen_language(desk: Desk, page: Page) -> None:
    sign_in(page, desk.of_tenant("empty"))
    assert page.inner_text(".empty") == say("desk.nothing")
    page.click("[data-lang=zh-Hans]")
    page.wait_for_selector("[data-page]:lang(zh-Hans)")
    assert page.inner_text(".empty") == say("desk.nothing", "zh-Hans")


@in_browser
def test_the_desk_is_used_by_keyboard_and_keeps_no_key(desk: Desk, page: Page) -> None:
    own = desk.of_tenant("keyboard")
    own.order(disputed())
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    for language in LANGUAGES:
        sign_in(page, own, language)
        assert page.evaluate("document.activeElement.tagName") == "H1", "a screen reader reads on from the heading"
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.name") == "policy"
        assert not any(own.key in each or "eyJ" in each for each in asked)
        assert page.evaluate("[document.cookie, localStorage.length, sessionStorage.length]") == ["", 0, 0]
        page.click("[data-sign-out]")
        assert page.input_value("#key") == "", "the key is forgotten"


@in_browser
def test_a_key_that_does_not_work_is_refused_and_a_session_ends_with_its_key(desk: Desk, page: Page) -> None:
    page.set_default_timeout(PATIENCE_MS)
    for language in LANGUAGES:
        page.goto(f"{desk.url}/desk?lang={language}")
        page.fill("#key", "adj_0000000000000000_密钥")
        page.press("#key", "Enter")
        page.wait_for_selector("#notice.bad")
        assert page.inner_text("#notice") == say("desk.message.no_key", language)
        made = desk.record.api_keys.create("for an hour", [Scope.READ], Instant(desk.clock.now + HOUR))
        sign_in(page, desk, language, key=made.token)
        desk.clock.now = Instant(desk.clock.now + HOUR)
        page.click(".filters button")
        page.wait_for_selector("#notice.bad")
        assert page.inner_text("#notice") == say("desk.message.expired", language)
        assert page.is_visible("#key")
