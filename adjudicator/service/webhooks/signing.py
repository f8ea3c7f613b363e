"""Signatures of deliveries, as the Standard Webhooks define them: HMAC-SHA256 over id, time and body.

Any of their libraries verifies them: https://www.standardwebhooks.com.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Iterable

from adjudicator.model.time import Instant
from adjudicator.store.webhooks import SECRET_PREFIX


def signature_headers(id: str, at: Instant, body: bytes, secrets: Iterable[str]) -> dict[str, str]:
    """The headers of a delivery, with one signature for each secret."""
    timestamp = str(int(at) // 1_000_000)
    signed = b".".join((id.encode(), timestamp.encode(), body))
    return {
        "webhook-id": id,
        "webhook-timestamp": timestamp,
        "webhook-signature": " ".join(f"v1,{_signature(secret, signed)}" for secret in secrets),
    }


def _signature(secret: str, signed: bytes) -> str:
    key = base64.b64decode(secret.removeprefix(SECRET_PREFIX))
    return base64.b64encode(hmac.digest(key, signed, hashlib.sha256)).decode()
