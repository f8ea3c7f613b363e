"""Serving: the application behind uvicorn, in one process or several that share a port, until it is told to stop."""

from __future__ import annotations

import multiprocessing
import os
import signal
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from shutil import rmtree
from tempfile import TemporaryDirectory, gettempdir
from types import FrameType
from typing import Final, NoReturn

import uvicorn
from litestar import Litestar
from uvicorn.supervisors import Multiprocess

from adjudicator.service.app import create_app
from adjudicator.service.connections import BoundedHeads
from adjudicator.service.monitoring.logs import write_logs
from adjudicator.service.monitoring.metrics import FOLDER
from adjudicator.service.settings import Settings

BACKLOG: Final = 2048
LAST_SECONDS: Final = 1.0
"""How long a process may take to end after it has given up on requests."""
WORKER_SECONDS: Final = 30
"""How long a worker may say nothing, also while it starts on a busy machine, before it is replaced."""
METRICS_FOLDER: Final = "adjudicator-metrics-"


class SingleServer(uvicorn.Server):
    """A server in this process, which ends in time whatever its threads still do.

    The server gives up on requests after ``shutdown_seconds``, but the program would still wait for the threads that answer them.
    """

    def __init__(self, config: uvicorn.Config, settings: Settings) -> None:
        super().__init__(config)
        self.seconds_to_end = settings.shutdown_seconds + LAST_SECONDS

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Begin to end."""
        timer = threading.Timer(self.seconds_to_end, os._exit, (0,))
        timer.daemon = True
        timer.start()
        super().handle_exit(sig, frame)


class Workers(Multiprocess):
    """Processes that answer on one port; one that dies is replaced, and one that does not end in time is killed."""

    def __init__(self, config: uvicorn.Config, sockets: list[socket.socket], seconds_to_end: float) -> None:
        super().__init__(config, sockets)
        self.seconds_to_end = seconds_to_end

    def join_all(self) -> None:
        """Wait for the workers, but not for ever."""
        deadline = time.monotonic() + self.seconds_to_end
        for each in self.processes:
            each.process.join(max(0.0, deadline - time.monotonic()))
            if each.process.is_alive():
                each.process.kill()
        super().join_all()

    def terminate_all(self) -> None:
        """Let nobody new in, who would wait for an answer in vain, then tell the workers to finish."""
        for each in self.sockets:
            each.close()
        super().terminate_all()


def listening_on(settings: Settings) -> socket.socket:
    """The socket that the workers share. Raises :class:`OSError` where the address is not to be had."""
    family, kind, number, _, address = socket.getaddrinfo(
        settings.host, settings.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
    )[0]
    listening = socket.socket(family, kind, number)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listening.bind(address)
    listening.listen(BACKLOG)
    listening.set_inheritable(True)
    return listening


def application(settings: Settings) -> Litestar:
    """The application in the process that answers."""
    if multiprocessing.parent_process() is not None:
        write_logs(settings)
        threading.Thread(target=outlive_no_parent, daemon=True).start()
    return create_app(settings)


def serve(settings: Settings, listening: socket.socket, make: Callable[[Settings], Litestar] = application) -> None:
    """Answer requests until SIGTERM or SIGINT; what was taken by then is finished, within the settings' bound."""
    write_logs(settings)
    config = config_for(settings, make)
    with stopping_quietly():
        if settings.workers == 1:
            SingleServer(config, settings).run([listening])
        else:
            with metrics_folder():
                Workers(config, [listening], settings.shutdown_seconds + LAST_SECONDS).run()


def config_for(settings: Settings, make: Callable[[Settings], Litestar]) -> uvicorn.Config:
    """How uvicorn runs; its own access log, which writes down whole addresses, is off."""
    return uvicorn.Config(
        partial(make, settings),
        factory=True,
        workers=settings.workers,
        http=BoundedHeads,
        ws="none",
        lifespan="on",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        backlog=BACKLOG,
        timeout_graceful_shutdown=settings.shutdown_seconds,
        timeout_worker_healthcheck=WORKER_SECONDS,
    )


def outlive_no_parent() -> None:
    """Stop when the process is gone that started this one and would replace it."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os.kill(os.getpid(), signal.SIGTERM)


@contextmanager
def metrics_folder() -> Iterator[None]:
    """A folder in which workers count together. Their processes are started with it, before they import what counts."""
    remove_abandoned_folders()
    with TemporaryDirectory(prefix=f"{METRICS_FOLDER}{os.getpid()}-") as folder:
        os.environ[FOLDER] = folder
        try:
            yield
        finally:
            del os.environ[FOLDER]


def remove_abandoned_folders() -> None:
    """Remove what servers that were killed left behind: their folders are named after their processes."""
    for each in Path(gettempdir()).glob(f"{METRICS_FOLDER}*-*"):
        process = each.name.removeprefix(METRICS_FOLDER).partition("-")[0]
        if process.isdigit() and not is_running(int(process)):
            rmtree(each, ignore_errors=True)


def is_running(process: int) -> bool:
    """Whether there is a process with this number."""
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:  # it is somebody else's
        return True
    return True


@contextmanager
def stopping_quietly() -> Iterator[None]:
    """Let a signal to stop end the program as if it were done: uvicorn raises it again when it has heeded it."""

    def stop(_number: int, _frame: FrameType | None) -> NoReturn:
        raise SystemExit(0)

    before = {each: signal.signal(each, stop) for each in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)
