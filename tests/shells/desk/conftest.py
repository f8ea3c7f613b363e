"""One server and one browser for all tests of the desk, and a page for each test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from attrs import evolve
from playwright.sync_api import Browser, BrowserContext, Page

from adjudicator.desk.app import create_app
from adjudicator.evidence.files import FolderStore
from adjudicator.service.settings import Settings
from adjudicator.store import open_store
from desk.browsing import HelpDesk, help_desk, in_browser, serving, started_browser
from desk.desks import Clock, Desk, Pictured, key_of
from desk.signing import ISSUER, SOBOT_ACCOUNT, SOBOT_KEY, ZENDESK_AUDIENCE, key_set, public_key


@pytest.fixture(scope="session")
def host() -> Iterator[HelpDesk]:
    """The help desk that may show panels."""
    with help_desk() as server:
        yield server


@pytest.fixture(scope="session")
def panel_settings(tmp_path_factory: pytest.TempPathFactory, host: HelpDesk) -> Settings:
    """The settings of the service: a panel, for every help desk."""
    folder = tmp_path_factory.mktemp("panel")
    (folder / "panel.key").write_text("a secret of the tests, of 32 or more".replace(" ", "-"))
    (folder / "zendesk.pem").write_bytes(public_key())
    (folder / "sobot.key").write_text(SOBOT_KEY)
    (folder / "issuer.json").write_text(key_set())
    return Settings(
        database=f"sqlite:///{folder}/record.db",
        requests_per_minute=None,
        panel_key=str(folder / "panel.key"),
        desk=True,
        evidence_files=str(folder / "files"),
        oidc_issuer=ISSUER,
        oidc_audience="claims",
        oidc_keys=str(folder / "issuer.json"),
        oidc_leeway_seconds=0.0,
        panel_origins=host.origin,
        panel_zendesk_key=str(folder / "zendesk.pem"),
        panel_zendesk_audience=ZENDESK_AUDIENCE,
        panel_sobot_account=SOBOT_ACCOUNT,
        panel_sobot_key=str(folder / "sobot.key"),
    )


@pytest.fixture(scope="session")
def served(panel_settings: Settings) -> Iterator[Desk]:
    """The service, on a port of this machine."""
    clock = Clock()
    record = open_store(panel_settings.database, now=clock)
    with (
        serving(create_app(panel_settings, record)) as served,
        httpx.Client(base_url=served.url, verify=False, timeout=30.0) as client,
    ):
        yield Desk(served.url, record, clock, key_of(record), client)
    record.close()


@pytest.fixture(scope="session")
def for_two(served: Desk, panel_settings: Settings) -> Iterator[Desk]:
    """The same record, served by a worker that wants two people for a ruling."""
    with (
        serving(create_app(evolve(panel_settings, desk_four_eyes=True), served.record)) as both,
        httpx.Client(base_url=both.url, timeout=30.0) as client,
    ):
        yield evolve(served, url=both.url, client=client)


@pytest.fixture
def desk(served: Desk) -> Desk:
    """The service, with the clock set to the time of the demo case."""
    served.clock.now = Clock().now
    return served


@pytest.fixture(scope="session")
def kept(panel_settings: Settings) -> FolderStore:
    """The evidence files of the service."""
    return FolderStore(Path(str(panel_settings.evidence_files)))


@pytest.fixture(scope="session")
def case_with_pictures(served: Desk, kept: FolderStore) -> dict[str, Any]:
    """A case whose evidence is two pictures."""
    from desk.pictured import a_case

    return a_case(served, kept)


@pytest.fixture
def pictured(desk: Desk, case_with_pictures: dict[str, Any]) -> Pictured:
    """Put that case on record, on an order of its own."""
    digests = [file["sha256"] for each in case_with_pictures["evidence"] for file in each["files"]]
    desk.record.evidence_files.note(dict.fromkeys(digests))  # an earlier order may be erased
    return lambda: desk.order(case_with_pictures)


@pytest.fixture(scope="session")
def case_with_papers(served: Desk) -> dict[str, Any]:
    """A case whose evidence is in a picture and in PDFs."""
    from desk.pictured import with_papers

    return with_papers(served)


@pytest.fixture
def papered(desk: Desk, case_with_papers: dict[str, Any]) -> Pictured:
    """Puts that case on record, on an order of its own."""
    digests = [file["sha256"] for each in case_with_papers["evidence"] for file in each["files"]]
    desk.record.evidence_files.note(dict.fromkeys(digests))  # an order before may be erased
    return lambda: desk.order(case_with_papers)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """The browser."""
    with started_browser() as browser:
        yield browser


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    """A separate profile for each test, as narrow as beside a conversation."""
    made = in_browser(lambda: browser.new_context(viewport={"width": 400, "height": 800}, locale="en-GB"))()
    yield made
    in_browser(made.close)()


@pytest.fixture
def page(context: BrowserContext) -> Iterator[Page]:
    """A page that must have no errors, from scripts or from its policy."""
    errors: list[str] = []
    page = in_browser(context.new_page)()
    in_browser(page.on)("pageerror", lambda error: errors.append(str(error)))
    in_browser(page.on)("console", lambda message: errors.append(message.text) if _is_violation(message.text) else None)
    yield page
    assert errors == []


def _is_violation(text: str) -> bool:
    """Whether one of our pages broke its own policy. That nobody else may frame a page is intended."""
    return "Content Security Policy" in text and "frame-ancestors" not in text
