"""Rulings at the desk: entered with a reason, confirmed by a second person where required, and shown in the history."""

from __future__ import annotations

import time
from typing import Any

import pytest
from attrs import evolve
from playwright.sync_api import Page

from adjudicator.store import RulingState, Scope
from desk.browsing import PATIENCE, in_browser
from desk.desks import DEMO, Desk, disputed, for_a_person, unverified
from desk.panels import LANGUAGES, findings_of_axe, overflow
from desk.test_desk import say, sign_in
from desk.test_tokens import problem

in_every_language = pytest.mark.parametrize("language", LANGUAGES)
REASON = "The seal on the second report is forged."


def key_for(desk: Desk, name: str, *scopes: Scope) -> str:
    """A person's key for the desk, by default with the scopes to read and to rule."""
    return desk.record.api_keys.create(name, scopes or (Scope.READ, Scope.RULE)).token


def waiting(desk: Desk, case: dict[str, Any] | None = None) -> tuple[str, str]:
    """An order that waits for a person because its documents disagree. Returns it and its decision."""
    order = desk.order(case or disputed())
    (decision,) = desk.decisions(order)
    return order, decision.id


def fill_in(page: Page, number: int = 1) -> None:
    """Enter that a document does not count, and why."""
    page.click(f".ruled-on .fill summary >> nth={number}")
    page.check(".ruling:visible input[value=rejected]")
    page.fill(".ruling:visible textarea", REASON)


def options_on(desk: Desk, decision: str, mine: dict[str, str]) -> tuple[dict[str, str], list[str]]:
    """The headers to rule on the current version of a decision, and the options for a ruling."""
    shown = desk.client.get(f"/desk/cases/{decision}?locale=en", headers=mine)
    assert shown.status_code == 200, shown.text
    found = [each.partition('"')[0] for each in shown.text.split('class="ruling" data-request="')[1:]]
    return mine | {"If-Match": shown.headers["ETag"], "Idempotency-Key": f'"{decision}"'}, [*dict.fromkeys(found)]


def rejecting(option: str, number: int = 1, **changes: Any) -> dict[str, Any]:
    """A ruling that a document does not count."""
    values = {f"/evidence/{number}/verification": ["rejected"]}
    return {"option": option, "answer": 0, "values": values, "reason": REASON} | changes


def entered(desk: Desk, decision: str, name: str = "ann") -> str:
    """Enter a ruling without a browser. Returns its id."""
    headers, options = options_on(desk, decision, desk.signed_in(key_for(desk, name)))
    response = desk.client.post(f"/desk/cases/{decision}/rulings", json=rejecting(options[1]), headers=headers)
    assert response.status_code == 200, response.text
    return desk.record.rulings.on_chain_of(decision)[0].id


# With a browser


@in_every_language
@in_browser
def test_a_ruling_is_previewed_before_it_decides(desk: Desk, page: Page, language: str) -> None:
    """The history shows who ruled what and why, and the panel the result."""
    order, decision = waiting(desk)
    sign_in(page, desk, language, key=key_for(desk, f"ann-{language}"), view=f"view=case&decision={decision}")
    page.wait_for_selector("#panel")
    fill_in(page)
    page.click(".ruling:visible .look")
    page.wait_for_selector(".outlook .outcome")
    assert say("outcome.partially_approved", language) in page.inner_text(".outlook .outcome")
    assert len(desk.decisions(order)) == 1, "looking decides nothing"
    page.click(".outlook button[value=enter]")
    page.wait_for_selector("#notice.good")
    assert page.inner_text("#notice") == say("desk.message.ruled", language)
    page.wait_for_selector(".events > li:nth-child(2)")
    text = page.inner_text(".events > li >> nth=0")
    assert f"ann-{language}" in text
    assert REASON in text
    assert say("value.verification.rejected", language) in text
    assert page.locator(".ruled-on").count() == 0
    page.wait_for_function(
        "text => document.getElementById('verdict')?.textContent.includes(text)",
        arg=say("outcome.partially_approved", language),
    )
    first, second = desk.decisions(order)
    assert (second.supersedes, second.outcome) == (first.id, "partially_approved")
    assert findings_of_axe(page) == []


@in_every_language
@in_browser
def test_a_second_person_confirms_if_two_are_required(for_two: Desk, desk: Desk, page: Page, language: str) -> None:
    order, decision = waiting(desk)
    case = f"view=case&decision={decision}"
    sign_in(page, for_two, language, key=key_for(desk, "ann"), view=case)
    page.wait_for_selector("#panel")
    fill_in(page)
    page.click(".ruling:visible .look")
    page.click(".outlook button[value=enter]")
    page.wait_for_selector(".draft")
    assert page.inner_text("#notice") == say("desk.message.waits", language)
    assert page.locator("[data-act=confirm]").count() == 0, "not one's own"
    assert say("desk.ruling.own", language) in page.inner_text(".draft")
    assert len(desk.decisions(order)) == 1
    sign_in(page, for_two, language, key=key_for(desk, "ben"), view="view=queue&waits=confirmation")
    page.click(f".queue a[href*='{decision}']")
    page.wait_for_selector("#panel")
    assert REASON in page.inner_text(".draft")
    assert say("outcome.partially_approved", language) in page.inner_text(".draft .outcome")
    assert findings_of_axe(page) == []
    page.click("[data-act=confirm] button")
    page.wait_for_selector("#notice.good")
    page.wait_for_selector(".events .ruled")
    text = page.inner_text(".events > li >> nth=0")
    assert "ann" in text
    assert "ben" in text
    assert [each.outcome for each in desk.decisions(order)] == ["manual_review", "partially_approved"]


@in_every_language
@in_browser
def test_a_ruling_that_was_overtaken_says_so_and_is_entered_again(
    for_two: Desk, desk: Desk, page: Page, language: str
) -> None:
    """Nothing of it is lost: the person who wanted to confirm it enters it as their own, for somebody else to confirm."""
    order, decision = waiting(desk)
    entered(for_two, decision)
    sign_in(page, for_two, language, key=key_for(desk, "ben"), view=f"view=case&decision={decision}")
    page.wait_for_selector("#panel")
    desk.claim(order, DEMO, f"AS-{decision}")
    page.click("[data-act=confirm] button")
    page.wait_for_selector("#notice.open")
    assert page.inner_text("#notice") == say("desk.message.overtaken", language)
    assert say("desk.ruling.overtaken", language) in page.inner_text(".draft")
    assert REASON in page.inner_text(".draft")
    assert len(desk.decisions(order)) == 2
    page.click("[data-act=again] button")
    page.wait_for_selector("#notice.good")
    assert say("desk.ruling.own", language) in page.inner_text(".draft")
    states = [each.state for each in desk.record.rulings.on_chain_of(decision)]
    assert states == [RulingState.OPEN, RulingState.REPLACED]


@in_browser
def test_input_survives_a_change_by_somebody_else(desk: Desk, page: Page) -> None:
    for language in LANGUAGES:
        order, decision = waiting(desk)
        sign_in(page, desk, language, key=key_for(desk, "ann"), view=f"view=case&decision={decision}")
        page.wait_for_selector("#panel")
        fill_in(page)
        page.click(".ruling:visible .look")
        page.wait_for_selector(".outlook .outcome")
        desk.claim(order, DEMO, f"AS-{decision}")
        page.click(".outlook button[value=enter]")
        page.wait_for_selector("#notice.open button")
        assert say("panel.message.changed", language) in page.inner_text("#notice")
        page.click("#notice.open button")
        page.wait_for_selector(".events > li:nth-child(2)")
        assert page.input_value(".ruling:visible textarea") == REASON
        assert page.is_checked(".ruling:visible input[value=rejected]")
        other = LANGUAGES[LANGUAGES.index(language) - 1]
        page.click(f"[data-lang={other}]")
        page.wait_for_selector(f"[data-page]:lang({other})")
        assert page.input_value(".ruling:visible textarea") == REASON


@in_browser
def test_a_case_opened_through_an_older_decision_is_ruled_on_in_its_current_state(desk: Desk, page: Page) -> None:
    order, decision = waiting(desk)
    case = desk.record.current_case(decision, desk.clock.now)
    desk.record.decide_case(case, supersedes=decision)
    sign_in(page, desk, key=key_for(desk, "ann"), view=f"view=case&decision={decision}")
    page.wait_for_selector("#panel")
    fill_in(page)
    page.click(".ruling:visible .look")
    page.click(".outlook button[value=enter]")
    page.wait_for_selector("#notice.good")
    outcomes = [each.outcome for each in desk.decisions(order)]
    assert outcomes == ["manual_review", "manual_review", "partially_approved"]


@in_every_language
@in_browser
def test_a_ruling_is_rejected_with_a_reason(for_two: Desk, desk: Desk, page: Page, language: str) -> None:
    _, decision = waiting(desk)
    entered(for_two, decision)
    sign_in(page, for_two, language, key=key_for(desk, "ben"), view=f"view=case&decision={decision}")
    page.wait_for_selector("#panel")
    page.click(".draft details:has([data-act=reject]) summary")
    page.click("[data-act=reject] button")
    assert page.locator(".draft.rejected").count() == 0, "a reason must be given"
    page.fill("[data-act=reject] textarea", "The seal is genuine.")
    page.click("[data-act=reject] button")
    page.wait_for_selector(".draft.rejected")
    assert page.inner_text("#notice") == say("desk.message.rejected", language)
    told = page.inner_text(".draft.rejected")
    assert "The seal is genuine." in told
    assert "ben" in told
    assert page.locator(".ruled-on").count() == 1, "another can be entered"


def test_an_author_takes_a_ruling_back(for_two: Desk, desk: Desk) -> None:
    _, decision = waiting(desk)
    mine = for_two.signed_in(key_for(desk, "ann"))
    path = f"/desk/rulings/{entered(for_two, decision)}/reject?locale=en"
    shown = for_two.client.post(path, json={"reason": "A slip."}, headers=mine)
    assert shown.status_code == 200, shown.text
    assert "Taken back by ann" in shown.text


@in_browser
def test_rulings_fit_a_narrow_page_and_axe_finds_nothing(for_two: Desk, desk: Desk, page: Page) -> None:
    _, decision = waiting(desk)
    desk.record.rulings.reject(entered(for_two, decision), "no " * 100, caller="ben")
    page.set_viewport_size({"width": 320, "height": 700})
    page.emulate_media(color_scheme="dark")
    for language in LANGUAGES:
        sign_in(page, for_two, language, key=key_for(desk, "ben"), view=f"view=case&decision={decision}")
        page.wait_for_selector("#panel")
        page.evaluate("document.querySelectorAll('details:not(.lazy)').forEach((each) => { each.open = true })")
        assert overflow(page) == 0
        assert findings_of_axe(page) == []
        borders = "[...document.querySelectorAll('button')].map((each) => getComputedStyle(each).borderTopStyle)"
        assert "outset" not in page.evaluate(borders), "a button looks as browsers make it, unlike the others"


# Without a browser


def test_a_ruling_is_evidence_with_its_author_and_time(desk: Desk) -> None:
    order, decision = waiting(desk)
    entered(desk, decision)
    _, entry = desk.record.entries(order)
    case = desk.record.current_case(entry.id, desk.clock.now)
    (author,) = {each.identity for each in desk.record.api_keys.listed() if each.name == "ann"}
    ruled = case.evidence[1]
    assert (ruled.verification, ruled.verified_by, ruled.verified_at) == ("rejected", author, desk.clock.now)
    assert entry.seal is not None
    assert entry.seal.values()["ruling"]["reason"] == REASON


def test_a_ruling_that_a_document_needs_verification_names_nobody(desk: Desk) -> None:
    order, decision = waiting(desk)
    headers, options = options_on(desk, decision, desk.signed_in(key_for(desk, "ann")))
    body = rejecting(options[1], values={"/evidence/1/verification": ["unverified"]})
    response = desk.client.post(f"/desk/cases/{decision}/rulings", json=body, headers=headers)
    assert response.status_code == 200, response.text
    document = desk.record.current_case(desk.decisions(order)[-1].id, desk.clock.now).evidence[1]
    assert (document.verification, document.verified_by, document.verified_at) == ("unverified", None, None)
    assert desk.decisions(order)[-1].outcome == "needs_information"


def test_a_new_document_counts_as_the_platforms(desk: Desk) -> None:
    """A report by a laboratory alone needs a person; a finding against the consumer settles it."""
    order, decision = waiting(desk, for_a_person())
    headers, options = options_on(desk, decision, desk.signed_in(key_for(desk, "ann")))
    values = {"ground": ["goods_swapped"], "standard": ["proven"]}
    body = {"option": options[-1], "answer": 2, "values": values, "reason": REASON}
    response = desk.client.post(f"/desk/cases/{decision}/rulings", json=body, headers=headers)
    assert response.status_code == 200, response.text
    assert desk.decisions(order)[-1].outcome == "denied"
    finding = desk.record.current_case(desk.decisions(order)[-1].id, desk.clock.now).evidence[-1]
    assert (finding.kind, finding.submitted_by, finding.line_ids) == ("bar_finding", "platform", ("L1",))
    assert finding.is_verified


def test_a_reason_must_be_given_and_a_ruling_must_change_something(desk: Desk) -> None:
    order, decision = waiting(desk)
    headers, options = options_on(desk, decision, desk.signed_in(key_for(desk, "ann")))
    here = f"/desk/cases/{decision}/rulings"
    bodies: dict[str, dict[str, Any]] = {
        "/reason": rejecting(options[1], reason="  "),
        "/values": rejecting(options[1], values={"/evidence/1/verification": ["verified"]}),
        "/values/~1evidence~11~1verification": rejecting(options[1], values={}),
        "/values/~1claim~1reason": rejecting(options[1], values={"/claim/reason": ["other"]}),
    }
    for pointer, body in bodies.items():
        response = desk.client.post(here, json=body, headers=headers)
        assert problem(response) == (422, "invalid"), pointer
        assert [each["pointer"] for each in response.json()["errors"]] == [pointer]
    unknown = desk.client.post(here, json=rejecting("0" * 32), headers=headers)
    assert problem(unknown) == (412, "precondition-failed")
    long = desk.client.post(here, json=rejecting(options[1], reason="x" * 2_001), headers=headers)
    assert problem(long) == (422, "invalid")
    assert len(desk.decisions(order)) == 1
    assert desk.record.rulings.on_chain_of(decision) == ()


def test_the_same_ruling_sent_twice_decides_once(desk: Desk) -> None:
    order, decision = waiting(desk)
    headers, options = options_on(desk, decision, desk.signed_in(key_for(desk, "ann")))
    for _ in range(2):
        response = desk.client.post(f"/desk/cases/{decision}/rulings", json=rejecting(options[1]), headers=headers)
        assert response.status_code == 200, response.text
    assert len(desk.decisions(order)) == 2
    other = headers | {"Idempotency-Key": '"another"'}
    late = desk.client.post(f"/desk/cases/{decision}/rulings", json=rejecting(options[1]), headers=other)
    assert problem(late) == (412, "precondition-failed")
    assert len(desk.decisions(order)) == 2


def test_nobody_confirms_their_own_ruling_if_two_are_required(for_two: Desk, desk: Desk) -> None:
    """Neither with another key of the same name, nor by an answer in the panel."""
    order, decision = waiting(desk, unverified())
    mine = for_two.signed_in(key_for(desk, "ann"))
    headers, options = options_on(for_two, decision, mine)
    body = rejecting(options[0], 0)
    assert for_two.client.post(f"/desk/cases/{decision}/rulings", json=body, headers=headers).status_code == 200
    (ruling,) = desk.record.rulings.on_chain_of(decision)
    here = f"/desk/rulings/{ruling.id}/confirm"
    for key in (key_for(desk, "ann"), key_for(desk, "ann", *Scope)):
        refused = for_two.client.post(here, headers=for_two.signed_in(key))
        assert problem(refused) == (403, "forbidden")
    everything = for_two.signed_in()
    panel = for_two.client.get(f"/desk/cases/{decision}?locale=en", headers=everything).headers["Panel-Session"]
    shown = for_two.client.get("/panel/view?locale=en", headers={"Authorization": f"Bearer {panel}"})
    assert shown.status_code == 200
    assert "verification" not in shown.text.partition('class="answer"')[2]
    assert len(desk.decisions(order)) == 1
    for _ in range(2):
        assert for_two.client.post(here, headers=everything).status_code == 200
    assert len(desk.decisions(order)) == 2
    third = for_two.client.post(here, headers=for_two.signed_in(key_for(desk, "eve")))
    assert problem(third) == (412, "precondition-failed")


def test_ruling_needs_the_scope_rule_and_nothing_else(desk: Desk) -> None:
    order, decision = waiting(desk)
    ruler = desk.signed_in(key_for(desk, "ann"))
    headers, options = options_on(desk, decision, ruler)
    others = desk.signed_in(key_for(desk, "cat", Scope.READ, Scope.DECIDE, Scope.PAY))
    shown = desk.client.get(f"/desk/cases/{decision}?locale=en", headers=others)
    assert 'class="ruling"' not in shown.text
    assert say("desk.may_not_rule") in shown.text
    body = rejecting(options[1])
    for path, sent in (
        (f"cases/{decision}/rulings", body),
        (f"cases/{decision}/rulings/outlook", body),
        (f"cases/{decision}/rulings/again", {"ruling": "x"}),
        ("rulings/x/reject", {"reason": "no"}),
        ("rulings/x/confirm", None),
    ):
        assert problem(desk.client.post(f"/desk/{path}", json=sent, headers=headers | others)) == (403, "forbidden")
    panel = desk.client.get(f"/desk/cases/{decision}", headers=ruler).headers["Panel-Session"]
    asked = {"Authorization": f"Bearer {panel}", "If-Match": headers["If-Match"]}
    answered = desk.client.post("/panel/answers", json={"decision": decision}, headers=asked)
    assert problem(answered) == (403, "forbidden")
    assert len(desk.decisions(order)) == 1


def test_rulings_of_another_tenant_are_not_there(for_two: Desk, desk: Desk) -> None:
    _, decision = waiting(desk)
    ruling = entered(for_two, decision)
    desk.record.tenants.create("rulings-of-others")
    theirs = for_two.signed_in(key_for(evolve(desk, record=desk.record.for_tenant("rulings-of-others")), "ann"))
    here = [("confirm", None), ("reject", {"reason": "no"})]
    for act, body in here:
        answer = for_two.client.post(f"/desk/rulings/{ruling}/{act}", json=body, headers=theirs)
        assert problem(answer) == (404, "not-found")
    assert desk.record.rulings.find(ruling).is_open


def test_an_erased_draft_is_gone_and_cannot_be_confirmed(for_two: Desk, desk: Desk) -> None:
    order, decision = waiting(desk)
    ruling = entered(for_two, decision)
    desk.record.erase(order_id=order, reason="asked for")
    mine = for_two.signed_in(key_for(desk, "ben"))
    assert REASON not in for_two.client.get(f"/desk/cases/{decision}", headers=mine).text
    refused = for_two.client.post(f"/desk/rulings/{ruling}/confirm", headers=mine)
    assert problem(refused) == (410, "erased")


def test_every_act_of_a_ruling_is_in_the_access_log(for_two: Desk, desk: Desk) -> None:
    """Under the decision concerned."""
    _, decision = waiting(desk)
    ruling = entered(for_two, decision)
    ben = for_two.signed_in(key_for(desk, "ben"))
    for act, body in (("reject", {"reason": "no"}), ("confirm", None)):
        for_two.client.post(f"/desk/rulings/{ruling}/{act}", json=body, headers=ben)
    seen: set[tuple[str, int, bool]] = set()
    deadline = time.monotonic() + PATIENCE
    while (
        not {("desk_rule", 200, True), ("desk_reject_ruling", 200, True), ("desk_confirm_ruling", 412, False)} <= seen
    ):
        assert time.monotonic() < deadline, f"the access log has only {seen}"
        time.sleep(0.05)
        accesses, _ = desk.record.accesses.page()
        seen = {(each.operation, each.status, each.resource == decision) for each in accesses}
