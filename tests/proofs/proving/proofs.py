"""The proofs and their results. To add one, write a function and add a line to :data:`PROOFS`."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Final, TypeAlias
from xml.etree import ElementTree as ET

from attrs import frozen
from rich.console import Console

from adjudicator.engine.registry import editions
from adjudicator.testing.laws import one_edition_governs
from proving.dates import SWEEPS
from proving.differential import ROOT, Results, Run, results
from proving.occurrences import OCCURRENCES
from proving.sights import never_seen, sights_there_are
from proving.table import Row, table_of_figures
from proving.tally import OCCURRENCE, SIGHT, Tally

MOST_COMPLAINTS: Final = 50
"""The maximum number of complaints shown for a soak. All are counted."""
QUICK_STEP: Final = 61
"""The quick sweep checks one day in this many."""


@frozen
class Scale:
    """How much to prove, where to record it and where to print. ``tell`` gets progress messages.

    ``seconds`` is the duration of the soak. ``database`` is the PostgreSQL URL for its record; ``None`` means a file.
    """

    seed: int
    cases: int
    jobs: int
    quick: bool
    folder: Path
    console: Console
    tell: Callable[[str], None]
    seconds: int = 0
    database: str | None = None


Proof: TypeAlias = Callable[[Scale], Iterable[Row]]


# Engine against oracle


def differential(scale: Scale) -> Iterator[Row]:
    """Compare engine and oracle on the numbered cases, and report which clauses and rules these cases exercised."""
    run = Run(scale.seed, scale.cases, scale.folder, scale.jobs)
    found = results(run, Progress(scale.tell).hear)
    scale.console.print(table_of_figures(found.tallies))
    for each in found.differing:
        scale.console.print(f"case {each.number} ({each.policy}) differs: {again(run.seed, each.number)}")
        for difference in each.differences:
            scale.console.print(f"    {difference}")
    yield from agreement(found)
    yield clauses_seen(found)
    yield rules_seen(found)
    yield readings_seen(found)


class Progress:
    """Reports progress and the estimated time left, once for each hundredth of the comparison."""

    def __init__(self, tell: Callable[[str], None]) -> None:
        self.tell = tell
        self.began: tuple[float, int] | None = None
        self.share_shown = -1

    def hear(self, done: int, cases: int) -> None:
        """Note the number of finished cases."""
        now = time.monotonic()
        began, done_before = self.began = self.began or (now, done)
        share = 100 * done // cases
        if share > self.share_shown:
            self.share_shown = share
            left = (now - began) * (cases - done) / (done - done_before) if done > done_before else None
            estimate = "" if left is None else f", about {left / 60:.0f} minutes more"
            self.tell(f"{done:,} of {cases:,} cases{estimate}")


def again(seed: int, number: int) -> str:
    """The command that shows one case again."""
    return f'make prove ARGS="--seed {seed} --case {number}"'


def agreement(found: Results) -> Iterator[Row]:
    """A row for each policy."""
    for policy, tally in found.tallies.items():
        cases, differ = tally.figures["cases"], tally.figures["cases"] - tally.figures["agreed"]
        checked = f"engine and oracle on {policy}"
        yield Row("differential", checked, cases, f"{differ:,} differ" if differ else "all agree", holds=not differ)


def clauses_seen(found: Results) -> Row:
    """Whether every clause was seen with every effect that it can have."""
    missing = [each for policy, tally in found.tallies.items() for each in never_seen(policy, seen_in(tally))]
    count = sum(len(sights_there_are(policy)) for policy in found.tallies)
    checked = "clauses supporting, defeating, undecided, decisive"
    return Row("clause table", checked, count, ", ".join(missing) or "all seen", holds=not missing)


def rules_seen(found: Results) -> Row:
    """Whether every rule that a clause cites was seen both supporting and preventing a result."""
    seen = {sight for tally in found.tallies.values() for sight in seen_in(tally)}
    clauses = [clause for edition in editions() for clause in edition.clauses]
    carrying, holding_up = (
        {rule for clause in clauses if any((clause.name, side) in seen for side in sides) for rule in clause.cites}
        for sides in (("supports",), ("defeats", "undecided"))
    )
    rules = {rule for clause in clauses for rule in clause.cites}
    missing = sorted(rules - (carrying & holding_up))
    checked = "rules that clauses cite, carrying a case and holding one up"
    return Row("rule coverage", checked, len(rules), ", ".join(missing) or "all seen", holds=not missing)


def readings_seen(found: Results) -> Row:
    """Whether everything in :data:`OCCURRENCES` occurred among the cases."""
    wanted = [(policy, name) for policy, names in OCCURRENCES.items() for name in names]
    missing = [f"{policy}: {name}" for policy, name in wanted if name not in found.tallies[policy].of(OCCURRENCE)]
    checked = "what shows a reading at work, among the cases"
    return Row("readings", checked, len(wanted), ", ".join(missing) or "all seen", holds=not missing)


def seen_in(tally: Tally) -> set[tuple[str, str]]:
    """The sights in a tally, each as (clause, side)."""
    return {(clause, side) for clause, _, side in (name.partition(" ") for name in tally.of(SIGHT))}


# Dates


def dates(scale: Scale) -> Iterator[Row]:
    """Whether one edition governs each day, and every window ends where the calendar says."""
    one_edition_governs(editions())
    yield Row("date sweep", "editions follow one another without gap or overlap", len(editions()), "they do")
    for sweep in SWEEPS:
        starts = sweep.starts(QUICK_STEP if scale.quick else 1)
        scale.tell(f"{sweep.window}: {len(starts):,} days")
        failures = [failure for start in starts for failure in sweep.failures(start)]
        checked = f"{sweep.window}: at the last instant and a microsecond on"
        yield Row("date sweep", checked, len(starts), "; ".join(failures[:3]) or "in, and out", holds=not failures)


# The service


def soak(scale: Scale) -> Iterator[Row]:
    """Run the service under load and inject faults."""
    from soak.run import Soak, soaked  # needs the helpers of the service's tests, which no other proof does

    asked = Soak(scale.seed, scale.seconds, scale.folder / "soak", scale.database)
    scale.tell(f"a soak of {asked.seconds:g} s with the faults of seed {asked.seed}")
    findings = soaked(asked, scale.tell)
    complaints = [complaint for finding in findings for complaint in finding.complaints]
    for complaint in complaints[:MOST_COMPLAINTS]:
        scale.console.print(f"soak of seed {asked.seed}: {complaint}")
    if complaints:
        scale.console.print(f"{len(complaints):,} complaints; record and output are in {asked.folder}")
    yield from (finding.row for finding in findings)


# What others prove

AT_LENGTH: Final = {
    "HYPOTHESIS_PROFILE": "thorough",
    "SYMBOLIC_BOUNDS": "wide",
    "PYTEST_ADDOPTS": "--override-ini=faulthandler_timeout=0",
}
"""Many more examples from Hypothesis, wider bounds for CrossHair, and no time limit."""


def by_pytest(proof: str, checked: str, *paths: str) -> Proof:
    """A proof by tests of the suite, with many more examples than in the suite unless ``--quick`` is set."""

    def run(scale: Scale) -> Iterator[Row]:
        scale.tell(f"pytest {' '.join(paths)}")
        report = (scale.folder / f"{proof}.xml").resolve()
        report.unlink(missing_ok=True)
        environment = os.environ | ({} if scale.quick else AT_LENGTH)
        processes = ("--numprocesses", str(scale.jobs))
        command = [sys.executable, "-m", "pytest", "-q", *processes, f"--junit-xml={report}", *paths]
        ended = subprocess.run(command, cwd=ROOT, env=environment, stdout=sys.stderr, check=False).returncode
        count, failed = tests_in(report) if report.exists() else (0, [])
        result = ", ".join(failed) or (f"pytest ended with {ended}" if ended else "all pass")
        yield Row(proof, checked, count, result, holds=not ended)

    return run


def tests_in(report: Path) -> tuple[int, list[str]]:
    """The number of tests in a report, and the names of those that failed."""
    tests = [each for each in ET.parse(report).iter("testcase") if each.find("skipped") is None]
    failed = [
        test.get("name", "") for test in tests if test.find("failure") is not None or test.find("error") is not None
    ]
    return len(tests), failed


def by_command(proof: str, checked: str, *command: str) -> Proof:
    """A proof by another command, such as one of ``make`` with an environment of its own.

    The command may write rows to the file named in ``PROVED_ROWS``: JSON objects with the fields of :class:`Row`, one a line. Without
    rows, its exit status is the result. ``--quick`` leaves it out.
    """

    def run(scale: Scale) -> Iterator[Row]:
        if scale.quick:
            return
        scale.tell(" ".join(command))
        file = (scale.folder / f"{proof}.jsonl").resolve()
        file.unlink(missing_ok=True)
        environment = os.environ | {"PROVED_ROWS": str(file)}
        ended = subprocess.run(command, cwd=ROOT, env=environment, stdout=sys.stderr, check=False).returncode
        rows = [Row(**json.loads(line)) for line in file.read_text("utf-8").splitlines()] if file.exists() else []
        yield from rows
        if ended or not rows:
            yield Row(proof, checked, 1, f"ended with {ended}" if ended else "passed", holds=not ended)

    return run


PROOFS: Final[Mapping[str, Proof]] = {
    "differential": differential,
    "dates": dates,
    "edges": by_pytest(
        "edges", "edges bisected in the oracle, in the engine at the same place", "tests/proofs/test_edges.py"
    ),
    "rules": by_pytest(
        "rules",
        "each sentence of the rules carried out, or not adjudicated for a reason",
        "tests/laws/test_rule_coverage.py",
    ),
    "editions": by_pytest("editions", "one edition for every instant", "tests/laws/test_date_sweep.py"),
    "symbolic": by_pytest("symbolic", "time and money, over all paths of their code", "tests/proofs/symbolic"),
    "laws": by_pytest(
        "laws",
        "what every policy obeys, on random cases",
        "tests/laws/test_laws.py",
        "tests/laws/test_broken_engines.py",
    ),
    "schemas": by_pytest("schemas", "schemas and readers agree on random documents", "tests/unit/schemas"),
    "service": by_pytest(
        "service", "what comes out is described, whatever goes in", "tests/shells/service/test_openapi.py"
    ),
    "texts": by_pytest(
        "texts",
        "what people read has no holes, whatever was decided",
        "tests/shells/test_codes.py",
        "tests/shells/explanations",
        "tests/shells/handbook",
        "tests/shells/words",
        "tests/unit/test_diff.py",
    ),
    "examples": by_pytest(
        "examples",
        "decisions that the contract gives",
        "tests/unit/test_examples.py",
        "tests/proofs/oracle/test_oracle_examples.py",
    ),
    "soak": soak,
    "mutation": by_command(
        "mutation", "changes to packs and fold, noticed by a test or with a reason", "make", "mutate"
    ),
}
"""The proofs by name, in the order of the table. To run one in its own environment, use :func:`by_command`."""
