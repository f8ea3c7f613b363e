"""What help desks sign: Zendesk a token (RS256), Sobot an address (MD5 with a shared key).

Chatwoot signs nothing, so its agents have a pass of ours. What a signature does not cover is trusted for ids only, never for rights.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import jwt

from adjudicator.model.facts import Party
from adjudicator.model.time import SECOND, Instant
from adjudicator.service.panel_tokens import MOST_TOKEN_CHARACTERS, PASS_SECONDS, Grant
from adjudicator.service.settings import Misconfigured, Settings
from adjudicator.store import DEFAULT_TENANT, LONGEST_ID

SOBOT: Final = "sobot."
"""What stands before the signed parameters of an address of Sobot, in JSON and Base64."""
OLDEST_ADDRESS_SECONDS: Final = 300
"""How old a signed address may be, and how far in the future: clocks differ."""
LEEWAY_SECONDS: Final = 30


class InvalidSignature(Exception):
    """No configured help desk has signed this, or too long ago."""


def grant_by_host(settings: Settings, credential: str, now: Instant) -> Grant:
    """The grant that a help desk has signed. Raises :class:`InvalidSignature`."""
    if len(credential) > MOST_TOKEN_CHARACTERS:
        raise InvalidSignature
    if credential.startswith(SOBOT):
        return _by_sobot(settings, credential.removeprefix(SOBOT), now)
    return _by_zendesk(settings, credential, now)


def _by_zendesk(settings: Settings, token: str, now: Instant) -> Grant:
    """The grant of a Zendesk agent whose token is signed by Zendesk: for any order, with the consumer's answers."""
    if settings.panel_zendesk_key is None or settings.panel_zendesk_audience is None:
        raise InvalidSignature
    options: Any = {"require": ["exp", "sub", "aud"], "verify_exp": False, "verify_nbf": False, "verify_iat": False}
    try:
        claims = jwt.decode(
            token,
            _content(settings.panel_zendesk_key, "panel_zendesk_key"),
            algorithms=["RS256"],
            audience=settings.panel_zendesk_audience,
            options=options,
        )
        expires, begins = float(claims["exp"]), float(claims.get("nbf", 0))
    except (jwt.PyJWTError, ValueError, TypeError, RecursionError):
        raise InvalidSignature from None
    seconds = int(now) / SECOND
    if not begins - LEEWAY_SECONDS <= seconds < expires + LEEWAY_SECONDS:
        raise InvalidSignature
    return _grant(str(claims["sub"]), now, answers=frozenset({Party.CONSUMER.value}))


def _by_sobot(settings: Settings, text: str, now: Instant) -> Grant:
    """The grant of an address that Sobot signed for one of its customers: to read, on orders of that buyer."""
    if settings.panel_sobot_account is None or settings.panel_sobot_key is None:
        raise InvalidSignature
    try:
        fields = json.loads(base64.urlsafe_b64decode(text))
        buyer, stamp, sign = (str(fields[name]) for name in ("partnerId", "timestamp", "sign"))
        age = abs(int(now) // SECOND - int(stamp) // 1000)
    except (binascii.Error, ValueError, TypeError, KeyError, RecursionError):
        raise InvalidSignature from None
    key = _content(settings.panel_sobot_key, "panel_sobot_key").decode("utf-8", "replace").strip()
    signed = f"{settings.panel_sobot_account}{key}{stamp}{buyer}"
    expected = hashlib.md5(signed.encode(), usedforsecurity=False).hexdigest()
    is_signed = hmac.compare_digest(expected.encode(), sign.lower().encode())
    if not is_signed or age > OLDEST_ADDRESS_SECONDS or not buyer:
        raise InvalidSignature
    return _grant(str(fields.get("email") or "sobot"), now, buyer_id=buyer)


def _grant(agent: str, now: Instant, **fields: Any) -> Grant:
    until = Instant(int(now) + PASS_SECONDS * SECOND)
    return Grant(tenant=DEFAULT_TENANT, agent=agent[:LONGEST_ID], until=until, **fields)


@lru_cache(maxsize=8)
def _content(file: str, setting: str) -> bytes:
    try:
        return Path(file).read_bytes()
    except OSError as error:
        raise Misconfigured((f"{setting}: cannot be read: {error.strerror}",)) from None
