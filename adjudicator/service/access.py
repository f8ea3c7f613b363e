"""Authentication and rate limits.

Keys are looked up in the database and cached for a few seconds, so a revoked key works for a few seconds more. Requests are counted
in the database, for all workers together (see :mod:`adjudicator.store.rates`).
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext
from typing import TYPE_CHECKING, Any, Final

from anyio import CapacityLimiter, Lock, fail_after, sleep, to_thread
from attrs import define, evolve, field, frozen

from adjudicator.model.time import Instant
from adjudicator.service.accesses import AccessLog
from adjudicator.service.clients import Network, client_network, networks, peer_and_forwarded
from adjudicator.service.lookups import KeyLookups
from adjudicator.service.operations import Operation
from adjudicator.service.paces import Paces
from adjudicator.service.problems import Problem
from adjudicator.service.refusals import Refusals
from adjudicator.service.settings import Settings
from adjudicator.store import PREFIX, Access, Caller, DecisionStore, NotFound, Scope

if TYPE_CHECKING:
    from adjudicator.service.oidc import Tokens

KEY_CACHE_SECONDS: Final = 5.0
"""How long a key is cached."""
MAX_CACHED_KEYS: Final = 1_024
"""The most keys in the cache."""
PERMIT_BATCHES: Final = 20
"""A worker takes permits in batches of the limit divided by this number."""
TOKEN_THREADS: Final = 4
"""The most tokens that a worker verifies at once."""
ADMISSION_SECONDS: Final = 5.0
"""How long a request waits to find out who makes it, and how long for permits. Most wait for neither."""
DEVELOPMENT: Final = "development"
"""The caller name for requests without a key, which only development mode allows."""


@frozen
class Admission:
    """An admitted request: its caller, the record of the caller's tenant, and the rate headers for its response."""

    caller: Caller | None
    record: DecisionStore
    headers: Mapping[str, str]

    @property
    def identity(self) -> str | None:
        """The identity of the caller, which outlives each of its keys."""
        return None if self.caller is None else self.caller.identity


@define
class _Permits:
    """A caller's remaining permits: those held by this worker, and those in the database when it last asked."""

    minute: int = -1
    local: int = 0
    shared: int = 0
    lock: Lock = field(factory=Lock)
    """Held while more are taken: if all requests that wait did so, each batch would replace the one before."""

    def are_known_for(self, minute: int) -> bool:
        """Whether no more need to be taken: some are left here, or none anywhere. The clock of another worker may be ahead."""
        return minute <= self.minute <= minute + 1 and (self.local > 0 or self.shared == 0)


@frozen(eq=False)
class _InFlight:
    """A request in progress, counted with the others of its caller. A generator would take three times the steps."""

    caller: str
    counts: dict[str, int]
    most: int

    def __enter__(self) -> None:
        count = self.counts.get(self.caller, 0)
        if count >= self.most:
            detail = f"more than {self.most} concurrent requests with this key"
            refusal = Problem("too-many-requests", detail, {"Retry-After": "1"})
            refusal.caller = self.caller
            raise refusal
        self.counts[self.caller] = count + 1

    def __exit__(self, *_: object) -> None:
        count = self.counts[self.caller] - 1
        if count:
            self.counts[self.caller] = count
        else:
            del self.counts[self.caller]


_NOT_COUNTED: Final = nullcontext()
"""For requests without a caller."""


@define(eq=False)
class Gate:
    """Authenticates and limits requests. Each worker has one gate."""

    record: DecisionStore
    settings: Settings
    _callers: dict[bytes, tuple[float, Caller]] = field(factory=dict)
    _records: dict[tuple[str, frozenset[str] | None], DecisionStore] = field(factory=dict)
    _permits: dict[str, _Permits] = field(factory=dict)
    _minute: int = -1
    """The minute in which permits of earlier minutes were last dropped."""
    _in_flight: dict[str, int] = field(factory=dict)
    _paces: Paces = field(factory=Paces)
    refusals: Refusals = field(factory=Refusals)
    accesses: AccessLog = field(init=False)
    _proxies: tuple[Network, ...] = field(init=False)
    _lookups: KeyLookups = field(init=False)
    _tokens: Tokens | None = field(init=False)
    _token_limiter: CapacityLimiter | None = None

    def __attrs_post_init__(self) -> None:
        self.accesses = AccessLog(self.record, self.settings)
        self._proxies = networks(self.settings.trusted_proxies)
        self._lookups = KeyLookups(self.record.api_keys.callers_for)
        self._tokens = _tokens_for(self.settings)

    async def admit(
        self, operation: Operation, authorization: str | None, *, peer: str | None = None, forwarded: str = ""
    ) -> Admission:
        """Admit a request, or raise a :class:`Problem`.

        ``peer`` is the address that connected, ``forwarded`` what it says for whom (``X-Forwarded-For``).
        """
        if operation.open:
            if operation.pace is not None:
                self._paces.take(operation, client_network(peer, forwarded, self._proxies))
            return Admission(None, self.record, {})
        if self.settings.development:
            return Admission(None, self.record, await self._count(DEVELOPMENT, self.record))
        caller = await self.caller(authorization)
        try:
            return await self._admit(operation, caller)
        except Problem as refusal:
            refusal.caller = caller.identity
            self.log_access(caller, operation, None, refusal.type.status)
            raise

    async def pace(self, scope: Any) -> None:
        """Let a client wait for its turn to ask for what needs no key and costs little. Nobody else waits for it."""
        await self.refusals.pace(f"client {client_network(*peer_and_forwarded(scope), self._proxies)}")

    async def _admit(self, operation: Operation, caller: Caller) -> Admission:
        if operation.scope is not None and operation.scope not in caller.scopes:
            raise Problem(
                "forbidden",
                f"this needs a key with the scope {operation.scope.value}",
                {"WWW-Authenticate": f'Bearer error="insufficient_scope", scope="{operation.scope.value}"'},
            )
        if operation.decides and self.settings.desk_four_eyes and Scope.RULE in caller.scopes:
            raise Problem(
                "forbidden",
                "who rules at the desk does so there, where somebody else confirms it: decide with a key without the scope rule",
            )
        record = self._record_of(caller)
        return Admission(caller, record, await self._count(caller.identity, record))

    def log_access(self, caller: Caller, operation: Operation, resource: str | None, status: int) -> None:
        """Add a request to the access log."""
        self.accesses.add(
            Access(
                tenant=caller.tenant,
                at=self.record.now(),
                caller=caller.identity,
                key_id=caller.key_id,
                operation=operation.id,
                resource=resource,
                status=status,
            )
        )

    def _record_of(self, caller: Caller) -> DecisionStore:
        """The record of a caller's tenant. Kept, because binding an engine takes as long as a small request."""
        known = (caller.tenant, caller.policies)
        record = self._records.get(known)
        if record is None:
            if len(self._records) >= MAX_CACHED_KEYS:
                self._records.clear()
            record = self._records[known] = self.record.for_caller(caller)
        return record

    def in_flight(self, caller: str | None) -> AbstractContextManager[None]:
        """Count a request while it is in progress. Raises :class:`Problem` if its caller has too many already."""
        return _NOT_COUNTED if caller is None else _InFlight(caller, self._in_flight, self.settings.requests_at_once)

    async def permit(self, admission: Admission) -> None:
        """Count one more request of a caller, and wait until the rate limit allows it."""
        caller = DEVELOPMENT if admission.identity is None else admission.identity
        while True:
            try:
                await self._count(caller, admission.record)
            except Problem as refusal:
                await sleep(float(refusal.headers["Retry-After"]))
            else:
                return

    # Callers

    async def caller(self, authorization: str | None) -> Caller:
        """Who makes a request, by its API key or token. Raises :class:`Problem` without a valid one."""
        if authorization is None:
            raise Problem(
                "unauthorized", "no API key: send Authorization: Bearer adj_...", {"WWW-Authenticate": "Bearer"}
            )
        scheme, _, token = authorization.partition(" ")
        if scheme.lower() != "bearer":
            raise _invalid_token()
        digest = hashlib.sha256(token.strip().encode("utf-8", "replace")).digest()
        expires_at, caller = self._callers.get(digest, (0.0, None))
        if caller is None or expires_at < time.monotonic():
            with fail_after(ADMISSION_SECONDS):
                found = await self._look_up(token.strip(), known=caller is not None)
            self._callers.pop(digest, None)
            if found is None:
                raise _invalid_token()
            caller = self._remember(digest, found)
        now = self.record.now()
        if not caller.may_act_at(now):
            raise _invalid_token()
        if caller.key_id is not None:
            self.accesses.use(caller.key_id, now)
        return caller

    async def _look_up(self, token: str, *, known: bool) -> Caller | None:
        if self._tokens is None or token.startswith(f"{PREFIX}_"):
            key = await self._lookups.find(token, known=known)
            return None if key is None else key.caller
        return await to_thread.run_sync(self._caller_of_token, token, limiter=self._token_threads())

    def _token_threads(self) -> CapacityLimiter:
        """A few threads, so that an unresponsive issuer leaves the others to callers with API keys."""
        if self._token_limiter is None:
            self._token_limiter = CapacityLimiter(TOKEN_THREADS)
        return self._token_limiter

    def _caller_of_token(self, token: str) -> Caller | None:
        """The caller of a token of the issuer, with the policies of its tenant; ``None`` if there is no such tenant."""
        if self._tokens is None:
            return None
        caller = self._tokens.caller_for(token, self.record.now())
        if caller is None:
            return None
        try:
            return evolve(caller, policies=self.record.tenants.tenant(caller.tenant).policies)
        except NotFound:
            return None

    def _remember(self, digest: bytes, caller: Caller) -> Caller:
        if len(self._callers) >= MAX_CACHED_KEYS:
            self._callers.clear()
        self._callers[digest] = (time.monotonic() + KEY_CACHE_SECONDS, caller)
        return caller

    # Rates

    async def count(self, caller: Caller) -> None:
        """Count a request. Raises :class:`Problem` if its caller has too many in this minute."""
        try:
            await self._count(caller.identity, self._record_of(caller))
        except Problem as refusal:
            refusal.caller = caller.identity
            raise

    async def _count(self, caller: str, record: DecisionStore) -> Mapping[str, str]:
        limit = self.settings.requests_per_minute
        if limit is None:
            return {}
        now = self.record.now()
        permits = self._permits_of(caller, _minute(now))
        if not permits.are_known_for(_minute(now)):
            with fail_after(ADMISSION_SECONDS):
                now = await self._take_permits(permits, caller, record, limit)
        second = int(now) // 1_000_000 % 60
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

    async def _take_permits(self, permits: _Permits, caller: str, record: DecisionStore, limit: int) -> Instant:
        """Wait until the permits of a caller are known for the minute. Returns the time."""
        now = self.record.now()
        while not permits.are_known_for(_minute(now)):
            async with permits.lock:
                now = self.record.now()
                if not permits.are_known_for(_minute(now)):
                    wanted = -(-limit // PERMIT_BATCHES)
                    taken = await to_thread.run_sync(record.rates.take, caller, wanted, limit)
                    permits.minute, permits.local, permits.shared = taken.minute, taken.granted, taken.left
        return now

    def _permits_of(self, caller: str, minute: int) -> _Permits:
        if minute != self._minute:
            self._minute = minute
            kept = {name: each for name, each in self._permits.items() if each.minute >= minute or each.lock.locked()}
            self._permits = kept
        permits = self._permits.get(caller)
        if permits is None:
            permits = self._permits[caller] = _Permits()
        return permits


def _minute(now: Instant) -> int:
    return int(now) // 60_000_000


def _tokens_for(settings: Settings) -> Tokens | None:
    if settings.oidc_issuer is None:
        return None
    from adjudicator.service.oidc import tokens_for  # noqa: PLC0415 - most services need none of it

    return tokens_for(settings)


def _invalid_token() -> Problem:
    return Problem(
        "unauthorized", "this API key or token is not valid", {"WWW-Authenticate": 'Bearer error="invalid_token"'}
    )
