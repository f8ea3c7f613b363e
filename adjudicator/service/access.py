"""Authentication and rate limits.

Keys are looked up in the database and cached for a few seconds, so a revoked key works for a few seconds more. Requests are counted
in the database, for all workers together (see :mod:`adjudicator.store.rates`).
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Final

from anyio import to_thread
from attrs import define, field, frozen

from adjudicator.service.accesses import AccessLog
from adjudicator.service.lookups import KeyLookups
from adjudicator.service.operations import Operation
from adjudicator.service.problems import Problem
from adjudicator.service.settings import Settings
from adjudicator.store import Access, ApiKey, DecisionStore

KEY_CACHE_SECONDS: Final = 5.0
"""How long a key is cached."""
MAX_CACHED_KEYS: Final = 1_024
"""The most keys in the cache."""
PERMIT_BATCHES: Final = 20
"""A worker takes permits in batches of the limit divided by this number."""
DEVELOPMENT: Final = "development"
"""The caller name for requests without a key, which only development mode allows."""


@frozen
class Admission:
    """An admitted request: its key, the record of the key's tenant, and the rate headers for its response."""

    key: ApiKey | None
    record: DecisionStore
    headers: Mapping[str, str]

    @property
    def caller(self) -> str | None:
        """The identity of the caller, which outlives each of its keys."""
        return None if self.key is None else self.key.identity


@define
class _Permits:
    """A caller's remaining permits: those held by this worker, and those in the database when it last asked."""

    minute: int
    local: int
    shared: int


@define(eq=False)
class Gate:
    """Authenticates and limits requests. Each worker has one gate."""

    record: DecisionStore
    settings: Settings
    _key_cache: dict[bytes, tuple[float, ApiKey]] = field(factory=dict)
    _records: dict[tuple[str, frozenset[str] | None], DecisionStore] = field(factory=dict)
    _permits: dict[str, _Permits] = field(factory=dict)
    _in_flight: dict[str, int] = field(factory=dict)
    accesses: AccessLog = field(init=False)
    _lookups: KeyLookups = field(init=False)

    def __attrs_post_init__(self) -> None:
        self.accesses = AccessLog(self.record, self.settings)
        self._lookups = KeyLookups(self.record.api_keys.callers_for)

    async def admit(self, operation: Operation, authorization: str | None) -> Admission:
        """Admit a request, or raise a :class:`Problem`."""
        if operation.open:
            return Admission(None, self.record, {})
        if self.settings.development:
            return Admission(None, self.record, await self._count(DEVELOPMENT, self.record))
        key = await self.key(authorization)
        try:
            return await self._admit(operation, key)
        except Problem as refusal:
            self.log_access(key, operation, None, refusal.type.status)
            raise

    async def _admit(self, operation: Operation, key: ApiKey) -> Admission:
        if operation.scope is not None and operation.scope not in key.scopes:
            raise Problem(
                "forbidden",
                f"this needs a key with the scope {operation.scope.value}",
                {"WWW-Authenticate": f'Bearer error="insufficient_scope", scope="{operation.scope.value}"'},
            )
        record = self._record_of(key)
        return Admission(key, record, await self._count(key.identity, record))

    def log_access(self, key: ApiKey, operation: Operation, resource: str | None, status: int) -> None:
        """Add a request to the access log."""
        self.accesses.add(
            Access(
                tenant=key.tenant,
                at=self.record.now(),
                caller=key.identity,
                key_id=key.id,
                operation=operation.id,
                resource=resource,
                status=status,
            )
        )

    def _record_of(self, key: ApiKey) -> DecisionStore:
        """The record of a key's tenant. Kept, because binding an engine takes as long as a small request."""
        known = (key.tenant, key.policies)
        record = self._records.get(known)
        if record is None:
            if len(self._records) >= MAX_CACHED_KEYS:
                self._records.clear()
            record = self._records[known] = self.record.for_key(key)
        return record

    @contextmanager
    def in_flight(self, caller: str | None) -> Iterator[None]:
        """Count a request while it is in progress. Raises :class:`Problem` if its caller has too many already."""
        if caller is None:
            yield
            return
        count = self._in_flight.get(caller, 0)
        if count >= self.settings.requests_at_once:
            detail = f"more than {self.settings.requests_at_once} concurrent requests with this key"
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
        """The API key of a request. Raises :class:`Problem` without a valid one."""
        if authorization is None:
            raise Problem(
                "unauthorized", "no API key: send Authorization: Bearer adj_...", {"WWW-Authenticate": "Bearer"}
            )
        scheme, _, token = authorization.partition(" ")
        if scheme.lower() != "bearer":
            raise _invalid_token()
        digest = hashlib.sha256(token.strip().encode("utf-8", "replace")).digest()
        expires_at, key = self._key_cache.get(digest, (0.0, None))
        if key is None or expires_at < time.monotonic():
            valid_key = await self._lookups.find(token.strip(), known=key is not None)
            self._key_cache.pop(digest, None)
            if valid_key is None:
                raise _invalid_token()
            key = self._remember(digest, valid_key)
        now = self.record.now()
        if not key.works_at(now):
            raise _invalid_token()
        self.accesses.use(key, now)
        return key

    def _remember(self, digest: bytes, key: ApiKey) -> ApiKey:
        if len(self._key_cache) >= MAX_CACHED_KEYS:
            self._key_cache.clear()
        self._key_cache[digest] = (time.monotonic() + KEY_CACHE_SECONDS, key)
        return key

    # Rates

    async def _count(self, caller: str, record: DecisionStore) -> Mapping[str, str]:
        limit = self.settings.requests_per_minute
        if limit is None:
            return {}
        now = self.record.now()
        minute, second = int(now) // 60_000_000, int(now) // 1_000_000 % 60
        permits = self._permits.get(caller)
        if permits is None or not minute <= permits.minute <= minute + 1 or (permits.local == 0 and permits.shared > 0):
            wanted = -(-limit // PERMIT_BATCHES)
            taken = await to_thread.run_sync(record.rates.take, caller, wanted, limit)
            permits = self._permits[caller] = _Permits(taken.minute, taken.granted, taken.left)
        headers = {"RateLimit-Policy": f'"minute";q={limit};w=60'}
        if permits.local == 0:
            wait = str(60 - second)
            raise Problem(
                "too-many-requests",
                f"more than {limit} requests in a minute",
                {**headers, "RateLimit": f'"minute";r=0;t={wait}', "Retry-After": wait},
            )
        permits.local -= 1
        return {**headers, "RateLimit": f'"minute";r={permits.local + permits.shared};t={60 - second}'}


def _invalid_token() -> Problem:
    return Problem("unauthorized", "this API key is not valid", {"WWW-Authenticate": 'Bearer error="invalid_token"'})
