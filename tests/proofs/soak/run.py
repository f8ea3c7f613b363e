"""A soak from start to end: load and faults for some time, then a check of everything."""

from __future__ import annotations

import shutil
import uuid
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from itertools import count
from pathlib import Path
from random import Random
from threading import Event, Thread
from time import monotonic
from typing import Final, TypeVar

from attrs import Factory, define, field, frozen

from adjudicator.client import Client
from adjudicator.store import DecisionStore, Scope, open_store
from soak.callers import Caller, Follower, a_client, decide, settle
from soak.exchanges import Exchanges
from soak.findings import Finding, findings_on_record, findings_on_service
from soak.injection import Injector, Server
from soak.ledger import Ledger
from soak.plan import Plan
from soak.processes import Lives

T = TypeVar("T")

CALLERS: Final = 6
LOOK: Final = 1.0
"""Seconds between two observations of the workers."""
MOST_REPEATED: Final = 1_000
"""How many answered requests are sent again at the end."""
FOREVER: Final = 300.0
"""Seconds to wait for a thread that should end."""


@frozen
class Soak:
    """The settings of a soak. ``database`` is a PostgreSQL in which a tenant is created; without it, the record is a file."""

    seed: int
    seconds: float
    folder: Path
    database: str | None = None
    fresh: bool = True
    """Whether the server is a process of its own; else a copy of one that has imported everything."""


@define
class Parts:
    """The participants in a soak."""

    soak: Soak
    server: Server
    token: str
    ledger: Ledger = Factory(Ledger)
    exchanges: Exchanges = Factory(Exchanges)
    lives: Lives = Factory(Lives)
    over: Event = Factory(Event)
    """Set when the callers must stop."""
    calm: Event = Factory(Event)
    """Set when faults and observation of the workers must stop."""
    threads: list[Thread] = Factory(list)
    clients: list[Client] = Factory(list)
    follower: Follower = field(init=False)
    injector: Injector = field(init=False)

    def __attrs_post_init__(self) -> None:
        plan = Plan(self.soak.seed, self.soak.seconds)
        chance = Random(f"injector {self.soak.seed}")
        self.injector = Injector(self.server, plan, self.ledger, self.exchanges, self.token, chance, self.calm)
        self.follower = Follower(self.client(), self.ledger, self.over)

    def client(self) -> Client:
        """Create another client."""
        made = a_client(self.server.url, self.token, self.exchanges)
        self.clients.append(made)
        return made

    def callers(self) -> Iterator[Caller]:
        """The callers, each with its own plan."""
        turns = count()
        for number in range(CALLERS):
            chance = Random(f"caller {number} {self.soak.seed}")
            yield Caller(f"{number}", self.client(), self.ledger, chance, turns, self.over)

    def begin(self, name: str, work: Callable[[], None]) -> Thread:
        """Run something in a thread. If it raises, the soak reports that as a fault."""

        def run() -> None:
            try:
                work()
            except Exception as error:  # noqa: BLE001 - whatever it is, the soak has found it
                self.ledger.require(False, f"{name} ended with {type(error).__name__}: {error}")

        thread = Thread(target=run, name=name, daemon=True)
        self.threads.append(thread)
        thread.start()
        return thread

    def look(self) -> None:
        """Observe the workers at intervals."""
        while not self.calm.wait(LOOK):
            self.lives.look(self.server.workers())

    def end(self) -> None:
        """Stop everything that still runs. Only the faults' thread could restart a server, so this waits for it."""
        self.over.set()
        self.calm.set()
        self.server.abandon()
        for thread in self.threads:
            thread.join(FOREVER if thread.name == "faults" else 0.0)
        self.server.end()
        for each in self.clients:
            each.close()


def soaked(soak: Soak, tell: Callable[[str], None]) -> tuple[Finding, ...]:
    """Run a soak. Deletes its folder afterwards, unless it found something: then the record and the server's output stay in it."""
    shutil.rmtree(soak.folder, ignore_errors=True)
    soak.folder.mkdir(parents=True)
    url = soak.database or f"sqlite:///{soak.folder.resolve()}/record.db"
    kept = False
    try:
        with a_tenant(url) as (record, token):
            findings = under_load(Parts(soak, Server(soak.folder.resolve(), url, soak.fresh), token), record, tell)
        kept = any(finding.complaints for finding in findings)
        return findings
    finally:
        if not kept:
            shutil.rmtree(soak.folder, ignore_errors=True)


@contextmanager
def a_tenant(url: str) -> Iterator[tuple[DecisionStore, str]]:
    """The record of a new tenant, and the token of one of its keys."""
    store = open_store(url)
    try:
        record = store.for_tenant(store.tenants.create(f"soak-{uuid.uuid4().hex[:12]}").name)
        yield record, record.api_keys.create("soak", [Scope.DECIDE, Scope.READ, Scope.PAY]).token
    finally:
        store.close()


def under_load(parts: Parts, record: DecisionStore, tell: Callable[[str], None]) -> tuple[Finding, ...]:
    """Load the service and inject faults until the time is over, then stop it and check everything."""
    try:
        parts.server.start()
        load(parts, tell)
        tell("asking once more for what was answered")
        join([parts.begin("asking again", partial(ask_again, parts))], parts)
        complaint = parts.server.stop()
        parts.ledger.require(complaint is None, f"{complaint}")
    finally:
        parts.end()
    tell("checking the record")
    service = findings_on_service(parts.ledger, parts.exchanges, parts.lives, parts.injector.counts)
    return (*service, *findings_on_record(parts.ledger, record))


def load(parts: Parts, tell: Callable[[str], None]) -> None:
    """Run the callers, the faults and the observation of workers, for the duration of the soak."""
    began, seconds = monotonic(), parts.soak.seconds
    users = [parts.begin(f"caller {each.name}", each.run) for each in parts.callers()]
    users.append(parts.begin("follower", parts.follower.run))
    parts.begin("looks", parts.look)
    injecting = parts.begin("faults", parts.injector.run)
    for share in range(1, 11):
        parts.over.wait(max(0.0, began + seconds * share / 10 - monotonic()))
        tell(f"{seconds * share / 10:.0f} of {seconds:.0f} s, {parts.exchanges.counts.total():,} requests")
    parts.calm.set()
    join([injecting], parts)
    parts.over.set()
    join(users, parts)


def join(threads: Iterable[Thread], parts: Parts) -> None:
    """Wait for threads that are about to end."""
    for thread in threads:
        thread.join(FOREVER)
        parts.ledger.require(not thread.is_alive(), f"{thread.name} did not end")


def ask_again(parts: Parts) -> None:
    """Ask again for everything that was never answered, and for some of what was: the ledger compares the answers."""
    client, ledger = parts.clients[0], parts.ledger
    unanswered = [key for key in ledger.asked if key not in ledger.answers]
    for key in [*unanswered, *some(ledger.answers, parts.soak.seed)]:
        if "\n" not in key:
            decide(client, ledger, key, ledger.asked[key])
    for step in some(ledger.steps, parts.soak.seed):
        settle(client, ledger, step)
    parts.follower.catch_up()


def some(keys: Iterable[T], seed: int) -> list[T]:
    """Some of the keys, or all if they are few."""
    every = [*keys]
    return Random(f"again {seed}").sample(every, min(MOST_REPEATED, len(every)))
