"""The service with the panel and the desk, as ``adjudicator serve`` runs it."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Final

from adjudicator.extras import importing

with importing("desk"):
    from litestar import Litestar

from adjudicator.desk.desk_routes import OPERATIONS as AT_THE_DESK
from adjudicator.desk.gate import PanelGate
from adjudicator.desk.panel_routes import OPERATIONS
from adjudicator.desk.picture_routes import OPERATIONS as WITH_PICTURES
from adjudicator.desk.policy_routes import OPERATIONS as POLICIES
from adjudicator.desk.release_routes import OPERATIONS as PAYOUTS
from adjudicator.desk.ruling_routes import OPERATIONS as RULINGS
from adjudicator.desk.sessions import DeskGate
from adjudicator.desk.sign_in import OPERATIONS as SIGN_IN
from adjudicator.desk.sign_in import check_secret
from adjudicator.service.app import create_app as create_service
from adjudicator.service.endpoint import Headers, ServiceContext, make_context
from adjudicator.service.server import application as application_of
from adjudicator.service.settings import Settings
from adjudicator.store import DecisionStore

POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' blob:; "
    "form-action 'none'; base-uri 'none'; frame-ancestors "
)
"""What a page may load and do: only what comes from this service, and nothing inline. Pictures of a case are fetched with the token, so they are blobs."""
NOBODY: Final = "'none'"


def create_app(settings: Settings, record: DecisionStore | None = None) -> Litestar:
    """The service with the panel and the desk. Raises as :func:`adjudicator.service.app.create_app` does."""
    return create_service(settings, record, others=_contexts)


application = partial(application_of, make=create_app)
"""Creates the application inside a serving process."""


def _contexts(record: DecisionStore, settings: Settings) -> Iterator[ServiceContext]:
    """The contexts of the panel and the desk, if they are served."""
    if settings.panel_key is None:
        return
    panel = _security(settings.panel_origins or NOBODY, b"cross-origin")
    yield make_context(record, settings, (*OPERATIONS, *WITH_PICTURES), PanelGate.of(record, settings), panel)
    if settings.desk:
        check_secret(settings)
        desk = _security(NOBODY, b"same-origin")
        yield make_context(
            record,
            settings,
            (*AT_THE_DESK, *SIGN_IN, *RULINGS, *PAYOUTS, *POLICIES),
            DeskGate.of(record, settings),
            desk,
        )


def _security(framed_by: str, used_by: bytes) -> Headers:
    """The headers of every response. The panel's script for host pages may be loaded by other origins; nobody may frame the desk."""
    return [
        (b"content-security-policy", (POLICY + framed_by).encode()),
        (b"cross-origin-resource-policy", used_by),
        (b"referrer-policy", b"no-referrer"),
        (b"x-content-type-options", b"nosniff"),
        (b"permissions-policy", b"camera=(), microphone=(), geolocation=()"),
    ]
