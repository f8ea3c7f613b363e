"""A repeated request gets the same answer, nothing is done twice, and newer states are not overwritten."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final

import httpx
import pytest
from litestar.testing import TestClient

from adjudicator.model.digest import digest
from adjudicator.service.app import create_app
from adjudicator.service.settings import Settings
from adjudicator.store import DecisionStore, Scope, database, open_store
from store.cases import ORDER, UNIT, a_claim

AS_JSON = {"Content-Type": "application/json"}


def keyed(key: str) -> dict[str, str]:
    """Headers with an idempotency key."""
    return {**AS_JSON, "Idempotency-Key": f'"{key}"'}


def test_the_same_key_gets_the_same_answer_also_from_another_worker(client: httpx.Client, url: str, token: str) -> None:
    path = "/v1/decisions?fill_settlements=true"
    first = client.post(path, content=a_claim(), headers=keyed("k"))
    client.post(f"{first.headers['Content-Location']}/payouts", json={"do": "reserve"})
    other = open_store(url)
    with TestClient(create_app(Settings(requests_per_minute=None), other)) as another_worker:
        headers = {**keyed("k"), "Authorization": f"Bearer {token}"}
        again = another_worker.post(path, content=a_claim(), headers=headers)
    other.close()
    assert (again.content, again.headers["Decision-Id"]) == (first.content, first.headers["Decision-Id"])
    assert (first.headers["Decision-Repeat"], again.headers["Decision-Repeat"]) == ("false", "true")


def test_the_same_key_with_other_content_is_refused(client: httpx.Client) -> None:
    place = client.post("/v1/decisions", content=a_claim(), headers=keyed("k")).headers["Content-Location"]
    for path, body in (
        ("/v1/decisions", a_claim(units=3)),
        ("/v1/decisions?fill_settlements=true", a_claim()),
        ("/v1/decisions/batch", b'{"cases":[' + a_claim() + b"]}"),
        (f"{place}/supersede", a_claim(units=3)),
        (f"{place}/payouts", b'{"do":"reserve"}'),
    ):
        refused = client.post(path, content=body, headers=keyed("k"))
        assert (refused.status_code, refused.json()["type"]) == (422, "/v1/problems/key-reused"), path


def test_each_case_of_a_repeated_batch_is_compared_with_its_own_content(
    client: httpx.Client, record: DecisionStore
) -> None:
    def batch(*cases: bytes) -> httpx.Response:
        return client.post("/v1/decisions/batch", content=b'{"cases":[' + b",".join(cases) + b"]}", headers=keyed("B"))

    one, two, three = (a_claim(f"AS-{number}", order=f"O-{number}") for number in range(3))
    first = batch(one, two).json()["results"]
    again = batch(one, three).json()["results"]
    assert (again[0]["status"], again[0]["id"], again[0]["repeat"]) == (200, first[0]["id"], True)
    assert (again[1]["status"], again[1]["problem"]["type"]) == (422, "/v1/problems/key-reused")
    refused = batch(one, two, three)
    assert (refused.status_code, refused.json()["type"]) == (422, "/v1/problems/key-reused")
    record.erase(order_id="O-0", reason="asked for")
    assert [each["status"] for each in batch(one, two).json()["results"]] == [410, 200]


def test_a_key_belongs_to_its_caller(anyone: httpx.Client, record: DecisionStore) -> None:
    for name, units in (("one", 2), ("another", 3)):
        token = record.api_keys.create(name, [Scope.DECIDE]).token
        headers = {**keyed("k"), "Authorization": f"Bearer {token}"}
        assert anyone.post("/v1/decisions", content=a_claim(units=units), headers=headers).status_code == 200


@pytest.mark.parametrize("url", ["postgresql"], indirect=True)
def test_a_key_in_progress_is_a_conflict(client: httpx.Client, record: DecisionStore) -> None:
    """In SQLite the second request waits for its turn, and gets the answer."""
    (key,) = record.api_keys.listed()
    with database.write_transaction(record.engine) as busy:
        assert database.try_lock(busy, digest([{"name": key.name}, "k"]))
        running = client.post("/v1/decisions", content=a_claim(), headers=keyed("k"))
    assert (running.status_code, running.json()["type"]) == (409, "/v1/problems/still-running")
    assert running.headers["Retry-After"] == "1"
    assert client.post("/v1/decisions", content=a_claim(), headers=keyed("k")).status_code == 200


INVALID_KEYS: Final[Any] = ["k", '""', "'k'", '"k', '"é"', '"k"; a=1', '"k", "l"', f'"{"k" * 256}"', '"\\k"', '"\t"']


def test_a_key_is_a_string_as_structured_fields_have_it(client: httpx.Client) -> None:
    as_json = [(name.encode(), value.encode()) for name, value in AS_JSON.items()]
    for key in INVALID_KEYS:
        headers = [*as_json, (b"Idempotency-Key", key.encode("utf-8"))]
        refused = client.post("/v1/decisions", content=a_claim(), headers=headers)
        assert refused.status_code == 400, key
        assert refused.json()["errors"][0]["parameter"] == "Idempotency-Key"


def test_a_key_may_hold_quotes(client: httpx.Client) -> None:
    key = {**AS_JSON, "Idempotency-Key": '"a \\"b\\" \\\\ c"'}
    one, other = (client.post("/v1/decisions", content=a_claim(), headers=key) for _ in range(2))
    assert one.content == other.content


def test_payouts_are_reserved_confirmed_and_reversed(client: httpx.Client) -> None:
    given = client.post("/v1/decisions", content=a_claim(), headers=AS_JSON)
    payouts = f"{given.headers['Content-Location']}/payouts"
    keys = [each["key"] for each in given.json()["awards"]]
    reserved = client.post(payouts, json={"do": "reserve", "keys": keys}).json()["payouts"]
    assert [(each["key"], each["state"]) for each in reserved] == [(key, "reserved") for key in keys]
    assert [each["amount"] for each in reserved] == [each["amount"] for each in given.json()["awards"]]
    confirmed = client.post(payouts, json={"do": "confirm", "keys": keys[:1]}).json()["payouts"]
    assert [each["state"] for each in confirmed] == ["confirmed"]
    assert len(client.post(payouts, json={"do": "reverse"}).json()["payouts"]) == len(keys)
    refused = client.post(payouts, json={"do": "confirm", "keys": keys[:1]})
    assert (refused.status_code, refused.json()["type"]) == (409, "/v1/problems/not-payable")
    (taken_back,) = client.get("/v1/settlements", params={"order_id": ORDER}).json()["settlements"]
    answer = client.get(payouts).json()["payouts"]
    assert (taken_back["amount"], taken_back["units"]) == (confirmed[0]["amount"], 2)
    assert taken_back["settled_at"] == confirmed[0]["confirmed_at"]
    assert taken_back["reversed_at"] in {each["updated_at"] for each in answer if each["confirmed_at"] is not None}
    assert {each["kind"]: each["units"] for each in answer} == {"refund": 2, "compensation": 2, "postage": None}
    listed = client.get("/v1/payouts", params={"order_id": ORDER}).json()["payouts"]
    assert sorted(listed, key=lambda each: each["key"]) == sorted(
        client.get(payouts).json()["payouts"], key=lambda each: each["key"]
    )


def test_one_report_pays_nothing_more_under_a_second_claim_and_pays_again_once_reversed(client: httpx.Client) -> None:
    """Pay, claim again under another id, reverse, pay again: through the service, with the record's settlements."""

    def paid(claim: str) -> dict[str, dict[str, Any]]:
        path = "/v1/decisions?fill_settlements=true"
        given = client.post(path, content=a_claim(claim, units=1), headers=AS_JSON)
        place = f"{given.headers['Content-Location']}/payouts"
        reserved = client.post(place, json={"do": "reserve"}).json()["payouts"]
        if reserved:
            client.post(place, json={"do": "confirm"})
        return {each["kind"]: {**each, "place": place} for each in reserved}

    first = paid("AS-1")
    assert first["compensation"]["amount"] == 10 * UNIT
    assert paid("AS-2") == {}
    assert client.post(first["refund"]["place"], json={"do": "reverse"}).status_code == 200
    second = paid("AS-1")
    assert {kind: each["amount"] for kind, each in second.items()} == {
        kind: each["amount"] for kind, each in first.items()
    }
    assert not {each["reference"] for each in second.values()} & {each["reference"] for each in first.values()}
    assert paid("AS-2") == {}


def test_confirming_without_a_reservation_does_not_succeed_silently(client: httpx.Client) -> None:
    """The refusal is not stored under the key either: what was reserved meanwhile is then confirmed with it."""
    given = client.post("/v1/decisions", content=a_claim(), headers=AS_JSON)
    payouts = f"{given.headers['Content-Location']}/payouts"
    key = {"Idempotency-Key": '"c"'}
    for lead in ((), ("reserve", "reverse")):
        for do in lead:
            client.post(payouts, json={"do": do})
        refused = client.post(payouts, json={"do": "confirm"}, headers=key)
        assert (refused.status_code, refused.json()["type"]) == (409, "/v1/problems/not-payable")
        assert client.post(payouts, json={"do": "reverse"}).json() == {"payouts": []}
    client.post(payouts, json={"do": "reserve"})
    assert {each["state"] for each in client.post(payouts, json={"do": "confirm"}, headers=key).json()["payouts"]} == {
        "confirmed"
    }


def test_a_repeated_payout_gets_the_same_answer(client: httpx.Client) -> None:
    given = client.post("/v1/decisions", content=a_claim(), headers=AS_JSON)
    payouts = f"{given.headers['Content-Location']}/payouts"
    first = client.post(payouts, json={"do": "reserve"}, headers={"Idempotency-Key": '"p"'})
    client.post(payouts, json={"do": "reverse"})
    again = client.post(payouts, json={"do": "reserve"}, headers={"Idempotency-Key": '"p"'})
    assert again.content == first.content
    assert {each["state"] for each in client.get(payouts).json()["payouts"]} == {"reversed"}


def test_money_that_is_used_up_is_refused_with_the_rest(client: httpx.Client) -> None:
    places = [
        client.post("/v1/decisions", content=text, headers=AS_JSON).headers["Content-Location"]
        for text in (a_claim("AS-1"), a_claim("AS-2", units=3))
    ]
    assert client.post(f"{places[0]}/payouts", json={"do": "reserve"}).status_code == 200
    refused = client.post(f"{places[1]}/payouts", json={"do": "reserve"})
    assert (refused.status_code, refused.json()["type"]) == (409, "/v1/problems/not-payable")
    assert {each["kind"]: each["amount"] for each in refused.json()["left"]} == {
        "refund": UNIT,
        "compensation": 10 * UNIT,
    }


INVALID_PAYOUTS: Final[Any] = [
    (b"[]", [""]),
    (b"{}", ["/do"]),
    (b'{"do": "pay"}', ["/do"]),
    (b'{"do": ["reserve"]}', ["/do"]),
    (b'{"do": "reserve", "keys": []}', ["/keys"]),
    (b'{"do": "reserve", "keys": "abc"}', ["/keys"]),
    (b'{"do": "reserve", "keys": ["abc", 1]}', ["/keys/0", "/keys/1"]),
    (b'{"do": "reserve", "do": "reverse"}', ["/do"]),
    (b'{"do": "reserve", "all/of~it": true}', ["/all~1of~0it"]),
]


def test_an_invalid_payout_request_is_reported_with_its_places(client: httpx.Client) -> None:
    place = client.post("/v1/decisions", content=a_claim(), headers=AS_JSON).headers["Content-Location"]
    for body, pointers in INVALID_PAYOUTS:
        refused = client.post(f"{place}/payouts", content=body, headers=AS_JSON)
        assert refused.status_code == 422, body
        assert [each["pointer"] for each in refused.json()["errors"]] == pointers, body


def test_the_key_of_an_unknown_award_is_not_found(client: httpx.Client) -> None:
    place = client.post("/v1/decisions", content=a_claim(), headers=AS_JSON).headers["Content-Location"]
    for do in ("reserve", "confirm", "reverse"):
        assert client.post(f"{place}/payouts", json={"do": do, "keys": ["0" * 64]}).status_code == 404


def test_a_newer_state_is_not_overwritten(client: httpx.Client) -> None:
    place = client.post("/v1/decisions", content=a_claim(), headers=AS_JSON).headers["Content-Location"]
    tag = client.get(f"{place}/payouts").headers["ETag"]
    assert client.get(f"{place}/standing").headers["ETag"] == tag == '"1"'
    body = {"do": "reserve"}
    assert client.post(f"{place}/payouts", json=body, headers={"If-Match": tag}).status_code == 200
    for stale in (tag, f"W/{tag}", '"another"'):
        refused = client.post(f"{place}/payouts", json={"do": "reverse"}, headers={"If-Match": stale})
        assert (refused.status_code, refused.json()["type"]) == (412, "/v1/problems/precondition-failed"), stale
        new = client.post("/v1/decisions", content=a_claim(units=3), headers={**AS_JSON, "If-Match": stale})
        assert (new.status_code, new.json()["type"]) == (412, "/v1/problems/precondition-failed")
        late = client.post(f"{place}/supersede", content=a_claim(units=3), headers={**AS_JSON, "If-Match": stale})
        assert late.status_code == 412
    elsewhere = {**AS_JSON, "If-Match": '"another"'}
    assert client.post("/v1/decisions", content=a_claim(order="new"), headers=elsewhere).status_code == 412
    now = {**AS_JSON, "If-Match": client.get(f"{place}/standing").headers["ETag"]}
    assert client.post("/v1/decisions", content=a_claim(units=3), headers=now).status_code == 200
    assert {each["state"] for each in client.get(f"{place}/payouts").json()["payouts"]} == {"reserved"}
    assert client.post(f"{place}/payouts", json={"do": "reverse"}, headers={"If-Match": "*"}).status_code == 200
    assert client.post(f"{place}/payouts", json=body, headers={"If-Match": "1"}).status_code == 400


def test_an_interrupted_batch_resumes(client: httpx.Client, record: DecisionStore) -> None:
    """The first two cases were recorded, then the service crashed. The same request completes the rest, and repeats nothing."""
    batch = b'{"cases":[' + b",".join(a_claim(f"AS-{n}", order=f"O-{n}") for n in range(4)) + b"]}"
    first = client.post("/v1/decisions/batch", content=batch, headers=keyed("b")).json()["results"]
    again = client.post("/v1/decisions/batch", content=batch, headers=keyed("b")).json()["results"]
    assert [each["id"] for each in again] == [each["id"] for each in first]
    assert [each["repeat"] for each in again] == [True] * 4
    assert len(record.decisions().items) == 4


def test_one_key_at_the_same_moment_gets_one_decision(client: httpx.Client, record: DecisionStore) -> None:
    with ThreadPoolExecutor(6) as threads:
        asked = [threads.submit(client.post, "/v1/decisions", content=a_claim(), headers=keyed("k")) for _ in range(6)]
        answers = [each.result() for each in asked]
    assert {each.status_code for each in answers} <= {200, 409}
    assert len({each.content for each in answers if each.status_code == 200}) == 1
    assert len(record.entries(ORDER)) == 1
