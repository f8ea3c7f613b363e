"""Logs, metrics and traces contain no personal data and no secret, whatever is requested and however it fails."""

from __future__ import annotations

import json
import sqlite3
import subprocess
from pathlib import Path
from typing import Any, Final

import httpx
import pytest

from adjudicator.store import Scope, open_store
from service.collecting import collector
from service.running import SERVE, Running, started, wait_until_ready
from store.cases import DEMO

MARK: Final = "PERSONAL-7f3a"
"""The marker in all personal or secret values; field names stay unmarked."""

AT_ONCE: Final = "from adjudicator.service import lookups; lookups.QUERY_INTERVAL = 0.0; "
"""No pause between queries, because a hundred requests with unknown keys follow one another."""


def marked(value: Any, path: tuple[str, ...] = ()) -> Any:
    """The demo case with a marker in every free text."""
    if isinstance(value, dict):
        return {name: marked(each, (*path, name)) for name, each in value.items()}
    if isinstance(value, list):
        return [marked(each, path) for each in value]
    return f"{value} {MARK}" if isinstance(value, str) and path[-1] in FREE else value


FREE: Final = frozenset(
    {"buyer_id", "claimant_id", "address", "waybill_no", "name", "reference", "verified_by", "description"}
)


def personal_case() -> dict[str, Any]:
    case: dict[str, Any] = marked(DEMO)
    case["claim"]["claimant_id"] = case["order"]["buyer_id"] = f"buyer {MARK}"
    case["order"]["id"] = f"order-{MARK}"
    return case | {"metadata": {"phone": MARK, MARK: "as a name, too"}}


def test_no_log_metric_or_span_has_personal_data_or_a_key(tmp_path: Path) -> None:
    """Valid and invalid requests, defects and a broken database, at the most verbose log level."""
    with collector() as spans:
        server = started(
            tmp_path,
            program=f"{AT_ONCE}{SERVE}",
            environment={
                "ADJUDICATOR_LOG_LEVEL": "debug",
                "ADJUDICATOR_TRACES_ENDPOINT": spans.url,
                "OTEL_BSP_SCHEDULE_DELAY": "100",
            },
        )
        try:
            wait_until_ready(server)
            tokens = ask_everything(server, tmp_path)
            metrics = httpx.get(f"{server.url}/metrics", headers={"Authorization": f"Bearer {tokens[0]}"})
            assert metrics.status_code == 200
            assert 'adjudicator_decisions_total{edition="2022-03-15",outcome=' in metrics.text
            assert server.stop() == 0
        finally:
            server.kill()
        found = {"logs": server.log_text(), "metrics": metrics.text, "spans": spans.text()}
    for place, text in found.items():
        for secret in (MARK, *tokens, *(each.split("_", 2)[2] for each in tokens)):
            assert secret not in text, f"{place}: {excerpt(text, secret)}"
    assert "OperationalError" in found["logs"]
    assert "POST /v1/decisions" in found["spans"]
    assert "/v1/decisions" in found["metrics"]


def ask_everything(server: Running, folder: Path) -> list[str]:
    """Send all kinds of requests, with markers wherever possible. Returns the tokens used."""
    record = open_store(f"sqlite:///{folder}/record.db")
    tokens = [record.api_keys.create(f"name {MARK}", list(Scope)).token, f"adj_{'0' * 16}_{MARK}"]
    record.close()
    case = personal_case()
    bodies = [
        json.dumps(case),
        json.dumps(case)[:-1],
        json.dumps(case | {MARK: MARK, "policy": MARK, "as_of": MARK}),
        json.dumps({"cases": [case, {"id": MARK}]}),
        json.dumps({"do": MARK, "keys": [MARK]}),
        json.dumps({"subject": MARK, "reason": MARK}),
        f'"{MARK}"',
        f"{MARK}\x00",
    ]
    paths = ["decisions", "decisions/batch", "dry-runs", "checks", "what-if", "entitlements", "explanations"]
    paths += [
        "erasures",
        "dry-runs?fill_settlements=true",
        f"decisions/{MARK}/payouts",
        f"decisions/{MARK}/supersede",
        f"{MARK}",
        f"decisions?{MARK}={MARK}",
    ]
    with httpx.Client(base_url=server.url, headers={"X-Request-Id": f"bad {MARK}"}) as client:
        for token in tokens:
            client.headers["Authorization"] = f"Bearer {token}"
            for body in bodies:
                for path in paths:
                    given = {"Content-Type": "application/json", "Idempotency-Key": f'"{MARK}"', "Accept": "*/*"}
                    client.post(f"/v1/{path}", content=body, headers=given)
            for path in (f"decisions/{MARK}", f"decisions?order_id={MARK}", f"payouts?order_id={MARK}", f"{MARK}"):
                client.get(f"/v1/{path}", headers={"Accept-Language": MARK, "traceparent": MARK, "Cookie": MARK})
            client.post("/v1/decisions", content=bodies[0], headers={"Content-Type": MARK, "Content-Encoding": MARK})
        break_the_database(folder)
        client.headers["Authorization"] = f"Bearer {tokens[0]}"
        new = bodies[0].replace(f"order-{MARK}", f"another-{MARK}")
        broken = client.post("/v1/decisions", content=new, headers={"Content-Type": "application/json"})
        assert broken.status_code >= 500
        assert MARK not in broken.text
        assert client.get("/readyz").status_code in {200, 503}
    return tokens


def break_the_database(folder: Path) -> None:
    """Drop a table, so that a statement with the case in its parameters fails."""
    connection = sqlite3.connect(folder / "record.db")
    connection.execute("DROP TABLE sealed")
    connection.commit()
    connection.close()


def excerpt(text: str, secret: str) -> str:
    at = text.index(secret)
    return text[max(0, at - 300) : at + 100]


@pytest.mark.parametrize("error", [ValueError(MARK), RuntimeError(MARK)])
def test_an_exception_is_logged_by_its_type_and_place(error: Exception, programs: Path) -> None:
    """Including its causes. Other libraries cannot log."""
    code = f"""
import logging, threading
from adjudicator.service.monitoring.logs import write_logs
from adjudicator.service.settings import Settings
write_logs(Settings(log_format="json"))
try:
    try:
        raise {type(error).__name__}({MARK!r})
    except Exception as cause:
        raise KeyError({MARK!r}) from cause
except Exception:
    logging.getLogger("uvicorn.error").exception("Exception in ASGI application")
logging.getLogger("asyncio").error("Task failed: %s", {MARK!r})
logging.getLogger("sqlalchemy.engine").warning({MARK!r})

class Freed:
    def __del__(self):
        raise ValueError({MARK!r})

def end():
    raise ValueError({MARK!r})

Freed()
thread = threading.Thread(target=end)
thread.start()
thread.join()
"""
    done = subprocess.run([programs / "python", "-c", code], capture_output=True, text=True, check=True)
    first, *others = map(json.loads, done.stdout.splitlines())
    assert MARK not in done.stdout + done.stderr
    assert [each["type"] for each in first["exceptions"]] == ["builtins.KeyError", f"builtins.{type(error).__name__}"]
    assert [(each["logger"], each["event"]) for each in others] == [
        ("asyncio", "words withheld"),
        ("sqlalchemy.engine", "words withheld"),
        ("adjudicator.service", "an exception was dropped"),
        ("adjudicator.service", "a thread ended"),
    ]
    assert [each["exceptions"][0]["type"] for each in others[2:]] == ["builtins.ValueError"] * 2
