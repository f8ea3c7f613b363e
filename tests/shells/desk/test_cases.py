"""Cases at the desk: search, history, panel, and payouts."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from playwright.sync_api import Page

from adjudicator.desk.history import MOST_EVENTS
from adjudicator.store import Scope, State
from desk.browsing import in_browser
from desk.desks import DEMO, Desk, without_proof
from desk.panels import LANGUAGES, enter_report, findings_of_axe, outcome, overflow
from desk.test_desk import say, sign_in
from desk.test_tokens import problem

in_every_language = pytest.mark.parametrize("language", LANGUAGES)


def reserved(desk: Desk) -> tuple[str, str]:
    """An order with reserved awards. Returns the order and the decision."""
    order = desk.order()
    (decision,) = desk.decisions(order)
    desk.record.reserve(decision.id)
    return order, decision.id


def settle(desk: Desk, decision: str, headers: dict[str, str], **body: Any) -> httpx.Response:
    """Confirm or reverse payouts without a browser."""
    return desk.client.post(f"/desk/cases/{decision}/payouts", json=body, headers=headers)


def opened(desk: Desk, decision: str, key: str | None = None) -> dict[str, str]:
    """The headers to act on a case in its current version."""
    mine = desk.signed_in(key)
    shown = desk.client.get(f"/desk/cases/{decision}", headers=mine)
    assert shown.status_code == 200, shown.text
    return mine | {"If-Match": shown.headers["ETag"], "Idempotency-Key": '"once"'}


@in_every_language
@in_browser
def test_a_case_is_found_and_shown_with_all_that_happened(desk: Desk, page: Page, language: str) -> None:
    """It is found by its order. An answer in the panel is decided in place, and the history shows the change."""
    order = desk.order(without_proof())
    sign_in(page, desk, language)
    page.fill("input[name=text]", order)
    page.press("input[name=text]", "Enter")
    page.wait_for_selector(f"h1:has-text('{order}')")  # before a search, the rows are the waiting cases
    page.click(".queue a")
    page.wait_for_selector("#panel")
    assert order in page.inner_text("h1")
    assert outcome(page) == say("outcome.needs_information", language)
    assert page.locator(".events > li").count() == 1
    enter_report(page)
    page.wait_for_selector(".events .changed")
    assert page.locator(".events > li").count() == 2
    assert "tests" in page.inner_text(".events > li >> nth=0"), "it says who"
    page.click(".events .changed summary")
    assert page.inner_text(".events .changed section") != ""
    assert findings_of_axe(page) == []


@in_every_language
@in_browser
def test_a_payout_is_confirmed_in_two_steps(desk: Desk, page: Page, language: str) -> None:
    order, decision = reserved(desk)
    sign_in(page, desk, language, view=f"view=case&decision={decision}")
    page.wait_for_selector("#panel")
    assert page.locator(".payouts > li").count() == 3
    assert not page.is_visible(".settle button"), "nothing is done by one click"
    page.click(".acts summary >> nth=0")
    page.click(".settle button:visible")
    page.wait_for_selector("#notice.good")
    assert page.inner_text("#notice") == say("desk.message.confirmed", language)
    assert page.locator(".payouts > li").count() == 2
    page.click(".acts summary >> nth=1")
    page.click(".settle[data-act=reverse] button:visible")
    page.wait_for_selector(".payouts > li:only-child")
    states = sorted(each.state for each in desk.record.payouts(order))
    assert states == [State.CONFIRMED, State.RESERVED, State.REVERSED]


@in_browser
def test_two_people_do_not_release_at_once(desk: Desk, page: Page) -> None:
    for language in LANGUAGES:
        order, decision = reserved(desk)
        sign_in(page, desk, language, view=f"view=case&decision={decision}")
        page.wait_for_selector("#panel")
        desk.claim(order, DEMO, f"AS-2-{language}")
        page.click(".acts summary >> nth=0")
        page.click(".settle button:visible")
        page.wait_for_selector("#notice.open button")
        assert say("panel.message.changed", language) in page.inner_text("#notice")
        page.click("#notice.open button")
        page.wait_for_selector(".events > li:nth-child(5)")
        assert {each.state for each in desk.record.payouts(order)} == {State.RESERVED}


@in_browser
def test_a_case_fits_a_narrow_page_and_axe_finds_nothing(desk: Desk, page: Page) -> None:
    _, decision = reserved(desk)
    page.set_viewport_size({"width": 320, "height": 700})
    page.emulate_media(color_scheme="dark")
    for language in LANGUAGES:
        sign_in(page, desk, language, view=f"view=case&decision={decision}")
        page.wait_for_selector("#panel")
        page.evaluate("document.querySelectorAll('details:not(.lazy)').forEach((each) => { each.open = true })")
        assert overflow(page) == 0
        assert findings_of_axe(page) == []


def test_the_same_act_sent_twice_is_done_once_and_an_old_version_is_refused(desk: Desk) -> None:
    _, decision = reserved(desk)
    key = desk.record.standing(decision).payouts[0].key
    mine = opened(desk, decision)
    assert settle(desk, decision, mine, do="confirm", keys=[key]).status_code == 200
    assert settle(desk, decision, mine, do="confirm", keys=[key]).status_code == 200
    other = mine | {"Idempotency-Key": '"another"'}
    assert problem(settle(desk, decision, other, do="reverse", keys=[key])) == (412, "precondition-failed")
    without = {name: value for name, value in mine.items() if name != "If-Match"}
    assert problem(settle(desk, decision, without, do="reverse", keys=[key])) == (400, "bad-request")


def test_only_a_key_that_may_pay_releases_and_only_one_that_may_decide_answers(desk: Desk) -> None:
    _, decision = reserved(desk)
    reader = desk.record.api_keys.create("reads", [Scope.READ]).token
    mine = opened(desk, decision, reader)
    assert problem(settle(desk, decision, mine, do="confirm")) == (403, "forbidden")
    shown = desk.client.get(f"/desk/cases/{decision}?locale=en", headers=mine)
    assert 'class="settle"' not in shown.text
    panel = {"Authorization": f"Bearer {shown.headers['Panel-Session']}", "If-Match": shown.headers["ETag"]}
    assert desk.client.get("/panel/view", headers=panel).status_code == 200
    asked = desk.client.post("/panel/answers", json={"decision": decision}, headers=panel)
    assert problem(asked) == (403, "forbidden")


def test_a_case_of_another_tenant_is_not_there(desk: Desk) -> None:
    order, decision = reserved(desk)
    theirs = desk.of_tenant("cases-of-others").signed_in()
    assert problem(desk.client.get(f"/desk/cases/{decision}", headers=theirs)) == (404, "not-found")
    found = desk.client.get("/desk/search", params={"text": order, "locale": "en"}, headers=theirs)
    assert say("desk.not_found") in found.text


@pytest.mark.parametrize("by", ["order_id", "claim_id", "id"])
def test_a_claim_is_found_by_each_of_its_ids(desk: Desk, by: str) -> None:
    (decision,) = desk.decisions(desk.order())
    text = str(getattr(decision, by))
    found = desk.client.get("/desk/search", params={"text": text}, headers=desk.signed_in())
    assert decision.id in found.text


def test_an_erased_case_says_so_and_has_no_panel(desk: Desk) -> None:
    order, decision = reserved(desk)
    desk.record.erase(order_id=order, reason="asked for")
    shown = desk.client.get(f"/desk/cases/{decision}?locale=en", headers=desk.signed_in())
    assert shown.status_code == 200, shown.text
    assert say("desk.erased") in shown.text
    assert "data-panel" not in shown.text


def test_a_long_history_shows_the_newest_events(desk: Desk) -> None:
    order, decision = reserved(desk)
    keys = [each.key for each in desk.record.payouts(order)]
    while len(desk.record.entries(order)) <= MOST_EVENTS:
        desk.record.settle(decision, State.REVERSED, keys)
        desk.record.reserve(decision, keys)
    shown = desk.client.get(f"/desk/cases/{decision}?locale=en", headers=desk.signed_in())
    assert shown.text.count('<svg class="mark') == MOST_EVENTS
    assert say("desk.history_not_whole") in shown.text
