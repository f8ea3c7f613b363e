"""Orders on record for the tests of the panel, the people who use it, and the clock."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final, TypeAlias

import httpx
from attrs import define, field

from adjudicator import Instant
from adjudicator.store import DecisionStore, Filter, Scope, Summary

ROOT: Final = Path(__file__).parents[3]
DEMO: Final[dict[str, Any]] = json.loads((ROOT / "adjudicator/demo/counterfeit.json").read_text("utf-8"))
WHISKY: Final = json.loads((ROOT / "adjudicator/demo/leaking-whisky.json").read_text("utf-8"))
Pictured: TypeAlias = Callable[[], str]
"""Puts a case with pictures on record and returns its order."""
ANSWERS: Final = ("consumer", "merchant", "platform")


@define
class Clock:
    """A clock that tests set."""

    now: Instant = field(default=Instant.parse("2022-05-20T12:00:00+08:00"))

    def __call__(self) -> Instant:
        """The current time."""
        return self.now

    def set(self, text: str) -> None:
        """Set the clock."""
        self.now = Instant.parse(text)


@define
class Desk:
    """A service with a panel, its record, its clock, and a key with all scopes."""

    url: str
    record: DecisionStore
    clock: Clock
    key: str
    client: httpx.Client
    orders: int = 0

    def order(self, case: dict[str, Any] = DEMO, **changes: Any) -> str:
        """Put a case on record, on an order of its own, with some changes. Returns the order's id."""
        self.orders += 1
        changed = copy.deepcopy(case) | changes
        changed["id"] = f"case-{self.orders}"
        changed["order"] = changed["order"] | {"id": f"{changed['order']['id']}{self.orders}"}
        self.clock.now = max(Instant.parse(changed["as_of"]), self.clock.now)
        self.record.decide(json.dumps(changed))
        order: str = changed["order"]["id"]
        return order

    def claim(self, order: str, case: dict[str, Any], claim: str) -> None:
        """Put another claim on an existing order on record."""
        claimed = case["claim"] | {"id": claim}
        changed = case | {"id": f"case-{claim}", "claim": claimed, "order": case["order"] | {"id": order}}
        self.clock.now = Instant(self.clock.now + 1_000_000)
        self.record.decide(json.dumps(changed))

    def decisions(self, order: str) -> list[Summary]:
        """The decisions on an order, oldest first."""
        return sorted(self.record.decisions(Filter(order_id=order)).items, key=lambda each: each.number)

    def token(self, **asked: Any) -> str:
        """A token for a panel."""
        body = {"agent": "ann", "answers": [*ANSWERS]} | asked
        response = self.client.post("/v1/panel-tokens", json=body, headers={"Authorization": f"Bearer {self.key}"})
        assert response.status_code == 200, response.text
        token: str = response.json()["token"]
        return token

    def of_tenant(self, name: str) -> Desk:
        """The same service for a new tenant, with a key that has all scopes of a tenant."""
        self.record.tenants.create(name)
        record = self.record.for_tenant(name)
        key = record.api_keys.create("tests", [Scope.READ, Scope.DECIDE, Scope.PAY])
        return Desk(self.url, record, self.clock, key.token, self.client)

    def signed_in(self, key: str | None = None) -> dict[str, str]:
        """The headers of a person signed in at the desk, by default with a key that has all scopes."""
        response = self.client.post("/desk/sessions", headers={"Authorization": f"Bearer {key or self.key}"})
        assert response.status_code == 200, response.text
        return {"Authorization": f"Bearer {response.headers['Desk-Session']}"}

    def open(self, token: str, language: str = "en", **body: str) -> httpx.Response:
        """Open a panel without a browser."""
        headers = {"Authorization": f"Bearer {token}"}
        return self.client.post(f"/panel/sessions?locale={language}", json=body, headers=headers)


def without_proof() -> dict[str, Any]:
    """The demo case without its appraisal report: the consumer is asked for proof."""
    case: dict[str, Any] = copy.deepcopy(DEMO)
    return case | {"evidence": []}


def unverified() -> dict[str, Any]:
    """The demo case with a report that the platform must verify."""
    return DEMO | {"evidence": [DEMO["evidence"][0] | {"verification": "unverified"}]}


def disputed() -> dict[str, Any]:
    """The demo case with a report that says the opposite."""
    report = DEMO["evidence"][0]
    return DEMO | {"evidence": [report, report | {"id": "E2", "conclusion": "genuine"}]}


def for_a_person() -> dict[str, Any]:
    """The demo case with a report by a laboratory only."""
    return DEMO | {"evidence": [DEMO["evidence"][0] | {"issuer": {"role": "accredited_lab"}}]}


def key_of(record: DecisionStore) -> str:
    """A key with all scopes."""
    return record.api_keys.create("tests", Scope).token
