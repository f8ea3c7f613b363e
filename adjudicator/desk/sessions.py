"""Who works at the desk: a key of the service, or a token of its issuer, exchanged for a session.

A session names the key and not its rights: those are looked up with every request, so a session can never do more than its key, and ends
with it. A token of an issuer cannot be looked up, so its session has its scopes and its end.
"""

from __future__ import annotations

from typing import Any, Final

import jwt
from anyio import to_thread
from attrs import define, evolve, frozen

from adjudicator.desk.gate import credential, refused, signer
from adjudicator.model.facts import Party
from adjudicator.model.time import SECOND, Instant
from adjudicator.service.access import Gate
from adjudicator.service.operations import Call
from adjudicator.service.panel_tokens import (
    ALGORITHM,
    MOST_TOKEN_CHARACTERS,
    PASS_SECONDS,
    Grant,
    TokenType,
    answers_allowed,
)
from adjudicator.service.settings import Settings
from adjudicator.store import Caller, DecisionStore, NotFound, Scope

AUDIENCE: Final = "adjudicator-desk"
TYPE: Final = "desk-session+jwt"
EVERYONE: Final = frozenset(party.value for party in Party)


@frozen(kw_only=True)
class Session:
    """Someone at the desk of a tenant, until when at most. ``scopes`` only count without a key."""

    tenant: str
    identity: str
    key_id: str | None
    scopes: frozenset[Scope]
    until: Instant


@define(eq=False)
class DeskGate(Gate):
    """Admits the requests of the desk: by a session or, to open one, by any credential that the service accepts."""

    @classmethod
    def of(cls, record: DecisionStore, settings: Settings) -> DeskGate:
        """The gate of a worker. Raises :class:`~adjudicator.service.settings.Misconfigured` for a secret that cannot be used."""
        signer(settings)
        return cls(record, evolve(settings, development=False))

    async def _look_up(self, token: str, *, known: bool) -> Caller | None:
        if not _is_session(token):
            return await super()._look_up(token, known=known)
        return await to_thread.run_sync(self._caller_in, token)

    def _caller_in(self, token: str) -> Caller | None:
        session = _read(self.settings, token, self.record.now())
        if session is None:
            return None
        try:
            record = self.record.for_tenant(session.tenant)
        except NotFound:
            return None
        if session.key_id is not None:
            return _caller_of_key(record, session)
        return Caller(
            identity=session.identity,
            tenant=session.tenant,
            scopes=session.scopes,
            policies=record.policies,
            expires_at=session.until,
        )


def _caller_of_key(record: DecisionStore, session: Session) -> Caller | None:
    """Who acts with the key of a session, if it still works."""
    key = next((each for each in record.api_keys.listed() if each.id == session.key_id), None)
    if key is None or not key.works_at(record.now()):
        return None
    ends = session.until if key.expires_at is None else min(session.until, key.expires_at)
    return evolve(key.caller, policies=record.policies, expires_at=ends)


def open_session(call: Call) -> Session:
    """Open a session for a caller with a key or a token. Raises :class:`Problem` for a session, which cannot open another."""
    caller = call.admitted
    if caller is None or _is_session(credential(call)):
        raise refused()
    now = call.record.now()
    ends = Instant(now + PASS_SECONDS * SECOND)
    return Session(
        tenant=caller.tenant,
        identity=caller.identity,
        key_id=caller.key_id,
        scopes=caller.scopes,
        until=ends if caller.expires_at is None else min(ends, caller.expires_at),
    )


def session_of(call: Call) -> Session:
    """The session of a request. Raises :class:`Problem` for any other credential."""
    session = _read(call.settings, credential(call), call.record.now())
    if session is None:
        raise refused()
    return session


def renewed(call: Call, session: Session) -> str:
    """A token for a session, from now."""
    now = int(call.record.now()) // SECOND
    claims = {
        "aud": AUDIENCE,
        "iat": now,
        "exp": min(now + call.settings.panel_session_minutes * 60, int(session.until) // SECOND),
        "sub": session.identity,
        "tenant": session.tenant,
        "key": session.key_id,
        "scopes": sorted(session.scopes),
        "until": int(session.until) // SECOND,
    }
    known = {name: value for name, value in claims.items() if value is not None}
    return jwt.encode(known, signer(call.settings).keys[0], algorithm=ALGORITHM, headers={"typ": TYPE})


def panel_session(call: Call, session: Session, order_id: str | None, case_id: str) -> str:
    """A session of the panel on an order, or on a case without one, with the rights of someone at the desk."""
    may_answer = call.scopes is not None and Scope.DECIDE in call.scopes
    grant = Grant(
        tenant=session.tenant,
        agent=session.identity,
        order_id=order_id,
        case_id=None if order_id is not None else case_id,
        answers=answers_allowed(call.settings, EVERYONE) if may_answer else frozenset(),
        minted_by=session.identity,
        until=session.until,
    )
    seconds = call.settings.panel_session_minutes * 60
    return signer(call.settings).sign(TokenType.SESSION, grant, call.record.now(), seconds)


def _is_session(token: str) -> bool:
    """Whether a token claims to be one of ours."""
    if len(token) > MOST_TOKEN_CHARACTERS:
        return False
    try:
        return jwt.get_unverified_header(token).get("typ") == TYPE
    except (jwt.PyJWTError, ValueError, TypeError, RecursionError):
        return False


def _read(settings: Settings, token: str, now: Instant) -> Session | None:
    """The session of a token that we signed and whose time is not over."""
    if not _is_session(token):
        return None
    claims = next((found for key in signer(settings).keys if (found := _claims(token, key)) is not None), None)
    if claims is None or int(now) >= claims["exp"] * SECOND:
        return None
    return Session(
        tenant=claims["tenant"],
        identity=claims["sub"],
        key_id=claims.get("key"),
        scopes=frozenset(map(Scope, claims["scopes"])),
        until=Instant(claims["until"] * SECOND),
    )


def _claims(token: str, key: bytes) -> dict[str, Any] | None:
    """The claims of a token that was signed with a key, without checking times; the clock of the record does that."""
    options: Any = {"require": ["aud", "exp", "sub"], "verify_exp": False, "verify_iat": False}
    try:
        return jwt.decode(token, key, algorithms=[ALGORITHM], audience=AUDIENCE, options=options)
    except (jwt.PyJWTError, ValueError, RecursionError):
        return None
