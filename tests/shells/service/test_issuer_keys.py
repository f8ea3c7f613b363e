"""The issuer's keys: where they are read, how long they are kept, and what each is for."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
from litestar.testing import TestClient

from adjudicator.service import issuer_keys
from adjudicator.service.app import create_app
from adjudicator.service.issuer_keys import IssuerKeys, reader_for
from adjudicator.service.problems import Problem
from adjudicator.store import DecisionStore, Scope
from service.tokens import ask, key_set, public, settings_with, signed


class Published:
    """A key set that can change and fail, with a count of reads."""

    def __init__(self) -> None:
        self.content, self.reads, self.error = key_set(), 0, False

    def __call__(self) -> bytes:
        """Read it."""
        self.reads += 1
        if self.error:
            raise OSError("not there")
        return self.content


def test_keys_are_cached_and_read_again_for_a_new_one() -> None:
    now = [1000.0]
    published = Published()
    found = IssuerKeys(published, lambda: now[0])
    for _ in range(3):
        assert found.find("rsa", "RS256") is not None
        assert found.find("stranger", "RS256") is None
    assert published.reads == 1
    published.content = json.dumps({"keys": [public("stranger")]}).encode()
    now[0] += issuer_keys.SHORTEST_INTERVAL
    assert found.find("stranger", "RS256") is not None
    assert found.find("rsa", "RS256") is None
    assert published.reads == 2
    now[0] += issuer_keys.FRESH_SECONDS + 1
    assert found.find("stranger", "RS256") is not None
    assert published.reads == 3


def test_a_key_is_only_for_the_algorithms_of_its_type_and_curve() -> None:
    content = json.dumps({"keys": [public(kid) for kid in ("rsa", "curve", "wide curve", "edwards")]}).encode()
    found = IssuerKeys(lambda: content)
    usable = {
        (kid, algorithm)
        for kid in ("rsa", "curve", "wide curve", "edwards")
        for algorithm in ("RS256", "PS512", "ES256", "ES384", "ES512", "EdDSA")
        if found.find(kid, algorithm) is not None
    }
    assert usable == {
        ("rsa", "RS256"),
        ("rsa", "PS512"),
        ("curve", "ES256"),
        ("wide curve", "ES384"),
        ("edwards", "EdDSA"),
    }


def test_cached_keys_survive_an_outage_of_the_issuer_for_a_while() -> None:
    now = [1000.0]
    published = Published()
    found = IssuerKeys(published, lambda: now[0])
    assert found.find("rsa", "RS256") is not None
    published.error = True
    now[0] += issuer_keys.FRESH_SECONDS + 1
    assert found.find("rsa", "RS256") is not None
    now[0] += issuer_keys.STALE_SECONDS
    with pytest.raises(Problem, match="keys of the issuer"):
        found.find("rsa", "RS256")


@pytest.mark.parametrize("content", [b"", b"{}", b"[]", b'{"keys": 7}', b"[" * 100_000, b"\xff", b'"keys"'])
def test_an_invalid_key_set_is_not_used(content: bytes) -> None:
    with pytest.raises(Problem):
        IssuerKeys(lambda: content).find("rsa", "RS256")


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
def test_without_keys_a_token_is_not_refused_but_cannot_be_verified(record: DecisionStore, tmp_path: Path) -> None:
    with TestClient(create_app(settings_with(tmp_path / "none.json"), record)) as client:
        answer = ask(client, signed())
        assert (answer.status_code, answer.headers["Retry-After"]) == (503, "30")
        assert ask(client, record.api_keys.create("shop", [Scope.READ]).token).status_code == 200


class Issuer(BaseHTTPRequestHandler):
    """Serves key sets, valid and invalid."""

    def do_GET(self) -> None:
        """Answer by path."""
        if self.path == "/moved":
            self.send_response(302)
            self.send_header("Location", "/keys")
            self.end_headers()
            return
        self.send_response(200)
        self.end_headers()
        self.wfile.write(key_set() + (b" " * issuer_keys.MOST_BYTES if self.path == "/large" else b""))

    def log_message(self, *_: Any) -> None:
        """Log nothing."""


@pytest.fixture(scope="module")
def issuer() -> Iterator[str]:
    """The address of an issuer on this machine."""
    with HTTPServer(("127.0.0.1", 0), Issuer) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def test_keys_are_fetched_within_limits_and_without_redirects(issuer: str) -> None:
    assert IssuerKeys(reader_for(f"{issuer}/keys")).find("rsa", "RS256") is not None
    for path in ("/large", "/moved"):
        with pytest.raises(Problem):
            IssuerKeys(reader_for(f"{issuer}{path}")).find("rsa", "RS256")
    with pytest.raises(Problem):
        IssuerKeys(reader_for("http://127.0.0.1:1/keys")).find("rsa", "RS256")
