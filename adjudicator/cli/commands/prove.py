"""The command ``prove``: what a solver can prove of an edition, or of two. Needs the extra ``prove``."""

from __future__ import annotations

import sys
from typing import Annotated, Final

from cyclopts import Parameter

from adjudicator.cli.exits import DECIDED, UsageError
from adjudicator.cli.options import FormatOption, LocaleOption, edition_of, editions_named, output_language
from adjudicator.cli.pages.layout import marks_in
from adjudicator.cli.pages.proofs import proofs_page
from adjudicator.cli.streams import console_on, json_line, write_line
from adjudicator.engine.policy import Edition
from adjudicator.model.errors import safe
from adjudicator.prove import Limits, Proofs, Status, check, compare, proofs_document

REFUTED: Final = 3
NOT_ANSWERED: Final = 4
AS_USUAL: Final = Limits()


def prove(
    policy: str,
    /,
    *,
    against: Annotated[str | None, Parameter(name="--against", show_default=False)] = None,
    edition: Annotated[str | None, Parameter(name="--edition", show_default=False)] = None,
    candidate: Annotated[str | None, Parameter(name="--candidate", show_default=False)] = None,
    items: Annotated[int, Parameter(name="--items")] = AS_USUAL.items,
    paths: Annotated[int, Parameter(name="--paths")] = AS_USUAL.paths,
    seconds: Annotated[int, Parameter(name="--seconds")] = AS_USUAL.seconds,
    milliseconds: Annotated[int, Parameter(name="--milliseconds")] = AS_USUAL.milliseconds,
    format: FormatOption = "text",
    locale: LocaleOption = None,
) -> int:
    """Prove what no input can change: that two editions answer alike, or that each clause of one decides something.

    Proofs are about the clauses. Amounts and units are not proved: compare the editions on past cases to see what they change.
    Exits with status 3 if a statement is refuted, else with 4 if one was not answered in time. What cannot be proved here, and why, is
    listed, and changes no status.

    Parameters
    ----------
    policy
        The policy, such as `douyin_global.damage`.
    against
        Compare with another edition: the date of an older one of this policy, or `PACK:EDITION`. Without it, the edition is looked at alone.
    edition
        The date of the edition; by default, the newest.
    candidate
        Instead, the edition of a file of your own, as for `propose`: a Python file, or the folder of a package (extra `bulk`).
    items
        How many entries a list, such as one of documents, has at most.
    paths
        Along how many paths a function is followed at most.
    seconds
        About how long one function may take.
    milliseconds
        How long the solver may take for one question.
    """
    limits = _limits(items, paths, seconds, milliseconds)
    proved = edition_of(policy, edition) if candidate is None else _proposed(policy, edition, candidate)
    proofs = check(proved, limits) if against is None else compare(_other(proved, against), proved, limits)
    if format == "json":
        write_line(json_line(proofs_document(proofs)))
    else:
        console = console_on(sys.stdout)
        console.print(proofs_page(proofs, limits, output_language(locale), marks_in(console.encoding)))
    return _status(proofs)


def _limits(items: int, paths: int, seconds: int, milliseconds: int) -> Limits:
    try:
        return Limits(items=items, paths=paths, seconds=seconds, milliseconds=milliseconds)
    except ValueError as error:
        raise UsageError(f"--{error}") from error


def _proposed(policy: str, edition: str | None, place: str) -> Edition:
    """The edition of a policy in a file or package."""
    from adjudicator.cli.past_cases import candidate_at  # noqa: PLC0415 - it needs an extra of its own

    if edition is not None:
        raise UsageError("--candidate is the edition: give it without --edition")
    candidate = candidate_at(place)
    found = candidate.edition_of(policy)
    if found is None:
        there_are = ", ".join(candidate.editions())
        raise UsageError(f"{safe(place)}: there is no edition of {safe(policy)} in it; there are those of: {there_are}")
    return found


def _other(edition: Edition, name: str) -> Edition:
    """The edition of the same policy that ``--against`` names."""
    place, colon, date = name.rpartition(":")
    if not colon:
        return edition_of(edition.policy, name)
    editions = [each for each in editions_named(place) if each.policy == edition.policy]
    for each in editions:
        if each.name == date:
            return each
    there_are = ", ".join(each.name for each in editions) or "none"
    raise UsageError(f"there is no edition {safe(date)} of {edition.policy} in {safe(place)}; there are: {there_are}")


def _status(proofs: Proofs) -> int:
    if proofs.count(Status.REFUTED):
        return REFUTED
    return NOT_ANSWERED if proofs.count(Status.UNKNOWN) else DECIDED
