"""Where a ruling needs two people, nobody gets round the second one: not over HTTP, and not in a panel."""

from __future__ import annotations

import json
from typing import Any

import pytest

from adjudicator.store import Scope
from desk.desks import DEMO, Desk, unverified
from desk.test_tokens import problem

ALONE = (Scope.READ, Scope.DECIDE, Scope.RULE)


def sent(desk: Desk, path: str, scopes: tuple[Scope, ...], content: bytes, kind: str = "application/json") -> Any:
    """What the service answers to somebody with these scopes."""
    key = desk.record.api_keys.create("carol", scopes).token
    return desk.client.post(path, content=content, headers={"Authorization": f"Bearer {key}", "Content-Type": kind})


CASE = json.dumps(DEMO).encode()
LINE = json.dumps(DEMO, separators=(",", ":")).encode()
WAYS = [
    ("/v1/decisions", CASE, "application/json"),
    ("/v1/decisions/batch", b'{"cases": [' + CASE + b"]}", "application/json"),
    ("/v1/decisions/stream", LINE, "application/x-ndjson"),
    ("/v1/jobs?do=record", LINE, "application/x-ndjson"),
]


@pytest.mark.parametrize(("path", "content", "kind"), WAYS, ids=[path for path, _, _ in WAYS])
def test_who_rules_decides_nothing_over_http(for_two: Desk, desk: Desk, path: str, content: bytes, kind: str) -> None:
    """A system decides with a key that rules nothing."""
    assert problem(sent(for_two, path, ALONE, content, kind)) == (403, "forbidden")
    assert sent(for_two, path, (Scope.DECIDE,), content, kind).status_code < 300
    assert sent(desk, path, ALONE, content, kind).status_code < 300, "one person is enough there"


def test_who_rules_replaces_no_decision_over_http(for_two: Desk, desk: Desk) -> None:
    (decision,) = desk.decisions(desk.order(unverified()))
    path = f"/v1/decisions/{decision.id}/supersede"
    case = desk.record.case(decision.id).content.replace(b'"unverified"', b'"verified"')
    assert problem(sent(for_two, path, ALONE, case)) == (403, "forbidden")
    assert sent(for_two, path, (Scope.DECIDE,), case).status_code == 200


def test_who_rules_may_still_ask_what_would_be_decided(for_two: Desk) -> None:
    assert sent(for_two, "/v1/dry-runs", ALONE, CASE).status_code == 200


def test_no_panel_lets_one_person_answer_for_the_platform(for_two: Desk, desk: Desk) -> None:
    """Neither a new token nor one from a worker that did not want two people."""
    order = desk.order(unverified())
    asked = json.dumps({"agent": "ann", "order_id": order, "answers": ["consumer", "platform"]}).encode()
    assert problem(sent(for_two, "/v1/panel-tokens", (Scope.READ, Scope.DECIDE), asked)) == (403, "forbidden")
    earlier = desk.token(order_id=order)
    opened = for_two.open(earlier)
    assert opened.status_code == 200
    assert 'class="answer"' not in opened.text
    assert 'class="answer"' in desk.open(desk.token(order_id=order)).text, "one person is enough there"
    session = desk.open(desk.token(order_id=order)).headers["Panel-Session"]
    seen = for_two.client.get("/panel/view?locale=en", headers={"Authorization": f"Bearer {session}"})
    assert seen.status_code == 200
    assert 'class="answer"' not in seen.text
