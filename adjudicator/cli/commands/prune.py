"""The command ``prune``. It needs the extra ``service``."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Annotated, TypeAlias

from cyclopts import Parameter, validators

from adjudicator.cli.database import DatabaseOption, opened_store
from adjudicator.cli.exits import CommandError, UsageError
from adjudicator.cli.streams import json_line, write_line
from adjudicator.extras import importing
from adjudicator.model.errors import safe

Days: TypeAlias = Annotated[int | None, Parameter(show_default=False, validator=validators.Number(gte=1, lte=36_500))]


def prune(
    *,
    idempotency_days: Days = None,
    event_days: Days = None,
    event_archive: Annotated[Path | None, Parameter(show_default=False)] = None,
    database: DatabaseOption = None,
) -> None:
    """Remove old answers to idempotency keys, and old events with their deliveries, of every tenant.

    Decisions, payouts and their chains stay as they are. The service does the same by itself, if its settings of these names say so. It can go
    on meanwhile: rows are removed a little at a time, and you can stop this at any time. Writes how many rows it was.

    Parameters
    ----------
    idempotency_days
        How many days a key repeats its answer.
    event_days
        How many days events stay in the log.
    event_archive
        A folder in which to write the events to files of NDJSON before they are dropped.
    """
    if idempotency_days is None and event_days is None:
        raise UsageError("name what to remove: --idempotency-days or --event-days")
    if event_archive is not None and event_days is None:
        raise UsageError("--event-archive is for the events that --event-days drops")
    with opened_store(database) as store:
        with importing("service"):
            from adjudicator.store import date_answers, days_before, drop_events, expire_answers  # noqa: PLC0415 - an extra of its own
        now = store.now()
        removed = {"answers": 0, "events": 0}
        try:
            if idempotency_days is not None:
                answered = days_before(now, idempotency_days)
                _sum(lambda: date_answers(store))
                removed["answers"] = _sum(lambda: expire_answers(store, answered))
            if event_days is not None:
                recorded = days_before(now, event_days)
                removed["events"] = _sum(lambda: drop_events(store, recorded, event_archive))
        except OSError as error:
            raise CommandError(f"cannot write to {safe(str(event_archive))}: {error.strerror}") from error
    write_line(json_line(removed))


def _sum(step: Callable[[], int]) -> int:
    """Repeat a step until it has nothing more to do."""
    total = 0
    while done := step():
        total += done
    return total
