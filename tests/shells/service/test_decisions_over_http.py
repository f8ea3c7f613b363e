"""HTTP gives what the library gives, and what is on record, byte for byte."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import httpx
import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from litestar.testing import TestClient

import douyin_xingtu
from adjudicator import case_schema, check, decide, dump_case, dump_decision, load_case, load_decision, what_if
from adjudicator.analysis.check import check_document
from adjudicator.analysis.entitlements import entitlements_document, entitlements_of, load_inquiry
from adjudicator.analysis.whatif import what_if_document
from adjudicator.analysis.work import MOST_WORK
from adjudicator.engine.registry import policies
from adjudicator.explain import Format, Voice, explain
from adjudicator.model.soundness import CaseBase
from adjudicator.rulebook.codes import code_document, codes
from adjudicator.rulebook.documents import policy_document
from adjudicator.rulebook.handbook import Book, handbook
from adjudicator.service import upkeep
from adjudicator.service.app import create_app
from adjudicator.service.routes import OPERATIONS
from adjudicator.service.settings import Settings
from adjudicator.store import DecisionStore, database, open_store
from adjudicator.store.tables import DECISIONS
from adjudicator.testing import cases
from store.cases import ADMISSION, ORDER, UNIT, a_claim

CLAIMS = tuple(name for name in policies() if name.startswith("douyin_global"))
AS_JSON = {"Content-Type": "application/json"}


def decided(client: httpx.Client, text: bytes, **headers: str) -> httpx.Response:
    """The decision on a case."""
    response = client.post("/v1/decisions", content=text, headers={**AS_JSON, **headers})
    assert response.status_code == 200, response.text
    return response


def as_json(document: object) -> Any:
    """A document after a round trip through JSON."""
    return json.loads(json.dumps(document))


@pytest.fixture(scope="module")
def in_development(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    """A client of a service that needs no keys."""
    record = open_store(f"sqlite:///{tmp_path_factory.mktemp('record')}/record.db")
    with TestClient(create_app(Settings(development=True, requests_per_minute=None), record)) as client:
        yield client
    record.close()


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(case=st.sampled_from(CLAIMS).flatmap(cases))
def test_http_gives_the_bytes_of_the_library(in_development: httpx.Client, case: CaseBase) -> None:
    text, decision = dump_case(case), dump_decision(decide(case))
    for path in ("/v1/dry-runs", "/v1/decisions"):
        response = in_development.post(path, content=text, headers=AS_JSON)
        assert (response.status_code, response.content) == (200, decision)
    assert in_development.get(response.headers["Content-Location"]).content == decision
    batch = b'{"cases":[' + text + b"," + text + b"]}"
    found = in_development.post("/v1/decisions/batch", content=batch, headers=AS_JSON)
    assert found.content.count(decision) == 2
    assert in_development.post("/v1/checks", content=text, headers=AS_JSON).json() == check_document(check(case))


def test_a_decision_and_all_its_parts_can_be_retrieved(client: httpx.Client) -> None:
    text = a_claim()
    given = decided(client, text)
    case = load_case(text)
    place = given.headers["Content-Location"]
    assert place == f"/v1/decisions/{given.headers['Decision-Id']}"
    assert client.get(place).content == given.content == dump_decision(decide(case))
    assert load_case(client.get(f"{place}/case").content) == case
    assert client.get(f"{place}/what-if").json() == what_if_document(what_if(case))
    assert client.post(f"{place}/rerun").json()["agrees"] is True
    standing = client.get(f"{place}/standing").json()
    assert standing["decision"]["order_id"] == ORDER
    assert (standing["payouts"], standing["version"]) == ([], 1)


@pytest.mark.parametrize(
    ("query", "headers", "expected"),
    [
        ("", {}, ("consumer", "en", "text", "text/plain")),
        ("?voice=auditor&locale=zh-TW&format=html", {}, ("auditor", "zh-TW", "html", "text/html")),
        ("?voice=agent", {"Accept-Language": "fr, zh-CN;q=0.8, en;q=0.5"}, ("agent", "zh-CN", "text", "text/plain")),
        ("", {"Accept": "text/html;q=0.2, text/markdown"}, ("consumer", "en", "markdown", "text/markdown")),
        ("?format=text", {"Accept": "text/*"}, ("consumer", "en", "text", "text/plain")),
        ("?locale=fr", {"Accept-Language": "zh-CN"}, ("consumer", "fr", "text", "text/plain")),
    ],
)
def test_an_explanation_comes_in_the_requested_form(
    client: httpx.Client, query: str, headers: dict[str, str], expected: tuple[Voice, str, Format, str]
) -> None:
    voice, locale, form, media_type = expected
    case = load_case(a_claim())
    found = explain(decide(case), case, voice=voice, locale=locale, format=form)
    place = decided(client, a_claim()).headers["Content-Location"]
    for response in (
        client.get(f"{place}/explanation{query}", headers=headers),
        client.post(f"/v1/explanations{query}", content=a_claim(), headers={**AS_JSON, **headers}),
    ):
        assert response.headers["Content-Type"] == f"{media_type}; charset=utf-8"
        assert response.headers["Content-Language"] == {"zh-CN": "zh-Hans", "zh-TW": "zh-Hant"}.get(locale, "en")
        assert response.text == found


TASK_EXAMPLE: Final = Path(douyin_xingtu.__file__).parent / "examples" / "task-complete-and-rated.json"


def test_a_party_of_a_policys_own_reads_what_is_written_to_it(client: httpx.Client) -> None:
    """As in Python. Of a policy that does not know the party, the problem names those that it knows."""
    document = json.loads(TASK_EXAMPLE.read_bytes())
    case = load_case(json.dumps(document.get("case", document)))
    response = client.post("/v1/explanations?voice=client", content=dump_case(case), headers=AS_JSON)
    assert (response.status_code, response.text) == (200, explain(decide(case), case, voice="client"))
    place = decided(client, a_claim()).headers["Content-Location"]
    for refused in (
        client.post("/v1/explanations?voice=client", content=a_claim(), headers=AS_JSON),
        client.get(f"{place}/explanation?voice=client"),
    ):
        assert refused.status_code == 422
        (error,) = refused.json()["errors"]
        assert (error["pointer"], error["expected"]) == ("voice", "one of agent, auditor, consumer, merchant")


def test_a_decision_is_explained_without_its_case_too(client: httpx.Client) -> None:
    decision = dump_decision(decide(load_case(a_claim())))
    response = client.post("/v1/explanations", content=decision, headers=AS_JSON)
    assert response.text == explain(load_decision(decision))


@pytest.mark.parametrize("path", ["/v1/what-if", "/v1/checks", "/v1/entitlements"])
def test_a_question_has_a_work_limit(client: httpx.Client, path: str) -> None:
    """The answer says whether it is complete; nobody can ask for more work than the service allows."""
    answer = {work: client.post(f"{path}?work={work}", content=a_claim(), headers=AS_JSON) for work in (0, MOST_WORK)}
    assert [each.json()["complete"] for each in answer.values()] == [False, True]
    assert client.post(path, content=a_claim(), headers=AS_JSON).content == answer[MOST_WORK].content
    assert client.post(f"{path}?work={MOST_WORK + 1}", content=a_claim(), headers=AS_JSON).status_code == 400


def test_questions_are_answered_without_a_record(client: httpx.Client, record: DecisionStore) -> None:
    text = a_claim()
    asked = {
        "/v1/what-if": what_if_document(what_if(load_case(text))),
        "/v1/entitlements": entitlements_document(entitlements_of(load_inquiry(text))),
    }
    for path, expected in asked.items():
        assert client.post(path, content=text, headers=AS_JSON).json() == expected
    both = b'{"before":' + text + b',"after":' + a_claim(units=3) + b"}"
    assert client.post("/v1/differences", content=both, headers=AS_JSON).json()["case_id"] == "case-AS-1"
    another = b'{"before":' + text + b',"after":' + a_claim("AS-2") + b"}"
    refused = client.post("/v1/differences", content=another, headers=AS_JSON)
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "/after/case_id")
    client.post("/v1/dry-runs", content=text, headers=AS_JSON)
    assert record.decisions().items == ()


def test_the_rules_are_available_as_data(client: httpx.Client) -> None:
    (edition,) = policies()["douyin_global.damage"]
    assert client.get("/v1/policies/douyin_global.damage?edition=2022-03-15").json() == as_json(
        policy_document(edition)
    )
    named = {each["policy"] for each in client.get("/v1/policies?on=2022-04-01").json()["editions"]}
    assert named == {name for name, editions in policies().items() if editions[0].name <= "2022-04-01"}
    answer = client.get("/v1/codes?policy=douyin_global.damage").json()["codes"]
    assert answer == as_json([code_document(each) for each in codes("douyin_global.damage")])
    pages = client.get("/v1/handbook?policy=douyin_global.damage", headers={"Accept-Language": "zh-CN"}).json()["pages"]
    assert client.get("/v1/handbook?locale=zh-HK").headers["Content-Language"] == "zh-Hant"
    book = handbook([policies()["douyin_global.damage"]], Book(language="zh_Hans", suffix=".md"))
    assert [each["markdown"] for each in pages] == [str(each.text) for each in book]
    assert client.get("/v1/schemas/case").json() == as_json(case_schema())


def test_an_invalid_case_does_not_affect_others(client: httpx.Client, record: DecisionStore) -> None:
    doubled = a_claim("AS-3").replace(b'"id"', b'"id": "x", "id"', 1)
    batch = b'{"cases":[%s, 7, {"id": "C"}, %s, %s]}' % (a_claim("AS-1"), doubled, a_claim("AS-2"))
    results = client.post("/v1/decisions/batch", content=batch, headers=AS_JSON).json()["results"]
    assert [each["status"] for each in results] == [200, 422, 422, 422, 200]
    assert results[1]["problem"]["errors"][0]["expected"] == "an object"
    assert results[3]["problem"]["errors"][0]["pointer"] == "/id"
    assert [each["id"] for each in (results[0], results[4])] == [each.id for each in record.decisions().items]


def test_a_batch_has_its_bounds_and_its_shape(client: httpx.Client) -> None:
    for body, status in (
        (b'{"cases":[' + b",".join([b"1"] * 101) + b"]}", 413),
        (b'{"cases":[],"cases":[]}', 422),
        (b'{"cases":{}}', 422),
        (b"[]", 422),
        (b'{"cases":[', 400),
    ):
        assert client.post("/v1/decisions/batch", content=body, headers=AS_JSON).status_code == status, body


def test_settlements_are_filled_in_on_request(client: httpx.Client) -> None:
    first = decided(client, a_claim("AS-1"))
    client.post(f"{first.headers['Content-Location']}/payouts", json={"do": "reserve"})
    text = a_claim("AS-2", units=3)
    unaware = decided(client, text).json()
    aware = client.post("/v1/decisions?fill_settlements=true", content=text, headers=AS_JSON).json()
    refund = [[each["amount"] for each in one["awards"] if each["kind"] == "refund"] for one in (unaware, aware)]
    assert refund == [[3 * UNIT], [UNIT]]


def test_a_case_read_from_the_record_is_not_filled_again(client: httpx.Client) -> None:
    """Its settlements would count twice, and the claimant would get nothing for new proof."""
    first = decided(client, a_claim())
    client.post(f"{first.headers['Content-Location']}/payouts", json={"do": "reserve"})
    again = client.post("/v1/decisions?fill_settlements=true", content=a_claim(), headers=AS_JSON)
    place = again.headers["Content-Location"]
    case = client.get(f"{place}/case").json()
    case["evidence"][0]["units_covered"] = 3
    paths = ("/v1/dry-runs", "/v1/decisions", f"{place}/supersede")
    for path in paths:
        refused = client.post(f"{path}?fill_settlements=true", json=case)
        assert refused.status_code == 422
        assert [each["pointer"] for each in refused.json()["errors"]] == [f"/settlements/{index}" for index in range(3)]
    more = client.post(f"{place}/supersede", json=case).json()
    assert [each["amount"] for each in more["awards"] if each["kind"] == "refund"] == [UNIT]


def test_a_dry_run_uses_the_settlements_on_record(client: httpx.Client, record: DecisionStore) -> None:
    first = decided(client, a_claim("AS-1"))
    client.post(f"{first.headers['Content-Location']}/payouts", json={"do": "reserve"})
    before = record.entries(ORDER)
    paths = ("/v1/dry-runs?fill_settlements=true", "/v1/decisions?fill_settlements=true", "/v1/dry-runs")
    filled, recorded, unaware = (client.post(each, content=a_claim("AS-2"), headers=AS_JSON) for each in paths)
    assert filled.content == recorded.content != unaware.content
    assert len(record.entries(ORDER)) == len(before) + 1
    other = client.post(paths[0], content=json.dumps(ADMISSION), headers=AS_JSON)
    assert other.content == dump_decision(decide(load_case(json.dumps(ADMISSION))))
    for text in (a_claim(order="x" * 300), a_claim(order="a\0b"), a_claim("AS-3").replace(b'"CNY"', b'"HKD"')):
        refused = [client.post(each, content=text, headers=AS_JSON) for each in paths[:2]]
        assert [each.status_code for each in refused] == [422, 422]
        assert refused[0].content == refused[1].content


def test_a_new_decision_takes_the_place_of_an_old_one(client: httpx.Client) -> None:
    old = decided(client, a_claim())
    place = old.headers["Content-Location"]
    tag = client.get(f"{place}/standing").headers["ETag"]
    new = client.post(f"{place}/supersede", content=a_claim(units=3), headers={**AS_JSON, "If-Match": tag})
    assert new.status_code == 200
    assert client.get(place).content == old.content
    assert client.get(f"{place}/standing").json()["decision"]["superseded_by"] == new.headers["Decision-Id"]
    late = client.post(f"{place}/supersede", content=a_claim(units=1), headers=AS_JSON)
    assert (late.status_code, late.json()["type"]) == (409, "/v1/problems/not-superseded")


def test_decisions_are_listed_page_by_page(client: httpx.Client) -> None:
    ids = [decided(client, a_claim(f"AS-{n}", order=f"O-{n % 2}")).headers["Decision-Id"] for n in range(5)]
    seen, cursor = [], None
    while True:
        query = {"limit": "2", **({"cursor": cursor} if cursor else {})}
        page = client.get("/v1/decisions", params=query).json()
        seen += [each["id"] for each in page["decisions"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert seen == ids
    of_one = client.get("/v1/decisions", params={"order_id": "O-1", "outcome": "approved"}).json()["decisions"]
    assert {each["order_id"] for each in of_one} <= {"O-1"}
    assert client.get("/v1/decisions?updated_since=2030-01-01T00:00:00%2B08:00").json()["decisions"] == []
    assert client.get("/v1/decisions?cursor=nonsense").status_code == 400


@pytest.mark.parametrize("name", ["outcome", "policy"])
def test_a_filter_by_a_name_that_nobody_knows_is_refused(client: httpx.Client, name: str) -> None:
    decided(client, a_claim())
    refused = client.get("/v1/decisions", params={name: "nope"})
    (error,) = refused.json()["errors"]
    assert (refused.status_code, error["parameter"], error["value"]) == (400, name, '"nope"')
    replay = client.post("/v1/jobs/replay", json={name: "nope"})
    assert (replay.status_code, replay.json()["errors"][0]["pointer"]) == (422, f"/{name}")
    assert client.get("/v1/jobs").json()["jobs"] == []
    known = {"outcome": "denied", "policy": "douyin_global.damage"}[name]
    assert client.get("/v1/decisions", params={name: known}).json()["decisions"] == []


def test_decisions_under_a_policy_that_is_no_longer_installed_are_still_listed(
    client: httpx.Client, record: DecisionStore
) -> None:
    decided(client, a_claim())
    with record.engine.begin() as connection:
        connection.execute(DECISIONS.update().values(policy="old.pack", outcome="refunded"))
    for query in ({"policy": "old.pack"}, {"outcome": "refunded"}):
        assert len(client.get("/v1/decisions", params=query).json()["decisions"]) == 1


def test_a_case_of_another_kind_is_decided_and_recorded_as_well(client: httpx.Client) -> None:
    given = decided(client, json.dumps(ADMISSION).encode())
    place = given.headers["Content-Location"]
    assert client.get(f"{place}/standing").json()["decision"]["order_id"] is None
    assert client.post(f"{place}/payouts", json={"do": "reserve"}).json() == {"payouts": []}


def test_unchanged_content_is_not_sent_again(client: httpx.Client) -> None:
    place = decided(client, a_claim()).headers["Content-Location"]
    for path in ("", "/case", "/standing", "/payouts"):
        first = client.get(place + path)
        again = client.get(place + path, headers={"If-None-Match": f'"x", W/{first.headers["ETag"]}'})
        assert (again.status_code, again.content, again.headers["ETag"]) == (304, b"", first.headers["ETag"])
    client.post(f"{place}/payouts", json={"do": "reserve"})
    assert client.get(f"{place}/standing", headers={"If-None-Match": first.headers["ETag"]}).status_code == 200


def test_erased_data_are_gone_and_the_rest_is_reported(client: httpx.Client, record: DecisionStore) -> None:
    place = decided(client, a_claim(), **{"Idempotency-Key": '"k"'}).headers["Content-Location"]
    tag = client.get(place).headers["ETag"]
    record.erase(order_id=ORDER, reason="asked for")
    there = client.get(place, headers={"If-None-Match": tag})
    assert (there.status_code, there.json()["metadata"]) == (200, None)
    gone = [client.get(f"{place}/explanation"), client.get(f"{place}/what-if"), client.post(f"{place}/rerun")]
    gone.append(client.post("/v1/decisions", content=a_claim(), headers={**AS_JSON, "Idempotency-Key": '"k"'}))
    assert [(each.status_code, each.json()["type"]) for each in gone] == [(410, "/v1/problems/erased")] * 4


@pytest.fixture
def _erased_soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """Carry out erasures without the pause of a second."""
    monkeypatch.setattr(upkeep, "INTERVAL", 0.02)


def finished(client: httpx.Client, accepted: httpx.Response) -> dict[str, Any]:
    """The erasure once it is done."""
    for _ in range(300):
        found: dict[str, Any] = client.get(accepted.headers["Location"]).json()
        if found["state"] == "done":
            assert found["finished_at"] >= found["requested_at"]
            return found
        time.sleep(0.02)
    raise AssertionError(found)


@pytest.mark.usefixtures("_erased_soon")
def test_a_person_is_erased_and_the_reason_is_recorded(client: httpx.Client, record: DecisionStore) -> None:
    ids = [decided(client, a_claim(f"AS-{n}", order=f"O-{n}")).headers["Decision-Id"] for n in range(2)]
    wanted = {"subject": "buyer-7", "reason": "asked for"}
    accepted = client.post("/v1/erasures", json=wanted)
    assert (accepted.status_code, accepted.json()["state"]) == (202, "erasing")
    done = finished(client, accepted)
    assert (done["erased"], done["reason"]) == (sorted(ids), "asked for")
    assert finished(client, client.post("/v1/erasures", json=wanted))["erased"] == []
    assert client.get("/v1/erasures/none").status_code == 404
    assert client.get(f"/v1/decisions/{ids[0]}/case").json()["order"]["buyer_id"] is None
    found = record.entries("O-1")[-1].document()
    (key,) = record.api_keys.listed()
    assert (found["kind"], found["reason"], found["by"]) == ("erasure", "asked for", key.id)
    assert record.verify() is None


INVALID_ERASURES: Final[Any] = [
    ({}, ["", "/reason"]),
    ([], [""]),
    ({"reason": "asked for"}, [""]),
    ({"reason": "asked for", "order_id": "O", "subject": "S"}, [""]),
    ({"reason": "", "order_id": "O"}, ["/reason"]),
    ({"reason": "asked for", "order_id": None}, ["/order_id"]),
    ({"reason": "asked for", "subject": "a\0b", "x/y": 1}, ["/subject", "/x~1y"]),
]


def test_an_erasure_needs_a_person_and_a_reason(client: httpx.Client) -> None:
    for wanted, pointers in INVALID_ERASURES:
        refused = client.post("/v1/erasures", json=wanted)
        assert (refused.status_code, [each["pointer"] for each in refused.json()["errors"]]) == (422, pointers), wanted


@pytest.mark.usefixtures("_erased_soon")
def test_an_erasure_waits_for_older_readers_and_blocks_nobody(tmp_path: Path) -> None:
    wanted = {"order_id": ORDER, "reason": "asked for"}
    record = open_store(f"sqlite:///{tmp_path}/record.db")
    with TestClient(create_app(Settings(development=True), record)) as client:
        decided(client, a_claim())
        with database.read_transaction(record.engine) as reader:
            reader.execute(sa.text("SELECT count(*) FROM entries")).all()
            accepted = client.post("/v1/erasures", json=wanted)
            assert decided(client, a_claim("AS-2", order="O-2")).status_code == 200
            while (found := client.get(accepted.headers["Location"]).json())["state"] == "erasing":
                time.sleep(0.02)
            assert (found["state"], len(found["erased"])) == ("clearing", 1)
        finished(client, accepted)
    record.close()


def test_every_get_request_has_a_head_request(client: httpx.Client) -> None:
    """The same status and headers without content, for problems and unmodified answers too."""
    given = decided(client, a_claim())
    tag = client.get(given.headers["Content-Location"]).headers["ETag"]
    names = {"id": given.headers["Decision-Id"], "policy": "douyin_global.damage"}
    of = {"/v1/problems/{name}": "invalid", "/v1/schemas/{name}": "case"}
    paths = [each.path for each in OPERATIONS if each.method == "GET"] + ["/healthz", "/readyz", "/metrics", "/v1/none"]
    seen = set()
    for path in paths:
        place = path.format(**names, name=of.get(path))
        for asked in ({}, {"If-None-Match": tag}):
            got, head = client.get(place, headers=asked), client.head(place, headers=asked)
            assert head.content == b"", place
            assert head.status_code == got.status_code, place
            assert stable_headers(head) == stable_headers(got), place
            seen.add(got.status_code)
    assert seen == {200, 304, 400, 404}


def stable_headers(response: httpx.Response) -> dict[str, str]:
    """The headers that do not vary between equal requests. Of metrics, only that they have a length."""
    changing = {"x-request-id", *(["content-length"] if "version=" in response.headers.get("content-type", "") else [])}
    return {name: value for name, value in response.headers.items() if name not in changing}


def test_every_address_lists_its_methods(client: httpx.Client) -> None:
    for path, methods in {
        "/v1/decisions": "GET, HEAD, OPTIONS, POST",
        "/v1/dry-runs": "OPTIONS, POST",
        "/v1/decisions/none/payouts": "GET, HEAD, OPTIONS, POST",
        "/v1/openapi.json": "GET, HEAD, OPTIONS",
        "/healthz": "GET, HEAD, OPTIONS",
    }.items():
        answer = client.options(path)
        assert (answer.status_code, answer.content, answer.headers["Allow"]) == (204, b"", methods)
        refused = client.delete(path)
        assert (refused.status_code, refused.headers["Allow"]) == (405, methods)
        assert methods in refused.json()["detail"]
