"""API keys, their tenants and scopes. A token is shown once, when it is created; only a digest is stored.

A secret has 256 random bits, so it cannot be guessed and a plain SHA-256 is enough. Keys of the same name in a tenant have the same
identity: idempotency keys, rates and what is on record belong to that, so they outlive each key.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Callable, Iterable, Mapping
from enum import StrEnum
from typing import Any, Final

import sqlalchemy as sa
from attrs import evolve, field, frozen
from attrs.converters import optional

from adjudicator.model.errors import Fault, InputError, shown
from adjudicator.model.time import Instant
from adjudicator.store import database
from adjudicator.store.columns import LONGEST_ID
from adjudicator.store.errors import NotFound
from adjudicator.store.tables import API_KEYS, TENANTS
from adjudicator.store.tenancy import DEFAULT_TENANT, across_tenants, tenant_of
from adjudicator.store.tenants import load_policies

PREFIX: Final = "adj"
"""The prefix of every token, so that secret scanners can recognise one."""
NO_DIGEST: Final = "0" * 64
"""Stands in for the digest of a key that does not exist, so that the comparison takes the same time."""

LONGEST_OVERLAP: Final = 90 * 24 * 60 * 60
"""The longest time for which a replaced key may go on working, in seconds."""


class Scope(StrEnum):
    """The permissions a key can have."""

    DECIDE = "decide"
    PAY = "pay"
    RULE = "rule"
    READ = "read"
    ADMIN = "admin"
    METRICS = "metrics"


_KNOWN: Final = frozenset(Scope)
"""A later version may have given a key more. Here it then has only these."""


@frozen(kw_only=True)
class Caller:
    """Who makes a request: an identity in a tenant, what it may do, and until when.

    ``policies`` are those that the tenant may use; ``None`` means every installed one. ``key_id`` is the API key, if it is one.
    """

    identity: str
    tenant: str
    scopes: frozenset[Scope]
    policies: frozenset[str] | None = None
    key_id: str | None = None
    expires_at: Instant | None = None

    def may_act_at(self, at: Instant) -> bool:
        """Whether it is still known at an instant."""
        return self.expires_at is None or at < self.expires_at


@frozen(kw_only=True)
class ApiKey:
    """An API key, without its secret. ``policies`` are those that its tenant may use; ``None`` means every installed one."""

    id: str
    name: str
    tenant: str
    identity: str
    scopes: frozenset[Scope]
    created_at: Instant = field(converter=Instant)
    expires_at: Instant | None = field(default=None, converter=optional(Instant))
    last_used_at: Instant | None = field(default=None, converter=optional(Instant))
    revoked_at: Instant | None = field(default=None, converter=optional(Instant))
    policies: frozenset[str] | None = None

    def works_at(self, at: Instant) -> bool:
        """Whether the key is neither revoked nor expired at an instant."""
        return self.revoked_at is None and (self.expires_at is None or at < self.expires_at)

    @property
    def caller(self) -> Caller:
        """Who makes requests with this key."""
        return Caller(
            identity=self.identity,
            tenant=self.tenant,
            scopes=self.scopes,
            policies=self.policies,
            key_id=self.id,
            expires_at=self.expires_at,
        )


@frozen
class NewKey:
    """A new key and its token, which is never shown again."""

    key: ApiKey
    token: str = field(repr=False)


@frozen(eq=False)
class ApiKeys:
    """The API keys of one tenant; but tokens are looked up among those of every tenant, because only they say whose they are."""

    engine: sa.Engine
    now: Callable[[], Instant]

    def create(self, name: str, scopes: Iterable[Scope], expires_at: Instant | None = None) -> NewKey:
        """Create a key. It has the identity of the tenant's other keys of that name, if there are any.

        Raises :class:`ValueError` without a name or a scope, for an expiry in the past, and for the scope ``metrics`` in any but the
        default tenant: metrics are about the service as a whole.
        """
        granted, at = frozenset(scopes), self.now()
        tenant = tenant_of(self.engine)
        if not 0 < len(name) <= LONGEST_ID or "\0" in name or not granted:
            raise ValueError(f"a key needs a name of at most {LONGEST_ID} characters and at least one scope")
        if Scope.METRICS in granted and tenant != DEFAULT_TENANT:
            raise ValueError(f"the scope metrics is for keys of the tenant {DEFAULT_TENANT} only")
        _check_expiry(expires_at, at)
        with database.write_transaction(self.engine) as connection:
            return _insert(connection, name, granted, at, expires_at)

    def rotate(self, id: str, overlap: float, expires_at: Instant | None = None) -> NewKey:
        """Replace a key by one of the same name, identity and scopes. The old one works for ``overlap`` seconds more, at most.

        Raises ``NotFound`` unless the key works now, and :class:`ValueError` for an expiry in the past or a negative overlap.
        """
        at = self.now()
        _check_expiry(expires_at, at)
        if not 0 <= overlap <= LONGEST_OVERLAP:
            raise ValueError(f"two keys overlap by 0 to {LONGEST_OVERLAP} seconds")
        end = int(at) + round(overlap * 1_000_000)
        with database.write_transaction(self.engine) as connection:
            row = connection.execute(sa.select(API_KEYS).where(API_KEYS.c.id == id).with_for_update()).one_or_none()
            if row is None or not _key(row).works_at(at):
                raise NotFound(f"there is no working key {shown(id)}")
            until = end if row.expires_at is None else min(end, row.expires_at)
            connection.execute(API_KEYS.update().where(API_KEYS.c.id == id).values(expires_at=until))
            return _insert(connection, row.name, _key(row).scopes, at, expires_at)

    def listed(self) -> tuple[ApiKey, ...]:
        """Every key of the tenant, oldest first, including those that no longer work."""
        query = sa.select(API_KEYS).order_by(API_KEYS.c.created_at, API_KEYS.c.id)
        with database.read_transaction(self.engine) as connection:
            return tuple(map(_key, connection.execute(query)))

    def page(self, after: str | None, limit: int) -> tuple[tuple[ApiKey, ...], bool]:
        """Keys of the tenant by id, after that of ``after``, and whether there are more."""
        query = sa.select(API_KEYS).order_by(API_KEYS.c.id).limit(limit + 1)
        if after is not None:
            query = query.where(API_KEYS.c.id > after)
        with database.read_transaction(self.engine) as connection:
            keys = tuple(map(_key, connection.execute(query)))
        return keys[:limit], len(keys) > limit

    def revoke(self, id: str) -> ApiKey:
        """Revoke a key permanently; revoking it again changes nothing. Raises ``NotFound``."""
        with database.write_transaction(self.engine) as connection:
            update = API_KEYS.update().where(API_KEYS.c.id == id, API_KEYS.c.revoked_at.is_(None))
            connection.execute(update.values(revoked_at=int(self.now())))
            row = connection.execute(sa.select(API_KEYS).where(API_KEYS.c.id == id)).one_or_none()
        if row is None:
            raise NotFound(f"there is no key {shown(id)}")
        return _key(row)

    def note_uses(self, uses: Mapping[str, Instant]) -> None:
        """Record when keys, of any tenant, were last used. An earlier instant than the recorded one changes nothing."""
        with database.write_transaction(across_tenants(self.engine)) as connection:
            for key_id, at in sorted(uses.items()):
                last = API_KEYS.c.last_used_at
                earlier = sa.or_(last.is_(None), last < int(at))
                update = API_KEYS.update().where(API_KEYS.c.id == key_id, earlier)
                connection.execute(update.values(last_used_at=int(at)))

    def caller_for(self, token: str) -> ApiKey | None:
        """The key of a valid token, else ``None``. Takes the same time whether the secret is right or wrong."""
        return self.callers_for((token,)).get(token)

    def callers_for(self, tokens: Iterable[str]) -> dict[str, ApiKey]:
        """The keys of the valid tokens, of any tenant, in one query. Invalid tokens are left out."""
        parts = {token: parted for token in tokens if (parted := _parts(token)) is not None}
        if not parts:
            return {}
        ids = {key_id for key_id, _ in parts.values()}
        query = sa.select(API_KEYS, TENANTS.c.policies).join(TENANTS, TENANTS.c.name == API_KEYS.c.tenant)
        with database.read_transaction(across_tenants(self.engine)) as connection:
            rows = {row.id: row for row in connection.execute(query.where(API_KEYS.c.id.in_(ids)))}
        now = self.now()
        return {
            token: evolve(_key(rows[key_id]), policies=load_policies(rows[key_id].policies))
            for token, (key_id, secret) in parts.items()
            if _is_valid(rows.get(key_id), secret, now)
        }


def _check_expiry(expires_at: Instant | None, now: Instant) -> None:
    if expires_at is not None and expires_at <= now:
        raise InputError([Fault("/expires_at", str(expires_at), "an instant in the future")])


def _insert(
    connection: sa.Connection, name: str, scopes: frozenset[Scope], at: Instant, expires_at: Instant | None
) -> NewKey:
    """Insert a key with the identity of its name. Locks the tenant, so that two new keys of one name have one identity."""
    tenant = tenant_of(connection)
    connection.execute(sa.select(TENANTS.c.name).where(TENANTS.c.name == tenant).with_for_update()).one()
    key_id, secret = secrets.token_hex(8), secrets.token_urlsafe(32)
    key = ApiKey(
        id=key_id,
        name=name,
        tenant=tenant,
        identity=_identity(connection, name) or key_id,
        scopes=scopes,
        created_at=at,
        expires_at=expires_at,
    )
    values = {
        "id": key_id,
        "name": name,
        "identity": key.identity,
        "scopes": " ".join(sorted(scopes)),
        "secret": _digest(secret),
        "created_at": int(at),
        "expires_at": None if expires_at is None else int(expires_at),
    }
    connection.execute(API_KEYS.insert().values(**values))
    return NewKey(key, f"{PREFIX}_{key_id}_{secret}")


def _identity(connection: sa.Connection, name: str) -> str | None:
    """The identity of the tenant's keys of a name."""
    oldest = sa.select(API_KEYS).where(API_KEYS.c.name == name).order_by(API_KEYS.c.created_at, API_KEYS.c.id).limit(1)
    row = connection.execute(oldest).one_or_none()
    return None if row is None else _key(row).identity


def _parts(token: str) -> tuple[str, str] | None:
    """The key id and the secret of a token; ``None`` for malformed text."""
    prefix, _, rest = token.partition("_")
    key_id, _, secret = rest.partition("_")
    return None if prefix != PREFIX or not key_id.isascii() or "\0" in key_id else (key_id, secret)


def _is_valid(row: sa.Row[Any] | None, secret: str, now: Instant) -> bool:
    same = hmac.compare_digest(_digest(secret), NO_DIGEST if row is None else row.secret)
    return row is not None and same and _key(row).works_at(now)


def _key(row: sa.Row[Any]) -> ApiKey:
    return ApiKey(
        id=row.id,
        name=row.name,
        tenant=row.tenant,
        identity=row.identity or row.id,
        scopes=frozenset(Scope(each) for each in row.scopes.split() if each in _KNOWN),
        created_at=row.created_at,
        expires_at=row.expires_at,
        last_used_at=row.last_used_at,
        revoked_at=row.revoked_at,
    )


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode(errors="surrogatepass")).hexdigest()
