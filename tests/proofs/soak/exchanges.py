"""Every exchange with the service, observed below the client: what may go wrong during faults, and what never may."""

from __future__ import annotations

import ssl
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock
from typing import Final

import httpx
from attrs import Factory, define, frozen

from adjudicator.client import Problem

DEADLINE: Final = 20.0
"""The time limit of a request in the service, in seconds."""
SLACK: Final = 8.0
"""How much longer an exchange may take, in seconds: the pause of a worker, plus what a busy machine adds."""
AFTER: Final = 2.0
"""How long after a fault its effects, such as a closed connection, may appear, in seconds."""
REFUSALS: Final = frozenset({"not-payable", "still-running"})
"""The problems that callers may get at any time."""
PLAIN: Final = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
"""For HTTP without TLS: reading all certificate authorities for each client would take longer than most requests."""
OUTAGES: Final = frozenset({"unavailable", "busy"})
"""The problems that callers may get while a fault is active."""


@frozen
class Exchange:
    """A request and its result: a status, or an error of the connection. Times are of the monotonic clock, in seconds."""

    began: float
    ended: float
    request: str
    status: int | None
    problem: str | None = None
    error: str | None = None


@frozen
class Outage:
    """A period in which a fault was active."""

    began: float
    ended: float

    def covers(self, exchange: Exchange) -> bool:
        """Whether an exchange can have met the fault."""
        return exchange.began <= self.ended + AFTER and self.began <= exchange.ended

    def part_of(self, exchange: Exchange) -> float:
        """For how many seconds of an exchange the fault was at work: a server that is started again answers nobody."""
        return max(0.0, min(self.ended, exchange.ended) - max(self.began, exchange.began))


def complaint(exchange: Exchange, outages: list[Outage]) -> str | None:
    """What is wrong with an exchange, if anything."""
    seconds = exchange.ended - exchange.began - sum(outage.part_of(exchange) for outage in outages)
    if seconds > DEADLINE + SLACK:
        return f"{exchange.request} took {seconds:.1f} s without those of faults"
    if exchange.error is None and (exchange.problem is None or exchange.problem in REFUSALS):
        return None
    met_a_fault = any(outage.covers(exchange) for outage in outages)
    if met_a_fault and (exchange.error is not None or exchange.problem in OUTAGES):
        return None
    came = exchange.error or f"{exchange.status} {exchange.problem}"
    return f"{exchange.request}: {came}, {'which no fault explains' if met_a_fault else 'while no fault was at work'}"


@define
class Exchanges:
    """All exchanges: counts, the longest, and those that did not end with an answer. Threads share it."""

    counts: Counter[str] = Factory(Counter)
    longest: float = 0.0
    to_explain: list[Exchange] = Factory(list)
    outages: list[Outage] = Factory(list)
    lock: Lock = Factory(Lock)

    def add(self, exchange: Exchange) -> None:
        """Count an exchange."""
        seconds = exchange.ended - exchange.began
        with self.lock:
            self.counts["broken" if exchange.error else exchange.problem or "answered"] += 1
            self.longest = max(self.longest, seconds)
            if exchange.error or exchange.problem or seconds > DEADLINE:
                self.to_explain.append(exchange)

    @contextmanager
    def fault(self) -> Iterator[None]:
        """A context in which a fault is active."""
        began = time.monotonic()
        try:
            yield
        finally:
            self.outages.append(Outage(began, time.monotonic()))

    def complaints(self) -> list[str]:
        """What is wrong with the exchanges, given the times of all faults."""
        found = (complaint(each, self.outages) for each in self.to_explain)
        return [each for each in found if each is not None]


class Watched(httpx.HTTPTransport):
    """A transport that records every exchange of a client, retries included."""

    def __init__(self, exchanges: Exchanges) -> None:
        super().__init__(verify=PLAIN)
        self.exchanges = exchanges

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request, and read the whole answer."""
        began, what = time.monotonic(), f"{request.method} {request.url.path}"
        try:
            response = super().handle_request(request)
            response.read()
        except httpx.TransportError as error:
            name = f"{type(error).__name__} {error}"
            self.exchanges.add(Exchange(began, time.monotonic(), what, None, error=name))
            raise
        problem = None if response.is_success else Problem.of(response).name
        self.exchanges.add(Exchange(began, time.monotonic(), what, response.status_code, problem))
        return response
