"""The soak of ``make prove``: a short one, and tests that each of its checks fails when it should."""

from __future__ import annotations

import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import Any, Final

import pytest
from attrs import evolve

import warm
from adjudicator.model.money import Minor
from adjudicator.model.time import Instant
from adjudicator.wire.messages import PayoutStatus
from service.running import WARMED, started
from soak.checks import OWED, Recorded, decisions_at_fault, events_at_fault, payouts_at_fault
from soak.exchanges import AFTER, DEADLINE, SLACK, Exchange, Outage, complaint
from soak.findings import fault_counts
from soak.ledger import Answer, Ledger, Question, Step
from soak.plan import CALM, Fault, Kind, Plan
from soak.processes import FEWEST, MORE_FILES, MORE_KILOBYTES, SETTLED, Lives, Look, processes_in
from soak.run import Soak, soaked

SHORT: Final = 336
"""A seed whose first faults are a killed worker, a client that hangs up and a killed server."""
NOON: Final = Instant.parse("2026-01-01T12:00:00Z")
GIVEN: Final = Answer("D-1", "bytes")
RESERVING: Final = Step("D-1", "reserve", 0)


# The whole

only_linux = pytest.mark.skipif(sys.platform != "linux", reason="processes are looked at as Linux shows them")


@pytest.fixture
def _copies(warmed: warm.Server) -> Iterator[None]:
    """Servers are forked, as in the tests of the service, which may run in this process."""
    before = [*WARMED]
    WARMED[:] = [warmed]
    yield
    WARMED[:] = before


@only_linux
@pytest.mark.usefixtures("_copies")
def test_a_short_soak_finds_nothing_and_leaves_nothing_behind(tmp_path: Path) -> None:
    soak = Soak(seed=SHORT, seconds=4, folder=tmp_path / "soak", fresh=False)
    findings = soaked(soak, lambda _: None)
    assert [each.complaints for each in findings] == [()] * len(findings)
    assert all(
        each.count for each in findings if each.checked.startswith(("faults", "requests", "decisions", "events"))
    )
    assert not soak.folder.exists()


@only_linux
@pytest.mark.usefixtures("_copies")
def test_an_interrupted_soak_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    interrupts = []

    def interrupted(_: str) -> None:
        interrupts.append(time.monotonic())
        raise KeyboardInterrupt

    servers = servers_noted(monkeypatch)
    with pytest.raises(KeyboardInterrupt):
        soaked(Soak(seed=1, seconds=10, folder=tmp_path / "soak", fresh=False), interrupted)
    assert time.monotonic() - interrupts[0] < 10
    assert not (tmp_path / "soak").exists()
    assert [each for server in servers for each in processes_in(server)] == []


def servers_noted(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The processes of the servers that are started from now on."""
    found: list[int] = []

    def noted(*arguments: Any, **named: Any) -> Any:
        running = started(*arguments, **named)
        found.append(running.process.pid)
        return running

    monkeypatch.setattr("soak.injection.started", noted)
    return found


# The plan


def test_a_plan_is_the_same_for_a_seed_and_ends_in_a_calm() -> None:
    plan, again, other = Plan(1, 600), Plan(1, 600), Plan(2, 600)
    assert first(plan.lively()) == first(again.lively()) != first(other.lively())
    assert first(plan.calm()) == first(again.calm()) != first(other.calm())
    assert {fault.kind for fault in first(plan.lively(), len(Kind))} == {*Kind}
    assert {fault.kind for fault in first(plan.calm())} == {*CALM}
    assert all((each.seconds > 0) == (each.kind is Kind.PAUSE) for each in first(plan.lively()))


def first(faults: Iterable[Fault], count: int = 100) -> list[Fault]:
    return [*islice(faults, count)]


# What is answered


def test_another_answer_to_the_same_key_is_detected() -> None:
    ledger = Ledger()
    ledger.decided("key", "order", GIVEN)
    ledger.decided("key", "order", GIVEN)
    ledger.settled(RESERVING, (a_payout(),))
    ledger.settled(RESERVING, (a_payout(),))
    ledger.settled(RESERVING, None)
    assert ledger.violations == []
    ledger.decided("key", "order", evolve(GIVEN, digest="others"))
    ledger.settled(RESERVING, (a_payout(amount=2),))
    assert len(ledger.violations) == 2


def an_exchange(seconds: float = 1.0, began: float = 100.0, **outcome: Any) -> Exchange:
    return Exchange(began, began + seconds, "GET /", **{"status": 200, **outcome})


AT_WORK: Final = [Outage(100.0, 103.0)]
REFUSED: Final[Mapping[str, Any]] = {"status": 409, "problem": "not-payable"}
AWAY: Final[Mapping[str, Any]] = {"status": 503, "problem": "unavailable"}
BUG: Final[Mapping[str, Any]] = {"status": 500, "problem": "internal"}
BROKEN: Final[Mapping[str, Any]] = {"status": None, "error": "ReadError"}


@pytest.mark.parametrize(
    ("exchange", "outages", "expected"),
    [
        (an_exchange(), [], None),
        (an_exchange(**REFUSED), [], None),
        (an_exchange(DEADLINE + SLACK + 1), [], "took 29.0 s"),
        (an_exchange(DEADLINE + SLACK + 4), AT_WORK, "took 29.0 s"),
        (an_exchange(DEADLINE + SLACK + 2), AT_WORK, None),
        (an_exchange(**AWAY), AT_WORK, None),
        (an_exchange(**AWAY), [], "503 unavailable, while no fault was at work"),
        (an_exchange(**BROKEN), AT_WORK, None),
        (an_exchange(began=103 + AFTER - 0.1, **BROKEN), AT_WORK, None),
        (an_exchange(began=103 + AFTER + 0.1, **BROKEN), AT_WORK, "ReadError, while no fault was at work"),
        (an_exchange(began=90, **BROKEN), AT_WORK, "ReadError, while no fault was at work"),
        (an_exchange(**BUG), AT_WORK, "500 internal, which no fault explains"),
        (an_exchange(status=404, problem="not-found"), AT_WORK, "404 not-found, which no fault explains"),
    ],
)
def test_a_problem_without_a_fault_is_detected(exchange: Exchange, outages: list[Outage], expected: str | None) -> None:
    found = complaint(exchange, outages)
    assert found is None if expected is None else expected in (found or "")


# What is on record


def a_payout(state: str = "reserved", amount: int = 1) -> PayoutStatus:
    return PayoutStatus(
        key="K",
        reference="K",
        attempt=1,
        state=state,
        kind="refund",
        line_id="L1",
        amount=Minor(amount),
        currency="CNY",
        units=1,
        order_id="order",
        claim_id="claim",
        decision_id="D-1",
        reserved_at=NOON,
        confirmed_at=None,
        updated_at=NOON,
    )


def an_entry(number: int, **fields: Any) -> dict[str, Any]:
    """A decision, or a step of a payout if ``state`` is set."""
    kind = {"kind": "payout" if "state" in fields else "decision"}
    award = {"key": "K", "attempt": 1, "award": "refund", "line_id": "L1", "claim_id": "claim", "amount": 1}
    return {
        "id": f"D-{number}",
        "number": number,
        "order_id": "order",
        "digest": f"digest {number}",
        **kind,
        **award,
    } | fields


def an_event(entry: Mapping[str, Any]) -> dict[str, Any]:
    happened = f"payout.{entry['state']}" if "state" in entry else "decision.recorded"
    about = {"order_id": entry["order_id"], "sequence": entry["number"], "digest": entry["digest"]}
    return {"id": f"E-{entry['number']}", "type": happened, "data": about}


def a_record(*entries: dict[str, Any]) -> Recorded:
    return Recorded(entries, tuple(map(an_event, entries)), {"D-1": "bytes"})


DECIDED: Final = an_entry(1)
RESERVED: Final = an_entry(2, state="reserved")
CONFIRMED: Final = an_entry(3, state="confirmed")
REVERSED: Final = an_entry(4, state="reversed")
SOUND: Final = a_record(DECIDED, RESERVED, CONFIRMED)
POLLED: Final = ("E-1", "E-2", "E-3")


def a_ledger(*entries: Mapping[str, Any]) -> Ledger:
    """A claim of three units was decided under a key, what it awards was reserved, and the other steps of payouts were answered too."""
    ledger = Ledger(asked={"key": Question("order", "claim", 3)}, answers={"key": GIVEN})
    ledger.steps[RESERVING] = (a_payout(),)
    for number, entry in enumerate(each for each in entries if "state" in each):
        answered = evolve(a_payout(entry["state"]), key=entry["key"], attempt=entry["attempt"])
        ledger.steps[Step("D-1", entry["state"], number)] = (answered,)
    return ledger


def test_a_sound_record_has_no_faults() -> None:
    assert [*decisions_at_fault(a_ledger(), SOUND)] == []
    for entries in ((DECIDED, RESERVED, CONFIRMED), (DECIDED, RESERVED, CONFIRMED, REVERSED)):
        assert [*payouts_at_fault(a_ledger(*entries), a_record(*entries))] == []
    assert [*events_at_fault(POLLED, SOUND)] == []
    due = {"id": "E-9", "type": "review.due", "data": {}}
    for polled in (POLLED, (*POLLED, "E-9")):
        assert [*events_at_fault(polled, evolve(SOUND, events=(*SOUND.events, due)))] == []


@pytest.mark.parametrize(
    ("change", "recorded", "expected"),
    [
        (lambda _: None, evolve(SOUND, contents={}), "is not on record"),
        (lambda _: None, evolve(SOUND, contents={"D-1": "others"}), "with other bytes"),
        (lambda _: None, a_record(DECIDED, an_entry(2)), "D-2 is on record, and is the answer to no request"),
        (lambda ledger: ledger.asks("more", Question("order", "claim", 1)), SOUND, "more was never answered"),
    ],
)
def test_a_lost_altered_or_duplicate_decision_is_detected(
    change: Callable[[Ledger], None], recorded: Recorded, expected: str
) -> None:
    ledger = a_ledger()
    change(ledger)
    (found,) = decisions_at_fault(ledger, recorded)
    assert expected in found


MOST: Final = OWED["refund"]


@pytest.mark.parametrize(
    ("entries", "expected"),
    [
        ((RESERVED, CONFIRMED, CONFIRMED), "became confirmed when it was confirmed"),
        ((RESERVED, REVERSED, CONFIRMED), "became confirmed when it was reversed"),
        ((RESERVED, RESERVED), "became reserved when it was reserved"),
        (
            (RESERVED, {**RESERVED, "key": "K2", "amount": MOST}),
            f"{MOST + 1} of ('refund', 'L1'), where {MOST} is owed",
        ),
        ((RESERVED, {**RESERVED, "key": "K2", "award": "gift"}), "1 of ('gift', 'L1'), where 0 is owed"),
        ((RESERVED, {**RESERVED, "key": "K2", "claim_id": "no claim"}), "1 of ('refund', 'no claim'), where 0 is owed"),
        ((RESERVED, {**RESERVED, "attempt": 2}), "was reserved while an earlier attempt counted"),
        ((RESERVED, CONFIRMED, {**RESERVED, "attempt": 2}), "was reserved while an earlier attempt counted"),
        ((DECIDED,), "was answered with K as reserved, which is not on record"),
    ],
)
def test_money_paid_twice_or_not_owed_is_detected(entries: tuple[dict[str, Any], ...], expected: str) -> None:
    (found,) = payouts_at_fault(a_ledger(*entries), a_record(*entries))
    assert expected in found


@pytest.mark.parametrize(("units", "amount"), [(1, MOST // 3), (2, 2 * (MOST // 3)), (3, MOST)])
def test_more_money_than_the_units_of_a_claim_are_worth_is_seen(units: int, amount: int) -> None:
    """Also where it is not more than the whole line is worth."""
    for award, times in (("refund", 1), ("compensation", 10)):
        entries = ({**RESERVED, "award": award, "amount": times * amount}, {**RESERVED, "key": "K2", "award": award})
        ledger = a_ledger(*entries)
        ledger.asked["key"] = Question("order", "claim", units)
        (found,) = payouts_at_fault(ledger, a_record(*entries))
        assert f"where {times * amount} is owed" in found
        assert [*payouts_at_fault(ledger, a_record(entries[0], {**entries[1], "amount": 0}))] == []


def test_a_step_for_which_nobody_asked_is_seen() -> None:
    (found,) = payouts_at_fault(a_ledger(RESERVED), a_record(RESERVED, CONFIRMED))
    assert found == "payout ('K', 1) is on record as confirmed, and in the answer to no request"


def test_reversed_money_may_be_paid_again() -> None:
    again = {**RESERVED, "attempt": 2, "amount": MOST}
    entries = (RESERVED, REVERSED, again)
    assert [*payouts_at_fault(a_ledger(*entries), a_record(*entries))] == []


FIRST, SECOND, THIRD = SOUND.events


@pytest.mark.parametrize(
    ("events", "polled", "expected"),
    [
        ((FIRST, SECOND), POLLED[:2], "no event tells order 3 payout.confirmed digest 3"),
        ((*SOUND.events, an_event(REVERSED)), (*POLLED, "E-4"), "no entry is behind the event of order 4"),
        ((FIRST, THIRD, SECOND), ("E-1", "E-3", "E-2"), "the events of order have 3 after 1"),
        ((FIRST, SECOND, SECOND, THIRD), ("E-1", "E-2", "E-2", "E-3"), "event E-2 is in the log 2 times"),
        (SOUND.events, ("E-1", "E-3"), "2 events were polled, and the log begins with others"),
        (SOUND.events, ("E-1", "E-3", "E-2"), "3 events were polled, and the log begins with others"),
        (SOUND.events, ("E-1", "E-2"), "event E-3 was not polled"),
    ],
)
def test_a_lost_duplicate_or_misordered_event_is_detected(
    events: tuple[dict[str, Any], ...], polled: tuple[str, ...], expected: str
) -> None:
    assert any(expected in each for each in events_at_fault(polled, evolve(SOUND, events=events)))


# What is left of a soak


def test_a_growing_worker_is_detected() -> None:
    steady = [Look(20, 100_000, SETTLED)] * FEWEST
    files = [Look(20 + n * 10, 100_000, SETTLED + n) for n in range(FEWEST)]
    memory = [Look(20, 100_000 + n * 10_000, SETTLED + n) for n in range(FEWEST)]
    starting = [Look(n, n * 2_000, SETTLED * n / FEWEST) for n in range(FEWEST)]
    assert files[-1].files > MORE_FILES
    assert memory[-1].kilobytes > MORE_KILOBYTES
    assert Lives({1: steady, 2: files[:-1], 3: [*starting, *steady]}).complaints() == []
    told = Lives({1: steady, 2: files, 3: memory}).complaints()
    assert [each.partition(" grew")[0] for each in told] == ["worker 2", "worker 3"]


def test_a_soak_without_faults_proves_nothing() -> None:
    assert not fault_counts(Counter()).row.holds
    assert fault_counts(Counter({Kind.PAUSE: 2})).row.holds
