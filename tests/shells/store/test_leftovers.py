"""What a worker of an earlier version leaves behind when it erases, a newer one erases after it."""

from __future__ import annotations

from pathlib import Path

import pytest
import sqlalchemy as sa

from adjudicator.model.time import Instant
from adjudicator.service.retention import Retention
from adjudicator.service.settings import Settings
from adjudicator.store import LEFTOVER_DAYS, DecisionStore, days_before, erase_leftovers, leftovers
from adjudicator.store.database import read_transaction
from adjudicator.store.file_tables import NAMED_FILES
from adjudicator.store.tenancy import across_tenants
from store.test_files_used_again import HASH, digest, naming
from store.test_rulings import REASON, entered, kept, on_record


@pytest.fixture
def _earlier(monkeypatch: pytest.MonkeyPatch) -> None:
    """Erase as versions did before schema 0012."""
    monkeypatch.setattr("adjudicator.store.chain.forget_named", lambda *_: None)
    monkeypatch.setattr("adjudicator.store.erasures.erase_rulings_on", lambda *_: None)


def left_of(record: DecisionStore, folder: Path) -> list[bool]:
    """Whether the text of a ruling, and a file that an erased case named, can still be found."""
    with read_transaction(across_tenants(record.engine)) as connection:
        files = repr(connection.execute(sa.select(NAMED_FILES)).all()).encode()
    everything = kept(record, folder) + files
    return [each.encode() in everything for each in (REASON, digest("a"))]


@pytest.mark.usefixtures("_earlier")
def test_files_and_rulings_that_an_earlier_version_left_are_erased_in_every_tenant(
    record: DecisionStore, tmp_path: Path
) -> None:
    record.tenants.create("other")
    for each in (record, record.for_tenant("other")):
        each.evidence_files.note({digest("a"): HASH, digest("b"): HASH})
        each.decide(naming("O-1", "a", "b"))
        each.decide(naming("O-2", "b"))
        entered(each, on_record(each))
        for target in ({"order_id": "O-1"}, {"subject": "buyer-7"}):
            each.erase(**target, reason="asked for")
        each.decide(naming("O-3", "b"))
    assert left_of(record, tmp_path) == [True, True]
    Retention(record, Settings(event_days=None)).round()
    assert left_of(record, tmp_path) == [False, False]
    for each in (record, record.for_tenant("other")):
        assert [each.evidence_files.has_seen(digest(name)) for name in "ab"] == [False, True]
        assert each.verify() is None
    assert erase_leftovers(record.engine, Instant(0)) == 0


@pytest.mark.usefixtures("_earlier")
def test_it_is_looked_for_some_at_a_time_and_not_for_ever(
    record: DecisionStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(leftovers, "AT_ONCE", 2)
    for number in range(3):
        record.decide(naming(f"O-{number}", f"{number}"))
        record.erase(order_id=f"O-{number}", reason="asked for")
    later = Instant(record.now() + (LEFTOVER_DAYS + 1) * 86_400_000_000)
    assert erase_leftovers(record.engine, days_before(later, LEFTOVER_DAYS)) == 0
    since = days_before(record.now(), LEFTOVER_DAYS)
    assert [erase_leftovers(record.engine, since) for _ in range(3)] == [2, 1, 0]
