"""Evidence files next to the record: every file that a case names is there, unaltered, until its case is erased."""

from __future__ import annotations

import json
import os
from hashlib import sha256
from pathlib import Path

import pytest

from adjudicator.cli import main
from adjudicator.evidence.files import DAY, AlteredFile, FolderStore, NoFile
from adjudicator.store import DecisionStore
from store.cases import a_claim

ONE, OTHER, NOBODYS = b"one", b"other", b"nobody's"
Captured = pytest.CaptureFixture[str]


def digest(content: bytes) -> str:
    """The digest of a file."""
    return sha256(content).hexdigest()


def naming(order: str, *contents: bytes) -> bytes:
    """A claim whose evidence names files."""
    case = json.loads(a_claim(f"AS-{order}", order=order))
    case["evidence"][0]["files"] = [{"name": "a.pdf", "sha256": digest(each)} for each in contents]
    return json.dumps(case).encode()


@pytest.fixture
def kept(tmp_path: Path) -> FolderStore:
    """A folder with three files."""
    files = FolderStore(tmp_path / "kept")
    for content in (ONE, OTHER, NOBODYS):
        assert files.put(content) == digest(content)
    return files


def place(files: FolderStore, content: bytes) -> Path:
    """The path of a file."""
    return files.folder / digest(content)[:2] / digest(content)


def test_a_file_is_kept_once_and_read_back_only_if_it_is_the_same(kept: FolderStore) -> None:
    assert kept.put(ONE) == digest(ONE)
    assert kept.get(digest(ONE)) == ONE
    assert sorted(kept.digests()) == sorted(map(digest, (ONE, OTHER, NOBODYS)))
    assert place(kept, ONE).stat().st_mode & 0o077 == 0
    place(kept, ONE).write_bytes(b"0ne")
    with pytest.raises(AlteredFile):
        kept.get(digest(ONE))
    kept.put(ONE)
    assert kept.get(digest(ONE)) == ONE
    kept.erase(digest(ONE))
    for unknown in (digest(ONE), "../../etc/passwd", ""):
        with pytest.raises(NoFile):
            kept.get(unknown)


def test_a_file_that_cannot_be_written_whole_is_not_there(kept: FolderStore, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        kept.put(b"new")
    assert digest(b"new") not in [*kept.digests()]
    assert [each for each in kept.folder.rglob("*") if each.name.startswith(".")] == []


def test_the_audit_finds_what_is_missing_and_what_is_altered(
    record: DecisionStore, url: str, kept: FolderStore, capsys: Captured
) -> None:
    record.decide(naming("O-1", ONE))
    record.decide(naming("O-2", ONE, OTHER))
    verify = ["audit", "verify", "--database", url, "--files", str(kept.folder)]
    assert main(verify) == 0
    assert capsys.readouterr().out == "the record is in order (entries read: 2, chains: 2)\n"
    kept.erase(digest(ONE))
    place(kept, OTHER).write_bytes(b"another")
    assert main(verify) == 1
    first, *lines = capsys.readouterr().out.splitlines()
    assert first.startswith("the record is in order")
    assert sorted(lines) == sorted([f"missing: file {digest(ONE)}", f"altered: file {digest(OTHER)}"])


def test_erasing_a_case_deletes_the_files_that_no_other_case_names(
    record: DecisionStore, url: str, kept: FolderStore, capsys: Captured
) -> None:
    record.decide(naming("O-1", ONE, OTHER))
    record.decide(naming("O-2", OTHER))
    erase = ["audit", "erase", "--order", "O-1", "--reason", "asked for", "--database", url]
    assert main([*erase, "--files", str(kept.folder)]) == 0
    assert capsys.readouterr().out == "erased from 1 decisions, 1 files deleted\n"
    assert sorted(kept.digests()) == sorted(map(digest, (OTHER, NOBODYS)))
    assert main(["audit", "verify", "--database", url, "--files", str(kept.folder)]) == 0


def test_a_file_that_no_case_names_is_deleted_after_some_days(
    record: DecisionStore, url: str, kept: FolderStore, capsys: Captured
) -> None:
    record.decide(naming("O-1", ONE))
    expire = ["audit", "expire-files", str(kept.folder), "--database", url]
    for content in (ONE, NOBODYS):
        old = place(kept, content).stat().st_mtime - 31 * DAY
        os.utime(place(kept, content), (old, old))
    assert main(expire) == 0
    assert capsys.readouterr().out == "1 files deleted\n"
    assert sorted(kept.digests()) == sorted(map(digest, (ONE, OTHER)))
    assert main([*expire, "--days", "0"]) == 0
    assert [*kept.digests()] == [digest(ONE)]
