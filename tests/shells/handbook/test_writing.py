"""Every process writes the same handbook, and never over other people's files."""

from __future__ import annotations

import os
import subprocess
import sys
from errno import ENOSPC
from pathlib import Path
from typing import Any, Final

import pytest

from adjudicator import InputError
from adjudicator.cli import main
from adjudicator.engine.registry import policies
from adjudicator.rulebook.handbook import Book, handbook, load_sightings, site
from adjudicator.rulebook.handbook.book import name_of
from adjudicator.rulebook.handbook.site import LIST, NotOurs, markdown_files, publish, write_handbook
from douyin_global.damage import EDITION as DAMAGE
from handbook.reading import ALL, page_of, written_in_full

# Writing


def written(folder: Path) -> dict[str, bytes]:
    """The content of a folder."""
    return {each.name: each.read_bytes() for each in folder.iterdir()}


def test_another_process_writes_the_same_bytes(tmp_path: Path) -> None:
    """It depends on no order of sets, no clock and no path of the machine."""
    here = written_in_full("en")
    subprocess.run(
        [
            sys.executable,
            "-c",
            "from adjudicator.cli import main; main(['handbook', '--out', 'there', '--locale', 'en'])",
        ],
        cwd=tmp_path,
        env={**os.environ, "PYTHONHASHSEED": "1"},
        check=True,
        capture_output=True,
        timeout=120,
    )
    there = written(tmp_path / "there")
    assert there.keys() - here.keys() == {LIST}
    assert {name: there[name] for name in here} == here
    assert len(here) == 1 + len(ALL)
    assert not any(str(tmp_path).encode() in content for content in here.values())


def test_the_command_says_what_it_wrote(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """In one line. A second run replaces the first, and removes pages that no longer exist."""
    folder = tmp_path / "rules"
    command = ["handbook", "--out", str(folder), "--locale", "en", "--policy"]
    assert main([*command, "pinduoduo.virtual_listing"]) == 0
    assert capsys.readouterr().out == f"2 pages in {folder}\n"
    assert main([*command, "douyin_global.damage", "--format", "markdown"]) == 0
    assert {*written(folder)} == {"index.md", "douyin_global.damage-2022-03-15.md", LIST}
    assert [each.name for each in tmp_path.iterdir()] == ["rules"]


@pytest.mark.parametrize("locale", ["zh-CN", "zh-TW"])
def test_the_command_writes_in_the_language_that_is_asked_for(tmp_path: Path, locale: str) -> None:
    """Chinese pages are marked as Chinese and have Chinese titles."""
    folder = tmp_path / "rules"
    assert main(["handbook", "--out", str(folder), "--policy", "douyin_global.damage", "--locale", locale]) == 0
    index = (folder / "index.html").read_text("utf-8")
    assert {"zh-CN": '<html lang="zh-Hans">', "zh-TW": '<html lang="zh-Hant">'}[locale] in index
    assert {"zh-CN": "规则手册", "zh-TW": "規則手冊"}[locale] in index


def touch(folder: Path, what: str) -> None:
    """Change a handbook as a user might."""
    if what == "a folder":
        (folder / "c.html").mkdir()
    name, text = {
        "another file": ("notes.txt", "mine"),
        "an edited page": ("a.html", "mine"),
        "a folder": ("c.html/notes.txt", "mine"),
        "a list that lies": (LIST, f"{'0' * 64}  a.html\n"),
    }[what]
    (folder / name).write_text(text)


CONTENTS: Final = {"a.html": b"one", "b.html": b"two"}


@pytest.mark.parametrize(
    "what", ["another file", "an edited page", "a folder", "a file in its place", "a list that lies"]
)
def test_other_peoples_files_are_never_overwritten(tmp_path: Path, what: str) -> None:
    """Anything that a handbook did not write, or not in this form, stays as it is, and so does the handbook."""
    folder = tmp_path / "rules"
    if what == "a file in its place":
        folder.write_text("mine")
    else:
        publish(CONTENTS, folder)
        touch(folder, what)
    before = {each: each.read_bytes() for each in tmp_path.rglob("*") if each.is_file()}
    with pytest.raises(NotOurs, match="rules"):
        publish({"a.html": b"three"}, folder)
    assert {each: each.read_bytes() for each in tmp_path.rglob("*") if each.is_file()} == before


def test_other_peoples_files_are_detected_before_any_page_is_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Making all pages takes seconds."""

    def never(*_: object) -> None:
        raise AssertionError("a page was made")

    monkeypatch.setattr(site, "handbook", never)
    (tmp_path / "notes.txt").write_text("mine")
    with pytest.raises(NotOurs, match=r"notes\.txt"):
        write_handbook(policies().values(), tmp_path, "en")


@pytest.mark.parametrize("nth", range(5))
def test_a_disk_error_leaves_the_handbook_unchanged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, nth: int) -> None:
    """Whether writing a page or moving the folder fails, the folder is named, and no other files remain."""
    folder, steps = tmp_path / "rules", iter(range(10))
    publish(CONTENTS, folder)
    for name in ("write_bytes", "rename"):
        original = getattr(Path, name)

        def failing(self: Path, *arguments: Any, original: Any = original) -> Any:
            if next(steps) == nth:
                raise OSError(ENOSPC, "the disk is full", str(self))
            return original(self, *arguments)

        monkeypatch.setattr(Path, name, failing)
    with pytest.raises(OSError, match="the disk is full") as refused:
        publish({"a.html": b"three", "c.html": b"four"}, folder)
    assert refused.value.filename == str(folder)
    monkeypatch.undo()
    assert {name: content for name, content in written(folder).items() if name != LIST} == CONTENTS
    assert [each.name for each in tmp_path.iterdir()] == ["rules"]


def test_the_list_is_one_that_sha256sum_reads(tmp_path: Path) -> None:
    """Digest, two spaces, name."""
    publish(CONTENTS, tmp_path / "rules")
    subprocess.run(
        ["sha256sum", "--check", "--strict", LIST], cwd=tmp_path / "rules", check=True, capture_output=True, timeout=60
    )


def test_markdown_is_the_same_pages() -> None:
    """Under other names, with links between them."""
    book = Book(suffix=".md")
    files = markdown_files(handbook(policies().values(), book), book)
    assert {name.rpartition(".")[0] for name in files} == {"index", *map(name_of, ALL)}
    assert b"](douyin_global.damage-2022-03-15.md)" in files["index.md"]


# Coverage by tests


def test_the_coverage_of_a_clause_is_on_the_page() -> None:
    """The numbers of the file are on the page of their edition only."""
    sightings = load_sightings(
        '{"douyin_global.damage@2022-03-15": {"filed_in_due_form": {"supports": 71, "defeats": 72, "undecided": 0, "decisive": 73}}}'
    )
    row = "| [`filed_in_due_form`](#filed_in_due_form) | 71 | 72 | 0 | 73 |"
    holds = [row in page.text for page in handbook(policies().values(), Book(sightings=sightings))]
    assert holds.count(True) == 1
    assert row in page_of(DAMAGE, Book(sightings=sightings)).text


@pytest.mark.parametrize(
    ("text", "faults"),
    [
        ("[]", [""]),
        (
            '{"p@e": 1, "q@e": {"c": {"supports": 1}, "d": {"supports": -1, "defeats": 0, "undecided": 0, "decisive": 0}}}',
            ["/p@e", "/q@e/c", "/q@e/d"],
        ),
        ('{"p@e": {}, "p@e": {}}', ["/p@e"]),
        ('{"p@e": {"c": {"supports": true, "defeats": 0, "undecided": 0, "decisive": 0}}}', ["/p@e/c"]),
    ],
)
def test_all_faults_of_an_invalid_sightings_file_are_reported(
    text: str, faults: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Every fault with its place, and no handbook is written."""
    with pytest.raises(InputError) as caught:
        load_sightings(text)
    assert [fault.pointer for fault in caught.value.faults] == faults
    seen = tmp_path / "seen.json"
    seen.write_text(text, "utf-8")
    assert main(["handbook", "--out", str(tmp_path / "rules"), "--sightings", str(seen)]) == 2
    assert len(capsys.readouterr().err.splitlines()) == len(faults)
    assert not (tmp_path / "rules").exists()
