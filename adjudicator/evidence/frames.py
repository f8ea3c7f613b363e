"""Messages between the two processes: JSON and raw bytes, each of a bounded length. Never pickles: one side reads hostile files."""

from __future__ import annotations

import json
import os
import select
import struct
import time
from typing import Any, Final

_LENGTHS: Final = struct.Struct(">II")
MOST_HEADER: Final = 8 * 2**20


class Broken(Exception):
    """The other process ended, or sent something that is not a message."""


class TooLate(Exception):
    """The other process did not answer in time."""


def write_frame(descriptor: int, header: Any, payload: bytes = b"") -> None:
    """Write a message. Raises :class:`Broken` if the other process has ended."""
    text = json.dumps(header, separators=(",", ":")).encode()
    left = memoryview(_LENGTHS.pack(len(text), len(payload)) + text + payload)
    try:
        while left:
            left = left[os.write(descriptor, left) :]
    except OSError as error:
        raise Broken from error


def read_frame(descriptor: int, most_payload: int, deadline: float | None = None) -> tuple[Any, bytes]:
    """Read a message. ``deadline`` is on the monotonic clock.

    Raises :class:`Broken` and :class:`TooLate`.
    """
    header_length, payload_length = _LENGTHS.unpack(_exactly(descriptor, _LENGTHS.size, deadline))
    if header_length > MOST_HEADER or payload_length > most_payload:
        raise Broken
    text = _exactly(descriptor, header_length, deadline)
    payload = _exactly(descriptor, payload_length, deadline)
    try:
        return json.loads(text), payload
    except (ValueError, RecursionError) as error:
        raise Broken from error


def _exactly(descriptor: int, length: int, deadline: float | None) -> bytes:
    parts = bytearray()
    while len(parts) < length:
        if deadline is not None:
            left = max(0.0, deadline - time.monotonic())
            if not select.select([descriptor], [], [], left)[0]:
                raise TooLate
        part = os.read(descriptor, min(length - len(parts), 2**20))
        if not part:
            raise Broken
        parts += part
    return bytes(parts)
