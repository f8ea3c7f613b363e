"""Setup for all tests: Hypothesis profiles, session fixtures, and a report of the outcomes that generated cases reached."""

from __future__ import annotations

import gc
import json
import os
import shutil
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeAlias

import pytest
from hypothesis import HealthCheck, Phase, settings

import warm
from mutation.caches import forget_what_was_made

if TYPE_CHECKING:
    from proving.differential import Results

pytest_plugins = ["adjudicator.testing.plugin"]

# The tests start many programs, and each starts in half the time if its bytecode is cached.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

# In memory, a commit need not wait for a disk.
MEMORY: Final = Path("/dev/shm")
ROOM: Final = 2 * 2**30
"""How many bytes the tests may take up there."""


def can_hold_tests(folder: Path) -> bool:
    """Whether tests can be there: with enough room, and not on a file system without programs, and if they are nowhere else."""
    if "PYTEST_DEBUG_TEMPROOT" in os.environ or not os.access(folder, os.W_OK):
        return False
    room = os.statvfs(folder)
    return room.f_bavail * room.f_frsize >= ROOM and not room.f_flag & os.ST_NOEXEC


IN_MEMORY: Final = can_hold_tests(MEMORY)
if IN_MEMORY:
    os.environ["PYTEST_DEBUG_TEMPROOT"] = str(MEMORY)

# A whole case is a large example, so drawing one can take milliseconds.
LARGE_EXAMPLES = (HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much)
# The default has a few more examples than the mutation tests; `make prove` and the profile `thorough` have many more.
settings.register_profile(
    "ci", deadline=None, derandomize=True, max_examples=10, suppress_health_check=LARGE_EXAMPLES, print_blob=False
)
settings.register_profile(
    "thorough", deadline=None, max_examples=2_000, suppress_health_check=LARGE_EXAMPLES, print_blob=True
)
# For `make quick`: a few examples catch most mistakes while you work.
settings.register_profile(
    "quick", deadline=None, derandomize=True, max_examples=4, suppress_health_check=LARGE_EXAMPLES, print_blob=False
)
# For mutation tests: the first counterexample is enough, however large it is.
settings.register_profile(
    "mutation",
    deadline=None,
    derandomize=True,
    max_examples=8,
    suppress_health_check=LARGE_EXAMPLES,
    database=None,
    phases=(Phase.explicit, Phase.generate),
)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci"))

LONGEST: Final = (
    "tests/shells/spark/test_spark.py",
    "tests/shells/test_docs.py::test_a_page_shows_what_really_happens",
    "tests/shells/service/test_crashes.py",
    "tests/shells/service/test_openapi.py",
    "tests/proofs/symbolic/test_symbolic.py",
    "tests/proofs/test_soak.py::test_a_short_soak",
)
"""The tests that take seconds each."""

Shares = dict[str, Counter[str]]
"""How often each outcome was reached, by policy."""

Found: TypeAlias = Callable[[str], "Results"]
"""Takes a policy and returns the results of engine and oracle on its numbered cases."""

Coverage = dict[str, tuple[list[str], list[str]]]
"""For each edition, the sentences of its article that it implements, and those that it leaves out."""

REACHED = pytest.StashKey[Shares]()
COVERED = pytest.StashKey[Coverage]()


def pytest_sessionstart() -> None:
    """In mutation tests, forget what code without the mutant has made."""
    if os.environ.get("HYPOTHESIS_PROFILE") == "mutation":
        forget_what_was_made()


def pytest_unconfigure(config: pytest.Config) -> None:
    """Free the memory."""
    if IN_MEMORY:
        shutil.rmtree(config._tmp_path_factory.getbasetemp(), ignore_errors=True)  # type: ignore[attr-defined]


def pytest_sessionfinish(session: pytest.Session) -> None:
    """In a pytest-xdist worker, send the counts to the main process."""
    stash = session.config.stash
    if hasattr(session.config, "workeroutput"):
        session.config.workeroutput["counts"] = json.dumps([stash[REACHED], stash[COVERED]])


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """Add the counts from a pytest-xdist worker."""
    if "counts" not in (output := getattr(node, "workeroutput", {})):
        return  # the worker crashed, and pytest-xdist reports that itself
    reached, covered = json.loads(output["counts"])
    for policy, counts in reached.items():
        node.config.stash[REACHED].setdefault(policy, Counter()).update(counts)
    node.config.stash[COVERED].update(covered)


def pytest_configure(config: pytest.Config) -> None:
    config.stash[REACHED] = {}
    config.stash[COVERED] = {}


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Run the longest tests first, so that no worker is still busy with one when the others have finished."""
    items.sort(key=lambda item: not item.nodeid.startswith(LONGEST))


def pytest_collection_finish() -> None:
    """Freeze what has been imported, so that garbage collection does not scan it again and again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(5_000, 10, 10)


@pytest.fixture
def shares(pytestconfig: pytest.Config) -> Shares:
    """Counts of outcomes in generated cases, by policy. Add yours, and they are printed at the end of the run."""
    return pytestconfig.stash[REACHED]


@pytest.fixture
def coverage(pytestconfig: pytest.Config) -> Coverage:
    """The rule sentences that editions implement. Add yours, and they are printed at the end of the run."""
    return pytestconfig.stash[COVERED]


@pytest.fixture(scope="session")
def found(tmp_path_factory: pytest.TempPathFactory) -> Found:
    """Results of engine and oracle on numbered cases of a policy."""
    from numbered import results_for

    return cache(partial(results_for, factory=tmp_path_factory))


@pytest.fixture(scope="session")
def warmed() -> Iterator[warm.Server]:
    """A server that forks programs with everything already imported."""
    with warm.serving() as server:
        yield server


@pytest.fixture(scope="session")
def programs(warmed: warm.Server, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder for ``PATH`` with an ``adjudicator`` and a ``python`` that start without importing anything again."""
    return warmed.programs_in(tmp_path_factory.mktemp("programs") / "bin")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    reached = config.stash[REACHED]
    if reached:
        terminalreporter.section("outcomes that generated cases reached")
    for policy, counts in sorted(reached.items()):
        terminalreporter.write_line(f"{policy}: {counts.total()} cases, {in_words(counts)}")

    covered = config.stash[COVERED]
    if covered:
        terminalreporter.section("sentences of the rules carried out")
    for edition, (carried_out, left_out) in covered.items():
        of = len(carried_out) + len(left_out)
        beside = f"; left out for a reason: {'; '.join(left_out)}" if left_out else ""
        terminalreporter.write_line(f"{edition}: {len(carried_out)} of {of}{beside}")


def in_words(counts: Mapping[str, int]) -> str:
    """The counts as percentages, in words."""
    total = sum(counts.values())
    return ", ".join(f"{outcome} {count / total:.1%}" for outcome, count in sorted(counts.items()))
