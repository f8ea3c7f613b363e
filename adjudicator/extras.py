"""Optional dependencies: a clear error if the extra that brings one is not installed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Literal, TypeAlias

Extra: TypeAlias = Literal[
    "words",
    "cli",
    "handbook",
    "bulk",
    "compare",
    "propose",
    "spark",
    "service",
    "desk",
    "postgresql",
    "telemetry",
    "client",
    "mcp",
    "prove",
    "evidence",
    "ocr",
    "s3",
    "testing",
]
"""The extras of ``pyproject.toml``, except ``all``."""


class MissingExtra(ImportError):
    """A package of an extra is missing; the message says how to install it."""

    def __init__(self, package: str, extra: Extra) -> None:
        super().__init__(
            f"{package} is not installed; it is part of the extra `{extra}`: pip install 'claim-adjudicator[{extra}]'",
            name=package,
        )
        self.extra = extra


@contextmanager
def importing(extra: Extra) -> Iterator[None]:
    """Import an extra's packages in this context. Raises :class:`MissingExtra` if one is not installed."""
    try:
        yield
    except ModuleNotFoundError as error:
        package = (error.name or "").partition(".")[0]
        if package in ("", "adjudicator"):
            raise
        raise MissingExtra(package, extra) from error
