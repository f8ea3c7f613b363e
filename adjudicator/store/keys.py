"""API keys and their scopes. A token is shown once, when it is created; only a digest is stored.

A secret has 256 random bits, so it cannot be guessed and a plain SHA-256 is enough.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Callable, Iterable
from enum import StrEnum
from typing import Any, Final

import sqlalchemy as sa
from attrs import field, frozen

from adjudicator.model.time import Instant
from adjudicator.store import database
from adjudicator.store.errors import NotFound
from adjudicator.store.tables import API_KEYS, LONGEST_ID

PREFIX: Final = "adj"
"""The prefix of every token, so that secret scanners can recognise one."""
NO_DIGEST: Final = "0" * 64
"""Stands in for the digest of a key that does not exist, so that the comparison takes the same time."""


class Scope(StrEnum):
    """The permissions a key can have."""

    DECIDE = "decide"
    PAY = "pay"
    READ = "read"
    ADMIN = "admin"
    METRICS = "metrics"


@frozen(kw_only=True)
class ApiKey:
    """An API key, without its secret."""

    id: str
    name: str
    scopes: frozenset[Scope]
    created_at: Instant = field(converter=Instant)
    revoked_at: Instant | None


@frozen
class NewKey:
    """A new key and its token, which is never shown again."""

    key: ApiKey
    token: str = field(repr=False)


@frozen(eq=False)
class ApiKeys:
    """The API keys of one database."""

    engine: sa.Engine
    now: Callable[[], Instant]

    def create(self, name: str, scopes: Iterable[Scope]) -> NewKey:
        """Create a key. Raises :class:`ValueError` without a name or a scope."""
        granted = frozenset(scopes)
        if not 0 < len(name) <= LONGEST_ID or "\0" in name or not granted:
            raise ValueError(f"a key needs a name of at most {LONGEST_ID} characters and at least one scope")
        key_id, secret, at = secrets.token_hex(8), secrets.token_urlsafe(32), self.now()
        with database.write_transaction(self.engine) as connection:
            connection.execute(
                API_KEYS.insert().values(
                    id=key_id, name=name, scopes=" ".join(sorted(granted)), secret=_digest(secret), created_at=int(at)
                )
            )
        key = ApiKey(id=key_id, name=name, scopes=granted, created_at=at, revoked_at=None)
        return NewKey(key, f"{PREFIX}_{key_id}_{secret}")

    def listed(self) -> tuple[ApiKey, ...]:
        """Every key, oldest first, including revoked ones."""
        query = sa.select(API_KEYS).order_by(API_KEYS.c.created_at, API_KEYS.c.id)
        with database.read_transaction(self.engine) as connection:
            return tuple(map(_key, connection.execute(query)))

    def revoke(self, id: str) -> None:
        """Revoke a key, for good; revoking it again changes nothing. Raises ``NotFound``."""
        with database.write_transaction(self.engine) as connection:
            if connection.scalar(sa.select(API_KEYS.c.id).where(API_KEYS.c.id == id)) is None:
                raise NotFound(f"there is no key {id}")
            update = API_KEYS.update().where(API_KEYS.c.id == id, API_KEYS.c.revoked_at.is_(None))
            connection.execute(update.values(revoked_at=int(self.now())))

    def caller_for(self, token: str) -> ApiKey | None:
        """The key of a valid token, else ``None``. Takes the same time whether the secret is right or wrong."""
        return self.callers_for((token,)).get(token)

    def callers_for(self, tokens: Iterable[str]) -> dict[str, ApiKey]:
        """The keys of the valid tokens, in one query. Invalid tokens are left out."""
        parts = {token: parted for token in tokens if (parted := _parts(token)) is not None}
        if not parts:
            return {}
        query = sa.select(API_KEYS).where(API_KEYS.c.id.in_({key_id for key_id, _ in parts.values()}))
        with database.read_transaction(self.engine) as connection:
            rows = {row.id: row for row in connection.execute(query)}
        return {
            token: _key(rows[key_id])
            for token, (key_id, secret) in parts.items()
            if _is_valid(rows.get(key_id), secret)
        }


def _parts(token: str) -> tuple[str, str] | None:
    """The key id and the secret of a token; ``None`` for malformed text."""
    prefix, _, rest = token.partition("_")
    key_id, _, secret = rest.partition("_")
    return None if prefix != PREFIX or not key_id.isascii() or "\0" in key_id else (key_id, secret)


def _is_valid(row: sa.Row[Any] | None, secret: str) -> bool:
    same = hmac.compare_digest(_digest(secret), NO_DIGEST if row is None else row.secret)
    return row is not None and same and row.revoked_at is None


def _key(row: sa.Row[Any]) -> ApiKey:
    return ApiKey(
        id=row.id,
        name=row.name,
        scopes=frozenset(map(Scope, row.scopes.split())),
        created_at=row.created_at,
        revoked_at=None if row.revoked_at is None else Instant(row.revoked_at),
    )


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode(errors="surrogatepass")).hexdigest()
