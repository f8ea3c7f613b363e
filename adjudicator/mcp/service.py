"""The service behind the tools: in this process, on a record of its own, or at a URL. It is called with the service's own client."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TypeVar

from adjudicator.client import AsyncClient
from adjudicator.client.requests import Call
from adjudicator.client.retry import Patience
from adjudicator.extras import importing
from adjudicator.service.app import create_app
from adjudicator.service.settings import Settings
from adjudicator.store import DecisionStore

with importing("mcp"):
    import httpx

T = TypeVar("T")


class Service:
    """A service that answers calls. ``keeps_a_record`` says whether its record outlives this process."""

    def __init__(self, client: AsyncClient, *, keeps_a_record: bool) -> None:
        self._client = client
        self.keeps_a_record = keeps_a_record

    async def send(self, call: Call[T]) -> T:
        """Send a call. Raises :class:`~adjudicator.client.Problem` and :class:`~adjudicator.client.Unreachable`."""
        return await self._client.send(call)


@asynccontextmanager
async def here(settings: Settings, store: DecisionStore, *, keeps_a_record: bool) -> AsyncIterator[Service]:
    """The service in this process, with its upkeep, as long as the context lasts. Calls to it need no network."""
    app = create_app(settings, store)
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)  # type: ignore[arg-type]  # both say what ASGI is
    async with (
        app.lifespan(),
        AsyncClient("http://127.0.0.1", patience=Patience(attempts=1), transport=transport) as client,
    ):
        yield Service(client, keeps_a_record=keeps_a_record)


@asynccontextmanager
async def at(url: str, token: str | None) -> AsyncIterator[Service]:
    """The service at a URL, with a key or token for every call."""
    async with AsyncClient(url, token) as client:
        yield Service(client, keeps_a_record=True)
