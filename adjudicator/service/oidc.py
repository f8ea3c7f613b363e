"""JSON Web Tokens of an OpenID Connect issuer, as an alternative to API keys.

A token is accepted only if the issuer's key of its ``kid`` signed it with an allowed, asymmetric algorithm, and issuer, audience and times
are right. What is wrong with a token that is refused is not said: the answer is the same for all.
"""

from __future__ import annotations

import logging
import math
from collections.abc import Mapping
from typing import Any, Final

import jwt
from attrs import define, frozen

from adjudicator.model.digest import digest
from adjudicator.model.time import Instant
from adjudicator.service.issuer_keys import IssuerKeys, reader_for
from adjudicator.service.settings import Settings
from adjudicator.store import DEFAULT_TENANT, Caller, Scope

MOST_TOKEN_CHARACTERS: Final = 8_192
"""The longest token that is looked at."""
MOST_SUBJECT_CHARACTERS: Final = 255
LATEST_SECONDS: Final = 253_402_300_799.0
"""The end of the year 9999."""
PREFIX: Final = "oidc-"
"""The beginning of the identity of a caller with a token."""
TYPES: Final = frozenset({None, "jwt", "at+jwt", "application/at+jwt"})
"""The types of token that can be access tokens (RFC 9068), in lower case."""

_log = logging.getLogger("adjudicator.oidc")


class InvalidToken(Exception):
    """The token is not accepted. The message is for the log at most."""


@frozen(kw_only=True)
class TokenRules:
    """What a token must say to be accepted."""

    issuer: str
    audience: str
    algorithms: frozenset[str]
    scope_claim: str
    tenant_claim: str | None
    leeway_seconds: float

    @classmethod
    def of(cls, settings: Settings) -> TokenRules | None:
        """The rules of these settings; ``None`` without an issuer."""
        if settings.oidc_issuer is None or settings.oidc_audience is None:
            return None
        return cls(
            issuer=settings.oidc_issuer,
            audience=settings.oidc_audience,
            algorithms=frozenset(settings.oidc_algorithms.split(",")),
            scope_claim=settings.oidc_scope_claim,
            tenant_claim=settings.oidc_tenant_claim,
            leeway_seconds=settings.oidc_leeway_seconds,
        )


@define(eq=False)
class Tokens:
    """Verifies tokens by the keys of their issuer."""

    rules: TokenRules
    keys: IssuerKeys

    def caller_for(self, token: str, now: Instant) -> Caller | None:
        """The caller of a valid token, without the policies of the tenant; else ``None``.

        May fetch the keys of the issuer. Raises :class:`~adjudicator.service.problems.Problem` if that fails.
        """
        try:
            return self._caller(self._claims(token), int(now) / 1e6)
        except InvalidToken as error:
            _log.debug("a token is refused: %s", error)
            return None

    def _claims(self, token: str) -> Mapping[str, Any]:
        """The claims of a token, once its signature, issuer and audience are verified."""
        if len(token) > MOST_TOKEN_CHARACTERS:
            raise InvalidToken("too long")
        try:
            header = jwt.get_unverified_header(token)
            algorithm, kid = _checked_header(header, self.rules.algorithms)
            key = self.keys.find(kid, algorithm)
            if key is None:
                raise InvalidToken("no such key")
            claims: dict[str, Any] = jwt.decode(
                token,
                key,
                algorithms=[algorithm],
                audience=self.rules.audience,
                issuer=self.rules.issuer,
                options={
                    "require": ["iss", "aud", "sub", "exp"],
                    "verify_exp": False,  # by the clock of the record, below
                    "verify_nbf": False,
                    "verify_iat": False,
                },
            )
        except (jwt.PyJWTError, ValueError, TypeError, RecursionError) as error:
            raise InvalidToken(type(error).__name__) from error
        return claims

    def _caller(self, claims: Mapping[str, Any], now: float) -> Caller:
        leeway = self.rules.leeway_seconds
        expires = _seconds(claims, "exp", math.nan) + leeway
        if not now < expires or now < max(_seconds(claims, name, 0.0) for name in ("nbf", "iat")) - leeway:
            raise InvalidToken("expired, or not yet valid")
        tenant = DEFAULT_TENANT if self.rules.tenant_claim is None else claims.get(self.rules.tenant_claim)
        subject = claims["sub"]
        if not isinstance(tenant, str) or not isinstance(subject, str):
            raise InvalidToken("no tenant or subject")
        if not 0 < len(subject) <= MOST_SUBJECT_CHARACTERS:
            raise InvalidToken("no subject of a usable length")
        return Caller(
            identity=_identity(tenant, self.rules.issuer, subject),
            tenant=tenant,
            scopes=_scopes(claims.get(self.rules.scope_claim)),
            expires_at=Instant(int(expires * 1e6)),
        )


def _checked_header(header: Mapping[str, Any], allowed: frozenset[str]) -> tuple[str, str]:
    """The algorithm and key id of a token's header, whose keys or addresses of keys are never used."""
    algorithm, kid, kind = header.get("alg"), header.get("kid"), header.get("typ")
    if algorithm not in allowed or not isinstance(kid, str):
        raise InvalidToken("an algorithm or key id that is not accepted")
    if kind is not None and (not isinstance(kind, str) or kind.lower() not in TYPES):
        raise InvalidToken("another type of token")
    return str(algorithm), kid


def _seconds(claims: Mapping[str, Any], name: str, default: float) -> float:
    value = claims.get(name, default)
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not abs(value) <= LATEST_SECONDS:
        raise InvalidToken(f"{name} is no time")
    return float(value)


def _scopes(claim: object) -> frozenset[Scope]:
    """The scopes that a claim grants: text with spaces (RFC 8693) or a list. Others mean nothing here."""
    names = claim.split() if isinstance(claim, str) else claim if isinstance(claim, list) else []
    known = {scope.value: scope for scope in Scope}
    return frozenset(known[name] for name in names if isinstance(name, str) and name in known)


def _identity(tenant: str, issuer: str, subject: str) -> str:
    """The id of a caller. A digest, because a subject may be the name or address of a person, and ids stay on record."""
    return PREFIX + digest([tenant, issuer, subject])


def tokens_for(settings: Settings) -> Tokens | None:
    """What verifies tokens under these settings; ``None`` without an issuer."""
    rules = TokenRules.of(settings)
    if rules is None or settings.oidc_keys is None:
        return None
    return Tokens(rules, IssuerKeys(reader_for(settings.oidc_keys)))
