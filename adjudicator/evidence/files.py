"""Files kept by their digest, beside the record, which holds digests only.

A file is written before the decision that names it, is verified whenever it is read, and goes when its case is erased.
"""

from __future__ import annotations

import hashlib
import os
import re
import tempfile
import time
from collections.abc import Collection, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final, Protocol

from attrs import frozen

DIGEST: Final = re.compile(r"[0-9a-f]{64}")
READING: Final = ".reading.json"
"""What the name of a reading has after the digest of its file."""
DAY: Final = 24 * 60 * 60
_UNFINISHED: Final = ".unfinished-"


class NoFile(LookupError):
    """No file with this digest is kept."""


class AlteredFile(Exception):
    """What is kept under a digest has another one."""


class FileStore(Protocol):
    """Somewhere to keep files. Digests are SHA-256, in lower-case hexadecimal."""

    def put(self, content: bytes) -> str:
        """Keep a file; its digest. Keeping it again changes nothing."""

    def get(self, sha256: str) -> bytes:
        """A file. Raises :class:`NoFile` and :class:`AlteredFile`."""

    def erase(self, sha256: str) -> None:
        """Delete a file, if it is stored, and its readings."""

    def put_reading(self, sha256: str, reading: bytes) -> None:
        """Store the readings of a file beside it, replacing earlier ones."""

    def reading(self, sha256: str) -> bytes:
        """What was read in a file. Raises :class:`NoFile`."""

    def digests(self, *, older_than_days: int = 0) -> Iterator[str]:
        """The digests of all files that were kept at least some days ago."""


@frozen
class FolderStore:
    """Files in a folder that nobody else can read; it is created with the first file."""

    folder: Path

    def put(self, content: bytes) -> str:
        """Store a file: it is written next to its place and moved there, so it exists completely or not at all."""
        sha256 = hashlib.sha256(content).hexdigest()
        place = self._place(sha256)
        if not (place.exists() and self._is_sound(place, sha256)):
            self._write(place, content)
        return sha256

    def _write(self, place: Path, content: bytes) -> None:
        place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor, unfinished = tempfile.mkstemp(prefix=_UNFINISHED, dir=place.parent)
        try:
            with os.fdopen(descriptor, "wb") as stream:
                stream.write(content)
                stream.flush()
                os.fsync(stream.fileno())
            Path(unfinished).replace(place)
        except BaseException:
            Path(unfinished).unlink(missing_ok=True)
            raise

    def get(self, sha256: str) -> bytes:
        """A file, whose digest is computed again."""
        try:
            content = self._place(sha256).read_bytes()
        except FileNotFoundError:
            raise NoFile(sha256) from None
        if hashlib.sha256(content).hexdigest() != sha256:
            raise AlteredFile(sha256)
        return content

    def erase(self, sha256: str) -> None:
        """Delete a file and its readings."""
        for place in (self._reading(sha256), self._place(sha256)):
            place.unlink(missing_ok=True)

    def put_reading(self, sha256: str, reading: bytes) -> None:
        """Store the readings of a file."""
        self._write(self._reading(sha256), reading)

    def reading(self, sha256: str) -> bytes:
        """What was read in a file."""
        try:
            return self._reading(sha256).read_bytes()
        except FileNotFoundError:
            raise NoFile(sha256) from None

    def digests(self, *, older_than_days: int = 0) -> Iterator[str]:
        """The digests, in order."""
        latest = time.time() - older_than_days * DAY
        for place in sorted(self.folder.glob("??/*")):
            if DIGEST.fullmatch(place.name) and place.stat().st_mtime <= latest:
                yield place.name

    def _place(self, sha256: str) -> Path:
        if not DIGEST.fullmatch(sha256):
            raise NoFile(sha256)
        return self.folder / sha256[:2] / sha256

    def _reading(self, sha256: str) -> Path:
        place = self._place(sha256)
        return place.with_name(place.name + READING)

    def _is_sound(self, place: Path, sha256: str) -> bool:
        return hashlib.sha256(place.read_bytes()).hexdigest() == sha256


def digests_in(case: Mapping[str, Any]) -> Iterator[str]:
    """The digests of the files that a case names, as a JSON document. Erased ones are ``null`` there."""
    for evidence in case.get("evidence") or ():
        for file in evidence.get("files") or ():
            if isinstance(sha256 := file.get("sha256"), str):
                yield sha256


def missing_or_altered(digests: Iterable[str], files: FileStore) -> Iterator[tuple[str, str]]:
    """What is wrong with the files that some cases name: the digest, and ``missing`` or ``altered``."""
    for sha256 in sorted({*digests}):
        try:
            files.get(sha256)
        except NoFile:
            yield sha256, "missing"
        except AlteredFile:
            yield sha256, "altered"


def erase_unnamed(named: Collection[str], files: FileStore, older_than_days: int) -> int:
    """Delete the files that no case names and that are older than some days; how many they were."""
    unnamed = [each for each in files.digests(older_than_days=older_than_days) if each not in named]
    for sha256 in unnamed:
        files.erase(sha256)
    return len(unnamed)
