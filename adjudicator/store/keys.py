"""API keys: who may ask for what. A token is shown once, when it is made; what is kept of it is a digest.

A secret has 256 random bits, so nobody finds it by trying, and a plain SHA-256 of it is enough.
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
"""What every token begins with, so that those who look for leaked secrets can tell what they found."""
NOBODY: Final = "0" * 64


class Scope(StrEnum):
    """What a key is good for."""

    DECIDE = "decide"
    PAY = "pay"
    READ = "read"
    ADMIN = "admin"
    METRICS = "metrics"


@frozen(kw_only=True)
class ApiKey:
    """A key without its secret."""

    id: str
    name: str
    scopes: frozenset[Scope]
    created_at: Instant = field(converter=Instant)
    revoked_at: Instant | None


@frozen
class NewKey:
    """A key that was just made, with the token that is never shown again."""

    key: ApiKey
    token: str = field(repr=False)


@frozen(eq=False)
class ApiKeys:
    """The keys in one database."""

    engine: sa.Engine
    now: Callable[[], Instant]

    def create(self, name: str, scopes: Iterable[Scope]) -> NewKey:
        """Make a key. Raises :class:`ValueError` for one without name or scope."""
        held = frozenset(scopes)
        if not 0 < len(name) <= LONGEST_ID or "\0" in name or not held:
            raise ValueError(f"a key has a name of at most {LONGEST_ID} characters, and at least one scope")
        key_id, secret, at = secrets.token_hex(8), secrets.token_urlsafe(32), self.now()
        with database.writing(self.engine) as connection:
            connection.execute(
                API_KEYS.insert().values(
                    id=key_id, name=name, scopes=" ".join(sorted(held)), secret=_digest(secret), created_at=int(at)
                )
            )
        key = ApiKey(id=key_id, name=name, scopes=held, created_at=at, revoked_at=None)
        return NewKey(key, f"{PREFIX}_{key_id}_{secret}")

    def listed(self) -> tuple[ApiKey, ...]:
        """Every key, the oldest first, revoked ones too."""
        chosen = sa.select(API_KEYS).order_by(API_KEYS.c.created_at, API_KEYS.c.id)
        with database.reading(self.engine) as connection:
            return tuple(map(_key, connection.execute(chosen)))

    def revoke(self, id: str) -> None:
        """Let a key be good for nothing from now on; one that is revoked stays as it is. Raises ``NotFound``."""
        with database.writing(self.engine) as connection:
            if connection.scalar(sa.select(API_KEYS.c.id).where(API_KEYS.c.id == id)) is None:
                raise NotFound(f"there is no key {id}")
            still_good = API_KEYS.update().where(API_KEYS.c.id == id, API_KEYS.c.revoked_at.is_(None))
            connection.execute(still_good.values(revoked_at=int(self.now())))

    def caller_for(self, token: str) -> ApiKey | None:
        """The key that a token belongs to, ``None`` for a token that is not good. Takes as long for a wrong secret as for a right one."""
        return self.callers_for((token,)).get(token)

    def callers_for(self, tokens: Iterable[str]) -> dict[str, ApiKey]:
        """The keys that tokens belong to, found in one query; those that are not good are left out."""
        parts = {token: parted for token in tokens if (parted := _parts(token)) is not None}
        if not parts:
            return {}
        chosen = sa.select(API_KEYS).where(API_KEYS.c.id.in_({key_id for key_id, _ in parts.values()}))
        with database.reading(self.engine) as connection:
            rows = {row.id: row for row in connection.execute(chosen)}
        return {
            token: _key(rows[key_id]) for token, (key_id, secret) in parts.items() if _is_good(rows.get(key_id), secret)
        }


def _parts(token: str) -> tuple[str, str] | None:
    """The id and the secret in a token; ``None`` for a text that cannot be one."""
    prefix, _, rest = token.partition("_")
    key_id, _, secret = rest.partition("_")
    return None if prefix != PREFIX or not key_id.isascii() or "\0" in key_id else (key_id, secret)


def _is_good(row: sa.Row[Any] | None, secret: str) -> bool:
    same = hmac.compare_digest(_digest(secret), NOBODY if row is None else row.secret)
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
