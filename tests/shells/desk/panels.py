"""Actions on a panel in a browser."""

from __future__ import annotations

from typing import Any, Final

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Frame, Page

from desk.desks import Desk

LANGUAGES: Final = ("en", "zh-Hans", "zh-Hant")
PATIENCE_MS: Final = 8_000


def show(page: Page, desk: Desk, order: str, language: str = "en", **asked: Any) -> Page:
    """Open the panel of an order as a page of its own."""
    page.set_default_timeout(PATIENCE_MS)
    token = desk.token(order_id=order, **asked)
    page.goto("about:blank")
    page.goto(f"{desk.url}/panel?lang={language}#token={token}")
    page.wait_for_selector("#panel")
    return page


def outcome(page: Page | Frame) -> str:
    """The outcome that the panel shows."""
    return page.inner_text("#verdict").strip()


def enter_report(page: Page | Frame, *, send: bool = True) -> None:
    """Enter the consumer's appraisal report."""
    page.click(".fill summary >> nth=0")
    page.check("input[value=brand_owner]")
    page.check(".answer:visible input[value=counterfeit]")
    page.fill(".answer:visible input[name=brand]", "Lumière")
    if send:
        page.click(".answer:visible [type=submit]")


def findings_of_axe(page: Page | Frame) -> list[str]:
    """The findings of axe-core on a page, at any level. Its script is loaded once, and nothing else leaves the page: both take long."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE_SCRIPT)
    found = page.evaluate("axe.run({resultTypes: ['violations']}).then(({violations}) => violations)")
    return [f"{each['id']}: {node['html'][:200]}" for each in found for node in each["nodes"]]


def overflow(page: Page) -> int:
    """By how many pixels the page is too wide."""
    width: int = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return width
