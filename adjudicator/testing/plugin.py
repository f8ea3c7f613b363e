"""A pytest plugin: each row of a table of cases is a test, and the clauses that tests saw are printed at the end of the run.

Enable it where you want it, in ``pyproject.toml``::

    [tool.pytest.ini_options]
    addopts = ["-p", "adjudicator.testing.plugin"]

or in the topmost ``conftest.py``: ``pytest_plugins = ["adjudicator.testing.plugin"]``. It is no ``pytest11`` entry point, because
that would load it into every test run of every environment with claim-adjudicator in it.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from adjudicator.engine.registry import policies
from adjudicator.extras import importing
from adjudicator.rulebook.handbook.coverage import SIGHTS, key_of
from adjudicator.testing.clause_coverage import ClauseTable
from adjudicator.testing.stash import CLAUSES_SEEN
from adjudicator.testing.tables import SUFFIXES, CaseRow, TableError, read_table
from adjudicator.testing.tables.comparing import run_row

with importing("testing"):
    import pytest

FROM_WORKER = "adjudicator clauses seen"
"""Under which a process of pytest-xdist hands on what it saw."""


# Tables of cases


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """Collect tables."""
    return TableFile.from_parent(parent, path=file_path) if file_path.name.endswith(SUFFIXES) else None


class TableFile(pytest.File):
    """A table of cases."""

    def collect(self) -> Iterator[RowItem]:
        """A test for each row."""
        for row in read_table(self.path):
            yield RowItem.from_parent(self, name=row.name, row=row)

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """Without a traceback where the table is at fault."""
        if isinstance(excinfo.value, TableError):
            return str(excinfo.value)
        return super().repr_failure(excinfo)


class UnexpectedDecision(AssertionError):
    """A row whose case is decided otherwise than it expects; the message says how, and why."""


class RowItem(pytest.Item):
    """A row of a table."""

    def __init__(self, *, row: CaseRow, **of_pytest: Any) -> None:
        super().__init__(**of_pytest)
        self.row = row

    def runtest(self) -> None:
        """Decide the case and compare."""
        if report := run_row(self.row):
            raise UnexpectedDecision(report)

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """Without a traceback where the decision is not the expected one."""
        if isinstance(excinfo.value, UnexpectedDecision):
            return f"{self.path.name}, {excinfo.value}"
        return super().repr_failure(excinfo)

    def reportinfo(self) -> tuple[Path, int, str]:
        """What the heading of a failure says."""
        return self.path, self.row.number - 1, f"{self.path.name}: {self.row.name}"


# The clauses that tests saw


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add ``--sightings``."""
    group = parser.getgroup("adjudicator")
    group.addoption("--sightings", metavar="FILE", type=Path, help="where to write what was seen of each clause")


def pytest_configure(config: pytest.Config) -> None:
    """Begin with nothing seen."""
    config.stash[CLAUSES_SEEN] = {}


@pytest.fixture
def clause_table(pytestconfig: pytest.Config) -> ClauseTable:
    """How often the clauses of each policy were seen from each side; what you add is printed at the end of the run."""
    return pytestconfig.stash[CLAUSES_SEEN]


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Hand on what was seen if this is one of several processes; else write it down, for the handbook."""
    seen = session.config.stash[CLAUSES_SEEN]
    if hasattr(session.config, "workeroutput"):
        session.config.workeroutput[FROM_WORKER] = json.dumps(seen)
        return
    target: Path | None = session.config.getoption("--sightings")
    if target is not None:
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(f"{json.dumps(_sightings(seen), indent=2)}\n", "utf-8")


def _sightings(seen: ClauseTable) -> dict[str, dict[str, dict[str, int]]]:
    """What the handbook reads: numbers by edition, clause and side."""
    return {
        key_of(policies()[policy][-1]): {
            name: {sight: counts[sight] for sight in SIGHTS} for name, counts in clauses.items()
        }
        for policy, clauses in sorted(seen.items())
    }


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """Add up what the processes of pytest-xdist saw."""
    output: Mapping[str, str] = getattr(node, "workeroutput", {})
    for policy, clauses in json.loads(output.get(FROM_WORKER, "{}")).items():
        table = node.config.stash[CLAUSES_SEEN].setdefault(policy, {})
        for clause, counts in clauses.items():
            table.setdefault(clause, Counter()).update(counts)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Print the clauses with the numbers of each side."""
    seen = config.stash[CLAUSES_SEEN]
    if seen:
        terminalreporter.section("clauses seen: supporting, defeating, undecided, decisive")
    for policy, clauses in sorted(seen.items()):
        terminalreporter.write_line(policy)
        for clause, counts in clauses.items():
            sights = (counts[sight] for sight in SIGHTS)
            terminalreporter.write_line(f"  {clause:<36}" + "".join(f"{count:>7}" for count in sights))
