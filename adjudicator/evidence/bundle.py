"""A bundle of files as it comes: a folder, a zip archive, or a list of files. Reads bytes and names; looks into none of them."""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from attrs import field, frozen

from adjudicator.evidence.limits import Limits
from adjudicator.evidence.manifest import NAME
from adjudicator.evidence.process import Examiner
from adjudicator.evidence.readings import Problem


@frozen(kw_only=True)
class BundleFile:
    """A file: its name in the bundle, and its bytes."""

    name: str
    content: bytes = field(repr=False)
    sha256: str = field(init=False)

    @sha256.default
    def _digest(self) -> str:
        return hashlib.sha256(self.content).hexdigest()


@frozen(kw_only=True)
class Bundle:
    """The files of a bundle by name, and what could not be unpacked; ``manifest`` is the text of the bundle's own manifest, if it has one."""

    files: tuple[BundleFile, ...]
    problems: tuple[Problem, ...] = ()
    manifest: bytes | None = None


def opened(paths: Sequence[Path], examiner: Examiner) -> Bundle:
    """Open a bundle: one folder, one zip archive, or any number of files. Links are not followed.

    Raises :class:`OSError` if a path cannot be read.
    """
    problems: list[Problem] = []
    if len(paths) == 1 and paths[0].is_dir():
        found = _in_folder(paths[0], examiner.limits, problems)
    elif len(paths) == 1 and _is_archive(paths[0]):
        found = _in_archive(paths[0], examiner, problems)
    else:
        found = _listed(((_readable(path.name), path) for path in paths), examiner.limits, problems)
    files = {each.name: each for each in found}
    manifest = files.pop(NAME, None)
    return Bundle(
        files=tuple(files.values()),
        problems=tuple(problems),
        manifest=None if manifest is None else manifest.content,
    )


def _is_archive(path: Path) -> bool:
    with path.open("rb") as stream:
        return stream.read(4) in (b"PK\x03\x04", b"PK\x05\x06")


def _in_archive(path: Path, examiner: Examiner, problems: list[Problem]) -> Iterator[BundleFile]:
    content = _content(path, path.name, examiner.limits.bundle_bytes, problems)
    if content is not None:
        archive, contents = examiner.unpack(content)
        problems += archive.problems
        for member, part in zip(archive.members, contents, strict=True):
            yield BundleFile(name=member.name, content=part)


def _in_folder(folder: Path, limits: Limits, problems: list[Problem]) -> Iterator[BundleFile]:
    paths = ((_readable(path.relative_to(folder).as_posix()), path) for path in sorted(folder.rglob("*")))
    return _listed(paths, limits, problems)


def _readable(name: str) -> str:
    """A name that can be written down. One that a Chinese Windows gave is in GBK, and Python holds its bytes as surrogates."""
    raw = os.fsencode(name)
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return raw.decode("gb18030", "replace")


def _listed(paths: Iterable[tuple[str, Path]], limits: Limits, problems: list[Problem]) -> Iterator[BundleFile]:
    left, seen = limits.bundle_bytes, set[str]()
    for name, path in paths:
        mode = path.lstat().st_mode
        if stat.S_ISDIR(mode):
            continue
        if len(seen) == limits.files:
            problems.append(Problem(code="too_many_files", params={"most": limits.files}))
            return
        if name in seen:
            problems.append(Problem(code="repeated_name", params={"name": name[:200]}))
        elif not stat.S_ISREG(mode):
            problems.append(Problem(code="not_a_file", params={"name": name[:200]}))
        else:
            content = _content(path, name, min(left, limits.file_bytes), problems)
            if content is not None:
                left -= len(content)
                yield BundleFile(name=name, content=content)
        seen.add(name)


def _content(path: Path, name: str, most: int, problems: list[Problem]) -> bytes | None:
    with path.open("rb") as stream:
        content = stream.read(most + 1)
    if len(content) > most:
        problems.append(Problem(code="too_large_member", params={"name": name[:200], "most": most}))
        return None
    return content
