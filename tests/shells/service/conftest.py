"""A service on an empty record, in SQLite and in a real PostgreSQL, and a client whose key has all scopes."""

from __future__ import annotations

import ssl
from collections.abc import Iterator, Mapping
from pathlib import Path

import httpx
import pytest
from litestar.testing import TestClient

import warm
from adjudicator.evidence import Limits
from adjudicator.evidence.process import Examiner
from adjudicator.service.app import create_app
from adjudicator.service.endpoint import Endpoint, Reply
from adjudicator.service.openapi import problems_of
from adjudicator.service.problems import problem_for
from adjudicator.service.routes import OPERATIONS
from adjudicator.service.settings import Settings
from adjudicator.store import DecisionStore, Scope
from service.running import WARMED
from store.conftest import migrated_file, migrated_schema, record, server, url

__all__ = ["migrated_file", "migrated_schema", "record", "server", "url"]


@pytest.fixture(scope="session", autouse=True)
def _no_certificates() -> Iterator[None]:
    """For each client, httpx reads all certificate authorities, which takes longer than most requests; no test here needs them."""
    with pytest.MonkeyPatch.context() as patch:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        patch.setattr("httpx._transports.default.create_ssl_context", lambda **_: context)
        yield


@pytest.fixture(scope="session", autouse=True)
def _copies(warmed: warm.Server) -> Iterator[None]:
    """Fork servers instead of starting them."""
    WARMED[:] = [warmed]
    yield
    WARMED.clear()


@pytest.fixture(autouse=True)
def _every_problem_is_described(monkeypatch: pytest.MonkeyPatch) -> None:
    """A problem that the description of its operation does not name fails the test in which it is returned."""
    problem_of = Endpoint.problem

    def checked(endpoint: Endpoint, error: Exception, rate_headers: Mapping[str, str] | None = None) -> Reply:
        operation, name = endpoint.operation, problem_for(error).type.name
        assert operation not in OPERATIONS or name in problems_of(operation), (operation.path, name)
        return problem_of(endpoint, error, rate_headers)

    monkeypatch.setattr(Endpoint, "problem", checked)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """The settings of the service. A test module can override this fixture."""
    (tmp_path / "panel.key").write_text("k" * 32)
    return Settings(requests_per_minute=None, panel_key=str(tmp_path / "panel.key"))


@pytest.fixture
def token(record: DecisionStore) -> str:
    """The token of a key with all scopes."""
    return record.api_keys.create("tests", Scope).token


@pytest.fixture
def _keys_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Look up new keys without a pause between queries, for tests that use many."""
    monkeypatch.setattr("adjudicator.service.lookups.QUERY_INTERVAL", 0.0)


@pytest.fixture(scope="session")
def reading() -> Iterator[Examiner]:
    """A process that reads evidence files, shared because starting one takes longer than most tests."""
    with Examiner(Limits()) as made:
        yield made


@pytest.fixture
def one_process(reading: Examiner, monkeypatch: pytest.MonkeyPatch) -> Examiner:
    """Let every service use that process, with its own limits."""

    def lent(limits: Limits) -> Examiner:
        reading.limits = limits
        return reading

    monkeypatch.setattr("adjudicator.evidence.process.Examiner", lent)
    monkeypatch.setattr("adjudicator.service.examiner.SharedExaminer.close", lambda _: None)
    return reading


@pytest.fixture
def anyone(record: DecisionStore, settings: Settings) -> Iterator[httpx.Client]:
    """A client without a key."""
    with TestClient(create_app(settings, record)) as client:
        yield client


@pytest.fixture
def client(record: DecisionStore, settings: Settings, token: str) -> Iterator[httpx.Client]:
    """A client whose key has all scopes."""
    with TestClient(create_app(settings, record)) as client:
        client.headers["Authorization"] = f"Bearer {token}"
        yield client
