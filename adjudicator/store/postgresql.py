"""Connections to PostgreSQL (extra ``postgresql``) that give up on a server which does not answer."""

from __future__ import annotations

from typing import Any, TypeVar

import psycopg
from psycopg.abc import PQGen

T = TypeVar("T")

_TIMEOUT = psycopg.errors._WaitTimeout  # noqa: SLF001 - psycopg raises it, and has no public name for it

SERVER_SECONDS = 25.0
"""How long a connection waits for the server: longer than the server lets a statement run, so that a live one ends it itself."""
INTERVAL = 0.1
"""How often it looks whether the time is over."""


class BoundedConnection(psycopg.Connection[Any]):
    """A connection whose every wait ends.

    A server that hangs, or a network that drops everything, sends no error: without this, a thread would wait for minutes.
    """

    seconds: float = SERVER_SECONDS
    bounded: bool = True

    def wait(self, gen: PQGen[T], interval: float = INTERVAL, timeout: float | None = None) -> T:
        """Wait for the server; when it does not answer, the connection is closed and of no more use."""
        bound = self.seconds if timeout is None and self.bounded else timeout
        try:
            return super().wait(gen, interval=interval, timeout=bound)
        except psycopg.OperationalError as error:
            if timeout is None and bound is not None and type(error) is _TIMEOUT:
                self.close()
                raise psycopg.OperationalError(f"the server did not answer within {bound:g} seconds") from None
            raise
