"""Make something once for a test run: the first process that needs it makes it, and all others read it.

A fixture of scope ``session`` is made in each process, and one of scope ``module`` whenever a process comes back to the module. Use this
for anything that takes seconds to make.
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
    """A folder of that name. The first process fills it, and the others wait until it is full."""
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
    """A picklable value. The first process makes it, and the others load it."""
    folder = shared_folder(factory, name, lambda each: (each / "value").write_bytes(pickle.dumps(make())))
    value: T = pickle.loads((folder / "value").read_bytes())
    return value
