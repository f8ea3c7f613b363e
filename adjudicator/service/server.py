"""Running the application under uvicorn, in one process or several that share a port."""

from __future__ import annotations

import gc
import logging
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
from uvicorn.config import STARTUP_FAILURE
from uvicorn.supervisors import Multiprocess
from uvicorn.supervisors.multiprocess import Process

from adjudicator.service.app import create_app
from adjudicator.service.connections import BoundedHeads
from adjudicator.service.forms import FORM_FOLDER
from adjudicator.service.monitoring.logs import write_logs
from adjudicator.service.monitoring.metrics import FOLDER
from adjudicator.service.settings import Settings

BACKLOG: Final = 2048
EXIT_SECONDS: Final = 1.0
"""How long a process may take to exit after abandoning its requests."""
WORKER_SECONDS: Final = 30
"""How long a worker may be unresponsive, including its start on a busy machine, before it is replaced."""
METRICS_FOLDER: Final = "adjudicator-metrics-"

_log = logging.getLogger("adjudicator.service")


class SingleServer(uvicorn.Server):
    """A server in this process that exits in time even if its threads are still busy.

    Uvicorn abandons requests after ``shutdown_seconds``, but the process would still wait for their threads.
    """

    def __init__(self, config: uvicorn.Config, settings: Settings) -> None:
        super().__init__(config)
        self.exit_seconds = settings.shutdown_seconds + EXIT_SECONDS

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Start the exit timer, then shut down."""
        timer = threading.Timer(self.exit_seconds, os._exit, (0,))
        timer.daemon = True
        timer.start()
        super().handle_exit(sig, frame)


class Workers(Multiprocess):
    """Worker processes on one port. A crashed worker is replaced; one that does not exit in time is killed."""

    def __init__(self, config: uvicorn.Config, sockets: list[socket.socket], exit_seconds: float) -> None:
        super().__init__(config, sockets)
        self.exit_seconds = exit_seconds
        self.asked: dict[Process, float] = {}
        """When each worker was asked whether it still responds, until it does."""

    def keep_subprocess_alive(self) -> None:
        """Replace the workers that have crashed or do not respond.

        Uvicorn waits for the response of each, and until then sees neither a stop signal nor that another worker has crashed.
        """
        for number, worker in enumerate(self.processes):
            if self.should_exit.is_set():
                return
            if not self._responds(worker):
                self._replace(number, worker)

    def _responds(self, worker: Process) -> bool:
        """Whether a worker runs and has responded in the last ``WORKER_SECONDS``. Does not wait."""
        if not worker.process.is_alive():
            return False
        try:
            if worker in self.asked and worker.parent_conn.poll():
                worker.parent_conn.recv()
                del self.asked[worker]
            if worker not in self.asked:
                worker.parent_conn.send(b"ping")
                self.asked[worker] = time.monotonic()
        except (OSError, EOFError):  # it has just crashed
            return False
        return time.monotonic() - self.asked[worker] < WORKER_SECONDS

    def _replace(self, number: int, worker: Process) -> None:
        """Start another worker, unless this one could not start: then neither could the next."""
        self.asked.pop(worker, None)
        worker.kill()
        worker.join()
        if worker.exitcode == STARTUP_FAILURE:
            _log.error("worker %s failed to start, so the service stops", worker.pid)
            self.should_exit.set()
            return
        _log.warning("worker %s crashed or did not respond, and is replaced", worker.pid)
        self.processes[number] = Process(self.config, self.sockets)
        self.processes[number].start()

    def join_all(self) -> None:
        """Wait for the workers, and kill those that do not exit in time."""
        deadline = time.monotonic() + self.exit_seconds
        for worker in self.processes:
            worker.process.join(max(0.0, deadline - time.monotonic()))
            if worker.process.is_alive():
                worker.process.kill()
        super().join_all()

    def terminate_all(self) -> None:
        """Close the sockets, so that no new client waits in vain, then stop the workers."""
        for listening in self.sockets:
            listening.close()
        super().terminate_all()


def open_socket(settings: Settings) -> socket.socket:
    """Open the socket that the workers share. Raises :class:`OSError` if the address is not available."""
    family, kind, number, _, address = socket.getaddrinfo(
        settings.host, settings.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
    )[0]
    listening = socket.socket(family, kind, number)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listening.bind(address)
    listening.listen(BACKLOG)
    listening.set_inheritable(True)
    return listening


def application(settings: Settings, make: Callable[[Settings], Litestar] = create_app) -> Litestar:
    """Create the application inside a serving process."""
    if multiprocessing.parent_process() is not None:
        write_logs(settings)
        threading.Thread(target=stop_with_parent, daemon=True).start()
    app = make(settings)
    keep_for_good()
    return app


def keep_for_good() -> None:
    """Leave what was imported out of every garbage collection to come: to go through it again would stop all requests for some 0.1 seconds."""
    gc.collect()
    gc.freeze()


def serve(settings: Settings, listening: socket.socket, make: Callable[[Settings], Litestar] = application) -> None:
    """Serve until SIGTERM or SIGINT. Requests in progress may finish within ``shutdown_seconds``."""
    write_logs(settings)
    remove_abandoned_folders()
    config = config_for(settings, make)
    with quiet_exit():
        if settings.workers == 1:
            SingleServer(config, settings).run([listening])
        else:
            with metrics_folder():
                Workers(config, [listening], settings.shutdown_seconds + EXIT_SECONDS).run()


def config_for(settings: Settings, make: Callable[[Settings], Litestar]) -> uvicorn.Config:
    """The configuration of uvicorn. Its access log, which contains full URLs, is off."""
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


def stop_with_parent() -> None:
    """Stop this worker when its parent process is gone."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os.kill(os.getpid(), signal.SIGTERM)


@contextmanager
def metrics_folder() -> Iterator[None]:
    """A folder in which workers share metrics. They must start with it set, because prometheus-client reads it on import."""
    with TemporaryDirectory(prefix=f"{METRICS_FOLDER}{os.getpid()}-") as folder:
        os.environ[FOLDER] = folder
        try:
            yield
        finally:
            del os.environ[FOLDER]


def remove_abandoned_folders() -> None:
    """Remove what killed servers left: metrics, and files that were being received. The names of the folders contain the process id.

    One with the id of this process, which has none yet, is also old: in a container, a server often gets the id of the one before it.
    """
    for kind in (METRICS_FOLDER, FORM_FOLDER):
        for folder in Path(gettempdir()).glob(f"{kind}*-*"):
            process = folder.name.removeprefix(kind).partition("-")[0]
            if process.isdigit() and (int(process) == os.getpid() or not is_running(int(process))):
                rmtree(folder, ignore_errors=True)


def is_running(process: int) -> bool:
    """Whether a process with this id exists."""
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:  # it belongs to another user
        return True
    return True


@contextmanager
def quiet_exit() -> Iterator[None]:
    """Exit with status 0 on a stop signal: uvicorn raises the signal again after it has shut down."""

    def stop(_number: int, _frame: FrameType | None) -> NoReturn:
        raise SystemExit(0)

    previous = {number: signal.signal(number, stop) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield
    finally:
        for number, handler in previous.items():
            signal.signal(number, handler)
