"""Tokens of the panel: JSON Web Tokens that this service signs and reads itself.

Three types, told apart by ``typ``. An *opening* token opens the panel once, on one order or case. A *pass* is for an agent whose help
desk names the order later, without a signature: it opens the panel on any order of its tenant. Both are exchanged for a *session*
token, which is bound to tenant, order and agent, stays in the memory of the page, and is renewed while the panel is in use.
"""

from __future__ import annotations

import base64
import hashlib
import secrets
import zlib
from collections.abc import Mapping
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import jwt
import orjson
from attrs import evolve, frozen

from adjudicator.model.digest import digest
from adjudicator.model.facts import Party
from adjudicator.model.time import SECOND, Instant
from adjudicator.service.settings import Misconfigured, Settings

ALGORITHM: Final = "HS256"
AUDIENCE: Final = "adjudicator-panel"
LEAST_SECRET_BYTES: Final = 32
MOST_TOKEN_CHARACTERS: Final = 8_192
"""The longest token that is looked at."""
MOST_PACKED_CHARACTERS: Final = 5_000
"""The longest description of an order in a token, packed."""
OPENING_SECONDS: Final = 300
"""How long an opening token is good, at most."""
PASS_SECONDS: Final = 12 * 60 * 60
"""How long a pass is good, and how long a panel can be renewed, at most: a long shift."""
IDENTITY: Final = "panel-"
"""The beginning of the identity of an agent on record."""


class TokenType(StrEnum):
    """What a token is for: the value of ``typ`` in its header."""

    OPENING = "panel-opening+jwt"
    PASS = "panel-pass+jwt"  # noqa: S105 - the name of a type
    SESSION = "panel-session+jwt"


class InvalidPanelToken(Exception):
    """The token is not one of ours, is of another type, or its time is over."""


@frozen(kw_only=True)
class Grant:
    """What a token allows: an agent of a tenant to see one order or one case, and to enter the answers of some parties.

    ``inquiry`` is what its host knows of the order, packed: see :func:`packed`. ``answers`` are parties. ``buyer_id`` limits it to orders
    of one buyer. ``minted_by`` is the identity whose API key made it: without a working key of that identity, the grant is over. ``until``
    is when it can be renewed no more. ``zone`` is the customer's time zone, by its IANA name.
    """

    tenant: str
    agent: str
    order_id: str | None = None
    case_id: str | None = None
    buyer_id: str | None = None
    inquiry: str | None = None
    answers: frozenset[str] = frozenset()
    zone: str | None = None
    minted_by: str | None = None
    until: Instant

    @property
    def identity(self) -> str:
        """The id of the agent on record. A digest, because an agent may be named by an address, and ids stay on record."""
        return IDENTITY + digest([self.tenant, self.agent])

    @property
    def is_bound(self) -> bool:
        """Whether it is for one order or case."""
        return self.order_id is not None or self.case_id is not None

    def on_order(self, order_id: str) -> Grant:
        """The same grant, for one order."""
        return evolve(self, order_id=order_id, case_id=None)


@frozen
class PanelTokens:
    """Signs and reads tokens. The first secret signs, and all are accepted, so that a secret can be replaced."""

    keys: tuple[bytes, ...]

    def sign(self, kind: TokenType, grant: Grant, now: Instant, seconds: int) -> str:
        """A token of a type, good for some seconds, but no longer than its grant."""
        claims = {
            "aud": AUDIENCE,
            "jti": secrets.token_urlsafe(16),
            "iat": int(now) // SECOND,
            "exp": min(int(now) // SECOND + seconds, int(grant.until) // SECOND),
            "sub": grant.agent,
            "tenant": grant.tenant,
            "order": grant.order_id,
            "case": grant.case_id,
            "buyer": grant.buyer_id,
            "inquiry": grant.inquiry,
            "answers": sorted(grant.answers),
            "zone": grant.zone,
            "by": grant.minted_by,
            "until": int(grant.until) // SECOND,
        }
        known = {name: value for name, value in claims.items() if value is not None}
        return jwt.encode(known, self.keys[0], algorithm=ALGORITHM, headers={"typ": kind.value})

    def type_of(self, token: str) -> TokenType | None:
        """The type that a token claims to have; ``None`` if it is not one of ours."""
        if len(token) > MOST_TOKEN_CHARACTERS:
            return None
        try:
            return TokenType(str(jwt.get_unverified_header(token).get("typ")))
        except (jwt.PyJWTError, ValueError, TypeError, RecursionError):
            return None

    def read(self, kind: TokenType, token: str, now: Instant) -> Grant:
        """The grant of a valid token of a type. Raises :class:`InvalidPanelToken`."""
        if self.type_of(token) is not kind:
            raise InvalidPanelToken("of another type")
        claims = next((found for key in self.keys if (found := _claims(token, key)) is not None), None)
        if claims is None or int(now) >= claims["exp"] * SECOND:
            raise InvalidPanelToken("not signed with our secret, or expired")
        return Grant(
            tenant=claims["tenant"],
            agent=claims["sub"],
            order_id=claims.get("order"),
            case_id=claims.get("case"),
            buyer_id=claims.get("buyer"),
            inquiry=claims.get("inquiry"),
            answers=frozenset(claims["answers"]),
            zone=claims.get("zone"),
            minted_by=claims.get("by"),
            until=Instant(claims["until"] * SECOND),
        )


def _claims(token: str, key: bytes) -> Mapping[str, Any] | None:
    """The claims of a token that was signed with a key, without checking times; the clock of the record does that."""
    options: Any = {"require": ["aud", "exp", "sub"], "verify_exp": False, "verify_iat": False}
    try:
        return jwt.decode(token, key, algorithms=[ALGORITHM], audience=AUDIENCE, options=options)
    except (jwt.PyJWTError, ValueError, RecursionError):
        return None


def answers_allowed(settings: Settings, answers: frozenset[str]) -> frozenset[str]:
    """Those parties whose answers may be entered in a panel: where rulings need two people, what the platform says is a ruling."""
    return answers - {Party.PLATFORM.value} if settings.desk_four_eyes else answers


def packed(document: Any) -> str:
    """A JSON document, small enough for a token. Raises :class:`ValueError` for one that is too large."""
    text = base64.urlsafe_b64encode(zlib.compress(orjson.dumps(document), 9)).decode()
    if len(text) > MOST_PACKED_CHARACTERS:
        raise ValueError(f"{len(text)} characters when packed, and at most {MOST_PACKED_CHARACTERS} fit")
    return text


def unpacked(text: str) -> bytes:
    """The JSON text of a document that was packed."""
    return zlib.decompress(base64.urlsafe_b64decode(text))


def single_use(token: str) -> str:
    """The name under which it is remembered that a token was used."""
    return f"panel {hashlib.sha256(token.encode()).hexdigest()}"


def tokens_for(settings: Settings) -> PanelTokens | None:
    """What signs and reads tokens under these settings; ``None`` if no panel is served.

    Raises :class:`~adjudicator.service.settings.Misconfigured` if the secrets cannot be read or are too short.
    """
    return None if settings.panel_key is None else _tokens_from(settings.panel_key)


@lru_cache(maxsize=8)
def _tokens_from(file: str) -> PanelTokens:
    try:
        lines = Path(file).read_bytes().split()
    except OSError as error:
        raise Misconfigured((f"panel_key: cannot be read: {error.strerror}",)) from None
    if not lines or any(len(line) < LEAST_SECRET_BYTES for line in lines):
        raise Misconfigured((f"panel_key: expected a file with a secret of at least {LEAST_SECRET_BYTES} characters",))
    return PanelTokens(tuple(lines))
