"""A webhook receiver on this machine, as a user would write one, and its deliveries."""

from __future__ import annotations

import ssl
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any, Final

from attrs import define, field, frozen

PATIENCE: Final = 30.0


@frozen
class Received:
    """One delivery."""

    path: str
    headers: Mapping[str, str]
    body: bytes


@define
class Receiver:
    """What was received, and the next answer: a status, headers, and a delay in seconds."""

    received: list[Received] = field(factory=list)
    answer: Callable[[Received], tuple[int, Mapping[str, str], bytes]] = lambda _: (204, {}, b"")
    port: int = 0

    @property
    def url(self) -> str:
        """The address of the receiver."""
        return f"http://127.0.0.1:{self.port}/hooks"

    def wait_for(self, count: int) -> list[Received]:
        """Wait until there are ``count`` deliveries."""
        deadline = time.monotonic() + PATIENCE
        while len(self.received) < count:
            assert time.monotonic() < deadline, f"{len(self.received)} of {count} deliveries came"
            time.sleep(0.02)
        return self.received


@contextmanager
def receiver(context: ssl.SSLContext | None = None) -> Iterator[Receiver]:
    """Run a receiver, over TLS if it has a certificate."""
    state = Receiver()

    class Handler(BaseHTTPRequestHandler):
        """Accepts deliveries."""

        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            """Accept one delivery."""
            body = self.rfile.read(int(self.headers["Content-Length"]))
            one = Received(self.path, {name.lower(): value for name, value in self.headers.items()}, body)
            state.received.append(one)
            status, headers, content = state.answer(one)
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: Any) -> None:
            """Log nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    server.handle_error = lambda *_: None  # type: ignore[method-assign] # a sender may hang up
    if context is not None:
        server.socket = context.wrap_socket(server.socket, server_side=True)
    state.port = server.server_address[1]
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield state
    finally:
        server.shutdown()
        server.server_close()
