"""The commands on the record."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from standardwebhooks import Webhook

from adjudicator.cli import main
from adjudicator.store import Access, DecisionStore, Scope, open_store
from adjudicator.store.drill import _sampled
from service.receiving import receiver
from store.cases import ORDER, a_claim

Run = Callable[..., tuple[int, bytes, str]]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsysbinary: pytest.CaptureFixture[bytes], tmp_path: Path) -> Run:
    """Run a command in an empty directory, where the record is a file by default."""
    monkeypatch.delenv("DATABASE_URL", raising=False)
    monkeypatch.chdir(tmp_path)

    def run(*arguments: str, given: bytes = b"") -> tuple[int, bytes, str]:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(given)))
        status = main(arguments)
        out, err = capsysbinary.readouterr()
        return status, out, err.decode()

    return run


@pytest.fixture
def here(run: Run) -> DecisionStore:  # noqa: ARG001 - the directory is its
    """The record that the commands use by default."""
    record = open_store()
    record.reserve(record.decide(a_claim()).id)
    record.close()
    return record


def test_the_record_is_verified(run: Run, here: DecisionStore) -> None:
    assert run("audit", "verify") == (0, b"the record is in order (entries read: 4, chains: 1)\n", "")
    with here.engine.connect().execution_options(writes=True) as connection, connection.begin():
        connection.exec_driver_sql("UPDATE payouts SET amount = 1 WHERE kind = 'refund'")
    status, out, _ = run("audit", "verify")
    assert status == 1
    assert out.decode() == f"broken at order/{ORDER}, entry 2: its row in the list of payouts is wrong\n"
    here.close()


@pytest.mark.usefixtures("here")
def test_a_record_moves_from_sqlite_to_another_database(run: Run, url: str) -> None:
    _, exported, _ = run("audit", "export")
    there = url.replace("record.db", "another.db")
    assert run("audit", "import", "-", "--database", there, given=exported) == (0, b"4 new entries\n", "")
    assert run("audit", "export", "--database", there)[1] == exported
    assert run("audit", "verify", "--database", there)[0] == 0


def test_an_export_says_which_rulings_it_leaves_behind(run: Run, here: DecisionStore) -> None:
    assert run("audit", "export")[2] == ""
    decision = here.decide(a_claim())
    here.rulings.enter(decision.id, {"reason": "Forged."}, version=here.standing(decision.id).version, caller="ann")
    status, exported, said = run("audit", "export")
    assert (status, b"Forged" in exported) == (0, False)
    assert said.endswith("which are not in the export: 1\n")
    here.close()


def test_a_drill_restores_each_tenant_and_shows_that_it_is_whole(run: Run, here: DecisionStore) -> None:
    """With an idempotency key, an erasure, a checkpoint and a second tenant."""
    here.tenants.create("acme")
    here.for_tenant("acme").decide(a_claim())
    here.decide(a_claim(order="O-2"), idempotency_key="K", caller="someone")
    here.erase(order_id="O-2", reason="asked")
    here.checkpoint()
    before = {name: run("audit", "export", "--tenant", name)[1] for name in ("default", "acme")}
    status, out, _ = run("audit", "drill")
    first, second = (json.loads(line) for line in out.splitlines())
    assert status == 0
    assert first.pop("seconds") >= 0
    assert first == {
        "tenant": "acme",
        "entries": 1,
        "decisions": 1,
        "rerun": 1,
        "erased": 0,
        "faults": [],
        "restorable": True,
    }
    assert (second["tenant"], second["entries"], second["decisions"], second["rerun"], second["erased"]) == (
        *("default", 6, 2, 1),
        1,
    )
    assert {name: run("audit", "export", "--tenant", name)[1] for name in before} == before
    here.close()


@pytest.mark.usefixtures("here")
def test_a_drill_finds_what_a_kept_export_lacks(run: Run, tmp_path: Path) -> None:
    kept = tmp_path / "kept.ndjson"
    kept.write_bytes(run("audit", "export")[1])
    assert run("audit", "drill", "kept.ndjson", "--sample", "0")[0] == 0
    store = open_store()
    store.decide(a_claim(ticket="T-9"))
    (tmp_path / "later.json").write_bytes(store.checkpoint().dump())
    store.close()
    status, out, _ = run("audit", "drill", "kept.ndjson", "--checkpoint", "later.json")
    assert status == 1
    assert "does not reach the checkpoint" in json.loads(out)["faults"][0]
    kept.write_bytes(kept.read_bytes().replace(b'"amount', b'"Amount', 1))
    status, out, _ = run("audit", "drill", "kept.ndjson")
    assert (status, json.loads(out)["restorable"]) == (1, False)
    assert "cannot be imported" in json.loads(out)["faults"][0]
    assert run("audit", "drill", "missing.ndjson")[0] == 2
    assert run("audit", "drill", "--checkpoint", "later.json")[0] == 2


@pytest.mark.usefixtures("here")
def test_a_drill_finds_a_decision_that_comes_out_differently(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("adjudicator.store.reading.dump_decision", lambda _: b"{}")
    status, out, _ = run("audit", "drill")
    assert status == 1
    assert json.loads(out)["faults"][0].endswith("comes out differently when it is decided again")


def test_a_sample_of_decisions_has_the_requested_size_and_covers_all(record: DecisionStore) -> None:
    ids = {record.decide(a_claim(order=f"O-{number}")).id for number in range(4)}
    samples = [_sampled(record, 2) for _ in range(30)]
    assert {count for _, count in samples} == {4}
    assert {len(set(sample)) for sample, _ in samples} == {2}
    assert {each for sample, _ in samples for each in sample} == ids
    assert _sampled(record, 9) == (sorted(ids), 4)


@pytest.mark.usefixtures("here")
def test_each_tenant_has_its_own_record_and_keys(run: Run) -> None:
    assert json.loads(run("tenants", "create", "acme", "--policy", "douyin_alliance.admission")[1])["name"] == "acme"
    assert run("audit", "export", "--tenant", "acme")[1].count(b"\n") == 2
    token = run("keys", "create", "shop", "--scope", "read", "--tenant", "acme", "--expires-at", "2126-01-01T00:00:00Z")
    key_id = token[1].decode().split("_")[1]
    assert run("keys", "list") == (0, b"", "")
    assert run("keys", "revoke", key_id)[0] == run("keys", "rotate", key_id)[0] == 2
    newer = run("keys", "rotate", key_id, "--overlap", "0", "--tenant", "acme")[1].decode().split("_")[1]
    listed = [json.loads(line) for line in run("keys", "list", "--tenant", "acme")[1].splitlines()]
    assert {each["id"]: each["identity"] for each in listed} == {key_id: key_id, newer: key_id}
    assert run("keys", "create", "shop", "--scope", "read", "--expires-at", "soon")[0] == 2
    assert run("keys", "list", "--tenant", "nobody")[0] == 2
    assert run("accesses", "--tenant", "acme") == (0, b"", "")


@pytest.mark.usefixtures("here")
def test_policies_are_switched_on_and_off_for_a_tenant(run: Run) -> None:
    run("tenants", "create", "acme")
    assert json.loads(run("tenants", "use", "acme", "--policy", "douyin_alliance")[1])["policies"] == [
        "douyin_alliance.admission",
        "douyin_alliance.clearance",
    ]
    assert json.loads(run("tenants", "use", "acme", "--all-policies")[1])["policies"] is None
    assert run("tenants", "use", "acme")[0] == run("tenants", "use", "acme", "--policy", "magic")[0] == 2
    assert [json.loads(line)["name"] for line in run("tenants", "list")[1].splitlines()] == ["acme", "default"]


def test_the_records_of_all_tenants_are_verified(run: Run, here: DecisionStore) -> None:
    run("tenants", "create", "acme")
    acme = open_store(tenant="acme")
    acme.reserve(acme.decide(a_claim()).id)
    with acme.engine.connect().execution_options(writes=True) as connection, connection.begin():
        connection.exec_driver_sql("UPDATE payouts SET amount = 1 WHERE tenant = 'acme'")
    assert run("audit", "verify", "--tenant", "default")[0] == 0
    for chosen in ((), ("--tenant", "acme")):
        status, out, _ = run("audit", "verify", *chosen)
        assert (status, out.decode().split(",")[0]) == (1, f"broken at tenant/acme/order/{ORDER}")
    for each in (acme, here):
        each.close()


def test_accesses_are_listed_newest_first(run: Run, here: DecisionStore) -> None:
    at = here.now()
    fields: dict[str, Any] = {"tenant": "default", "caller": "c", "key_id": "k", "operation": "get_case", "status": 200}
    here.accesses.write(Access(at=at, resource=resource, **fields) for resource in ("one", "two"))
    assert [json.loads(line)["resource"] for line in run("accesses")[1].splitlines()] == ["two", "one"]
    assert [json.loads(line)["resource"] for line in run("accesses", "--resource", "one")[1].splitlines()] == ["one"]
    here.close()


def test_events_are_written_as_they_are_polled(run: Run, here: DecisionStore) -> None:
    events = [event.body for event in here.events.page().events]
    assert run("events")[1].decode().splitlines() == events
    assert run("events", "--cursor", "1", "--order", ORDER)[1].decode().splitlines() == events[1:]
    since = json.loads(events[1])["timestamp"]
    reserved = run("events", "--type", "payout.reserved", "--since", since)[1].decode().splitlines()
    assert reserved == events[1:]
    assert run("events", "--cursor", "99")[0] == run("events", "--since", "x")[0] == 2
    here.close()


def test_webhooks_are_administered(run: Run, here: DecisionStore) -> None:
    with receiver() as receiving:
        options = ("--addresses", "loopback")
        secret = run("webhooks", "create", receiving.url, "--type", "decision.recorded", *options)[1].decode().strip()
        assert run("webhooks", "create", receiving.url)[0] == 2
        listed = json.loads(run("webhooks", "list")[1])
        webhook = listed["id"]
        assert (listed["types"], listed["state"], listed["behind"]) == (["decision.recorded"], "enabled", 0)
        assert json.loads(run("webhooks", "replay", webhook, "--cursor", "0")[1])["behind"] == 4
        assert run("webhooks", "replay", webhook, "--cursor", "0", "--since", "2026-06-01T00:00:00Z")[0] == 2
        assert json.loads(run("webhooks", "disable", webhook)[1])["state"] == "disabled"
        assert json.loads(run("webhooks", "enable", webhook)[1])["state"] == "enabled"
        tested = run("webhooks", "test", webhook, *options)
        assert (tested[0], json.loads(tested[1])) == (0, {"delivered": True, "status": 204, "failure": None})
        Webhook(secret).verify(receiving.received[0].body, dict(receiving.received[0].headers))
        assert run("webhooks", "rotate", webhook)[1].decode().startswith("whsec_")
        assert run("webhooks", "test", webhook)[0] == 1
    assert run("webhooks", "delete", webhook) == (0, b"", "")
    assert run("webhooks", "delete", webhook)[0] == 2
    assert run("webhooks", "list")[1] == b""
    here.close()


def write_keys(folder: Path) -> None:
    """Write an Ed25519 key to the files ``private`` and ``public``."""
    key = Ed25519PrivateKey.generate()
    form = serialization.PrivateFormat.PKCS8
    (folder / "private").write_bytes(key.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption()))
    (folder / "public").write_bytes(
        key.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    )


@pytest.mark.usefixtures("here")
def test_a_checkpoint_is_written_and_verified(run: Run, tmp_path: Path) -> None:
    write_keys(tmp_path)
    (tmp_path / "checkpoint").write_bytes(run("audit", "checkpoint", "--key", "private")[1])
    assert run("audit", "verify", "--checkpoint", "checkpoint", "--public-key", "public")[0] == 0
    assert run("audit", "verify", "--checkpoint", "checkpoint", "--public-key", "private")[0] == 2
    assert run("audit", "verify", "--public-key", "public")[0] == 2
    (tmp_path / "adjudicator.db").unlink()
    assert run("migrate")[0] == 0
    assert run("audit", "verify", "--checkpoint", "checkpoint")[0] == 1


@pytest.mark.usefixtures("here")
def test_an_export_is_signed_and_only_imported_with_its_signature(run: Run, tmp_path: Path) -> None:
    write_keys(tmp_path)
    signed = run("audit", "export", "--key", "private")[1]
    there = ("--public-key", "public", "--database", "sqlite:///another.db")
    assert run("audit", "import", "-", *there, given=run("audit", "export")[1])[0] == 2
    assert run("audit", "import", "-", *there, given=signed)[:2] == (0, b"4 new entries\n")
    assert run("audit", "export", "--key", "public")[0] == 2


def test_a_verification_continues_from_the_file_of_the_last_one(run: Run, here: DecisionStore, tmp_path: Path) -> None:
    for number, entries in ((1, 4), (2, 1)):
        said = b"the record is in order (entries read: %d, chains: 1)\n" % entries
        assert run("audit", "verify", "--resume", "verified.json") == (0, said, "")
        reached = json.loads((tmp_path / "verified.json").read_bytes())
        assert (reached["number"], len(reached["chains"])) == (number, 1)
        here.decide(a_claim(order="O-2"))
    with here.engine.connect().execution_options(writes=True) as connection, connection.begin():
        connection.exec_driver_sql("UPDATE chains SET length = 9 WHERE chain = 'order/O-2'")
    before = (tmp_path / "verified.json").read_bytes()
    status, out, _ = run("audit", "verify", "--resume", "verified.json")
    assert (status, out.startswith(b"broken at order/O-2")) == (1, True)
    assert (tmp_path / "verified.json").read_bytes() == before
    (tmp_path / "verified.json").write_bytes(b"{}")
    assert run("audit", "verify", "--resume", "verified.json")[0] == 2
    here.close()


@pytest.mark.usefixtures("here")
def test_personal_data_are_erased(run: Run) -> None:
    assert run("audit", "erase", "--subject", "buyer-7", "--reason", "asked for")[:2] == (
        0,
        b"erased from 1 decisions\n",
    )
    assert run("audit", "erase", "--reason", "asked for")[0] == 2
    assert run("audit", "verify")[0] == 0


def test_a_key_is_created_listed_and_revoked(run: Run) -> None:
    status, token, _ = run("keys", "create", "shop", "--scope", "pay", "--scope", "read")
    assert status == 0
    record = open_store()
    key = record.api_keys.caller_for(token.decode().strip())
    assert key is not None
    assert key.scopes == {Scope.PAY, Scope.READ}
    assert json.loads(run("keys", "list")[1])["id"] == key.id
    assert run("keys", "revoke", key.id)[0] == 0
    assert record.api_keys.caller_for(token.decode().strip()) is None
    assert run("keys", "revoke", "nothing")[0] == 2
    record.close()


@pytest.mark.parametrize(
    ("url", "status", "expected"),
    [
        ("mysql://there/x", 2, "sqlite or postgresql"),
        ("nonsense", 2, "Could not parse"),
        ("sqlite:///no/such/folder/x.db", 1, "there is no record in"),
        ("sqlite:///empty.db", 1, "adjudicator migrate"),
    ],
)
def test_an_unusable_database_is_reported_in_one_line(run: Run, url: str, status: int, expected: str) -> None:
    found, out, err = run("audit", "verify", "--database", url)
    assert (found, out) == (status, b"")
    assert expected in err
    assert err.count("\n") == 1


def test_the_environment_may_say_where_the_record_is(run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("DATABASE_URL", "sqlite:///elsewhere.db")
    assert run("migrate")[0] == 0
    assert (tmp_path / "elsewhere.db").exists()


WITHOUT = "import sys; sys.modules[{!r}] = None; from adjudicator.cli import main; sys.exit(main(sys.argv[1:]))"


@pytest.mark.parametrize(
    ("lacking", "url", "extra"),
    [
        ("sqlalchemy", "sqlite:///x.db", "claim-adjudicator[service]"),
        ("alembic", "sqlite:///x.db", "claim-adjudicator[service]"),
        ("psycopg", "postgresql://localhost/x", "claim-adjudicator[postgresql]"),
    ],
)
def test_without_the_extra_the_commands_say_what_to_install(lacking: str, url: str, extra: str, tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT.format(lacking), "audit", "verify", "--database", url],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert lacking in done.stderr
    assert extra in done.stderr


def test_the_other_commands_load_nothing_of_the_record() -> None:
    code = """
import sys
from importlib import import_module
from adjudicator.cli.commands import COMMANDS
for command in COMMANDS.values():
    import_module(command.function.partition(":")[0])
print('sqlalchemy' in sys.modules, 'adjudicator.store' in sys.modules)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout == "False False\n"
