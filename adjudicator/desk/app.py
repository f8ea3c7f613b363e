"""The service with the panel, as ``adjudicator serve`` runs it."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Final

from adjudicator.extras import importing

with importing("desk"):
    from litestar import Litestar

from adjudicator.desk.gate import PanelGate
from adjudicator.desk.routes import OPERATIONS
from adjudicator.service.app import create_app as create_service
from adjudicator.service.endpoint import Headers, ServiceContext, make_context
from adjudicator.service.server import application as application_of
from adjudicator.service.settings import Settings
from adjudicator.store import DecisionStore

POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; "
    "form-action 'none'; base-uri 'none'; frame-ancestors "
)
"""What a page of the panel may load and do: only what comes from this service, and nothing inline."""


def create_app(settings: Settings, record: DecisionStore | None = None) -> Litestar:
    """The service with the panel. Raises as :func:`adjudicator.service.app.create_app` does."""
    return create_service(settings, record, others=_contexts)


application = partial(application_of, make=create_app)
"""Creates the application inside a serving process."""


def _contexts(record: DecisionStore, settings: Settings) -> Iterator[ServiceContext]:
    """The context of the panel, if one is served."""
    if settings.panel_key is not None:
        yield make_context(record, settings, OPERATIONS, PanelGate.of(record, settings), _security(settings))


def _security(settings: Settings) -> Headers:
    """The headers of every response. The script for host pages is for other origins, so no response is kept from them as a resource."""
    policy = POLICY + (settings.panel_origins or "'none'")
    return [
        (b"content-security-policy", policy.encode()),
        (b"cross-origin-resource-policy", b"cross-origin"),
        (b"referrer-policy", b"no-referrer"),
        (b"x-content-type-options", b"nosniff"),
        (b"permissions-policy", b"camera=(), microphone=(), geolocation=()"),
    ]
