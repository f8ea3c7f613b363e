"""Signatures of help desks, made the way they make them."""

from __future__ import annotations

import hashlib
import json
from functools import cache
from typing import Any, Final

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm

from adjudicator import Instant

ZENDESK_AUDIENCE: Final = "https://shop.zendesk.com/api/v2/apps/installations/82.json"
SOBOT_ACCOUNT: Final = "shop-of-the-tests"
SOBOT_KEY: Final = "the security key"
ISSUER: Final = "https://login.example/"


@cache
def _key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def public_key() -> bytes:
    """The public key of the Zendesk app, in the form that Zendesk provides."""
    return _key().public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)


def key_set() -> str:
    """The public keys of the issuer (JWKS)."""
    key = json.loads(RSAAlgorithm.to_jwk(_key().public_key()))
    return json.dumps({"keys": [key | {"kid": "one", "use": "sig", "alg": "RS256"}]})


def issuer_token(now: Instant, seconds: int, scope: str) -> str:
    """A token of the issuer for a person, valid for some seconds."""
    at = int(now) // 1_000_000
    claims = {"iss": ISSUER, "aud": "claims", "sub": "ann", "iat": at, "exp": at + seconds, "scope": scope}
    return jwt.encode(claims, _key(), algorithm="RS256", headers={"kid": "one"})


def zendesk_token(now: Instant, **changes: Any) -> str:
    """The token that Zendesk posts on the first load."""
    seconds = int(now) // 1_000_000
    claims = {
        "iss": "shop.zendesk.com",
        "aud": ZENDESK_AUDIENCE,
        "sub": "https://shop.zendesk.com/api/v2/users/7.json",
        "iat": seconds,
        "nbf": seconds,
        "exp": seconds + 300,
    }
    return jwt.encode(claims | changes, _key(), algorithm="RS256")


def sobot_address(now: Instant, partner: str, **changes: str) -> dict[str, str]:
    """The parameters that Sobot appends to an address for a customer."""
    stamp = str(int(now) // 1_000)
    sign = hashlib.md5(f"{SOBOT_ACCOUNT}{SOBOT_KEY}{stamp}{partner}".encode()).hexdigest()
    return {"partnerId": partner, "timestamp": stamp, "sign": sign, "email": "ann@shop.example"} | changes
