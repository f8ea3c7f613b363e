"""What commands about past cases share: their inputs, and the names of editions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

from adjudicator.bulk.candidates import Candidate, CandidateError
from adjudicator.bulk.errors import BulkError, NotResumable, UnusableInput
from adjudicator.bulk.sources import RecordedCases, Source, is_read_with, refuse_repeated, sources_at
from adjudicator.cli.database import opened_store
from adjudicator.cli.exits import CommandError, UsageError
from adjudicator.model.errors import safe

if TYPE_CHECKING:
    from adjudicator.comparison import Pair, Proof

RECORDS: Final = ("sqlite", "postgresql", "postgres")
"""How the URL of a recorded store begins, before a colon, or a plus sign and the name of a driver."""
KEPT: Final = "what is done is kept: start it again to go on"
"""What to do next after an error of a command that goes on where it was."""


def sources_named(
    files: Sequence[str], column: str | None, stack: ExitStack, tenant: str | None = None, out: Path | None = None
) -> list[Source]:
    """The sources that the arguments of a command name; stores, of one tenant, stay open as long as ``stack``.

    Refuses an output folder ``out`` in one of the folders that are read, which would be read as cases the next time.
    """
    if not files:
        raise UsageError("name at least one input: a file, a folder, the URL of a record, or - for the standard input")
    for each in files:
        if out is not None and Path(each).is_dir() and is_read_with(Path(each), out):
            raise UsageError(f"{safe(str(out))} is in the folder {safe(each)}, which is read; choose another for --out")
    sources: list[Source] = []
    for group in files:
        if _is_record(group):
            store = stack.enter_context(opened_store(group, tenant=tenant))
            address = store.engine.url.render_as_string(hide_password=True)
            sources.append(RecordedCases(f"{address}#{tenant}" if tenant else address, store))
    sources += sources_at([each for each in files if not _is_record(each)], column)
    refuse_repeated(sources)
    return sources


def _is_record(name: str) -> bool:
    scheme, colon, _ = name.partition(":")
    return bool(colon) and scheme.partition("+")[0] in RECORDS


def candidate_at(place: str) -> Candidate:
    """The candidate at a path, loaded once so that its faults come before any work."""
    with bulk_errors():
        candidate = Candidate.at(place)
        candidate.editions()
    return candidate


def proofs_between(pair: Pair, language: str) -> tuple[Proof, ...]:
    """What is proved about two editions. Needs the extra ``prove``."""
    from adjudicator.comparison.proving import proofs_of  # noqa: PLC0415 - an extra of its own

    return proofs_of(pair, language)


@contextmanager
def bulk_errors(where: Path | None = None, again: str = "") -> Iterator[None]:
    """Turn the errors of work on past cases into messages on one line. ``where`` is the output, ``again`` what to do next."""
    try:
        yield
    except (UnusableInput, NotResumable, CandidateError) as error:
        raise UsageError(str(error)) from error
    except BulkError as error:
        raise CommandError("; ".join(filter(None, [str(error), again]))) from error
    except OSError as error:
        place = safe(str(error.filename or where or "reading"))
        raise CommandError("; ".join(filter(None, [f"{place}: {error.strerror or error}", again]))) from error
