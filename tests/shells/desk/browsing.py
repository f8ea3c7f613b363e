"""A real browser (Debian's Chromium) and a real server, each started once for all tests.

Playwright keeps an event loop in its thread, where no other loop can start, so it has its own thread. A test of a page runs there
(:func:`in_browser`).
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import wraps
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Final, ParamSpec, TypeVar

import uvicorn
from attrs import define, field
from litestar import Litestar
from playwright.sync_api import Browser, sync_playwright

from tools.set_up_programs import place_of_chromium

P = ParamSpec("P")
T = TypeVar("T")

THREAD: Final = ThreadPoolExecutor(1, "browser")
PATIENCE: Final = 30.0


def in_browser(run: Callable[P, T]) -> Callable[P, T]:
    """Run a test, or a part of one, in the browser's thread."""

    @wraps(run)
    def call(*arguments: P.args, **named: P.kwargs) -> T:
        return THREAD.submit(run, *arguments, **named).result()

    return call


def chromium() -> str:
    """The path of the browser. ``make test`` installs it."""
    path = place_of_chromium()
    assert path is not None, "there is no Chromium: make test installs it"
    return path


@contextmanager
def started_browser() -> Iterator[Browser]:
    """Start a browser. Use it in its thread only."""
    playwright = in_browser(lambda: sync_playwright().start())()
    launch = in_browser(
        lambda: playwright.chromium.launch(
            executable_path=chromium(), args=["--no-sandbox", "--font-render-hinting=none"]
        )
    )
    browser = launch()
    try:
        yield browser
    finally:
        in_browser(browser.close)()
        in_browser(playwright.stop)()


class _HelpDesk(BaseHTTPRequestHandler):
    """Answers every request with the current page of its server."""

    def do_GET(self) -> None:
        page: bytes = self.server.page  # type: ignore[attr-defined]  # ours, below
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(page)))
        self.end_headers()
        self.wfile.write(page)

    def log_message(self, format: str, *arguments: object) -> None:
        """Log nothing."""


class HelpDesk(ThreadingHTTPServer):
    """A help desk on this machine, with one page at a time. Browsers let no page of another machine frame one of this machine."""

    daemon_threads = True
    page = b""

    def show(self, html: str) -> None:
        """Set the page to serve."""
        self.page = f"<!DOCTYPE html><title>desk</title>{html}".encode()

    @property
    def origin(self) -> str:
        """Its origin; ``localhost`` is another origin."""
        return f"http://127.0.0.1:{self.server_port}"


@contextmanager
def help_desk() -> Iterator[HelpDesk]:
    """Run a help desk."""
    with HelpDesk(("127.0.0.1", 0), _HelpDesk) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


@define
class Served:
    """An application served on a free port of this machine."""

    app: Litestar
    server: uvicorn.Server = field(init=False)

    def __attrs_post_init__(self) -> None:
        self.server = uvicorn.Server(uvicorn.Config(self.app, port=0, log_config=None, ws="none", lifespan="on"))

    @property
    def url(self) -> str:
        """The address of the application."""
        (listening,) = self.server.servers
        return f"http://127.0.0.1:{listening.sockets[0].getsockname()[1]}"


@contextmanager
def serving(app: Litestar) -> Iterator[Served]:
    """Serve an application in a thread of this process."""
    served = Served(app)
    thread = threading.Thread(target=served.server.run, daemon=True)
    thread.start()
    deadline = time.monotonic() + PATIENCE
    while not served.server.started:
        assert thread.is_alive(), "the server has ended"
        assert time.monotonic() < deadline, "the server has not started"
        time.sleep(0.01)
    try:
        yield served
    finally:
        served.server.should_exit = True
        thread.join(PATIENCE)
