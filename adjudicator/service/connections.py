"""HTTP/1.1 connections with limits on the time and size of request heads, and problem details for protocol errors."""

from __future__ import annotations

import asyncio
from collections import deque
from http import HTTPStatus
from typing import Any, Final

import orjson
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

HEAD_SECONDS: Final = 5.0
"""The time limit for receiving the head of a request: request line and headers."""
HEAD_BYTES: Final = 32 * 1024
"""The largest request head."""
SEND_SECONDS: Final = 10.0
"""How long a client may stall while a response is being sent."""
MAX_CONNECTIONS: Final = 1_000
"""The most open connections per worker."""


class _HeadRefused(Exception):
    """Stops parsing data after a head was refused."""


class BoundedHeads(HttpToolsProtocol):
    """Limits the head of a request in time and size. Uvicorn alone would buffer any amount, forever."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.in_head = False
        self.head_length = 0
        self.unread_length = 0
        self.head_timer: asyncio.TimerHandle | None = None
        self.send_timer: asyncio.TimerHandle | None = None
        self.unanswered: deque[RequestResponseCycle] = deque()
        """The requests without a whole response: several, if a client does not wait for one before it sends the next."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # uvicorn says so too
        """Start the timer for the first head, and refuse the connection if there are too many."""
        super().connection_made(transport)
        self.start_head_timer()
        if len(self.connections) > MAX_CONNECTIONS:
            self.refuse(HTTPStatus.SERVICE_UNAVAILABLE, "too many connections: try again in a moment")

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop all timers, and tell every request that nobody is there any more. Uvicorn tells the last one only."""
        self.stop_head_timer()
        self.stop_send_timer()
        for cycle in self.unanswered:
            cycle.disconnected = cycle.disconnected or not cycle.response_complete
            cycle.message_event.set()
        super().connection_lost(exc)

    def pause_writing(self) -> None:
        """The client stalls: close the connection unless it resumes."""
        super().pause_writing()
        self.start_send_timer()

    def resume_writing(self) -> None:
        """The client reads again."""
        self.stop_send_timer()
        super().resume_writing()

    def start_send_timer(self) -> None:
        """Abort the connection unless the client reads within the time limit."""
        if self.send_timer is None:
            self.send_timer = self.loop.call_later(SEND_SECONDS, self.send_timed_out)

    def stop_send_timer(self) -> None:
        """Cancel the timer for a stalled client."""
        if self.send_timer is not None:
            self.send_timer.cancel()
            self.send_timer = None

    def send_timed_out(self) -> None:
        """Abort the connection of a client that does not read, unless it is still sending: then the endpoint limits its time."""
        self.send_timer = None
        is_sending = self.cycle is not None and self.cycle.more_body and not self.cycle.response_complete
        if is_sending and not self.transport.is_closing():
            self.start_send_timer()
        else:
            self.transport.abort()

    def data_received(self, data: bytes) -> None:
        """Parse a chunk. One that neither starts nor ends a head is part of it, even if the parser has not reported it yet."""
        was_in_head = self.in_head
        super().data_received(data)
        if was_in_head and self.in_head:
            self.unread_length += len(data)
        if self.in_head and max(self.head_length, self.unread_length) > HEAD_BYTES:
            self.refuse_head()
        elif self.cycle is None or self.cycle.response_complete:
            self.start_head_timer()

    def on_message_begin(self) -> None:
        """Start counting a new head."""
        super().on_message_begin()
        self.in_head = True
        self.head_length = 0
        self.unread_length = 0
        self.start_head_timer()

    def on_url(self, url: bytes) -> None:
        """Count a piece of the URL."""
        super().on_url(url)
        self.head_length += len(url)

    def on_header(self, name: bytes, value: bytes) -> None:
        """Count a header."""
        super().on_header(name, value)
        self.head_length += len(name) + len(value)

    def on_headers_complete(self) -> None:
        """Accept a complete head, or refuse it if it is too long, even if it came in one chunk."""
        if self.head_length > HEAD_BYTES:
            self.refuse_head()
            raise _HeadRefused
        self.in_head = False
        self.stop_head_timer()
        super().on_headers_complete()
        while self.unanswered and self.unanswered[0].response_complete:
            self.unanswered.popleft()
        if self.cycle is not None:
            self.unanswered.append(self.cycle)

    def start_head_timer(self) -> None:
        """Start the timer for a head, unless it is running."""
        if self.head_timer is None:
            self.head_timer = self.loop.call_later(HEAD_SECONDS, self.head_timed_out)

    def stop_head_timer(self) -> None:
        """Cancel the timer for a head."""
        if self.head_timer is not None:
            self.head_timer.cancel()
            self.head_timer = None

    def head_timed_out(self) -> None:
        """Refuse an incomplete head. A client that sent nothing gets no response."""
        self.head_timer = None
        if self.in_head:
            self.refuse(HTTPStatus.REQUEST_TIMEOUT, f"the headers did not arrive within {HEAD_SECONDS:g} seconds")
        else:
            self.close_when_sent()

    def close_when_sent(self) -> None:
        """Close the connection once the client has read everything sent, or when it stalls."""
        self.transport.close()
        self.start_send_timer()

    def refuse_head(self) -> None:
        """Refuse a head that is too long."""
        self.refuse(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE, f"the headers have more than {HEAD_BYTES} bytes")

    def send_400_response(self, msg: str) -> None:
        """Answer data that are not HTTP."""
        self.refuse(HTTPStatus.BAD_REQUEST, "not an HTTP/1.1 request")

    def refuse(self, status: HTTPStatus, detail: str) -> None:
        """Send problem details (RFC 9457) and close the connection."""
        if self.transport.is_closing():
            return
        problem = {"type": "about:blank", "title": status.phrase, "status": status.value, "detail": detail}
        body = orjson.dumps(problem)
        head = (
            f"HTTP/1.1 {status.value} {status.phrase}\r\ncontent-type: application/problem+json\r\n"
            f"content-length: {len(body)}\r\nconnection: close\r\n\r\n"
        )
        self.transport.write(head.encode() + body)
        self.close_when_sent()
