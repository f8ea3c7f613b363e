"""The application."""

from __future__ import annotations

from typing import Any

from litestar import Litestar, Request, Response, post

from adjudicator.service import observing
from adjudicator.service.settings import Settings
from adjudicator.store import Record, open_record


def create_app(settings: Settings, record: Record | None = None) -> Litestar:
    """The service as an ASGI application; it opens the record of the settings unless one is given."""
    kept = open_record(settings.database) if record is None else record

    @post("/v1/decisions")
    async def decisions(request: Request[Any, Any, Any]) -> Response[bytes]:
        given = kept.decide(await request.body())
        return Response(given.decision, media_type="application/json", headers={"Decision-Id": given.id})

    app = Litestar([decisions, *observing.routes(settings, kept)], logging_config=None, openapi_config=None)
    observing.observe(app, settings)
    return app
