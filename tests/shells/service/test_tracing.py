"""Traces: the caller's trace is continued, and every request is a span if there is a collector."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from opentelemetry.proto.trace.v1.trace_pb2 import Status

from adjudicator.service.monitoring.spans import TraceContext, trace_context
from service.collecting import collector
from service.running import running
from store.cases import a_claim

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
SPAN = "00f067aa0ba902b7"


@given(st.integers(1, 2**128 - 1), st.integers(1, 2**64 - 1), st.integers(0, 255))
def test_every_traceparent_that_is_well_formed_is_read(trace: int, span: int, flags: int) -> None:
    assert trace_context(f"00-{trace:032x}-{span:016x}-{flags:02x}") == TraceContext(f"{trace:032x}", f"{span:016x}")


@pytest.mark.parametrize(
    "traceparent",
    [
        "",
        f"00-{TRACE}-{SPAN}",
        f"00-{TRACE}-{SPAN}-01-more",
        f"ff-{TRACE}-{SPAN}-01",
        f"00-{'0' * 32}-{SPAN}-01",
        f"00-{TRACE}-{'0' * 16}-01",
        f"00-{TRACE.upper()}-{SPAN}-01",
        f"00-{TRACE}-{SPAN}-01\n",
        f" 00-{TRACE}-{SPAN}-01",
    ],
)
def test_a_traceparent_that_is_not_well_formed_is_left_alone(traceparent: str) -> None:
    assert trace_context(traceparent) is None


def test_a_later_version_can_have_more_fields() -> None:
    assert trace_context(f"01-{TRACE}-{SPAN}-01-more") == TraceContext(TRACE, SPAN)


def test_every_request_is_a_span_below_the_callers(tmp_path: Path) -> None:
    with collector() as collected:
        settings = {"ADJUDICATOR_TRACES_ENDPOINT": collected.url}
        with running(tmp_path, environment=settings) as server:
            json = {"Content-Type": "application/json"}
            above = {"traceparent": f"00-{TRACE}-{SPAN}-01"}
            httpx.post(f"{server.url}/v1/dry-runs", content=a_claim(), headers={**json, **above})
            httpx.get(f"{server.url}/nowhere/at-all")
            assert server.stop() == 0
            logs = server.log_text()
        spans = {each.name: each for each in collected.spans()}
    run = spans["POST /v1/dry-runs"]
    assert (run.trace_id.hex(), run.parent_span_id.hex()) == (TRACE, SPAN)
    assert f'"span_id":"{run.span_id.hex()}"' in logs
    found = {each.key: each.value.string_value or each.value.int_value for each in run.attributes}
    assert found == {
        "http.request.method": "POST",
        "http.response.status_code": 200,
        "http.route": "/v1/dry-runs",
    }
    assert run.status.code == Status.STATUS_CODE_UNSET
    assert "at-all" not in collected.text()
    assert spans["GET"].end_time_unix_nano > spans["GET"].start_time_unix_nano


def test_nothing_of_opentelemetry_is_imported_unless_an_endpoint_is_set() -> None:
    code = """
import sys
from adjudicator.service.monitoring.tracing import tracer_for
from adjudicator.service.settings import Settings
import adjudicator.service.server
tracer_for(Settings())
before = "opentelemetry.sdk" in sys.modules
tracer_for(Settings(traces_endpoint="http://127.0.0.1:1/v1/traces")).close()
print(before, "opentelemetry.sdk" in sys.modules)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "False True\n"


def test_tracing_without_its_extra_is_reported() -> None:
    code = """
import sys
sys.modules["opentelemetry"] = None
from adjudicator.service.monitoring.tracing import tracer_for
from adjudicator.extras import MissingExtra
from adjudicator.service.settings import Settings
try:
    tracer_for(Settings(traces_endpoint="http://127.0.0.1:1/"))
except MissingExtra as error:
    print(error)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "of the extra `telemetry`" in done.stdout
