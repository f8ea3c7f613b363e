"""The MCP server over streamable HTTP: the service's keys and tokens, and the metadata by which clients find who issues them."""

from __future__ import annotations

from typing import Final
from urllib.parse import urlsplit

from adjudicator.extras import importing
from adjudicator.mcp.apps import App
from adjudicator.mcp.server import make_server
from adjudicator.mcp.service import Service
from adjudicator.service.access import Gate
from adjudicator.service.problems import Problem
from adjudicator.service.settings import Settings
from adjudicator.store import DecisionStore

with importing("mcp"):
    from mcp.server.auth.provider import AccessToken, TokenVerifier
    from mcp.server.auth.settings import AuthSettings
    from mcp.server.transport_security import TransportSecuritySettings
    from pydantic import AnyHttpUrl
    from starlette.applications import Starlette

PATH: Final = "/mcp"
_ENVELOPE: Final = 65_536
"""Room in a message for what stands around a case."""


class Keys(TokenVerifier):
    """Accepts the API keys and tokens that the service accepts. Scopes, tenants and rates are checked again for every call."""

    def __init__(self, gate: Gate) -> None:
        self._gate = gate

    async def verify_token(self, token: str) -> AccessToken | None:
        """Who a key or token belongs to; ``None`` if it is not valid."""
        try:
            caller = await self._gate.caller(f"Bearer {token}")
        except Problem:
            return None
        scopes = sorted(each.value for each in caller.scopes)
        return AccessToken(token=token, client_id=caller.identity, scopes=scopes, subject=caller.identity)


def make_app(service: Service, settings: Settings, store: DecisionStore, url: str, app: App | None = None) -> Starlette:
    """The application at ``url``, where clients reach it. In development mode it takes everyone on this machine.

    Messages from web pages of other hosts are refused. Nothing is kept between requests, so any process can answer any of them.
    """
    gate = None if settings.development else Gate(store, settings)
    return make_server(service, app).streamable_http_app(
        streamable_http_path=PATH,
        json_response=True,
        stateless_http=True,
        max_request_body_size=settings.max_body_bytes + _ENVELOPE,
        transport_security=_same_host(url),
        auth=None if gate is None else _metadata(settings, url),
        token_verifier=None if gate is None else Keys(gate),
    )


def _metadata(settings: Settings, url: str) -> AuthSettings:
    """Who issues tokens. Without an issuer there are only keys, created by people, and no metadata.

    The verifier checks the audience of a token itself, against the configured audience.
    """
    issuer = settings.oidc_issuer
    return AuthSettings(
        issuer_url=AnyHttpUrl(issuer or url),
        resource_server_url=None if issuer is None else AnyHttpUrl(f"{url}{PATH}"),
        required_scopes=None,
        validate_token_resource=False,
    )


def _same_host(url: str) -> TransportSecuritySettings:
    """Only requests to this host, and from its own pages: no page elsewhere can reach a server on this machine by another name."""
    host = urlsplit(url).netloc
    name = urlsplit(url).hostname or ""
    local = ["127.0.0.1:*", "localhost:*", "[::1]:*"] if name in ("127.0.0.1", "localhost", "::1") else []
    return TransportSecuritySettings(
        enable_dns_rebinding_protection=True,
        allowed_hosts=[host, *local],
        allowed_origins=[f"{scheme}://{each}" for scheme in ("http", "https") for each in (host, *local)],
    )
