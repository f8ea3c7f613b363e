"""Who may see a panel: the tokens of this service, and what help desks sign.

Each is a bearer credential in the header ``Authorization``. The gate admits a request that has a valid one, counts it and logs it, as the
gate of the service does for API keys; an operation then asks for the grant of the type that it needs.
"""

from __future__ import annotations

import secrets
from typing import Final

from anyio import to_thread
from attrs import define, evolve

from adjudicator.desk.hosts import InvalidSignature, grant_by_host
from adjudicator.model.time import Instant
from adjudicator.service.access import Gate
from adjudicator.service.oidc import PREFIX as OIDC
from adjudicator.service.operations import Call, Parameter
from adjudicator.service.panel_tokens import (
    Grant,
    InvalidPanelToken,
    PanelTokens,
    TokenType,
    answers_allowed,
    single_use,
    tokens_for,
)
from adjudicator.service.problems import Problem
from adjudicator.service.settings import Settings
from adjudicator.store import Caller, DecisionStore, KeyReused, NotFound, Scope

SCHEME: Final = "bearer "
CREDENTIAL: Final = Parameter(
    name="Authorization", where="header", description="`Bearer` and a token.", schema={"type": "string"}, default=""
)


@define(eq=False)
class PanelGate(Gate):
    """Admits the requests of panels. There is no development mode here: every panel has a token."""

    @classmethod
    def of(cls, record: DecisionStore, settings: Settings) -> PanelGate:
        """The gate of a worker. Raises :class:`~adjudicator.service.settings.Misconfigured` for a secret that cannot be used."""
        signer(settings)
        return cls(record, evolve(settings, development=False, oidc_issuer=None))

    async def _look_up(self, token: str, *, known: bool) -> Caller | None:
        return await to_thread.run_sync(self._caller_with, token)

    def _caller_with(self, token: str) -> Caller | None:
        now = self.record.now()
        try:
            grant = _any_grant(self.settings, token, now)
            record = self.record.for_tenant(grant.tenant)
        except (InvalidPanelToken, InvalidSignature, NotFound):
            return None
        if not _is_minted_by_a_working_key(record, grant, now):
            return None
        return Caller(
            identity=grant.identity,
            tenant=grant.tenant,
            scopes=frozenset({Scope.READ, Scope.DECIDE}) if grant.answers else frozenset({Scope.READ}),
            policies=record.policies,
            expires_at=grant.until,
        )


def _is_minted_by_a_working_key(record: DecisionStore, grant: Grant, now: Instant) -> bool:
    """Whether the key behind a grant, or another of its name, still works. A token of an issuer expires by itself."""
    if grant.minted_by is None or grant.minted_by.startswith(OIDC):
        return True
    return any(each.identity == grant.minted_by and each.works_at(now) for each in record.api_keys.listed())


def _any_grant(settings: Settings, token: str, now: Instant) -> Grant:
    tokens = signer(settings)
    kind = tokens.type_of(token)
    grant = grant_by_host(settings, token, now) if kind is None else tokens.read(kind, token, now)
    return evolve(grant, answers=answers_allowed(settings, grant.answers))


def signer(settings: Settings) -> PanelTokens:
    """What signs tokens; only where a panel is served."""
    tokens = tokens_for(settings)
    if tokens is None:
        raise LookupError("no panel is served without panel_key")
    return tokens


def credential(call: Call) -> str:
    """The bearer credential of a request that the gate admitted."""
    text: str = call.values[CREDENTIAL.name]
    return text[len(SCHEME) :].strip()


def session_of(call: Call) -> Grant:
    """The grant of a session token. Raises :class:`Problem` for any other credential."""
    token = credential(call)
    if signer(call.settings).type_of(token) is not TokenType.SESSION:
        raise refused()
    try:
        return _any_grant(call.settings, token, call.record.now())
    except InvalidPanelToken:
        raise refused() from None


def opened_by(call: Call, order_id: str | None) -> Grant:
    """The grant of a credential that opens a panel, bound to an order or case; a token that is good once is used up.

    ``order_id`` is what the page names. Raises :class:`Problem` for another order than the token's, and for a used token.
    """
    token, now = credential(call), call.record.now()
    kind = signer(call.settings).type_of(token)
    if kind is TokenType.SESSION:
        raise refused()
    try:
        grant = _any_grant(call.settings, token, now)
    except (InvalidPanelToken, InvalidSignature):
        raise refused() from None
    if order_id is not None and grant.is_bound and order_id != grant.order_id:
        raise Problem("forbidden", "this token is for another order")
    if kind is not TokenType.PASS:
        _use_up(call.record, token)
    return grant if order_id is None else grant.on_order(order_id)


def _use_up(record: DecisionStore, token: str) -> None:
    try:
        record.take_up(single_use(token), [secrets.token_hex(16)])
    except KeyReused:
        raise Problem("already-used", "this token has opened a panel before") from None


def renewed(call: Call, grant: Grant) -> str:
    """A session token for a grant, from now."""
    seconds = call.settings.panel_session_minutes * 60
    return signer(call.settings).sign(TokenType.SESSION, grant, call.record.now(), seconds)


def refused() -> Problem:
    """What is said to any credential that is not good for a request."""
    return Problem("unauthorized", "this token is not valid here", {"WWW-Authenticate": 'Bearer error="invalid_token"'})
