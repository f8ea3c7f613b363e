"""Running the MCP server: over standard input and output, or over HTTP. Logs hold no case data, and stay out of the conversation."""

from __future__ import annotations

import socket
import sys

from adjudicator.extras import importing
from adjudicator.mcp.apps import App
from adjudicator.mcp.http import make_app
from adjudicator.mcp.server import make_server
from adjudicator.mcp.service import Service, at, here
from adjudicator.service.monitoring.logs import write_logs
from adjudicator.service.settings import Settings
from adjudicator.store import DecisionStore

with importing("mcp"):
    import anyio
    import uvicorn
    from mcp.server.stdio import stdio_server


def run_here(settings: Settings, store: DecisionStore, app: App, *, keeps_a_record: bool) -> None:
    """Speak over standard input and output, on a record in this process, until the input ends."""
    write_logs(settings, sys.stderr)

    async def run() -> None:
        async with here(settings, store, keeps_a_record=keeps_a_record) as service:
            await _speak(service, app)

    anyio.run(run)


def run_remotely(url: str, token: str | None, app: App) -> None:
    """Speak over standard input and output, and act through the service at a URL."""
    write_logs(Settings(), sys.stderr)

    async def run() -> None:
        async with at(url, token) as service:
            await _speak(service, app)

    anyio.run(run)


async def _speak(service: Service, app: App) -> None:
    server = make_server(service, app)
    async with stdio_server() as (reading, writing):
        await server.run(reading, writing, server.create_initialization_options())


def serve(settings: Settings, store: DecisionStore, app: App, listening: socket.socket, url: str) -> None:
    """Serve over HTTP on a socket until a stop signal. ``url`` is where clients reach it."""
    write_logs(settings)

    async def run() -> None:
        async with here(settings, store, keeps_a_record=True) as service:
            config = uvicorn.Config(
                make_app(service, settings, store, url, app),
                log_config=None,
                timeout_graceful_shutdown=settings.shutdown_seconds,
            )
            await uvicorn.Server(config).serve(sockets=[listening])

    anyio.run(run)
