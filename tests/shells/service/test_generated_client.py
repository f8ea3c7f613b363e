"""A client from an existing generator, made from the OpenAPI document, works with the running server."""

from __future__ import annotations

import importlib
import json
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from adjudicator import decide, dump_decision, load_case
from service.running import PATIENCE, Running, running
from store.cases import DEMO, a_claim


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with running(tmp_path_factory.mktemp("server")) as started:
        yield started


@pytest.fixture(scope="module")
def made(server: Running, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The name of the package generated from the document. A warning of the generator is a failure."""
    folder = tmp_path_factory.mktemp("generated")
    (folder / "openapi.json").write_bytes(httpx.get(f"{server.url}/v1/openapi.json").content)
    streams = "content_type_overrides:\n  application/x-ndjson: application/octet-stream\n"
    (folder / "config.yml").write_text(f"post_hooks: []\n{streams}")
    command = ["-m", "openapi_python_client", "generate", "--path", "openapi.json", "--meta", "none"]
    done = subprocess.run(
        [sys.executable, *command, "--output-path", "made_client", "--config", "config.yml", "--fail-on-warning"],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    sys.path.insert(0, str(folder))
    yield "made_client"
    sys.path.remove(str(folder))


def test_a_generated_client_decides_pays_lists_and_gets_faults(made: str, server: Running) -> None:
    def part(name: str) -> Any:
        return importlib.import_module(f"{made}.{name}")

    with part("client").Client(base_url=server.url, raise_on_unexpected_status=True) as client:
        case = part("models").ClaimCase.from_dict(json.loads(a_claim()))
        decided = part("api.decisions.decide").sync_detailed(client=client, body=case, idempotency_key='"once"')
        assert decided.status_code == 200
        assert decided.content == dump_decision(decide(load_case(a_claim())))
        assert isinstance(decided.parsed, part("models").ClaimDecision)
        assert decided.parsed.to_dict() == json.loads(decided.content)
        again = part("api.decisions.decide").sync_detailed(client=client, body=case, idempotency_key='"once"')
        assert again.content == decided.content

        name = decided.headers["Decision-Id"]
        request = part("models").PayoutRequest(do=part("models").PayoutRequestDo.RESERVE)
        paid = part("api.payouts.settle").sync(client=client, id=name, body=request)
        assert {each.state.value for each in paid.payouts} == {"reserved"}
        page = part("api.decisions.list_decisions").sync(client=client, order_id=DEMO["order"]["id"])
        assert [each.id for each in page.decisions] == [name]
        standing = part("api.decisions.get_standing").sync(client=client, id=name)
        assert standing.payouts == paid.payouts
        kept = part("api.decisions.get_case").sync(client=client, id=name)
        assert isinstance(kept, part("models").ClaimCaseOnRecord)
        assert kept.order.buyer_id == case.order.buyer_id

        case.id = 7
        wrong = part("api.decisions.dry_run").sync_detailed(client=client, body=case)
        assert wrong.status_code == 422
        assert isinstance(wrong.parsed, part("models").InvalidProblem)
        assert [each.pointer for each in wrong.parsed.errors] == ["/id"]
        nothing = part("api.decisions.get_decision").sync_detailed(client=client, id="none")
        assert nothing.status_code == 404
        assert isinstance(nothing.parsed, part("models").NotFoundProblem)
