"""What is told of the service to those who run it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from litestar import get

from adjudicator.service.settings import Settings
from adjudicator.store import Record


def middleware(_: Settings) -> Sequence[Any]:
    """What goes around every request."""
    return ()


def routes(_: Settings, __: Record) -> Sequence[Any]:
    """Where it is asked whether the service lives, and whether it is ready."""

    @get("/healthz", include_in_schema=False)
    async def alive() -> dict[str, str]:
        return {"status": "alive"}

    return (alive,)


def decided(policy: str, edition: str, outcome: str, recorded: bool) -> None:
    """Take note of a decision that is given out."""
