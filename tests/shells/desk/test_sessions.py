"""Sessions of the desk: who gets one, what it permits, and when it ends; and the queue without a browser."""

from __future__ import annotations

import re
import time
from typing import Any

import jwt
import pytest

from adjudicator import Instant
from adjudicator.desk import queue as queues
from adjudicator.model.time import HOUR
from adjudicator.service.settings import Misconfigured, settings_from
from adjudicator.store import Scope
from desk.desks import Desk, disputed, for_a_person, unverified
from desk.signing import issuer_token
from desk.test_tokens import later, problem


def names(desk: Desk, headers: dict[str, str], query: str = "") -> list[str]:
    """The rows of a page of the queue."""
    response = desk.client.get(f"/desk/queue?locale=en{query}", headers=headers)
    assert response.status_code == 200, response.text
    return re.findall(r'class="name"><a href="[^"]*decision=([0-9a-f-]+)"', response.text)


def next_page(desk: Desk, headers: dict[str, str], query: str = "") -> str | None:
    """The query parameter for the next page."""
    text = desk.client.get(f"/desk/queue?locale=en{query}", headers=headers).text
    found = re.search(r"cursor=([A-Za-z0-9_=%-]+)", text)
    return None if found is None else f"&cursor={found[1]}"


def test_a_session_is_opened_by_a_key_that_may_read_and_by_nothing_else(desk: Desk) -> None:
    mine = desk.signed_in()
    payer = desk.record.api_keys.create("only pays", [Scope.PAY]).token
    panel = desk.token(order_id=desk.order())
    assert problem(desk.client.post("/desk/sessions")) == (401, "unauthorized")
    for credential, refusal in ((payer, (403, "forbidden")), (panel, (401, "unauthorized"))):
        asked = desk.client.post("/desk/sessions", headers={"Authorization": f"Bearer {credential}"})
        assert problem(asked) == refusal
    assert problem(desk.client.post("/desk/sessions", headers=mine)) == (401, "unauthorized"), (
        "a session opens no other"
    )


def test_only_a_session_shows_anything(desk: Desk) -> None:
    """Neither the key itself does, nor a session signed with another secret or none."""
    claims = jwt.decode(desk.signed_in()["Authorization"].split()[1], options={"verify_signature": False})
    header = {"typ": "desk-session+jwt"}
    forged = jwt.encode(claims, "another secret, of 32 characters", algorithm="HS256", headers=header)
    unsigned = jwt.encode(claims, "", algorithm="none", headers=header)
    for credential in (desk.key, forged, unsigned, "eyJ", "x" * 9_000):
        asked = desk.client.get("/desk/queue", headers={"Authorization": f"Bearer {credential}"})
        assert problem(asked) == (401, "unauthorized")


def test_a_session_of_the_desk_opens_no_panel(desk: Desk) -> None:
    assert problem(desk.client.get("/panel/view", headers=desk.signed_in())) == (401, "unauthorized")


def test_a_session_ends_with_its_key_when_idle_and_after_a_shift(desk: Desk) -> None:
    made = desk.record.api_keys.create("soon revoked", [Scope.READ])
    theirs = desk.signed_in(made.token)
    desk.record.api_keys.revoke(made.key.id)
    assert problem(desk.client.get("/desk/queue", headers=theirs)) == (401, "unauthorized")
    mine = desk.signed_in()
    for _ in range(12):
        later(desk, 59 * 60)
        response = desk.client.get("/desk/queue", headers=mine)
        assert response.status_code == 200
        mine = {"Authorization": f"Bearer {response.headers['Desk-Session']}"}
    later(desk, 13 * 60)
    assert problem(desk.client.get("/desk/queue", headers=mine)) == (401, "unauthorized")


def test_a_session_shows_its_tenant_and_no_other(desk: Desk) -> None:
    order = desk.order(disputed())
    (decision,) = desk.decisions(order)
    assert names(desk, desk.of_tenant("other-desk").signed_in()) == []
    assert decision.id in names(desk, desk.signed_in(), "&waits=dispute")


def test_every_view_of_the_desk_is_in_the_access_log(desk: Desk) -> None:
    made = desk.record.api_keys.create("watched", [Scope.READ])
    names(desk, desk.signed_in(made.token))
    seen: list[str] = []
    deadline = time.monotonic() + 5
    while sorted(seen) != ["desk_queue", "open_desk"]:
        assert time.monotonic() < deadline, f"the access log has only {seen}"
        time.sleep(0.05)
        accesses, _ = desk.record.accesses.page()
        seen = [each.operation for each in accesses if each.caller == made.key.identity]


def test_the_queue_is_paged_and_leaves_nothing_out(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    own = desk.of_tenant("pages")
    for case in (disputed(), for_a_person(), unverified(), disputed(), unverified()):
        own.order(case)
    monkeypatch.setattr(queues, "ROWS", 2)
    mine, more, seen = own.signed_in(), "", list[str]()
    for _ in range(3):
        seen += names(own, mine, more or "")
        more = next_page(own, mine, more or "") or ""
    assert len(seen) == len(set(seen)) == 5
    assert more == ""
    soonest = [each for each in seen if own.record.summary(each).outcome == "needs_information"]
    assert seen[:2] == soonest, "what ends comes first"
    assert problem(own.client.get("/desk/queue?cursor=WzFd", headers=mine)) == (400, "bad-request")


def test_a_replaced_decision_is_not_in_the_queue(desk: Desk) -> None:
    """Whether it was superseded explicitly, or the claim was decided again later."""
    own = desk.of_tenant("replaced")
    order = own.order(disputed())
    (first,) = own.decisions(order)
    assert names(own, own.signed_in()) == [first.id]
    case: Any = own.record.current_case(first.id, Instant(first.as_of + HOUR))
    own.record.decide_case(case)
    (standing,) = names(own, own.signed_in())
    assert standing != first.id


def test_an_incomplete_queue_says_so(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.order(disputed())
    desk.order(disputed())
    monkeypatch.setattr(queues, "MOST_READ", 1)
    assert "More decisions are open" in desk.client.get("/desk/queue?locale=en", headers=desk.signed_in()).text


def test_nobody_may_frame_the_desk(desk: Desk) -> None:
    response = desk.client.get("/desk")
    assert "frame-ancestors 'none'" in response.headers["content-security-policy"]
    assert response.headers["cache-control"] == "no-store"


def test_a_desk_needs_the_secret_of_the_panel() -> None:
    with pytest.raises(Misconfigured, match="desk: expected panel_key"):
        settings_from({"desk": True}, {})


def test_a_token_of_the_issuer_opens_a_session_with_its_scopes_which_ends_with_it(desk: Desk) -> None:
    theirs = desk.signed_in(issuer_token(desk.clock.now, 1_800, "read"))
    (decision,) = desk.decisions(desk.order())
    assert desk.client.get("/desk/queue", headers=theirs).status_code == 200
    acts = theirs | {"If-Match": '"1"', "Idempotency-Key": '"1"'}
    paid = desk.client.post(f"/desk/cases/{decision.id}/payouts", json={"do": "confirm"}, headers=acts)
    assert problem(paid) == (403, "forbidden")
    later(desk, 1_800)
    assert problem(desk.client.get("/desk/queue", headers=theirs)) == (401, "unauthorized")
