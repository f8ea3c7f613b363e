"""Every decision is on record once, and can be retrieved byte for byte."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import partial
from threading import Thread

import pytest

from adjudicator import InputError, Instant, decide, dump_decision, load_case
from adjudicator.store import (
    DecisionStore,
    Filter,
    KeyReused,
    NotFound,
    NotSuperseded,
    RecordError,
    StillRunning,
    Summary,
    database,
    open_store,
)
from adjudicator.wire.codec import document_of
from adjudicator.wire.messages import DecisionPage
from benchmarks.measuring import steps
from store.cases import ADMISSION, ORDER, a_claim


def test_the_answer_is_the_librarys_decision_and_is_on_record(record: DecisionStore) -> None:
    text = a_claim()
    given = record.decide(text)
    assert given.decision == dump_decision(decide(load_case(text)))
    assert record.decision(given.id).content == given.decision
    assert load_case(record.case(given.id).content) == load_case(text)
    assert not given.repeat


def test_a_case_without_an_order_has_a_chain_of_its_own(record: DecisionStore) -> None:
    given = record.decide(json.dumps(ADMISSION), fill_settlements=True)
    assert record.decision(given.id).content == given.decision
    assert record.summary(given.id).order_id is None
    assert record.reserve(given.id) == ()
    assert record.verify() is None


def test_the_same_case_is_recorded_once(record: DecisionStore) -> None:
    first, second = record.decide(a_claim()), record.decide(a_claim())
    assert (second.id, second.decision, second.repeat) == (first.id, first.decision, True)
    assert len(record.entries(ORDER)) == 1


def test_a_case_at_fault_is_refused_and_leaves_nothing(record: DecisionStore) -> None:
    with pytest.raises(InputError):
        record.decide(b"{}")
    assert record.decisions().items == ()


@pytest.mark.parametrize("order", ["x" * 256, "a\0b"])
def test_an_id_that_no_column_holds_is_a_fault_with_its_place(record: DecisionStore, order: str) -> None:
    with pytest.raises(InputError) as refused:
        record.decide(a_claim(order=order))
    assert [fault.pointer for fault in refused.value.faults] == ["/order/id"]


def test_an_idempotency_key_gets_the_same_answer_also_from_another_worker(url: str) -> None:
    one, other = open_store(url), open_store(url)
    first = one.decide(a_claim(), fill_settlements=True, idempotency_key="K", caller="shop")
    one.reserve(first.id)
    one.close()
    again = other.decide(a_claim(), fill_settlements=True, idempotency_key="K", caller="shop")
    assert (again.id, again.decision, again.repeat) == (first.id, first.decision, True)
    other.close()


def test_an_idempotency_key_with_another_payload_is_refused(record: DecisionStore) -> None:
    record.decide(a_claim(), idempotency_key="K")
    for text, fill in ((a_claim(units=3), False), (a_claim(), True)):
        with pytest.raises(KeyReused):
            record.decide(text, idempotency_key="K", fill_settlements=fill)
    assert len(record.entries(ORDER)) == 1


def test_an_idempotency_key_belongs_to_its_caller(record: DecisionStore) -> None:
    record.decide(a_claim(), idempotency_key="K", caller="one")
    assert not record.decide(a_claim(units=3), idempotency_key="K", caller="other").repeat


def test_another_key_for_the_same_case_gets_the_existing_decision(record: DecisionStore) -> None:
    first = record.decide(a_claim(), idempotency_key="K")
    assert record.decide(a_claim(), idempotency_key="L").id == first.id
    assert len(record.entries(ORDER)) == 1


def test_one_key_at_the_same_moment_gets_one_decision(record: DecisionStore) -> None:
    """Each gets the answer, or learns that the request is in progress."""
    found: list[str] = []

    def ask() -> None:
        try:
            found.append(record.decide(a_claim(), idempotency_key="K").id)
        except StillRunning:
            found.append("running")

    threads = [Thread(target=ask) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 6
    assert len({*found} - {"running"}) == 1
    assert len(record.entries(ORDER)) == 1


@pytest.mark.parametrize("url", ["postgresql"], indirect=True)
def test_a_key_in_progress_is_a_conflict_on_postgresql(record: DecisionStore) -> None:
    """In SQLite the second writer waits for its turn and gets the answer."""
    with database.write_transaction(record.engine) as busy:
        from adjudicator.model.digest import digest

        assert database.try_lock(busy, digest([None, "K"]))
        with pytest.raises(StillRunning):
            record.decide(a_claim(), idempotency_key="K")
    assert not record.decide(a_claim(), idempotency_key="K").repeat


def test_a_new_decision_takes_the_place_of_an_old_one_and_leaves_it_as_it_was(record: DecisionStore) -> None:
    old = record.decide(a_claim())
    new = record.decide(a_claim(units=3), supersedes=old.id)
    assert record.decision(old.id).content == old.decision
    assert record.summary(old.id).superseded_by == new.id
    assert record.summary(new.id).supersedes == old.id
    assert record.decide(a_claim(units=3), supersedes=old.id).id == new.id
    assert record.verify() is None


def test_an_impossible_succession_is_refused(record: DecisionStore) -> None:
    old = record.decide(a_claim())
    with pytest.raises(NotSuperseded):
        record.decide(a_claim(order="another"), supersedes=old.id)
    record.decide(a_claim(units=3), supersedes=old.id)
    with pytest.raises(NotSuperseded):
        record.decide(a_claim(units=1), supersedes=old.id)
    with pytest.raises(NotFound):
        record.decide(a_claim(units=1), supersedes="nothing")


def test_a_recorded_decision_can_be_reproduced(record: DecisionStore) -> None:
    given = record.decide(a_claim(), fill_settlements=True)
    record.reserve(given.id)
    rerun = record.rerun(given.id)
    assert rerun.agrees
    assert rerun.now == rerun.recorded == given.decision


def test_a_rerun_reports_a_different_decision(record: DecisionStore, monkeypatch: pytest.MonkeyPatch) -> None:
    given = record.decide(a_claim())
    other = decide(load_case(a_claim(units=3)))
    monkeypatch.setattr("adjudicator.store.reading.decide", lambda *_: other)
    rerun = record.rerun(given.id)
    assert not rerun.agrees
    assert (rerun.recorded, rerun.now) == (given.decision, dump_decision(other))


def pages(record: DecisionStore, filter: Filter, limit: int) -> Iterator[Summary]:
    cursor = None
    while True:
        page = record.decisions(filter, cursor, limit)
        yield from page.items
        if (cursor := page.cursor) is None:
            return


def test_decisions_are_listed_page_by_page_in_the_order_of_their_last_change(record: DecisionStore) -> None:
    given = [record.decide(a_claim(f"AS-{n}", order=f"O-{n % 3}")).id for n in range(7)]
    assert [each.id for each in pages(record, Filter(), 2)] == given
    record.reserve(given[0])
    assert [each.id for each in pages(record, Filter(), 3)] == [*given[1:], given[0]]


def test_a_decision_in_a_list_costs_few_instructions(record: DecisionStore) -> None:
    for number in range(12):
        record.decide(a_claim(f"AS-{number}", order=f"O-{number}"))
    more, fewer = (steps(partial(record.decisions_document, limit=limit)) for limit in (12, 2))
    assert (more - fewer) / 10 < 260


def test_a_page_as_a_document_says_the_same(record: DecisionStore) -> None:
    """On decisions that were paid, superseded and erased, and on those without an order."""
    first = record.decide(a_claim("AS-1", order="O-1")).id
    record.decide(a_claim("AS-1", units=3, order="O-1"), supersedes=first)
    record.reserve(record.decide(a_claim("AS-2", order="O-2")).id)
    record.decide(a_claim("AS-3", order="O-3"))
    record.decide(json.dumps(ADMISSION))
    record.erase(order_id="O-3", reason="asked for")
    cursor, seen = None, 0
    while True:
        page, document = record.decisions(Filter(), cursor, 2), record.decisions_document(Filter(), cursor, 2)
        assert json.dumps(document) == json.dumps(document_of(DecisionPage(page.items, page.cursor)))
        seen += len(page.items)
        if (cursor := page.cursor) is None:
            break
    assert seen == 5


def test_a_decision_and_its_case_are_read_together(record: DecisionStore) -> None:
    decision = record.decide(a_claim("AS-1", order="O-1")).id
    assert record.decision_and_case(decision) == (record.decision(decision), record.case(decision))
    record.erase(order_id="O-1", reason="asked for")
    assert record.decision_and_case(decision) == (record.decision(decision), record.case(decision))


def test_decisions_are_listed_by_their_ids(record: DecisionStore) -> None:
    one, two = record.decide(a_claim("AS-1", order="O-1")), record.decide(a_claim("AS-2", units=3, order="O-2"))
    review = record.decide(json.dumps(ADMISSION))
    found = {
        name: {each.id for each in pages(record, Filter(**{name: value}), 10)}  # type: ignore[arg-type]  # each is named once
        for name, value in {
            "order_id": "O-1",
            "claim_id": "AS-2",
            "case_id": "AD-1",
            "outcome": "partially_approved",
            "policy": "douyin_global.authenticity",
        }.items()
    }
    assert found == {
        "order_id": {one.id},
        "claim_id": {two.id},
        "case_id": {review.id},
        "outcome": {one.id},
        "policy": {one.id, two.id},
    }
    since = record.summary(two.id).updated_at
    assert [each.id for each in pages(record, Filter(updated_since=since), 10)] == [two.id, review.id]


@pytest.mark.parametrize("cursor", ["", "nonsense", "YWJj", "eA==", "1"])
def test_an_invalid_cursor_is_refused(record: DecisionStore, cursor: str) -> None:
    with pytest.raises(ValueError, match="cursor"):
        record.decisions(cursor=cursor)


def test_missing_data_are_reported(record: DecisionStore) -> None:
    for ask in (record.decision, record.case, record.summary, record.rerun, record.reserve):
        with pytest.raises(NotFound):
            ask("nothing")


def test_a_record_that_may_not_migrate_needs_the_schema(url: str) -> None:
    with pytest.raises(RecordError, match="adjudicator migrate"):
        open_store(url, migrate=False)
    open_store(url).close()
    open_store(url, migrate=False).close()


@pytest.mark.parametrize("url", ["sqlite://", "sqlite:///:memory:", "mysql://there/x"])
def test_a_record_needs_a_place_to_be_kept(url: str) -> None:
    with pytest.raises(ValueError, match="the record needs"):
        open_store(url)


def test_a_decision_has_its_time_and_caller(record: DecisionStore) -> None:
    summary = record.summary(record.decide(a_claim(), caller="shop").id)
    assert summary.decided_by == "shop"
    assert summary.decided_at == summary.updated_at > Instant.parse("2026-06-01T00:00:00Z") - 1
