"""Nothing false passes: not as an import, not as an answer that is given again, not as a time, a cursor or a ready service."""

from __future__ import annotations

import io
import shutil
from pathlib import Path
from types import SimpleNamespace

import pytest
import sqlalchemy as sa

from adjudicator.model.time import Instant
from adjudicator.service.problems import problem_for
from adjudicator.store import (
    Altered,
    DecisionStore,
    KeyReused,
    NotImportable,
    RecordError,
    Scope,
    State,
    open_store,
)
from adjudicator.store.tables import API_KEYS, REQUESTS, SEALED
from store.cases import ORDER, a_claim

only_sqlite = pytest.mark.parametrize("url", ["sqlite"], indirect=True)


def exported(record: DecisionStore) -> bytes:
    stream = io.BytesIO()
    record.export(stream)
    return stream.getvalue()


@pytest.fixture
def empty(tmp_path: Path) -> DecisionStore:
    return open_store(f"sqlite:///{tmp_path}/empty.db")


# Exports


@only_sqlite
def test_an_export_that_was_cut_off_anywhere_is_refused_whole(record: DecisionStore, empty: DecisionStore) -> None:
    given = record.decide(a_claim(), idempotency_key="D")
    record.reserve(given.id, idempotency_key="P")
    lines = exported(record).splitlines(keepends=True)
    nothing = exported(empty)
    for length in range(len(lines)):
        with pytest.raises(NotImportable):
            empty.import_(io.BytesIO(b"".join(lines[:length])))
        assert exported(empty) == nothing
    for kept in ([*lines[:-2], lines[-1]], [*lines, lines[-1]], [*lines, lines[1]]):
        with pytest.raises(NotImportable):
            empty.import_(io.BytesIO(b"".join(kept)))
    assert empty.import_(io.BytesIO(b"".join(lines))) == 4
    assert exported(empty) == b"".join(lines)
    empty.close()


# Idempotency keys


def test_an_idempotency_key_outlives_the_rotation_of_an_api_key_and_a_move(
    record: DecisionStore, empty: DecisionStore
) -> None:
    def key_on(store: DecisionStore, name: str) -> str:
        return store.api_keys.create(name, [Scope.DECIDE]).key.id

    before = key_on(record, "shop")
    given = record.decide(a_claim(), idempotency_key="K", caller=before)
    paid = record.reserve(given.id, idempotency_key="P", caller=before)
    record.api_keys.revoke(before)
    empty.import_(io.BytesIO(exported(record)))
    for store in (record, empty):
        rotated, other = key_on(store, "shop"), key_on(store, "somebody else")
        assert store.decide(a_claim(), idempotency_key="K", caller=rotated).id == given.id
        assert store.reserve(given.id, idempotency_key="P", caller=rotated) == paid
        with pytest.raises(KeyReused):
            store.decide(a_claim("AS-9"), idempotency_key="K", caller=rotated)
        assert store.decide(a_claim("AS-8"), idempotency_key="K", caller=other).id != given.id
    empty.close()


def test_a_key_that_was_kept_under_the_id_of_an_api_key_is_still_known(record: DecisionStore) -> None:
    """As earlier versions kept it: there was no name then."""
    given = record.decide(a_claim(), idempotency_key="K", caller="0123456789abcdef")
    with record.engine.begin() as connection:
        row = {"id": "0123456789abcdef", "name": "shop", "scopes": "decide", "secret": "0" * 64, "created_at": 0}
        connection.execute(API_KEYS.insert().values(**row))
    assert record.decide(a_claim(), idempotency_key="K", caller="0123456789abcdef").id == given.id
    with pytest.raises(KeyReused):
        record.decide(a_claim("AS-9"), idempotency_key="K", caller="0123456789abcdef")


# Answers that are given again


def test_an_answer_about_payouts_that_the_chain_does_not_bear_out_is_not_given(record: DecisionStore) -> None:
    given = record.decide(a_claim())
    record.reserve(given.id, idempotency_key="P")
    with record.engine.begin() as connection:
        answer = sa.func.replace(REQUESTS.c.answer, '"amount":592000', '"amount":992000')
        assert connection.execute(REQUESTS.update().values(answer=answer)).rowcount == 1
    with pytest.raises(Altered) as refused:
        record.reserve(given.id, idempotency_key="P")
    assert problem_for(refused.value).type.name == "internal"


def test_an_altered_decision_is_not_given_again(record: DecisionStore) -> None:
    record.decide(a_claim(), idempotency_key="D")
    with record.engine.begin() as connection:
        connection.execute(SEALED.update().values(content=sa.func.replace(SEALED.c.content, "buyer", "bayer")))
    with pytest.raises(Altered):
        record.decide(a_claim(), idempotency_key="D")


# Times


def test_the_times_of_an_order_never_go_back_with_the_clock(record: DecisionStore) -> None:
    given = record.decide(a_claim())
    record.reserve(given.id)
    reserved = max(each.updated_at for each in record.payouts(ORDER))
    object.__setattr__(record, "now", lambda: Instant.parse("2020-01-01T00:00:00Z"))
    record.settle(given.id, State.CONFIRMED)
    assert min(each.updated_at for each in record.payouts(ORDER)) >= reserved
    record.decide(a_claim("AS-2"), fill_settlements=True)
    times = [entry.document()["at"] for entry in record.entries(ORDER)]
    assert times == sorted(times)
    assert record.verify() is None


# Readiness and cursors


@only_sqlite
def test_a_full_disk_is_not_ready(record: DecisionStore, monkeypatch: pytest.MonkeyPatch) -> None:
    record.check()
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=1000))
    with pytest.raises(RecordError, match="the disk has 1000 bytes left"):
        record.check()


def test_to_look_at_a_record_makes_none(tmp_path: Path) -> None:
    with pytest.raises(RecordError, match="there is no record in"):
        open_store(f"sqlite:///{tmp_path}/nowhere.db", migrate=False)
    assert not (tmp_path / "nowhere.db").exists()


@pytest.mark.parametrize("place", ["9" * 30 + " x", "9" * 18 + " " + "x" * 300, "1 \0", "1", "x y", "²2 x", ""])
def test_a_cursor_that_no_page_gave_is_refused(record: DecisionStore, place: str) -> None:
    import base64

    with pytest.raises(ValueError, match="not a cursor of this record"):
        record.decisions(cursor=base64.urlsafe_b64encode(place.encode()).decode())
