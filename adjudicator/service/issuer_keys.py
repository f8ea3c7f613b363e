"""The public keys of an OpenID Connect issuer (a JSON Web Key Set), from a file or an address.

They are read again every few minutes, and when a token names a key that is not among them, but never more often than twice a
minute: a flood of made-up key ids costs the issuer nothing.
"""

from __future__ import annotations

import json
import logging
import math
import threading
import time
import urllib.request
from collections.abc import Callable, Mapping
from http.client import HTTPException
from pathlib import Path
from typing import Any, Final
from urllib.error import HTTPError

import jwt
from attrs import define, field

from adjudicator.service.problems import Problem

FRESH_SECONDS: Final = 300.0
"""How long keys are used before they are read again."""
STALE_SECONDS: Final = 3_600.0
"""How long keys are used at most if they cannot be read again."""
SHORTEST_INTERVAL: Final = 30.0
"""The shortest time between two attempts to read the keys."""
FETCH_SECONDS: Final = 5.0
"""The time limit for fetching the keys."""
MOST_BYTES: Final = 262_144
MOST_KEYS: Final = 100
KEY_KINDS: Final[Mapping[str, tuple[str, frozenset[str | None]]]] = {
    **dict.fromkeys(("RS256", "RS384", "RS512", "PS256", "PS384", "PS512"), ("RSA", frozenset({None}))),
    "ES256": ("EC", frozenset({"P-256"})),
    "ES384": ("EC", frozenset({"P-384"})),
    "ES512": ("EC", frozenset({"P-521"})),
    "EdDSA": ("OKP", frozenset({"Ed25519", "Ed448"})),
}
"""The kind and curve of the keys for each algorithm. All are public: a shared secret has no place in a published set."""
SMALLEST_RSA_BITS: Final = 2_048
PUBLIC: Final = ("kty", "kid", "crv", "n", "e", "x", "y")
"""The parameters of a public key."""
_log = logging.getLogger("adjudicator.oidc")

NEVER: Final = -math.inf


@define(eq=False)
class IssuerKeys:
    """The keys of an issuer, kept for a while. Threads may share them."""

    read: Callable[[], bytes]
    clock: Callable[[], float] = time.monotonic
    _keys: Mapping[str, Mapping[str, Any]] = field(factory=dict)
    _read_at: float = NEVER
    _tried_at: float = NEVER
    _lock: threading.Lock = field(factory=threading.Lock)

    def find(self, kid: str, algorithm: str) -> jwt.PyJWK | None:
        """The key of this id for an algorithm; ``None`` if there is none. Raises :class:`Problem` if the keys cannot be read."""
        now = self.clock()
        if now - self._read_at > FRESH_SECONDS or kid not in self._keys:
            self._read_again(now)
        if now - self._read_at > STALE_SECONDS:
            raise Problem("unavailable", "the keys of the issuer cannot be read right now", {"Retry-After": "30"})
        key = self._keys.get(kid)
        return None if key is None else _usable(key, algorithm)

    def _read_again(self, now: float) -> None:
        """Read the keys unless that was tried a moment ago. Meanwhile, other threads use the old ones; they wait only for the first."""
        if not self._lock.acquire(blocking=not self._keys):
            return
        try:
            if now - self._tried_at >= SHORTEST_INTERVAL:
                self._tried_at = now
                self._keys = _keys_in(self.read())
                self._read_at = now
        except (OSError, ValueError, HTTPException) as error:
            _log.warning("%s while reading the keys of the issuer", type(error).__name__)
        finally:
            self._lock.release()


def reader_for(source: str) -> Callable[[], bytes]:
    """Read a key set from a file, or fetch it from an address, which the settings limit to HTTPS and this machine."""
    if "://" not in source:
        return lambda: _bounded(Path(source).read_bytes())
    return lambda: _fetched(source)


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    """Keys come from the configured address, or not at all."""

    def redirect_request(self, *_: Any) -> None:
        """Refuse."""


def _fetched(address: str) -> bytes:
    request = urllib.request.Request(address, headers={"Accept": "application/json"})  # noqa: S310 - the settings allow HTTP only
    return answer_to(request)


def answer_to(request: urllib.request.Request) -> bytes:
    """What an address of the issuer answers within ``FETCH_SECONDS``, up to ``MOST_BYTES``.

    Raises :class:`OSError`, such as a closed :class:`~urllib.error.HTTPError`, :class:`ValueError` or
    :class:`~http.client.HTTPException`.
    """
    until = time.monotonic() + FETCH_SECONDS
    content = b""
    try:
        with urllib.request.build_opener(_NoRedirects).open(request, timeout=FETCH_SECONDS) as response:
            while chunk := response.read1(65_536):
                content = _bounded(content + chunk)
                if time.monotonic() > until:
                    raise TimeoutError
    except HTTPError as error:
        error.close()
        raise
    return content


def _bounded(content: bytes) -> bytes:
    if len(content) > MOST_BYTES:
        raise ValueError("too many bytes for a key set")
    return content


def _keys_in(content: bytes) -> dict[str, Mapping[str, Any]]:
    """The keys of a key set that can verify signatures, by id. Raises :class:`ValueError` for an invalid key set."""
    try:
        keys = list(json.loads(content)["keys"])
    except (KeyError, TypeError, RecursionError) as error:
        raise ValueError("not a key set") from error
    return {
        key["kid"]: key
        for key in keys[:MOST_KEYS]
        if isinstance(key, dict) and isinstance(key.get("kid"), str) and key.get("use", "sig") == "sig"
    }


def _usable(key: Mapping[str, Any], algorithm: str) -> jwt.PyJWK | None:
    """A key for an algorithm; ``None`` if it is for another one, or too weak."""
    kind, curves = KEY_KINDS[algorithm]
    if key.get("alg", algorithm) != algorithm or key.get("kty") != kind or key.get("crv") not in curves:
        return None
    public = {name: key[name] for name in PUBLIC if name in key}
    try:
        usable = jwt.PyJWK(public, algorithm)
    except (jwt.PyJWTError, ValueError, TypeError):
        return None
    bits: int = getattr(usable.key, "key_size", SMALLEST_RSA_BITS)
    return None if kind == "RSA" and bits < SMALLEST_RSA_BITS else usable
