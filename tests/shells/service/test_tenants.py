"""Tenants over HTTP: nothing of another tenant exists for a caller, whatever it asks for and however."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final, TypeAlias

import httpx
import pytest
import sqlalchemy as sa
from attrs import evolve, frozen
from litestar.testing import TestClient

from adjudicator.service import accesses, examples
from adjudicator.service.app import create_app
from adjudicator.service.jobs import JobRunner
from adjudicator.service.routes import OPERATIONS
from adjudicator.service.settings import Settings
from adjudicator.service.upkeep import Upkeep
from adjudicator.service.webhooks import publishing
from adjudicator.store import Access, DecisionStore, Scope
from adjudicator.store import database as databases
from adjudicator.store.columns import METADATA
from adjudicator.store.tenancy import across_tenants
from store.cases import ADMISSION, ORDER, a_claim

Ids: TypeAlias = Mapping[str, str]
Asked: TypeAlias = tuple[str, str, Any]
CASE: Final = json.loads(a_claim())
FORM: Final[list[tuple[str, Any]]] = [
    ("order", (None, a_claim().decode())),
    ("manifest", (None, '{"manifest": 1, "prepared_by": "desk", "items": []}')),
    ("files", ("photo.jpg", "no picture")),
]
OF_ANOTHER_POLICY: Final = "douyin_alliance.admission"

REQUESTS: Final[dict[str, Callable[[Ids], Asked]]] = {
    "decide": lambda _: ("POST", "/v1/decisions", CASE),
    "decide_batch": lambda _: ("POST", "/v1/decisions/batch", {"cases": [CASE]}),
    "dry_run": lambda _: ("POST", "/v1/dry-runs?fill_settlements=true", CASE),
    "list_decisions": lambda _: ("GET", f"/v1/decisions?order_id={ORDER}", None),
    "get_decision": lambda ids: ("GET", f"/v1/decisions/{ids['decision']}", None),
    "get_case": lambda ids: ("GET", f"/v1/decisions/{ids['decision']}/case", None),
    "get_standing": lambda ids: ("GET", f"/v1/decisions/{ids['decision']}/standing", None),
    "get_explanation": lambda ids: ("GET", f"/v1/decisions/{ids['decision']}/explanation", None),
    "get_what_if": lambda ids: ("GET", f"/v1/decisions/{ids['decision']}/what-if", None),
    "rerun": lambda ids: ("POST", f"/v1/decisions/{ids['decision']}/rerun", None),
    "supersede": lambda ids: ("POST", f"/v1/decisions/{ids['decision']}/supersede", CASE),
    "settle": lambda ids: (
        "POST",
        f"/v1/decisions/{ids['decision']}/payouts",
        {"do": "confirm", "keys": [ids["payout"]]},
    ),
    "get_payouts": lambda ids: ("GET", f"/v1/decisions/{ids['decision']}/payouts", None),
    "list_payouts": lambda _: ("GET", f"/v1/payouts?order_id={ORDER}", None),
    "list_settlements": lambda _: ("GET", f"/v1/settlements?order_id={ORDER}", None),
    "erase": lambda _: ("POST", "/v1/erasures", {"order_id": ORDER, "reason": "asked"}),
    "get_erasure": lambda ids: ("GET", f"/v1/erasures/{ids['erasure']}", None),
    "create_job": lambda _: ("POST", "/v1/jobs?do=record", CASE),
    "create_replay": lambda _: ("POST", "/v1/jobs/replay", {"order_id": ORDER}),
    "list_jobs": lambda _: ("GET", "/v1/jobs", None),
    "get_job": lambda ids: ("GET", f"/v1/jobs/{ids['job']}", None),
    "get_job_results": lambda ids: ("GET", f"/v1/jobs/{ids['job']}/results", None),
    "cancel_job": lambda ids: ("POST", f"/v1/jobs/{ids['job']}/cancel", None),
    "delete_job": lambda ids: ("DELETE", f"/v1/jobs/{ids['job']}", None),
    "list_keys": lambda ids: ("GET", f"/v1/keys?cursor={ids['before_key']}", None),
    "create_key": lambda _: ("POST", "/v1/keys", {"name": "shop", "scopes": ["read"]}),
    "rotate_key": lambda ids: ("POST", f"/v1/keys/{ids['key']}/rotate", {}),
    "revoke_key": lambda ids: ("POST", f"/v1/keys/{ids['key']}/revoke", None),
    "list_accesses": lambda ids: ("GET", f"/v1/accesses?resource={ids['decision']}", None),
    "list_events": lambda _: ("GET", f"/v1/events?order_id={ORDER}", None),
    "get_asyncapi": lambda _: ("GET", "/v1/events/asyncapi.json", None),
    "create_webhook": lambda _: ("POST", "/v1/webhooks", examples.A_WEBHOOK),
    "list_webhooks": lambda _: ("GET", "/v1/webhooks", None),
    "get_webhook": lambda ids: ("GET", f"/v1/webhooks/{ids['webhook']}", None),
    "change_webhook": lambda ids: ("PATCH", f"/v1/webhooks/{ids['webhook']}", {"enabled": False}),
    "rotate_webhook": lambda ids: ("POST", f"/v1/webhooks/{ids['webhook']}/rotate", {}),
    "test_webhook": lambda ids: ("POST", f"/v1/webhooks/{ids['webhook']}/test", None),
    "replay_webhook": lambda ids: ("POST", f"/v1/webhooks/{ids['webhook']}/replay", {}),
    "list_deliveries": lambda ids: ("GET", f"/v1/webhooks/{ids['webhook']}/deliveries", None),
    "delete_webhook": lambda ids: ("DELETE", f"/v1/webhooks/{ids['webhook']}", None),
    "create_panel_token": lambda _: ("POST", "/v1/panel-tokens", {"agent": "ann", "order_id": ORDER}),
    "check": lambda _: ("POST", "/v1/checks", CASE),
    "check_reply": lambda _: ("POST", "/v1/check-reply", {"about": CASE, "reply": "We will refund you."}),
    "examine": lambda _: ("POST", "/v1/examinations", FORM),
    "what_if": lambda _: ("POST", "/v1/what-if?work=10", CASE),
    "entitlements": lambda _: ("POST", "/v1/entitlements?work=10", examples.AN_INQUIRY),
    "explain": lambda _: ("POST", "/v1/explanations", CASE),
    "compare": lambda _: ("POST", "/v1/differences", {"before": CASE | {"evidence": []}, "after": CASE}),
    "decide_stream": lambda _: ("POST", "/v1/decisions/stream", CASE),
    "dry_run_stream": lambda _: ("POST", "/v1/dry-runs/stream", CASE),
    "list_policies": lambda _: ("GET", "/v1/policies", None),
    "get_policy": lambda _: ("GET", f"/v1/policies/{CASE['policy']}", None),
    "list_codes": lambda _: ("GET", "/v1/codes", None),
    "get_handbook": lambda _: ("GET", f"/v1/handbook?policy={CASE['policy']}", None),
    "list_schemas": lambda _: ("GET", "/v1/schemas", None),
    "get_schema": lambda _: ("GET", "/v1/schemas/case", None),
    "list_problems": lambda _: ("GET", "/v1/problems", None),
    "get_problem": lambda _: ("GET", "/v1/problems/not-found", None),
    "get_openapi": lambda _: ("GET", "/v1/openapi.json", None),
}
"""A request to each operation that names data of the default tenant."""
OF_ONE_ITEM: Final = {
    each.id for each in OPERATIONS if re.search(r"(decisions|keys|erasures|webhooks|jobs)/\{id\}", each.path)
}
"""The operations on a decision, an erasure, a key, a webhook or a job, which must answer 404."""


@frozen
class Caller:
    """A caller of a shared service, with its own key."""

    service: TestClient[Any]
    token: str

    def request(self, method: str, path: str, headers: Mapping[str, str] | None = None, **sent: Any) -> httpx.Response:
        """Send a request with the key."""
        key = {"Authorization": f"Bearer {self.token}"}
        return self.service.request(method, path, headers={**key, **(headers or {})}, **sent)

    def get(self, path: str) -> httpx.Response:
        """Send a GET request."""
        return self.request("GET", path)

    def post(self, path: str, **sent: Any) -> httpx.Response:
        """Send a POST request."""
        return self.request("POST", path, **sent)


@pytest.fixture(autouse=True)
def _written_at_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    """Write accesses only when the service stops, and disable events and erasures: nothing changes between requests."""
    monkeypatch.setattr(accesses, "FLUSH_SECONDS", 1000.0)
    monkeypatch.setattr(publishing.Publishing, "round", lambda *_: [])
    monkeypatch.setattr(Upkeep, "round", lambda _: None)
    monkeypatch.setattr(JobRunner, "round", lambda *_: False)


@pytest.fixture
def clients(record: DecisionStore, settings: Settings) -> Iterator[Callable[[str], Caller]]:
    """A client of each tenant, with the same name and a key with all scopes, on one service."""
    with TestClient(create_app(evolve(settings, checkpoint_minutes=None), record)) as service:

        def client_of(tenant: str) -> Caller:
            if tenant != "default":
                record.tenants.create(tenant)
            scopes = set(Scope) - {Scope.METRICS}
            token = record.for_tenant(tenant).api_keys.create("shop", scopes).token
            return Caller(service, token)

        yield client_of


def rows_of(record: DecisionStore, tenant: str) -> dict[str, list[tuple[Any, ...]]]:
    with databases.read_transaction(across_tenants(record.engine)) as connection:
        return {
            table.name: sorted(
                map(tuple, connection.execute(sa.select(table).where(table.c.tenant == tenant))), key=repr
            )
            for table in METADATA.sorted_tables
            if "tenant" in table.c and table.name != "rates"
        }


def response_of(client: Caller, name: str, asked: Asked) -> tuple[int, str, str]:
    """Status, headers and content, without what differs between any two requests."""
    method, path, body = asked
    sent = {"Idempotency-Key": f'"the same {name}"'} if method == "POST" else {}
    response = client.request(method, path, headers={**sent, **media_type(path)}, **content_of(body))
    headers = {name: value for name, value in response.headers.items() if name not in ("x-request-id", "date")}
    return response.status_code, masked(json.dumps(headers)), masked(response.text)


def content_of(body: Any) -> dict[str, Any]:
    """How to send a body: as JSON, unless it is a form."""
    return {} if body is None else {"files" if body is FORM else "json": body}


def media_type(path: str) -> dict[str, str]:
    """The header of a body that is not one JSON document."""
    return {"Content-Type": "application/x-ndjson"} if path.endswith("/stream") or "/jobs?" in path else {}


def masked(text: str) -> str:
    """A text with random ids, digests, tokens and times replaced."""
    random = r"adj_[\w-]+|eyJ[\w.-]+|whsec_[\w+/=]+|[0-9a-f]{8}-[0-9a-f-]{27}|[0-9a-f]{64}|\b[0-9a-f]{16}\b|20\d\d-[\d-]+T[\d:.]+(Z|[+]\d\d:\d\d)"
    return re.sub(random, "_", text)


def test_every_operation_is_asked_here() -> None:
    assert {each.id for each in OPERATIONS} == REQUESTS.keys()


@pytest.mark.usefixtures("one_process")
def test_no_operation_reads_or_changes_data_of_another_tenant(
    record: DecisionStore, clients: Callable[[str], Caller]
) -> None:
    """Another tenant's data are like data that do not exist: the same status, headers and text, and never 403."""
    ours, theirs, alone = clients("default"), clients("acme"), clients("solo")
    given = ours.post("/v1/decisions", json=CASE).headers["Decision-Id"]
    payouts = ours.post(f"/v1/decisions/{given}/payouts", json={"do": "reserve"}).json()["payouts"]
    ours.post("/v1/decisions", json=ADMISSION)
    erasure = record.erasures.request(case_id="of nobody", reason="asked").id
    record.erasures.finish(erasure, 10.0)
    (key,) = record.api_keys.listed()
    real = {"decision": given, "payout": payouts[0]["key"], "key": key.id, "before_key": "0", "erasure": erasure}
    real["job"] = ours.request("POST", "/v1/jobs?do=record", media_type("/jobs?"), json=CASE).json()["id"]
    real["webhook"] = record.webhooks.create("https://claims.example/").webhook.id
    unknown = {
        "decision": "00000000-0000-7000-8000-000000000000",
        "payout": "0" * 64,
        "key": "0" * 16,
        "erasure": "00000000-0000-7000-8000-000000000000",
        "webhook": "00000000-0000-7000-8000-000000000000",
        "job": "00000000-0000-7000-8000-000000000000",
        "before_key": "0",
    }
    seen_by_us: dict[str, Any] = {"caller": key.identity, "key_id": key.id, "operation": "get_decision", "status": 200}
    record.accesses.write([Access(tenant="default", at=record.now(), resource=given, **seen_by_us)])
    before = rows_of(record, "default")
    statuses = {each.id: each.status for each in OPERATIONS}
    for name, request in REQUESTS.items():
        seen, expected = (
            response_of(theirs, name, request(real)),
            response_of(alone, name, request(unknown)),
        )
        assert seen[0] == (404 if name in OF_ONE_ITEM else statuses[name]), name
        assert seen == expected, name
        assert rows_of(record, "default") == before, name


def test_the_same_names_give_each_tenant_its_own_data(clients: Callable[[str], Caller]) -> None:
    ours, theirs = clients("default"), clients("acme")
    ids = []
    for client in (ours, theirs):
        response = client.post("/v1/decisions", json=CASE, headers={"Idempotency-Key": '"K"'})
        assert response.headers["Decision-Repeat"] == "false"
        ids.append(response.headers["Decision-Id"])
        assert client.post(f"/v1/decisions/{ids[-1]}/payouts", json={"do": "reserve"}).status_code == 200
    assert ids[0] != ids[1]
    for client, own in zip((ours, theirs), ids, strict=True):
        assert [each["id"] for each in client.get("/v1/decisions").json()["decisions"]] == [own]
        assert len(client.get(f"/v1/payouts?order_id={ORDER}").json()["payouts"]) == 3
        assert client.get(f"/v1/decisions/{own}/standing").headers["ETag"] == '"4"'
        again = client.post("/v1/decisions", json=CASE, headers={"Idempotency-Key": '"K"'})
        assert (again.headers["Decision-Id"], again.headers["Decision-Repeat"]) == (own, "true")


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
def test_each_tenant_has_its_own_rate(record: DecisionStore) -> None:
    record.tenants.create("acme")
    tokens = [record.for_tenant(name).api_keys.create("shop", [Scope.READ]).token for name in ("default", "acme")]
    with TestClient(create_app(Settings(requests_per_minute=2), record)) as client:
        for token in tokens:
            statuses = [
                client.get("/v1/decisions", headers={"Authorization": f"Bearer {token}"}).status_code for _ in range(3)
            ]
            assert statuses == [200, 200, 429]


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
def test_metrics_are_shown_to_no_other_tenant(clients: Callable[[str], Caller]) -> None:
    assert clients("default").get("/metrics").status_code == 200
    assert clients("acme").get("/metrics").status_code == 403
    made = clients("other").post("/v1/keys", json={"name": "prometheus", "scopes": ["metrics"]})
    assert made.status_code == 422


# Policies


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
def test_a_policy_that_is_switched_off_does_not_exist(record: DecisionStore, clients: Callable[[str], Caller]) -> None:
    client = clients("acme")
    record.tenants.use("acme", [OF_ANOTHER_POLICY])
    policy = CASE["policy"]
    for name, request in REQUESTS.items():
        method, path, body = request(
            {"decision": "x", "payout": "x", "key": "x", "before_key": "0", "erasure": "x", "webhook": "x", "job": "x"}
        )
        if body is None or "policy" not in json.dumps(body):
            continue
        response = client.request(method, path, media_type(path), **content_of(body))
        if name in ("supersede", "entitlements"):
            continue  # there is no decision to supersede, and an order has no policy
        if name == "decide_batch":
            assert [each["status"] for each in response.json()["results"]] == [422]
            continue
        if name == "create_job":
            continue  # each line is refused separately, later
        if name.endswith("_stream"):
            assert json.loads(response.text.splitlines()[0])["status"] == 422
            continue
        assert response.status_code == 422, name
        assert "/policy" in response.text, name
    assert client.post("/v1/decisions", json=ADMISSION).status_code == 200
    assert client.get(f"/v1/policies/{policy}").status_code == 404
    assert client.get(f"/v1/codes?policy={policy}").status_code == 400
    assert client.get(f"/v1/handbook?policy={policy}").status_code == 400
    assert {each["policy"] for each in client.get("/v1/policies").json()["editions"]} == {OF_ANOTHER_POLICY}
    assert {each["policy"] for each in client.get("/v1/codes").json()["codes"]} == {OF_ANOTHER_POLICY}
    assert policy not in client.get("/v1/handbook").text
    assert client.post("/v1/entitlements", json=examples.AN_INQUIRY).json()["lines"] == []
