"""The process that reads hostile files: ``python -m adjudicator.evidence.child``, started by :mod:`adjudicator.evidence.process`.

It imports the libraries once and gives up the network. Each request is then served in a fork of its own with bounded memory and time,
which can read nothing but Python's own folders: a file that breaks the fork, or takes it over, changes nothing for the next file.
"""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Mapping
from typing import Any, Final, NoReturn

from adjudicator.evidence import isolation
from adjudicator.evidence.frames import Broken, TooLate, read_frame, write_frame
from adjudicator.evidence.readings import Problem, converter

MOST_REQUEST: Final = 2**30
GRACE: Final = 10.0
"""Seconds by the clock that a fork has beyond its processor time: the machine may have other work too."""


def main() -> None:
    """Serve requests from standard input until it ends."""
    requests, replies = os.dup(0), os.dup(1)
    with open(os.devnull, "r+b", buffering=0) as null:  # noqa: PTH123 - a device
        os.dup2(null.fileno(), 0)
        os.dup2(null.fileno(), 1)
        network = isolation.without_network()
        from adjudicator.evidence import reading  # noqa: PLC0415 - heavy: only once the network is gone

        reading.warm_up()
        os.dup2(null.fileno(), 2)  # what libraries say about a file may be personal data
    write_frame(replies, {"network": network, "files": _file_isolation()})
    while True:
        try:
            header, payload = read_frame(requests, MOST_REQUEST)
        except Broken:
            return
        write_frame(replies, *_in_a_fork(header, payload, (requests, replies)))


def _file_isolation() -> str:
    """Which isolation of files a fork will have: found out in a fork that does nothing else."""
    kernel_can = os.fork()
    if kernel_can == 0:
        os._exit(isolation.without_files(()) == "landlock")
    return "landlock" if os.waitstatus_to_exitcode(os.waitpid(kernel_can, 0)[1]) == 1 else "none"


def _in_a_fork(header: Mapping[str, Any], payload: bytes, ours: tuple[int, ...]) -> tuple[Any, bytes]:
    """The reply to a request, or the problem that the fork had."""
    result, results = os.pipe()
    fork = os.fork()
    if fork == 0:
        os.close(result)
        _serve(header, payload, ours, results)
    os.close(results)
    deadline = time.monotonic() + header["limits"]["seconds"] + GRACE
    problem: str | None = None
    reply: tuple[Any, bytes] = ({}, b"")
    try:
        reply = read_frame(result, header["limits"]["bundle_bytes"], deadline)
    except TooLate:
        problem = "out_of_time"
    except Broken:
        problem = "crashed"
    os.close(result)
    os.kill(fork, signal.SIGKILL)
    ended = os.waitstatus_to_exitcode(os.waitpid(fork, 0)[1])
    if problem is None:
        return reply
    return _failed("out_of_time" if ended == -signal.SIGXCPU else problem), b""


def _serve(header: Mapping[str, Any], payload: bytes, ours: tuple[int, ...], results: int) -> NoReturn:
    """Serve one request in a fork, and end it."""
    try:
        for descriptor in ours:
            os.close(descriptor)
        isolation.dies_with_its_parent()
        isolation.with_limits(header["limits"]["memory_bytes"], header["limits"]["seconds"])
        isolation.without_files({sys.prefix, sys.base_prefix, *(each for each in sys.path if each)})
        isolation.without_python_side_doors()
        from adjudicator.evidence.reading import serve  # noqa: PLC0415 - see `main`

        write_frame(results, *serve(header, payload))
    except MemoryError:
        write_frame(results, _failed("out_of_memory"))
    except BaseException as error:  # noqa: BLE001 - whatever it is, the file caused it, and the report says so
        write_frame(results, _failed("crashed", error=type(error).__name__))
    finally:
        os._exit(0)


def _failed(code: str, **params: str) -> Any:
    return {"problem": converter().unstructure(Problem(code=code, params=params))}


if __name__ == "__main__":
    main()
