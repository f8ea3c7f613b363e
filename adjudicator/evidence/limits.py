"""What an examination may use."""

from __future__ import annotations

from typing import Final

from attrs import frozen

MIB: Final = 2**20


@frozen(kw_only=True)
class Limits:
    """Bounds of one examination. A file beyond them is reported and not read; nothing is read in part without saying so."""

    files: int = 200
    file_bytes: int = 32 * MIB
    bundle_bytes: int = 256 * MIB
    """Of all files together, unpacked."""
    pixels: int = 64_000_000
    """Of one picture: its width times its height, as its header states them."""
    pages: int = 200
    """Of one PDF; the pages after them are not read."""
    shown_pages: int = 10
    """Of one PDF, as pictures; the pages after them are read and not shown."""
    text: int = 100_000
    """Characters of one PDF."""
    seconds: int = 20
    """Of processor time, for one file; by the clock, ten more."""
    memory_bytes: int = 2048 * MIB
    """That reading one file may take, beyond what the process has anyway."""
    bundle_seconds: int = 300
    """For the whole bundle, by the clock; the files that are left are not read."""
