"""What a process gives up before it reads a hostile file. For Linux; elsewhere less is guaranteed, and the report says what.

Called by :mod:`adjudicator.evidence.child`, never in the process of a caller.
"""

from __future__ import annotations

import ctypes
import os
import resource
import signal
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

_CLONE_NEWNET: Final = 0x40000000
_CLONE_NEWUSER: Final = 0x10000000
_PR_SET_PDEATHSIG: Final = 1
_PR_SET_NO_NEW_PRIVS: Final = 38
_LANDLOCK_CREATE_RULESET: Final = 444
_LANDLOCK_ADD_RULE: Final = 445
_LANDLOCK_RESTRICT_SELF: Final = 446
_READ: Final = 1 << 2 | 1 << 3
"""Reading files and listing directories."""
_LEAST_VERSION: Final = 3
_WITH_SCOPES: Final = 6
_WAYS_TO_USE_FILES: Final = {1: 13, 2: 14, 3: 15, 4: 15, 5: 16}
"""How many ways to use a file each version of Landlock can forbid; later ones as many as the last. Truncating came with the third."""
_SEPARATE_SOCKETS_AND_SIGNALS: Final = 1 << 0 | 1 << 1
_FORBIDDEN: Final = (
    "socket.bind",
    "socket.connect",
    "socket.getaddrinfo",
    "socket.gethostby",
    "socket.send",
    "subprocess.",
    "os.exec",
    "os.posix_spawn",
    "os.system",
    "os.fork",
    "pty.",
)
"""Prefixes of audit events. A pair of sockets within the process is allowed: event loops need one."""


class Forbidden(PermissionError):
    """The process tried something that it gave up."""


def without_network() -> str:
    """Give up the network for this process and those that it starts.

    Returns how: ``namespace`` if the kernel took it away; ``python`` if only Python's own sockets are blocked, which code in C could
    get around.
    """
    libc = _libc()
    if libc is not None and any(libc.unshare(flags) == 0 for flags in (_CLONE_NEWNET, _CLONE_NEWNET | _CLONE_NEWUSER)):
        return "namespace"
    return "python"


def with_limits(memory_bytes: int, seconds: int) -> None:
    """Bound the memory that this process takes from now on, its processor time, files and dumps."""
    memory = _address_space() + memory_bytes
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))


def without_files(readable: Iterable[str]) -> str:
    """Give up every file except for reading some folders.

    Returns ``landlock`` if the kernel (Linux 6.2 and later) took them away, and ``none`` if it could not. From Linux 6.12 on, the process
    cannot send signals to others either.
    """
    libc = _libc()
    if libc is None:
        return "none"
    version = libc.syscall(_LANDLOCK_CREATE_RULESET, None, 0, 1)
    if version < _LEAST_VERSION:
        return "none"
    libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    ways = (1 << _WAYS_TO_USE_FILES[min(version, max(_WAYS_TO_USE_FILES))]) - 1
    scoped = _SEPARATE_SOCKETS_AND_SIGNALS if version >= _WITH_SCOPES else 0
    handled = _Ruleset(ways, 0, scoped)
    size = ctypes.sizeof(handled) if scoped else _Ruleset.network.offset
    ruleset = libc.syscall(_LANDLOCK_CREATE_RULESET, ctypes.byref(handled), size, 0)
    if ruleset < 0:
        return "none"
    for folder in readable:
        _allow_reading(libc, ruleset, folder)
    restricted = libc.syscall(_LANDLOCK_RESTRICT_SELF, ruleset, 0)
    os.close(ruleset)
    return "landlock" if restricted == 0 else "none"


def without_python_side_doors() -> None:
    """Refuse sockets, programs and further processes in Python itself. Cannot be undone in this process."""

    def refuse(event: str, _: tuple[Any, ...]) -> None:
        if event.startswith(_FORBIDDEN):
            raise Forbidden(event)

    sys.addaudithook(refuse)


def dies_with_its_parent() -> None:
    """Let the kernel end this process if the one that started it ends."""
    libc = _libc()
    if libc is not None:
        libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)


def _address_space() -> int:
    """The bytes of address space that this process has; 0 where the system does not say."""
    try:
        pages = Path("/proc/self/statm").read_text(encoding="ascii").split()[0]
    except OSError:
        return 0
    return int(pages) * resource.getpagesize()


def _libc() -> Any:
    return ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


class _Ruleset(ctypes.Structure):
    _fields_ = (("files", ctypes.c_uint64), ("network", ctypes.c_uint64), ("scoped", ctypes.c_uint64))


class _PathBeneath(ctypes.Structure):
    _pack_ = 1
    _fields_ = (("allowed", ctypes.c_uint64), ("folder", ctypes.c_int32))


def _allow_reading(libc: Any, ruleset: int, folder: str) -> None:
    try:
        descriptor = os.open(folder, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        return
    rule = _PathBeneath(_READ, descriptor)
    libc.syscall(_LANDLOCK_ADD_RULE, ruleset, 1, ctypes.byref(rule), 0)
    os.close(descriptor)
