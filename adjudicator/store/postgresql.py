"""PostgreSQL connections (extra ``postgresql``) that give up on a server that does not answer, also behind PgBouncer.

A pooler in transaction mode gives each transaction any session. So what belongs to a session cannot be relied on: prepared statements and
settings.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

import psycopg
from psycopg.abc import PQGen

T = TypeVar("T")

_TIMEOUT = psycopg.errors._WaitTimeout  # noqa: SLF001 - psycopg raises it, and has no public name for it

SERVER_SECONDS = 25.0
"""How long a connection waits for the server. This exceeds the statement timeout, so a live server gives up first."""
INTERVAL = 0.1
"""How often a waiting connection checks its deadline, in seconds."""


class BoundedConnection(psycopg.Connection[Any]):
    """A connection with a time limit on every wait.

    A hung server or a network that drops every packet sends no error, so a thread would otherwise wait for minutes.
    """

    seconds: float = SERVER_SECONDS
    bounded: bool = True
    is_pooled: bool = False

    def wait(self, gen: PQGen[T], interval: float = INTERVAL, timeout: float | None = None) -> T:
        """Wait for the server. On a timeout, close the connection and raise."""
        bound = self.seconds if timeout is None and self.bounded else timeout
        try:
            return super().wait(gen, interval=interval, timeout=bound)
        except psycopg.OperationalError as error:
            if timeout is None and bound is not None and type(error) is _TIMEOUT:
                self.close()
                raise psycopg.OperationalError(f"the server did not answer within {bound:g} seconds") from None
            raise


def connected(timeouts: Mapping[str, int], *arguments: Any, **named: Any) -> BoundedConnection:
    """A new connection. One straight to the server gets time limits in seconds, by the names of settings; behind a pooler, each transaction must set them."""
    connection = BoundedConnection.connect(*arguments, **named)
    try:
        connection.is_pooled = _is_pooled(connection)
        if connection.is_pooled:
            connection.prepare_threshold = None
        else:
            for name, seconds in timeouts.items():
                connection.execute("SELECT set_config(%s, %s, false)", (name, f"{seconds}s"))
        connection.commit()
    except BaseException:
        connection.close()
        raise
    return connection


def _is_pooled(connection: BoundedConnection) -> bool:
    """Whether there is a pooler between client and server: it reports its own process ids, so that it can forward cancellations."""
    row = connection.execute("SELECT pg_backend_pid()").fetchone()
    return row is None or row[0] != connection.info.backend_pid
