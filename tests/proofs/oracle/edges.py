"""Find where the oracle's answer changes along one field of a case."""

import copy
import itertools
from datetime import timedelta

from . import judge
from .raw import BEIJING, TICK, instant


def put(case, pointer, value):
    """A copy of the case with another value at a JSON pointer."""
    changed = copy.deepcopy(case)
    node = changed
    parts = [p.replace("~1", "/").replace("~0", "~") for p in pointer.split("/")[1:]]
    for part in parts[:-1]:
        node = node[int(part)] if isinstance(node, list) else node[part]
    last = parts[-1]
    node[int(last) if isinstance(node, list) else last] = copy.deepcopy(value)
    return changed


def verdict(decision):
    """Outcome, units, effects, requests, and which awards there are.

    Amounts and margins are left out, because they change with every step.
    """
    return (
        decision["outcome"],
        [(i["line_id"], i["outcome"], i["units"]) for i in decision["lines"]],
        [f["effect"] for f in decision["findings"]],
        [(r["to"], r["need"], r["line_id"], r["evidence_id"]) for r in decision["requests"]],
        [(a["kind"], a["line_id"]) for a in decision["awards"]],
    )


def amounts(decision):
    """The verdict, and the amount of each award."""
    return verdict(decision), [a["amount"] for a in decision["awards"]]


def scale(lo, hi, step):
    """The number of steps in a range of integers or instants, and a function from step number to value."""
    if isinstance(lo, str):
        start, width = instant(lo), step or TICK
        if not isinstance(width, timedelta):
            width = timedelta(seconds=width)
        count = (instant(hi) - start) // width
        return count, lambda n: (start + n * width).astimezone(BEIJING).isoformat()
    width = step or 1
    return (hi - lo) // width, lambda n: lo + n * width


def bisect_edges(case, path, lo, hi, step=None, watch=verdict, grid=32, limit=200, decide=judge):
    """Pairs (last value before, first value after) of each change between lo and hi, in order.

    `path` is a JSON pointer to an integer or an instant (RFC 3339 text); `step` is an integer, a number of seconds or a timedelta, by
    default one or one microsecond. `watch` maps a decision to the value to compare. A grid divides the range, and wherever the two ends
    of a piece differ, the piece is halved down to one step. Two changes that cancel each other within one piece are not seen. `decide`
    can be an engine with decisions of the same form.
    """
    count, value = scale(lo, hi, step)
    known = {}

    def at(n):
        if n not in known:
            known[n] = watch(decide(put(case, path, value(n))))
        return known[n]

    cuts = sorted({count * k // grid for k in range(grid + 1)} | {0, count})
    pieces = [(a, b) for a, b in itertools.pairwise(cuts)][::-1]
    edges = []
    while pieces and len(edges) < limit:
        a, b = pieces.pop()
        if at(a) == at(b):
            continue
        if b - a == 1:
            edges.append((value(a), value(b)))
            continue
        middle = (a + b) // 2
        pieces += [(middle, b), (a, middle)]
    return edges
