"""Files used in more than one claim are found, including similar pictures, until their case is erased."""

from __future__ import annotations

import io
import json
import random
from hashlib import sha256
from pathlib import Path
from typing import Final

import pytest
import sqlalchemy as sa

from adjudicator import Instant
from adjudicator.store import (
    DecisionStore,
    FileUses,
    evidence_files,
    expire_seen_files,
    open_store,
)
from adjudicator.store.database import clear_log, migrate, read_transaction, write_transaction
from adjudicator.store.file_rows import forget_named
from adjudicator.store.file_tables import BANDS, NAMED_FILES, SEEN_FILES
from adjudicator.store.tenancy import across_tenants, restricted
from store.cases import a_claim
from store.conftest import a_clock

HASH: Final = "c3a5f00f12345678"
LATER: Final = Instant.parse("2030-01-01T00:00:00Z")

only_sqlite = pytest.mark.parametrize("url", ["sqlite"], indirect=True)


def digest(name: str) -> str:
    """The SHA-256 of a file."""
    return sha256(name.encode()).hexdigest()


def naming(order: str, *names: str, claim: str | None = None, buyer: str = "buyer-7") -> bytes:
    """A claim whose evidence names files."""
    case = json.loads(a_claim(claim or f"AS-{order}", order=order))
    case["order"]["buyer_id"] = buyer
    case["evidence"][0]["files"] = [{"name": f"{each}.jpg", "sha256": digest(each)} for each in names]
    return json.dumps(case).encode()


def looked_up(
    record: DecisionStore, name: str, picture_hash: str | None = None, order: str = "new", claim: str = "new"
) -> FileUses:
    """Where a file is used, looked up for a claim of buyer 7."""
    own = {"order_id": order, "claim_id": claim, "buyer_id": "buyer-7"}
    return record.evidence_files.uses(digest(name), picture_hash, **own, within=6)


def summary(uses: FileUses) -> list[tuple[str, bool, int]]:
    """The orders, whether it is the same file, and the distances."""
    return [(each.order_id, each.is_same, each.bits) for each in uses.uses]


def flipped(picture_hash: str, *bits: int) -> str:
    """A hash with some bits flipped."""
    return f"{int(picture_hash, 16) ^ sum(1 << bit for bit in bits):016x}"


def test_a_file_of_another_claim_is_found_with_its_order(record: DecisionStore) -> None:
    given = record.decide(naming("O-1", "a", "b"))
    record.decide(naming("O-2", "a", buyer="buyer-8"))
    found = looked_up(record, "a")
    assert [(each.order_id, each.claim_id, each.same_buyer) for each in found.uses] == [
        ("O-2", "AS-O-2", False),
        ("O-1", "AS-O-1", True),
    ]
    assert found.complete
    (only,) = looked_up(record, "b").uses
    evidence = json.loads(naming("O-1"))["evidence"][0]["id"]
    assert (only.decision_id, only.evidence_id, only.decided_at) == (
        given.id,
        evidence,
        record.summary(given.id).decided_at,
    )
    assert looked_up(record, "c").uses == ()


def test_a_claim_that_is_decided_again_does_not_use_its_own_files_again(record: DecisionStore) -> None:
    record.decide(naming("O-1", "a"))
    record.decide(naming("O-1", "a", "b"))
    record.decide(naming("O-1", "a", claim="AS-second"))
    assert [each.claim_id for each in looked_up(record, "a", order="O-1", claim="AS-O-1").uses] == ["AS-second"]
    assert len(looked_up(record, "a").uses) == 2


def test_every_picture_within_the_distance_is_found_and_none_beyond(record: DecisionStore) -> None:
    chance = random.Random(3)
    files = {"far": flipped(HASH, *range(7))}
    for number in range(evidence_files.MOST_ALIKE):
        files[f"f{number}"] = flipped(HASH, *chance.sample(range(64), number % 7))
    record.evidence_files.note({digest(name): each for name, each in files.items()})
    for number, name in enumerate(files):
        record.decide(naming(f"O-{number}", name))
    found = looked_up(record, "unknown", HASH)
    assert [each.bits for each in found.uses] == [0, 0, 0, 1, 1, 1, 2, 2, 2, 3]
    assert not found.complete
    assert not any(each.is_same for each in found.uses)
    for name, each in files.items():
        (first, *_) = looked_up(record, "unknown", each).uses
        assert first.bits == 0, name
    assert summary(looked_up(record, "unknown", flipped(files["far"], *range(7, 12)))) == [("O-0", False, 5)]


def test_an_equal_file_comes_before_those_that_look_alike(record: DecisionStore) -> None:
    near = flipped(HASH, 5, 60)
    record.evidence_files.note({digest("a"): near, digest("b"): None})
    record.decide(naming("O-1", "b"))
    record.decide(naming("O-2", "a"))
    assert summary(looked_up(record, "b", HASH)) == [("O-1", True, 0), ("O-2", False, 2)]
    with pytest.raises(ValueError, match="within 0 to 7"):
        record.evidence_files.uses(digest("b"), HASH, order_id="", claim_id="", buyer_id="", within=8)


def test_the_result_of_a_look_up_is_limited_and_says_so(record: DecisionStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(evidence_files, "MOST_CLAIMS", 2)
    for number in range(3):
        record.decide(naming(f"O-{number}", "a"))
    assert (summary(looked_up(record, "a")), looked_up(record, "a").complete) == (
        [("O-2", True, 0), ("O-1", True, 0)],
        False,
    )
    monkeypatch.setattr(evidence_files, "MOST_CANDIDATES", 1)
    record.evidence_files.note({digest(name): HASH for name in "xy"})
    assert not looked_up(record, "unknown", flipped(HASH, 1)).complete
    assert looked_up(record, "unknown", flipped(HASH, *range(0, 64, 4))).complete


@only_sqlite
def test_every_look_up_goes_through_an_index(record: DecisionStore) -> None:
    values = {"parts": ["0000", "0001"], "of": "a", "own_order": "o", "own_claim": "c", "of_tenant": "default"}
    with read_transaction(record.engine) as connection:
        for statement in (*evidence_files._CANDIDATES.values(), evidence_files._USES):
            own = restricted(statement)
            bound = own.params({name: values[name] for name in own.compile().params if name in values})
            text = bound.compile(connection, compile_kwargs={"literal_binds": True})
            steps = [str(row[3]) for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {text}")]
            assert steps
            assert all(" USING INDEX " in step for step in steps), steps


# Erasing


def test_an_erased_case_no_longer_names_its_files_and_others_do(record: DecisionStore) -> None:
    record.evidence_files.note({digest(name): HASH for name in "ab"})
    record.decide(naming("O-1", "a", "b"))
    record.decide(naming("O-2", "b"))
    record.erase(order_id="O-1", reason="asked for")
    assert summary(looked_up(record, "b", HASH)) == [("O-2", True, 0)]
    assert looked_up(record, "a").uses == ()
    assert (record.evidence_files.has_seen(digest("a")), record.evidence_files.has_seen(digest("b"))) == (False, True)
    assert record.verify() is None


@only_sqlite
def test_neither_rows_nor_indexes_keep_a_copy_of_what_was_erased(record: DecisionStore, tmp_path: Path) -> None:
    """With this seed, indexes that are not rebuilt keep four."""
    chance = random.Random(34)
    tenants = ["t" * chance.randrange(1, 60) + str(number) for number in range(400)]
    rows = [
        {
            "tenant": chance.choice(tenants),
            "decision": f"D{number}",
            "evidence": "E",
            "sha256": f"{chance.getrandbits(256):064x}",
            "erased": 0,
        }
        for number in range(2_000)
    ]
    everyones = across_tenants(record.engine)
    with write_transaction(everyones) as connection:
        connection.execute(NAMED_FILES.insert(), rows)
    gone = chance.sample(rows, 1_200)
    with write_transaction(everyones) as connection:
        forget_named(connection, [str(each["decision"]) for each in gone])
    clear_log(record.engine)
    left = b"".join(path.read_bytes() for path in tmp_path.glob("record.db*"))
    erased = {str(each["decision"]) for each in gone}
    for each in rows:
        assert (str(each["sha256"])[16:48].encode() in left) is (each["decision"] not in erased)


@only_sqlite
def test_only_blanks_are_left_of_an_erased_picture(record: DecisionStore) -> None:
    record.evidence_files.note({digest("a"): HASH})
    record.decide(naming("O-1", "a"))
    record.erase(order_id="O-1", reason="asked for")
    with read_transaction(record.engine) as connection:
        (named,) = connection.execute(sa.select(NAMED_FILES)).all()
        (seen,) = connection.execute(sa.select(SEEN_FILES)).all()
    assert (named.sha256, seen.sha256) == (" " * 64, " " * 64)
    assert [getattr(seen, band) for band in BANDS] == [" " * 4] * 4


def test_only_files_that_no_case_names_are_deleted_after_some_days(record: DecisionStore) -> None:
    record.evidence_files.note({digest(name): HASH for name in "ab"})
    record.decide(naming("O-1", "a"))
    assert expire_seen_files(record.engine, Instant.parse("2026-01-01T00:00:00Z")) == 0
    assert expire_seen_files(record.engine, LATER) == 2
    assert expire_seen_files(record.engine, LATER) == 0
    assert (record.evidence_files.has_seen(digest("a")), record.evidence_files.has_seen(digest("b"))) == (True, False)
    record.evidence_files.note({digest("a"): HASH})
    assert expire_seen_files(record.engine, LATER) == 0
    assert summary(looked_up(record, "unknown", HASH)) == [("O-1", False, 0)]


# Tenants, and other records


def test_no_tenant_learns_of_anothers_files(record: DecisionStore) -> None:
    record.tenants.create("acme")
    acme = record.for_tenant("acme")
    record.evidence_files.note({digest("a"): HASH})
    record.decide(naming("O-1", "a"))
    assert looked_up(acme, "a", HASH).uses == ()
    assert not acme.evidence_files.has_seen(digest("a"))
    acme.evidence_files.note({digest("a"): HASH})
    acme.decide(naming("O-2", "a"))
    acme.erase(order_id="O-2", reason="asked for")
    assert summary(looked_up(record, "a", HASH)) == [("O-1", True, 0)]
    assert record.evidence_files.has_seen(digest("a"))


def test_an_imported_record_brings_the_files_that_its_cases_name(record: DecisionStore, tmp_path: Path) -> None:
    record.decide(naming("O-1", "a"))
    exported = io.BytesIO()
    record.export(exported)
    moved = open_store(f"sqlite:///{tmp_path}/moved.db", now=a_clock())
    moved.import_(io.BytesIO(exported.getvalue()))
    assert summary(looked_up(moved, "a")) == [("O-1", True, 0)]
    moved.close()


def test_an_upgrade_finds_the_files_of_cases_that_were_on_record(record: DecisionStore) -> None:
    record.decide(naming("O-1", "a", "b"))
    record.decide(a_claim(order="O-2"))
    record.decide(naming("O-3", "a"))
    record.erase(order_id="O-3", reason="asked for")
    migrate(record.engine, "0011")
    migrate(record.engine)
    assert summary(looked_up(record, "a")) == [("O-1", True, 0)]
    assert summary(looked_up(record, "b")) == [("O-1", True, 0)]
