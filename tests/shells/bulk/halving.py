"""Work for processes of a test. They import the module that it stands in, so this one imports little."""

from __future__ import annotations

import os
import signal


def half(number: int) -> int:
    """Half of a number; thirteen is the end of the process."""
    if number == 13:
        os.kill(os.getpid(), signal.SIGKILL)
    return number // 2
