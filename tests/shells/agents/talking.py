"""Conversations with the MCP server through the SDK's own client."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, Final, TypeVar

import anyio
import mcp_types as types
from mcp import Client
from mcp.client.extension import advertise
from mcp.server.apps import APP_MIME_TYPE, EXTENSION_ID

from adjudicator.desk.apps import PANELS, page
from adjudicator.mcp.apps import App
from adjudicator.mcp.server import make_server
from adjudicator.mcp.service import here
from adjudicator.service.settings import Settings
from adjudicator.store import DecisionStore

T = TypeVar("T")
ROOT: Final = Path(__file__).parents[3]
A_CASE: Final[dict[str, Any]] = json.loads((ROOT / "adjudicator" / "demo" / "counterfeit.json").read_text("utf-8"))
APP: Final = App(page, PANELS)
SHOWS_APPS: Final = advertise(EXTENSION_ID, {"mimeTypes": [APP_MIME_TYPE]})
"""The capabilities of a host that shows apps."""
Answers = Callable[[types.ElicitRequestFormParams], types.ElicitResult]


def example(name: str) -> dict[str, Any]:
    """A case of the contract's examples."""
    text = (ROOT / "tests" / "data" / "examples" / f"{name}.json").read_text("utf-8")
    case: dict[str, Any] = json.loads(text)["case"]
    return case


def talk(
    record: DecisionStore,
    conversation: Callable[[Client], Awaitable[T]],
    *,
    answers: Answers | None = None,
    keeps_a_record: bool = True,
    settings: Settings | None = None,
    mode: Any = "auto",
    shows_apps: bool = False,
) -> T:
    """Run a conversation with a server on a record. ``answers`` fills in the forms that the server sends."""

    async def fill_in(_: Any, params: Any) -> types.ElicitResult:
        return answers(params) if answers else types.ElicitResult(action="cancel")

    async def run() -> T:
        async with here(settings or Settings(development=True), record, keeps_a_record=keeps_a_record) as service:
            callback: Any = None if answers is None else fill_in
            server, apps = make_server(service, APP), [SHOWS_APPS] if shows_apps else []
            async with Client(server, elicitation_callback=callback, mode=mode, extensions=apps) as client:
                return await conversation(client)

    return anyio.run(run)


def called(record: DecisionStore, tool: str, arguments: dict[str, Any], **options: Any) -> types.CallToolResult:
    """The result of one call. The client checks successful results against the tool's output schema."""

    async def call(client: Client) -> types.CallToolResult:
        return await client.call_tool(tool, arguments)

    return talk(record, call, **options)


def text_of(result: types.CallToolResult) -> str:
    """The text of a result."""
    (block,) = result.content
    assert isinstance(block, types.TextContent)
    return block.text


def content(result: types.CallToolResult) -> dict[str, Any]:
    """The structured content of a result."""
    assert isinstance(result.structured_content, dict)
    return result.structured_content
