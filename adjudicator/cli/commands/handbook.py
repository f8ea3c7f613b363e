"""The command ``handbook``. It needs the extra ``handbook``."""

from __future__ import annotations

import sys
from contextlib import nullcontext
from pathlib import Path
from typing import Annotated, Literal

from cyclopts import Parameter

from adjudicator.cli.exits import DECIDED, UsageError, faults_in
from adjudicator.cli.options import LocaleOption, edition_of, output_language, supported_language
from adjudicator.cli.streams import console_on, read_input, report
from adjudicator.engine.registry import NO_PACKS, policies
from adjudicator.model.errors import safe
from adjudicator.words import words_for


def handbook(
    *,
    out: Annotated[str, Parameter(name="--out")],
    policy: Annotated[str | None, Parameter(help="Only this policy.", show_default=False)] = None,
    format: Annotated[
        Literal["html", "markdown"],
        Parameter(name="--format", help="`html` to read, `markdown` for your own site."),
    ] = "html",
    sightings: Annotated[str | None, Parameter(name="--sightings", show_default=False)] = None,
    locale: LocaleOption = None,
) -> int:
    """Write the handbook: every rule clause by clause, with its code, its facts, worked examples and what changed.

    Creates the folder, or replaces it if it holds only an unmodified earlier handbook. Nothing else is ever overwritten. The same rules
    give the same bytes.

    Parameters
    ----------
    out
        The folder.
    sightings
        A file in which a test run recorded how often it saw each clause hold and fail.
    """
    from adjudicator.rulebook.handbook.site import NotOurs, write_handbook  # noqa: PLC0415 - an extra of its own

    groups = policies().values() if policy is None else (policies()[edition_of(policy).policy],)
    if not policies():
        report(NO_PACKS)
    sightings_data = None if sightings is None else read_input(sightings)
    try:
        with nullcontext() if sightings is None else faults_in(sightings):
            pages = write_handbook(groups, Path(out), supported_language(locale), form=format, sightings=sightings_data)
    except NotOurs as error:
        raise UsageError(f"{safe(str(error))} was not written by this command, so it is left alone") from None
    message = words_for(None, output_language(locale)).say("handbook.written", pages=pages, place=safe(out))
    console_on(sys.stdout).print(message, soft_wrap=True)
    return DECIDED
