"""False data are refused everywhere: in imports, repeated answers, times, cursors and readiness."""

from __future__ import annotations

import io
import json
import shutil
from hashlib import sha256
from pathlib import Path
from types import SimpleNamespace

import pytest
import sqlalchemy as sa
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from adjudicator.model.digest import digest
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
from adjudicator.store.chain import find_entry
from adjudicator.store.tables import API_KEYS, CHAINS, REQUESTS, SEALED
from adjudicator.wire.codec import load_case, normalised
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


def key_pair() -> tuple[bytes, bytes]:
    """An Ed25519 key, private and public, as PEM."""
    key = Ed25519PrivateKey.generate()
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    form = serialization.PublicFormat.SubjectPublicKeyInfo
    return private, key.public_key().public_bytes(serialization.Encoding.PEM, form)


def with_end(lines: list[bytes], **changed: object) -> bytes:
    """An export with a matching last line, as an intruder would write it."""
    end = json.loads(lines[-1]) | changed
    end["sha256"] = sha256(b"".join(lines[:-1])).hexdigest()
    return b"".join([*lines[:-1], json.dumps(end).encode() + b"\n"])


@only_sqlite
def test_a_shortened_export_is_detected_by_its_signature(record: DecisionStore, empty: DecisionStore) -> None:
    """An intruder who writes a new last line can remove a whole chain, but cannot sign the result."""
    private, public = key_pair()
    record.decide(a_claim())
    record.decide(a_claim(order="O-2"))
    stream = io.BytesIO()
    record.export(stream, private)
    lines = stream.getvalue().splitlines(keepends=True)
    end = json.loads(lines[-1])
    assert (end["entries"], end["chains"], len(end["heads"]), len(end["signature"])) == (2, 2, 64, 128)
    heads = json.dumps([json.loads(lines[1])[name] for name in ("chain", "number", "digest")], separators=(",", ":"))
    shorter = [*lines[:2], *lines[3:]]
    forged = with_end(shorter, entries=1, chains=1, heads=sha256(heads.encode() + b"\n").hexdigest())
    assert empty.import_(io.BytesIO(forged)) == 1  # without a key this cannot be detected
    for text in (forged, with_end(lines, signature=None), with_end(lines, signature="0" * 128), exported(record)):
        with pytest.raises(NotImportable, match="sign"):
            empty.import_(io.BytesIO(text), public)
    for text in (with_end(lines, chains=3), with_end(lines, heads="0" * 64), with_end(shorter, entries=1)):
        with pytest.raises(NotImportable, match="not those of the export"):
            empty.import_(io.BytesIO(text))
    with pytest.raises(NotImportable, match="not signed with this key"):
        empty.import_(io.BytesIO(b"".join(lines)), key_pair()[1])
    assert empty.import_(io.BytesIO(b"".join(lines)), public) == 1
    for nonsense in (b"nonsense", public):
        with pytest.raises(ValueError, match="an export needs a PEM private key"):
            record.export(io.BytesIO(), nonsense)
    empty.close()


def test_a_record_that_lost_entries_is_not_exported_as_if_it_were_whole(record: DecisionStore) -> None:
    record.decide(a_claim())
    with record.engine.begin() as connection:
        connection.execute(CHAINS.update().values(length=2, head="0" * 64))
    with pytest.raises(Altered, match="entries are missing"):
        record.export(io.BytesIO())


@only_sqlite
def test_an_export_of_the_version_before_can_still_be_imported(record: DecisionStore, empty: DecisionStore) -> None:
    """Its keys are bound to digests without a salt, which are not kept."""
    record.decide(a_claim(), idempotency_key="K")
    lines = [json.loads(line) for line in exported(record).splitlines()]
    payload = digest([digest(normalised(load_case(a_claim()))), False, None])
    lines[0]["version"] = 2
    lines[2]["payload"] = payload
    lines.insert(3, {"kind": "request", "request": "1" * 64, "payload": "2" * 64, "decision_id": None, "answer": ""})
    text = b"".join(json.dumps(line).encode() + b"\n" for line in lines[:-1])
    end = {"kind": "end", "entries": 1, "requests": 2, "sha256": sha256(text).hexdigest()}
    assert empty.import_(io.BytesIO(text + json.dumps(end).encode() + b"\n")) == 1
    assert payload.encode() not in exported(empty)
    assert empty.decide(a_claim(), idempotency_key="K").repeat
    with pytest.raises(KeyReused):
        empty.decide(a_claim("AS-9"), idempotency_key="K")
    empty.close()


@only_sqlite
@pytest.mark.parametrize("salt", ["0" * 64, "ab", "g" * 64])
def test_personal_data_with_another_kind_of_salt_are_not_imported(
    record: DecisionStore, empty: DecisionStore, salt: str
) -> None:
    record.decide(a_claim())
    lines = exported(record).splitlines(keepends=True)
    entry = json.loads(lines[1])
    lines[1] = json.dumps({**entry, "seal": {**entry["seal"], "salt": salt}}).encode() + b"\n"
    with pytest.raises(NotImportable, match="line 2: not a salt of personal data"):
        empty.import_(io.BytesIO(with_end(lines)))
    empty.close()


@only_sqlite
def test_an_answer_without_its_decision_is_not_imported(record: DecisionStore, empty: DecisionStore) -> None:
    given = record.decide(a_claim(), idempotency_key="K")
    lines = exported(record).splitlines(keepends=True)
    lines[2] = lines[2].replace(given.id.encode(), b"another")
    with pytest.raises(NotImportable, match="line 3: the answer to a request, decision another, is missing"):
        empty.import_(io.BytesIO(with_end(lines)))
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
        with pytest.raises(KeyReused) as reused:
            store.decide(a_claim("AS-9"), idempotency_key="K", caller=rotated)
        assert problem_for(reused.value).type.status == 422
        assert store.decide(a_claim("AS-8"), idempotency_key="K", caller=other).id != given.id
    empty.close()


def test_a_key_that_was_kept_under_the_id_of_an_api_key_is_still_known(record: DecisionStore) -> None:
    """Earlier versions stored keys this way, before keys had names."""
    given = record.decide(a_claim(), idempotency_key="K", caller="0123456789abcdef")
    with record.engine.begin() as connection:
        row = {"id": "0123456789abcdef", "name": "shop", "scopes": "decide", "secret": "0" * 64, "created_at": 0}
        connection.execute(API_KEYS.insert().values(**row))
    assert record.decide(a_claim(), idempotency_key="K", caller="0123456789abcdef").id == given.id
    with pytest.raises(KeyReused):
        record.decide(a_claim("AS-9"), idempotency_key="K", caller="0123456789abcdef")


# Repeated answers


def test_an_answer_about_payouts_that_contradicts_the_chain_is_not_given(record: DecisionStore) -> None:
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


def change_request(record: DecisionStore, **values: object) -> None:
    with record.engine.begin() as connection:
        assert connection.execute(REQUESTS.update().values(**values)).rowcount == 1


def test_another_decision_is_not_given_for_a_key_even_if_the_database_says_so(record: DecisionStore) -> None:
    """The key is bound to the decision by the salt of its data, and the case must be the one that was sent."""
    record.decide(a_claim(), idempotency_key="D")
    other = record.decide(a_claim("AS-2"))
    change_request(record, decision_id=other.id)
    with pytest.raises(KeyReused):
        record.decide(a_claim(), idempotency_key="D")
    with record.engine.connect() as connection:
        entry = find_entry(connection, other.id)
    assert entry is not None
    assert entry.seal is not None
    payload = digest([digest(normalised(load_case(a_claim()))), False, None])
    change_request(record, payload=entry.seal.commitment(payload))
    with pytest.raises(Altered, match="another case"):
        record.decide(a_claim(), idempotency_key="D")


@pytest.mark.parametrize("values", [{"decision_id": "none"}, {"decision_id": None, "answer": ""}])
def test_a_decision_that_is_missing_is_not_given_again(record: DecisionStore, values: dict[str, object]) -> None:
    record.decide(a_claim(), idempotency_key="D")
    payload = digest([digest(normalised(load_case(a_claim()))), False, None])
    change_request(record, **values, payload=payload)
    with pytest.raises(Altered, match="missing"):
        record.decide(a_claim(), idempotency_key="D")


def test_a_decision_with_a_rewritten_entry_does_not_fit_its_chain(record: DecisionStore) -> None:
    record.decide(a_claim(), idempotency_key="D")
    with record.engine.begin() as connection:
        connection.execute(CHAINS.update().values(head="1" * 64))
    with pytest.raises(Altered, match="does not fit"):
        record.decide(a_claim(), idempotency_key="D")


def test_a_repeat_with_settlements_that_were_filled_in_is_recognised(record: DecisionStore) -> None:
    first = record.decide(a_claim(units=1))
    record.reserve(first.id)
    given = record.decide(a_claim(), fill_settlements=True, idempotency_key="D")
    again = record.decide(a_claim(), fill_settlements=True, idempotency_key="D")
    assert (again.id, again.decision, again.repeat) == (given.id, given.decision, True)


@pytest.mark.parametrize("answer", ["[]", "", "nonsense", None])
def test_an_answer_that_lacks_payouts_is_not_given(record: DecisionStore, answer: str | None) -> None:
    given = record.decide(a_claim())
    record.reserve(given.id, idempotency_key="P")
    change_request(record, answer=answer)
    with pytest.raises(Altered):
        record.reserve(given.id, idempotency_key="P")


def test_payouts_of_another_step_are_not_given(record: DecisionStore) -> None:
    given = record.decide(a_claim())
    reserved = record.reserve(given.id, idempotency_key="P")
    record.settle(given.id, State.CONFIRMED, keys=[each.key for each in reserved])
    with record.engine.begin() as connection:
        answer = sa.func.replace(REQUESTS.c.answer, '"state":"reserved"', '"state":"confirmed"')
        connection.execute(REQUESTS.update().values(answer=answer))
    with pytest.raises(Altered, match="no such payout"):
        record.reserve(given.id, idempotency_key="P")


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


def test_reading_a_record_does_not_create_one(tmp_path: Path) -> None:
    with pytest.raises(RecordError, match="there is no record in"):
        open_store(f"sqlite:///{tmp_path}/nowhere.db", migrate=False)
    assert not (tmp_path / "nowhere.db").exists()


@pytest.mark.parametrize("place", ["9" * 30 + " x", "9" * 18 + " " + "x" * 300, "1 \0", "1", "x y", "²2 x", ""])
def test_a_forged_cursor_is_refused(record: DecisionStore, place: str) -> None:
    import base64

    with pytest.raises(ValueError, match="not a cursor of this record"):
        record.decisions(cursor=base64.urlsafe_b64encode(place.encode()).decode())
