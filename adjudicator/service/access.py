"""Who may ask, and how often.

A key is looked up in the database, and what was found is trusted for some seconds; so a key that is revoked is good for these seconds
more. Requests are counted in the database for all workers together (see :mod:`adjudicator.store.rates`).
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Final

from anyio import to_thread
from attrs import define, field, frozen

from adjudicator.service.lookups import KeyLookups
from adjudicator.service.operations import Operation
from adjudicator.service.problems import Problem
from adjudicator.service.settings import Settings
from adjudicator.store import ApiKey, DecisionStore

TRUSTED_FOR: Final = 5.0
"""For how many seconds a key that was looked up is not looked up again."""
MOST_KEYS: Final = 1_024
"""How many keys are remembered."""
HANDFULS: Final = 20
"""Into how many parts a worker divides a limit when it takes permits from it."""
DEVELOPMENT: Final = "development"
"""Under which name requests without a key are counted."""


@frozen
class Admitted:
    """Who asks, and what is to be told of the rate in every answer."""

    caller: str | None
    headers: Mapping[str, str]


@define
class _Left:
    """The permits that this worker has left for a caller, and that were left to all when it last asked."""

    minute: int
    here: int
    elsewhere: int


@define(eq=False)
class Gate:
    """Lets requests in. Each worker has one."""

    record: DecisionStore
    settings: Settings
    _known: dict[bytes, tuple[float, ApiKey]] = field(factory=dict)
    _left: dict[str, _Left] = field(factory=dict)
    _in_flight: dict[str, int] = field(factory=dict)
    _lookups: KeyLookups = field(init=False)

    def __attrs_post_init__(self) -> None:
        self._lookups = KeyLookups(self.record.api_keys.callers_for)

    async def admit(self, operation: Operation, authorization: str | None) -> Admitted:
        """Let a request in, or raise the :class:`Problem` that keeps it out."""
        if operation.open:
            return Admitted(None, {})
        if self.settings.development:
            return Admitted(None, await self._count(DEVELOPMENT))
        key = await self.key(authorization)
        if operation.scope is not None and operation.scope not in key.scopes:
            raise Problem(
                "forbidden",
                f"this takes a key with the scope {operation.scope.value}",
                {"WWW-Authenticate": f'Bearer error="insufficient_scope", scope="{operation.scope.value}"'},
            )
        return Admitted(key.id, await self._count(key.id))

    @contextmanager
    def in_flight(self, caller: str | None) -> Iterator[None]:
        """Count a request for as long as it is answered. Raises :class:`Problem` where its caller has too many already."""
        if caller is None:
            yield
            return
        count = self._in_flight.get(caller, 0)
        if count >= self.settings.requests_at_once:
            detail = f"more than {self.settings.requests_at_once} requests of this key at once"
            raise Problem("too-many-requests", detail, {"Retry-After": "1"})
        self._in_flight[caller] = count + 1
        try:
            yield
        finally:
            self._in_flight[caller] -= 1
            if not self._in_flight[caller]:
                del self._in_flight[caller]

    # Keys

    async def key(self, authorization: str | None) -> ApiKey:
        """The key that a request was sent with. Raises :class:`Problem` where there is none that is valid."""
        if authorization is None:
            raise Problem(
                "unauthorized", "no API key: send Authorization: Bearer adj_...", {"WWW-Authenticate": "Bearer"}
            )
        scheme, _, token = authorization.partition(" ")
        if scheme.lower() != "bearer":
            raise _invalid_token()
        digest = hashlib.sha256(token.strip().encode("utf-8", "replace")).digest()
        until, key = self._known.get(digest, (0.0, None))
        if key is None or until < time.monotonic():
            found = await self._lookups.find(token.strip(), known=key is not None)
            self._known.pop(digest, None)
            if found is None:
                raise _invalid_token()
            key = self._remember(digest, found)
        return key

    def _remember(self, digest: bytes, key: ApiKey) -> ApiKey:
        if len(self._known) >= MOST_KEYS:
            self._known.clear()
        self._known[digest] = (time.monotonic() + TRUSTED_FOR, key)
        return key

    # Rates

    async def _count(self, caller: str) -> Mapping[str, str]:
        limit = self.settings.requests_per_minute
        if limit is None:
            return {}
        now = self.record.now()
        minute, second = int(now) // 60_000_000, int(now) // 1_000_000 % 60
        left = self._left.get(caller)
        if left is None or not minute <= left.minute <= minute + 1 or (left.here == 0 and left.elsewhere > 0):
            wanted = -(-limit // HANDFULS)
            taken = await to_thread.run_sync(self.record.rates.take, caller, wanted, limit)
            left = self._left[caller] = _Left(taken.minute, taken.granted, taken.left)
        told = {"RateLimit-Policy": f'"minute";q={limit};w=60'}
        if left.here == 0:
            wait = str(60 - second)
            raise Problem(
                "too-many-requests",
                f"more than {limit} requests in a minute",
                {**told, "RateLimit": f'"minute";r=0;t={wait}', "Retry-After": wait},
            )
        left.here -= 1
        return {**told, "RateLimit": f'"minute";r={left.here + left.elsewhere};t={60 - second}'}


def _invalid_token() -> Problem:
    return Problem("unauthorized", "this API key is not valid", {"WWW-Authenticate": 'Bearer error="invalid_token"'})
