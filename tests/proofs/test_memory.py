"""The memory that the benchmark reports for each case."""

from __future__ import annotations

import gc

import pytest

from benchmarks.memory import memory_of

BYTES = 100_000
TOLERANCE = 5_000
"""What the interpreter may need for itself."""


def test_what_a_result_holds_is_kept() -> None:
    found = memory_of(bytes, [BYTES, 3 * BYTES])
    assert found.kept == pytest.approx(2 * BYTES, abs=TOLERANCE)
    assert found.most == pytest.approx(2 * BYTES, abs=TOLERANCE)


def test_what_is_needed_only_meanwhile_is_not_kept() -> None:
    found = memory_of(lambda count: len(bytes(count)), [BYTES])
    assert found.kept == pytest.approx(0, abs=TOLERANCE)
    assert found.most == pytest.approx(BYTES, abs=TOLERANCE)


def test_what_the_first_rounds_keep_for_all_that_follow_does_not_count() -> None:
    cache: dict[int, bytes] = {}
    found = memory_of(lambda count: len(cache.setdefault(count, bytes(count))), [BYTES])
    assert found.kept == pytest.approx(0, abs=TOLERANCE)


def test_garbage_is_collected_again_afterwards() -> None:
    memory_of(bytes, [1])
    assert gc.isenabled()
