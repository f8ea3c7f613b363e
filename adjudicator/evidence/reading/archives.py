"""Zip archives: unpacked in memory, within limits. Names are labels here and never become paths."""

from __future__ import annotations

import io
import stat
import zipfile
import zlib
from collections.abc import Iterator
from typing import Final

from adjudicator.evidence.limits import Limits
from adjudicator.evidence.readings import Archive, Member, Problem

_UTF8_NAME: Final = 0x800
_ENCRYPTED: Final = 0x1
_FILE, _ENTRY, _END = b"PK\x03\x04", b"PK\x01\x02", b"PK\x05\x06"
"""How a file of an archive begins, an entry of its directory, and what follows the last one."""
_ENTRY_SIZE: Final = 46
"""Of an entry, without its name, its extra fields and its comment."""
_UNIX_MODE: Final = 16
"""Where in the attributes of a file Unix has its mode, in bits."""


def is_archive(content: bytes) -> bool:
    """Whether bytes begin like a zip archive."""
    return content[:4] in (b"PK\x03\x04", b"PK\x05\x06")


def unpacked(content: bytes, limits: Limits) -> tuple[Archive, bytes]:
    """The files of an archive and their contents one after the other. What is beyond the limits is left out, with the problem."""
    members: list[Member] = []
    problems: list[Problem] = []
    contents = bytearray()
    try:
        with _opened(content) as archive:
            for name, info in _files(archive, limits, problems):
                most = min(limits.file_bytes, limits.bundle_bytes - len(contents))
                part = _content(archive, info, name, most, problems)
                if part is not None:
                    members.append(Member(name=name, size=len(part)))
                    contents += part
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError) as error:
        problems.append(Problem(code="unreadable", params={"error": type(error).__name__}))
    return Archive(members=tuple(members), problems=tuple(problems)), bytes(contents)


def _opened(content: bytes) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(io.BytesIO(content))
    except UnicodeDecodeError:  # names in GBK that are said to be in UTF-8
        return zipfile.ZipFile(io.BytesIO(_without_encodings(content)))


def _without_encodings(content: bytes) -> bytes:
    """An archive that does not say of any name that it is in UTF-8: neither in its directory nor before the files."""
    changed = bytearray(content)
    end = content.rfind(_END)
    at = end - _number(content, end + 12, 4)
    while 0 <= at < end and content.startswith(_ENTRY, at):
        file = _number(content, at + 42, 4)
        for flags in (at + 8, file + 6) if content.startswith(_FILE, file) else (at + 8,):
            changed[flags : flags + 2] = (_number(content, flags, 2) & ~_UTF8_NAME).to_bytes(2, "little")
        at += _ENTRY_SIZE + sum(_number(content, at + place, 2) for place in (28, 30, 32))
    return bytes(changed)


def _number(content: bytes, at: int, size: int) -> int:
    return int.from_bytes(content[at : at + size], "little")


def _files(archive: zipfile.ZipFile, limits: Limits, problems: list[Problem]) -> Iterator[tuple[str, zipfile.ZipInfo]]:
    seen: set[str] = set()
    listed = (info for info in archive.infolist() if not info.is_dir())
    for count, info in enumerate(listed):
        name = _name(info)
        if count == limits.files:
            problems.append(Problem(code="too_many_files", params={"most": limits.files}))
            return
        if name in seen:
            problems.append(Problem(code="repeated_name", params={"name": name[:200]}))
        elif ".." in name.replace("\\", "/").split("/") or name.startswith(("/", "\\")) or name[1:2] == ":":
            problems.append(Problem(code="unsafe_name", params={"name": name[:200]}))
        elif stat.S_ISLNK(info.external_attr >> _UNIX_MODE):
            problems.append(Problem(code="not_a_file", params={"name": name[:200]}))
        else:
            yield name, info
        seen.add(name)


def _name(info: zipfile.ZipInfo) -> str:
    """The name of a file. Archives made on Chinese Windows have names in GBK, and do not say so."""
    if info.flag_bits & _UTF8_NAME:
        return info.filename
    raw = info.orig_filename.encode("cp437").partition(b"\0")[0]  # as `filename` ends there
    for encoding in ("utf-8", "gb18030"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    return info.filename


def _content(
    archive: zipfile.ZipFile, info: zipfile.ZipInfo, name: str, most: int, problems: list[Problem]
) -> bytes | None:
    """The content of a file, never more than ``most`` bytes, whatever its header claims."""
    label = name[:200]
    if info.flag_bits & _ENCRYPTED:
        problems.append(Problem(code="encrypted_member", params={"name": label}))
        return None
    try:
        with archive.open(info) as member:
            content = member.read(most + 1)
    except (zipfile.BadZipFile, EOFError, NotImplementedError, OSError, ValueError, zlib.error) as error:
        problems.append(Problem(code="unreadable_member", params={"name": label, "error": type(error).__name__}))
        return None
    if len(content) > most:
        problems.append(Problem(code="too_large_member", params={"name": label, "most": most}))
        return None
    return content
