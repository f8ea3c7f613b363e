"""Payouts that wait for release: listed together, released several at once, each with its own result, and none twice."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from playwright.sync_api import Page, Route

from adjudicator import Instant
from adjudicator.desk import release
from adjudicator.store import Scope, State
from desk.browsing import in_browser
from desk.desks import DEMO, Desk
from desk.panels import LANGUAGES, findings_of_axe, overflow
from desk.test_desk import say, sign_in
from desk.test_tokens import problem

in_every_language = pytest.mark.parametrize("language", LANGUAGES)


def a_tenant(desk: Desk, name: str, orders: int = 2) -> tuple[Desk, list[str]]:
    """A tenant with the three awards of some orders reserved. Also returns the orders, oldest first."""
    own = desk.of_tenant(name)
    made = [own.order() for _ in range(orders)]
    for order in made:
        own.clock.now = Instant(own.clock.now + 1_000_000)
        own.record.reserve(own.decisions(order)[0].id)
    return own, made


def states(desk: Desk, order: str) -> list[str]:
    """The states of the payouts on an order."""
    return sorted(each.state.value for each in desk.record.payouts(order))


def choose(page: Page, *numbers: int) -> None:
    """Select payouts by their position in the list."""
    for number in numbers:
        page.check(f".release li >> nth={number} >> [name=payout]")


def act(page: Page, do: str) -> None:
    """Apply an action to the selected payouts, and wait for the results."""
    button = page.locator(f".release button[value={do}]")
    if not button.is_visible():
        page.click(f".release details:has(button[value={do}]) summary")
    button.click()
    page.wait_for_selector("#notice.good, #notice.bad")


def released(desk: Desk, decision: str, body: dict[str, Any], headers: dict[str, str]) -> httpx.Response:
    """Release a payout without a browser."""
    return desk.client.post(f"/desk/cases/{decision}/release", json=body, headers=headers)


@in_every_language
@in_browser
def test_several_are_released_at_once_each_with_its_own_result(desk: Desk, page: Page, language: str) -> None:
    """Including payouts of the same order; what somebody else has changed in the meantime stays as it is."""
    own, (first, second) = a_tenant(desk, f"release-{language.lower()}")
    sign_in(page, own, language, view="view=payouts")
    assert page.locator(".release li").count() == 6
    assert findings_of_axe(page) == []
    assert not page.is_visible(".release button"), "nothing is done by one click"
    choose(page, 0, 1, 2, 3)
    own.claim(second, DEMO, f"AS-{language}")
    act(page, "confirm")
    assert page.inner_text("#notice").startswith(say("desk.message.some_released", language))
    done, moved = say("desk.message.confirmed", language), say("desk.message.moved", language)
    assert page.locator(".release .result").all_inner_texts() == [done, done, done, moved, "", ""]
    assert (states(own, first), states(own, second)) == (["confirmed"] * 3, ["reserved"] * 3)
    assert findings_of_axe(page) == []
    page.click("#notice button")
    page.wait_for_selector(".release li:nth-child(3):last-child")
    page.check("[name=all]")
    act(page, "reverse")
    assert page.inner_text("#notice").startswith(say("desk.message.all_released", language))
    assert states(own, second) == ["reversed"] * 3
    page.click("#notice button")
    page.wait_for_selector(".empty")
    assert page.inner_text(".empty") == say("desk.release.nothing", language)


@in_browser
def test_an_unanswered_release_is_repeated_and_paid_once(desk: Desk, page: Page) -> None:
    lost: list[str] = []

    def lose(route: Route) -> None:
        """Let the first request arrive, and lose its answer."""
        route.fetch()
        lost.append(route.request.url)
        route.abort()

    for number, language in enumerate(LANGUAGES, 1):
        own, (order,) = a_tenant(desk, f"lost-answers-{language.lower()}", 1)
        sign_in(page, own, language, view="view=payouts")
        page.route("**/release?*", lose, times=1)
        choose(page, 0)
        act(page, "confirm")
        assert (len(lost), states(own, order)) == (number, ["confirmed", "reserved", "reserved"])
        assert page.inner_text(".release .result >> nth=0") == say("panel.message.offline", language)
        choose(page, 1)
        act(page, "confirm")
        page.wait_for_selector("#notice.good")
        page.unroute("**/release?*")
        assert states(own, order) == ["confirmed", "confirmed", "reserved"]
        assert len(own.record.entries(order)) == 6, "one decision, three reservations, two payments"


@in_browser
def test_the_list_fits_a_narrow_page_and_is_read_only_without_the_scope(desk: Desk, page: Page) -> None:
    own, (order, _) = a_tenant(desk, "narrow-release")
    page.set_viewport_size({"width": 320, "height": 700})
    page.emulate_media(color_scheme="dark")
    reader = own.record.api_keys.create("reads", [Scope.READ]).token
    for language in LANGUAGES:
        sign_in(page, own, language, view="view=payouts")
        page.evaluate("document.querySelectorAll('details').forEach((each) => { each.open = true })")
        assert overflow(page) == 0
        assert findings_of_axe(page) == []
        sign_in(page, own, language, key=reader, view="view=payouts")
        assert page.locator("input[type=checkbox]").count() == 0
        assert say("desk.may_not_pay", language) in page.inner_text("[data-page]")
    (decision,) = own.decisions(order)
    body = {"do": "confirm", "keys": [own.record.payouts(order)[0].key]}
    headers = own.signed_in(reader) | {"If-Match": '"4"', "Idempotency-Key": '"once"'}
    assert problem(released(own, decision.id, body, headers)) == (403, "forbidden")


def test_a_release_names_one_payout_a_version_and_a_key(desk: Desk) -> None:
    own, (order,) = a_tenant(desk, "one-release", 1)
    (decision,) = own.decisions(order)
    one, two, _ = (each.key for each in own.record.payouts(order))
    mine = own.signed_in() | {"If-Match": '"4"', "Idempotency-Key": '"once"'}
    for body in ({"do": "confirm"}, {"do": "confirm", "keys": [one, two]}):
        assert problem(released(own, decision.id, body, mine)) == (422, "invalid")
    for missing in ("If-Match", "Idempotency-Key"):
        without = {name: value for name, value in mine.items() if name != missing}
        assert problem(released(own, decision.id, {"do": "confirm", "keys": [one]}, without)) == (400, "bad-request")
    for _ in range(2):
        done = released(own, decision.id, {"do": "confirm", "keys": [one]}, mine)
        assert (done.status_code, done.headers["ETag"]) == (200, '"5"')
    other = mine | {"Idempotency-Key": '"another"'}
    assert problem(released(own, decision.id, {"do": "confirm", "keys": [two]}, other)) == (412, "precondition-failed")
    after = other | {"If-Match": done.headers["ETag"]}
    assert released(own, decision.id, {"do": "confirm", "keys": [two]}, after).status_code == 200
    assert states(own, order) == ["confirmed", "confirmed", "reserved"]


def test_pages_list_all_waiting_payouts_oldest_first(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(release, "ROWS", 2)
    own, orders = a_tenant(desk, "pages-of-payouts")
    own.record.settle(own.decisions(orders[0])[0].id, State.CONFIRMED, [own.record.payouts(orders[0])[0].key])
    seen: list[str] = []
    cursor: str | None = None
    while True:
        page = release.waiting_payouts(own.record, cursor)
        seen += [each.payout.key for each in page.rows]
        cursor = page.cursor
        if cursor is None:
            break
    waiting = [each for order in orders for each in own.record.payouts(order) if each.state is State.RESERVED]
    assert seen == [each.key for each in sorted(waiting, key=lambda each: (each.reserved_at, each.key))]
    assert len(seen) == 5
    mine = own.signed_in()
    for bad in ("x", "WzEsMl0=", "WzFlNDAsImEiLDFd", "WzEsIlx1MDAwMCIsMV0="):
        refused = desk.client.get("/desk/payouts", params={"cursor": bad}, headers=mine)
        assert problem(refused) == (400, "bad-request"), bad


def test_a_payout_on_a_decision_that_was_replaced_says_so(desk: Desk) -> None:
    own, (order,) = a_tenant(desk, "replaced-payouts", 1)
    shown = desk.client.get("/desk/payouts?locale=en", headers=own.signed_in())
    assert say("desk.release.replaced") not in shown.text
    (decision,) = own.decisions(order)
    case = own.record.current_case(decision.id, own.clock.now)
    own.record.decide_case(case, supersedes=decision.id)
    shown = desk.client.get("/desk/payouts?locale=en", headers=own.signed_in())
    assert shown.text.count(say("desk.release.replaced")) == 3
