"""Maintenance: the service carries out erasures and takes checkpoints, and reports what went wrong."""

from __future__ import annotations

import logging
import os
import time
from pathlib import Path

import httpx
import pytest
from attrs import evolve
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from litestar.testing import TestClient

from adjudicator import Instant
from adjudicator.cli import main
from adjudicator.service import server
from adjudicator.service.app import create_app
from adjudicator.service.forms import FORM_FOLDER
from adjudicator.service.settings import Settings
from adjudicator.service.upkeep import Upkeep
from adjudicator.store import DecisionStore, KeyExpired, Stage, expire_answers, open_store
from adjudicator.store import database as databases
from adjudicator.store.checkpoints import check_signature, find_checkpoint
from store.cases import ORDER, a_claim

only_sqlite = pytest.mark.parametrize("url", ["sqlite"], indirect=True)


def key_pair(folder: Path) -> tuple[str, bytes]:
    """The file of an Ed25519 private key, and the public key."""
    key = Ed25519PrivateKey.generate()
    file = folder / "signing.pem"
    file.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    form = serialization.PublicFormat.SubjectPublicKeyInfo
    return str(file), key.public_key().public_bytes(serialization.Encoding.PEM, form)


def test_a_service_continues_the_erasures_of_another(record: DecisionStore) -> None:
    given = record.decide(a_claim())
    erasure = record.erasures.request(order_id=ORDER, reason="asked for")
    with TestClient(create_app(Settings(), record)):
        for _ in range(300):
            if record.erasures.find(erasure.id).state is Stage.DONE:
                break
            time.sleep(0.02)
    assert record.erasures.find(erasure.id).erased == (given.id,)


def test_the_records_of_all_tenants_are_maintained(record: DecisionStore) -> None:
    for name in ("acme", "other"):
        record.tenants.create(name)
    stores = [record, record.for_tenant("acme"), record.for_tenant("other")]
    given = [each.decide(a_claim()).id for each in stores]
    asked = [each.erasures.request(order_id=ORDER, reason="asked for").id for each in stores[1:]]
    upkeep = Upkeep(record, Settings())
    for _ in range(20):
        upkeep.round()
    for each, erasure, decision in zip(stores[1:], asked, given[1:], strict=True):
        assert each.erasures.find(erasure).state is Stage.DONE
        assert each.erasures.find(erasure).erased == (decision,)
        assert each.decision(decision).erased
    assert not record.decision(given[0]).erased
    for each in stores:
        with databases.read_transaction(each.engine) as connection:
            first = find_checkpoint(connection, 1)
        assert first is not None
        assert [chain for chain, _, _ in first.chains] == [each.entries(ORDER)[0].chain]
        assert each.verify() is None


def test_checkpoints_are_signed_and_logged(
    record: DecisionStore, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    file, public = key_pair(tmp_path)
    record.decide(a_claim())
    with caplog.at_level(logging.INFO, "adjudicator.upkeep"):
        Upkeep(record, Settings(signing_key=file)).round()
        Upkeep(record, Settings(signing_key=file)).round()
    taken = record.checkpoint()
    check_signature(taken, public)
    assert [each.getMessage() for each in caplog.records] == [f"checkpoint 1 of tenant default: {taken.digest}"]
    record.decide(a_claim("AS-2"))
    Upkeep(record, Settings(checkpoint_minutes=None)).round()
    assert record.checkpoint().number == 2


def test_a_lasting_failure_is_logged_once(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    record = open_store(f"sqlite:///{tmp_path}/record.db")
    upkeep = Upkeep(record, Settings())
    with record.engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE erasures RENAME TO elsewhere")
    for _ in range(3):
        upkeep.round()
    assert [each.getMessage().partition(" at ")[0] for each in caplog.records] == ["OperationalError (SQLITE_ERROR)"]
    record.close()


def test_the_service_removes_data_older_than_its_settings_allow(record: DecisionStore, tmp_path: Path) -> None:
    given = record.decide(a_claim(), idempotency_key="D")
    record.reserve(given.id, idempotency_key="P")
    record.events.number()
    later = Instant(record.now() + 31 * 86_400_000_000)
    aged = evolve(record, now=lambda: later)
    Upkeep(aged, Settings(event_days=None)).round()
    record.reserve(given.id, idempotency_key="P")
    Upkeep(aged, Settings(event_days=30, event_archive=str(tmp_path), idempotency_days=30)).round()
    with pytest.raises(KeyExpired):
        record.reserve(given.id, idempotency_key="P")
    (file,) = tmp_path.glob("events-*")
    assert file.read_bytes().count(b"\n") == 4


def test_a_payout_step_that_is_repeated_too_late_is_refused(record: DecisionStore, client: httpx.Client) -> None:
    given = client.post("/v1/decisions", content=a_claim(), headers={"Content-Type": "application/json"})
    path = f"/v1/decisions/{given.headers['Decision-Id']}/payouts"
    for expected in (200, 410, 410):
        answer = client.post(path, json={"do": "reserve"}, headers={"Idempotency-Key": '"P"'})
        assert answer.status_code == expected
        expire_answers(record, Instant(record.now() + 86_400_000_000))
    assert answer.json()["type"] == "/v1/problems/key-expired"


@pytest.mark.usefixtures("capsysbinary")
def test_a_folder_that_cannot_take_the_archive_is_refused_before_serving(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["migrate"]) == 0
    for folder, status in (("nowhere", 1), (".", 0)):
        monkeypatch.setenv("ADJUDICATOR_EVENT_ARCHIVE", folder)
        assert main(["serve", "--check"]) == status, folder


@pytest.mark.usefixtures("capsysbinary")
def test_evidence_that_cannot_be_kept_or_verified_is_refused_before_serving(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "wrong.json").write_text('{"signers": [{"name": "Lumiere"}]}')
    (tmp_path / "trust.json").write_text('{"signers": []}')
    assert main(["migrate"]) == 0
    for name, value, status in (
        ("FILES", "nowhere/files", 1),
        ("FILES", "trust.json", 1),
        ("FILES", "created when serving", 0),
        ("FILES", "s3://", 1),
        ("FILES", ".", 0),
        ("TRUST", "nowhere.json", 2),
        ("TRUST", "wrong.json", 2),
        ("TRUST", "trust.json", 0),
    ):
        monkeypatch.setenv(f"ADJUDICATOR_EVIDENCE_{name}", value)
        assert main(["serve", "--check"]) == status, value
    assert not (tmp_path / "created when serving").exists()


@only_sqlite
def test_a_full_disk_is_logged_with_the_code_of_the_database(
    record: DecisionStore, token: str, caplog: pytest.LogCaptureFixture
) -> None:
    with TestClient(create_app(Settings(requests_per_minute=None), record)) as client:
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        with record.engine.connect() as connection:
            pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
        limit_pages(record, pages)
        answers = [
            client.post("/v1/decisions", content=a_claim(f"AS-{number}", order=f"O-{number}"), headers=headers)
            for number in range(30)
        ]
    (full,) = {each.status_code for each in answers} - {200}
    assert full == 503
    assert "OperationalError (SQLITE_FULL) at " in caplog.text
    assert "buyer-7" not in caplog.text


def limit_pages(record: DecisionStore, pages: int) -> None:
    """Prevent the file from growing, as on a full disk."""
    import sqlalchemy as sa

    @sa.event.listens_for(record.engine, "checkout")
    def checked_out(connection: object, _: object, __: object) -> None:
        connection.execute(f"PRAGMA max_page_count = {pages}")  # type: ignore[attr-defined] # the driver's


def test_the_folder_of_a_killed_server_with_the_same_process_id_is_removed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In a container every server has the same id."""
    monkeypatch.setattr(server, "gettempdir", lambda: str(tmp_path))
    kinds = (server.METRICS_FOLDER, FORM_FOLDER)
    old = {tmp_path / f"{kind}{os.getpid()}-old" for kind in kinds}
    others = {tmp_path / f"{kind}{os.getppid()}-running" for kind in kinds}
    for each in old | others:
        each.mkdir()
    server.remove_abandoned_folders()
    assert {*tmp_path.iterdir()} == others


@pytest.mark.usefixtures("capsysbinary")
def test_an_unsuitable_signing_key_is_refused_before_serving(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["migrate"]) == 0
    file, public = key_pair(tmp_path)
    (tmp_path / "public.pem").write_bytes(public)
    for name, status in ((file, 0), ("public.pem", 1), ("nowhere.pem", 2)):
        monkeypatch.setenv("ADJUDICATOR_SIGNING_KEY", name)
        assert main(["serve", "--check"]) == status, name
