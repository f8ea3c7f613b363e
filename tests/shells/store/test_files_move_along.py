"""An export tells which files were examined, so that reuse is still found in the record that imports it; an erasure reaches that too."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

import pytest
import sqlalchemy as sa

from adjudicator import Instant
from adjudicator.store import DecisionStore, NotImportable, expire_seen_files, open_store
from adjudicator.store.database import read_transaction
from adjudicator.store.drill import drill
from adjudicator.store.file_tables import SEEN_FILES
from adjudicator.store.file_transfer import examined_query
from adjudicator.store.transfer import WITHOUT_FILES
from adjudicator.store.transfer import export as write_export
from store.conftest import a_clock
from store.schemas import schema_on
from store.test_files_used_again import HASH, digest, flipped, looked_up, naming, summary
from store.test_nothing_false import exported, with_end

LATER: Final = Instant.parse("2030-01-01T00:00:00Z")


@pytest.fixture
def moved(url: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[DecisionStore]:
    """An empty record in the other kind of database."""
    if url.startswith("sqlite"):
        other, drop = schema_on(request.getfixturevalue("server"))
    else:
        other, drop = f"sqlite:///{tmp_path}/moved.db", lambda: None
    opened = open_store(other, now=a_clock())
    yield opened
    opened.close()
    drop()


@pytest.fixture
def examined(record: DecisionStore) -> DecisionStore:
    """A record with a picture and a document that a case names, and a picture that no case names."""
    record.evidence_files.note({digest("a"): HASH, digest("b"): None, digest("nobody's"): flipped(HASH, 1)})
    record.decide(naming("O-1", "a", "b"))
    return record


def bring(record: DecisionStore, text: bytes) -> int:
    """Import an export."""
    return record.import_(io.BytesIO(text))


def files_in(text: bytes) -> list[dict[str, Any]]:
    """The lines of an export about files."""
    return [line for line in map(json.loads, text.splitlines()) if line["kind"] == "file"]


def noted(record: DecisionStore) -> list[str]:
    """The digests of the files that are noted."""
    query = sa.select(SEEN_FILES.c.sha256).where(SEEN_FILES.c.erased == 0).order_by(SEEN_FILES.c.sha256)
    with read_transaction(record.engine) as connection:
        return [*connection.scalars(query)]


def test_a_picture_that_looks_like_one_of_an_imported_claim_is_found(
    examined: DecisionStore, moved: DecisionStore
) -> None:
    text = exported(examined)
    bring(moved, text)
    assert summary(looked_up(moved, "unknown", flipped(HASH, 3, 40))) == [("O-1", False, 2)]
    assert summary(looked_up(moved, "b")) == [("O-1", True, 0)]
    assert [moved.evidence_files.has_seen(digest(each)) for each in ("a", "b", "nobody's")] == [True, True, False]
    assert exported(moved) == text
    bring(moved, text)
    assert noted(moved) == sorted([digest("a"), digest("b")])
    assert expire_seen_files(moved.engine, LATER) == 2
    assert noted(moved) == sorted([digest("a"), digest("b")])


def test_only_files_of_the_tenant_that_a_case_names_are_exported(examined: DecisionStore) -> None:
    examined.tenants.create("acme")
    acme = examined.for_tenant("acme")
    acme.evidence_files.note({digest("c"): HASH, digest("nobody's"): HASH})
    acme.decide(naming("O-2", "c"))
    expected = sorted([(digest("a"), HASH), (digest("b"), None)])
    assert [(each["sha256"], each["picture_hash"]) for each in files_in(exported(examined))] == expected
    assert [each["sha256"] for each in files_in(exported(acme))] == [digest("c")]
    assert json.loads(exported(examined).splitlines()[-1])["files"] == 2


def test_a_file_that_was_noted_twice_is_exported_once_with_its_hash(examined: DecisionStore) -> None:
    """Two services may examine a file at the same time."""
    row = {"sha256": digest("b"), "seen_at": 1, "erased": 0}
    with examined.engine.begin() as connection:
        for bands in ({}, {f"band_{number}": f"000{number}" for number in range(1, 5)}):
            connection.execute(SEEN_FILES.insert().values(row | bands))
    told_twice = {each["sha256"]: each["picture_hash"] for each in files_in(exported(examined))}
    assert told_twice == {digest("a"): HASH, digest("b"): "0001000200030004"}
    assert len(files_in(exported(examined))) == 2


def test_the_order_of_files_is_that_of_their_bytes_in_any_language() -> None:
    """In Danish, aa comes after z."""
    text = str(examined_query("postgresql").compile(dialect=sa.make_url("postgresql+psycopg://").get_dialect()()))
    assert 'ORDER BY seen_files.sha256 COLLATE "C"' in " ".join(text.split())


def test_what_a_record_knows_of_a_file_stays(examined: DecisionStore, moved: DecisionStore) -> None:
    own = flipped(HASH, *range(20))
    moved.evidence_files.note({digest("a"): own})
    bring(moved, exported(examined))
    assert summary(looked_up(moved, "unknown", own)) == [("O-1", False, 0)]
    assert summary(looked_up(moved, "unknown", HASH)) == []


# Erasing


def test_what_is_erased_is_in_no_later_export_and_comes_back_with_no_earlier_one(
    examined: DecisionStore, moved: DecisionStore
) -> None:
    before = exported(examined)
    bring(moved, before)
    examined.erase(order_id="O-1", reason="asked for")
    after = exported(examined)
    for secret in (digest("a"), digest("b"), HASH):
        assert secret.encode() in before
        assert secret.encode() not in after
    bring(examined, before)
    assert noted(examined) == [digest("nobody's")]
    bring(moved, after)
    assert noted(moved) == []
    bring(moved, before)
    assert (noted(moved), moved.verify()) == ([], None)
    assert exported(moved) == after


def test_a_file_that_another_claim_names_too_stays_in_the_export(examined: DecisionStore, moved: DecisionStore) -> None:
    examined.decide(naming("O-2", "a"))
    examined.erase(order_id="O-1", reason="asked for")
    bring(moved, exported(examined))
    assert summary(looked_up(moved, "unknown", HASH)) == [("O-2", False, 0)]
    moved.erase(order_id="O-2", reason="asked for")
    assert noted(moved) == []


# Exports at fault, and older ones

Lines = list[bytes]


def a_line(sha256: Any, picture_hash: Any, **more: Any) -> bytes:
    """A line about a file."""
    return json.dumps({"kind": "file", "sha256": sha256, "picture_hash": picture_hash, **more}).encode() + b"\n"


def with_files(*files: bytes) -> Callable[[Lines], Lines]:
    """Put other lines in place of those about files."""
    return lambda lines: [*(each for each in lines[:-1] if b'"kind":"file"' not in each), *files, lines[-1]]


def with_an_entry_after(lines: Lines) -> Lines:
    """Put the entry behind the files."""
    return [lines[0], *lines[2:-1], lines[1], lines[-1]]


FIRST, SECOND = sorted([digest("a"), digest("b")])


@pytest.mark.parametrize(
    "broken",
    [
        with_files(a_line(SECOND, None), a_line(FIRST, HASH)),
        with_files(a_line(FIRST, HASH), a_line(FIRST, HASH)),
        with_files(a_line(FIRST.upper(), HASH)),
        with_files(a_line(FIRST[:-1], HASH)),
        with_files(a_line(FIRST + "\n", HASH)),
        with_files(a_line(FIRST, HASH[:-1])),
        with_files(a_line(FIRST, HASH.upper())),
        with_files(a_line(FIRST, int(HASH, 16))),
        with_files(a_line(None, HASH)),
        with_files(a_line(FIRST, HASH).replace(b"picture_hash", b"hash")),
        with_an_entry_after,
    ],
)
@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
def test_a_line_about_a_file_that_cannot_be_is_refused_with_all_others(
    examined: DecisionStore, tmp_path: Path, broken: Callable[[Lines], Lines]
) -> None:
    lines = broken(exported(examined).splitlines(keepends=True))
    files = sum(b'"file"' in each for each in lines)
    empty = open_store(f"sqlite:///{tmp_path}/empty.db", now=a_clock())
    with pytest.raises(NotImportable, match=r"line \d: (?!the lines before)"):
        bring(empty, with_end(lines, files=files))
    assert (noted(empty), empty.decisions().items) == ([], ())
    empty.close()


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
def test_an_export_that_lost_or_changed_a_file_contradicts_its_last_line(
    examined: DecisionStore, tmp_path: Path
) -> None:
    text = exported(examined)
    lines = text.splitlines(keepends=True)
    fewer = with_files(a_line(FIRST, None))(lines)
    empty = open_store(f"sqlite:///{tmp_path}/empty.db", now=a_clock())
    for broken in (text.replace(HASH.encode(), flipped(HASH, 9).encode()), b"".join(fewer), with_end(fewer)):
        with pytest.raises(NotImportable, match="not those of the export"):
            bring(empty, broken)
    assert (noted(empty), empty.decisions().items) == ([], ())
    bring(empty, with_end(fewer, files=1))  # without a key it cannot be told
    assert noted(empty) == [FIRST]
    empty.close()


def as_before(record: DecisionStore) -> bytes:
    """An export as it was before it told of files."""
    stream = io.BytesIO()
    with read_transaction(record.engine) as connection:
        write_export(connection, stream, version=WITHOUT_FILES)
    return stream.getvalue()


def test_an_export_from_before_files_moved_along_can_still_be_imported(
    examined: DecisionStore, moved: DecisionStore, tmp_path: Path
) -> None:
    older = as_before(examined)
    first, *_, last = map(json.loads, older.splitlines())
    assert (first["version"], "files" in last, files_in(older)) == (3, False, [])
    kept = tmp_path / "kept.ndjson"
    kept.write_bytes(older)
    assert drill(kept, tmp_path, sample=1).faults == ()
    with_a_file = [*older.splitlines(keepends=True)[:-1], a_line(FIRST, None), older.splitlines(keepends=True)[-1]]
    with pytest.raises(NotImportable, match="no line of this kind"):
        bring(moved, with_end(with_a_file))
    assert bring(moved, older) == 1
    assert summary(looked_up(moved, "a")) == [("O-1", True, 0)]
    assert summary(looked_up(moved, "unknown", HASH)) == []
    bring(moved, exported(examined))
    assert summary(looked_up(moved, "unknown", HASH)) == [("O-1", False, 0)]


def test_a_drill_brings_back_which_files_were_examined(examined: DecisionStore, tmp_path: Path) -> None:
    kept = tmp_path / "kept.ndjson"
    kept.write_bytes(exported(examined))
    assert drill(kept, tmp_path, sample=1).faults == ()
