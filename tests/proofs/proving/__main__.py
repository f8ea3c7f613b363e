"""``python -m proving``: all proofs, in one table; or one numbered case, as engine and oracle decide it."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Final

from cyclopts import App, Parameter, validators
from rich.console import Console

from adjudicator.testing import Json
from proving.cases import numbered_case
from proving.comparison import compared, engine_decision, faults_found, oracle_decision
from proving.differential import ROOT
from proving.proofs import PROOFS, Scale
from proving.table import Row, table_of_proofs

FOLDER: Final = ROOT / "build" / "prove"
A_MILLION: Final = 1_000_000
QUICK: Final = 20_000
SOAK: Final = 600
QUICK_SOAK: Final = 20
INTERRUPTED: Final = 130


def is_a_proof(_: object, name: str) -> None:
    """Raises :class:`ValueError` if there is no proof of this name."""
    if name not in PROOFS:
        raise ValueError(f"one of {', '.join(PROOFS)}, not {name}")


Name = Annotated[str, Parameter(validator=is_a_proof)]
Count = Annotated[int, Parameter(validator=validators.Number(gte=1))]

app = App(
    name="proving",
    help="Run all proofs and print one table of results.",
    result_action="return_value",
    suppress_keyboard_interrupt=False,
)


@app.default
def prove(
    *,
    seed: int = 1,
    cases: Count | None = None,
    jobs: Count | None = None,
    quick: bool = False,
    only: list[Name] | None = None,
    seconds: Count | None = None,
    database: str | None = None,
    folder: Path = FOLDER,
    case: int | None = None,
) -> int:
    """Run every proof and print the results. After an interruption, it resumes where it stopped.

    Args:
        seed: The seed of the cases: the same seed makes the same cases.
        cases: How many cases engine and oracle decide: by default a million, or 20,000 with ``quick``.
        jobs: How many processes decide them: by default one for each core.
        quick: Prove less of everything.
        only: The names of the proofs to run.
        seconds: How long the soak takes: by default ten minutes, or 20 seconds with ``quick``.
        database: A PostgreSQL for the soak, in which it creates a tenant. By default it records in a SQLite file.
        folder: Where progress and results are recorded.
        case: Show only this case, with both decisions.
    """
    console = Console(width=None if sys.stdout.isatty() else 140, markup=False, emoji=False, highlight=False)
    if case is not None:
        return show(console, seed, case)
    folder.mkdir(parents=True, exist_ok=True)
    scale = Scale(
        seed=seed,
        cases=cases or (QUICK if quick else A_MILLION),
        jobs=jobs or os.cpu_count() or 1,
        quick=quick,
        seconds=seconds or (QUICK_SOAK if quick else SOAK),
        database=database,
        folder=folder,
        console=console,
        tell=Console(stderr=True, markup=False, emoji=False, highlight=False).print,
    )
    rows: list[Row] = []
    for name in only or PROOFS:
        rows += PROOFS[name](scale)
    console.print(table_of_proofs(rows))
    return 0 if all(row.holds for row in rows) else 1


def show(console: Console, seed: int, number: int) -> int:
    """Print one case, both decisions, and where they differ."""
    case = numbered_case(seed, number)
    write(console, f"Case {number} of seed {seed}", case.document)
    if case.broken is not None:
        console.print(f"Broken: {case.broken.broken} at {case.broken.pointer}")
        console.print(f"Engine refuses: {sorted(faults_found(case.document))}")
    else:
        write(console, "Engine", engine_decision(case.document))
        write(console, "Oracle", oracle_decision(case.document))
    differences = compared(case).differences
    for difference in differences or ("They agree.",):
        console.print(difference)
    return 1 if differences else 0


def write(console: Console, title: str, document: Json) -> None:
    """Print a document under its title."""
    console.rule(title, align="left", characters="-")
    console.print(json.dumps(document, ensure_ascii=False, indent=2, default=str), soft_wrap=True)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the program. The exit status is 0 if everything holds, 1 if something does not, 130 if interrupted."""
    try:
        return int(app(arguments) or 0)
    except KeyboardInterrupt:
        sys.stderr.write("\ninterrupted; run it again to resume\n")
        return INTERRUPTED


if __name__ == "__main__":
    sys.exit(main())
