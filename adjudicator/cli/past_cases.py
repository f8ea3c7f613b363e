"""What commands about past cases share: their inputs, and the names of editions."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Final

from adjudicator.bulk.candidates import Candidate, CandidateError
from adjudicator.bulk.errors import BulkError, NotResumable, UnusableInput
from adjudicator.bulk.sources import RecordedCases, Source, sources_at
from adjudicator.cli.database import opened_store
from adjudicator.cli.exits import CommandError, UsageError
from adjudicator.cli.options import editions_named
from adjudicator.engine.registry import policies
from adjudicator.model.errors import Fault, InputError, safe, shown
from adjudicator.model.time import Instant

RECORDS: Final = ("sqlite:", "postgresql:", "postgres:")
"""How the URL of a recorded store begins."""


def sources_named(files: Sequence[str], column: str | None, stack: ExitStack) -> list[Source]:
    """The sources that the arguments of a command name; stores stay open as long as ``stack``."""
    if not files:
        raise UsageError("name at least one input: a file, a folder, the URL of a record, or - for the standard input")
    sources: list[Source] = []
    for group in files:
        if group.startswith(RECORDS):
            store = stack.enter_context(opened_store(group))
            sources.append(RecordedCases(store.engine.url.render_as_string(hide_password=True), store))
    return sources + sources_at([each for each in files if not each.startswith(RECORDS)], column)


def editions_by_policy(names: Sequence[str]) -> dict[str, str | None]:
    """The edition to decide under, by policy."""
    found: dict[str, str | None] = {}
    for name in names:
        place, colon, edition = name.rpartition(":")
        found |= _named_editions(place, edition) if colon else _editions_on(name)
    return found


def _named_editions(place: str, name: str) -> dict[str, str | None]:
    editions = editions_named(place)
    found: dict[str, str | None] = {each.policy: each.name for each in editions if each.name == name}
    if not found:
        there_are = ", ".join(dict.fromkeys(each.name for each in editions))
        raise UsageError(f"there is no edition {safe(name)} of {safe(place)}; there are: {there_are}")
    return found


def _editions_on(day: str) -> dict[str, str | None]:
    try:
        date = dt.date.fromisoformat(day)
    except ValueError:
        raise UsageError(f"--edition: expected a day such as 2026-01-31, or PACK:EDITION, got {safe(day)}") from None
    in_force = {
        policy: [each.name for each in editions if each.effective_from <= date]
        for policy, editions in policies().items()
    }
    return {policy: names[-1] if names else None for policy, names in in_force.items()}


def instant_in(text: str) -> Instant:
    """The instant that ``--as-of`` names."""
    try:
        return Instant.parse(text)
    except ValueError:
        raise InputError(
            [Fault("--as-of", shown(text), "an instant with an offset, such as 2026-01-31T12:00:00+08:00")]
        ) from None


def candidate_at(place: str) -> Candidate:
    """The candidate at a path, loaded once so that its faults come before any work."""
    with bulk_errors():
        candidate = Candidate.at(place)
        candidate.editions()
    return candidate


@contextmanager
def bulk_errors(where: Path | None = None, again: str = "") -> Iterator[None]:
    """Turn the errors of work on past cases into messages on one line. ``where`` is the output, ``again`` what to do next."""
    try:
        yield
    except (UnusableInput, NotResumable, CandidateError) as error:
        raise UsageError(str(error)) from error
    except BulkError as error:
        raise CommandError(str(error)) from error
    except OSError as error:
        place = safe(str(error.filename or where or "reading"))
        raise CommandError("; ".join(filter(None, [f"{place}: {error.strerror or error}", again]))) from error
