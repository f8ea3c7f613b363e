"""The panel as an MCP app, as the SDK's own client sees it."""

from __future__ import annotations

import re
from typing import Any, Final

import mcp_types as types
import pytest
from mcp import Client
from mcp.server.apps import APP_MIME_TYPE, EXTENSION_ID

from adjudicator.desk.apps import of_entitlements
from adjudicator.mcp.apps import PANELS, URI, App
from adjudicator.store import DecisionStore
from agents.talking import A_CASE, APP, called, content, example, talk, text_of

INQUIRY: Final = {"as_of": A_CASE["as_of"], "order": A_CASE["order"]}
CALLS: Final[dict[str, dict[str, Any]]] = {
    "entitlements": {"inquiry": INQUIRY},
    "check": {"case": A_CASE},
    "decide": {"case": A_CASE},
    "decide_on_record": {"case": A_CASE, "idempotency_key": "key-1"},
}
LANGUAGES: Final = ["en", "zh-Hans", "zh-Hant"]


def panels_in(result: types.CallToolResult) -> dict[str, str]:
    """The panel of a result in each language."""
    assert result.meta is not None
    found: dict[str, str] = result.meta[PANELS]
    return found


@pytest.mark.parametrize("mode", ["auto", "legacy"])
def test_the_page_is_a_resource_to_which_the_tools_refer(record: DecisionStore, mode: str) -> None:
    async def look(client: Client) -> tuple[list[types.Tool], list[types.Resource], types.ReadResourceResult, Any]:
        tools, resources = (await client.list_tools()).tools, (await client.list_resources()).resources
        return tools, resources, await client.read_resource(URI), client.server_capabilities

    tools, resources, read, capabilities = talk(record, look, mode=mode)
    leads = {each.name: each.meta for each in tools if each.meta is not None}
    assert leads == {tool: {"ui": {"resourceUri": URI}} for tool in CALLS}
    # The handshake of older protocols has no field for server extensions; the tools announce the same.
    assert capabilities.extensions == (None if mode == "legacy" else {EXTENSION_ID: {}})
    (listed,) = [each for each in resources if each.uri == URI]
    (page,) = read.contents
    assert isinstance(page, types.TextResourceContents)
    assert (listed.mime_type, page.mime_type) == (APP_MIME_TYPE, APP_MIME_TYPE)
    # No domain is named, so hosts let the page load nothing; nor does it try to.
    assert listed.meta == page.meta == {"ui": {"permissions": {"clipboardWrite": {}}, "prefersBorder": False}}
    assert page.text.startswith("<!DOCTYPE html>\n")
    assert re.findall(r"""(?:src|href)=["'](?!#)|url\(|@import|https?:""", page.text) == []


@pytest.mark.parametrize("mode", ["auto", "legacy"])
@pytest.mark.parametrize("tool", CALLS)
def test_a_host_with_apps_gets_the_panel_and_the_model_the_usual_result(
    record: DecisionStore, tool: str, mode: str
) -> None:
    plain = called(record, tool, CALLS[tool], mode=mode)
    assert plain.meta is None or PANELS not in plain.meta
    shown = called(record, tool, CALLS[tool], mode=mode, shows_apps=True)
    assert text_of(shown) == text_of(plain)
    assert [*panels_in(shown)] == LANGUAGES
    for language, panel in panels_in(shown).items():
        assert '<article id="panel" class="' in panel
        assert f'lang="{language}"' in panel
    without = {"id", "repeat"}
    assert {k: v for k, v in content(shown).items() if k not in without} == {
        k: v for k, v in content(plain).items() if k not in without
    }


def test_the_panel_is_that_of_the_case_with_the_answers(record: DecisionStore) -> None:
    case = example("authenticity-no-proof-yet")

    def decline(_: types.ElicitRequestFormParams) -> types.ElicitResult:
        return types.ElicitResult(action="decline")

    panel = panels_in(called(record, "decide", {"case": case}, answers=decline, shows_apps=True))["en"]
    assert "Information needed" in panel
    assert "<form" not in panel


def test_a_text_of_a_case_is_text_in_the_panel(record: DecisionStore) -> None:
    title = "<img src=x onerror=alert(1)></article><script>alert(2)</script>\u202e"
    lines = [{**each, "title": title} for each in A_CASE["order"]["lines"]]
    order = {**A_CASE["order"], "id": title.removesuffix("\u202e"), "lines": lines}
    for tool, arguments in (
        ("decide", {"case": {**A_CASE, "order": order}}),
        ("check", {"case": {**A_CASE, "evidence": [], "order": order}}),
        ("entitlements", {"inquiry": {**INQUIRY, "order": order}}),
    ):
        for panel in panels_in(called(record, tool, arguments, shows_apps=True)).values():
            assert "&lt;img src=x onerror=alert(1)&gt;" in panel
            assert not re.search(r"<img|<script|\u202e", panel)


def test_the_panel_of_a_check_shows_what_is_missing_but_no_verdict(record: DecisionStore) -> None:
    case = example("authenticity-no-proof-yet")
    result = called(record, "check", {"case": case}, shows_apps=True)
    panel = panels_in(result)["en"]
    assert "Sound, but something is needed" in panel
    assert 'class="checklist"' in panel
    assert "payable now" not in panel
    assert (
        "Sound, and nothing is needed now"
        in panels_in(called(record, "check", {"case": A_CASE}, shows_apps=True))["en"]
    )
    answer = content(result)["check"]
    other = {**answer, "policy": {**answer["policy"], "revision": 0}}
    assert APP.of_result("check", {"case": case}, other) is None


def test_only_guarantees_of_the_answer_are_in_the_panel() -> None:
    of_one = {"lines": [{"policy": {"id": "douyin_global.damage"}}]}
    panel = of_entitlements({"inquiry": INQUIRY}, of_one)["en"]
    assert ("Damage return (DG.3)" in panel, "Authenticity guarantee" in panel) == (True, False)
    none = of_entitlements({"inquiry": INQUIRY}, {"lines": []})["en"]
    assert ("Damage return" in none, "No guarantee was in force when it was placed." in none) == (False, True)


def test_a_problem_has_no_panel(record: DecisionStore) -> None:
    result = called(record, "decide", {"case": {**A_CASE, "policy": "nothing"}}, shows_apps=True)
    assert (result.is_error, result.meta is None or PANELS not in result.meta) == (True, True)


def test_a_result_that_takes_too_long_or_has_another_version_has_no_panel(monkeypatch: pytest.MonkeyPatch) -> None:
    assert APP.of_result("decide", {"case": A_CASE}, {"outcome": "approved"}) is None
    monkeypatch.setattr("adjudicator.mcp.apps.SECONDS", 0.05)

    def never(*_: object) -> dict[str, str]:
        while True:
            pass

    assert App(str, {"decide": never}).of_result("decide", {}, {}) is None
