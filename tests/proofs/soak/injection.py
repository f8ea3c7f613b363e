"""The server of a soak, and the faults that are injected into it."""

from __future__ import annotations

import os
import signal
import socket
import struct
import time
from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from random import Random
from threading import Event
from typing import Final

from attrs import Factory, define, field

from service.running import PATIENCE, Running, started, until, wait_until_ready
from soak.exchanges import DEADLINE, Exchanges
from soak.ledger import Ledger, Question
from soak.plan import Fault, Kind, Plan
from soak.processes import processes_in, workers_of

WORKERS: Final = 2
SHUTDOWN: Final = 10
"""How long requests may continue after a signal to stop, in seconds."""
STARTS: Final = 5
"""How often a start is tried, because another process may have taken the port while the server was down."""
AT_ONCE: Final = struct.pack("ii", 1, 0)
"""Makes ``close`` reset the connection at once, in the middle of a transfer."""


def free_port() -> int:
    """A port that is not in use."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port: int = taken.getsockname()[1]
        return port


@define
class Server:
    """The service as a process with two workers, which restarts at the same address."""

    folder: Path
    database: str
    fresh: bool = True
    """Whether to start a new process instead of forking one that has imported everything."""
    port: int = field(init=False, factory=free_port)
    running: Running | None = field(init=False, default=None)
    is_over: bool = field(init=False, default=False)
    """Whether it must not be started again."""

    @property
    def url(self) -> str:
        """The address of the service."""
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Start it, and wait until it answers."""
        for attempt in range(1, STARTS + 1):
            if self.is_over:
                return
            self.running = self._started()
            try:
                wait_until_ready(self.running)
            except AssertionError:
                if attempt == STARTS or "Address already in use" not in self.running.log_text():
                    raise
                time.sleep(attempt)
            else:
                return

    def _started(self) -> Running:
        environment = {
            "TMPDIR": str(self.folder),
            "ADJUDICATOR_LOG_LEVEL": "warning",
            "ADJUDICATOR_REQUESTS_PER_MINUTE": "none",
            "ADJUDICATOR_REQUEST_TIMEOUT_SECONDS": f"{DEADLINE}",
            "ADJUDICATOR_SHUTDOWN_SECONDS": f"{SHUTDOWN}",
            "ADJUDICATOR_CHECKPOINT_MINUTES": "1",
        }
        arguments = ("--workers", f"{WORKERS}")
        return started(
            self.folder,
            *arguments,
            database=self.database,
            port=self.port,
            environment=environment,
            fresh=self.fresh,
        )

    def alive(self) -> Running:
        """The running process."""
        assert self.running is not None
        return self.running

    def workers(self) -> frozenset[int]:
        """The process ids of its workers; none while it is down."""
        running = self.running
        return frozenset() if running is None else workers_of(running.process.pid)

    def stop(self) -> str | None:
        """Stop it with SIGTERM. Returns what went wrong, if anything."""
        began = time.monotonic()
        status = self.alive().stop(signal.SIGTERM)
        took = time.monotonic() - began
        if status != 0:
            return f"a server that was told to stop ended with {status}"
        return f"a server took {took:.0f} s to stop" if took > 2 * SHUTDOWN else None

    def abandon(self) -> None:
        """Kill it for good without waiting, because another thread may be waiting for it."""
        self.is_over = True
        if self.running is not None:
            with suppress(ProcessLookupError):
                os.killpg(self.running.process.pid, signal.SIGKILL)

    def end(self) -> None:
        """Kill it unless it has ended, and wait until all its processes are gone."""
        if (running := self.running) is not None:
            running.kill()
            until(lambda: not [*processes_in(running.process.pid)])


@define
class Injector:
    """Injects the faults of a plan, one after the other."""

    server: Server
    plan: Plan
    ledger: Ledger
    exchanges: Exchanges
    token: str
    chance: Random
    over: Event
    counts: Counter[Kind] = Factory(Counter)

    def run(self) -> None:
        """Inject one fault after the other until the soak is over."""
        calm_from = time.monotonic() + self.plan.calm_from
        for fault in self.plan.lively():
            if self.over.wait(min(fault.rest, max(0.0, calm_from - time.monotonic()))):
                return
            if time.monotonic() >= calm_from:
                break
            self.inject(fault)
        for fault in self.plan.calm():
            if self.over.wait(fault.rest):
                return
            self.inject(fault)

    def inject(self, fault: Fault) -> None:
        """Inject a fault, and wait until it is over."""
        with self.exchanges.fault():
            INJECTED[fault.kind](self, fault)
        self.counts[fault.kind] += 1

    def pause_worker(self, fault: Fault) -> None:
        """Pause a worker, whatever it is doing."""
        worker = self._a_worker()
        os.kill(worker, signal.SIGSTOP)
        try:
            self.over.wait(fault.seconds)
        finally:
            os.kill(worker, signal.SIGCONT)

    def kill_worker(self, _: Fault) -> None:
        """Kill a worker, and wait for its replacement."""
        killed = self._a_worker()
        os.kill(killed, signal.SIGKILL)
        until(lambda: self.server.is_over or len(self.server.workers() - {killed}) == WORKERS)

    def kill_server(self, _: Fault) -> None:
        """Kill all processes at once, and start them again."""
        self.server.alive().kill()
        self.server.start()

    def stop_server(self, _: Fault) -> None:
        """Stop the server normally, and start it again."""
        complaint = self.server.stop()
        self.ledger.require(complaint is None, f"{complaint}")
        self.server.start()

    def hang_up(self, fault: Fault) -> None:
        """Send requests and hang up during each: in its head, in its body, before the answer, or in it."""
        number = self.counts[Kind.HANG_UP]
        for piece in range(4):
            question = Question(f"hung-up-{number}", f"hung-up-{number}-{piece}", 1)
            self.ledger.asks(question.key, question)
            request = posted(question, self.token)
            sent = (20, len(request) - 100, len(request), len(request))[piece]
            with socket.create_connection(("127.0.0.1", self.server.port), timeout=PATIENCE) as connection:
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, AT_ONCE)
                connection.sendall(request[:sent])
                if piece == 3:
                    connection.recv(self.chance.randrange(1, 400))

    def _a_worker(self) -> int:
        until(lambda: self.server.is_over or len(self.server.workers()) == WORKERS)
        return self.chance.choice(sorted(self.server.workers()))


INJECTED: Final[Mapping[Kind, Callable[[Injector, Fault], None]]] = {
    Kind.HANG_UP: Injector.hang_up,
    Kind.PAUSE: Injector.pause_worker,
    Kind.WORKER_KILL: Injector.kill_worker,
    Kind.SERVER_KILL: Injector.kill_server,
    Kind.SERVER_STOP: Injector.stop_server,
}
"""The method that injects each kind of fault."""


def posted(question: Question, token: str) -> bytes:
    """The bytes of a request to decide a claim."""
    body = question.case()
    head = (
        "POST /v1/decisions?fill_settlements=true HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
        f'Authorization: Bearer {token}\r\nIdempotency-Key: "{question.key}"\r\nContent-Length: {len(body)}\r\n\r\n'
    )
    return head.encode() + body
