"""The typed clients: their requests, retries and answers. Both clients take the same tests."""

from __future__ import annotations

import asyncio
import inspect
import json
import time
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from typing import Any, Final

import httpx
import pytest

from adjudicator import InputError, decide, dump_decision, entitlements, load_case
from adjudicator.analysis.entitlements import OrderInquiry, entitlements_document
from adjudicator.analysis.promises import reply_check_document
from adjudicator.client import AsyncClient, Client, Erased, Patience, Problem, RecordedDecision, Unreachable
from adjudicator.client.requests import BATCH_SIZE
from adjudicator.replies import check_reply
from adjudicator.store import State
from adjudicator.wire.codec import case_document
from adjudicator.wire.messages import JobKind, JobProgress, PayoutState
from service.running import Running, running, until
from store.cases import ADMISSION, UNIT, a_claim

AT_ONCE: Final = Patience(attempts=3, shortest=0.0)


class Waiting:
    """Lets the asynchronous client be called like the synchronous one."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        self.client = AsyncClient(*arguments, **named)
        self.runner = asyncio.Runner()

    def __enter__(self) -> Waiting:
        return self

    def __exit__(self, *_: object) -> None:
        self.runner.run(self.client.close())
        self.runner.close()

    def __getattr__(self, name: str) -> Callable[..., Any]:
        def ask(*arguments: Any, **named: Any) -> Any:
            found = getattr(self.client, name)(*arguments, **named)
            return self.runner.run(found if isinstance(found, Coroutine) else collected(found))

        return ask


async def collected(items: AsyncIterator[Any]) -> list[Any]:
    return [each async for each in items]


@pytest.fixture(params=[Client, Waiting])
def kind(request: pytest.FixtureRequest) -> Any:
    return request.param


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with running(tmp_path_factory.mktemp("server")) as started:
        yield started


def test_every_request_returns_the_types_of_the_library(server: Running, kind: Any) -> None:
    order = f"order-{kind.__name__}"
    text = a_claim(order=order)
    case = load_case(text)
    with kind(server.url) as client:
        given = client.decide(case)
        assert given == RecordedDecision(given.id, decide(case), dump_decision(decide(case)), repeat=False)
        assert client.decide(text.decode()).repeat
        assert client.dry_run(text) == client.decision(given.id) == given.decision
        assert client.case(given.id) == case
        assert client.rerun(given.id).agrees
        assert client.explain(given.id) == client.explain(given=text, voice="consumer", format="text") != ""
        assert client.what_if(given.id) == client.what_if(case=text)
        assert client.check(text)["case_id"] == case.id
        inquiry = OrderInquiry(order=case.order, as_of=case.as_of)
        draft = "We will refund CNY 9,000.00."
        checked = client.check_reply(draft, case)
        assert checked == reply_check_document(check_reply(draft, decide(case), case))
        assert client.check_reply(draft, dump_decision(decide(case)), case=case, now=str(case.as_of)) == checked
        assert client.entitlements(inquiry) == entitlements_document(entitlements(case.order, case.as_of))

        empty = {"manifest": 1, "prepared_by": "desk", "items": []}
        examined = client.examine(text, {"报告.pdf": b"nothing"}, manifest=json.dumps(empty))
        assert examined["case"] == case_document(case)
        assert [each["name"] for each in examined["report"]["files"]] == ["报告.pdf"]

        reserved = client.reserve(given.id)
        assert {each.state for each in reserved} == {PayoutState.RESERVED}
        assert (client.dry_run(text).awards, client.dry_run(text, fill_settlements=True).awards) == (
            given.decision.awards,
            (),
        )
        (refund,) = (each for each in reserved if each.kind == "refund")
        assert refund.amount == 2 * UNIT
        assert client.confirm(given.id, [refund.key])[0].state is PayoutState.CONFIRMED
        assert client.reverse(given.id, [refund.key])[0].state is PayoutState.REVERSED
        assert {each.key for each in client.payouts(order)} == {each.key for each in reserved}
        stands = {each.kind.value: each.stands for each in client.settlements(order)}
        assert stands == {each.kind: each is not refund for each in reserved}
        assert {each.kind.value: each.units for each in client.settlements(order)} == {
            each.kind: each.units for each in reserved
        }

        asked = client.erase(case_id="none", reason="asked for")
        assert (asked.erased, client.erasure(asked.id).reason) == ((), "asked for")
        with pytest.raises(Problem, match="exactly one of"):
            client.erase(order_id=order, subject="buyer-7", reason="asked for")
        standing = client.standing(given.id)
        newer = client.decide(
            a_claim(order=order, units=1), supersedes=given.id, if_version=standing.version, fill_settlements=True
        )
        assert client.standing(given.id).decision.superseded_by == newer.id
        assert [each.id for each in client.decisions(order_id=order, page_size=1)] == [given.id, newer.id]


def test_a_case_whose_personal_data_were_erased_is_returned_as_far_as_it_is_there(server: Running, kind: Any) -> None:
    order = f"erased-{kind.__name__}"
    with kind(server.url) as client:
        given = client.decide(a_claim(order=order))
        asked = client.erase(order_id=order, reason="asked for")
        while client.erasure(asked.id).state != "done":
            time.sleep(0.05)
        assert client.decision(given.id).outcome is given.decision.outcome
        with pytest.raises(Erased) as refused:
            client.case(given.id)
        assert {"/order/buyer_id", "/claim/claimant_id"} <= {*refused.value.pointers}
        assert (refused.value.document["order"]["id"], refused.value.document["order"]["buyer_id"]) == (order, None)


def test_many_cases_are_decided_in_batches_and_the_faults_of_one_are_reported_in_its_place(
    server: Running, kind: Any
) -> None:
    order = f"many-{kind.__name__}"
    wrong = json.dumps(ADMISSION | {"shop": 7})
    cases = [a_claim(f"AS-{number}", order=order) for number in range(BATCH_SIZE + 2)]
    with kind(server.url) as client:
        found = list(client.decide_many([*cases, wrong]))
        assert [type(each) for each in found] == [RecordedDecision] * len(cases) + [Problem]
        assert [each.decision.case_id for each in found[:-1]] == [load_case(each).id for each in cases]
        assert [each.pointer for each in found[-1].faults] == ["/shop"]


def test_a_job_is_created_watched_and_read(server: Running, kind: Any) -> None:
    cases = [load_case(a_claim(order=f"job-{kind.__name__}-{number}")) for number in range(3)]
    with kind(server.url) as client:
        key = f"J-{kind.__name__}"
        job = client.create_job([*cases, b'{\n"id": "odd"}'], "record", idempotency_key=key)
        assert client.create_job([*cases, b'{\n"id": "odd"}'], "record", idempotency_key=key).id == job.id
        assert (job.cases, job.do) == (4, JobKind.RECORD)
        until(lambda: client.job(job.id).state is JobProgress.DONE)
        results = list(client.job_results(job.id))
        assert [each["status"] for each in results] == [200, 200, 200, 422]
        assert [client.decision(each["id"]) for each in results[:3]] == [decide(case) for case in cases]
        assert list(client.job_results(job.id, after=3)) == results[3:]
        replay = client.create_replay(order_id=cases[0].order.id, edition="2022-03-15")
        until(lambda: client.job(replay.id).state is JobProgress.DONE)
        assert [each["agrees"] for each in client.job_results(replay.id)] == [True]
        assert client.cancel_job(replay.id).state is JobProgress.DONE
        assert {job.id, replay.id} <= {each.id for each in client.jobs()}
        assert client.delete_job(job.id).decided == 3
        assert job.id not in {each.id for each in client.jobs()}


def test_a_problem_is_an_exception_that_says_all(server: Running, kind: Any) -> None:
    with kind(server.url) as client:
        with pytest.raises(Problem, match="422 invalid") as refused:
            client.decide(b'{"id": 7}')
        assert "/id" in {each.pointer for each in refused.value.faults}
        assert refused.value.request_id is not None
        with pytest.raises(Problem) as parameter:
            list(client.decisions(page_size=100_000))
        assert [each.pointer for each in parameter.value.faults] == ["limit"]

        order = f"twice-{kind.__name__}"
        first = client.decide(a_claim("AS-1", order=order))
        second = client.decide(a_claim("AS-2", units=3, order=order))
        client.reserve(first.id)
        with pytest.raises(Problem) as taken:
            client.reserve(second.id)
        assert taken.value.name == "not-payable"
        assert {each.kind.value: each.amount for each in taken.value.left}["refund"] == UNIT


def test_every_request_carries_the_key_and_a_wrong_one_is_reported() -> None:
    seen: list[str | None] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request.headers.get("Authorization"))
        return httpx.Response(401, json={"type": "/v1/problems/unauthorized", "status": 401, "detail": "no"})

    client = Client("http://service", "adj_1_2", transport=httpx.MockTransport(answer))
    with client, pytest.raises(Problem, match="unauthorized"):
        client.payouts("order")
    assert seen == ["Bearer adj_1_2"]


# Asking again


def asked(
    kind: Any, answers: list[httpx.Response | Exception], patience: Patience = AT_ONCE
) -> tuple[list[httpx.Request], Any]:
    """What a client sends when it decides a case and gets these answers, and the result."""
    sent: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        sent.append(request)
        given = answers[len(sent) - 1]
        if isinstance(given, Exception):
            raise given
        return httpx.Response(given.status_code, headers=given.headers, content=given.content)

    with kind("http://service", patience=patience, transport=httpx.MockTransport(answer)) as client:
        try:
            return sent, client.decide(a_claim())
        except (Problem, Unreachable) as error:
            return sent, error


def decided() -> httpx.Response:
    content = dump_decision(decide(load_case(a_claim())))
    return httpx.Response(200, content=content, headers={"Decision-Id": "1", "Decision-Repeat": "false"})


def refused(status: int, name: str, **headers: str) -> httpx.Response:
    document = {"type": f"/v1/problems/{name}", "title": "", "status": status, "detail": ""}
    return httpx.Response(status, json=document, headers={each.replace("_", "-"): v for each, v in headers.items()})


@pytest.mark.parametrize(
    "first",
    [
        httpx.ConnectError("refused"),
        httpx.ReadError("lost"),
        httpx.ReadTimeout("late"),
        refused(409, "still-running", Retry_After="0"),
        refused(429, "too-many-requests", Retry_After="0"),
        refused(503, "unavailable"),
        httpx.Response(502, text="<html>no gateway</html>"),
    ],
)
def test_a_lost_or_temporarily_refused_request_is_retried_with_the_same_key(
    kind: Any, first: httpx.Response | Exception
) -> None:
    sent, given = asked(kind, [first, decided()])
    assert isinstance(given, RecordedDecision)
    keys = [each.headers["Idempotency-Key"] for each in sent]
    assert len(keys) == 2
    assert keys[0] == keys[1] != '""'
    assert sent[0].content == sent[1].content == a_claim()


@pytest.mark.parametrize(
    ("status", "name"),
    [(400, "malformed"), (409, "not-payable"), (412, "precondition-failed"), (422, "key-reused"), (500, "internal")],
)
def test_a_request_that_would_fail_again_is_not_retried(kind: Any, status: int, name: str) -> None:
    sent, problem = asked(kind, [refused(status, name)])
    assert len(sent) == 1
    assert (problem.status, problem.name) == (status, name)


def test_retries_are_limited(kind: Any) -> None:
    sent, error = asked(kind, [httpx.ReadError("lost")] * 3)
    assert (len(sent), type(error)) == (3, Unreachable)
    sent, error = asked(kind, [refused(503, "unavailable")] * 3)
    assert (len(sent), error.name) == (3, "unavailable")


def test_a_wait_that_would_be_too_long_fails_at_once(kind: Any) -> None:
    sent, problem = asked(kind, [refused(429, "too-many-requests", Retry_After="61")])
    assert len(sent) == 1
    assert problem.name == "too-many-requests"


def test_the_wait_requested_by_the_service_is_respected(kind: Any) -> None:
    before = time.monotonic()
    asked(kind, [refused(429, "too-many-requests", Retry_After="1"), decided()])
    assert time.monotonic() - before >= 1


def test_waiting_grows_and_stays_in_bounds() -> None:
    patience = Patience(attempts=100, shortest=0.1, longest=3.0)
    waits = [patience.after(attempt, None) or 0.0 for attempt in range(1, 50)]
    assert all(0.1 <= each <= 3.0 for each in waits)
    assert max(waits[:2]) < min(waits[5:])
    assert patience.after(100, None) is None


def test_a_key_of_the_callers_is_written_as_a_string_of_http() -> None:
    sent: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        sent.append(request)
        return decided()

    with Client("http://service", transport=httpx.MockTransport(answer)) as client:
        client.decide(a_claim(), idempotency_key='a "b" \\ c')
        client.decide(a_claim())
        client.decide(a_claim())
    assert sent[0].headers["Idempotency-Key"] == r'"a \"b\" \\ c"'
    assert len({each.headers["Idempotency-Key"] for each in sent}) == 3


# Two clients, one interface


def test_both_clients_have_the_same_methods_with_the_same_parameters() -> None:
    def methods(of: type) -> dict[str, list[str]]:
        found = inspect.getmembers(of, inspect.isfunction)
        return {name: [*inspect.signature(each).parameters] for name, each in found if not name.startswith("_")}

    assert methods(Client) == methods(AsyncClient)


def test_the_states_of_payouts_are_those_of_the_record() -> None:
    assert [each.value for each in PayoutState] == [each.value for each in State]


def test_a_client_does_not_import_the_service() -> None:
    """A client over HTTP needs neither a database nor a server."""
    import subprocess
    import sys

    code = "import sys, adjudicator.client; print(*sys.modules)"
    loaded = set(
        subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    )
    assert "httpx" in loaded
    assert (
        loaded & {"sqlalchemy", "alembic", "litestar", "uvicorn", "structlog", "prometheus_client", "cryptography"}
        == set()
    )


@pytest.mark.parametrize("token", ["adj_secret\n", "adj secret", "", "密钥"])
def test_a_token_that_no_header_can_carry_is_refused_without_showing_it(token: str) -> None:
    """A file that it was read from may end in a line break."""
    for client in (Client, AsyncClient):
        with pytest.raises(ValueError, match="the token is not one word of ASCII characters") as refused:
            client("http://127.0.0.1:8080", token=token)
        assert "secret" not in str(refused.value)


@pytest.mark.parametrize("text", ["junk", '{"id": "a"}, {"id": "b"}', b"\xff", ""])
def test_text_of_several_values_is_not_sent_as_several_cases(server: Running, text: str | bytes) -> None:
    """The results would no longer fit what was given."""
    with Client(server.url) as client:
        decided = client.decide_many([a_claim("AS-A", order="pasted"), text])
        with pytest.raises(InputError, match=r"^/1: expected one JSON value") as refused:
            list(decided)
        assert [each.pointer for each in refused.value.faults] == ["/1"]
        assert [*client.decisions(order_id="pasted")] == []
