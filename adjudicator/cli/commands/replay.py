"""The command ``replay``: decides past cases in bulk, and writes the decisions as a table. It needs the extra ``bulk``."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from time import monotonic
from typing import Annotated, Final

from cyclopts import Parameter, validators

from adjudicator.bulk.choices import chosen
from adjudicator.bulk.deciding import Counts
from adjudicator.bulk.errors import BulkError, NotResumable, UnusableInput
from adjudicator.bulk.files import OutputFormat
from adjudicator.bulk.lines import Limits
from adjudicator.bulk.replay import Progress, default_processes
from adjudicator.bulk.replay import replay as replay_sources
from adjudicator.bulk.sources import RecordedCases, Source, sources_at
from adjudicator.cli.database import opened_store
from adjudicator.cli.exits import ANYTHING_ELSE, DECIDED, INPUT_AT_FAULT, CommandError, UsageError
from adjudicator.cli.options import InputFile
from adjudicator.cli.streams import COMMAND, report, write_errors, write_line
from adjudicator.model.errors import safe

RECORDS: Final = ("sqlite:", "postgresql:", "postgres:")
"""How the URL of a recorded store begins."""
SECONDS_BETWEEN_LINES: Final = 10.0
"""How often the progress is reported where it cannot be overwritten."""


def replay(
    *files: InputFile,
    out: Annotated[Path, Parameter(name="--out")],
    format: Annotated[OutputFormat, Parameter(name="--format")] = "parquet",
    edition: Annotated[list[str] | None, Parameter(name="--edition", negative=(), show_default=False)] = None,
    policy: Annotated[list[str] | None, Parameter(name="--policy", negative=(), show_default=False)] = None,
    as_of: Annotated[str | None, Parameter(name="--as-of", show_default=False)] = None,
    column: Annotated[str | None, Parameter(name="--column", show_default=False)] = None,
    decisions: Annotated[bool, Parameter(name="--decisions", negative=())] = False,
    processes: Annotated[int | None, Parameter(name="--processes", validator=validators.Number(gte=1, lte=256))] = None,
    cases_per_part: Annotated[
        int, Parameter(name="--cases-per-part", validator=validators.Number(gte=1))
    ] = Limits().cases,
    progress: Annotated[bool | None, Parameter(name="--progress", show_default=False)] = None,
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
    with _errors(out):
        options = chosen(edition=edition or (), policy=policy or (), as_of=as_of, column=column, decisions=decisions)
    with ExitStack() as stack, _errors(out), _Meter(_is_wanted(progress)) as meter:
        counts = replay_sources(
            _sources(files, column, stack),
            out,
            options,
            format=format,
            processes=processes or default_processes(),
            limits=Limits(cases=cases_per_part),
            on_progress=meter.show,
        )
    return _summary(counts, out)


@contextmanager
def _errors(out: Path) -> Iterator[None]:
    """Turn the errors of a replay into messages on one line."""
    try:
        yield
    except (UnusableInput, NotResumable) as error:
        raise UsageError(str(error)) from error
    except BulkError as error:
        raise CommandError(str(error)) from error
    except OSError as error:
        where = safe(str(error.filename or out))
        again = "what is done is kept: start it again to go on"
        raise CommandError(f"{where}: {error.strerror or error}; {again}") from error


def _sources(files: Sequence[str], column: str | None, stack: ExitStack) -> list[Source]:
    if not files:
        raise UsageError("name at least one input: a file, a folder, the URL of a record, or - for the standard input")
    sources: list[Source] = []
    for group in files:
        if group.startswith(RECORDS):
            store = stack.enter_context(opened_store(group))
            sources.append(RecordedCases(store.engine.url.render_as_string(hide_password=True), store))
    return sources + sources_at([each for each in files if not each.startswith(RECORDS)], column)


def _summary(counts: Counts, out: Path) -> int:
    """Write what came of it, and return the exit status."""
    if not counts.cases:
        raise UsageError("there is no case in the input")
    for line in counts.summary(str(out)):
        write_line(line.encode())
    if counts.faulty:
        report(f"{counts.faulty:,} of {counts.cases:,} cases could not be decided: see error_pointer and error_message")
    if counts.failed:
        report(f"{counts.failed:,} cases made a policy break down: see error_message, and please report it")
        return ANYTHING_ELSE
    return INPUT_AT_FAULT if counts.faulty else DECIDED


# Progress


def _is_wanted(progress: bool | None) -> bool:
    return sys.stderr is not None and (sys.stderr.isatty() if progress is None else progress)


class _Meter:
    """Shows the progress on standard error: on one line of a terminal, or now and then on a line of its own."""

    def __init__(self, is_wanted: bool) -> None:
        self._is_wanted = is_wanted
        self._overwrites = is_wanted and sys.stderr.isatty()
        self._next = 0.0
        self._is_open = False

    def show(self, progress: Progress) -> None:
        """Show the progress, unless that was done a moment ago."""
        if not self._is_wanted or (not self._overwrites and monotonic() < self._next):
            return
        self._next = monotonic() + SECONDS_BETWEEN_LINES
        line = progress_line(progress)
        if self._overwrites:
            sys.stderr.write(f"\r\x1b[K{line}")
            sys.stderr.flush()
            self._is_open = True
        else:
            write_errors((f"{COMMAND.get()}: {line}",))

    def __enter__(self) -> _Meter:
        return self

    def __exit__(self, *_: object) -> None:
        """End the line, so that a message does not run on from it."""
        if self._is_open:
            write_errors(("",))


def progress_line(progress: Progress) -> str:
    """The progress in words."""
    done = f"{progress.cases:,} cases"
    share = "" if progress.share is None else f", {progress.share:.0%}"
    left = progress.seconds_left
    return f"{done}{share}, {progress.rate:,.0f} a second{'' if left is None else f', {_duration(left)} left'}"


def _duration(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} min" if hours else f"{minutes} min {rest} s" if minutes else f"{rest} s"
