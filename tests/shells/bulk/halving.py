"""Tasks for worker processes in tests. The workers import this module, so it imports little."""

from __future__ import annotations

import os
import signal


def half(number: int) -> int:
    """Half of a number. Thirteen ends the process."""
    if number == 13:
        os.kill(os.getpid(), signal.SIGKILL)
    return number // 2
