"""The server of ``warm``: imports the given modules, and forks a copy for each request, which becomes the program.

It ends when its standard input closes, so it never outlives the process that started it.
"""

from __future__ import annotations

import atexit
import gc
import importlib
import io
import json
import multiprocessing
import os
import runpy
import select
import signal
import socket
import sys
import threading
import traceback
from pathlib import Path
from types import ModuleType
from typing import Any, Final

PLUGINS_OF_OURS: Final = ("anyio", "faker", "schemathesis", "xdist", "xdist.looponfail")
"""Pytest plugins that are installed only for our own tests. Authors of packs do not have them."""


def serve(address: str, beforehand: list[str]) -> None:
    """Wait for requests, and fork for each."""
    path = sys.path[1:]
    for name in beforehand:
        importlib.import_module(name)
    gc.freeze()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as listening:
        listening.bind(address)
        listening.listen()
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        while sys.stdin not in select.select([listening, sys.stdin], [], [])[0]:
            caller, _ = listening.accept()
            if os.fork() == 0:
                listening.close()
                become(caller, path)
            caller.close()


def become(caller: socket.socket, path: list[str]) -> None:
    """Become the program that a caller asks for, and exit."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    _, streams, _, _ = socket.recv_fds(caller, 1, 3)
    request = json.loads(caller.makefile("rb").readline())
    for number, stream in enumerate(streams):
        os.dup2(stream, number)
        os.close(stream)
    os.chdir(request["directory"])
    os.environ.clear()
    os.environ.update(request["environment"])
    if request.get("apart"):
        detach(caller)
    reopen_streams()
    copy_workers()
    status = run_program(request["arguments"], path)
    if not request.get("apart"):
        caller.sendall(str(status).encode())
    os._exit(status)


def detach(caller: socket.socket) -> None:
    """Continue in a new process group, while another process sends the caller the process id and then the exit status."""
    program = os.fork()
    if program == 0:
        caller.close()
        os.setsid()
        return
    for number in range(3):
        os.close(number)
    caller.sendall(f"{program}\n".encode())
    _, ended = os.waitpid(program, 0)
    caller.sendall(str(os.waitstatus_to_exitcode(ended)).encode())
    os._exit(0)


def copy_workers() -> None:
    """Make uvicorn fork its workers. By default it would start processes that import everything again."""
    if uvicorn := sys.modules.get("uvicorn._subprocess"):
        uvicorn.spawn = multiprocessing.get_context("fork")  # type: ignore[attr-defined]


def reopen_streams() -> None:
    """Reopen the standard streams as Python does: in the caller's encoding, by default that of a UTF-8 locale."""
    chosen = os.environ.get("PYTHONIOENCODING")
    encoding, errors = (chosen, "strict") if chosen else ("utf-8", "surrogateescape")
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        stream = io.TextIOWrapper(
            open(number, "rb" if number == 0 else "wb"),  # noqa: PTH123, SIM115 - a file descriptor has no path, and the exit closes it
            encoding,
            "backslashreplace" if number == 2 else errors,
            line_buffering=number == 2 or os.isatty(number),
        )
        setattr(sys, name, stream)
        setattr(sys, f"__{name}__", stream)


def run_program(arguments: list[str], path: list[str]) -> int:
    """Run a program to its end, and return its exit status."""
    try:
        run(arguments, path)
    except SystemExit as ended:
        status = exit_status(ended.code)
    except BaseException:  # noqa: BLE001 - as Python itself does at the end of a program
        traceback.print_exc()
        status = 1
    else:
        status = 0
    threading._shutdown()  # type: ignore[attr-defined]  # as Python ends: it waits for other threads
    atexit._run_exitfuncs()
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (OSError, ValueError):
            status = status or 120
    return status


def exit_status(code: Any) -> int:
    """The exit status for the argument of ``SystemExit``."""
    if code is None or isinstance(code, int):
        return code or 0
    sys.stderr.write(f"{code}\n")
    return 1


def run(arguments: list[str], path: list[str]) -> None:
    """Run a program as typed: ``adjudicator ...``, ``python FILE ...``, ``python -m MODULE ...`` or ``python -c CODE ...``."""
    program, *rest = arguments
    extra = [each for each in os.environ.get("PYTHONPATH", "").split(os.pathsep) if each]
    if Path(program).name == "adjudicator":
        sys.path[:] = [str(Path(program).parent), *extra, *path]
        sys.argv[:] = arguments
        from adjudicator.cli import main

        sys.exit(main())
    sys.path[:] = ["", *extra, *path]
    if rest[0] == "-m":
        sys.path[0] = os.getcwd()  # noqa: PTH109 - exactly as Python does it
        sys.argv[:] = rest[1:]
        if rest[1] == "pytest":
            forget("anyio")
            sys.argv[1:1] = [f"-pno:{plugin}" for plugin in PLUGINS_OF_OURS]
        runpy.run_module(rest[1], run_name="__main__", alter_sys=True)
    elif rest[0] == "-c":
        sys.argv[:] = ["-c", *rest[2:]]
        exec(compile(rest[1], "<string>", "exec", dont_inherit=True), as_main())
    else:
        sys.path[0] = str(Path(rest[0]).resolve().parent)
        sys.argv[:] = rest
        exec(compile(Path(rest[0]).read_bytes(), rest[0], "exec", dont_inherit=True), as_main())


def forget(package: str) -> None:
    """Undo the import of a pytest plugin, because pytest must import plugins itself."""
    for name in [each for each in sys.modules if each.partition(".")[0] == package]:
        del sys.modules[name]


def as_main() -> dict[str, Any]:
    """The globals of a module that runs as ``__main__``."""
    main = sys.modules["__main__"] = ModuleType("__main__")
    return main.__dict__


if __name__ == "__main__":
    serve(sys.argv[1], sys.argv[2:])
