"""How the clients send calls: connecting, retrying, and paging through lists."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Iterator
from types import TracebackType
from typing import Self, TypeVar

import httpx

from adjudicator.client.exchange import TIMEOUT, auth_headers, build_request, read_response
from adjudicator.client.requests import Call, Page
from adjudicator.client.retry import Patience

T = TypeVar("T")
P = TypeVar("P", bound=Page)


class Connection:
    """A connection to the service, which blocks until it has a result."""

    def __init__(
        self,
        url: str,
        token: str | None = None,
        *,
        timeout: float = TIMEOUT,
        patience: Patience | None = None,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        self._http = httpx.Client(base_url=url, headers=auth_headers(token), timeout=timeout, transport=transport)
        self._patience = patience or Patience()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Close all connections."""
        self._http.close()

    def send(self, call: Call[T]) -> T:
        """Send any call, for programs that speak to operations as they come. Raises :class:`Problem` or :class:`Unreachable`."""
        return self._send(call)

    def _send(self, call: Call[T]) -> T:
        request, attempt = build_request(self._http, call), 0
        while True:
            attempt += 1
            response, error = None, None
            try:
                response = self._http.send(request)
            except httpx.TransportError as transport_error:
                error = transport_error
            wait = self._patience.after(attempt, response) if call.repeatable else None
            if wait is None:
                return read_response(call, response, error)
            time.sleep(wait)

    def _pages(self, page_at: Callable[[str | None], Call[P]]) -> Iterator[P]:
        """The pages of a list, fetched as needed."""
        page = self._send(page_at(None))
        yield page
        while page.next_cursor is not None:
            page = self._send(page_at(page.next_cursor))
            yield page


class AsyncConnection:
    """The same for asyncio."""

    def __init__(
        self,
        url: str,
        token: str | None = None,
        *,
        timeout: float = TIMEOUT,
        patience: Patience | None = None,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self._http = httpx.AsyncClient(base_url=url, headers=auth_headers(token), timeout=timeout, transport=transport)
        self._patience = patience or Patience()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Close all connections."""
        await self._http.aclose()

    async def send(self, call: Call[T]) -> T:
        """Send any call, for programs that speak to operations as they come. Raises :class:`Problem` or :class:`Unreachable`."""
        return await self._send(call)

    async def _send(self, call: Call[T]) -> T:
        request, attempt = build_request(self._http, call), 0
        while True:
            attempt += 1
            response, error = None, None
            try:
                response = await self._http.send(request)
            except httpx.TransportError as transport_error:
                error = transport_error
            wait = self._patience.after(attempt, response) if call.repeatable else None
            if wait is None:
                return read_response(call, response, error)
            await asyncio.sleep(wait)

    async def _pages(self, page_at: Callable[[str | None], Call[P]]) -> AsyncIterator[P]:
        """The pages of a list, fetched as needed."""
        page = await self._send(page_at(None))
        yield page
        while page.next_cursor is not None:
            page = await self._send(page_at(page.next_cursor))
            yield page
