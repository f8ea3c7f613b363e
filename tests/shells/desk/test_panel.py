"""The panel in a real browser: what agents see and do, in each language."""

from __future__ import annotations

import copy
from typing import Any, Final

import pytest
from playwright.sync_api import Browser, Dialog, Page, Route

from adjudicator.desk.panel import MOST_GROUPS
from adjudicator.words import words_for
from desk.browsing import in_browser
from desk.desks import DEMO, WHISKY, Desk, without_proof
from desk.panels import LANGUAGES, enter_report, findings_of_axe, outcome, overflow, show
from words.catalogues import texts_of

in_every_language = pytest.mark.parametrize("language", LANGUAGES)
BROKEN_WORDS: Final = """(where) => [...document.querySelectorAll(where)].flatMap((each) => {
  const walker = document.createTreeWalker(each, NodeFilter.SHOW_TEXT), broken = [];
  while (walker.nextNode()) for (const { 0: word, index } of walker.currentNode.data.matchAll(/\\S+/g)) {
    const range = new Range();
    range.setStart(walker.currentNode, index); range.setEnd(walker.currentNode, index + word.length);
    if (new Set([...range.getClientRects()].map((box) => box.top)).size > 1) broken.push(word);
  }
  return broken;
})"""
"""The words, up to the next space, that stand in several lines."""
HOSTILE: Final = "<img src=x onerror=alert(1)><script>alert(2)</script>"


def say(code: str, language: str) -> str:
    """A text of the catalogue."""
    return texts_of("adjudicator", language.replace("-", "_"))[code]


@in_every_language
@in_browser
def test_a_panel_shows_everything_about_a_claim(desk: Desk, page: Page, language: str) -> None:
    show(page, desk, desk.order(), language, time_zone="America/New_York")
    assert outcome(page) == say("outcome.partially_approved", language)
    headings = [each.strip() for each in page.locator("h2").all_inner_texts()]
    wanted = ("say_now", "send", "deadlines", "why", "money", "change", "has")
    assert [heading.partition("\n")[0] for heading in headings] == [say(f"panel.{name}", language) for name in wanted]
    assert page.evaluate("document.documentElement.lang") == language
    assert "6,524.00" in page.inner_text(".verdict")
    assert "GMT-04:00" in page.inner_text(".dates")
    assert page.locator(".clauses li svg.mark").count() >= 10
    page.click(".letter summary")
    assert say("letter.heading.rights", language) in page.inner_text("#letter")
    page.click(".lazy[data-load$=changes] summary")
    page.wait_for_selector(".ways")
    assert "buyer-7" not in page.content(), "an agent sees no personal data"


@in_every_language
@in_browser
def test_a_panel_says_what_became_of_the_money_since(desk: Desk, page: Page, language: str) -> None:
    """Nobody is promised again what was paid, or what will not be paid after all."""
    order = desk.order()
    show(page, desk, order, language)
    assert say("panel.payable_now", language) in page.inner_text(".verdict .total")
    (decision,) = desk.record.claims_found(order)
    refund, compensation, postage = desk.record.reserve(decision.id)
    desk.record.confirm(refund.key)
    desk.record.reverse(postage.key)
    show(page, desk, order, language)
    assert say("panel.awarded", language) in page.inner_text(".verdict .total")
    for payout, state in ((refund, "confirmed"), (compensation, "reserved"), (postage, "reversed")):
        amount = words_for(None, language).money(payout.amount, payout.currency)
        said = say(f"panel.payouts.{state}", language).format(amount=amount)
        assert said in page.inner_text(".verdict")
        assert said in page.inner_text("#script")


@in_every_language
@in_browser
def test_axe_finds_nothing(desk: Desk, page: Page, language: str) -> None:
    """In light and dark, with everything expanded, at the smallest width."""
    page.set_viewport_size({"width": 320, "height": 700})
    show(page, desk, desk.order(without_proof()), language)
    page.click(".lazy[data-load$=changes] summary")
    page.wait_for_selector(".ways")
    page.evaluate("document.querySelectorAll('details').forEach((each) => { each.open = true })")
    assert findings_of_axe(page) == []
    page.emulate_media(color_scheme="dark")
    assert findings_of_axe(page) == []
    assert overflow(page) == 0


@in_every_language
@in_browser
def test_a_screen_reader_hears_what_each_part_is(desk: Desk, page: Page, language: str) -> None:
    """Headings have no buttons in their names, and a number says what it counts."""
    show(page, desk, desk.order(without_proof()), language)
    assert page.locator("h1 button, h2 button, h3 button").count() == 0
    said = page.locator("#panel").aria_snapshot()
    for mark, count in (("good", 4), ("open", 1)):
        assert say(f"panel.count.{mark}", language).format(count=count) in said
    assert page.get_by_role("region", name=say("panel.say_now", language), exact=True).count() == 1


@in_every_language
@in_browser
def test_an_answer_is_decided_in_place(desk: Desk, page: Page, language: str) -> None:
    """From no proof to payment, by the agent: first the report, then its verification."""
    show(page, desk, desk.order(without_proof()), language)
    enter_report(page)
    page.wait_for_selector(".changed")
    assert say("panel.message.decided_again", language) in page.inner_text("#notice")
    assert page.evaluate("document.activeElement.id") == "verdict", "a screen reader reads on from the outcome"
    page.check("input[value=verified]")
    page.click(".answer:visible [type=submit]")
    page.wait_for_selector(".total")
    assert outcome(page) == say("outcome.partially_approved", language)
    assert "3,268.00" in page.inner_text(".verdict")


@in_every_language
@in_browser
def test_two_agents_do_not_overwrite_each_other(desk: Desk, page: Page, browser: Browser, language: str) -> None:
    order = desk.order(without_proof())
    show(page, desk, order, language)
    enter_report(page, send=False)
    other = browser.new_page()
    show(other, desk, order, agent="bob")
    enter_report(other)
    other.wait_for_selector(".changed")
    other.close()
    page.click(".answer:visible [type=submit]")
    page.wait_for_selector("#notice button")
    assert say("panel.message.changed", language) in page.inner_text("#notice")
    assert page.is_checked("input[value=brand_owner]"), "nothing is lost"
    page.click("#notice button")
    page.wait_for_selector("input[value=verified]")
    assert len(desk.decisions(order)) == 2


@in_browser
def test_input_survives_a_change_by_another_person(desk: Desk, page: Page) -> None:
    """There is another claim on the order, and the same is still asked for this one."""
    for language in LANGUAGES:
        order = desk.order(without_proof())
        show(page, desk, order, language)
        enter_report(page, send=False)
        desk.claim(order, DEMO, f"AS-2-{language}")
        page.click(".answer:visible [type=submit]")
        page.wait_for_selector("#notice button")
        assert say("panel.message.changed", language) in page.inner_text("#notice")
        page.click("#notice button")
        page.wait_for_selector(".tabs")
        assert page.is_checked(".answer:visible input[value=brand_owner]")
        assert page.input_value(".answer:visible input[name=brand]") == "Lumière"
        page.click(".answer:visible [type=submit]")
        page.wait_for_selector(".changed")


@in_every_language
@in_browser
def test_input_survives_a_lost_connection(desk: Desk, page: Page, language: str) -> None:
    show(page, desk, desk.order(without_proof()), language)
    page.route("**/panel/answers**", lambda route: route.abort())
    enter_report(page)
    page.wait_for_selector("#notice button")
    assert say("panel.message.offline", language) in page.inner_text("#notice")
    assert page.input_value(".answer:visible input[name=brand]") == "Lumière"
    page.unroute("**/panel/answers**")
    page.click("#notice button")
    page.wait_for_selector(".changed")


@in_browser
def test_another_language_keeps_the_input(desk: Desk, page: Page) -> None:
    """From each language to the next."""
    show(page, desk, desk.order(without_proof()))
    enter_report(page, send=False)
    for language in ("zh-Hans", "zh-Hant", "en"):
        page.click(f"[data-lang={language}]")
        page.wait_for_selector(f"#panel:lang({language})")
        assert outcome(page) == say("outcome.needs_information", language)
        assert page.get_attribute(f"[data-lang={language}]", "aria-current") == "true"
        assert page.is_checked("input[value=brand_owner]")
        assert page.input_value(".answer:visible input[name=brand]") == "Lumière"
    page.click(".answer:visible [type=submit]")
    page.wait_for_selector(".changed")


@in_browser
def test_text_from_a_case_is_never_script(desk: Desk, page: Page) -> None:
    case = copy.deepcopy(DEMO)
    case["order"]["lines"][0]["title"] = HOSTILE
    case["order"]["lines"][0]["brand"] = HOSTILE
    case["claim"]["id"] = HOSTILE
    case["metadata"] = {HOSTILE: HOSTILE}
    said: list[str] = []

    def note(dialog: Dialog) -> None:
        said.append(dialog.message)
        dialog.dismiss()

    page.on("dialog", note)
    show(page, desk, desk.order(case))
    page.click(".lazy[data-load$=changes] summary")
    page.wait_for_selector(".ways, .lazy p")
    assert HOSTILE in page.inner_text(".results")
    assert page.locator("main img, main script").count() == 0
    assert said == []


@in_browser
def test_a_panel_is_used_by_keyboard_alone(desk: Desk, page: Page) -> None:
    for language in LANGUAGES:
        show(page, desk, desk.order(without_proof()), language)
        page.focus(".fill summary")
        page.keyboard.press("Enter")
        page.keyboard.press("Tab")
        page.keyboard.press("Space")
        assert page.evaluate("document.activeElement.checked")
        style = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
        assert style == "solid", "the focus can be seen"


@pytest.mark.parametrize(
    ("width", "language"), [(240, "zh-Hans"), (200, "zh-Hant"), *((160, each) for each in LANGUAGES)]
)
@pytest.mark.parametrize("case", [DEMO, WHISKY, without_proof()], ids=["money", "asked", "no proof"])
@in_browser
def test_a_page_at_twice_the_size_still_fits(
    case: dict[str, Any], width: int, language: str, desk: Desk, page: Page
) -> None:
    """200 % of zoom halves the width that there is: 480 pixels become 240, and 320 become 160."""
    page.set_viewport_size({"width": width, "height": 400})
    show(page, desk, desk.order(case), language)
    page.evaluate("document.querySelectorAll('details').forEach((each) => { each.open = true })")
    page.wait_for_selector(".ways, .lazy p")
    assert overflow(page) == 0


@in_every_language
@in_browser
def test_no_short_word_is_broken_in_a_narrow_column(desk: Desk, page: Page, language: str) -> None:
    """A browser may break between any two Chinese characters, and where nothing else fits also within English words."""
    order = desk.order()
    for width in (320, 160):
        page.set_viewport_size({"width": width, "height": 400})
        show(page, desk, order, language)
        assert page.evaluate(BROKEN_WORDS, "h1, th, .copy") == []


@in_every_language
@in_browser
def test_only_the_letter_is_printed(desk: Desk, page: Page, language: str) -> None:
    page.add_init_script("window.print = () => { window.printed = document.body.className }")
    show(page, desk, desk.order(), language)
    page.click(".letter summary")
    page.click("[data-print]")
    assert page.evaluate("window.printed") == "only-letter"
    page.emulate_media(media="print")
    assert page.is_visible("#letter")
    assert not page.is_visible(".verdict")
    assert not page.is_visible("#why")


@in_every_language
@in_browser
def test_what_to_say_and_to_send_is_copied(desk: Desk, page: Page, language: str) -> None:
    """The script as text, the letter as text and with its layout."""
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    show(page, desk, desk.order(), language)
    page.click("[data-copy=script]")
    page.wait_for_selector("#notice.good")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied.splitlines() == [each.strip() for each in page.locator("#script li").all_inner_texts()]
    page.click(".letter summary")
    page.click("[data-copy=letter-text]")
    title = page.inner_text("#letter .title")
    page.wait_for_function("title => navigator.clipboard.readText().then((text) => text.startsWith(title))", arg=title)
    page.click("[data-as=html]")
    page.wait_for_function(
        "navigator.clipboard.read().then(([item]) => item.types.includes('text/html') && item.getType('text/html'))"
        ".then(async (html) => html && (await html.text()).includes('<table>'))"
    )


@in_browser
def test_no_request_leaves_the_service(desk: Desk, page: Page) -> None:
    """The token is in no address, not even in the history."""
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    show(page, desk, desk.order())
    assert all(each.startswith(desk.url) for each in asked if not each.startswith("about:"))
    assert page.url == f"{desk.url}/panel"
    assert not any("eyJ" in each for each in asked if "#" not in each)
    assert page.evaluate("[document.cookie, localStorage.length, sessionStorage.length]") == ["", 0, 0]


@in_every_language
@in_browser
def test_an_order_without_a_claim_shows_its_entitlements(desk: Desk, page: Page, language: str) -> None:
    """The host describes the order, and nothing is on record for it."""
    inquiry = {"as_of": DEMO["as_of"], "order": DEMO["order"] | {"id": f"new-{language}"}}
    show(page, desk, f"new-{language}", language, inquiry=inquiry)
    assert outcome(page) == say("panel.no_claim", language)
    assert page.locator(".rights > li").count() == 4
    assert "9,780.00" in page.inner_text(".rights")
    assert findings_of_axe(page) == []
    page.click("[data-lang=en]")
    page.wait_for_selector("#panel:lang(en)")


@in_browser
def test_every_claim_on_an_order_can_be_shown(desk: Desk, page: Page) -> None:
    order = desk.order()
    desk.claim(order, without_proof(), "AS-2")
    for language in LANGUAGES:
        show(page, desk, order, language)
        asked, granted = (say(f"outcome.{each}", language) for each in ("needs_information", "partially_approved"))
        tabs = [each.split("\n") for each in page.locator(".tabs button").all_inner_texts()]
        assert [(claim, result) for claim, result in tabs] == [("AS-2", asked), ("AS-60231", granted)]
        assert outcome(page) == asked
        page.click(".tabs button >> nth=1")
        page.wait_for_selector("#panel.good")
        assert outcome(page) == granted
        claimed = say("panel.claimed", language)
        assert page.locator(".rights .tag").all_inner_texts() == [
            claimed.format(claim="AS-2", outcome=asked),
            claimed.format(claim="AS-60231", outcome=granted),
        ]


@in_every_language
@in_browser
def test_a_decision_that_time_has_changed_is_made_again(desk: Desk, page: Page, language: str) -> None:
    order = desk.order(without_proof())
    desk.clock.set("2022-06-04T00:00:00+08:00")
    show(page, desk, order, language)
    page.click(".again button")
    page.wait_for_selector("#panel.bad")
    assert outcome(page) == say("outcome.denied", language)


@in_every_language
@in_browser
def test_a_slow_service_is_said_to_be_slow(desk: Desk, page: Page, language: str) -> None:
    page.clock.install()
    show(page, desk, desk.order(without_proof()), language)
    held: list[Route] = []
    page.route("**/panel/answers**", lambda route: held.append(route))  # noqa: PLW0108 - Playwright sets attributes on it
    enter_report(page)
    page.clock.fast_forward(5_000)
    page.wait_for_selector("#notice.open")
    assert page.inner_text("#notice") == say("panel.message.slow", language)
    held[0].continue_()
    page.wait_for_selector(".changed")


@in_browser
def test_a_large_order_is_shown_in_part_and_the_rest_on_demand(desk: Desk, page: Page) -> None:
    case = copy.deepcopy(DEMO)
    lines = [f"L{number}" for number in range(1, 13)]
    case["order"]["lines"] = [case["order"]["lines"][0] | {"id": line} for line in lines]
    case["order"]["parcels"][0]["line_ids"] = lines
    case["claim"]["items"] = [{"line_id": line, "quantity": 3} for line in lines]
    order = desk.order(case)
    for language in LANGUAGES:
        show(page, desk, order, language)
        assert say("panel.not_whole", language) in page.inner_text("#panel")
        assert page.locator(".clauses").count() == MOST_GROUPS
        page.click(".lazy[data-load='/panel/rights'] summary")
        page.wait_for_selector(".rights")
        assert "L1" in page.inner_text(".lazy[data-load='/panel/rights']")
        assert overflow(page) == 0


@in_browser
def test_axe_finds_nothing_in_forms_and_refusals(desk: Desk, page: Page) -> None:
    page.set_default_timeout(8_000)
    page.goto(f"{desk.url}/panel/for/chatwoot?lang=zh-Hant")
    page.wait_for_selector(".ask")
    assert findings_of_axe(page) == []
    page.goto(f"{desk.url}/panel?lang=zh-Hans")
    page.wait_for_selector("#notice:not(:empty)")
    assert findings_of_axe(page) == []
