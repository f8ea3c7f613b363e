"""Processor time of processes that are still running, from Linux's ``/proc``."""

from __future__ import annotations

import os
from collections import defaultdict
from pathlib import Path


def time_of_children() -> float:
    """Seconds of processor time of all descendants of this process, including those they have waited for."""
    children: dict[int, list[int]] = defaultdict(list)
    ticks: dict[int, int] = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            text = path.read_text("utf-8")
        except OSError:
            continue  # it has just ended
        fields = text.rpartition(")")[2].split()
        process = int(path.parent.name)
        children[int(fields[1])].append(process)
        ticks[process] = sum(map(int, fields[11:15]))
    ahead, total = list(children[os.getpid()]), 0
    while ahead:
        process = ahead.pop()
        total += ticks[process]
        ahead += children[process]
    return total / os.sysconf("SC_CLK_TCK")
