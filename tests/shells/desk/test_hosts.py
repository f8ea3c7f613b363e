"""The contracts with help desks, each tested with a page that behaves like the help desk."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from typing import Any, Final, TypeAlias
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Frame, Page

from adjudicator.desk.hosts import InvalidSignature, grant_by_host
from adjudicator.service.settings import Settings
from desk.browsing import HelpDesk, in_browser
from desk.desks import DEMO, Desk, without_proof
from desk.panels import LANGUAGES, PATIENCE_MS, enter_report, outcome
from desk.signing import sobot_address, zendesk_token
from desk.test_panel import say

in_every_language = pytest.mark.parametrize("language", LANGUAGES)
BUYER: Final = DEMO["claim"]["claimant_id"]
Visit: TypeAlias = Callable[..., None]


@pytest.fixture
def visit(page: Page, host: HelpDesk) -> Visit:
    """Show a page of a help desk, at its origin or another."""

    def show(html: str, name: str = "127.0.0.1") -> None:
        host.show(html)
        page.set_default_timeout(PATIENCE_MS)
        page.goto(host.origin.replace("127.0.0.1", name))

    return show


def panel_in(page: Page) -> Frame:
    """The frame of the panel, once it shows something."""
    while not page.main_frame.child_frames:
        page.wait_for_timeout(20)
    (frame,) = page.main_frame.child_frames
    frame.wait_for_selector("#panel, #notice:not(:empty), .ask")
    return frame


SET: Final = (
    "([id, values]) => { for (const [name, value] of values) document.getElementById(id).setAttribute(name, value) }"
)
"""Sets attributes of an element, one after the other."""


def panel_of(page: Page, name: str) -> Frame:
    """The frame of the element with this id."""
    framed = page.wait_for_selector(f"#{name} iframe")
    frame = None if framed is None else framed.content_frame()
    assert frame is not None
    frame.wait_for_selector("#panel, #notice:not(:empty)")
    return frame


def notice(frame: Frame) -> str:
    """The panel's notice instead of a case."""
    frame.wait_for_selector("#notice:not(:empty)")
    return frame.inner_text("#notice")


# Any page


def element(desk: Desk, order: str, token: str, language: str) -> str:
    """A page with the element."""
    return (
        f'<claim-adjudicator order="{order}" token="{token}" lang="{language}"></claim-adjudicator>'
        f'<script src="{desk.url}/panel/assets/element.js"></script>'
    )


def bare(desk: Desk, token: str, language: str) -> str:
    """A page with the frame alone."""
    return f'<iframe src="{desk.url}/panel?lang={language}#token={token}" width="400" height="800"></iframe>'


@in_every_language
@in_browser
def test_the_element_shows_a_panel(desk: Desk, page: Page, visit: Visit, language: str) -> None:
    order = desk.order(without_proof())
    visit(element(desk, order, desk.token(order_id=order), language))
    frame = panel_in(page)
    frame.wait_for_selector("#panel")
    assert frame.evaluate("document.documentElement.lang") == language
    assert "eyJ" not in frame.url
    enter_report(frame)
    frame.wait_for_selector(".changed")


@in_browser
def test_the_element_asks_for_a_new_token_when_its_own_has_expired(desk: Desk, page: Page, visit: Visit) -> None:
    expired = "<script>addEventListener('claim-adjudicator-expired', () => { window.expired = true })</script>"
    for language, other in zip(LANGUAGES, ("zh-Hant", "en", "zh-Hans"), strict=True):
        order = desk.order()
        now = desk.clock.now
        visit(element(desk, order, desk.token(order_id=order), language) + expired)
        frame = panel_in(page)
        frame.wait_for_selector("#panel")
        desk.clock.now = type(now)(now + 3_600_000_000)
        frame.click(f"[data-lang={other}]")
        page.wait_for_function("window.expired")
        assert notice(frame) == say("panel.message.expired", language)
        page.evaluate(
            "token => document.querySelector('claim-adjudicator').setAttribute('token', token)",
            desk.token(order_id=order),
        )
        frame.wait_for_selector(f"#panel:lang({other})")


@in_browser
def test_elements_stand_side_by_side_and_follow_their_attributes(desk: Desk, page: Page, visit: Visit) -> None:
    """Each is on its own. One is moved in the page, gets another language and other orders; the page never stops."""
    first, second = desk.order(without_proof()), desk.order()
    asks = (
        "<script>addEventListener('claim-adjudicator-expired', (event) => { window.asked = event.target.id })</script>"
    )
    both = [
        element(desk, order, desk.token(order_id=order), language).replace(" order=", f' id="{name}" order=', 1)
        for name, order, language in (("a", first, "en"), ("b", second, "zh-Hans"))
    ]
    visit("".join(both) + asks)
    frames = {each: panel_of(page, each) for each in ("a", "b")}
    assert outcome(frames["a"]) == say("outcome.needs_information", "en")
    assert outcome(frames["b"]) == say("outcome.partially_approved", "zh-Hans")
    enter_report(frames["a"], send=False)
    for language in ("zh-Hans", "zh-Hant"):
        page.evaluate("language => { document.getElementById('a').lang = language }", language)
        frames["a"].wait_for_selector(f"#panel:lang({language})")
        assert frames["a"].input_value(".answer:visible input[name=brand]") == "Lumière"
    for names in (("order", "token"), ("token", "order")):
        values = {"order": second, "token": desk.token(order_id=second)}
        page.evaluate(SET, ["a", [(name, values[name]) for name in names]])
        frames["a"].wait_for_selector("#panel.good")
        assert frames["a"].inner_text("#notice") == ""
        page.evaluate(SET, ["a", [("order", first), ("token", desk.token(order_id=first))]])
        frames["a"].wait_for_selector("#panel.open")
    page.evaluate("() => document.body.append(document.getElementById('b'))")
    page.wait_for_function("window.asked === 'b'")
    page.evaluate(SET, ["b", [("token", desk.token(order_id=second))]])
    moved = panel_of(page, "b")
    moved.wait_for_selector("#panel")
    assert outcome(moved) == say("outcome.partially_approved", "zh-Hans")


@in_browser
def test_a_bare_frame_shows_a_panel_and_a_token_is_good_once(desk: Desk, page: Page, visit: Visit) -> None:
    order = desk.order()
    for language in LANGUAGES:
        framed = bare(desk, desk.token(order_id=order), language)
        visit(framed)
        frame = panel_in(page)
        assert outcome(frame) == say("outcome.partially_approved", language)
        assert "token" not in frame.url
        visit(framed)
        assert notice(panel_in(page)) == say("panel.message.used", language)


@in_browser
def test_a_posted_token_opens_a_panel(desk: Desk, page: Page, visit: Visit) -> None:
    for language in LANGUAGES:
        token = desk.token(order_id=desk.order())
        visit(
            f'<form method="post" action="{desk.url}/panel?lang={language}" target="panel"><input name="token" value="{token}"></form>'
            '<iframe name="panel"></iframe><script>document.forms[0].submit()</script>',
        )
        frame = panel_in(page)
        frame.wait_for_selector("#panel")
        assert outcome(frame) == say("outcome.partially_approved", language)
        assert token not in frame.content()


@in_browser
def test_no_other_origin_may_frame_a_panel(desk: Desk, page: Page, visit: Visit) -> None:
    order = desk.order()
    for language in LANGUAGES:
        with page.expect_console_message(lambda message: "frame-ancestors" in message.text):
            visit(bare(desk, desk.token(order_id=order), language), "localhost")
        (frame,) = page.main_frame.child_frames
        assert frame.query_selector("#main") is None


@in_browser
def test_a_token_of_another_order_is_refused(desk: Desk, page: Page, visit: Visit) -> None:
    order, other = desk.order(), desk.order()
    for language in LANGUAGES:
        visit(element(desk, order, desk.token(order_id=other), language))
        assert notice(panel_in(page)) == say("panel.message.other_order", language)


@in_browser
def test_an_expired_token_is_refused(desk: Desk, page: Page, visit: Visit) -> None:
    order = desk.order()
    for language in LANGUAGES:
        token, now = desk.token(order_id=order), desk.clock.now
        desk.clock.now = type(now)(now + 301_000_000)
        visit(bare(desk, token, language))
        assert notice(panel_in(page)) == say("panel.message.expired", language)


# Chatwoot


def chatwoot(desk: Desk, context: dict[str, Any], language: str = "en") -> str:
    """A dashboard app of Chatwoot: the context is posted as a text, to every page that asks."""
    message = json.dumps(json.dumps({"event": "appContext", "data": context}))
    return (
        "<script>addEventListener('message', (event) => {"
        f" if (event.data === 'chatwoot-dashboard-app:fetch-info') event.source.postMessage({message}, '*') }})</script>"
        f'<iframe src="{desk.url}/panel/for/chatwoot?lang={language}" width="400" height="800"></iframe>'
    )


def conversation(order: str) -> dict[str, Any]:
    """Chatwoot's data about a conversation."""
    agent = {"id": 7, "email": "ann@shop.example"}
    return {"conversation": {"id": 1, "custom_attributes": {"order_id": order}}, "contact": {}, "currentAgent": agent}


@in_every_language
@in_browser
def test_chatwoot_names_the_order_and_the_pass_gives_the_right(
    desk: Desk, page: Page, visit: Visit, language: str
) -> None:
    order = desk.order()
    visit(chatwoot(desk, conversation(order), language))
    frame = panel_in(page)
    frame.fill(".ask input", desk.token())
    frame.press(".ask input", "Enter")
    frame.wait_for_selector("#panel")
    assert order in frame.inner_text(".order")
    visit(chatwoot(desk, conversation(desk.order(without_proof())), language))
    frame = panel_in(page)
    frame.wait_for_selector("#panel")
    assert outcome(frame) == say("outcome.needs_information", language), (
        "the pass is remembered as long as the tab is open"
    )


@in_browser
def test_data_from_chatwoot_give_no_rights(desk: Desk, page: Page, visit: Visit) -> None:
    """Nor does a page that pretends to be Chatwoot, with rights in its message."""
    context = conversation(desk.order()) | {"token": desk.key, "scopes": ["decide"], "pass": "x"}
    for language in LANGUAGES:
        visit(chatwoot(desk, context, language))
        frame = panel_in(page)
        assert frame.query_selector("#panel") is None
        frame.fill(".ask input", "guessed")
        frame.press(".ask input", "Enter")
        assert notice(frame) == say("panel.message.expired", language)
        assert frame.query_selector("#panel") is None


# Zendesk


def zendesk(desk: Desk, origin: str, token: str, order: str, language: str = "en") -> str:
    """A ticket sidebar of Zendesk: a signed token posted on the first load, and the frame API."""
    query = urlencode({"origin": origin, "app_guid": "g-1", "field": "custom_field_7", "lang": language})
    script = """
    addEventListener('message', (event) => {
      if (typeof event.data !== 'string') return;
      const asked = JSON.parse(event.data);
      if (asked.appGuid !== 'g-1') return;
      const reply = (message) => event.source.postMessage(JSON.stringify(message), event.origin);
      if (asked.key === 'iframe.handshake') reply({ key: 'zaf.app.registered', message: {} });
      if (asked.request === 'get') reply({ id: asked.id, result: { [asked.params[0]]: ORDER, errors: {} } });
    });
    document.forms[0].submit();
    """.replace("ORDER", json.dumps(order))
    return (
        f'<form method="post" action="{desk.url}/panel/for/zendesk?{query}" target="panel">'
        f'<input name="token" value="{token}"></form><iframe name="panel" width="400" height="800"></iframe>'
        f"<script>{script}</script>"
    )


@in_every_language
@in_browser
def test_zendesk_signs_for_the_agent_and_names_the_order(
    desk: Desk, page: Page, visit: Visit, host: HelpDesk, language: str
) -> None:
    order = desk.order(without_proof())
    token = zendesk_token(desk.clock.now, jti=order)
    visit(zendesk(desk, host.origin, token, order, language))
    frame = panel_in(page)
    frame.wait_for_selector("#panel")
    assert outcome(frame) == say("outcome.needs_information", language)
    enter_report(frame)
    frame.wait_for_selector(".changed")
    visit(zendesk(desk, host.origin, token, order, language))
    assert notice(panel_in(page)) == say("panel.message.used", language)


@pytest.mark.parametrize(
    "changes",
    [
        {"aud": "https://other.zendesk.com/api/v2/apps/installations/1.json"},
        {"exp": 1},
        {"nbf": 9_999_999_999},
    ],
)
def test_a_token_that_zendesk_signed_for_others_or_long_ago_is_refused(desk: Desk, changes: dict[str, Any]) -> None:
    token = zendesk_token(desk.clock.now, **changes)
    assert desk.open(token, order_id=desk.order()).status_code == 401


# Sobot


def sobot(desk: Desk, fields: dict[str, str], language: str = "en") -> str:
    """The side of Sobot's workbench: everything is in the address."""
    return f'<iframe src="{desk.url}/panel/for/sobot?{urlencode(fields | {"lang": language})}" width="400" height="800"></iframe>'


def custom_fields(order: str) -> str:
    """The custom fields of a conversation, in Sobot's form."""
    return json.dumps({"order_id": order})


@in_every_language
@in_browser
def test_sobot_signs_for_the_customer(desk: Desk, page: Page, visit: Visit, language: str) -> None:
    order = desk.order(without_proof())
    desk.clock.now = type(desk.clock.now)(desk.clock.now + (10 + LANGUAGES.index(language)) * 1_000)
    visit(sobot(desk, sobot_address(desk.clock.now, BUYER, params=custom_fields(order)), language))
    frame = panel_in(page)
    frame.wait_for_selector("#panel")
    assert outcome(frame) == say("outcome.needs_information", language)
    assert frame.query_selector("form.answer") is None, "the agent is not signed for, so it is to read only"
    assert "sign=" not in frame.url
    desk.clock.now = type(desk.clock.now)(desk.clock.now + 1_000_000)
    other = sobot_address(desk.clock.now, BUYER, params=custom_fields(desk.order()))
    page.evaluate("message => frames[0].postMessage(message, '*')", {"name": "selected", "data": other})
    frame.wait_for_selector("#panel.good")


Forge = Callable[[Desk], tuple[dict[str, str], str]]


def _of_another(desk: Desk) -> tuple[dict[str, str], str]:
    return sobot_address(desk.clock.now, "someone-else"), desk.order()


def _changed(desk: Desk) -> tuple[dict[str, str], str]:
    return sobot_address(desk.clock.now, "someone-else") | {"partnerId": BUYER}, desk.order()


def _old(desk: Desk) -> tuple[dict[str, str], str]:
    return sobot_address(type(desk.clock.now)(desk.clock.now - 301_000_000), BUYER), desk.order()


@pytest.mark.parametrize(("forge", "status"), [(_of_another, 403), (_changed, 401), (_old, 401)])
def test_an_address_for_another_customer_changed_or_old_is_refused(desk: Desk, forge: Forge, status: int) -> None:
    fields, order = forge(desk)
    token = "sobot." + base64.urlsafe_b64encode(json.dumps(fields).encode()).decode()
    assert desk.open(token, order_id=order).status_code == status


def test_an_address_of_sobot_is_good_once(desk: Desk) -> None:
    desk.clock.now = type(desk.clock.now)(desk.clock.now + 1_000_000)
    fields = sobot_address(desk.clock.now, BUYER)
    token = "sobot." + base64.urlsafe_b64encode(json.dumps(fields).encode()).decode()
    order = desk.order()
    assert [desk.open(token, order_id=order).status_code for _ in range(2)] == [200, 403]


def test_a_help_desk_that_is_not_configured_is_refused(desk: Desk) -> None:
    for token in (zendesk_token(desk.clock.now), "sobot.e30="):
        with pytest.raises(InvalidSignature):
            grant_by_host(Settings(panel_key="k"), token, desk.clock.now)
