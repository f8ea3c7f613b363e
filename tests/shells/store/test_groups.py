"""Decisions recorded together leave the same record as the same decisions one after another."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import partial
from itertools import count
from pathlib import Path
from threading import Event, Thread
from time import sleep
from typing import Any

import pytest
import sqlalchemy as sa
from attrs import evolve, frozen
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from adjudicator.model.digest import digest
from adjudicator.model.time import Instant
from adjudicator.store import (
    DecisionStore,
    KeyReused,
    NotPayable,
    Payout,
    Recorded,
    RecordError,
    database,
    decisions,
    open_store,
    writing,
)
from adjudicator.store.chain import lock_chain
from adjudicator.store.entries import PreparedDecision
from adjudicator.store.event_tables import OUTBOX
from adjudicator.store.groups import Groups
from adjudicator.store.lookups import subject_of
from adjudicator.store.recording import NewDecision, record_together
from adjudicator.store.tables import CHAINS, DECISIONS, ENTRIES, PAYOUTS, REQUESTS, SEALED
from adjudicator.store.tenancy import DEFAULT_TENANT, bound, tenant_of
from adjudicator.wire.codec import load_case, normalised
from store.cases import UNIT, a_claim
from store.conftest import a_clock

EXAMPLES = count(1)
TABLES = (CHAINS, DECISIONS, ENTRIES, OUTBOX, PAYOUTS, REQUESTS, SEALED)


@frozen
class Asked:
    """A request in a history."""

    order: str
    claim: str
    units: int
    key: str | None

    def text(self, example: int) -> bytes:
        """The text of its case."""
        return a_claim(f"{self.claim}-{example}", order=f"{self.order}-{example}", units=self.units)

    def alone(self, record: DecisionStore, example: int, at: Instant) -> Any:
        """The result: a decision, or the type of an error."""
        key = self.key and f"{self.key}-{example}"
        try:
            return evolve(record, now=lambda: at).decide(self.text(example), idempotency_key=key, caller="c")
        except RecordError as error:
            return type(error)

    def new(self, example: int, at: Instant) -> NewDecision:
        """The decision, prepared for recording in a group."""
        case = load_case(self.text(example))
        payload = [digest(normalised(case)), False, None]
        key = self.key and f"{self.key}-{example}"
        return NewDecision(PreparedDecision.of(case), subject_of(case), payload, "c", key, lambda: at)


GROUPS_OF_REQUESTS = st.lists(
    st.lists(
        st.builds(
            Asked,
            st.sampled_from(("O1", "O2", "O3", "O4")),
            st.sampled_from("AB"),
            st.integers(1, 2),
            st.sampled_from((None, None, "k1", "k2", "k3")),
        ),
        min_size=1,
        max_size=6,
    ),
    min_size=1,
    max_size=3,
)


def rows_of(record: DecisionStore) -> dict[str, list[tuple[Any, ...]]]:
    """Everything on record, with the event log in order but without its numbers, which may have gaps."""
    found = {}
    with database.read_transaction(record.engine) as connection:
        for table in TABLES:
            columns = [each for each in table.c if table is not OUTBOX or each not in set(table.primary_key)]
            order = table.primary_key if table is OUTBOX else columns
            rows = [tuple(row) for row in connection.execute(sa.select(*columns).order_by(*order))]
            found[table.name] = rows if table is OUTBOX else sorted(rows, key=repr)
    return found


def test_a_group_leaves_the_record_as_its_decisions_one_after_another(
    record: DecisionStore, migrated_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same ids, times, entries, digests, events, answers and errors, over histories of several groups."""
    shutil.copyfile(migrated_file, tmp_path / "one-by-one.db")
    engine = database.engine_for(f"sqlite:///{tmp_path}/one-by-one.db")
    reference = DecisionStore(bound(engine, DEFAULT_TENANT), a_clock())
    monkeypatch.setattr("secrets.randbits", lambda _: 1)  # ids depend on the clock, which advances with each request
    monkeypatch.setattr("secrets.token_bytes", lambda length: b"\x01" * length)
    clock = a_clock()
    recorded_together = count()
    largest = [0]

    @settings(max_examples=max(12, settings().max_examples // 4), suppress_health_check=list(HealthCheck))
    @given(GROUPS_OF_REQUESTS)
    def check(groups: list[list[Asked]]) -> None:
        example = next(EXAMPLES)
        for group in groups:
            times = [clock() for _ in group]
            together = [each.new(example, at) for each, at in zip(group, times, strict=True)]
            outcomes: list[Any] = list(record_together(record.engine, together))
            for _ in filter(None, outcomes):
                next(recorded_together)
            largest[0] = max(largest[0], sum(each is not None for each in outcomes))
            in_group = [index for index, outcome in enumerate(outcomes) if outcome is not None]
            rest = [index for index, outcome in enumerate(outcomes) if outcome is None]
            for index in rest:
                outcomes[index] = group[index].alone(record, example, times[index])
            with monkeypatch.context() as patched:
                patched.setattr(decisions, "record_with_others", lambda *_: None)
                for index in (*in_group, *rest):
                    assert group[index].alone(reference, example, times[index]) == outcomes[index]
            assert rows_of(record) == rows_of(reference)

    check()
    assert record.verify() is None
    assert largest[0] > 1
    engine.dispose()


@contextmanager
def held_up(record: DecisionStore) -> Iterator[Groups[Any, Any]]:
    """Block all decisions of the record's tenant until the end of the block. Then they are recorded as one group."""
    by_tenant = record.engine.get_execution_options()[database.GROUPS]
    groups: Groups[Any, Any] = by_tenant.setdefault(tenant_of(record.engine), Groups())
    begun, end = Event(), Event()

    def hold_up(_: Sequence[Any]) -> list[Any]:
        begun.set()
        end.wait(20)
        return [None]

    holder = Thread(target=groups.answer, args=(None, hold_up))
    holder.start()
    assert begun.wait(20)
    try:
        yield groups
    finally:
        end.set()
        holder.join(20)


def together(record: DecisionStore, calls: Sequence[Callable[[], Any]]) -> list[Any]:
    """The results or errors of calls whose decisions arrive together, in this order."""
    outcomes: list[Any] = [None] * len(calls)

    def call(index: int) -> None:
        try:
            outcomes[index] = calls[index]()
        except BaseException as error:  # noqa: BLE001 - whatever it is, the test looks at it
            outcomes[index] = error

    threads = [Thread(target=call, args=(index,)) for index in range(len(calls))]
    with held_up(record) as groups:
        for number, each in enumerate(threads, 1):
            each.start()
            while len(groups._waiting) < number:
                sleep(0.001)
    for each in threads:
        each.join(60)
        assert not each.is_alive()
    return outcomes


@contextmanager
def counted_commits(record: DecisionStore) -> Iterator[list[int]]:
    """The transactions that are committed in the block."""
    commits: list[int] = []

    def note(_: sa.Connection) -> None:
        commits.append(1)

    sa.event.listen(record.engine, "commit", note)
    yield commits
    sa.event.remove(record.engine, "commit", note)


def test_decisions_on_different_orders_that_arrive_together_are_one_transaction(record: DecisionStore) -> None:
    calls = [partial(record.decide, a_claim("A", order=f"O-{n}"), idempotency_key=f"k-{n}") for n in range(8)]
    with counted_commits(record) as commits:
        recorded = together(record, calls)
    assert len(commits) == 1
    assert all(isinstance(each, Recorded) and not each.repeat for each in recorded)
    assert len({each.id for each in recorded}) == len(calls)
    assert record.verify() is None
    assert [call() for call in calls] == [evolve(each, repeat=True) for each in recorded]


def test_a_refusal_in_a_group_affects_only_its_request(record: DecisionStore) -> None:
    record.decide(a_claim("A", order="O-0"), idempotency_key="used")
    outcomes = together(
        record,
        [
            lambda: record.decide(a_claim("A", order="O-1"), idempotency_key="new"),
            lambda: record.decide(a_claim("A", order="O-2"), idempotency_key="used"),
            lambda: record.decide(a_claim("A", order="O-3")),
            lambda: record.decide(a_claim("A", order="O-3")),
        ],
    )
    assert isinstance(outcomes[1], KeyReused)
    assert [each.repeat for each in (outcomes[0], outcomes[2], outcomes[3])] == [False, False, True]
    assert outcomes[2].id == outcomes[3].id
    with database.read_transaction(record.engine) as connection:
        assert set(connection.scalars(sa.select(CHAINS.c.chain))) == {"order/O-0", "order/O-1", "order/O-3"}
    assert record.verify() is None


def test_after_a_database_error_each_request_of_a_group_has_its_own_outcome(
    record: DecisionStore, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Only its name is logged, because its text can have personal data."""

    def fail(later: writing.Later, connection: sa.Connection) -> None:
        for statement, rows in later._rows.items():
            connection.execute(statement, rows)
        connection.execute(sa.text("SELECT nothing FROM nowhere"))

    monkeypatch.setattr(writing.Later, "write", fail)
    calls = [partial(record.decide, a_claim("A", order=f"O-{n}")) for n in range(3)]
    outcomes = together(record, calls)
    assert [each.repeat for each in outcomes] == [False] * 3
    assert record.verify() is None
    assert {each.id for each in outcomes} == {each.id for each in record.decisions().items}
    found = [each.getMessage() for each in caplog.records if each.name == "adjudicator.store.recording"]
    assert {each.rpartition(": ")[2] for each in found} <= {"OperationalError", "ProgrammingError"}
    assert found


def test_a_clock_that_goes_back_does_not_reorder_a_chain(record: DecisionStore) -> None:
    first = record.decide(a_claim("A", order="O-1"))
    late = evolve(record, now=lambda: Instant.parse("2026-05-01T00:00:00Z"))
    outcomes = together(late, [lambda: late.decide(a_claim("B", order="O-1")), lambda: late.decide(a_claim("B"))])
    times = [record.standing(each.id).summary.decided_at for each in (first, *outcomes)]
    assert times == [times[0], times[0], late.now()]
    assert record.verify() is None


def test_two_claims_on_one_line_raced_in_a_group_are_paid_once(record: DecisionStore) -> None:
    given = together(record, [partial(record.decide, a_claim(claim)) for claim in "AB"])
    assert [each.repeat for each in given] == [False, False]
    paid: list[Payout] = []
    for each in given:
        with suppress(NotPayable):
            paid += record.reserve(each.id)
    assert sum(each.amount for each in paid if each.kind == "refund") == 2 * UNIT
    assert record.verify() is None


def test_tenants_do_not_wait_for_each_others_groups(record: DecisionStore) -> None:
    record.tenants.create("other")
    other = record.for_tenant("other")
    with held_up(record):
        given = other.decide(a_claim("A"), idempotency_key="k")
    assert not given.repeat
    assert record.decisions().items == ()
    assert not record.decide(a_claim("A"), idempotency_key="k").repeat


@pytest.mark.parametrize("url", ["postgresql"], indirect=True)
def test_a_locked_order_does_not_delay_the_others_of_its_group(
    record: DecisionStore,
) -> None:
    record.decide(a_claim("A", order="O-held"))
    done = Event()
    outcomes: list[Any] = []

    def decide_on_the_free_one() -> Recorded:
        recorded = record.decide(a_claim("B", order="O-free"))
        done.set()
        return recorded

    calls = [lambda: record.decide(a_claim("B", order="O-held")), decide_on_the_free_one]
    with database.write_transaction(record.engine) as connection:
        lock_chain(connection, "order/O-held")
        running = Thread(target=lambda: outcomes.extend(together(record, calls)))
        running.start()
        assert done.wait(8)
    running.join(30)
    assert [each.repeat for each in outcomes] == [False, False]
    assert record.verify() is None


def test_writers_killed_in_groups_lose_nothing_that_they_reported(url: str, tmp_path: Path) -> None:
    found = tmp_path / "ids"
    command = [sys.executable, "-c", KILLED, url, str(found)]
    running = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert running.stdin is not None
    assert running.stdout is not None
    running.stdin.write(a_claim("AS-?", order="O-?").decode() + "\n")
    running.stdin.flush()
    for _ in range(60):
        assert running.stdout.readline()
    running.kill()
    running.communicate(timeout=60)

    record = open_store(url)
    ids = found.read_text("utf-8").split()
    assert len(ids) >= 60
    known = {each.id for each in record.decisions(limit=1_000).items}
    assert set(ids) <= known
    assert record.verify() is None
    record.close()


KILLED = """
import sys, threading
from adjudicator.store import open_store

record, text = open_store(sys.argv[1]), sys.stdin.readline()
file, lock = open(sys.argv[2], "w", encoding="utf-8"), threading.Lock()

def write(name):
    for number in range(100_000):
        here = text.replace("AS-?", f"AS-{name}-{number}").replace("O-?", f"O-{name}-{number % 7}")
        given = record.decide(here, idempotency_key=f"{name}-{number}")
        with lock:
            file.write(given.id + "\\n")
            file.flush()
        print(name, flush=True)

for name in range(6):
    threading.Thread(target=write, args=(name,)).start()
"""
