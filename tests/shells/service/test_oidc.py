"""Tokens of an issuer next to API keys: only its keys, audience and times count, and a refusal gives no details."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

import httpx
import jwt
import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from litestar.testing import TestClient

from adjudicator import Instant
from adjudicator.service.app import create_app
from adjudicator.service.oidc import MOST_TOKEN_CHARACTERS, tokens_for
from adjudicator.service.settings import Misconfigured, Settings, settings_from
from adjudicator.store import DecisionStore, Scope
from service.tokens import AUDIENCE, ISSUER, NOW, SECONDS, ask, claims, key_set, private, public, settings_with, signed
from store.cases import a_claim

AS_JSON: Final = {"Content-Type": "application/json"}


def by_hand(header: dict[str, Any], payload: dict[str, Any], sign: Callable[[bytes], bytes]) -> str:
    """A token that no library would create."""
    parts = [base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=") for part in (header, payload)]
    content = b".".join(parts)
    return (content + b"." + base64.urlsafe_b64encode(sign(content)).rstrip(b"=")).decode()


def with_the_public_key_as_a_secret() -> str:
    """The classic attack: HMAC keyed with the well-known public key."""
    secret = private("rsa").public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    header = {"alg": "HS256", "kid": "rsa", "typ": "JWT"}
    return by_hand(header, claims(), lambda content: hmac.digest(secret, content, hashlib.sha256))


@pytest.fixture
def keys(tmp_path: Path) -> Path:
    """The key set in a file."""
    path = tmp_path / "jwks.json"
    path.write_bytes(key_set())
    return path


@pytest.fixture
def settings(keys: Path) -> Settings:
    return settings_with(keys)


@pytest.fixture
def service(record: DecisionStore, settings: Settings) -> Iterator[httpx.Client]:
    """A service with a stopped clock."""
    with TestClient(create_app(settings, DecisionStore(record.engine, lambda: NOW))) as client:
        yield client


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
@pytest.mark.parametrize(("kid", "algorithm"), [("rsa", "RS256"), ("curve", "ES256"), ("edwards", "EdDSA")])
def test_a_token_of_the_issuer_is_accepted(service: httpx.Client, kid: str, algorithm: str) -> None:
    assert ask(service, signed(kid, algorithm)).status_code == 200
    assert ask(service, signed(kid, algorithm, {"typ": "at+jwt"})).status_code == 200
    assert ask(service, signed(kid, algorithm, scope=["read"], aud=["x", AUDIENCE])).status_code == 200
    assert ask(service, signed(kid, algorithm), "/v1/keys").status_code == 403
    assert ask(service, signed(kid, algorithm, scope=None)).status_code == 403
    assert ask(service, signed(kid, algorithm, scope=None), "/v1/policies").status_code == 200


REFUSED: Final[dict[str, Callable[[], str]]] = {
    "none": lambda: by_hand({"alg": "none", "kid": "rsa"}, claims(), lambda _: b""),
    "none in capitals": lambda: by_hand({"alg": "NONE", "kid": "rsa"}, claims(), lambda _: b""),
    "HMAC with the public key": with_the_public_key_as_a_secret,
    "HMAC with a published secret": lambda: jwt.encode(claims(), b"x" * 32, "HS256", headers={"kid": "secret"}),
    "an algorithm that is not allowed": lambda: signed(algorithm="RS512"),
    "a key for another algorithm": lambda: signed("other"),
    "a key for encryption": lambda: signed("encrypts"),
    "a weak key": lambda: by_hand_signed("small"),
    "the algorithm of another key": lambda: by_hand({"alg": "ES256", "kid": "rsa"}, claims(), lambda _: b"\0" * 64),
    "an unknown key": lambda: signed("stranger"),
    "the id of another's key": lambda: jwt.encode(claims(), private("stranger"), "RS256", headers={"kid": "rsa"}),
    "no key id": lambda: jwt.encode(claims(), private("rsa"), "RS256"),
    "a key of its own": lambda: jwt.encode(
        claims(), private("stranger"), "RS256", headers={"kid": "new", "jwk": public("stranger"), "jku": "https://x"}
    ),
    "an extension": lambda: signed(header={"crit": ["b64"], "b64": True}),
    "another type": lambda: signed(header={"typ": "logout+jwt"}),
    "expired": lambda: signed(exp=SECONDS - 31),
    "not yet valid": lambda: signed(nbf=SECONDS + 31),
    "from the future": lambda: signed(iat=SECONDS + 31),
    "never expires": lambda: signed(exp=None),
    "an expiry that is no number": lambda: by_hand_signed(exp="tomorrow"),
    "an endless expiry": lambda: by_hand_signed(exp=1e300),
    "an expiry that is not finite": lambda: by_hand_signed(exp=float("nan")),
    "another audience": lambda: signed(aud="another"),
    "no audience": lambda: signed(aud=None),
    "another issuer": lambda: signed(iss="https://issuer.example.org"),
    "no issuer": lambda: signed(iss=None),
    "no subject": lambda: signed(sub=None),
    "an empty subject": lambda: signed(sub=""),
    "a long subject": lambda: signed(sub="x" * 256),
    "too long": lambda: signed(padding="x" * MOST_TOKEN_CHARACTERS),
    "altered": lambda: signed()[:-5] + "AAAAA",
    "other claims": lambda: ".".join(
        (signed().split(".")[0], signed(sub="root").split(".")[1], signed().split(".")[2])
    ),
    "no token": lambda: "a.b.c",
    "dots": lambda: "." * 100,
    "nested": lambda: base64.urlsafe_b64encode(b"[" * 3000).decode().rstrip("=") + ".e30.x",
    "bytes": lambda: "\u00e9.\u00e9.\u00e9",
    "empty": lambda: "",
}


def by_hand_signed(kid: str = "rsa", **changed: Any) -> str:
    """A token with claims that the library would not encode."""
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import padding

    def sign(content: bytes) -> bytes:
        signature: bytes = private(kid).sign(content, padding.PKCS1v15(), hashes.SHA256())
        return signature

    return by_hand({"alg": "RS256", "kid": kid}, claims(**changed), sign)


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
def test_the_reason_for_refusing_a_token_is_not_revealed(service: httpx.Client) -> None:
    """One answer for all, so that nobody learns how far a forged token got."""
    answers = set()
    for name, token in REFUSED.items():
        refused = ask(service, token())
        assert refused.status_code == 401, name
        assert refused.json()["type"] == "/v1/problems/unauthorized", name
        answers.add((refused.text, refused.headers["WWW-Authenticate"]))
    assert len(answers) == 1
    assert ask(service, signed()).status_code == 200


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
def test_clocks_may_differ_a_little(service: httpx.Client) -> None:
    assert ask(service, signed(exp=SECONDS - 29)).status_code == 200
    assert ask(service, signed(nbf=SECONDS + 29, iat=SECONDS + 29)).status_code == 200


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
def test_a_cached_token_still_expires_on_time(record: DecisionStore, settings: Settings) -> None:
    now = [NOW]
    with TestClient(create_app(settings, DecisionStore(record.engine, lambda: now[0]))) as client:
        token = signed(exp=SECONDS + 10)
        assert ask(client, token).status_code == 200
        now[0] = Instant(NOW + 40_000_000)
        assert ask(client, token).status_code == 401


def test_api_keys_work_beside_tokens(service: httpx.Client, record: DecisionStore) -> None:
    made = record.api_keys.create("shop", [Scope.READ])
    assert ask(service, made.token).status_code == 200
    assert ask(service, made.token + "x").status_code == 401


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
def test_without_an_issuer_no_token_is_accepted(record: DecisionStore) -> None:
    with TestClient(create_app(Settings(), record)) as client:
        assert ask(client, signed()).status_code == 401


def test_the_caller_is_the_subject_and_its_name_is_not_on_record(service: httpx.Client, record: DecisionStore) -> None:
    """Another token of the same subject continues its requests."""
    sent = {**AS_JSON, "Idempotency-Key": '"K"'}
    found = []
    for token in (signed(), signed(exp=SECONDS + 700), signed(sub="bob")):
        headers = {**sent, "Authorization": f"Bearer {token}"}
        found.append(service.post("/v1/decisions", content=a_claim(ticket="T-7"), headers=headers))
    assert [each.headers["Decision-Repeat"] for each in found[:2]] == ["false", "true"]
    (decision,) = record.decisions().items
    assert str(decision.decided_by).startswith("oidc-")
    assert "alice" not in str(record.entries(str(decision.order_id)))


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
def test_a_token_leads_to_the_tenant_that_it_names(record: DecisionStore, keys: Path) -> None:
    record.tenants.create("acme", ["douyin_alliance.admission"])
    settings = settings_with(keys, oidc_tenant_claim="tenant")
    with TestClient(create_app(settings, DecisionStore(record.engine, lambda: NOW))) as client:
        record.decide(a_claim())
        assert len(ask(client, signed(tenant="default")).json()["decisions"]) == 1
        assert ask(client, signed(tenant="acme")).json()["decisions"] == []
        assert len(ask(client, signed(tenant="acme"), "/v1/policies").json()["editions"]) == 1
        assert ask(client, signed(tenant="acme", scope="metrics"), "/metrics").status_code == 403
        for wrong in ("nobody", "*", "", None, 7, ["acme"], "a\0b"):
            assert ask(client, signed(tenant=wrong)).status_code == 401, wrong


@pytest.mark.parametrize("times", [{"exp": SECONDS - 31}, {"nbf": SECONDS + 31}, {"iat": SECONDS + 31}])
def test_times_are_verified_with_the_token(keys: Path, times: dict[str, Any]) -> None:
    tokens = tokens_for(settings_with(keys))
    assert tokens is not None
    assert tokens.caller_for(signed(), NOW) is not None
    assert tokens.caller_for(signed(**times), NOW) is None


# Settings


@pytest.mark.parametrize(
    "flags",
    [
        {"oidc_issuer": ISSUER},
        {"oidc_issuer": ISSUER, "oidc_audience": "x"},
        {"oidc_keys": "http://elsewhere.example.org/keys"},
        {"oidc_keys": "ftp://elsewhere/keys"},
        {"oidc_keys": "https://"},
        {"oidc_algorithms": "HS256"},
        {"oidc_algorithms": "RS256,none"},
        {"oidc_algorithms": ""},
        {"oidc_issuer": "issuer"},
        {"oidc_leeway_seconds": "301"},
    ],
)
def test_unsafe_settings_are_refused(flags: dict[str, object]) -> None:
    with pytest.raises(Misconfigured, match="oidc"):
        settings_from({**flags}, {})


def test_safe_settings_are_taken() -> None:
    given = {
        "oidc_issuer": ISSUER,
        "oidc_audience": "x",
        "oidc_keys": "https://x/keys",
        "oidc_algorithms": "RS256, EdDSA",
    }
    assert settings_from({**given}, {}).oidc_algorithms == "RS256,EdDSA"
    assert settings_from({**given, "oidc_keys": "http://localhost:1/keys"}, {}).oidc_keys
