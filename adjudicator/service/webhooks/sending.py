"""Sending one delivery: a signed POST to a checked address, without redirects, with a limit on its time and on what is read."""

from __future__ import annotations

import ssl
from collections.abc import Iterable
from http import HTTPStatus
from types import TracebackType
from typing import Final

import anyio
import httpcore
from attrs import frozen

from adjudicator.model.time import Instant
from adjudicator.service.webhooks.addresses import CheckedNetwork, Reach, Unreachable, check_url
from adjudicator.service.webhooks.signing import signature_headers
from adjudicator.store.deliveries import SECOND, Outcome

ATTEMPT_SECONDS: Final = 15.0
"""The time limit for an attempt, from the look-up of the name to the end of the answer."""
MOST_READ: Final = 65_536
"""The most bytes of an answer that are read. Its content does not matter, but a connection is used again only after all was read."""
KEPT: Final = 20
"""The most unused connections that are kept open."""
KEPT_SECONDS: Final = 30.0
"""How long an unused connection is kept open."""
ASKS_TO_WAIT: Final = frozenset({HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE})


@frozen
class Sent:
    """How an attempt ended, and the HTTP status if there was an answer."""

    outcome: Outcome
    status: int | None = None


class Sender:
    """Sends deliveries from one event loop. Reuses connections."""

    def __init__(self, reach: Reach, context: ssl.SSLContext | None = None) -> None:
        self.reach = reach
        self._context = context
        self._pool: httpcore.AsyncConnectionPool | None = None

    def _connections(self) -> httpcore.AsyncConnectionPool:
        """The connections, made when the first delivery needs one: reading the certificate authorities takes a while."""
        if self._pool is None:
            self._pool = httpcore.AsyncConnectionPool(
                ssl_context=self._context or httpcore.default_ssl_context(),
                max_connections=None,  # the sender decides how much arrives at once
                max_keepalive_connections=KEPT,
                keepalive_expiry=KEPT_SECONDS,
                network_backend=CheckedNetwork(self.reach),
            )
        return self._pool

    async def __aenter__(self) -> Sender:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        with anyio.CancelScope(shield=True):
            if self._pool is not None:
                await self._pool.aclose()

    async def send(self, url: str, id: str, body: bytes, secrets: Iterable[str], at: Instant) -> Sent:
        """Attempt a delivery."""
        try:
            check_url(url, self.reach)
        except ValueError:
            return Sent(Outcome("an address that the service does not connect to"))
        headers = {
            "Content-Type": "application/json",
            "User-Agent": "adjudicator",
            **signature_headers(id, at, body, secrets),
        }
        try:
            with anyio.fail_after(ATTEMPT_SECONDS):
                return await self._post(url, body, headers)
        except TimeoutError:
            return Sent(Outcome(f"no answer within {ATTEMPT_SECONDS:g} seconds"))
        except Unreachable as error:
            return Sent(Outcome(str(error)))
        except (httpcore.NetworkError, httpcore.ProtocolError, httpcore.TimeoutException, OSError) as error:
            return Sent(Outcome(f"no answer: {_named(error)}"))

    async def _post(self, url: str, body: bytes, headers: dict[str, str]) -> Sent:
        async with self._connections().stream("POST", url, headers=list(headers.items()), content=body) as response:
            read = 0
            async for piece in response.aiter_stream():
                read += len(piece)
                if read > MOST_READ:
                    break
            return Sent(_outcome(response), response.status)


def _outcome(response: httpcore.Response) -> Outcome:
    """Success is any 2xx. Redirects are not followed: change the address of the webhook instead."""
    if HTTPStatus.OK <= response.status < HTTPStatus.MULTIPLE_CHOICES:
        return Outcome()
    wait = None
    if response.status in ASKS_TO_WAIT:
        text = next((value for name, value in response.headers if name.lower() == b"retry-after"), b"").decode(
            "latin-1"
        )
        wait = int(text) * SECOND if text.isascii() and text.isdigit() and len(text) <= len("86400") else None
    return Outcome(f"status {response.status}", wait, response.status == HTTPStatus.GONE)


def _named(error: BaseException) -> str:
    """The type of what went wrong, at its root: a message could quote anything."""
    while (cause := error.__cause__ or error.__context__) is not None:
        error = cause
    return type(error).__name__
