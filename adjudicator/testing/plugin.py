"""A pytest plugin that runs each row of a table of cases as a test, and prints clause coverage at the end of the run.

Enable it in ``pyproject.toml``::

    [tool.pytest.ini_options]
    addopts = ["-p", "adjudicator.testing.plugin"]

or in the topmost ``conftest.py``: ``pytest_plugins = ["adjudicator.testing.plugin"]``. It is not a ``pytest11`` entry point,
because that would load it into every test run in every environment with claim-adjudicator.
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
"""The key under which a pytest-xdist worker hands over its counts."""


# Tables of cases


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """Collect tables."""
    return TableFile.from_parent(parent, path=file_path) if file_path.name.endswith(SUFFIXES) else None


class TableFile(pytest.File):
    """A table of cases."""

    def collect(self) -> Iterator[RowItem]:
        """Yield a test for each row."""
        for row in read_table(self.path):
            yield RowItem.from_parent(self, name=row.name, row=row)

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """Leave out the traceback if the table is at fault."""
        if isinstance(excinfo.value, TableError):
            return str(excinfo.value)
        return super().repr_failure(excinfo)


class UnexpectedDecision(AssertionError):
    """The decision on a row's case is not what the row expects; the message says how and why."""


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
        """Leave out the traceback if the decision is not the expected one."""
        if isinstance(excinfo.value, UnexpectedDecision):
            return f"{self.path.name}, {excinfo.value}"
        return super().repr_failure(excinfo)

    def reportinfo(self) -> tuple[Path, int, str]:
        """The heading of a failure."""
        return self.path, self.row.number - 1, f"{self.path.name}: {self.row.name}"


# Clause coverage


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add ``--sightings``."""
    group = parser.getgroup("adjudicator")
    group.addoption("--sightings", metavar="FILE", type=Path, help="where to write what was seen of each clause")


def pytest_configure(config: pytest.Config) -> None:
    """Start with empty counts."""
    config.stash[CLAUSES_SEEN] = {}


@pytest.fixture
def clause_table(pytestconfig: pytest.Config) -> ClauseTable:
    """The clause coverage of this run; add your own counts and they are printed at the end."""
    return pytestconfig.stash[CLAUSES_SEEN]


def pytest_sessionfinish(session: pytest.Session) -> None:
    """In a pytest-xdist worker, hand over the counts; otherwise write them to a file for the handbook."""
    seen = session.config.stash[CLAUSES_SEEN]
    if hasattr(session.config, "workeroutput"):
        session.config.workeroutput[FROM_WORKER] = json.dumps(seen)
        return
    target: Path | None = session.config.getoption("--sightings")
    if target is not None:
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(f"{json.dumps(_sightings(seen), indent=2)}\n", "utf-8")


def _sightings(seen: ClauseTable) -> dict[str, dict[str, dict[str, int]]]:
    """The counts by edition, clause and side, as the handbook reads them."""
    return {
        key_of(policies()[policy][-1]): {
            name: {sight: counts[sight] for sight in SIGHTS} for name, counts in clauses.items()
        }
        for policy, clauses in sorted(seen.items())
    }


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """Add the counts of a pytest-xdist worker."""
    output: Mapping[str, str] = getattr(node, "workeroutput", {})
    for policy, clauses in json.loads(output.get(FROM_WORKER, "{}")).items():
        table = node.config.stash[CLAUSES_SEEN].setdefault(policy, {})
        for clause, counts in clauses.items():
            table.setdefault(clause, Counter()).update(counts)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Print the counts of each clause."""
    seen = config.stash[CLAUSES_SEEN]
    if seen:
        terminalreporter.section("clauses seen: supporting, defeating, undecided, decisive")
    for policy, clauses in sorted(seen.items()):
        terminalreporter.write_line(policy)
        for clause, counts in clauses.items():
            sights = (counts[sight] for sight in SIGHTS)
            terminalreporter.write_line(f"  {clause:<36}" + "".join(f"{count:>7}" for count in sights))
