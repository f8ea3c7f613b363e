"""An issuer of tokens: its keys, tokens signed with them, and settings that trust it."""

from __future__ import annotations

import base64
import json
from functools import cache
from typing import Any, Final

import httpx
import jwt
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from jwt.algorithms import ECAlgorithm, OKPAlgorithm, RSAAlgorithm

from adjudicator import Instant
from adjudicator.service.settings import Settings

ISSUER: Final = "https://issuer.example.org/"
AUDIENCE: Final = "adjudicator"
NOW: Final = Instant.parse("2026-06-01T00:00:00Z")
SECONDS: Final = int(NOW) // 1_000_000


@cache
def private(kid: str) -> Any:
    """The private key of an id, made once."""
    match kid:
        case "curve":
            return ec.generate_private_key(ec.SECP256R1())
        case "wide curve":
            return ec.generate_private_key(ec.SECP384R1())
        case "edwards":
            return ed25519.Ed25519PrivateKey.generate()
        case "small":
            return rsa.generate_private_key(65537, 1024)
    return rsa.generate_private_key(65537, 2048)


def public(kid: str, **more: str) -> dict[str, Any]:
    """The public key of an id, as in a key set."""
    algorithm: Any = {"curve": ECAlgorithm, "wide curve": ECAlgorithm, "edwards": OKPAlgorithm}.get(kid, RSAAlgorithm)
    return {**json.loads(algorithm.to_jwk(private(kid).public_key())), "kid": kid, **more}


@cache
def key_set() -> bytes:
    """A key set, including some keys that must not be used."""
    secret = {"kty": "oct", "kid": "secret", "k": base64.urlsafe_b64encode(b"x" * 32).decode()}
    keys = [public("rsa"), public("curve"), public("edwards"), public("small"), secret]
    return json.dumps({"keys": [*keys, public("encrypts", use="enc"), public("other", alg="RS512"), 7]}).encode()


def claims(**changed: Any) -> dict[str, Any]:
    """Valid claims, with some changes; ``None`` removes a claim."""
    right = {"iss": ISSUER, "aud": AUDIENCE, "sub": "alice@example.org", "scope": "openid read decide"}
    times = {"iat": SECONDS - 10, "exp": SECONDS + 600}
    return {name: value for name, value in {**right, **times, **changed}.items() if value is not None}


def signed(kid: str = "rsa", algorithm: str = "RS256", header: dict[str, Any] | None = None, **changed: Any) -> str:
    """A token, signed with the key of an id."""
    return jwt.encode(claims(**changed), private(kid), algorithm, headers={"kid": kid, **(header or {})})


def settings_with(keys: object, **more: Any) -> Settings:
    return Settings(
        requests_per_minute=None,
        oidc_issuer=ISSUER,
        oidc_audience=AUDIENCE,
        oidc_keys=str(keys),
        oidc_algorithms="RS256,ES256,EdDSA",
        **more,
    )


def ask(client: httpx.Client, token: str, path: str = "/v1/decisions") -> httpx.Response:
    return client.get(path, headers=[(b"Authorization", f"Bearer {token}".encode())])
