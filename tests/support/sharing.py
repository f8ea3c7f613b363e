"""What is made once in a run, by the process that needs it first, and read by all processes of the tests.

A fixture of the scope ``session`` is made in each process, and one of the scope ``module`` as often as a process comes back to the
module. This is for what takes seconds to make.
"""

from __future__ import annotations

import fcntl
import os
import pickle
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import pytest

T = TypeVar("T")


def shared_folder(factory: pytest.TempPathFactory, name: str, fill: Callable[[Path], object]) -> Path:
    """A folder of that name; the first process that asks fills it, and the others wait until it has."""
    run = factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        run = run.parent
    folder, done = run / f"shared-{name}", run / f"shared-{name}.done"
    with (run / f"shared-{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not done.exists():
            folder.mkdir()
            fill(folder)
            done.touch()
    return folder


def shared(factory: pytest.TempPathFactory, name: str, make: Callable[[], T]) -> T:
    """A value that can be pickled; the first process that asks makes it."""
    folder = shared_folder(factory, name, lambda each: (each / "value").write_bytes(pickle.dumps(make())))
    value: T = pickle.loads((folder / "value").read_bytes())
    return value
