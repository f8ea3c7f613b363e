"""The command ``replay``: decides past cases in bulk, and writes the decisions as a table. It needs the extra ``bulk``."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter, validators

from adjudicator.bulk.choices import chosen
from adjudicator.bulk.deciding import Counts
from adjudicator.bulk.files import OutputFormat
from adjudicator.bulk.lines import Limits
from adjudicator.bulk.replay import replay as replay_sources
from adjudicator.bulk.runs import default_processes
from adjudicator.cli.database import TenantOption
from adjudicator.cli.exits import ANYTHING_ELSE, DECIDED, INPUT_AT_FAULT, UsageError
from adjudicator.cli.options import InputFile
from adjudicator.cli.past_cases import KEPT, bulk_errors, candidate_at, sources_named
from adjudicator.cli.progress import Meter, is_wanted
from adjudicator.cli.streams import report, write_line


def replay(
    *files: InputFile,
    out: Annotated[Path, Parameter(name="--out")],
    format: Annotated[OutputFormat, Parameter(name="--format")] = "parquet",
    edition: Annotated[list[str] | None, Parameter(name="--edition", negative=(), show_default=False)] = None,
    candidate: Annotated[str | None, Parameter(name="--candidate", show_default=False)] = None,
    policy: Annotated[list[str] | None, Parameter(name="--policy", negative=(), show_default=False)] = None,
    as_of: Annotated[str | None, Parameter(name="--as-of", show_default=False)] = None,
    column: Annotated[str | None, Parameter(name="--column", show_default=False)] = None,
    decisions: Annotated[bool, Parameter(name="--decisions", negative=())] = False,
    processes: Annotated[int | None, Parameter(name="--processes", validator=validators.Number(gte=1, lte=256))] = None,
    cases_per_part: Annotated[
        int, Parameter(name="--cases-per-part", validator=validators.Number(gte=1))
    ] = Limits().cases,
    progress: Annotated[bool | None, Parameter(name="--progress", show_default=False)] = None,
    tenant: TenantOption = None,
) -> int:
    """Decide past cases in bulk, and write the decisions as a table into a folder.

    Reads cases as JSON lines (plain, gzip or Zstandard), Parquet (JSON in a column, or a column for each field of a case), folders of
    these, a recorded store (`sqlite:///FILE`, `postgresql://...`), or `-`, the standard input. An invalid case is a row with its
    faults, and does not stop the others; the exit status is then 2.

    Stop it whenever you like: started again with the same inputs and options it goes on where it was, and every row is there once.
    The folder holds one file for each part of the input, and `manifest.ndjson`, whose last line says when it is complete.

    Parameters
    ----------
    files
        Files, folders, URLs of recorded stores, or `-`.
    out
        The folder for the table: a new or empty one, or one where this replay was stopped.
    format
        `parquet`, `ndjson` or `csv`.
    edition
        Decide under other editions: those in force on a day (`2026-01-31`), or one by name (`douyin_global:2022-03-15`, or of a single
        policy). You can give several names.
    candidate
        Decide the cases of its policies under a candidate edition: a Python file or the folder of a package, with `EDITION` or `EDITIONS`.
    policy
        Decide only the cases of this policy or pack. You can give several.
    as_of
        Decide every case as at this instant (RFC 3339) instead of its own.
    column
        The Parquet column with the cases, `case` if there is one of that name.
    decisions
        Add a column with the whole decision as JSON.
    processes
        How many processes decide; one for each core by default.
    cases_per_part
        The most cases in one output file.
    progress
        Report the rate and the time left on standard error, as by default in a terminal.
    """
    with bulk_errors(out):
        options = chosen(
            edition=edition or (),
            policy=policy or (),
            as_of=as_of,
            column=column,
            decisions=decisions,
            candidate=None if candidate is None else candidate_at(candidate),
        )
    with ExitStack() as stack, bulk_errors(out, KEPT), Meter(is_wanted(progress)) as meter:
        counts = replay_sources(
            sources_named(files, column, stack, tenant, out),
            out,
            options,
            format=format,
            processes=processes or default_processes(),
            limits=Limits(cases=cases_per_part),
            on_progress=meter.show,
        )
    return _summary(counts, out)


def _summary(counts: Counts, out: Path) -> int:
    """Write the summary, and return the exit status."""
    if not counts.cases:
        raise UsageError("there is no case in the input")
    for line in counts.summary(str(out)):
        write_line(line.encode())
    if counts.faulty:
        report(f"{counts.faulty:,} of {counts.cases:,} cases could not be decided: see error_pointer and error_message")
    if counts.failed:
        report(f"{counts.failed:,} cases made a policy break down: see error_message")
        return ANYTHING_ELSE
    return INPUT_AT_FAULT if counts.faulty else DECIDED
