"""What help desks sign, as they sign it."""

from __future__ import annotations

import hashlib
from functools import cache
from typing import Any, Final

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from adjudicator import Instant

ZENDESK_AUDIENCE: Final = "https://shop.zendesk.com/api/v2/apps/installations/82.json"
SOBOT_ACCOUNT: Final = "shop-of-the-tests"
SOBOT_KEY: Final = "the security key"


@cache
def _key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def public_key() -> bytes:
    """The public key of the Zendesk app, as Zendesk gives it."""
    return _key().public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)


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
    """The parameters that Sobot adds to an address for one of its customers."""
    stamp = str(int(now) // 1_000)
    sign = hashlib.md5(f"{SOBOT_ACCOUNT}{SOBOT_KEY}{stamp}{partner}".encode()).hexdigest()
    return {"partnerId": partner, "timestamp": stamp, "sign": sign, "email": "ann@shop.example"} | changes
