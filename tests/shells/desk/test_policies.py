"""Policies at the desk: their editions, the handbook, comparisons of editions, and reports."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from attrs import evolve
from playwright.sync_api import Page

from adjudicator.desk import policies, policy_routes
from adjudicator.desk.app import create_app
from adjudicator.engine.registry import policies as installed
from adjudicator.service.policies import allowed_policies
from adjudicator.service.settings import Settings
from adjudicator.store import Scope
from adjudicator.words import words_for
from desk.browsing import in_browser, serving
from desk.desks import Desk
from desk.panels import LANGUAGES, findings_of_axe, overflow
from desk.test_desk import say, sign_in
from desk.test_tokens import problem
from douyin_global.damage import EDITION

in_every_language = pytest.mark.parametrize("language", LANGUAGES)
GENTLER = EDITION.amended(effective_from=dt.date(2026, 7, 1), settings={"leak_required": False})
DAMAGE = EDITION.policy
SMALL = installed()["douyin_alliance.admission"][0]
"""An edition with a small page."""


@pytest.fixture
def _two_editions(monkeypatch: pytest.MonkeyPatch) -> None:
    """Give the damage guarantee a second edition, under which nothing is decided."""
    monkeypatch.setattr(
        policy_routes, "allowed_policies", lambda call: {**allowed_policies(call), DAMAGE: (EDITION, GENTLER)}
    )


@pytest.fixture(scope="session")
def with_reports(
    served: Desk, panel_settings: Settings, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Desk, Path]]:
    """The same record, served with a folder of reports."""
    folder = tmp_path_factory.mktemp("reports")
    (folder / "default").mkdir()
    with (
        serving(create_app(evolve(panel_settings, desk_reports=str(folder)), served.record)) as both,
        httpx.Client(base_url=both.url, timeout=30.0) as client,
    ):
        yield evolve(served, url=both.url, client=client), folder


@in_every_language
@in_browser
def test_every_policy_has_its_editions_and_their_pages_of_the_handbook(desk: Desk, page: Page, language: str) -> None:
    desk.clock.set("2026-06-01T12:00:00+08:00")
    sign_in(page, desk, language, view="view=policies")
    assert page.locator(".policy").count() == len(installed())
    assert page.locator(".policy .tag").count() == len(installed()), "one edition of each is in force"
    assert findings_of_axe(page) == []
    page.click(f".policy a[href*='{SMALL.policy}']")
    page.wait_for_selector(".handbook h1")
    title = words_for(SMALL, language.replace("-", "_")).title()
    assert title
    assert title in page.inner_text(".handbook h1")
    assert findings_of_axe(page) == []
    page.set_viewport_size({"width": 320, "height": 700})
    assert overflow(page) == 0
    link = page.locator(".handbook a[href^='#']:not([href^='#view='])").first
    link.click()
    assert "view=handbook" in page.url, "a place on the page is no other view"
    page.click(".back a")
    page.wait_for_selector(".policy")


@in_every_language
@in_browser
@pytest.mark.usefixtures("_two_editions")
def test_two_editions_are_compared_as_text_and_by_examples(desk: Desk, page: Page, language: str) -> None:
    sign_in(page, desk, language, view="view=policies")
    card = page.locator(".policy", has=page.locator("form"))
    assert card.count() == 1
    assert card.locator("li .tag").count() == 1
    card.locator("button[type=submit]").click()
    page.wait_for_selector(".handbook h1")
    text = page.inner_text(".handbook")
    assert "leak_required" in text
    assert page.locator(".handbook del").count() > 0
    assert page.locator(".handbook ins").count() > 0
    assert say("handbook.turns", language) in text
    assert findings_of_axe(page) == []
    page.click(f".handbook a[href*='{EDITION.name}'] >> nth=0")
    page.wait_for_function("() => document.querySelector('.handbook h2') && !document.querySelector('.handbook ins')")


@in_browser
def test_the_report_of_a_change_is_saved(with_reports: tuple[Desk, Path], page: Page) -> None:
    both, folder = with_reports
    name = f"{DAMAGE}-2022-03-15-2026-07-01.html"
    (folder / "default" / name).write_text("<!doctype html><title>报告</title>", "utf-8")
    for language in LANGUAGES:
        sign_in(page, both, language, view="view=policies")
        assert say("desk.reports", language) in page.inner_text(".policy:has([data-report])")
        with page.expect_download() as saved:
            page.click("[data-report]")
        assert saved.value.suggested_filename == name
        assert Path(saved.value.path()).read_text("utf-8") == "<!doctype html><title>报告</title>"
    assert findings_of_axe(page) == []


def test_only_reports_of_the_own_tenant_and_its_policies_are_served(
    with_reports: tuple[Desk, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    both, folder = with_reports
    own = folder / "default"
    (folder / "acme").mkdir()
    (folder / "acme" / f"{DAMAGE}-theirs.html").write_text("theirs")
    (own / f"{DAMAGE}.txt").write_text("no report")
    (own / "notes.html").write_text("on no policy")
    (folder / "secret.html").write_text("secret")
    (own / f"{DAMAGE}-link.html").symlink_to(folder / "secret.html")
    (own / f"{DAMAGE}-large.html").write_text("x" * 2_000)
    (own / f"{DAMAGE}-good.html").write_text("good")
    os.utime(own / f"{DAMAGE}-good.html", (0, 0))
    monkeypatch.setattr(policies, "MOST_REPORT_BYTES", 1_000)
    mine = both.signed_in()

    def answer(name: str) -> httpx.Response:
        return both.client.get(f"/desk/reports/{name}", headers=mine)

    given = answer(f"{DAMAGE}-good.html")
    assert (given.status_code, given.text) == (200, "good")
    assert given.headers["Content-Disposition"] == "attachment"
    for name in ("theirs", "link", "large", "missing"):
        assert problem(answer(f"{DAMAGE}-{name}.html")) == (404, "not-found"), name
    for name in ("notes.html", f"{DAMAGE}.txt", "..%2fsecret.html", "%2e%2e%2fsecret.html"):
        assert answer(name).status_code == 404, name
    restricted = evolve(both, record=both.record)
    restricted.record.tenants.create("one-policy", ["douyin_global.authenticity"])
    theirs = restricted.signed_in(
        restricted.record.for_tenant("one-policy").api_keys.create("reads", [Scope.READ]).token
    )
    listed = both.client.get("/desk/policies?locale=en", headers=theirs).text
    assert listed.count('class="card policy"') == 1
    assert DAMAGE not in listed
    for path in (f"handbook?page={DAMAGE}-{EDITION.name}", f"reports/{DAMAGE}-good.html"):
        assert problem(both.client.get(f"/desk/{path}", headers=theirs)) == (404, "not-found")


def test_unknown_pages_are_not_found(desk: Desk) -> None:
    mine = desk.signed_in()
    name = EDITION.name
    for path in (
        "handbook?page=none",
        f"redline?policy={DAMAGE}&old={name}&new={name}",
        f"redline?policy={DAMAGE}&old={name}&new=2000-01-01",
        f"redline?policy=none&old={name}&new=2000-01-01",
        f"reports/{DAMAGE}.html",
    ):
        assert problem(desk.client.get(f"/desk/{path}", headers=mine)) == (404, "not-found"), path
    assert problem(desk.client.get("/desk/policies")) == (401, "unauthorized")
