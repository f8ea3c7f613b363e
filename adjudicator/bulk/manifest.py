"""The manifest of an output folder: what is replayed or compared and how, and every part that is done, one line of JSON each.

It is only ever appended to. A line that was cut off by a kill is dropped, and its part made again; that writes the same bytes under the
same name, so no row is lost and none is there twice.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO, Final, Literal, TypeAlias

import orjson
from attrs import asdict, frozen

from adjudicator.bulk.deciding import Counts
from adjudicator.bulk.errors import NotResumable
from adjudicator.bulk.files import UNFINISHED
from adjudicator.model.errors import safe

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

MANIFEST: Final = "manifest.ndjson"
FORMAT: Final = 1
INPUTS: Final = "inputs"
Kind: TypeAlias = Literal["replay", "comparison"]
"""What a manifest is of; the first member of its header has this name."""


@frozen
class PartDone:
    """A complete part file: its part and source, the digest of the input, its size, and its counts."""

    source: int
    index: int
    file: str
    sha256: str
    bytes: int
    counts: Counts

    @property
    def key(self) -> tuple[int, int]:
        """Which part of which source it is."""
        return self.source, self.index


def part_done(line: Mapping[str, Any]) -> PartDone:
    """The part in a line of a manifest."""
    part = line["part"]
    return PartDone(**{**part, "counts": Counts(**part["counts"])})


class Manifest:
    """The manifest of a folder that this process has locked."""

    def __init__(self, folder: Path, file: BinaryIO, kind: Kind) -> None:
        self.folder = folder
        self.kind = kind
        self._file = file
        self.done: dict[tuple[int, int], PartDone] = {}
        self.is_complete = False

    def add(self, part: PartDone) -> None:
        """Record that a part is done."""
        self._append({"part": asdict(part)})
        self.done[part.key] = part

    def complete(self, counts: Counts) -> None:
        """Record that every part is done."""
        self._append({"complete": asdict(counts)})
        self.is_complete = True

    def counts(self) -> Counts:
        """What was counted in all parts that are done."""
        counts = Counts()
        for part in self.done.values():
            counts.add(part.counts)
        return counts

    def begin(self, header: Mapping[str, Any]) -> None:
        """Start the manifest of a new run, or continue one that has this header.

        Raises :class:`~adjudicator.bulk.errors.NotResumable` for any other header.
        """
        lines = self._whole_lines()
        found = next(lines, None)
        if found is None:
            self._append(header)
            return
        if (difference := self._difference(found, header)) is not None:
            raise NotResumable(f"{safe(str(self.folder))} {difference}; choose another folder")
        for line in lines:
            self.is_complete = "complete" in line
            if "part" in line:
                done = part_done(line)
                self.done[done.key] = done
        for part in [each for each in self.done.values() if not self._is_whole(each)]:
            self.drop(part)

    def drop(self, part: PartDone) -> None:
        """Mark a part as not done, because its files are incomplete."""
        del self.done[part.key]
        self.is_complete = False

    def _is_whole(self, part: PartDone) -> bool:
        try:
            return (self.folder / part.file).stat().st_size == part.bytes
        except OSError:
            return False

    def _difference(self, found: Mapping[str, Any], header: Mapping[str, Any]) -> str | None:
        if self.kind not in found:
            return f"holds no {self.kind}"
        difference = _difference(found, header)
        return None if difference is None else f"holds another {self.kind}: {difference}"

    def _whole_lines(self) -> Iterator[dict[str, Any]]:
        """The lines of the file; drops a last one that is not whole."""
        self._file.seek(0)
        end = 0
        for line in self._file:
            try:
                document = orjson.loads(line) if line.endswith(b"\n") else None
            except ValueError:
                document = None
            if not isinstance(document, dict):
                break
            end += len(line)
            yield document
        if end < self._file.seek(0, os.SEEK_END):
            self._file.truncate(end)

    def _append(self, document: Mapping[str, Any]) -> None:
        self._file.seek(0, os.SEEK_END)
        self._file.write(orjson.dumps(document) + b"\n")
        self._file.flush()
        os.fsync(self._file.fileno())


@contextmanager
def locked_manifest(folder: Path, kind: Kind) -> Iterator[Manifest]:
    """The manifest of a folder, which is created if it is missing. Removes unfinished files of an earlier run.

    Raises :class:`~adjudicator.bulk.errors.NotResumable` if another run has it open, or the folder has other content.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except FileExistsError:
        raise NotResumable(f"{safe(str(folder))} is a file; name a folder") from None
    except (FileNotFoundError, NotADirectoryError, PermissionError) as error:
        raise NotResumable(
            f"{safe(str(error.filename or folder))}: no folder can be made there: {error.strerror}"
        ) from error
    path = folder / MANIFEST
    if not path.exists() and any(folder.iterdir()):
        raise NotResumable(f"{safe(str(folder))} is not empty, and holds no {kind}; choose another folder")
    with path.open("a+b") as file:
        if not _locked(file):
            raise NotResumable(f"{safe(str(folder))}: another {kind} is running in this folder")
        for left in folder.rglob(UNFINISHED):
            left.unlink(missing_ok=True)
        yield Manifest(folder, file, kind)


def _locked(file: BinaryIO) -> bool:
    """Whether this process got the lock of a file, which the system gives up when the process ends, however it ends."""
    try:
        if sys.platform == "win32":
            file.seek(0)
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def _difference(found: Mapping[str, Any], header: Mapping[str, Any]) -> str | None:
    """The difference between two headers, for a message."""
    for name in header:
        if found.get(name) == header[name]:
            continue
        if name == INPUTS:
            return _difference_of_inputs(found.get(name) or [], header[name])
        members = header[name] if isinstance(header[name], dict) else ()
        changed = [each for each in members if _member(found.get(name), each) != header[name][each]]
        one = changed[0] if changed else name
        return f"{one} was {_shown(_member(found.get(name), one))}, and is {_shown(_member(header[name], one))}"
    return None


def _difference_of_inputs(found: list[Mapping[str, Any]], given: list[Mapping[str, Any]]) -> str:
    names, now = [each["name"] for each in found], [each["name"] for each in given]
    if names != now:
        return f"its input was {safe(', '.join(names))}, and is {safe(', '.join(now))}"
    changed = next(one["name"] for one, other in zip(found, given, strict=True) if one != other)
    return f"the input {safe(changed)} has changed since"


def _member(values: Any, name: str) -> Any:
    return values.get(name) if isinstance(values, dict) else values


def _shown(value: Any) -> str:
    return "not given" if value is None else safe(orjson.dumps(value).decode())
