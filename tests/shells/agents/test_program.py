"""The command ``mcp`` uses standard input and output, and its own record, a given record, or a remote service."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

import anyio
import mcp_types as types
import pytest
from mcp import Client, StdioServerParameters

from adjudicator.cli import main
from adjudicator.store import open_store
from agents.talking import A_CASE, content, text_of
from service.running import running

MAIN = "import sys; from adjudicator.cli import main; sys.exit(main())"


def spoken(folder: Path, *arguments: str, tool: str, **given: Any) -> tuple[list[str], types.CallToolResult]:
    """The tools of the program, and the result of one call."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("ADJUDICATOR_")}
    program = StdioServerParameters(
        command=sys.executable, args=["-c", MAIN, "mcp", *arguments], cwd=folder, env=environment
    )

    async def run() -> tuple[list[str], types.CallToolResult]:
        with anyio.fail_after(90):
            async with Client(program) as client:
                tools = [each.name for each in (await client.list_tools()).tools]
                return tools, await client.call_tool(tool, given)

    return anyio.run(run)


def test_on_a_record_it_records_and_without_one_it_offers_no_such_tool(tmp_path: Path) -> None:
    database = f"sqlite:///{tmp_path / 'record.db'}"
    tools, result = spoken(tmp_path, "--database", database, tool="decide_on_record", case=A_CASE, idempotency_key="k")
    store = open_store(database)
    try:
        assert [each.id for each in store.decisions(limit=2).items] == [content(result)["id"]]
    finally:
        store.close()
    without, decided = spoken(tmp_path, tool="decide", case=A_CASE)
    assert (text_of(decided), {*tools} - {*without}) == (text_of(result), {"decide_on_record"})


def test_it_acts_through_a_service_elsewhere(tmp_path: Path) -> None:
    with running(tmp_path) as server:
        _, result = spoken(tmp_path, "--url", server.url, tool="decide_on_record", case=A_CASE, idempotency_key="k")
    assert content(result)["decision"]["total"] == 652_400


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["--url", "ftp://x"], "https://"),
        (["--url", "https://x", "--http"], "takes neither"),
        (["--http", "--development", "--host", "0.0.0.0"], "development mode"),
    ],
)
def test_conflicting_arguments_are_reported(
    arguments: list[str], expected: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["mcp", *arguments]) == 2
    assert expected in capsys.readouterr().err
