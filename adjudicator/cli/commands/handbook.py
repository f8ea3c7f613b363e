"""The command ``handbook``. It needs the extra ``handbook``."""

from __future__ import annotations

import sys
from contextlib import nullcontext
from pathlib import Path
from typing import Annotated, Literal

from cyclopts import Parameter

from adjudicator.cli.exits import DECIDED, UsageError, reading
from adjudicator.cli.options import NO_PACKS, LocaleOption, chosen_language, edition_of, output_language
from adjudicator.cli.streams import console_on, content_of, report
from adjudicator.engine.registry import policies
from adjudicator.model.errors import safe
from adjudicator.words import words_for


def handbook(
    *,
    out: Annotated[str, Parameter(name="--out")],
    policy: Annotated[str | None, Parameter(help="Only this policy.", show_default=False)] = None,
    format: Annotated[
        Literal["html", "markdown"],
        Parameter(name="--format", help="`html` to read, `markdown` for a site of your own."),
    ] = "html",
    sightings: Annotated[str | None, Parameter(name="--sightings", show_default=False)] = None,
    locale: LocaleOption = None,
) -> int:
    """Write the handbook: every rule clause by clause, with its code, its facts, worked examples and what changed.

    The folder is created, or replaced if it holds nothing but an earlier handbook as it was written. Nothing else is ever
    overwritten. The same rules give the same bytes.

    Parameters
    ----------
    out
        The folder.
    sightings
        A file in which a test run recorded how often it saw each clause from each side.
    """
    from adjudicator.rulebook.handbook.site import NotOurs, write_handbook  # noqa: PLC0415 - an extra of its own

    chosen = policies().values() if policy is None else (policies()[edition_of(policy).policy],)
    if not policies():
        report(NO_PACKS)
    seen = None if sightings is None else content_of(sightings)
    try:
        with nullcontext() if sightings is None else reading(sightings):
            pages = write_handbook(chosen, Path(out), chosen_language(locale), form=format, sightings=seen)
    except NotOurs as error:
        raise UsageError(f"{safe(str(error))} was not written by this command, and stays as it is") from None
    written = words_for(None, output_language(locale)).say("handbook.written", pages=pages, place=safe(out))
    console_on(sys.stdout).print(written, soft_wrap=True)
    return DECIDED
