"""Connections: HTTP/1.1 whose heads come in time and in bounds, and whose breakage is told as a problem like every other."""

from __future__ import annotations

import asyncio
from http import HTTPStatus
from typing import Any, Final

import orjson
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

HEAD_SECONDS: Final = 5.0
"""How long the head of a request, its first line and its headers, may take to come."""
HEAD_BYTES: Final = 32 * 1024
"""How long a head may be."""
SEND_SECONDS: Final = 10.0
"""How long a reader may take nothing of an answer that waits for it."""
MOST_CONNECTIONS: Final = 1_000
"""How many connections a worker holds open at once."""


class _Refused(Exception):
    """A head that was refused: the rest of what came with it is not looked at."""


class BoundedHeads(HttpToolsProtocol):
    """Who never finishes the head of a request is not waited for: the server alone would keep all of it, and for ever."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.head_is_open = False
        self.head_length = 0
        self.unread_length = 0
        self.patience: asyncio.TimerHandle | None = None
        self.reader_is_due: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # uvicorn says so too
        """Begin to wait."""
        super().connection_made(transport)
        self.begin_to_wait()
        if len(self.connections) > MOST_CONNECTIONS:
            self.refuse(HTTPStatus.SERVICE_UNAVAILABLE, "too many connections: try again in a moment")

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait no more."""
        self.wait_no_more()
        self.reader_goes_on()
        super().connection_lost(exc)

    def pause_writing(self) -> None:
        """The reader takes less than is written: give it some time, then break off."""
        super().pause_writing()
        self.reader_must_go_on()

    def resume_writing(self) -> None:
        """The reader has taken what waited for it."""
        self.reader_goes_on()
        super().resume_writing()

    def reader_must_go_on(self) -> None:
        """Break the connection off unless its reader goes on."""
        if self.reader_is_due is None:
            self.reader_is_due = self.loop.call_later(SEND_SECONDS, self.transport.abort)

    def reader_goes_on(self) -> None:
        """Wait for the reader no more."""
        if self.reader_is_due is not None:
            self.reader_is_due.cancel()
            self.reader_is_due = None

    def data_received(self, data: bytes) -> None:
        """Read a piece. One that neither begins nor ends a head lies wholly within it, whatever of it is still to be read."""
        was_open = self.head_is_open
        super().data_received(data)
        if was_open and self.head_is_open:
            self.unread_length += len(data)
        if self.head_is_open and max(self.head_length, self.unread_length) > HEAD_BYTES:
            self.refuse_head()
        elif self.cycle is None or self.cycle.response_complete:
            self.begin_to_wait()

    def on_message_begin(self) -> None:
        """A head begins."""
        super().on_message_begin()
        self.head_is_open = True
        self.head_length = 0
        self.unread_length = 0
        self.begin_to_wait()

    def on_url(self, url: bytes) -> None:
        """A piece of the address."""
        super().on_url(url)
        self.head_length += len(url)

    def on_header(self, name: bytes, value: bytes) -> None:
        """A header."""
        super().on_header(name, value)
        self.head_length += len(name) + len(value)

    def on_headers_complete(self) -> None:
        """A head ends. One that is too long is refused even if it came in one piece."""
        if self.head_length > HEAD_BYTES:
            self.refuse_head()
            raise _Refused
        self.head_is_open = False
        self.wait_no_more()
        super().on_headers_complete()

    def begin_to_wait(self) -> None:
        """Wait for a head, unless one is waited for already."""
        if self.patience is None:
            self.patience = self.loop.call_later(HEAD_SECONDS, self.give_up)

    def wait_no_more(self) -> None:
        """A head has come, or will not come."""
        if self.patience is not None:
            self.patience.cancel()
            self.patience = None

    def give_up(self) -> None:
        """The head did not come in time. Whoever sent nothing at all is told nothing."""
        self.patience = None
        if self.head_is_open:
            self.refuse(HTTPStatus.REQUEST_TIMEOUT, f"the headers did not come within {HEAD_SECONDS:g} seconds")
        else:
            self.end()

    def end(self) -> None:
        """Close the connection when what waits for the reader is taken, or when the reader takes too long."""
        self.transport.close()
        self.reader_must_go_on()

    def refuse_head(self) -> None:
        """The head is too long."""
        self.refuse(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE, f"the headers have more than {HEAD_BYTES} bytes")

    def send_400_response(self, msg: str) -> None:
        """What came is not HTTP."""
        self.refuse(HTTPStatus.BAD_REQUEST, "this is not a request in HTTP/1.1")

    def refuse(self, status: HTTPStatus, detail: str) -> None:
        """Tell a problem (RFC 9457) and end the connection."""
        if self.transport.is_closing():
            return
        problem = {"type": "about:blank", "title": status.phrase, "status": status.value, "detail": detail}
        body = orjson.dumps(problem)
        head = (
            f"HTTP/1.1 {status.value} {status.phrase}\r\ncontent-type: application/problem+json\r\n"
            f"content-length: {len(body)}\r\nconnection: close\r\n\r\n"
        )
        self.transport.write(head.encode() + body)
        self.end()
