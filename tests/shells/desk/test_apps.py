"""The panel as an MCP app, in a host that behaves like real ones: a sandboxed frame, a strict policy, JSON-RPC by messages."""

from __future__ import annotations

import copy
import html
import json
import time
from collections.abc import Callable
from typing import Any, Final, TypeAlias

import orjson
import pytest
from playwright.sync_api import BrowserContext, Frame, Page

from adjudicator import adjudicate
from adjudicator.desk import apps
from adjudicator.mcp.apps import PANELS, App
from desk.browsing import HelpDesk, in_browser
from desk.desks import DEMO, without_proof
from desk.panels import LANGUAGES, PATIENCE_MS, findings_of_axe, outcome, overflow

POLICY: Final = (
    "default-src 'none'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "media-src 'self' data:; connect-src 'none'"
)
"""The policy that a host applies to an app that names no domains."""
HOST: Final = """
<meta http-equiv="Content-Security-Policy" content="{policy}">
<style>body {{ margin: 0 }} iframe {{ width: 100%; height: 700px; border: 0 }}</style>
<script>
const heard = [];
const frame = () => document.querySelector("iframe").contentWindow;
const tell = (message) => frame().postMessage({{ jsonrpc: "2.0", ...message }}, "*");
addEventListener("message", ({{ source, data }}) => {{
  if (source !== frame()) return;
  heard.push(data);
  if (data.method === "ui/initialize") tell({{ id: data.id, result: {{
    protocolVersion: "2026-01-26", hostInfo: {{ name: "host", version: "1" }}, hostCapabilities: {{}}, hostContext: {context} }} }});
  if (data.method === "ui/notifications/initialized") {{
    tell({{ method: "ui/notifications/tool-input", params: {{ arguments: {{}} }} }});
    for (const message of {messages}) tell(message);
  }}
}});
</script>
<iframe sandbox="allow-scripts" title="app" srcdoc="{page}"></iframe>
"""
APP: Final = App(apps.page, apps.PANELS)
Host: TypeAlias = Callable[..., Frame]


def embedded(value: object) -> str:
    """A value as JSON for a script in a page."""
    return json.dumps(value).replace("<", "\\u003c")


def result_of(case: dict[str, Any]) -> dict[str, Any]:
    """The host's notification of a result of ``decide``."""
    decision = json.loads(adjudicate(orjson.dumps(case)))
    about = APP.of_result("decide", {"case": case}, decision)
    return {"content": [{"type": "text", "text": "Outcome: as it is."}], "structuredContent": {}, "_meta": about}


def with_result(result: dict[str, Any]) -> dict[str, Any]:
    """The message with a result."""
    return {"method": "ui/notifications/tool-result", "params": result}


def wait_for(page: Page, condition: str) -> None:
    """Wait for a condition. The policy of the page forbids the way in which Playwright waits."""
    deadline = time.monotonic() + PATIENCE_MS / 1000
    while not page.evaluate(condition):
        assert time.monotonic() < deadline, condition
        page.wait_for_timeout(20)


def host_on(page: Page, host: HelpDesk) -> Host:
    """Show the app in a host that sends these messages."""

    def show(*messages: dict[str, Any], **context: str) -> Frame:
        app = html.escape(apps.page())
        host.show(HOST.format(policy=POLICY, context=embedded(context), messages=embedded(messages), page=app))
        page.set_default_timeout(PATIENCE_MS)
        page.goto(host.origin)
        wait_for(page, "heard.some(({ method }) => method === 'ui/notifications/initialized')")
        (frame,) = page.main_frame.child_frames
        return frame

    return show


@pytest.fixture
def app(page: Page, host: HelpDesk) -> Host:
    """The app in a host, on a page that must have no errors."""
    return host_on(page, host)


def says(frame: Frame) -> str:
    """The notice of the page instead of a panel, once it has stopped waiting."""
    frame.wait_for_selector("#main[aria-busy=false]")
    return frame.inner_text("#says")


@pytest.mark.parametrize(("language", "tag"), [*zip(LANGUAGES, ("en-GB", "zh-CN", "zh-HK"), strict=True)])
@in_browser
def test_the_panel_is_shown_in_the_language_of_the_host(page: Page, app: Host, language: str, tag: str) -> None:
    requests: list[str] = []
    frame = app(with_result(result_of(DEMO)), locale=tag)
    page.on("request", lambda request: requests.append(request.url))
    frame.wait_for_selector("#panel")
    assert frame.get_attribute("html", "lang") == language
    assert outcome(frame) == {"en": "Partially approved", "zh-Hans": "部分通过", "zh-Hant": "部分通過"}[language]
    assert "6,524.00" in frame.inner_text(".total")
    assert overflow(page) <= 0
    assert frame.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    assert findings_of_axe(frame) == []
    other = next(each for each in LANGUAGES if each != language)
    frame.click(f"button[data-lang={other}]")
    assert frame.get_attribute("#panel", "lang") == other
    sizes = page.evaluate("heard.filter(({ method }) => method === 'ui/notifications/size-changed').at(-1).params")
    assert sizes["height"] > 500
    assert requests == []


@in_browser
def test_missing_facts_are_listed_and_parts_that_need_the_service_are_left_out(app: Host) -> None:
    frame = app(with_result(result_of(without_proof())))
    frame.wait_for_selector("#panel")
    assert frame.locator(".checklist > li").count() >= 1
    assert frame.locator("form, .lazy, [data-load], [data-print]").count() == 0
    frame.click("[data-copy=script]")
    frame.wait_for_selector("#notice:not(:empty)")
    assert frame.inner_text("#notice") == "Copied"


@in_browser
def test_a_check_and_an_order_are_panels_too(app: Host) -> None:
    case, inquiry = without_proof(), {"as_of": DEMO["as_of"], "order": DEMO["order"]}
    policy = json.loads(adjudicate(orjson.dumps(case)))["policy"]
    made = {
        "Sound, but something is needed": APP.of_result("check", {"case": case}, {"policy": policy}),
        "What this order still has": APP.of_result(
            "entitlements", {"inquiry": inquiry}, {"lines": [{"policy": {"id": "douyin_global.damage"}}]}
        ),
    }
    for text, about in made.items():
        frame = app(with_result({"content": [], "_meta": about}))
        frame.wait_for_selector("#panel")
        assert text in frame.inner_text("#panel")
        assert findings_of_axe(frame) == []


@in_browser
def test_the_theme_of_the_host_wins(app: Host) -> None:
    grounds = {}
    for theme in ("light", "dark"):
        frame = app(with_result(result_of(DEMO)), theme=theme)
        frame.wait_for_selector("#panel")
        grounds[theme] = frame.evaluate("getComputedStyle(document.body).backgroundColor")
    assert grounds == {"light": "rgb(243, 244, 246)", "dark": "rgb(16, 18, 21)"}


@in_browser
def test_the_text_of_a_case_stays_text(app: Host) -> None:
    case = copy.deepcopy(DEMO)
    title = "<img src=x onerror=parent.postMessage({id:'ran'},'*')><b>bold</b>"
    for line in case["order"]["lines"]:
        line["title"] = title
    frame = app(with_result(result_of(case)))
    frame.wait_for_selector("#panel")
    assert title in frame.inner_text("#panel")
    assert frame.locator("img, b").count() == 0


@in_browser
def test_no_script_but_its_own_ever_runs(context: BrowserContext, host: HelpDesk) -> None:
    """Even if text got into a panel unescaped, or a host sent a script, the policy of the page would stop it."""
    page = context.new_page()
    bad = "<article id='panel'><img src=x onerror='document.title=1'><script>document.title=2</script><a id=a href='javascript:document.title=3'>x</a><style>h1{color:red}</style></article>"
    frame = host_on(page, host)(with_result({"content": [], "_meta": {PANELS: {"en": bad}}}))
    frame.wait_for_selector("#panel")
    frame.click("#a")
    page.wait_for_timeout(100)
    assert frame.title() == "Claim panel"


@pytest.mark.parametrize(
    ("messages", "text"),
    [
        ([], "One moment …"),
        ([with_result({"content": [{"type": "text", "text": "Outcome: <b>denied</b>."}]})], "Outcome: <b>denied</b>."),
        (
            [with_result({"content": [{"type": "text", "text": "Invalid: /case"}], "isError": True})],
            "This was refused: Invalid: /case",
        ),
        ([{"method": "ui/notifications/tool-cancelled", "params": {"reason": "by you"}}], "The call was cancelled."),
    ],
)
@in_browser
def test_without_a_panel_the_app_shows_a_notice(app: Host, messages: list[dict[str, Any]], text: str) -> None:
    frame = app(*messages)
    found = says(frame) if messages else frame.inner_text("#says")
    assert " ".join(found.split()) == text


@in_browser
def test_the_app_answers_only_its_host(page: Page, app: Host) -> None:
    frame = app(
        {"id": 7, "method": "ping"}, {"id": 8, "method": "ui/resource-teardown"}, {"id": 9, "method": "odd/thing"}
    )
    wait_for(page, "heard.filter(({ id }) => id > 6).length === 3")
    answers = page.evaluate("heard.filter(({ id }) => id > 6)")
    assert answers[:2] == [{"jsonrpc": "2.0", "id": 7, "result": {}}, {"jsonrpc": "2.0", "id": 8, "result": {}}]
    assert answers[2]["error"]["code"] == -32601
    # Messages that are not from the host are ignored: here the frame sends one to itself.
    stray = {"jsonrpc": "2.0", **with_result({"content": [{"type": "text", "text": "stray"}]})}
    frame.evaluate("async (each) => { postMessage(each, '*'); await new Promise((go) => setTimeout(go, 50)); }", stray)
    assert frame.inner_text("#says") == "One moment …"
